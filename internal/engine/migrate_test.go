package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// TestMigrate moves instances from one definition to another: where each
// stands afterwards, or every reason why it stays.
func TestMigrate(t *testing.T) {
	asked := func(branches ...string) string {
		return "- parallel:\n  id: asked\n  branches:\n  - " + strings.Join(branches, "\n  - ") + "\n- {task: Last, id: last, who: eve}\n"
	}
	people := func(steps string) string {
		return "- each: [ann, bob]\n  id: every\n  steps:\n" + steps + "- {task: Last, id: last, who: eve}\n"
	}
	for name, test := range map[string]struct {
		from, to string
		do       []string          // answers before
		mapping  map[string]string // --map
		moved    string            // from > to
		want     string            // open tasks afterwards; with "refused:" parts of the reasons
		then     []string          // answers afterwards
		end      string            // open tasks then
	}{
		"an unnamed step is found by what it says": {
			from: "- {task: A, who: ann}\n- {task: B, who: bob}\n", to: "- {task: New, who: cat}\n- {task: A, who: ann}\n- {task: B, who: bob}\n",
			moved: "task.1 > task.2", want: "task.2 ann", then: []string{"1 ann"}, end: "task.3 bob"},
		"an unnamed step said twice is not guessed": {
			from: "- {task: A, who: ann}\n- {task: A, who: ann}\n", to: "- {task: New, who: cat}\n- {task: A, who: ann}\n- {task: A, who: ann}\n",
			want: `refused: it stands at "task.1", which the new definition does not have; say where it is to go: --map task.1=STEP`},
		"an unnamed step said twice, with a mapping": {
			from: "- {task: A, who: ann}\n- {task: A, who: ann}\n", to: "- {task: New, who: cat}\n- {task: A, who: ann}\n- {task: A, who: ann}\n",
			mapping: map[string]string{"task.1": "task.3"}, moved: "task.1 > task.3", want: "task.3 ann", then: []string{"1 ann"}, end: "done done"},
		"a step that is gone": {
			from: "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n", to: "- {task: B, id: b, who: bob}\n",
			want: `refused: it stands at "a"`},
		"a step that is gone, with a mapping": {
			from: "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n", to: "- {task: B, id: b, who: bob}\n",
			mapping: map[string]string{"a": "b"}, moved: "a > b", want: "b ann", then: []string{"1 ann"}, end: "done done"},
		"to a step that there is not": {
			from: "- {task: A, id: a, who: ann}\n", to: "- {task: B, id: b, who: bob}\n", mapping: map[string]string{"a": "c"},
			want: `refused: the new definition has no step "c", to which "a" is to go`},
		"to a step of another kind": {
			from: "- {task: A, id: a, who: ann}\n", to: "- {wait: 1wd, id: w}\n", mapping: map[string]string{"a": "w"},
			want: `refused: it stands at "a", a task; "w" of the new definition is a wait`},
		"a branch more": {
			from: asked("{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"), to: asked("{task: C, id: c, who: cat}", "{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"),
			moved: "asked > asked, a > a, b > b", want: "a ann, b bob", then: []string{"1 ann", "2 bob"}, end: "last eve"},
		"a branch less": {
			from: asked("{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"), to: asked("{task: A, id: a, who: ann}"),
			want: `refused: it stands at "b"`},
		"a branch less that has arrived": {
			from: asked("{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"), to: asked("{task: A, id: a, who: ann}"), do: []string{"2 bob"},
			want: `refused: the branch "b" of "asked" was begun`},
		"a block that is dissolved": {
			from: asked("{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"), to: "- {task: A, id: a, who: ann}\n- {task: Last, id: last, who: eve}\n", do: []string{"2 bob"},
			moved: "a > a", want: "a ann", then: []string{"1 ann"}, end: "last eve"},
		"into a block that was not begun": {
			from: "- {task: A, id: a, who: ann}\n", to: asked("{task: A, id: a, who: ann}"),
			want: `refused: "a" stands inside of "asked" in the new definition, which this document has not begun`},
		"a step of an each is renamed": {
			from: people("  - {task: A, id: a, who: item}\n  - {task: B, id: b, who: item}\n"), to: people("  - {task: A, id: c, who: item}\n  - {task: B, id: b, who: item}\n"), do: []string{"1 ann"},
			mapping: map[string]string{"a": "c"}, moved: "every > every, a@bob > c@bob, b@ann > b@ann", want: "c@bob bob, b@ann ann", then: []string{"2 bob", "3 ann", "4 bob"}, end: "last eve"},
		"out of an each": {
			from: people("  - {task: A, id: a, who: item}\n"), to: "- {task: A, id: a, who: ann}\n",
			want: `refused: "a@ann" belongs to another number of rows or people than "a"`},
		"a round of repeat keeps its number": {
			from: "- repeat:\n  id: round\n  until: amount > 10\n  max: 2\n  steps:\n  - {task: A, id: a, who: ann}\n- {task: Last, id: last, who: eve}\n",
			to:   "- {task: New, id: n, who: cat}\n- repeat:\n  id: round\n  until: amount > 10\n  max: 2\n  steps:\n  - {task: A, id: a, who: ann}\n- {task: Last, id: last, who: eve}\n", do: []string{"1 ann"},
			moved: "round > round, a > a", want: "a ann", then: []string{"2 ann"}, end: "last eve"},
		"rework keeps its count": {
			from: "- {task: A, id: a, who: ann, outcomes: {ok: next, again: {go: a, max: 1, else: {end: refused}}}}\n",
			to:   "- {task: A, id: b, who: ann, outcomes: {ok: next, again: {go: b, max: 1, else: {end: refused}}}}\n", do: []string{"1 ann again"}, mapping: map[string]string{"a": "b"},
			moved: "a > b", want: "b ann", then: []string{"2 ann again"}, end: "done refused"},
		"a handler at work": {
			from: "- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n  on:\n  - {changed: note, steps: [{task: H, id: h, who: cat}]}\n- {task: Last, id: last, who: eve}\n",
			to:   "- {task: New, id: n, who: cat}\n- parallel:\n  id: p\n  branches:\n  - {task: A, id: a, who: ann}\n  on:\n  - {changed: note, steps: [{task: H, id: h, who: cat}, {task: H2, id: h2, who: dan}]}\n- {task: Last, id: last, who: eve}\n", do: []string{"note"},
			moved: "p > p, a > a, h > h", want: "a ann, h cat", then: []string{"2 cat", "note", "1 ann"}, end: "h2 dan, last eve"},
		"an answer that is no longer possible": {
			from: "- parallel:\n  id: p\n  branches:\n  - {approve: A, id: a, who: ann}\n  - {approve: B, id: b, who: bob}\n  outcomes: {approve: next, remarks: next}\n- {task: Last, id: last, who: eve}\n",
			to:   "- parallel:\n  id: p\n  branches:\n  - {approve: A, id: a, who: ann}\n  - {approve: B, id: b, who: bob}\n  outcomes: {approve: next, reject: {end: no}}\n- {task: Last, id: last, who: eve}\n", do: []string{"1 ann remarks"},
			want: `refused: "p" was answered with "remarks"`},
		"all reasons at once": {
			from: asked("{task: A, id: a, who: ann}", "{task: B, id: b, who: bob}"), to: asked("{task: C, id: c, who: cat}"),
			want: `refused: it stands at "a", which`},
	} {
		t.Run(name, func(t *testing.T) {
			s := desk(t, test.from)
			act := func(answers []string) {
				for _, text := range answers {
					if text == "note" {
						d := s.docs["P"].Clone()
						d.Card.SetText("note", d.Card.Text("note")+"x")
						s.docs["P"] = d
						s.do("P", "ann", DocumentChanged{Fields: []string{"note"}})
						continue
					}
					s.play(text)
				}
			}
			act(test.do)
			to := steps(t, test.to)
			s.routes = append(s.routes, to)
			before := s.docs["P"].Clone()
			res, err := s.try("P", "eve", Migrate{Instance: 1, To: to, Map: test.mapping})
			if refused, ok := strings.CutPrefix(test.want, "refused: "); ok {
				var refusal *Refusal
				if !errors.As(err, &refusal) || refusal.Reason != BrokenRoute {
					t.Fatalf("got %v", err)
				}
				if !strings.Contains(refusal.Message, refused) || name == "all reasons at once" && len(refusal.Possible) != 4 {
					t.Errorf("got %q, want %q", refusal.Message, refused)
				}
				if diff := cmp.Diff(before, s.docs["P"]); diff != "" {
					t.Error(diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var moved []string
			for _, m := range res.Moved {
				moved = append(moved, m.From+" > "+m.To)
			}
			if diff := cmp.Diff(test.moved, strings.Join(moved, ", ")); diff != "" {
				t.Errorf("moved: %s", diff)
			}
			s.docs["P"] = res.Changed[0]
			if in := s.docs["P"].Routes[0]; in.Definition != to.ID || len(res.Pin) != 1 || res.Pin[0].ID != to.ID {
				t.Errorf("runs on %s, pinned %v, want %s", in.Definition, res.Pin, to.ID)
			}
			if diff := cmp.Diff(test.want, s.state()); diff != "" {
				t.Error(diff)
			}
			act(test.then)
			if diff := cmp.Diff(test.end, s.state()); diff != "" {
				t.Errorf("then: %s", diff)
			}
		})
	}
}

// TestMigrateAsksWhetherItCanComplete: what the analysis says about where the
// instance would stand refuses the whole.
func TestMigrateAsksWhetherItCanComplete(t *testing.T) {
	s := desk(t, "- parallel:\n  branches:\n  - {task: A, id: a, who: ann}\n  - {task: B, id: b, who: bob}\n")
	to := steps(t, "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n")
	s.routes = append(s.routes, to)
	asked := ""
	_, err := s.try("P", "eve", Migrate{Instance: 1, To: to, Stranded: func(r *route.Route, in *document.Instance) []string {
		for _, p := range in.Open {
			asked += fmt.Sprint(p.At, " ")
		}
		if r != to {
			t.Error("asked about another route")
		}
		return []string{"it could end while \"a\" is still at work"}
	}})
	if refusalOf(err) != string(BrokenRoute) || asked != "a b " || !strings.Contains(err.Error(), "still at work") {
		t.Errorf("asked about %q, got %v", asked, err)
	}
}
