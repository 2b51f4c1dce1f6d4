package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/filetext"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/worktime"
)

// An entry is a pure function of one document and its form: whatever could be
// looked up elsewhere is not in it, so that an index built from nothing and
// one kept up to date commit by commit are the same.

// schema describes the columns of all usable forms.
func schemaOf(d *definition.Set) (index.Schema, error) {
	set, err := d.Forms()
	if err != nil {
		return index.Schema{}, err
	}
	var s index.Schema
	for _, f := range set.Forms() {
		dated, err := d.DatedRules(f.Name)
		if err != nil {
			return index.Schema{}, err
		}
		more := dates(d, dated)
		if s, _, err := d.Settings(); err == nil && f.Calendar != nil {
			more += s.Zone.String() + "\n"
		}
		fs := index.FormSchema{Name: f.Name, Fingerprint: fingerprint(f, more)}
		for _, c := range f.Columns() {
			if indexed(f, c) {
				fs.Columns = append(fs.Columns, column(c))
			}
		}
		s.Forms = append(s.Forms, fs)
	}
	return s, nil
}

// fingerprint stands for what decides an entry besides the columns.
func fingerprint(f *form.Form, more string) string {
	var b strings.Builder
	b.WriteString(more)
	source := func(e *form.Expression) {
		if e != nil {
			b.WriteString(e.Source)
		}
		b.WriteByte('\n')
	}
	source(f.Caption)
	if c := f.Calendar; c != nil {
		b.WriteString(c.Start + " " + c.Length + " " + c.Who + "\n")
		source(c.Title)
		source(c.Done)
	}
	b.WriteString(strings.Join(f.Duplicates, " ") + "\n")
	for _, t := range f.Numbers {
		b.WriteString("number " + t.String() + "\n")
	}
	for _, field := range f.Fields() {
		fmt.Fprintf(&b, "field %s %d\n", field.Name, field.Type)
		if field.Unique {
			b.WriteString("unique " + field.Name + "\n")
		}
		if len(field.Was) > 0 {
			b.WriteString("was " + field.Name + " " + strings.Join(field.Was, " ") + "\n")
		}
		if field.Computed {
			b.WriteString("computed " + field.Name + " ")
			source(field.Value)
		}
	}
	for _, s := range f.Statuses {
		if s.Closed {
			b.WriteString("closed " + s.ID + "\n")
		}
	}
	return gitstore.HashBlob([]byte(b.String())).String()
}

// dates stands for what decides when rules are due: themselves and the working
// calendar; empty where no rule waits for a date.
func dates(d *definition.Set, rules []*rule.Rule) string {
	if len(rules) == 0 {
		return ""
	}
	var b strings.Builder
	for _, r := range rules {
		for _, t := range r.On {
			for _, w := range t.Names {
				if t.Kind == rule.Date {
					fmt.Fprintf(&b, "date %s %s %s %t %s\n", r.Name.Text, w.Text, t.Shift, t.Back, r.Since)
				}
			}
		}
	}
	if s, _, err := d.Settings(); err == nil {
		b.WriteString(s.Zone.String() + "\n")
		if src, err := d.Read(path.Join(definition.CalendarsDir, s.Calendar+definition.Ext)); err == nil {
			b.Write(src)
		}
	}
	return b.String()
}

// indexed reports whether a field has a column: a computed value that other
// documents decide has none.
func indexed(f *form.Form, c form.Column) bool {
	if !c.Computed {
		return true
	}
	p, err := f.Field(c.Name).Value.Program()
	return err == nil && !readsElsewhere(f, p)
}

// readsElsewhere reports whether a computed value depends on more than the
// card: another document, a directory, the organisation, settings, the clock.
// "lines.price" is a column of a table and belongs to the card.
func readsElsewhere(f *form.Form, p *expr.Program) bool {
	for _, name := range p.Reads() {
		first, _, dotted := strings.Cut(name, ".")
		if field := f.Field(first); field != nil {
			if dotted && field.Type != expr.Table {
				return true
			}
			continue
		}
		if !slices.Contains(form.Attributes(), first) {
			return true
		}
	}
	return false
}

