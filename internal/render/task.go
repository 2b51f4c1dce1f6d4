package render

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Task is a task as people see it, in a list or on a card.
type Task struct {
	ID       string // inq42/1 or INQ-2026-000042/1
	Title    string
	Document string   // what it is about: the document's title
	Who      []string // its performer, or all who share it
	State    string   // in the reader's language
	Mark     string   // what happened to an open task: reminded, escalated
	Outcome  string
	Comment  string
	Assigned time.Time // shown of what is to be read
	Due      time.Time // zero: no deadline
	Done     time.Time // zero: not finished
	Overdue  bool
	Closed   bool // done, refused or withdrawn
	Unread   bool // nothing to do, only to be read
}

// urgencies are the groups of a list of tasks, in their order.
var urgencies = []string{"Overdue", "Today", "This week", "Later", "Without a deadline", "To be read", "Finished"}

// Tasks writes a list of tasks grouped by urgency: overdue, today, this week
// (up to Sunday), later, without a deadline, to be read, finished. Inside a
// group the order is the caller's. An empty list writes nothing.
//
// Where there is room a task is a line of a table. In a narrower window it takes
// two: what is to be done by when, and below it on which document and by whom.
func (s Style) Tasks(w io.Writer, now time.Time, tasks []Task) error {
	out := &printer{w: w}
	draw := s.taskPairs(out, now, tasks)
	if s.width() >= roomForTaskTable {
		draw = s.taskLines(out, now, tasks)
	}
	first := true
	for _, group := range urgencies {
		var in []Task
		for _, t := range tasks {
			if urgency(now, t) == group {
				in = append(in, t)
			}
		}
		if len(in) == 0 {
			continue
		}
		if !first {
			out.line("")
		}
		first = false
		tone := Strong
		if group == "Overdue" {
			tone = Bad
		}
		out.line(s.paint(tone, s.Word(group)) + " (" + strconv.Itoa(len(in)) + ")")
		draw(in)
	}
	return out.flush()
}

// taskLines draws groups of tasks as the lines of one table.
func (s Style) taskLines(out *printer, now time.Time, tasks []Task) func([]Task) {
	all := s.taskTable(now, tasks, true)
	widths, ok := layout(all.Columns, slices.Values(all.Rows), Open, s.width())
	l := s.lines(out, all.Columns, widths, Open)
	if ok && len(tasks) > 0 {
		l.head()
	}
	return func(group []Task) {
		rows := s.taskTable(now, group, true).Rows
		if !ok {
			s.records(out, all.Columns, rows, s.width())
			return
		}
		for _, row := range rows {
			l.row(row)
		}
	}
}

// taskPairs draws each task of a group as two lines.
func (s Style) taskPairs(out *printer, now time.Time, tasks []Task) func([]Task) {
	number, due := 0, 0
	for _, t := range tasks {
		number = max(number, Width(clean(t.ID)))
		due = max(due, Width(s.taskMoment(now, t)))
	}
	left := number + 2 + due + 2
	return func(group []Task) {
		for _, t := range group {
			tone, state := s.taskTone(now, t), ""
			if said := t.said(); said != "" {
				state = middot + truncate(clean(said), (s.width()-left)/2)
			}
			title := truncate(clean(t.Title), s.width()-left-Width(state))
			out.line(s.paint(Accent, pad(clean(t.ID), number, Left)) + "  " +
				s.paint(tone, pad(s.taskMoment(now, t), due, Left)) + "  " + title + s.paint(tone, state))
			if about := s.taskAbout(t, s.width()-left); about != "" {
				out.line(strings.Repeat(" ", left) + s.paint(Dim, about))
			}
		}
	}
}

// taskAbout names the document and the people in one line: rather all the people
// and less of the document's title than the other way round.
func (s Style) taskAbout(t Task, width int) string {
	document, who := clean(t.Document), clean(t.who())
	if Width(document+middot+who) > width {
		who = clean(t.firstOf())
	}
	if document == "" || who == "" {
		return truncate(document+who, width)
	}
	who = truncate(who, width*2/3)
	return truncate(document, width-Width(middot)-Width(who)) + middot + who
}

