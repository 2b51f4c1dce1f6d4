package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

// entry draws a commit: who did it when, what it was, and what it changed in the
// document.
func (v *cardView) entry(w io.Writer, f *form.Form, e office.LogEntry) {
	who := v.user(e.Actor)
	if e.For != "" {
		who += " (" + v.style.Word("for") + " " + v.user(e.For) + ")"
	}
	_ = v.style.Line(w, 0, render.Strong, fmt.Sprintf("%s  %s  %s", shortID(e.Commit), v.style.DateTime(inZone(e.When, v.r)), who))
	_ = v.style.Line(w, 2, render.Normal, e.Subject)
	for _, c := range e.Changes {
		if change := v.change(f, e, c); change != "" {
			_ = v.style.Line(w, 4, render.Normal, change)
		}
	}
}

// change says in a person's words what changed; what only the program reads, the
// places where a route stands for instance, is left out.
func (v *cardView) change(f *form.Form, e office.LogEntry, c document.Change) string {
	kind, rest, _ := strings.Cut(c.Path, ".")
	s := v.style
	switch kind {
	case "form", "uid", "reached", "message", "message_id":
		return ""
	case "number", "registered", "by":
		if e.Registered {
			return "" // the line about the commit says it
		}
		return from(map[string]string{"number": s.Word("Number"), "registered": s.Word("Registered"), "by": s.Word("Author")}[kind], c.Old, c.New)
	case "status":
		return from(s.Word("Status"), v.status(f, c.Old), v.status(f, c.New))
	case "card":
		return v.fieldChange(f, e, rest, c)
	case "links":
		return from(v.linkTitle(rest), v.numberTitle(c.Old), v.numberTitle(c.New))
	case "comments":
		return from(s.Word("Comment"), c.Old, c.New)
	case "files":
		return v.fileChange(rest, c)
	case "letters":
		return v.letterChange(e, rest, c)
	case "routes":
		return v.routeChange(e, rest, c)
	case "tasks":
		return v.taskChange(e, rest, c)
	}
	return from(c.Path, c.Old, c.New)
}

// from is a change with its label: a value that came, went, or became another.
func from(label, old, now string) string {
	old, now = beginning(old), beginning(now)
	switch {
	case old == "":
		return label + ": + " + now
	case now == "":
		return label + ": - " + old
	}
	return label + ": " + old + " → " + now
}

// beginning is what fits on a few lines of a text.
func beginning(text string) string {
	text = oneLine(text)
	if r := []rune(text); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return text
}

// fieldChange is a change of a field, of a row of a table, or of a cell of one.
func (v *cardView) fieldChange(f *form.Form, e office.LogEntry, path string, c document.Change) string {
	name, rest, _ := strings.Cut(path, ".")
	var field *form.Field
	if f != nil {
		field = f.Field(name)
	}
	if field == nil {
		return from(path, c.Old, c.New)
	}
	label := field.Label.In(v.lang)
	if rest == "" {
		return from(label, v.shown(field, c.Old), v.shown(field, c.New))
	}
	row, column, isCell := strings.Cut(rest, ".")
	label += ", " + strings.ToLower(v.style.Word("Line")) + " " + row
	if !isCell {
		return from(label, v.row(field, e.Before, row, c.Old), v.row(field, e.After, row, c.New))
	}
	if col := field.Column(column); col != nil {
		return from(label+", "+col.Label.In(v.lang), v.shown(col, c.Old), v.shown(col, c.New))
	}
	return from(label+", "+column, c.Old, c.New)
}

// row is a row of a table with the labels of its columns; text, as the change
// has it, where the row cannot be found.
func (v *cardView) row(field *form.Field, d *document.Document, number, text string) string {
	n, err := strconv.Atoi(number)
	if text == "" || d == nil || err != nil {
		return text
	}
	value := d.Card.Get(field.Name)
	if value == nil || n < 1 || n > len(value.Rows) {
		return text
	}
	var cells []string
	for _, cell := range value.Rows[n-1] {
		label, shown := cell.Name, cell.Text
		if col := field.Column(cell.Name); col != nil {
			label, shown = col.Label.In(v.lang), v.shown(col, cell.Text)
		}
		cells = append(cells, label+" "+shown)
	}
	return strings.Join(cells, ", ")
}

// fileChange is a file that came, went or was replaced.
func (v *cardView) fileChange(name string, c document.Change) string {
	label := v.style.Word("File")
	switch {
	case c.Old == "":
		return label + ": + " + name
	case c.New == "":
		return label + ": - " + name
	case strings.HasSuffix(name, ".sha256"):
		return label + ": " + strings.TrimSuffix(name, ".sha256") + " → " + v.style.Word("replaced")
	}
	return ""
}

