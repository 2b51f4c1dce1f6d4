package yamlsrc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
)

// show gives problems as "line:column-line:column code message".
func show(problems diag.List) []string {
	var out []string
	for _, p := range problems {
		end := ""
		if p.At.End.IsValid() {
			end = "-" + p.At.End.String()
		}
		out = append(out, p.At.Start.String()+end+" "+p.Code+" "+p.Message)
	}
	return out
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name, src string
		want      []string
	}{
		{"empty", "", []string{"1:1-1:1 Y012 file is empty"}},
		{"only a comment", "# nothing\n", []string{"1:1-1:1 Y012 file is empty"}},
		{"scalar root", "text\n", []string{"1:1-1:5 Y012 expected `key: value` lines, found a text"}},
		{"list root", "- a\n", []string{"1:1-1:4 Y012 expected `key: value` lines, found a list"}},
		{"duplicates", "a: 1\nб:\n  c: 1\n  c: 2\na: 3\na: 4\n", []string{
			`4:3-4:4 Y010 key "c" is already there in line 3`,
			`5:1-5:2 Y010 key "a" is already there in line 1`,
			`6:1-6:2 Y010 key "a" is already there in line 1`,
		}},
		{"duplicate in flow", "a: {x: 1, \"x\": 2}\n", []string{`1:11-1:14 Y010 key "x" is already there in line 1`}},
		{"anchors", "a: &x foo\nb: *x\n", []string{"1:4-1:6 Y007 anchors (`&x`) are not read", "2:4-2:6 Y007 aliases (`*x`) are not read"}},
		{"unknown alias", "a: b\nb: *x\n", []string{"2:4-2:6 Y007 aliases (`*x`) are not read"}},
		{"tags", "a: !foo x\nb: !!str 1\nc: ! d\nd: !if {e: f}\n", []string{
			"1:4-1:8 Y008 tags (`!foo`) are not read", "2:4-2:9 Y008 tags (`!!str`) are not read",
			"3:4-3:5 Y008 tags (`!`) are not read", "4:4-4:7 Y008 tags (`!if`) are not read",
		}},
		{"merge", "a:\n  <<: {b: c}\n", []string{"2:3-2:5 Y009 merge keys (`<<`) are not read"}},
		{"complex keys", "{a: b}: c\n", []string{"1:1-1:7 Y011 a key is a text, found a mapping"}},
		{"question mark", "x: y\n? a\n: b\n", []string{"2:3-2:4 Y011 keys written with `?` are not read"}},
		{"two documents", "a: b\n---\nc: d\n", []string{"2:1-2:4 Y006 a second document begins here"}},
		{"second document broken", "a: b\n---\nc: d: e\n", []string{"2:1-2:4 Y006 a second document begins here"}},
		{"directive", "# x\n%YAML 1.1\n---\na: b\n", []string{"2:1-2:10 Y014 directives (`%…`) are not read"}},
		{"bad UTF-8", "a: b\nб: \xff\n", []string{"2:4-2:5 Y002 byte 0xFF is not UTF-8"}},
		{"cp1251", "a: \xcf\xf0\xe8\n", []string{"1:4-1:5 Y002 byte 0xCF is not UTF-8"}},
		{"UTF-16", "\xff\xfea\x00:\x00", []string{"1:1-1:1 Y002 file is in UTF-16"}},
		{"controls", "a: b\x01c\nd: \u2028\ne: \x7f\rf: \ufeff\n", []string{
			"1:5-1:6 Y003 control character U+0001",
			"2:4-2:5 Y003 line separator U+2028, which only some programs take for the end of a line",
			"3:4-3:5 Y003 control character U+007F",
			"3:5-3:6 Y003 carriage return inside a line",
			"3:9-3:10 Y003 control character U+FEFF",
		}},
		{"conflict", "a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n", []string{"2:1-2:13 Y015 unresolved merge conflict"}},
		{"tab", "a:\n\tb: c\n", []string{"2:1-2:2 Y013 tab in the indentation"}},
		{"tab after spaces", "a:\n  b: c\n  \td: e\n", []string{"3:3-3:4 Y013 tab in the indentation"}},
		{"second colon", "a: b\nпуть: c: d\nx: y\n", []string{"2:7-2:11 Y001 a second `: ` in one line"}},
		{"open quotes", "a: b\nc: \"d\ne: f\n", []string{`2:4-2:6 Y001 quotes are opened and not closed`}},
		{"open single quotes", "a: b\nc: 'd\ne: f\n", []string{`2:4-2:6 Y001 quotes are opened and not closed`}},
		{"after quotes", "a: 'x' y\n", []string{"1:8-1:9 Y001 text after the closing quote"}},
		{"escape", "a: b\nc: \"x\\qy\"\n", []string{`2:6-2:8 Y001 unknown escape "\\q" in double quotes`}},
		{"at sign", "a: b\nc: @d\n", []string{`2:4-2:5 Y001 a text must not begin with "@"`}},
		{"bracket", "a: b\nc: }\n", []string{`2:4-2:5 Y001 a text must not begin with "}"`}},
		{"open list", "a: b\nc: [1, 2\nd: e\nf: g\n", []string{"2:4-2:9 Y001 a list `[…]` is not complete or not well written"}},
		{"question in braces", "a: 1\nb: {ц: 'x', if: (a ?? 0) > 5}\n", []string{"2:17-2:29 Y001 inside braces a text with brackets, quotes, `? ` or `: ` needs quotes"}},
		{"list in braces", "a: 1\nb: {if: kind in [\"a\", b], who: x}\n", []string{"2:9-2:25 Y001 inside braces a text with brackets, quotes, `? ` or `: ` needs quotes"}},
		{"quotes in braces", "a: 1\nb: {text: \"by \" + name}\n", []string{"2:11-2:23 Y001 inside braces a text with brackets, quotes, `? ` or `: ` needs quotes"}},
		{"open mapping", "steps:\n- task: {en: Check\n  id: a\n", []string{"2:9-2:19 Y001 a mapping `{…}` is not complete or not well written"}},
		{"no space after colon", "a: b\nc:d\ne: f\n", []string{"2:1-2:4 Y001 expected `key: value`, found \"c:d\""}},
		{"no colon", "a: b\nc\nd: e\n", []string{"2:1-2:2 Y001 expected `key: value`, found \"c\""}},
		{"indentation", "a:\n    b: c\n  d: e\n", []string{"3:3-3:7 Y001 the indentation of 2 spaces fits nothing above"}},
		{"indentation under text", "a: b\n  c: d\n", []string{"2:3-2:7 Y001 the indentation of 2 spaces fits nothing above"}},
		{"late", strings.Repeat("- a: \"x\n    y\"\n  # c\n", 40) + "  b: c\n d: e\n", []string{"122:2-122:6 Y001 the indentation of 1 space fits nothing above"}},
	}
	for _, tt := range tests {
		f, problems := Parse("f.yaml", []byte(tt.src))
		if diff := cmp.Diff(tt.want, show(problems)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		for _, p := range problems {
			if p.Help == "" && p.Code != tooLarge.Code {
				t.Errorf("%s: no help for %q", tt.name, p.Message)
			}
		}
		if f == nil {
			t.Errorf("%s: no file", tt.name)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, problems := ParseLimited("f", []byte("a: bcd\n"), Limits{Size: 6}); len(problems) != 1 || problems[0].Code != tooLarge.Code {
		t.Errorf("size: %v", problems)
	}
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	if _, problems := Parse("f", []byte("a: "+deep+"\n")); len(problems) != 1 || problems[0].Code != tooDeep.Code || problems[0].At.Start.Column != 103 {
		t.Errorf("depth: %v", problems)
	}
	if f, problems := ParseAny("f", nil); len(problems) > 0 || !f.Root.IsNull() {
		t.Errorf("empty file: %v", problems)
	}
	if f, problems := ParseAny("f", []byte("- a\n")); len(problems) > 0 || len(f.Root.Items) != 1 {
		t.Errorf("list: %v", problems)
	}
}

func TestAccepted(t *testing.T) {
	for _, src := range []string{
		"\ufeffa: b\n", "---\na: b\n", "a: b\n...\n", "# c\n---\n# d\na: b\n# e\n", "a: b", "a: b\r\nc: d\r\n", "{a: b}", "a:\tb\n", "a: x?y\nwhat?: z\n", "a: \"--- x\"\n",
		"a: |\n  ---\n  x\nb: c\n", "a: b # %x\n", "a: 1\nA: 2\n", "\"?\": a\n", "a: why ?\nb: c\n",
	} {
		if f, problems := Parse("f", []byte(src)); len(problems) > 0 || f.Root == nil || f.Root.Kind != Mapping {
			t.Errorf("%q: %v", src, show(problems))
		}
	}
}

func TestPlaces(t *testing.T) {
	src := "\ufeffимя: Вася # да\r\n" +
		"flow: {ключ: 'it''s', b: [x, \"я\\n\"] , c: }\n" +
		"lit: |-\n  один\n    два\n\n\n" +
		"multi: раз\n  два\n\n  три\n" +
		"list:\n- a\n-\n- k: v\n  l:\n" +
		"последний: 007"
	f, problems := Parse("f", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	var walk func(n *Node)
	walk = func(n *Node) {
		got = append(got, n.Start.String()+"-"+n.End.String()+" "+string(f.Source(n)))
		for _, p := range n.Pairs {
			walk(p.Key)
			walk(p.Value)
		}
		for _, item := range n.Items {
			walk(item)
		}
	}
	for _, p := range f.Root.Pairs {
		walk(p.Value)
	}
	want := []string{
		"1:6-1:10 Вася",
		"2:7-2:43 {ключ: 'it''s', b: [x, \"я\\n\"] , c: }",
		"2:8-2:12 ключ", "2:14-2:21 'it''s'", "2:23-2:24 b", "2:26-2:36 [x, \"я\\n\"]", "2:27-2:28 x", "2:30-2:35 \"я\\n\"", "2:39-2:40 c", "2:42-2:42 ",
		"3:6-5:8 |-\n  один\n    два",
		"8:8-11:6 раз\n  два\n\n  три",
		"13:1-16:5 - a\n-\n- k: v\n  l:", "13:3-13:4 a", "14:2-14:2 ", "15:3-16:5 k: v\n  l:", "15:3-15:4 k", "15:6-15:7 v", "16:3-16:4 l", "16:5-16:5 ",
		"17:12-17:15 007",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if tag := f.Root.Get("последний").Tag; tag != TagInt {
		t.Errorf("007 is %s", tag)
	}
}
