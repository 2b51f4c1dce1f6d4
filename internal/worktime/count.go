package worktime

import (
	"slices"
	"time"
)

// Add is the deadline d after t, in the calendar's time zone.
//
// Calendar units come first and run on, day and night. Then working days: a
// moment outside working hours counts from the next opening; from within a day
// the deadline is the same time of day n working days later, or the end of that
// day if it closes earlier; from the opening itself it is the end of the n-th
// working day, that day included, so that 1wd for what arrives on a Sunday is
// Monday evening. Then working hours and minutes: the first moment at which
// that much time has been worked.
//
// Each year without data that the count went through gives one warning.
func (c *Calendar) Add(t time.Time, d Duration) (time.Time, []Warning) {
	w := walk{calendar: c}
	t = t.In(c.zone)
	t = t.AddDate(0, 0, 7*d.Weeks+d.Days).Add(time.Duration(d.Hours)*time.Hour + time.Duration(d.Minutes)*time.Minute)
	if d.WorkDays > 0 {
		t = w.addDays(t, d.WorkDays)
	}
	if work := d.work(); work > 0 {
		t = w.addWork(t, work)
	}
	return t, w.warnings()
}

// Before is the moment d before due: the mirror image of Add. 1wd before Monday
// evening is Monday's opening.
func (c *Calendar) Before(due time.Time, d Duration) (time.Time, []Warning) {
	w := walk{calendar: c}
	t := due.In(c.zone)
	t = t.AddDate(0, 0, -7*d.Weeks-d.Days).Add(-time.Duration(d.Hours)*time.Hour - time.Duration(d.Minutes)*time.Minute)
	if d.WorkDays > 0 {
		t = w.subDays(t, d.WorkDays)
	}
	if work := d.work(); work > 0 {
		t = w.subWork(t, work)
	}
	return t, w.warnings()
}

// Between is the working time from a to b, negative when b is earlier.
func (c *Calendar) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -c.Between(b, a)
	}
	var sum time.Duration
	a, b = a.In(c.zone), b.In(c.zone)
	last := DateOf(b)
	for day := DateOf(a); day.Compare(last) <= 0; day = day.AddDays(1) {
		for _, h := range c.hoursOn(day) {
			from, to := c.at(day, h.From), c.at(day, h.To)
			if from.Before(a) {
				from = a
			}
			if to.After(b) {
				to = b
			}
			if from.Before(to) {
				sum += to.Sub(from)
			}
		}
	}
	return sum
}

// Percent is the moment at which p percent of the working time between from and
// due have passed; without any working time between them, p percent of the
// time by the clock. It lies on a whole second, never before from, and never
// after due for p up to 100.
func (c *Calendar) Percent(from, due time.Time, p int) time.Time {
	from, due = from.In(c.zone), due.In(c.zone)
	if p <= 0 || !from.Before(due) {
		return from
	}
	work := c.Between(from, due)
	var t time.Time
	if work > 0 {
		w := walk{calendar: c}
		t = w.addWork(from, share(work, p))
	} else {
		t = from.Add(share(due.Sub(from), p))
	}
	if whole := t.Truncate(time.Second); !whole.Before(from) {
		return whole
	}
	return t
}

// share is p percent of d, without overflow for centuries.
func share(d time.Duration, p int) time.Duration {
	return d/100*time.Duration(p) + d%100*time.Duration(p)/100
}

// IsWorking reports whether t lies within working hours, the opening included
// and the closing not.
func (c *Calendar) IsWorking(t time.Time) bool {
	t = t.In(c.zone)
	day := DateOf(t)
	for _, h := range c.hoursOn(day) {
		if !t.Before(c.at(day, h.From)) && t.Before(c.at(day, h.To)) {
			return true
		}
	}
	return false
}

// Warnings are the years without data between two moments, for counts such as
// Between that give none themselves.
func (c *Calendar) Warnings(a, b time.Time) []Warning {
	w := walk{calendar: c}
	for year := a.In(c.zone).Year(); year <= b.In(c.zone).Year(); year++ {
		w.visit(year)
	}
	return w.warnings()
}

// work is the working hours and minutes of d.
func (d Duration) work() time.Duration {
	return time.Duration(d.WorkHours)*time.Hour + time.Duration(d.WorkMinutes)*time.Minute
}

// at is the moment on a day at a number of minutes from midnight.
func (c *Calendar) at(d Date, minute int) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, minute, 0, 0, c.zone)
}

