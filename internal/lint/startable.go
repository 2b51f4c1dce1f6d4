package lint

import (
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
)

// Stranded is reported by `e1 check`, which knows the documents: lint does not
// need any.
var Stranded = Code{"R090", "stranded-instances", "documents stand at a step that the present definition of their route does not have (reported by `e1 check`); they finish on their own definition, `e1 route migrate` moves them"}

// Startable gives a route of the repository that may be started. Otherwise it
// gives all errors in it, as a *diag.ListError: those that lint shows, or, when
// the route refers to what a broken form does not give, those of the form. What
// the repository's own severities or a comment with a reason say is no error
// here either, as far as lint lets them.
func Startable(defs *definition.Set, name string) (*route.Route, error) {
	f, err := defs.RouteFile(name)
	if err != nil {
		return nil, err
	}
	l := &linter{defs: defs, sources: map[string][]byte{}}
	l.see(f.File)
	found, err := l.route(f)
	if err != nil {
		return nil, err
	}
	if err := l.bindRoute(f); err != nil {
		return nil, err
	}
	l.add(f.Problems...)
	if f.Def != nil {
		found = defs.Behind(f.Def, found)
	}
	l.add(found...)
	if !l.problems.HasErrors() {
		return f.Def, nil
	}
	if err := l.severities(l.ignore(l.withoutEchoes())).Errors().Err(); err != nil {
		return nil, err
	}
	return defs.UsableRoute(name)
}
