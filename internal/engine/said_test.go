package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/route"
)

// What is refused is said in words that people know: where it is, which field,
// what helps; never by the placeholder of a new document.
func TestWhatIsSaid(t *testing.T) {
	twice := "{register: {form: firms, set: {name: '\"Firm\"', inn: '\"7707083893\"'}}}"
	for _, test := range []struct{ name, body, message, hint string }{
		{"a new document lacks something", "- do:\n  - register: {form: firms, set: {phone: '\"+7 495 123-45-67\"'}}\n",
			`route "r", step "do.1", register firms: field "name" must be filled`, ""},
		{"a value that does not fit", "- {do: {register: {form: firms, set: {name: '\"Firm\"', inn: '\"1\"'}}}, id: firm}\n",
			`route "r", step "firm", register firms: field "inn": INN "1" has 1 character`, ""},
		{"two new ones alike", "- do: [" + twice + ", " + twice + "]\n", `route "r", step "do.1", register firms: field "inn": INN "7707083893" is already that of a new document of firms`, ""},
		{"what cannot be evaluated", "- {do: {set: {amount: amount / rounds}}}\n", `"amount / rounds" cannot be evaluated: `, "e1 set P rounds=…"},
	} {
		s := newShop(t, papers(t), steps(t, test.body))
		s.put("papers", "P", "amount", "5", "rounds", "0")
		_, err := s.try("P", "ann", Start{Route: "r"})
		var r *Refusal
		if !errors.As(err, &r) {
			t.Errorf("%s: got %v", test.name, err)
			continue
		}
		if !strings.Contains(r.Message, test.message) || strings.Contains(r.Message+r.Hint, "@") || r.Hint != test.hint {
			t.Errorf("%s: got %s\nhint %s", test.name, r.Message, r.Hint)
		}
	}
}

// Who may not do something is told what they can do.
func TestHintsCanBeRun(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: bob, controller: cat}\n- {task: B, id: b, who: bob}\n")
	for actor, want := range map[string]string{"dan": "e1 tasks", "ann": "e1 task delegate P/1 --to ann"} { // ann has started the route
		if r := s.refused(actor, answer("1 "+actor), NotYours); r.Hint != want {
			t.Errorf("%s is told: %s", actor, r.Hint)
		}
	}
	s.do("P", "ann", Reassign{Task: 1, To: "ann"})
	s.play("1 ann")
	if r := s.refused("ann", answer("1 ann confirm"), NotYours); r.Hint != "e1 tasks" {
		t.Errorf("a task under review is not handed on: %s", r.Hint)
	}

	s = desk(t, "- {task: A, id: a, who: bob}\n")
	r := s.refused("bob", Advance{Task: 1, Fields: []Field{{"amount", "abc"}, {"nonsense", "1"}, {"status", "x"}}}, BadField)
	if want := `papers: field "amount": "abc" is no number; unknown field "nonsense"`; !strings.HasPrefix(r.Message, want) || strings.Count(r.Message, "papers: ") != 1 {
		t.Errorf("got %s", r.Message)
	}
}

// A route that nobody starts by hand is not started by hand, an individual one
// always is.
func TestNotByHand(t *testing.T) {
	r := steps(t, "- {task: A, id: a, who: bob}\n")
	for start, says := range map[string]string{
		"{on: registered, if: amount > 5}":          "it starts when a document is registered if amount > 5",
		"by rule":                                   "it starts by rule",
		"[by route, {on: changed, if: amount > 5}]": "it starts by route, when a document is changed if amount > 5",
		"": "it starts by nothing",
	} {
		src := "route: r\nfor: papers\nstart: " + start + "\nsteps:\n- {task: A, id: a, who: bob}\n"
		if start == "" {
			src = strings.Replace(src, "start: \n", "", 1)
		}
		of, problems := route.ParseSource("routes/r.yaml", []byte(src))
		fail(t, problems.Err())
		s := newShop(t, papers(t), of)
		s.put("papers", "P")
		refused := s.refused("ann", Start{Route: "r"}, NotPermitted)
		if !strings.HasSuffix(refused.Message, says) {
			t.Errorf("start: %s: %s", start, refused.Message)
		}
		s.do("P", "ann", Start{Definition: r})
		s.wants("a bob")
	}
}

// The nearest name is meant: the item of an each before a field, a field before
// starter and last; card. reaches the field.
func TestTheNearestNameIsMeant(t *testing.T) {
	s := desk(t, `
- each: lines
  as: amount
  steps:
  - do: [{set: {note: amount.item}}, {comment: 'amount.item + " of " + card.name'}]
  - each: [bob]
    as: name
    steps:
    - {task: A, id: a, who: name, if: card.amount == 7 and amount.item == "x"}
`, "amount", "7", "name", "paper", "lines", `[{item: x}, {item: y}]`)
	s.wants("a@1/bob bob")
	d := s.docs["P"]
	if d.Card.Text("note") != "y" || len(d.Comments) != 2 || d.Comments[0].Text != "x of paper" || d.Comments[1].Text != "y of paper" {
		t.Errorf("note %q, comments %v", d.Card.Text("note"), d.Comments)
	}
}
