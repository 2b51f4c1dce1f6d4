package office

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
)

// same compares what two documents, or parts of them, say. Whether a letter
// has been sent meanwhile is no change that stands in the way of an undo.
func same(a, b *document.Document) bool {
	return len(document.Diff(unsent(a), unsent(b))) == 0
}

func unsent(d *document.Document) *document.Document {
	if !slices.ContainsFunc(d.Letters, func(l document.Letter) bool { return l.State == document.LetterSent }) {
		return d
	}
	out := *d
	out.Letters = slices.Clone(d.Letters)
	for i := range out.Letters {
		if out.Letters[i].State == document.LetterSent {
			out.Letters[i].State, out.Letters[i].Sent = document.LetterQueued, time.Time{}
		}
	}
	return &out
}

// restore takes one operation back in a document: what it changed goes back
// to what was before, what others changed since stays. Where both touched the
// same, the undo is refused. Number, uid, form and former numbers never go back,
// nor do the dates that rules have had: a rule would have them again.
func restore(now, after, before *document.Document, waits func(string) bool) (*document.Document, error) {
	if same(now, after) {
		out := before.Clone()
		out.Letters, out.Reached, out.Aliases = withdrawn(now, before, waits), now.Clone().Reached, slices.Clone(now.Aliases)
		return out, nil
	}
	out := now.Clone()
	clashes := restoreCard(out, after, before)
	old := before.Clone()
	for _, part := range []struct {
		name string
		of   func(*document.Document) *document.Document
		set  func()
	}{
		{"when and by whom it was registered", func(d *document.Document) *document.Document {
			return &document.Document{Registered: d.Registered, By: d.By}
		}, func() { out.Registered, out.By = old.Registered, old.By }},
		{"the status", func(d *document.Document) *document.Document { return &document.Document{Status: d.Status} },
			func() { out.Status = old.Status }},
		{"the letter it came from", func(d *document.Document) *document.Document {
			return &document.Document{Message: d.Message, MessageID: d.MessageID}
		}, func() { out.Message, out.MessageID = old.Message, old.MessageID }},
		{"the tasks", func(d *document.Document) *document.Document { return &document.Document{Routes: d.Routes} },
			func() { out.Routes = old.Routes }},
		{"the links", func(d *document.Document) *document.Document { return &document.Document{Links: d.Links} },
			func() { out.Links = old.Links }},
		{"the files", func(d *document.Document) *document.Document { return &document.Document{Files: d.Files} },
			func() { out.Files = old.Files }},
		{"the unknown keys", func(d *document.Document) *document.Document { return &document.Document{Extra: d.Extra} },
			func() { out.Extra = old.Extra }},
	} {
		switch was, did, is := part.of(before), part.of(after), part.of(now); {
		case same(was, did):
		case same(is, did):
			part.set()
		default:
			clashes = append(clashes, part.name)
		}
	}
	out.Letters = withdrawn(now, before, waits)
	if !uncomment(out, after, before) {
		clashes = append(clashes, "the comments")
	}
	if len(clashes) > 0 {
		return nil, dependsOn(now.Number, strings.Join(clashes, ", ")+" changed again later; undo that first")
	}
	return out, nil
}

// restoreCard gives the fields that an operation changed their former values,
// and the names of those that were changed again.
func restoreCard(out, after, before *document.Document) (clashes []string) {
	done := map[string]bool{}
	for _, name := range append(after.Card.Names(), before.Card.Names()...) {
		old, did, is := before.Card.Get(name), after.Card.Get(name), out.Card.Get(name)
		switch {
		case done[name], sameValue(old, did):
		case !sameValue(is, did):
			clashes = append(clashes, fmt.Sprintf("field %q", name))
		case old == nil:
			out.Card.Delete(name)
		default:
			v := old.Clone()
			out.Card.Set(name, &v)
		}
		done[name] = true
	}
	return clashes
}

// uncomment removes the comments that an operation added. It fails when the
// operation changed or removed comments too.
func uncomment(out, after, before *document.Document) bool {
	added := func(c document.Comment) bool {
		return !slices.ContainsFunc(before.Comments, func(b document.Comment) bool { return b.ID == c.ID })
	}
	kept := slices.DeleteFunc(slices.Clone(after.Comments), added)
	own := slices.DeleteFunc(slices.Clone(after.Comments), func(c document.Comment) bool { return !added(c) })
	out.Comments = slices.DeleteFunc(out.Comments, func(c document.Comment) bool {
		return slices.ContainsFunc(own, func(o document.Comment) bool { return o.ID == c.ID })
	})
	return same(&document.Document{Comments: kept}, &document.Document{Comments: before.Comments})
}

// withdrawn gives the letters of a document with those taken back that were
// not there before: who waits in the outbox is not sent. Those that were
// withdrawn wait again, if they are still there to be sent. A letter that has
// left stays recorded, whatever is undone.
func withdrawn(now, before *document.Document, waits func(id string) bool) []document.Letter {
	out := slices.Clone(now.Letters)
	for i, l := range out {
		k := -1
		if before != nil {
			k = slices.IndexFunc(before.Letters, func(b document.Letter) bool { return b.ID == l.ID })
		}
		switch {
		case k < 0 && l.State == document.LetterQueued:
			out[i].State = document.LetterWithdrawn
		case k >= 0 && before.Letters[k].State == document.LetterQueued && l.State == document.LetterWithdrawn && waits(l.ID):
			out[i].State = document.LetterQueued
		}
	}
	return out
}

// waits tells whether a letter is still in the outbox.
func (o *Office) waits(id string) bool {
	_, err := Outbox(o.repo).Entry(id)
	return err == nil
}

func sameValue(a, b *document.Value) bool {
	wrap := func(v *document.Value) *document.Document {
		d := &document.Document{}
		d.Card.Set("v", v)
		return d
	}
	return same(wrap(a), wrap(b))
}
