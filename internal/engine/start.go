package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// registered starts the routes that begin with the registration.
func (m *machine) registered(e Registered) error {
	m.startBy(route.OnRegistered, nil, e.Due)
	if len(e.Due) == 0 {
		return nil
	}
	var started []*route.Route
	for _, in := range m.self.Routes {
		if def := m.defs[in.Definition]; def != nil && slices.Contains(m.res.Started, in.ID) {
			started = append(started, def)
		}
	}
	return byHand(e.Due, started...)
}

// byHand refuses deadlines for steps that none of some routes has.
func byHand(dues dueTimes, routes ...*route.Route) error {
	var possible, unknown []string
	for _, def := range routes {
		if def.Due != nil && def.Due.ByHand && !slices.Contains(possible, RouteDue) {
			possible = append(possible, RouteDue)
		}
		for _, s := range def.Steps() {
			if s.Due != nil && s.Due.ByHand {
				possible = append(possible, s.ID)
			}
		}
	}
	for _, name := range dues.names() {
		if !slices.Contains(possible, name) {
			unknown = append(unknown, name)
		}
	}
	switch {
	case len(unknown) == 0:
		return nil
	case len(possible) == 0:
		return refuse(BadRequest, "e1 route list", "no deadline is given by hand here: no step of the routes that start is due by hand")
	}
	return refuse(BadRequest, "", "no step %s is due by hand; possible: %s", quoted(unknown), quoted(possible)).offer(possible...)
}

// startBy starts the routes that say so by themselves. One that cannot be
// started is noted: the document is there all the same.
func (m *machine) startBy(kind route.StartKind, fields []string, dues dueTimes) {
	for _, r := range m.in.Definitions.Starting(m.self.Form, kind) {
		err := m.attempt(func() error {
			wanted, err := m.wants(r, kind, fields)
			if err != nil || !wanted {
				return err
			}
			_, err = m.begin(r, dues)
			return err
		})
		if err != nil {
			m.note("route %q was not started: %v", r.Name.Text, err)
		}
	}
}

// attempt carries something out completely, with all that follows by itself,
// or not at all.
func (m *machine) attempt(something func() error) error {
	return m.attemptThen(something, m.settle)
}

// attemptThen carries something out, and what then follows, or nothing of it.
func (m *machine) attemptThen(something, then func() error) error {
	docs := make([]*document.Document, len(m.docs))
	for i, d := range m.docs {
		docs[i] = d.Clone()
	}
	res, before := *m.res, m.spent
	fresh, loads, fields, turns := slices.Clone(m.fresh), maps.Clone(m.loads), maps.Clone(m.fields), maps.Clone(m.turns)
	err := something()
	if err == nil {
		err = then()
	}
	if err == nil {
		err = m.checkFresh()
	}
	if err == nil {
		return nil
	}
	err = m.inWords(err)
	m.self, m.docs, m.fresh, m.loads, m.fields, m.turns = docs[0], docs, fresh, loads, fields, turns
	m.runs = map[int]*run{}
	clear(m.tables)
	m.spent = before // what was undone must not use up what others may spend
	*m.res = res.clipped()
	return err
}

// clipped makes appending to a copy of the result harmless to what was
// appended to the original meanwhile.
func (r Result) clipped() Result {
	r.Pin, r.Opened, r.Closed = slices.Clip(r.Pin), slices.Clip(r.Opened), slices.Clip(r.Closed)
	r.Started, r.Ended = slices.Clip(r.Started), slices.Clip(r.Ended)
	r.Effects, r.Notes = slices.Clip(r.Effects), slices.Clip(r.Notes)
	r.Over, r.Trace = slices.Clip(r.Over), slices.Clip(r.Trace)
	r.Then, r.Papers = slices.Clip(r.Then), slices.Clip(r.Papers)
	return r
}

// documentChanged lets the routes notice what a person has changed. A route
// that cannot go on must not keep people from correcting cards: it stays where
// it is, which is noted, and is tried again with the next event.
func (m *machine) documentChanged(e DocumentChanged) error {
	err := m.attempt(func() error {
		for _, f := range e.Fields {
			if !e.Noticed {
				m.touched(f)
			}
		}
		return nil
	})
	if err != nil {
		m.note("a route of %s cannot go on: %v", m.self.Number, err)
	}
	m.startBy(route.OnChanged, e.Fields, nil)
	return nil
}

