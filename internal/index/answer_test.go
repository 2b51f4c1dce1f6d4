package index

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func withEntries(t *testing.T, entries ...Entry) *DB {
	t.Helper()
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	must(t, db.Update(func(w *Writer) error {
		for i := range entries {
			if err := w.Put(&entries[i]); err != nil {
				return err
			}
		}
		return w.SetCommit("c1")
	}))
	return db
}

func TestSearchAsTyped(t *testing.T) {
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	texts := []string{
		"Договор поставки оборудования, телефон 8 (495) 123-45-67",
		"поставки по договору №15 от Ивана; ivan.petrov@mail.example.invalid",
		"Договоры и поставка: сумма 1 500 000,00 руб.",
		"ИНН 7707083893, +79161234567, web-order",
		"Ёжик и йод; Й в разложенном виде: и\u0306од",
		"INQ-2026-000042 повторно; delivered deliveries",
	}
	var entries []Entry
	for i, s := range texts {
		entries = append(entries, Entry{Number: fmt.Sprintf("INQ-2026-%06d", i+1), Form: "inquiries", Registered: day.Add(time.Duration(i) * time.Hour), Text: []string{s}})
	}
	entries = append(entries, Entry{Number: "CLI-000042", Form: "clients", Registered: day, Title: "Клиент сорок два", Aliases: []string{"OLD-7"}},
		Entry{Number: "INQ-2026-000042", Form: "inquiries", Registered: day, Title: "ничего"})
	db := withEntries(t, entries...)
	tests := []struct{ words, form, want string }{
		{"договоры", "", "INQ-3 INQ-2 INQ-1"}, // as written first, then the newest
		{"договор", "", "INQ-1 INQ-3 INQ-2"},
		{"договор поставка", "", "INQ-3 INQ-2 INQ-1"},
		{`"договор поставки"`, "", "INQ-1"},
		{`"поставки договор"`, "", ""},
		{"дог*", "", "INQ-3 INQ-2 INQ-1"},
		{"д*", "", "INQ-3 INQ-2 CLI-42 INQ-1"},
		{"8 (495) 123", "", "INQ-1"},
		{"+7 495 1234567", "", "INQ-1"},
		{"84951234567", "", "INQ-1"},
		{"4951234567", "", "INQ-1"},
		{"9161234567", "", "INQ-4"},
		{"770708", "", "INQ-4"},
		{"7707083893", "", "INQ-4"},
		{"1 500 000", "", "INQ-3"},
		{"ivan.petrov@mail.example.invalid", "", "INQ-2"},
		{"petrov", "", "INQ-2"},
		{"web-order", "", "INQ-4"},
		{"ежик ЙОД", "", "INQ-5"},
		{"delivery", "", "INQ-6"},
		{"15", "", "INQ-2"},
		{"INQ-2026-000042", "", "INQ-42 INQ-6"},
		{"inq42", "", "INQ-42"},
		{"cli-42", "", "CLI-42"},
		{"OLD-7", "", "CLI-42"},
		{"сорок", "clients", "CLI-42"},
		{"сорок", "inquiries", ""},
		{"договор ежик", "", ""},
		{"", "", ""},
		{"!!! --", "", ""},
		{`"`, "", ""},
		{`AND OR NOT NEAR( ^ * : "a" "`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.words, func(t *testing.T) {
			res, err := db.Search(SearchQuery{Words: test.words, Form: test.form})
			must(t, err)
			var got []string
			for _, n := range numbersOf(res.Rows) {
				prefix, _, seq := readNumber(n)
				got = append(got, fmt.Sprint(prefix, "-", seq))
			}
			same(t, test.words, strings.Join(got, " "), test.want)
		})
	}
}

func TestSearchPages(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	fill(t, db, 300)
	all, err := db.Search(SearchQuery{Words: "договор"})
	must(t, err)
	if len(all.Rows) < 30 || all.Estimated || all.Total != len(all.Rows) {
		t.Fatalf("%d hits of %d", len(all.Rows), all.Total)
	}
	var paged []string
	for at := 0; at < len(all.Rows); at += 7 {
		res, err := db.Search(SearchQuery{Words: "договор", Limit: 7, Offset: at, MaxCount: 10})
		must(t, err)
		if res.Total < 10 || res.Total > all.Total || !res.Estimated && res.Total != all.Total || at == 0 && !res.Estimated {
			t.Fatalf("counted %d, estimated %v", res.Total, res.Estimated)
		}
		paged = append(paged, numbersOf(res.Rows)...)
	}
	same(t, "pages", paged, numbersOf(all.Rows))
}

