package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
)

// ruled is a shop with rules of papers.
func ruled(t *testing.T, texts ...string) (*shop, func(e Event) Result) {
	t.Helper()
	set := papers(t)
	way := steps(t, "- {task: A, id: a, who: boss, else: ann, outcomes: {done: next, reject: {end: refused}}}\n")
	s := newShop(t, set, way)
	var rules []*rule.Rule
	for _, text := range texts {
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "rule: "), "\n")
		r, problems := rule.Parse(parsed(t, "rules/"+name+".yaml", text))
		problems = append(problems, rule.Check(r, route.ContextOf(set, nil, []*route.Route{way}), set.Form, func(string) map[string][]string {
			return map[string][]string{"a": {"done", "reject"}, "r/a": {"done", "reject"}}
		})...)
		if problems.HasErrors() {
			t.Fatal(headlines(problems))
		}
		rules = append(rules, r)
	}
	s.put("papers", "P", "amount", "50")
	return s, func(e Event) Result {
		t.Helper()
		in := s.input("P", "ann", e)
		in.Rules = func(string) []*rule.Rule { return rules }
		res, err := Apply(in)
		fail(t, err)
		s.docs["P"] = res.Changed[0]
		return res
	}
}

func TestRules(t *testing.T) {
	head := func(name, rest string) string { return "rule: " + name + "\nfor: papers\n" + rest }
	advance := []Event{Start{Route: "r"}, Advance{Task: 1, Outcome: "done"}}
	tests := []struct {
		name   string
		rules  []string
		events []Event
		want   string // note, status
		fields []string
	}{
		{"at registration", []string{head("a", "on: registered\nif: amount > 10\ndo: [{set: {note: '\"much\"'}}]\n")}, []Event{Registered{}}, "much new", []string{"note"}},
		{"the condition", []string{head("a", "on: registered\nif: amount > 100\ndo: [{set: {note: '\"much\"'}}]\n")}, []Event{Registered{}}, " new", nil},
		{"what is there stays", []string{head("a", "on: registered\ndo: [{set: {amount: amount + 1}}, {set: {note: string(amount)}}]\n")}, []Event{Registered{}}, "50 new", []string{"note"}},
		{"unless told to", []string{head("a", "on: registered\ndo: [{set: {amount: amount + 1}}, {set: {note: string(amount)}}]\noverwrite: [amount]\n")}, []Event{Registered{}}, "51 new", []string{"amount", "note"}},
		{"the first status may be left", []string{head("a", "on: {changed: amount}\ndo: [{set: {status: work}}]\n")}, []Event{DocumentChanged{Fields: []string{"amount"}}}, " work", []string{"status"}},
		{"another field", []string{head("a", "on: {changed: amount}\ndo: [{set: {status: work}}]\n")}, []Event{DocumentChanged{Fields: []string{"note"}}}, " new", nil},
		{"a status", []string{head("a", "on: {status: new}\ndo: [{set: {note: '\"again\"'}}]\n")}, []Event{DocumentChanged{Fields: []string{"status"}}}, "again new", []string{"note"}},
		{"one after the other, by name", []string{head("a", "on: registered\ndo: [{set: {note: '\"a\"'}}]\n"), head("b", "on: registered\ndo: [{set: {note: note + \"b\"}}]\noverwrite: true\n")},
			[]Event{Registered{}}, "ab new", []string{"note"}},
		{"a task finished", []string{head("a", "on: {task: r/a, outcome: done}\ndo: [{set: {note: last.outcome}}]\n")}, advance, "done new", []string{"note"}},
		{"another outcome", []string{head("a", "on: {task: a, outcome: reject}\ndo: [{set: {note: '\"x\"'}}]\n")}, advance, " new", nil},
		{"a letter", []string{head("a", "on: {message: reply}\nif: message.from == \"b@example.invalid\"\ndo: [{set: {note: message.subject}}]\n")},
			[]Event{MessageReceived{Reply: true, From: "a@example.invalid", Subject: "no"}, MessageReceived{Reply: true, From: "b@example.invalid", Subject: "yes"}}, "yes new", []string{"note"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, do := ruled(t, tt.rules...)
			var res Result
			for _, e := range tt.events {
				res = do(e)
			}
			d := s.docs["P"]
			if got := d.Card.Text("note") + " " + d.Status; got != tt.want {
				t.Errorf("got %q, want %q; notes %q", got, tt.want, res.Notes)
			}
			if diff := cmp.Diff(tt.fields, res.Fields[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARuleStartsARouteAndFindsPeople(t *testing.T) {
	s, do := ruled(t, "rule: a\nfor: papers\non: registered\ndo:\n- assign: {field: boss, who: role judge}\n- start: r\n",
		"rule: b\nfor: papers\non: {assigned: a}\ndo:\n- assign: {step: a, who: dan}\n")
	do(Registered{})
	if diff := cmp.Diff([]string{"a dan"}, s.open("P")); diff != "" {
		t.Error(diff)
	}
	if got := s.docs["P"].Card.Text("boss"); got != "bob" {
		t.Errorf("boss %q", got)
	}
}

// TestABrokenRuleHindersNobody leaves nothing of a rule that fails half way,
// and a comment.
func TestABrokenRuleHindersNobody(t *testing.T) {
	s, do := ruled(t, "rule: a\nfor: papers\non: registered\ndo:\n- set: {note: '\"half\"'}\n- register: {form: firms, set: {phone: '\"+7 495 123-45-67\"'}}\n")
	res := do(Registered{})
	d := s.docs["P"]
	if d.Card.Text("note") != "" || len(res.New) > 0 {
		t.Errorf("half of the rule was done: note %q, new %q", d.Card.Text("note"), res.New)
	}
	if len(d.Comments) == 1 {
		d.Comments[0].ID = ""
	}
	want := []document.Comment{{At: s.now, By: "ann", Text: `the rule "a" was not carried out: register firms: field "name" must be filled`}}
	if diff := cmp.Diff(want, d.Comments); diff != "" {
		t.Error(diff)
	}
}

func TestPapersOfRules(t *testing.T) {
	_, do := ruled(t, "rule: a\nfor: papers\non: registered\ndo:\n- mail: {to: boss.email, template: x}\n")
	res := do(Registered{})
	if diff := cmp.Diff([]Paper{{Kind: PaperLetter, Document: "P", Template: "x", Meant: "boss.email", From: "rule a", Rule: "a"}}, res.Papers); diff != "" {
		t.Error(diff)
	}
}