// wants tells whether one of the route's starts applies.
func (m *machine) wants(r *route.Route, kind route.StartKind, fields []string) (bool, error) {
	for _, s := range r.Starts {
		if s.On != kind {
			continue
		}
		if s.If == nil {
			return true, nil
		}
		program, problems := s.If.Compile(m.env(m.self.Form), condition())
		if err := problems.Err(); err != nil {
			return false, &Refusal{Reason: BrokenRoute, Message: fmt.Sprintf("route %q is broken: %v", r.Name.Text, err), Hint: "e1 lint", Err: err}
		}
		if kind == route.OnChanged {
			reads := slices.ContainsFunc(program.Reads(), func(name string) bool { return slices.Contains(fields, name) })
			if !reads || m.isRunning(r.Name.Text) {
				continue
			}
		}
		v, err := program.Eval(m.scope(m.self, nil))
		if err != nil {
			return false, m.badExpression(s.If, program, err)
		}
		if v == true {
			return true, nil
		}
	}
	return false, nil
}

func (m *machine) isRunning(name string) bool {
	return slices.ContainsFunc(m.self.Routes, func(in document.Instance) bool {
		return in.Route == name && in.State == Running
	})
}

func (m *machine) start(e Start) error {
	def := e.Definition
	if def == nil {
		var err error
		if def, err = m.in.Definitions.Current(e.Route); err != nil {
			return &Refusal{Reason: UnknownRoute, Message: err.Error(), Hint: "e1 route list", Err: err}
		}
	}
	if def.For.Text != "" && def.For.Text != m.self.Form {
		return refuse(BadRequest, "e1 route list", "route %q is for %s, %s is of %s", def.Name.Text, def.For.Text, m.self.Number, m.self.Form)
	}
	if e.Definition == nil && !slices.ContainsFunc(def.Starts, func(s *route.Start) bool { return s.On == route.ByHand }) {
		return refuse(NotPermitted, "add \"by hand\" to its start, or send the document along a route of its own: e1 route start "+m.self.Number+" --steps …",
			"route %q is not started by hand; it starts %s", def.Name.Text, startsOf(def))
	}
	if m.isRunning(def.Name.Text) {
		return refuse(AlreadyRunning, "e1 show "+m.self.Number, "route %q is running on %s already", def.Name.Text, m.self.Number)
	}
	if err := byHand(e.Due, def); err != nil {
		return err
	}
	id, err := m.begin(def, e.Due)
	if in := m.self.Instance(id); err == nil && e.Definition != nil {
		in.Title = def.Title.In(m.language)
	}
	return err
}

// startsOf says how a route starts.
func startsOf(def *route.Route) string {
	var words []string
	for _, s := range def.Starts {
		text := map[route.StartKind]string{route.OnRegistered: "when a document is registered", route.OnChanged: "when a document is changed"}[s.On]
		if text == "" {
			text = string(s.On)
		}
		if s.If != nil {
			text += " if " + s.If.Text
		}
		words = append(words, text)
	}
	if len(words) == 0 {
		return "by nothing"
	}
	return strings.Join(words, ", ")
}

// begin adds an instance and lets it run.
func (m *machine) begin(def *route.Route, dues dueTimes) (int, error) {
	return m.beginFor(def, dues, "")
}

// beginFor adds an instance whose end somebody may await.
func (m *machine) beginFor(def *route.Route, dues dueTimes, caller string) (int, error) {
	leave, err := m.begins(def)
	if err != nil {
		return 0, err
	}
	defer leave()
	id := 1
	for _, in := range m.self.Routes {
		id = max(id, in.ID+1)
	}
	in := document.Instance{ID: id, Route: def.Name.Text, Definition: def.ID, State: Running,
		By: m.in.Actor, Started: m.in.Now}
	dues.remember(def, &in.Vars)
	if caller != "" {
		in.Vars.SetText(callerVar, caller)
	}
	m.self.Routes = append(m.self.Routes, in)
	m.defs[def.ID] = def
	if !slices.ContainsFunc(m.res.Pin, func(d Definition) bool { return d.ID == def.ID }) {
		m.res.Pin = append(m.res.Pin, Definition{ID: def.ID, Route: def.Name.Text, Source: def.File.Src})
	}
	m.res.Started = append(m.res.Started, id)
	r, err := m.run(id)
	if err != nil {
		return 0, err
	}
	if err := r.promise(dues); err != nil {
		return 0, err
	}
	if len(def.Body.Steps) == 0 {
		r.finish("")
	} else {
		r.push(def.Body.Steps[0], "")
	}
	return id, r.drain()
}
