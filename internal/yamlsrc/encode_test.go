package yamlsrc

import (
	"strings"
	"testing"
	"unicode/utf8"

	fork "go.yaml.in/yaml/v3"
	original "gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

func TestEncodeForm(t *testing.T) {
	root := Map(
		P("form", Text("inquiries")),
		P("number", Text("INQ-2026-000042")),
		P("registered", PlainText("2026-11-23T10:15:04+03:00")),
		P("card", Map(
			P("name", Text("ООО «Ромашка»")),
			P("inn", Text("7707083893")),
			P("colon", Text("a: b")),
			P("text", Text("один\nдва\n")),
			P("open", Text("один\nдва")),
			P("lines", Seq(Map(P("item", Text("Обучение, день")), P("qty", Text("2"))), Map(P("note", Text("a\nb"))))),
			P("tags", Seq(Text("a"), Text("no"))),
			P("none", &Node{Tag: TagNull}),
			P("nothing", Map()),
			P("empty", Text("")),
			P("aliases", Seq(Text("A-1"), Text("A,2")).Flow()),
		)),
		P("list", Seq(Seq(Map(P("a", Int(1))), Text("x")), Map())),
	)
	want := `form: inquiries
number: INQ-2026-000042
registered: 2026-11-23T10:15:04+03:00
card:
  name: ООО «Ромашка»
  inn: "7707083893"
  colon: "a: b"
  text: |
    один
    два
  open: |-
    один
    два
  lines:
    - {item: "Обучение, день", qty: "2"}
    - note: |-
        a
        b
  tags:
    - a
    - "no"
  none:
  nothing: {}
  empty: ""
  aliases: [A-1, "A,2"]
list:
  - - {a: 1}
    - x
  - {}
`
	got, err := Encode(root)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEncodeLongRowsGoDown(t *testing.T) {
	row := Map(P("a", Text(strings.Repeat("ы", 100))), P("b", Text(strings.Repeat("ы", 46))))
	short, err := Encode(Map(P("rows", Seq(row))))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(short), "- {a: ") {
		t.Errorf("a row of 160 columns is not on one line: %s", short)
	}
	row.Pairs[1].Value.Value += "ы"
	long, err := Encode(Map(P("rows", Seq(row))))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(long), "{") {
		t.Errorf("a row of more than 160 columns is on one line: %s", long)
	}
}

func TestEncodeRefuses(t *testing.T) {
	deep := Text("x")
	for range MaxDepth {
		deep = Map(P("a", deep))
	}
	for name, root := range map[string]*Node{
		"nil":           nil,
		"scalar":        Text("a"),
		"not UTF-8":     Map(P("a", Text("\xff"))),
		"surrogate":     Map(P("a", Text("\xed\xa0\x80"))),
		"key not UTF-8": Map(P("\xff", Text("a"))),
		"twice":         Map(P("a", Text("1")), P("a", Text("2"))),
		"long key":      Map(P(strings.Repeat("k", keyLimit+1), Text("1"))),
		"no value":      Map(P("a", nil)),
		"deep":          deep,
		"false tag":     Map(P("a", &Node{Tag: TagInt, Value: "one"})),
	} {
		if out, err := Encode(root); err == nil {
			t.Errorf("%s: written as %q", name, out)
		}
	}
}

// checkEncode writes a tree and reads it with every reader at hand.
func checkEncode(t interface {
	Helper()
	Fatalf(string, ...any)
}, root *Node) {
	t.Helper()
	out, err := Encode(root)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	f, problems := Parse("x", out)
	if len(problems) > 0 {
		t.Fatalf("parse: %v\n%s", problems, out)
	}
	if !Equal(f.Root, root) {
		t.Fatalf("%v\n%s", difference(root, f.Root, ""), out)
	}
	again, err := Encode(f.Root)
	if err != nil || string(again) != string(out) {
		t.Fatalf("written again (%v)\n%s\nfirst\n%s", err, again, out)
	}
	if back, ok := ParseCanonical(out); ok {
		if !Equal(back, root) || !sameStyles(back, f.Root) {
			t.Fatalf("ParseCanonical differs:\n%s", out)
		}
		if again, err := Encode(back); err != nil || string(again) != string(out) {
			t.Fatalf("written again from ParseCanonical (%v)\n%s\nfirst\n%s", err, again, out)
		}
	}
	var a original.Node
	if err := original.Unmarshal(out, &a); err != nil {
		t.Fatalf("yaml.v3: %v\n%s", err, out)
	}
	sameAs(t, root, asFork(&a), out)
	var b fork.Node
	if err := fork.Unmarshal(out, &b); err != nil {
		t.Fatalf("fork of yaml.v3: %v\n%s", err, out)
	}
	sameAs(t, root, b.Content[0], out)
}

// asFork turns a node of yaml.v3 into one of its fork.
func asFork(n *original.Node) *fork.Node {
	if n.Kind == original.DocumentNode {
		return asFork(n.Content[0])
	}
	out := &fork.Node{Kind: fork.Kind(n.Kind), Tag: n.Tag, Value: n.Value}
	for _, c := range n.Content {
		out.Content = append(out.Content, asFork(c))
	}
	return out
}

