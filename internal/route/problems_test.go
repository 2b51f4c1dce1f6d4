package route

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

const testForm = `form: papers
title: Papers
one: Paper
number: PAP-{seq:6}
statuses:
- {status: new, title: New}
- {status: done, title: Done, closed: true}
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: Name}
  - {field: amount, type: money, label: Amount}
  - {field: wanted, type: date, label: Wanted}
  - {field: boss, type: user, label: Boss}
  - {field: inn, type: inn, label: INN, unique: true}
  - {field: parent, type: document, form: papers, label: Parent}
  - {field: double, type: computed, as: money, value: amount * 2, label: Double}
  - {field: size, type: choice, label: Size, values: [{value: small, title: Small}, {value: large, title: Large}]}
  - {field: lines, type: table, label: Lines, columns: [{field: item, type: text, label: Item}]}
`

const testOrg = `users:
- {id: ann, name: Ann, email: ann@example.invalid, department: sales, roles: [clerk]}
- {id: old, name: Old, email: old@example.invalid, roles: [clerk], active: false}
departments:
- {id: sales, title: Sales, head: ann}
roles:
- {id: clerk, title: clerk}
absences: []
`

func source(t testing.TB, name, text string) *yamlsrc.File {
	t.Helper()
	f, problems := yamlsrc.Parse(name, []byte(text))
	if problems.HasErrors() {
		t.Fatal(headlines(problems))
	}
	return f
}

func testContext(t testing.TB, routes ...*Route) Context {
	t.Helper()
	f, problems := form.Parse(source(t, "papers.yaml", testForm))
	o, more := org.Parse(source(t, "org.yaml", testOrg))
	problems = append(problems, more...)
	set, more := form.Link([]*form.Form{f}, nil, o, settings.Default())
	if problems = append(problems, more...); problems.HasErrors() {
		t.Fatal(headlines(problems))
	}
	ctx := ContextOf(set, []string{"ru"}, routes)
	ctx.Template = func(name string) (*template.Template, diag.List, []string) {
		text := map[string]string{"letter": "---\nsubject: {{ name }}\n---\n", "paper": "{{ name }}", "broken": "{{"}
		if text[name] == "" {
			return nil, nil, []string{"letter", "paper"}
		}
		t, problems := template.Parse("templates/"+name+".txt", []byte(text[name]))
		return t, problems, nil
	}
	return ctx
}

