package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// act carries out automatic actions in order. It tells whether the step goes on:
// not when an action has withdrawn a block around it, behind which the route
// goes on instead.
func (r *run) act(actions []*route.Action, s *route.Step, item string) (on bool, err error) {
	stood := r.stands(s, item)
	for _, a := range actions {
		if a.If != nil {
			ok, err := r.condition(a.If, s, item)
			if err != nil {
				return false, err
			}
			if !ok {
				continue
			}
		}
		if err := r.action(a, s, item); err != nil {
			return false, err
		}
	}
	return !stood || r.stands(s, item), nil
}

// stands tells whether the blocks around a step are open.
func (r *run) stands(s *route.Step, item string) bool {
	for b := s.Parent; b != nil && b.Owner != nil; b = b.Owner.Parent {
		switch b.Owner.Verb {
		case route.Each:
			item, _ = cutItem(item)
			fallthrough
		case route.Parallel, route.Repeat:
			if r.position(b.Owner.ID, item) == nil {
				return false
			}
		}
	}
	return true
}

func (r *run) action(a *route.Action, s *route.Step, item string) error {
	switch a.Kind {
	case route.Set:
		for _, set := range a.Set {
			if err := r.set(set, s, item); err != nil {
				return err
			}
		}
		return nil
	case route.Register:
		return r.register(a, s, item)
	case route.LinkTo:
		v, err := r.eval(a.To, s, item, expr.Options{})
		if err != nil {
			return err
		}
		if to, _ := expr.Identity(v); to != "" {
			addLink(r.self, a.LinkKind.Text, to)
			return nil
		}
		r.note("step %q: no link %q, %q is empty", s.ID, a.LinkKind.Text, a.To.Text)
		return nil
	case route.Remark:
		v, err := r.eval(a.Text, s, item, expr.Options{})
		if err != nil {
			return err
		}
		if text := expr.FormatValue(v); text != "" {
			r.addComment(text)
		}
		return nil
	case route.Cancel, route.Complete:
		return r.cancelSteps(a, item)
	case route.StartOf:
		if a.On != nil {
			number, err := r.elsewhere(a.On, s, item)
			if err != nil {
				return err
			}
			if number != "" {
				r.res.Then = append(r.res.Then, Next{number, Called{Route: a.Route.Text}})
				return nil
			}
		}
		def, err := r.in.Definitions.Current(a.Route.Text)
		if err != nil {
			return &Refusal{Reason: UnknownRoute, Message: err.Error(), Hint: "e1 lint", Err: err}
		}
		if r.rule != nil {
			return r.startByRule(def)
		}
		_, err = r.begin(def, nil)
		return err
	case route.Assign:
		if a.Field.Text != "" {
			if r.keeps(r.self, a.Field.Text, a.Field.Text) {
				return nil
			}
			return r.appoint(a, s, item)
		}
		if r.rule != nil {
			return r.assignByRule(a, s)
		}
		return r.assignOpen(a, s, item)
	case route.Mail, route.Reply, route.Generate, route.Attach:
		return r.order(a, s, item)
	}
	return refuse(NotCarriedOut, "update e1", "%s: the action %q is not carried out by this version", r.place(s), string(a.Kind))
}

// set gives a field of the document, or of one it refers to, a value.
func (r *run) set(set *route.Assignment, s *route.Step, item string) error {
	d := r.self
	path := set.Fields()
	for len(path) > 1 {
		number := d.Card.Text(path[0])
		if number == "" {
			r.note("step %q: %q is not set, %q is empty", s.ID, set.Field.Text, path[0])
			return nil
		}
		var err error
		if d, err = r.document(number); err != nil {
			return err
		}
		path = path[1:]
	}
	if r.keeps(d, path[0], set.Field.Text) {
		return nil
	}
	want, err := r.want(d.Form, path[0], set, s)
	if err != nil {
		return err
	}
	v, err := r.eval(set.Value, s, item, expr.Options{Want: want})
	if err != nil {
		return err
	}
	return r.store(d, path[0], v)
}

// want gives the type that a field needs.
func (r *run) want(name, field string, set *route.Assignment, s *route.Step) (expr.Type, error) {
	v, ok := r.in.Forms.Env(name).Lookup(field)
	if !ok {
		return expr.Type{}, r.outdated("%s, %s: %s has no field %q", r.place(s), set.Field.At, name, field)
	}
	v.Type.Nullable = true
	return v.Type, nil
}

