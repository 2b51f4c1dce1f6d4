package office

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/index"
)

func TestUndone(t *testing.T) {
	// Newest first: u3 took u2 back, u2 took a back, u1 took b back.
	records := []index.CommitRecord{
		{ID: "u3", Op: "undo", Undoes: "u2"}, {ID: "u2", Op: "undo", Undoes: "a"}, {ID: "u1", Op: "undo", Undoes: "b"}, {ID: "b", Op: "set"}, {ID: "a", Op: "set"},
	}
	if diff := cmp.Diff(map[string]string{"u2": "u3", "b": "u1"}, undone(records)); diff != "" {
		t.Error(diff)
	}
}

func TestPointsTo(t *testing.T) {
	d := client()
	d.Card.SetText("client", "CLI-000002")
	d.Card.Set("lines", &document.Value{Rows: []document.Row{{{Name: "work", Text: "WRK-000001"}}}})
	d.Links = []document.Link{{Kind: "related", To: "INQ-000001"}}
	for number, want := range map[string]bool{"CLI-000002": true, "WRK-000001": true, "INQ-000001": true, "CLI-000001": false} {
		if pointsTo(d, number) != want {
			t.Errorf("%s: %v", number, !want)
		}
	}
}

func TestWithdrawn(t *testing.T) {
	letter := func(id, state string) document.Letter { return document.Letter{ID: id, State: state} }
	before := &document.Document{Letters: []document.Letter{letter("old", document.LetterQueued), letter("given up", document.LetterQueued), letter("lost", document.LetterQueued)}}
	waits := func(id string) bool { return id != "lost" }
	now := &document.Document{Letters: []document.Letter{
		letter("old", document.LetterQueued), letter("new", document.LetterQueued), letter("gone", document.LetterSent), letter("given up", document.LetterWithdrawn), letter("lost", document.LetterWithdrawn),
	}}
	want := []document.Letter{
		letter("old", document.LetterQueued), letter("new", document.LetterWithdrawn), letter("gone", document.LetterSent), letter("given up", document.LetterQueued), letter("lost", document.LetterWithdrawn),
	}
	if diff := cmp.Diff(want, withdrawn(now, before, waits)); diff != "" {
		t.Error(diff)
	}
	if now.Letters[1].State != document.LetterQueued {
		t.Error("the document itself was changed")
	}
	if got := withdrawn(now, nil, waits); got[0].State != document.LetterWithdrawn {
		t.Error("of a registration that is taken back no letter leaves")
	}
}