// who names all who have a task.
func (t Task) who() string { return strings.Join(t.Who, " | ") }

// firstOf names one of several and counts the others.
func (t Task) firstOf() string {
	if len(t.Who) < 2 {
		return t.who()
	}
	return t.Who[0] + " +" + strconv.Itoa(len(t.Who)-1)
}

// said is what there is to say about a task beyond its group: how it was
// answered, or what has happened to it.
func (t Task) said() string {
	switch {
	case !t.Closed && t.Mark != "":
		return t.Mark
	case t.Outcome != "":
		return t.Outcome
	case t.Closed:
		return t.State
	}
	return ""
}

// urgency is the group a task stands in.
func urgency(now time.Time, t Task) string {
	switch {
	case t.Unread:
		return "To be read"
	case t.Closed:
		return "Finished"
	case t.Overdue || !t.Due.IsZero() && t.Due.Before(now):
		return "Overdue"
	case t.Due.IsZero():
		return "Without a deadline"
	}
	due, today := day(t.Due.In(now.Location())), day(now)
	switch {
	case due.Equal(today):
		return "Today"
	case due.Before(monday(today).AddDate(0, 0, 7)):
		return "This week"
	}
	return "Later"
}

// day is the midnight a moment's day starts with.
func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// monday is the first day of the week a day lies in.
func monday(t time.Time) time.Time {
	t = day(t)
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// roomForTaskTable is the width from which a list of tasks is a table.
const roomForTaskTable = 120

// taskTable lays tasks out; the document column is left out on the document's
// own card.
func (s Style) taskTable(now time.Time, tasks []Task, withDocument bool) Table {
	t := Table{Columns: []Column{
		{Title: s.Word("Number"), Whole: true},
		{Title: s.Word("Due"), Whole: true},
		{Title: s.Word("Task"), Flex: true, Wrap: true, Min: 14},
	}}
	if withDocument {
		t.Columns = append(t.Columns, Column{Title: s.Word("Document"), Flex: true, Min: 14})
	}
	t.Columns = append(t.Columns, Column{Title: s.Word("Performer"), Max: 34, Flex: true, Wrap: true, Min: 12}, Column{Title: s.Word("State"), Max: 30, Flex: true, Wrap: true, Min: 11})
	for _, task := range tasks {
		tone := s.taskTone(now, task)
		row := []Cell{{Text: task.ID, Tone: Accent}, {Text: s.taskMoment(now, task), Tone: tone}, {Text: task.Title}}
		who, state := task.who(), task.said()
		if withDocument {
			row = append(row, Cell{Text: task.Document})
			who = task.firstOf()
		}
		if state == "" {
			state = task.State
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: who}, Cell{Text: state, Tone: tone}))
	}
	return t
}

// taskMoment is when a task is due, or when it was done.
func (s Style) taskMoment(now time.Time, t Task) string {
	switch {
	case t.Unread:
		return s.moment(now, t.Assigned)
	case t.Closed && !t.Done.IsZero():
		return s.moment(now, t.Done)
	}
	return s.moment(now, t.Due)
}

func (s Style) taskTone(now time.Time, t Task) Tone {
	switch {
	case t.Closed && t.Overdue:
		return Bad
	case t.Unread:
		return Normal
	case t.Closed:
		return Dim
	case urgency(now, t) == "Overdue":
		return Bad
	case urgency(now, t) == "Today":
		return Warn
	}
	return Normal
}

// moment is a time as short as it can be without losing its meaning: without
// the year in the current year, never without the hour.
func (s Style) moment(now, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if !now.IsZero() {
		t = t.In(now.Location())
	}
	if t.Year() != now.Year() {
		return s.DateTime(t)
	}
	if s.russian() {
		return t.Format("02.01 15:04")
	}
	return t.Format("01-02 15:04")
}
