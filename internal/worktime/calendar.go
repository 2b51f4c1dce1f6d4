package worktime

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Date is a day of the calendar, without a time.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day on which t falls in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String is the ISO form, 2026-11-23.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// AddDays is the date n days later, or earlier for a negative n.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// Compare is negative, zero or positive as d is before, on or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Hours is one stretch of working time within a day, in minutes from midnight:
// 9:00 to 13:00 is {540, 780}.
type Hours struct{ From, To int }

// MonthDay is a day that is off every year.
type MonthDay struct {
	Month time.Month
	Day   int
}

// Year is what is known of one year beyond the plain week: days off, short
// days, and days that are worked although the week says otherwise. A short day
// is worked even on a Saturday.
type Year struct {
	Off, Short, Work []Date
}

// Definition is a working calendar as plain data.
type Definition struct {
	Name    string
	Title   yamlsrc.Label // by language
	Zone    *time.Location
	Week    map[time.Weekday][]Hours // working hours of each weekday; a day without hours is off
	Hours   []Hours                  // hours of a day that is worked against the week (a Saturday)
	Shorter int                      // minutes by which a short day ends earlier
	Fixed   []MonthDay               // holidays of a year without data
	Years   map[int]Year
}

// Calendar is a working calendar ready for counting. It is immutable and safe
// for concurrent use.
type Calendar struct {
	name    string
	title   yamlsrc.Label
	zone    *time.Location
	week    [7][]Hours
	hours   []Hours
	shorter int
	fixed   map[MonthDay]bool
	years   map[int]bool
	days    map[Date]dayKind
}

type dayKind uint8

const (
	ordinary dayKind = iota // as the week says
	off
	short
	worked
)

// Warning says that an answer rests on a year without data.
type Warning struct{ Year int }

// String is the message for people.
func (w Warning) String() string {
	return fmt.Sprintf("the working calendar has no data for %d; counted with Monday to Friday and the fixed holidays", w.Year)
}

// New builds a calendar. It refuses hours that overlap or are out of order,
// days of another year, a day that is two kinds at once, and calendars on which
// a year could pass without working time.
func New(def Definition) (*Calendar, error) {
	c := &Calendar{
		name: def.Name, title: def.Title, zone: def.Zone, hours: slices.Clone(def.Hours), shorter: def.Shorter,
		fixed: map[MonthDay]bool{}, years: map[int]bool{}, days: map[Date]dayKind{},
	}
	if c.zone == nil {
		return nil, fmt.Errorf("calendar %q has no time zone", def.Name)
	}
	if err := checkHours(def.Hours); err != nil {
		return nil, fmt.Errorf("calendar %q: %w", def.Name, err)
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		if err := checkHours(def.Week[day]); err != nil {
			return nil, fmt.Errorf("calendar %q, %s: %w", def.Name, day, err)
		}
		c.week[day] = slices.Clone(def.Week[day])
		if len(c.week[day]) > 0 && minutes(c.week[day]) <= def.Shorter {
			return nil, fmt.Errorf("calendar %q: a short %s has no working time left", def.Name, day)
		}
	}
	if def.Shorter < 0 || len(def.Hours) > 0 && minutes(def.Hours) <= def.Shorter {
		return nil, fmt.Errorf("calendar %q: a short day cannot be %d minutes shorter", def.Name, def.Shorter)
	}
	for _, d := range def.Fixed {
		c.fixed[d] = true
	}
	if err := c.addYears(def); err != nil {
		return nil, err
	}
	if !c.livesWithoutData() {
		return nil, fmt.Errorf("calendar %q leaves no working time in a year without data", def.Name)
	}
	return c, nil
}

