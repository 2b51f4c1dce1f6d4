package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/google/go-cmp/cmp"
)

// TestPatternsByCommand are the control-flow patterns in which somebody does
// something else than answer a task. The others are in TestScenarios.
func TestPatternsByCommand(t *testing.T) {
	t.Run("WCP-15 Multiple Instances without a priori Run-Time Knowledge: people", func(t *testing.T) {
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
	})

	t.Run("WCP-15 Multiple Instances without a priori Run-Time Knowledge: rows", func(t *testing.T) {
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
	})

	t.Run("WCP-19 Cancel Task", func(t *testing.T) {
		s := desk(t, "- {task: A, id: a, who: ann}\n- {task: B, id: b, who: bob}\n- {task: C, id: c, who: cat}\n")
		s.refused("bob", Withdraw{Task: 1}, NotYours)
		s.do("P", "ann", Withdraw{Task: 1, Comment: "not needed"})
		s.wants("b bob")
		_, task := s.docs["P"].Task(1)
		if task.State != TaskCancelled || task.By != "ann" || len(s.docs["P"].Comments) != 1 {
			t.Errorf("the task is %+v", task)
		}
	})

	t.Run("WCP-20 Cancel Case", func(t *testing.T) {
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
	})

	t.Run("WCP-37 Local Synchronizing Merge", func(t *testing.T) {
		// How many branches the join awaits follows from what was begun, branch
		// by branch and level by level.
		body := `
- parallel:
  branches:
  - if: amount > 10
    steps:
    - parallel:
      branches:
      - {if: amount > 100, task: A, id: a, who: ann}
      - {if: amount < 1000, task: B, id: b, who: bob}
  - {if: filled(note), task: D, id: d, who: dan}
- {task: C, id: c, who: cat}
`
		for _, tt := range []struct {
			card    []string
			answers []string
			want    []string
		}{
			{nil, nil, []string{"c cat"}},
			{[]string{"amount", "50"}, []string{"1 bob"}, []string{"b bob", "c cat"}},
			{[]string{"amount", "500"}, []string{"2 bob", "1 ann"}, []string{"a ann, b bob", "a ann", "c cat"}},
			{[]string{"amount", "5000", "note", "x"}, []string{"2 dan", "1 ann"}, []string{"a ann, d dan", "a ann", "c cat"}},
		} {
			s := desk(t, body, tt.card...)
			got := []string{s.state()}
			for _, a := range tt.answers {
				s.play(a)
				got = append(got, s.state())
			}
			same(t, fmt.Sprint(tt.card), got, tt.want)
		}
	})
}

// patterns are those of the 43 that the language supports.
var patterns = []int{1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30, 32, 34, 35, 36, 37, 39, 40, 43}

// TestEveryPatternHasATest finds the tests by their names.
func TestEveryPatternHasATest(t *testing.T) {
	names, err := filepath.Glob("*_test.go")
	fail(t, err)
	found := map[string]bool{}
	for _, name := range names {
		src, err := os.ReadFile(name)
		fail(t, err)
		for _, line := range strings.Split(string(src), "\n") {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, `{"WCP-`) || strings.HasPrefix(line, `t.Run("WCP-`) {
				for _, m := range regexp.MustCompile(`WCP-\d\d`).FindAllString(line, -1) {
					found[m] = true
				}
			}
		}
	}
	want := map[string]bool{}
	for _, n := range patterns {
		want[fmt.Sprintf("WCP-%02d", n)] = true
	}
	if len(patterns) != 36 {
		t.Errorf("%d patterns", len(patterns))
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("-want +found:\n%s", diff)
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
