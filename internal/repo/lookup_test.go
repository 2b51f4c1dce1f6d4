package repo

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
)

// ByUnique answers for the transaction as it is at that moment, and looks
// through it once only when nothing changes any more.
func TestByUnique(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	r := s.open()
	const inn, other = "7707083893", "7736050003"
	first := s.register(r, "clients", "name", "First", "inn", inn)
	by := func(tx *Tx, inn string) []string {
		t.Helper()
		numbers, err := tx.Lookup().ByUnique("clients", "inn", inn)
		must(t, err)
		return numbers
	}
	same := func(what string, got []string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, append([]string(nil), got...)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	same("outside", func() []string { n, err := r.Lookup().ByUnique("clients", "inn", inn); must(t, err); return n }(), first)
	s.update(r, "set", func(tx *Tx) error {
		same("untouched", by(tx, inn), first)
		d, err := tx.Document(first)
		must(t, err)
		d.Card.SetText("inn", other)
		same("changed", by(tx, inn))
		same("changed to", by(tx, other), first)
		new := newDocument("clients", "name", "New", "inn", inn)
		must(t, tx.Add(new))
		same("added", by(tx, inn), new.Number)
		d.Status = form.Void
		same("void", by(tx, other))
		d.Status = ""
		tx.decided = true
		same("decided", by(tx, other), first)
		if len(tx.keyed["clients"]) == 0 {
			t.Error("it looks through all documents for each that is checked")
		}
		same("again", by(tx, inn), new.Number)
		same("of another form", func() []string { n, err := tx.Lookup().ByUnique("inquiries", "inn", inn); must(t, err); return n }())
		tx.decided, tx.keyed = false, map[string]map[index.Key][]string{}
		return nil
	})
}

// Looking a document up gives what the transaction made of it, and nothing for
// what is not there.
func TestLookupDocument(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	r := s.open()
	number := s.register(r, "clients", "name", "First")
	s.update(r, "set", func(tx *Tx) error {
		d, err := tx.Document(number)
		must(t, err)
		d.Card.SetText("name", "Second")
		for _, tt := range []struct {
			lookup Lookup
			number string
			want   string
		}{{tx.Lookup(), number, "Second"}, {r.Lookup(), number, "First"}, {r.Lookup(), "CLI-000099", ""}, {r.Lookup(), "NO-SUCH-1", ""}} {
			got, err := tt.lookup.Document(tt.number)
			must(t, err)
			if (got == nil) != (tt.want == "") || got != nil && got.Card.Text("name") != tt.want {
				t.Errorf("%s: %+v", tt.number, got)
			}
		}
		return nil
	})
}

// The clock is that of the repository's zone wherever it is asked.
func TestZone(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if got := s.open().Now(); got.Location().String() != "Europe/Moscow" || !got.Equal(now) {
		t.Errorf("%v", got)
	}
	s.write("e1.yaml", "title: [\n")
	s.commit("broken")
	if r := s.open(); r.Now().Location() != r.zone() {
		t.Errorf("%v is not of %v", r.Now(), r.zone())
	}
}
