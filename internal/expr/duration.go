package expr

import (
	"time"

	"github.com/e1-dms/e1/internal/worktime"
)

// Duration is a length of time in working or calendar units.
type Duration = worktime.Duration

func parseDuration(text string) (worktime.Duration, error) { return worktime.ParseDuration(text) }

// AddWorking is a day or moment plus or minus a duration with working time, by a calendar; scopes use it to be
// [Calendared]. A day plus working days is the day so many working days later; working hours on a day count as one
// working day more. Calendar units come first.
func AddWorking(c *worktime.Calendar, from Value, d Duration, negative bool) Value {
	switch v := from.(type) {
	case Date:
		return addWorkdays(c, v, d, negative)
	case time.Time:
		at, _ := c.Add(v, d)
		if negative {
			at, _ = c.Before(v, d)
		}
		return at.In(v.Location())
	}
	return nil
}

func addWorkdays(c *worktime.Calendar, day Date, d Duration, negative bool) Date {
	sign := 1
	if negative {
		sign = -1
	}
	day = day.AddDays(sign * (7*d.Weeks + d.Days))
	left := d.WorkDays
	if d.WorkHours > 0 || d.WorkMinutes > 0 {
		left++
	}
	// Every calendar has working days; the bound is for years in which it has none any more.
	for days := 0; left > 0 && days < 10*left+400_000; days++ {
		if day = day.AddDays(sign); c.IsWorkday(day) {
			left--
		}
	}
	return day
}
