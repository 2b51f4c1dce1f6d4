package lint

import (
	"fmt"

	"github.com/e1-dms/e1/internal/diag"
)

// loopWithoutExit reports jumps that close a circle which nothing leads out
// of.
func loopWithoutExit() *rule {
	return &rule{
		Code:     Code{"R015", "loop-without-exit", "a circle of steps that nothing leads out of, or that goes round for ever without anybody acting; give a step in it a way on"},
		severity: diag.Error,
		check: func(s *subject) {
			f := s.graph()
			for _, step := range s.Steps() {
				switch {
				case !f.reaches(step) || f.trapped[begin(f.index[step])]:
				case step.Max == 0 && s.sameAgain(step):
					s.report(step.Until.At(), "the rounds of %q go on for ever if they do at all: nobody acts in them, and nothing in them changes what `until` asks for", step.ID).
						Help = "let a step of the rounds change it, or give the rounds a task"
				case s.circling(step):
					target := targeted(s.Route, step, step.Target).step
					p := s.report(step.Target.At, "whoever comes here goes round from %q for ever: nobody acts in the circle, and nothing in it changes what its conditions ask for", target.ID)
					p.Help = "let a step of the circle change it, or give the circle a task"
					p.Related = append(p.Related, diag.Related{At: target.At, Message: "the circle begins here"})
				}
			}
			told := make([]bool, len(f.of))
			for node := range f.end {
				if !f.trapped[node] || told[node] {
					continue
				}
				step := f.stepOf(node)
				for _, e := range f.next[node] {
					if !e.way.jump || !f.trapped[e.to] || told[node] || !f.within(e.to, node) {
						continue
					}
					f.mark(told, e.to)
					target := f.stepOf(e.to)
					p := s.report(place(step, e.way), "whoever comes here goes round from %q to %q for ever: nothing in the circle leads on", target.ID, step.ID)
					p.Help = fmt.Sprintf("give %q an outcome that goes on, or limit the jump with `max` and `else`", step.ID)
					p.Path = append(f.path(node), target.ID)
					p.Related = append(p.Related, diag.Related{At: target.At, Message: "the circle begins here"})
				}
			}
		},
	}
}

// within tells whether a node can be reached from another one without leaving
// the branch.
func (f *flow) within(from, to int) bool {
	seen := make([]bool, len(f.of))
	f.mark(seen, from)
	return seen[to]
}

// mark marks what can be reached from a node without leaving the branch.
func (f *flow) mark(seen []bool, from int) {
	if seen[from] {
		return
	}
	seen[from] = true
	queue := []int{from}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		for _, e := range f.next[node] {
			if e.join && !f.joins(f.stepOf(node), f.reached) || seen[e.to] {
				continue
			}
			seen[e.to] = true
			queue = append(queue, e.to)
		}
	}
}
