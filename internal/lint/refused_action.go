package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// refusedAction reports actions that are refused whenever they are carried
// out: a document registered without what its form requires, a value that its
// field refuses, and a route called for a document of another form.
func refusedAction() *rule {
	return &rule{
		Code:     Code{"R084", "refused-action", "an action that is always refused: a document registered without its required fields, a value that its field refuses, or a route of another form called; give what it needs"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				for _, a := range actionsOf(step) {
					switch a.Kind {
					case route.Register:
						s.incomplete(a)
						s.refusedValues(a.Form.Text, a.Set, true)
					case route.Set:
						s.refusedValues(s.For.Text, a.Set, false)
					case route.StartOf:
						s.otherForm(a.Route, a.On)
					}
				}
				if step.Call != nil {
					s.otherForm(step.Call.Route, step.Call.On)
				}
			}
		},
	}
}

func (s *subject) incomplete(a *route.Action) {
	f := s.forms.Form(a.Form.Text)
	if f == nil || a.Vague || slices.ContainsFunc(a.Set, func(set *route.Assignment) bool { return f.Field(set.Fields()[0]) == nil }) {
		return
	}
	var missing []string
	for _, field := range f.Fields() {
		if field.RequiredAlways && field.Default == nil && !field.Computed &&
			!slices.ContainsFunc(a.Set, func(set *route.Assignment) bool { return set.Field.Text == field.Name }) {
			missing = append(missing, field.Name)
		}
	}
	if len(missing) > 0 {
		s.report(a.Form.At, "a document of %q is registered without %s, which its form requires", f.Name, strings.Join(missing, ", ")).Help =
			"give the value under `set`, or a `default` in the form"
	}
}

// otherForm judges a route that is started, on the document that on refers to
// or on this one.
func (s *subject) otherForm(name route.Word, on *route.Expr) {
	of, what := s.For.Text, "this document"
	if on != nil {
		t := tree(on)
		if t == nil || t.Type.Kind != expr.Document {
			return
		}
		of, what = t.Type.Name, fmt.Sprintf("%q", on.Text)
	}
	r := s.another(name.Text)
	if r == nil || r.For.Text == "" || of == "" || r.For.Text == of {
		return
	}
	p := s.report(name.At, "route %q is for %q, %s is of %q", name.Text, r.For.Text, what, of)
	p.Related = []diag.Related{{At: r.For.At, Message: "for another form"}}
	p.Help = "name the document it runs on with `on`, or a route of this form"
}

// refusedValues reports constants that their fields refuse.
func (s *subject) refusedValues(form string, list []*route.Assignment, fresh bool) {
	for _, set := range list {
		of, path := s.forms.Form(form), set.Fields()
		for len(path) > 1 && of != nil {
			field := of.Field(path[0])
			if of = nil; field != nil {
				of = s.forms.Form(field.Form)
			}
			path = path[1:]
		}
		v, ok := constantOf(set.Value)
		if of == nil || !ok || of.Field(path[0]) == nil {
			continue
		}
		if why := s.refuses(of, of.Field(path[0]), v, fresh); why != "" {
			s.report(set.Value.At(), "the value is always refused: %s", why).Help = "give the field a value that it takes"
		}
	}
}

// constantOf evaluates an expression that reads nothing.
func constantOf(e *route.Expr) (expr.Value, bool) {
	t := tree(e)
	if t == nil {
		return nil, false
	}
	constant := true
	t.Walk(func(n *expr.Expr) bool {
		constant = constant && n.Op != expr.Field && n.Op != expr.Member
		return constant
	})
	if !constant {
		return nil, false
	}
	v, err := e.Program().Eval(nowhere{})
	return v, err == nil
}

// nowhere is a scope without names.
type nowhere struct{}

func (nowhere) Value(string) (expr.Value, error) { return nil, errors.New("there are no names") }

func (nowhere) Ref(string, string) (expr.Scope, error) { return nil, nil }

// refuses tells why a field refuses a value; empty when it may take it.
func (s *subject) refuses(f *form.Form, field *form.Field, v expr.Value, fresh bool) string {
	d := &document.Document{Form: f.Name, Status: f.Initial()}
	if p := s.forms.SetValue(f, d, field.Name, v); p != nil {
		return p.Message
	}
	if d.Card.Text(field.Name) == "" {
		if v == nil && field.RequiredAlways && !(fresh && field.Default != nil) {
			return fmt.Sprintf("field %q must be filled", field.Name)
		}
		return ""
	}
	for _, p := range s.forms.Check(f, d, form.Context{}) {
		if p.Field == field.Name && (p.Code == "bounds" || p.Code == "type" || p.Code == "unknown-value") {
			return p.Message
		}
	}
	if field.Check == nil {
		return ""
	}
	check, err := field.Check.Program()
	if err != nil {
		return ""
	}
	is := &expr.Expr{Op: expr.Eq, Type: expr.Type{Kind: expr.Bool}, Args: []*expr.Expr{
		{Op: expr.Field, Name: field.Name, Type: s.forms.ExprType(field)}, {Op: expr.Literal, Type: s.forms.ExprType(field), Value: v}}}
	if verdict, _ := s.elsewhere(f.Name).ask(nil, decide.Wish{Cond: is, Holds: true}, decide.Wish{Cond: check.Tree(), Holds: true}); verdict == decide.Impossible {
		return fmt.Sprintf("the check %s of field %q does not hold", field.Check.Source, field.Name)
	}
	return ""
}
