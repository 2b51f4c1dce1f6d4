package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	gocmp "github.com/google/go-cmp/cmp"
)

// model is the index as one would write it without caring for speed: every
// query looks at every entry.
type model struct {
	schema  Schema
	entries map[string]Entry
}

func newModel() *model { return &model{schema: testSchema(), entries: map[string]Entry{}} }

func (m *model) clone() *model {
	c := newModel()
	for k, v := range m.entries {
		c.entries[k] = v
	}
	return c
}

// all gives the entries in the order of registration.
func (m *model) all() []Entry {
	var out []Entry
	for _, e := range m.entries {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(idOf(a), idOf(b)) })
	return out
}

func idOf(e Entry) int64 { return documentID(e.Registered, e.Number, seriesOf(&e).seq) }

func (m *model) of(form string) []Entry {
	return slices.DeleteFunc(m.all(), func(e Entry) bool { return e.Form != form })
}

func cardValue(e Entry, name string) any {
	for _, f := range e.Fields {
		if f.Name == name && f.Value != "" {
			return f.Value
		}
	}
	return nil
}

// value gives a column in a form that can be compared: nil, string, int64,
// bool, decimal or time.
func (m *model) value(e Entry, path string) any {
	name, card := strings.CutPrefix(path, "card.")
	if !card {
		switch path {
		case "number":
			return e.Number
		case "form":
			return e.Form
		case "status":
			return text(e.Status)
		case "title":
			return text(e.Title)
		case "by":
			return text(e.By)
		case "closed":
			return e.Closed
		case "registered":
			return e.Registered
		}
	}
	form, _ := m.schema.form(e.Form)
	if head, rest, ok := strings.Cut(name, "."); ok {
		target, _ := cardValue(e, head).(string)
		to, ok := m.entries[target]
		col, _ := form.column(head)
		if !ok || rest != "status" && rest != "title" && to.Form != col.Ref {
			return nil
		}
		return m.value(to, rest)
	}
	col, _ := form.column(name)
	return typed(col, cardValue(e, name))
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func typed(col Column, v any) any {
	s, isText := v.(string)
	if v == nil || !isText {
		if n, ok := v.(int64); ok && col.Type == Decimal {
			return decimal.NewFromInt(n)
		}
		return v
	}
	switch col.Type {
	case Decimal:
		if strings.ContainsAny(s, "eE+") {
			return nil
		}
		d, err := decimal.NewFromString(s)
		if err != nil {
			return nil
		}
		return d
	case DateTime:
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return nil
		}
		return t
	case Date:
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			return nil
		}
	case Duration:
		n, ok := parseDuration(s)
		if !ok {
			return nil
		}
		return n
	}
	return s
}

// order compares two values; nil is the smallest.
func order(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case int64:
		return cmp.Compare(x, b.(int64))
	case bool:
		return cmp.Compare(boolInt(x), boolInt(b.(bool)))
	case decimal.Decimal:
		return x.Cmp(b.(decimal.Decimal))
	case time.Time:
		return cmp.Compare(x.Unix(), b.(time.Time).Unix())
	}
	panic(fmt.Sprintf("%T", a))
}

func (m *model) holds(e Entry, c Cond) bool {
	test := func(a any, op Op, b any) bool {
		switch op {
		case Eq:
			return order(a, b) == 0
		case Ne:
			return order(a, b) != 0
		}
		if a == nil || b == nil {
			return false
		}
		o := order(a, b)
		return op == Lt && o < 0 || op == Le && o <= 0 || op == Gt && o > 0 || op == Ge && o >= 0
	}
	constant := func(column string, v any) any {
		if t, ok := v.(time.Time); ok {
			return t
		}
		form, _ := m.schema.form(e.Form)
		if rest, ok := strings.CutPrefix(column, "client."); ok {
			form, _ = m.schema.form("clients")
			column = rest
		}
		col, ok := form.column(column)
		if !ok || column == "status" {
			return v
		}
		return typed(col, v)
	}
	switch c := c.(type) {
	case And:
		return !slices.ContainsFunc(c, func(p Cond) bool { return !m.holds(e, p) })
	case Or:
		return slices.ContainsFunc(c, func(p Cond) bool { return m.holds(e, p) })
	case Not:
		return !m.holds(e, c.Cond)
	case Compare:
		return test(m.value(e, c.Column), c.Op, constant(c.Column, c.Value))
	case CompareColumns:
		return test(m.value(e, c.Left), c.Op, m.value(e, c.Right))
	case In:
		return slices.ContainsFunc(c.Values, func(v any) bool { return test(m.value(e, c.Column), Eq, constant(c.Column, v)) })
	case IsNull:
		return m.value(e, c.Column) == nil
	case Contains:
		s, ok := m.value(e, c.Column).(string)
		return ok && strings.Contains(s, c.Text)
	case HasPrefix:
		s, ok := m.value(e, c.Column).(string)
		return ok && strings.HasPrefix(s, c.Text)
	}
	panic("condition")
}