func TestNumbers(t *testing.T) {
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	entry := func(number, form string) Entry {
		return Entry{Number: number, Form: form, Registered: day, Title: "t " + number}
	}
	slash := entry("00042-2025", "contracts")
	slash.Prefix, slash.Year, slash.Seq = "CON", 2025, 42
	db := withEntries(t, entry("INQ-2025-000042", "inquiries"), entry("INQ-2026-000042", "inquiries"), entry("INQ-2026-1000000", "inquiries"),
		entry("INQ-2026-999999", "inquiries"), entry("CLI-000042", "clients"), slash)
	rows, err := db.Numbers("INQ-2026-", "", 2)
	must(t, err)
	same(t, "completion", numbersOf(rows), []string{"INQ-2026-999999", "INQ-2026-1000000"})
	if rows[0].Title != "t INQ-2026-999999" {
		t.Fatalf("%+v", rows[0])
	}
	res, err := db.List(Query{Form: "inquiries", OrderBy: []Order{{"number", true}}})
	must(t, err)
	same(t, "order", numbersOf(res.Rows), []string{"INQ-2026-1000000", "INQ-2026-999999", "INQ-2026-000042", "INQ-2025-000042"})
	res, err = db.List(Query{Form: "contracts", Where: []Cond{Compare{"registered", Ge, day}}})
	must(t, err)
	same(t, "a form without a table", numbersOf(res.Rows), []string{"00042-2025"})
}

// TestSameSecond: documents of one second and one sequence keep apart, and
// come in the same order however they were written.
func TestSameSecond(t *testing.T) {
	day := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	var entries []Entry
	for i := range 3000 {
		entries = append(entries, Entry{Number: fmt.Sprintf("N%d-7", i), Form: "inquiries", Prefix: "N", Seq: 7, Registered: day})
	}
	db := withEntries(t, entries...)
	if n := documentsOf(t, db); n != len(entries) {
		t.Fatalf("%d documents", n)
	}
	res, err := db.List(Query{Form: "inquiries"})
	must(t, err)
	if len(res.Rows) != len(entries) || res.Total != len(entries) {
		t.Fatalf("%d rows of %d", len(res.Rows), res.Total)
	}
}

func TestSchemaChanges(t *testing.T) {
	base := Entry{Number: "CLI-1", Form: "clients", Registered: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Fields: []Field{{"name", "Ромашка"}, {"fax", "123"}}, Unknown: []string{"pager"}}
	column := func(c Column) func(*Schema) {
		return func(s *Schema) { s.Forms[0].Columns = append(s.Forms[0].Columns, c) }
	}
	tests := []struct {
		name   string
		change func(*Schema)
		want   string
	}{
		{"nothing", func(*Schema) {}, "[]"},
		{"added", column(Column{Name: "site", Type: Decimal, Indexed: true}), "[{clients 1 [site]}]"},
		{"added, a value was there", column(Column{Name: "fax"}), "[{clients 2 [fax]}]"},
		{"added, an unknown key was there", column(Column{Name: "pager"}), "[{clients 2 [pager]}]"},
		{"another type", func(s *Schema) { s.Forms[0].Columns[0].Type = Int }, "[{clients 2 [name]}]"},
		{"removed", func(s *Schema) { s.Forms[0].Columns = s.Forms[0].Columns[1:] }, "[{clients 2 [name]}]"},
		{"fingerprint", func(s *Schema) { s.Forms[0].Fingerprint = "2" }, "[{clients 2 []}]"},
		{"an index more and one less", func(s *Schema) {
			s.Forms[0].Columns[0].Indexed, s.Forms[0].Columns[1].Indexed = true, false
		}, "[{clients 1 []}]"},
		{"a new form", func(s *Schema) { s.Forms = append(s.Forms, FormSchema{Name: "works"}) }, "[{works 0 []}]"},
		{"a form gone", func(s *Schema) { s.Forms = s.Forms[:1] }, "[{inquiries 3 []}]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := withEntries(t, base)
			path := db.path
			must(t, db.Close())
			schema := testSchema()
			test.change(&schema)
			db, err := Open(context.Background(), path, schema, Options{Version: "1"})
			must(t, err)
			defer db.Close()
			changes := db.State().Changes
			same(t, "changes", fmt.Sprint(changes), test.want)
			reread := len(changes) > 0 && changes[0].Kind == Reread

			// Before the change is made, an overlay answers in its terms.
			if reread {
				must(t, db.Overlay([]Entry{base}, nil))
			}
			checkSchema(t, db, schema, base)
			must(t, db.endSnapshot())
			err = db.Update(func(w *Writer) error { return w.SetSchema(schema) })
			if reread != (err != nil) {
				t.Fatalf("without reading again: %v", err)
			}
			must(t, db.Update(func(w *Writer) error {
				if err := w.SetSchema(schema); err != nil {
					return err
				}
				return w.Put(&base)
			}))
			if s := db.State(); len(s.Changes) != 0 || documentsOf(t, db) != 1 {
				t.Fatalf("%+v", s)
			}
			checkSchema(t, db, schema, base)
		})
	}
}

