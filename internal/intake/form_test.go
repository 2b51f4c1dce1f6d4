package intake

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// parseAll reads definitions of one kind that the program ships.
func parseAll(t *testing.T, glob string, read func(*yamlsrc.File)) {
	t.Helper()
	paths, err := filepath.Glob(glob)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: nothing there, %v", glob, err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := yamlsrc.Parse(path, src)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		read(f)
	}
}

// The values that sample letters give are accepted by the shipped form.
func TestSampleValuesFitTheForm(t *testing.T) {
	var forms []*form.Form
	var directories []*form.Directory
	parseAll(t, "../../forms/*.yaml", func(f *yamlsrc.File) {
		parsed, problems := form.Parse(f)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		forms = append(forms, parsed)
	})
	parseAll(t, "../../repo-template/directories/*.yaml", func(f *yamlsrc.File) {
		parsed, problems := form.ParseDirectory(f)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		directories = append(directories, parsed)
	})
	set, _ := form.Link(forms, directories, nil, nil) // without people and settings some expressions stay open
	imports := shipped(t)
	registered := 0
	paths, _ := filepath.Glob("../../repo-template/sample/mail/*.eml")
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := Decide(imports, message.Parse(raw), nil)
		if r.Kind != Register {
			continue
		}
		registered++
		var target *form.Form
		for _, f := range forms {
			if f.Name == r.Form {
				target = f
			}
		}
		d := &document.Document{Form: r.Form}
		for _, v := range r.Values {
			text := v.Text
			if v.Rows != nil {
				text = jsonRows(t, v.Rows)
			}
			if p := set.SetText(target, d, v.Field, text, form.Context{}); p != nil {
				t.Errorf("%s: %s = %q: %s", filepath.Base(path), v.Field, text, p.Message)
			}
		}
	}
	if registered < 9 {
		t.Errorf("only %d sample letters are registered", registered)
	}
}

func jsonRows(t *testing.T, rows [][]Cell) string {
	t.Helper()
	var out []map[string]string
	for _, row := range rows {
		cells := map[string]string{}
		for _, c := range row {
			cells[c.Column] = c.Text
		}
		out = append(out, cells)
	}
	b, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
