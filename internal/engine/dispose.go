package engine

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

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
	m.self.Comments = append(m.self.Comments, document.Comment{ID: m.commentID(text), At: m.in.Now, By: m.in.Actor, Text: text})
}

// commentID makes an identity as people's comments have it: unlike a counter
// it stays one when two clones have each added a comment. There is no chance
// in it: the same transition gives the same one.
func (m *machine) commentID(text string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{m.self.UID, strconv.Itoa(len(m.self.Comments)), m.in.Actor, text}, "\x00")))
	var id ulid.ULID
	if err := id.SetTime(uint64(max(m.in.Now.UnixMilli(), 0))); err != nil {
		_ = id.SetTime(0)
	}
	_ = id.SetEntropy(sum[:10]) // of the length it wants
	return id.String()
}

// giver tells whether the actor may dispose of the task: who started the
// route, the controllers, the performer's superior, an admin.
func (r *run) giver(t *document.Task) (bool, error) {
	actor := r.in.Actor
	u := r.org.User(actor)
	if u == nil || !u.Active {
		return false, nil
	}
	if u.HasRole(org.Admin) || t.Controller == actor || t.Giver == actor && t.Kind == KindPart {
		return true, nil
	}
	if t.Kind == KindPart { // given by a performer, not by the route
		return false, nil
	}
	if actor == r.instance().By {
		return true, nil
	}
	for _, id := range Performers(t) {
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
	if t.Kind == "" && slices.ContainsFunc(r.instance().Tasks, func(o document.Task) bool {
		return o.Kind == "" && o.Step == t.Step && o.Item == t.Item && o.Cycle == t.Cycle && o.Who == e.To && o.ID != t.ID && o.State != TaskRefused
	}) {
		return refuse(BadRequest, "", "%q has a task of step %q already", e.To, s.Label(m.language))
	}
	r.handOver(t, performer{who: e.To})
	if c := strings.TrimSpace(e.Comment); c != "" {
		m.addComment(c)
	}
	if _, chain, err := m.org.Substitute(e.To, m.day()); err == nil && len(chain) > 1 {
		m.note("%q is absent", e.To)
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
	if !giver && !(t.Kind == KindExtension && t.Giver == m.in.Actor) {
		return refuse(NotYours, "", "task %s is withdrawn by who gave it, its controller or an admin", m.ref(t))
	}
	if t.State == TaskInform || t.Kind != "" {
		if c := strings.TrimSpace(e.Comment); c != "" {
			m.addComment(c)
		}
		m.cancelTask(t)
		t.By = m.in.Actor
		return nil
	}
	others := slices.ContainsFunc(r.instance().Tasks, func(o document.Task) bool {
		return o.ID != t.ID && belongs(&o, s, t.Item) && o.Cycle == t.Cycle && (Pending(o.State) || o.State == TaskDone)
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
		if !belongs(&o, s, item) || o.Cycle != cycle {
			continue
		}
		if Pending(o.State) {
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
