package form_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var moscow = time.FixedZone("MSK", 3*3600)

var now = time.Date(2026, 11, 23, 10, 15, 4, 0, moscow)

// store is a Lookup over documents in memory.
type store struct {
	set  *form.Set
	docs []*document.Document
}

func (s *store) Document(number string) (*document.Document, error) {
	for _, d := range s.docs {
		if d.Number == number {
			return d, nil
		}
	}
	return nil, nil
}

func (s *store) ByUnique(name, field, value string) ([]string, error) {
	var out []string
	for _, d := range s.docs {
		if d.Form != name {
			continue
		}
		for _, k := range s.set.Keys(s.set.Form(name), d) {
			if k.Field == field && k.Value == value {
				out = append(out, d.Number)
			}
		}
	}
	return out, nil
}

// doc makes a document from field=value texts, which must be accepted.
func doc(t testing.TB, set *form.Set, name, number string, fields ...string) *document.Document {
	t.Helper()
	f := set.Form(name)
	d := &document.Document{Form: name, Number: number, Status: f.Initial(), Registered: now}
	for _, pair := range fields {
		field, text, _ := strings.Cut(pair, "=")
		if p := set.SetText(f, d, field, text, form.Context{Now: now, Author: "petrova"}); p != nil {
			t.Fatalf("%s: %s", pair, p.Message)
		}
	}
	return d
}

func world(t testing.TB) (*form.Set, form.Context) {
	set := shipped(t)
	s := &store{set: set, docs: []*document.Document{
		doc(t, set, "clients", "CLI-000001", "name=ООО «Ромашка»", "inn=7707083893", "phone=8 (495) 123-45-67", "industry=it"),
		doc(t, set, "clients", "CLI-000002", "name=Лютик"),
		doc(t, set, "inquiries", "INQ-2026-000042", "kind=training"),
	}}
	return set, form.Context{Lookup: s, Now: now, Author: "petrova"}
}

