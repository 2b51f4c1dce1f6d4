package worktime

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

func parse(t testing.TB, src string) (*Calendar, diag.List) {
	t.Helper()
	f, problems := yamlsrc.Parse("calendars/ru.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Parse(f)
}

// The calendar that every new repository gets is the one the tests count with.
func TestShippedCalendar(t *testing.T) {
	src, err := os.ReadFile("../../repo-template/calendars/ru.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := parse(t, string(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.Title("ru") == "" || c.Title("en") == "" || c.Zone().String() != "Europe/Moscow" {
		t.Errorf("title %v, zone %s", c.title, c.zone)
	}
	sameButTitle := cmp.FilterPath(func(p cmp.Path) bool {
		last := p.Last().String()
		return last == ".title" || last == ".zone"
	}, cmp.Ignore())
	if diff := cmp.Diff(*russia(t), *c, cmp.AllowUnexported(Calendar{}), sameButTitle); diff != "" {
		t.Error(diff)
	}
	for year := 2025; year <= 2027; year++ {
		if days, worked := c.WorkdaysIn(year); days != 247 || worked.Hours() != 1972 {
			t.Errorf("%d: %d days, %v", year, days, worked)
		}
	}
}

const plain = `calendar: x
zone: Europe/Moscow
week: [mon, tue, wed, thu, fri]
hours: ["09:00-13:00", "14:00-18:00"]
`

func TestParseVariants(t *testing.T) {
	c, problems := parse(t, plain+"hours_on: {fri: [\"09:00-13:00\", \"14:00-17:00\"], sat: \"10:00-12:00\"}\nshort: 30m\nyears:\n  2026: {work: [11-29], short: [11-28]}\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, test := range []struct{ from, add, want string }{
		{"2026-11-27 16:00", "2wh", "2026-11-28 11:00"}, // Friday closes at 17:00
		{"2026-11-28 11:00", "1wh", "2026-11-29 09:30"}, // a short Saturday of its own hours, a Sunday at work
		{"2026-12-05 11:00", "1wh", "2026-12-05 12:00"}, // an ordinary Saturday
		{"2026-12-05 11:30", "1wd", "2026-12-07 11:30"},
	} {
		if got, _ := c.Add(moment(t, c, test.from), mustDuration(t, test.add)); !got.Equal(moment(t, c, test.want)) {
			t.Errorf("%s + %s = %s, want %s", test.from, test.add, got, test.want)
		}
	}
}

func TestParseReportsEverything(t *testing.T) {
	_, problems := parse(t, `calendar: x
zone: Europe/Moskow
week: [mon, thue]
hours: ["9-18", "14:00-13:00"]
hours_on: {fryday: "09:00-10:00"}
short: 1wd
holidays: [13-01, 01-08..01-01]
shrot: 1h
years:
  2026:
    off: [02-30, 01-01, 5-9]
    short: [01-01]
  next: {}
`)
	problems.Sort()
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimPrefix(p.Headline(), "calendars/ru.yaml:"))
	}
	want := []string{
		`2:7: error C010 unknown-time-zone: unknown time zone "Europe/Moskow"; write it like Europe/Moscow`,
		`3:13: error C012 bad-day: unknown weekday "thue"; did you mean "tue"?`,
		`4:9: error C011 bad-working-hours: working hours "9-18" are not of the form 09:00-13:00`,
		`4:17: error C011 bad-working-hours: working hours 14:00-13:00 are impossible`,
		`5:12: error C012 bad-day: unknown weekday "fryday"; known: "sun", "mon", "tue", "wed", "thu", "fri", "sat"`,
		`6:8: error C011 bad-working-hours: a short day ends earlier by hours and minutes, such as 1h, not by "1wd"`,
		`7:12: error C012 bad-day: there is no day 2000-13-01`,
		`7:19: error C012 bad-day: the range "01-08..01-01" ends before it starts`,
		`8:1: error R001 unknown-key: calendar: unknown key "shrot"; did you mean "short"?`,
		`11:11: error C012 bad-day: there is no day 2026-02-30`,
		`11:25: error C012 bad-day: day "5-9" is not of the form 05-09 or 01-01..01-08`,
		`12:13: error C013 day-listed-twice: 2026-01-01 is already listed under "off"`,
		`13:3: error C012 bad-day: "next" is no year`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, problems = parse(t, "calendar: x\nzone: UTC\nweek: []\nhours: [\"09:00-18:00\"]\n")
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "no working time") {
		t.Errorf("a calendar without work: %v", problems)
	}
	_, problems = parse(t, "title: x\n")
	if len(problems) != 4 {
		t.Errorf("missing keys: %v", problems)
	}
}
