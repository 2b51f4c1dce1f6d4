package lint

import (
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
)

// Stranded is reported by `e1 check`, which knows the documents: lint does not
// need any.
var Stranded = Code{"R090", "stranded-instances", "documents stand at a step that the present definition of their route does not have (reported by `e1 check`); they finish on their own definition, `e1 route migrate` moves them"}

// Startable tells why a route must not be started: all errors that the rules
// find in it, as a *diag.ListError. What the repository's own severities or a
// comment with a reason say is no error here either. The route is right in
// itself, as for Route.
func Startable(defs *definition.Set, r *route.Route) error {
	found, err := Route(defs, r)
	if err != nil || !found.HasErrors() {
		return err
	}
	l := &linter{defs: defs, sources: map[string][]byte{}}
	l.see(r.File)
	return l.severities(l.ignore(found)).Err()
}
