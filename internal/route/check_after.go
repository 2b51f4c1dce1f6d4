package route

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// afterCircles reports steps that wait for each other.
func (c *checker) afterCircles() {
	for _, circle := range c.r.AfterCircles() {
		c.problems.Add(diag.Problem{Code: R012.Code, Slug: R012.Slug, Severity: R012.Severity, At: circle.At.After[0].At,
			Message: "these steps wait for each other: " + strings.Join(append(circle.Steps, circle.Steps[0]), " > "), Path: circle.Steps,
			Help: "remove one of the `after`"})
	}
}

// Circle is steps that wait for each other: by `after`, by the order of their
// sequence, and because a block ends after what is inside it.
type Circle struct {
	Steps []string
	At    *Step // the step whose `after` closes it
}

// AfterCircles gives the circles of a route, so many that none is left without
// the `after` of the steps that close them.
func (r *Route) AfterCircles() []Circle {
	w := &waiting{r: r, cut: map[*Step]bool{}, state: map[moment]int{}}
	var out []Circle
	for _, s := range r.Steps() {
		for len(s.After) > 0 && w.visit(moment{s, true}) && w.found != nil {
			w.cut[w.found.At] = true
			out = append(out, *w.found)
			for _, m := range w.path {
				delete(w.state, m)
			}
			w.path, w.found = nil, nil
		}
	}
	return out
}

// moment is the beginning or the end of a step.
type moment struct {
	step *Step
	end  bool
}

// waiting follows what moments wait for.
type waiting struct {
	r     *Route
	cut   map[*Step]bool // steps whose `after` is left out
	state map[moment]int
	path  []moment
	found *Circle
}

const (
	busy = 1
	done = 2
)

// visit tells whether a circle lies behind a moment.
func (w *waiting) visit(m moment) bool {
	switch w.state[m] {
	case busy:
		w.circle(m)
		return true
	case done:
		return false
	}
	w.state[m] = busy
	w.path = append(w.path, m)
	for _, before := range w.before(m) {
		if w.visit(before) {
			return true
		}
	}
	w.path = w.path[:len(w.path)-1]
	w.state[m] = done
	return false
}

// before gives what must have happened for a moment to come.
func (w *waiting) before(m moment) []moment {
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
	if w.cut[s] {
		return out
	}
	for _, word := range s.After {
		if t := w.r.Step(word.Text); t != nil {
			out = append(out, moment{t, true})
		}
	}
	return out
}

// circle notes the circle that a moment closes.
func (w *waiting) circle(m moment) {
	path := w.path
	for path[0] != m {
		path = path[1:]
	}
	c := &Circle{}
	for i, p := range path {
		next := path[(i+1)%len(path)]
		if c.At == nil && !p.end && next.end && !w.cut[p.step] && p.step.waitsFor(next.step) {
			c.At = p.step
		}
		if len(c.Steps) == 0 || c.Steps[len(c.Steps)-1] != p.step.ID {
			c.Steps = append(c.Steps, p.step.ID)
		}
	}
	if c.At != nil {
		w.found = c
	}
}

func (s *Step) waitsFor(other *Step) bool {
	return slices.ContainsFunc(s.After, func(w Word) bool { return w.Text == other.ID })
}
