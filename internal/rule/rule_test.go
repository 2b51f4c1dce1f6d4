package rule

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

const testForm = `form: papers
title: Papers
one: Paper
number: PAP-{seq:6}
statuses:
- {status: new, title: New}
- {status: done, title: Done}
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: Name}
  - {field: amount, type: money, label: Amount}
  - {field: until, type: date, label: Until}
  - {field: boss, type: user, label: Boss}
  - {field: other, type: document, form: papers, label: Other}
`

func source(t testing.TB, name, text string) *yamlsrc.File {
	t.Helper()
	f, problems := yamlsrc.Parse(name, []byte(text))
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	return f
}

func check(t testing.TB, texts ...string) diag.List {
	t.Helper()
	f, problems := form.Parse(source(t, "papers.yaml", testForm))
	o, more := org.Parse(source(t, "org.yaml", "users: [{id: ann, name: Ann, email: ann@example.invalid}]\n"))
	problems = append(problems, more...)
	set, more := form.Link([]*form.Form{f}, nil, o, settings.Default())
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(problems)
	}
	var rules []*Rule
	for _, text := range texts {
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "rule: "), "\n")
		r, found := Parse(source(t, "rules/"+name+".yaml", text))
		problems = append(problems, found...)
		if !found.HasErrors() {
			problems = append(problems, Check(r, route.ContextOf(set, nil, nil), set.Form, func(string) map[string][]string {
				return map[string][]string{"sign": {"done", "reject"}, "way/sign": {"done", "reject"}}
			})...)
			rules = append(rules, r)
		}
	}
	return append(problems, Together(rules, Surroundings{Refers: refers})...)
}

// refers leads from a field of papers that refers to a document to its form.
func refers(form, field string) string {
	return map[string]string{"papers.other": "papers"}[form+"."+field]
}

func rule(name, rest string) string { return "rule: " + name + "\nfor: papers\n" + rest }

