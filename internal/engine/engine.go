package engine

import (
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/worktime"
)

// Input is everything a transition depends on.
type Input struct {
	// Document is the document the event happens to. It is not changed.
	Document *document.Document
	Event    Event
	// Actor is the id of the acting user, or the name of a machine such as
	// "import/web-orders" or "tick".
	Actor string
	Now   time.Time // in the repository's time zone

	Definitions Definitions
	// Forms brings the organisation and the settings with it.
	Forms *form.Set
	// Calendar gives a working calendar by name, the repository's for "". It
	// gives nil for a name that does not exist.
	Calendar func(name string) *worktime.Calendar
	// Rules gives the auto-processing rules of a form that can be applied, by
	// name; nil when there are none.
	Rules  func(form string) []*rule.Rule
	Lookup Lookup
}

// Definitions gives the routes. Implementations parse and check; the engine
// runs whatever they give.
type Definitions interface {
	// Pinned gives the definition an instance runs on, by its id.
	Pinned(id string) (*route.Route, error)
	// Current gives the definition a new instance of a route starts on.
	Current(name string) (*route.Route, error)
	// Starting gives the routes of a form that an event may start, in the
	// order of their names.
	Starting(form string, on route.StartKind) []*route.Route
}

// Lookup answers questions about the rest of the repository.
type Lookup interface {
	form.Lookup
	// WorkLoad gives the number of open tasks of each user, in the order asked.
	WorkLoad(users []string) ([]int, error)
	// LastPerformer gives whose turn the last task of a step was, "" for
	// nobody; for `pick: round-robin`.
	LastPerformer(route, step string) (string, error)
}

// Result is what a transition leads to.
type Result struct {
	// Changed documents. The first is the input's document, always; others
	// follow in the order in which they were first touched. New documents have
	// placeholders for numbers, "@1", "@2" and so on, also where cards and
	// links of the others name them.
	Changed []*document.Document
	// Fields lists, for each of Changed, the fields that were changed, and
	// "status". So that rules and the routes of these documents notice, the
	// caller applies Registered to the new ones and DocumentChanged to the
	// others, a bounded number of times; Noticed goes with the first document,
	// whose running routes know.
	Fields [][]string
	// New tells which of Changed are to be registered, by placeholder.
	New []string
	// Pin lists the definitions that instances were started on.
	Pin     []Definition
	Opened  []TaskRef
	Closed  []TaskRef
	Started []int // ids of the instances that were started on the first document
	Ended   []int // and of those that ended
	// Over lists the waits for a date that have ended, in the order of time.
	Over []Over
	// Reached lists the dates that rules have had.
	Reached []Reached
	Effects []Effect
	// Then lists what is to happen to other documents, in order; the caller
	// applies it in the same transaction.
	Then []Next
	// Papers lists the files and letters to be made of templates, in order.
	Papers []Paper
	Notes  []string // what somebody should know: "nobody for role lawyer"
	// Moved tells where the positions of a migrated instance went.
	Moved []Moved
	// Trace is what the transition went through, in order.
	Trace []Visit
}

// Definition is a route definition to be kept under its id.
type Definition struct {
	ID     string
	Route  string
	Source []byte
}

// TaskRef names a task of one of the changed documents.
type TaskRef struct {
	Document string // number or placeholder
	Task     int
}

// Over is a wait for a date that has ended.
type Over struct {
	Document string
	Instance int
	Step     string
	Title    string
	At       time.Time // when it was due
}

// Effect is something to be done outside of the documents.
type Effect struct {
	Kind     EffectKind
	Document string
	Task     int
	To       []string // user ids
	Text     string
	// Notices are the tasks of kind notice in which each of To reads it, in
	// their order; 0 for who finds it out otherwise, nil for all of them.
	Notices []int
}

// EffectKind is the kind of an Effect.
type EffectKind string