// store puts a value into a card, or sets the status.
func (m *machine) store(d *document.Document, field string, v expr.Value) error {
	f := m.in.Forms.Form(d.Form)
	if f == nil {
		return refuse(BadField, "e1 form list", "%s is of an unknown form %q", m.name(d), d.Form)
	}
	if field == "status" {
		id, _ := expr.Identity(v)
		if _, known := f.Status(id); !known || id == form.Void {
			return refuse(BadField, "", "%s: %s", m.name(d), diag.Unknown("status", id, f.SettableStatuses())).offer(f.SettableStatuses()...)
		}
		if d.Status != id {
			d.Status = id
			m.changed(d, field)
		}
		return nil
	}
	before := d.Card.Clone()
	if p := m.in.Forms.SetValue(f, d, field, v); p != nil {
		return refuse(BadField, p.Hint, "%s: %s", m.name(d), ofField(*p, m.name(d)))
	}
	if !sameField(before.Get(field), d.Card.Get(field)) {
		m.changed(d, field)
	}
	return nil
}

// changed remembers that a field was given another value, and lets what waits
// for a field of the input's document know.
func (m *machine) changed(d *document.Document, field string) {
	clear(m.tables)
	if !slices.Contains(m.fields[d.Number], field) {
		m.fields[d.Number] = append(slices.Clip(m.fields[d.Number]), field)
	}
	if d == m.self {
		m.touched(field)
	}
}

func sameField(a, b *document.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	cells := func(a, b document.Cell) bool { return a.Name == b.Name && a.Text == b.Text }
	rows := func(a, b document.Row) bool { return slices.EqualFunc(a, b, cells) }
	return a.Text == b.Text && slices.Equal(a.List, b.List) && slices.EqualFunc(a.Rows, b.Rows, rows)
}

// document gives a document to be changed: a copy of its own.
func (m *machine) document(number string) (*document.Document, error) {
	for _, d := range m.docs {
		if d.Number == number {
			return d, nil
		}
	}
	if m.in.Lookup == nil {
		return nil, refuse(DocumentUnknown, "", "there is no document %q", number)
	}
	d, err := m.in.Lookup.Document(number)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, refuse(DocumentUnknown, "", "there is no document %q", number)
	}
	d = d.Clone()
	m.docs = append(m.docs, d)
	return d, nil
}

// register registers a document, or takes one that is there already: the one
// the field `into` names, else the one that `find` finds.
func (r *run) register(a *route.Action, s *route.Step, item string) error {
	f := r.in.Forms.Form(a.Form.Text)
	if f == nil {
		return r.outdated("%s, %s: unknown form %q", r.place(s), a.Form.At, a.Form.Text)
	}
	draft := &document.Document{Form: f.Name, Number: "@" + strconv.Itoa(len(r.fresh)+1),
		Registered: r.in.Now, By: r.in.Actor, Status: f.Initial()}
	r.drafts[draft.Number] = "register " + f.Name
	if r.rule == nil { // what a rule cannot do is said with its name
		r.drafts[draft.Number] = r.place(s) + ", register " + f.Name
	}
	// Values are computed before anything is written: they may read fields
	// that the registration changes.
	for _, set := range a.Set {
		want, err := r.want(f.Name, set.Field.Text, set, s)
		if err != nil {
			return err
		}
		v, err := r.eval(set.Value, s, item, expr.Options{Want: want})
		if err != nil {
			return err
		}
		if err := r.store(draft, set.Field.Text, v); err != nil {
			return err
		}
	}
	d, err := r.existing(a, f, draft)
	if err != nil {
		return err
	}
	if d != nil {
		delete(r.fields, draft.Number)
		for _, name := range complete(d, draft) {
			r.changed(d, name)
		}
	} else {
		if problems := r.in.Forms.Defaults(f, draft, r.defaults()); len(problems) > 0 {
			return refusal(Incomplete, r.name(draft), problems)
		}
		d = draft
		r.docs = append(r.docs, d)
		r.fresh = append(r.fresh, d.Number)
	}
	if a.LinkKind.Text != "" {
		addLink(d, a.LinkKind.Text, r.self.Number)
	}
	if a.Into.Text != "" {
		return r.store(r.self, a.Into.Text, expr.Ref{Form: d.Form, Number: d.Number})
	}
	return nil
}

