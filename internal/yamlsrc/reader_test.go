package yamlsrc

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
)

func read(t *testing.T, src string) (*Reader, *Node, *diag.List) {
	t.Helper()
	f, problems := Parse("f.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	list := &diag.List{}
	return NewReader(f, list), f.Root, list
}

func TestReader(t *testing.T) {
	r, root, problems := read(t, `form: inquiries
tittle: x
count: 1_000
many: ten
yes: true
maybe: yes
one: a
two: [a, b]
three: [a, {b: c}, ]
label: {en: Inquiry, ru: Обращение}
plain: Inquiry
odd: {english: x, de: [a], fr: }
items:
- a: 1
- 5
nothing:
kind: smal
map: {x: 1, y: 2}
`)
	m := r.Mapping(root, "form")
	got := map[string]any{
		"form": m.Required("form"), "title": m.Text("title"), "count": m.Int("count", 1), "many": m.Int("many", 7), "none": m.Int("none", 8),
		"yes": m.Bool("yes", false), "maybe": m.Bool("maybe", false), "absent": m.Bool("absent", true),
		"one": m.Texts("one"), "two": m.Texts("two"), "three": m.Texts("three"),
		"label": m.Label("label").In("ru"), "plain": m.Label("plain").In("ru"), "odd": len(m.Label("odd")),
		"nothing": m.Text("nothing"), "kind": m.OneOf("kind", "big", "small", "big"), "map": m.Mapping("map").Text("x"),
		"wrong text": m.Text("two"), "wrong map": len(m.Mapping("one").Keys()), "wrong list": len(m.Items("one")),
	}
	m.Required("number")
	for _, item := range m.Items("items") {
		im := r.Mapping(item, "item")
		im.Required("a")
		im.Done()
	}
	m.Done()
	problems.Sort()
	want := map[string]any{
		"form": "inquiries", "title": "", "count": 1000, "many": 7, "none": 8, "yes": true, "maybe": false, "absent": true,
		"one": []string{"a"}, "two": []string{"a", "b"}, "three": []string{"a"},
		"label": "Обращение", "plain": "Inquiry", "odd": 0, "nothing": "", "kind": "big", "map": "1", "wrong text": "", "wrong map": 0, "wrong list": 0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantProblems := []string{
		`1:1-1:5 R002 form: missing key "number"`,
		`2:1-2:7 R001 form: unknown key "tittle"; did you mean "title"?`,
		`4:7-4:10 R004 form: many: expected a whole number, found "ten"`,
		`6:8-6:11 R004 form: maybe: expected true or false, found "yes"`,
		"7:6-7:7 R004 form: one: expected `key: value` lines, found \"a\"",
		`7:6-7:7 R004 form: one: expected a list, found "a"`,
		`8:6-8:12 R004 form: two: expected a text, found a list`,
		`9:12-9:18 R004 form: three: expected a text, found a mapping`,
		`12:7-12:14 R001 form: odd: unknown language "english"`,
		`12:23-12:26 R004 form: odd.de: expected a text, found a list`,
		`12:32-12:32 R004 form: odd.fr: expected a text, found nothing`,
		"15:3-15:4 R004 item: expected `key: value` lines, found \"5\"",
		`16:1-16:8 R004 form: nothing: the value is missing`,
		`17:7-17:11 R004 form: unknown kind "smal"; did you mean "small"?`,
	}
	if diff := cmp.Diff(wantProblems, show(*problems)); diff != "" {
		t.Error(diff)
	}
}

func TestReaderCodes(t *testing.T) {
	r, root, problems := read(t, "x: 1\n")
	r.WithCodes(Code{Code: "F001", Slug: "unknown-key"}, Code{Code: "F002", Slug: "missing-key"}, Code{Code: "F004", Slug: "wrong-type"})
	m := r.Mapping(root, "form")
	m.Required("form")
	m.Done()
	problems.Sort()
	want := []string{`1:1-1:2 F001 form: unknown key "x"; known: "form"`, `1:1-1:2 F002 form: missing key "form"`}
	if diff := cmp.Diff(want, show(*problems)); diff != "" {
		t.Error(diff)
	}
}

func TestMappingIsNeverNil(t *testing.T) {
	r, _, problems := read(t, "x: 1\n")
	m := r.Mapping(nil, "nothing")
	if m.Text("a") != "" || m.Node("a") != nil || len(m.Keys()) != 0 || m.Itself() != nil || m.Label("l").In("ru") != "" {
		t.Error("an absent mapping has something")
	}
	m.Done()
	if len(*problems) > 0 {
		t.Error(*problems)
	}
}

func TestLabel(t *testing.T) {
	for _, tt := range []struct {
		label      Label
		lang, want string
	}{
		{Label{"en": "a", "ru": "б"}, "ru", "б"},
		{Label{"en": "a", "ru": "б"}, "de", "a"},
		{Label{"ru": "б", "de": "c"}, "en", "б"},
		{Label{"fr": "f", "de": "d"}, "en", "d"},
		{Label{"": "x", "en": "a"}, "ru", "x"},
		{nil, "ru", ""},
	} {
		if got := tt.label.In(tt.lang); got != tt.want {
			t.Errorf("%v in %s: %q, want %q", tt.label, tt.lang, got, tt.want)
		}
	}
}

func TestMisread(t *testing.T) {
	if Map().Misread() != "" {
		t.Error("a mapping is misread")
	}
	for src, want := range map[string]string{
		"no": "a truth value", "'no'": "", "012": "a number in another base", "12": "a number", "1.5": "a number", "2026-11-23": "a date",
		"12:30": "a number in another base", "~": "nothing", "word": "", "7707083893": "a number",
	} {
		f, problems := Parse("f", []byte("a: "+src+"\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := f.Root.Get("a").Misread(); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}
