package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// lostWrite reports values that are overwritten in the same breath: between
// the two actions nobody sees the document and nothing reads the field.
func lostWrite() *rule {
	return &rule{
		Code:     Code{"R073", "lost-write", "a value that is overwritten before anybody can see it or anything reads it; remove one of the two"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				if step.Verb == route.Do && (step.Index == 0 || !plainDo(step.Parent.Steps[step.Index-1])) {
					s.lostWrites(step)
				}
			}
		},
	}
}

// plainDo tells whether a step is actions and nothing else.
func plainDo(s *route.Step) bool {
	return s.Verb == route.Do && s.If == nil && s.While == nil && s.WhileOpen.Text == "" && len(s.After) == 0 && s.Lock.Text == ""
}

// lostWrites follows the values of a run of do steps.
func (s *subject) lostWrites(first *route.Step) {
	pending := map[string]*route.Assignment{}
	for step := first; step != nil && step.Verb == route.Do; step = step.Next() {
		if s.LostSteps(diag.Span{File: first.Range.File, Start: first.Range.Start, End: step.Range.End}) {
			return // others may see it there
		}
		if step != first && !plainDo(step) || step != first && s.data().entered(step) {
			return
		}
		for _, a := range step.Actions {
			for _, e := range []*route.Expr{a.If, a.To, a.Text, a.On} {
				s.read(e, pending)
			}
			if a.Kind == route.StartOf || a.Kind == route.Cancel || a.Kind == route.Complete || a.Who != nil || a.Due != nil || a.Kind == route.Mail || a.Kind == route.Generate {
				clear(pending) // others look at the document
			}
			for _, set := range a.Set {
				s.read(set.Value, pending)
			}
			if a.Into.Text != "" {
				for name := range pending {
					if within(name, a.Into.Text) {
						delete(pending, name)
					}
				}
			}
			if a.Kind != route.Set {
				continue
			}
			for _, set := range a.Set {
				if before := pending[set.Field.Text]; before != nil && a.If == nil {
					p := s.report(before.Field.At, "the value of %q is lost: line %d overwrites it before anybody sees it", set.Field.Text, set.Field.At.Start.Line)
					p.Help = "remove one of the two"
					p.Related = []diag.Related{{At: set.Field.At, Message: "overwritten here"}}
				}
				pending[set.Field.Text] = set
			}
		}
	}
}

// read takes out what an expression reads.
func (s *subject) read(e *route.Expr, pending map[string]*route.Assignment) {
	p := e.Program()
	if p == nil {
		if e != nil { // what it names, or seems to, it reads
			for _, path := range s.data().named(e.Text) {
				delete(pending, path)
			}
		}
		return
	}
	for _, path := range p.Reads() {
		if f := s.field(path); f != nil && f.Computed {
			clear(pending) // out of whatever fields
		}
		for name := range pending {
			if within(path, name) || within(name, path) {
				delete(pending, name)
			}
		}
	}
	p.Tree().Walk(func(n *expr.Expr) bool {
		if n.Op == expr.Field && n.Name == "card" {
			clear(pending)
		}
		return true
	})
}
