package document

import (
	"time"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Document is one registered document. Times have seconds precision and keep
// their offset; a zero time is absent. Every Extra holds the keys this version
// does not know, in their order.
type Document struct {
	Form       string   // name of the form
	Number     string   // registration number
	Aliases    []string // former numbers, published under them
	UID        string   // ULID, for ever
	Registered time.Time
	By         string // user or import that registered it
	Status     string
	Message    string // identity of the letter it came from
	MessageID  string // Message-ID of that letter, by which answers to it are recognised
	Card       Card
	Links      []Link
	Files      []File
	Letters    []Letter
	Routes     []Instance
	Comments   []Comment
	Reached    []Reached
	Extra      []yamlsrc.Pair
}

// Link points to another document; it is stored on the side that points only.
type Link struct {
	Kind, To string // To is a number
	Extra    []yamlsrc.Pair
}

// File is an attachment lying beside the document.
type File struct {
	Name     string // as AttachmentName gave it
	Original string // as the sender named it, when that differs
	Of       string // name of the file it is another version of, empty for a first version
	SHA256   string // hexadecimal
	Size     int64  // bytes
	By       string
	At       time.Time
	Template string // it was made of, empty for files that were brought
	// Message and MessageID are, for a letter that was added to the document,
	// its identity and its Message-ID.
	Message, MessageID string
	Extra              []yamlsrc.Pair
}

// Letter is an outgoing letter of the document.
type Letter struct {
	ID       string // Message-ID
	To       []string
	Subject  string
	Template string
	State    string // LetterQueued, LetterSent or LetterWithdrawn
	By       string
	At       time.Time // queued
	Sent     time.Time
	// Task and About are those of a letter that tells people about a task: its
	// id, and what it says. Subject and template follow from them, By from the
	// commit; they are empty.
	Task  int
	About string
	Extra []yamlsrc.Pair
}

// The states of a letter. A letter is sent only as long as its document says
// queued.
const (
	LetterQueued    = "queued"
	LetterSent      = "sent"
	LetterWithdrawn = "withdrawn"
)

// Reached notes that a rule has had a date of the document: it has a value of a
// field once only.
type Reached struct {
	Rule, Field string
	Date        string // the value, as the card had it
	At          time.Time
	Extra       []yamlsrc.Pair
}

// Instance is one run of a route over the document.
type Instance struct {
	ID         int
	Route      string
	Definition string // blob of routes/pinned
	Title      string // of an individual route
	State      string // running, done, stopped or failed
	By         string
	Started    time.Time
	Ended      time.Time
	End        string    // the end that was reached
	Due        time.Time // when the route is promised to have ended
	Told       []string  // what was told about the route as a whole
	Vars       Card      // what the route remembers
	Open       []Position
	Tasks      []Task
	Extra      []yamlsrc.Pair
}

// Position is a place where an instance stands.
type Position struct {
	At      string // step id, or the way to it
	Item    string // of which row or person of an `each`
	State   string // empty: open; held: waits for its turn; joined: only leftovers are awaited
	Since   time.Time
	Until   time.Time // when a wait for a date is over
	Started []string  // branches that were begun
	Arrived []string  // branches that have arrived at a join
	Answers []string  // outcomes that count for the block's own
	Child   int       // the instance that a call awaits
	Count   int
	Extra   []yamlsrc.Pair
}

// Task is one task of a person. Its ID is unique in the document.
type Task struct {
	ID         int
	Step       string
	Title      string
	Who        string
	Candidates []string // who shares the task until one accepts it
	State      string
	Assigned   time.Time
	Due        time.Time
	Accepted   time.Time
	Done       time.Time
	Outcome    string
	Comment    string
	By         string // who acted, when not Who
	For        string // for whom a substitute acted
	Controller string
	Cycle      int       // of rework
	Item       string    // of which row or person of an `each`
	Timer      time.Time // when a reminder or escalation is next due
	Told       []string  // reminders and escalations that have happened
	Reminded   time.Time // the last reminder
	Escalated  time.Time // the last escalation
	// Kind is empty for a task of a step, "part" for a part of another task,
	// "extension" for a request to move the deadline of another task.
	Kind   string
	Of     int       // the task it is a part of, or asks about
	Giver  string    // who gave a part, or asks
	Text   string    // what is to be done, or why it is asked
	Until  time.Time // the deadline that is asked for
	Chosen string    // whose turn it was, where people take turns
	Extra  []yamlsrc.Pair
}

// Comment is a remark of a person on the document.
type Comment struct {
	ID    string
	At    time.Time
	By    string
	Text  string
	Extra []yamlsrc.Pair
}

// Task gives the task with an id and the instance it belongs to; nil when
// there is none. The pointers reach into the document.
func (d *Document) Task(id int) (*Instance, *Task) {
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			if d.Routes[i].Tasks[j].ID == id {
				return &d.Routes[i], &d.Routes[i].Tasks[j]
			}
		}
	}
	return nil, nil
}

// NextTask gives the id that a new task gets: one more than the greatest.
func (d *Document) NextTask() int {
	last := 0
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			last = max(last, d.Routes[i].Tasks[j].ID)
		}
	}
	return last + 1
}

// Instance gives the route instance with an id, nil when there is none. The
// pointer reaches into the document.
func (d *Document) Instance(id int) *Instance {
	for i := range d.Routes {
		if d.Routes[i].ID == id {
			return &d.Routes[i]
		}
	}
	return nil
}
