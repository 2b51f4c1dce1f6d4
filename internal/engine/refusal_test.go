package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/google/go-cmp/cmp"
)

const judged = `
- task: Prepare
  id: a
  who: role clerk
  pick: first
  fill: [amount, note]
  outcomes: {good: next, bad: {comment: required, end: bad}}
- {task: B, id: b, who: dan, controller: cat}
`

func TestRefusals(t *testing.T) {
	tests := []struct {
		name     string
		prepare  []string
		actor    string
		event    Event
		reason   Reason
		message  string
		possible []string
	}{
		{"an outcome that does not exist", nil, "ann", answer("1 ann god"), UnknownOutcome,
			`task P/1: unknown outcome "god"; possible: "good", "bad"`, []string{"good", "bad"}},
		{"no outcome where there are several", nil, "ann", answer("1 ann"), OutcomeNeeded,
			`task P/1 needs an outcome: "good", "bad"`, []string{"good", "bad"}},
		{"a missing comment", nil, "ann", answer("1 ann bad"), CommentNeeded,
			`outcome "bad" of task P/1 needs a comment`, nil},
		{"a blank comment", nil, "ann", answer("1 ann bad:   "), CommentNeeded,
			`outcome "bad" of task P/1 needs a comment`, nil},
		{"fields not filled", nil, "ann", answer("1 ann good note=x"), FieldsNeeded,
			`task P/1: to be filled first: "amount"`, []string{"amount"}},
		{"fields that do not fit, all at once", nil, "ann", Advance{Task: 1, Outcome: "good",
			Fields: []Field{{"amount", "much"}, {"nonsense", "1"}}}, BadField, "", []string{"amount", "nonsense"}},
		{"a task of somebody else", nil, "bob", answer("1 bob good"), NotYours,
			`task P/1 (Prepare) is for "ann", not for "bob"`, []string{"ann"}},
		{"an unknown actor", nil, "zed", answer("1 zed good"), NotYours,
			`task P/1 (Prepare) is for "ann", not for "zed"`, []string{"ann"}},
		{"a task that does not exist", nil, "ann", answer("7 ann good"), NoSuchTask,
			`P has no task 7; open: P/1`, []string{"P/1"}},
		{"a task already done", []string{"1 ann good amount=5 note=x"}, "ann", answer("1 ann good"), TaskClosed,
			`task P/1 is done by ann on 2026-11-23 10:00 already`, nil},
		{"the controller's answers", []string{"1 ann good amount=5 note=x", "2 dan"}, "cat", answer("2 cat good"), UnknownOutcome,
			`task P/2: unknown outcome "good"; possible: "confirm", "return"`, []string{"confirm", "return"}},
		{"the performer does not confirm", []string{"1 ann good amount=5 note=x", "2 dan"}, "dan", answer("2 dan confirm"), NotYours,
			`task P/2 (B) is for "cat", not for "dan"`, []string{"cat"}},
		{"to return needs a comment", []string{"1 ann good amount=5 note=x", "2 dan"}, "cat", answer("2 cat return"), CommentNeeded,
			`to return task P/2 needs a comment`, nil},
		{"to refuse needs a comment", nil, "ann", Refuse{Task: 1}, CommentNeeded, `to refuse task P/1 needs a comment`, nil},
		{"a stopped route", nil, "ann", nil, TaskClosed, `task P/1 is cancelled on 2026-11-23 10:00 already`, nil},
		{"a void document", nil, "ann", answer("1 ann good"), DocumentVoid, `P is void; nothing happens to it any more`, nil},
		{"an empty comment", nil, "ann", Remark{Text: " "}, BadRequest, "the comment is empty", nil},
		{"a route that runs already", nil, "ann", Start{Route: "r"}, AlreadyRunning, `route "r" is running on P already`, nil},
		{"a route that does not exist", nil, "ann", Start{Route: "x"}, UnknownRoute, "file does not exist", nil},
		{"delegating to nobody", nil, "ann", Reassign{Task: 1, To: "bo"}, UnknownUser,
			`unknown user "bo"; did you mean "bob"?`, nil},
		{"delegating to an inactive user", nil, "ann", Reassign{Task: 1, To: "old"}, UnknownUser, `user "old" is inactive`, nil},
		{"delegating what is somebody else's", nil, "dan", Reassign{Task: 1, To: "bob"}, NotYours,
			`task P/1 (Prepare) is for "ann", not for "dan"`, []string{"ann"}},
		{"withdrawing a decision", nil, "eve", Withdraw{Task: 1}, OutcomeNeeded,
			`task P/1 decides how the route goes on; answer it ("good", "bad"), give it to somebody else or stop the route`, []string{"good", "bad"}},
		{"a deadline in the past", nil, "eve", Extend{Task: 1, Due: At(monday.Add(-time.Hour))}, BadRequest,
			"the deadline 2026-11-23T09:00:00+03:00 has passed already", nil},
		{"extending one's own deadline", nil, "ann", Extend{Task: 1, Due: At(monday.Add(time.Hour))}, "", "", nil},
		{"stopping what somebody else has started", nil, "dan", Stop{}, NotYours,
			`route "r" of P is stopped by who started it (ann), its controller or an admin`, nil},
		{"stopping what does not run", nil, "ann", Stop{Instance: 3}, NotRunning, `route 3 is not running on P; running: "1"`, []string{"1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := desk(t, judged)
			s.play(tt.prepare...)
			if tt.reason == DocumentVoid {
				s.docs["P"].Status = "void"
			}
			if tt.event == nil {
				s.do("P", "ann", Stop{})
				tt.event = answer("1 ann good")
			}
			before := s.docs["P"].Clone()
			_, err := s.try("P", tt.actor, tt.event)
			if diff := cmp.Diff(before, s.docs["P"]); diff != "" {
				t.Errorf("the input was changed:\n%s", diff)
			}
			if tt.reason == "" { // ann started the route herself
				if err != nil {
					t.Error(err)
				}
				return
			}
			var r *Refusal
			if !errors.As(err, &r) {
				t.Fatalf("got %v, want a refusal", err)
			}
			if r.Reason != tt.reason || tt.message != "" && r.Message != tt.message {
				t.Errorf("got %s: %s", r.Reason, r.Message)
			}
			if tt.possible != nil {
				if diff := cmp.Diff(tt.possible, r.Possible); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestWhoMayAdvance(t *testing.T) {
	december := time.Date(2026, 12, 2, 10, 0, 0, 0, moscow)
	tests := []struct {
		name, route, actor string
		given              time.Time // when the task is assigned
		done               time.Time // when it is advanced
		who, by, instead   string
	}{
		{"the performer", "- {task: A, who: dan}", "dan", monday, monday, "dan", "", ""},
		{"a substitute of an absence that began after the assignment", "- {task: A, who: dan}", "bob", monday, december, "dan", "bob", "dan"},
		{"a substitute to whom the task was given at once", "- {task: A, who: dan}", "bob", december, december, "bob", "", "dan"},
		{"the absent person all the same", "- {task: A, who: dan}", "dan", december, december, "bob", "dan", "dan"},
		{"an admin", "- {task: A, who: dan}", "eve", monday, monday, "dan", "eve", ""},
		{"the controller where the step says so", "- {task: A, who: dan, controller: cat}", "cat", monday, monday, "dan", "cat", ""},
		{"a candidate", "- {task: A, who: role judge}", "cat", monday, monday, "cat", "", ""},
		{"an absent person without a substitute is left out", "- {task: A, who: [ann, cat]}", "cat", time.Date(2026, 12, 7, 10, 0, 0, 0, moscow), time.Date(2026, 12, 7, 10, 0, 0, 0, moscow), "cat", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := papers(t)
			s := newShop(t, set, steps(t, tt.route+"\n"))
			s.now = tt.given
			s.put("papers", "P")
			s.do("P", "ann", Start{Route: "r"})
			s.now = tt.done
			s.do("P", tt.actor, Advance{Task: 1})
			_, task := s.docs["P"].Task(1)
			if task.State != TaskDone || task.Who != tt.who || task.By != tt.by || task.For != tt.instead {
				t.Errorf("%s: who %s by %s for %s", task.State, task.Who, task.By, task.For)
			}
		})
	}
}

func TestPickLeastLoadedAndRotation(t *testing.T) {
	set := papers(t)
	s := newShop(t, set, steps(t, "- {task: A, id: a, who: role clerk, pick: least-loaded}\n- {task: B, id: b, who: role clerk, pick: least-loaded}\n"))
	s.loads = map[string]int{"ann": 4, "bob": 3, "cat": 3}
	s.put("papers", "P")
	s.do("P", "ann", Start{Route: "r"})
	if got := s.state(); got != "a bob" {
		t.Errorf("least loaded is %s", got)
	}
	for last, want := range map[string]string{"": "ann", "ann": "bob", "cat": "ann", "bobby": "cat"} {
		s := newShop(t, set, steps(t, "- {task: A, id: a, who: role clerk, pick: round-robin}\n"))
		s.last["r/a"] = last
		s.put("papers", "P")
		s.do("P", "ann", Start{Route: "r"})
		if got := s.state(); got != "a "+want {
			t.Errorf("after %q comes %s, want %s", last, got, want)
		}
	}
}

func TestAcceptRefuseDelegate(t *testing.T) {
	s := desk(t, "- {task: A, id: a, who: role clerk}\n- {task: B, id: b, who: cat}\n")
	s.do("P", "bob", Refuse{Task: 1, Comment: "not mine"})
	if got := s.state(); got != "a ann|cat" {
		t.Errorf("after a refusal: %s", got)
	}
	s.do("P", "ann", Accept{Task: 1})
	if _, err := s.try("P", "cat", Accept{Task: 1}); refusalOf(err) != string(NotYours) {
		t.Errorf("accepting what is taken: %v", err)
	}
	s.do("P", "ann", Refuse{Task: 1, Comment: "ill"})
	if got := s.state(); got != "a bob|cat" {
		t.Errorf("after giving it back: %s", got)
	}
	s.do("P", "cat", Reassign{Task: 2, To: "dan", Comment: "please"})
	if got := s.state(); got != "a dan" {
		t.Errorf("after delegating: %s", got)
	}
	s.do("P", "dan", Refuse{Task: 2, Comment: "no"})
	if got := s.state(); got != "a ann|bob|cat" && got != "a bob|cat" {
		t.Errorf("after refusing a delegated task: %s", got)
	}
	d := s.docs["P"]
	if len(d.Comments) != 2 || d.Comments[1].Text != "please" {
		t.Errorf("comments: %+v", d.Comments)
	}
	s.do("P", "eve", Withdraw{Task: 3})
	if got := s.state(); got != "b cat" {
		t.Errorf("after withdrawing: %s", got)
	}
}

func TestTimersHappenOnce(t *testing.T) {
	s := desk(t, `
- task: A
  id: a
  who: ann
  due: 2wd
  remind: [50%, 1wh before]
  escalate: {after: 1wd, to: head of sales}
- wait: 1wd
- {task: B, id: b, who: bob}
`)
	if got := NextTimer(s.docs["P"]).Format("01-02 15:04"); got != "11-24 10:00" {
		t.Errorf("first timer at %s", got)
	}
	var told []string
	for _, at := range []time.Duration{0, 24, 24, 47, 48, 71, 73, 73, 300} {
		s.now = monday.Add(at * time.Hour)
		for _, e := range s.do("P", "tick", TimerDue{}).Effects {
			told = append(told, s.now.Format("01-02 15:04 ")+string(e.Kind)+" "+e.To[0])
		}
	}
	want := []string{"11-24 10:00 reminder ann", "11-25 09:00 reminder ann", "11-26 11:00 escalated cat"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	s.now = monday
	s.play("1 ann")
	if got := NextTimer(s.docs["P"]).Format("01-02 15:04"); got != "11-24 10:00" {
		t.Errorf("the wait is over at %s", got)
	}
	s.do("P", "tick", TimerDue{})
	s.now = monday.Add(24 * time.Hour)
	s.do("P", "tick", TimerDue{})
	if got := s.state(); got != "b bob" {
		t.Errorf("after the wait: %s", got)
	}
}

func TestEndlessLoopIsRefused(t *testing.T) {
	set := papers(t)
	r := steps(t, "- {do: {set: {note: name}}, id: a}\n- {go: a}\n")
	s := newShop(t, set, r)
	s.put("papers", "P", "name", "x")
	before := s.docs["P"].Clone()
	if _, err := s.try("P", "ann", Start{Route: "r"}); refusalOf(err) != string(Endless) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(before, s.docs["P"]); diff != "" {
		t.Error(diff)
	}
}

func TestPinning(t *testing.T) {
	set := papers(t)
	old := steps(t, "- {task: A, who: ann}\n- {task: B, who: bob}\n")
	s := newShop(t, set, old)
	s.put("papers", "P")
	res := s.do("P", "ann", Start{Route: "r"})
	if len(res.Pin) != 1 || res.Pin[0].ID != old.ID || res.Pin[0].Route != "r" || len(res.Pin[0].Source) == 0 {
		t.Fatalf("pinned %+v", res.Pin)
	}
	changed := steps(t, "- {task: C, who: cat}\n")
	s.routes = []*route.Route{changed, old}
	if got, _ := s.Current("r"); got != changed {
		t.Fatal("the route was to be changed")
	}
	s.play("1 ann")
	if got := s.state(); got != "task.2 bob" {
		t.Errorf("the instance left its definition: %s", got)
	}
	s.routes = []*route.Route{changed}
	if _, err := s.try("P", "bob", answer("2 bob")); refusalOf(err) != string(BrokenRoute) {
		t.Errorf("a lost definition: %v", err)
	}
	if _, err := s.try("P", "bob", Stop{}); refusalOf(err) != string(BrokenRoute) {
		t.Errorf("stopping it: %v", err)
	}
	s.do("P", "eve", Stop{})
	if in := s.docs["P"].Routes[0]; in.State != Stopped || in.Tasks[1].State != TaskCancelled {
		t.Errorf("after an admin stopped it: %+v", in)
	}
}

func TestIndividualRoute(t *testing.T) {
	s := newShop(t, papers(t))
	s.put("papers", "P")
	own := steps(t, "- {task: A, id: a, who: ann, due: by hand}\n")
	due := monday.Add(48 * time.Hour)
	res := s.do("P", "bob", Start{Definition: own, Due: map[string]Deadline{"a": At(due)}})
	_, task := s.docs["P"].Task(1)
	if !task.Due.Equal(due) || len(res.Pin) != 1 || s.docs["P"].Routes[0].By != "bob" {
		t.Errorf("due %v, pinned %v", task.Due, res.Pin)
	}
}

func TestRegisterLinksBothWays(t *testing.T) {
	s := desk(t, `
- do:
  - register:
      form: firms
      find: inn
      set: {name: name, inn: '"7707083893"', keeper: starter}
      into: firm
      link: origin
  - register: {form: firms, set: {name: '"second"'}}
  - link: {kind: about, to: firm}
  - comment: '"registered " + name'
  - set: {firm.status: known, boss: firm.keeper}
`, "name", "Rose")
	d := s.docs["P"]
	if got := d.Card.Text("boss"); got != "ann" {
		t.Errorf("boss is %q", got)
	}
	res, err := Apply(Input{Document: &document.Document{Form: "papers", Number: "Q", Card: document.Card{{Name: "name", Value: document.Value{Text: "Rose"}}}},
		Event: Start{Route: "r"}, Actor: "ann", Now: monday, Definitions: s, Forms: s.forms, Calendar: s.input("P", "", nil).Calendar,
		Lookup: newShop(t, s.forms)})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range res.Changed {
		text := d.Number + " " + d.Form + " " + d.Status + " " + d.Card.Text("firm")
		for _, l := range d.Links {
			text += " " + l.Kind + ">" + l.To
		}
		got = append(got, text)
	}
	want := []string{"Q papers  @1 about>@1", "@1 firms known  origin>Q", "@2 firms new "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"firm", "boss"}, {"name", "inn", "keeper", "status"}, {"name"}}, res.Fields); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"@1", "@2"}, res.New); diff != "" {
		t.Error(diff)
	}
	if res.Changed[0].Comments[0].Text != "registered Rose" {
		t.Errorf("comments %v", res.Changed[0].Comments)
	}
}

func TestOutcomes(t *testing.T) {
	s := desk(t, judged)
	in, task := s.docs["P"].Task(1)
	def, err := s.Pinned(in.Definition)
	fail(t, err)
	want := []Choice{{"good", "good", false}, {"bad", "bad", true}}
	if diff := cmp.Diff(want, Outcomes(def, task, "en")); diff != "" {
		t.Error(diff)
	}
}

// TestARouteThatCannotStart proves that the document is registered all the
// same, that other routes start, and that nothing of the failed one is left.
func TestARouteThatCannotStart(t *testing.T) {
	set := papers(t)
	parse := func(text string) *route.Route {
		r, problems := route.ParseSource("r.yaml", []byte(text))
		fail(t, problems.Err())
		return r
	}
	bad := parse("route: bad\nfor: papers\nstart: {on: registered}\nsteps:\n- {inform: X, who: ann}\n- do: [{register: {form: firms, set: {phone: '\"84951234567\"'}}}, {set: {note: '\"bad\"'}}]\n")
	good := parse("route: good\nfor: papers\nstart: {on: registered}\nsteps:\n- {task: A, id: a, who: ann}\n")
	s := newShop(t, set, bad, good)
	s.put("papers", "P")
	res := s.do("P", "ann", Registered{})
	if got := s.state(); got != "a ann" {
		t.Errorf("open: %s", got)
	}
	if len(res.Notes) != 1 || !strings.HasPrefix(res.Notes[0], `route "bad" was not started: route "bad", step "do.2", register firms: `) {
		t.Errorf("notes %q", res.Notes)
	}
	if len(res.Changed) != 1 || len(res.New) != 0 || len(res.Pin) != 1 || len(res.Opened) != 1 || len(res.Started) != 1 || len(res.Effects) != 1 {
		t.Errorf("left over: %+v", res)
	}
	if note := s.docs["P"].Card.Text("note"); note != "" {
		t.Errorf("note %q is left over", note)
	}
}

// TestACorrectionIsNeverRefused: a route that cannot go on does not keep
// people from changing the card.
func TestACorrectionIsNeverRefused(t *testing.T) {
	s := desk(t, "- wait: {when: amount > 5}\n- do: {register: {form: firms, set: {name: note}}}\n")
	s.docs["P"].Card.SetText("amount", "6.00")
	res := s.do("P", "ann", DocumentChanged{Fields: []string{"amount"}})
	if len(res.Notes) != 1 || s.docs["P"].Routes[0].State != Running || s.docs["P"].Card.Text("amount") != "6.00" {
		t.Errorf("notes %q, route %+v", res.Notes, s.docs["P"].Routes[0])
	}
	s.docs["P"].Card.SetText("note", "Rose")
	s.do("P", "ann", DocumentChanged{Fields: []string{"note"}})
	if s.docs["P"].Routes[0].State != Done {
		t.Errorf("route %+v", s.docs["P"].Routes[0])
	}
}

// TestChangedFieldsAreAwaited: only a change after the wait began counts.
func TestChangedFieldsAreAwaited(t *testing.T) {
	s := desk(t, "- do: {set: {note: '\"x\"'}}\n- wait: {changed: note, if: filled(note)}\n- {task: A, id: a, who: ann}\n")
	if got := s.state(); got != "" {
		t.Errorf("the change before the wait counted: %s", got)
	}
	s.do("P", "bob", DocumentChanged{Fields: []string{"amount"}})
	if got := s.state(); got != "" {
		t.Errorf("another field counted: %s", got)
	}
	s.do("P", "bob", DocumentChanged{Fields: []string{"note"}})
	if got := s.state(); got != "a ann" {
		t.Errorf("open: %s", got)
	}
}
