package docs_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diagram"
)

// TestDrawings holds the pictures of the shipped routes, which README.md
// shows, against the routes; `go test ./docs -update` draws them anew.
func TestDrawings(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	must(t, err)
	names, err := fs.Glob(e1.Routes, "routes/*.yaml")
	must(t, err)
	defs := definition.New(standard(t))
	set, err := defs.Forms()
	must(t, err)
	for _, name := range names {
		r, err := defs.UsableRoute(strings.TrimSuffix(path.Base(name), definition.Ext))
		must(t, err)
		picture := "images/" + strings.TrimSuffix(path.Base(name), ".yaml") + ".svg"
		if !strings.Contains(string(readme), "docs/"+picture) {
			t.Errorf("README.md does not show docs/%s", picture)
		}
		want := diagram.SVG(r, diagram.Options{Language: "en", Forms: set, Route: defs.Parsed})
		if *update {
			must(t, os.MkdirAll("images", 0o755))
			must(t, os.WriteFile(picture, []byte(want), 0o644))
		}
		got, err := os.ReadFile(picture)
		must(t, err)
		if string(got) != want {
			t.Errorf("docs/%s is stale; `go test ./docs -update` draws it anew", picture)
		}
	}
}
