package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// Moved tells where a position of a migrated instance went.
type Moved struct{ From, To string }

// migrate moves a running instance to another definition of its route. Where
// it stands must exist there, in the same blocks; what does not fit refuses the
// whole, with every reason.
func (m *machine) migrate(e Migrate) error {
	in := m.self.Instance(e.Instance)
	if in == nil || in.State != Running {
		return refuse(NotRunning, "e1 show "+m.self.Number, "route %d is not running on %s", e.Instance, m.self.Number)
	}
	if err := m.mayMigrate(e); err != nil {
		return err
	}
	mv := &mover{machine: m, in: in, to: e.To, steps: map[string]string{}, branches: map[string]string{}}
	mv.from, _ = m.in.Definitions.Pinned(in.Definition) // migrating is also the remedy for one that cannot be read
	mv.match(e.Map)
	in.Open = slices.DeleteFunc(in.Open, func(p document.Position) bool { return mv.dissolved(p) })
	for i := range in.Open {
		mv.position(&in.Open[i])
	}
	mv.places()
	for i := range in.Tasks {
		mv.task(&in.Tasks[i])
	}
	mv.variables()
	mv.active()
	if len(mv.reasons) == 0 && e.Stranded != nil {
		mv.reasons = e.Stranded(e.To, in)
	}
	if len(mv.reasons) > 0 {
		return refuse(BrokenRoute, "", "%s", strings.Join(mv.reasons, "; ")).offer(mv.reasons...)
	}
	in.Definition = e.To.ID
	delete(m.runs, in.ID)
	m.defs[e.To.ID] = e.To
	m.res.Pin = append(m.res.Pin, Definition{ID: e.To.ID, Route: e.To.Name.Text, Source: e.To.File.Src})
	m.res.Moved = mv.moved
	r, err := m.run(in.ID)
	if err != nil {
		return err
	}
	for i := range r.instance().Tasks {
		t := &r.instance().Tasks[i]
		if s := e.To.Step(t.Step); s != nil && Pending(t.State) && t.Kind == "" {
			if err := r.wind(s, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayMigrate refuses who may not stop the route either.
func (m *machine) mayMigrate(e Migrate) error {
	if u := m.org.User(m.in.Actor); u != nil && u.Active && u.HasRole("admin") {
		return nil
	}
	r := &run{machine: m, id: e.Instance, r: e.To, env: m.env(m.self.Form)}
	giver, err := r.giver(&document.Task{})
	if err == nil && !giver {
		err = refuse(NotYours, "", "route %q of %s is moved by who started it, its controller or an admin", e.To.Name.Text, m.self.Number)
	}
	return err
}

// mover finds out where everything of an instance goes.
type mover struct {
	*machine
	in       *document.Instance
	from, to *route.Route // from is nil when it cannot be read
	steps    map[string]string
	branches map[string]string // of parallel blocks, by their former id
	reasons  []string
	moved    []Moved
}

func (mv *mover) refuse(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(mv.reasons, text) {
		mv.reasons = append(mv.reasons, text)
	}
}

// match says which step is which: as the mapping says, else the one of the
// same written id; steps without one by what they say, blocks and branches by
// what is in them.
func (mv *mover) match(mapping map[string]string) {
	for from, to := range mapping {
		mv.steps[from] = to
	}
	if mv.from == nil {
		for _, s := range mv.to.Steps() {
			if _, given := mv.steps[s.ID]; !given && s.Named {
				mv.steps[s.ID] = s.ID
			}
		}
		return
	}
	says := map[string][]string{}
	for _, s := range mv.to.Steps() {
		says[said(s)] = append(says[said(s)], s.ID)
	}
	before := map[string]int{}
	for _, s := range mv.from.Steps() {
		before[said(s)]++
	}
	for _, s := range mv.from.Steps() {
		if _, given := mv.steps[s.ID]; given {
			continue
		}
		same := says[said(s)]
		switch t := mv.to.Step(s.ID); {
		case s.Named && t != nil && t.Named:
			mv.steps[s.ID] = s.ID
		case !s.Named && len(s.Branches) == 0 && before[said(s)] == 1 && len(same) == 1 && !mv.to.Step(same[0]).Named:
			mv.steps[s.ID] = same[0]
		}
	}
	for _, s := range mv.from.Steps() {
		for _, b := range s.Branches {
			mv.enclosed(s, b)
		}
	}
}

// said is what an unnamed step says, for finding it again.
func said(s *route.Step) string {
	text := string(s.Verb) + "|" + s.Label("") + "|" + s.Who.String()
	for _, e := range s.Waits {
		text += "|" + string(e.Kind) + " " + e.Name.Text
		if e.Expr != nil {
			text += " " + e.Expr.Text
		}
	}
	return text
}

// enclosed finds a block, and one of its branches, by the steps inside.
func (mv *mover) enclosed(block *route.Step, b *route.Branch) {
	for _, s := range mv.from.Steps() {
		if !within(s, b) {
			continue
		}
		t := mv.to.Step(mv.steps[s.ID])
		if t == nil {
			continue
		}
		for c := t.Parent; c.Owner != nil; c = c.Owner.Parent {
			known, given := mv.steps[block.ID]
			if c.Owner.Verb != block.Verb || given && known != c.Owner.ID || !given && c.Owner.Named {
				continue
			}
			mv.steps[block.ID], mv.branches[b.ID] = c.Owner.ID, c.ID
			return
		}
	}
}

// within tells whether a step stands in a branch, at any depth.
func within(s *route.Step, b *route.Branch) bool {
	for c := s.Parent; c != nil; c = c.Owner.Parent {
		if c == b {
			return true
		}
		if c.Owner == nil {
			return false
		}
	}
	return false
}

// dissolved tells whether a position is that of a block which is no longer
// there. What is at work inside has to find another place; its answers so far
// count no more.
func (mv *mover) dissolved(p document.Position) bool {
	was := mv.was(p.At)
	if was == nil || was.Verb != route.Parallel && was.Verb != route.Each && was.Verb != route.Repeat {
		return false
	}
	_, given := mv.steps[p.At]
	return !given
}

func (mv *mover) position(p *document.Position) {
	at := place(p.At, p.Item)
	s := mv.to.Step(mv.steps[p.At])
	if s == nil {
		if to, given := mv.steps[p.At]; given {
			mv.refuse("the new definition has no step %q, to which %q is to go", to, p.At)
		} else {
			mv.refuse("it stands at %q, which the new definition does not have; say where it is to go: --map %s=STEP", at, p.At)
		}
		return
	}
	if was := mv.was(p.At); was != nil && was.Verb != s.Verb && !(was.Person() && s.Person() && s.Verb != route.Inform) {
		mv.refuse("it stands at %q, a %s; %q of the new definition is a %s", at, string(was.Verb), s.ID, string(s.Verb))
	}
	if s.ID != p.At && s.Verb == route.Call {
		mv.refuse("it waits at %q for another route, which would not find %q; let it come back first", at, s.ID)
	}
	if s.Verb == route.Parallel {
		p.Started, p.Arrived = mv.renamed(p.Started, s), mv.renamed(p.Arrived, s)
	}
	for _, a := range p.Answers {
		if s.Verb != route.Call && s.Outcome(a) == nil {
			mv.refuse("%q was answered with %q, an outcome that %q of the new definition does not have", at, a, s.ID)
		}
	}
	mv.moved = append(mv.moved, Moved{at, place(s.ID, p.Item)})
	p.At = s.ID
}

// places sees that the new places fit together.
func (mv *mover) places() {
	if len(mv.reasons) > 0 {
		return
	}
	for i := range mv.in.Open {
		p := &mv.in.Open[i]
		if slices.ContainsFunc(mv.in.Open[:i], func(q document.Position) bool { return q.At == p.At && q.Item == p.Item }) {
			mv.refuse("it would stand at %q twice", place(p.At, p.Item))
		}
		mv.chain(p, mv.to.Step(p.At))
	}
}

func place(step, item string) string {
	if item == "" {
		return step
	}
	return step + "@" + item
}

func (mv *mover) was(id string) *route.Step {
	if mv.from == nil {
		return nil
	}
	return mv.from.Step(id)
}

// chain sees that every block around the new place is open too, so that what
// is finished there arrives somewhere.
func (mv *mover) chain(p *document.Position, s *route.Step) {
	item := p.Item
	for b := s.Parent; b != nil && b.Owner != nil; b = b.Owner.Parent {
		owner := b.Owner
		if owner.Verb == route.Each {
			item, _ = cutItem(item)
		}
		if owner.Verb != route.Parallel && owner.Verb != route.Each && owner.Verb != route.Repeat {
			continue
		}
		open := slices.ContainsFunc(mv.in.Open, func(q document.Position) bool {
			return q.Item == item && q.At == owner.ID
		})
		if !open {
			mv.refuse("%q stands inside of %q in the new definition, which this document has not begun", s.ID, owner.ID)
		}
	}
	depth := 0
	for b := s.Parent; b != nil && b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == route.Each {
			depth++
		}
	}
	if has := len(strings.Split(p.Item, "/")); p.Item == "" && depth > 0 || p.Item != "" && has != depth {
		mv.refuse("%q belongs to another number of rows or people than %q of the new definition", place(p.At, p.Item), s.ID)
	}
}

// renamed gives the branches of a parallel their new ids.
func (mv *mover) renamed(ids []string, s *route.Step) []string {
	var out []string
	for _, id := range ids {
		to, ok := mv.branches[id]
		if !ok {
			to = id
		}
		if !slices.ContainsFunc(s.Branches, func(b *route.Branch) bool { return b.ID == to }) {
			mv.refuse("the branch %q of %q was begun; the new definition does not have it", id, s.ID)
			continue
		}
		out = append(out, to)
	}
	return out
}

// active sees that every branch that is still to arrive has something in it
// that can, and every block something at work: else it would be waited for
// for ever.
func (mv *mover) active() {
	if len(mv.reasons) > 0 {
		return
	}
	for _, p := range mv.in.Open {
		s := mv.to.Step(p.At)
		inside := func(b *route.Branch, item string) bool {
			return slices.ContainsFunc(mv.in.Open, func(q document.Position) bool {
				t := mv.to.Step(q.At)
				return t != nil && t != s && within(t, b) && (q.Item == item || inItem(q.Item, item))
			})
		}
		for _, b := range s.Branches {
			switch s.Verb {
			case route.Parallel:
				if slices.Contains(p.Started, b.ID) && !slices.Contains(p.Arrived, b.ID) && !inside(b, p.Item) {
					mv.refuse("nothing would be at work in the branch %q of %q, which waits for it", b.ID, s.ID)
				}
			case route.Repeat:
				if p.State != Held && !inside(b, p.Item) {
					mv.refuse("nothing would be at work in %q", s.ID)
				}
			case route.Each:
				for _, key := range p.Started {
					if !slices.Contains(p.Arrived, key) && !inside(b, joinItem(p.Item, key)) {
						mv.refuse("nothing would be at work in %q for %q", s.ID, key)
					}
				}
			}
		}
	}
}

// task gives a task its new step. What is finished keeps the name under which
// it was done when the step is gone.
func (mv *mover) task(t *document.Task) {
	to := mv.to.Step(mv.steps[t.Step])
	if to == nil {
		if Pending(t.State) && len(mv.reasons) == 0 {
			mv.refuse("task %s belongs to %q, which the new definition does not have; --map %s=STEP", mv.ref(t), t.Step, t.Step)
		}
		return
	}
	if t.State == TaskReview && t.Kind == "" && t.Outcome != "" && to.Outcome(t.Outcome) == nil {
		mv.refuse("task %s was answered with %q, an outcome that %q of the new definition does not have", mv.ref(t), t.Outcome, to.ID)
	}
	t.Step = to.ID
}

// variables renames the steps in what the instance remembers.
func (mv *mover) variables() {
	for i := range mv.in.Vars {
		entry := &mv.in.Vars[i]
		kind, rest, _ := strings.Cut(entry.Name, " ")
		switch kind {
		case "due", "taken":
			key, tail, _ := strings.Cut(rest, " ")
			id, item, _ := strings.Cut(key, "@")
			if to, ok := mv.steps[id]; ok {
				entry.Name = strings.TrimSuffix(kind+" "+place(to, item)+" "+tail, " ")
			}
		case passedVar:
			for k, key := range entry.Value.List {
				id, item, _ := strings.Cut(key, "@")
				if to, ok := mv.steps[id]; ok {
					entry.Value.List[k] = place(to, item)
				}
			}
		case cameVar:
			for _, text := range entry.Value.List {
				for _, from := range slices.Sorted(maps.Keys(mv.steps)) {
					if from != mv.steps[from] && strings.Contains(text, from+"#") {
						mv.refuse("something has come that %q is still to take; it cannot be renamed before", from)
					}
				}
			}
		case "on", "pending":
			id, item, _ := strings.Cut(rest, "@")
			if to := mv.handler(id); to != "" {
				entry.Name = kind + " " + place(to, item)
			}
		}
	}
}

// handler finds an event handler by its block and what it listens for; ""
// when there is none: it is then listened for anew.
func (mv *mover) handler(id string) string {
	if mv.from == nil {
		return ""
	}
	was := handlersOf(mv.from)
	now := handlersOf(mv.to)
	i := slices.IndexFunc(was, func(h *route.Handler) bool { return h.ID == id })
	if i < 0 {
		return ""
	}
	for _, h := range now {
		same := h.Event.Kind == was[i].Event.Kind && h.Event.Name.Text == was[i].Event.Name.Text
		if h.Event.Expr != nil && was[i].Event.Expr != nil {
			same = same && h.Event.Expr.Text == was[i].Event.Expr.Text
		}
		block := h.Block == nil && was[i].Block == nil ||
			h.Block != nil && was[i].Block != nil && mv.steps[was[i].Block.ID] == h.Block.ID
		if same && block {
			return h.ID
		}
	}
	return ""
}

func handlersOf(r *route.Route) []*route.Handler {
	out := slices.Clone(r.Handlers)
	for _, s := range r.Steps() {
		out = append(out, s.Handlers...)
	}
	return out
}
