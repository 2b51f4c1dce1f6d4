package diagram_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diagram"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

const progressRoute = `route: x
start: by hand
steps:
- {task: Rework, id: rework, if: "false", who: author}
- parallel: Approval
  id: approval
  branches:
  - {approve: Lawyer, id: lawyer, who: author}
  - steps:
    - {approve: Finance, id: finance, who: author}
    - {inform: Boss, id: told, who: author}
  outcomes: {approve: {next: true, title: Fine}, reject: {go: rework, max: 3, else: {end: refused}}}
- each: lines
  id: lines
  steps:
  - {task: Prepare, id: prepare, who: author}
  - {task: Check, id: check, who: author}
- {task: Sign, id: sign, who: author}
- {wait: 2wd, id: rest}
`

// TestProgressOfTheEnd: the end that an instance has come to is marked, unless
// several are called so.
func TestProgressOfTheEnd(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ ends, state, end, want string }{
		{"- {end: refused, id: no}", "done", "refused", "no"},
		{"- {end: refused, id: no}", "done", "fine", ""},
		{"- {end: refused, id: no}", "stopped", "refused", ""},
		{"- {end: refused, id: no}\n- {end: refused, id: never}", "done", "refused", ""},
	} {
		r, problems := route.ParseSource("x.yaml", []byte("route: x\nstart: by hand\nsteps:\n- {task: A, id: a, who: author}\n"+c.ends+"\n"))
		if r == nil {
			t.Fatal(problems)
		}
		got := ""
		for id, s := range diagram.Progress(r, &document.Instance{State: c.state, End: c.end, Ended: at}, at, diagram.Options{Language: "ru", Route: nil}) {
			if s.Phase == diagram.Done && cmp.Equal(s.Notes, []string{"23.11.2026"}) {
				got += id
			}
		}
		if got != c.want {
			t.Errorf("%+v: marked %q", c, got)
		}
	}
}

