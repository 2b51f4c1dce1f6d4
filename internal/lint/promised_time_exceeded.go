package lint

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// promisedTimeExceeded reports routes whose steps, one after the other, may
// take longer than the time promised for the whole, though nobody is late.
func promisedTimeExceeded() *rule {
	return &rule{
		Code:     Code{"R065", "promised-time-exceeded", "deadlines that in sequence exceed the time promised for the whole route; shorten them or promise more"},
		severity: diag.Warning,
		check: func(s *subject) {
			total, ok := dueLength(s.Due)
			promised, working := workMinutes(total)
			if !ok || !working {
				return
			}
			longest := s.longest(s.Body)
			if longest.minutes <= promised {
				return
			}
			p := s.report(s.Due.At, "the route promises %s, but its steps may take %s, none of them late", total, worked(longest.minutes))
			for _, step := range longest.steps {
				d, _ := dueLength(step.Due)
				p.Related = append(p.Related, diag.Related{At: step.Due.At, Message: d.String()})
				p.Path = append(p.Path, step.ID)
			}
			p.Help = "shorten the deadlines, or promise more"
		},
	}
}

// span is a sequence of steps with the working time they may take.
type span struct {
	minutes int
	steps   []*route.Step
}

// longest is the sequence of a branch that may take longest, each step once.
func (s *subject) longest(b *route.Branch) span {
	out := span{}
	for _, step := range b.Steps {
		one := span{}
		if d, ok := dueLength(step.Due); ok && step.Person() && step.Verb != route.Inform {
			if minutes, working := workMinutes(d); working {
				one = span{minutes, []*route.Step{step}}
			}
		}
		for i, inner := range step.Branches {
			in := s.longest(inner)
			if i == 0 || in.minutes > one.minutes {
				one = in
			}
		}
		if step.Verb == route.Parallel && joinOf(step) != route.JoinAll {
			one = span{} // it goes on when the quick ones have arrived
		}
		out.minutes += one.minutes
		out.steps = append(out.steps, one.steps...)
	}
	return out
}

// worked puts minutes of work into days and hours.
func worked(minutes int) string {
	d := worktime.Duration{WorkDays: minutes / usualDay, WorkHours: minutes % usualDay / 60, WorkMinutes: minutes % 60}
	return d.String()
}
