package engine

import (
	"cmp"
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// belongs tells whether a task is one of a step's own, for an item: parts of
// tasks and requests decide nothing about the step.
func belongs(t *document.Task, s *route.Step, item string) bool {
	return t.Kind == "" && t.Step == s.ID && t.Item == item
}

// assign opens a step for people and gives them their tasks.
func (r *run) assign(s *route.Step, item string) error {
	users, err := r.candidates(s, item)
	if err != nil {
		return err
	}
	r.open(s, item)
	return r.give(s, item, users, r.cycle(s, item)+1)
}

// cycle gives the number of times a step was done before.
func (r *run) cycle(s *route.Step, item string) int {
	last := 0
	for _, t := range r.instance().Tasks {
		if belongs(&t, s, item) {
			last = max(last, t.Cycle)
		}
	}
	return last
}

// give makes the tasks of a step.
func (r *run) give(s *route.Step, item string, users []string, cycle int) error {
	own, shared, err := r.choosePerformers(s, users)
	if err != nil {
		return err
	}
	if len(shared) > 0 {
		t := r.newTask(s, item, cycle)
		for _, p := range shared {
			t.Candidates = append(t.Candidates, p.who)
		}
		return r.hand(s, item, t)
	}
	for _, p := range own {
		t := r.newTask(s, item, cycle)
		t.Who, t.For = p.who, p.absent
		if s.Pick.Kind == route.PickRoundRobin {
			if t.Chosen = p.absent; t.Chosen == "" {
				t.Chosen = p.who
			}
			r.turns[r.r.Name.Text+"/"+s.ID] = t.Chosen
		}
		if err := r.hand(s, item, t); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) newTask(s *route.Step, item string, cycle int) document.Task {
	return document.Task{ID: r.self.NextTask(), Step: s.ID, Title: s.Label(r.language), State: TaskOpen,
		Assigned: r.in.Now, Cycle: cycle, Item: item}
}

// hand sets deadline, controller and timer, adds the task to the instance and
// tells whoever gets it.
func (r *run) hand(s *route.Step, item string, t document.Task) error {
	var err error
	if t.Due, err = r.deadline(s, item, Performers(&t)...); err != nil {
		return err
	}
	if s.Controller != nil {
		controllers, err := r.resolve(s.Controller, s, item)
		if err != nil {
			return err
		}
		controllers = slices.DeleteFunc(controllers, func(id string) bool { return id == t.Who })
		if len(controllers) == 0 {
			r.note("nobody controls step %q: %s yields nobody but the performer", s.ID, s.Controller)
		} else {
			t.Controller = controllers[0]
		}
	}
	if err := r.rewind(s, &t); err != nil {
		return err
	}
	in := r.instance()
	in.Tasks = append(in.Tasks, t)
	r.res.Opened = append(r.res.Opened, TaskRef{r.self.Number, t.ID})
	if t.Who != "" {
		r.loads[t.Who]++
	}
	r.tell(TellAssigned, t.ID, t.Title, Performers(&t)...)
	return nil
}

// inform gives people something to read.
func (r *run) inform(s *route.Step, item string) error {
	users, err := r.candidates(s, item)
	if err != nil {
		return err
	}
	for _, p := range r.present(users) {
		t := r.newTask(s, item, r.cycle(s, item)+1)
		t.State, t.Who, t.For = TaskInform, p.who, p.absent
		in := r.instance()
		in.Tasks = append(in.Tasks, t)
		r.res.Opened = append(r.res.Opened, TaskRef{r.self.Number, t.ID})
		r.tell(TellInform, t.ID, t.Title, p.who)
	}
	return nil
}

// cancelTask closes a task that is no longer wanted, with its parts.
func (m *machine) cancelTask(t *document.Task) {
	t.State, t.Done, t.Timer = TaskCancelled, m.in.Now, zeroTime
	m.closed(t)
	m.tell(TellWithdrawn, t.ID, t.Title, Performers(t)...)
	m.cancelChildren(t.ID)
}

func (m *machine) closed(t *document.Task) {
	m.res.Closed = append(m.res.Closed, TaskRef{m.self.Number, t.ID})
}

// complete closes a task and goes on when that was the last one its step
// needed.
func (r *run) complete(t *document.Task, s *route.Step) error {
	t.State, t.Done, t.Timer = TaskDone, r.in.Now, zeroTime
	r.closed(t)
	r.cancelChildren(t.ID)
	item, cycle := t.Item, t.Cycle
	var done []string
	open := 0
	in := r.instance()
	for i := range in.Tasks {
		o := &in.Tasks[i]
		if !belongs(o, s, item) || o.Cycle != cycle {
			continue
		}
		switch {
		case o.State == TaskDone:
			done = append(done, o.Outcome)
		case Pending(o.State):
			open++
		}
	}
	if open > 0 && !(s.Pick.Kind == route.PickN && len(done) >= s.Pick.N) {
		return nil
	}
	for i := range in.Tasks {
		o := &in.Tasks[i]
		if belongs(o, s, item) && Pending(o.State) {
			r.cancelTask(o)
		}
	}
	r.closePosition(s, item)
	answer := worst(s.Outcomes, done)
	if answer == nil {
		return r.next(s, item)
	}
	return r.answered(s, item, answer)
}

// Choice is one thing that can be answered to a task.
type Choice struct {
	Name    string
	Title   string
	Comment bool // a comment is required
}

// Outcomes lists what can be answered to a task, in the order of its
// definition; nothing when the task is closed.
func Outcomes(def *route.Route, t *document.Task, language string) []Choice {
	choice := func(name, ru string, comment bool) Choice {
		if language != "ru" {
			ru = name
		}
		return Choice{Name: name, Title: ru, Comment: comment}
	}
	switch {
	case t.State == TaskReview:
		return []Choice{choice(confirm, "подтвердить", false), choice(returned, "вернуть на доработку", true)}
	case t.State == TaskInform:
		return []Choice{choice(read, "ознакомлен", false)}
	case t.State != TaskOpen:
		return nil
	case t.Kind == KindPart:
		return []Choice{choice(finished, "выполнено", false)}
	case t.Kind == KindExtension:
		return []Choice{choice(grant, "продлить", false), choice(deny, "отказать", true)}
	}
	s := def.Step(t.Step)
	if s == nil {
		return nil
	}
	out := make([]Choice, len(s.Outcomes))
	for i, o := range s.Outcomes {
		out[i] = Choice{Name: o.Name, Title: o.Label(language), Comment: o.Comment}
	}
	return out
}

// Answer is what somebody has answered to a task, given what they said and how
// the task stood before and after: "" where they did something else.
func Answer(before, after *document.Task, said string) string {
	switch {
	case before.State == TaskReview && after.State != TaskReview:
		return cmp.Or(said, confirm) // its outcome stays that of the performer
	case before.Outcome == after.Outcome:
		return ""
	}
	return after.Outcome
}

// The answers to tasks that no route declares.
const (
	confirm  = "confirm" // the controller is content
	returned = "return"  // the controller is not
	read     = "read"    // what was to be read has been
	finished = "done"    // a part of a task is
	grant    = "grant"   // the deadline is moved as asked
	deny     = "deny"    // it is not
)
