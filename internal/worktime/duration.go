package worktime

import (
	"fmt"
	"strconv"
	"strings"
)

// Duration is a length of time in the units it was written in. Calendar and
// working units do not convert into each other without a calendar, and a
// working day is no number of hours, so every unit is kept apart. Two Durations
// are == exactly when they are written the same way. The zero Duration is no
// time at all.
type Duration struct {
	Weeks, Days, Hours, Minutes      int // calendar time: 2w 3d 36h 30m
	WorkDays, WorkHours, WorkMinutes int // working time: 2wd 4wh 15wm
}

// maxCount bounds every unit: four centuries of working days are no deadline.
const maxCount = 100_000

// unit names one component of a Duration.
type unit struct {
	name  string
	count func(*Duration) *int
	words [3]string // one and several in English; an abbreviation in Russian, which needs no cases
}

// units in the order of the canonical form.
func units() []unit {
	return []unit{
		{"w", func(d *Duration) *int { return &d.Weeks }, [3]string{"week", "weeks", "нед."}},
		{"d", func(d *Duration) *int { return &d.Days }, [3]string{"day", "days", "дн."}},
		{"h", func(d *Duration) *int { return &d.Hours }, [3]string{"h", "h", "ч"}},
		{"m", func(d *Duration) *int { return &d.Minutes }, [3]string{"min", "min", "мин"}},
		{"wd", func(d *Duration) *int { return &d.WorkDays }, [3]string{"working day", "working days", "раб. дн."}},
		{"wh", func(d *Duration) *int { return &d.WorkHours }, [3]string{"working h", "working h", "раб. ч"}},
		{"wm", func(d *Duration) *int { return &d.WorkMinutes }, [3]string{"working min", "working min", "раб. мин"}},
	}
}

// ParseDuration reads numbers with units: 4wh, 2wd, 15wm, 3d, 36h, 30m, 2w, and
// their sums, 1wd4wh or "1wd 4wh". Units are w, d, h, m for calendar time and
// wd, wh, wm for working time, each at most once. It refuses negative numbers,
// fractions (1.5h is 1h30m) and bare numbers.
func ParseDuration(s string) (Duration, error) {
	var d Duration
	rest := strings.TrimSpace(s)
	if rest == "" {
		return d, fmt.Errorf("duration is empty; write it like 4wh, 2wd or 3d")
	}
	seen := map[string]bool{}
	for rest != "" {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 {
			return Duration{}, badDuration(s, rest)
		}
		n, err := strconv.Atoi(rest[:digits])
		if err != nil || n > maxCount {
			return Duration{}, fmt.Errorf("duration %q: %s is too large, at most %d is possible", s, rest[:digits], maxCount)
		}
		rest = rest[digits:]
		letters := len(rest) - len(strings.TrimLeft(rest, "wdhm"))
		name := rest[:letters]
		if name == "" {
			return Duration{}, badDuration(s, rest)
		}
		u, ok := unitNamed(name)
		if !ok {
			return Duration{}, fmt.Errorf("duration %q: unknown unit %q; units are w, d, h, m and working wd, wh, wm", s, name)
		}
		if seen[name] {
			return Duration{}, fmt.Errorf("duration %q: the unit %q stands twice", s, name)
		}
		seen[name] = true
		*u.count(&d) = n
		rest = strings.TrimLeft(rest[letters:], " ")
	}
	return d, nil
}

// badDuration says what is wrong where a number or a unit was expected.
func badDuration(s, rest string) error {
	switch {
	case rest == "":
		return fmt.Errorf("duration %q has a number without a unit; write it like 4wh, 2wd or 3d", s)
	case rest[0] == '-' || strings.HasPrefix(rest, "−"):
		return fmt.Errorf("duration %q is negative; durations have no sign", s)
	case rest[0] == '.' || rest[0] == ',':
		return fmt.Errorf("duration %q has a fraction; write 1h30m instead of 1.5h, 1wd4wh instead of 1.5wd", s)
	}
	r := []rune(rest)[0]
	return fmt.Errorf("duration %q: unexpected %q; write it like 4wh, 2wd or 3d", s, r)
}

func unitNamed(name string) (unit, bool) {
	for _, u := range units() {
		if u.name == name {
			return u, true
		}
	}
	return unit{}, false
}

// String is the canonical form: units from the longest to the shortest,
// calendar before working time, no spaces; zero is 0m. ParseDuration reads it
// back to the same Duration.
func (d Duration) String() string {
	var b strings.Builder
	for _, u := range units() {
		if n := *u.count(&d); n != 0 {
			b.WriteString(strconv.Itoa(n))
			b.WriteString(u.name)
		}
	}
	if b.Len() == 0 {
		return "0m"
	}
	return b.String()
}

// In writes the duration for people: "2 working days", "4 раб. ч". Neither
// breaks within a number and its unit.
func (d Duration) In(lang string) string {
	var parts []string
	for _, u := range units() {
		n := *u.count(&d)
		if n == 0 && (u.name != "m" || !d.IsZero()) {
			continue
		}
		word := u.words[1]
		switch {
		case lang == "ru":
			word = u.words[2]
		case n == 1:
			word = u.words[0]
		}
		parts = append(parts, strconv.Itoa(n)+"\u00a0"+strings.ReplaceAll(word, " ", "\u00a0"))
	}
	return strings.Join(parts, " ")
}

// IsZero reports whether d is no time at all.
func (d Duration) IsZero() bool { return d == Duration{} }

// Working reports whether d has working units, so that it needs a calendar.
func (d Duration) Working() bool { return d.WorkDays != 0 || d.WorkHours != 0 || d.WorkMinutes != 0 }

// Calendar reports whether d has calendar units. A Duration that is both mixes
// them, which lint reports.
func (d Duration) Calendar() bool {
	return d.Weeks != 0 || d.Days != 0 || d.Hours != 0 || d.Minutes != 0
}

// Plus is the sum, unit by unit.
func (d Duration) Plus(e Duration) Duration {
	for _, u := range units() {
		*u.count(&d) += *u.count(&e)
	}
	return d
}

// Compare orders two Durations where their units allow it whatever the
// calendar: calendar units with each other (a day being 24 hours), working
// hours and minutes with each other, working days with working days, and sums
// that are longer in one of these and shorter in none. ok is false for 8wh and
// 1wd, or 1d and 1wd.
func Compare(a, b Duration) (order int, ok bool) {
	less, more := false, false
	x, y := a.measures(), b.measures()
	for i := range x {
		less = less || x[i] < y[i]
		more = more || x[i] > y[i]
	}
	switch {
	case less && more:
		return 0, false
	case less:
		return -1, true
	case more:
		return 1, true
	}
	return 0, true
}

// measures are the three quantities that do not convert into each other:
// calendar minutes, working days, working minutes.
func (d Duration) measures() [3]int64 {
	return [3]int64{
		((int64(d.Weeks)*7+int64(d.Days))*24+int64(d.Hours))*60 + int64(d.Minutes),
		int64(d.WorkDays),
		int64(d.WorkHours)*60 + int64(d.WorkMinutes),
	}
}