func TestProblems(t *testing.T) {
	tests := []struct {
		name  string
		rules []string
		want  []string // the beginning of each headline
	}{
		{"clean", []string{rule("a", "on: [registered, {changed: amount}, {task: way/sign, outcome: reject}]\nif: amount > 5\ndo:\n- set: {name: '\"x\"'}\n")}, nil},
		{"unknown key", []string{rule("a", "on: registered\nwhen: x\ndo: [{comment: name}]\n")}, []string{"rules/a.yaml:4:1: error A001"}},
		{"no event", []string{rule("a", "do: [{comment: name}]\n")}, []string{"rules/a.yaml:1:1: error A002"}},
		{"unknown event", []string{rule("a", "on: registred\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:5: error A101 unknown-event: unknown event "registred"; did you mean "registered"?`}},
		{"unknown field", []string{rule("a", "on: {changed: amuont}\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:15: error A006 unknown-reference: unknown field "amuont"`}},
		{"unknown status", []string{rule("a", "on: {status: dne}\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:14: error A101 unknown-event: unknown status "dne"; did you mean "done"?`}},
		{"unknown step", []string{rule("a", "on: {task: sing}\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:12: error A101 unknown-event: unknown step "sing"; did you mean "sign"?`}},
		{"unknown outcome", []string{rule("a", "on: {task: sign, outcome: dome}\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:27: error A101 unknown-event: unknown outcome "dome"; did you mean "done"?`}},
		{"unknown form", []string{"rule: a\nfor: paper\non: registered\ndo: [{comment: name}]\n"}, []string{`rules/a.yaml:2:6: error A006 unknown-reference: unknown form "paper"; did you mean "papers"?`}},
		{"bad condition", []string{rule("a", "on: registered\nif: amount + \ndo: [{comment: name}]\n")}, []string{"rules/a.yaml:4:"}},
		{"no date", []string{rule("a", "on: {date: amount, shift: -5wd}\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:12: error A101 unknown-event: unknown date field "amount"`}},
		{"a date twice", []string{rule("a", "on: [{date: until, shift: -5wd}, {date: until}]\nsince: 2026-11-23\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:3:41: error A101 unknown-event: the rule has the date of "until" already`}},
		{"since what", []string{rule("a", "on: registered\nsince: 2026-11-23\ndo: [{comment: name}]\n")}, []string{`rules/a.yaml:4:1: error A001`}},
		{"an action of routes", []string{rule("a", "on: registered\ndo: [{cancel: sign}]\n")}, []string{`rules/a.yaml:4:7: error A102`}},
		{"overwrite of nothing", []string{rule("a", "on: registered\ndo: [{comment: name}]\noverwrite: [amount]\n")}, []string{`rules/a.yaml:5:13: error A103`}},
		{"the status stays", []string{rule("a", "on: registered\ndo: [{set: {status: done}}]\n")}, []string{`rules/a.yaml:4:13: warning A106`}},
		{"cut by YAML", []string{rule("a", "on: registered\ndo: [{set: {amount: max(amount, 1000)}}]\n")}, []string{`rules/a.yaml:4:21: error A009`}},
		{"the letter", []string{rule("a", "on: {message: any}\nif: message.sender == \"x\"\ndo: [{comment: message.subject}]\n")}, []string{`rules/a.yaml:4:13: error A006`}},
		{"two of one field", []string{
			rule("a", "on: registered\ndo: [{set: {name: '\"x\"'}}]\n"),
			rule("b", "on: registered\ndo: [{set: {name: '\"y\"'}}]\n")}, []string{`rules/b.yaml:4:13: warning A104`}},
		{"two that exclude each other", []string{
			rule("a", "on: registered\nif: boss == ann\ndo: [{set: {name: '\"x\"'}}]\n"),
			rule("b", "on: registered\nif: boss == bob\ndo: [{set: {name: '\"y\"'}}]\n")}, []string{"rules/b.yaml:4:13: error A037"}},
		{"a circle", []string{
			rule("a", "on: {changed: name}\ndo: [{set: {amount: amount + 1}}]\noverwrite: true\n"),
			rule("b", "on: {changed: amount}\ndo: [{set: {name: name + \"x\"}}]\noverwrite: true\n")}, []string{`rules/a.yaml:1:7: error A105 rules-in-a-circle: the rule "a" sets itself off without end`}},
		{"no circle: only what is empty is set", []string{
			rule("a", "on: {changed: name}\ndo: [{set: {amount: amount + 1}}]\n"),
			rule("b", "on: {changed: amount}\ndo: [{set: {name: name + \"x\"}}]\noverwrite: true\n")}, nil},
		{"through another document", []string{
			rule("a", "on: {changed: name}\ndo: [{set: {other.amount: amount + 1}}]\noverwrite: true\n"),
			rule("b", "on: {changed: amount}\ndo: [{set: {name: name + \"x\"}}]\noverwrite: true\n")}, []string{`rules/a.yaml:1:7: error A105`}},
		{"by a reference", []string{
			rule("a", "on: {document: papers}\ndo: [{register: {form: papers, set: {name: name}, link: about}}]\n")}, []string{`rules/a.yaml:1:7: error A105`}},
		{"the number of a document is another each time", []string{
			rule("a", "on: registered\ndo: [{set: {other.name: number}}]\noverwrite: true\n"),
			rule("b", "on: {changed: name}\ndo: [{register: {form: papers, set: {other: other}}}]\n")}, []string{`rules/a.yaml:1:7: error A105`}},
		{"a copy of what is another each time", []string{
			rule("a", "on: registered\ndo: [{set: {other.name: name}}]\noverwrite: true\n"),
			rule("b", "on: {changed: name}\ndo: [{register: {form: papers, set: {other: other, name: name + \"x\"}}}]\n")}, []string{`rules/a.yaml:1:7: error A105`}},
		{"no circle: a copy stays what it is", []string{
			rule("a", "on: registered\ndo: [{set: {other.name: name}}]\noverwrite: true\n"),
			rule("b", "on: {changed: name}\ndo: [{register: {form: papers, set: {other: other}}}]\n")}, nil},
		{"to and fro", []string{
			rule("a", "on: {changed: name}\ndo: [{set: {name: '\"x\"'}}]\noverwrite: true\n"),
			rule("b", "on: {changed: name}\nif: amount > 5\ndo: [{set: {name: '\"y\"'}}]\noverwrite: true\n")}, []string{`rules/a.yaml:1:7: error A105`, "rules/b.yaml:5:13: warning A104"}},
		{"from status to status and back", []string{
			rule("a", "on: {status: new}\ndo: [{set: {status: done}}]\noverwrite: true\n"),
			rule("b", "on: {status: done}\ndo: [{set: {status: new}}]\noverwrite: true\n")}, []string{`rules/a.yaml:1:7: error A105`}},
		{"no circle: from status to status", []string{
			rule("a", "on: {status: new}\ndo: [{set: {status: done}}]\noverwrite: true\n"),
			rule("b", "on: {status: done}\ndo: [{set: {status: done, name: status}}]\noverwrite: true\n")}, nil},
		{"no circle: each has its constant", []string{
			rule("a", "on: {changed: name}\ndo: [{set: {status: done}}]\noverwrite: true\n"),
			rule("b", "on: {status: done}\ndo: [{set: {name: '\"y\"'}}]\noverwrite: true\n"),
			rule("c", "on: {status: new}\ndo: [{set: {name: '\"x\"'}}]\noverwrite: true\n")}, nil},
		{"no circle: the condition is about the constant", []string{
			rule("a", "on: {changed: name}\nif: name == \"y\"\ndo: [{set: {name: '\"x\"'}}]\noverwrite: true\n"),
			rule("b", "on: {changed: amount}\ndo: [{set: {name: '\"y\"'}}]\noverwrite: true\n")}, nil},
		{"registering for ever", []string{rule("a", "on: registered\ndo: [{register: {form: papers, set: {name: name}}}]\n")}, []string{`rules/a.yaml:1:7: error A105`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range check(t, tt.rules...) {
				got = append(got, p.Headline())
			}
			ok := len(got) == len(tt.want)
			for i := 0; ok && i < len(got); i++ {
				ok = strings.HasPrefix(got[i], tt.want[i])
			}
			if !ok {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(rule("a", "on: [registered, {changed: amount}]\nif: amount > 5\ndo:\n- set: {name: name}\n"))
	f.Add("rule: a\nfor: b\non: {task: x, outcome: y}\ndo: []\noverwrite: [a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, problems := yamlsrc.Parse("rules/a.yaml", []byte(text))
		if problems.HasErrors() || file.Root == nil {
			return
		}
		r, _ := Parse(file)
		if r == nil {
			t.Fatal("no rule")
		}
	})
}
