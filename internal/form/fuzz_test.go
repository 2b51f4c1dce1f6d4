package form_test

import (
	"os"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// FuzzParse checks that no definition makes the package panic, neither while it is read nor while a card is read,
// filled and checked by it.
func FuzzParse(f *testing.F) {
	for _, p := range glob(f, "forms/*.yaml") {
		src, err := os.ReadFile(root + p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), "petrova")
	}
	f.Add(head+"  - {field: a, type: computed, value: b, label: A}\n  - {field: b, type: computed, value: a, label: A}\n", "1")
	f.Add(head+"  - {field: a, type: table, label: A, columns: [{field: b, type: account, bik: c, label: B, default: a}]}\n", "[{b: 1}]")
	f.Fuzz(func(t *testing.T, src, text string) {
		file, _ := yamlsrc.Parse("x.yaml", []byte(src))
		parsed, _ := form.Parse(file)
		form.ParseDirectory(file)
		if parsed == nil {
			return
		}
		set, _ := form.Link([]*form.Form{parsed}, nil, nil, nil)
		set.Verify()
		ctx := form.Context{Now: now, Author: "petrova"}
		d := &document.Document{Form: parsed.Name, Number: "X-1"}
		for _, field := range parsed.Fields() {
			set.SetText(parsed, d, field.Name, text, ctx)
		}
		set.Defaults(parsed, d, ctx)
		set.Check(parsed, d, ctx)
		set.Unknown(parsed, d)
		set.Decode(parsed, d, ctx)
		set.Values(parsed, d, ctx)
		set.CalendarOf(parsed, d, ctx)
		set.Caption(parsed, d, ctx)
		set.Keys(parsed, d)
		parsed.Rename(d)
		for _, field := range parsed.Fields() {
			form.RemoveField("x.yaml", []byte(src), field.Name)
		}
	})
}
