package engine

import (
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// Next is an event that follows for another document. The caller applies it
// within the same transaction.
type Next struct {
	Document string // number or placeholder
	Event    Event
}

// The events by which routes of different documents call each other. Only
// Result.Then brings them about.
type (
	// Called starts a route on behalf of another document's route.
	Called struct {
		Route  string
		Caller string // who awaits its end, "" for nobody
	}

	// Returned tells the caller that the route it awaits has ended.
	Returned struct{ Caller, End string }

	// Uncalled stops what a caller awaits no longer.
	Uncalled struct{ Caller string }
)

func (Called) event()   {}
func (Returned) event() {}
func (Uncalled) event() {}

// callerVar holds who awaits the end of an instance.
const callerVar = "caller"

// caller names a position so that the called route can return to it.
func (r *run) caller(s *route.Step, item string) string {
	return r.self.Number + "/" + strconv.Itoa(r.id) + "/" + passedKey(s.ID, item)
}

// elsewhere evaluates `on`: the number of another document, "" when it is
// this one. An empty value is refused: a route must not be forgotten.
func (r *run) elsewhere(on *route.Expr, s *route.Step, item string) (string, error) {
	v, err := r.eval(on, s, item, expr.Options{})
	if err != nil {
		return "", err
	}
	number, _ := expr.Identity(v)
	if number == "" {
		return "", refuse(DocumentUnknown, "", "%s: no route can be started on %q, which is empty", on.At(), on.Text)
	}
	if number == r.self.Number {
		return "", nil
	}
	return number, nil
}

// callOn lets a route start on another document.
func (r *run) callOn(number string, s *route.Step, item string) error {
	e := Called{Route: s.Call.Route.Text}
	if s.Call.Wait {
		e.Caller = r.caller(s, item)
		r.open(s, item).Started = []string{number}
	}
	r.res.Then = append(r.res.Then, Next{number, e})
	if !s.Call.Wait {
		return r.next(s, item)
	}
	return nil
}

func (m *machine) called(e Called) error {
	def, err := m.in.Definitions.Current(e.Route)
	if err != nil {
		return &Refusal{Reason: UnknownRoute, Message: err.Error(), Hint: "e1 lint", Err: err}
	}
	if def.For.Text != "" && def.For.Text != m.self.Form {
		return refuse(BadRequest, "e1 route list", "route %q is for %s, %s is of %s", def.Name.Text, def.For.Text, m.self.Number, m.self.Form)
	}
	_, err = m.beginFor(def, nil, e.Caller)
	return err
}

// returned notes the end of a route on another document; settle goes on.
func (m *machine) returned(e Returned) error {
	for i := range m.self.Routes {
		in := &m.self.Routes[i]
		if in.State != Running {
			continue
		}
		for j := range in.Open {
			p := &in.Open[j]
			if e.Caller == m.self.Number+"/"+strconv.Itoa(in.ID)+"/"+passedKey(p.At, p.Item) && len(p.Started) > 0 && len(p.Answers) == 0 {
				p.Answers = []string{e.End}
			}
		}
	}
	return nil
}

func (m *machine) uncalled(e Uncalled) error {
	for i := range m.self.Routes {
		in := &m.self.Routes[i]
		if in.State != Running || in.Vars.Text(callerVar) != e.Caller {
			continue
		}
		r, err := m.run(in.ID)
		if err != nil {
			return err
		}
		in.Vars.Delete(callerVar) // nobody awaits its end
		if err := r.halt(Stopped); err != nil {
			return err
		}
	}
	return nil
}

// ended tells that an instance has ended, and who awaits it.
func (r *run) ended() {
	r.res.Ended = append(r.res.Ended, r.id)
	in := r.instance()
	caller := in.Vars.Text(callerVar)
	if caller == "" {
		return
	}
	end := Stopped
	if in.State == Done {
		end = in.End
	}
	number, _, _ := strings.Cut(caller, "/")
	r.res.Then = append(r.res.Then, Next{number, Returned{Caller: caller, End: end}})
}

// elsewhereChild tells what a call on another document has come to: its end,
// "" as long as it runs.
func elsewhereChild(p document.Position) (end string, elsewhere bool) {
	if len(p.Started) == 0 {
		return "", false
	}
	if len(p.Answers) == 0 {
		return "", true
	}
	return p.Answers[0], true
}