// columnTypes are the kinds that are not compared as text.
var columnTypes = map[expr.Kind]index.ColumnType{
	expr.Int: index.Int, expr.Decimal: index.Decimal, expr.Money: index.Decimal, expr.DateKind: index.Date,
	expr.DateTime: index.DateTime, expr.Bool: index.Bool, expr.DurationKind: index.Duration,
}

func column(c form.Column) index.Column {
	return index.Column{Name: c.Name, Type: columnTypes[c.Kind], Indexed: c.Indexed, Scale: c.Scale, Ref: c.Ref}
}

// entryOf reads one committed document. One that cannot be read, that says
// another number than its file's name, or that is a second one of a number, is
// set aside; `e1 check` says why.
func (r *Repo) entryOf(reader *documentReader, b blobRef) (*index.Entry, error) {
	src, err := r.contentInto(&reader.files, b)
	if err != nil {
		return nil, err
	}
	d, err := reader.documents.Read(src)
	if err != nil {
		d = nil
	}
	r.Present(d)
	return r.entryFor(d, b)
}

// entryFor is entryOf a document that was read, its fields under their present
// names; nil when it cannot be.
func (r *Repo) entryFor(d *document.Document, b blobRef) (*index.Entry, error) {
	number, _ := numberOfPath(b.path)
	aside := &index.Entry{Number: number, Form: formOfPath(b.path), Path: b.path, Aside: true}
	if d == nil || d.Number != number {
		return aside, nil
	}
	if second, err := r.isSecond(d, b.path); second || err != nil {
		return aside, err
	}
	return r.entry(r.tree, d, b.path, b.id)
}

// isSecond reports whether a document lies elsewhere than its number says,
// and another file there.
func (r *Repo) isSecond(d *document.Document, at string) (bool, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return false, err
	}
	if f := set.Form(d.Form); f != nil {
		if p, err := form.PathOf(f, d.Number); err == nil && p == at {
			return false, nil
		}
	}
	p, err := r.pathOf(d.Number)
	if err != nil || p == at {
		return false, nil // no form has such numbers
	}
	_, err = r.git.Lookup(r.tree, p)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// fileTexts adds the text of attachments.
func (r *Repo) fileTexts(tree gitstore.Hash, e *index.Entry, d *document.Document, path string) error {
	for _, file := range d.Files {
		if file.Size > filetext.MaxSize {
			continue
		}
		data, err := r.attachmentBytes(tree, attachmentPath(path, file.Name))
		if err != nil {
			return err
		}
		if text, ok := filetext.Of(file.Name, data); ok {
			e.Text = append(e.Text, text)
		}
	}
	return nil
}

