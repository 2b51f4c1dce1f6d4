package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/org"
)

// fieldsNotPermitted reports steps whose performers are to fill fields that
// the form does not let them change.
func fieldsNotPermitted() *rule {
	return &rule{
		Code:     Code{"R055", "fields-not-permitted", "a step whose performer is to fill fields and may not change cards of the form; give the role under `may: {set: …}` of the form, or the step to others"},
		severity: diag.Error,
		check: func(s *subject) {
			f := s.forms.Form(s.For.Text)
			if f == nil || len(f.May.Set) == 0 {
				return
			}
			for _, step := range s.works() {
				found := s.performers(step.Who)
				if len(step.Fill) == 0 || !found.known || len(found.users) == 0 {
					continue
				}
				if slices.ContainsFunc(found.users, func(u *org.User) bool { return permitted(u, f.May.Set) }) {
					continue
				}
				var names []string
				for _, w := range step.Fill {
					names = append(names, w.Text)
				}
				s.report(step.Fill[0].At, "step %q asks %q to fill %s, but cards of %q are changed by %s only", step.ID, step.Who.String(),
					strings.Join(names, ", "), f.Name, strings.Join(f.May.Set, ", ")).Help = "add a role of the performers to `may: {set: …}` of the form, or give the step to others"
			}
		},
	}
}

// permitted tells whether a user has one of some roles, or may do everything.
func permitted(u *org.User, roles []string) bool {
	return u.HasRole(org.Admin) || slices.ContainsFunc(roles, u.HasRole)
}
