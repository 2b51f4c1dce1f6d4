package report

import (
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// rowScope gives expressions the values of one document, decoded when asked for.
type rowScope struct {
	ev       *evaluation
	raw      []any
	values   []expr.Value
	decoded  []bool
	computed map[string]expr.Value
}

func (ev *evaluation) newScope() *rowScope {
	return &rowScope{
		ev: ev, values: make([]expr.Value, len(ev.columns)), decoded: make([]bool, len(ev.columns)),
		computed: map[string]expr.Value{},
	}
}

// set moves to the next document.
func (s *rowScope) set(raw []any) {
	s.raw = raw
	clear(s.decoded)
	clear(s.computed)
}

// Value implements expr.Scope.
func (s *rowScope) Value(name string) (expr.Value, error) {
	if v, ok := s.ev.given(name); ok {
		return v, nil
	}
	if i, ok := s.ev.index[name]; ok {
		return s.at(i), nil
	}
	for _, c := range s.ev.r.Compute {
		if c.Name == name {
			return s.compute(c)
		}
	}
	return nil, nil
}

// given is the value of a name that is the same for every document: the clock,
// the acting user, the settings, a parameter.
func (ev *evaluation) given(name string) (v expr.Value, ok bool) {
	switch name {
	case "today":
		return expr.DateOf(ev.in.Now), true
	case "now":
		return ev.in.Now, true
	case "author":
		return ev.in.Author, true
	case "settings":
		return ev.in.Settings, true
	}
	if p := ev.r.Param(name); p != nil && p.Field == "" {
		return ev.params[name], true
	}
	return nil, false
}

func (s *rowScope) compute(c *Computed) (expr.Value, error) {
	if v, ok := s.computed[c.Name]; ok {
		return v, nil
	}
	v, err := tolerable(c.Value.Program.Eval(s))
	if err == nil {
		s.computed[c.Name] = v
	}
	return v, err
}

// at is the value of a column.
func (s *rowScope) at(i int) expr.Value {
	if !s.decoded[i] {
		s.values[i], s.decoded[i] = s.ev.decode(s.ev.columns[i].typ, s.raw[i]), true
	}
	return s.values[i]
}

// Ref implements expr.Scope: the fields of a referenced document are columns
// of the row, found by the reference that holds its number.
func (s *rowScope) Ref(form, number string) (expr.Scope, error) {
	for _, i := range s.ev.refs {
		if ref, ok := s.at(i).(expr.Ref); ok && ref.Number == number {
			return &refScope{row: s, prefix: s.ev.columns[i].path + "."}, nil
		}
	}
	return nil, nil
}

// refScope gives the fields of a referenced document.
type refScope struct {
	row    *rowScope
	prefix string
}

// Value implements expr.Scope.
func (s *refScope) Value(name string) (expr.Value, error) {
	if i, ok := s.row.ev.index[s.prefix+name]; ok {
		return s.row.at(i), nil
	}
	return nil, nil
}

// Ref implements expr.Scope.
func (s *refScope) Ref(form, number string) (expr.Scope, error) { return s.row.Ref(form, number) }

// decode makes a value of what a source gave. Text that does not read as its
// type counts as empty: a report goes on past a document that `e1 check` reports.
func (ev *evaluation) decode(t expr.Type, raw any) expr.Value {
	switch raw := raw.(type) {
	case nil:
		return nil
	case string:
		v, err := ev.in.Value(t, raw)
		if err != nil {
			return nil
		}
		return v
	case int64:
		switch t.Kind {
		case expr.Decimal, expr.Money:
			return decimal.NewFromInt(raw)
		case expr.DurationKind:
			return worktime.Duration{Hours: int(raw / 60), Minutes: int(raw % 60)}
		}
		return raw
	}
	return raw
}

// plan finds out what the report reads and what the source can be told.
func (ev *evaluation) plan() {
	ev.index = map[string]int{}
	if !ev.r.Void {
		if status, ok := ev.r.env.Lookup("status"); ok {
			ev.add(ev.r.Form, "status", status.Type)
		}
	}
	for _, p := range ev.r.Params {
		ev.need(p.field)
	}
	if ev.r.Where != nil {
		ev.need(ev.r.Where.Program)
	}
	for _, g := range ev.r.Groups {
		ev.need(g.By.Program)
	}
	for _, c := range ev.r.Columns {
		if !ev.r.Grouped {
			ev.need(c.Value.Program)
		}
		for _, a := range c.Aggregates {
			ev.needAggregate(a)
		}
	}
	ev.conditions()
}

func (ev *evaluation) needAggregate(a *Aggregate) {
	if a.Arg != nil {
		ev.need(a.Arg.Program)
	}
	if a.Cond != nil {
		ev.need(a.Cond.Program)
	}
}

// need adds the columns a program reads.
func (ev *evaluation) need(p *expr.Program) {
	if p != nil {
		ev.needTree(p.Tree())
	}
}

func (ev *evaluation) needTree(tree *expr.Expr) {
	tree.Walk(func(e *expr.Expr) bool {
		switch {
		case e.Op == expr.Field:
			ev.needName(e)
			return false
		case e.Op == expr.Member && isCard(e.Args[0]):
			ev.addTyped("card."+e.Name, ev.r.Form, e.Name, e.Type)
			return false
		case behindReference(e):
			ev.needTree(e.Args[0])
			path, _ := e.Path()
			ev.addTyped(path, e.Args[0].Type.Name, e.Name, e.Type)
			return false
		}
		return true
	})
}

// needName adds a field; a computed value brings what it reads itself.
func (ev *evaluation) needName(e *expr.Expr) {
	for _, c := range ev.r.Compute {
		if c.Name == e.Name {
			ev.need(c.Value.Program)
			return
		}
	}
	if _, given := ev.given(e.Name); given {
		return
	}
	ev.add(ev.r.Form, e.Name, e.Type)
}

func isCard(e *expr.Expr) bool {
	return e.Op == expr.Field && e.Name == "card" && e.Type.Kind == expr.Record
}

// behindReference reports whether a node is a field of a referenced document.
func behindReference(e *expr.Expr) bool {
	if e.Op != expr.Member || e.Args[0].Type.Kind != expr.Document {
		return false
	}
	return e.Args[0].Op == expr.Field || behindReference(e.Args[0])
}

func (ev *evaluation) add(form, field string, t expr.Type) { ev.addTyped(field, form, field, t) }

func (ev *evaluation) addTyped(path, form, field string, t expr.Type) {
	if _, known := ev.index[path]; known {
		return
	}
	i := len(ev.columns)
	ev.index[path] = i
	ev.columns = append(ev.columns, column{path: path, form: form, field: field, typ: t})
	if t.Kind == expr.Document {
		ev.refs = append(ev.refs, i)
	}
}

// query is what a source is asked; columns are paths without the leading card.
func (ev *evaluation) query() Query {
	q := Query{Form: ev.r.Form, Where: ev.where, Columns: make([]string, len(ev.columns))}
	for i, c := range ev.columns {
		q.Columns[i] = c.path
	}
	return q
}

// accepts tests everything that restricts the documents.
func (ev *evaluation) accepts(s *rowScope) (bool, error) {
	if !ev.r.Void {
		if i, ok := ev.index["status"]; ok && strings.EqualFold(expr.FormatValue(s.at(i)), void) {
			return false, nil
		}
	}
	for _, p := range ev.r.Params {
		if ok, err := ev.holds(p, s); err != nil || !ok {
			return false, err
		}
	}
	if ev.r.Where == nil {
		return true, nil
	}
	v, err := tolerable(ev.r.Where.Program.Eval(s))
	yes, _ := v.(bool)
	return yes && err == nil, err
}

// void is the status of a document registered by mistake.
const void = "void"
