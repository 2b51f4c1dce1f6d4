package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// valueCodes are the rules about conditions and data.
var valueCodes = []string{"R009", "R032", "R033", "R034", "R035", "R036", "R037", "R038", "R039", "R040",
	"R070", "R071", "R072", "R073", "R074"}

// trial makes a route for contracts of its steps, or of the whole when it has a head.
func trial(text string) string {
	if !strings.HasPrefix(text, "route:") {
		text = "route: trial\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n" + text
	}
	return text
}

// findings lists what the rules about conditions and data say: code, place and message.
func findings(t *testing.T, text string) []string {
	t.Helper()
	f := shipped(t)
	for name := range f {
		if strings.HasPrefix(name, "routes/") || strings.HasPrefix(name, "reports/") || strings.HasPrefix(name, "imports/") {
			delete(f, name)
		}
	}
	f["routes/trial.yaml"] = text
	f["forms/papers.yaml"] = papers
	found, err := lint.Run(definition.New(f), "routes/trial.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range found.Problems {
		if slices.Contains(valueCodes, p.Code) || p.Severity.String() == "error" {
			out = append(out, fmt.Sprintf("%s %d:%d-%d:%d %s", p.Code, p.At.Start.Line, p.At.Start.Column, p.At.End.Line, p.At.End.Column, p.Message))
		}
	}
	return out
}

const papers = `form: papers
title: Papers
one: Paper
number: P-{seq:4}
statuses:
- {status: draft, title: Draft}
- {status: signed, title: Signed}
groups:
- group: card
  title: Card
  fields:
  - {field: signed_on, type: date, label: Signed, required: status == "signed"}
  - {field: late, type: computed, as: int, value: today - signed_on, label: Late}
  - {field: very_late, type: computed, as: bool, value: late > 30, label: Very late}
`

// marked takes the marks « and » out of a text and says where they stood.
func marked(text string) (plain string, places []string) {
	var b strings.Builder
	line, column := 1, 1
	open := ""
	for _, r := range text {
		switch r {
		case '«':
			open = fmt.Sprintf("%d:%d", line, column)
		case '»':
			places = append(places, fmt.Sprintf("%s-%d:%d", open, line, column))
		case '\n':
			line, column = line+1, 1
			b.WriteRune(r)
		default:
			column++
			b.WriteRune(r)
		}
	}
	return b.String(), places
}

// valueCase is a route with its faults between « and », and what is said of them in turn: code and message.
type valueCase struct {
	text string
	want []string
}

