package form_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
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

func TestLines(t *testing.T) {
	for text, want := range map[string]string{
		"one":                       "one",
		"one\r\ntwo\rthree\u2028":   "one\ntwo\nthree",
		"\n\n  indented\t\n\n":      "  indented",
		"и\u0306":                   "й",
		"a\x00b\x7fc\u00add\ufeffe": "abcde",
		"\x7f":                      "",
		" \t\n":                     "",
		"":                          "",
	} {
		if got, err := form.Lines(text); err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, err, want)
		}
	}
	_, err := form.Lines("Ромашка \xd0\xff")
	var encoding *form.EncodingError
	if !errors.As(err, &encoding) || !strings.Contains(encoding.Hint(), "iconv") {
		t.Errorf("bytes that are no letters: %v", err)
	}
}

// TestTextsComeBack types any text and reads it from the file of the document:
// it is what was typed but for what docs/forms.md says, and typed again it is
// the same.
func TestTextsComeBack(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("inquiries")
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\n", "\r\n", "\t", " ", "\u0301", "\x7f", "\u00ad", "'", "\"", "#", ": ", "- ", "\xff"}))).Draw(t, "text"), "")
		for _, field := range []string{"name", "text"} {
			d := &document.Document{Form: f.Name, Number: "INQ-2026-000001"}
			d.Card.SetText(field, "before")
			p := set.SetText(f, d, field, text, ctx)
			if !utf8.ValidString(text) {
				if p == nil || p.Code != "encoding" || d.Card.Text(field) != "before" {
					t.Fatalf("%s: %q is not UTF-8 and was stored as %q: %v", field, text, d.Card.Text(field), p)
				}
				continue
			}
			if p != nil {
				t.Fatalf("%s = %q: %s", field, text, p.Message)
			}
			src, err := d.Encode(f.Order())
			if err != nil {
				t.Fatal(err)
			}
			read, err := document.Read(src)
			if err != nil {
				t.Fatal(err)
			}
			stored := d.Card.Text(field)
			if got := read.Card.Text(field); got != stored {
				t.Fatalf("%s: stored %q, read %q", field, stored, got)
			}
			if p := set.SetText(f, read, field, stored, ctx); p != nil || read.Card.Text(field) != stored {
				t.Fatalf("%s: %q typed again is %q %v", field, stored, read.Card.Text(field), p)
			}
			visible := func(s string) string {
				return strings.Map(func(r rune) rune {
					if unicode.IsControl(r) || unicode.IsSpace(r) || r == '\u00ad' || r == '\ufeff' {
						return -1
					}
					return r
				}, norm.NFC.String(s))
			}
			if norm.NFC.String(visible(text)) != norm.NFC.String(visible(stored)) {
				t.Fatalf("%s: %q lost something that can be seen: %q", field, text, stored)
			}
		}
	})
}
