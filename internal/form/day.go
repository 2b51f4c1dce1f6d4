package form

import (
	"fmt"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/expr"
)

// nearDays is how far a day without a year may lie away: farther off nobody
// knows which year was meant.
const nearDays = 150

// ParseDay reads a day as people type it on a command line: what a date of a card
// may be, and 23.11, the nearest such day. What is written into a card says its
// year.
func ParseDay(text string, now time.Time) (expr.Date, error) {
	d, err := typedDate(text, now)
	parts := strings.Split(strings.TrimSuffix(strings.TrimSpace(text), "."), ".")
	if err == nil || len(parts) != 2 {
		return d, err
	}
	today := expr.DateOf(now)
	for year := today.Year - 1; year <= today.Year+1; year++ {
		near, err := typedDate(fmt.Sprintf("%s.%s.%d", parts[0], parts[1], year), now)
		if n := expr.DaysBetween(today, near); err == nil && n >= -nearDays && n <= nearDays {
			return near, nil
		}
	}
	return d, err
}
