package engine

import (
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/worktime"
)

// Reached is a date that a rule has had.
type Reached struct {
	Document, Rule, Field, Date string
	At                          time.Time // when it was due
	rule                        *rule.Rule
}

// NextDate gives the first date of a document that one of the rules still has
// to have; nil when there is none. A day begins with its working hours in c,
// which may be nil, or at midnight when it is off.
func NextDate(f *form.Form, d *document.Document, rules []*rule.Rule, c *worktime.Calendar, zone *time.Location) *Reached {
	var next *Reached
	if f == nil || d.Status == void {
		return nil
	}
	for _, r := range rules {
		for _, t := range r.On {
			if t.Kind != rule.Date {
				continue
			}
			for _, w := range t.Names {
				x := Reached{Document: d.Number, Rule: r.Name.Text, Field: w.Text, rule: r}
				field := f.Field(w.Text)
				if field == nil {
					continue
				}
				v := f.Stored(d, field)
				if v == nil || v.Text == "" {
					continue
				}
				x.Date = v.Text
				at, ok := momentOf(x.Date, t, c, zone)
				if !ok || at.Before(expr.Midnight(r.Since, zone)) || had(d, x) {
					continue
				}
				if x.At = at; next == nil || at.Before(next.At) {
					next = &x
				}
			}
		}
	}
	return next
}

// had tells whether the rule has had this date.
func had(d *document.Document, x Reached) bool {
	return slices.ContainsFunc(d.Reached, func(h document.Reached) bool {
		return h.Rule == x.Rule && h.Field == x.Field && h.Date == x.Date
	})
}

// momentOf gives the moment at which a date is reached for a trigger.
func momentOf(text string, t *rule.Trigger, c *worktime.Calendar, zone *time.Location) (time.Time, bool) {
	at, isTime := document.ParseTime(text)
	if isTime {
		at = at.In(zone)
		if c == nil {
			return at, t.Shift.IsZero()
		}
		if t.Back {
			at, _ = c.Before(at, t.Shift)
		} else {
			at, _ = c.Add(at, t.Shift)
		}
		return at.In(zone).Truncate(time.Second), true
	}
	day, err := expr.ParseDate(text)
	if err != nil {
		return at, false
	}
	return opening(shifted(worktime.Date(day), t, c), t, c, zone)
}

// shifted moves a day by the days of a shift: five working days before a
// Monday is the Monday before it.
func shifted(day worktime.Date, t *rule.Trigger, c *worktime.Calendar) worktime.Date {
	sign := 1
	if t.Back {
		sign = -1
	}
	day = day.AddDays(sign * (7*t.Shift.Weeks + t.Shift.Days))
	for n := t.Shift.WorkDays; n > 0 && c != nil; {
		if day = day.AddDays(sign); c.IsWorkday(day) {
			n--
		}
	}
	return day
}

// opening is the beginning of a day, moved by the hours of a shift.
func opening(day worktime.Date, t *rule.Trigger, c *worktime.Calendar, zone *time.Location) (time.Time, bool) {
	at := expr.Midnight(expr.Date(day), zone)
	hours := worktime.Duration{Hours: t.Shift.Hours, Minutes: t.Shift.Minutes, WorkHours: t.Shift.WorkHours, WorkMinutes: t.Shift.WorkMinutes}
	if c == nil {
		return at, !t.Shift.Working() && hours.IsZero()
	}
	if open := c.Hours(day); len(open) > 0 {
		at = at.Add(time.Duration(open[0].From) * time.Minute)
	}
	switch {
	case hours.IsZero():
	case t.Back:
		at, _ = c.Before(at, hours)
	default:
		at, _ = c.Add(at, hours)
	}
	return at.In(zone).Truncate(time.Second), true
}

func (m *machine) nextDate() *Reached {
	if m.in.Rules == nil {
		return nil
	}
	rules := m.in.Rules(m.self.Form)
	if !slices.ContainsFunc(rules, (*rule.Rule).Dated) {
		return nil
	}
	var c *worktime.Calendar
	if m.in.Calendar != nil {
		c = m.in.Calendar("")
	}
	return NextDate(m.in.Forms.Form(m.self.Form), m.self, rules, c, m.in.Now.Location())
}

// reach lets a rule have a date, once whatever becomes of it.
func (m *machine) reach(x *Reached) {
	m.self.Reached = append(m.self.Reached, document.Reached{Rule: x.Rule, Field: x.Field, Date: x.Date, At: m.in.Now})
	m.res.Reached = append(m.res.Reached, *x)
	m.tryRule(x.rule, happening{kind: rule.Date, names: []string{x.Field}})
}
