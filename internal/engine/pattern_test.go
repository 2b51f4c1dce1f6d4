package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// pattern is one of the 43 workflow control-flow patterns (N. Russell,
// A. ter Hofstede, W. van der Aalst, N. Mulyar, "Workflow Control-Flow Patterns:
// A Revised View", 2006; workflowpatterns.com), with a route that has it.
type pattern struct {
	number int
	name   string
	// shows is what makes the pattern, which the plays have to show.
	shows string
	steps string
	plays []play
}

// play is one document on the route: its card, the state at the start, then
// "what happens => the state after it". What happens is an answer ("1 ann good:
// comment"), or
//
//	set FIELD=VALUE…      the card is changed by a person
//	lines WHO…            rows are added to the table
//	letter                a letter is added to the document
//	later N               N working hours pass
//	add STEP WHO          another item of an each, by whoever has a task of it
//	withdraw N, stop      by who started the route
//	no ACT                it is refused, and changes nothing
type play struct {
	card string
	then []string
}

// supported are the patterns of the 43 that the language has; the other seven
// need several tokens in one place.
var supported = []int{1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 32, 34, 35, 36, 37, 39, 40, 43}

func TestPatterns(t *testing.T) {
	set := papers(t)
	found := map[int]bool{}
	for _, p := range slices.Concat(branchingPatterns, instancePatterns, statePatterns) {
		found[p.number] = true
		t.Run(fmt.Sprintf("WCP-%02d %s", p.number, p.name), func(t *testing.T) {
			r := steps(t, p.steps)
			if problems := route.Check(r, route.ContextOf(set, []string{"ru"}, []*route.Route{r})); problems.HasErrors() {
				t.Fatal(headlines(problems))
			}
			for _, play := range p.plays {
				play.run(t, set, r)
			}
		})
	}
	if got := slices.Sorted(maps.Keys(found)); cmp.Diff(supported, got) != "" || len(got) != 36 {
		t.Errorf("there are tests of the patterns %v", got)
	}
}

func (p play) run(t *testing.T, set *form.Set, r *route.Route) {
	t.Helper()
	s := newShop(t, set, r)
	card := strings.Fields(p.card)
	d := s.put("papers", "P")
	s.change(d, card)
	s.do("P", "ann", Start{Route: "r"})
	got, want := []string{s.state()}, []string{p.then[0]}
	for _, line := range p.then[1:] {
		act, state, _ := strings.Cut(line, " => ")
		if err := s.happen(act); err != nil {
			t.Fatalf("[%s] %s: %v", p.card, act, err)
		}
		got, want = append(got, act+" => "+s.state()), append(want, act+" => "+state)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("[%s] -want +got:\n%s", p.card, diff)
	}
}

// change gives a document values as FIELD=VALUE, rows as "lines".
func (s *shop) change(d *document.Document, words []string) []string {
	s.t.Helper()
	var names []string
	for i, w := range words {
		if w == "lines" {
			for _, owner := range words[i+1:] {
				v := d.Card.Get("lines")
				if v == nil {
					v = &document.Value{}
				}
				v.Rows = append(v.Rows, document.Row{{Name: "item", Text: "x"}, {Name: "owner", Text: owner}})
				d.Card.Set("lines", v)
			}
			return append(names, "lines")
		}
		name, text, _ := strings.Cut(w, "=")
		if p := s.forms.SetText(s.forms.Form(d.Form), d, name, text, form.Context{Lookup: s, Now: s.now}); p != nil {
			s.t.Fatalf("%s: %s", w, p.Message)
		}
		names = append(names, name)
	}
	return names
}

// happen carries out what a play says.
func (s *shop) happen(act string) error {
	s.t.Helper()
	verb, rest, _ := strings.Cut(act, " ")
	words := strings.Fields(rest)
	actor, event := "ann", Event(nil)
	switch verb {
	case "no":
		before := s.docs["P"].Clone()
		err := s.happen(rest)
		var refusal *Refusal
		switch {
		case err == nil:
			return errors.New("it was not refused")
		case !errors.As(err, &refusal):
			return err
		case cmp.Diff(before, s.docs["P"]) != "":
			return errors.New("a refusal has changed the document")
		}
		return nil
	case "set", "lines":
		d := s.docs["P"].Clone()
		names := s.change(d, strings.Fields(strings.TrimPrefix(act, "set ")))
		s.docs["P"] = d
		actor, event = "eve", DocumentChanged{Fields: names}
	case "letter":
		actor, event = "import", MessageReceived{Import: "mail"}
	case "later":
		hours, err := strconv.Atoi(rest)
		if err != nil {
			return err
		}
		at, _ := s.cal.Add(s.now, duration(hours))
		s.now = at.In(moscow)
		actor, event = "tick", TimerDue{}
	case "add":
		event = Add{Step: words[0], Item: words[1]}
	case "withdraw":
		n, err := strconv.Atoi(rest)
		if err != nil {
			return err
		}
		event = Withdraw{Task: n}
	case "stop":
		event = Stop{}
	default:
		actor, event = words[0], answer(act)
	}
	res, err := s.try("P", actor, event)
	if err == nil {
		s.docs["P"], s.res = res.Changed[0], res
	}
	return err
}

