package diag

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var headline = regexp.MustCompile(`^(.+?):(\d+):(\d+): (error|warning|note) ([A-Z]\d{3}) ([a-z-]+): (.*)$`)

func span(file string, l1, c1, l2, c2 int) Span {
	return Span{File: file, Start: Pos{l1, c1}, End: Pos{l2, c2}}
}

func TestHeadline(t *testing.T) {
	p := Problem{Code: "R012", Slug: "join-waits-forever", Message: `step "sign" waits`, At: span("routes/contract.yaml", 41, 5, 41, 14)}
	if got, want := p.Headline(), `routes/contract.yaml:41:5: error R012 join-waits-forever: step "sign" waits`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Help = "do it"
	if got := p.Error(); !strings.HasSuffix(got, "waits; do it") {
		t.Errorf("error %q", got)
	}
}

func TestHeadlineIsOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Problem{Code: "R001", Slug: "a-b", Severity: Severity(rapid.IntRange(0, 2).Draw(t, "severity")),
			Message: rapid.String().Draw(t, "message") + rapid.SampledFrom([]string{"", "\n", "\x1b[31m", "\u202e"}).Draw(t, "more"),
			At:      At(rapid.String().Draw(t, "file"), rapid.IntRange(0, 9).Draw(t, "line"), 1)}
		got := p.Headline()
		if !headline.MatchString(got) || strings.ContainsAny(got, "\n\r\x1b\u202e") {
			t.Fatalf("%q", got)
		}
	})
}

func TestList(t *testing.T) {
	var l List
	if l.Err() != nil || l.HasErrors() {
		t.Error("an empty list has errors")
	}
	l.Warnf("R094", "w", At("b", 1, 1), "warned %d", 1)
	if l.Err() != nil {
		t.Error("a warning is an error")
	}
	l.Errorf("R002", "b", At("b", 1, 1), "second")
	l.Errorf("R001", "a", At("a", 2, 1), "x")
	l.Errorf("R001", "a", At("a", 1, 9), "y")
	l.Errorf("R001", "a", At("a", 1, 9), "y")
	var list *ListError
	if err := fmt.Errorf("reading: %w", l.Err()); !errors.As(err, &list) {
		t.Fatal("no ListError")
	}
	want := "a:1:9: error R001 a: y\na:2:1: error R001 a: x\nb:1:1: error R002 b: second"
	if got := list.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(l) != 5 {
		t.Error("Err changed the list")
	}
}

