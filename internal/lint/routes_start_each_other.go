package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	processing "github.com/e1-dms/e1/internal/rule"
)

// routesStartEachOther reports routes that begin one another without end: at
// once, since each begins the next before anybody acts and under no condition;
// or because each calls the next on every way to its end and waits for it.
// What a condition or an answer may stop is not reported.
func routesStartEachOther() *rule {
	return &rule{
		Code:     Code{"R021", "routes-start-each-other", "routes that begin each other without end; let a condition or an answer stand before one of them"},
		severity: diag.Error,
		check: func(s *subject) {
			if again := s.recursion(); again.while != "" {
				p := s.report(again.at, "the route begins itself anew before anybody acts, again and again while %s: nothing before it changes that", again.while)
				p.Help = "let a task stand before it, or an action that changes what the condition asks for"
				return
			}
			for _, kind := range []struct {
				next     func(*subject, *route.Route) []begun
				text     string
				severity diag.Severity
			}{
				{(*subject).atOnce, "the route begins itself anew before anybody acts: %s", diag.Error},
				{(*subject).awaited, "the route waits for itself on every way to its end: %s", diag.Error},
				{(*subject).mayBegin, "the route may begin itself anew without end, by what is changed or registered: %s", diag.Warning},
			} {
				for _, b := range kind.next(s, s.Route) {
					circle := s.circle(b, kind.next)
					if circle == nil {
						continue
					}
					names := s.Name.Text
					for _, c := range circle {
						names += " > " + c.route.Name.Text
					}
					p := s.report(b.at, kind.text, names)
					p.Severity = kind.severity
					p.Help = fmt.Sprintf("let an `if`, a task or an answer decide whether %q is begun", b.route.Name.Text)
					for _, c := range circle[:len(circle)-1] {
						p.Related = append(p.Related, diag.Related{At: c.route.Name.At, Message: "begins the next one"})
					}
					return
				}
			}
		},
	}
}

// recursion is a call of the route itself that is made before anybody acts under
// conditions which nothing changes: if it is made once, it is made for ever.
type recursion struct {
	at    diag.Span
	while string // the conditions; empty: there is none
}

// recursion finds such a call.
func (s *subject) recursion() recursion {
	if s.again != nil {
		return *s.again
	}
	s.again = &recursion{}
	var follow func(list []*route.Step, conds []*route.Expr, by *moved) bool
	try := func(name route.Word, conds []*route.Expr, by *moved) {
		conds = slices.DeleteFunc(slices.Clone(conds), func(e *route.Expr) bool { return e == nil })
		if name.Text != s.Name.Text || len(conds) == 0 || !s.unmoved(conds, *by) {
			return
		}
		var texts []string
		for _, e := range conds {
			texts = append(texts, e.Text)
		}
		*s.again = recursion{name.At, strings.Join(texts, " and ")}
	}
	follow = func(list []*route.Step, conds []*route.Expr, by *moved) bool {
		for _, step := range list {
			here := append(conds[:len(conds):len(conds)], step.If, step.While)
			through := true
			switch step.Verb {
			case route.Inform:
			case route.Do:
				for i, a := range step.Actions {
					if a.Kind == route.StartOf && a.On == nil {
						try(a.Route, append(here, a.If), by)
					}
					by.actions(step.Actions[i : i+1])
				}
			case route.Call:
				if step.Call.On == nil {
					try(step.Call.Route, here, by)
				}
				by.unknown = true
			case route.Choose:
				through = false
				for _, b := range step.Branches {
					through = follow(b.Steps, append(here[:len(here):len(here)], b.If), by) || through
				}
			case route.Parallel:
				for _, b := range step.Branches {
					through = follow(b.Steps, append(here[:len(here):len(here)], b.If), by) && through
				}
			case route.Repeat:
				through = follow(step.Branches[0].Steps, here, by)
			default:
				through = false
			}
			if !through && !skippable(step) {
				return false
			}
		}
		return true
	}
	follow(s.Body.Steps, nil, &moved{})
	return *s.again
}

// begun is a route that another one begins.
type begun struct {
	route *route.Route
	at    diag.Span
}

// circle gives the routes from one that is begun back to the subject, the
// shortest way; nil when there is none.
func (s *subject) circle(first begun, next func(*subject, *route.Route) []begun) []begun {
	queue := [][]begun{{first}}
	seen := map[string]bool{}
	for len(queue) > 0 {
		way := queue[0]
		queue = queue[1:]
		last := way[len(way)-1].route
		if last.Name.Text == s.Name.Text {
			return way
		}
		if seen[last.Name.Text] {
			continue
		}
		seen[last.Name.Text] = true
		for _, b := range next(s, last) {
			queue = append(queue, append(slices.Clip(way), b))
		}
	}
	return nil
}

// another gives a route by name, the subject itself as it is being judged.
func (s *subject) another(name string) *route.Route {
	if name == s.Name.Text {
		return s.Route
	}
	return s.defs.Parsed(name)
}

