package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// linked parses and links a report that must be right.
func linked(t testing.TB, d *Definitions, text string) *Report {
	t.Helper()
	r, problems := Parse(parseYAML(t, named("reports", text), text))
	problems = append(problems, r.Link(d)...)
	if len(problems) > 0 {
		t.Fatalf("problems: %v\n%s", problems, text)
	}
	return r
}

// lines shows a result compactly: cells by |, titles in brackets.
func lines(r *Result) []string {
	show := func(values []Value) string {
		cells := make([]string, len(values))
		for i, v := range values {
			if cells[i] = v.Text; v.Title != "" {
				cells[i] += "[" + v.Title + "]"
			}
		}
		return strings.Join(cells, "|")
	}
	var heads []string
	for _, c := range r.Columns {
		heads = append(heads, fmt.Sprintf("%s:%s", c.Title, c.Type))
	}
	out := []string{strings.Join(heads, "|")}
	next := 0
	for i, row := range r.Rows {
		for ; next < len(r.Subtotals) && r.Subtotals[next].After <= i; next++ {
			out = append(out, fmt.Sprintf("= %d: %s", r.Subtotals[next].Level, show(r.Subtotals[next].Values)))
		}
		out = append(out, show(row))
	}
	for ; next < len(r.Subtotals); next++ {
		out = append(out, fmt.Sprintf("= %d: %s", r.Subtotals[next].Level, show(r.Subtotals[next].Values)))
	}
	if len(r.Totals) > 0 {
		out = append(out, "== "+show(r.Totals))
	}
	if r.More > 0 {
		out = append(out, fmt.Sprintf("and %d more", r.More))
	}
	return out
}

const byManager = `
report: by-manager
title: {en: Works by manager, ru: Работы по менеджерам}
form: works
params:
- {param: from, field: held, is: from}
- {param: to, field: start, is: to}
- {param: manager, field: manager}
- {param: about, field: subject, is: contains}
group: manager
columns:
- {column: works, title: {en: Works, ru: Работ}, value: count()}
- {column: done, title: {ru: Выполнено}, value: count(status == "done")}
- {column: share, title: {ru: Доля}, value: done * 100 / works, as: percent}
- {column: hours, title: {ru: Часы}, value: sum(length)}
- {column: amount, title: {ru: Сумма}, value: 'sum(amount, status == "done")'}
- {column: average, title: {ru: Среднее}, value: avg(amount)}
- {column: first, title: {ru: Первая}, value: min(held)}
- {column: kinds, title: {ru: Видов}, value: distinct(kind)}
sort: -works
`

func TestRun(t *testing.T) {
	tests := []struct {
		name   string
		report string
		params map[string]string
		want   []string
	}{
		{"by manager", byManager, nil, []string{
			"Менеджер:user|Работ:int|Выполнено:int|Доля:percent|Часы:hours|Сумма:money|Среднее:money|Первая:date|Видов:int",
			"petrova[Анна Петрова]|2|2|100.0|8.5|1000.30|500.15|2026-10-30|2",
			"ivanov[Иван Иванов]|1|0|0.0|0.75|0.00||2026-11-20|1",
			"[(не указано)]|1|0|0.0|0|0.00|500.00|2026-11-23|0",
			"== |4|2|50.0|9.25|1000.30|500.10|2026-10-30|2",
		}},
		{"parameters restrict", byManager, map[string]string{"from": "01.11.2026", "to": "2026-11-01", "manager": "petrova"}, []string{
			"Менеджер:user|Работ:int|Выполнено:int|Доля:percent|Часы:hours|Сумма:money|Среднее:money|Первая:date|Видов:int",
			"petrova[Анна Петрова]|1|1|100.0|8|0.20|0.20|2026-11-01|1",
			"== |1|1|100.0|8|0.20|0.20|2026-11-01|1",
		}},
		{"nothing found", byManager, map[string]string{"from": "2030-01-01"}, []string{
			"Менеджер:user|Работ:int|Выполнено:int|Доля:percent|Часы:hours|Сумма:money|Среднее:money|Первая:date|Видов:int",
			"== |0|0||0|0.00|||0",
		}},
		{"nested with subtotals", `
report: nested
form: works
void: true
group:
- {by: held, per: month}
- by: status
columns:
- {column: n, value: count()}
- {column: a, value: sum(amount)}
`, nil, []string{
			"День:month|Статус:choice|n:int|a:money",
			"2026-10|done[Выполнена]|1|1000.10",
			"= 1: 2026-10||1|1000.10",
			"2026-11|planned[Запланирована]|1|0.00",
			"2026-11|done[Выполнена]|1|0.20",
			"2026-11|cancelled[Отменена]|1|500.00",
			"2026-11|void[Аннулировано]|1|99999.00",
			"= 1: 2026-11||4|100499.20",
			"== ||5|101499.30",
		}},
		{"behind a reference", `
report: industries
form: works
where: client.industry != nil and client.name != "АО «Берёза»"
group: [client.industry, client, kind.norm]
subtotals: false
totals: false
columns: [{column: n, value: count()}]
`, nil, []string{
			"Отрасль:directory|Клиент:document|kind_norm:duration|n:int",
			"trade[Торговля]|CLI-000001[ООО «Ромашка»]|15m|1",
			"trade[Торговля]|CLI-000001[ООО «Ромашка»]|2h|1",
		}},
		{"without groups", `
report: one
form: works
group: []
columns: [{column: n, value: count()}, {column: m, value: max(people)}, {column: p, value: sum(people)}]
`, nil, []string{"n:int|m:int|p:int", "4|3|5"}},
		{"computed values", `
report: late
form: works
params: [{param: limit, type: int, default: "2"}]
compute:
- {column: late, value: held < today and status == "planned"}
- {column: big, value: people > limit}
group: [late]
columns:
- {column: n, value: count()}
- {column: bigs, value: count(big)}
- {column: over, value: bigs * limit}
`, nil, []string{
			"late:bool|n:int|bigs:int|over:int",
			"false|3|1|2",
			"true|1|0|0",
			"== |4|1|2",
		}},
		{"list", `
report: list
form: works
where: status != "cancelled"
columns: [number, {column: held}, {column: client, title: {ru: Кто}}, {column: amount, total: sum}, {column: length, total: sum}, {column: double, value: amount * 2, total: max}]
sort: [-amount]
limit: 2
`, nil, []string{
			"Номер:text|День:date|Кто:document|Сумма:money|Длительность:duration|double:money",
			"WRK-2026-000001|2026-10-30|CLI-000001[ООО «Ромашка»]|1000.10|30m|2000.20",
			"WRK-2026-000002|2026-11-01|CLI-000001[ООО «Ромашка»]|0.20|1wd|0.40",
			"== |||1000.30|9.25|2000.20",
			"and 1 more",
		}},
	}
	d := definitions(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := linked(t, d, test.report)
			rows := sample(d)
			for _, source := range []Source{rows, &grouping{memory: rows}} {
				result, err := r.Run(Run{Source: source, Names: d, Value: d.Value, Now: noon(), Language: "ru", Params: test.params})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, lines(result)); diff != "" {
					t.Errorf("%T (-want +got):\n%s", source, diff)
				}
			}
		})
	}
}

