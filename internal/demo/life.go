package demo

import (
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
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
		list = make([]*life, g.variety)
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

// step lets one thing happen; false when nothing more does.
func (s *stage) step() bool {
	if s.events++; s.events > 2*longestLife {
		return false
	}
	in, t := s.choose()
	if t == nil {
		timer := s.timer()
		if timer == 0 {
			return false
		}
		s.now = max(s.now, timer)
		return s.apply(engine.TimerDue{}, "tick")
	}
	worked := s.g.clock.work(s.now)
	room := int64(8 * 3600)
	if t.State == engine.TaskReview {
		room *= 3
	} else if !t.Due.IsZero() {
		room = max(s.g.clock.work(t.Due.Unix())-worked, 1200)
	}
	var wait int64
	switch way := s.r.n(100); {
	case way < 74:
		wait = room * int64(s.r.between(3, 80)) / 100
	case way < 88:
		wait = room * int64(s.r.between(80, 99)) / 100
	case way < 99:
		wait = room*int64(s.r.between(103, 220))/100 + 1800
	default:
		s.stuck[t.ID] = true
		return true
	}
	act := s.g.clock.moment(worked + wait + int64(s.r.n(60)))
	if timer := s.timer(); timer > 0 && timer <= act {
		s.now = max(s.now, timer)
		return s.apply(engine.TimerDue{}, "tick")
	}
	s.now = act
	return s.act(in, t)
}

func pending(t *document.Task) bool {
	return t.State == engine.TaskOpen || t.State == engine.TaskReview
}

// choose gives a task that somebody has to do and will.
func (s *stage) choose() (*document.Instance, *document.Task) {
	type place struct{ in, task int }
	var open []place
	for i := range s.doc.Routes {
		for j := range s.doc.Routes[i].Tasks {
			if t := &s.doc.Routes[i].Tasks[j]; pending(t) && !s.stuck[t.ID] {
				open = append(open, place{i, j})
			}
		}
	}
	if len(open) == 0 {
		return nil, nil
	}
	p := pick(&s.r, open)
	return &s.doc.Routes[p.in], &s.doc.Routes[p.in].Tasks[p.task]
}

// timer gives the next moment at which somebody is to be reminded, 0 for none.
func (s *stage) timer() int64 {
	var next int64
	for _, in := range s.doc.Routes {
		for _, t := range in.Tasks {
			if at := t.Timer.Unix(); !t.Timer.IsZero() && pending(&t) && (next == 0 || at < next) {
				next = at
			}
		}
	}
	return next
}

// act lets the performer do something about a task.
func (s *stage) act(in *document.Instance, t *document.Task) bool {
	actor := s.actor(t)
	if s.r.of(8) {
		return s.stop(in, actor)
	}
	if t.State == engine.TaskReview {
		if s.r.of(120) {
			return s.apply(engine.Advance{Task: t.ID, Outcome: "return", Comment: pick(&s.r, approvalComments())}, actor)
		}
		return s.apply(engine.Advance{Task: t.ID}, actor)
	}
	def, err := s.g.defs.Pinned(in.Definition)
	if err != nil {
		return false
	}
	step := def.Step(t.Step)
	if step == nil {
		return false
	}
	plain := step.Implied || step.Outcome("accepted") == nil
	if plain && t.Accepted.IsZero() && s.r.of(400) {
		return s.apply(engine.Accept{Task: t.ID}, actor)
	}
	if (step.Implied || step.Outcome("refused") == nil) && s.r.of(20) && t.Cycle < 2 {
		return s.apply(engine.Refuse{Task: t.ID, Comment: pick(&s.r, refusalComments())}, actor) || s.advance(step, t, actor)
	}
	return s.advance(step, t, actor)
}

// stop ends a route before its end, as heads do when an inquiry has come twice.
func (s *stage) stop(in *document.Instance, actor string) bool {
	if head := s.g.heads[actor]; head != "" {
		actor = head
	}
	return s.apply(engine.Stop{Instance: in.ID, Comment: "Дубль, закрываю маршрут."}, actor)
}

func (s *stage) advance(step *route.Step, t *document.Task, actor string) bool {
	if len(step.Outcomes) == 0 {
		return s.apply(engine.Advance{Task: t.ID}, actor)
	}
	o := s.outcome(step)
	comment := pick(&s.r, taskComments())
	if o.Comment {
		comment = pick(&s.r, refusalComments())
		if step.Verb == route.Approve {
			comment = pick(&s.r, approvalComments())
		}
	}
	e := engine.Advance{Task: t.ID, Outcome: o.Name, Comment: comment}
	if o.Target.Kind == route.GoOn {
		for _, w := range step.Fill {
			if s.doc.Card.Get(w.Text).IsEmpty() {
				e.Fields = append(e.Fields, engine.Field{Name: w.Text, Text: s.entry(w.Text)})
			}
		}
	}
	return s.apply(e, actor)
}

// actor gives who acts on a task.
func (s *stage) actor(t *document.Task) string {
	switch {
	case t.State == engine.TaskReview:
		return t.Controller
	case t.Who != "":
		return t.Who
	case slices.Contains(t.Candidates, s.k.person):
		return s.k.person
	}
	return pick(&s.r, t.Candidates)
}

// outcome chooses an answer: usually the first; what is known to go wrong more
// often does.
func (s *stage) outcome(step *route.Step) *route.Outcome {
	first := 86
	switch step.Outcomes[0].Name {
	case "accepted":
		first = 66
	case "contract":
		first = 34
	}
	if len(step.Outcomes) == 1 || s.r.n(100) < first {
		return step.Outcomes[0]
	}
	return step.Outcomes[1+s.r.n(len(step.Outcomes)-1)]
}

// entry gives what a person enters into a field.
func (s *stage) entry(field string) string {
	f := s.g.forms.Form(s.doc.Form).Field(field)
	if f == nil {
		return ""
	}
	at := s.g.clock.at(s.now)
	switch f.Type {
	case expr.DateKind:
		return at.Format(time.DateOnly)
	case expr.DateTime:
		return document.FormatTime(at)
	case expr.Money, expr.Decimal, expr.Int:
		return strconv.Itoa(s.r.between(1, 100))
	case expr.UserKind:
		return s.k.person
	case expr.Choice:
		if len(f.Values) > 0 {
			return f.Values[0].Value
		}
	case expr.Directory:
		if d := s.g.forms.Directory(f.Directory); d != nil && len(d.Entries) > 0 {
			return d.Entries[0].ID
		}
	case expr.Text, expr.Multiline:
		return pick(&s.r, results())
	}
	return ""
}

// book answers the engine's questions about other documents.
type book struct {
	g      *generator
	k      kind
	docs   map[string]*document.Document
	client string
	fresh  []string
}

func newBook(g *generator, self *document.Document, k kind) book {
	b := book{g: g, k: k, docs: map[string]*document.Document{self.Number: self}}
	if f := g.forms.Form(clients); f != nil {
		c := &document.Document{Form: clients, Number: g.models[clients], Registered: self.Registered, By: k.person, Status: f.Initial()}
		c.Card.SetText("name", "ООО «Ромашка»")
		c.Card.SetText("manager", k.person)
		b.client = c.Number
		b.docs[c.Number] = c
	}
	return b
}

// keep remembers documents as they are now.
func (b *book) keep(docs []*document.Document) {
	for _, d := range docs {
		b.docs[d.Number] = d
	}
}

// name gives a new document a number in the place of its placeholder.
func (b *book) name(placeholder string, docs []*document.Document) {
	number := placeholder
	for _, d := range docs {
		if d.Number == placeholder {
			number = b.g.models[d.Form]
			d.Number = number
			b.fresh = append(b.fresh, number)
		}
	}
	for _, d := range docs {
		for i := range d.Card {
			if d.Card[i].Value.Text == placeholder {
				d.Card[i].Value.Text = number
			}
		}
		for i := range d.Links {
			if d.Links[i].To == placeholder {
				d.Links[i].To = number
			}
		}
	}
}

// made gives the document of a form that was registered on the way.
func (b *book) made(name string) *document.Document {
	for _, number := range b.fresh {
		if d := b.docs[number]; d != nil && d.Form == name {
			return d
		}
	}
	return nil
}

func (b *book) formOf(number string) string {
	if d := b.docs[number]; d != nil {
		return d.Form
	}
	return ""
}

// Document gives a document of the life.
func (b *book) Document(number string) (*document.Document, error) { return b.docs[number], nil }

// ByUnique finds the client whatever is asked for: routes then link the client
// there is instead of registering one.
func (b *book) ByUnique(name, field, value string) ([]string, error) {
	if name == clients && b.client != "" {
		return []string{b.client}, nil
	}
	return nil, nil
}

// WorkLoad makes the manager of the life the least loaded.
func (b *book) WorkLoad(users []string) ([]int, error) {
	loads := make([]int, len(users))
	for i, u := range users {
		if u != b.k.person {
			loads[i] = 1 + i
		}
	}
	return loads, nil
}

// LastPerformer has no rotation.
func (b *book) LastPerformer(string, string) (string, error) { return "", nil }

// definitions are the routes that lives are played on.
type definitions struct {
	routes []*route.Route
	pinned map[string]*route.Route
	used   map[string]bool
}

func newDefinitions(routes []*route.Route) *definitions {
	d := &definitions{routes: slices.Clone(routes), pinned: map[string]*route.Route{}, used: map[string]bool{}}
	slices.SortFunc(d.routes, func(a, b *route.Route) int {
		switch {
		case a.Name.Text < b.Name.Text:
			return -1
		case a.Name.Text > b.Name.Text:
			return 1
		}
		return 0
	})
	for _, r := range d.routes {
		d.pinned[r.ID] = r
	}
	return d
}

func (d *definitions) pin(id string) { d.used[id] = true }

// Pinned gives a definition by its id.
func (d *definitions) Pinned(id string) (*route.Route, error) {
	if r := d.pinned[id]; r != nil {
		return r, nil
	}
	return nil, unfit("e1 route list", "there is no route definition %q", id)
}

// Current gives a route by its name.
func (d *definitions) Current(name string) (*route.Route, error) {
	for _, r := range d.routes {
		if r.Name.Text == name {
			return r, nil
		}
	}
	return nil, unfit("e1 route list", "there is no route %q", name)
}

// Starting gives the routes of a form that an event may start.
func (d *definitions) Starting(name string, on route.StartKind) []*route.Route {
	var out []*route.Route
	for _, r := range d.routes {
		if r.For.Text != name {
			continue
		}
		for _, s := range r.Starts {
			if s.On == on {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

var _ form.Lookup = (*book)(nil)
