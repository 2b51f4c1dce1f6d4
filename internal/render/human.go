package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/worktime"
)

// nbsp keeps the digits of a number together on one line.
const nbsp = "\u00a0"

// Human writes a canonical value the way people of the style's language read
// it. Kind is the form's or the report's type: money, decimal, percent, int,
// date, datetime, bool, duration, hours, week, month, quarter; a value of another kind, and one that is not
// canonical, comes back as it is.
func (s Style) Human(kind, value string) string {
	switch kind {
	case "money":
		return s.Money(value)
	case "decimal", "int", "hours":
		return s.Number(value)
	case "percent":
		if value == "" {
			return ""
		}
		return s.Number(value) + nbsp + "%"
	case "date":
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return s.Date(t)
		}
	case "datetime":
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			return s.DateTime(t)
		}
	case "bool":
		switch value {
		case "true":
			return s.Word("yes")
		case "false":
			return s.Word("no")
		}
	case "duration":
		return s.duration(value)
	case "week", "month", "quarter":
		return s.period(kind, value)
	}
	return value
}

// period writes a period in words where the language has them.
func (s Style) period(kind, value string) string {
	var year, n int
	switch kind {
	case "month":
		if t, err := time.Parse("2006-01", value); err == nil {
			return s.Month(t)
		}
	case "quarter":
		if _, err := fmt.Sscanf(value, "%4d-Q%1d", &year, &n); err == nil && n >= 1 && n <= 4 && s.russian() {
			return []string{"I", "II", "III", "IV"}[n-1] + nbsp + "кв." + nbsp + strconv.Itoa(year)
		}
	case "week":
		if _, err := fmt.Sscanf(value, "%4d-W%2d", &year, &n); err == nil && s.russian() {
			// The fourth of January lies in the first week.
			first := monday(time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)).AddDate(0, 0, 7*(n-1))
			if y, w := first.ISOWeek(); y == year && w == n {
				return first.Format("02.01–") + first.AddDate(0, 0, 6).Format("02.01.2006")
			}
		}
	}
	return value
}

// Money writes a canonical decimal with groups of three and two places, more
// where it has more: 1500000.5 is "1 500 000,50" in Russian (no-break spaces)
// and "1,500,000.50" in English.
func (s Style) Money(value string) string { return s.number(value, 2) }

// Number writes a canonical decimal or whole number with groups of three and
// its own places.
func (s Style) Number(value string) string { return s.number(value, 0) }

func (s Style) number(value string, places int) string {
	digits, negative := strings.CutPrefix(value, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return value
	}
	for len(fraction) < places {
		fraction += "0"
	}
	group, point := ",", "."
	if s.russian() {
		group, point = nbsp, ","
	}
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	if fraction != "" {
		b.WriteString(point)
		b.WriteString(fraction)
	}
	return b.String()
}

// Date writes a day: 23.11.2026 in Russian, 2026-11-23 in English. The zero
// time is empty.
func (s Style) Date(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case s.russian():
		return t.Format("02.01.2006")
	}
	return t.Format(time.DateOnly)
}

// DateTime writes a moment to the minute, in the zone it carries.
func (s Style) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return s.Date(t) + " " + t.Format("15:04")
}

// Size writes a number of bytes for people: 512 B, 18 kB, 2.4 MB.
func (s Style) Size(bytes int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	if s.russian() {
		units = []string{"Б", "кБ", "МБ", "ГБ", "ТБ"}
	}
	n, unit := float64(bytes), 0
	for n >= 999.5 && unit < len(units)-1 {
		n /= 1000
		unit++
	}
	text := strconv.FormatFloat(n, 'f', 0, 64)
	if unit > 0 && n < 9.95 {
		text = strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0")
	}
	if s.russian() {
		text = strings.ReplaceAll(text, ".", ",")
	}
	return text + nbsp + units[unit]
}

// duration writes the units of a stored duration in words.
func (s Style) duration(value string) string {
	d, err := worktime.ParseDuration(value)
	if err != nil {
		return value
	}
	return d.In(s.Language)
}