func TestSetText(t *testing.T) {
	set, ctx := world(t)
	tests := []struct {
		field, text, want string // want begins with "!" for a problem that contains the rest
	}{
		{"contracts.amount", "1 500 000,50", "1500000.50"},
		{"contracts.amount", "1500000.50 ₽", "1500000.50"},
		{"contracts.amount", "1,500,000.5", "1500000.50"},
		{"contracts.amount", "1.500.000,5 руб.", "1500000.50"},
		{"contracts.amount", "1,5 млн", "1500000.00"},
		{"contracts.amount", "1\u00a0500\u00a0000", "1500000.00"},
		{"contracts.amount", "1,500", "!it may be 1500 or 1.5"},
		{"contracts.amount", "10.005", "!more than two digits"},
		{"contracts.amount", "1e6", "!is no number"},
		{"contracts.amount", "много", "!is no number"},
		{"contracts.amount", " ", ""},
		{"contracts.valid_until", "23.11.2026", "2026-11-23"},
		{"contracts.valid_until", "2026-11-23", "2026-11-23"},
		{"contracts.valid_until", "3.2.26", "2026-02-03"},
		{"contracts.valid_until", "23 ноября 2026 г.", "2026-11-23"},
		{"contracts.valid_until", "5 мая 2026", "2026-05-05"},
		{"contracts.valid_until", "5 мар 2026", "2026-03-05"},
		{"contracts.valid_until", "завтра", "2026-11-24"},
		{"contracts.valid_until", "+2w", "2026-12-07"},
		{"contracts.valid_until", "23/11/2026", "2026-11-23"},
		{"contracts.valid_until", "03/04/2026", "!may be two dates"},
		{"contracts.valid_until", "30.02.2026", "!there is no day"},
		{"contracts.client", "CLI-000001", "CLI-000001"},
		{"contracts.client", "cli1", "CLI-000001"},
		{"contracts.client", "cli-2", "CLI-000002"},
		{"contracts.client", "7707083893", "CLI-000001"},
		{"contracts.client", "ромашка ооо", "CLI-000001"},
		{"contracts.client", "+7 495 123 45 67", "CLI-000001"},
		{"contracts.client", "CLI-000009", "!there is no document of clients"},
		{"contracts.client", "Незабудка", "!there is no document of clients"},
		{"contracts.inquiry", "inq42", "INQ-2026-000042"},
		{"contracts.inquiry", "inq-26-42", "INQ-2026-000042"},
		{"contracts.inquiry", "cli1", "!there is no document of inquiries"},
		{"contracts.manager", "petrova", "petrova"},
		{"contracts.manager", "Анна Петрова", "petrova"},
		{"contracts.manager", "петров", "petrova"},
		{"contracts.manager", "PETROVA@example.invalid", "petrova"},
		{"contracts.manager", "фёдоров", "fedorov"},
		{"contracts.manager", "ptrova", `!did you mean "petrova"`},
		{"inquiries.kind", "training", "training"},
		{"inquiries.kind", "Обучение", "training"},
		{"inquiries.kind", "обуч", "training"},
		{"inquiries.kind", "digital sig", "signature"},
		{"inquiries.kind", "trainig", `!did you mean "training"`},
		{"inquiries.kind", "за", "goods"},
		{"inquiries.stock", "ЕСТЬ", "present"},
		{"inquiries.phone", "8 (495) 123-45-67 доб. 12", "+74951234567 x12"},
		{"inquiries.email", " <Ivan@Example.invalid> ", "Ivan@Example.invalid"},
		{"inquiries.email", "ivan", "!e-mail"},
		{"inquiries.inn", "7707 0838 93", "7707083893"},
		{"inquiries.inn", "7707083894", "!INN"},
		{"inquiries.name", "  ООО\n«Ромашка» ", "ООО «Ромашка»"},
		{"inquiries.name", "Йод й", "Йод й"},
		{"inquiries.text", "a\r\nb\n\n", "a\nb"},
		{"inquiries.total", "5", "!is computed from"},
		{"inquiries.status", "done", "!e1 status"},
		{"inquiries.inm", "5", `!did you mean "inn"`},
		{"works.planned_start", "23.11.2026 14:30", "2026-11-23T14:30:00+03:00"},
		{"works.planned_start", "завтра в 9:00", "2026-11-24T09:00:00+03:00"},
		{"works.planned_start", "2026-11-23T10:15:04+03:00", "2026-11-23T10:15:04+03:00"},
		{"works.planned_start", "2026-11-23T10:15", "2026-11-23T10:15:00+03:00"},
		{"works.planned_start", "сейчас", "2026-11-23T10:15:04+03:00"},
		{"works.planned_start", "23.11.2026 25:00", "!no time of day"},
		{"works.planned_length", "1ч 30мин", "1h30m"},
		{"works.planned_length", "2 рабочих дня", "2wd"},
		{"works.planned_length", "90 min", "90m"},
		{"works.planned_length", "1.5h", "!fraction"},
	}
	for _, tt := range tests {
		name, field, _ := strings.Cut(tt.field, ".")
		f := set.Form(name)
		d := &document.Document{Form: name, Number: "X-1", Card: document.Card{{Name: field, Value: document.Value{Text: "before"}}}}
		p := set.SetText(f, d, field, tt.text, ctx)
		got := d.Card.Text(field)
		if want, bad := strings.CutPrefix(tt.want, "!"); bad {
			if p == nil || !strings.Contains(p.Message+p.Hint, want) {
				t.Errorf("%s=%q: %+v, want a problem with %q; stored %q", tt.field, tt.text, p, want, got)
			} else if got != "before" {
				t.Errorf("%s=%q: refused, and yet stored %q", tt.field, tt.text, got)
			}
			continue
		}
		if p != nil || got != tt.want {
			t.Errorf("%s=%q: stored %q %+v, want %q", tt.field, tt.text, got, p, tt.want)
		}
	}
}

