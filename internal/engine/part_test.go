package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// refused demands that an event is refused, changing nothing, and gives why.
func (s *shop) refused(actor string, e Event, reason Reason) *Refusal {
	s.t.Helper()
	before := s.docs["P"].Clone()
	_, err := s.try("P", actor, e)
	var r *Refusal
	if !errors.As(err, &r) {
		s.t.Fatalf("%T by %s: got %v, want a refusal", e, actor, err)
	}
	if r.Reason != reason {
		s.t.Errorf("%T by %s: refused for %s (%s), want %s", e, actor, r.Reason, r.Message, reason)
	}
	if diff := cmp.Diff(before, s.docs["P"]); diff != "" {
		s.t.Errorf("a refusal changed the document:\n%s", diff)
	}
	return r
}

func (s *shop) wants(want string) {
	s.t.Helper()
	if got := s.state(); got != want {
		s.t.Errorf("got  %s\nwant %s", got, want)
	}
}

func due(t *testing.T, text string) Deadline {
	t.Helper()
	d, err := ParseDeadline(text, moscow)
	fail(t, err)
	return d
}

func TestPartsOfATask(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: ann, due: 2wd, remind: 50%}\n- {task: B, id: b, who: bob}\n")
	s.do("P", "ann", Part{Task: 1, To: "cat", Text: "Count\nall of them", Due: due(t, "4wh")})
	s.do("P", "ann", Part{Task: 1, To: "dan", Text: "Weigh"})
	s.wants("a ann, a cat, a dan")
	_, part := s.docs["P"].Task(2)
	if part.Title != "Count" || part.Text != "Count\nall of them" || part.Giver != "ann" || part.Of != 1 || part.Due.Format("15:04") != "15:00" {
		t.Errorf("the part is %+v", part)
	}
	if _, other := s.docs["P"].Task(3); !other.Due.Equal(s.docs["P"].Routes[0].Tasks[0].Due) || other.Text != "" {
		t.Errorf("a part without a deadline has that of its task: %+v", other)
	}

	// The task awaits its parts, by whatever outcome.
	r := s.refused("ann", answer("1 ann"), PartsOpen)
	if want := "task P/1 has parts that are not done: P/2 (cat), P/3 (dan); await them or withdraw them"; r.Message != want {
		t.Errorf("got %s", r.Message)
	}
	s.refused("eve", answer("1 eve"), PartsOpen) // not even an admin

	// Parts have parts, answers and refusals of their own.
	s.do("P", "cat", Part{Task: 2, To: "bob", Text: "Read"})
	s.refused("cat", answer("2 cat"), PartsOpen)
	s.refused("ann", answer("4 ann"), NotYours)
	if r := s.refused("bob", answer("4 bob good"), UnknownOutcome); cmp.Diff([]string{"done"}, r.Possible) != "" {
		t.Errorf("possible: %v", r.Possible)
	}
	s.play("4 bob", "2 cat : counted")
	s.refused("dan", Refuse{Task: 3}, CommentNeeded)
	res := s.do("P", "dan", Refuse{Task: 3, Comment: "no scales"})
	if len(res.Effects) != 1 || res.Effects[0].Kind != TellAnswered || res.Effects[0].To[0] != "ann" {
		t.Errorf("who gave the part is told: %+v", res.Effects)
	}
	s.wants("a ann")
	s.play("1 ann")
	s.wants("b bob")

	// A part is no answer of its step and no performer of it.
	if last := s.docs["P"].Routes[0].Tasks; last[1].Outcome != "done" || last[1].Comment != "counted" || last[0].Cycle != 1 || last[1].Cycle != 0 {
		t.Errorf("tasks %+v", last)
	}
}

