package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// others is what other routes of a document may do while one is at work.
type others struct {
	locks []string
	moved moved
}

// others gives what the other routes of the form take and change.
func (s *subject) others() *others {
	out := &others{}
	if s.defs == nil {
		return out
	}
	routes, err := s.defs.Routes()
	if err != nil {
		return &others{moved: moved{unknown: true}} // nobody knows
	}
	for _, r := range routes {
		if r.Name.Text == s.Name.Text && !s.twice(routes) || r.For.Text != s.For.Text && r.For.Text != "" && s.For.Text != "" {
			continue
		}
		for _, step := range r.Steps() {
			if step.Lock.Text != "" {
				out.locks = append(out.locks, step.Lock.Text)
			}
			out.moved.actions(actionsOf(step))
		}
	}
	out.moved.unknown = false // what begins is one of these
	return out
}

// twice tells whether a route may be at work twice on one document, since one
// of some routes begins it.
func (s *subject) twice(routes []*route.Route) bool {
	return slices.ContainsFunc(routes, func(r *route.Route) bool {
		return slices.ContainsFunc(r.Steps(), func(step *route.Step) bool {
			return step.Call != nil && step.Call.Route.Text == s.Name.Text || slices.ContainsFunc(actionsOf(step), func(a *route.Action) bool {
				return a.Kind == route.StartOf && a.Route.Text == s.Name.Text
			})
		})
	})
}

// foreign tells whether other routes of the document take a lock.
func (p *play) foreign(lock string) bool {
	return p.others != nil && slices.Contains(p.others.locks, lock)
}

// undecided tells whether things happen that the route itself does not decide,
// so that it has to be played widely before anything is said never to happen.
func (p *play) undecided() bool {
	return len(p.classes) > 0 || len(p.items) > 0 || p.f.others != nil || slices.ContainsFunc(p.f.r.Steps(), func(s *route.Step) bool {
		return s.Verb == route.Call
	})
}