func TestPushDown(t *testing.T) {
	tests := []struct {
		name, report string
		want         bool
	}{
		{"plain", byManager, true},
		{"condition over an amount", `
report: x
form: works
group: manager
columns: [{column: n, value: count(amount > 100)}]
`, false},
		{"sum of a product", `
report: x
form: works
group: manager
columns: [{column: n, value: sum(amount * people)}]
`, false},
		{"how many have a value", `
report: x
form: works
group: manager
columns: [{column: n, value: count(client != nil)}, {column: m, value: count(filled(amount))}]
`, true},
		{"condition over a directory's field", `
report: x
form: works
where: kind.norm != nil
group: manager
columns: [{column: n, value: count()}]
`, true},
		{"group by what a condition reads", `
report: x
form: works
group: people
columns: [{column: n, value: count(people > 2)}]
`, true},
	}
	d := definitions(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := &grouping{memory: sample(d)}
			r := linked(t, d, test.report)
			grouped, err := r.Run(Run{Source: source, Value: d.Value, Now: noon()})
			if err != nil {
				t.Fatal(err)
			}
			read, err := r.Run(Run{Source: source.memory, Value: d.Value, Now: noon()})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(read, grouped); diff != "" {
				t.Errorf("groups differ from documents (-read +grouped):\n%s", diff)
			}
			if got := source.asked > 0; got != test.want {
				t.Errorf("the source grouped: %v, want %v", got, test.want)
			}
		})
	}
}

func TestOptionalParameterInCondition(t *testing.T) {
	d := definitions(t)
	r := linked(t, d, `
report: x
form: works
params: [{param: least, type: money}]
where: least == nil or amount >= least
group: []
columns: [{column: n, value: count()}]
`)
	for given, want := range map[string]string{"": "4", "500": "2"} {
		for _, source := range []Source{sample(d), &grouping{memory: sample(d)}} {
			result, err := r.Run(Run{Source: source, Now: noon(), Params: map[string]string{"least": given}})
			if err != nil {
				t.Fatal(err)
			}
			if got := result.Rows[0][0].Text; got != want {
				t.Errorf("least=%q, %T: %s documents, want %s", given, source, got, want)
			}
		}
	}
}