// The kinds of effects. All tell people something; how they learn of it is
// the caller's business.
const (
	TellAssigned  EffectKind = "assigned"  // a task was given to To
	TellInform    EffectKind = "inform"    // there is something to read
	TellReminder  EffectKind = "reminder"  // a task is due soon
	TellEscalated EffectKind = "escalated" // a task is late; without a task: the route as a whole
	TellWithdrawn EffectKind = "withdrawn" // a task is no longer wanted
	TellAnswered  EffectKind = "answered"  // a part (Task) was finished or refused, a request decided
)

// Event is what happens to the document; one of the types below.
type Event interface{ event() }

type (
	// Registered: the document was registered; routes that say so start.
	Registered struct {
		// Due gives deadlines for the routes that start, as for Start.
		Due map[string]Deadline
	}

	// Start starts a route by hand.
	Start struct {
		Route string
		// Definition, if not nil, is an individual route, and Route is ignored.
		Definition *route.Route
		// Due gives deadlines by step id for steps that are due by hand, under
		// RouteDue that of the whole route.
		Due map[string]Deadline
	}

	// Advance finishes a task with an outcome, or confirms or returns one that
	// awaits its controller ("confirm", "return"). An empty outcome means the
	// only one there is.
	Advance struct {
		Task             int
		Outcome, Comment string
		Fields           []Field
	}

	// Accept takes a task: of several candidates the actor becomes its
	// performer. On a step with the outcome "accepted" it is that outcome.
	Accept struct {
		Task    int
		Comment string
		Fields  []Field
	}

	// Refuse gives a task back. On a step with the outcome "refused" it is
	// that outcome; elsewhere the task goes to the step's `else`, or to the
	// head of the performer's department.
	Refuse struct {
		Task    int
		Comment string
		Fields  []Field
	}

	// Remark adds a comment; to a task when Task is not 0.
	Remark struct {
		Task int
		Text string
	}

	// Reassign gives an open task to another user. The performer delegates;
	// heads, controllers and admins reassign.
	Reassign struct {
		Task    int
		To      string
		Comment string
	}

	// Extend moves the deadline of an open task: at once where the actor may
	// dispose of it, else as a request that who gave it decides as a task of
	// their own. A duration counts from the deadline there is.
	Extend struct {
		Task    int
		Due     Deadline
		Comment string
	}

	// Part gives a part of an open task to somebody else. The task cannot be
	// finished before its parts are.
	Part struct {
		Task     int
		To, Text string
		Due      Deadline // empty: that of the task
	}

	// Add gives an `each` that allows it another item while it is at work.
	Add struct {
		Instance int    // 0: the only one that has the step
		Step     string // the each
		Item     string // a user
	}

	// Withdraw takes back one open task; its step counts as not answered, and
	// the route goes on behind it.
	Withdraw struct {
		Task    int
		Comment string
	}

	// Stop ends a running instance; 0 means the only one.
	Stop struct {
		Instance int
		Comment  string
	}

	// Migrate moves a running instance to another definition of its route.
	// Map says which step has become which; steps of the same id need no
	// entry. Stranded, if not nil, says why an instance as it would stand could
	// not come to its end; it must be pure.
	Migrate struct {
		Instance int
		To       *route.Route
		Map      map[string]string
		Stranded func(*route.Route, *document.Instance) []string
	}

	// TimerDue: time has passed. Everything that is due by Input.Now happens,
	// each thing once.
	TimerDue struct{}

	// DocumentChanged: fields (or "status") were changed by a person or a
	// rule. Document is the document after the change. With Noticed the routes
	// that run on it know already, since it was one of their own transitions;
	// rules and routes that start by it do not.
	DocumentChanged struct {
		Fields  []string
		Noticed bool
	}
)

// Field is a value as a person entered it.
type Field struct{ Name, Text string }

func (Registered) event()      {}
func (Start) event()           {}
func (Advance) event()         {}
func (Accept) event()          {}
func (Refuse) event()          {}
func (Remark) event()          {}
func (Reassign) event()        {}
func (Extend) event()          {}
func (Part) event()            {}
func (Add) event()             {}
func (Withdraw) event()        {}
func (Migrate) event()         {}
func (Stop) event()            {}
func (TimerDue) event()        {}
func (DocumentChanged) event() {}
