package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// reminderOutsideTerm reports reminders that fall before the task is given, or
// behind the escalation that has taken the task away.
func reminderOutsideTerm() *rule {
	return &rule{
		Code:     Code{"R062", "reminder-outside-term", "a reminder longer before the deadline than the whole term, or after the task was taken away, or of a task without a deadline; shorten it, or give the task one"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, step := range s.works() {
				if step.Due == nil && !s.givenDue(step) {
					s.neverReminded(step)
					continue
				}
				term, fixed := dueLength(step.Due)
				for _, r := range step.Remind {
					lead, err := worktime.ParseDuration(r.Lead)
					if r.Lead == "" || err != nil {
						continue
					}
					if !r.After && fixed && reaches(lead, term) {
						s.report(r.At, "step %q has %s; a reminder %s before the deadline comes before the task", step.ID, term, lead).Help =
							"shorten it, or write a share of the term such as `50%`"
					}
					for _, e := range step.Escalate {
						after, err := worktime.ParseDuration(e.After)
						if r.After && err == nil && e.Reassign && reaches(lead, after) {
							p := s.report(r.At, "step %q is reassigned %s after the deadline; the reminder comes %s after it", step.ID, after, lead)
							p.Related = []diag.Related{{At: e.At, Message: "takes the task away"}}
							p.Help = "remind before the task is taken away"
							break
						}
					}
				}
			}
		},
	}
}

// neverReminded reports what waits for the deadline of a task that has none.
func (s *subject) neverReminded(step *route.Step) {
	switch {
	case len(step.Remind) > 0:
		s.report(step.Remind[0].At, "step %q has no deadline, so nobody is ever reminded of it", step.ID).Help = "give the step a `due`, or leave `remind` out"
	case len(step.Escalate) > 0:
		s.report(step.Escalate[0].At, "step %q has no deadline, so it is never late and never escalated", step.ID).Help = "give the step a `due`, or leave `escalate` out"
	}
}

// givenDue tells whether an action gives the tasks of a step a deadline.
func (s *subject) givenDue(step *route.Step) bool {
	for _, other := range s.Steps() {
		for _, a := range actionsOf(other) {
			if a.Kind == route.Assign && a.Due != nil && slices.ContainsFunc(a.Steps, func(w route.Word) bool { return w.Text == step.ID }) {
				return true
			}
		}
	}
	return s.LostWithin(step.Range)
}

// reaches tells that a is surely at least as long as b.
func reaches(a, b worktime.Duration) bool {
	if order, ok := worktime.Compare(a, b); ok {
		return order >= 0
	}
	x, pure := workMinutes(a)
	y, also := workMinutes(b)
	return pure && also && x >= y
}

// usualDay is the working day by which working days and hours are compared.
const usualDay = 8 * 60

// workMinutes is a duration of working time alone in minutes.
func workMinutes(d worktime.Duration) (minutes int, pure bool) {
	return d.WorkDays*usualDay + d.WorkHours*60 + d.WorkMinutes, !d.Calendar()
}
