package demo

import (
	"sort"
	"time"

	"github.com/e1-dms/e1/internal/worktime"
)

// clock counts working time over some years without asking the calendar again:
// a moment as seconds worked since the clock's first day, and back.
type clock struct {
	zone     *time.Location // in which moments are written
	calendar *worktime.Calendar
	midnight []int64 // of each day, Unix seconds
	worked   []int64 // seconds before each day; one more than days
	hours    [][]worktime.Hours
}

func newClock(calendar *worktime.Calendar, zone *time.Location, from, to time.Time) *clock {
	c := &clock{zone: zone, calendar: calendar}
	var sum int64
	days := calendar.Zone()
	last := worktime.DateOf(to.In(days))
	for d := worktime.DateOf(from.In(days)); d.Compare(last) <= 0; d = d.AddDays(1) {
		hours := calendar.Hours(d)
		c.midnight = append(c.midnight, time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, days).Unix())
		c.hours = append(c.hours, hours)
		c.worked = append(c.worked, sum)
		for _, h := range hours {
			sum += int64(h.To-h.From) * 60
		}
	}
	c.worked = append(c.worked, sum)
	return c
}

// day gives the index of the day of a moment, the nearest one the clock has.
func (c *clock) day(unix int64) int {
	i := int((unix - c.midnight[0]) / 86400)
	i = min(max(i, 0), len(c.midnight)-1)
	for i+1 < len(c.midnight) && c.midnight[i+1] <= unix {
		i++
	}
	for i > 0 && c.midnight[i] > unix {
		i--
	}
	return i
}

// work gives the seconds worked before a moment.
func (c *clock) work(unix int64) int64 {
	i := c.day(unix)
	sum := c.worked[i]
	into := unix - c.midnight[i]
	for _, h := range c.hours[i] {
		from, to := int64(h.From)*60, int64(h.To)*60
		if into <= from {
			break
		}
		sum += min(into, to) - from
	}
	return sum
}

// moment gives the first moment at which so many seconds have been worked; it
// lies within working hours or at their end.
func (c *clock) moment(work int64) int64 {
	i := sort.Search(len(c.hours), func(i int) bool { return c.worked[i+1] >= work })
	if i == len(c.hours) {
		i--
	}
	left := work - c.worked[i]
	for _, h := range c.hours[i] {
		length := int64(h.To-h.From) * 60
		if left <= length {
			return c.midnight[i] + int64(h.From)*60 + max(left, 0)
		}
		left -= length
	}
	return c.midnight[i]
}

// at makes a time of seconds.
func (c *clock) at(unix int64) time.Time { return time.Unix(unix, 0).In(c.zone) }

// curve spreads documents over time: how many of the whole were registered by
// a moment, and back. Little happens outside working hours, and business grows.
// Products are converted to float64 before they are added, which keeps some
// processors from rounding them otherwise than others: the same documents are
// made everywhere.
type curve struct {
	start int64     // Unix seconds
	sums  []float64 // weight before each hour, one more than hours; the last is 1
}

// newCurve spreads from one moment to another; night is the weight of an hour
// outside working hours in thousandths of a working one.
func newCurve(c *clock, from, to int64, night float64) *curve {
	v := &curve{start: from}
	hours := int((to - from) / 3600)
	sum := 0.0
	for h := range hours {
		at := from + int64(h)*3600
		worked := float64(c.work(at+3600) - c.work(at))
		awake := 1.0
		if clockHour := (at - c.midnight[c.day(at)]) / 3600; clockHour < 7 || clockHour > 22 {
			awake = 0.1
		}
		growth := 0.7 + float64(0.6*float64(h)/float64(hours))
		v.sums = append(v.sums, sum)
		sum += float64(growth * (worked + float64(awake*(3600-worked)*night/1000)))
	}
	v.sums = append(v.sums, sum)
	for i := range v.sums {
		v.sums[i] /= sum
	}
	return v
}

// moment gives the moment by which a part of the whole was registered.
func (v *curve) moment(part float64) int64 {
	hours := len(v.sums) - 1
	i := sort.Search(hours, func(i int) bool { return v.sums[i+1] > part })
	i = min(i, hours-1)
	within := 0.0
	if width := v.sums[i+1] - v.sums[i]; width > 0 {
		within = min(max((part-v.sums[i])/width, 0), 0.9999)
	}
	return v.start + int64(i)*3600 + int64(within*3600)
}

// part gives which part of the whole was registered by a moment.
func (v *curve) part(unix int64) float64 {
	hours := len(v.sums) - 1
	at := float64(unix-v.start) / 3600
	i := int(at)
	switch {
	case at <= 0:
		return 0
	case i >= hours:
		return 1
	}
	return v.sums[i] + float64((v.sums[i+1]-v.sums[i])*(at-float64(i)))
}

// add is Calendar.Add for moments the clock knows; a test compares them.
func (c *clock) add(unix int64, d worktime.Duration) int64 {
	if d.Calendar() {
		at, _ := c.calendar.Add(c.at(unix), d)
		return at.Unix()
	}
	if d.WorkDays > 0 {
		unix = c.addDays(unix, d.WorkDays)
	}
	if seconds := int64(d.WorkHours)*3600 + int64(d.WorkMinutes)*60; seconds > 0 {
		unix = c.moment(c.work(unix) + seconds)
	}
	return unix
}

func (c *clock) addDays(unix int64, n int) int64 {
	day, opening := c.day(unix), false
	into := unix - c.midnight[day]
start:
	for {
		for i, h := range c.hours[day] {
			from, to := int64(h.From)*60, int64(h.To)*60
			if into <= to {
				into = max(into, from)
				opening = i == 0 && into == from
				break start
			}
		}
		if day+1 == len(c.hours) {
			return unix
		}
		day, into = day+1, 0
	}
	if opening {
		n--
	}
	for n > 0 && day+1 < len(c.hours) {
		if day++; len(c.hours[day]) > 0 {
			n--
		}
	}
	hours := c.hours[day]
	if opening {
		return c.midnight[day] + int64(hours[len(hours)-1].To)*60
	}
	for i := len(hours) - 1; i >= 0; i-- {
		if into >= int64(hours[i].From)*60 {
			return c.midnight[day] + min(into, int64(hours[i].To)*60)
		}
	}
	return c.midnight[day] + int64(hours[0].From)*60
}