// sameAs compares a tree with what another reader made of it: texts must be
// texts to it.
func sameAs(t interface {
	Helper()
	Fatalf(string, ...any)
}, n *Node, y *fork.Node, out []byte) {
	t.Helper()
	switch n.Kind {
	case Mapping:
		if y.Kind != fork.MappingNode || len(y.Content) != 2*len(n.Pairs) {
			t.Fatalf("no mapping of %d pairs\n%s", len(n.Pairs), out)
		}
		for i, p := range n.Pairs {
			if k := y.Content[2*i]; k.Value != p.Key.Value || k.Tag != TagText {
				t.Fatalf("key %q became %q %s\n%s", p.Key.Value, k.Value, k.Tag, out)
			}
			sameAs(t, p.Value, y.Content[2*i+1], out)
		}
	case Sequence:
		if y.Kind != fork.SequenceNode || len(y.Content) != len(n.Items) {
			t.Fatalf("no list of %d items\n%s", len(n.Items), out)
		}
		for i, item := range n.Items {
			sameAs(t, item, y.Content[i], out)
		}
	default:
		if y.Kind != fork.ScalarNode || y.Value != n.Value {
			t.Fatalf("text %q became %q\n%s", n.Value, y.Value, out)
		}
		if n.Tag == TagText && y.Tag != TagText {
			t.Fatalf("text %q became %s\n%s", n.Value, y.Tag, out)
		}
	}
}

func sameStyles(a, b *Node) bool {
	if a.Style != b.Style {
		return false
	}
	for i := range a.Pairs {
		if a.Pairs[i].Key.Style != b.Pairs[i].Key.Style || !sameStyles(a.Pairs[i].Value, b.Pairs[i].Value) {
			return false
		}
	}
	for i := range a.Items {
		if !sameStyles(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}

func TestNastyTexts(t *testing.T) {
	for _, s := range []string{strings.Repeat("мегабайт текста, строка за строкой\n", 1<<20/60), strings.Repeat("x", 1<<20), strings.Repeat("\x01", 1<<18)} {
		checkEncode(t, Map(P("a", Map(P("b", Text(s))))))
	}
	for _, s := range nasty() {
		in := Text(s)
		checkEncode(t, Map(P("a", in), P("b", Map(P("c", in), P("d", Seq(in, in)))),
			P("rows", Seq(Map(P("x", in)), Map(P("x", in), P("y", Int(1))), Seq(in))), P("flow", Map(P("x", in), P("y", Seq(in))).Flow())))
		if len(s) <= keyLimit/6 {
			checkEncode(t, Map(P(s, Text("a")), P("z", Map(P(s, in))), P("r", Seq(Map(P(s, Text("x")))))))
		}
	}
}

func TestEncodeAnyTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkEncode(t, anyTree(4).Draw(t, "tree"))
	})
}

func FuzzEncodeText(f *testing.F) {
	for _, s := range nasty() {
		f.Add(s, "k")
	}
	f.Fuzz(func(t *testing.T, s, k string) {
		s, k = strings.ToValidUTF8(s, "?"), strings.ToValidUTF8(k, "?")
		if len(k) > 150 {
			return
		}
		checkEncode(t, Map(P(k, Text(s)), P(k+"2", Seq(Map(P(k, Text(s))), Text(s), Seq(Text(s)).Flow()))))
	})
}

// checkPlaces: parts lie inside their whole, in order, and characters of texts
// inside the text.
func checkPlaces(t *testing.T, f *File, n *Node, from, to int) {
	t.Helper()
	if int(n.from) < from || n.to < n.from || int(n.to) > to || f.pos(int(n.from)) != n.Start || f.pos(int(n.to)) != n.End {
		t.Fatalf("%q at %d-%d %v-%v is not within %d-%d of %q", n.Value, n.from, n.to, n.Start, n.End, from, to, f.Src)
	}
	at := int(n.from)
	for _, p := range n.Pairs {
		checkPlaces(t, f, p.Key, at, int(n.to))
		checkPlaces(t, f, p.Value, int(p.Key.to), int(n.to))
		at = max(int(p.Key.to), int(p.Value.to))
	}
	for _, item := range n.Items {
		checkPlaces(t, f, item, at, int(n.to))
		at = int(item.to)
	}
	if n.Kind != Scalar {
		return
	}
	if want, got := utf8.RuneCountInString(n.Value)+1, len(f.offsets(n)); want != got {
		t.Fatalf("%q has places for %d of %d characters in %q", n.Value, got, want, f.Src)
	}
	for i, o := range f.offsets(n) {
		if o.end < o.start || o.start < int(n.from) || o.end > int(n.to) {
			t.Fatalf("character %d of %q at %d-%d is not within %d-%d of %q", i, n.Value, o.start, o.end, n.from, n.to, f.Src)
		}
	}
}

// FuzzParse: reading never panics, and the fast reader agrees with the full
// one wherever it answers.
func FuzzParse(f *testing.F) {
	for _, s := range nasty() {
		f.Add([]byte(s))
		f.Add([]byte("a: " + s + "\nb:\n  - {c: " + s + "}\n"))
	}
	f.Add([]byte("a:\n  b: |-\n    x\n    y\nc: [a, \"b\\n\"]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, problems := Parse("f", src)
		if file.Root != nil && len(problems) == 0 {
			checkPlaces(t, file, file.Root, 0, len(src))
		}
		fast, ok := ParseCanonical(src)
		if !ok {
			return
		}
		if len(problems) > 0 {
			t.Fatalf("the fast reader accepts what Parse refuses: %v\n%q", problems, src)
		}
		if !Equal(fast, file.Root) || !sameStyles(fast, file.Root) {
			t.Fatalf("the fast reader differs on %q", src)
		}
	})
}
