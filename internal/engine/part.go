package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// The kinds of tasks that stand for no step of their own; see document.Task.
const (
	KindPart      = "part"      // a part of another task, given by its performer
	KindExtension = "extension" // a request to move the deadline of another task
)

// maxNested bounds how deep parts may have parts.
const maxNested = 8

// part gives a part of a task to somebody else.
func (m *machine) part(e Part) error {
	r, t, _, err := m.find(e.Task)
	if err != nil {
		return err
	}
	if _, _, err := m.may(t); err != nil {
		return err
	}
	text := strings.TrimSpace(e.Text)
	switch {
	case t.State != TaskOpen || t.Kind == KindExtension:
		return refuse(TaskClosed, "", "task %s is %s; no parts of it can be given out", m.ref(t), stateOf(t))
	case text == "":
		return refuse(BadRequest, "", "say what is to be done")
	case r.depth(t) >= maxNested:
		return refuse(Endless, "", "parts of task %s are nested %d deep", m.ref(t), maxNested)
	}
	u := m.org.User(e.To)
	switch {
	case u == nil:
		return refuse(UnknownUser, "e1 user list", "%s", diag.Unknown("user", e.To, m.org.UserIDs()))
	case !u.Active:
		return refuse(UnknownUser, "e1 user list", "user %q is inactive", e.To)
	case e.To == m.in.Actor:
		return refuse(BadRequest, "", "task %s is yours already; a part is for somebody else", m.ref(t))
	}
	p := r.present([]string{e.To})[0]
	title, _, _ := strings.Cut(text, "\n")
	part := document.Task{ID: m.self.NextTask(), Step: t.Step, Item: t.Item, Kind: KindPart, Of: t.ID, Giver: m.in.Actor,
		Title: title, State: TaskOpen, Who: p.who, For: p.absent, Assigned: m.in.Now}
	if text != title {
		part.Text = text
	}
	part.Due = t.Due
	if e.Due != "" {
		c, err := r.calendar(p.who)
		if err != nil {
			return err
		}
		if part.Due, err = r.given(e.Due, m.in.Now, c); err != nil {
			return err
		}
	}
	switch {
	case !part.Due.IsZero() && !part.Due.After(m.in.Now) && e.Due != "":
		return refuse(BadRequest, "", "the deadline %s has passed already", document.FormatTime(part.Due))
	case !part.Due.IsZero() && !part.Due.After(m.in.Now):
		m.note("the part is due on %s, as task %s itself: that has passed already; --due gives it another deadline", part.Due.Format("2006-01-02 15:04"), m.ref(t))
	case !t.Due.IsZero() && part.Due.After(t.Due):
		m.note("the part is due on %s, after task %s itself (%s)", part.Due.Format("2006-01-02 15:04"), m.ref(t), t.Due.Format("2006-01-02 15:04"))
	}
	r.put(part)
	return nil
}

// put adds a task that is none of a step's own.
func (r *run) put(t document.Task) {
	in := r.instance()
	in.Tasks = append(in.Tasks, t)
	r.res.Opened = append(r.res.Opened, TaskRef{r.self.Number, t.ID})
	r.tell(TellAssigned, t.ID, t.Title, Performers(&t)...)
}

func stateOf(t *document.Task) string {
	if t.Kind == KindExtension {
		return "a request"
	}
	return t.State
}

// depth tells how many tasks a task is a part of.
func (r *run) depth(t *document.Task) int {
	n := 0
	for t != nil && t.Of != 0 && n < maxNested {
		_, t = r.self.Task(t.Of)
		n++
	}
	return n
}

// partsDone refuses to finish a task while parts of it are open.
func (m *machine) partsDone(t *document.Task) error {
	var open []string
	for _, in := range m.self.Routes {
		for _, o := range in.Tasks {
			if o.Kind == KindPart && o.Of == t.ID && Pending(o.State) {
				open = append(open, fmt.Sprintf("%s (%s)", m.ref(&o), strings.Join(Performers(&o), ", ")))
			}
		}
	}
	if len(open) == 0 {
		return nil
	}
	return refuse(PartsOpen, "e1 task withdraw "+strings.Fields(open[0])[0],
		"task %s has parts that are not done: %s; await them or withdraw them", m.ref(t), strings.Join(open, ", ")).offer(open...)
}

// answer finishes a part or decides a request.
func (r *run) answer(e Advance, t *document.Task, as role, instead string) error {
	comment := strings.TrimSpace(e.Comment)
	possible := []string{finished}
	if t.Kind == KindExtension {
		possible = []string{grant, deny}
	}
	switch {
	case e.Outcome == "" && len(possible) > 1:
		return refuse(OutcomeNeeded, fmt.Sprintf("e1 advance %s %s", r.ref(t), possible[0]),
			"task %s needs an outcome: %s", r.ref(t), quoted(possible)).offer(possible...)
	case e.Outcome == "":
		e.Outcome = possible[0]
	case !slices.Contains(possible, e.Outcome):
		return r.unknownOutcome(t, e.Outcome, possible)
	}
	if e.Outcome == deny && comment == "" {
		return refuse(CommentNeeded, fmt.Sprintf("e1 advance %s deny --comment TEXT", r.ref(t)), "to deny the request %s needs a comment", r.ref(t))
	}
	if err := r.machine.enter(e.Fields); err != nil {
		return err
	}
	if e.Outcome == grant {
		_, of := r.self.Task(t.Of)
		if of == nil || !Pending(of.State) {
			return refuse(TaskClosed, "", "the task of request %s is closed already", r.ref(t))
		}
		if !t.Until.After(r.in.Now) {
			return refuse(BadRequest, fmt.Sprintf("e1 task extend %s/%d DATE", r.self.Number, t.Of),
				"the deadline asked for, %s, has passed already", t.Until.Format("2006-01-02 15:04"))
		}
		of.Due = t.Until
		if err := r.rewind(r.r.Step(of.Step), of); err != nil {
			return err
		}
	}
	r.sign(t, as, instead)
	t.State, t.Done, t.Outcome, t.Comment = TaskDone, r.in.Now, e.Outcome, comment
	r.closed(t)
	r.cancelChildren(t.ID)
	r.reply(*t, t.Outcome)
	return nil
}

