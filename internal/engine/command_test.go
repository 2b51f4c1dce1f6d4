package engine

import (
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/document"
)

// What people do beside answering tasks: who may, why not, and what it leaves
// in the document.

func TestAddingPeople(t *testing.T) {
	s := desk(t, `
- each: [ann, bob]
  id: experts
  as: expert
  allow: add
  steps:
  - {task: A, id: a, who: expert}
- {task: C, id: c, who: cat}
`)
	s.play("1 ann")
	s.do("P", "bob", Add{Step: "experts", Item: "dan"}) // bob has a task of it
	s.wants("a@bob bob, a@dan dan")
	s.refused("bob", Add{Step: "experts", Item: "dan"}, BadRequest)
	s.refused("bob", Add{Step: "experts", Item: "ann"}, BadRequest)
	s.refused("bob", Add{Step: "experts", Item: "don"}, UnknownUser)
	s.refused("bob", Add{Step: "experts", Item: "old"}, UnknownUser)
	s.refused("cat", Add{Step: "experts", Item: "cat"}, NotYours)
	s.refused("ann", Add{Step: "nothing", Item: "cat"}, BadRequest)
	s.play("2 bob")
	s.wants("a@dan dan") // the join counts what was added
	s.play("3 dan")
	s.wants("c cat")
	s.refused("ann", Add{Step: "experts", Item: "cat"}, NotRunning)
}

func TestAddingRows(t *testing.T) {
	row := func(owner string) document.Row {
		return document.Row{{Name: "item", Text: "x"}, {Name: "owner", Text: owner}}
	}
	for allow, want := range map[string]string{"  allow: add\n": "a@1 ann, a@2 bob", "": "a@1 ann"} {
		s := newShop(t, papers(t), steps(t, "- each: lines\n  as: line\n"+allow+"  steps:\n  - {task: A, id: a, who: line.owner}\n- {task: C, id: c, who: cat}\n"))
		d := s.put("papers", "P")
		d.Card.Set("lines", &document.Value{Rows: []document.Row{row("ann")}})
		s.do("P", "ann", Start{Route: "r"})
		d = s.docs["P"]
		d.Card.Get("lines").Rows = append(d.Card.Get("lines").Rows, row("bob"))
		s.do("P", "ann", DocumentChanged{Fields: []string{"lines"}})
		s.wants(want)
		if allow == "" {
			continue
		}
		s.refused("ann", Add{Item: "cat"}, BadRequest) // rows are added to the table
		s.play("1 ann", "2 bob")
		s.wants("c cat")
	}
}

func TestWithdrawing(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n- {task: C, id: c, who: cat}\n")
	s.refused("bob", Withdraw{Task: 1}, NotYours)
	s.do("P", "ann", Withdraw{Task: 1, Comment: "not needed"})
	s.wants("b bob")
	_, task := s.docs["P"].Task(1)
	if task.State != TaskCancelled || task.By != "ann" || len(s.docs["P"].Comments) != 1 {
		t.Errorf("the task is %+v", task)
	}
}

func TestStopping(t *testing.T) {
	s := desk(t, `
- parallel:
  branches:
  - {task: A, id: a, who: ann}
  - {task: B, id: b, who: bob}
  - {wait: 1wd}
`)
	s.refused("bob", Stop{}, NotYours)
	s.do("P", "ann", Stop{Comment: "the client is gone"})
	s.wants("stopped ")
	in := s.docs["P"].Routes[0]
	if len(in.Open) != 0 || in.Tasks[0].State != TaskCancelled || in.Tasks[1].State != TaskCancelled || in.Ended.IsZero() {
		t.Errorf("the route is %+v", in)
	}
	if !NextTimer(s.docs["P"]).IsZero() {
		t.Error("a stopped route has a timer")
	}
}

// What a route cancels was cancelled, what it completes was done by itself; what
// was done before stays as it was.
func TestCancelledAndCompleted(t *testing.T) {
	for what, want := range map[string]string{"cancel": TaskCancelled, "complete": TaskDone} {
		s := desk(t, cancelOrComplete(what))
		s.play("1 ann", "3 cat")
		_, before := s.docs["P"].Task(1)
		_, task := s.docs["P"].Task(2)
		if before.State != TaskDone || before.Outcome != "done" || task.State != want || task.Outcome != "" || task.Done.IsZero() {
			t.Errorf("%s: the task done before is %+v, the other one %+v", what, before, task)
		}
	}
}

// A step that waits for what can no longer come goes on, and says so, instead
// of standing still for ever: here each of two is to come after the other.
func TestUnblock(t *testing.T) {
	set := papers(t)
	r := steps(t, `
- parallel:
  branches:
  - {task: A, id: a, who: ann, after: b}
  - {task: B, id: b, who: bob, after: a}
- {task: C, id: c, who: cat}
`) // lint refuses this (R012); the engine must survive it
	s := newShop(t, set, r)
	s.put("papers", "P")
	s.do("P", "ann", Start{Route: "r"})
	s.wants("a ann")
	if !strings.Contains(strings.Join(s.res.Notes, ";"), `step "a" waited for what can no longer come and goes on`) {
		t.Errorf("notes %v", s.res.Notes)
	}
	s.play("1 ann")
	s.wants("b bob")
	s.play("2 bob")
	s.wants("c cat")
}