func TestPartsGoWithTheirTask(t *testing.T) {
	open := "- {task: A, id: a, who: [ann, bob], pick: first, outcomes: {good: next, bad: {end: bad}}}\n- {task: B, id: b, who: bob}\n"
	for name, end := range map[string]func(*shop){
		"withdrawn by who gave it": func(s *shop) { s.do("P", "ann", Withdraw{Task: 2, Comment: "not needed"}) },
		"the task is given back":   func(s *shop) { s.do("P", "ann", Refuse{Task: 1, Comment: "ill"}) },
		"the route is stopped":     func(s *shop) { s.do("P", "ann", Stop{}) },
		"the part's part goes, too": func(s *shop) {
			s.do("P", "cat", Part{Task: 2, To: "dan", Text: "Y"})
			s.do("P", "ann", Withdraw{Task: 2})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := desk(t, open)
			s.do("P", "ann", Part{Task: 1, To: "cat", Text: "X"})
			s.refused("bob", Withdraw{Task: 2}, NotYours)
			end(s)
			if _, part := s.docs["P"].Task(2); part.State != TaskCancelled {
				t.Errorf("the part is %s", part.State)
			}
			for _, task := range s.docs["P"].Routes[0].Tasks {
				if task.Kind == KindPart && Pending(task.State) {
					t.Errorf("part %d is still open", task.ID)
				}
			}
		})
	}
}

func TestPartRefusals(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: ann, due: 1wd}\n- {task: B, id: b, who: bob}\n")
	s.refused("bob", Part{Task: 1, To: "cat", Text: "X"}, NotYours)
	s.refused("ann", Part{Task: 1, To: "kat", Text: "X"}, UnknownUser)
	s.refused("ann", Part{Task: 1, To: "old", Text: "X"}, UnknownUser)
	s.refused("ann", Part{Task: 1, To: "ann", Text: "X"}, BadRequest)
	s.refused("ann", Part{Task: 1, To: "cat", Text: " "}, BadRequest)
	s.refused("ann", Part{Task: 1, To: "cat", Text: "X", Due: At(monday.Add(-time.Hour))}, BadRequest)
	s.refused("ann", Part{Task: 7, To: "cat", Text: "X"}, NoSuchTask)
	res := s.do("P", "ann", Part{Task: 1, To: "cat", Text: "X", Due: due(t, "3wd")})
	if !strings.Contains(strings.Join(res.Notes, ";"), "after task P/1 itself") {
		t.Errorf("notes %v", res.Notes)
	}
	s.now = time.Date(2026, 12, 2, 10, 0, 0, 0, moscow) // dan is absent, bob substitutes
	res = s.do("P", "ann", Part{Task: 1, To: "dan", Text: "Y"})
	if !strings.Contains(strings.Join(res.Notes, ";"), "has passed already") {
		t.Errorf("notes %v", res.Notes)
	}
	if _, part := s.docs["P"].Task(3); part.Who != "bob" || part.For != "dan" {
		t.Errorf("the part of an absent person is %+v", part)
	}
}