func TestBadParameters(t *testing.T) {
	d := definitions(t)
	r := linked(t, d, byManager)
	for given, want := range map[[2]string]string{
		{"mananger", "petrova"}: `report by-manager: unknown parameter "mananger"; did you mean "manager"?`,
		{"manager", "petrov"}:   `report by-manager: parameter "manager": unknown value "petrov"; did you mean "petrova"?`,
		{"from", "soon"}:        `report by-manager: parameter "from": "soon" is no date, write it as 2026-11-23`,
	} {
		_, err := r.Run(Run{Source: sample(d), Now: noon(), Params: map[string]string{given[0]: given[1]}})
		var bad *ParamError
		if !errors.As(err, &bad) || err.Error() != want || bad.Hint != "e1 report show by-manager" {
			t.Errorf("%v: %v", given, err)
		}
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ name, report, want string }{
		{"unknown form", "report: x\nform: work\ncolumns: [number]\n",
			`2:7 P005 unknown form "work"; did you mean "works"?`},
		{"unknown key", "report: x\nform: works\ncolumn: [number]\n", `3:1 P001 report: unknown key "column"; did you mean "columns"?`},
		{"file name", "report: y\nform: works\ncolumns: [number]\n", `1:9 P013 report "y" must be in a file y.yaml, this is x.yaml`},
		{"nothing", "title: x\n", `1:1 P002 report: missing key "report"
1:1 P002 report: missing key "form"
1:1 P012 report "" shows nothing: it has neither columns nor groups`},
		{"places in formulas", "report: x\nform: works\ngroup: manager\ncolumns:\n- {column: a, value: 'count(statsu == \"done\") + sum(subject)'}\n",
			`5:29 P006 unknown name "statsu"
5:49 P010 column "a": sum needs numbers or durations, "subject" is a text`},
		{"field outside an aggregate", "report: x\nform: works\ngroup: manager\ncolumns:\n- {column: a, value: count() + amount}\n",
			`5:32 P006 unknown name "amount"`},
		{"shapes of aggregates", "report: x\nform: works\ngroup: manager\ncolumns:\n- {column: a, value: 'sum() + count(true, 1)'}\n",
			`5:23 P010 column "a": sum needs a value: sum(amount)
5:31 P010 column "a": count takes one condition or nothing: count(status == "done")`},
		{"order of durations", "report: x\nform: works\ngroup: manager\ncolumns:\n- {column: a, value: max(length)}\n",
			`5:22 P010 column "a": durations in working and in calendar time have no order, so there is no max of them; sum and avg are in hours`},
		{"sort and doubles", "report: x\nform: works\ngroup: manager\ncolumns:\n- {column: n, value: count()}\n- {column: n, value: count()}\nsort: [-m]\n",
			`6:3 P004 column "n" stands twice
7:8 P009 sort: unknown column "m"; known: "manager", "n"`},
		{"parameters", "report: x\nform: works\nparams:\n- {param: a}\n- {param: manager, type: user}\n- {param: b, field: manager, is: from}\n- {param: c, type: money, default: '\"x\"'}\ncolumns: [number]\n",
			`4:3 P002 parameter "a": neither ` + "`field` nor `type`" + ` says what it holds
5:11 P008 parameter "manager" has the name of a field or function; give it another one, or let it restrict the field with ` + "`field: manager`" + `
6:21 P008 parameter "b": a user cannot be restricted with ` + "`is: from`" + `
7:37 P007 this is a text, a money is wanted`},
		{"groups", "report: x\nform: works\ngroup: [start, {by: kind, per: day}]\ncolumns: [{column: n, value: count()}]\n",
			`3:9 P010 group by "start": every moment would be a group of its own; add ` + "`per: day`" + `
3:16 P010 group by "kind": ` + "`per` cuts dates into periods, this is no date but of type entry of kinds"},
	}
	d := definitions(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, problems := Parse(parseYAML(t, "reports/x.yaml", test.report))
			problems = append(problems, r.Link(d)...)
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d:%d %s %s", p.At.Start.Line, p.At.Start.Column, p.Code, p.Message))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := r.Run(Run{Source: sample(d), Now: noon()}); err == nil {
				t.Error("a report with errors ran")
			}
		})
	}
}

func TestSplitKeepsPlaces(t *testing.T) {
	tests := []struct{ formula, rest, calls string }{
		{`count()`, `_0_____`, `count||`},
		{`count(status == "a)") * 100 / count()`, `_0___________________ * 100 / _1_____`, `count||status == "a)"; count||`},
		{`sum(sum(lines, .sum)) - avg( x , y > max(1, 2) )`, `_0___________________ - _1______________________`, `sum|sum(lines, .sum)|; avg|x |y > max(1, 2) `},
		{`x.count(1) + "sum(x)" + mysum(x)`, `x.count(1) + "sum(x)" + mysum(x)`, ``},
		{`Ж + sum (Ж)`, `Ж + _0_____`, `sum|Ж|`},
		{`sum(`, `_0__`, `sum||`},
	}
	for _, test := range tests {
		rest, calls := split(test.formula)
		text := func(e *Expression) string {
			if e == nil {
				return ""
			}
			if at := []rune(test.formula)[e.from:]; !strings.HasPrefix(string(at), e.Text) {
				t.Errorf("%s: argument %q is not at %d", test.formula, e.Text, e.from)
			}
			return e.Text
		}
		var got []string
		for _, a := range calls {
			got = append(got, a.Func+"|"+text(a.Arg)+"|"+text(a.Cond))
		}
		if rest != test.rest || strings.Join(got, "; ") != test.calls {
			t.Errorf("split(%s)\n got %s  %s\nwant %s  %s", test.formula, rest, strings.Join(got, "; "), test.rest, test.calls)
		}
	}
}