// attachmentBytes reads an attachment as committed; nil when it is missing,
// which `e1 check` reports.
func (r *Repo) attachmentBytes(tree gitstore.Hash, path string) ([]byte, error) {
	at, err := r.git.Lookup(tree, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.content(blobRef{path, at.ID})
}

// entry is what the index holds about a document whose files lie in a tree.
func (r *Repo) entry(tree gitstore.Hash, d *document.Document, path string, id gitstore.Hash) (*index.Entry, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return nil, err
	}
	e := &index.Entry{
		Number: d.Number, Form: d.Form, UID: d.UID, Status: d.Status, By: d.By, Path: path,
		Registered: d.Registered, Blob: id, Aliases: d.Aliases,
		Comments: len(d.Comments), Files: len(d.Files), Closed: d.Status == form.Void,
	}
	e.Messages = messagesOf(d)
	for _, id := range messageIDs(d) {
		e.Keys = append(e.Keys, index.Key{Kind: messageKey, Value: id})
	}
	for _, a := range d.Aliases {
		e.Keys = append(e.Keys, index.Key{Kind: aliasKey, Value: a})
	}
	for _, l := range d.Links {
		e.Refs = append(e.Refs, index.Ref{Kind: l.Kind, To: l.To, Link: true})
	}
	for _, c := range d.Comments {
		e.Text = append(e.Text, c.Text)
	}
	for _, file := range d.Files {
		e.Text = append(e.Text, file.Name, file.Original)
	}
	if err := r.fileTexts(tree, e, d, path); err != nil {
		return nil, err
	}
	f := set.Form(d.Form)
	if f == nil { // its form is broken or gone; the document is still there
		e.Title = d.Number
		return e, nil
	}
	if n, ok := f.ParseNumber(d.Number); ok {
		e.Prefix, e.Year, e.Seq = strings.TrimSuffix(strings.Join([]string{n.Prefix, f.Name}, "/"), "/"), n.Year, n.Seq
	}
	e.Closed = f.Closed(d.Status)
	ctx := form.Context{Now: d.Registered, Author: d.By}
	e.Title = set.Caption(f, d, ctx)
	scope := set.Scope(f, d, ctx)
	r.cardEntry(e, set, f, d, ctx)
	if d.Status != form.Void {
		e.Keys = append(e.Keys, documentKeys(set, f, d)...)
		e.Tasks, e.Events = tasksOf(d, e.Title)
		timer := index.Timer{At: engine.NextTimer(d), Kind: "route"}
		if day := r.nextDate(f, d); day != nil && (timer.At.IsZero() || day.At.Before(timer.At)) {
			timer = index.Timer{At: day.At, Kind: "date"}
		}
		if !timer.At.IsZero() {
			e.Timers = []index.Timer{timer}
		}
		if event, ok := calendarEvent(f, d, e.Title, scope, r.zone()); ok {
			e.Events = append(e.Events, event)
		}
	}
	return e, nil
}

// nextDate is the next date of a document that a rule waits for. The rules
// were read with the schema of the index.
func (r *Repo) nextDate(f *form.Form, d *document.Document) *engine.Reached {
	rules, err := r.defs.DatedRules(f.Name)
	if err != nil || len(rules) == 0 {
		return nil
	}
	return engine.NextDate(f, d, rules, r.defs.Calendar(""), r.zone())
}

// notIndexed are the computed fields of a form that have no column. They are
// found once, since a million documents ask for them.
func (r *Repo) notIndexed(f *form.Form) map[string]bool {
	if known, ok := r.unindexed.Load(f); ok {
		return known.(map[string]bool)
	}
	names := map[string]bool{}
	for _, c := range f.Columns() {
		if c.Computed && !indexed(f, c) {
			names[c.Name] = true
		}
	}
	r.unindexed.Store(f, names)
	return names
}

// cardEntry adds the card: columns, references, text.
func (r *Repo) cardEntry(e *index.Entry, set *form.Set, f *form.Form, d *document.Document, ctx form.Context) {
	without := r.notIndexed(f)
	for _, v := range set.Values(f, d, ctx) {
		if !without[v.Name] {
			e.Fields = append(e.Fields, index.Field{Name: v.Name, Value: v.Value})
		}
	}
	for _, field := range f.Fields() {
		v := f.Stored(d, field)
		if v == nil || field.Computed {
			continue
		}
		switch {
		case field.Type == expr.Table:
			for _, row := range v.Rows {
				for _, c := range row {
					e.Text = append(e.Text, c.Text)
				}
			}
		case field.Type == expr.Document:
			e.Refs = append(e.Refs, index.Ref{Kind: field.Name, Field: field.Name, To: v.Text})
		case field.Type.IsText():
			e.Text = append(e.Text, v.Text)
		}
	}
	for _, name := range d.Card.Names() {
		if f.Field(name) == nil {
			e.Unknown = append(e.Unknown, name)
		}
	}
}

// keys are the normalised values by which a document is found again.
func (r *Repo) keys(d *document.Document) ([]index.Key, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return nil, err
	}
	f, err := r.defs.Form(d.Form)
	if err != nil {
		return nil, err
	}
	return documentKeys(set, f, d), nil
}