func (c *Calendar) addYears(def Definition) error {
	for year, data := range def.Years {
		c.years[year] = true
		for _, list := range []struct {
			days []Date
			kind dayKind
		}{{data.Off, off}, {data.Short, short}, {data.Work, worked}} {
			for _, d := range list.days {
				if d.Year != year {
					return fmt.Errorf("calendar %q: %s stands under the year %d", def.Name, d, year)
				}
				if d != DateOf(d.utc()) {
					return fmt.Errorf("calendar %q: there is no day %s", def.Name, d)
				}
				if c.days[d] != ordinary && c.days[d] != list.kind {
					return fmt.Errorf("calendar %q: %s is two kinds of day at once", def.Name, d)
				}
				c.days[d] = list.kind
				if list.kind != off && len(c.week[d.Weekday()]) == 0 && len(c.hours) == 0 {
					return fmt.Errorf("calendar %q: %s is worked, but %s has no hours", def.Name, d, d.Weekday())
				}
			}
		}
	}
	return nil
}

// livesWithoutData reports whether a year without data has working time, which
// is what ends every search for a working day.
func (c *Calendar) livesWithoutData() bool {
	year := 2000 // a leap year far from the data; any free one will do
	for c.years[year] {
		year += 4
	}
	for d := (Date{year, time.January, 1}); d.Year == year; d = d.AddDays(1) {
		if len(c.hoursOn(d)) > 0 {
			return true
		}
	}
	return false
}

func checkHours(hours []Hours) error {
	end := -1
	for _, h := range hours {
		if h.From < 0 || h.To > 24*60 || h.From >= h.To {
			return fmt.Errorf("working hours %s are impossible", h)
		}
		if h.From <= end {
			return fmt.Errorf("working hours %s do not come after the ones before", h)
		}
		end = h.To
	}
	return nil
}

// String is the form of the definition, 09:00-13:00.
func (h Hours) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

func minutes(hours []Hours) int {
	sum := 0
	for _, h := range hours {
		sum += h.To - h.From
	}
	return sum
}

// Name is the calendar's name in definitions.
func (c *Calendar) Name() string { return c.name }

// Title is the calendar's title for people in a language.
func (c *Calendar) Title(lang string) string { return c.title.In(lang) }

// Zone is the time zone in which the calendar counts.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Knows reports whether the calendar has data for the year.
func (c *Calendar) Knows(year int) bool { return c.years[year] }

// IsWorkday reports whether any time is worked on that day.
func (c *Calendar) IsWorkday(d Date) bool { return len(c.hoursOn(d)) > 0 }

// IsShort reports whether the day is a working day that ends earlier.
func (c *Calendar) IsShort(d Date) bool { return c.days[d] == short }

// Hours are the working hours of that day, none on a day off.
func (c *Calendar) Hours(d Date) []Hours { return slices.Clone(c.hoursOn(d)) }

// hoursOn must not be changed by callers: the slices are the calendar's own.
func (c *Calendar) hoursOn(d Date) []Hours {
	usual := c.week[d.Weekday()]
	switch c.days[d] {
	case off:
		return nil
	case worked, short:
		if len(usual) == 0 {
			usual = c.hours
		}
		if c.days[d] == short {
			return cutShort(usual, c.shorter)
		}
	case ordinary:
		if !c.years[d.Year] && c.fixed[MonthDay{d.Month, d.Day}] {
			return nil
		}
	}
	return usual
}

// cutShort takes minutes off the end of the day.
func cutShort(hours []Hours, less int) []Hours {
	hours = slices.Clone(hours)
	for less > 0 && len(hours) > 0 {
		last := &hours[len(hours)-1]
		if last.To-last.From > less {
			last.To -= less
			return hours
		}
		less -= last.To - last.From
		hours = hours[:len(hours)-1]
	}
	return hours
}

// WorkdaysIn counts the working days and the working time of a year.
func (c *Calendar) WorkdaysIn(year int) (days int, worked time.Duration) {
	for d := (Date{year, time.January, 1}); d.Year == year; d = d.AddDays(1) {
		if h := c.hoursOn(d); len(h) > 0 {
			days++
			worked += time.Duration(minutes(h)) * time.Minute
		}
	}
	return days, worked
}
