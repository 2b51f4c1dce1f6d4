package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
)

// fill makes documents in memory.
func fill(t *testing.T, w *world, opt Options) (*library, Summary) {
	t.Helper()
	l := newLibrary()
	sum, err := Generate(opt, w.forms, func(p string, data []byte) error {
		l.add(t, w.forms, p, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, sum
}

func TestDocumentsFitTheirForms(t *testing.T) {
	w := newWorld(t)
	opt := w.options(1500)
	l, sum := fill(t, w, opt)
	if len(l.order) != opt.Documents {
		t.Errorf("%d documents, want %d: %v", len(l.order), opt.Documents, sum.Documents)
	}
	bad := 0
	for _, number := range l.order {
		d := l.docs[number]
		f := w.forms.Form(d.Form)
		if p, err := form.PathOf(f, number); err != nil || p != l.paths[number] {
			t.Errorf("%s lies in %q: %v", number, l.paths[number], err)
		}
		if n, ok := f.ParseNumber(number); !ok || f.Numbers[0].HasYear() && n.Year != d.Registered.Year() {
			t.Errorf("%s was registered %s", number, d.Registered)
		}
		if d.Registered.After(w.now) {
			t.Errorf("%s was registered %s, in the future", number, d.Registered)
		}
		for _, p := range append(w.forms.Check(f, d, form.Context{Lookup: l, Now: w.now, Author: d.By}), w.forms.Unknown(f, d)...) {
			if p.Severity == diag.Error || p.Code == "unknown-field" {
				bad++
				t.Errorf("%s: %s (%s): %s", number, p.Field, p.Code, p.Message)
			}
		}
		if bad > 20 {
			t.Fatal("too many")
		}
	}
}

// A route may have come as far as the generator wants the document to be.
func TestFewDocuments(t *testing.T) {
	w := newWorld(t)
	for seed := range uint64(12) {
		opt := w.options(20)
		opt.Seed = seed
		if l, sum := fill(t, w, opt); len(l.order) != 20 {
			t.Errorf("seed %d: %v", seed, sum.Documents)
		}
	}
}

// TestDocumentsAreCanonical writes every document anew, and enters every value
// as a person would: nothing changes.
func TestDocumentsAreCanonical(t *testing.T) {
	w := newWorld(t)
	l := newLibrary()
	_, err := Generate(w.options(700), w.forms, func(p string, data []byte) error {
		d := l.add(t, w.forms, p, data)
		f := w.forms.Form(d.Form)
		out, err := d.Encode(f.Order())
		if err != nil {
			return err
		}
		if diff := cmp.Diff(string(data), string(out)); diff != "" {
			return errors.New(p + ":\n" + diff)
		}
		for _, e := range d.Card {
			field := f.Field(e.Name)
			if field == nil || len(e.Value.Rows) > 0 || field.Form != "" {
				continue
			}
			c := d.Clone()
			if p := w.forms.SetText(f, c, e.Name, e.Value.Text, form.Context{Now: w.now}); p != nil {
				return errors.New(d.Number + ": " + p.Message)
			}
			if got := c.Card.Text(e.Name); got != e.Value.Text {
				t.Errorf("%s: %s %q is stored as %q", d.Number, e.Name, e.Value.Text, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestManyLives makes as many documents as it takes for the routes to be played
// in every variety there is: no document says a field twice, and each reads
// back.
func TestManyLives(t *testing.T) {
	w := newWorld(t)
	g, err := newGenerator(w.options(30_000), w.forms)
	if err != nil {
		t.Fatal(err)
	}
	if g.variety != maxVariety {
		t.Fatalf("%d lives of a kind", g.variety)
	}
	read := 0
	for _, m := range g.makers() {
		for i := range m.n {
			g.build(m, i)
			names := map[string]bool{}
			for _, e := range g.doc.Card {
				if names[e.Name] {
					t.Fatalf("%s has %q twice", g.doc.Number, e.Name)
				}
				names[e.Name] = true
			}
			if paid := g.doc.Card.Text("paid"); m.name == contracts && paid != "" && g.doc.Status == "closed" && paid != g.doc.Card.Text("amount") {
				t.Errorf("%s is closed with %s of %s paid", g.doc.Number, paid, g.doc.Card.Text("amount"))
			}
			if i%10 != 0 {
				continue
			}
			data, err := g.bytes(m.flow)
			if err != nil {
				t.Fatal(err)
			}
			if d, err := document.Read(data); err != nil || d.Number != g.doc.Number || len(d.Card) != len(g.doc.Card) {
				t.Fatalf("%s: %v\n%s", g.doc.Number, err, data)
			}
			read++
		}
	}
	if read < 3000 {
		t.Errorf("%d documents were read back", read)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	w := newWorld(t)
	digest := func(opt Options) string {
		h := sha256.New()
		if _, err := Generate(opt, w.forms, func(p string, data []byte) error {
			fmt.Fprintf(h, "%s %d\n", p, len(data))
			h.Write(data)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return hex.EncodeToString(h.Sum(nil))
	}
	opt := w.options(600)
	first := digest(opt)
	if again := digest(opt); again != first {
		t.Error("the same options gave other documents")
	}
	opt.Seed++
	if other := digest(opt); other == first {
		t.Error("another seed gave the same documents")
	}
	opt.Seed--
	opt.Now = opt.Now.AddDate(0, 0, 1)
	if other := digest(opt); other == first {
		t.Error("another day gave the same documents")
	}
}

// TestLifelike looks for what tests and demonstrations need.
func TestLifelike(t *testing.T) {
	w := newWorld(t)
	l, sum := fill(t, w, w.options(3000))
	for _, c := range sum.Documents {
		share := map[string][2]int{clients: {19, 21}, inquiries: {44, 46}, works: {23, 28}, contracts: {5, 7}, invoices: {1, 5}, assignments: {1, 2}}[c.Name]
		if percent := c.N * 100 / 3000; percent < share[0] || percent > share[1] {
			t.Errorf("%d %% %s", percent, c.Name)
		}
	}
	for _, state := range []string{"open", "accepted", "late", "done", "refused", "cancelled", "returned"} {
		if !slices.ContainsFunc(sum.Tasks, func(c Count) bool { return c.Name == state && c.N > 0 }) {
			t.Errorf("no task is %s: %v", state, sum.Tasks)
		}
	}
	seen := map[string]int{}
	all := new(bytes.Buffer)
	for _, n := range l.order {
		d := l.docs[n]
		seen[d.Form+" "+d.Status]++
		for _, in := range d.Routes {
			seen["route "+in.Route+" "+in.State]++
		}
		for _, e := range d.Card {
			io.WriteString(all, e.Value.Text)
		}
		for _, e := range d.Card {
			if f := w.forms.Form(d.Form).Field(e.Name); f != nil && f.Form != "" && l.docs[e.Value.Text] == nil {
				t.Errorf("%s: %s refers to %q", n, e.Name, e.Value.Text)
			}
		}
	}
	for _, want := range []string{"«", `"`, "ё", "Ё", "\n", "—", "№", "доб. ", " x"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("no %q anywhere", want)
		}
	}
	for _, f := range w.forms.Forms() {
		for _, s := range f.Statuses {
			rare := f.Name == invoices && s.ID == "partly_paid" || f.Name == assignments && s.ID == "new"
			if seen[f.Name+" "+s.ID] == 0 && !rare {
				t.Errorf("no document of %s is %s", f.Name, s.ID)
			}
		}
	}
	for _, r := range w.routes {
		for _, state := range []string{"running", "done"} {
			if seen["route "+r.Name.Text+" "+state] == 0 {
				t.Errorf("route %s is never %s", r.Name.Text, state)
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	w := newWorld(t)
	none := func(string, []byte) error { return nil }
	if _, err := Generate(w.options(3), w.forms, none); err == nil {
		t.Error("3 documents were made")
	}
	opt := w.options(100)
	opt.Calendar = nil
	var unfit *UnfitError
	if _, err := Generate(opt, w.forms, none); !errors.As(err, &unfit) {
		t.Errorf("without a calendar: %v", err)
	}
	few, _ := form.Link(w.forms.Forms()[:2], w.forms.Directories(), w.forms.Org(), w.forms.Settings())
	if _, err := Generate(w.options(100), few, none); !errors.As(err, &unfit) {
		t.Errorf("with two forms: %v", err)
	}
	stop := errors.New("stop")
	if _, err := Generate(w.options(100), w.forms, func(string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of emit: %v", err)
	}
}

func BenchmarkGenerate(b *testing.B) {
	w := newWorld(b)
	const documents = 100_000
	bytes := 0
	for b.Loop() {
		if _, err := Generate(w.options(documents), w.forms, func(_ string, data []byte) error {
			bytes += len(data)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*documents/b.Elapsed().Seconds(), "documents/s")
	b.ReportMetric(float64(bytes)/float64(b.N)/documents, "B/document")
}