func (m *model) list(q Query) (numbers []string, total int) {
	rows := m.all()
	if q.Form != "" {
		rows = m.of(q.Form)
	}
	rows = slices.DeleteFunc(rows, func(e Entry) bool { return !m.holds(e, And(q.Where)) })
	keys := q.OrderBy
	if len(keys) == 0 {
		keys = []Order{{"registered", true}}
	}
	sort.SliceStable(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		for _, k := range keys {
			var o int
			switch {
			case k.Column == "number" && q.Form != "":
				x, y := seriesOf(&a), seriesOf(&b)
				o = cmp.Or(strings.Compare(x.prefix, y.prefix), cmp.Compare(x.year, y.year), cmp.Compare(x.seq, y.seq))
			case k.Column == "registered":
				o = cmp.Compare(idOf(a), idOf(b))
			default:
				o = order(m.value(a, k.Column), m.value(b, k.Column))
			}
			if k.Desc {
				o = -o
			}
			if o != 0 {
				return o < 0
			}
		}
		o := cmp.Compare(idOf(a), idOf(b))
		if keys[len(keys)-1].Desc {
			o = -o
		}
		return o < 0
	})
	for i, e := range rows {
		if i >= q.Offset && (q.Limit == 0 || i < q.Offset+q.Limit) {
			numbers = append(numbers, e.Number)
		}
	}
	return numbers, len(rows)
}