// walk is one count over the calendar; it remembers the years it had no data
// for.
type walk struct {
	calendar *Calendar
	unknown  []int
}

func (w *walk) visit(year int) {
	if !w.calendar.years[year] && !slices.Contains(w.unknown, year) {
		w.unknown = append(w.unknown, year)
	}
}

func (w *walk) warnings() []Warning {
	slices.Sort(w.unknown)
	var out []Warning
	for _, year := range w.unknown {
		out = append(out, Warning{year})
	}
	return out
}

func (w *walk) hours(d Date) []Hours {
	w.visit(d.Year)
	return w.calendar.hoursOn(d)
}

// workday is the n-th working day after d, before it for a negative n; for 0 it
// is d itself.
func (w *walk) workday(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if len(w.hours(d)) > 0 {
			n--
		}
	}
	return d
}

func (w *walk) addDays(t time.Time, n int) time.Time {
	day, t, opening := w.start(t)
	if opening {
		day = w.workday(day, n-1)
		hours := w.hours(day)
		return w.calendar.at(day, hours[len(hours)-1].To)
	}
	day = w.workday(day, n)
	hours := w.hours(day)
	t = onDay(t, day)
	for i := len(hours) - 1; i >= 0; i-- {
		if !t.Before(w.calendar.at(day, hours[i].From)) {
			return earlier(t, w.calendar.at(day, hours[i].To))
		}
	}
	return w.calendar.at(day, hours[0].From)
}

func (w *walk) subDays(t time.Time, n int) time.Time {
	day, t, closing := w.end(t)
	if closing {
		day = w.workday(day, 1-n)
		return w.calendar.at(day, w.hours(day)[0].From)
	}
	day = w.workday(day, -n)
	hours := w.hours(day)
	t = onDay(t, day)
	for _, h := range hours {
		if !t.After(w.calendar.at(day, h.To)) {
			return later(t, w.calendar.at(day, h.From))
		}
	}
	return w.calendar.at(day, hours[len(hours)-1].To)
}

// start is the first moment from t on that is within working hours or ends
// them, its day, and whether it is that day's opening.
func (w *walk) start(t time.Time) (Date, time.Time, bool) {
	for day := DateOf(t); ; day = day.AddDays(1) {
		for i, h := range w.hours(day) {
			from, to := w.calendar.at(day, h.From), w.calendar.at(day, h.To)
			if !t.After(to) {
				t = later(t, from)
				return day, t, i == 0 && t.Equal(from)
			}
		}
	}
}

// end is the last moment up to t that is within working hours or begins them,
// its day, and whether it is that day's closing.
func (w *walk) end(t time.Time) (Date, time.Time, bool) {
	for day := DateOf(t); ; day = day.AddDays(-1) {
		hours := w.hours(day)
		for i := len(hours) - 1; i >= 0; i-- {
			from, to := w.calendar.at(day, hours[i].From), w.calendar.at(day, hours[i].To)
			if !t.Before(from) {
				t = earlier(t, to)
				return day, t, i == len(hours)-1 && t.Equal(to)
			}
		}
	}
}

func (w *walk) addWork(t time.Time, left time.Duration) time.Time {
	for day := DateOf(t); ; day = day.AddDays(1) {
		for _, h := range w.hours(day) {
			from, to := later(t, w.calendar.at(day, h.From)), w.calendar.at(day, h.To)
			if !from.Before(to) {
				continue
			}
			if worked := to.Sub(from); left > worked {
				left -= worked
				continue
			}
			return from.Add(left)
		}
	}
}

func (w *walk) subWork(t time.Time, left time.Duration) time.Time {
	for day := DateOf(t); ; day = day.AddDays(-1) {
		hours := w.hours(day)
		for i := len(hours) - 1; i >= 0; i-- {
			from, to := w.calendar.at(day, hours[i].From), earlier(t, w.calendar.at(day, hours[i].To))
			if !from.Before(to) {
				continue
			}
			if worked := to.Sub(from); left > worked {
				left -= worked
				continue
			}
			return to.Add(-left)
		}
	}
}

// onDay is the same time of day on another day.
func onDay(t time.Time, d Date) time.Time {
	hour, minute, second := t.Clock()
	return time.Date(d.Year, d.Month, d.Day, hour, minute, second, t.Nanosecond(), t.Location())
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
