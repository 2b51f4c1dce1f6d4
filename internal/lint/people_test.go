package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// peopleCodes are the rules about people, time and size.
var peopleCodes = []string{"R020", "R050", "R051", "R052", "R053", "R054", "R055", "R056",
	"R060", "R061", "R062", "R063", "R064", "R065", "R066", "R084", "R081", "R093"}

// judged lists the findings of peopleCodes in a route, where other files are
// changed before.
func judged(t *testing.T, text string, change func(files)) []string {
	t.Helper()
	f := shipped(t)
	for name := range f {
		if strings.HasPrefix(name, "routes/") || strings.HasPrefix(name, "reports/") || strings.HasPrefix(name, "imports/") {
			delete(f, name)
		}
	}
	f["routes/trial.yaml"] = text
	if change != nil {
		change(f)
	}
	found, err := lint.Run(definition.New(f), "routes/trial.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range found.Problems {
		if slices.Contains(peopleCodes, p.Code) || p.Severity.String() == "error" {
			out = append(out, fmt.Sprintf("%s %d:%d %s", p.Code, p.At.Start.Line, p.At.Start.Column, p.Message))
		}
	}
	return out
}

// bare is a route without a controller.
const bare = "route: trial\nfor: contracts\nstart: by hand\nsteps:\n"

