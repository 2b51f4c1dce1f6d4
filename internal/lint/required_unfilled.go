package lint

import (
	"fmt"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// requiredUnfilled reports a status that a route gives to the document though
// the form then requires a field that some way to it does not fill.
func requiredUnfilled() *rule {
	return &rule{
		Code:     Code{"R071", "required-unfilled", "a status in which the form requires a field that not every way to it fills; let a step before `fill` it"},
		severity: diag.Warning,
		check: func(s *subject) {
			f := s.forms.Form(s.For.Text)
			if f == nil {
				return
			}
			for _, w := range s.data().writes {
				if t := tree(w.value); w.path == "status" && t != nil && t.Op == expr.Literal && t.Value != nil {
					s.requiredIn(f, w, t)
				}
			}
		},
	}
}

func (s *subject) requiredIn(f *form.Form, w *write, status *expr.Expr) {
	for _, field := range f.Fields() {
		if field.Required == nil || field.RequiredAlways || field.Computed || field.Default != nil || s.data().filled(w.before)(field.Name) || sets(w.action, field.Name) {
			continue
		}
		p, err := field.Required.Program()
		if err != nil {
			continue
		}
		is := &expr.Expr{Op: expr.Eq, Type: expr.Type{Kind: expr.Bool}, Args: []*expr.Expr{
			{Op: expr.Field, Name: "status", Type: status.Type}, status}}
		// Required whatever else the card says: status = this and not required is impossible.
		if verdict, _ := s.ask(w.before, decide.Wish{Cond: is, Holds: true}, decide.Wish{Cond: p.Tree()}); verdict != decide.Impossible {
			continue
		}
		problem := s.report(w.word.At, "the form requires %q in status %q, and not every way here fills it", field.Name, expr.FormatValue(status.Value))
		problem.Help = fmt.Sprintf("let a step before fill %q", field.Name)
		problem.Related = []diag.Related{{At: field.At, Message: "required here"}}
	}
}

// sets tells whether an action gives a field a value.
func sets(a *route.Action, name string) bool {
	for _, set := range a.Set {
		if set.Field.Text == name {
			return true
		}
	}
	return false
}