func checkSchema(t *testing.T, db *DB, schema Schema, e Entry) {
	t.Helper()
	for _, col := range schema.Forms[0].Columns {
		row, ok, err := db.Get(e.Number, col.Name)
		if err != nil || !ok {
			t.Fatalf("%v %v", ok, err)
		}
		same(t, col.Name, row.Value(col.Name), cardValue(e, col.Name))
		res, err := db.List(Query{Form: e.Form, Where: []Cond{Not{IsNull{col.Name}}}, OrderBy: []Order{{col.Name, true}}})
		must(t, err)
		c, _, _ := encodeValue(col, cardValue(e, col.Name))
		same(t, "listed by "+col.Name, len(res.Rows), map[bool]int{true: 1, false: 0}[c != nil])
	}
}

func TestAwkwardNames(t *testing.T) {
	schema := Schema{Forms: []FormSchema{{Name: `a"; DROP TABLE meta; --`, Columns: []Column{{Name: "Name"}, {Name: "name"}, {Name: `x" y`, Indexed: true}, {Name: "имя"}, {Name: "id"}}}, {Name: "A"}, {Name: "a"}}}
	db, err := Open(context.Background(), filepath.Join(t.TempDir(), "index.db"), schema, Options{})
	must(t, err)
	defer db.Close()
	e := Entry{Number: "A-1", Form: schema.Forms[0].Name, Registered: time.Unix(0, 0)}
	for _, c := range schema.Forms[0].Columns {
		e.Fields = append(e.Fields, Field{c.Name, "v " + c.Name})
	}
	must(t, db.Update(func(w *Writer) error { return w.Put(&e) }))
	row, ok, err := db.Get("A-1", "*")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	for _, c := range schema.Forms[0].Columns {
		same(t, c.Name, row.Value(c.Name), "v "+c.Name)
	}
}

func TestQueryErrors(t *testing.T) {
	db := withEntries(t)
	for _, c := range []Cond{Compare{"inm", Eq, "x"}, Compare{"limit", Gt, "much"}, Contains{"limit", "x"}, Compare{"name.x", Eq, "y"},
		CompareColumns{"name", Eq, "limit"}, In{"limit", []any{"x"}}, Compare{"registered", Gt, "tomorrow"}} {
		if _, err := db.List(Query{Form: "clients", Where: []Cond{c}}); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	for _, a := range []Agg{{Sum, "name"}, {Sum, ""}, {Sum, "inm"}} {
		if _, err := db.Aggregate("clients", nil, []Agg{a}); err == nil {
			t.Errorf("%+v is accepted", a)
		}
	}
	if _, err := db.Aggregate("clients", []GroupExpr{{"name", Month}}, []Agg{{Func: Count}}); err == nil {
		t.Error("months of a name are accepted")
	}
	if _, err := Open(context.Background(), filepath.Join(t.TempDir(), "x"), Schema{Forms: []FormSchema{{Name: "a"}, {Name: "a"}}}, Options{}); err == nil {
		t.Error("a schema with a form twice is accepted")
	}
}

// TestNestedQueries: a callback may ask the index itself.
func TestNestedQueries(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	fill(t, db, 30)
	n := 0
	must(t, db.Stream(Query{Form: "inquiries"}, func(r Row) error {
		n++
		_, ok, err := db.Get(r.Number, "client")
		if !ok {
			t.Errorf("%s is not there", r.Number)
		}
		return err
	}))
	if n != 20 {
		t.Fatalf("%d rows", n)
	}
}

func TestSumsBeyondIntegers(t *testing.T) {
	var entries []Entry
	for i := range 20 {
		entries = append(entries, Entry{Number: fmt.Sprint("INQ-", i), Form: "inquiries", Registered: time.Unix(int64(i), 0),
			Fields: []Field{{"amount", "900000000000000.25"}, {"paid", "-900000000000000.5"}}})
	}
	db := withEntries(t, entries...)
	groups, err := db.Aggregate("inquiries", nil, []Agg{{Sum, "amount"}, {Avg, "paid"}})
	must(t, err)
	same(t, "sums", groups, []Group{{Values: []any{"18000000000000005.00", "-900000000000000.50"}}})
}