func TestPeopleRules(t *testing.T) {
	alone := func(f files) { // an organisation of one, as a plain init makes it
		f["org.yaml"] = `users: [{id: boss, name: Boss, roles: [admin, manager, lawyer, ceo]}]
roles: [{id: admin}, {id: manager}, {id: lawyer}, {id: ceo}, {id: cfo}]
`
	}
	replace := func(name, from, to string) func(files) {
		return func(f files) {
			if !strings.Contains(f[name], from) {
				t.Fatalf("%s has no %q", name, from)
			}
			f[name] = strings.Replace(f[name], from, to, 1)
		}
	}
	letters := func(f files) {
		f["templates/letter.txt"] = "---\nsubject: Hello\n---\nHello\n"
		f["routes/other.yaml"] = "route: other\nfor: contracts\nstart: by hand\nsteps: [{task: A, who: author}]\n"
	}
	tests := []struct {
		name, text string
		change     func(files)
		want       []string
	}{
		{"nobody for a role", bare + "- {task: A, who: role cfo}", alone,
			[]string{`R050 5:18 step "task.1" may find nobody: role "cfo" has no active user, and there is no controller of the route`}},
		{"nobody for a field", bare + "- {task: A, id: a, who: inquiry.manager}", nil,
			[]string{`R050 5:25 step "a" may find nobody: "inquiry.manager" may be empty, and there is no controller of the route`}},
		{"nobody even else", bare + "- {task: A, id: a, who: inquiry.manager, else: role cfo}", alone,
			[]string{`R050 5:48 step "a" may find nobody: role "cfo" has no active user, and there is no controller of the route`}},
		{"somebody else", bare + "- {task: A, who: inquiry.manager, else: role manager}", nil, nil},
		{"the controller of the route takes it", trial("- {task: A, who: inquiry.manager}"), nil, nil},
		{"a field filled before", bare + "- {task: A, who: role manager, fill: [manager]}\n- {task: B, who: manager}", nil, nil},
		{"to be read by nobody is no harm", bare + "- {inform: A, who: inquiry.manager}", nil, nil},

		{"own work approved", bare + "- {task: A, id: a, who: author}\n- {approve: B, id: b, who: author}", nil,
			[]string{`R051 6:28 step "b" is decided by "author", who does step "a" before it`}},
		{"own work approved by the only one of a role", bare + "- {task: A, id: a, who: orlov}\n- {do: [{comment: '\"x\"'}]}\n- {approve: B, id: b, who: role lawyer}", nil,
			[]string{`R051 7:28 step "b" is decided by "role lawyer", who does step "a" before it`}},
		{"one person is everybody", bare + "- {task: A, who: role manager}\n- {approve: B, who: role ceo}", alone, nil},
		{"several managers", bare + "- {task: A, who: role manager}\n- {approve: B, who: role manager}", nil, nil},
		{"approved after a choice", bare + "- {task: A, who: author}\n- choose:\n  branches: [{if: amount > 1, end: x}, {else: next}]\n- {approve: B, who: author}", nil, nil},

		{"three of two", bare + "- {task: A, id: a, who: [role ceo, role cfo], pick: 3}", nil,
			[]string{`R052 5:53 step "a" is for 3 people; "role ceo, role cfo" gives 2`}},
		{"two of three", bare + "- {task: A, who: role manager, pick: 2}", nil, nil},
		{"nobody knows how many", bare + "- {task: A, who: [manager, role ceo], pick: 3}", nil, nil},

		{"rotation over a field", trial("- {task: A, who: manager, pick: round-robin}"), nil,
			[]string{`R053 6:33 pick: round-robin has nobody to choose from: "manager" is one person`}},
		{"rotation over a role of one", bare + "- {task: A, who: role ceo, pick: least-loaded}", nil,
			[]string{`R053 5:34 pick: least-loaded has nobody to choose from: "role ceo" is one person`}},
		{"rotation over those who do it otherwise", bare + "- {task: A, who: manager, else: role manager, pick: round-robin}", nil, nil},
		{"rotation over those who do it otherwise, who are one now", bare + "- {task: A, who: manager, else: role manager, pick: round-robin}", alone, nil},
		{"rotation in an organisation of one", bare + "- {task: A, who: role ceo, pick: least-loaded}", alone, nil},

		{"controls himself", bare + "- {task: A, id: a, who: author, controller: author}", nil,
			[]string{`R054 5:45 step "a" is controlled by "author", who does it`}},
		{"controls herself through the route", trial("- {task: A, id: a, who: sidorov, controller: controller}"), nil,
			[]string{`R054 6:46 step "a" is controlled by "controller", who does it`}},
		{"controlled by another", bare + "- {task: A, who: author, controller: role ceo}", nil, nil},

		{"fields others may change", bare + "- {task: A, id: a, who: role lawyer, fill: [amount, subject]}", replace("forms/contracts.yaml", "may:\n", "may:\n  set: [manager]\n"),
			[]string{`R055 5:45 step "a" asks "role lawyer" to fill amount, subject, but cards of "contracts" are changed by manager only`}},
		{"fields the role may change", bare + "- {task: A, who: role lawyer, fill: [amount]}", replace("forms/contracts.yaml", "may:\n", "may:\n  set: [manager, lawyer]\n"), nil},

		{"away", bare + "- {task: A, id: a, who: kuznetsov}", replace("org.yaml", "to: 2026-12-27, substitute: ivanova", "to: 2026-12-27"),
			[]string{`R056 5:25 step "a" waits for "kuznetsov", who is away from 2026-12-14 to 2026-12-27 without a substitute`}},
		{"escalates to the late one", trial("- {task: A, id: a, who: manager, due: 1wd, escalate: {after: 1wd, to: manager}}"), nil,
			[]string{`R063 6:71 step "a" escalates to "manager", who is late with it`}},
		{"escalates twice to one", trial("- {task: A, id: a, who: manager, due: 1wd, escalate: [{after: 1wd, to: romanova}, {after: 2wd, to: role ceo}]}"), nil,
			[]string{`R063 6:100 step "a" escalates to "role ceo" for the second time`}},
		{"escalates upwards", trial("- {task: A, who: manager, due: 1wd, escalate: [{after: 1wd, to: head of manager}, {after: 2wd, to: role ceo}]}"), nil, nil},
		{"escalates back", trial("- {task: A, id: a, who: role lawyer, due: 1wd, escalate: [{after: 1wd, to: role ceo, then: reassign}, {after: 1wd, to: romanova}]}"), nil,
			[]string{`R063 6:120 step "a" escalates to "romanova", who is late with it`}},

		{"no time at all", bare + "- {task: A, id: a, who: author, due: 0wh}", nil, []string{`R060 5:38 step "a" is late when it is given: due is 0wh`}},
		{"before a date", bare + "- {task: A, who: author, due: [valid_until - 2wd, 1wd]}", nil, nil},
		{"mixed", bare + "- {task: A, who: author, due: 1wd + 12h}", nil, []string{`R061 5:31 "1wd + 12h" adds working time to calendar time`}},
		{"mixed after a date", bare + "- {wait: signing_date + 1wd + 12h}", nil,
			[]string{`R061 5:10 "signing_date + 1wd + 12h" adds working time to calendar time`}},
		{"of one kind", bare + "- {task: A, who: author, due: 1wd + 4wh}", nil, nil},

		{"reminded before it begins", bare + "- {task: A, id: a, who: author, due: 2wd, remind: [50%, 16wh before]}", nil,
			[]string{`R062 5:57 step "a" has 2wd; a reminder 16wh before the deadline comes before the task`}},
		{"reminded in time", bare + "- {task: A, who: author, due: 2wd, remind: [1wd before, 1h after]}", nil, nil},
		{"reminded when it is somebody else's", bare + "- {task: A, id: a, who: author, due: 2wd, remind: 2wd after, escalate: {after: 1wd, to: role ceo, then: reassign}}", nil,
			[]string{`R062 5:51 step "a" is reassigned 1wd after the deadline; the reminder comes 2wd after it`}},

		{"no calendar", bare + "- {task: A, who: author, due: 36h}\n- {task: B, who: author, due: 2wd}", func(f files) { delete(f, "calendars/ru.yaml") },
			[]string{`R064 6:31 "2wd" is working time, and the repository has no usable calendar "ru"`}},

		{"longer than promised", strings.Replace(bare, "steps:", "due: 3wd\nsteps:", 1) +
			"- {task: A, id: a, who: author, due: 1wd}\n- parallel:\n  branches:\n  - {task: B, id: b, who: author, due: 4wh}\n  - {task: C, id: c, who: author, due: 2wd}\n- {task: D, id: d, who: author, due: 4wh}", nil,
			[]string{`R065 4:6 the route promises 3wd, but its steps may take 3wd4wh, none of them late`}},
		{"as promised", strings.Replace(bare, "steps:", "due: 3wd\nsteps:", 1) + "- {task: A, who: author, due: 1wd}\n- {task: B, who: author, due: 16wh}", nil, nil},
		{"the first of two ends it", strings.Replace(bare, "steps:", "due: 1wd\nsteps:", 1) +
			"- parallel:\n  join: any\n  rest: cancel\n  branches:\n  - {task: B, who: author, due: 2wd}\n  - {task: C, who: author, due: 4wh}", nil, nil},

		{"registered in every round", bare + "- repeat:\n  steps:\n  - {do: {register: {form: works, set: {client: client, kind: call, manager: manager}}}, id: r}\n  - {task: A, who: author, fill: [signing_date]}\n  until: filled(signing_date)\n  max: 3", nil,
			[]string{`R081 7:11 step "r" registers another document of "works" each time round`}},
		{"written, attached and started in every round", bare + "- do:\n  - mail: {to: author, template: letter}\n  - generate: {template: contract.docx}\n  - start: other\n  - link: {kind: about, to: inquiry}\n  id: again\n- {task: A, who: author, outcomes: {done: next, again: {go: again, max: 2, else: next}}}", letters, []string{
			`R081 6:5 step "again" writes another letter each time round`,
			`R081 7:5 step "again" attaches another file each time round`,
			`R081 8:5 step "again" starts the route "other" once more each time round`}},
		{"written when it is needed", bare + "- {do: {mail: {to: author, template: letter}, if: not filled(signing_date)}, id: again}\n- {task: A, who: author, outcomes: {done: next, again: {go: again, max: 2, else: next}}}", letters, nil},
		{"registered before the loop", bare + "- {do: {register: {form: works, set: {client: client, kind: call, manager: manager}}}}\n- {task: A, id: a, who: author, outcomes: {done: next, again: {go: a, max: 2, else: next}}}", nil, nil},

		{"a client without a name", bare + "- {do: {register: {form: clients, set: {phone: client.phone}}}, id: r}", nil,
			[]string{`R084 5:26 a document of "clients" is registered without name, which its form requires`}},
		{"a route of another form", bare + "- {call: other}\n- {do: {start: {route: other, on: inquiry}}}", func(f files) {
			f["routes/other.yaml"] = "route: other\nfor: inquiries\nstart: by hand\nsteps: [{task: A, who: author}]\n"
		}, []string{`R084 5:10 route "other" is for "inquiries", this document is of "contracts"`}},
		{"payments nobody brings", bare + "- {wait: {payment: any}}", nil, []string{`R066 5:11 nothing brings payments to the documents of this repository`}},
		{"letters nobody brings", bare + "- {wait: {message: any}}", nil, []string{`R066 5:11 no import brings letters to the documents of this repository`}},
		{"letters that imports bring", bare + "- {wait: {message: any}}", func(f files) { f["imports/a.yaml"] = shipped(t)["imports/sales-letters.yaml"] }, nil},
		{"a reminder without a deadline", bare + "- {task: A, id: a, who: author, remind: [50%, 1wd before], escalate: {after: 1wd, to: role lawyer}}", nil, []string{
			`R062 5:42 step "a" has no deadline, so nobody is ever reminded of it`}},
		{"an escalation without a deadline", bare + "- {task: A, id: a, who: author, escalate: {after: 1wd, to: role lawyer}}", nil, []string{
			`R062 5:43 step "a" has no deadline, so it is never late and never escalated`}},
		{"a deadline by hand", bare + "- {task: A, who: author, due: by hand, remind: 50%, escalate: {after: 1wd, to: role lawyer}}", nil, nil},
		{"a deadline by an action", bare + "- parallel:\n  branches:\n  - {task: A, id: a, who: author, remind: 50%}\n  - {do: {assign: {step: a, due: 2wd}}}", nil, nil},
		{"a deadline before today", bare + "- {task: A, id: a, who: author, due: \"today - 3d\"}", nil, []string{`R060 5:38 step "a" is late when it is given: due is today - 3d`}},
		{"a deadline that has been", bare + "- {task: A, id: a, who: author, due: registered}", nil, []string{`R060 5:38 step "a" is late when it is given: due is registered`}},
		{"deadlines to come", bare + "- {task: A, who: author, due: registered + 3d}\n- {task: B, who: author, due: today}\n- {task: C, who: author, due: today + 3d}", nil, nil},
		{"a wait for what has been", bare + "- wait: today - 3d", nil, []string{`R060 5:9 the wait is over when it begins: today - 3d has passed then`}},
		{"users that an expression gives", bare + "- {task: A, who: 'amount > 5 ? \"orlov\" : \"petroff\"', else: role lawyer}", nil,
			[]string{`R007 5:42 unknown user "petroff"; did you mean "petrova"?`}},
		{"a user in quotes", bare + "- {task: A, who: '\"petroff\"'}", nil, []string{`R007 5:19 unknown user "petroff"; did you mean "petrova"?`}},
		{"a list of users", bare + "- {task: A, who: '[\"orlov\", \"zzz\"]'}", nil, []string{`R007 5:29 unknown user "zzz"`}},
		{"compared with a text", bare + "- {task: A, who: 'subject == \"zzz\" ? \"orlov\" : \"petrova\"'}", nil, nil},
		{"an expression that may give nobody", bare + "- {task: A, who: 'amount > 5 ? manager : client.manager'}", nil,
			[]string{`R050 5:18 step "task.1" may find nobody: "manager" may be empty, "client.manager" may be empty, and there is no controller of the route`}},
		{"an expression with else", bare + "- {task: A, who: 'amount > 5 ? manager : client.manager', else: role lawyer}", nil, nil},
		{"an expression that asks", bare + "- {task: A, who: 'filled(manager) ? manager : author'}", nil, nil},
		{"a keyword and a user", bare + "- {task: A, who: starter}", replace("org.yaml", "{id: orlov,", "{id: starter,"),
			[]string{`R007 5:18 "starter" is who started the route and a user`}},
		{"a controller and a user", "route: trial\nfor: contracts\nstart: by hand\ncontroller: role lawyer\nsteps:\n- {task: A, who: controller}", replace("org.yaml", "{id: orlov,", "{id: controller,"),
			[]string{`R007 6:18 "controller" is the route's controller and a user`}},
		{"a department and a user", bare + "- {task: A, who: head of legal}", replace("org.yaml", "{id: orlov,", "{id: legal,"),
			[]string{`R007 5:26 "legal" is a department and a user`}},
		{"head of a department", bare + "- {task: A, who: head of department legal}", nil, nil},
		{"started by nobody", strings.Replace(bare, "by hand", "by route", 1) + "- {task: A, who: author}", nil,
			[]string{`R020 3:8 nothing starts the route "trial": no event, no other route and no rule`}},
		{"started by no rule", strings.Replace(bare, "by hand", "by rule", 1) + "- {task: A, who: author}", nil,
			[]string{`R020 3:8 nothing starts the route "trial": no event, no other route and no rule`}},
		{"it does not say how it is started", strings.Replace(bare, "start: by hand\n", "", 1) + "- {task: A, who: author}", nil,
			[]string{`R020 1:8 nothing starts the route "trial": no event, no other route and no rule`}},
		{"started by itself alone", strings.Replace(bare, "by hand", "by route", 1) + "- {task: A, who: author, outcomes: {a: next, b: {go: c}}}\n- {end: over}\n- {call: trial, id: c}", nil,
			[]string{`R020 3:8 nothing starts the route "trial": no event, no other route and no rule`}},
		{"started by a rule", strings.Replace(bare, "by hand", "by route", 1) + "- {task: A, who: author}",
			func(f files) {
				f["rules/other.yaml"] = "rule: other\nfor: contracts\non: {changed: amount}\ndo:\n- start: trial\n"
			}, nil},
		{"started by a route", strings.Replace(bare, "by hand", "by route", 1) + "- {task: A, who: author}",
			func(f files) {
				f["routes/other.yaml"] = "route: other\nfor: contracts\nstart: by hand\nsteps:\n- {call: trial}\n"
			}, nil},
		{"too many steps", bare + strings.Repeat("- {task: A, who: author}\n", 101), nil, []string{`R093 1:8 the route has 101 steps; above 100 people lose their way`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := judged(t, tt.text, tt.change)
			if !slices.Equal(got, tt.want) {
				t.Errorf("found\n  %s\nwant\n  %s\nin\n%s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "), tt.text)
			}
		})
	}
}
