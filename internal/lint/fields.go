package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// field finds the field behind a dotted path, through references to other
// documents, or the column of the row that an each is at; nil for attributes,
// members of entries and users, and other items of each.
func (s *subject) field(path string) *form.Field {
	parts := strings.Split(path, ".")
	if s.isItem(parts[0]) {
		return s.column(parts)
	}
	f := s.forms.Form(s.For.Text)
	for i, name := range parts {
		var field *form.Field
		if i == 0 && s.table != nil {
			field = s.table.Column(name)
		}
		if f != nil && field == nil {
			field = f.Field(name)
		}
		if field == nil || i == len(parts)-1 {
			return field
		}
		if field.Type != expr.Document {
			return nil
		}
		f = s.forms.Form(field.Form)
	}
	return nil
}

// column finds the column of a table that the items of a name are rows of.
func (s *subject) column(parts []string) *form.Field {
	var table *form.Field
	for _, step := range s.Steps() {
		if step.Over == nil || step.Over.As != parts[0] {
			continue
		}
		t := tree(step.Over.Expr)
		if t == nil {
			return nil
		}
		path, ok := decide.Path(t)
		if !ok || path == parts[0] {
			return nil
		}
		f := s.field(path)
		if f == nil || f.Type != expr.Table || table != nil && table != f {
			return nil
		}
		table = f
	}
	if table == nil || len(parts) != 2 {
		return nil
	}
	return table.Column(parts[1])
}

// isItem tells whether a name is that of an item of some each of the route.
func (s *subject) isItem(name string) bool {
	for _, step := range s.Steps() {
		if step.Over != nil && step.Over.As == name {
			return true
		}
	}
	return false
}

// passing are names whose values follow from how the route went.
var passing = []string{"last", "arrived", "started", "answers", "title", "number", "uid", "form", "card"}

// domains says what the definitions tell about fields; filled says which of
// them are not empty at the moment of the question.
func (s *subject) domains(filled func(path string) bool) decide.Domains {
	return func(path string, t expr.Type) decide.Domain {
		first, rest, deep := strings.Cut(path, ".")
		d := decide.Domain{Filled: filled != nil && filled(path)}
		if path == "status" && !s.void || strings.HasSuffix(path, ".status") {
			d.Never = []string{form.Void} // nothing happens to such a document any more
		}
		if first == "settings" && deep {
			for _, c := range s.settings.Constants {
				if c.Name == rest {
					d.Present, _ = expr.ParseValue(t, c.Text)
				}
			}
			d.Loose = d.Present == nil
			return d
		}
		for _, name := range passing {
			if first == name {
				d.Loose = true
				return d
			}
		}
		if s.isItem(first) || slices.Contains(s.loose, first) {
			d.Loose = true
			return d
		}
		f := s.field(path)
		if f == nil {
			d.Loose = deep && !strings.HasSuffix(path, ".status")
			return d
		}
		d.Loose = f.Computed
		d.Min, _ = expr.ParseValue(expr.Type{Kind: f.Type}, f.Min)
		d.Max, _ = expr.ParseValue(expr.Type{Kind: f.Type}, f.Max)
		return d
	}
}

// filledBy tells whether a path has a value given the set of those that surely
// have one: a required field, and a member that its document always has.
func (s *subject) filledBy(known func(string) bool) func(string) bool {
	var filled func(string) bool
	filled = func(path string) bool {
		if known(path) || slices.Contains(s.sure, path) {
			return true
		}
		f := s.field(path)
		required := f != nil && f.RequiredAlways
		i := strings.LastIndexByte(path, '.')
		if i < 0 || s.isItem(path[:i]) {
			return required
		}
		base := s.field(path[:i])
		if base != nil && base.Type == expr.Directory {
			return filled(path[:i]) && s.everyEntry(base.Directory, path[i+1:])
		}
		if base == nil || base.Type != expr.Document {
			return false
		}
		if name := path[i+1:]; f == nil && name != "status" && name != "number" && name != "registered" {
			return false
		}
		return (required || f == nil) && filled(path[:i])
	}
	return filled
}

// everyEntry tells whether all entries of a directory have a value.
func (s *subject) everyEntry(directory, name string) bool {
	d := s.forms.Directory(directory)
	if d == nil {
		return false
	}
	for _, e := range d.Entries {
		if name != "id" && name != "title" && e.Values[name] == "" && !e.Closed {
			return false
		}
	}
	return true
}

