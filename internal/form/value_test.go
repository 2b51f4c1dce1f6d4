package form_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/shopspring/decimal"
)

func TestSetValue(t *testing.T) {
	set, ctx := world(t)
	dec := decimal.RequireFromString
	tests := []struct {
		field string
		value expr.Value
		want  string // begins with "!" for a problem
	}{
		{"contracts.amount", dec("10.005"), "10.01"},
		{"contracts.amount", int64(5), "5.00"},
		{"contracts.valid_until", expr.Date{Year: 2026, Month: 1, Day: 2}, "2026-01-02"},
		{"contracts.kind", expr.Entry{Directory: "contract_kinds", ID: "supply"}, "supply"},
		{"contracts.kind", "suply", `!did you mean "supply"`},
		{"contracts.manager", expr.User{ID: "ivanova"}, "ivanova"},
		{"contracts.manager", expr.User{ID: "nobody"}, "!unknown value"},
		{"contracts.client", expr.Ref{Form: "clients", Number: "@1"}, "@1"},
		{"contracts.debt", int64(1), "!computed"},
		{"contracts.name", "a\nb", "!several lines"},
		{"contracts.name", nil, ""},
		{"works.planned_start", time.Date(2026, 11, 23, 10, 0, 0, 999, moscow), "2026-11-23T10:00:00+03:00"},
	}
	for _, tt := range tests {
		name, field, _ := strings.Cut(tt.field, ".")
		d := &document.Document{Form: name, Number: "X-1"}
		d.Card.SetText(field, "before")
		p := set.SetValue(set.Form(name), d, field, tt.value)
		if want, bad := strings.CutPrefix(tt.want, "!"); bad {
			if p == nil || !strings.Contains(p.Message, want) || d.Card.Text(field) != "before" {
				t.Errorf("%s = %v: %+v, stored %q", tt.field, tt.value, p, d.Card.Text(field))
			}
			continue
		}
		if p != nil || d.Card.Text(field) != tt.want {
			t.Errorf("%s = %v: stored %q %+v, want %q", tt.field, tt.value, d.Card.Text(field), p, tt.want)
		}
	}
	// A table passes from one document to another through its value; computed columns stay behind.
	f := set.Form("inquiries")
	from := doc(t, set, "inquiries", "INQ-2026-000001", "lines=[{item: a, qty: 2, price: 1.5}]")
	values, _ := set.Decode(f, from, ctx)
	to := &document.Document{Form: "invoices", Number: "INV-2026-000001"}
	if p := set.SetValue(set.Form("invoices"), to, "lines", values["lines"]); p != nil {
		t.Fatal(p.Message)
	}
	row := to.Card.Get("lines").Rows[0]
	if row.Text("price") != "1.50" || row.Text("qty") != "2" || row.Has("sum") {
		t.Errorf("%v", row)
	}
}

func TestAccountsOfRowsUseTheirOwnBank(t *testing.T) {
	set, f, problems := linked(t, head+`
  - {field: bik, type: bik, label: B}
  - field: accounts
    type: table
    label: A
    columns:
    - {field: bik, type: bik, label: B}
    - {field: account, type: account, bik: bik, label: A}
`)
	noProblems(t, problems)
	d := &document.Document{Form: "things", Number: "T-001"}
	ctx := form.Context{Now: now}
	if p := set.SetText(f, d, "accounts", `[{bik: "049805746", account: "40602810700000000025"}, {bik: "044525999", account: "40602810700000000025"}]`, ctx); p != nil {
		t.Fatal(p.Message)
	}
	got := set.Check(f, d, ctx)
	if len(got) != 1 || got[0].Row != 2 || got[0].Column != "account" || got[0].Field != "accounts" {
		t.Errorf("%+v", got)
	}
}

// TestDocumentsInACircle reads computed fields that need each other over two documents.
func TestDocumentsInACircle(t *testing.T) {
	set, f, problems := linked(t, head+`
  - {field: other, type: document, form: things, label: O}
  - {field: n, type: computed, as: int, value: '(other.n ?? 0) + 1', label: N}
`)
	noProblems(t, problems)
	a := &document.Document{Form: "things", Number: "T-001", Card: document.Card{{Name: "other", Value: document.Value{Text: "T-002"}}}}
	b := &document.Document{Form: "things", Number: "T-002"}
	ctx := form.Context{Now: now, Lookup: &store{set: set, docs: []*document.Document{a, b}}}
	values, errs := set.Decode(f, a, ctx)
	if len(errs) > 0 || values["n"] != int64(2) {
		t.Errorf("%v %v", values, errs)
	}
	b.Card.SetText("other", "T-001")
	if _, errs := set.Decode(f, a, ctx); len(errs) != 1 || !strings.Contains(errs[0].Message, "needs itself") {
		t.Errorf("a circle gave %v", errs)
	}
}

func TestSetIsSafeForConcurrentUse(t *testing.T) {
	set, ctx := world(t)
	d := doc(t, set, "inquiries", "INQ-2026-000001", "kind=training", "name=Ромашка", "lines=[{item: a, qty: 2, price: 1.5}]")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, f := range set.Forms() {
				set.Env(f.Name)
				set.Values(f, d, ctx)
				set.Check(f, d, ctx)
			}
			set.Verify()
		})
	}
	wg.Wait()
}
