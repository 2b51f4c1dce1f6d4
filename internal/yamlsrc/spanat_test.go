package yamlsrc

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
)

// at gives the source text of a span of one or several lines.
func at(f *File, s diag.Span) string {
	c := cursor{f: f}
	from := c.offset(s.Start.Line, s.Start.Column)
	return string(f.Src[from:c.offset(s.End.Line, s.End.Column)])
}

func TestSpanAtPlaces(t *testing.T) {
	tests := []struct {
		name, src string
		from, to  int
		want      string // place and text
	}{
		{"plain", "имя: amount > лимит\n", 9, 14, "1:15-1:20 лимит"},
		{"plain, all", "a: b c\n", 0, 3, "1:4-1:7 b c"},
		{"plain, empty span at the end", "a: b c\n", 3, 3, "1:7-1:7 "},
		{"out of range", "a: b c\n", -5, 99, "1:4-1:7 b c"},
		{"plain, folded", "a: раз\n   два\n\n   три\n", 4, 7, "2:4-2:7 два"},
		{"plain, after an empty line", "a: раз\n   два\n\n   три\n", 8, 11, "4:4-4:7 три"},
		{"double", "a: \"сумма > 5\"\n", 8, 9, "1:13-1:14 5"},
		{"double, escapes", `a: "я\n\"\u0416\x41 b"` + "\n", 5, 7, "1:20-1:22  b"},
		{"double, an escape", `a: "я\n\"\u0416\x41 b"` + "\n", 3, 4, `1:10-1:16 \u0416`},
		{"double, folded", "a: \"раз\n  два\n\n  три\"\n", 8, 11, "4:3-4:6 три"},
		{"double, escaped break", "a: \"раз\\\n   два\"\n", 3, 6, "2:4-2:7 два"},
		{"double, escaped space", "a: \"раз\\\n  \\ два\"\n", 4, 7, "2:5-2:8 два"},
		{"single", "a: 'it''s ты'\n", 5, 7, "1:11-1:13 ты"},
		{"single, a quote", "a: 'it''s ты'\n", 2, 3, "1:7-1:9 ''"},
		{"single, folded", "a: 'раз \n  два'\n", 4, 7, "2:3-2:6 два"},
		{"literal", "a: |\n  раз\n    два\n\n  три\n", 6, 9, "3:5-3:8 два"},
		{"literal, after an empty line", "a: |\n  раз\n    два\n\n  три\n", 11, 14, "5:3-5:6 три"},
		{"literal, indicator", "a: |2-\n   раз\n  два\n", 5, 8, "3:3-3:6 два"},
		{"literal, starts empty", "a: |\n\n\n  раз\n", 2, 5, "4:3-4:6 раз"},
		{"literal, CRLF", "a: |\r\n  раз\r\n  два\r\n", 4, 7, "3:3-3:6 два"},
		{"folded", "a: >\n  раз\n  два\n\n  три\n", 4, 7, "3:3-3:6 два"},
		{"folded, after an empty line", "a: >\n  раз\n  два\n\n  три\n", 8, 11, "5:3-5:6 три"},
		{"folded, more indented", "a: >-\n  раз\n    два\n  три\n", 6, 9, "3:5-3:8 два"},
		{"folded, after more indented", "a: >-\n  раз\n    два\n  три\n", 10, 13, "4:3-4:6 три"},
		{"over lines", "a: >-\n  раз\n  два\n", 2, 5, "2:5-3:4 з\n  д"},
	}
	for _, tt := range tests {
		f, problems := Parse("f", []byte(tt.src))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", tt.name, problems)
		}
		span := f.SpanAt(f.Root.Pairs[0].Value, tt.from, tt.to)
		if got := span.Start.String() + "-" + span.End.String() + " " + at(f, span); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestSpanAtEveryCharacter: each character of a text that is written as itself
// is found at its place.
func TestSpanAtEveryCharacter(t *testing.T) {
	bodies := []string{"раз два три", "раз\n  два\n  три", "раз\n\n  два\n\n\n  три четыре", "x   y\n   \n  я z", "a\n\n  b"}
	heads := []string{"k: %s\n", "k: \"%s\"\n", "k: '%s'\n", "k: |\n  %s\n", "k: >\n  %s\n", "k: >-\n\n  %s\n    more\n\n  less\n", "ключ: {я: '%s'}\n", "k: |-\n  %s\n\n   deeper\n", "k: >+\n  %s\n\n   deeper\n   still\n\n  back\n\n"}
	for _, head := range heads {
		for _, body := range bodies {
			src := strings.Replace(head, "%s", body, 1)
			f, problems := Parse("f", []byte(src))
			if len(problems) > 0 {
				t.Fatalf("%q: %v", src, problems)
			}
			n := f.Root.Pairs[0].Value
			if n.Kind == Mapping {
				n = n.Pairs[0].Value
			}
			last := diag.Pos{}
			for i, r := range []rune(n.Value) {
				span := f.SpanAt(n, i, i+1)
				if span.Start.Before(last) {
					t.Errorf("%q: character %d goes back", src, i)
				}
				last = span.Start
				if got := at(f, span); r != ' ' && r != '\n' && got != string(r) {
					t.Errorf("%q: character %d %q found as %q", src, i, r, got)
				}
			}
		}
	}
}
