package query

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

const forms = `
form: clients
title: Clients
one: Client
number: "CLI-{seq:6}"
statuses: [{status: new, title: New}]
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: Name}
  - {field: size, type: choice, label: Size, values: [{value: small, title: Small}, {value: large, title: Large}]}
---
form: works
title: Works
one: Work
number: "WRK-{year}-{seq:6}"
statuses: [{status: planned, title: Planned}, {status: done, title: Done, closed: true}]
groups:
- group: main
  title: Main
  fields:
  - {field: kind, type: choice, label: Kind, values: [{value: call, title: Call}, {value: visit, title: Visit}]}
  - {field: client, type: document, form: clients, label: Client}
  - {field: manager, type: user, label: Manager}
  - {field: start, type: datetime, label: Start}
  - {field: held, type: date, label: Held}
  - {field: length, type: duration, label: Length}
  - {field: amount, type: money, label: Amount}
  - {field: people, type: int, label: People}
  - {field: urgent, type: bool, label: Urgent}
  - {field: subject, type: text, label: Subject}
`

func moscow() *time.Location { return time.FixedZone("", 3*3600) }

func set(t testing.TB) *form.Set {
	t.Helper()
	var out []*form.Form
	for _, text := range strings.Split(forms, "\n---\n") {
		text = strings.TrimLeft(text, "\n")
		name := strings.TrimPrefix(strings.SplitN(text, "\n", 2)[0], "form: ")
		file, problems := yamlsrc.Parse("forms/"+name+".yaml", []byte(text))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		f, problems := form.Parse(file)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		out = append(out, f)
	}
	s, problems := form.Link(out, nil, nil, nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return s
}

func schema() index.Schema {
	return index.Schema{Forms: []index.FormSchema{
		{Name: "clients", Columns: []index.Column{{Name: "name"}, {Name: "size", Indexed: true}}},
		{Name: "works", Columns: []index.Column{
			{Name: "kind", Indexed: true}, {Name: "client", Indexed: true, Ref: "clients"}, {Name: "manager", Indexed: true},
			{Name: "start", Type: index.DateTime}, {Name: "held", Type: index.Date}, {Name: "length", Type: index.Duration},
			{Name: "amount", Type: index.Decimal, Scale: 2}, {Name: "people", Type: index.Int}, {Name: "urgent", Type: index.Bool}, {Name: "subject"},
		}},
	}}
}

// office fills an index with n random works; many of their fields are empty.
func office(t testing.TB, n int) *index.DB {
	t.Helper()
	db, err := index.Open(t.Context(), filepath.Join(t.TempDir(), "index.db"), schema(), index.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(values ...any) any { return values[random.IntN(len(values))] }
	begin := time.Date(2026, 10, 28, 8, 0, 0, 0, moscow())
	fill := func(put func(*index.Entry) error) error {
		for i := range 20 {
			err := put(&index.Entry{Number: fmt.Sprintf("CLI-%06d", i+1), Form: "clients", UID: fmt.Sprint("c", i), Status: "new", Registered: begin.Add(time.Duration(i) * time.Second), Title: fmt.Sprint("Client ", i),
				Fields: []index.Field{{Name: "name", Value: fmt.Sprint("Ромашка ", i)}, {Name: "size", Value: pick(nil, "small", "large")}}})
			if err != nil {
				return err
			}
		}
		for i := range n {
			at := begin.Add(time.Duration(i) * time.Minute)
			day := at.AddDate(0, 0, random.IntN(60))
			e := &index.Entry{Number: fmt.Sprintf("WRK-2026-%06d", i+1), Form: "works", UID: fmt.Sprint("w", i), Registered: at, Status: pick("planned", "done", "done", "void").(string), By: "petrova"}
			for _, f := range []index.Field{
				{Name: "kind", Value: pick(nil, "call", "visit")}, {Name: "client", Value: pick(nil, "CLI-000003", "CLI-000004", "CLI-000007", "CLI-999999")},
				{Name: "manager", Value: pick(nil, "petrova", "ivanov", "sidorov")}, {Name: "start", Value: pick(nil, day.Format(time.RFC3339), day.Format("2006-01-02")+"T00:00:00+03:00")},
				{Name: "held", Value: pick(nil, day.Format(time.DateOnly))}, {Name: "length", Value: pick(nil, "30m", "1wd", "2h", "1wd4wh")},
				{Name: "amount", Value: pick(nil, "0.10", "1500.00", "-3.25", "99999999.99", fmt.Sprintf("%d.%02d", random.IntN(1000), random.IntN(100)))},
				{Name: "people", Value: pick(nil, int64(0), int64(1), int64(7))}, {Name: "urgent", Value: pick(nil, true, false)},
				{Name: "subject", Value: pick(nil, "Звонок", "звонок по договору", "call")},
			} {
				if f.Value != nil {
					e.Fields = append(e.Fields, f)
				}
			}
			if err := put(e); err != nil {
				return err
			}
		}
		return nil
	}
	if err := db.Bulk(t.Context(), index.BulkOptions{}, fill); err != nil {
		t.Fatal(err)
	}
	return db
}

// onlyRows hides that a source can group.
type onlyRows struct{ report.Source }

func conditions() []string {
	return []string{
		`kind == call`, `kind != call`, `not (kind == call)`, `kind == nil`, `nil != kind`, `empty(kind)`, `filled(kind) and urgent`,
		`urgent`, `not urgent`, `urgent == false`, `urgent != true`,
		`status == done or manager == "petrova"`, `kind in [call]`, `kind not in [call]`, `not (kind in [call, visit])`, `manager in ["petrova", "ivanov"]`,
		`amount > 100`, `amount >= 1500`, `amount <= 0.1`, `amount != 1500.00`, `100 > amount`, `amount == -3.25`,
		`people < 7`, `people > 0.5`, `people == 1`, `people != 0`,
		`held == date("2026-11-05")`, `held <= date("2026-11-05")`, `held > date("2026-11-05")`, `held < today`, `held <= now`,
		`start == date("2026-11-05")`, `start != date("2026-11-05")`, `start <= date("2026-11-05")`, `start < date("2026-11-05")`, `start > date("2026-11-05")`, `start >= date("2026-11-05")`, `start < now`, `date("2026-11-05") < start`,
		`client == "CLI-000003"`, `client.size == small`, `client.size != small`, `client.name == nil`, `client.name contains "машка 3"`, `client.status == "new"`,
		`subject contains "вонок"`, `subject startsWith "Зв"`, `not (subject contains "о")`, `subject == "call"`, `subject != "call"`,
		`card.kind == call`, `number == "WRK-2026-000007"`, `registered >= date("2026-10-29")`, `by == "petrova"`,
		`true`, `false`, `kind == call and false`,
		// What the index cannot say is read and evaluated.
		`upper(subject) == "CALL"`, `amount * 2 > 100`, `length == 30m`, `kind == status`, `year(held) == 2026`,
	}
}

// TestConditionsAgreeWithExpressions counts documents twice: by the index, and
// by reading every document and evaluating the expression.
func TestConditionsAgreeWithExpressions(t *testing.T) {
	db := office(t, 700)
	defs := &report.Definitions{Set: set(t), Language: "en"}
	source := Source{DB: db, Zone: moscow()}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, moscow())
	pushed := 0
	for _, condition := range conditions() {
		t.Run(condition, func(t *testing.T) {
			program, issues := expr.Compile(condition, defs.Env("works"), expr.Options{Want: expr.Type{Kind: expr.Bool}})
			if len(issues) > 0 {
				t.Skipf("not a condition of the language: %v", issues)
			}
			given := func(name string) (expr.Value, bool) {
				switch name {
				case "today":
					return expr.DateOf(now), true
				case "now":
					return now, true
				}
				return nil, false
			}
			translated, ok := Translator{Zone: moscow(), Given: given}.Condition(program.Tree())
			text := "report: x\nform: works\nvoid: true\nwhere: " + quoted(condition) + "\ncolumns: [number]\n"
			file, problems := yamlsrc.Parse("reports/x.yaml", []byte(text))
			r, more := report.Parse(file)
			if problems = append(append(problems, more...), r.Link(defs)...); len(problems) > 0 {
				t.Fatal(problems)
			}
			read, err := r.Run(report.Run{Source: allRows{source}, Now: now, Value: defs.Value})
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				return
			}
			pushed++
			var want, got []string
			for _, row := range read.Rows {
				want = append(want, row[0].Text)
			}
			err = db.Stream(index.Query{Form: "works", Where: []index.Cond{translated}, MaxCount: -1}, func(row index.Row) error {
				got = append(got, row.Number)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d documents by the expression, %d by the index:\n%s", len(want), len(got), diff)
			}
		})
	}
	if want := len(conditions()) - 8; pushed < want {
		t.Errorf("only %d conditions were translated, expected at least %d", pushed, want)
	}
}

// allRows withholds conditions from the index.
type allRows struct{ Source }

func (a allRows) Rows(q report.Query, yield func([]any) error) error {
	q.Where = nil
	return a.Source.Rows(q, yield)
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func TestReportsAreTheSameByGroupsAndByRows(t *testing.T) {
	db := office(t, 900)
	defs := &report.Definitions{Set: set(t), Language: "en"}
	for i, text := range []string{
		`
params: [{param: from, field: start, is: from, default: 'date("2026-11-01")'}, {param: to, field: held, is: to, default: 'date("2026-12-01")'}]
where: manager != nil
group: [manager, {by: held, per: month}]
columns:
- {column: n, value: count()}
- {column: done, value: count(status == done)}
- {column: late, value: 'count(status == planned and held < today)'}
- {column: share, value: done * 100 / n, as: percent}
- {column: amount, value: sum(amount)}
- {column: paid, value: 'sum(amount, status == done)'}
- {column: average, value: avg(amount)}
- {column: hours, value: sum(length)}
- {column: people, value: sum(people)}
- {column: least, value: min(amount)}
- {column: most, value: max(people)}
- {column: first, value: min(start)}
- {column: last, value: max(held)}
- {column: kinds, value: distinct(kind)}
- {column: clients, value: count(client != nil)}
sort: [-amount]
`, `
group: [client.size, {by: start, per: week}, urgent]
columns: [{column: n, value: count()}, {column: a, value: 'sum(amount, kind == call or kind == nil)'}]
`, `
group: [{by: start, per: day}]
columns: [{column: n, value: count()}, {column: x, value: max(start)}]
`, `
group: [{by: registered, per: month}, people]
columns: [{column: n, value: count()}]
`, `
group: length
columns: [{column: n, value: count()}]
`, `
group: client
columns: [{column: n, value: count()}, {column: l, value: avg(length)}]
`} {
		file, problems := yamlsrc.Parse("reports/x.yaml", []byte("report: x\nform: works\n"+strings.TrimLeft(text, "\n")))
		r, more := report.Parse(file)
		if problems = append(append(problems, more...), r.Link(defs)...); len(problems) > 0 {
			t.Fatal(problems)
		}
		source := Source{DB: db, Zone: moscow()}
		run := report.Run{Names: defs, Value: defs.Value, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, moscow())}
		run.Source = source
		grouped, err := r.Run(run)
		if err != nil {
			t.Fatal(err)
		}
		run.Source = onlyRows{allRows{source}}
		read, err := r.Run(run)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(read, grouped); diff != "" {
			t.Errorf("report %d (-read +grouped):\n%s", i, diff)
		}
		if len(read.Rows) < 2 {
			t.Errorf("report %d has %d rows and proves little", i, len(read.Rows))
		}
	}
}
