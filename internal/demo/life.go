package demo

import (
	"slices"
	"strconv"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
)

// life is what happens to one document on its way, recorded from the engine
// event by event. Documents of a kind share lives: each takes one over, moved
// in working time to its own registration, as far as it has come by now.
type life struct {
	begin  int64 // when the recorded document was registered
	states []state
	// invoiced is the first state with an invoice, -1 when none was made.
	invoiced int
	deadline int64 // of an assignment
}

// state is the document after an event.
type state struct {
	at        int64 // when the event happened
	status    string
	invoice   string // status of the invoice made on the way
	fields    []change
	instances []document.Instance
	deadlines []deadline // of the tasks of all instances, in order
	comments  []document.Comment
}

// change is a field to which the way has given a value.
type change struct {
	field string
	kind  expr.Kind
	text  string
	at    int64 // of dates and times
	form  string
}

// kind is what documents must have in common to share a life.
type kind struct {
	form    string
	kind    string // of inquiry or contract
	person  string // manager; performer of an assignment
	other   string // controller of an assignment
	known   bool   // the manager is named at registration
	big     bool   // the contract's amount exceeds the threshold of the general director
	initial string // status at registration
}

func (k kind) hash() uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, s := range []string{k.form, k.kind, k.person, k.other, k.initial, strconv.FormatBool(k.known), strconv.FormatBool(k.big)} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 255) * 1099511628211
	}
	return h
}

// life gives one of the lives of a kind, the same for the same r.
func (g *generator) life(k kind, r *rng) *life {
	list := g.lives[k]
	if list == nil {
		n := g.variety
		if k.form == contracts { // of which there are many kinds and few documents
			n = max(n/4, 3)
		}
		list = make([]*life, n)
		g.lives[k] = list
	}
	i := r.n(len(list))
	if list[i] == nil {
		list[i] = g.record(k, i)
	}
	return list[i]
}

// origin stands for who registers the recorded document.
const origin = "import/demo"

// stage is a document being led along its routes.
type stage struct {
	g      *generator
	k      kind
	r      rng
	doc    *document.Document
	first  document.Card
	now    int64
	stuck  map[int]bool // tasks that nobody ever does
	book   book
	life   *life
	events int
}

// longestLife bounds the events of one life.
const longestLife = 60

// record plays one life.
func (g *generator) record(k kind, sample int) *life {
	s := &stage{g: g, k: k, r: newRNG(g.opt.Seed^k.hash(), streamLife, sample), stuck: map[int]bool{}}
	quiet := g.quiet
	s.now = g.clock.moment(quiet + int64(s.r.n(20*8*3600)) + 60)
	s.doc = g.model(k, s.now, &s.r)
	s.first = s.doc.Card.Clone()
	s.book = newBook(g, s.doc, k)
	s.life = &life{begin: s.now, invoiced: -1}
	if at, ok := document.ParseTime(s.doc.Card.Text("deadline")); ok {
		s.life.deadline = at.Unix()
	}
	if !s.apply(engine.Registered{}, s.doc.By) {
		s.keep()
		return s.life
	}
	for len(s.life.states) < longestLife && s.step() {
	}
	return s.life
}

// apply carries out an event and keeps the state after it; false when the
// engine refuses.
func (s *stage) apply(e engine.Event, actor string) bool {
	res, err := engine.Apply(engine.Input{
		Document: s.doc, Event: e, Actor: actor, Now: s.g.clock.at(s.now), Definitions: s.g.defs,
		Forms: s.g.forms, Calendar: s.g.opt.Calendar, Lookup: &s.book,
	})
	if err != nil {
		s.g.refusals = append(s.g.refusals, err)
		return false
	}
	for _, placeholder := range res.New {
		s.book.name(placeholder, res.Changed)
	}
	s.doc = res.Changed[0]
	s.book.keep(res.Changed)
	for _, p := range res.Pin {
		s.g.defs.pin(p.ID)
	}
	s.keep()
	return true
}

// keep records the state of the document.
func (s *stage) keep() {
	st := state{at: s.now, status: s.doc.Status, instances: s.doc.Clone().Routes, comments: slices.Clone(s.doc.Comments)}
	f := s.g.forms.Form(s.doc.Form)
	for _, field := range f.Fields() {
		was, is := s.first.Text(field.Name), s.doc.Card.Text(field.Name)
		if field.Computed || field.Type == expr.Table || is == was {
			continue
		}
		c := change{field: field.Name, kind: field.Type, text: is}
		last := s.previous(field.Name)
		switch field.Type {
		case expr.Document:
			c.form = s.book.formOf(is)
		case expr.DateKind:
			c.at = s.now // a date can only be that of the event
		case expr.DateTime:
			if at, ok := document.ParseTime(is); ok {
				c.at = at.Unix()
			}
		}
		if last != nil && last.text == is {
			c.at = last.at
		}
		st.fields = append(st.fields, c)
	}
	for i := range st.instances {
		for j := range st.instances[i].Tasks {
			st.deadlines = append(st.deadlines, s.deadline(&st.instances[i], &st.instances[i].Tasks[j]))
		}
	}
	if d := s.book.made(invoices); d != nil {
		if st.invoice = d.Status; s.life.invoiced < 0 {
			s.life.invoiced = len(s.life.states)
		}
	}
	s.life.states = append(s.life.states, st)
}

// previous gives what the state before says of a field.
func (s *stage) previous(field string) *change {
	if n := len(s.life.states); n > 0 {
		fields := s.life.states[n-1].fields
		for i := range fields {
			if fields[i].field == field {
				return &fields[i]
			}
		}
	}
	return nil
}
