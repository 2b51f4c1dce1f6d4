package lint

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// readBeforeFilled reports fields that a step reads though only later steps of
// the route fill them. Fields that nothing in the route fills come with the
// document; copying and asking for emptiness read nothing yet.
func readBeforeFilled() *rule {
	return &rule{
		Code:     Code{"R070", "read-before-filled", "a field that is read before any step of the route fills it, though one does later; move that step, or fill the field here"},
		severity: diag.Warning,
		check: func(s *subject) {
			d := s.data()
			filler := map[string]*write{}
			for _, w := range d.writes {
				if w.value == nil && w.action == nil && filler[w.path] == nil {
					filler[w.path] = w
				}
			}
			if len(filler) == 0 {
				return
			}
			for _, u := range d.uses {
				if u.kind != useCondition && u.kind != useMoment && u.kind != useDue || u.step == nil || handled(u.step) {
					continue
				}
				filled := s.expected(u.at)
				guarded(tree(u.expr), true, nil, func(e *expr.Expr, guards []decide.Wish) {
					path, ok := decide.Path(e)
					w := filler[path]
					if !ok || w == nil || asked(tree(u.expr), e) || u.at.mayHold(d.path(path)) || also(filled, known(guards))(path) {
						return
					}
					if u.kind == useCondition && waits(u.step) {
						return // it waits for just that
					}
					p := s.report(u.expr.Within(e.From, e.To), "%q is read here, and the first step to fill it comes later", path)
					p.Help = fmt.Sprintf("let a step before it fill %q, or ask filled(%[1]s) first", path)
					p.Related = []diag.Related{{At: w.word.At, Message: "filled here"}}
				})
			}
		},
	}
}

// asked tells whether a node is only asked whether it is empty, or replaced
// when it is.
func asked(root, node *expr.Expr) bool {
	found := false
	root.Walk(func(e *expr.Expr) bool {
		ask := e.Op == expr.Call && (e.Name == "empty" || e.Name == "filled") || e.Op == expr.Coalesce ||
			(e.Op == expr.Eq || e.Op == expr.Ne) && (emptyLiteral(e.Args[0]) || emptyLiteral(e.Args[1]))
		if ask {
			e.Walk(func(inner *expr.Expr) bool {
				found = found || inner == node
				return true
			})
		}
		return !found
	})
	return found
}

// handled tells whether a step belongs to an event handler: it runs at a
// moment nobody knows.
func handled(s *route.Step) bool {
	b := s.Parent
	for b != nil {
		if b.Handler != nil {
			return true
		}
		if b.Owner == nil {
			return false
		}
		b = b.Owner.Parent
	}
	return false
}

// waits tells whether the conditions of a step are waited for or watched.
func waits(s *route.Step) bool { return s.Verb == route.Wait || len(s.Handlers) > 0 }

// within tells whether a path is another one or a member of it.
func within(path, of string) bool { return path == of || strings.HasPrefix(path, of+".") }