// branchingPatterns are those of branching, joining and structure.
var branchingPatterns = []pattern{
	{1, "Sequence", "a task begins when the one before it is completed", `
- {task: A, id: a, who: ann}
- {task: B, id: b, who: bob}
- end: over
`, []play{{"", []string{"a ann", "no 2 bob => a ann", "1 ann => b bob", "2 bob => done over"}}}},

	{2, "Parallel Split", "a branch divides into several that are at work at once", `
- {task: S, id: s, who: ann}
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: cat}
`, []play{{"", []string{"s ann", "1 ann => a ann, b bob, c cat", "3 bob => a ann, c cat"}}}},

	{3, "Synchronization", "what follows begins once all branches are completed, in whatever order", `
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"a ann, b bob", "1 ann => b bob", "2 bob => c cat"}},
		{"", []string{"a ann, b bob", "2 bob => a ann", "1 ann => c cat"}},
	}},

	{4, "Exclusive Choice", "exactly one branch is taken, also where several conditions hold", exclusiveChoice, []play{
		{"amount=500", []string{"much ann"}}, {"amount=50", []string{"some bob"}}, {"amount=5", []string{"c cat"}}, {"", []string{"c cat"}},
	}},

	{5, "Simple Merge", "whichever branch was taken, what follows begins once", exclusiveChoice, []play{
		{"amount=500", []string{"much ann", "1 ann => c cat", "2 cat => done done"}},
		{"amount=50", []string{"some bob", "1 bob => c cat", "2 cat => done done"}},
		{"amount=5", []string{"c cat", "1 cat => done done"}},
	}},

	{6, "Multi-Choice", "one or more branches are taken, by a condition of each", multiChoice, []play{
		{"amount=15", []string{"a ann"}}, {"amount=50", []string{"a ann, c cat"}}, {"amount=500", []string{"a ann, b bob, c cat"}}, {"amount=1", []string{"d dan"}},
	}},

	{7, "Structured Synchronizing Merge", "of the branches those that were taken are awaited", multiChoice, []play{
		{"amount=15", []string{"a ann", "1 ann => d dan"}},
		{"amount=50", []string{"a ann, c cat", "2 cat => a ann", "1 ann => d dan"}},
		{"amount=500", []string{"a ann, b bob, c cat", "2 bob => a ann, c cat", "1 ann => c cat", "3 cat => d dan"}},
	}},

	{9, "Structured Discriminator", "the first branch lets the route go on, the others do so no more; then it can happen anew", `
- parallel:
  id: both
  join: any
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat, outcomes: {on: next, again: {go: both, max: 3, else: {end: tired}}}}
- end: over
`, []play{
		{"", []string{"a ann, b bob", "1 ann => b bob, c cat", "2 bob => c cat", "3 cat on => done over"}},
		{"", []string{"a ann, b bob", "2 bob => a ann, c cat", "3 cat on => a ann", "1 ann => done over"}},
		{"", []string{"a ann, b bob", "1 ann => b bob, c cat", "2 bob => c cat", "3 cat again => a ann, b bob", "5 bob => a ann, c cat", "6 cat on => a ann", "4 ann => done over"}},
	}},

	{10, "Arbitrary Cycles", "a cycle with two ways in and two ways out", `
- choose:
  branches:
  - {if: amount > 10, go: b}
  - else: next
- {task: A, id: a, who: ann}
- {task: B, id: b, who: bob, outcomes: {on: next, out: {go: d}}}
- {task: C, id: c, who: cat, outcomes: {again: {go: a, max: 5, else: {end: tired}}, over: {end: over}}}
- {task: D, id: d, who: dan}
`, []play{
		{"amount=5", []string{"a ann", "1 ann => b bob", "2 bob on => c cat", "3 cat again => a ann", "4 ann => b bob", "5 bob on => c cat", "6 cat over => done over"}},
		{"amount=50", []string{"b bob", "1 bob on => c cat", "2 cat again => a ann", "3 ann => b bob", "4 bob out => d dan", "5 dan => done done"}},
	}},

	{11, "Implicit Termination", "no end is written: the route ends when nothing is left to do in any of its branches", `
- parallel:
  join: none
  branches:
  - {task: A, id: a, who: ann}
  - steps:
    - {task: B, id: b, who: bob}
    - {task: B2, id: b2, who: bob}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"a ann, b bob, c cat", "3 cat => a ann, b bob", "1 ann => b bob", "2 bob => b2 bob", "4 bob => done done"}},
		{"", []string{"a ann, b bob, c cat", "2 bob => a ann, c cat, b2 bob", "4 bob => a ann, c cat", "1 ann => c cat", "3 cat => done done"}},
	}},

	{21, "Structured Loop", "a step is repeated, until a condition at its end or while one at its beginning holds", `
- repeat:
  steps:
  - {task: A, id: a, who: ann}
  - do: {set: {rounds: "(rounds ?? 0) + 1"}}
  until: rounds >= 2
- choose:
  id: before
  branches:
  - if: amount > 0
    steps:
    - {task: B, id: b, who: bob, fill: [amount], outcomes: {done: {go: before, max: 9, else: {end: tired}}}}
  - else: next
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"a ann", "1 ann => a ann", "2 ann => c cat"}},
		{"rounds=1 amount=2", []string{"a ann", "1 ann => b bob", "2 bob amount=1 => b bob", "3 bob amount=-1 => c cat"}},
	}},

	{22, "Recursion", "a route calls itself, with an end to it", `
- {task: A, id: a, who: ann}
- do: {set: {rounds: "(rounds ?? 0) + 1"}}
- call: r
  if: rounds < 3
- {task: B, id: b, who: bob}
`, []play{{"", []string{"a ann", "1 ann => a ann", "2 ann => a ann", "3 ann => b bob", "4 bob => done done, b bob", "5 bob => done done, done done, b bob", "6 bob => done done, done done, done done"}}}},

	{29, "Cancelling Discriminator", "the first branch lets the route go on and cancels the others; then it can happen anew", `
- parallel:
  id: both
  join: any
  rest: cancel
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat, outcomes: {on: next, again: {go: both, max: 3, else: {end: tired}}}}
`, []play{{"", []string{"a ann, b bob", "2 bob => c cat", "no 1 ann => c cat", "3 cat again => a ann, b bob", "4 ann => c cat", "6 cat on => done done"}}}},

	{30, "Structured Partial Join", "so many of the branches let the route go on, the others do so no more", `
