package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsLeftOfABlockIsWithdrawnOnce: a block whose join has fired has gone
// on already, so withdrawing the rest of it must not go on once more.
func TestWhatIsLeftOfABlockIsWithdrawnOnce(t *testing.T) {
	s := desk(t, `
- parallel:
  id: asked
  join: any
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob}
- task: Compare
  id: compare
  who: ann
  outcomes: {enough: {next: true, do: {cancel: asked}}}
- {task: File, id: file, who: cat}
`)
	s.do("P", "bob", Advance{Task: 1})
	s.do("P", "ann", Advance{Task: 3})
	if diff := cmp.Diff("file cat", s.state()); diff != "" {
		t.Error(diff)
	}
}

// TestAMilestoneOfABlockPassesOnce: the same for a block that is given up
// behind its join because its `while` does not hold any more.
func TestAMilestoneOfABlockPassesOnce(t *testing.T) {
	s := desk(t, `
- parallel:
  id: asked
  join: any
  while: amount > 10
  branches:
  - {task: A, id: a, who: bob}
  - {task: B, id: b, who: bob}
- task: Compare
  id: compare
  who: ann
- {task: File, id: file, who: cat}
`, "amount", "20")
	s.do("P", "bob", Advance{Task: 1})
	s.do("P", "ann", Advance{Task: 3, Fields: []Field{{"amount", "5"}}})
	if diff := cmp.Diff("file cat", s.state()); diff != "" {
		t.Error(diff)
	}
}

// TestABlockNeedNotBeAlone: one_at_a_time is about what people do; a block
// inside begins while another step is at work, its steps wait for their turn.
func TestABlockNeedNotBeAlone(t *testing.T) {
	s := desk(t, `
- parallel:
  one_at_a_time: true
  branches:
  - {task: B, id: b, who: ann}
  - parallel:
    id: inner
    lock: stamp
    branches:
    - {task: A, id: a, who: bob}
`)
	if diff := cmp.Diff("b ann", s.state()); diff != "" {
		t.Error(diff)
	}
	if !slices.ContainsFunc(s.res.Trace, func(v Visit) bool { return v.Step == "inner" && v.What == VisitEntered }) {
		t.Errorf("the block inside waits for a step that it has nothing to do with: %+v", s.res.Trace)
	}
	s.do("P", "ann", Advance{Task: 1})
	if diff := cmp.Diff("a bob", s.state()); diff != "" {
		t.Error(diff)
	}
}