func documentKeys(set *form.Set, f *form.Form, d *document.Document) []index.Key {
	var keys []index.Key
	for _, k := range set.Keys(f, d) {
		keys = append(keys, index.Key{Kind: uniqueKey(f.Name, k.Field), Value: k.Value})
	}
	return keys
}

// tasksOf gives the tasks of a document and their deadlines for the calendar.
func tasksOf(d *document.Document, title string) ([]index.Task, []index.Event) {
	var tasks []index.Task
	var events []index.Event
	for _, in := range d.Routes {
		for _, t := range in.Tasks {
			open := engine.Pending(t.State)
			tasks = append(tasks, index.Task{
				ID: t.ID, Instance: in.ID, Step: t.Step, Title: t.Title, Route: in.Route, Who: t.Who,
				Candidates: t.Candidates, Controller: t.Controller, State: t.State, Open: open, Unread: t.State == engine.TaskInform,
				Outcome: t.Outcome, Comment: t.Comment, For: t.For, Cycle: t.Cycle,
				Assigned: t.Assigned, Due: t.Due, Accepted: t.Accepted, Done: t.Done,
				Kind: t.Kind, Of: t.Of, Giver: t.Giver, Text: t.Text, Until: t.Until,
				Reminded: t.Reminded, Escalated: t.Escalated, Chosen: t.Chosen,
			})
			if t.Due.IsZero() || !open && t.State != engine.TaskDone {
				continue // what was withdrawn or given back is nobody's deadline
			}
			for _, who := range engine.Awaited(&t) {
				events = append(events, index.Event{
					Kind: "task", Start: t.Due, Who: who, Title: t.Title, Done: !open, Task: t.ID,
					Client: d.Card.Text("client"),
				})
			}
		}
	}
	return tasks, events
}

// calendarEvent is how a document itself shows in the calendar, if it does.
func calendarEvent(f *form.Form, d *document.Document, title string, scope *form.Scope, zone *time.Location) (index.Event, bool) {
	c := f.Calendar
	if c == nil {
		return index.Event{}, false
	}
	e := index.Event{Kind: f.Name, Title: title, Who: d.Card.Text(c.Who), Client: d.Card.Text("client")}
	start, err := scope.Value(c.Start)
	if err != nil || start == nil {
		return index.Event{}, false
	}
	switch at := start.(type) {
	case expr.Date:
		e.Start, e.AllDay = time.Date(at.Year, at.Month, at.Day, 0, 0, 0, 0, zone), true
	case time.Time:
		e.Start = at
	default:
		return index.Event{}, false
	}
	if c.Length != "" {
		if v, err := scope.Value(c.Length); err == nil {
			if length, ok := v.(worktime.Duration); ok {
				e.End = e.Start.Add(span(length))
			}
		}
	}
	if c.Title != nil {
		if v, err := evaluate(c.Title, scope); err == nil && v != nil {
			e.Title = expr.FormatValue(v)
		}
	}
	if c.Done != nil {
		v, err := evaluate(c.Done, scope)
		e.Done = err == nil && v == true
	}
	// What is closed and not done was cancelled: nothing is planned any more.
	return e, c.Done == nil || e.Done || !f.Closed(d.Status)
}

// span is how long a planned length takes on the clock; a working day counts
// eight hours.
func span(d worktime.Duration) time.Duration {
	minutes := d.Minutes + d.WorkMinutes + 60*(d.Hours+d.WorkHours) + 60*24*(d.Days+7*d.Weeks) + 60*8*d.WorkDays
	return time.Duration(minutes) * time.Minute
}

func evaluate(e *form.Expression, scope expr.Scope) (expr.Value, error) {
	p, err := e.Program()
	if err != nil {
		return nil, err
	}
	return p.Eval(scope)
}

// Title is what lists call a document.
func (r *Repo) Title(d *document.Document) string {
	set, err := r.defs.Forms()
	if err != nil {
		return ""
	}
	f := set.Form(d.Form)
	if f == nil {
		return ""
	}
	return set.Caption(f, d, form.Context{Now: d.Registered, Author: d.By})
}
