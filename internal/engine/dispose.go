package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
)

func (m *machine) remark(e Remark) error {
	text := strings.TrimSpace(e.Text)
	if text == "" {
		return refuse(BadRequest, "", "the comment is empty")
	}
	if e.Task != 0 {
		if _, t := m.self.Task(e.Task); t == nil {
			_, _, _, err := m.find(e.Task)
			return err
		}
	}
	m.addComment(text)
	return nil
}

func (m *machine) addComment(text string) {
	last := 0
	for _, c := range m.self.Comments {
		if n, err := strconv.Atoi(c.ID); err == nil {
			last = max(last, n)
		}
	}
	m.self.Comments = append(m.self.Comments, document.Comment{ID: strconv.Itoa(last + 1), At: m.in.Now, By: m.in.Actor, Text: text})
}

// giver tells whether the actor may dispose of the task: who started the
// route, the controllers, the performer's superior, an admin.
func (r *run) giver(t *document.Task) (bool, error) {
	actor := r.in.Actor
	u := r.org.User(actor)
	if u == nil || !u.Active {
		return false, nil
	}
	if u.HasRole(org.Admin) || actor == r.instance().By || t.Controller == actor {
		return true, nil
	}
	people := t.Candidates
	if t.Who != "" {
		people = []string{t.Who}
	}
	for _, id := range people {
		if h := r.org.Superior(id); h != nil && h.ID == actor {
			return true, nil
		}
	}
	controllers, err := r.resolve(r.r.Controller, nil, "")
	return slices.Contains(controllers, actor), err
}

func (m *machine) reassign(e Reassign) error {
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	if t.State != TaskOpen {
		return refuse(TaskClosed, "", "task %s is %s; it cannot be given to somebody else", m.ref(t), t.State)
	}
	giver, err := r.giver(t)
	if err != nil {
		return err
	}
	if !giver {
		if _, _, err := m.may(t); err != nil {
			return err
		}
	}
	u := m.org.User(e.To)
	if u == nil {
		return refuse(UnknownUser, "e1 user list", "%s", diag.Unknown("user", e.To, m.org.UserIDs()))
	}
	if !u.Active {
		return refuse(UnknownUser, "e1 user list", "user %q is inactive", e.To)
	}
	if t.Who == e.To {
		return refuse(BadRequest, "", "task %s is with %q already", m.ref(t), e.To)
	}
	if slices.ContainsFunc(r.instance().Tasks, func(o document.Task) bool {
		return o.Step == t.Step && o.Item == t.Item && o.Cycle == t.Cycle && o.Who == e.To && o.ID != t.ID && o.State != TaskRefused
	}) {
		return refuse(BadRequest, "", "%q has a task of step %q already", e.To, s.Label(m.language))
	}
	t.Who, t.For, t.By, t.Candidates, t.Accepted = e.To, "", "", nil, zeroTime
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	if _, chain, err := m.org.Substitute(e.To, m.day()); err == nil && len(chain) > 1 {
		m.note("%q is absent", e.To)
	}
	m.tell(TellAssigned, t.ID, t.Title, e.To)
	return nil
}

func (m *machine) extend(e Extend) error {
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	giver, err := r.giver(t)
	if err != nil {
		return err
	}
	byHand := s.Due != nil && s.Due.ByHand && t.Due.IsZero() && (t.Who == m.in.Actor || slices.Contains(t.Candidates, m.in.Actor))
	if !giver && !byHand {
		return refuse(NotYours, "e1 task comment "+m.ref(t)+" TEXT", "the deadline of task %s is moved by who gave it, its controller or an admin", m.ref(t))
	}
	if !e.Due.After(m.in.Now) {
		return refuse(BadRequest, "", "the deadline %s has passed already", document.FormatTime(e.Due))
	}
	t.Due, t.Told = e.Due, nil
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	return r.wind(s, t)
}

func (m *machine) withdraw(e Withdraw) error {
	r, t, s, err := m.find(e.Task)
	if err != nil {
		return err
	}
	giver, err := r.giver(t)
	if err != nil {
		return err
	}
	if !giver {
		return refuse(NotYours, "", "task %s is withdrawn by who gave it, its controller or an admin", m.ref(t))
	}
	if t.State == TaskInform {
		m.cancelTask(t)
		return nil
	}
	others := slices.ContainsFunc(r.instance().Tasks, func(o document.Task) bool {
		return o.ID != t.ID && o.Step == t.Step && o.Item == t.Item && o.Cycle == t.Cycle && (pending(&o) || o.State == TaskDone)
	})
	if !others && len(s.Outcomes) > 1 {
		names := make([]string, len(s.Outcomes))
		for i, o := range s.Outcomes {
			names[i] = o.Name
		}
		return refuse(OutcomeNeeded, fmt.Sprintf("e1 advance %s %s", m.ref(t), names[0]),
			"task %s decides how the route goes on; answer it (%s), give it to somebody else or stop the route", m.ref(t), quoted(names)).offer(names...)
	}
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	item, cycle := t.Item, t.Cycle
	m.cancelTask(t)
	t.By = m.in.Actor
	return r.afterWithdrawal(s, item, cycle)
}

// afterWithdrawal goes on when a step has no open task left.
func (r *run) afterWithdrawal(s *route.Step, item string, cycle int) error {
	var done []string
	for _, o := range r.instance().Tasks {
		if o.Step != s.ID || o.Item != item || o.Cycle != cycle {
			continue
		}
		if pending(&o) {
			return nil
		}
		if o.State == TaskDone {
			done = append(done, o.Outcome)
		}
	}
	r.closePosition(s, item)
	var err error
	if o := worst(s.Outcomes, done); o != nil {
		err = r.answered(s, item, o)
	} else {
		err = r.next(s, item)
	}
	if err != nil {
		return err
	}
	return r.drain()
}