// TestStoredTextIsStable is the package's invariant: what SetText stores is accepted by Check, and stored again
// unchanged.
func TestStoredTextIsStable(t *testing.T) {
	set, ctx := world(t)
	var fields []string
	for _, f := range set.Forms() {
		for _, field := range f.Fields() {
			if !field.Computed && field.Type != expr.Table {
				fields = append(fields, f.Name+"."+field.Name)
			}
		}
	}
	samples := []string{"1 500 000,50", "23.11.2026 14:30", "да", "8 (495) 123-45-67 x5", "7707083893", "ромашка", "обучение", "Петрова", "1ч 30мин",
		"044525225", "40602810700000000025", "a@b.example", "cli1", "inq42", "1027700132195", "773601001", "-0", "007", "0,50", "+3d", "есть"}
	rapid.Check(t, func(r *rapid.T) {
		name, field, _ := strings.Cut(rapid.SampledFrom(fields).Draw(r, "field"), ".")
		text := rapid.OneOf(rapid.SampledFrom(samples), rapid.String(), rapid.StringMatching(`[-0-9., руб:]{1,14}`)).Draw(r, "text")
		f := set.Form(name)
		d := &document.Document{Form: name, Number: "X-1", Status: f.Initial()}
		if p := set.SetText(f, d, field, text, ctx); p != nil {
			if len(d.Card) > 0 {
				r.Fatalf("%s=%q: refused, and yet stored", field, text)
			}
			return
		}
		stored := d.Card.Text(field)
		if stored == "" {
			return
		}
		for _, p := range set.Check(f, d, ctx) {
			if p.Field == field && p.Code != "not-unique" && p.Code != "check" && p.Code != "bounds" {
				r.Fatalf("%s=%q stored as %q: %s", field, text, stored, p.Message)
			}
		}
		if p := set.SetText(f, d, field, stored, ctx); p != nil || d.Card.Text(field) != stored {
			r.Fatalf("%s=%q stored as %q, then as %q %+v", field, text, stored, d.Card.Text(field), p)
		}
	})
}

func TestTables(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("inquiries")
	d := doc(t, set, "inquiries", "INQ-2026-000001")
	if p := set.SetText(f, d, "lines", `[{item: Обучение, qty: 2, price: "15 000,05"}, {"item": "Подпись", "price": 0.1}]`, ctx); p != nil {
		t.Fatal(p.Message)
	}
	if p := set.AppendText(f, d, "lines", `{item: Токен, price: 1800}`, ctx); p != nil {
		t.Fatal(p.Message)
	}
	if n, problems := set.AddRow(f, d, "lines", []form.RowInput{{Column: "item", Text: "Час"}, {Column: "price", Text: "1"}}, ctx); n != 4 || problems != nil {
		t.Fatal(n, problems)
	}
	if problems := set.SetRow(f, d, "lines", 4, []form.RowInput{{Column: "qty", Text: "1,5"}, {Column: "price", Text: ""}}, ctx); problems != nil {
		t.Fatal(problems)
	}
	if p := set.RemoveRow(f, d, "lines", 3); p != nil {
		t.Fatal(p)
	}
	var rows []string
	for _, r := range d.Card.Get("lines").Rows {
		rows = append(rows, fmt.Sprint(r.Text("item"), "|", r.Text("qty"), "|", r.Text("price")))
	}
	if diff := cmp.Diff([]string{"Обучение|2|15000.05", "Подпись|1|0.10", "Час|1.5|"}, rows); diff != "" {
		t.Error(diff)
	}
	values, problems := set.Decode(f, d, ctx)
	if len(problems) > 0 {
		t.Error(problems)
	}
	if got := expr.FormatValue(values["total"]); got != "30000.2" {
		t.Errorf("total %s", got)
	}
	lines := form.JSON(set.ExprType(f.Field("lines")), values["lines"]).([]any)
	want := map[string]any{"item": "Подпись", "qty": "1", "price": "0.10", "sum": "0.10"}
	if diff := cmp.Diff(want, lines[1]); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []struct{ text, want string }{
		{"[{item: a, colour: red}]", `unknown column "colour"`},
		{"[{item: a, sum: 5}]", "is computed"},
		{"[{item: a, qty: x}]", "is no number"},
		{"[a, b]", "is no {column: value}"},
		{"[{item: [a]}]", "no single value"},
		{"[{item", "no YAML list"},
	} {
		before := d.Clone()
		p := set.SetText(f, d, "lines", bad.text, ctx)
		if p == nil || !strings.Contains(p.Message, bad.want) {
			t.Errorf("%s: %+v, want %q", bad.text, p, bad.want)
		}
		if diff := cmp.Diff(before.Card, d.Card); diff != "" {
			t.Errorf("%s: the card changed:\n%s", bad.text, diff)
		}
	}
	if p := set.RemoveRow(f, d, "lines", 4); p == nil || !strings.Contains(p.Message, "the table has 3") {
		t.Error(p)
	}
}

