package diagram_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diagram"
	"github.com/e1-dms/e1/internal/route"
)

// FuzzDraw: whatever route can be read is drawn, the picture is XML, and a
// second drawing is the same.
func FuzzDraw(f *testing.F) {
	names, err := filepath.Glob("../../routes/*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatalf("no shipped routes: %v", err)
	}
	for _, name := range append(names, "testdata/project.yaml") {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	f.Add("route: r\nsteps:\n- {task: \"<a&b>\\u0007]]>\", who: ann, outcomes: {a: {go: a}}}\n- {parallel: , branches: []}\n- {end: }\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, problems := route.ParseSource("routes/r.yaml", []byte(text))
		if r == nil || problems.HasErrors() {
			return
		}
		o := diagram.Options{Language: "en"}
		for name, draw := range map[string]func(*route.Route, diagram.Options) string{"svg": diagram.SVG, "dot": diagram.DOT, "mermaid": diagram.Mermaid} {
			first := draw(r, o)
			if !utf8.ValidString(first) || first != draw(r, o) {
				t.Errorf("%s is no text, or another one when drawn again", name)
			}
		}
		drawn(t, diagram.SVG(r, o))
		if len(diagram.Tree(r, o)) == 0 && len(r.Steps()) > 0 {
			t.Error("the tree is empty")
		}
	})
}
