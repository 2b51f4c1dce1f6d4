package engine

import (
	"strings"

	"github.com/e1-dms/e1/internal/document"
)

// KindNotice is the kind of a task that says something its person has to know
// and do nothing about: that a task of somebody else is late, or how a part or
// a request was answered. It is closed by reading it, or with the task it is
// about.
const KindNotice = "notice"

// notice gives people something to know about a task, nil for the route as a
// whole, and returns what each of them has got to read.
func (r *run) notice(about *document.Task, title string, people ...performer) []int {
	n := document.Task{Kind: KindNotice, Title: title, State: TaskInform, Assigned: r.in.Now}
	if about != nil {
		n.Step, n.Item, n.Of, n.Text = about.Step, about.Item, about.ID, about.Comment
	}
	var out []int
	for _, p := range people {
		n.ID, n.Who, n.For = r.self.NextTask(), p.who, p.absent
		in := r.instance()
		in.Tasks = append(in.Tasks, n)
		out = append(out, n.ID)
	}
	return out
}

// lateTitle is what a notice says of something late.
func (m *machine) lateTitle(title string) string {
	if m.language == "ru" {
		return "Просрочено: " + title
	}
	return "Late: " + title
}

// reply tells who gave a part, or asked for a deadline, how that was answered:
// a state of the part, or an outcome of the request.
func (r *run) reply(about document.Task, answer string) {
	if about.Giver == r.in.Actor || r.org.User(about.Giver) == nil {
		return
	}
	words := map[string][2]string{
		finished:    {"Done", "Выполнено"},
		TaskRefused: {"Given back", "Не принято"},
		grant:       {"Deadline moved", "Срок продлён"},
		deny:        {"Deadline not moved", "Срок не продлён"},
	}[answer]
	word, title := words[0], about.Title
	if r.language == "ru" {
		word = words[1]
	}
	if _, of := r.self.Task(about.Of); of != nil && about.Kind == KindExtension {
		title = of.Title
	}
	giver := performer{who: about.Giver}
	r.tellOf(TellAnswered, about.ID, about.Title, []performer{giver}, r.notice(&about, word+": "+title, giver))
}

// tellOf tells people something that each of them finds among what is to be
// read; ids are in the order of people, 0 where there is nothing to read.
func (m *machine) tellOf(kind EffectKind, task int, text string, people []performer, ids []int) {
	e := Effect{Kind: kind, Document: m.self.Number, Task: task, Text: text, Notices: ids}
	for _, p := range people {
		e.To = append(e.To, p.who)
	}
	m.res.Effects = append(m.res.Effects, e)
}

// readIt closes something that was to be read, whatever has become of its
// route.
func (m *machine) readIt(t *document.Task, outcome, comment string) error {
	as, instead, err := m.may(t)
	if err != nil {
		return err
	}
	if outcome != "" && outcome != read {
		return m.unknownOutcome(t, outcome, []string{read})
	}
	m.sign(t, as, instead)
	t.State, t.Done, t.Outcome, t.Comment = TaskDone, m.in.Now, read, strings.TrimSpace(comment)
	m.closed(t)
	return nil
}

// cancelChildren withdraws the parts of a task and the requests about it, and
// what was still to be read about any of them.
func (m *machine) cancelChildren(id int) {
	for i := range m.self.Routes {
		for j := range m.self.Routes[i].Tasks {
			t := &m.self.Routes[i].Tasks[j]
			switch {
			case t.Of != id || t.Kind == "":
			case Pending(t.State):
				m.cancelTask(t)
			case t.State == TaskInform:
				t.State, t.Done = TaskCancelled, m.in.Now
				m.closed(t)
			case t.ID > id: // children are younger, so this ends whatever the document says
				m.cancelChildren(t.ID)
			}
		}
	}
}
