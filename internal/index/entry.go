package index

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A document's row id orders documents by registration, so that "the newest
// first" is a walk over row ids everywhere, in full text too, and a period is
// a range of them. It is made of the registration second and the number alone,
// which keeps answers the same after a rebuild.
const (
	idBits    = 30
	idEpoch   = 946684800 // 2000-01-01T00:00:00Z
	idSeconds = 1 << 32   // seconds before and after the epoch that are told apart
)

func idFloor(unix int64) int64 {
	s := min(max(unix-idEpoch, -idSeconds), idSeconds)
	return s << idBits
}

func documentID(registered time.Time, number string, seq int64) int64 {
	h := fnv.New32a()
	h.Write([]byte(number))
	return idFloor(registered.Unix()) | (seq&(1<<20-1))<<10 | int64(h.Sum32()&(1<<10-1))
}

// seriesKey is what a number counts in, and its place there.
type seriesKey struct {
	form, prefix string
	year         int64
	seq          int64
}

// seriesOf reads the number of an entry; without help from the caller: letters
// before the first digit, a group of four digits as the year, the last group
// as the sequence.
func seriesOf(e *Entry) seriesKey {
	if e.Prefix != "" {
		return seriesKey{e.Form, strings.ToUpper(e.Prefix), int64(e.Year), int64(e.Seq)}
	}
	prefix, year, seq := readNumber(e.Number)
	return seriesKey{e.Form, prefix, year, seq}
}

func readNumber(number string) (prefix string, year, seq int64) {
	first := strings.IndexAny(number, "0123456789")
	if first < 0 {
		return strings.ToUpper(number), 0, 0
	}
	prefix = strings.ToUpper(strings.Trim(number[:first], "-"))
	groups := strings.FieldsFunc(number[first:], func(r rune) bool { return r < '0' || r > '9' })
	seq, err := strconv.ParseInt(groups[len(groups)-1], 10, 64)
	if err != nil {
		return strings.ToUpper(number), 0, 0
	}
	for _, g := range groups[:len(groups)-1] {
		if len(g) == 4 {
			year, _ = strconv.ParseInt(g, 10, 64)
		}
	}
	return prefix, year, seq
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// prepared is an entry with everything computed that needs no database, so
// that in a bulk build the goroutines which read documents do that work too.
type prepared struct {
	*Entry
	id     int64
	series seriesKey
	text   string
	hash   int64
}

func prepare(e *Entry) *prepared {
	p := &prepared{Entry: e, series: seriesOf(e)}
	p.id = documentID(e.Registered, e.Number, p.series.seq)
	p.text = textOf(e, p.series)
	h := fnv.New64a()
	h.Write([]byte(p.text))
	p.hash = int64(h.Sum64())
	return p
}

// rows gives the document's rows in the fixed tables, table by table, in the
// order of their columns.
func (p *prepared) rows(series int64, add func(table string, row ...any)) {
	add("documents", p.id, p.Number, p.Form, series, p.series.seq, orNil(p.UID), orNil(p.Status), orNil(p.Title), orNil(p.By), orNil(p.Path),
		encodeTime(p.Registered), boolInt(p.Closed), p.Blob[:], p.Comments, p.Files, p.hash)
	for i, r := range p.Refs {
		add("refs", p.id, i+1, r.Kind, orNil(r.Field), r.To, boolInt(r.Link))
	}
	for i, t := range p.Tasks {
		add("tasks", p.id, i+1, t.ID, t.Instance, t.Step, orNil(t.Title), t.Route, orNil(t.Who), orNil(strings.Join(t.Candidates, "\n")),
			orNil(t.Controller), orNil(t.Giver), t.State, t.openness(), orNil(t.Outcome), orNil(t.Comment), orNil(t.For), t.Cycle,
			encodeTime(t.Assigned), encodeTime(t.Due), encodeTime(t.Accepted), encodeTime(t.Done), orNil(strings.Join(t.Outcomes, "\n")),
			orNil(t.Kind), orZero(t.Of), orNil(t.Text), encodeTime(t.Until), encodeTime(t.Reminded), encodeTime(t.Escalated), orNil(t.Chosen), t.sortKey())
	}
	for i, t := range p.Timers {
		add("timers", p.id, i+1, encodeTime(t.At), t.Kind, t.Instance, t.Task, orNil(t.Key))
	}
	for i, e := range p.Events {
		add("events", p.id, i+1, boolInt(e.long()), encodeTime(e.Start), encodeTime(e.End), e.Kind, boolInt(e.AllDay), orNil(e.Who),
			orNil(e.Client), orNil(e.Title), boolInt(e.Done), e.Task)
	}
	for i, k := range p.Keys {
		add("keys", p.id, i+1, k.Kind, k.Value)
	}
	for i, m := range p.Messages {
		add("messages", p.id, i+1, m)
	}
	for i, a := range p.Aliases {
		add("aliases", p.id, i+1, a)
	}
	for i, t := range p.Tasks {
		for _, who := range t.people() {
			add("task_people", who.user, who.kind, who.open, t.sortKey(), p.id, i+1, who.own)
		}
	}
}

// openness is how the index tells open tasks, those to be read and closed ones
// apart.
func (t Task) openness() int64 {
	switch {
	case t.Open:
		return isOpen
	case t.Unread:
		return isUnread
	}
	return isClosed
}

// The values of the columns named open; queries write them out.
const (
	isClosed   = 0
	isOpen     = 1
	isUnread   = 2
	isFinished = 3 // of people only: open, but finished by them and under review
)

// review is the state of a task that its performer has finished and its
// controller is to confirm.
const review = "review"

// sortKey orders tasks by deadline, those without one last.
func (t Task) sortKey() int64 {
	if t.Due.IsZero() {
		return maxScaled
	}
	return t.Due.Unix()
}

// shortEvent bounds the events found by their start alone; longer ones are few
// and looked through one by one.
const shortEvent = 31 * 24 * time.Hour

func (e Event) long() bool { return !e.End.IsZero() && e.End.Sub(e.Start) > shortEvent }

// person is one row of task_people without the document's id.
type person struct {
	user string
	kind int64 // 0 performs or may, 1 controls
	own  int64 // 1 when the task is this performer's alone
	open int64
}

const (
	performs = 0
	controls = 1
)

func (t Task) people() []person {
	var out []person
	reviewed := t.State == review
	add := func(user string, kind, own int64) {
		open := t.openness()
		if kind == performs && reviewed && open == isOpen && user != t.Controller {
			own, open = 0, isFinished // it is no work of the performer's any more
		}
		out = append(out, person{user, kind, own, open})
	}
	if t.Who != "" {
		add(t.Who, performs, boolInt(!reviewed))
	} else {
		for i, c := range t.Candidates {
			if c != "" && !slices.Contains(t.Candidates[:i], c) {
				add(c, performs, 0)
			}
		}
	}
	if t.Controller != "" {
		add(t.Controller, controls, 0)
		if reviewed && t.Controller != t.Who && !slices.Contains(t.Candidates, t.Controller) {
			add(t.Controller, performs, 0) // the next move is theirs
		}
	}
	return out
}

func orZero(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
