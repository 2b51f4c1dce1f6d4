package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// node is a group: the root holds all documents, the leaves become rows.
type node struct {
	key      Value
	accs     []accumulator
	children map[string]*node
	order    []*node
	cells    []expr.Value // values of the columns, computed once
}

func (ev *evaluation) newNode(key Value) *node {
	n := &node{key: key, accs: make([]accumulator, len(ev.specs))}
	for i, s := range ev.specs {
		n.accs[i] = newAccumulator(s)
	}
	return n
}

// child finds or makes a group below a node. The value only names new groups.
func (ev *evaluation) child(n *node, key string) *node {
	c, ok := n.children[key]
	if !ok {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		c = ev.newNode(Value{Text: key})
		n.children[key] = c
		n.order = append(n.order, c)
	}
	return c
}

// grouped evaluates a report whose rows are groups.
func (ev *evaluation) grouped(result *Result) error {
	ev.collectSpecs()
	root := ev.newNode(Value{})
	done := ev.nothing
	if !done {
		var err error
		if done, err = ev.fromBuckets(root); err != nil {
			return err
		}
	}
	if !done {
		if err := ev.fromRows(root); err != nil {
			return err
		}
	}
	ev.finish(root, 0)
	if err := ev.compute(root); err != nil {
		return err
	}
	result.Documents, _ = root.accs[0].result().(int64)
	ev.sort(root, 0)
	ev.emit(result, root, 0, nil)
	if ev.r.Totals && len(ev.r.Groups) > 0 {
		result.Totals = append(make([]Value, len(ev.r.Groups)), ev.cells(root)...)
	}
	return nil
}

// collectSpecs lists the different aggregates of all columns; the first one
// counts documents.
func (ev *evaluation) collectSpecs() {
	ev.specs = []*spec{{fn: "count"}}
	ev.specOf = map[*Aggregate]int{}
	known := map[string]int{"count\x00\x00": 0}
	text := func(e *Expression) string {
		if e == nil {
			return ""
		}
		return e.Text
	}
	for _, c := range ev.r.Columns {
		for _, a := range c.Aggregates {
			key := a.Func + "\x00" + text(a.Arg) + "\x00" + text(a.Cond)
			i, ok := known[key]
			if !ok {
				s := &spec{fn: a.Func}
				if a.Arg != nil {
					s.arg, s.typ = a.Arg.Program, a.Arg.Program.Type()
				}
				if a.Cond != nil {
					s.cond = a.Cond.Program
					if a.Func == "count" {
						s.filled = ev.filledColumn(s.cond)
					}
				}
				i = len(ev.specs)
				ev.specs = append(ev.specs, s)
				known[key] = i
			}
			ev.specOf[a] = i
		}
	}
}

// filledColumn is the column whose being filled is all a condition asks for:
// client != nil, filled(client).
func (ev *evaluation) filledColumn(p *expr.Program) string {
	e := p.Tree()
	var of *expr.Expr
	switch {
	case e.Op == expr.Ne && writtenNil(e.Args[1]), e.Op == expr.Call && e.Name == "filled":
		of = e.Args[0]
	case e.Op == expr.Ne && writtenNil(e.Args[0]):
		of = e.Args[1]
	default:
		return ""
	}
	path, ok := of.Path()
	if _, known := ev.index[path]; !ok || !known {
		return ""
	}
	return path
}

// fromRows reads every document.
func (ev *evaluation) fromRows(root *node) error {
	scope := ev.newScope()
	return ev.in.Source.Rows(ev.query(), func(raw []any) error {
		scope.set(raw)
		ok, err := ev.accepts(scope)
		if err != nil || !ok {
			return err
		}
		leaf := root
		for _, g := range ev.r.Groups {
			v, err := tolerable(g.By.Program.Eval(scope))
			if err != nil {
				return err
			}
			leaf = ev.child(leaf, keyText(g, v))
		}
		for i, s := range ev.specs {
			if ok, err := ev.counts(s, scope); err != nil {
				return err
			} else if !ok {
				continue
			}
			var v expr.Value
			if s.arg != nil {
				if v, err = tolerable(s.arg.Eval(scope)); err != nil {
					return err
				}
			}
			leaf.accs[i].add(v)
		}
		return nil
	})
}

