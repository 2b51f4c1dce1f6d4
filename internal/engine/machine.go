package engine

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
)

// The states of an instance.
const (
	Running = "running"
	Done    = "done"
	Stopped = "stopped"
	Failed  = "failed"
)

// The states of a task.
const (
	TaskOpen      = "open"
	TaskReview    = "review"    // finished by its performer; the controller is to confirm
	TaskDone      = "done"      // finished
	TaskReturned  = "returned"  // the controller was not content; another task of the step follows
	TaskRefused   = "refused"   // given back; another task of the step follows
	TaskCancelled = "cancelled" // no longer wanted
	TaskInform    = "inform"    // to be read; nothing waits for it
)

// The states of a position. One at which a step waits to begin, for others or a
// lock, is Held. A container whose join has fired while branches of
// it are still at work is Joined.
const (
	Held   = "held"
	Joined = "joined"
)

// machine is one transition at work, on copies.
type machine struct {
	in  Input
	org *org.Org
	// language of the titles that tasks keep
	language string

	self  *document.Document
	docs  []*document.Document
	fresh []string
	// drafts says where the new documents come from, by placeholder: people do
	// not know placeholders.
	drafts map[string]string
	defs   map[string]*route.Route
	res    *Result
	spent  spent
	runs   map[int]*run
	loads  map[string]int // tasks given out in this transition
	// fields that routes have set, by the number of the document
	fields map[string][]string
	// horizon is the moment up to which things happen by themselves, while
	// timers are gone through in the order of time; zero: in.Now.
	horizon time.Time
	// clock is what expressions take for now; zero: in.Now.
	clock time.Time
	// tables holds what the each blocks go over, see itemsAt.
	tables map[itemsAt]expr.Value
	turns  map[string]string // who got the last task of a step in this transition
}

// Apply carries out one event. It gives a *Refusal for what is not possible.
func Apply(in Input) (Result, error) {
	if in.Document == nil || in.Event == nil || in.Forms == nil {
		return Result{}, refuse(BadRequest, "", "there is no document, no event or no forms")
	}
	m := newMachine(in)
	m.obey(m.early())
	err := m.dispatch()
	if err == nil && !settlesItself(in.Event) {
		err = m.settle()
	}
	if err == nil {
		m.obey(m.late())
	}
	if err == nil {
		err = m.checkFresh()
	}
	if err != nil {
		return Result{}, m.inWords(err)
	}
	m.res.Changed = m.docs
	for _, d := range m.docs {
		m.res.Fields = append(m.res.Fields, m.fields[d.Number])
	}
	m.res.New = m.fresh
	return *m.res, nil
}

func newMachine(in Input) *machine {
	m := &machine{in: in, org: in.Forms.Org(), language: in.Forms.Settings().Language, self: in.Document.Clone(), defs: map[string]*route.Route{}, res: &Result{},
		runs: map[int]*run{}, drafts: map[string]string{}, loads: map[string]int{}, fields: map[string][]string{}, tables: map[itemsAt]expr.Value{}, turns: map[string]string{}}
	m.docs = []*document.Document{m.self}
	return m
}

// settlesItself tells events after which what cannot go on stays where it is,
// instead of refusing the event.
func settlesItself(e Event) bool {
	switch e.(type) {
	case DocumentChanged, MessageReceived, DocumentLinked, PaymentReceived:
		return true
	}
	return false
}

func (m *machine) dispatch() error {
	if m.self.Status == void {
		return refuse(DocumentVoid, "", "%s is void; nothing happens to it any more", m.self.Number)
	}
	switch e := m.in.Event.(type) {
	case Registered:
		return m.registered(e)
	case DocumentChanged:
		return m.documentChanged(e)
	case Start:
		return m.start(e)
	case Advance:
		return m.advance(e)
	case Accept:
		return m.accept(e)
	case Refuse:
		return m.refuseTask(e)
	case Remark:
		return m.remark(e)
	case Reassign:
		return m.reassign(e)
	case Extend:
		return m.extend(e)
	case Part:
		return m.part(e)
	case Add:
		return m.add(e)
	case Withdraw:
		return m.withdraw(e)
	case Stop:
		return m.stop(e)
	case Migrate:
		return m.migrate(e)
	case TimerDue:
		return m.timers()
	case Called:
		return m.called(e)
	case Returned:
		return m.returned(e)
	case Uncalled:
		return m.uncalled(e)
	case MessageReceived:
		return m.arrived(e.arrival())
	case DocumentLinked:
		return m.arrived(e.arrival())
	case PaymentReceived:
		return m.arrived(e.arrival())
	}
	return refuse(BadRequest, "", "event %T is not known", m.in.Event)
}

// void is the built-in status of a document whose registration was undone.
const void = "void"

