package engine

import (
	"strings"
	"testing"
)

const absences = `absences:
- {user: dan, from: 2026-12-01, to: 2026-12-10, substitute: bob}
- {user: ann, from: 2026-12-05, to: 2026-12-10}
`

// Who gets a task when people are away: the traps of substitutes.
func TestSubstitutes(t *testing.T) {
	tests := []struct{ name, absences, route, want, note string }{
		{"the substitute", "- {user: ann, from: 2026-11-23, to: 2026-11-23, substitute: bob}", "who: ann", "a bob for ann", ""},
		{"the day before", "- {user: ann, from: 2026-11-24, to: 2026-11-25, substitute: bob}", "who: ann", "a ann", ""},
		{"the day after", "- {user: ann, from: 2026-11-20, to: 2026-11-22, substitute: bob}", "who: ann", "a ann", ""},
		{"a substitute who is absent too", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: bob}\n- {user: bob, from: 2026-11-23, to: 2026-11-23, substitute: cat}",
			"who: ann", "a cat for ann", ""},
		{"a chain that ends with nobody", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: bob}\n- {user: bob, from: 2026-11-23, to: 2026-11-23}",
			"who: ann", "a ann", `"ann" is absent and nobody substitutes`},
		{"a circle", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: bob}\n- {user: bob, from: 2026-11-23, to: 2026-11-23, substitute: ann}",
			"who: ann", "a ann", "substitutes form a circle: ann > bob > ann"},
		{"an inactive substitute", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: old}", "who: ann", "a ann", "nobody substitutes"},
		{"absent ones are left out while others are there", "- {user: ann, from: 2026-11-20, to: 2026-11-30}", "who: role clerk", "a bob|cat", ""},
		{"nobody gets a task twice", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: bob}", "who: [ann, bob], pick: all", "a bob", ""},
		{"two who have one substitute", "- {user: ann, from: 2026-11-20, to: 2026-11-30, substitute: dan}\n- {user: bob, from: 2026-11-20, to: 2026-11-30, substitute: dan}",
			"who: [ann, bob], pick: all", "a dan for ann", ""},
		{"the least loaded is a substitute", "- {user: bob, from: 2026-11-20, to: 2026-11-30, substitute: dan}", "who: [ann, bob], pick: least-loaded", "a dan for bob", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			organisation := strings.Replace(people, absences, "absences:\n"+tt.absences+"\n", 1)
			if organisation == people {
				t.Fatal("the absences were not replaced")
			}
			s := newShop(t, papersLeniently(t, organisation), steps(t, "- {task: A, id: a, "+tt.route+"}\n- {task: B, who: bob}\n"))
			s.loads = map[string]int{"ann": 5}
			s.put("papers", "P")
			s.do("P", "eve", Start{Route: "r"})
			got := s.state()
			if _, task := s.docs["P"].Task(1); task.For != "" {
				got += " for " + task.For
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if !strings.Contains(strings.Join(s.res.Notes, "; "), tt.note) {
				t.Errorf("notes %q, want %q", s.res.Notes, tt.note)
			}
		})
	}
}

// Of equals the smallest id is taken, whatever the order of lists.
func TestLeastLoadedOfEquals(t *testing.T) {
	for _, who := range []string{"[cat, bob, ann]", "[ann, bob, cat]", "role clerk"} {
		s := newShop(t, papers(t), steps(t, "- {task: A, id: a, who: "+who+", pick: least-loaded}\n"))
		s.put("papers", "P")
		s.do("P", "eve", Start{Route: "r"})
		s.wants("a ann")
	}
}

// Turns are remembered in the task, also within one transition, and go by
// whose turn it is and not by who acts.
func TestTurns(t *testing.T) {
	s := newShop(t, papers(t), steps(t, "- each: [dan, eve, cat]\n  steps:\n  - {task: A, id: a, who: [ann, bob, cat], pick: round-robin}\n"))
	s.last["r/a"] = "ann"
	s.put("papers", "P")
	s.do("P", "eve", Start{Route: "r"})
	s.wants("a@dan bob, a@eve cat, a@cat ann")
	_, task := s.docs["P"].Task(1)
	if task.Chosen != "bob" {
		t.Errorf("the turn is %q", task.Chosen)
	}
	s.do("P", "eve", Reassign{Task: 1, To: "dan"})
	if _, task = s.docs["P"].Task(1); task.Who != "dan" || task.Chosen != "bob" {
		t.Errorf("handed on: %+v", task)
	}

	s = newShop(t, papers(t), steps(t, "- {task: A, id: a, who: [ann, dan], pick: round-robin}\n"))
	s.now, s.last["r/a"] = date(12, 2, 10, 0), "ann" // bob acts for dan
	s.put("papers", "P")
	s.do("P", "eve", Start{Route: "r"})
	if _, task := s.docs["P"].Task(1); task.Who != "bob" || task.For != "dan" || task.Chosen != "dan" {
		t.Errorf("an absent person's turn: %+v", task)
	}
}
