package yamlsrc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// TestParseOn: what is not YAML is told once for each place, and what can be
// read around it is.
func TestParseOn(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		want      []string // places of problems
		keys      string   // what is read
	}{
		{"nothing wrong", "a: 1\nb: [2]\n", nil, "a b[1]"},
		{"two entries", "a: 1\nl:\n- {x: 1}\n- {x: \"1}\n- {x: 2}\n- {x: [2}\n- {x: 3}\nb: 2\n", []string{"4:3", "6:3"}, "a l[5] b"},
		{"entries side by side", "l:\n- {x: 1}\n- {x: \"1}\n- {x: [2}\n- {x: 3}\n", []string{"3:3", "4:3"}, "l[4]"},
		{"an entry of several lines", "l:\n- a: 1\n  b: \"c\n  d: 2\n- a: 2\nz: 1\n", []string{"3:6"}, "l[2] z"},
		{"indentation", "l:\n- a: 1\n b: 2\n- a: 2\nz: 1\n", []string{"3:2"}, "l[2] z"},
		{"indentation below a list", "l:\n  - a: 1\n    b: 2\n c: 2\n  - a: 2\nz: 1\n", []string{"4:2"}, ""},
		{"a tab", "l:\n- a: 1\n\tb: 2\n- a: 2\nz: 1\n", []string{"3:1"}, "l[2] z"},
		{"a tab before what has parts", "l:\n- a:\n    b:\n    - c: 1\n      d: 2\n\te:\n    f: 3\n- a: 2\n", []string{"6:1"}, "l[2]"},
		{"the innermost entry", "l:\n- a: 1\n  m:\n  - {b: [1}\n  - {b: 2}\n- a: 2\n", []string{"4:5"}, "l[2]"},
		{"a value", "a: {x: 1\nb: 2\nl: [1]\n", []string{"1:4"}, ""},
		{"a value of several lines", "a:\n  x: 1\n   y: 2\nb: 2\n", []string{"3:4"}, ""},
		{"no key", "a: 1\nno key\nb: 2\n", []string{"2:1"}, ""},
		{"quotes to the end", "a: 1\nb: \"x\nc: 2\nd: 3\n", []string{"2:4"}, ""},
		{"an alias", "a: 1\nl:\n- *x\n- 2\n", []string{"3:3"}, "a l[2]"},
		{"a conflict", "a: 1\n<<<<<<< ours\nb: 1\n=======\nb: 2\n>>>>>>> theirs\nc: \"\n", []string{"2:1"}, ""},
		{"Cyrillic", "имя: я\nl:\n- {имя: \"Вася}\n- {имя: Петя}\n- {имя: [Петя}\n", []string{"3:3", "5:3"}, "имя l[3]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, problems := yamlsrc.ParseOn("x.yaml", []byte(tt.src))
			var at []string
			for _, p := range problems {
				at = append(at, p.At.Start.String())
			}
			var keys []string
			if f.Root != nil {
				for _, p := range f.Root.Pairs {
					key := p.Key.Value
					if p.Value.Kind == yamlsrc.Sequence {
						key += fmt.Sprintf("[%d]", len(p.Value.Items))
					}
					keys = append(keys, key)
				}
			}
			if diff := cmp.Diff(tt.want, at); diff != "" {
				t.Errorf("-want +got:\n%s\n%v", diff, problems)
			}
			if got := strings.Join(keys, " "); got != tt.keys {
				t.Errorf("read %q, want %q", got, tt.keys)
			}
			if string(f.Src) != tt.src {
				t.Error("the text of the file is another one")
			}
		})
	}
}

// FuzzParseOn: nothing makes a panic, what Parse reads is read alike, and the
// first problem is that of Parse.
func FuzzParseOn(f *testing.F) {
	f.Add("a: 1\nl:\n- {x: \"1}\n- {x: 2}\nb: [\n")
	f.Add("l:\n- a: 1\n b: 2\n- \tc\n")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 {
			return
		}
		plain, first := yamlsrc.Parse("x", []byte(src))
		f, problems := yamlsrc.ParseOn("x", []byte(src))
		if plain.Root != nil && (f.Root == nil || len(f.Unread) > 0 || len(problems) != len(first)) {
			t.Errorf("%q is read otherwise", src)
		}
		if len(first) > 0 && !slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.At == first[0].At && p.Message == first[0].Message }) {
			t.Errorf("%q: %v has been lost among %v", src, first[0], problems)
		}
		for _, part := range f.Unread {
			if part.End.Before(part.Start) {
				t.Errorf("%q: part %v", src, part)
			}
		}
	})
}