func (m *machine) defaults() form.Context {
	ctx := m.context()
	ctx.Author = ""
	if m.org.User(m.in.Actor) != nil {
		ctx.Author = m.in.Actor
	}
	return ctx
}

// existing looks for a document to take instead of registering one.
func (r *run) existing(a *route.Action, f *form.Form, draft *document.Document) (*document.Document, error) {
	if a.Into.Text != "" {
		if number := r.self.Card.Text(a.Into.Text); number != "" {
			d, err := (&overlay{r.machine}).Document(number)
			if err != nil {
				return nil, err
			}
			if d != nil && d.Status != void {
				return r.document(number)
			}
		}
	}
	keys := r.in.Forms.Keys(f, draft)
	for _, find := range a.Find {
		for _, key := range keys {
			if key.Field != find.Text || key.Value == "" {
				continue
			}
			found, err := (&overlay{r.machine}).ByUnique(f.Name, key.Field, key.Value)
			if err != nil {
				return nil, err
			}
			if found, err = r.same(f, found, draft); err != nil {
				return nil, err
			}
			if len(found) > 1 {
				hint := ""
				if a.Into.Text != "" {
					hint = fmt.Sprintf("choose one: e1 set %s %s=NUMBER", r.self.Number, a.Into.Text)
				}
				return nil, refuse(Ambiguous, hint, "%d documents of %s have this %s: %s", len(found), f.Name, key.Field, quoted(found)).offer(found...)
			}
			if len(found) == 1 {
				return r.document(found[0])
			}
		}
	}
	return nil, nil
}

// same leaves out documents that cannot be meant because a unique field of
// theirs says otherwise: two clients may share a telephone, but not with
// different INNs.
func (r *run) same(f *form.Form, numbers []string, draft *document.Document) ([]string, error) {
	var out []string
	for _, n := range numbers {
		d, err := (&overlay{r.machine}).Document(n)
		if err != nil {
			return nil, err
		}
		if d == nil {
			continue
		}
		other := slices.ContainsFunc(f.Fields(), func(field *form.Field) bool {
			a, b := d.Card.Text(field.Name), draft.Card.Text(field.Name)
			return field.Unique && a != "" && b != "" && a != b
		})
		if !other {
			out = append(out, n)
		}
	}
	return out, nil
}

// complete gives a document that was found what it does not have yet, and
// tells what that was. What a person has entered stays.
func complete(d, draft *document.Document) []string {
	var given []string
	for _, e := range draft.Card {
		if d.Card.Get(e.Name).IsEmpty() {
			v := e.Value.Clone()
			d.Card.Set(e.Name, &v)
			given = append(given, e.Name)
		}
	}
	return given
}

// addLink links once.
func addLink(d *document.Document, kind, to string) {
	for _, l := range d.Links {
		if l.Kind == kind && l.To == to {
			return
		}
	}
	d.Links = append(d.Links, document.Link{Kind: kind, To: to})
}

// checkFresh checks the documents that are to be registered: a route must not
// bring a card into the world that a person could not have registered.
func (m *machine) checkFresh() error {
	for _, d := range m.docs {
		if !slices.Contains(m.fresh, d.Number) {
			continue
		}
		problems := m.in.Forms.Check(m.in.Forms.Form(d.Form), d, m.context())
		problems = slices.DeleteFunc(problems, func(p form.Problem) bool { return p.Severity != diag.Error })
		if len(problems) > 0 {
			return refusal(Incomplete, m.name(d), problems)
		}
	}
	return nil
}

// name is what people call a document: its number, or where a new one comes
// from.
func (m *machine) name(d *document.Document) string {
	if draft := m.drafts[d.Number]; draft != "" {
		return draft
	}
	return d.Number
}

// place is where something happens: a step of a route, or a rule.
func (r *run) place(s *route.Step) string {
	if r.rule != nil {
		return fmt.Sprintf("rule %q", r.rule.Name.Text)
	}
	return fmt.Sprintf("route %q, step %q", r.r.Name.Text, s.ID)
}