// run is one instance at work.
type run struct {
	*machine
	id    int
	r     *route.Route
	env   *expr.Env
	queue []token
	// rule is set while the actions of a rule are carried out: there is no
	// instance then. names are what its event has brought.
	rule  *rule.Rule
	names map[string]expr.Value
}

// token is a step about to be entered.
type token struct {
	step *route.Step
	item string
}

// instance gives the run's instance. Instances may be added meanwhile, so the
// pointer is not kept.
func (r *run) instance() *document.Instance { return r.self.Instance(r.id) }

// run gives the run of an instance, with the definition it is pinned to.
func (m *machine) run(id int) (*run, error) {
	if r := m.runs[id]; r != nil {
		return r, nil
	}
	in := m.self.Instance(id)
	def := m.defs[in.Definition]
	if def == nil {
		var err error
		if def, err = m.in.Definitions.Pinned(in.Definition); err != nil {
			return nil, &Refusal{Reason: BrokenRoute, Err: err,
				Message: fmt.Sprintf("the definition %s of route %q cannot be read: %v", in.Definition, in.Route, err)}
		}
	}
	r := &run{machine: m, id: id, r: def, env: m.env(m.self.Form)}
	m.runs[id] = r
	return r, nil
}

func (m *machine) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(m.res.Notes, text) {
		m.res.Notes = append(m.res.Notes, text)
	}
}

func (m *machine) tell(kind EffectKind, task int, text string, to ...string) {
	to = slices.DeleteFunc(slices.Clone(to), func(id string) bool { return id == "" })
	if len(to) > 0 {
		m.res.Effects = append(m.res.Effects, Effect{Kind: kind, Document: m.self.Number, Task: task, To: to, Text: text})
	}
}

// stop ends an instance by hand; its open tasks are cancelled.
func (m *machine) stop(e Stop) error {
	var running []string
	id := 0
	for _, in := range m.self.Routes {
		if in.State == Running {
			running = append(running, strconv.Itoa(in.ID))
			if e.Instance == 0 || e.Instance == in.ID {
				id = in.ID
			}
		}
	}
	switch {
	case len(running) == 0:
		return refuse(NotRunning, "", "no route is running on %s", m.self.Number)
	case e.Instance == 0 && len(running) > 1:
		return refuse(BadRequest, fmt.Sprintf("e1 route stop %s %s", m.self.Number, running[len(running)-1]), "several routes are running on %s: %s", m.self.Number, quoted(running)).offer(running...)
	case id == 0:
		return refuse(NotRunning, "", "route %d is not running on %s; running: %s", e.Instance, m.self.Number, quoted(running)).offer(running...)
	}
	r, err := m.run(id)
	if err != nil {
		return m.abandon(id, err)
	}
	giver, err := r.giver(&document.Task{})
	if err != nil {
		return err
	}
	if !giver {
		in := r.instance()
		return refuse(NotYours, "", "route %q of %s is stopped by who started it (%s), its controller or an admin", in.Route, m.self.Number, in.By)
	}
	if e.Comment != "" {
		m.addComment(e.Comment)
	}
	return r.halt(Stopped)
}

// abandon stops an instance whose definition cannot be read, which only an
// admin may: nobody else can be asked.
func (m *machine) abandon(id int, cause error) error {
	u := m.org.User(m.in.Actor)
	if u == nil || !u.Active || !u.HasRole(org.Admin) {
		return cause
	}
	in := m.self.Instance(id)
	for i := range in.Tasks {
		if Pending(in.Tasks[i].State) {
			m.cancelTask(&in.Tasks[i])
		}
	}
	in.Open, in.State, in.Ended = nil, Stopped, m.in.Now
	m.res.Ended = append(m.res.Ended, id)
	m.note("%v", cause)
	return nil
}

// halt cancels whatever the instance has open and ends it.
func (r *run) halt(state string) error {
	open := slices.Clone(r.instance().Open)
	r.queue = nil
	for _, p := range open {
		if err := r.drop(p.At, p.Item); err != nil {
			return err
		}
	}
	in := r.instance()
	in.State, in.Ended = state, r.in.Now
	r.ended()
	return nil
}

// finish tells that the instance has reached its end. It is completed by close,
// once nothing of it is at work or about to be: what rest: wait has left, and the
// steps of a handler that has ended the rest.
func (r *run) finish(end string) {
	in := r.instance()
	if in.End = end; in.End == "" {
		in.End = string(Done)
	}
	r.visit(nil, "", VisitEnded, in.End)
}

// close completes an instance that has reached its end and has nothing open.
func (r *run) close() {
	in := r.instance()
	if in.State != Running || in.End == "" || len(in.Open) > 0 || len(r.queue) > 0 {
		return
	}
	in.State, in.Ended = Done, r.in.Now
	r.ended()
}
