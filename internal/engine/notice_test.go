package engine

import "testing"

// unread lists what people have to read: "cat: Late: A".
func (s *shop) unread() []string {
	out := []string{}
	for _, in := range s.docs["P"].Routes {
		for _, t := range in.Tasks {
			if t.State == TaskInform {
				text := t.Who + ": " + t.Title
				if t.Text != "" {
					text += " (" + t.Text + ")"
				}
				out = append(out, text)
			}
		}
	}
	return out
}

// Who is told that something is late finds that among what is to be read,
// until it is read or done.
func TestWhatIsLateIsToBeRead(t *testing.T) {
	s := desk(t, `
- {task: A, id: a, who: ann, due: 1wd, escalate: [{after: 1wd, to: [cat, dan]}, {after: 2wd, to: [eve, cat], then: reassign}]}
- {task: B, id: b, who: bob}
`)
	same(t, "told", s.tick(date(11, 25, 11, 0)), []string{"escalated cat,dan"})
	same(t, "to be read", s.unread(), []string{"cat: Late: A", "dan: Late: A"})
	same(t, "where", s.res.Effects[0].Notices, []int{2, 3})
	s.refused("ann", Advance{Task: 2}, NotYours)
	s.refused("cat", Advance{Task: 2, Outcome: "done"}, UnknownOutcome)
	s.refused("cat", Reassign{Task: 2, To: "bob"}, TaskClosed)
	s.do("P", "cat", Advance{Task: 2, Comment: "seen"})
	if _, n := s.docs["P"].Task(2); n.State != TaskDone || n.Outcome != read || n.Comment != "seen" {
		t.Errorf("what was read is %+v", n)
	}
	s.wants("a ann")
	s.do("P", "dan", Accept{Task: 3}) // accepting is reading here
	same(t, "to be read", s.unread(), []string{})

	// Who gets the task itself needs no notice of it.
	same(t, "told", s.tick(date(11, 26, 11, 0)), []string{"escalated eve,cat"})
	same(t, "to be read", s.unread(), []string{"cat: Late: A"})
	for _, e := range s.res.Effects {
		if e.Kind == TellEscalated {
			same(t, "where", e.Notices, []int{0, 4})
		}
	}
	s.play("1 eve") // done is late no more
	same(t, "to be read", s.unread(), []string{})
	if _, n := s.docs["P"].Task(4); n.State != TaskCancelled {
		t.Errorf("the notice of a task that is done is %s", n.State)
	}
	s.wants("b bob")
}

// A notice can be read whatever has become of its route.
func TestNoticesOutliveTheirRoute(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: ann}\ndue: 1wd\ncontroller: cat\n")
	same(t, "told", s.tick(date(11, 25, 11, 0)), []string{"escalated cat"})
	s.play("1 ann")
	same(t, "to be read", s.unread(), []string{"cat: Late: r"})
	s.routes = nil
	s.do("P", "cat", Advance{Task: 2, Outcome: "read"})
	same(t, "to be read", s.unread(), []string{})
}

// Who gave a part or asked for a deadline is told the answer, unless the
// answer is their own.
func TestAnswersAreToBeRead(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: bob, due: 2wd, controller: cat}\n- {task: B, id: b, who: bob}\n")
	s.do("P", "bob", Part{Task: 1, To: "ann", Text: "Count"})
	s.do("P", "bob", Part{Task: 1, To: "dan", Text: "Weigh"})
	s.play("2 ann : counted")
	s.do("P", "dan", Refuse{Task: 3, Comment: "no scales"})
	s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "no scales"})
	s.do("P", "cat", Advance{Task: 6, Outcome: deny, Comment: "borrow some"})
	same(t, "to be read", s.unread(), []string{"bob: Done: Count (counted)", "bob: Given back: Weigh (no scales)", "bob: Deadline not moved: A (borrow some)"})

	s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "borrowing"})
	s.do("P", "cat", Extend{Task: 1, Due: due(t, "3wd")}) // what was asked for is decided by this
	same(t, "the last", s.unread()[3:], []string{"bob: Deadline moved: A"})
	if _, a := s.docs["P"].Task(1); !a.Due.Equal(date(11, 30, 10, 0)) {
		t.Errorf("due %s", a.Due)
	}
	s.play("1 bob")
	s.do("P", "cat", Advance{Task: 1})
	same(t, "with the task all that goes", s.unread(), []string{})
}