func TestAskForAnotherDeadline(t *testing.T) {
	begin := func(t *testing.T, more string) *shop {
		return desk(t, "- {task: A, id: a, who: bob, due: 2wd, remind: 50%"+more+"}\n- {task: B, id: b, who: bob}\n")
	}
	t.Run("granted", func(t *testing.T) {
		s := begin(t, "")
		s.refused("dan", Extend{Task: 1, Due: due(t, "1wd"), Comment: "x"}, NotYours)
		if r := s.refused("bob", Extend{Task: 1, Due: due(t, "4wh")}, CommentNeeded); r.Hint != "e1 task extend P/1 4wh --comment TEXT" {
			t.Errorf("the hint asks for something else: %s", r.Hint)
		}
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "ill"})
		s.wants("a bob, a ann") // ann has started the route
		_, request := s.docs["P"].Task(2)
		if request.Kind != KindExtension || request.Giver != "bob" || request.Text != "ill" || request.Until.Format("01-02 15:04") != "11-26 10:00" {
			t.Errorf("the request is %+v", request)
		}
		s.refused("bob", Extend{Task: 1, Due: due(t, "2wd"), Comment: "again"}, AlreadyRunning)
		s.refused("ann", answer("2 ann"), OutcomeNeeded)
		s.refused("ann", answer("2 ann deny"), CommentNeeded)
		s.refused("bob", answer("2 bob grant"), NotYours)
		s.play("2 ann grant")
		_, task := s.docs["P"].Task(1)
		if task.Due.Format("01-02 15:04") != "11-26 10:00" || task.Timer.Format("01-02 15:04") != "11-24 15:00" {
			t.Errorf("due %v, to be looked at %v", task.Due, task.Timer)
		}
		s.wants("a bob")
	})
	t.Run("denied", func(t *testing.T) {
		s := begin(t, "")
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "01.12.2026"), Comment: "ill"})
		res := s.do("P", "ann", Refuse{Task: 2, Comment: "no"})
		if len(res.Effects) != 1 || res.Effects[0].To[0] != "bob" {
			t.Errorf("effects %+v", res.Effects)
		}
		_, task := s.docs["P"].Task(1)
		if _, request := s.docs["P"].Task(2); request.Outcome != "deny" || request.Comment != "no" || task.Due.Format("01-02") != "11-25" {
			t.Errorf("request %+v, task %+v", request, task)
		}
	})
	t.Run("the controller decides", func(t *testing.T) {
		s := begin(t, ", controller: cat")
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "2026-12-01"), Comment: "ill"})
		s.wants("a bob, a cat")
		s.do("P", "cat", Extend{Task: 1, Due: due(t, "2026-11-30 12:00")}) // in another way
		s.wants("a bob")
		if _, request := s.docs["P"].Task(2); request.Outcome != "grant" || request.By != "cat" {
			t.Errorf("the request is %+v", request)
		}
		if _, task := s.docs["P"].Task(1); task.Due.Format("01-02 15:04") != "11-30 12:00" {
			t.Errorf("due %v", task.Due)
		}
	})
	t.Run("who gave a part decides about it", func(t *testing.T) {
		s := begin(t, "")
		s.do("P", "bob", Part{Task: 1, To: "dan", Text: "X"})
		s.do("P", "dan", Extend{Task: 2, Due: due(t, "1wd"), Comment: "busy"})
		s.wants("a bob, a dan, a bob")
		s.refused("ann", answer("3 ann grant"), NotYours)
		s.play("3 bob grant", "2 dan", "1 bob")
		s.wants("b bob")
	})
	t.Run("finishing the task withdraws what was asked", func(t *testing.T) {
		s := begin(t, "")
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "ill"})
		s.play("1 bob")
		s.wants("b bob")
		if _, request := s.docs["P"].Task(2); request.State != TaskCancelled {
			t.Errorf("the request is %s", request.State)
		}
	})
	t.Run("withdrawn by who asked", func(t *testing.T) {
		s := begin(t, "")
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "ill"})
		s.refused("cat", Withdraw{Task: 9}, NoSuchTask)
		s.do("P", "bob", Withdraw{Task: 2})
		s.wants("a bob")
	})
	t.Run("too late to grant", func(t *testing.T) {
		s := begin(t, "")
		s.do("P", "bob", Extend{Task: 1, Due: due(t, "1wd"), Comment: "ill"})
		s.now = monday.AddDate(0, 0, 10)
		s.refused("ann", answer("2 ann grant"), BadRequest)
	})
}

func TestParseDeadline(t *testing.T) {
	for text, want := range map[string]string{
		"2wd": "2wd", " 4wh ": "4wh", "1w": "1w", "2026-12-01": "2026-12-01", "01.12.2026": "2026-12-01", "1.12.2026": "2026-12-01",
		"2026-12-01 15:00": "2026-12-01T15:00:00+03:00", "01.12.2026 15:00": "2026-12-01T15:00:00+03:00",
		"2026-12-01T12:00:00Z": "2026-12-01T15:00:00+03:00", "": "", "0wd": "", "soon": "", "2026-13-01": "", "31.02.2026": "",
	} {
		got, err := ParseDeadline(text, moscow)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}
