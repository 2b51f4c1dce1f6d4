package form_test

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/form"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTemplates(t *testing.T) {
	tests := []struct {
		template, number string
		year, seq        int
		ok               bool
	}{
		{"INQ-{year}-{seq:6}", "INQ-2026-000042", 2026, 42, true},
		{"INQ-{year}-{seq:6}", "INQ-2026-1000042", 2026, 1000042, true},
		{"INQ-{year}-{seq:6}", "A1-INQ-2026-000042", 2026, 42, true},
		{"INQ-{year}-{seq:6}", "INQ-2026-0000042", 0, 0, false},
		{"INQ-{year}-{seq:6}", "INQ-2026-00042", 0, 0, false},
		{"INQ-{year}-{seq:6}", "INQ-2026-000000", 0, 0, false},
		{"INQ-{year}-{seq:6}", "INQ-2026-000042 ", 0, 0, false},
		{"INQ-{year}-{seq:6}", "inq-2026-000042", 0, 0, false},
		{"INQ-{year}-{seq:6}", "CLI-2026-000042", 0, 0, false},
		{"CLI-{seq:6}", "CLI-000042", 0, 42, true},
		{"C-{prefix}-{seq}", "C-B2-7", 0, 7, true},
		{"C-{prefix}-{seq}", "C-7", 0, 7, true},
	}
	for _, tt := range tests {
		tm, err := form.ParseTemplate(tt.template)
		if err != nil {
			t.Fatal(err)
		}
		year, seq, ok := tm.Parse(tt.number)
		if ok != tt.ok || ok && (year != tt.year || seq != tt.seq) {
			t.Errorf("%s of %s: %d %d %v", tt.number, tt.template, year, seq, ok)
		}
	}
	for template, want := range map[string]string{
		"{seq}": "does not begin with a letter", "A-{year}": "has no {seq}", "A-{seq:0}": "no width", "A-{seq:6": "not closed", "A-{seq}-{seq}": "twice",
		"A-{month}-{seq}": "unknown part {month}", "a-{seq}": "not allowed", "A-{year}{seq}": "put a hyphen between", "A1{seq}": "put a hyphen before", "A--{seq}": "separates nothing",
		"А-{seq}": "not allowed",
	} {
		if _, err := form.ParseTemplate(template); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", template, err, want)
		}
	}
}

// TestNumbersReadBack checks that every number made is read back, that its short forms mean it, and that equal paths
// mean equal numbers.
func TestNumbersReadBack(t *testing.T) {
	set := shipped(t)
	rapid.Check(t, func(r *rapid.T) {
		f := rapid.SampledFrom(set.Forms()).Draw(r, "form")
		year := rapid.IntRange(1000, 9999).Draw(r, "year")
		seq := rapid.IntRange(1, 99_999_999).Draw(r, "seq")
		prefix := rapid.SampledFrom([]string{"", "A", "B2", "7"}).Draw(r, "prefix")
		tm := f.Numbers[0].WithPrefix(prefix)
		number := tm.Format(year, seq)
		n, ok := f.ParseNumber(number)
		if !ok || n.Seq != seq || n.Prefix != prefix || tm.HasYear() && n.Year != year {
			r.Fatalf("%s read as %+v %v", number, n, ok)
		}
		if set.FormOf(number) != f {
			r.Fatalf("%s belongs to another form", number)
		}
		if got := set.Expand(strings.ToLower(number), 2026, nil); len(got) != 1 || got[0] != number {
			r.Fatalf("%s means %v", strings.ToLower(number), got)
		}
		path, err := form.PathOf(f, number)
		if err != nil || !strings.HasSuffix(path, "/"+number+".yaml") {
			r.Fatalf("%s: %v", path, err)
		}
	})
}

func TestPathsAndShortForms(t *testing.T) {
	set := shipped(t)
	for number, want := range map[string]string{
		"INQ-2026-000042":  "documents/inquiries/2026/00/00/INQ-2026-000042.yaml",
		"INQ-2026-123456":  "documents/inquiries/2026/12/34/INQ-2026-123456.yaml",
		"INQ-2026-1234567": "documents/inquiries/2026/123/45/INQ-2026-1234567.yaml",
		"CLI-000100":       "documents/clients/00/01/CLI-000100.yaml",
		"A-CLI-000100":     "documents/clients/00/01/A-CLI-000100.yaml",
	} {
		if got, err := form.PathOf(set.FormOf(number), number); err != nil || got != want {
			t.Errorf("%s: %s %v, want %s", number, got, err, want)
		}
	}
	if _, err := form.PathOf(set.Form("clients"), "INQ-2026-000042"); err == nil {
		t.Error("a number of another form has a path")
	}
	for short, want := range map[string][]string{
		"inq42": {"INQ-2026-000042"}, "INQ-42": {"INQ-2026-000042"}, "inq-2025-42": {"INQ-2025-000042"}, "inq-25-42": {"INQ-2025-000042"},
		"cli7": {"CLI-000007"}, "a-cli-7": {"A-CLI-000007"}, "cli": nil, "x7": nil, "cli-2025-7": nil, "inq0": nil, "cli-7-": {"CLI-000007"}, "": nil,
	} {
		if diff := cmp.Diff(want, set.Expand(short, 2026, nil)); diff != "" {
			t.Errorf("%s: %s", short, diff)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("INQ-{year}-{seq:6}", "INQ-2026-000042")
	f.Add("C-{prefix}-{seq}", "c7")
	f.Fuzz(func(t *testing.T, template, number string) {
		tm, err := form.ParseTemplate(template)
		if err != nil {
			return
		}
		if year, seq, ok := tm.Parse(number); ok {
			n, _ := tm.Number(number)
			if got := tm.WithPrefix(n.Prefix).Format(year, seq); got != number {
				t.Fatalf("%q of %q reads as %+v and is written %q", number, template, n, got)
			}
		}
		for _, seq := range []int{1, 99, 123456789} {
			made := tm.Format(2026, seq)
			if _, got, ok := tm.Parse(made); !ok || got != seq {
				t.Fatalf("%q of %q reads as %d %v", made, template, got, ok)
			}
		}
	})
}
