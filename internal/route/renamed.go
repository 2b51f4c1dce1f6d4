package route

import "strings"

// Renamed tells what a field of a form is called now, and to which form it
// refers; the name itself for one that is no former name. Definitions may go
// on using former names, above all the pinned ones, which never change.
type Renamed func(form, field string) (now, refersTo string)

// Follow brings the names of fields in the route up to the forms, before
// anybody uses it. Expressions need nothing: they know former names.
func (r *Route) Follow(renamed Renamed) {
	form := r.For.Text
	handlers := func(list []*Handler) {
		for _, h := range list {
			h.Event.follow(form, renamed)
		}
	}
	handlers(r.Handlers)
	for _, s := range r.order {
		follow(s.Fill, form, renamed)
		FollowActions(s.Actions, form, renamed)
		for _, o := range s.Outcomes {
			FollowActions(o.Actions, form, renamed)
		}
		for _, e := range s.Waits {
			e.follow(form, renamed)
		}
		handlers(s.Handlers)
	}
}

// FollowActions does the same for actions on documents of a form.
func FollowActions(list []*Action, form string, renamed Renamed) {
	for _, a := range list {
		target := form
		if a.Kind == Register {
			target = a.Form.Text
		}
		for _, set := range a.Set {
			set.follow(target, renamed)
		}
		follow(a.Find, target, renamed)
		a.Into.follow(form, renamed)
		a.Field.follow(form, renamed)
	}
}

func follow(words []Word, form string, renamed Renamed) {
	for i := range words {
		words[i].follow(form, renamed)
	}
}

func (w *Word) follow(form string, renamed Renamed) {
	if w.Text != "" {
		w.Text, _ = renamed(form, w.Text)
	}
}

// follow renames each part of a name such as client.phone in the form it
// belongs to.
func (a *Assignment) follow(form string, renamed Renamed) {
	path := a.Fields()
	for i := range path {
		path[i], form = renamed(form, path[i])
	}
	a.Field.Text = strings.Join(path, ".")
}

func (e *Event) follow(form string, renamed Renamed) {
	if e != nil && e.Kind == EventChanged {
		e.Name.follow(form, renamed)
	}
}