// fact lists the paths that surely have a value when a condition holds, or
// does not.
func fact(e *expr.Expr, holds bool) []string {
	switch {
	case e.Op == expr.Not:
		return fact(e.Args[0], !holds)
	case e.Op == expr.And && holds, e.Op == expr.Or && !holds:
		return append(fact(e.Args[0], holds), fact(e.Args[1], holds)...)
	case e.Op == expr.And, e.Op == expr.Or:
		var out []string
		right := fact(e.Args[1], holds)
		for _, p := range fact(e.Args[0], holds) {
			for _, q := range right {
				if p == q {
					out = append(out, p)
				}
			}
		}
		return out
	case e.Op == expr.Call && len(e.Args) == 1 && (e.Name == "empty" && !holds || e.Name == "filled" && holds):
		return filledIn(e.Args[0])
	case (e.Op == expr.Eq || e.Op == expr.Ne) && (emptyLiteral(e.Args[0]) || emptyLiteral(e.Args[1])):
		if holds != (e.Op == expr.Ne) {
			return nil
		}
		return append(filledIn(e.Args[0]), filledIn(e.Args[1])...)
	case e.Op.IsComparison() && holds:
		out := filledIn(e.Args[0])
		if e.Op != expr.In && e.Op != expr.NotIn {
			out = append(out, filledIn(e.Args[1])...)
		}
		return out
	}
	if holds {
		return filledIn(e) // a field that is true
	}
	return nil
}

func emptyLiteral(e *expr.Expr) bool { return e.Op == expr.Literal && e.Value == nil }

// filledIn lists the paths without which an expression is empty; a member that
// is there needs what it is a member of.
func filledIn(e *expr.Expr) []string {
	if p, ok := decide.Path(e); ok {
		out := []string{p}
		for i := strings.LastIndexByte(p, '.'); i > 0; i = strings.LastIndexByte(p, '.') {
			p = p[:i]
			out = append(out, p)
		}
		return out
	}
	switch e.Op {
	case expr.Add, expr.Sub, expr.Mul, expr.Div, expr.Mod, expr.Neg:
		var out []string
		for _, a := range e.Args {
			out = append(out, filledIn(a)...)
		}
		return out
	}
	return nil
}

// maybeEmpty lists the paths whose emptiness makes an expression empty; filled
// tells which have a value.
func maybeEmpty(e *expr.Expr, filled func(string) bool) (paths []*expr.Expr, empty bool) {
	if p, ok := decide.Path(e); ok {
		if e.Type.Nullable && !filled(p) {
			return []*expr.Expr{e}, true
		}
		return nil, false
	}
	switch e.Op {
	case expr.Literal:
		return nil, e.Value == nil
	case expr.Coalesce:
		if _, empty = maybeEmpty(e.Args[0], filled); !empty {
			return nil, false
		}
		return maybeEmpty(e.Args[1], filled)
	case expr.If:
		then, a := maybeEmpty(e.Args[1], also(filled, fact(e.Args[0], true)))
		other, b := maybeEmpty(e.Args[2], also(filled, fact(e.Args[0], false)))
		return append(then, other...), a || b
	case expr.Add, expr.Sub, expr.Mul, expr.Div, expr.Mod, expr.Neg:
		for _, a := range e.Args {
			more, some := maybeEmpty(a, filled)
			paths, empty = append(paths, more...), empty || some
		}
		return paths, empty
	case expr.Call:
		if !e.Type.Nullable {
			return nil, false
		}
		switch e.Name {
		case "abs", "round", "floor", "ceil", "upper", "lower", "trim", "string", "title", "year", "month", "day", "weekday", "date":
			for _, a := range e.Args {
				more, some := maybeEmpty(a, filled)
				paths, empty = append(paths, more...), empty || some
			}
			return paths, empty
		}
	}
	return nil, e.Type.Nullable
}

// also is filled with more paths.
func also(filled func(string) bool, more []string) func(string) bool {
	if len(more) == 0 {
		return filled
	}
	return func(path string) bool {
		for _, p := range more {
			if p == path {
				return true
			}
		}
		return filled(path)
	}
}

// meant is the typed tree of an expression, misspelt names put right, for what
// follows from it elsewhere; nil when nobody knows.
func meant(e *route.Expr) *expr.Expr {
	if p := e.Meant(); p != nil {
		return p.Tree()
	}
	return nil
}

// tree is the typed tree of an expression of a route, nil when it has none.
func tree(e *route.Expr) *expr.Expr {
	if p := e.Program(); p != nil {
		return p.Tree()
	}
	return nil
}
