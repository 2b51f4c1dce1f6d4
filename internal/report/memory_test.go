package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/shopspring/decimal"
)

const testForms = `
form: clients
title: {en: Clients, ru: Клиенты}
one: {en: Client, ru: Клиент}
number: "CLI-{seq:6}"
statuses:
- {status: new, title: {en: New, ru: Новый}}
- {status: lost, title: {en: Lost, ru: Потерян}, closed: true}
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: {en: Name, ru: Наименование}}
  - {field: industry, type: directory, directory: industries, label: {en: Industry, ru: Отрасль}}
  - {field: manager, type: user, label: {en: Manager, ru: Менеджер}}
---
form: works
title: {en: Works, ru: Работы}
one: {en: Work, ru: Работа}
number: "WRK-{year}-{seq:6}"
statuses:
- {status: planned, title: {en: Planned, ru: Запланирована}}
- {status: done, title: {en: Done, ru: Выполнена}, closed: true}
- {status: cancelled, title: {en: Cancelled, ru: Отменена}, closed: true}
groups:
- group: main
  title: Main
  fields:
  - {field: kind, type: directory, directory: kinds, label: {en: Kind, ru: Вид}}
  - {field: client, type: document, form: clients, label: {en: Client, ru: Клиент}}
  - {field: manager, type: user, label: {en: Manager, ru: Менеджер}}
  - {field: start, type: datetime, label: {en: Start, ru: Начало}}
  - {field: held, type: date, label: {en: Day, ru: День}}
  - {field: length, type: duration, label: {en: Length, ru: Длительность}}
  - {field: amount, type: money, label: {en: Amount, ru: Сумма}}
  - {field: people, type: int, label: {en: People, ru: Людей}}
  - {field: subject, type: text, label: {en: Subject, ru: Тема}}
`

const testDirectories = `
directory: kinds
title: Kinds
fields: [{field: norm, type: duration, label: Norm}]
entries:
- {id: call, title: {en: Call, ru: Звонок}, norm: 15m}
- {id: meeting, title: {en: Meeting, ru: Встреча}, norm: 2h}
---
directory: industries
title: Industries
entries:
- {id: trade, title: {en: Trade, ru: Торговля}}
- {id: it, title: {en: IT, ru: Информационные технологии}}
`

const testOrg = `
users:
- {id: petrova, name: Анна Петрова, email: [petrova@example.invalid], roles: [manager], active: true}
- {id: ivanov, name: Иван Иванов, email: [ivanov@example.invalid], roles: [manager], active: true}
roles:
- {id: manager, title: {en: manager, ru: менеджер}}
`

// named is the file a definition belongs into: its first line says its name.
func named(folder, text string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	_, name, _ := strings.Cut(first, ": ")
	return folder + "/" + name + ".yaml"
}

// parseYAML reads a definition that must be right.
func parseYAML(t testing.TB, name, text string) *yamlsrc.File {
	t.Helper()
	f, problems := yamlsrc.Parse(name, []byte(strings.TrimLeft(text, "\n")))
	if problems.HasErrors() {
		t.Fatalf("%s: %v", name, problems)
	}
	return f
}

// definitions are the forms, directories and people of the tests.
func definitions(t testing.TB) *Definitions {
	t.Helper()
	var forms []*form.Form
	for _, text := range strings.Split(testForms, "\n---\n") {
		f, problems := form.Parse(parseYAML(t, named("forms", text), text))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		forms = append(forms, f)
	}
	var dirs []*form.Directory
	for _, text := range strings.Split(testDirectories, "\n---\n") {
		d, problems := form.ParseDirectory(parseYAML(t, named("directories", text), text))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		dirs = append(dirs, d)
	}
	people, problems := org.Parse(parseYAML(t, "org.yaml", testOrg))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	set, problems := form.Link(forms, dirs, people, nil)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return &Definitions{Set: set, Language: "ru", Document: func(number string) string {
		return map[string]string{"CLI-000001": "ООО «Ромашка»", "CLI-000002": "АО «Берёза»"}[number]
	}}
}

// document is a document of the tests: canonical texts by path.
type document map[string]string

// memory is a source over documents in memory. It hands over everything,
// whatever the conditions, as a source may.
type memory struct {
	docs  map[string][]document // by form
	types func(form, path string) expr.Type
}

func (m *memory) raw(form string, d document, path string) any {
	text, ok := d[path]
	if head, rest, behind := strings.Cut(path, "."); !ok && behind {
		for _, other := range m.docs["clients"] {
			if other["number"] == d[head] {
				return m.raw("clients", other, rest)
			}
		}
		return nil
	}
	switch {
	case text == "":
		return nil
	case m.types(form, path).Kind == expr.Int:
		var n int64
		fmt.Sscan(text, &n)
		return n
	}
	return text
}

