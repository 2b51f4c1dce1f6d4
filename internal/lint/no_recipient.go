package lint

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// noRecipient reports letters whose address may be empty when they are written,
// so that the step is refused. That nobody is named at all, package route says.
func noRecipient() *rule {
	return &rule{
		Code:     Code{route.R083.Code, route.R083.Slug, route.R083.Summary},
		severity: diag.Warning,
		check: func(s *subject) {
			for _, p := range s.data().papers {
				t := tree(p.action.To)
				if p.action.Kind != route.Mail || t == nil {
					continue
				}
				if made, err := s.defs.Template(p.action.Template.Text); err != nil || made.Addressed() {
					continue // it has an address of its own
				}
				u := &use{step: p.step, expr: p.action.To, at: p.at, action: p.action}
				paths, empty := maybeEmpty(t, also(s.expected(p.at), known(s.moment(u))))
				if !empty || len(paths) == 0 {
					continue
				}
				none := &expr.Expr{Op: expr.Call, Name: "empty", Type: expr.Type{Kind: expr.Bool}, Args: []*expr.Expr{t}}
				if verdict, _ := s.ask(p.at, append(s.moment(u), decide.Wish{Cond: none, Holds: true})...); verdict == decide.Impossible {
					continue // what it is done for says so
				}
				var names []string
				for _, e := range paths {
					path, _ := decide.Path(e)
					names = append(names, path)
				}
				s.report(p.action.To.At(), "there may be nobody to write to: %q may be empty here", strings.Join(names, ", ")).Help =
					fmt.Sprintf("do it only if: filled(%s), or let a step before fill it", names[0])
			}
		},
	}
}
