package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// Surroundings is what rules act in: where references lead, and which routes
// there are. Without it, rules are held against each other alone.
type Surroundings struct {
	// Refers gives the form that a reference field of a form leads to; "" for
	// none.
	Refers func(form, field string) string
	// Begun gives the routes that registering or changing a document of a form
	// may begin, Route the one of a name; nil where routes do not matter.
	Begun func(form string, on route.StartKind) []*route.Route
	Route func(name string) *route.Route
}

// Together checks rules against each other: two that set one field at one
// event, and circles, through other documents and through routes that begin
// meanwhile as well.
func Together(rules []*Rule, around Surroundings) diag.List {
	var problems diag.List
	for i, a := range rules {
		for _, b := range rules[i+1:] {
			overlaps(a, b, &problems)
		}
	}
	circles(rules, around, &problems)
	problems.Sort()
	return problems
}

// circles reports rules that may set each other off without end: along the
// circle every rule either registers a document, or overwrites a field with
// what changes each time, be it with a constant after which another one follows.
func circles(rules []*Rule, around Surroundings, problems *diag.List) {
	follows := following(rules, around)
	told := map[int]bool{}
	for i := range rules {
		if told[i] {
			continue
		}
		if way := wayBack(follows, i); way != nil {
			names := make([]string, 0, len(way)+1)
			for _, k := range way {
				told[k] = true
				names = append(names, rules[k].Name.Text)
			}
			r := rules[i]
			problems.Add(diag.Problem{Code: circle.Code, Slug: circle.Slug, Severity: diag.Error, At: r.Name.At,
				Message: fmt.Sprintf("the rule %q sets itself off without end", r.Name.Text),
				Path:    append(names, r.Name.Text),
				Help:    "let one of the rules set its field only while it is empty (without overwrite), or find what it registers",
			})
		}
	}
}

// following gives for each rule those that it may set off again and again. A
// constant sets off anything anew only where the field is given another value on
// the way round.
func following(rules []*Rule, around Surroundings) [][]int {
	events := make([][]Event, len(rules))
	changing := varying(rules, around)
	for i, r := range rules {
		events[i] = effects(r, around, changing)
	}
	for {
		follows := make([][]int, len(rules))
		for i := range rules {
			for k, r := range rules {
				if slices.ContainsFunc(events[i], func(e Event) bool { return (i != k || e.Value == "") && e.setsOff(r) }) {
					follows[i] = append(follows[i], k)
				}
			}
		}
		settled := false
		for i, mates := range circlesOf(follows) {
			values := map[Event]map[string]bool{} // of fields, by their event
			for _, k := range mates {
				for _, e := range events[k] {
					if values[e.field()] == nil {
						values[e.field()] = map[string]bool{}
					}
					values[e.field()][e.Value] = true
				}
			}
			events[i] = slices.DeleteFunc(events[i], func(e Event) bool {
				dead := e.Value != "" && len(values[e.field()]) == 1
				settled = settled || dead
				return dead
			})
		}
		if !settled {
			return follows
		}
	}
}

