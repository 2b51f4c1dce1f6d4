package route

import (
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// moment is the beginning or the end of a step.
type moment struct {
	step *Step
	end  bool
}

// afterCircles reports steps that wait for each other: by `after`, by the
// order of their sequence, and because a block ends after what is inside it.
func (c *checker) afterCircles() {
	const (
		busy = 1
		done = 2
	)
	state := map[moment]int{}
	var path []moment
	var visit func(m moment) bool
	visit = func(m moment) bool {
		switch state[m] {
		case busy:
			c.circle(path, m)
			return true
		case done:
			return false
		}
		state[m] = busy
		path = append(path, m)
		found := false
		for _, before := range c.before(m) {
			if found = visit(before); found {
				break
			}
		}
		path = path[:len(path)-1]
		state[m] = done
		return found
	}
	for _, s := range c.r.Steps() {
		if len(s.After) > 0 && visit(moment{s, true}) {
			return
		}
	}
}

// before gives what must have happened for a moment to come.
func (c *checker) before(m moment) []moment {
	s := m.step
	var out []moment
	if m.end {
		out = append(out, moment{s, false})
		for _, b := range s.Branches {
			for _, inner := range b.Steps {
				out = append(out, moment{inner, true})
			}
		}
		return out
	}
	if s.Index > 0 {
		out = append(out, moment{s.Parent.Steps[s.Index-1], true})
	} else if s.Parent.Owner != nil {
		out = append(out, moment{s.Parent.Owner, false})
	}
	for _, w := range s.After {
		if t := c.r.Step(w.Text); t != nil {
			out = append(out, moment{t, true})
		}
	}
	return out
}

func (c *checker) circle(path []moment, m moment) {
	for path[0] != m {
		path = path[1:]
	}
	var names []string
	var at *Step
	for _, p := range path {
		if len(p.step.After) > 0 && !p.end && at == nil {
			at = p.step
		}
		if len(names) == 0 || names[len(names)-1] != p.step.ID {
			names = append(names, p.step.ID)
		}
	}
	if at == nil {
		return
	}
	c.problems.Add(diag.Problem{Code: R012.Code, Slug: R012.Slug, Severity: R012.Severity, At: at.After[0].At,
		Message: "these steps wait for each other: " + strings.Join(append(names, m.step.ID), " > "), Path: names,
		Help: "remove one of the `after`"})
}
