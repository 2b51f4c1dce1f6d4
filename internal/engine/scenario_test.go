package engine

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/google/go-cmp/cmp"
)

// steps makes a route of papers out of its steps.
func steps(t testing.TB, body string) *route.Route {
	t.Helper()
	r, problems := route.ParseSource("routes/r.yaml", []byte("route: r\nfor: papers\nstart: by hand\nsteps:\n"+strings.TrimPrefix(body, "\n")))
	fail(t, problems.Err())
	return r
}

// desk is a shop with a paper on it and a route running.
func desk(t testing.TB, body string, card ...string) *shop {
	t.Helper()
	set := papers(t)
	r := steps(t, body)
	if problems := route.Check(r, route.ContextOf(set, []string{"ru"}, []*route.Route{r})); problems.HasErrors() {
		t.Fatal(headlines(problems))
	}
	s := newShop(t, set, r)
	s.put("papers", "P", card...)
	s.do("P", "ann", Start{Route: "r"})
	return s
}

func headlines(l diag.List) string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.Error() + "\n")
	}
	return b.String()
}

// state describes how a document stands: open tasks, or how the route ended.
func (s *shop) state() string {
	var parts []string
	for _, in := range s.docs["P"].Routes {
		if in.State != Running {
			parts = append(parts, in.State+" "+in.End)
		}
	}
	return strings.Join(append(parts, s.open("P")...), ", ")
}

func refusalOf(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return string(r.Reason)
	}
	return fmt.Sprint(err)
}

// play makes answers one by one: "1 ann done" is task 1 advanced by ann as
// done; a colon begins a comment.
func (s *shop) play(answers ...string) {
	s.t.Helper()
	for _, a := range answers {
		s.do("P", strings.Fields(a)[1], answer(a))
	}
}

func answer(text string) Advance {
	text, comment, _ := strings.Cut(text, ":")
	var a Advance
	var who string
	words := strings.Fields(text)
	fmt.Sscanf(text, "%d %s %s", &a.Task, &who, &a.Outcome)
	a.Comment = strings.TrimSpace(comment)
	for _, w := range words {
		if name, value, ok := strings.Cut(w, "="); ok {
			a.Fields = append(a.Fields, Field{name, value})
		}
	}
	if strings.Contains(a.Outcome, "=") {
		a.Outcome = ""
	}
	return a
}

