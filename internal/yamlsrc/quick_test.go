package yamlsrc

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
)

// checkQuick: what the quick reader accepts is what yaml.v3 reads, with the same
// texts, styles and places. It tells whether the quick reader accepted.
func checkQuick(t *testing.T, src []byte) bool {
	t.Helper()
	if len(src) > MaxSize || scanned(src) {
		return false // refused before anybody reads
	}
	f, problems := parse("f", src, Limits{}, false)
	root := quickParse(&File{Name: "f", Src: src, lines: lineStarts(src)}, MaxDepth)
	if root == nil {
		return false
	}
	if len(problems) > 0 {
		t.Fatalf("the quick reader accepts what is refused: %v\n%q", problems, src)
	}
	if diff := cmp.Diff(f.Root, root, cmp.AllowUnexported(Node{})); diff != "" {
		t.Fatalf("the quick reader differs (-yaml.v3 +quick):\n%s\n%q", diff, src)
	}
	return true
}

// scanned tells whether scan refuses the file.
func scanned(src []byte) bool {
	f := &File{Name: "f", Src: src, lines: lineStarts(src)}
	var problems diag.List
	scan(f, &problems)
	return problems.HasErrors()
}

// TestQuickReadsWhatIsShipped: every definition of the project is read by the
// quick reader, and as yaml.v3 reads it.
func TestQuickReadsWhatIsShipped(t *testing.T) {
	n := 0
	for _, dir := range []string{"forms", "routes", "reports", "repo-template"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
				return err
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n++
			if !checkQuick(t, src) {
				t.Errorf("%s is left to yaml.v3", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 30 {
		t.Errorf("only %d files", n)
	}
}

// quickSeeds are shapes near the edge of what the quick reader knows.
var quickSeeds = []string{
	"a: b\n", "a:\n", "a: # c\n", "a:   \nb: 1\n", "a:\n- 1\n- 2\nb: x\n", "a:\n  - 1\n  -\n  - b: 1\n    c: 2\n",
	"a: {b: c, d: [1, 2, ], }\n", "a: {\n  b: c\n  }\n", "a: [\n  x y,\n  z]\n", "a: \"x\\ny\\t\\\"\"\n", "a: 'it''s'\n",
	"a: |\n  x\n\n  y\n\nb: c\n", "a: |-\n  x\n   y\n# c\nb: c\n", "- a\n", "a: b: c\n", "a: x\n  y\n", "a:\n  x\n", "a: b #c\n# d\n",
	"a: b#c\n", "\"a\": b\n'c d': e\n", "a b: c\n", "a : b\n", "a:\n- - b\n  - c\n- d\n", "a:\n-\n  b: c\n", "a: {b: }\n", "a: {b: , c: }\n", "a: {b: \n  , c: d}\n", "a: {b:\n  }\n", "a: {b}\n",
	"a: [b: c]\n", "a: ]\n", "a: -1\nb: - 1\n", "a: -\n", "a: ?x\nb: :x\n", "a: {b: ?x}\n", "a: a?b\nb: [a?b]\n", "a: {b: a:b}\n",
	"a: {\"b\":c}\n", "a: \"b\"c\n", "a: \"b\" #c\n", "a: \"b\"#c\n", "a: [b] c\n", "a: [b]#c\n", "a: |\n  x\n y: z\n", "a: |\nb: c\n",
	"a: |\n\n  x\n", "a: |  # c\n  x\n", "a: |+\n  x\n\n", "a: |2\n  x\n", "a: >\n  x\n  y\n", "a:\n    b: 1\n  c: 2\n", " a: b\n",
	"a: b\n  # c\n  d: e\n", "a:\n  # c\n  b: c\n # d\n", "a:\n- b\n# c\n- d\n  # e\nf: g\n", "a: 1\na: 2\n", "<<: {a: b}\n", "a: *b\n",
	"a: &b c\n", "a: !t c\n", "a: %b\n", "a: @b\n", "a: `b`\n", "a: b%\n", "---\na: b\n", "a: b\n...\n", "a: ---\n", "--- : b\n", "%a: b\n",
	"a: 'x\n", "a: \"x\n", "a: {x\n", "a: [x\n", "a:\n- {b: c}\n- [d]\n- 'e': f\n- \"g\": h\n", "ключ: значение # слово\nе: {ж: з}\n",
	"a: x: \n", "a: x:\n", "a:: b\n", "a:b\n", "a: b:c\n", "a: [a, ,]\n", "a: [,]\n", "a: {,}\n", "a: [a #c\n, b]\n", "a: [[a], {b: c}]\n",
	"a: {b: c\n}\n", "a:\n  - b: |\n      x\n    c: d\n", "a: |\n  x\n\n\n", "a: |-\n  x\n\n\n# c\n", "a: |\n  x\n  \n  y\n", "a: |\n  # x\n",
	"a: ~\nb: null\nc: yes\nd: 0x1\ne: 2026-01-01\nf: .5\n", "a: \"\"\nb: ''\n", "'': a\n", "\"\": a\n", "a: ''''\n", "a: [-, b]\n", "a: {b: 2026-01-01T10:00:00+03:00, c: d:e, f: :g}\n", "a: [b:, c:d, ::e]\n", "a: {b:c: d}\n", "a: {b:, c: d}\n", "a: [-b]\n", "a: [- b]\n",
	"a:\n- b: c\n  d:\n  - e\n  f:\n    - g\n", "a:\n- #c\n  b: d\n", "a: #c\n  b: d\n", "a: #c\n- b\n",
}

func FuzzQuick(f *testing.F) {
	for _, s := range quickSeeds {
		f.Add([]byte(s))
	}
	for _, name := range []string{"forms/inquiries.yaml", "routes/contract-approval.yaml", "repo-template/imports/web-orders.yaml", "repo-template/calendars/ru.yaml"} {
		src, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkQuick(t, src) })
}

// TestQuickCombined: two shapes below each other and inside each other.
func TestQuickCombined(t *testing.T) {
	accepted := 0
	for i, a := range quickSeeds {
		for j, b := range quickSeeds {
			if (i+3*j)%8 != 0 {
				continue // enough of them, in a second
			}
			for _, src := range []string{
				a + strings.ReplaceAll(b, "a", "A"),
				"k:\n  " + strings.ReplaceAll(strings.TrimSuffix(a, "\n"), "\n", "\n  ") + "\n" + b,
				"k:\n- " + strings.ReplaceAll(strings.TrimSuffix(a, "\n"), "\n", "\n  ") + "\n" + b,
				"k: [" + strings.TrimSuffix(a, "\n") + "]\n" + b,
			} {
				if checkQuick(t, []byte(src)) {
					accepted++
				}
			}
		}
	}
	if accepted < 200 {
		t.Errorf("only %d are read quickly", accepted)
	}
}

func BenchmarkQuick(b *testing.B) {
	src, err := os.ReadFile(filepath.Join("..", "..", "routes", "retail.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	for _, quickly := range []bool{true, false} {
		b.Run(map[bool]string{true: "quick", false: "yaml.v3"}[quickly], func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				parse("f", src, Limits{}, quickly)
			}
		})
	}
}
