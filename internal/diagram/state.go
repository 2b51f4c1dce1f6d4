package diagram

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/route"
)

// maxLines bounds what a picture says about the people of one step.
const maxLines = 6

// Progress tells how far an instance of a route has come in the round it is in,
// step by step: a step done several times shows its last tasks, and what was
// done before the route went back to an earlier step counts as done earlier. A
// step of an `each` shows every item.
func Progress(r *route.Route, in *document.Instance, now time.Time, o Options) map[string]State {
	p := progress{words: words{o, r}, in: in, now: now}
	out := map[string]State{}
	for _, at := range in.Open {
		out[at.At] = State{Phase: Open}
	}
	for _, s := range r.Steps() {
		var lines []line
		for _, t := range p.last(s) {
			lines = append(lines, p.line(s, t))
		}
		if len(lines) == 0 {
			continue
		}
		state := out[s.ID]
		for _, l := range lines {
			state.Phase = max(state.Phase, l.phase)
		}
		if len(lines) > maxLines { // what is urgent comes first
			slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(b.phase, a.phase) })
		}
		for i, l := range lines {
			if i == maxLines-1 && len(lines) > maxLines {
				state.Notes = append(state.Notes, p.word("and ", "и ещё ")+decimal(len(lines)-i)+p.word(" more", ""))
				break
			}
			state.Notes = append(state.Notes, l.text)
		}
		out[s.ID] = state
	}
	if s := reached(r, in); s != nil {
		ended := State{Phase: Done, Notes: []string{p.date(in.Ended, false)}}
		out[s.ID] = ended
		for _, s := range p.onTheWayTo(s) {
			out[s.ID] = ended
		}
	}
	return out
}

// onTheWayTo lists the actions that were certainly carried out right before an
// end: those above it, up to where a jump may have come in.
func (p progress) onTheWayTo(end *route.Step) []*route.Step {
	var out []*route.Step
	for at := end; at.Index > 0 && !p.jumpedTo(at); {
		if at = at.Parent.Steps[at.Index-1]; at.Verb != route.Do {
			break
		}
		if at.If == nil {
			out = append(out, at)
		}
	}
	return out
}

// jumpedTo tells whether a step has a jump to it.
func (p progress) jumpedTo(to *route.Step) bool {
	return slices.ContainsFunc(p.route.Steps(), func(s *route.Step) bool {
		return leadsTo(s.Target, to) || slices.ContainsFunc(p.exits(s), func(e exit) bool { return leadsTo(e.target, to) })
	})
}

func leadsTo(t *route.Target, to *route.Step) bool {
	return t != nil && t.Kind == route.GoTo && t.Name == to.ID
}

// reached is the `end` at which an instance has ended, nil when it is at work,
// was stopped, or several are called so.
func reached(r *route.Route, in *document.Instance) (at *route.Step) {
	if in.State != engine.Done {
		return nil
	}
	for _, s := range r.Steps() {
		if s.Verb != route.End || s.Target.Name != in.End {
			continue
		}
		if at != nil {
			return nil
		}
		at = s
	}
	return at
}

type progress struct {
	words
	in  *document.Instance
	now time.Time
}

type line struct {
	phase Phase
	text  string
}

// last gives the tasks of the last round of a step, for each item.
func (p progress) last(s *route.Step) []*document.Task {
	rounds := map[string]int{}
	var own []*document.Task
	for i := range p.in.Tasks {
		if t := &p.in.Tasks[i]; t.Kind == "" && t.Step == s.ID {
			own = append(own, t)
			rounds[t.Item] = max(rounds[t.Item], t.Cycle)
		}
	}
	return slices.DeleteFunc(own, func(t *document.Task) bool { return t.Cycle < rounds[t.Item] })
}

func (p progress) line(s *route.Step, t *document.Task) line {
	l := line{phase: Done}
	var names []string
	for _, id := range engine.Performers(t) {
		names = append(names, p.user(id))
	}
	parts := []string{strings.Join(names, ", ")}
	switch {
	case t.State == engine.TaskCancelled:
		l.phase = Withdrawn
	case t.State == engine.TaskInform:
	case !engine.Pending(t.State):
		parts = append(parts, p.date(t.Done, false))
		if t.Outcome != "" && t.Outcome != "done" {
			answer := t.Outcome
			if o := s.Outcome(t.Outcome); o != nil {
				answer = o.Label(p.Language)
			}
			parts[1] += ": " + answer
		}
	default:
		l.phase = Open
		until := p.word("due", "до")
		if engine.Late(t.State, t.Due, t.Done, p.now) {
			l.phase, until = Overdue, p.word("due", "срок")
		}
		if !t.Due.IsZero() {
			parts = append(parts, until+" "+p.date(t.Due, true))
		}
	}
	if l.phase < Open && p.behind(s, t) {
		l.phase = Earlier
		parts = append(parts, p.word("in an earlier round", "в прошлом круге"))
	}
	l.text = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
	if t.Cycle > 1 {
		l.text += " (" + p.word("round", "круг") + " " + decimal(t.Cycle) + ")"
	}
	if item := p.itemLabel(s, t); item != "" {
		l.text = item + ": " + l.text
	}
	return l
}

func (p progress) date(t time.Time, clock bool) string {
	layout := p.word(time.DateOnly, "02.01.2006")
	if clock {
		layout += " 15:04"
	}
	return t.Format(layout)
}

// itemLabel names the item of an `each`: a person who is not the performer, or
// the number of a row.
func (p progress) itemLabel(s *route.Step, t *document.Task) string {
	if t.Item == "" || slices.Equal(engine.Performers(t), []string{t.Item}) {
		return ""
	}
	keys := strings.Split(t.Item, "/")
	for i, k := range keys {
		if name := p.user(k); name != k {
			keys[i] = name
		} else if strings.Trim(k, "0123456789") == "" {
			keys[i] = "№ " + k
		}
	}
	return strings.Join(keys, " / ")
}

// behind tells whether a task belongs to an earlier round: a step before its
// own was given out again since, or is where the route stands.
func (p progress) behind(s *route.Step, t *document.Task) bool {
	for i := range p.in.Tasks {
		other := &p.in.Tasks[i]
		if other.Kind == "" && other.ID > t.ID && related(other.Item, t.Item) && before(p.route.Step(other.Step), s) {
			return true
		}
	}
	return slices.ContainsFunc(p.in.Open, func(at document.Position) bool {
		other := p.route.Step(at.At)
		return related(at.Item, t.Item) && before(other, s) && !p.leftBehind(other, at.Item)
	})
}

// leftBehind tells whether a position is a leftover of a block that the route
// has gone on from, so that it says nothing about how far the route has come.
func (p progress) leftBehind(s *route.Step, item string) bool {
	for ; s != nil; s = owner(s) {
		if slices.ContainsFunc(p.in.Open, func(at document.Position) bool {
			return at.At == s.ID && at.State == engine.Joined && related(at.Item, item)
		}) {
			return true
		}
	}
	return false
}

// related tells whether two items are the same, or one lies within the other.
func related(a, b string) bool {
	return a == b || a == "" || b == "" || strings.HasPrefix(a, b+"/") || strings.HasPrefix(b, a+"/")
}

// before tells whether one step stands before another in a sequence: one of the
// steps around it, or itself, in the same list of steps.
func before(a, b *route.Step) bool {
	for s := a; s != nil; s = owner(s) {
		for t := b; t != nil; t = owner(t) {
			if s.Parent != nil && s.Parent == t.Parent {
				return s.Index < t.Index
			}
		}
	}
	return false
}