// TestProblems gives each problem a route with exactly that fault, and proves
// that the same route without the fault is clean. The fault stands between
// « and », its remedy behind it between ‹ and ›.
func TestProblems(t *testing.T) {
	tests := []struct {
		code  string
		route string // steps, when it does not begin with `route:`
		want  string // place and message
	}{
		{"R001", "- task: A\n  «woh»‹who›: ann\n", `6:3: step: unknown key "woh"; did you mean "who"?`},
		{"R001", "- «taks»‹task›: A\n  who: ann\n", `5:3: step: unknown key "taks"; did you mean "task"?`},
		{"R001", "- task: A\n  who: ann\n  outcomes: {done: {«nxt»‹next›: true}}\n", `7:21: outcome done: unknown key "nxt"; did you mean "next"?`},
		{"R001", "- task: A\n  who: ann\n  outcomes: {done: {next: true«, now: true»‹›}}\n", `7:14: outcome "done": "now" belongs to outcomes of parallel and each`},
		{"R001", "- task: A\n  who: ann\n«  end: over»‹- end: over›\n", `7:3: the step is already "task"; write "end" as a step of its own`},
		{"R002", "- task: A«»‹\n  who: ann›\n", `5:3: task has no "who"`},
		{"R002", "- repeat:\n  steps: [{task: A, who: ann}]«»‹\n  until: amount > 5›\n", `5:3: step has no "until"`},
		{"R002", "- task: A\n  id: a\n  who: ann\n  outcomes: {done: {go: a, max: 2«»‹, else: next›}}\n", `8:14: outcome "done" has "max" without "else", the way after that`},
		{"R002", "- do: {register: {«»‹form: papers, ›set: {name: name}}}\n", `5:19: register has no "form"`},
		{"R002", "- do: {register: {form: papers, find: inn, set: {name: name«»‹, inn: inn›}}}\n", `5:39: find looks for "inn", to which "set" gives no value`},
		{"R003", "- {task: A, id: a, who: ann}\n- {task: B, id: «a»‹b›, who: ann}\n", `6:17: step id "a" is there twice`},
		{"R003", "- task: A\n  who: ann\n  outcomes: [yay, «yay»‹nay›]\n", `7:19: outcome "yay" is there twice`},
		{"R004", "- task: «012»‹\"012\"›\n  who: ann\n", `5:9: task is "012", which YAML reads as a number; put it in quotes to make it a text`},
		{"R004", "- {task: A, id: «Big»‹big›, who: ann}\n", `5:17: id "Big" is no id; small latin letters, digits, "-" and "_" make one, a letter first`},
		{"R004", "- {task: A, who: ann, pick: «most»‹2›}\n", `5:29: unknown pick "most"; known: "any", "all", "first", "least-loaded", "round-robin", or the number of people who are to finish`},
		{"R004", "- {task: A, who: ann, due: 2wd, remind: «150%»‹99%›}\n", `5:41: remind "150%" is no share of the time until the deadline; write one between 1% and 99%, or "1wd after"`},
		{"R004", "- choose:\n  branches: «[]»‹[{if: amount > 1, end: x}, {else: next}]›\n", `6:13: branches is an empty list`},
		{"R004", "- {task: A, who: ann, due: 2wd, remind: «half»‹50%›}\n", `5:41: remind "half" is not understood; write "50%" or "1wd before"`},
		{"R004", "- task: A\n  who: ann\n  outcomes: {done: «nxet»‹next›}\n", `7:20: outcome done is "nxet"; write next, leave, "go STEP", "end NAME" or a mapping`},
		{"R004", "- {task: A, who: «role»‹role clerk›}\n", `5:18: who: "role" is not understood; write "role X" with an id`},
		{"R004", "- choose:\n  branches: «{if: amount > 1, end: x}»‹[{if: amount > 1, end: x}, {else: next}]›\n", `6:13: branches is a mapping; a list of branches is needed`},
		{"R004", "- task: {en: Do, ru: «Сделать, что надо»‹\"Сделать, что надо\"›}\n  who: ann\n", `5:31: task: "что надо" has no text; a text with a comma needs quotes`},
		{"R005", "- {task: A, id: check, who: ann}\n- go: «chekc»‹check›\n", `6:7: unknown step "chekc"; did you mean "check"?`},
		{"R005", "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: ann, after: «c»‹a›}\n", `6:37: unknown step "c"; known: "a", "b"`},
		{"R006", "- {task: A, who: ann, fill: [«amuont»‹amount›]}\n", `5:30: unknown field "amuont"; did you mean "amount"?`},
		{"R006", "- do: {set: {«double»‹amount›: amount}}\n", `5:14: field "double" is computed; nobody fills it`},
		{"R006", "- {task: A, who: ann, fill: [«double»‹amount›]}\n", `5:30: field "double" is computed; nobody fills it`},
		{"R006", "- {task: A, who: ann, fill: [«status»‹amount›]}\n", "5:30: the status is no field of the card; it is given by `set` or by `e1 status`"},
		{"R006", "- {task: A, who: ann, fill: [«registered»‹amount›]}\n", `5:30: "registered" is no field of the card; nobody fills it`},
		{"R006", "- do: {register: {form: «paper»‹papers›}}\n", `5:25: unknown form "paper"; did you mean "papers"?`},
		{"R006", "- do: {register: {form: papers, find: «name»‹inn›, set: {name: name, inn: inn}}}\n", `5:39: unknown unique field "name"; known: "inn"`},
		{"R006", "- call: «other»‹r›\n  if: amount > 5\n", `5:9: unknown route "other"; known: "r"`},
		{"R006", "- {task: A, who: ann, if: amuont > 5}\n", `5:27: unknown name "amuont"`},
		{"R006", "route: r\nfor: «paper»‹papers›\nsteps: [{task: A, who: ann}]\n", `2:6: unknown form "paper"; did you mean "papers"?`},
		{"R006", "route: r\nfor: papers\ncalendar: «eu»‹ru›\nsteps: [{task: A, who: ann}]\n", `3:11: unknown calendar "eu"; did you mean "ru"?`},
		{"R007", "- {task: A, who: role «clrek»‹clerk›}\n", `5:18: unknown role "clrek"; did you mean "clerk"?`},
		{"R007", "- {task: A, who: «clerk»‹role clerk›}\n", `5:18: unknown user or user field "clerk"`},
		{"R007", "- {task: A, who: «old»‹ann›}\n", `5:18: user "old" is inactive`},
		{"R007", "- {task: A, who: head of «salse»‹sales›}\n", `5:26: unknown department "salse"; did you mean "sales"?`},
		{"R007", "- {task: A, who: «controller»‹starter›}\n", `5:18: the route has no "controller"`},
		{"R009", "- {task: A, who: ann, if: «max(amount, 9) > 3»‹\"max(amount, 9) > 3\"›}\n", `5:27: YAML ends this at the comma, since it stands in braces or brackets`},
		{"R009", "- {task: \"Проверить, сумму\", who: ann, if: «max(amount, 3) > 3»‹'max(amount, 3) > 3'›, due: 2wd}\n", `5:44: YAML ends this at the comma, since it stands in braces or brackets`},
		{"R009", "- {task: Проверить «(сумму, срок)»‹сумму›, who: ann}\n", `5:10: YAML ends this at the comma, since it stands in braces or brackets`},
		{"R009", "- do: {set: {amount: 1«,»‹.›5}}\n", `5:22: YAML ends this at the comma, since it stands in braces or brackets`},
		{"R009", "- task: A\n  who: ann\n  due: [«max(wanted, wanted)»‹wanted›, 2wd]\n", `7:9: YAML ends this at the comma, since it stands in braces or brackets`},
		{"R009", "- task: A\n  who: ann\n  if: «number == \"я #2\"»‹'number == \"я #2\"'›\n", `7:7: YAML takes this from " #" on for a comment`},
		{"R009", "- task: A\n  who: ann\n  if: amount > 5 «# and name == \"ж\"»‹# large and so on›\n", `7:18: YAML takes this for a comment, though it would go on with the expression`},
		{"R009", "- task: A\n  who: ann\n  if: amount > 5 «# or amount < 3»‹# or much less than before›\n", `7:18: YAML takes this for a comment, though it would go on with the expression`},
		{"R009", "- do: {set: {amount: amount}, if: amount > 5}\n- task: B\n  who: ann\n  due: wanted    «# - 2wd»‹# 2wd›\n", `8:18: YAML takes this for a comment, though it would go on with the expression`},
		{"R030", "- task: A\n  who: ann\n  if: name matches «'['»‹'\"a\"'›\n", `7:`},
		{"R009", "- task: A\n  who: ann\n  if: amount > 5 «and»‹›  # large\n", `7:7: YAML takes this from " #" on for a comment`},
		{"R004", "- task: {en: «no»‹\"no\"›, ru: A}\n  who: ann\n", `5:14: task is "no", which YAML reads as true or false; put it in quotes to make it a text`},
		{"R012", "- parallel:\n  branches:\n  - {task: A, id: a, who: ann, after: «b»‹c›}\n  - {task: B, id: b, who: ann, after: a}\n  - {task: C, id: c, who: ann}\n", `7:39: these steps wait for each other: a > b > a`},
		{"R014", "- parallel:\n«»‹  rest: cancel\n›  branches:\n  - {task: A, who: ann}\n  - end: over\n", `8:10: the route ends here while other branches may still be at work`},
		{"R017", "- {task: A, id: a, who: ann}\n- parallel:\n  branches:\n  - {task: B, who: ann, outcomes: {back: {«go: a»‹leave: true›}}}\n  - {task: C, who: ann}\n", `8:47: the jump to "a" crosses the border of a parallel branch, an each or an event handler`},
		{"R017", "- {task: A, who: ann}\n«- leave:»‹- end:›\n", `6:3: leave stands outside of parallel and each; there is no branch to leave`},
		{"R018", "- parallel:\n  join: «3»‹2›\n  branches:\n  - {task: A, who: ann}\n  - {task: B, who: ann}\n", `6:9: the join waits for 3 branches; there are 2`},
		{"R022", "- parallel:\n  outcomes: {yes_do: next, «never»‹no_way›: next}\n  branches:\n  - {task: A, who: ann, outcomes: [yes_do, no_way]}\n", `6:28: outcome "never" of the block is never answered by a step inside it`},
		{"R022", "route: r\nfor: papers\nstart: by hand\nends: {«rejected»‹refused›: {en: Refused}, done: Done}\nsteps:\n- {task: A, id: a, who: ann, outcomes: {done: next, no: {go: a, max: 2, else: {end: refused}}}}\n",
			`4:8: the route never ends so: unknown end "rejected"; known: "refused", "done"`},
		{"R023", "- end: over\n«- {task: A, who: ann}\n»‹›", `6:4: the step is never reached: the one before it leads away and no jump leads here`},
		{"R030", "- {task: A, who: ann, if: «amount >»‹amount > 5›}\n", `5:34: the expression ends too early`},
		{"R031", "- {task: A, who: ann, if: «amount»‹amount > 5›}\n", `5:27: `},
		{"R031", "- {task: A, who: «name»‹boss›}\n", `5:18: "name" is text; a user is needed`},
		{"R031", "- each: «amount»‹lines›\n  steps: [{task: A, who: ann}]\n", `5:9: each goes over money; a table, a list or people are needed`},
		{"R037", "- do: {set: {size: «huge»‹large›}}\n", `5:20: `},
		{"R037", "- do: {set: {status: «closed»‹done›}}\n", `5:22: `},
		{"R040", "- {task: A, who: ann, if: «today > wanted»‹filled(wanted)›}\n", `5:27: `},
		{"R067", "- {task: A, who: ann, due: «amount»‹wanted - 5wd›}\n", `5:28: due is money`},
		{"R006", "- wait: {message: «repli»‹reply›}\n", `5:19: unknown letter or import "repli"; did you mean "reply"?`},
		{"R006", "- wait: {document: «paper»‹papers›}\n", `5:20: unknown form "paper"; did you mean "papers"?`},
		{"R006", "- wait: {document: papers, if: document.«nme»‹name› == \"a\"}\n", `5:41: `},
		{"R006", "- wait: {payment: «all»‹any›}\n", `5:19: unknown payment "all"; known: "any"`},
		{"R006", "- do: {mail: {to: name, template: «lettr»‹letter›}}\n", `5:35: unknown template "lettr"; did you mean "letter"?`},
		{"R006", "- do: {mail: {to: name, template: «broken»‹letter›}}\n", `5:35: the template "broken" has errors`},
		{"R031", "- do: {mail: {to: «amount»‹name›, template: letter}}\n", `5:19: "amount" is money; an address is needed`},
		{"R083", "- do: {mail: «letter»‹{to: name, template: letter}›}\n", `5:8: the letter says nowhere whom it is for`},
		{"R080", "- do: {mail: {to: name, template: «paper»‹letter›}}\n", `5:35: "paper" is no letter: templates/paper.txt has no head`},
		{"R080", "- do: {generate: {template: «letter»‹paper›}}\n", `5:29: "letter" is a letter; no file can be generated from it`},
		{"R030", "- do: {generate: {template: paper, as: \"{«numer»‹number›}.txt\"}}\n", `5:42: unknown name "numer"`},
	}
	covered := map[string]bool{}
	for _, tt := range tests {
		covered[tt.code] = true
		t.Run(tt.code+" "+tt.want, func(t *testing.T) {
			text := tt.route
			if !strings.HasPrefix(text, "route:") {
				text = "route: r\nfor: papers\nstart: by hand\nsteps:\n" + text
			}
			bad, good := versions(text)
			problems := check(t, bad)
			found := slices.ContainsFunc(problems, func(p diag.Problem) bool {
				return p.Code == tt.code && strings.HasPrefix(fmt.Sprintf("%v: %s", p.At.Start, p.Message), tt.want)
			})
			if !found {
				t.Errorf("want %s %s, got:\n%s", tt.code, tt.want, headlines(problems))
			}
			if good == bad {
				return
			}
			if problems := check(t, good); len(problems) != 0 {
				t.Errorf("the remedy is not clean:\n%s\n%s", good, headlines(problems))
			}
		})
	}
	for _, c := range Codes() {
		if !covered[c.Code] && c.Code != "R041" {
			t.Errorf("no test for %s %s", c.Code, c.Slug)
		}
	}
}