- parallel:
  join: 2
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: cat}
- {task: D, id: d, who: dan}
`, []play{
		{"", []string{"a ann, b bob, c cat", "2 bob => a ann, c cat", "3 cat => a ann, d dan", "1 ann => d dan", "4 dan => done done"}},
		{"", []string{"a ann, b bob, c cat", "1 ann => b bob, c cat", "3 cat => b bob, d dan", "4 dan => b bob", "2 bob => done done"}},
	}},

	{32, "Cancelling Partial Join", "so many of the branches let the route go on and cancel the others", `
- parallel:
  join: 2
  rest: cancel
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {task: C, id: c, who: cat}
- {task: D, id: d, who: dan}
`, []play{{"", []string{"a ann, b bob, c cat", "2 bob => a ann, c cat", "3 cat => d dan", "no 1 ann => d dan", "4 dan => done done"}}}},

	{37, "Local Synchronizing Merge", "how many branches a join awaits follows from what was begun, level by level", `
- parallel:
  branches:
  - if: amount > 10
    steps:
    - parallel:
      branches:
      - {if: amount > 100, task: A, id: a, who: ann}
      - {if: amount < 1000, task: B, id: b, who: bob}
  - {if: filled(note), task: D, id: d, who: dan}
- {task: C, id: c, who: cat}
`, []play{
		{"", []string{"c cat"}},
		{"amount=50", []string{"b bob", "1 bob => c cat"}},
		{"amount=500", []string{"a ann, b bob", "2 bob => a ann", "1 ann => c cat"}},
		{"amount=5000 note=x", []string{"a ann, d dan", "2 dan => a ann", "1 ann => c cat"}},
	}},
}

const exclusiveChoice = `
- choose:
  branches:
  - {if: amount > 100, task: Much, id: much, who: ann}
  - {if: amount > 10, task: Some, id: some, who: bob}
  - else: next
- {task: C, id: c, who: cat}
`

const multiChoice = `
- parallel:
  branches:
  - {if: amount > 10, task: A, id: a, who: ann}
  - {if: amount > 100, task: B, id: b, who: bob}
  - {if: amount > 20, task: C, id: c, who: cat}
- {task: D, id: d, who: dan}
`
