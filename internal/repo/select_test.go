package repo

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/index"
)

func TestConjuncts(t *testing.T) {
	t.Parallel()
	r := newShop(t).open()
	for source, want := range map[string]int{
		`name == "a"`: 1, `name == "a" and phone == "b"`: 2, `name == "a" and (phone == "b" and inn == "c") and true`: 4,
		`name == "a" or phone == "b" and inn == "c"`: 1, `not (name == "a" and phone == "b")`: 1,
	} {
		p, err := r.Compile("clients", source)
		must(t, err)
		if got := conjuncts(p.Tree()); len(got) != want {
			t.Errorf("%s: %d parts, not %d", source, len(got), want)
		}
	}
}

// What the index decides and what is tested document by document come to the
// same, with conditions of the caller besides.
func TestSelect(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	r := s.open()
	for _, name := range []string{"Ann", "Bob", "Cid", "Dan"} {
		s.register(r, "clients", "name", name, "manager", "orlov")
	}
	s.update(r, "set", func(tx *Tx) error {
		d, err := tx.Document("CLI-000002")
		d.Card.SetText("manager", "petrova")
		return err
	})
	for _, tt := range []struct {
		sel  Selection
		want string
	}{
		{Selection{}, "Dan Cid Bob Ann"},
		{Selection{Where: `name > "B"`}, "Dan Cid Bob"},
		{Selection{Where: `name > "B" and len(name) == 3`, Limit: 2}, "Dan Cid"},
		{Selection{Where: `name > "B"`, Having: []index.Cond{index.Compare{Column: "manager", Value: "orlov"}}}, "Dan Cid"},
		{Selection{Where: `len(name) == 3`, Having: []index.Cond{index.In{Column: "number", Values: []any{"CLI-000001", "CLI-000002"}}}}, "Bob Ann"},
	} {
		tt.sel.Form, tt.sel.Columns = "clients", []string{"name"}
		found, err := r.Select(tt.sel)
		must(t, err)
		var names []string
		for _, row := range found.Rows {
			names = append(names, row.Value("name").(string))
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%+v: %s, not %s", tt.sel, got, tt.want)
		}
	}
	if _, err := r.Select(Selection{Form: "clients", Where: "nome == 1"}); err == nil || !strings.Contains(err.Error(), "nome") {
		t.Errorf("%v", err)
	}
}