// counts tests the condition of an aggregate.
func (ev *evaluation) counts(s *spec, scope *rowScope) (bool, error) {
	if s.cond == nil {
		return true, nil
	}
	v, err := tolerable(s.cond.Eval(scope))
	yes, _ := v.(bool)
	return yes, err
}

// keyText is the canonical text of a group's key, empty for no value.
func keyText(g *Group, v expr.Value) string {
	if expr.IsEmpty(v) {
		return ""
	}
	if g.Per != Each {
		return g.Per.Period(v)
	}
	if d, ok := v.(decimal.Decimal); ok {
		return d.String() // 1.50 and 1.5 are one group
	}
	return g.By.Program.Type().Format(v)
}

// finish merges the groups upwards and names them.
func (ev *evaluation) finish(n *node, level int) {
	for _, c := range n.order {
		if level < len(ev.r.Groups) {
			c.key.Title = ev.keyTitle(ev.r.Groups[level], c.key.Text, len(n.order))
		}
		ev.finish(c, level+1)
		for i := range n.accs {
			n.accs[i].merge(c.accs[i])
		}
	}
}

// manyDocuments is the number of groups above which documents are ordered by
// number instead of title: each title is a look-up, and only those of the rows
// shown are then looked up.
const manyDocuments = 5000

// keyTitle is what people read for a group.
func (ev *evaluation) keyTitle(g *Group, text string, siblings int) string {
	if text == "" {
		if ev.in.Language == "ru" {
			return "(не указано)"
		}
		return "(none)"
	}
	t := g.By.Program.Type()
	if g.Per != Each || ev.in.Names == nil || !t.Kind.IsNamed() || t.Kind == expr.Document && siblings > manyDocuments {
		return ""
	}
	at, _ := ev.columnOf(g.By.Program)
	return ev.in.Names.Name(at.form, at.field, t, text)
}

// compute evaluates the columns of every group from its aggregates.
func (ev *evaluation) compute(n *node) error {
	scope := expr.MapScope{"now": ev.in.Now, "today": expr.DateOf(ev.in.Now)}
	for _, p := range ev.r.Params {
		scope[p.Name] = ev.params[p.Name]
	}
	return ev.computeNode(n, scope)
}

func (ev *evaluation) computeNode(n *node, scope expr.MapScope) error {
	n.cells = make([]expr.Value, len(ev.r.Columns))
	for i, c := range ev.r.Columns {
		for _, a := range c.Aggregates {
			scope[a.name] = n.accs[ev.specOf[a]].result()
		}
		v, err := tolerable(c.Value.Program.Eval(scope))
		if err != nil {
			return err
		}
		n.cells[i] = v
		scope[c.Name] = v
	}
	for _, c := range n.order {
		if err := ev.computeNode(c, scope); err != nil {
			return err
		}
	}
	return nil
}

// sort orders the groups below a node: by the report's keys that mean something
// at this level, then by what people read. Groups without a value come last.
func (ev *evaluation) sort(n *node, level int) {
	if level >= len(ev.r.Groups) {
		return
	}
	slices.SortStableFunc(n.order, func(a, b *node) int {
		for _, o := range ev.r.Sort {
			c := 0
			if i := slices.IndexFunc(ev.r.Columns, func(c *Column) bool { return c.Name == o.Column }); i >= 0 {
				c = compareCells(a.cells[i], b.cells[i], o.Desc)
			} else if ev.r.Groups[level].Name == o.Column {
				c = ev.compareKeys(a.key, b.key, level, o.Desc)
			}
			if c != 0 {
				return c
			}
		}
		return ev.compareKeys(a.key, b.key, level, false)
	})
	for _, c := range n.order {
		ev.sort(c, level+1)
	}
}