func TestCheckTellsEverything(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("contracts")
	d := &document.Document{Form: "contracts", Number: "CON-2026-000001", Status: "drfat", Card: document.Card{
		{Name: "kind", Value: document.Value{Text: "suply"}},
		{Name: "client", Value: document.Value{Text: "CLI-000099"}},
		{Name: "manager", Value: document.Value{Text: "nobody"}},
		{Name: "amount", Value: document.Value{Text: "-1.00"}},
		{Name: "paid", Value: document.Value{Text: "1,5"}},
		{Name: "valid_from", Value: document.Value{Text: "2026-12-01"}},
		{Name: "valid_until", Value: document.Value{Text: "2026-11-01"}},
		{Name: "signing_date", Value: document.Value{Rows: []document.Row{{{Name: "a", Text: "b"}}}}},
		{Name: "stages", Value: document.Value{Rows: []document.Row{
			{{Name: "name", Text: "one"}}, {{Name: "term", Text: "01.02.2026"}, {Name: "who", Text: "me"}}}}},
		{Name: "colour", Value: document.Value{Text: "red"}},
	}}
	var got []string
	for _, p := range set.Check(f, d, ctx) {
		place := p.Field
		if p.Row > 0 {
			place += fmt.Sprintf("[%d].%s", p.Row, p.Column)
		}
		got = append(got, place+" "+p.Code)
	}
	want := []string{"status status", "kind unknown-value", "name required", "client unknown-document", "manager unknown-value",
		"amount bounds", "paid type", "signing_date type", "valid_until check", "stages[2].name required", "stages[2].term type"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = nil
	for _, p := range set.Unknown(f, d) {
		if p.Severity != diag.Warning {
			t.Errorf("%s is no warning", p.Message)
		}
		got = append(got, p.Field+" "+p.Column)
	}
	if diff := cmp.Diff([]string{"stages who", "colour "}, got); diff != "" {
		t.Error(diff)
	}
	after := d.Clone()
	after.Card.SetText("paid", "5.00")
	after.Card.SetText("amount", "x")
	fresh := form.NewProblems(set.Check(f, d, ctx), set.Check(f, after, ctx))
	if len(fresh) != 1 || fresh[0].Field != "amount" || fresh[0].Code != "type" {
		t.Errorf("new problems %+v", fresh)
	}
}

func TestAccountsAndUniqueness(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("clients")
	d := doc(t, set, "clients", "CLI-000003", "name=Ромашка, ООО", "inn=7707083893", "phone=+7 495 123-45-67 доб. 5", "bik=049805746", "account=40602810700000000025")
	if problems := set.Check(f, d, ctx); len(problems) != 1 || problems[0].Code != "not-unique" || problems[0].Documents[0] != "CLI-000001" {
		t.Errorf("%+v", problems)
	}
	warnings, err := set.FindDuplicates(f, d, ctx)
	if err != nil || len(warnings) != 2 || warnings[0].Field != "phone" || warnings[1].Field != "name" || warnings[0].Severity != diag.Warning {
		t.Errorf("%+v %v", warnings, err)
	}
	d.Card.SetText("inn", "")
	d.Card.SetText("account", "40602810700000000026")
	if problems := set.Check(f, d, ctx); len(problems) != 1 || problems[0].Field != "account" {
		t.Errorf("%+v", problems)
	}
	d.Card.SetText("account", "")
	d.Card.SetText("bik", "044525225")
	d.Card.SetText("corr_account", "30101810400000000225")
	if problems := set.Check(f, d, ctx); len(problems) != 0 {
		t.Errorf("%+v", problems)
	}
	// A document is no duplicate of itself.
	own, _ := ctx.Lookup.Document("CLI-000001")
	if problems := set.Check(f, own, ctx); len(problems) != 0 {
		t.Errorf("%+v", problems)
	}
}

func TestDefaultsCaptionsCalendar(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("works")
	d := &document.Document{Form: "works", Number: "WRK-2026-000001"}
	for _, pair := range [][2]string{{"kind", "meeting"}, {"client", "cli1"}, {"subject", "Знакомство"}} {
		if p := set.SetText(f, d, pair[0], pair[1], ctx); p != nil {
			t.Fatal(p.Message)
		}
	}
	if problems := set.Defaults(f, d, ctx); problems != nil {
		t.Fatal(problems)
	}
	got := map[string]string{"status": d.Status}
	for _, name := range d.Card.Names() {
		got[name] = d.Card.Text(name)
	}
	want := map[string]string{"status": "planned", "kind": "meeting", "client": "CLI-000001", "subject": "Знакомство", "manager": "petrova",
		"planned_start": "2026-11-23T10:15:04+03:00", "planned_length": "1h"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := set.Caption(f, d, ctx); got != "Встреча: Знакомство" {
		t.Errorf("caption %q", got)
	}
	e, ok := set.CalendarOf(f, d, ctx)
	if !ok || e.Who != "petrova" || e.Client != "CLI-000001" || e.Done || e.Length.String() != "1h" || !e.Start.Equal(now) || e.Title != "Встреча: Знакомство" {
		t.Errorf("%+v %v", e, ok)
	}
	d.Status = "done"
	if e, _ := set.CalendarOf(f, d, ctx); !e.Done {
		t.Error("a done work is not done in the calendar")
	}
	if problems := set.Check(f, d, ctx); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

func TestIndexValues(t *testing.T) {
	set, ctx := world(t)
	f := set.Form("contracts")
	d := doc(t, set, "contracts", "CON-2026-000001", "amount=1000", "paid=250,5", `stages=[{name: a, term: 01.12.2026}, {name: b, term: 25.11.2026}]`, "valid_until=01.02.2027")
	d.Card.SetText("signing_date", "когда-нибудь")
	got := map[string]any{}
	for _, v := range set.Values(f, d, ctx) {
		got[v.Name] = v.Value
	}
	want := map[string]any{"amount": "1000.00", "paid": "250.50", "debt": "749.50", "stages_total": "0.00", "stages_open": int64(2),
		"next_term": "2026-11-25", "valid_until": "2027-02-01", "signing_date": "когда-нибудь"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, c := range f.Columns() {
		if c.Name == "stages" {
			t.Error("a table has a column")
		}
		if c.Name == "client" && (c.Ref != "clients" || !c.Indexed) {
			t.Errorf("%+v", c)
		}
	}
}

// linked links one form written out in a test.
func linked(t *testing.T, src string) (*form.Set, *form.Form, diag.List) {
	t.Helper()
	file, problems := yamlsrc.Parse("forms/things.yaml", []byte(src))
	noProblems(t, problems)
	f, problems := form.Parse(file)
	set, more := form.Link([]*form.Form{f}, nil, nil, nil)
	return set, f, append(append(problems, more...), set.Verify()...)
}

const head = "form: things\ntitle: T\none: T\nnumber: T-{seq:3}\ngroups:\n- group: g\n  title: G\n  fields:\n"

func TestRenamedFieldsAreRead(t *testing.T) {
	set, f, problems := linked(t, head+`
  - {field: name, type: text, label: N, was: [title_old, caption_old], unique: true}
  - field: rows
    type: table
    label: R
    was: lines
    columns:
    - {field: item, type: text, label: I, was: [what]}
    - {field: n, type: int, label: N}
  - {field: sum_n, type: computed, as: int, value: 'sum(rows, .n)', label: S}
`)
	noProblems(t, problems)
	d := &document.Document{Form: "things", Number: "T-001", Card: document.Card{
		{Name: "caption_old", Value: document.Value{Text: "Старое"}},
		{Name: "lines", Value: document.Value{Rows: []document.Row{{{Name: "what", Text: "a"}, {Name: "n", Text: "2"}}}}},
		{Name: "kept", Value: document.Value{Text: "x"}},
	}}
	values, _ := set.Decode(f, d, form.Context{Now: now})
	if values["name"] != "Старое" || values["sum_n"] != int64(2) || values["rows"].([]expr.Row)[0]["item"] != "a" {
		t.Errorf("%v", values)
	}
	if !f.Rename(d) || f.Rename(d) {
		t.Error("Rename changes a card once")
	}
	want := document.Card{
		{Name: "kept", Value: document.Value{Text: "x"}},
		{Name: "name", Value: document.Value{Text: "Старое"}},
		{Name: "rows", Value: document.Value{Rows: []document.Row{{{Name: "item", Text: "a"}, {Name: "n", Text: "2"}}}}},
	}
	if diff := cmp.Diff(want, d.Card); diff != "" {
		t.Error(diff)
	}
}

func TestDefinitionProblems(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"unknown key", head + "  - {field: a, type: text, lable: A}\n", "9:28: error F001 unknown-key"},
		{"missing label", head + "  - {field: a, type: text}\n", "error F002 missing-key"},
		{"duplicate", head + "  - {field: a, type: text, label: A}\n  - {field: a, type: text, label: A}\n", "10:13: error F003 duplicate"},
		{"type", head + "  - {field: a, type: texts, label: A}\n", `did you mean "text"?`},
		{"form", head + "  - {field: a, type: document, form: thing, label: A}\n", `9:38: error F005 unknown-reference: field "a": unknown form "thing"; did you mean "things"?`},
		{"directory", head + "  - {field: a, type: directory, directory: kinds, label: A}\n", "F005"},
		{"expression", head + "  - {field: a, type: text, label: Ё, check: 'len(a) == lenn(a)', message: x}\n", "9:56: error F006 bad-expression: unknown function \"lenn\""},
		{"expression type", head + "  - {field: a, type: money, label: A, default: '\"x\"'}\n", "F006"},
		{"reserved", head + "  - {field: number, type: text, label: A}\n", "F007"},
		{"reserved function", head + "  - {field: sum, type: text, label: A}\n", "F007"},
		{"template", strings.Replace(head, "{seq:3}", "{year}", 1) + "  - {field: a, type: text, label: A}\n", "4:9: error F008 number-template"},
		{"bad name", head + "  - {field: Name, type: text, label: A}\n", "F009"},
		{"far caption", strings.Replace(head, "groups:", "caption: a.number\ngroups:", 1) + "  - {field: a, type: document, form: things, label: A}\n", "5:10: error F014"},
		{"language", head + "  - {field: a, type: text, label: {en: A}}\n", "9:35: warning F013"},
		{"circle", head + "  - {field: a, type: computed, as: int, value: b + 1, label: A}\n  - {field: b, type: computed, as: int, value: a + 1, label: B}\n", "F010 computed-circle: computed fields need each other: a > b > a"},
		{"file name", strings.Replace(head, "form: things", "form: thing", 1) + "  - {field: a, type: text, label: A}\n", "F012"},
		{"bik", head + "  - {field: a, type: account, bik: b, label: A}\n", "F005"},
		{"computed required", head + "  - {field: a, type: computed, as: int, value: '1', required: true, label: A}\n", "F004"},
	}
	for _, tt := range tests {
		_, _, problems := linked(t, tt.src)
		found := false
		for _, p := range problems {
			found = found || strings.Contains(p.Error(), tt.want)
		}
		if !found {
			t.Errorf("%s: no problem with %q in %v", tt.name, tt.want, problems)
		}
	}
}

func TestBrokenDirectory(t *testing.T) {
	src := "directory: kinds\ntitle: K\nfields:\n- {field: term, type: duration, label: T, required: true}\nentries:\n- {id: a, title: A, term: 1xd}\n- {id: a, title: B, term: 1wd}\n- {id: c, title: C}\n- {id: D, title: D, term: 1d, x: 1}\n"
	file, _ := yamlsrc.Parse("directories/kinds.yaml", []byte(src))
	_, problems := form.ParseDirectory(file)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.At.Start.Line, p.Code))
	}
	if diff := cmp.Diff([]string{"6 F011", "7 F003", "8 F002", "9 F001", "9 F009"}, got); diff != "" {
		t.Error(diff)
	}
}