func versions(text string) (bad, good string) {
	drop := func(text, from, to string) string {
		for {
			i := strings.Index(text, from)
			if i < 0 {
				return text
			}
			j := strings.Index(text, to)
			text = text[:i] + text[j+len(to):]
		}
	}
	strip := strings.NewReplacer("«", "", "»", "", "‹", "", "›", "")
	return strip.Replace(drop(text, "‹", "›")), strip.Replace(drop(text, "«", "»"))
}

func check(t *testing.T, text string) diag.List {
	t.Helper()
	r, problems := ParseSource("routes/r.yaml", []byte(text))
	if r.File == nil || r.File.Root == nil {
		t.Fatal(headlines(problems))
	}
	problems = append(problems, Check(r, testContext(t, r))...)
	problems.Sort()
	return problems
}

// TestTwentyFaults proves that a file with twenty faults reports twenty.
func TestTwentyFaults(t *testing.T) {
	text := `route: R1
titel: x
for: paper
calendar: eu
start: {on: registerd}
controller: role boss
steps:
- taks: A
- task: 12
- {task: A, id: a}
- {task: A, id: a, who: ann, pick: 0}
- {task: A, who: ann, due: [], remind: soon}
- {task: A, who: ann, escalate: {to: ann}}
- {task: A, who: ann, outcomes: {Good: next}}
- choose:
- do: []
- do: {}
- parallel: {branches: 5}
- repeat: {de: x}
- {go: nowhere, end: x}
- wait: {}
- each: []
  steps: []
`
	r, problems := ParseSource("routes/r.yaml", []byte(text))
	problems = append(problems, Check(r, testContext(t, r))...)
	lines := map[int]bool{}
	for _, p := range problems.Dedup() {
		lines[p.At.Start.Line] = true
	}
	for line := 1; line <= strings.Count(text, "\n"); line++ {
		if !lines[line] && line != 7 {
			t.Errorf("nothing is reported for line %d: %s", line, strings.Split(text, "\n")[line-1])
		}
	}
	if len(problems.Dedup()) < 20 {
		t.Errorf("%d problems:\n%s", len(problems.Dedup()), headlines(problems))
	}
}

