package worktime

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]Duration{
		"4wh":            {WorkHours: 4},
		"2wd":            {WorkDays: 2},
		"15wm":           {WorkMinutes: 15},
		"3d":             {Days: 3},
		"36h":            {Hours: 36},
		"30m":            {Minutes: 30},
		"2w":             {Weeks: 2},
		"1wd4wh":         {WorkDays: 1, WorkHours: 4},
		" 4wh 1wd ":      {WorkDays: 1, WorkHours: 4},
		"1w2d3h4m5wd6wh": {Weeks: 1, Days: 2, Hours: 3, Minutes: 4, WorkDays: 5, WorkHours: 6},
		"0m":             {},
		"007d":           {Days: 7},
	} {
		got, err := ParseDuration(in)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{
		"":                        "empty",
		"4":                       "without a unit",
		"wh":                      "unexpected 'w'",
		"-2wd":                    "negative",
		"1.5h":                    "write 1h30m",
		"1,5h":                    "write 1h30m",
		"2wd1wd":                  `unit "wd" stands twice`,
		"2y":                      "unexpected 'y'",
		"2hw":                     `unknown unit "hw"`,
		"2 wd":                    "unexpected ' '",
		"200000d":                 "too large",
		"9999999999999999999999d": "too large",
		"2wd!":                    "unexpected '!'",
		"2д":                      "unexpected 'д'",
	} {
		got, err := ParseDuration(in)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %+v, error %v does not say %q", in, got, err, want)
		}
	}
}

func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDuration().Draw(t, "d")
		if got, err := ParseDuration(d.String()); err != nil || got != d {
			t.Fatalf("%+v is written %q, read as %+v, %v", d, d.String(), got, err)
		}
	})
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		a, b  string
		order int
		ok    bool
	}{
		{"36h", "2d", -1, true},
		{"24h", "1d", 0, true},
		{"2w", "13d", 1, true},
		{"90wm", "1wh30wm", 0, true},
		{"1wd4wh", "1wd", 1, true},
		{"8wh", "1wd", 0, false},
		{"1d", "1wd", 0, false},
		{"0m", "1wd", -1, true},
		{"1d2wd", "2d1wd", 0, false},
	} {
		a, b := mustDuration(t, test.a), mustDuration(t, test.b)
		if order, ok := Compare(a, b); order != test.order || ok != test.ok {
			t.Errorf("%s and %s: %d, %v", test.a, test.b, order, ok)
		}
		if order, ok := Compare(b, a); order != -test.order || ok != test.ok {
			t.Errorf("%s and %s: %d, %v", test.b, test.a, order, ok)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"4wh", "1wd 4wh", "", "0", "9w9d9h9m9wd9wh9wm", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDuration(s)
		if err != nil {
			return
		}
		if again, err := ParseDuration(d.String()); err != nil || again != d {
			t.Fatalf("%q is %+v, written %q, read as %+v, %v", s, d, d.String(), again, err)
		}
	})
}

func TestDurationInWords(t *testing.T) {
	for _, test := range []struct{ text, en, ru string }{
		{"1wd", "1\u00a0working\u00a0day", "1\u00a0раб.\u00a0дн."},
		{"4wh", "4\u00a0working\u00a0h", "4\u00a0раб.\u00a0ч"},
		{"2w 3d", "2\u00a0weeks 3\u00a0days", "2\u00a0нед. 3\u00a0дн."},
		{"1wd30wm", "1\u00a0working\u00a0day 30\u00a0working\u00a0min", "1\u00a0раб.\u00a0дн. 30\u00a0раб.\u00a0мин"},
		{"0h", "0\u00a0min", "0\u00a0мин"},
	} {
		d := mustDuration(t, test.text)
		if en, ru := d.In("en"), d.In("ru"); en != test.en || ru != test.ru {
			t.Errorf("%s: %q, %q", test.text, en, ru)
		}
	}
}
