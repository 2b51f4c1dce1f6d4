package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// arrival is something from outside that waits and handlers may be for.
type arrival struct {
	kind route.EventKind
	// names are those that the event answers to: a letter to "any", to the name
	// of its import, and to "reply" when it answers a letter of the document.
	names []string
	value expr.Value // what the filter calls message, document or payment
}

func (e MessageReceived) arrival() arrival {
	a := arrival{kind: route.EventMessage, names: []string{route.AnyMessage}, value: expr.Row{
		"reply": e.Reply, "from": orNil(e.From), "name": orNil(e.Name), "subject": orNil(e.Subject), "text": orNil(e.Text), "import": orNil(e.Import),
	}}
	if e.Reply {
		a.names = append(a.names, route.ReplyMessage)
	}
	if e.Import != "" {
		a.names = append(a.names, e.Import)
	}
	return a
}

func (e DocumentLinked) arrival() arrival {
	return arrival{kind: route.EventDocument, names: []string{e.Form}, value: expr.Ref{Form: e.Form, Number: e.Number}}
}

func (e PaymentReceived) arrival() arrival {
	row := expr.Row{"amount": e.Amount, "payer": orNil(e.Payer), "purpose": orNil(e.Purpose), "document": orNil(e.Document)}
	if e.Date != (expr.Date{}) {
		row["date"] = e.Date
	}
	return arrival{kind: route.EventPayment, names: []string{route.AnyPayment}, value: row}
}

func orNil(text string) expr.Value {
	if text == "" {
		return nil
	}
	return text
}

// arrived tells every running instance what has come from outside. When what
// follows cannot be carried out, the arrival is remembered all the same and
// what follows is tried again with the next event: nothing that came is lost.
func (m *machine) arrived(a arrival) error {
	hear := func() error {
		for i := range m.self.Routes {
			if m.self.Routes[i].State != Running {
				continue
			}
			r, err := m.run(m.self.Routes[i].ID)
			if err != nil {
				m.note("%v", err)
				continue
			}
			if err := r.receive(a); err != nil {
				m.note("route %q did not hear of the %s: %v", r.r.Name.Text, string(a.kind), err)
			}
		}
		return nil
	}
	if err := m.attempt(hear); err != nil {
		m.note("a route of %s cannot go on: %v", m.self.Number, err)
		return hear()
	}
	return nil
}

// receive tells the handlers that listen and the waits of one instance. A wait
// that is not open yet finds the arrival when it opens (a persistent trigger);
// a handler hears only what comes while its block is open (a transient one).
func (r *run) receive(a arrival) error {
	err := r.listeners(func(h *route.Handler, item string) error {
		if h.Event.Kind != a.kind || !slices.Contains(a.names, h.Event.Name.Text) {
			return nil
		}
		vars := &r.instance().Vars
		if vars.Text(handlerVar(h, item)) == handled && !h.Keep {
			return nil
		}
		ok, err := r.meant(h.Event, a, scopeStep(h), item)
		if err != nil || !ok {
			return err
		}
		if h.Keep {
			r.count(pendingVar(h, item), 1)
		}
		vars.SetText(handlerVar(h, item), happened)
		return nil
	})
	if err != nil {
		return err
	}
	return r.serve(a)
}

// serve gives an arrival to every open wait that it is for. When there is
// none, the instance keeps it for the first that opens: one arrival lets one
// wait go on.
func (r *run) serve(a arrival) error {
	var later []string
	taken := false
	for _, s := range r.r.Steps() {
		for k, e := range s.Waits {
			if e.Kind != a.kind || !slices.Contains(a.names, e.Name.Text) {
				continue
			}
			reached, err := r.reach(s, k, a)
			if err != nil {
				return err
			}
			taken = taken || reached
			// Outside of its each the item is not known: what asks for it is not kept.
			if ok, err := r.meant(e, a, s, ""); err == nil && ok {
				later = append(later, waitKey(s, k))
			}
		}
	}
	if taken || len(later) == 0 {
		return nil
	}
	r.keep(append(r.kept(), strings.Join(later, "|")))
	return nil
}

// reach gives an arrival to the open positions of a wait.
func (r *run) reach(s *route.Step, k int, a arrival) (taken bool, err error) {
	in := r.instance()
	for i := range in.Open {
		p := &in.Open[i]
		if p.At != s.ID || p.State == Held || p.Count != 0 {
			continue
		}
		ok, err := r.meant(s.Waits[k], a, s, p.Item)
		if err != nil {
			return false, err
		}
		if ok {
			p.Count, taken = k+1, true
		}
	}
	return taken, nil
}

// meant tells whether an arrival passes the filter of an event.
func (r *run) meant(e *route.Event, a arrival, s *route.Step, item string) (bool, error) {
	if e.Expr == nil {
		return true, nil
	}
	extra, err := r.extra(s, item)
	if err != nil {
		return false, err
	}
	extra[string(a.kind)] = a.value
	v, err := r.evalIn(e.Expr, route.ArrivalEnv(e, r.envAt(s)), extra, condition())
	return v == true, err
}

// recall gives a wait that opens what has come before; it is used up.
func (r *run) recall(s *route.Step, p *document.Position) {
	kept := r.kept()
	for i, keys := range kept {
		for k := range s.Waits {
			if slices.Contains(strings.Split(keys, "|"), waitKey(s, k)) {
				p.Count = k + 1
				r.keep(slices.Delete(kept, i, i+1))
				return
			}
		}
	}
}

// cameVar holds what has come and was not used yet, each with the waits that
// it is for.
const cameVar = "came"

func waitKey(s *route.Step, k int) string { return s.ID + "#" + strconv.Itoa(k+1) }

func (r *run) kept() []string {
	if v := r.instance().Vars.Get(cameVar); v != nil {
		return slices.Clone(v.List)
	}
	return nil
}

func (r *run) keep(list []string) {
	if len(list) > maxKept {
		list = list[len(list)-maxKept:]
	}
	r.instance().Vars.Set(cameVar, &document.Value{List: list})
}

// maxKept bounds what an instance keeps for waits that may never open.
const maxKept = 100

// pendingVar counts what a handler with keep is still to handle.
func pendingVar(h *route.Handler, item string) string { return "pending " + passedKey(h.ID, item) }

// count changes a number that the instance remembers; none is 0.
func (r *run) count(name string, by int) int {
	vars := &r.instance().Vars
	n, _ := strconv.Atoi(vars.Text(name))
	if n += by; n > 0 {
		vars.SetText(name, strconv.Itoa(n))
	} else {
		vars.Delete(name)
	}
	return max(n, 0)
}

// Arrivals: what comes from outside to a document.
type (
	// MessageReceived: a letter was added to the document.
	MessageReceived struct {
		Import                    string // the import that brought it
		From, Name, Subject, Text string // the sender's address and name
		Reply                     bool   // it answers a letter of the document
	}

	// DocumentLinked: a document that refers or links to this one was
	// registered, or a reference or link to this one was added to it.
	DocumentLinked struct{ Form, Number string }

	// PaymentReceived: money was received for the document.
	PaymentReceived struct {
		Amount         decimal.Decimal
		Date           expr.Date
		Payer, Purpose string
		Document       string // the number of the statement it stands in
	}
)

func (MessageReceived) event() {}
func (DocumentLinked) event()  {}
func (PaymentReceived) event() {}
