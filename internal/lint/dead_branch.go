package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// deadBranch reports branches that no card takes because the ones before them
// take everything, and conditions of steps that the branch around them has
// settled already.
func deadBranch() *rule {
	return &rule{
		Code:     Code{"R034", "dead-branch", "a branch or step that is never or always taken, since the conditions before it have decided; correct the condition or remove it"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				if s.data().entry[step] == nil {
					continue
				}
				s.settledStep(step)
				s.settledActions(step)
				if step.Verb == route.Choose {
					s.deadBranches(step)
				}
			}
		},
	}
}

func (s *subject) settledStep(step *route.Step) {
	t := tree(step.If)
	context := s.context(step)
	if t == nil || len(context) == 0 || s.saysItself(t) {
		return
	}
	st := s.data().entry[step]
	if verdict, _ := s.ask(st, append(context, decide.Wish{Cond: t, Holds: true})...); verdict == decide.Impossible {
		s.report(step.If.At(), "the step is never done: where it stands its condition cannot hold").Help = "correct the condition, or remove the step"
	} else if verdict, _ := s.ask(st, append(context, decide.Wish{Cond: t})...); verdict == decide.Impossible {
		s.report(step.If.At(), "the condition always holds here: the branch around the step has asked already").Help = "remove the condition"
	}
}

// settledActions judges the conditions of a step's actions, which are asked in
// the moment in which the step's own condition has been.
func (s *subject) settledActions(step *route.Step) {
	context := s.around(step)
	if len(context) == 0 {
		return
	}
	for i, a := range step.Actions {
		t := tree(a.If)
		if t == nil || s.saysItself(t) || i > 0 && changes(step.Actions[:i]) {
			continue
		}
		st := s.inside(step)
		if verdict, _ := s.ask(st, append(context[:len(context):len(context)], decide.Wish{Cond: t, Holds: true})...); verdict == decide.Impossible {
			s.report(a.If.At(), "the action is never done: the conditions around it exclude its own").Help = "correct the condition, or remove the action"
		}
	}
}

// changes tells whether actions may give the document other values.
func changes(list []*route.Action) bool {
	return slices.ContainsFunc(list, func(a *route.Action) bool {
		return a.Kind == route.Set || a.Kind == route.Assign || a.Into.Text != ""
	})
}

// saysItself tells whether a condition is constant by itself, which R035 says.
func (s *subject) saysItself(t *expr.Expr) bool {
	constant, _ := s.constant(t)
	return constant
}

func (s *subject) deadBranches(step *route.Step) {
	wishes := s.around(step)
	st := s.inside(step)
	for i, b := range step.Branches {
		t := meant(b.If)
		now := wishes
		if t != nil {
			now = append(wishes[:len(wishes):len(wishes)], decide.Wish{Cond: t, Holds: true})
			wishes = append(wishes, decide.Wish{Cond: t})
		}
		if t == nil && len(b.Steps) == 0 || t != nil && s.saysItself(t) {
			continue // `else: next` says what is meant, taken or not
		}
		if len(now) == 1 { // the first one, and not impossible by itself
			continue
		}
		if verdict, _ := s.ask(st, now...); verdict != decide.Impossible {
			continue
		}
		at := b.At
		if b.If != nil {
			at = b.If.At()
		} else {
			at.End = at.Start
			at.End.Column += len("else")
		}
		p := s.report(at, "the branch is never taken: the ones before it take whatever it would")
		p.Help = "correct the conditions, or remove the branch"
		for _, before := range step.Branches[:i] {
			if before.If == nil || t == nil {
				continue
			}
			if verdict, _ := s.ask(st, decide.Wish{Cond: t, Holds: true}, decide.Wish{Cond: meant(before.If)}); verdict == decide.Impossible {
				p.Message = "the branch is never taken: whatever fits it fits the one before it"
				p.Related = []diag.Related{{At: before.If.At(), Message: "takes everything"}}
				break
			}
		}
	}
}
