package message

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// parseDate reads a Date field, also in the forms that web forms and old
// programs write. A date without a zone is taken as UTC.
func parseDate(value string) (time.Time, error) {
	value = strings.Join(strings.Fields(dropComments(value)), " ")
	if t, err := mail.ParseDate(value); err == nil {
		return t, nil
	}
	if _, after, ok := strings.Cut(value, ","); ok { // a weekday in another language, or a wrong one
		value = strings.TrimSpace(after)
		if t, err := mail.ParseDate(value); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
		"2 Jan 2006 15:04:05 -07:00", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700", "2 January 2006 15:04:05 -0700",
		"2 Jan 2006 15.04.05 -0700", "2 Jan 06 15:04:05 -0700", time.ANSIC, time.UnixDate, time.RubyDate,
		"02.01.2006 15:04:05 -0700", "02.01.2006 15:04:05", "02.01.2006 15:04",
	} {
		if t, err := time.Parse(layout, value); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("unknown form of date %q", value)
}