func TestCodesAreInOrder(t *testing.T) {
	var codes []string
	for _, c := range Codes() {
		codes = append(codes, c.Code)
		if c.Slug == "" || c.Summary == "" {
			t.Errorf("%s has no slug or summary", c.Code)
		}
	}
	if !slices.IsSorted(codes) {
		t.Error(codes)
	}
}

func TestDerivedIDs(t *testing.T) {
	r, problems := ParseSource("r.yaml", []byte(`route: r
steps:
- {task: A, who: ann}
- choose:
  branches:
  - {if: "1 == 1", task: B, who: ann}
  - else:
    - {task: C, who: ann}
    - parallel:
      id: both
      branches:
      - {task: D, who: ann}
      - {task: E, id: e, who: ann}
- end: over
`))
	if len(problems) > 0 {
		t.Fatal(headlines(problems))
	}
	var got []string
	for _, s := range r.Steps() {
		got = append(got, s.ID)
	}
	want := []string{"task.1", "choose.2", "task.2.1", "task.2.2.1", "both", "task.2.2.2.1", "e", "end.3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b := r.Step("both").Branches; b[0].ID != "2.2.2.1" || b[1].ID != "e" {
		t.Errorf("branches %q, %q", b[0].ID, b[1].ID)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(approval))
	f.Add([]byte("route: r\nfor: papers\nsteps:\n- each: lines\n  as: x\n  steps: [{task: A, who: x, while: open(a)}]\n- wait: {first: [{until: 2wd, go: a}, {when: amount > 1}]}\n- repeat:\n  until: amount > 5\n  max: 2\n  else: end x\n  steps: [{leave: , if: name == \"x\"}]\n- call: r\n  outcomes: [a, b]\n"))
	f.Add([]byte("route: r\non: {when: x, steps: [{end: }]}\nsteps: {do: {cancel: [a, a], if: x}}\n"))
	ctx := testContext(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		r, problems := ParseSource("r.yaml", src)
		if r == nil {
			t.Fatal("no route")
		}
		more := Check(r, ctx)
		for _, p := range append(problems, more...) {
			if p.Code == "" || p.Message == "" || !p.At.Start.IsValid() {
				t.Errorf("problem without code, text or place: %+v", p)
			}
		}
		seen := map[string]bool{}
		for _, s := range r.Steps() {
			if !problems.HasErrors() && seen[s.ID] {
				t.Errorf("two steps %q", s.ID)
			}
			seen[s.ID] = true
		}
	})
}