func (m *memory) Rows(q Query, yield func([]any) error) error {
	row := make([]any, len(q.Columns))
	for _, d := range m.docs[q.Form] {
		for i, c := range q.Columns {
			row[i] = m.raw(q.Form, d, c)
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

// grouping is a source that groups by itself, written as plainly as possible.
type grouping struct {
	*memory
	asked int
}

func (g *grouping) Aggregate(q Query, by []Key, of []Agg) ([]Bucket, bool, error) {
	g.asked++
	var out []Bucket
	at := map[string]int{}
	sums := map[string]decimal.Decimal{}
	for _, d := range g.docs[q.Form] {
		if !g.all(q, d) {
			continue
		}
		keys := make([]any, len(by))
		for i, k := range by {
			keys[i] = g.raw(q.Form, d, k.Column)
			if text, ok := keys[i].(string); ok && k.Unit != Each {
				v, err := expr.ParseValue(g.types(q.Form, k.Column), text)
				if err != nil {
					return nil, false, err
				}
				keys[i] = k.Unit.Period(v)
			}
		}
		id := fmt.Sprintf("%q", keys)
		n, ok := at[id]
		if !ok {
			n = len(out)
			at[id] = n
			out = append(out, Bucket{Keys: keys, Values: make([]any, len(of))})
		}
		for i, a := range of {
			raw := g.raw(q.Form, d, a.Column)
			slot := &out[n].Values[i]
			switch a.Func {
			case "count":
				if *slot == nil {
					*slot = int64(0)
				}
				if a.Column == "" || raw != nil {
					*slot = (*slot).(int64) + 1
				}
			case "sum":
				if v := g.value(q.Form, a.Column, raw); v != nil {
					one := &total{}
					one.add(v)
					key := fmt.Sprint(n, " ", i)
					sums[key] = sums[key].Add(one.sum).Add(decimal.NewFromInt(one.whole))
					*slot = sums[key].String()
				}
			default:
				if raw == nil {
					break
				}
				c, _ := expr.Compare(g.value(q.Form, a.Column, raw), g.value(q.Form, a.Column, *slot))
				if *slot == nil || a.Func == "min" && c < 0 || a.Func == "max" && c > 0 {
					*slot = raw
				}
			}
		}
	}
	return out, true, nil
}

func (m *memory) value(form, path string, raw any) expr.Value {
	text, ok := raw.(string)
	if !ok {
		return raw
	}
	v, _ := expr.ParseValue(m.types(form, path), text)
	return v
}

// all evaluates the conditions of a query on a document.
func (g *grouping) all(q Query, d document) bool {
	return !slices.ContainsFunc(q.Where, func(e *expr.Expr) bool { return g.eval(q.Form, d, e) != true })
}

// eval evaluates the small part of the language that conditions use here.
func (g *grouping) eval(form string, d document, e *expr.Expr) expr.Value {
	if path, ok := e.Path(); ok {
		return g.value(form, path, g.raw(form, d, path))
	}
	if e.Op == expr.Literal {
		return e.Value
	}
	args := make([]expr.Value, len(e.Args))
	for i, a := range e.Args {
		args[i] = g.eval(form, d, a)
	}
	empty := slices.ContainsFunc(args, expr.IsEmpty)
	writtenNil := slices.ContainsFunc(e.Args, func(a *expr.Expr) bool { return a.Op == expr.Literal && a.Value == nil })
	switch e.Op {
	case expr.And:
		return args[0] == true && args[1] == true
	case expr.Or:
		return args[0] == true || args[1] == true
	case expr.Not:
		return args[0] != true
	case expr.Eq:
		return expr.Equal(args[0], args[1]) && (writtenNil || !empty)
	case expr.Ne:
		return !expr.Equal(args[0], args[1]) && (writtenNil || !empty)
	case expr.Lt, expr.Le, expr.Gt, expr.Ge:
		n, ok := expr.Compare(args[0], args[1])
		return ok && !empty && map[expr.Op]bool{expr.Lt: n < 0, expr.Le: n <= 0, expr.Gt: n > 0, expr.Ge: n >= 0}[e.Op]
	}
	panic("the test's evaluator does not know " + e.Op.String())
}

// sample is a small office.
func sample(d *Definitions) *memory {
	m := &memory{docs: map[string][]document{
		"clients": {
			{"number": "CLI-000001", "form": "clients", "status": "new", "name": "ООО «Ромашка»", "industry": "trade", "manager": "petrova"},
			{"number": "CLI-000002", "form": "clients", "status": "new", "name": "АО «Берёза»", "industry": "it"},
		},
		"works": {
			{"number": "WRK-2026-000001", "status": "done", "kind": "call", "client": "CLI-000001", "manager": "petrova", "start": "2026-10-30T10:00:00+03:00", "held": "2026-10-30", "length": "30m", "amount": "1000.10", "people": "2"},
			{"number": "WRK-2026-000002", "status": "done", "kind": "meeting", "client": "CLI-000001", "manager": "petrova", "start": "2026-11-01T23:30:00+03:00", "held": "2026-11-01", "length": "1wd", "amount": "0.20", "people": "3"},
			{"number": "WRK-2026-000003", "status": "planned", "kind": "call", "client": "CLI-000002", "manager": "ivanov", "start": "2026-11-20T09:00:00+03:00", "held": "2026-11-20", "length": "45m"},
			{"number": "WRK-2026-000004", "status": "cancelled", "client": "CLI-000002", "start": "2026-11-23T18:00:00+03:00", "held": "2026-11-23", "amount": "500.00"},
			{"number": "WRK-2026-000005", "status": "void", "kind": "call", "client": "CLI-000001", "manager": "petrova", "start": "2026-11-23T18:00:00+03:00", "held": "2026-11-23", "amount": "99999.00", "length": "8h"},
		},
	}}
	m.types = func(form, path string) expr.Type {
		if head, rest, behind := strings.Cut(path, "."); behind {
			v, _ := d.Env(form).Lookup(head)
			return func() expr.Type { w, _ := d.Env(v.Type.Name).Lookup(rest); return w.Type }()
		}
		v, _ := d.Env(form).Lookup(path)
		return v.Type
	}
	return m
}

func moscow() *time.Location { return time.FixedZone("", 3*3600) }

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, moscow()) }
