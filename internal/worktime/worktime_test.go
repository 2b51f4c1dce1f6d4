package worktime

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// russia is the working calendar of 2025–2027 written a second time, so that
// the shipped definition is compared with something.
func russia(t testing.TB) *Calendar {
	t.Helper()
	c, err := New(russiaDefinition(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func russiaDefinition(t testing.TB) Definition {
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	day := []Hours{{9 * 60, 13 * 60}, {14 * 60, 18 * 60}}
	def := Definition{Name: "ru", Zone: zone, Hours: day, Shorter: 60, Week: map[time.Weekday][]Hours{}, Years: map[int]Year{}}
	for wd := time.Monday; wd <= time.Friday; wd++ {
		def.Week[wd] = day
	}
	for _, d := range dates(t, 2000, "01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-09 06-12 11-04") {
		def.Fixed = append(def.Fixed, MonthDay{d.Month, d.Day})
	}
	for year, days := range map[int][2]string{
		2025: {"01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-23 03-08 05-01 05-02 05-08 05-09 06-12 06-13 11-03 11-04 12-31", "03-07 04-30 06-11 11-01"},
		2026: {"01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 01-09 02-23 03-08 03-09 05-01 05-09 05-11 06-12 11-04 12-31", "04-30 05-08 06-11 11-03"},
		2027: {"01-01 01-02 01-03 01-04 01-05 01-06 01-07 01-08 02-22 02-23 03-08 05-01 05-03 05-09 05-10 06-12 06-14 11-04 11-05 12-31", "02-20 04-30 06-11 11-03"},
	} {
		def.Years[year] = Year{Off: dates(t, year, days[0]), Short: dates(t, year, days[1])}
	}
	return def
}

func dates(t testing.TB, year int, list string) []Date {
	t.Helper()
	var out []Date
	for _, s := range strings.Fields(list) {
		d, err := time.Parse("01-02", s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Date{year, d.Month(), d.Day()})
	}
	return out
}

// moment reads "2026-11-23 10:00" as Moscow time, or RFC 3339.
func moment(t testing.TB, c *Calendar, s string) time.Time {
	t.Helper()
	if m, err := time.Parse(time.RFC3339, s); err == nil {
		return m
	}
	m, err := time.ParseInLocation("2006-01-02 15:04", s, c.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustDuration(t testing.TB, s string) Duration {
	t.Helper()
	d, err := ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestYears(t *testing.T) {
	c := russia(t)
	for year := 2025; year <= 2027; year++ {
		days, worked := c.WorkdaysIn(year)
		if days != 247 || worked != 1972*time.Hour {
			t.Errorf("%d: %d working days, %v; want 247 and 1972h", year, days, worked)
		}
	}
}

func TestAdd(t *testing.T) {
	c := russia(t)
	for _, test := range []struct{ why, from, add, want string }{
		{"within a day", "2026-11-23 10:00", "2wh", "2026-11-23 12:00"},
		{"over lunch", "2026-11-23 12:00", "2wh", "2026-11-23 15:00"},
		{"up to lunch", "2026-11-23 09:00", "4wh", "2026-11-23 13:00"},
		{"up to closing", "2026-11-23 14:00", "4wh", "2026-11-23 18:00"},
		{"over night", "2026-11-23 17:00", "4wh", "2026-11-24 12:00"},
		{"over a weekend", "2026-11-27 17:30", "15wm", "2026-11-27 17:45"},
		{"over a weekend", "2026-11-27 17:50", "15wm", "2026-11-30 09:05"},
		{"before opening", "2026-11-23 06:15", "15wm", "2026-11-23 09:15"},
		{"during lunch", "2026-11-23 13:20", "15wm", "2026-11-23 14:15"},
		{"a Sunday", "2026-11-22 12:00", "1wh", "2026-11-23 10:00"},
		{"two working days are not 48 hours", "2026-11-27 15:00", "2wd", "2026-12-01 15:00"},
		{"nor 16 working hours over a short day", "2026-11-02 17:00", "2wd", "2026-11-05 17:00"},
		{"17 working hours there", "2026-11-02 17:00", "17wh", "2026-11-06 10:00"},
		{"from the opening the day counts", "2026-11-23 09:00", "1wd", "2026-11-23 18:00"},
		{"before opening too", "2026-11-23 03:00", "1wd", "2026-11-23 18:00"},
		{"after closing", "2026-11-23 18:01", "1wd", "2026-11-24 18:00"},
		{"at closing", "2026-11-23 18:00", "1wd", "2026-11-24 18:00"},
		{"lunch starts after it", "2026-11-23 13:30", "1wd", "2026-11-24 14:00"},
		{"a day that closes earlier", "2026-11-02 17:30", "1wd", "2026-11-03 17:00"},
		{"a holiday", "2026-11-04 12:00", "1wd", "2026-11-05 18:00"},
		{"a Saturday that is a short working day", "2025-10-31 15:00", "1wd", "2025-11-01 15:00"},
		{"it closes at 17:00", "2025-11-01 16:30", "1wh", "2025-11-05 09:30"},
		{"and is 7 hours long", "2025-11-01 00:00", "8wh", "2025-11-05 10:00"},
		{"an ordinary Saturday", "2026-11-28 10:00", "1wh", "2026-11-30 10:00"},
		{"31 December, 23:59", "2026-12-31 23:59", "15wm", "2027-01-11 09:15"},
		{"the last working day", "2026-12-30 17:00", "1wd", "2027-01-11 17:00"},
		{"23:30 in Moscow, from a letter's own zone", "2026-12-29T20:30:00Z", "1wd", "2026-12-30 18:00"},
		{"New Year in Moscow is 31 December in London", "2026-12-31T21:30:00Z", "1wd", "2027-01-11 18:00"},
		{"calendar days", "2026-11-27 15:00", "3d", "2026-11-30 15:00"},
		{"calendar hours", "2026-11-27 15:00", "36h", "2026-11-29 03:00"},
		{"weeks", "2026-11-27 15:00", "2w", "2026-12-11 15:00"},
		{"minutes run at night", "2026-11-27 23:50", "30m", "2026-11-28 00:20"},
		{"a sum", "2026-11-23 10:00", "1wd4wh", "2026-11-24 15:00"},
		{"nothing", "2026-11-28 10:00", "0m", "2026-11-28 10:00"},
	} {
		from, want := moment(t, c, test.from), moment(t, c, test.want)
		got, warnings := c.Add(from, mustDuration(t, test.add))
		if !got.Equal(want) {
			t.Errorf("%s: %s + %s = %s, want %s", test.why, test.from, test.add, got, want)
		}
		if got.Location() != c.Zone() {
			t.Errorf("%s: the answer is in %s", test.why, got.Location())
		}
		if len(warnings) > 0 {
			t.Errorf("%s: warned of %v", test.why, warnings)
		}
	}
}

func TestBefore(t *testing.T) {
	c := russia(t)
	for _, test := range []struct{ due, sub, want string }{
		{"2026-11-24 12:00", "4wh", "2026-11-23 17:00"},
		{"2026-11-24 15:00", "2wh", "2026-11-24 12:00"},
		{"2026-11-24 18:00", "1wd", "2026-11-24 09:00"},
		{"2026-11-24 23:00", "1wd", "2026-11-24 09:00"},
		{"2026-11-24 15:00", "1wd", "2026-11-23 15:00"},
		{"2026-11-30 09:00", "1wd", "2026-11-27 09:00"},
		{"2026-11-05 17:30", "1wd", "2026-11-03 17:00"}, // a short day between
		{"2027-01-11 09:15", "15wm", "2027-01-11 09:00"},
		{"2027-01-11 09:15", "30wm", "2026-12-30 17:45"},
		{"2026-11-30 10:00", "3d", "2026-11-27 10:00"},
		{"2026-11-29 10:00", "1wh", "2026-11-27 17:00"},
	} {
		got, _ := c.Before(moment(t, c, test.due), mustDuration(t, test.sub))
		if want := moment(t, c, test.want); !got.Equal(want) {
			t.Errorf("%s - %s = %s, want %s", test.due, test.sub, got, want)
		}
	}
}

func TestBetweenAndPercent(t *testing.T) {
	c := russia(t)
	for _, test := range []struct {
		a, b string
		want time.Duration
		half string
	}{
		{"2026-11-23 09:00", "2026-11-23 18:00", 8 * time.Hour, "2026-11-23 13:00"},
		{"2026-11-23 12:00", "2026-11-23 15:00", 2 * time.Hour, "2026-11-23 13:00"},
		{"2026-11-27 17:00", "2026-11-30 10:00", 2 * time.Hour, "2026-11-27 18:00"},
		{"2026-11-27 19:00", "2026-11-29 19:00", 0, "2026-11-28 19:00"},
		{"2026-11-03 09:00", "2026-11-03 23:00", 7 * time.Hour, "2026-11-03 12:30"},
		{"2026-01-01 00:00", "2027-01-01 00:00", 1972 * time.Hour, "2026-07-09 15:00"},
	} {
		a, b := moment(t, c, test.a), moment(t, c, test.b)
		if got := c.Between(a, b); got != test.want {
			t.Errorf("from %s to %s: %v, want %v", test.a, test.b, got, test.want)
		}
		if got := c.Between(b, a); got != -test.want {
			t.Errorf("from %s back to %s: %v", test.b, test.a, got)
		}
		if got := c.Percent(a, b, 50); !got.Equal(moment(t, c, test.half)) {
			t.Errorf("half of %s to %s: %s, want %s", test.a, test.b, got, test.half)
		}
	}
	a := moment(t, c, "2026-11-23 10:00")
	if got := c.Percent(a, a.Add(-time.Hour), 50); !got.Equal(a) {
		t.Errorf("half of nothing: %s", got)
	}
}

func TestYearWithoutData(t *testing.T) {
	c := russia(t)
	got, warnings := c.Add(moment(t, c, "2028-02-22 10:00"), mustDuration(t, "1wd"))
	if want := moment(t, c, "2028-02-24 10:00"); !got.Equal(want) {
		t.Errorf("got %s, want %s: 23 February is a fixed holiday", got, want)
	}
	if diff := cmp.Diff([]Warning{{2028}}, warnings); diff != "" {
		t.Error(diff)
	}
	if s := warnings[0].String(); !strings.Contains(s, "2028") {
		t.Errorf("warning %q does not name the year", s)
	}
	_, warnings = c.Add(moment(t, c, "2027-12-30 17:00"), mustDuration(t, "2wd"))
	if diff := cmp.Diff([]Warning{{2028}}, warnings); diff != "" {
		t.Error("over New Year:", diff)
	}
	if _, warnings = c.Add(moment(t, c, "2030-01-01 10:00"), mustDuration(t, "3d")); len(warnings) > 0 {
		t.Errorf("calendar days need no data, warned of %v", warnings)
	}
	if diff := cmp.Diff([]Warning{{2024}, {2028}}, c.Warnings(moment(t, c, "2024-12-31 00:00"), moment(t, c, "2028-01-01 00:00"))); diff != "" {
		t.Error(diff)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*Definition){
		"no time zone":                 func(d *Definition) { d.Zone = nil },
		"do not come after":            func(d *Definition) { d.Hours = []Hours{{9 * 60, 13 * 60}, {12 * 60, 18 * 60}} },
		"impossible":                   func(d *Definition) { d.Week[time.Friday] = []Hours{{18 * 60, 9 * 60}} },
		"no working time in a year":    func(d *Definition) { d.Week = nil },
		"stands under the year 2026":   func(d *Definition) { d.Years[2026] = Year{Off: []Date{{2025, 1, 1}}} },
		"no day 2026-02-30":            func(d *Definition) { d.Years[2026] = Year{Off: []Date{{2026, 2, 30}}} },
		"two kinds of day":             func(d *Definition) { d.Years[2026] = Year{Off: []Date{{2026, 2, 3}}, Short: []Date{{2026, 2, 3}}} },
		"is worked, but Saturday has":  func(d *Definition) { d.Hours = nil; d.Years = map[int]Year{2026: {Work: []Date{{2026, 11, 28}}}} },
		"cannot be -1 minutes shorter": func(d *Definition) { d.Shorter = -1 },
		"a short Monday has no":        func(d *Definition) { d.Shorter = 480 },
	} {
		def := russiaDefinition(t)
		spoil(&def)
		_, err := New(def)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

// anyMoment is a moment of the years around the data, to the second.
func anyMoment(c *Calendar) *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		from := time.Date(2024, 12, 1, 0, 0, 0, 0, c.Zone()).Unix()
		s := rapid.Int64Range(from, from+4*365*24*3600).Draw(t, "second")
		if rapid.Bool().Draw(t, "whole") {
			s -= s % 1800
		}
		return time.Unix(s, 0)
	})
}

func anyDuration() *rapid.Generator[Duration] {
	return rapid.Custom(func(t *rapid.T) Duration {
		n := func(name string, most int) int {
			if rapid.Bool().Draw(t, name+"?") {
				return 0
			}
			return rapid.IntRange(0, most).Draw(t, name)
		}
		return Duration{n("w", 3), n("d", 20), n("h", 60), n("m", 100), n("wd", 30), n("wh", 50), n("wm", 90)}
	})
}

func TestAddIsMonotonic(t *testing.T) {
	c := russia(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyMoment(c).Draw(t, "a"), anyMoment(c).Draw(t, "b")
		d, more := anyDuration().Draw(t, "d"), anyDuration().Draw(t, "more")
		if b.Before(a) {
			a, b = b, a
		}
		fromA, _ := c.Add(a, d)
		fromB, _ := c.Add(b, d)
		longer, _ := c.Add(a, d.Plus(more))
		if fromB.Before(fromA) {
			t.Fatalf("%s + %s = %s, but %s + it = %s", a, d, fromA, b, fromB)
		}
		if fromA.Before(a) {
			t.Fatalf("%s + %s = %s is earlier", a, d, fromA)
		}
		if longer.Before(fromA) {
			t.Fatalf("%s + %s = %s, but + %s = %s", a, d, fromA, d.Plus(more), longer)
		}
		back, _ := c.Before(a, d)
		backB, _ := c.Before(b, d)
		if back.After(a) || backB.Before(back) {
			t.Fatalf("%s - %s = %s, %s - it = %s", a, d, back, b, backB)
		}
	})
}

func TestAddAndBetweenAgree(t *testing.T) {
	c := russia(t)
	rapid.Check(t, func(t *rapid.T) {
		a := anyMoment(c).Draw(t, "a")
		work := Duration{WorkHours: rapid.IntRange(0, 300).Draw(t, "wh"), WorkMinutes: rapid.IntRange(0, 300).Draw(t, "wm")}
		due, _ := c.Add(a, work)
		if got := c.Between(a, due); got != work.work() {
			t.Fatalf("%s + %s = %s, between them %v", a, work, due, got)
		}
		from, _ := c.Before(a, work)
		if got := c.Between(from, a); got != work.work() {
			t.Fatalf("%s - %s = %s, between them %v", a, work, from, got)
		}
		b := anyMoment(c).Draw(t, "b")
		if c.Between(a, b)+c.Between(b, due) != c.Between(a, due) {
			t.Fatalf("%s, %s, %s do not add up", a, b, due)
		}
		days := rapid.IntRange(1, 30).Draw(t, "wd")
		due, _ = c.Add(a, Duration{WorkDays: days})
		// Each day gives at most 8 hours and at least 7, but for the clipped ends.
		if got := c.Between(a, due); got > time.Duration(days)*8*time.Hour+time.Hour || got < time.Duration(days)*7*time.Hour-time.Hour {
			t.Fatalf("%s + %dwd = %s, between them %v", a, days, due, got)
		}
		if days > 1 && !c.IsWorkday(DateOf(due)) {
			t.Fatalf("%s + %dwd = %s is a day off", a, days, due)
		}
	})
}

func TestPercentIsMonotonic(t *testing.T) {
	c := russia(t)
	rapid.Check(t, func(t *rapid.T) {
		from, due := anyMoment(c).Draw(t, "from"), anyMoment(c).Draw(t, "due")
		p, q := rapid.IntRange(0, 100).Draw(t, "p"), rapid.IntRange(0, 100).Draw(t, "q")
		if due.Before(from) {
			from, due = due, from
		}
		x, y := c.Percent(from, due, min(p, q)), c.Percent(from, due, max(p, q))
		if x.Before(from) || y.Before(x) || y.After(due) {
			t.Fatalf("%d%% of %s to %s is %s, %d%% is %s", min(p, q), from, due, x, max(p, q), y)
		}
	})
}