// compareCells compares values; empty ones come last in both directions.
func compareCells(a, b expr.Value, desc bool) int {
	if x, y := expr.IsEmpty(a), expr.IsEmpty(b); x || y {
		return cmp.Compare(truthNumber(x), truthNumber(y))
	}
	n, ok := expr.Compare(a, b)
	if x, isDuration := a.(worktime.Duration); isDuration && !ok {
		y, _ := b.(worktime.Duration)
		n = cmp.Compare(minutes(x), minutes(y)) // an order to show by, no statement
	}
	if desc {
		return -n
	}
	return n
}

func truthNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareKeys compares the keys of two groups: numbers by amount, choices and
// statuses in the order of their definition, other named values by title, all
// else by text.
func (ev *evaluation) compareKeys(a, b Value, level int, desc bool) int {
	if a.Text == "" || b.Text == "" {
		return cmp.Compare(truthNumber(a.Text == ""), truthNumber(b.Text == ""))
	}
	n := 0
	g := ev.r.Groups[level]
	if t := g.By.Program.Type(); t.Kind.IsNumber() || t.Kind == expr.DurationKind {
		x, _ := expr.ParseValue(t, a.Text)
		y, _ := expr.ParseValue(t, b.Text)
		n, _ = expr.Compare(x, y)
	} else if t.Kind == expr.Choice && a.Text != b.Text {
		n = cmp.Compare(slices.Index(t.Values, a.Text), slices.Index(t.Values, b.Text))
	} else if n = strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)); n == 0 {
		n = strings.Compare(a.Text, b.Text)
	}
	if desc {
		return -n
	}
	return n
}

// emit writes the rows of a group and the sum line after them.
func (ev *evaluation) emit(result *Result, n *node, level int, keys []Value) {
	if level == len(ev.r.Groups) {
		if ev.limit > 0 && len(result.Rows) >= ev.limit {
			result.More++
			return
		}
		for i, g := range ev.r.Groups {
			if keys[i].Title == "" && g.By.Program.Type().Kind == expr.Document {
				keys[i].Title = ev.keyTitle(g, keys[i].Text, 1)
			}
		}
		result.Rows = append(result.Rows, append(slices.Clone(keys), ev.cells(n)...))
		return
	}
	for _, c := range n.order {
		before, more := len(result.Rows), result.More
		ev.emit(result, c, level+1, append(slices.Clone(keys), c.key))
		inner := level+1 < len(ev.r.Groups)
		if inner && ev.r.Subtotals && len(result.Rows) > before && result.More == more {
			values := append(slices.Clone(keys), c.key)
			values = append(values, make([]Value, len(ev.r.Groups)-len(values))...)
			result.Subtotals = append(result.Subtotals, Subtotal{
				Level: level + 1, After: len(result.Rows), Values: append(values, ev.cells(c)...),
			})
		}
	}
}

// cells are the values of a group's columns as texts.
func (ev *evaluation) cells(n *node) []Value {
	out := make([]Value, len(ev.r.Columns))
	for i, c := range ev.r.Columns {
		out[i] = Value{Text: canonical(c.typeName(), c.Value.Program.Type(), n.cells[i])}
		if len(c.Aggregates) == 1 && c.Aggregates[0].Arg != nil {
			out[i].Title = ev.name(c.Aggregates[0].Arg.Program, n.cells[i])
		}
	}
	return out
}

// canonical writes a value as the result's column type says: shares with one
// digit, money with two, hours with at most two, other decimals with at most six.
func canonical(kind string, t expr.Type, v expr.Value) string {
	d, number := asNumber(v)
	if !number {
		return t.Format(v)
	}
	switch kind {
	case "money":
		return d.StringFixed(2)
	case "percent":
		return d.StringFixed(1)
	case "hours":
		return d.Round(2).String()
	case "int":
		return d.Round(0).String()
	case "decimal":
		return d.Round(6).String()
	}
	return t.Format(v)
}

func asNumber(v expr.Value) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case int64:
		return decimal.NewFromInt(v), true
	case decimal.Decimal:
		return v, true
	}
	return decimal.Decimal{}, false
}
