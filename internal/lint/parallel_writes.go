package lint

import (
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// parallelWrites reports fields that two branches of one parallel write, so
// that chance decides which value stays.
func parallelWrites() *rule {
	return &rule{
		Code:     Code{"R072", "parallel-writes", "one field written in two branches of a `parallel`, or for every item of an `each`: whichever comes last counts; write it in one of them, or behind the block"},
		severity: diag.Warning,
		check: func(s *subject) {
			writes := s.data().writes
			for i, w := range writes {
				if each := s.everyItem(w); each != nil {
					p := s.report(w.word.At, "%q is written for every item; whichever comes last counts", w.path)
					p.Help = "write it behind the block, or to a field of the item"
					p.Related = []diag.Related{{At: each.At, Message: "for each of these"}}
					continue
				}
				for _, earlier := range writes[:i] {
					if w.path == earlier.path && w.step != earlier.step && beside(earlier, w) {
						p := s.report(w.word.At, "%q is written here and in another branch at the same time", w.path)
						p.Help = "write it in one branch, or behind the block; or say `after` which comes first"
						p.Related = []diag.Related{{At: earlier.word.At, Message: "the other branch"}}
						break
					}
				}
			}
		},
	}
}

// everyItem finds the each for whose items at the same time a write gives one
// field different values.
func (s *subject) everyItem(w *write) *route.Step {
	first, _, _ := strings.Cut(w.path, ".")
	if ends(w) || s.isItem(first) || w.outcome != nil && w.outcome.Target != nil && w.outcome.Target.Kind != route.GoOn {
		return nil
	}
	for at := w.step; at.Parent != nil && at.Parent.Owner != nil; at = at.Parent.Owner {
		each := at.Parent.Owner
		first := each.Join.Kind == route.JoinAny || each.Join.Kind == route.JoinN && each.Join.N == 1
		if each.Verb != route.Each || each.OneAtATime || each.Cancel && first || !differs(w, each) {
			continue
		}
		return each
	}
	return nil
}

// differs tells whether what is written depends on the item, and not on what
// was there before.
func differs(w *write, each *route.Step) bool {
	t := tree(w.value)
	if t == nil {
		return w.value == nil
	}
	item := false
	for _, path := range w.value.Program().Reads() {
		if path == w.path {
			return false // it adds to what is there
		}
		first, _, _ := strings.Cut(path, ".")
		item = item || first == each.Over.As || first == "last"
	}
	return item
}

// beside tells whether two writes stand in different branches of a parallel
// and can be at work at the same time.
func beside(a, b *write) bool {
	if a.value != nil && b.value != nil && a.value.Text == b.value.Text || ends(a) || ends(b) {
		return false
	}
	above := map[*route.Step]*route.Branch{}
	for at := a.step.Parent; at != nil && at.Owner != nil; at = at.Owner.Parent {
		above[at.Owner] = at
	}
	for at := b.step.Parent; at != nil && at.Owner != nil; at = at.Owner.Parent {
		if branch, ok := above[at.Owner]; ok {
			return at.Owner.Verb == route.Parallel && branch != at && !exclusive(branch, at) && !ordered(a.step, b.step)
		}
	}
	return false
}

// ends tells whether a write belongs to an answer after which the others are
// not at work any more.
func ends(w *write) bool {
	if w.outcome != nil && w.outcome.Target != nil && (w.outcome.Target.Kind == route.EndRoute || w.outcome.Now) {
		return true
	}
	next := w.step.Next()
	return w.outcome == nil && next != nil && next.Verb == route.End && next.If == nil
}

// exclusive tells whether the conditions of two branches read the same: they
// were hardly meant to hold both.
func exclusive(a, b *route.Branch) bool { return a.If != nil && b.If != nil }

// ordered tells whether one of two steps waits for the other, or for a step
// around it.
func ordered(a, b *route.Step) bool {
	waits := func(s, other *route.Step) bool {
		for at := s; at != nil; at = at.Parent.Owner {
			for _, w := range at.After {
				for to := other; to != nil; to = to.Parent.Owner {
					if w.Text == to.ID {
						return true
					}
				}
			}
		}
		return false
	}
	return waits(a, b) || waits(b, a)
}
