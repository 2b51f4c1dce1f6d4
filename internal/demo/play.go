package demo

import (
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
)

// step lets one thing happen; false when nothing more does.
func (s *stage) step() bool {
	if s.events++; s.events > 2*longestLife {
		return false
	}
	in, t := s.choose()
	if t == nil {
		timer := s.timer()
		if timer == 0 {
			return false
		}
		s.now = max(s.now, timer)
		return s.apply(engine.TimerDue{}, "tick")
	}
	worked := s.g.clock.work(s.now)
	room := int64(8 * 3600)
	if t.State == engine.TaskReview {
		room *= 3
	} else if !t.Due.IsZero() {
		room = max(s.g.clock.work(t.Due.Unix())-worked, 1200)
	}
	var wait int64
	switch way := s.r.n(1000); {
	case way < 740:
		wait = room * int64(s.r.between(3, 80)) / 100
	case way < 880:
		wait = room * int64(s.r.between(80, 99)) / 100
	case way < 994:
		wait = room*int64(s.r.between(103, 220))/100 + 1800
	default:
		s.stuck[t.ID] = true
		return true
	}
	act := s.g.clock.moment(worked + wait + int64(s.r.n(60)))
	if timer := s.timer(); timer > 0 && timer <= act {
		s.now = max(s.now, timer)
		return s.apply(engine.TimerDue{}, "tick")
	}
	s.now = act
	return s.act(in, t)
}

// choose gives a task that somebody has to do and will.
func (s *stage) choose() (*document.Instance, *document.Task) {
	type place struct{ in, task int }
	var open []place
	for i := range s.doc.Routes {
		for j := range s.doc.Routes[i].Tasks {
			if t := &s.doc.Routes[i].Tasks[j]; engine.Pending(t.State) && !s.stuck[t.ID] {
				open = append(open, place{i, j})
			}
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	p := pick(&s.r, open)
	return &s.doc.Routes[p.in], &s.doc.Routes[p.in].Tasks[p.task]
}

// timer gives the next moment at which somebody is to be reminded, 0 for none.
func (s *stage) timer() int64 {
	var next int64
	for _, in := range s.doc.Routes {
		for _, t := range in.Tasks {
			if at := t.Timer.Unix(); !t.Timer.IsZero() && engine.Pending(t.State) && (next == 0 || at < next) {
				next = at
			}
		}
	}
	return next
}

// act lets the performer do something about a task.
func (s *stage) act(in *document.Instance, t *document.Task) bool {
	actor := s.actor(t)
	if s.r.of(8) && s.stoppable(in) {
		return s.stop(in)
	}
	if t.State == engine.TaskReview {
		if s.r.of(120) {
			return s.apply(engine.Advance{Task: t.ID, Outcome: "return", Comment: pick(&s.r, approvalComments())}, actor)
		}
		return s.apply(engine.Advance{Task: t.ID}, actor)
	}
	def, err := s.g.defs.Pinned(in.Definition)
	if err != nil {
		return false
	}
	step := def.Step(t.Step)
	if step == nil {
		return false
	}
	plain := step.Implied || step.Outcome("accepted") == nil
	if plain && t.Accepted.IsZero() && s.r.of(400) {
		return s.apply(engine.Accept{Task: t.ID}, actor)
	}
	if (step.Implied || step.Outcome("refused") == nil) && s.r.of(20) && t.Cycle < 2 {
		return s.apply(engine.Refuse{Task: t.ID, Comment: pick(&s.r, refusalComments())}, actor) || s.advance(step, t, actor)
	}
	return s.advance(step, t, actor)
}

// stop ends a route before its end, as when an inquiry has come twice. Whoever
// started it may do so, or an admin.
func (s *stage) stop(in *document.Instance) bool {
	actor := in.By
	if s.g.forms.Org().User(actor) == nil {
		actor = s.g.forms.Org().Members(org.Admin)[0].ID
	}
	return s.apply(engine.Stop{Instance: in.ID, Comment: "Дубль, закрываю маршрут."}, actor)
}

// stoppable tells whether there is somebody who may stop a route.
func (s *stage) stoppable(in *document.Instance) bool {
	return s.g.forms.Org().User(in.By) != nil || len(s.g.forms.Org().Members(org.Admin)) > 0
}

func (s *stage) advance(step *route.Step, t *document.Task, actor string) bool {
	if len(step.Outcomes) == 0 {
		return s.apply(engine.Advance{Task: t.ID}, actor)
	}
	o := s.outcome(step)
	comment := pick(&s.r, taskComments())
	if o.Comment {
		comment = pick(&s.r, refusalComments())
		if step.Verb == route.Approve {
			comment = pick(&s.r, approvalComments())
		}
	}
	e := engine.Advance{Task: t.ID, Outcome: o.Name, Comment: comment}
	if o.Target.Kind == route.GoOn {
		for _, w := range step.Fill {
			if s.doc.Card.Get(w.Text).IsEmpty() {
				e.Fields = append(e.Fields, engine.Field{Name: w.Text, Text: s.entry(w.Text)})
			}
		}
	}
	return s.apply(e, actor)
}

// actor gives who acts on a task.
func (s *stage) actor(t *document.Task) string {
	switch {
	case t.State == engine.TaskReview:
		return t.Controller
	case t.Who != "":
		return t.Who
	case slices.Contains(t.Candidates, s.k.person):
		return s.k.person
	}
	return pick(&s.r, t.Candidates)
}

// outcome chooses an answer: usually the first; what is known to go wrong more
// often does.
func (s *stage) outcome(step *route.Step) *route.Outcome {
	first := 86
	switch step.Outcomes[0].Name {
	case "accepted":
		first = 66
	case "contract":
		first = 34
	}
	if len(step.Outcomes) == 1 || s.r.n(100) < first {
		return step.Outcomes[0]
	}
	return step.Outcomes[1+s.r.n(len(step.Outcomes)-1)]
}

// entry gives what a person enters into a field.
func (s *stage) entry(field string) string {
	f := s.g.forms.Form(s.doc.Form).Field(field)
	if f == nil {
		return ""
	}
	at := s.g.clock.at(s.now)
	switch f.Type {
	case expr.DateKind:
		return at.Format(time.DateOnly)
	case expr.DateTime:
		return document.FormatTime(at)
	case expr.Money, expr.Decimal, expr.Int:
		return strconv.Itoa(s.r.between(1, 100))
	case expr.UserKind:
		return s.k.person
	case expr.Choice:
		if len(f.Values) > 0 {
			return f.Values[0].Value
		}
	case expr.Directory:
		if d := s.g.forms.Directory(f.Directory); d != nil && len(d.Entries) > 0 {
			return d.Entries[0].ID
		}
	case expr.Text, expr.Multiline:
		return pick(&s.r, results())
	}
	return ""
}
