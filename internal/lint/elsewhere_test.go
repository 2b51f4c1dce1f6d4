package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// placed lists what is said about files: code, place and message.
func placed(t *testing.T, f files, paths ...string) []string {
	t.Helper()
	found, err := lint.Run(definition.New(f), paths...)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range found.Problems {
		out = append(out, fmt.Sprintf("%s %d:%d %s", p.Code, p.At.Start.Line, p.At.Start.Column, p.Message))
	}
	return out
}

// alone leaves out what nothing refers to.
func alone(t *testing.T) files {
	f := shipped(t)
	for name := range f {
		if strings.HasPrefix(name, "routes/") || strings.HasPrefix(name, "reports/") || strings.HasPrefix(name, "imports/") {
			delete(f, name)
		}
	}
	return f
}

func TestFormConditions(t *testing.T) {
	head := "form: goods\ntitle: Goods\none: Item\nnumber: GDS-{seq:6}\nstatuses:\n- {status: new, title: New}\n- {status: sold, title: Sold}\n" +
		"groups:\n- group: main\n  title: Item\n  fields:\n  - {field: price, type: money, label: Price}\n  - {field: cost, type: money, label: Cost, min: \"1\"}\n" +
		"  - {field: owner, type: text, label: Owner, required: true}\n"
	for _, test := range []struct {
		name, field string
		want        []string
	}{
		{"clean", "note, type: text, required: status == sold, shown_if: price > 10", nil},
		{"void can be shown", "note, type: text, shown_if: status == void", nil},
		{"constant", "note, type: text, shown_if: status == sold and status == new", []string{"F035 15:41 the condition never holds, whatever the card says"}},
		{"never required", "note, type: text, shown_if: status == new, required: status == sold", []string{"F034 15:66 the field is never required: it is not shown then"}},
		{"bounds", `n, type: int, min: "1", check: n > 0`, []string{"F035 15:44 the check always holds, whatever the field holds"}},
		{"never fits", `n, type: int, max: "5", check: n > 5`, []string{"F035 15:44 the condition never holds, whatever the card says"}},
		{"its own field is filled", "n, type: money, check: n != 5", nil},
		{"refuses", "n, type: money, check: n < price", []string{`F036 15:40 while "price" is empty the check refuses every value`}},
		{"asked before", "n, type: money, check: empty(price) or n < price", nil},
		{"required fields are there", "n, type: text, check: n != owner", nil},
		{"division", "n, type: computed, as: decimal, value: cost / price", []string{"F039 15:59 division by zero when price = 0"}},
		{"no zero", "n, type: computed, as: decimal, value: price / cost", nil},
		{"money", "n, type: computed, as: decimal, value: price * 0.2", []string{"F038 15:52 the sum of money is computed as a mere number, with parts of a kopeck"}},
		{"price of a gram", "n, type: computed, as: decimal, value: price / 1000", nil},
	} {
		f := alone(t)
		f["forms/goods.yaml"] = head + "  - {field: " + test.field + ", label: N}\n"
		if diff := cmp.Diff(test.want, placed(t, f, "forms/goods.yaml"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

// TestColumnsStandBeforeFields: in the expressions of a column its table's
// names win over those of the document.
func TestColumnsStandBeforeFields(t *testing.T) {
	f := alone(t)
	f["forms/goods.yaml"] = "form: goods\ntitle: Goods\none: Item\nnumber: GDS-{seq:6}\ngroups:\n- group: main\n  title: Item\n  fields:\n" +
		"  - {field: qty, type: int, label: Of all, min: \"1\"}\n  - field: lines\n    type: table\n    label: Lines\n    columns:\n" +
		"    - {field: qty, type: int, label: Qty}\n    - {field: unit, type: computed, as: decimal, value: 100 / qty, label: U}\n" +
		"  - {field: rate, type: computed, as: decimal, value: 'sum(lines, 100 / .qty)', label: R}\n" +
		"  - {field: rest, type: computed, as: decimal, value: '100 / (count(lines) - 2)', label: R}\n"
	if diff := cmp.Diff([]string{"F039 15:63 division by zero when qty = 0", "F039 16:73 division by zero when lines.qty = 0", "F039 17:63 division by zero when count(lines) = 2"}, placed(t, f, "forms/goods.yaml")); diff != "" {
		t.Error(diff)
	}
}

func TestReportConditions(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"clean", "where: status == signing\ngroup: [client]\ncolumns:\n- {column: n, title: N, value: 'count(amount > 5)'}\n", nil},
		{"left out", "where: status == signing\ngroup: [client]\ncolumns:\n- {column: n, title: N, value: 'sum(amount, status == closed)'}\n",
			[]string{"P034 7:45 no document is counted: `where` leaves all of them out"}},
		{"the same", "where: status == signing\ngroup: [client]\ncolumns:\n- {column: n, title: N, value: 'count(status == signing)'}\n",
			[]string{"P034 7:39 every document is counted: `where` asks for the same"}},
		{"never", "where: amount > 5 and amount < 5\ncolumns: [number]\n", []string{"P035 4:8 the condition never holds, whatever the card says"}},
		{"void is counted", "void: true\nwhere: status == void\ncolumns: [number]\n", nil},
		{"parameters are anything", "params:\n- {param: least, type: money, title: Least}\nwhere: amount > least\ncolumns: [number]\n", nil},
	} {
		f := alone(t)
		f["reports/big.yaml"] = "report: big\ntitle: Big\nform: contracts\n" + test.text
		if diff := cmp.Diff(test.want, placed(t, f, "reports/big.yaml"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestRuleConditions(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"clean", "on: {status: signing}\nif: amount > 5\ndo:\n- {comment: '\"x\"', if: amount > 10}\n", nil},
		{"event", "on: {status: [signing, closed]}\nif: status == refused\ndo:\n- comment: '\"x\"'\n",
			[]string{"A034 5:5 the rule never does anything: it is asked when the status becomes signing or closed"}},
		{"any status", "on: {status: any}\nif: status == refused\ndo:\n- comment: '\"x\"'\n", nil},
		{"action", "on: registered\nif: amount > 10\ndo:\n- {comment: '\"x\"', if: amount < 5}\n",
			[]string{"A034 7:24 the action is never done: the conditions around it exclude its own"}},
		{"action after another has changed it", "on: registered\nif: amount > 10\ndo:\n- set: {amount: 1}\n- {comment: '\"x\"', if: amount < 5}\noverwrite: [amount]\n", nil},
		{"template", "on: registered\ndo:\n- mail: {template: note, to: '\"a@example.invalid\"'}\n", []string{`A075 6:20 the template "note" needs client_number, which may be empty here`}},
		{"template asked for", "on: registered\nif: filled(client_number)\ndo:\n- mail: {template: note, to: '\"a@example.invalid\"'}\n", nil},
	} {
		f := alone(t)
		f["rules/trial.yaml"] = "rule: trial\ntitle: Trial\nfor: contracts\n" + test.text
		f["templates/note.txt"] = "---\nsubject: '{{ name }}'\n---\n{{ client_number }}\n"
		if diff := cmp.Diff(test.want, placed(t, f, "rules/trial.yaml"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestTemplateNeedsValue(t *testing.T) {
	for _, test := range []struct {
		name, steps string
		want        []string
	}{
		{"may be empty", "- do:\n  - mail: {template: note, to: client.email}\n", []string{`R075 8:22 the template "note" needs client_number, which may be empty here`}},
		{"filled before", "- {task: Fill, who: role manager, fill: [client_number]}\n- do:\n  - mail: {template: note, to: client.email}\n", nil},
		{"asked for", "- do:\n  - {mail: {template: note, to: client.email}, if: filled(client_number)}\n", nil},
		{"a default", "- do:\n  - mail: {template: calm, to: client.email}\n", nil},
	} {
		f := alone(t)
		f["routes/trial.yaml"] = "route: trial\ntitle: Trial\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n" + test.steps
		f["templates/note.txt"] = "---\nsubject: '{{ name }}'\n---\n{{ client_number }}\n"
		f["templates/calm.txt"] = "---\nsubject: '{{ name }}'\n---\n{{ client_number ?? \"none\" }}\n"
		got := placed(t, f, "routes/trial.yaml")
		got = slices.DeleteFunc(got, func(s string) bool { return !strings.HasPrefix(s, "R075") })
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestLastAnswers(t *testing.T) {
	for _, test := range []struct {
		name, steps string
		want        []string
	}{
		{"can be", "- {approve: A, who: role cfo, outcomes: {yes_: next, no_: next}}\n- {task: B, who: role lawyer, if: last.outcome == \"no_\"}\n", nil},
		{"typo", "- {approve: A, who: role cfo, outcomes: {accept: next, refuse: next}}\n- {task: B, who: role lawyer, if: last.outcome == \"refus\"}\n",
			[]string{`R037 8:51 no task of the route is answered so: unknown outcome "refus"; did you mean "refuse"?`}},
		{"does not come here", "- {approve: A, who: role cfo, outcomes: {accept: next, refuse: {end: no}}}\n- {task: B, who: role lawyer, if: last.outcome == \"refuse\"}\n",
			[]string{`R037 8:51 the last answer is never "refuse" here`}},
		{"comes by a jump", "- {task: B, who: role lawyer, id: b, if: last.outcome == \"refuse\"}\n- {approve: A, who: role cfo, outcomes: {accept: next, refuse: {go: b, max: 2, else: {end: no}}}}\n", nil},
		{"out of branches", "- parallel:\n  branches:\n  - {approve: A, who: role cfo, outcomes: {accept: next, refuse: next}}\n  - {task: C, who: role lawyer}\n- {task: B, who: role lawyer, if: last.outcome == \"refuse\"}\n", nil},
		{"users", "- {task: B, who: role lawyer, if: starter == \"petrow\"}\n", []string{`R037 7:46 unknown user "petrow"; did you mean "petrova"?`}},
		{"in lists", "- {approve: A, who: role cfo, outcomes: {accept: next, refuse: next}}\n- {task: B, who: role lawyer, if: 'last.outcome in [\"accept\", \"no\"]'}\n",
			[]string{`R037 8:63 no task of the route is answered so: unknown outcome "no"; known: "accept", "refuse", "done"`}},
	} {
		f := alone(t)
		f["routes/trial.yaml"] = "route: trial\ntitle: Trial\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n" + test.steps
		got := placed(t, f, "routes/trial.yaml")
		got = slices.DeleteFunc(got, func(s string) bool { return !strings.HasPrefix(s, "R037") })
		if diff := cmp.Diff(test.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}

func TestWritesForEveryItem(t *testing.T) {
	for _, test := range []struct {
		name, steps string
		want        int
	}{
		{"filled by each", "- each: [petrova, sidorov]\n  steps:\n  - {task: A, who: item, fill: [subject]}\n", 1},
		{"one after another", "- each: [petrova, sidorov]\n  one_at_a_time: true\n  steps:\n  - {task: A, who: item, fill: [subject]}\n", 0},
		{"the item's own value", "- each: stages\n  steps:\n  - do:\n    - set: {subject: item.name}\n", 1},
		{"the same for all", "- each: stages\n  steps:\n  - do:\n    - set: {subject: '\"x\"'}\n", 0},
		{"added up", "- each: stages\n  steps:\n  - do:\n    - set: {subject: '(subject ?? \"\") + item.name'}\n", 0},
		{"the first counts", "- each: [petrova, sidorov]\n  join: any\n  rest: cancel\n  steps:\n  - {task: A, who: item, fill: [subject]}\n", 0},
	} {
		f := alone(t)
		f["routes/trial.yaml"] = "route: trial\ntitle: Trial\nfor: contracts\nstart: by hand\ncontroller: role head_of_sales\nsteps:\n" + test.steps
		found := placed(t, f, "routes/trial.yaml")
		got := slices.DeleteFunc(slices.Clone(found), func(s string) bool { return !strings.HasPrefix(s, "R072") })
		if len(got) != test.want {
			t.Errorf("%s: %q", test.name, found)
		}
	}
}

func TestUnknownCalendars(t *testing.T) {
	f := alone(t)
	edit(t, f, "e1.yaml", "calendar: ru", "calendar: rus")
	f["org.yaml"] = "users: [{id: ann, name: Ann, calendar: ruu, department: sales}]\ndepartments: [{id: sales, title: Sales, calendar: de}]\n"
	got := placed(t, f, "e1.yaml", "org.yaml")
	want := []string{
		`S009 7:11 unknown calendar "rus"; did you mean "ru"?`,
		`O015 1:40 user "ann": unknown calendar "ruu"; did you mean "ru"?`,
		`O015 2:51 department "sales": unknown calendar "de"; known: "ru"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