func TestSnippet(t *testing.T) {
	route := strings.Repeat("\n", 32) + "      - go: archive\n" + strings.Repeat("\n", 7) + "    join: all\n"
	long := "a: " + strings.Repeat("ы", 300) + "X" + strings.Repeat("ю", 100)
	tests := []struct {
		name, src string
		p         Problem
		want      string
	}{
		{"the example", route, Problem{
			At: span("r", 41, 5, 41, 14), Related: []Related{{span("r", 33, 9, 33, 20), "this jump leaves the branch"}},
			Path: []string{"start", "prepare", "legal [reject]", "archive"}, Help: "let the branch arrive with `leave`, or use `join: any`",
		}, "   |\n33 |       - go: archive\n   |         ----------- this jump leaves the branch\n41 |     join: all\n   |     ^^^^^^^^^\n" +
			"   = path: start > prepare > legal [reject] > archive\n   = help: let the branch arrive with `leave`, or use `join: any`\n"},
		{"Cyrillic", "имя: Вася\n", Problem{At: span("f", 1, 6, 1, 10)}, "   |\n 1 | имя: Вася\n   |      ^^^^\n"},
		{"wide characters", "a: 漢字 x\n", Problem{At: span("f", 1, 7, 1, 8)}, "   |\n 1 | a: 漢字 x\n   |         ^\n"},
		{"tab and escape", "a:\t\x1bx\n", Problem{At: span("f", 1, 5, 1, 6)}, "   |\n 1 | a: \ufffdx\n   |     ^\n"},
		{"no end", "abc\n", Problem{At: At("f", 1, 2)}, "   |\n 1 | abc\n   |  ^\n"},
		{"over lines", "a: [1,\n  2]\n", Problem{At: span("f", 1, 4, 2, 5)}, "   |\n 1 | a: [1,\n   |    ^^^\n"},
		{"two marks on a line", "a: 1, a: 2\n", Problem{At: span("f", 1, 7, 1, 8), Related: []Related{{span("f", 1, 1, 1, 2), "first"}}},
			"   |\n 1 | a: 1, a: 2\n   | - first\n   |       ^\n"},
		{"related elsewhere", "a\n", Problem{At: span("f", 1, 1, 1, 2), Related: []Related{{At("g", 3, 1), "there"}}}, "   |\n 1 | a\n   | ^\n   = note: g:3:1: there\n"},
		{"outside of the file", "a\n", Problem{At: At("f", 9, 1), Help: "h"}, "   = help: h\n"},
		{"CRLF and mark", "\ufeffab\r\ncd\r\n", Problem{At: span("f", 1, 2, 1, 3)}, "   |\n 1 | ab\n   |  ^\n"},
		{"long line", long, Problem{At: span("f", 1, 304, 1, 305)},
			"   |\n 1 | …" + strings.Repeat("ы", 40) + "X" + strings.Repeat("ю", 100) + "\n   | " + strings.Repeat(" ", 41) + "^\n"},
	}
	for _, tt := range tests {
		if tt.name == "long line" {
			// Only that the mark stands below its character.
			lines := strings.Split(Snippet([]byte(tt.src), tt.p), "\n")
			if len(lines) < 3 || []rune(lines[1])[strings.IndexByte(lines[2], '^')] != 'X' {
				t.Errorf("long line: %q", lines)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, Snippet([]byte(tt.src), tt.p)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func FuzzSnippet(f *testing.F) {
	f.Add([]byte("a: b\n"), 1, 1, 1, 2)
	f.Add([]byte(strings.Repeat("ы", 400)), 1, 399, 1, 500)
	f.Fuzz(func(t *testing.T, src []byte, a, b, c, d int) {
		Snippet(src, Problem{At: span("f", a, b, c, d), Related: []Related{{span("f", c, d, a, b), "x"}}})
	})
}

func TestNearest(t *testing.T) {
	fields := []string{"inn", "kpp", "name", "amount", "client", "client_name", "valid_until", "Имя", "сумма"}
	for word, want := range map[string]string{
		"inm": "inn", "INN": "inn", "nmae": "name", "amout": "amount", "ammount": "amount", "client-name": "client_name",
		"clinet": "client", "сдшуте": "client", "bvz": "Имя", "суммма": "сумма", "valid": "valid_until", "zzz": "", "x": "", "": "", "something": "",
	} {
		if got := Nearest(word, fields); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, tt := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"inm", []string{"inn"}, `unknown field "inm"; did you mean "inn"?`},
		{"zzz", []string{"inn", "kpp"}, `unknown field "zzz"; known: "inn", "kpp"`},
		{"zzz", nil, `unknown field "zzz"`},
		{"zzz", strings.Fields("aa bb cc dd ee ff gg hh ii"), `unknown field "zzz"`},
	} {
		if got := Unknown("field", tt.word, tt.candidates); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestSince(t *testing.T) {
	at := func(file string, line int, message string) Problem {
		return Problem{Code: "R006", Slug: "unknown-reference", Message: message, At: At(file, line, 3)}
	}
	before := List{at("a", 4, "phone"), at("a", 9, "name"), at("b", 2, "phone")}
	for _, c := range []struct {
		name      string
		now, want List
	}{
		{"nothing new", before, nil},
		{"lines moved", List{at("a", 5, "phone"), at("a", 10, "name"), at("b", 2, "phone")}, nil},
		{"the same once more", List{at("a", 2, "phone"), at("a", 4, "phone"), at("a", 9, "name")}, List{at("a", 2, "phone")}},
		{"the same in another file", List{at("c", 4, "phone")}, List{at("c", 4, "phone")}},
		{"another code", List{{Code: "R007", Message: "phone", At: At("a", 4, 3)}}, List{{Code: "R007", Message: "phone", At: At("a", 4, 3)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.now.Since(before)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Brief names the first error, not a warning before it, and counts the others.
func TestBrief(t *testing.T) {
	warning := Problem{Code: "R001", Slug: "a", Severity: Warning, At: At("f", 1, 1), Message: "x"}
	failure := func(line int) Problem {
		return Problem{Code: "R002", Slug: "b", At: At("f", line, 3), Message: "y\nz", Help: "do it"}
	}
	for want, err := range map[string]error{
		"f:2:3: error R002 b: y z":              List{warning, failure(2)}.Err(),
		"f:2:3: error R002 b: y z (and 1 more)": List{failure(3), warning, failure(2)}.Err(),
		"f:2:3: error R002 b: y z (and 2 more)": List{failure(3), failure(4), failure(2)}.Err(),
		"one":                                   errors.New("one\ntwo"),
	} {
		if got := Brief(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
