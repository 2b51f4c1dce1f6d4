package lint

import (
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// performerPossiblyNobody reports steps whose `who` may give nobody, without
// `else` and without a controller of the route to take the task: it would go
// to the admins.
func performerPossiblyNobody() *rule {
	return &rule{
		Code:     Code{"R050", "performer-possibly-nobody", "a step for whom nobody may be found, so that its task goes to the admins; say who does it otherwise with `else`"},
		severity: diag.Warning,
		check: func(s *subject) {
			if s.Controller != nil {
				return
			}
			for _, step := range s.works() {
				why := s.nobody(step, step.Who)
				if why == "" || step.Verb == route.Inform {
					continue
				}
				if step.Else != nil {
					if why = s.nobody(step, step.Else); why == "" {
						continue
					}
				}
				at := step.Who.At
				if step.Else != nil {
					at = step.Else.At
				}
				s.report(at, "step %q may find nobody: %s, and there is no controller of the route", step.ID, why).Help =
					"add `else`, for instance `else: role manager`, or a `controller` of the route"
			}
		},
	}
}

// nobody tells why people may be nobody at a step; empty when somebody is
// sure to be there, or when the definitions do not tell.
func (s *subject) nobody(step *route.Step, p *route.People) string {
	var reasons []string
	for _, w := range p.Who {
		switch found := s.performer(w); {
		case len(found.users) > 0:
			return ""
		case w.Kind == route.WhoRole:
			reasons = append(reasons, "role \""+w.Name+"\" has no active user")
		case w.Kind == route.WhoDepartment:
			reasons = append(reasons, "department \""+w.Name+"\" has no active user")
		case w.Kind == route.WhoHead && found.known:
			reasons = append(reasons, "department \""+w.Of.Name+"\" has no active head")
		case w.Kind == route.WhoHead:
			reasons = append(reasons, "\""+w.Of.Text+"\" may have no head")
		case w.Kind == route.WhoName && s.namedUser(w) != nil:
			reasons = append(reasons, "user \""+w.Name+"\" is not active")
		case w.Kind == route.WhoName && s.field(w.Name) != nil && s.data().entry[step] != nil && !s.data().filled(s.inside(step))(strings.TrimPrefix(w.Name, "card.")):
			reasons = append(reasons, "\""+w.Name+"\" may be empty")
		case w.Kind == route.WhoExpr && s.data().entry[step] != nil:
			t := tree(w.Expr)
			if t == nil {
				return ""
			}
			paths, empty := maybeEmpty(t, s.data().filled(s.inside(step)))
			before := len(reasons)
			for _, e := range paths {
				if path, _ := decide.Path(e); empty && s.field(path) != nil {
					reasons = append(reasons, "\""+path+"\" may be empty")
				}
			}
			if len(reasons) == before {
				return ""
			}
		default:
			return ""
		}
	}
	return strings.Join(reasons, ", ")
}