// atOnce gives the routes that a route begins before anybody acts and whatever
// the card holds.
func (s *subject) atOnce(r *route.Route) []begun {
	var out []begun
	add := func(name route.Word) {
		if other := s.another(name.Text); other != nil {
			out = append(out, begun{other, name.At})
		}
	}
	var follow func(steps []*route.Step)
	follow = func(steps []*route.Step) {
		for _, step := range steps {
			if skippable(step) || len(step.After) > 0 || step.Lock.Text != "" {
				return
			}
			switch step.Verb {
			case route.Inform:
			case route.Do:
				for _, a := range step.Actions {
					switch {
					case a.If != nil || a.On != nil:
					case a.Kind == route.StartOf:
						add(a.Route)
					case a.Kind == route.Register && len(a.Find) == 0:
						out = append(out, s.registered(a)...)
					}
				}
			case route.Call:
				if step.Call.On == nil && !(step.Call.Wait && step.Call.Route.Text == r.Name.Text) {
					add(step.Call.Route)
				}
				if step.Call.Wait {
					return
				}
			case route.Parallel:
				for _, b := range step.Branches {
					if b.If == nil {
						follow(b.Steps)
					}
				}
				return
			case route.Repeat:
				follow(step.Branches[0].Steps)
				return
			default:
				return
			}
		}
	}
	follow(r.Body.Steps)
	return out
}

// mayBegin gives the routes that may begin because of what a route changes or
// registers before anybody acts. A change begins a route only while it is not
// running, so only one that may be over at once takes part in a circle. Values
// that are the same each time change nothing.
func (s *subject) mayBegin(r *route.Route) []begun {
	first := r.AtOnce()
	if !slices.ContainsFunc(first.Actions, func(a *route.Action) bool {
		return a.Kind == route.Register || a.Kind == route.Set || a.Kind == route.StartOf && a.On != nil
	}) {
		return nil
	}
	around := s.defs.Surroundings(s.forms)
	var out []begun
	for _, a := range first.Actions {
		switch {
		case a.Kind == route.StartOf && a.On != nil:
			if other := s.another(a.Route.Text); other != nil {
				out = append(out, begun{other, a.Route.At})
			}
			continue
		case a.Kind == route.Register && len(a.Find) == 0:
			for _, other := range around.Begun(a.Form.Text, route.OnRegistered) {
				if other.Name.Text == s.Name.Text {
					other = s.Route
				}
				if s.mayStart(other, a, other.Name.Text == r.Name.Text) {
					out = append(out, begun{other, a.At})
				}
			}
		}
		for _, e := range processing.EffectsOf(r.For.Text, a, around) {
			for _, other := range around.Begun(e.Form, route.OnChanged) {
				if other.Name.Text == s.Name.Text {
					other = s.Route
				}
				if e.Kind == processing.Changed && e.Begins(other) && other.AtOnce().Over {
					out = append(out, begun{other, a.At})
				}
			}
		}
	}
	return out
}

// mayStart tells whether a document with the values that an action gives it may
// begin a route when it is registered; and, where that is the route of the
// action itself, come to the action again.
func (s *subject) mayStart(r *route.Route, a *route.Action, itself bool) bool {
	of := s.elsewhere(r.For.Text)
	if _, err := s.defs.CheckRoute(r); err != nil || of.forms.Form(r.For.Text) == nil { // compiles its conditions
		return true
	}
	for _, start := range r.Starts {
		if start.On != route.OnRegistered {
			continue
		}
		var wishes []decide.Wish
		if t := tree(start.If); t != nil {
			wishes = append(wishes, decide.Wish{Cond: t, Holds: true})
		}
		if t := tree(a.If); t != nil && itself {
			wishes = append(wishes, decide.Wish{Cond: t, Holds: true})
		}
		for _, f := range of.forms.Form(r.For.Text).Fields() {
			var value *expr.Expr
			for _, set := range a.Set {
				if set.Field.Text == f.Name {
					value = tree(set.Value)
				}
			}
			if value != nil && value.Op == expr.Literal && value.Value != nil {
				wishes = append(wishes, decide.Wish{Holds: true, Cond: &expr.Expr{Op: expr.Eq, Type: expr.Type{Kind: expr.Bool},
					Args: []*expr.Expr{{Op: expr.Field, Name: f.Name, Type: of.forms.ExprType(f)}, value}}})
			}
		}
		if verdict, _ := of.ask(nil, wishes...); verdict != decide.Impossible {
			return true
		}
	}
	return false
}

// elsewhere is a subject of expressions over documents of another form.
func (s *subject) elsewhere(form string) *subject {
	of := &subject{Route: &route.Route{For: route.Word{Text: form}}, defs: s.defs, forms: s.forms, org: s.org, settings: s.settings, shaky: s.shaky, problems: &diag.List{}}
	of.flow = &dataflow{s: of, paths: map[string]int{}}
	return of
}

// registered gives the routes that begin when a document is registered by an
// action.
func (s *subject) registered(a *route.Action) []begun {
	routes, err := s.defs.Routes()
	if err != nil {
		return nil
	}
	var out []begun
	for _, other := range routes {
		if other.Name.Text == s.Name.Text {
			other = s.Route
		}
		for _, start := range other.Starts {
			if other.For.Text == a.Form.Text && start.On == route.OnRegistered && start.If == nil {
				out = append(out, begun{other, a.At})
				break
			}
		}
	}
	return out
}

// awaited gives the other routes that a route calls, and waits for, on every
// way to its end.
func (s *subject) awaited(r *route.Route) []begun {
	if !slices.ContainsFunc(r.Steps(), func(step *route.Step) bool { return step.Verb == route.Call && step.Call.Wait && step.Call.On == nil }) {
		return nil
	}
	f := s.graph()
	if r != s.Route {
		f = newFlow(r, false)
	}
	if !f.reached[f.end] {
		return nil
	}
	var out []begun
	for _, step := range f.mustCall() {
		if other := s.another(step.Call.Route.Text); other != nil && other.Name.Text != r.Name.Text && step.Call.On == nil {
			out = append(out, begun{other, step.Call.Route.At})
		}
	}
	return out
}