func checkValues(t *testing.T, cases []valueCase) {
	t.Helper()
	for _, c := range cases {
		plain, places := marked(trial(c.text))
		if len(places) != len(c.want) {
			t.Fatalf("%d places, %d messages:\n%s", len(places), len(c.want), c.text)
		}
		var want []string
		for i, w := range c.want {
			code, message, _ := strings.Cut(w, " ")
			want = append(want, code+" "+places[i]+" "+message)
		}
		if !utf8.ValidString(plain) {
			t.Fatal("bad test")
		}
		if diff := cmp.Diff(want, findings(t, plain)); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
}

const (
	urgent = "- {task: A, who: role lawyer, if: %s}\n"
	// choose with two branches, the second one after text that is not Latin.
	two = "- choose:\n  branches:\n  - {if: %s, task: \"Проверить\", who: role lawyer}\n  - {task: \"Юрист: проверка\", who: role lawyer, if: %s}\n  - else: next\n"
)

func TestBranches(t *testing.T) {
	checkValues(t, []valueCase{
		// R032
		{"- «choose»:\n  branches:\n  - {if: amount > 1_000_000, end: much}\n  - {if: amount < 1_000_000, end: little}\n", []string{
			`R032 choose has no branch for amount = 1000000 and no "else"`}},
		{"- «choose»:\n  branches:\n  - {if: amount > 5, end: much}\n  - {if: amount <= 5, end: little}\n", []string{
			`R032 choose has no branch for amount is empty and no "else"`}},
		{"- {task: A, who: role lawyer, fill: [amount]}\n- choose:\n  branches:\n  - {if: amount > 5, end: much}\n  - {if: amount <= 5, end: little}\n", nil},
		{"- choose:\n  branches:\n  - {if: \"(amount ?? 0) > 5\", end: much}\n  - {if: \"(amount ?? 0) <= 5\", end: little}\n", nil},
		{"- choose:\n  branches:\n  - {if: filled(amount), end: much}\n  - {if: empty(amount), end: little}\n", nil},
		{"- choose:\n  branches:\n  - {if: amount > 5, end: much}\n  - {if: not (amount > 5), end: little}\n", nil},
		{"- choose:\n  branches:\n  - {if: \"status in [draft, approval]\", end: early}\n  - {if: \"status in [signing, execution, closed, refused]\", end: late}\n", nil},
		{"- «choose»:\n  branches:\n  - {if: status == \"draft\", end: early}\n  - {if: status == \"approval\", end: late}\n", []string{
			`R032 choose has no branch for status = "signing" and no "else"`}},
		{"- «choose»:\n  branches:\n  - {if: \"stages_open > 0\", end: open}\n  - {if: stages_open == 0, end: done}\n", []string{
			`R032 choose may find none of its conditions true and has no "else"`}},
		{"- {task: A, who: role lawyer, if: empty(amount), fill: [amount]}\n- choose:\n  branches:\n  - {if: amount > 5, end: much}\n  - {if: amount <= 5, end: little}\n", nil},
		{"- choose:\n  branches:\n  - if: filled(amount)\n    steps:\n    - choose:\n      branches:\n      - {if: amount > 5, end: much}\n      - {if: amount <= 5, end: little}\n  - else: next\n", nil},
		{"route: trial\nfor: contracts\nstart: {on: registered, if: amount > 5}\nsteps:\n- choose:\n  branches:\n  - {if: amount > 5, end: much}\n  - {if: amount <= 5, end: little}\n", nil},

		// R033
		{fmt.Sprintf(two, "amount >= 1000", "«amount <= 1000»"), []string{
			"R033 amount = 1000 takes this branch and the one in line 8; the earlier one has it"}},
		{fmt.Sprintf(two, "amount > 1000", "amount > 100"), nil},
		{fmt.Sprintf(two, "amount > 1000", "kind == \"supply\""), nil},
		{fmt.Sprintf(two, "kind == \"supply\"", "«'kind in [\"supply\", \"service\"]'»"), []string{
			`R033 kind = "supply" takes this branch and the one in line 8; the earlier one has it`}},
		{fmt.Sprintf(two, "kind == \"supply\"", "kind == \"service\""), nil},
		{fmt.Sprintf(two, "kind == \"supply\"", "kind != \"service\""), nil},

		// R034
		{fmt.Sprintf(two, "amount > 100", "«amount > 1000»"), []string{
			"R034 the branch is never taken: whatever fits it fits the one before it"}},
		{"- choose:\n  branches:\n  - {if: status == \"draft\", end: a}\n  - {if: status != \"draft\", end: b}\n  - else: next\n", nil},
		{"- choose:\n  branches:\n  - {if: status == \"draft\", end: a}\n  - {if: status != \"draft\", end: b}\n  - «else»:\n    - {task: A, who: role lawyer}\n", []string{
			"R034 the branch is never taken: the ones before it take whatever it would"}},
		{"- choose:\n  branches:\n  - if: kind == \"supply\"\n    steps:\n    - {task: A, who: role lawyer, if: «kind == \"licence\"»}\n  - else: next\n", []string{
			"R034 the step is never done: where it stands its condition cannot hold"}},
		{"- choose:\n  branches:\n  - if: kind == \"supply\"\n    steps:\n    - {task: B, who: role lawyer}\n    - {task: A, who: role lawyer, if: kind == \"service\"}\n  - else: next\n", nil},
		{"- choose:\n  branches:\n  - if: amount > 5\n    steps:\n    - {task: A, who: role lawyer, if: «amount > 3»}\n  - else: next\n", []string{
			"R034 the condition always holds here: the branch around the step has asked already"}},

		// R035
		{fmt.Sprintf(urgent, "«amount > 5 and amount < 3»"), []string{"R035 the condition never holds, whatever the card says"}},
		{fmt.Sprintf(urgent, "«status != \"draft\" or status != \"approval\"»"), []string{"R035 the condition always holds, whatever the card says"}},
		{fmt.Sprintf(urgent, "«amount < 0»"), []string{"R035 the condition never holds, whatever the card says"}},
		{fmt.Sprintf(urgent, "amount >= 0"), nil},
		{fmt.Sprintf(urgent, "'amount > 5 and («status != \"draft\" or status != \"approval\"»)'"), []string{
			"R035 this part of the condition always holds, whatever the card says"}},
		{"- task: \"Проверить: сумма\"\n  who: role lawyer\n  if: >-\n    amount > 5 and\n    («status != \"draft\" or status != \"approval\"»)\n", []string{
			"R035 this part of the condition always holds, whatever the card says"}},
		{fmt.Sprintf(urgent, "amount > settings.approval_threshold"), nil},
		{fmt.Sprintf(urgent, "«valid_from > valid_until and valid_until > valid_from»"), []string{"R035 the condition never holds, whatever the card says"}},
		{"- {task: A, who: role lawyer, if: filled(amount)}\n- repeat: B\n  steps: [{task: B, who: role lawyer}]\n  until: «1 > 2»\n  max: 3\n  else: next\n", []string{"R035 the condition never holds, whatever the card says"}},
	})
}

func TestValues(t *testing.T) {
	checkValues(t, []valueCase{
		// R036
		{fmt.Sprintf(urgent, "«client_number != \"7\"»"), []string{
			`R036 this is false when "client_number" is empty: an empty value differs from nothing`}},
		{"- {task: \"Проверить: номер\", who: role lawyer, if: \"«client_number not in ['7', '8']»\"}\n", []string{
			`R036 this is false when "client_number" is empty: an empty value differs from nothing`}},
		{fmt.Sprintf(urgent, "'filled(client_number) and client_number != \"7\"'"), nil},
		{fmt.Sprintf(urgent, "'client_number != \"7\" or empty(client_number)'"), nil},
		{fmt.Sprintf(urgent, "client_number == \"7\""), nil},
		{fmt.Sprintf(urgent, "kind != \"supply\""), nil},
		{fmt.Sprintf(urgent, "manager != author"), nil}, // by default somebody
		{fmt.Sprintf(urgent, "client.status != \"customer\""), nil},
		{fmt.Sprintf(urgent, "«inquiry.status != \"done\"»"), []string{
			`R036 this is false when "inquiry.status" is empty: an empty value differs from nothing`}},
		{"- {task: A, who: role lawyer, fill: [client_number]}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- {task: A, id: a, who: role lawyer, fill: [client_number], outcomes: {good: next, bad: {go: b}}}\n- {task: B, id: b, who: role lawyer, if: «client_number != \"7\"»}\n", []string{
			`R036 this is false when "client_number" is empty: an empty value differs from nothing`}},
		{"- parallel:\n  branches:\n  - {task: A, who: role lawyer, fill: [client_number]}\n  - {task: B, who: role cfo}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- parallel:\n  join: any\n  branches:\n  - {task: A, who: role lawyer, fill: [client_number]}\n  - {task: B, who: role cfo}\n" + fmt.Sprintf(urgent, "«client_number != \"7\"»"), []string{
			`R036 this is false when "client_number" is empty: an empty value differs from nothing`}},
		{"- do: {set: {client_number: '\"7\"'}}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- do: {set: {client_number: number}, if: empty(client_number)}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- repeat: A\n  steps: [{task: A, who: role lawyer}]\n  until: filled(client_number)\n  max: 3\n  else: {end: lost}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- wait: {when: client_number == \"8\"}\n" + fmt.Sprintf(urgent, "client_number != \"7\""), nil},
		{"- {task: A, who: role lawyer, fill: [amount]}\n" + fmt.Sprintf(urgent, "amount - «paid» > 0"), []string{
			`R036 "paid" may be empty here; then so is the calculation, and the condition does not hold`}},
		{"- {task: A, who: role lawyer, fill: [amount]}\n" + fmt.Sprintf(urgent, "\"amount - (paid ?? 0) > 0\""), nil},
		{"- do: {set: {paid: «amount» * 2}}\n- {task: A, who: role lawyer, if: paid > 3}\n", []string{
			`R036 "amount" may be empty here; then "paid" gets no value`}},
		{"- do: {set: {paid: amount}}\n", nil},
		{"- do: {set: {paid: amount * 2}, if: filled(amount)}\n", nil},
		{"- wait: «signing_date» + 5wd\n", []string{`R036 "signing_date" may be empty here; then the route waits for ever`}},
		{"- wait: {until: signing_date + 5wd}\n  if: filled(signing_date)\n", nil},
		{"- {task: A, who: role lawyer, due: «valid_until» - 5wd}\n", []string{`R036 "valid_until" may be empty here; then the task has no deadline`}},
		{"- {task: A, who: role lawyer, due: [valid_until, 5wd]}\n", nil},
		{"- each: stages\n  as: stage\n  steps:\n  - {task: A, who: role lawyer, due: «stage.term»}\n", []string{`R036 "stage.term" may be empty here; then the task has no deadline`}},
		{"- each: stages\n  as: stage\n  steps:\n  - {task: A, who: role lawyer, due: stage.term, if: filled(stage.term)}\n", nil},
		{"- each: stages\n  as: stage\n  steps:\n  - {task: A, who: role lawyer, due: [stage.term, 2wd]}\n", nil},

		// R038
		{"- {task: A, who: role lawyer, fill: [amount]}\n" + fmt.Sprintf(urgent, "paid == «amount * 0.2»"), []string{
			"R038 a sum of money has two digits behind the point; this has more and equals none"}},
		{fmt.Sprintf(urgent, "'paid == round(amount * 0.2, 2)'"), nil},
		{fmt.Sprintf(urgent, "paid == amount * 2"), nil},
		{fmt.Sprintf(urgent, "paid == «0.333»"), []string{"R038 a sum of money has two digits behind the point; this has more and equals none"}},

		// R039
		{fmt.Sprintf(urgent, "amount / «stages_open» > 5"), []string{"R039 division by zero when stages_open = 0"}},
		{fmt.Sprintf(urgent, "stages_open > 0 and amount / stages_open > 5"), nil},
		{fmt.Sprintf(urgent, "'count(stages, empty(.done_on)) > 0 and amount / stages_open > 5'"), nil},
		{fmt.Sprintf(urgent, "amount / (stages_open + 1) > 5"), nil}, // a number of rows is never negative
		{fmt.Sprintf(urgent, "amount / («stages_open - 1») > 5"), []string{"R039 division by zero when stages_open = 1"}},
		{fmt.Sprintf(urgent, "amount / («paid - 1») > 5"), []string{"R039 division by zero when paid = 1"}},
		{fmt.Sprintf(urgent, "amount / («1 - paid») > 5"), []string{"R039 division by zero when paid = 1"}},
		{fmt.Sprintf(urgent, "amount / (paid + 1.5) > 5"), nil},
		{fmt.Sprintf(urgent, "paid > 1 and amount / (paid - 1) > 5"), nil},
		{fmt.Sprintf(urgent, "paid - 1 > 0 and amount / (paid - 1) > 5"), nil},
		{fmt.Sprintf(urgent, "paid != 1 and amount / (paid - 1) > 5"), nil},
		{"- {task: A, who: role lawyer, fill: [amount, paid]}\n" + fmt.Sprintf(urgent, "paid / («amount - paid») > 5"), []string{"R039 division by zero when amount = 0 and paid = 0"}},
		{"- {task: A, who: role lawyer, fill: [amount, paid]}\n" + fmt.Sprintf(urgent, "amount > paid and paid / (amount - paid) > 5"), nil},
		{"- {task: A, who: role lawyer, fill: [amount, paid]}\n" + fmt.Sprintf(urgent, "amount - paid != 0 and paid / abs(amount - paid) > 5"), nil},
		{fmt.Sprintf(urgent, "amount / («paid * 2») > 5"), []string{"R039 division by zero when paid = 0"}},
		{fmt.Sprintf(urgent, "'amount / ((«paid ?? 0) + stages_open») > 5'"), []string{"R039 division by zero when paid = 0 and stages_open = 0"}},
		{fmt.Sprintf(urgent, "'amount / (filled(paid) and paid > 0 ? paid : 1) > 5'"), nil},
		{fmt.Sprintf(urgent, "amount / «paid» > 5"), []string{"R039 division by zero when paid = 0"}},
		{fmt.Sprintf(urgent, "paid > 0 and amount / paid > 5"), nil},
		{fmt.Sprintf(urgent, "amount / «paid» > 5 and paid > 0"), []string{"R039 division by zero when paid = 0"}},
		{fmt.Sprintf(urgent, "amount / «count(stages)» > 5"), []string{"R039 division by zero when there are no rows"}},
		{"- {task: A, who: role lawyer, fill: [stages]}\n" + fmt.Sprintf(urgent, "amount / count(stages) > 5"), nil},
		{fmt.Sprintf(urgent, "amount / («count(stages) - 1») > 5"), []string{"R039 division by zero when count(stages) = 1"}},
		{fmt.Sprintf(urgent, "amount / (count(stages) + 1) > 5"), nil},
		{fmt.Sprintf(urgent, "count(stages) > 1 and amount / (count(stages) - 1) > 5"), nil},
		{fmt.Sprintf(urgent, "'amount / («count(stages) - count(stages, filled(.done_on))») > 5'"), []string{"R039 division by zero when count(stages) = 0 and count(stages, …) = 0"}},
		{fmt.Sprintf(urgent, "'amount / (count(stages) - count(stages, filled(.done_on)) + 1) > 5'"), nil},
		{"- {task: A, who: role lawyer, fill: [stages]}\n" + fmt.Sprintf(urgent, "amount / (count(stages) + 0) > 5"), nil},
		{fmt.Sprintf(urgent, "'amount / («sum(stages, .amount) - 1») > 5'"), []string{"R039 division by zero when sum(stages, …) = 1"}},
		{fmt.Sprintf(urgent, "'sum(stages, amount / «.amount») > 5'"), []string{"R039 division by zero when stages.amount = 0"}},
		{fmt.Sprintf(urgent, "'any(stages, amount / («.amount - 1») > 5)'"), []string{"R039 division by zero when stages.amount = 1"}},
		{fmt.Sprintf(urgent, "'sum(stages, .amount > 0 ? amount / .amount : 0) > 5'"), nil},
		{fmt.Sprintf(urgent, "'any(stages, .amount > 0 and amount / .amount > 5)'"), nil},
		{fmt.Sprintf(urgent, "'sum(filter(stages, .amount > 0), amount / .amount) > 5'"), nil},
		{"- choose:\n  branches:\n  - if: paid != 0\n    do: {set: {amount: amount / paid * amount}, if: filled(amount)}\n  - else: next\n", nil},
	})
}

// TestWhatIsLostComesLater: a part that is not understood makes doubtful what
// comes behind it, not what was decided before.
func TestWhatIsLostComesLater(t *testing.T) {
	const (
		choose = "- %s:\n  branches:\n  - {if: amount > 100, task: A, who: role ceo}\n  - {if: amount <= 100, task: B, who: role ceo}\n"
		lost   = "- «set»: {amount: 3}\n"
		fault  = `R002 the step has no verb; known: task, approve, inform, do, choose, parallel, each, repeat, wait, call, go, leave, end`
		found  = `R032 choose has no branch for amount is empty and no "else"`
	)
	before := fmt.Sprintf(choose, "choose")
	checkValues(t, []valueCase{
		{fmt.Sprintf(choose, "«choose»") + lost, []string{found, fault}},
		{lost + before, []string{fault}},
		{"- {task: C, id: c, who: role ceo}\n" + before + lost + "- {task: D, who: role ceo, outcomes: {done: next, again: {go: c, max: 2, else: next}}}\n", []string{fault}},
		{"- repeat:\n  steps:\n  - choose:\n    branches:\n    - {if: amount > 100, task: A, who: role ceo}\n  - «set»: {amount: 3}\n  until: paid > 3\n  max: 3\n  else: next\n", []string{fault}},
		{"- parallel:\n  join: any\n  branches:\n  - {task: C, who: role ceo}\n  - steps:\n    - {task: E, who: role ceo}\n    - choose:\n      branches:\n      - {if: amount > 100, task: A, who: role ceo}\n" + lost, []string{fault}},
	})
}

func TestAnswersOfAJoin(t *testing.T) {
	const block = "- parallel:\n  id: block\n  join: when(%s)\n%s  branches:\n  - {%s: A, who: role lawyer}\n  - {task: B, who: role cfo}\n"
	checkValues(t, []valueCase{
		{fmt.Sprintf(block, "«\"nope\"» in answers", "", "task"), []string{`R037 "nope" is never among the answers: "block" has no outcomes that its steps could answer`}},
		{fmt.Sprintf(block, "«\"done\"» in answers", "", "task"), []string{`R037 "done" is never among the answers: "block" has no outcomes that its steps could answer`}},
		{fmt.Sprintf(block, "arrived > 1 or «\"nope\"» in answers", "", "approve"), []string{
			`R037 the block is never answered so: unknown outcome "nope"; known: "approve", "reject"`}},
		{fmt.Sprintf(block, "\"reject\" in answers", "", "approve"), nil},
		{fmt.Sprintf(block, "\"reject\" in answers", "  outcomes: {approve: next, reject: {end: refused}}\n", "approve"), nil},
		{fmt.Sprintf(block, "«\"rejct\"» in answers", "  outcomes: {approve: next, reject: {end: refused}}\n", "approve"), []string{
			`R037 the block is never answered so: unknown outcome "rejct"; did you mean "reject"?`}},
	})
}

func TestData(t *testing.T) {
	checkValues(t, []valueCase{
		// R070
		{"- {task: \"Проверить: сумму\", who: role lawyer, if: «amount» > 5}\n- {task: B, who: role lawyer, fill: [amount]}\n", []string{
			`R070 "amount" is read here, and the first step to fill it comes later`}},
		{"- {task: A, who: role lawyer, if: filled(amount) and amount > 5}\n- {task: B, who: role lawyer, fill: [amount]}\n", nil},
		{"- {task: A, who: role lawyer, if: amount > 5}\n", nil},
		{"- {task: A, id: a, who: role lawyer, if: amount > 5}\n- {task: B, who: role lawyer, fill: [amount], outcomes: {done: next, again: {go: a, max: 2, else: next}}}\n", nil},
		{"- repeat: A\n  steps:\n  - {task: A, who: role lawyer, fill: [amount]}\n  until: amount > 5\n  max: 3\n  else: next\n", nil},

		// R072
		{"- parallel:\n  branches:\n  - {task: A, who: role lawyer, fill: [amount]}\n  - {task: B, who: role cfo, fill: [«amount»]}\n", []string{
			`R072 "amount" is written here and in another branch at the same time`}},
		{"- parallel:\n  branches:\n  - {task: A, id: a, who: role lawyer, fill: [amount]}\n  - {task: B, who: role cfo, fill: [amount], after: a}\n", nil},
		{"- parallel:\n  branches:\n  - {task: A, who: role lawyer, fill: [amount]}\n  - {task: B, who: role cfo, fill: [paid]}\n", nil},
		{"- parallel:\n  branches:\n  - steps:\n    - {task: A, who: role lawyer, fill: [amount]}\n    - {task: C, who: role lawyer, fill: [amount]}\n  - {task: B, who: role cfo}\n", nil},
		{"- parallel:\n  branches:\n  - {do: {set: {status: signing}}}\n  - {do: {set: {«status»: execution}}}\n", []string{
			`R072 "status" is written here and in another branch at the same time`}},
		{"- choose:\n  branches:\n  - {if: amount > 5, do: {set: {status: signing}}}\n  - else: {do: {set: {status: execution}}}\n", nil},

		// R073
		{"- do: {set: {«status»: signing}}\n- do: {set: {status: execution}}\n", []string{
			`R073 the value of "status" is lost: line 7 overwrites it before anybody sees it`}},
		{"- do: {set: {status: signing}}\n- {task: A, who: role lawyer}\n- do: {set: {status: execution}}\n", nil},
		{"- do: {set: {status: signing}}\n- do: {set: {status: execution}, if: amount > 5}\n", nil},
		{"- do: {set: {amount: paid}}\n- do: {set: {paid: amount}}\n- do: {set: {amount: paid}}\n", nil},
		{"- do: {set: {amount: 5}}\n- do: {set: {paid: debt}, if: filled(debt)}\n- do: {set: {amount: 6}}\n", nil},

		// R074
		{"- {task: A, who: role lawyer, fill: [amount]}\n- {approve: B, id: b, who: role cfo}\n- {task: \"Ещё раз\", who: role lawyer, fill: [«amount»]}\n", []string{
			`R074 "amount" is written after "b" has been approved with it`}},
		{"- {task: A, who: role lawyer, fill: [amount]}\n- {approve: B, who: role cfo}\n- {task: C, who: role lawyer, fill: [signing_date]}\n", nil},
		{"- {task: A, who: role lawyer, fill: [amount]}\n- {approve: B, who: role cfo}\n- {task: C, who: role lawyer, fill: [amount]}\n- {approve: D, who: role cfo}\n", nil},
		{"- {approve: B, id: b, who: role cfo, if: amount > 5}\n- do: {set: {«amount»: 3}}\n", []string{
			`R074 "amount" is written after "b" has been approved with it`}},
		{"- {task: A, id: a, who: role lawyer, fill: [amount]}\n- {approve: B, who: role cfo}\n- {task: C, who: role lawyer, fill: [amount]}\n- {task: D, who: role cfo, outcomes: {done: next, again: {go: a, max: 2, else: next}}}\n", nil},
	})
}

// TestRequiredFields: inquiries with fields that a status requires, or that the clock computes.
func TestRequiredFields(t *testing.T) {
	const extra = "route: trial\nfor: papers\nstart: by hand\nsteps:\n"
	cases := []valueCase{
		{"- do: {set: {«status»: signed}}\n", []string{`R071 the form requires "signed_on" in status "signed", and not every way here fills it`}},
		{"- {task: A, who: role lawyer, fill: [signed_on]}\n- do: {set: {status: signed}}\n", nil},
		{"- do: {set: {status: signed, signed_on: today}}\n", nil},
		{"- {task: A, who: role lawyer, if: number == \"7\", fill: [signed_on]}\n- do: {set: {«status»: signed}}\n", []string{`R071 the form requires "signed_on" in status "signed", and not every way here fills it`}},
		{"- do: {set: {status: draft}}\n", nil},
		{"- {task: A, who: role lawyer, if: «late» > 3}\n", []string{`R040 "late" makes the result depend on when it is asked`}},
		{"- {task: A, who: role lawyer, if: «card.very_late»}\n", nil},
	}
	cases[len(cases)-1] = valueCase{"- {task: A, who: role lawyer, if: card.«very_late»}\n", []string{`R040 "very_late" makes the result depend on when it is asked`}}
	for i := range cases {
		cases[i].text = extra + cases[i].text
	}
	checkValues(t, cases)
}

// TestReferenceIsClean holds the rules against every example of docs/routes.md.
func TestReferenceIsClean(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "routes.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		source, _, _ := strings.Cut(block, "```")
		var got []string
		for _, f := range findings(t, trial(source)) {
			if slices.Contains(valueCodes, f[:4]) {
				got = append(got, f)
			}
		}
		if len(got) > 0 {
			t.Errorf("%s\n%s", strings.Join(got, "\n"), source)
		}
	}
}
