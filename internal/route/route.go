package route

import (
	"cmp"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Route is one route definition. It is never changed after Parse.
type Route struct {
	File   *yamlsrc.File
	ID     string // git's name of the file's text as a blob; see ID
	Name   Word
	Title  yamlsrc.Label
	For    Word // the form whose documents travel here
	Starts []*Start
	// Calendar names the working calendar; empty: the repository's.
	Calendar Word
	// Controller is who watches over the route as a whole.
	Controller *People
	// Due is the time promised for the whole route.
	Due *Due
	// Titled are the ends that have a title, in the order of the file.
	Titled   []*EndTitle
	Handlers []*Handler
	Body     *Branch

	steps map[string]*Step
	order []*Step
	lost  []*yamlsrc.Node // see Lost
	vague bool            // the head has keys that are not understood; what form the route is for may be said by one
}

// Step finds a step by its id; nil when there is none.
func (r *Route) Step(id string) *Step { return r.steps[id] }

// Meant finds a step by its id or, when there is none, by the nearest one that is
// written; nil when none is near.
func (r *Route) Meant(id string) *Step {
	if s := r.steps[id]; s != nil {
		return s
	}
	var named []string
	for _, s := range r.order {
		if s.Named {
			named = append(named, s.ID)
		}
	}
	return r.steps[diag.Nearest(id, named)]
}

// Steps gives every step of the route, handlers included, in file order.
func (r *Route) Steps() []*Step { return r.order }

// Forms are the forms that the route relies on: its own and those that its
// actions name.
func (r *Route) Forms() []string {
	out := []string{r.For.Text}
	for _, a := range r.actions() {
		if a.Form.Text != "" {
			out = append(out, a.Form.Text)
		}
	}
	return out
}

// LinkKinds are the kinds of links that the route makes.
func (r *Route) LinkKinds() []string {
	var out []string
	for _, a := range r.actions() {
		if a.LinkKind.Text != "" {
			out = append(out, a.LinkKind.Text)
		}
	}
	return out
}

// actions lists those of steps and of outcomes, in file order.
func (r *Route) actions() []*Action {
	var out []*Action
	for _, s := range r.order {
		out = append(out, s.Actions...)
		for _, o := range s.Outcomes {
			out = append(out, o.Actions...)
		}
	}
	return out
}

// EndTitle puts an end of a route into words.
type EndTitle struct {
	Name  Word
	Title yamlsrc.Label
}

// Ends gives the names of the ends that the route writes, in file order, each
// once. A route that simply runs out, or is stopped, ends besides.
func (r *Route) Ends() []string {
	var out []string
	add := func(t *Target) {
		if t != nil && t.Kind == EndRoute && t.Name != "" && !slices.Contains(out, t.Name) {
			out = append(out, t.Name)
		}
	}
	for _, s := range r.order {
		add(s.Target)
		add(s.OnMax)
		for _, o := range s.Outcomes {
			add(o.Target)
			add(o.Else)
		}
	}
	return out
}

// EndLabel gives an end in words, its name when it has no title.
func (r *Route) EndLabel(name, lang string) string {
	for _, e := range r.Titled {
		if e.Name.Text == name && e.Title.In(lang) != "" {
			return e.Title.In(lang)
		}
	}
	return name
}

// Word is a name in a definition, with its place.
type Word struct {
	Text string
	At   diag.Span
}

// Start is one way in which the route begins.
type Start struct {
	On StartKind
	At diag.Span
	If *Expr
}

// StartKind tells what starts a route.
type StartKind string

// The ways to start a route.
const (
	ByHand       StartKind = "by hand"    // `e1 route start`
	ByRoute      StartKind = "by route"   // `call` of another route
	ByRule       StartKind = "by rule"    // auto-processing
	OnRegistered StartKind = "registered" // the document is registered
	OnChanged    StartKind = "changed"    // a field or the status changes so that `if` becomes true
)

// Verb is the kind of a step.
type Verb string

// The verbs of the language.
const (
	Task     Verb = "task"     // work for a person
	Approve  Verb = "approve"  // a decision of a person
	Inform   Verb = "inform"   // something to read; nothing waits for it
	Do       Verb = "do"       // automatic actions
	Choose   Verb = "choose"   // the first branch whose condition holds
	Parallel Verb = "parallel" // all branches at once
	Each     Verb = "each"     // the same steps for each row or person, at once
	Repeat   Verb = "repeat"   // steps again and again until a condition holds
	Wait     Verb = "wait"     // for a date or an event; several: the first that comes
	Call     Verb = "call"     // another route
	Go       Verb = "go"       // a jump
	Leave    Verb = "leave"    // the end of a branch, which counts as arrived
	End      Verb = "end"      // the end of the route
)

// Step is one step of a route. Which fields are set depends on Verb; fields
// that the verb does not have are zero.
type Step struct {
	Verb Verb
	// ID is the id written in the file, else derived from the step's place:
	// "task.3.2.1" is the first step in the second branch of step 3.
	ID    string
	Named bool // ID is written in the file
	IDAt  diag.Span
	Title yamlsrc.Label
	At    diag.Span // the verb's key
	Path  string    // the step's place: "3.2.1"
	Range diag.Span // all that is written of it, steps inside included

	If, While *Expr  // runs only if, and only as long as, a condition holds
	WhileOpen Word   // `while: open(step)`
	After     []Word // runs only once these steps are done
	Lock      Word   // held by one step of the document at a time

	// people: task, approve, inform
	Who, Else  *People
	Pick       Pick
	Due        *Due
	Remind     []*Reminder
	Escalate   []*Escalation
	Controller *People
	Fill       []Word
	Text       yamlsrc.Label // what is to be done, in words

	// Outcomes of task, approve, parallel, each and call, the best first.
	Outcomes []*Outcome
	// Implied tells that Outcomes are the usual ones and not in the file.
	Implied bool
	// Decider is the block that decides on the outcomes of this step: an
	// approve without outcomes of its own inside parallel or each.
	Decider *Step

	// blocks: choose, parallel, each, repeat, wait
	Branches   []*Branch
	Join       Join
	Cancel     bool // rest: cancel
	RestAt     diag.Span
	OneAtATime bool
	Allow      Word // each: "add"
	Handlers   []*Handler
	Over       *Over   // each
	Until      *Expr   // repeat
	Max        int     // repeat: rounds at most; 0: no limit
	OnMax      *Target // repeat: what follows when Max rounds did not do

	Actions []*Action // do
	Target  *Target   // go, leave, end
	Waits   []*Event  // wait; Waits[i] leads into Branches[i]
	Call    *CallOf   // call

	bare   bool    // a branch by itself, written without `steps`
	Parent *Branch // the block of steps this one stands in
	Index  int     // its place in Parent.Steps
}

// Label gives the step's title in a language, its id when it has none.
func (s *Step) Label(lang string) string {
	if t := s.Title.In(lang); t != "" {
		return t
	}
	return s.ID
}

// Next gives the step after this one in its block, nil at the end.
func (s *Step) Next() *Step {
	if s.Index+1 < len(s.Parent.Steps) {
		return s.Parent.Steps[s.Index+1]
	}
	return nil
}

// Outcome finds an outcome of the step by name; nil when there is none.
func (s *Step) Outcome(name string) *Outcome {
	for _, o := range s.Outcomes {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Person tells whether the step is given to people.
func (s *Step) Person() bool { return s.Verb == Task || s.Verb == Approve || s.Verb == Inform }

// Branch is a sequence of steps: the route's own, a branch of a block, the
// body of each and repeat, the steps of an event handler.
type Branch struct {
	// ID is the id of a branch's only step if it has one, the id written in
	// the file, else derived like a step's.
	ID      string
	At      diag.Span
	Title   yamlsrc.Label
	If      *Expr
	Else    bool  // choose: taken when no other branch is
	Owner   *Step // nil for the route's body and for handlers
	Handler *Handler
	Index   int
	Steps   []*Step
}

// Target is where the route goes on.
type Target struct {
	Kind TargetKind
	Name string // GoTo: step id; EndRoute: name of the end
	At   diag.Span
}

// TargetKind is the kind of a Target.
type TargetKind uint8

// The kinds of targets.
const (
	GoOn        TargetKind = iota // to the next step
	GoTo                          // to the step Name
	EndRoute                      // the route ends as Name
	LeaveBranch                   // the branch ends and counts as arrived
)

// Outcome is one way to finish a task, or to decide a block.
type Outcome struct {
	Name    string
	At      diag.Span
	Title   yamlsrc.Label
	Comment bool // a comment is required
	Now     bool // parallel, each: decides at once and cancels the rest
	Target  *Target
	Max     int     // how many times this outcome may take its way; 0: no limit
	Else    *Target // the way after that
	Actions []*Action
}

// Label gives an outcome as people read it. Those that a route need not
// declare have titles of their own.
func (o *Outcome) Label(lang string) string {
	title := o.Title.In(lang)
	if title == "" && lang == "ru" {
		title = map[string]string{"approve": "Согласовано", "reject": "Отклонено", "done": "Выполнено"}[o.Name]
	}
	return cmp.Or(title, o.Name)
}

// Join tells when a block of several branches goes on.
type Join struct {
	Kind JoinKind
	N    int
	When *Expr
	At   diag.Span
}

// JoinKind is the kind of a Join.
type JoinKind uint8

// The joins.
const (
	JoinAll  JoinKind = iota // all that were started
	JoinAny                  // the first
	JoinN                    // the first N
	JoinNone                 // none is waited for
	JoinWhen                 // as soon as an expression holds
)

// Over is what an `each` goes over.
type Over struct {
	At     diag.Span
	Expr   *Expr   // a table field or a list
	People *People // or people
	As     string  // the name of the item in expressions
}

// CallOf names the route that a `call` starts.
type CallOf struct {
	Route Word
	On    *Expr // the document it runs on; nil: this one
	Wait  bool
}

// Event is what a wait or a handler waits for.
type Event struct {
	Kind EventKind
	At   diag.Span
	Expr *Expr // until: the date or duration; when: the condition; if: the filter of the others
	Name Word  // changed: field; message, document: kind or form
}

// EventKind is the kind of an Event.
type EventKind string

// The kinds of events.
const (
	EventUntil    EventKind = "until"    // a date comes, or a duration passes
	EventWhen     EventKind = "when"     // a condition on the document becomes true
	EventChanged  EventKind = "changed"  // a field is changed
	EventMessage  EventKind = "message"  // a letter is received
	EventPayment  EventKind = "payment"  // a payment is matched
	EventDocument EventKind = "document" // a document of a form is linked
)

// Handler is steps that run when something happens while its block is open.
type Handler struct {
	Event  *Event
	ID     string // from its place: "on1", "3.on1"
	Keep   bool   // goes on listening after the first time
	Cancel []Word // steps cancelled before the handler's own steps run
	Body   *Branch
	Block  *Step // nil: the whole route
}
