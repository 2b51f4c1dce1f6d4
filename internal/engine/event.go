package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
)

// task gives a task that is not closed yet.
func (m *machine) task(id int) (*document.Instance, *document.Task, error) {
	in, t := m.self.Task(id)
	if t == nil {
		var open []string
		for _, in := range m.self.Routes {
			for _, t := range in.Tasks {
				if Pending(t.State) || t.State == TaskInform {
					open = append(open, m.ref(&t))
				}
			}
		}
		r := refuse(NoSuchTask, "e1 show "+m.self.Number, "%s has no task %d", m.self.Number, id).offer(open...)
		if len(open) > 0 {
			r.Message += "; open: " + strings.Join(open, ", ")
		}
		return nil, nil, r
	}
	if !Pending(t.State) && t.State != TaskInform {
		return nil, nil, refuse(TaskClosed, "e1 show "+m.self.Number, "task %s is %s%s already", m.ref(t), t.State, m.byWhom(t))
	}
	return in, t, nil
}

// find gives a task that is not closed yet with its run and step.
func (m *machine) find(id int) (*run, *document.Task, *route.Step, error) {
	in, t, err := m.task(id)
	if err != nil {
		return nil, nil, nil, err
	}
	if t.Kind == KindNotice {
		return nil, nil, nil, refuse(TaskClosed, "e1 task read "+m.ref(t), "%s (%s) is there to be read, nothing else", m.ref(t), t.Title)
	}
	if in.State != Running && t.State != TaskInform {
		return nil, nil, nil, refuse(NotRunning, "", "route %q of %s is %s", in.Route, m.self.Number, in.State)
	}
	r, err := m.run(in.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	s := r.r.Step(t.Step)
	if s == nil {
		return nil, nil, nil, r.outdated("route %q has no step %q, to which task %s belongs", in.Route, t.Step, m.ref(t))
	}
	return r, t, s, nil
}

func (m *machine) ref(t *document.Task) string { return m.self.Number + "/" + strconv.Itoa(t.ID) }

func (m *machine) byWhom(t *document.Task) string {
	by := t.By
	if by == "" && t.State != TaskCancelled {
		by = t.Who
	}
	if by != "" {
		by = " by " + by
	}
	if t.Done.IsZero() {
		return by
	}
	return by + " on " + t.Done.Format("2006-01-02 15:04")
}

// role is in which capacity somebody acts on a task.
type role uint8

const (
	nobody role = iota
	asPerformer
	asSubstitute
	asController
	asAdmin
)

// capacity tells in which capacity the actor may act on a task, and for whom.
func (m *machine) capacity(t *document.Task) (role, string) {
	actor := m.in.Actor
	u := m.org.User(actor)
	if u == nil || !u.Active {
		return nobody, ""
	}
	if t.State == TaskReview {
		switch {
		case actor == t.Controller:
			return asController, ""
		case m.org.ActsFor(actor, t.Controller, m.day()):
			return asController, t.Controller
		case u.HasRole(org.Admin):
			return asAdmin, ""
		}
		return nobody, ""
	}
	if actor == t.Who || actor == t.For || t.Who == "" && slices.Contains(t.Candidates, actor) {
		return asPerformer, ""
	}
	for _, id := range Performers(t) {
		if m.org.ActsFor(actor, id, m.day()) {
			return asSubstitute, id
		}
	}
	switch {
	case t.Controller != "" && actor == t.Controller:
		return asController, ""
	case u.HasRole(org.Admin):
		return asAdmin, ""
	}
	return nobody, ""
}

func (m *machine) day() expr.Date { return expr.DateOf(m.in.Now) }

// may refuses who may not act on the task, and else claims it.
func (m *machine) may(t *document.Task) (role, string, error) {
	as, instead := m.capacity(t)
	if as != nobody {
		return as, instead, nil
	}
	people := Awaited(t)
	hint := "e1 tasks"
	if m.disposes(t) {
		hint = fmt.Sprintf("e1 task delegate %s --to %s", m.ref(t), m.in.Actor)
	}
	return nobody, "", refuse(NotYours, hint, "task %s (%s) is for %s, not for %q", m.ref(t), t.Title, quoted(people), m.in.Actor).offer(people...)
}

// disposes tells whether the actor may give an open task to somebody else.
func (m *machine) disposes(t *document.Task) bool {
	in, _ := m.self.Task(t.ID)
	if t.State != TaskOpen || in == nil || in.State != Running {
		return false
	}
	r, err := m.run(in.ID)
	if err != nil {
		return false
	}
	giver, err := r.giver(t)
	return err == nil && giver
}

// sign records who acted.
func (m *machine) sign(t *document.Task, as role, instead string) {
	switch as {
	case asPerformer:
		if t.Who == "" {
			t.Who, t.Candidates, t.Accepted = m.in.Actor, nil, m.in.Now
		} else if t.Who != m.in.Actor { // the absent person is back
			t.By = m.in.Actor
		}
	case asSubstitute:
		if t.Who == "" {
			t.Who, t.Candidates = instead, nil
		}
		t.By, t.For = m.in.Actor, instead
	default:
		if t.Who == "" {
			t.Who, t.Candidates = m.in.Actor, nil
		}
		if t.Who != m.in.Actor {
			t.By = m.in.Actor
		}
	}
}

func (m *machine) advance(e Advance) error {
	if _, t, err := m.task(e.Task); err != nil || t.State == TaskInform {
		if err != nil {
			return err
		}
		return m.readIt(t, e.Outcome, e.Comment)
	}
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	as, instead, err := m.may(t)
	if err != nil {
		return err
	}
	if t.State == TaskReview {
		return r.review(e, t, s, as, instead)
	}
	if err := m.partsDone(t); err != nil {
		return err
	}
	if t.Kind != "" {
		return r.answer(e, t, as, instead)
	}
	o, err := m.chosen(e, t, s)
	if err != nil {
		return err
	}
	if o.Comment && strings.TrimSpace(e.Comment) == "" {
		return refuse(CommentNeeded, fmt.Sprintf("e1 advance %s %s --comment TEXT", m.ref(t), o.Name),
			"outcome %q of task %s needs a comment", o.Name, m.ref(t))
	}
	if err := m.enter(e.Fields); err != nil {
		return err
	}
	if o.Target.Kind == route.GoOn {
		if err := m.filled(s, t, o.Name); err != nil {
			return err
		}
	}
	// touched and enter do not add tasks, so t is still the task.
	m.sign(t, as, instead)
	t.Outcome, t.Comment = o.Name, strings.TrimSpace(e.Comment)
	if t.Controller != "" && as != asController && t.Controller != m.in.Actor {
		t.State, t.Done = TaskReview, m.in.Now
		m.tell(TellAssigned, t.ID, t.Title, t.Controller)
		return nil
	}
	if err := r.complete(t, s); err != nil {
		return err
	}
	return r.drain()
}

// chosen gives the outcome that is meant.
func (m *machine) chosen(e Advance, t *document.Task, s *route.Step) (*route.Outcome, error) {
	names := make([]string, len(s.Outcomes))
	for i, o := range s.Outcomes {
		names[i] = o.Name
	}
	if e.Outcome == "" {
		if len(names) == 1 {
			return s.Outcomes[0], nil
		}
		return nil, refuse(OutcomeNeeded, fmt.Sprintf("e1 advance %s %s", m.ref(t), names[0]),
			"task %s needs an outcome: %s", m.ref(t), quoted(names)).offer(names...)
	}
	if o := s.Outcome(e.Outcome); o != nil {
		return o, nil
	}
	return nil, m.unknownOutcome(t, e.Outcome, names)
}

func (m *machine) unknownOutcome(t *document.Task, outcome string, names []string) error {
	return refuse(UnknownOutcome, fmt.Sprintf("e1 advance %s %s", m.ref(t), names[0]),
		"task %s: unknown outcome %q; possible: %s", m.ref(t), outcome, quoted(names)).offer(names...)
}

// enter stores the values a person entered, all problems at once.
func (m *machine) enter(fields []Field) error {
	f := m.in.Forms.Form(m.self.Form)
	if len(fields) > 0 && f == nil {
		return refuse(BadField, "", "%s is of an unknown form %q", m.self.Number, m.self.Form)
	}
	if len(fields) > 0 && !m.maySet(f) {
		return refuse(NotPermitted, "e1 whoami", "cards of %q are changed by %s only, also with a task", f.Name, strings.Join(f.May.Set, ", "))
	}
	var problems []form.Problem
	before := m.self.Card.Clone()
	for _, field := range fields {
		if p := m.in.Forms.SetText(f, m.self, field.Name, field.Text, m.context()); p != nil {
			problems = append(problems, *p)
		}
	}
	if len(problems) > 0 {
		return refusal(BadField, m.self.Form, problems)
	}
	for _, field := range fields { // what was entered as it was has not changed
		if !sameField(before.Get(field.Name), m.self.Card.Get(field.Name)) {
			m.changed(m.self, field.Name)
		}
	}
	return nil
}

// maySet tells whether the form lets the acting user change cards.
func (m *machine) maySet(f *form.Form) bool {
	u := m.org.User(m.in.Actor)
	return len(f.May.Set) == 0 || u != nil && (u.HasRole(org.Admin) || slices.ContainsFunc(f.May.Set, u.HasRole))
}

// filled refuses to finish while fields of `fill` are empty.
func (m *machine) filled(s *route.Step, t *document.Task, outcome string) error {
	var missing []string
	for _, w := range s.Fill {
		if m.self.Card.Get(w.Text).IsEmpty() {
			missing = append(missing, w.Text)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return refuse(FieldsNeeded, fmt.Sprintf("e1 advance %s %s %s=…", m.ref(t), outcome, strings.Join(missing, "=… ")),
		"task %s: to be filled first: %s", m.ref(t), quoted(missing)).offer(missing...)
}

// review is the controller's answer to a finished task.
func (r *run) review(e Advance, t *document.Task, s *route.Step, as role, instead string) error {
	possible := []string{confirm, returned}
	switch e.Outcome {
	case "", confirm:
		if comment := strings.TrimSpace(e.Comment); comment != "" {
			r.addComment(comment)
		}
		if err := r.complete(t, s); err != nil {
			return err
		}
		return r.drain()
	case returned:
	default:
		return r.unknownOutcome(t, e.Outcome, possible)
	}
	if strings.TrimSpace(e.Comment) == "" {
		return refuse(CommentNeeded, fmt.Sprintf("e1 advance %s return --comment TEXT", r.ref(t)), "to return task %s needs a comment", r.ref(t))
	}
	t.State, t.Timer = TaskReturned, zeroTime
	r.closed(t)
	r.cancelChildren(t.ID)
	r.addComment(strings.TrimSpace(e.Comment))
	again := r.newTask(s, t.Item, t.Cycle)
	again.Who, again.For, again.Text = t.Who, t.For, strings.TrimSpace(e.Comment)
	return r.hand(s, t.Item, again)
}

func (m *machine) accept(e Accept) error {
	if _, t, err := m.task(e.Task); err == nil && t.State == TaskInform {
		return m.readIt(t, "", e.Comment)
	}
	_, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	if t.State == TaskOpen && t.Kind == "" && s.Outcome("accepted") != nil && !s.Implied {
		return m.advance(Advance{Task: e.Task, Outcome: "accepted", Comment: e.Comment, Fields: e.Fields})
	}
	as, instead, err := m.may(t)
	if err != nil {
		return err
	}
	if t.State != TaskOpen {
		return refuse(TaskClosed, "", "task %s is %s; there is nothing to accept", m.ref(t), t.State)
	}
	if !t.Accepted.IsZero() {
		return refuse(TaskClosed, "", "task %s was accepted by %s on %s", m.ref(t), t.Who, t.Accepted.Format("2006-01-02 15:04"))
	}
	if err := m.enter(e.Fields); err != nil {
		return err
	}
	m.sign(t, as, instead)
	t.Accepted = m.in.Now
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	return nil
}

func (m *machine) refuseTask(e Refuse) error {
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	if t.Kind == KindExtension {
		return m.advance(Advance{Task: e.Task, Outcome: deny, Comment: e.Comment, Fields: e.Fields})
	}
	if t.State == TaskOpen && t.Kind == "" && s.Outcome("refused") != nil && !s.Implied {
		return m.advance(Advance{Task: e.Task, Outcome: "refused", Comment: e.Comment, Fields: e.Fields})
	}
	as, _, err := m.may(t)
	if err != nil {
		return err
	}
	if t.State != TaskOpen {
		return refuse(TaskClosed, "", "task %s is %s; it cannot be refused", m.ref(t), t.State)
	}
	if strings.TrimSpace(e.Comment) == "" {
		return refuse(CommentNeeded, "e1 task refuse "+m.ref(t)+" --comment TEXT", "to refuse task %s needs a comment", m.ref(t))
	}
	if err := m.enter(e.Fields); err != nil {
		return err
	}
	if t.Who == "" && as == asPerformer && len(t.Candidates) > 1 {
		t.Candidates = slices.DeleteFunc(t.Candidates, func(id string) bool { return id == m.in.Actor })
		m.addComment(strings.TrimSpace(e.Comment))
		return nil
	}
	if t.Who == "" {
		t.Who, t.Candidates = m.in.Actor, nil
	}
	if t.Who != m.in.Actor {
		t.By = m.in.Actor
	}
	t.State, t.Done, t.Comment, t.Timer = TaskRefused, m.in.Now, strings.TrimSpace(e.Comment), zeroTime
	m.closed(t)
	m.cancelChildren(t.ID)
	if t.Kind == KindPart { // who gave it sees to it
		r.reply(*t, TaskRefused)
		return nil
	}
	return r.passOn(t, s)
}

// passOn gives a refused task to somebody else: another candidate, the
// superior of who refused, and so on as candidates says.
func (r *run) passOn(t *document.Task, s *route.Step) error {
	gone := []string{t.Who}
	for _, o := range r.instance().Tasks {
		if belongs(&o, s, t.Item) && o.Cycle == t.Cycle {
			gone = append(gone, o.Who)
		}
	}
	item, cycle, who := t.Item, t.Cycle, t.Who
	users, err := r.resolve(s.Who, s, item)
	if err != nil {
		return err
	}
	users = slices.DeleteFunc(users, func(id string) bool { return slices.Contains(gone, id) })
	if len(users) == 0 {
		if u := r.org.Superior(who); u != nil && u.Active && !slices.Contains(gone, u.ID) && s.Else == nil {
			users = []string{u.ID}
		} else if users, err = r.candidates(s, item, gone...); err != nil {
			return err
		}
	}
	if s.Pick.Kind == route.PickAll || s.Pick.Kind == route.PickN {
		users = users[:1] // the others have their own tasks
	}
	return r.give(s, item, users, cycle)
}
