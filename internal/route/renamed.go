package route

import (
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Renamed tells what a field of a form is called now, and to which form it
// refers; the name itself for one that is no former name. Definitions may go
// on using former names, above all the pinned ones, which never change.
type Renamed func(form, field string) (now, refersTo string)

// Follow brings the names of fields in the route up to the forms, before
// anybody uses it, and notes the former ones. Expressions need nothing: they
// know former names.
func (r *Route) Follow(renamed Renamed) diag.List {
	f := &Follower{Renamed: renamed}
	form := r.For.Text
	handlers := func(list []*Handler) {
		for _, h := range list {
			f.event(h.Event, form)
		}
	}
	handlers(r.Handlers)
	for _, s := range r.order {
		f.words(s.Fill, form)
		f.Actions(s.Actions, form)
		for _, o := range s.Outcomes {
			f.Actions(o.Actions, form)
		}
		for _, e := range s.Waits {
			f.event(e, form)
		}
		handlers(s.Handlers)
	}
	return f.Notes
}

// Follower brings names up to the forms.
type Follower struct {
	Renamed Renamed
	Notes   diag.List
}

// Actions does it for actions on documents of a form.
func (f *Follower) Actions(list []*Action, form string) {
	for _, a := range list {
		target := form
		if a.Kind == Register {
			target = a.Form.Text
		}
		for _, set := range a.Set {
			f.path(&set.Field, target)
		}
		f.words(a.Find, target)
		f.Word(&a.Into, form)
		f.Word(&a.Field, form)
	}
}

func (f *Follower) words(words []Word, form string) {
	for i := range words {
		f.Word(&words[i], form)
	}
}

// Word does it for the name of a field of a form.
func (f *Follower) Word(w *Word, form string) {
	if w.Text == "" {
		return
	}
	if now, _ := f.Renamed(form, w.Text); now != w.Text {
		f.Notes.Add(yamlsrc.Former(w.At, w.Text, now))
		w.Text = now
	}
}

// path does it for each part of a name such as client.phone, in the form that
// the part belongs to.
func (f *Follower) path(w *Word, form string) {
	parts, from := strings.Split(w.Text, "."), 0
	for i, was := range parts {
		var now string
		now, form = f.Renamed(form, was)
		if now != was {
			f.Notes.Add(yamlsrc.Former(Part(w.At, w.Text, from, from+utf8.RuneCountInString(was)), was, now))
		}
		parts[i] = now
		from += utf8.RuneCountInString(was) + 1
	}
	w.Text = strings.Join(parts, ".")
}

// Part is the place of the code points [from, to) of a text, the place of the
// whole where quotes do not let that be counted.
func Part(at diag.Span, text string, from, to int) diag.Span {
	if at.Start.Line != at.End.Line || at.End.Column-at.Start.Column != utf8.RuneCountInString(text) {
		return at
	}
	at.End.Column = at.Start.Column + to
	at.Start.Column += from
	return at
}

func (f *Follower) event(e *Event, form string) {
	if e != nil && e.Kind == EventChanged {
		f.Word(&e.Name, form)
	}
}
