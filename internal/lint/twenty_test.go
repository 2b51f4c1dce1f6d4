package lint_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

// faultsOf gives a text without the marks of its faults, and what they announce:
// a line that ends in `#! R010 R016` has just these problems.
func faultsOf(marked string) (text string, want []string) {
	for n, line := range strings.Split(marked, "\n") {
		line, codes, _ := strings.Cut(line, "#!")
		text += strings.TrimRight(line, " ") + "\n"
		for _, c := range strings.Fields(codes) {
			want = append(want, strconv.Itoa(n+1)+" "+c)
		}
	}
	slices.Sort(want)
	return strings.TrimSuffix(text, "\n"), want
}

// TestFaultsOfEveryKindAtOnce: faults of syntax, names, flow, conditions, people,
// time and data are all reported in one run, each once and nothing besides.
func TestFaultsOfEveryKindAtOnce(t *testing.T) {
	for _, tt := range []struct{ file, text string }{
		{"routes/mixed.yaml", `route: mixed
titel: Mixed                                                              #! R001
for: contracts
start: by hand
calendar: de                                                              #! R006
steps:
- {task: A, id: a, who: role lawer, due: 2wd, remind: 3wd before}         #! R007 R062
- task: B
  id: b
  who: role lawyer
  due: 1wd + 3h                                                           #! R061
  escalate: {after: 1wd, to: role lawyer}                                 #! R063
  outcomes:
    good: next
    bad: {go: a}                                                          #! R016
    worse: {go: b, max: some, else: next}                                 #! R004
- {task: C, id: c, who: client.manager, if: amuont > 5, due: 0wd}         #! R006 R050 R060
- choose:                                                                 #! R032
  branches:
  - {if: amount > 1000, task: D, who: role lawyer}
  - {if: amount > 500 and amount < 200, task: E, who: role lawyer}        #! R035
  - {if: kind == suply, task: F, who: role lawyer}                        #! R037
- {approve: G, who: role lawyer, pick: 7, outcomes: {yes_: next, no_: {end: refused}}}  #! R052
- {task: H, who: role lawyer, outcomes: {on: {go: nowhere}}}              #! R005
- {task: I, id: i, who: role lawyer, outcomes: {on: next, off: {end: over}}}
- {task: J, id: j, who: role lawyer}
- {go: j}                                                                 #! R015
- {task: K, who: role lawyer}                                             #! R023
- parallel:
  join: 5                                                                 #! R018
  branches:
  - {task: L, who: role lawyer, fill: [subject]}
  - {task: M, id: m, who: role lawyer, fill: [subject], after: o}         #! R072 R012
  - {task: O, id: o, who: role lawyer, wiht: x, after: m}                 #! R001
  - steps:
    - {wait: {first: [{payment: any}, {until: 2wd}]}}                     #! R066
- do:
  - set: {status: signing}                                                #! R073
  - set: {status: execution, client_number: amount > 5}                   #! R031
  - register: {form: works, set: {client: client}}                        #! R084
- end: done
`},
		{"rules/mixed.yaml", `rule: mixed
tilte: Mixed                                                              #! A001
for: contracts
on:
- registered
- {changed: amuont}                                                       #! A006
- {status: signed}                                                        #! A101
- {task: nowhere}                                                         #! A101
- {date: amount}                                                          #! A101
- singing                                                                 #! A101
if: amount > 5 and amount < 3                                             #! A035
since: tomorow                                                            #! A004
do:
- set: {client_number: amount > 5}                                        #! A031
- set: {status: signing}                                                  #! A106
- set: {amount: amount / paid}                                            #! A036
- {comment: subjct}                                                       #! A006
- cancel: check                                                           #! A102
- register: {form: wrks, set: {client: client}}                           #! A006
- mail: {to: amount, template: invoice-letter}                            #! A031 A080
- generate: {template: invoce.html}                                       #! A006
- assign: {field: manager, who: role manger}                              #! A007
- {sett: {subject: '"x"'}}                                                #! A001
- link: {kind: about}                                                     #! A002
- start: approvl                                                          #! A006
- {comment: '1 +'}                                                        #! A030
overwrite: [paid]                                                         #! A103
`},
		{"forms/mixed.yaml", `form: mixed
titel: Mixed                                                              #! F001
one: Mixed
number: MIX-{year}                                                        #! F008
caption: string(today)                                                    #! F014
statuses:
- {status: new, title: New}
- {status: new, title: Newer}                                             #! F003
may: {register: [bos]}                                                    #! F005
duplicates: [nam]                                                         #! F005
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: txt, label: Name}                                 #! F004
  - {field: Amount, type: money, label: Amount}                           #! F009
  - {field: sum, type: money, label: Sum}                                 #! F007
  - {field: client, type: document, form: clint, label: Client}           #! F005
  - {field: cost, type: money, label: Cost, min: much}                    #! F011
  - {field: price, type: money, label: Price, min: "5", check: price > 3} #! F035
  - {field: kind, type: directory, directory: kinds, label: Kind}         #! F005
  - {field: a, type: computed, as: int, value: b + 1, label: A}           #! F010
  - {field: b, type: computed, as: int, value: a + 1, label: B}
  - {field: c, type: computed, as: decimal, value: 100 / rate, label: C}  #! F039
  - {field: rate, type: int, label: Rate, shown_if: ratte > 3}            #! F006
  - {field: note, label: Note}                                            #! F002
  - {field: note, type: text, label: Again}                               #! F003
  - {field: until, type: date, label: {en: Until}}                        #! F013
`},
		{"routes/tests/mixed.yaml", `route: retail
titel: Mixed                                                              #! B001
tests:
- test: one
  card: {inn: "123", nam: x}                                              #! B009 B007
  answers:
  - {stok: present}                                                       #! B005
  - {stock: presnt}                                                       #! B006
  - {after: soon}                                                         #! B009
  expect: {status: cloosed, end: dne}                                     #! B007 B006
- test: one                                                               #! B010
  route: retial                                                           #! B004
- test: two
  by: nobody                                                              #! B008
  start: by foot                                                          #! B003
  expect: {open: [stok], who: {stock: role warehose}}                     #! B005 B008
- {route: retail, answers: []}                                            #! B002
`},
		{"templates/mixed.txt", `---                                              #! R008
subjct: Hello                                                             #! T003
to: client.email
---
{{ number }}
{{ amuont }}
{{ if }}                                                                  #! T001
`},
		{"reports/mixed.yaml", `report: mixed
titel: Mixed                                                              #! P001
form: contracts
params:
- {param: Bad, type: money}                                               #! P011
- {param: least, type: mony, title: Least}                                #! P008
where: amount > 5 and amount < 3                                          #! P035
group: [client]
columns:
- {column: n, value: 'count(status == singing)'}                          #! P007
- {column: total, value: sum(amuont)}                                     #! P006
- {column: total, value: sum(paid)}                                       #! P004
- {column: far, value: 'count(number)'}                                   #! P007
sort: [toatl]                                                             #! P009
`},
		{"imports/mixed.yaml", `import: mixed                                                             #! I016
titel: Mixed                                                              #! R001
from: {maildir: m, spool: s}                                              #! I010
form: inquiries
match: {subject: "/(/"}                                                   #! I011
read: fields
fields:
  nme: [Имя]                                                              #! I021
  phone: ["**"]                                                           #! I012
  email: [Имя]                                                            #! I013
set: {kind: trainning, email: x}                                          #! I022 I015
require: [person]                                                         #! I014
`},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, want := faultsOf(tt.text)
			all := shipped(t)
			all[tt.file] = text
			found, err := lint.Run(definition.New(all), tt.file)
			if err != nil {
				t.Fatal(err)
			}
			var got, heads []string
			for _, p := range found.Problems {
				got = append(got, strconv.Itoa(p.At.Start.Line)+" "+p.Code)
				heads = append(heads, p.Headline())
			}
			slices.Sort(got)
			for _, w := range want {
				if !slices.Contains(got, w) {
					t.Errorf("not reported: %s", w)
				}
			}
			for _, g := range got {
				if !slices.Contains(want, g) {
					t.Errorf("not a fault: %s", g)
				}
			}
			if t.Failed() {
				t.Log("\n" + strings.Join(heads, "\n"))
			}
		})
	}
}
