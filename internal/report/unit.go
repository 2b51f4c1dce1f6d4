package report

import (
	"fmt"
	"time"

	"github.com/e1-dms/e1/internal/expr"
)

// Unit cuts days into periods.
type Unit string

// The units; Each leaves a value as it is.
const (
	Each    Unit = ""
	Day     Unit = "day"
	Week    Unit = "week"
	Month   Unit = "month"
	Quarter Unit = "quarter"
	Year    Unit = "year"
)

// Period is the period a date or time lies in, as a text that sorts by time:
// 2026-11-23, 2026-W48 (ISO 8601), 2026-11, 2026-Q4, 2026. Times are cut in the
// zone they are written in: what was done on the 31st there is of that month.
func (u Unit) Period(v expr.Value) string {
	var t time.Time
	switch v := v.(type) {
	case expr.Date:
		t = expr.Midnight(v, time.UTC)
	case time.Time:
		t = v
	default:
		return ""
	}
	switch u {
	case Week:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", year, week)
	case Month:
		return t.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case Year:
		return t.Format("2006")
	}
	return t.Format(time.DateOnly)
}

// units are the words of `per`.
func units() []string {
	return []string{string(Day), string(Week), string(Month), string(Quarter), string(Year)}
}
