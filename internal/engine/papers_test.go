package engine

import (
	"testing"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

const papersForm = `form: papers
title: Papers
one: Paper
number: PAP-{seq:6}
statuses:
- {status: new, title: New}
- {status: work, title: In work}
- {status: done, title: Done, closed: true}
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: Name}
  - {field: amount, type: money, label: Amount}
  - {field: kind, type: directory, directory: kinds, label: Kind}
  - {field: wanted, type: date, label: Wanted}
  - {field: boss, type: user, label: Boss}
  - {field: firm, type: document, form: firms, label: Firm}
  - {field: note, type: text, label: Note}
  - {field: rounds, type: int, label: Rounds}
  - field: lines
    type: table
    label: Lines
    columns:
    - {field: item, type: text, label: Item}
    - {field: owner, type: user, label: Owner}
    - {field: day, type: date, label: Day}
`

const firmsForm = `form: firms
title: Firms
one: Firm
number: FRM-{seq:6}
duplicates: [phone]
statuses:
- {status: new, title: New}
- {status: known, title: Known}
groups:
- group: main
  title: Main
  fields:
  - {field: name, type: text, label: Name, required: true}
  - {field: inn, type: inn, label: INN, unique: true}
  - {field: phone, type: phone, label: Phone}
  - {field: keeper, type: user, label: Keeper}
`

const kindsDirectory = `directory: kinds
title: Kinds
fields:
- {field: term, type: duration, label: Term}
entries:
- {id: fast, title: Fast, term: 4wh}
- {id: slow, title: Slow, term: 2wd}
`

const people = `users:
- {id: ann, name: Ann, email: ann@example.invalid, department: sales, roles: [clerk]}
- {id: bob, name: Bob, email: bob@example.invalid, department: sales, roles: [clerk, judge]}
- {id: cat, name: Cat, email: cat@example.invalid, department: sales, roles: [clerk, judge, chief]}
- {id: dan, name: Dan, email: dan@example.invalid, department: law, roles: [judge]}
- {id: eve, name: Eve, email: eve@example.invalid, roles: [admin]}
- {id: old, name: Old, email: old@example.invalid, roles: [clerk, ghost], active: false}
departments:
- {id: sales, title: Sales, head: cat}
- {id: law, title: Law, head: dan}
roles:
- {id: clerk, title: clerk}
- {id: judge, title: judge}
- {id: chief, title: chief}
- {id: ghost, title: ghost}
- {id: nobody, title: nobody}
- {id: admin, title: admin}
absences:
- {user: dan, from: 2026-12-01, to: 2026-12-10, substitute: bob}
- {user: ann, from: 2026-12-05, to: 2026-12-10}
`

func parsed(t testing.TB, name, text string) *yamlsrc.File {
	t.Helper()
	f, problems := yamlsrc.Parse(name, []byte(text))
	fail(t, problems.Err())
	return f
}

func papers(t testing.TB) *form.Set { return papersOf(t, people) }

func papersOf(t testing.TB, organisation string) *form.Set {
	t.Helper()
	o, problems := org.Parse(parsed(t, "org.yaml", organisation))
	fail(t, problems.Err())
	return papersWith(t, o)
}

// papersLeniently takes an organisation with faults, as it can get into a
// repository by a merge.
func papersLeniently(t testing.TB, organisation string) *form.Set {
	t.Helper()
	o, _ := org.Parse(parsed(t, "org.yaml", organisation))
	return papersWith(t, o)
}

func papersWith(t testing.TB, o *org.Org) *form.Set {
	t.Helper()
	var forms []*form.Form
	for name, text := range map[string]string{"papers": papersForm, "firms": firmsForm} {
		f, problems := form.Parse(parsed(t, name+".yaml", text))
		fail(t, problems.Err())
		forms = append(forms, f)
	}
	kinds, problems := form.ParseDirectory(parsed(t, "kinds.yaml", kindsDirectory))
	fail(t, problems.Err())
	conf, problems := settings.Parse(parsed(t, "e1.yaml", "title: T\nlanguage: en\ncurrency: RUB\ntime_zone: Europe/Moscow\ncalendar: ru\nlayout: 1\nconstants: {limit: \"1000\"}\n"))
	fail(t, problems.Err())
	set, problems := form.Link(forms, []*form.Directory{kinds}, o, conf)
	fail(t, problems.Err())
	return set
}