func (m *model) aggregate(form string, by []GroupExpr, aggs []Agg, where ...Cond) []Group {
	type acc struct {
		keys   []any
		values [][]any
		n      int64
	}
	groups := map[string]*acc{}
	for _, e := range m.of(form) {
		if !m.holds(e, And(where)) {
			continue
		}
		var keys []any
		for _, g := range by {
			keys = append(keys, m.key(e, g))
		}
		id := fmt.Sprintf("%#v", keys)
		a := groups[id]
		if a == nil {
			a = &acc{keys: keys, values: make([][]any, len(aggs))}
			groups[id] = a
		}
		a.n++
		for i, g := range aggs {
			if g.Column != "" {
				if v := m.value(e, g.Column); v != nil {
					a.values[i] = append(a.values[i], v)
				}
			}
		}
	}
	if len(by) == 0 && len(groups) == 0 {
		groups[""] = &acc{values: make([][]any, len(aggs))}
	}
	var out []Group
	f, _ := m.schema.form(form)
	for _, a := range groups {
		g := Group{Keys: a.keys}
		for i, agg := range aggs {
			col, _ := f.column(agg.Column)
			g.Values = append(g.Values, naive(agg, col, a.values[i], a.n))
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(x, y Group) int {
		for i := range by {
			a, b := x.Keys[i], y.Keys[i]
			if col, ok := f.column(by[i].Column); ok && col.Type == Decimal {
				a, b = typed(col, a), typed(col, b)
			}
			if o := order(a, b); o != 0 {
				return o
			}
		}
		return 0
	})
	return out
}

func (m *model) key(e Entry, g GroupExpr) any {
	v := m.value(e, g.Column)
	form, _ := m.schema.form(e.Form)
	col, _ := form.column(g.Column)
	switch x := v.(type) {
	case decimal.Decimal:
		return fixed(x, col.Scale)
	case time.Time:
		return period(x, g.Unit)
	case string:
		if g.Unit != Each {
			t, _ := time.Parse(time.DateOnly, x)
			return period(t, g.Unit)
		}
	}
	return v
}

func naive(a Agg, col Column, values []any, n int64) any {
	switch {
	case a.Column == "":
		return n
	case a.Func == Count:
		return int64(len(values))
	case a.Func == CountDistinct:
		seen := map[string]bool{}
		for _, v := range values {
			seen[show(col, v)] = true
		}
		return int64(len(seen))
	case len(values) == 0:
		return nil
	}
	visible := func(v any) any {
		switch x := v.(type) {
		case decimal.Decimal:
			return fixed(x, col.Scale)
		case time.Time:
			return x.Format(time.RFC3339)
		}
		return v
	}
	switch a.Func {
	case Min:
		return visible(slices.MinFunc(values, order))
	case Max:
		return visible(slices.MaxFunc(values, order))
	}
	sum := decimal.Zero
	for _, v := range values {
		if d, ok := v.(decimal.Decimal); ok {
			sum = sum.Add(d)
		} else {
			sum = sum.Add(decimal.NewFromInt(v.(int64)))
		}
	}
	if a.Func == Avg {
		sum = sum.DivRound(decimal.NewFromInt(int64(len(values))), 6)
	}
	return fixed(sum, col.Scale)
}

func show(col Column, v any) string {
	switch x := v.(type) {
	case decimal.Decimal:
		return fixed(x, 0)
	case time.Time:
		return itoa(x.Unix())
	}
	return fmt.Sprint(v)
}

func (m *model) tasks(q TaskQuery) []string {
	type found struct {
		sort int64
		id   int64
		n    int
		name string
	}
	var out []found
	for _, e := range m.all() {
		for i, t := range e.Tasks {
			performers := t.Candidates
			if t.Who != "" {
				performers = []string{t.Who}
			}
			if t.State == review && t.Controller != "" {
				performers = append(slices.Clone(performers), t.Controller)
			}
			any := func(users []string) bool {
				return slices.ContainsFunc(users, func(u string) bool { return slices.Contains(performers, u) })
			}
			if len(q.Users) > 0 && !any(q.Users) || q.Controller != "" && t.Controller != q.Controller || q.Open && !t.Open || q.Closed && (t.Open || t.Unread) || q.Unread && !t.Unread ||
				!q.Overdue.IsZero() && (!t.Open || t.Due.IsZero() || !t.Due.Before(q.Overdue)) || q.Form != "" && e.Form != q.Form ||
				q.Awaited && t.State == review && !slices.Contains(q.Users, t.Controller) ||
				q.Document != "" && e.Number != q.Document || q.State != "" && t.State != q.State {
				continue
			}
			out = append(out, found{t.sortKey(), idOf(e), i, fmt.Sprintf("%s/%d", e.Number, t.ID)})
		}
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id), cmp.Compare(a.n, b.n))
	})
	var names []string
	for _, f := range out {
		names = append(names, f.name)
	}
	return names
}

// search finds the documents with all words in any form, newest first, those
// with the words as written before the others.
func (m *model) search(words []string, form string) []string {
	var exact, broad []string
	all := m.all()
	slices.Reverse(all)
	for _, e := range all {
		if form != "" && e.Form != form {
			continue
		}
		have := tokens(strings.Join(append([]string{e.Title}, e.Text...), " "))
		isExact, isBroad := true, true
		for _, w := range words {
			w = tokens(w)[0]
			isExact = isExact && slices.Contains(have, w)
			isBroad = isBroad && slices.ContainsFunc(have, func(h string) bool { return stem(h) == stem(w) })
		}
		switch {
		case isExact:
			exact = append(exact, e.Number)
		case isBroad:
			broad = append(broad, e.Number)
		}
	}
	return append(exact, broad...)
}

func numbersOf(rows []Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Number)
	}
	return out
}

// same fails when two answers differ, an empty one being none.
func same(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got, want any) {
	t.Helper()
	if d := gocmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("%s: (-want +got)\n%s", what, d)
	}
}

func open(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(context.Background(), path, testSchema(), Options{Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