func TestProgress(t *testing.T) {
	r, problems := route.ParseSource("x.yaml", []byte(progressRoute))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	done := func(id int, step, outcome string, days int) document.Task {
		return document.Task{ID: id, Step: step, Who: "petrova", State: "done", Done: now.Add(time.Duration(days) * day), Outcome: outcome, Cycle: 1}
	}
	with := func(t document.Task, change func(*document.Task)) document.Task { change(&t); return t }
	cycle := func(n int) func(*document.Task) { return func(t *document.Task) { t.Cycle = n } }
	item := func(key string) func(*document.Task) { return func(t *document.Task) { t.Item = key } }
	open := func(id int, step string, due time.Time) document.Task {
		return document.Task{ID: id, Step: step, Who: "ivanov", State: "open", Due: due, Cycle: 1}
	}
	tests := []struct {
		name string
		in   document.Instance
		want map[string]diagram.State
	}{
		{"the first round", document.Instance{
			Open: []document.Position{{At: "approval"}, {At: "finance"}},
			Tasks: []document.Task{done(1, "lawyer", "approve", -2), open(2, "finance", now.Add(-time.Hour)),
				{ID: 3, Kind: "notice", Of: 2, Step: "finance", Who: "sidorov", State: "inform"}},
		}, map[string]diagram.State{
			"approval": {Phase: diagram.Open},
			"lawyer":   {Phase: diagram.Done, Notes: []string{"petrova, 2026-11-21: Fine"}},
			"finance":  {Phase: diagram.Overdue, Notes: []string{"ivanov, due 2026-11-23 11:00"}},
		}},
		{"sent back", document.Instance{
			Open:  []document.Position{{At: "rework"}},
			Tasks: []document.Task{done(1, "lawyer", "reject", -2), {ID: 2, Step: "finance", Who: "ivanov", State: "cancelled", Cycle: 1}, open(3, "rework", time.Time{})},
		}, map[string]diagram.State{
			"lawyer":  {Phase: diagram.Earlier, Notes: []string{"petrova, 2026-11-21: reject, in an earlier round"}},
			"finance": {Phase: diagram.Earlier, Notes: []string{"ivanov, in an earlier round"}},
			"rework":  {Phase: diagram.Open, Notes: []string{"ivanov"}},
		}},
		{"in the second round", document.Instance{
			Open: []document.Position{{At: "approval"}, {At: "lawyer"}},
			Tasks: []document.Task{done(1, "lawyer", "reject", -3), done(2, "finance", "approve", -3), {ID: 3, Step: "told", Who: "ivanov", State: "inform", Cycle: 1},
				done(4, "rework", "done", -2), with(open(5, "lawyer", now.Add(day)), cycle(2)), with(done(6, "finance", "approve", -1), cycle(2))},
		}, map[string]diagram.State{
			"rework":   {Phase: diagram.Done, Notes: []string{"petrova, 2026-11-21"}},
			"approval": {Phase: diagram.Open},
			"lawyer":   {Phase: diagram.Open, Notes: []string{"ivanov, due 2026-11-24 12:00 (round 2)"}},
			"finance":  {Phase: diagram.Done, Notes: []string{"petrova, 2026-11-22: Fine (round 2)"}},
			"told":     {Phase: diagram.Earlier, Notes: []string{"ivanov, in an earlier round"}},
		}},
		{"back where nobody has a task", document.Instance{
			Open:  []document.Position{{At: "lines"}},
			Tasks: []document.Task{done(1, "sign", "done", -1)},
		}, map[string]diagram.State{
			"lines": {Phase: diagram.Open},
			"sign":  {Phase: diagram.Earlier, Notes: []string{"petrova, 2026-11-22, in an earlier round"}},
		}},
		{"every item, each in its own sequence", document.Instance{
			Open: []document.Position{{At: "lines"}, {At: "prepare", Item: "2"}, {At: "check", Item: "ivanov"}},
			Tasks: []document.Task{with(done(1, "prepare", "done", -2), item("1")), with(done(2, "check", "done", -2), item("1")),
				with(open(3, "prepare", now.Add(-day)), item("2")), with(done(4, "prepare", "done", -1), item("ivanov")), with(open(5, "check", time.Time{}), item("ivanov"))},
		}, map[string]diagram.State{
			"lines":   {Phase: diagram.Open},
			"prepare": {Phase: diagram.Overdue, Notes: []string{"№ 1: petrova, 2026-11-21", "№ 2: ivanov, due 2026-11-22 12:00", "ivanov: petrova, 2026-11-22"}},
			"check":   {Phase: diagram.Open, Notes: []string{"№ 1: petrova, 2026-11-21", "ivanov"}},
		}},
		{"many items, the urgent ones first", document.Instance{
			Open: []document.Position{{At: "prepare", Item: "9"}},
			Tasks: []document.Task{with(done(1, "prepare", "done", -2), item("1")), with(done(2, "prepare", "done", -2), item("2")), with(done(3, "prepare", "done", -2), item("3")),
				with(done(4, "prepare", "done", -2), item("4")), with(done(5, "prepare", "done", -2), item("5")), with(done(6, "prepare", "done", -2), item("6")), with(open(7, "prepare", time.Time{}), item("9"))},
		}, map[string]diagram.State{
			"prepare": {Phase: diagram.Open, Notes: []string{"№ 9: ivanov", "№ 1: petrova, 2026-11-21", "№ 2: petrova, 2026-11-21", "№ 3: petrova, 2026-11-21", "№ 4: petrova, 2026-11-21", "and 2 more"}},
		}},
		{"a leftover says nothing about how far the route is", document.Instance{
			Open:  []document.Position{{At: "approval", State: "joined"}, {At: "lawyer"}},
			Tasks: []document.Task{open(1, "lawyer", time.Time{}), done(2, "finance", "approve", -2), done(3, "sign", "done", -1)},
		}, map[string]diagram.State{
			"approval": {Phase: diagram.Open},
			"lawyer":   {Phase: diagram.Open, Notes: []string{"ivanov"}},
			"finance":  {Phase: diagram.Done, Notes: []string{"petrova, 2026-11-21: Fine"}},
			"sign":     {Phase: diagram.Done, Notes: []string{"petrova, 2026-11-22"}},
		}},
		{"a wait, a review, somebody told", document.Instance{
			Open:  []document.Position{{At: "rest"}},
			Tasks: []document.Task{{ID: 1, Step: "sign", Who: "ivanov", State: "review", Done: now, Cycle: 1}, {ID: 2, Step: "told", Who: "ivanov", State: "inform", Cycle: 1}},
		}, map[string]diagram.State{
			"rest": {Phase: diagram.Open},
			"sign": {Phase: diagram.Open, Notes: []string{"ivanov"}},
			"told": {Phase: diagram.Done, Notes: []string{"ivanov"}},
		}},
	}
	for _, test := range tests {
		got := diagram.Progress(r, &test.in, now, diagram.Options{Language: "en"})
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestProgressOfActions: actions that a document has certainly come through before
// its end are marked like it.
func TestProgressOfActions(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	r, problems := route.ParseSource("x.yaml", []byte(`route: x
start: by hand
steps:
- {task: A, id: a, who: author, outcomes: {yes: next, no: {go: refusal}, never: {go: late}}}
- {do: {set: {status: done}}, id: first}
- {do: {set: {status: done}}, id: maybe, if: "false"}
- {do: {set: {status: done}}, id: second}
- end: fine
- {do: {set: {status: lost}}, id: unmarked}
- {do: {set: {status: lost}}, id: refusal}
- {end: refused, id: no}
- {do: {set: {status: lost}}, id: before}
- {end: never, id: late}
`))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	for end, want := range map[string][]string{"fine": {"end.5", "first", "second"}, "refused": {"no", "refusal"}, "never": {"late"}} {
		var got []string
		for id, s := range diagram.Progress(r, &document.Instance{State: "done", End: end, Ended: at}, at, diagram.Options{Language: "en"}) {
			if s.Phase == diagram.Done {
				got = append(got, id)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", end, diff)
		}
	}
}