// routeState is the state of a route in words; one that is done has ended.
func (v *cardView) routeState(state string) string {
	if state == engine.Done {
		state = "ended"
	}
	return v.style.Word(state)
}

func (v *cardView) letterChange(e office.LogEntry, path string, c document.Change) string {
	label := v.style.Word("Letter")
	d := e.After
	if c.New == "" {
		d = e.Before
	}
	for _, l := range d.Letters {
		switch path {
		case l.ID:
			text := letterName(d.Number, &l) + " (" + strings.Join(l.To, ", ") + ")"
			if c.New == "" {
				return label + ": - " + text
			}
			return label + ": + " + text
		case l.ID + ".state":
			return from(label+" "+letterName(d.Number, &l), v.style.Word(c.Old), v.style.Word(c.New))
		}
	}
	return ""
}

// letterName is what a letter is about: its subject, or the task that somebody
// was told of.
func letterName(number string, l *document.Letter) string {
	if l.Task != 0 {
		return taskNumber(number, l.Task)
	}
	return l.Subject
}

func (v *cardView) routeChange(e office.LogEntry, path string, c document.Change) string {
	number, key, _ := strings.Cut(path, ".")
	label := v.style.Word("Route") + " " + number
	switch key {
	case "":
		d := e.After
		if c.New == "" {
			d = e.Before
		}
		if id, err := strconv.Atoi(number); err == nil && d != nil && d.Instance(id) != nil {
			title := v.instanceTitle(d.Instance(id))
			if c.New == "" {
				return label + ": - " + title
			}
			return label + ": + " + title
		}
	case "state":
		return from(label, v.routeState(c.Old), v.routeState(c.New))
	case "end":
		title := func(d *document.Document, end string) string {
			if id, err := strconv.Atoi(number); err == nil && d != nil && d.Instance(id) != nil {
				return v.endTitle(d.Instance(id), end)
			}
			return end
		}
		return from(label+", "+strings.ToLower(v.style.Word("End")), title(e.Before, c.Old), title(e.After, c.New))
	case "due":
		return from(label+", "+strings.ToLower(v.style.Word("Due")), v.moment(c.Old), v.moment(c.New))
	}
	return ""
}

// taskChange is a task that came, or one that somebody has answered, got, or got
// more time for.
func (v *cardView) taskChange(e office.LogEntry, path string, c document.Change) string {
	number, key, _ := strings.Cut(path, ".")
	id, err := strconv.Atoi(number)
	if err != nil {
		return ""
	}
	label := v.style.Word("Task") + " " + number
	part := func(word string) string { return label + ", " + strings.ToLower(v.style.Word(word)) }
	switch key {
	case "":
		return from(label, v.taskInWords(e.Before, id), v.taskInWords(e.After, id))
	case "state":
		return from(label, v.style.Word(c.Old), v.style.Word(c.New))
	case "outcome":
		words := func(d *document.Document, outcome string) string {
			if d == nil {
				return outcome
			}
			in, t := d.Task(id)
			if t == nil {
				return outcome
			}
			return v.answer(in, t.Step, t.Kind, outcome)
		}
		return from(part("Answer"), words(e.Before, c.Old), words(e.After, c.New))
	case "who", "for", "controller":
		return from(part(map[string]string{"who": "Performer", "for": "For", "controller": "Controller"}[key]), v.userOrNone(c.Old), v.userOrNone(c.New))
	case "due", "reminded", "escalated":
		return from(part(map[string]string{"due": "Due", "reminded": "Reminded", "escalated": "Escalated"}[key]), v.moment(c.Old), v.moment(c.New))
	case "comment":
		return from(part("Comment"), c.Old, c.New)
	case "title", "text":
		return from(label, c.Old, c.New)
	}
	return ""
}

// taskInWords is a task with its performers and its deadline; nothing where the
// document does not have it.
func (v *cardView) taskInWords(d *document.Document, id int) string {
	if d == nil {
		return ""
	}
	_, t := d.Task(id)
	if t == nil {
		return ""
	}
	text := t.Title
	if who := v.performers(t.Who, t.Candidates); who != "" {
		text += ", " + who
	}
	if !t.Due.IsZero() {
		text += ", " + v.style.Word("by") + " " + v.style.DateTime(t.Due.In(v.r.Now().Location()))
	}
	return text
}

// moment is a stored time as people read it.
func (v *cardView) moment(text string) string {
	if t, ok := document.ParseTime(text); ok {
		return v.style.DateTime(inZone(t, v.r))
	}
	return text
}
