package render

import (
	"io"
	"slices"
	"strconv"
	"time"
)

// Task is a task as people see it, in a list or on a card.
type Task struct {
	ID       string // inq42/1 or INQ-2026-000042/1
	Title    string
	Document string // what it is about: the document's title
	Who      string // performer, or the candidates
	State    string // in the reader's language
	Mark     string // what happened to an open task: reminded, escalated
	Outcome  string
	Comment  string
	Due      time.Time // zero: no deadline
	Done     time.Time // zero: not finished
	Overdue  bool
	Closed   bool // done, refused or withdrawn
}

// Tasks writes a list of tasks grouped by urgency: overdue, today, this week
// (up to Sunday), later, without a deadline, finished. Inside a group the order
// is the caller's. An empty list writes nothing.
func (s Style) Tasks(w io.Writer, now time.Time, tasks []Task) error {
	if len(tasks) == 0 {
		return nil
	}
	t := s.taskTable(now, tasks, true)
	groups := make([][][]Cell, wordFinished-wordOverdue+1)
	for i, task := range tasks {
		at := urgency(now, task) - wordOverdue
		groups[at] = append(groups[at], t.Rows[i])
	}
	widths, ok := layout(t.Columns, slices.Values(t.Rows), Open, s.width())
	out := &printer{w: w}
	l := s.lines(out, t.Columns, widths, Open)
	if ok {
		l.head()
	}
	first := true
	for i, group := range groups {
		if len(group) == 0 {
			continue
		}
		if !first {
			out.line("")
		}
		first = false
		tone := Strong
		if wordOverdue+word(i) == wordOverdue {
			tone = Bad
		}
		out.line(s.paint(tone, s.word(wordOverdue+word(i))) + " (" + strconv.Itoa(len(group)) + ")")
		if !ok {
			s.records(out, t.Columns, group, s.width())
			continue
		}
		for _, row := range group {
			l.row(row)
		}
	}
	return out.flush()
}

// urgency is the group a task stands in.
func urgency(now time.Time, t Task) word {
	switch {
	case t.Closed || !t.Done.IsZero():
		return wordFinished
	case t.Overdue || !t.Due.IsZero() && t.Due.Before(now):
		return wordOverdue
	case t.Due.IsZero():
		return wordNoDue
	}
	due, today := day(t.Due.In(now.Location())), day(now)
	switch {
	case due.Equal(today):
		return wordToday
	case due.Before(monday(today).AddDate(0, 0, 7)):
		return wordThisWeek
	}
	return wordLater
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

// roomForState is the width from which a list of tasks has a column for states.
const roomForState = 100

// taskTable lays tasks out; the document column is left out on the document's
// own card.
func (s Style) taskTable(now time.Time, tasks []Task, withDocument bool) Table {
	t := Table{Columns: []Column{
		{Title: s.word(wordNumber), Whole: true},
		{Title: s.word(wordDue), Whole: true},
		{Title: s.word(wordTask), Flex: true, Wrap: true, Min: 14},
	}}
	if withDocument {
		t.Columns = append(t.Columns, Column{Title: s.word(wordDocument), Flex: true, Min: 14})
	}
	t.Columns = append(t.Columns, Column{Title: s.word(wordWho), Max: 26, Flex: true})
	// Where there is little room the state is told by the group already, and an
	// outcome stands with the task.
	narrow := withDocument && s.width() < roomForState
	if !narrow {
		t.Columns = append(t.Columns, Column{Title: s.word(wordStatus), Max: 30})
	}
	for _, task := range tasks {
		tone := s.taskTone(now, task)
		due := s.moment(now, task.Due)
		if !task.Done.IsZero() {
			due = s.moment(now, task.Done)
		}
		title := task.Title
		if narrow && task.Outcome != "" {
			title = task.Outcome + ": " + title
		} else if narrow && task.Mark != "" {
			title = task.Mark + ": " + title
		}
		row := []Cell{{Text: task.ID, Tone: Accent}, {Text: due, Tone: tone}, {Text: title}}
		if withDocument {
			row = append(row, Cell{Text: task.Document})
		}
		state := task.State
		if task.Outcome != "" {
			state = task.Outcome
		} else if task.Mark != "" {
			state += ", " + task.Mark
		}
		row = append(row, Cell{Text: task.Who})
		if !narrow {
			row = append(row, Cell{Text: state, Tone: tone})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (s Style) taskTone(now time.Time, t Task) Tone {
	switch {
	case t.Closed || !t.Done.IsZero():
		return Dim
	case urgency(now, t) == wordOverdue:
		return Bad
	case urgency(now, t) == wordToday:
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