func TestScenarios(t *testing.T) {
	tests := []struct {
		name    string
		route   string
		card    []string
		answers []string
		want    []string // the state at the start and after each answer
	}{
		{"choose falls to else when the value is empty", `
- choose:
  branches:
  - {if: amount > 100, task: Much, id: much, who: ann}
  - else: {task: Ask, id: ask, who: bob}
`, nil, []string{"1 bob"}, []string{"ask bob", "done done"}},

		{"choose with a sum exactly at the threshold of the settings", `
- choose:
  branches:
  - {if: amount > settings.limit, end: above}
  - {else: {end: not_above}}
`, []string{"amount", "1000"}, nil, []string{"done not_above"}},

		{"parallel without a branch that applies goes on", `
- parallel:
  branches:
  - {if: amount > 10, task: A, id: a, who: ann}
  - {if: amount > 20, task: B, id: b, who: bob}
- {task: C, id: c, who: cat}
`, nil, nil, []string{"c cat"}},

		{"each over nothing goes on", `
- each: lines
  steps:
  - {task: A, id: a, who: item.owner}
- {task: C, id: c, who: cat}
`, nil, nil, []string{"c cat"}},

		{"repeat gives up after max rounds", `
- repeat:
  steps:
  - {task: A, id: a, who: ann}
  until: amount > 10
  max: 2
  else: end lost
- end: won
`, nil, []string{"1 ann", "2 ann"}, []string{"a ann", "a ann", "done lost"}},

		{"a handler ends the route", `
- parallel:
  on:
  - {when: amount > 100, steps: [{end: too_much}]}
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat}
`, nil, []string{"1 ann amount=101"}, []string{"a ann, b bob", "done too_much"}},

		{"a handler that keeps listening hears every time", `
- repeat:
  until: filled(wanted)
  on:
  - {when: amount > 100, keep: true, steps: [{task: H, id: h, who: dan}]}
  steps:
  - {task: A, id: a, who: ann}
- end: over
`, nil, []string{"1 ann amount=101", "2 ann", "3 dan", "4 ann amount=5", "5 ann amount=200", "6 ann wanted=2026-12-01", "7 dan"},
			[]string{"a ann", "a ann, h dan", "h dan, a ann", "a ann", "a ann", "a ann, h dan", "h dan", "done over"}},

		{"leave ends a branch", `
- parallel:
  branches:
  - steps:
    - task: A
      id: a
      who: ann
      outcomes: {go_on: next, enough: leave}
    - {task: A2, id: a2, who: ann}
  - {task: B, id: b, who: bob}
- {task: C, id: c, who: cat}
`, nil, []string{"1 ann enough", "2 bob"}, []string{"a ann, b bob", "b bob", "c cat"}},

		{"a block decides with the worst answer at its join", `
- {task: Draft, id: draft, who: ann}
- parallel:
  branches:
  - {approve: A, id: a, who: bob}
  - {approve: B, id: b, who: cat}
  outcomes:
    approve: next
    remarks: {next: true, comment: required}
    reject: {go: draft, comment: required, max: 1, else: {end: refused}}
- {task: C, id: c, who: cat}
`, nil, []string{"1 ann", "2 bob reject: no", "3 cat remarks: hm", "4 ann", "5 bob remarks: so so", "6 cat approve"},
			[]string{"draft ann", "a bob, b cat", "b cat", "draft ann", "a bob, b cat", "b cat", "c cat"}},

		{"rework is bounded by max", `
- {task: Draft, id: draft, who: ann}
- approve: A
  id: a
  who: bob
  outcomes: {approve: next, reject: {go: draft, comment: required, max: 1, else: {end: refused}}}
`, nil, []string{"1 ann", "2 bob reject: 1", "3 ann", "4 bob reject: 2"}, []string{"draft ann", "a bob", "draft ann", "a bob", "done refused"}},

		{"now decides a block at once", `
- parallel:
  branches:
  - {approve: A, id: a, who: ann}
  - {approve: B, id: b, who: bob}
  outcomes:
    approve: next
    veto: {now: true, comment: required, end: vetoed}
`, nil, []string{"2 bob veto: no"}, []string{"a ann, b bob", "done vetoed"}},

		{"an approval without outcomes ends refused", `
- {approve: A, id: a, who: ann}
`, nil, []string{"1 ann reject: no"}, []string{"a ann", "done refused"}},

		{"steps behind a rejected approval of a branch are not done", `
- parallel:
  branches:
  - steps:
    - {approve: A, id: a, who: ann}
    - {approve: B, id: b, who: bob}
  outcomes: {approve: next, reject: {comment: required, end: refused}}
`, nil, []string{"1 ann reject: no"}, []string{"a ann", "done refused"}},

		{"pick all awaits everybody and takes the worst answer", `
- task: A
  id: a
  who: [ann, bob, cat]
  pick: all
  outcomes: {good: next, bad: {end: bad}}
`, nil, []string{"1 ann good", "2 bob bad", "3 cat good"}, []string{"a ann, a bob, a cat", "a bob, a cat", "a cat", "done bad"}},

		{"pick N cancels the others", `
- {task: A, id: a, who: [ann, bob, cat], pick: 2}
- {task: B, id: b, who: dan}
`, nil, []string{"1 ann", "3 cat"}, []string{"a ann, a bob, a cat", "a bob, a cat", "b dan"}},

		{"candidates share a task until one takes it", `
- {task: A, id: a, who: role clerk}
`, nil, []string{"1 bob"}, []string{"a ann|bob|cat", "done done"}},

		{"pick first", `
- {task: A, id: a, who: role clerk, pick: first}
`, nil, nil, []string{"a ann"}},

		{"head of a department, of a person, of the author", `
- {task: A, id: a, who: head of sales}
- {task: B, id: b, who: head of boss}
- {task: C, id: c, who: head of starter}
`, []string{"boss", "dan"}, []string{"1 cat"}, []string{"a cat", "b eve"}},

		{"department, else, expression", `
- {task: A, id: a, who: department law}
- {task: B, id: b, who: boss, else: bob}
- {task: C, id: c, who: 'amount > 5 ? "ann" : "cat"'}
`, []string{"amount", "6"}, []string{"1 dan", "2 bob"}, []string{"a dan", "b bob", "c ann"}},

		{"inactive users get nothing, nobody goes to the admins", `
- {task: A, id: a, who: role ghost}
`, nil, nil, []string{"a eve"}},

		{"inform waits for nobody", `
- {inform: Read this, id: news, who: [ann, bob]}
- {task: A, id: a, who: ann}
`, nil, []string{"3 ann", "1 ann read"}, []string{"news ann inform, news bob inform, a ann", "done done, news ann inform, news bob inform", "done done, news bob inform"}},

		{"if skips a step", `
- {task: A, id: a, who: ann, if: amount > 100}
- {task: B, id: b, who: bob}
`, nil, nil, []string{"b bob"}},

		{"the controller confirms", `
- {task: A, id: a, who: ann, controller: bob}
- {task: B, id: b, who: cat}
`, nil, []string{"1 ann", "1 bob confirm"}, []string{"a ann", "a ann review", "b cat"}},

		{"the controller returns for rework", `
- {task: A, id: a, who: ann, controller: bob}
- end: over
`, nil, []string{"1 ann", "1 bob return: not yet", "2 ann", "2 bob confirm"}, []string{"a ann", "a ann review", "a ann", "a ann review", "done over"}},

		{"a jump out of a repeat ends it, one into it begins it", `
- repeat:
  steps:
  - task: A
    id: a
    who: ann
    outcomes: {again: next, out: {go: c}}
  until: amount > 10
- end: over
- task: C
  id: c
  who: cat
  outcomes: {back: {go: a}, enough: {end: enough}}
`, nil, []string{"1 ann again", "2 ann out", "3 cat back", "4 ann again", "5 ann out", "6 cat enough"},
			[]string{"a ann", "a ann", "c cat", "a ann", "a ann", "c cat", "done enough"}},

		{"a called route's end is an outcome", `
- call: r
  if: empty(rounds)
  outcomes: {good: next, bad: {end: stopped_by_child}}
- do: {set: {rounds: 1}}
- {task: A, id: a, who: ann}
- end: good
`, []string{"rounds", "1"}, []string{"1 ann"}, []string{"a ann", "done good"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			card := tt.card
			var rows string
			if len(card) > 0 && card[0] == "lines" {
				rows, card = card[1], nil
			}
			set := papers(t)
			r := steps(t, tt.route)
			if problems := route.Check(r, route.ContextOf(set, []string{"ru"}, []*route.Route{r})); problems.HasErrors() {
				t.Fatal(headlines(problems))
			}
			s := newShop(t, set, r)
			d := s.put("papers", "P", card...)
			for _, owner := range strings.FieldsFunc(rows, func(r rune) bool { return r == ';' }) {
				v := d.Card.Get("lines")
				if v == nil {
					v = &document.Value{}
				}
				v.Rows = append(v.Rows, document.Row{{Name: "item", Text: "x"}, {Name: "owner", Text: owner}})
				d.Card.Set("lines", v)
			}
			s.do("P", "ann", Start{Route: "r"})
			got := []string{s.state()}
			for _, a := range tt.answers {
				s.play(a)
				got = append(got, s.state())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
