package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// What happens without anybody acting happens in one moment: a condition that is
// asked again in it, after actions that do not write what it reads, gives the
// same answer for ever.

// moved gathers what actions may change.
type moved struct {
	paths     []string
	unknown   bool // another route begins, and nobody knows what it writes
	elsewhere bool // other documents are changed
}

func (m *moved) actions(list []*route.Action) {
	for _, a := range list {
		switch a.Kind {
		case route.Set:
			for _, set := range a.Set {
				m.paths = append(m.paths, set.Field.Text)
			}
		case route.StartOf:
			m.unknown = true
		}
		for _, w := range []route.Word{a.Into, a.Field} {
			if w.Text != "" {
				m.paths = append(m.paths, w.Text)
			}
		}
	}
}

// unmoved tells whether conditions read nothing that is moved, so that they hold
// again if they hold once.
func (s *subject) unmoved(conds []*route.Expr, by moved) bool {
	if by.unknown {
		return false
	}
	for _, e := range conds {
		if e == nil {
			continue
		}
		p := e.Program()
		if p == nil {
			return false // nobody knows
		}
		for _, path := range s.readsOf(p, 4) {
			if slices.ContainsFunc(by.paths, func(w string) bool { return within(path, w) || within(w, path) }) {
				return false
			}
		}
	}
	return true
}

// readsOf lists the paths that an expression reads, through computed fields
// too.
func (s *subject) readsOf(p *expr.Program, deep int) []string {
	var out []string
	for _, path := range p.Reads() {
		path = strings.TrimPrefix(path, "card.")
		out = append(out, path)
		f := s.field(path)
		if f == nil || !f.Computed || deep == 0 {
			continue
		}
		if value, err := f.Value.Program(); err == nil {
			out = append(out, s.readsOf(value, deep-1)...)
		}
	}
	return out
}

// sameAgain tells whether the rounds of a repeat are over at once and all alike:
// nothing in them changes what `until` asks for.
func (s *subject) sameAgain(step *route.Step) bool {
	if step.Verb != route.Repeat || tree(step.Until) == nil || s.LostSteps(step.Range) || len(step.Branches[0].Steps) == 0 {
		return false // rounds without steps are reported where they are read
	}
	var by moved
	instant := true
	var look func(b *route.Branch)
	look = func(b *route.Branch) {
		for _, inner := range b.Steps {
			switch inner.Verb {
			case route.Do, route.Inform:
				by.actions(inner.Actions)
			case route.Choose:
			default:
				instant = false
			}
			for _, branch := range inner.Branches {
				look(branch)
			}
		}
	}
	look(step.Branches[0])
	return instant && s.unmoved([]*route.Expr{step.Until}, by)
}

// circling tells whether a jump closes a circle in which nobody acts and nothing
// changes what its conditions ask for, so that whoever goes round once goes
// round for ever.
func (s *subject) circling(jump *route.Step) bool {
	f := s.graph()
	if jump.Verb != route.Go || jump.Target == nil || s.LostSteps(jump.Range) {
		return false
	}
	w := targeted(s.Route, jump, jump.Target)
	if w.kind != toStep || across(jump, w) {
		return false
	}
	from, to := begin(f.index[w.step]), begin(f.index[jump])
	forward, back := f.instantly(from, false), f.instantly(to, true)
	if !forward[to] {
		return false
	}
	conds, by := []*route.Expr{jump.If}, moved{}
	for node := range f.end {
		if !forward[node] || !back[node] {
			continue
		}
		step := f.stepOf(node)
		conds = append(conds, step.If, step.Until)
		if step.Verb == route.Choose {
			for _, b := range step.Branches {
				conds = append(conds, b.If)
			}
		}
		by.actions(step.Actions)
	}
	return s.unmoved(conds, by)
}

// instantly marks what can be come to from a node, or what can come to it, by
// steps at which nobody acts and nothing is waited for.
func (f *flow) instantly(from int, back bool) []bool {
	if f.before == nil {
		f.before = make([][]int, len(f.of))
		for node := range f.end {
			for _, e := range f.next[node] {
				f.before[e.to] = append(f.before[e.to], node)
			}
		}
	}
	seen := make([]bool, len(f.of))
	seen[from] = true
	queue := []int{from}
	visit := func(node int) {
		if !seen[node] {
			seen[node] = true
			queue = append(queue, node)
		}
	}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		switch {
		case back:
			for _, b := range f.before[node] {
				if quick(f.stepOf(b)) {
					visit(b)
				}
			}
		case quick(f.stepOf(node)):
			for _, e := range f.next[node] {
				if e.way.kind != toUnknown {
					visit(e.to)
				}
			}
		}
	}
	return seen
}

// quick tells whether a step is over as soon as it is begun.
func quick(s *route.Step) bool {
	if s == nil || s.While != nil || s.WhileOpen.Text != "" || len(s.After) > 0 || s.Lock.Text != "" {
		return false
	}
	switch s.Verb {
	case route.Do, route.Inform, route.Choose, route.Go, route.Repeat:
		return true
	}
	return false
}
