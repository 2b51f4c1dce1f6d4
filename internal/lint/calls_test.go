package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// said lists what is said about routes/trial.yaml, a route for contracts of
// these steps, with some codes only, and with other files beside it.
func said(t *testing.T, steps string, beside files, codes ...string) []string {
	t.Helper()
	f := shipped(t)
	for name, text := range beside {
		f[name] = text
	}
	f["routes/trial.yaml"] = trial(steps)
	found, err := lint.Run(definition.New(f), "routes/trial.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range found.Problems {
		for _, c := range codes {
			if strings.HasPrefix(p.Code, c) {
				out = append(out, fmt.Sprintf("%d:%d %s %s", p.At.Start.Line, p.At.Start.Column, p.Code, p.Message))
			}
		}
	}
	return out
}

// TestOutcomesOfCalls: the outcomes of a call are the ends of the route called.
func TestOutcomesOfCalls(t *testing.T) {
	sub := files{"routes/sub.yaml": `route: sub
for: contracts
start: by route
controller: role head_of_sales
steps:
- {task: A, id: a, who: role lawyer, outcomes: {good: {end: good}, bad: {end: bad}, on: next}}
- {task: B, id: b, who: role lawyer, if: amount > 5, outcomes: {done: next, back: {go: a, max: 2, else: {end: tired}}}}
- {task: C, id: c, who: role lawyer, outcomes: {done: {end: good}}}
- {end: never}
`}
	sub["routes/sub.yaml"] = strings.Replace(sub["routes/sub.yaml"], "- {end: never}\n", "", 1)
	for _, test := range []struct {
		name, outcomes string
		want           []string
	}{
		{"none at all", "", nil},
		{"every one", "{good: next, bad: {end: refused}, tired: {end: tired}}", nil},
		{"and stopped", "{good: next, bad: {end: refused}, tired: {end: tired}, stopped: {end: stopped}}", nil},
		{"misspelt", "{goood: next, bad: {end: refused}, tired: next}", []string{
			`6:26 R022 route "sub" never ends so: unknown end "goood"; did you mean "good"?`}},
		{"one of three", "{good: next}", []string{`6:10 R022 route "sub" may end as "bad, tired", and no outcome says what follows then`}},
		{"never", "{good: next, bad: next, tired: next, done: {end: x}}", []string{`6:62 R022 route "sub" never ends so: unknown end "done"; known: "bad", "good", "tired"`}},
	} {
		steps := "- {call: sub}\n"
		if test.outcomes != "" {
			steps = "- {call: sub, outcomes: " + test.outcomes + "}\n- {task: A, who: role lawyer}\n"
		}
		if diff := cmp.Diff(test.want, said(t, steps, sub, "R022"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	// A route that is simply over ends as "done"; blocks end it as well.
	for body, want := range map[string]string{
		"- {task: A, who: role lawyer}\n": "done",
		"- parallel:\n  rest: cancel\n  branches:\n  - {approve: A, who: role lawyer}\n  - {approve: B, who: role cfo}\n  outcomes: {approve: {end: yes_}, reject: {end: no_, now: true}}\n": "no_, yes_",
		"- {approve: A, who: role lawyer}\n": "done, refused",
		"- repeat:\n  steps: [{task: A, who: role lawyer}]\n  until: amount > 5\n  max: 3\n  else: {end: tired}\n": "done, tired",
	} {
		other := files{"routes/sub.yaml": "route: sub\nfor: contracts\nstart: by route\ncontroller: role head_of_sales\nsteps:\n" + body}
		got := said(t, "- {call: sub, outcomes: {other: next}}\n", other, "R022")
		if len(got) == 0 || !strings.Contains(got[0], fmt.Sprintf("may end as %q", want)) {
			t.Errorf("%s: %q", body, got)
		}
	}
}

// TestRoutesThatBeginEachOther: circles through changes and registrations.
func TestRoutesThatBeginEachOther(t *testing.T) {
	route := func(name, form, start, steps string) files {
		return files{"routes/" + name + ".yaml": "route: " + name + "\nfor: " + form + "\nstart: " + start + "\ncontroller: role head_of_sales\nsteps:\n" + steps}
	}
	with := func(all ...files) files {
		out := files{}
		for _, f := range all {
			for name, text := range f {
				out[name] = text
			}
		}
		return out
	}
	head := func(start string) string {
		return "route: trial\nfor: contracts\nstart: " + start + "\ncontroller: role head_of_sales\nsteps:\n"
	}
	const changed = "{on: changed, if: amount > 0}"
	for _, test := range []struct {
		name, text string
		beside     files
		want       []string
	}{
		{"itself, by what it changes", head(changed) + "- do: {set: {amount: amount + 1}}\n", nil, []string{
			"6:8 R021 the route may begin itself anew without end, by what is changed or registered: trial > trial"}},
		{"the same value each time", head(changed) + "- do: {set: {amount: \"5\"}}\n", nil, nil},
		{"somebody acts", head(changed) + "- {task: A, who: role lawyer}\n- do: {set: {amount: amount + 1}}\n", nil, nil},
		{"it is still running", head(changed) + "- do: {set: {amount: amount + 1}}\n- {task: A, who: role lawyer}\n", nil, nil},
		{"by another one", head(changed) + "- do: {set: {paid: amount + 1}}\n",
			route("other", "contracts", "{on: changed, if: paid > 0}", "- do: {set: {amount: paid + 1}}\n"), []string{
				"6:8 R021 the route may begin itself anew without end, by what is changed or registered: trial > other > trial"}},
		{"of another form", head(changed) + "- do: {set: {client.name: client.name + \"x\"}}\n",
			route("other", "clients", "{on: changed, if: name != \"\"}", "- do: {register: {form: contracts, set: {client: number, kind: supply}}}\n"), nil},
		{"and back", head("{on: registered, if: kind == \"supply\"}") + "- do: {set: {client.name: client.name + \"x\"}}\n",
			route("other", "clients", "{on: changed, if: name != \"\"}", "- do: {register: {form: contracts, set: {client: number, kind: supply}}}\n"), []string{
				"6:8 R021 the route may begin itself anew without end, by what is changed or registered: trial > other > trial"}},
		{"its condition excludes it", head("{on: registered, if: kind == \"supply\"}") + "- do: {register: {form: contracts, set: {client: client, kind: service}}}\n", nil, nil},
		{"its condition allows it", head("{on: registered, if: kind == \"supply\"}") + "- do: {register: {form: contracts, set: {client: client, kind: kind}}}\n", nil, []string{
			"6:8 R021 the route may begin itself anew without end, by what is changed or registered: trial > trial"}},
		{"it is found again", head("{on: registered, if: kind == \"supply\"}") + "- do: {register: {form: contracts, set: {client: client, kind: kind, client_number: number}, find: client_number}}\n", nil, nil},
	} {
		if diff := cmp.Diff(test.want, said(t, test.text, with(test.beside), "R021"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestRulesInACircle: rules that set each other off through other documents and
// through routes.
func TestRulesInACircle(t *testing.T) {
	rule := func(name, form, rest string) string { return "rule: " + name + "\nfor: " + form + "\n" + rest }
	for _, test := range []struct {
		name  string
		files files
		want  int
	}{
		{"through the client and back", files{
			"rules/q1.yaml": rule("q1", "contracts", "on: registered\ndo:\n- set: {client.name: name + \"x\"}\noverwrite: true\n"),
			"rules/q2.yaml": rule("q2", "clients", "on: {changed: name}\ndo:\n- register: {form: contracts, set: {client: number, kind: supply, name: name}}\n")}, 1},
		{"not without overwrite", files{
			"rules/q1.yaml": rule("q1", "contracts", "on: registered\ndo:\n- set: {client.name: name + \"x\"}\n"),
			"rules/q2.yaml": rule("q2", "clients", "on: {changed: name}\ndo:\n- register: {form: contracts, set: {client: number, kind: supply}}\n")}, 0},
		{"through a route that it starts", files{
			"rules/q1.yaml":    rule("q1", "contracts", "on: {changed: amount}\ndo:\n- start: more\n"),
			"routes/more.yaml": "route: more\nfor: contracts\nstart: by rule\ncontroller: role head_of_sales\nsteps:\n- do: {set: {amount: amount + 1}}\n"}, 1},
		{"not when somebody acts first", files{
			"rules/q1.yaml":    rule("q1", "contracts", "on: {changed: amount}\ndo:\n- start: more\n"),
			"routes/more.yaml": "route: more\nfor: contracts\nstart: by rule\ncontroller: role head_of_sales\nsteps:\n- {task: A, who: role lawyer}\n- do: {set: {amount: amount + 1}}\n"}, 0},
		{"through a route that begins by itself", files{
			"rules/q1.yaml":    rule("q1", "contracts", "on: {changed: paid}\ndo:\n- set: {amount: paid + 1}\noverwrite: true\n"),
			"routes/more.yaml": "route: more\nfor: contracts\nstart: {on: changed, if: amount > 0}\ncontroller: role head_of_sales\nsteps:\n- do: {set: {paid: amount + 1}}\n"}, 1},
	} {
		f := shipped(t)
		for name, text := range test.files {
			f[name] = text
		}
		found, err := lint.Run(definition.New(f), "rules")
		if err != nil {
			t.Fatal(err)
		}
		circles := 0
		for _, p := range found.Problems {
			if p.Code == "A105" {
				circles++
			}
		}
		if circles != test.want {
			t.Errorf("%s: %d circles, want %d:\n%v", test.name, circles, test.want, found.Problems)
		}
	}
}

// TestRefusedActions: what is refused whenever it is carried out.
func TestRefusedActions(t *testing.T) {
	sub := files{
		"routes/other.yaml": "route: other\nfor: clients\nstart: by route\ncontroller: role head_of_sales\nsteps:\n- {task: A, who: role lawyer}\n",
		"routes/any.yaml":   "route: any\nstart: by route\ncontroller: role head_of_sales\nsteps:\n- {task: A, who: role lawyer}\n",
		"forms/rates.yaml": `form: rates
title: Rates
one: Rate
number: RAT-{seq:4}
groups:
- group: card
  title: Card
  fields:
  - {field: share, type: int, label: Share, min: "1", max: "100", check: share != 50}
  - {field: top, type: int, label: Top, check: top > share}
  - {field: day, type: date, label: Day}
  - {field: name, type: text, label: Name, required: true}
`,
	}
	for _, test := range []struct {
		steps string
		want  []string
	}{
		{"- call: any\n- call: other\n  on: client\n", nil},
		{"- call: other\n", []string{`6:9 R084 route "other" is for "clients", this document is of "contracts"`}},
		{"- call: contract-approval\n  on: client\n", []string{`6:9 R084 route "contract-approval" is for "contracts", "client" is of "clients"`}},
		{"- do: {start: {route: contract-approval, on: client}}\n", []string{`6:23 R084 route "contract-approval" is for "contracts", "client" is of "clients"`}},
		{"- do: {start: {route: other, on: client}}\n", nil},
		{"- do: {set: {amount: -5}}\n", []string{`6:22 R084 the value is always refused: field "amount" is -5.00, less than 0`}},
		{"- do: {set: {amount: 5, client_number: \"''\"}}\n", nil},
		{"- do: {set: {client.inn: '\"7707083894\"'}}\n", []string{`6:26 R084 the value is always refused: `}},
		{"- do: {set: {client.inn: '\"7707083893\"', client.name: nil}}\n", []string{`6:55 R084 the value is always refused: field "name" must be filled`}},
		{"- do: {register: {form: clients, set: {name: '\"x\"', inn: '\"7707083894\"'}}}\n", []string{`6:58 R084 the value is always refused: INN `}},
		{"- do: {register: {form: clients, set: {inn: '\"7707083893\"'}}}\n", []string{`6:25 R084 a document of "clients" is registered without name, which its form requires`}},
		{"- do: {register: {form: rates, set: {name: '\"x\"', share: 101}}}\n", []string{`6:58 R084 the value is always refused: field "share" is 101, more than 100`}},
		{"- do: {register: {form: rates, set: {name: '\"x\"', share: 25 * 2}}}\n", []string{`6:58 R084 the value is always refused: the check share != 50 of field "share" does not hold`}},
		{"- do: {register: {form: rates, set: {name: '\"x\"', share: 25 * 3, top: 7}}}\n", nil},
		{"- do: {register: {form: rates, set: {name: '\"x\"', top: 1}}}\n", []string{`6:56 R084 the value is always refused: the check top > share of field "top" does not hold`}},
		{"- do: {register: {form: rates, set: {name: '\"x\"', day: '\"2026-01-05\"'}}}\n", nil},
		{"- {task: A, who: role lawyer, outcomes: {a: {next: true, do: {set: {amount: -5}}}}}\n", []string{`6:77 R084 the value is always refused: field "amount" is -5.00, less than 0`}},
	} {
		got := said(t, test.steps, sub, "R084")
		ok := len(got) == len(test.want)
		for i := 0; ok && i < len(got); i++ {
			ok = strings.HasPrefix(got[i], test.want[i])
		}
		if !ok {
			t.Errorf("%s\ngot  %q\nwant %q", test.steps, got, test.want)
		}
	}
	rule := "rule: r\nfor: contracts\non: {changed: amount}\ndo:\n- register: {form: works, set: {client: client}}\n- start: retail\n- set: {amount: -5}\noverwrite: [amount]\n"
	f := shipped(t)
	f["rules/r.yaml"] = rule
	want := []string{
		`rules/r.yaml:5:20: error A084 refused-action: a document of "works" is registered without kind, which its form requires`,
		`rules/r.yaml:6:10: error A084 refused-action: route "retail" is for "inquiries", this document is of "contracts"`,
		`rules/r.yaml:7:17: error A084 refused-action: the value is always refused: field "amount" is -5.00, less than 0`,
	}
	if diff := cmp.Diff(want, headlines(t, f, "rules/r.yaml")); diff != "" {
		t.Error(diff)
	}
}

// TestNobodyActs: what goes on for ever in one moment, because nothing in it
// changes what its conditions ask for.
func TestNobodyActs(t *testing.T) {
	head := "route: trial\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n"
	for _, test := range []struct {
		name, steps string
		want        []string
	}{
		{"it calls itself", "- {call: trial, if: amount > 5}\n- {task: A, who: role lawyer}\n", []string{
			"6:10 R021 the route begins itself anew before anybody acts, again and again while amount > 5: nothing before it changes that"}},
		{"in a branch", "- choose:\n  branches:\n  - if: amount > 5\n    steps:\n    - {call: trial, wait: false, if: paid > 3}\n  - else: next\n- {task: A, who: role lawyer}\n", []string{
			"10:14 R021 the route begins itself anew before anybody acts, again and again while amount > 5 and paid > 3: nothing before it changes that"}},
		{"something changes", "- do: {set: {amount: amount - 1}, if: filled(amount)}\n- {call: trial, if: amount > 5}\n- {task: A, who: role lawyer}\n", nil},
		{"something else changes", "- do: {set: {paid: amount - 1}, if: filled(amount)}\n- {call: trial, if: amount > 5}\n- {task: A, who: role lawyer}\n", []string{
			"7:10 R021 the route begins itself anew before anybody acts, again and again while amount > 5: nothing before it changes that"}},
		{"a computed field", "- do: {set: {paid: amount - 1}, if: filled(amount)}\n- {call: trial, if: debt > 5}\n- {task: A, who: role lawyer}\n", nil},
		{"somebody acts, and nothing changes", "- {task: A, who: role lawyer}\n- {call: trial, if: amount > 5}\n", []string{
			"7:10 R016 the route calls itself again and again while amount > 5: no step of it changes that"}},
		{"somebody fills it", "- {task: A, who: role lawyer, fill: [amount]}\n- {call: trial, if: amount > 5}\n", nil},
		{"an answer decides", "- {task: A, who: role lawyer, outcomes: {more: next, enough: {end: enough}}}\n- {call: trial, if: amount > 5}\n", nil},
		{"rounds without a limit", "- repeat:\n  steps:\n  - do: {set: {paid: 3}}\n  until: amount > 5\n- {task: A, who: role lawyer}\n", []string{
			"9:10 R015 the rounds of \"repeat.1\" go on for ever if they do at all: nobody acts in them, and nothing in them changes what `until` asks for"}},
		{"rounds with a limit", "- repeat:\n  steps:\n  - do: {set: {paid: 3}}\n  until: amount > 5\n  max: 3\n- {task: A, who: role lawyer}\n", []string{
			"6:3 R024 the rounds of this repeat are all the same: nothing in them changes what `until` asks for"}},
		{"rounds that change it", "- repeat:\n  steps:\n  - do: {set: {amount: (amount ?? 0) + 1}}\n  until: amount > 5\n  max: 3\n- {task: A, who: role lawyer}\n", nil},
		{"rounds with a task", "- repeat:\n  steps:\n  - {task: A, who: role lawyer}\n  until: amount > 5\n  max: 3\n", nil},
		{"a jump", "- {do: {comment: subject}, id: a}\n- {go: a, if: amount > 5}\n- {task: A, who: role lawyer}\n", []string{
			"7:8 R015 whoever comes here goes round from \"a\" for ever: nobody acts in the circle, and nothing in it changes what its conditions ask for"}},
		{"a jump behind a task", "- {task: A, id: a, who: role lawyer}\n- {go: a, if: amount > 5}\n", []string{`7:8 R016 the jump back to "a" has no limit`}},
		{"a jump that ends by itself", "- {do: {set: {amount: '(amount ?? 0) - 1'}}, id: a}\n- {go: a, if: amount > 5}\n- {task: A, who: role lawyer}\n", []string{`7:8 R016 the jump back to "a" has no limit`}},
	} {
		if diff := cmp.Diff(test.want, said(t, head+test.steps, nil, "R015", "R016", "R021", "R024"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// TestNoRecipient: letters that may have nobody to go to.
func TestNoRecipient(t *testing.T) {
	beside := files{"templates/note.txt": "---\nsubject: {{ number }}\n---\n", "templates/mine.txt": "---\nsubject: {{ number }}\nto: boss@example.invalid\n---\n"}
	for _, test := range []struct {
		steps string
		want  []string
	}{
		{"- do: {mail: note}\n", []string{"6:8 R083 the letter says nowhere whom it is for"}},
		{"- do: {mail: mine}\n", nil},
		{"- do: {mail: {to: client.email, template: mine}}\n", nil},
		{"- do: {mail: {to: client.email, template: note}}\n", []string{`6:19 R083 there may be nobody to write to: "client.email" may be empty here`}},
		{"- do: {mail: {to: client.email, template: note}, if: filled(client.email)}\n", nil},
		{"- do:\n  - mail: {to: 'client.email ?? manager', template: note}\n    if: filled(client.email) or filled(manager)\n", nil},
		{"- do: {mail: {to: '\"a@example.invalid\"', template: note}}\n", nil},
		{"- {task: A, who: role lawyer, fill: [manager]}\n- do: {mail: {to: manager, template: note}}\n", nil},
		{"- do: {mail: {to: last.performer, template: note}}\n", nil},
		{"- do: {reply: note}\n", nil},
	} {
		if diff := cmp.Diff(test.want, said(t, test.steps, beside, "R083"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.steps, diff)
		}
	}
}

// TestImpossibleJoins: joins that wait for what never comes.
func TestImpossibleJoins(t *testing.T) {
	branches := "  branches:\n  - {task: A, who: role lawyer}\n  - {task: B, who: role cfo}\n"
	conditional := "  branches:\n  - {task: A, who: role lawyer}\n  - {task: B, who: role cfo, if: amount > 1000}\n"
	each := "  steps:\n  - {task: A, who: item}\n"
	for _, test := range []struct {
		steps string
		want  []string
	}{
		{"- parallel:\n  join: 2\n" + branches, nil},
		{"- parallel:\n  join: 3\n" + branches, []string{"7:9 R018 the join waits for 3 branches; there are 2"}},
		{"- parallel:\n  join: when(arrived >= 2)\n" + branches, nil},
		{"- parallel:\n  join: when(arrived >= 3)\n" + branches, []string{"7:14 R018 this never holds with 2 branches: the join waits for all of them"}},
		{"- parallel:\n  join: when(arrived > started)\n" + branches, nil}, // nobody knows how the two hang together
		{"- parallel:\n  join: when(amount > 5)\n" + branches, nil},
		{"- parallel:\n  join: when(arrived > 1 and arrived < 1)\n" + branches, []string{"7:14 R018 this never holds with 2 branches: the join waits for all of them"}},
		{"- parallel:\n  join: 2\n" + conditional, []string{"7:9 R018 the join waits for 2 branches, of which only 1 may be begun, as with amount = 0; it then goes on with so few"}},
		{"- parallel:\n  join: all\n" + conditional, nil},
		{"- parallel:\n  join: 1\n" + conditional, nil},
		{"- parallel:\n  join: 2\n" + strings.Replace(conditional, "amount > 1000", "amount > 1000", 1) + "  - {task: C, who: role ceo, if: empty(amount) or amount <= 1000}\n", nil},
		{"- each: [petrova, ivanova]\n  join: 2\n" + each, nil},
		{"- each: [petrova, ivanova]\n  join: 3\n" + each, []string{"7:9 R018 the join waits for 3 of 2 people"}},
		{"- each: [petrova, ivanova]\n  allow: add\n  join: 3\n" + each, nil},
		{"- each: [petrova, ivanova]\n  join: when(arrived == 3)\n" + each, []string{"7:14 R018 this never holds with 2 people: the join waits for all of them"}},
		{"- each: role lawyer\n  join: 7\n" + each, []string{"7:9 R018 the join waits for 7 of 1 people"}},
		{"- each: [author, petrova]\n  join: 7\n" + each, nil},
		{"- each: stages\n  join: 7\n  steps:\n  - {task: A, who: role lawyer}\n", nil},
	} {
		if diff := cmp.Diff(test.want, said(t, test.steps, nil, "R018"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", test.steps, diff)
		}
	}
}
