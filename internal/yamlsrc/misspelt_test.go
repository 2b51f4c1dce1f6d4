package yamlsrc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
)

type pair struct{ name, inner string }

// readPair reads {name: …, inner: {text: …}}.
func readPair(f *File) (pair, diag.List) {
	var problems diag.List
	m := NewReader(f, &problems).Mapping(f.Root, "pair")
	out := pair{name: m.Required("name")}
	inner := m.Mapping("inner")
	m.Present("inner")
	out.inner = inner.Text("text")
	inner.Done()
	m.Done()
	return out, problems
}

func TestForgiving(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      pair
		problems  []string
	}{
		{"right", "name: a\ninner: {text: b}\n", pair{"a", "b"}, nil},
		{"misspelt", "nmae: a\ninner: {text: b}\n", pair{"a", "b"}, []string{`1:1 pair: unknown key "nmae"; did you mean "name"?`}},
		{"misspelt inside of misspelt", "nmae: a\ninnr: {txt: b}\n", pair{"a", "b"}, []string{
			`1:1 pair: unknown key "nmae"; did you mean "name"?`, `2:1 pair: unknown key "innr"; did you mean "inner"?`, `2:8 pair: inner: unknown key "txt"; did you mean "text"?`}},
		{"there already", "name: a\nnmae: c\ninner: {text: b}\n", pair{"a", "b"}, []string{`2:1 pair: unknown key "nmae"; did you mean "name"?`}},
		{"nothing is near", "who: a\ninner: {text: b}\n", pair{"", "b"}, []string{`1:1 pair: unknown key "who"; known: "name", "inner"`, `1:1 pair: missing key "name"`}},
	} {
		f, problems := Parse("x.yaml", []byte(test.src))
		if problems.HasErrors() {
			t.Fatal(problems.Err())
		}
		got, problems := Forgiving(f, readPair)
		problems.Sort()
		var texts []string
		for _, p := range problems {
			texts = append(texts, p.At.Start.String()+" "+p.Message)
		}
		if got != test.want {
			t.Errorf("%s: %+v", test.name, got)
		}
		if diff := cmp.Diff(test.problems, texts); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if f.Root.Pairs[0].Key.Value != strings.SplitN(test.src, ":", 2)[0] {
			t.Errorf("%s: the file itself was changed", test.name)
		}
	}
}

// TestEchoes: of what YAML has and we refuse, nothing more is said.
func TestEchoes(t *testing.T) {
	for src, want := range map[string]string{
		"name: a\nname: b\ninner: {text: b}\n":  "Y010 2:1",
		"name: !!int 5\ninner: !x [text]\n":     "Y008 1:7, Y008 2:8",
		"<<: x\ninner: {text: b}\n":             "Y009 1:1",
		"name: a\n? [x]\n: y\ninner: {text: b}": "Y011 2:3",
	} {
		f, problems := Parse("x.yaml", []byte(src))
		_, more := readPair(f)
		left := f.WithoutEchoes(append(problems, more...))
		left.Sort()
		var got []string
		for _, p := range left {
			got = append(got, p.Code+" "+p.At.Start.String())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: got %q, want %q", src, strings.Join(got, ", "), want)
		}
	}
}
