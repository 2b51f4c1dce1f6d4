package repo

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
)

var errNo = errors.New("no")

// After a failed attempt everything is as before, and whoever held a document
// still holds the one that is written.
func TestAttempt(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	r := s.open()
	first, second := s.register(r, "clients", "name", "First"), s.register(r, "clients", "name", "Second")
	var added *document.Document
	receipt := s.update(r, "set", func(tx *Tx) error {
		tx.Subject("before")
		held, err := tx.Document(first)
		must(t, err)
		held.Card.SetText("name", "Held")
		new := newDocument("clients", "name", "New")
		must(t, tx.Add(new))
		order := len(tx.order)
		err = tx.Attempt(func() error {
			held.Card.SetText("name", "Spoilt")
			held.Comments = append(held.Comments, document.Comment{ID: "1", Text: "spoilt"})
			new.Card.SetText("name", "Spoilt too")
			other, err := tx.Document(second)
			must(t, err)
			other.Card.SetText("name", "Spoilt")
			must(t, tx.Replace(&document.Document{Form: "clients", Number: first, UID: held.UID}))
			must(t, tx.Add(newDocument("clients", "name", "Never")))
			_, err = tx.Attach(new, "offer.txt", []byte("x"), "", "petrova")
			must(t, err)
			tx.Subject("spoilt")
			tx.ActsFor("orlov")
			tx.Lenient()
			tx.BeforeRef(func() error { return errNo })
			return errNo
		})
		if !errors.Is(err, errNo) {
			t.Errorf("%v", err)
		}
		if len(tx.order) != order || tx.docs[second] != nil || len(tx.files) != 0 || tx.lenient || tx.subject != "before" || tx.op.For != "" || len(tx.before) != 0 {
			t.Errorf("left of the attempt: %+v", tx)
		}
		if now, _ := tx.Document(first); now != held || held.Card.Text("name") != "Held" || len(held.Comments) != 0 {
			t.Errorf("the document is another one: %+v", now)
		}
		held.Card.SetText("phone", "+74951234567") // counts
		must(t, tx.Attempt(func() error { new.Card.SetText("name", "Newer"); return nil }))
		added = newDocument("clients", "name", "Last")
		return tx.Add(added)
	})
	if d := cmp.Diff([]string{first, "CLI-000003", "CLI-000004"}, receipt.Documents); d != "" || added.Number != "CLI-000004" {
		t.Errorf("%s, the last is %s", d, added.Number)
	}
	for number, want := range map[string]string{first: "Held +74951234567", second: "Second ", "CLI-000003": "Newer ", "CLI-000004": "Last "} {
		d, err := s.open().ReadHead(number)
		must(t, err)
		if got := d.Card.Text("name") + " " + d.Card.Text("phone"); got != want {
			t.Errorf("%s is %q, not %q", number, got, want)
		}
	}
}

// Several documents that do not fit are told in the order in which the
// transaction came to them.
func TestUnfitInOrder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	r := s.open()
	_, err := r.Update(t.Context(), operation("register"), func(tx *Tx) error {
		return errors.Join(tx.Add(newDocument("clients", "phone", "+74951234567")), tx.Add(newDocument("inquiries")), tx.Add(newDocument("clients", "name", "fits")))
	})
	var first *UnfitError
	if !errors.As(err, &first) || first.Number != "CLI-000001" {
		t.Fatalf("%v", err)
	}
	a, b := strings.Index(err.Error(), "CLI-000001: clients: "), strings.Index(err.Error(), "INQ-2026-000001: inquiries: ")
	if a < 0 || b < a || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v", err)
	}
	// One alone says no more than what is wrong.
	_, err = r.Update(t.Context(), operation("register"), func(tx *Tx) error { return tx.Add(newDocument("clients")) })
	if err == nil || strings.Contains(err.Error(), "CLI-") || !strings.HasPrefix(err.Error(), "clients: ") {
		t.Errorf("%v", err)
	}
	if head := s.open().Head(); head.Commit != r.Head().Commit {
		t.Error("something was committed")
	}
}

// Numbers follow each other by form and year, also those of former templates
// and after gaps.
func TestAllocate(t *testing.T) {
	t.Parallel()
	client := func(number string) string {
		return "form: clients\nnumber: " + number + "\nuid: 01JD9X3M7Q4Z8T6B5N2V1C0KPR\nregistered: 2026-11-23T10:00:00+03:00\nby: petrova\ncard:\n  name: Old\n"
	}
	s := newShop(t, "documents/clients/00/02/CLI-000299.yaml", client("CLI-000299"), "documents/clients/01/00/CLI-010000.yaml", client("CLI-010000"))
	r := s.open()
	if n := s.register(r, "clients", "name", "Next"); n != "CLI-010001" {
		t.Errorf("after CLI-010000 comes %s", n)
	}
	var numbers []string
	s.update(r, "register", func(tx *Tx) error {
		for _, at := range []int{0, 0, 1, 0} {
			d := newDocument("inquiries", "name", "x")
			d.Registered = now.AddDate(at, 0, 0)
			if err := tx.Add(d); err != nil {
				return err
			}
			numbers = append(numbers, d.Number)
		}
		return nil
	})
	if d := cmp.Diff([]string{"INQ-2026-000001", "INQ-2026-000002", "INQ-2027-000001", "INQ-2026-000003"}, numbers); d != "" {
		t.Error(d)
	}
	// A number that was published stays taken, a prefix counts by itself.
	s.update(r, "set", func(tx *Tx) error {
		d, err := tx.Document("CLI-010001")
		d.Aliases = []string{"CLI-010002"}
		return err
	})
	if n := s.register(r, "clients", "name", "Next"); n != "CLI-010003" {
		t.Errorf("after CLI-010001 and a former CLI-010002 comes %s", n)
	}
	s.git("config", "e1.prefix", "B")
	if n := s.register(s.open(), "clients", "name", "Apart"); n != "B-CLI-000001" {
		t.Errorf("the first number of another clone is %s", n)
	}
}