// extend moves the deadline of a task, or asks for it.
func (m *machine) extend(e Extend) error {
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	if t.State == TaskInform || t.Kind == KindExtension {
		return refuse(TaskClosed, "", "task %s has no deadline to be moved", m.ref(t))
	}
	to, err := r.extended(t, e.Due)
	if err != nil {
		return err
	}
	giver, err := r.giver(t)
	if err != nil {
		return err
	}
	byHand := t.Kind == "" && s.Due != nil && s.Due.ByHand && t.Due.IsZero() && slices.Contains(Performers(t), m.in.Actor)
	if !giver && !byHand {
		return r.ask(s, t, e.Due, to, strings.TrimSpace(e.Comment))
	}
	t.Due = to
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	for i := range r.instance().Tasks { // what was asked for is decided
		if o := &r.instance().Tasks[i]; o.Kind == KindExtension && o.Of == t.ID && Pending(o.State) {
			o.State, o.Done, o.Outcome, o.By = TaskDone, m.in.Now, grant, m.in.Actor
			if o.Who == "" {
				o.Who, o.Candidates = m.in.Actor, nil
			}
			m.closed(o)
			r.reply(*o, grant)
		}
	}
	_, t = m.self.Task(e.Task) // replies have moved it
	return r.rewind(s, t)
}

// extended is the deadline that is meant: a duration counts from the deadline
// there is, from now when there is none.
func (r *run) extended(t *document.Task, d Deadline) (time.Time, error) {
	from := t.Due
	if from.IsZero() {
		from = r.in.Now
	}
	c, err := r.calendarOf(t)
	if err != nil {
		return zeroTime, err
	}
	to, err := r.given(d, from, c)
	if err != nil {
		return zeroTime, err
	}
	if !to.After(r.in.Now) {
		_, length := worktime.ParseDuration(string(d))
		hint := ""
		if length == nil {
			hint = "it is counted from the deadline there is; name a date"
		}
		return zeroTime, refuse(BadRequest, hint, "the deadline %s has passed already", document.FormatTime(to))
	}
	return to, nil
}

// ask gives those who may decide it the task to decide about a deadline.
func (r *run) ask(s *route.Step, t *document.Task, asked Deadline, to time.Time, why string) error {
	if _, _, err := r.may(t); err != nil {
		return err
	}
	if t.Due.IsZero() {
		return refuse(BadRequest, "", "task %s has no deadline", r.ref(t))
	}
	if why == "" {
		return refuse(CommentNeeded, fmt.Sprintf("e1 task extend %s %s --comment TEXT", r.ref(t), asked),
			"to ask for another deadline of task %s needs a comment", r.ref(t))
	}
	for _, o := range r.instance().Tasks {
		if o.Kind == KindExtension && o.Of == t.ID && Pending(o.State) {
			return refuse(AlreadyRunning, "e1 task withdraw "+r.ref(&o), "task %s: another deadline (%s) has been asked for already: %s",
				r.ref(t), o.Until.Format("2006-01-02 15:04"), r.ref(&o)).offer(r.ref(&o))
		}
	}
	deciders, err := r.deciders(s, t)
	if err != nil {
		return err
	}
	people := r.present(deciders)
	request := document.Task{ID: r.self.NextTask(), Step: t.Step, Item: t.Item, Kind: KindExtension, Of: t.ID, Giver: r.in.Actor,
		Title: r.extensionTitle(t), Text: why, State: TaskOpen, Assigned: r.in.Now, Until: to, Due: t.Due}
	if len(people) == 1 {
		request.Who, request.For = people[0].who, people[0].absent
	} else {
		for _, p := range people {
			request.Candidates = append(request.Candidates, p.who)
		}
	}
	if !request.Due.After(r.in.Now) {
		request.Due = zeroTime // the task is late already; the request is not
	}
	r.put(request)
	return nil
}

func (m *machine) extensionTitle(t *document.Task) string {
	if m.language == "ru" {
		return "Продлить срок: " + t.Title
	}
	return "Extend: " + t.Title
}

// deciders are who may move the deadline of a task: its controller, or who
// gave it; else those of the route, else the performer's superior, else the
// admins.
func (r *run) deciders(s *route.Step, t *document.Task) ([]string, error) {
	own := func(id string) bool { return id == r.in.Actor || slices.Contains(Performers(t), id) }
	living := func(ids ...string) []string {
		var out []string
		for _, id := range ids {
			if u := r.org.User(id); u != nil && u.Active && !own(id) && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out
	}
	if found := living(t.Giver, t.Controller); len(found) > 0 {
		return found[:1], nil
	}
	controllers, err := r.resolve(r.r.Controller, nil, "")
	if err != nil {
		return nil, err
	}
	if found := living(append(controllers, r.instance().By)...); len(found) > 0 {
		return found, nil
	}
	for _, id := range Performers(t) {
		if h := r.org.Superior(id); h != nil {
			if found := living(h.ID); len(found) > 0 {
				return found, nil
			}
		}
	}
	admins := living(ids(r.org.Members("admin"))...)
	if len(admins) == 0 {
		return nil, refuse(UnknownUser, "name a controller in the route", "nobody can decide about the deadline of task %s", r.ref(t))
	}
	return admins, nil
}
