package route

import (
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/google/go-cmp/cmp"
)

const approval = `route: contract-approval
title: {en: Contract approval, ru: Согласование договора}
for: contracts
start: {on: registered, if: kind == "supply"}
calendar: ru
controller: head of sales

steps:
- task: {en: Check the card, ru: Проверить карточку}
  id: check
  who: role contracts
  pick: least-loaded
  due: 4wh
  fill: [client, amount, valid_until]

- parallel: {en: Approval, ru: Согласование}
  join: all
  branches:
  - approve: {en: Legal department, ru: Юридический отдел}
    id: legal
    who: role lawyer
    due: 2wd
    remind: 50%
    escalate: {after: 1wd, to: head of legal}
  - approve: {en: Finance, ru: Финансовый директор}
    id: finance
    who: role cfo
    due: 2wd
  outcomes:
    approve: next
    remarks: {next: true, comment: required}
    reject: {go: check, comment: required, max: 3, else: {end: refused}}

- choose:
  branches:
  - if: amount > 1_000_000
    steps:
    - approve: {en: General director, ru: Генеральный директор}
      id: ceo
      who: role ceo
      due: 1wd
      outcomes: {approve: next, reject: {comment: required, end: refused}}
  - else: next

- do:
  - set: {status: signing}
  - generate: {template: contract.docx, as: "{number}.docx"}
  - register: {form: works, set: {client: client, kind: signing}, link: caused_by}
  - mail: {to: client.email, template: contract-approved}
- end: approved
`

func headlines(l diag.List) string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.Headline() + "\n")
	}
	return b.String()
}

// outline gives a route as one line a step, so that tests can compare trees.
func outline(r *Route) string {
	var b strings.Builder
	for _, s := range r.Steps() {
		fmt.Fprintf(&b, "%s%s %s", strings.Repeat(" ", strings.Count(s.Path, ".")), s.Verb, s.ID)
		if s.Who != nil {
			fmt.Fprintf(&b, " who=%s", s.Who)
		}
		for _, o := range s.Outcomes {
			fmt.Fprintf(&b, " %s", o.Name)
			switch o.Target.Kind {
			case GoTo:
				b.WriteString(">" + o.Target.Name)
			case EndRoute:
				b.WriteString(">end " + o.Target.Name)
			case LeaveBranch:
				b.WriteString(">leave")
			}
		}
		for _, a := range s.Actions {
			b.WriteString(" " + string(a.Kind))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestParseTheExample(t *testing.T) {
	r, problems := ParseSource("routes/contract-approval.yaml", []byte(approval))
	if len(problems) != 0 {
		t.Fatal(headlines(problems))
	}
	want := `task check who=role contracts done
parallel parallel.2 approve remarks reject>check
 approve legal who=role lawyer approve remarks reject>check
 approve finance who=role cfo approve remarks reject>check
choose choose.3
  approve ceo who=role ceo approve reject>end refused
do do.4 set generate register mail
end end.5
`
	if diff := cmp.Diff(want, outline(r)); diff != "" {
		t.Error(diff)
	}
	legal := r.Step("legal")
	if legal.Decider != r.Step("parallel.2") || legal.Remind[0].Percent != 50 || legal.Escalate[0].To.Who[0].Kind != WhoHead {
		t.Errorf("legal is read as %+v", legal)
	}
	if o := r.Step("parallel.2").Outcome("reject"); o.Max != 3 || !o.Comment || o.Else.Name != "refused" {
		t.Errorf("reject is read as %+v", o)
	}
	if r.ID != ID([]byte(approval)) || len(r.ID) != 40 {
		t.Errorf("id %q", r.ID)
	}
	if got := r.Step("choose.3").Branches[0].If.At(); got.Start != (diag.Pos{Line: 36, Column: 9}) {
		t.Errorf("the condition is at %v", got)
	}
}

// TestIDIsGits compares with `printf hello | git hash-object --stdin`.
func TestIDIsGits(t *testing.T) {
	if got := ID([]byte("hello")); got != "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0" {
		t.Error(got)
	}
}

// TestCallWithoutWaiting: `wait` beside `call` is no verb, in either order.
func TestCallWithoutWaiting(t *testing.T) {
	for _, step := range []string{"{call: other, wait: false}", "{wait: false, call: other}"} {
		r, problems := ParseSource("routes/x.yaml", []byte("route: x\nsteps:\n- "+step+"\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if s := r.Steps()[0]; s.Verb != Call || s.Call.Route.Text != "other" || s.Call.Wait {
			t.Errorf("%s is read as %s, %+v", step, s.Verb, s.Call)
		}
	}
}