// placeholders are the names of new documents in a message.
var placeholders = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[\s"«(])(@\d+)\b`) })

// inWords replaces placeholders in what a refusal says.
func (m *machine) inWords(err error) error {
	r, ok := err.(*Refusal)
	if len(m.fresh) == 0 || !ok {
		return err
	}
	said := *r
	if placeholders().MatchString(said.Hint) {
		said.Hint = ""
	}
	said.Message = placeholders().ReplaceAllStringFunc(said.Message, func(found string) string {
		at := strings.IndexByte(found, '@')
		for _, d := range m.docs {
			if d.Number == found[at:] && m.drafts[d.Number] != "" {
				return found[:at] + "a new document of " + d.Form
			}
		}
		return found
	})
	return &said
}

// refusal turns problems of a card into one refusal that names all of them.
func refusal(reason Reason, what string, problems []form.Problem) *Refusal {
	out := &Refusal{Reason: reason, Message: what + ": "}
	for i, p := range problems {
		if i > 0 {
			out.Message += "; "
		}
		out.Message += ofField(p, what)
		if p.Field != "" && !slices.Contains(out.Possible, p.Field) {
			out.Possible = append(out.Possible, p.Field)
		}
		if out.Hint == "" {
			out.Hint = p.Hint
		}
	}
	return out
}

// ofField is a problem of a card with the field it is about; what it is said of
// already is left out.
func ofField(p form.Problem, what string) string {
	text := strings.TrimPrefix(p.Message, what+": ")
	if p.Field != "" && !strings.Contains(text, `"`+p.Field+`"`) && p.Field != "status" {
		text = fmt.Sprintf("field %q: %s", p.Field, text)
	}
	return text
}

// cancelSteps withdraws or finishes open steps; the route goes on behind them.
func (r *run) cancelSteps(a *route.Action, item string) error {
	for _, w := range a.Steps {
		target := r.r.Step(w.Text)
		if target == nil {
			return r.outdated("%s: no step %q", w.At, w.Text)
		}
		for _, p := range slices.Clone(r.instance().Open) {
			at := r.position(p.At, p.Item)
			if p.At != target.ID || at == nil {
				continue
			}
			// A block whose join has fired has gone on already; only what is left
			// of it is withdrawn.
			gone := at.State == Joined
			if a.Kind == route.Complete {
				r.completeTasks(target, p.Item)
			}
			if err := r.drop(p.At, p.Item); err != nil {
				return err
			}
			if gone {
				continue
			}
			if err := r.next(target, p.Item); err != nil {
				return err
			}
		}
	}
	return nil
}

// completeTasks closes the tasks of a step, or of all steps of a block, as done
// without an answer.
func (r *run) completeTasks(s *route.Step, item string) {
	in := r.instance()
	for i := range in.Tasks {
		t := &in.Tasks[i]
		within := t.Kind == "" && inside(r.r.Step(t.Step), s) && (t.Item == item || inItem(t.Item, item))
		if (within || belongs(t, s, item)) && Pending(t.State) {
			t.State, t.Done, t.By, t.Timer = TaskDone, r.in.Now, r.in.Actor, zeroTime
			r.closed(t)
			r.cancelChildren(t.ID)
		}
	}
}

// assignOpen changes performer and deadline of the open tasks of steps.
func (r *run) assignOpen(a *route.Action, s *route.Step, item string) error {
	var who []string
	if a.Who != nil {
		var err error
		if who, err = r.resolve(a.Who, s, item); err != nil {
			return err
		}
		if len(who) == 0 {
			r.note("step %q: nobody to assign: %s", s.ID, a.Who)
		}
	}
	in := r.instance()
	for i := range in.Tasks {
		t := &in.Tasks[i]
		if !Pending(t.State) || t.Kind != "" || !slices.ContainsFunc(a.Steps, func(w route.Word) bool { return w.Text == t.Step }) {
			continue
		}
		step := r.r.Step(t.Step)
		if step == nil {
			return r.outdated("%s: no step %q", s.At, t.Step)
		}
		if len(who) > 0 {
			r.handOver(t, r.present(who)[0])
		}
		if a.Due != nil && len(a.Due.Exprs) > 0 {
			c, err := r.calendarOf(t)
			if err != nil {
				return err
			}
			if t.Due, err = r.due(a.Due, s, item, c); err != nil {
				return err
			}
			if err := r.rewind(step, t); err != nil {
				return err
			}
		} else if err := r.wind(step, t); err != nil {
			return err
		}
	}
	return nil
}
