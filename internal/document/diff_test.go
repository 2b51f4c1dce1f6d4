package document

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

func TestDiff(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	row := func(item, qty string) Row { return Row{{Name: "item", Text: item}, {Name: "qty", Text: qty}} }
	base := func() *Document {
		return &Document{
			Form: "f", Number: "F-1", Status: "new",
			Card:   Card{{"inn", Value{Text: "1"}}, {"lines", Value{Rows: []Row{row("a", "1"), row("b", "2"), row("c", "3")}}}, {"tags", Value{List: []string{"x", "y"}}}},
			Links:  []Link{{Kind: "reply_to", To: "F-2"}},
			Files:  []File{{Name: "a.pdf", SHA256: "aa"}},
			Routes: []Instance{{ID: 1, Route: "r", State: "running", Open: []Position{{At: "s"}}, Tasks: []Task{{ID: 1, Step: "s", Due: at}}}},
		}
	}
	tests := []struct {
		name   string
		change func(d *Document)
		want   []Change
	}{
		{"nothing", func(d *Document) {}, nil},
		{"field", func(d *Document) { d.Card.SetText("inn", "2"); d.Status = "done" }, []Change{{"status", "new", "done"}, {"card.inn", "1", "2"}}},
		{"field comes and goes", func(d *Document) { d.Card.SetText("inn", ""); d.Card.SetText("kpp", "3") }, []Change{{"card.inn", "1", ""}, {"card.kpp", "", "3"}}},
		{"cell", func(d *Document) { d.Card.Get("lines").Rows[1].Set("qty", "5") }, []Change{{"card.lines.2.qty", "2", "5"}}},
		{"row inserted first", func(d *Document) { v := d.Card.Get("lines"); v.Rows = append([]Row{row("z", "9")}, v.Rows...) },
			[]Change{{"card.lines.1", "", "{item: z, qty: 9}"}}},
		{"row deleted", func(d *Document) { v := d.Card.Get("lines"); v.Rows = append([]Row{}, v.Rows[0], v.Rows[2]) },
			[]Change{{"card.lines.2", "{item: b, qty: 2}", ""}}},
		{"list", func(d *Document) { d.Card.Get("tags").List = []string{"y", "z"} }, []Change{{"card.tags.1", "x", ""}, {"card.tags.2", "", "z"}}},
		{"shape", func(d *Document) { d.Card.Set("tags", Text("x")) }, []Change{{"card.tags", "[x, y]", "x"}}},
		{"task", func(d *Document) { d.Routes[0].Tasks[0].Due = at.Add(time.Hour); d.Routes[0].State = "done" },
			[]Change{{"routes.1.state", "running", "done"}, {"tasks.1.due", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"}}},
		{"new task", func(d *Document) { d.Routes[0].Tasks = append(d.Routes[0].Tasks, Task{ID: 2, Step: "t"}) }, []Change{{"tasks.2", "", "{id: 2, step: t}"}}},
		{"new route", func(d *Document) {
			d.Routes = append(d.Routes, Instance{ID: 2, Route: "q", Tasks: []Task{{ID: 3, Step: "u"}}})
		}, []Change{{"routes.2", "", "q"}, {"tasks.3", "", "{id: 3, step: u}"}}},
		{"position", func(d *Document) { d.Routes[0].Open = []Position{{At: "t"}} }, []Change{{"routes.1.open.s", "{at: s}", ""}, {"routes.1.open.t", "", "{at: t}"}}},
		{"link", func(d *Document) { d.Links[0].To = "F-3" }, []Change{{"links.reply_to", "F-2", ""}, {"links.reply_to", "", "F-3"}}},
		{"file", func(d *Document) {
			d.Files[0].SHA256 = "bb"
			d.Files = append(d.Files, File{Name: "b.pdf", SHA256: "cc"})
		},
			[]Change{{"files.a.pdf.sha256", "aa", "bb"}, {"files.b.pdf", "", "cc"}}},
		{"comment", func(d *Document) { d.Comments = []Comment{{ID: "7", Text: "hello"}} }, []Change{{"comments.7", "", "hello"}}},
		{"unknown key", func(d *Document) {
			d.Extra = []yamlsrc.Pair{yamlsrc.P("x", yamlsrc.Map(yamlsrc.P("y", yamlsrc.Int(1))))}
		}, []Change{{"x.y", "", "1"}}},
	}
	for _, tt := range tests {
		b := base()
		tt.change(b)
		if diff := cmp.Diff(tt.want, Diff(base(), b)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
	if got := Diff(nil, &Document{Form: "f", Number: "F-1"}); len(got) != 2 {
		t.Errorf("a new document: %v", got)
	}
}
