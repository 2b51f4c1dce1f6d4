package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// templateNeedsValue reports letters and files made of a template that reads a
// field which may be empty at that moment: nothing is silently empty, so the
// step would be refused.
func templateNeedsValue() *rule {
	return &rule{
		Code:     Code{"R075", "template-needs-value", "a template that reads what may be empty when it is used, and refuses then; give a value with `??` there, let a step before `fill` the field, or do it only if filled(…)"},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, p := range s.data().papers {
				s.needsOf(p)
			}
		},
	}
}

func (s *subject) needsOf(p *paper) {
	env := s.forms.Env(s.For.Text)
	t, err := s.defs.Template(p.action.Template.Text)
	if err != nil || env == nil { // said already
		return
	}
	needs, _ := t.Check(env)
	filled := s.expected(p.at)
	var missing []string
	var related []diag.Related
	for _, n := range needs {
		for _, path := range n.Reads {
			if s.field(path) == nil || s.field(path).Type == expr.Table || filled(path) {
				continue
			}
			if !slices.Contains(missing, path) {
				missing = append(missing, path)
				related = append(related, diag.Related{At: n.At, Message: "reads " + path})
			}
		}
	}
	if len(missing) == 0 {
		return
	}
	r := s.report(p.action.Template.At, "the template %q needs %s, which may be empty here", p.action.Template.Text, strings.Join(missing, ", "))
	r.Help = "write {{ " + missing[0] + " ?? … }} in the template, or let a step before fill " + missing[0]
	r.Related = related
}