// circlesOf gives for each rule in a circle all rules on ways from it back to
// itself.
func circlesOf(follows [][]int) map[int][]int {
	reached := make([]map[int]bool, len(follows))
	for i := range follows {
		seen := map[int]bool{}
		for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
			for _, next := range follows[queue[0]] {
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		reached[i] = seen
	}
	out := map[int][]int{}
	for i, seen := range reached {
		if seen[i] {
			for k := range seen {
				if reached[k][i] {
					out[i] = append(out[i], k)
				}
			}
		}
	}
	return out
}

// wayBack finds the shortest way from a rule back to itself.
func wayBack(follows [][]int, start int) []int {
	from := map[int]int{}
	queue := []int{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, next := range follows[at] {
			if next == start {
				way := []int{at}
				for at != start {
					at = from[at]
					way = append(way, at)
				}
				slices.Reverse(way)
				return way
			}
			if _, seen := from[next]; !seen {
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// Event is something that happens to documents of a form because of an action.
type Event struct {
	Form string
	Kind Kind   // Registered, Changed or Document
	Name string // Changed: the field; Document: the form of the document that refers to this one
	// Value is the constant that a field is given; "" where it is another one
	// each time.
	Value string
}

// field is the event without the value.
func (e Event) field() Event {
	e.Value = ""
	return e
}

// setsOff tells whether an event is one that a rule is for. Whether its
// condition holds is not asked, unless it is about the constant.
func (e Event) setsOff(r *Rule) bool {
	if e.Value != "" && r.If != nil && route.HasWord(r.If.Text, e.Name) {
		return false
	}
	return r.For.Text == e.Form && slices.ContainsFunc(r.On, func(t *Trigger) bool {
		return t.Kind == e.Kind && t.Meets(e.Name) ||
			e.Kind == Changed && e.Name == "status" && t.Kind == Status && (e.Value == "" || t.Meets(e.Value))
	})
}

// Begins tells whether an event may begin a route, whatever its condition: a
// change begins one whose condition reads the field.
func (e Event) Begins(r *route.Route) bool {
	return r.For.Text == e.Form && slices.ContainsFunc(r.Starts, func(s *route.Start) bool {
		switch {
		case s.On == route.OnRegistered:
			return e.Kind == Registered
		case s.On != route.OnChanged || e.Kind != Changed:
			return false
		}
		return e.Name == "status" || s.If != nil && route.HasWord(s.If.Text, e.Name)
	})
}

// effects gives the events that a rule brings about before anybody acts, those
// of the routes that begin meanwhile included.
func effects(r *Rule, around Surroundings, changing map[string]bool) []Event {
	w := &spread{around: around, seen: map[Event]bool{}, begun: map[string]bool{}, changing: changing}
	w.actions(r.For.Text, r.Do, r.Overwrites)
	return w.events
}

// EffectsOf gives the events that an action of a route brings about on documents
// that are there, without those of routes that begin meanwhile.
func EffectsOf(form string, a *route.Action, around Surroundings) []Event {
	w := &spread{around: around, seen: map[Event]bool{}, alone: true}
	w.actions(form, []*route.Action{a}, always)
	return w.events
}

func always(string) bool { return true }

// spread follows what actions bring about.
type spread struct {
	around Surroundings
	events []Event
	seen   map[Event]bool
	begun  map[string]bool // routes
	alone  bool            // routes that begin meanwhile are left out
	// changing are fields, "form.field", that are given another value each time.
	changing map[string]bool
}

// varying gives the fields, "form.field", to which a rule gives a value that is
// another one each time, or a copy of one.
func varying(rules []*Rule, around Surroundings) map[string]bool {
	w := &spread{around: around, changing: map[string]bool{}}
	for grown := true; grown; {
		grown = false
		note := func(form, of string, s *route.Assignment) {
			path := s.Fields()
			for len(path) > 1 {
				of, path = w.refers(of, path[0]), path[1:]
			}
			if name := of + "." + path[0]; !w.changing[name] && !w.settled(form, s.Value) {
				w.changing[name], grown = true, true
			}
		}
		for _, r := range rules {
			for _, a := range r.Do {
				of := r.For.Text
				if a.Kind == route.Register {
					of = a.Form.Text
				}
				for _, s := range a.Set {
					note(r.For.Text, of, s)
				}
			}
		}
	}
	return w.changing
}

func (w *spread) happens(form string, kind Kind, name, value string) {
	e := Event{form, kind, name, value}
	if form == "" || w.seen[e] {
		return
	}
	w.seen[e] = true
	w.events = append(w.events, e)
	on, known := map[Kind]route.StartKind{Registered: route.OnRegistered, Changed: route.OnChanged}[kind]
	if w.alone || !known || w.around.Begun == nil {
		return
	}
	for _, r := range w.around.Begun(form, on) {
		if e.Begins(r) {
			w.begin(r)
		}
	}
}

// begin follows a route that begins.
func (w *spread) begin(r *route.Route) {
	if w.begun[r.Name.Text] || w.alone {
		return
	}
	w.begun[r.Name.Text] = true
	first := r.AtOnce()
	w.actions(r.For.Text, first.Actions, always)
	for _, c := range first.Calls {
		w.named(c.Route.Text)
	}
}

func (w *spread) named(name string) {
	if w.around.Route == nil {
		return
	}
	if r := w.around.Route(name); r != nil {
		w.begin(r)
	}
}

// actions follows actions on a document of a form; overwrites tells which
// fields they may give another value.
func (w *spread) actions(form string, list []*route.Action, overwrites func(string) bool) {
	for _, a := range list {
		switch a.Kind {
		case route.Register:
			w.register(form, a)
		case route.Set:
			for _, s := range a.Set {
				w.set(form, s, overwrites)
			}
		case route.LinkTo:
			if p := a.To.Program(); p != nil {
				w.happens(p.Type().Name, Document, form, "")
			}
		case route.StartOf:
			w.named(a.Route.Text)
		}
	}
}

func (w *spread) register(form string, a *route.Action) {
	if len(a.Find) > 0 {
		return // the second time there is one
	}
	w.happens(a.Form.Text, Registered, "", "")
	if a.LinkKind.Text != "" {
		w.happens(form, Document, a.Form.Text, "")
	}
	for _, s := range a.Set {
		w.happens(w.refers(a.Form.Text, s.Field.Text), Document, a.Form.Text, "")
	}
}

func (w *spread) set(form string, s *route.Assignment, overwrites func(string) bool) {
	if !overwrites(s.Field.Text) {
		return
	}
	value := ""
	if w.settled(form, s.Value) {
		if value = s.Value.Text; w.alone {
			return // the second time it changes nothing
		}
	}
	path := s.Fields()
	for len(path) > 1 {
		if form = w.refers(form, path[0]); form == "" {
			return
		}
		path = path[1:]
	}
	w.happens(form, Changed, path[0], value)
	if value == "" {
		w.happens(w.refers(form, path[0]), Document, form, "")
	}
}

func (w *spread) refers(form, field string) string {
	if w.around.Refers == nil {
		return ""
	}
	return w.around.Refers(form, field)
}

// settled tells whether a value is the same each time: a literal or a bare
// word, unless that is a field which is given another value each time.
func (w *spread) settled(form string, e *route.Expr) bool {
	if p := e.Program(); p != nil && len(p.Reads()) == 0 {
		return true // it reads nothing
	}
	text := strings.Trim(e.Text, `"'`)
	return text != "number" && text != "uid" && !w.changing[form+"."+text] && !strings.ContainsAny(text, "+-*/()[]{}?:. ")
}
