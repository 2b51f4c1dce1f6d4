package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// refusedAction reports actions that are refused whenever they are carried
// out: a document registered without what its form requires, and a route
// called for a document of another form.
func refusedAction() *rule {
	return &rule{
		Code:     Code{"R084", "refused-action", "an action that is always refused: a document registered without its required fields, or a route of another form called; give what it needs"},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				for _, a := range actionsOf(step) {
					switch {
					case a.Kind == route.Register:
						s.incomplete(step, a)
					case a.Kind == route.StartOf && a.On == nil:
						s.otherForm(a.Route)
					}
				}
				if step.Call != nil && step.Call.On == nil {
					s.otherForm(step.Call.Route)
				}
			}
		},
	}
}

func (s *subject) incomplete(step *route.Step, a *route.Action) {
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
		s.report(a.Form.At, "step %q registers a document of %q without %s, which its form requires", step.ID, f.Name, strings.Join(missing, ", ")).Help =
			"give the value under `set`, or a `default` in the form"
	}
}

func (s *subject) otherForm(name route.Word) {
	r, err := s.defs.Route(name.Text)
	if err != nil || r == nil || r.For.Text == "" || s.For.Text == "" || r.For.Text == s.For.Text {
		return
	}
	p := s.report(name.At, "route %q is for %q, this document is of %q", name.Text, r.For.Text, s.For.Text)
	p.Related = []diag.Related{{At: r.For.At, Message: "for another form"}}
	p.Help = "name the document it runs on with `on`, or a route of this form"
}
