package repo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFit: a verdict on a route holds for the definitions it was given on, and
// for nothing else.
func TestFit(t *testing.T) {
	t.Parallel()
	s := newShop(t, "routes/sale.yaml", "route: sale\n", "directories/kinds.yaml", "directory: kinds\n")
	known := func() bool {
		t.Helper()
		r := s.open()
		defer r.Close()
		return r.Fit("sale")
	}
	judge := func() {
		t.Helper()
		r := s.open()
		r.FoundFit("sale")
		must(t, r.Close())
		if !known() {
			t.Fatal("it is not remembered")
		}
	}
	if known() {
		t.Fatal("nobody has judged it")
	}
	judge()
	r := s.open()
	s.register(r, "clients", "name", "Rose")
	must(t, r.Close())
	if !known() {
		t.Error("a document has made it forgotten")
	}
	r = s.open()
	r.FoundFit("sale")
	s.update(r, "register", func(tx *Tx) error {
		tx.Subject("pin")
		tx.PutFile("routes/pinned/5f3c.yaml", []byte("route: sale\n"))
		return nil
	})
	must(t, r.Close())
	if !known() {
		t.Error("a pinned definition has made it forgotten")
	}
	for _, name := range []string{"e1.yaml", "org.yaml", "routes/sale.yaml", "forms/clients.yaml", "directories/kinds.yaml", "templates/offer.txt"} {
		was, _ := os.ReadFile(filepath.Join(s.dir, name))
		s.write(name, string(was)+"# changed\n")
		s.commit("changed")
		if known() {
			t.Errorf("it is known although %s has changed", name)
		}
		judge()
	}
	file := filepath.Join(s.dir, ".git", "e1", fitName)
	good, err := os.ReadFile(file)
	must(t, err)
	for _, bad := range []string{"", "\n", string(good[:20]), strings.Replace(string(good), "sale", "sal", 1), string(good) + "retail\n", "x" + string(good), string(good[:len(good)-3])} {
		must(t, os.WriteFile(file, []byte(bad), 0o666))
		r := s.open()
		for _, name := range []string{"sale", "sal", "sa", "retail", ""} {
			if r.Fit(name) {
				t.Errorf("%q is believed of %q", bad, name)
			}
		}
		must(t, r.Close())
	}
	judge()
	dry, err := Open(t.Context(), s.dir, Options{DryRun: true})
	must(t, err)
	dry.FoundFit("retail")
	must(t, dry.Close())
	if r := s.open(); r.Fit("retail") {
		t.Error("a dry run has written")
	}
}
