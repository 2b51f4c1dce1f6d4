package form

import (
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"2026-12-01": "2026-12-01", "01.12.2026": "2026-12-01", "1.12.26": "2026-12-01", "1 декабря 2026": "2026-12-01",
		"today": "2026-11-23", "завтра": "2026-11-24", "+2w": "2026-12-07",
		"23.11": "2026-11-23", "1.9": "2026-09-01", "10.01": "2027-01-10", " 31.12. ": "2026-12-31",
		// Half a year away the year is anybody's guess.
		"25.05": "", "30.02": "", "12": "", "1.2.3.4": "", "soon": "", "": "",
	} {
		got := ""
		if d, err := ParseDay(text, now); err == nil {
			got = d.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	// A card says its year.
	if d, err := typedDate("23.11", now); err == nil {
		t.Errorf("a card takes 23.11 as %s", d)
	}
}
