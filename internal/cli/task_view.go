package cli

import (
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// task is a task of a document as people see it.
func (v *cardView) task(d *document.Document, t *document.Task) render.Task {
	title := t.Title
	if t.Kind == engine.KindPart {
		title = "↳ " + strconv.Itoa(t.Of) + ": " + title
	}
	in, _ := d.Task(t.ID)
	outcome := v.answer(in, t.Step, t.Kind, t.Outcome)
	if t.State == engine.TaskReturned { // the answer does not count
		outcome = v.style.Word(t.State)
	}
	return render.Task{
		ID: taskNumber(d.Number, t.ID), Title: title, Document: v.r.Title(d),
		Who: v.holders(t.State, t.Who, t.Controller, t.Candidates), State: v.style.Word(t.State), Outcome: outcome,
		Comment: t.Comment, Assigned: t.Assigned, Due: t.Due, Done: t.Done, Overdue: engine.Late(t.State, t.Due, t.Done, v.r.Now()), Closed: !engine.Pending(t.State), Unread: t.State == engine.TaskInform,
		Mark: v.taskMark(engine.Pending(t.State), t.State, t.Reminded, t.Escalated),
	}
}

// taskRow is a task of the index as people see it.
func (v *cardView) taskRow(t index.TaskRow) render.Task {
	outcome := t.Outcome
	if t.State == engine.TaskReturned {
		outcome = v.style.Word(t.State)
	} else if outcome != "" {
		if d, err := v.r.Lookup().Document(t.Number); err == nil && d != nil {
			in, _ := d.Task(t.ID)
			outcome = v.answer(in, t.Step, t.Kind, outcome)
		}
	}
	return render.Task{
		ID: taskNumber(t.Number, t.ID), Title: t.Title, Document: t.DocumentTitle, Who: v.holders(t.State, t.Who, t.Controller, t.Candidates),
		State: v.style.Word(t.State), Outcome: outcome, Comment: t.Comment, Assigned: inZone(t.Assigned, v.r), Due: inZone(t.Due, v.r), Done: inZone(t.Done, v.r),
		Overdue: engine.Late(t.State, t.Due, t.Done, v.r.Now()), Closed: !t.Open && !t.Unread, Unread: t.Unread, Mark: v.taskMark(t.Open, t.State, t.Reminded, t.Escalated),
	}
}

// holders are who has a task, and of a finished one whose move it is now.
func (v *cardView) holders(state, who, controller string, candidates []string) []string {
	names := v.people(who, candidates)
	if state == engine.TaskReview {
		return []string{whoText("", names) + " → " + v.user(controller)}
	}
	return names
}

// people are who has a task, or all who share it.
func (v *cardView) people(who string, candidates []string) []string {
	if who != "" {
		return []string{v.user(who)}
	}
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = v.user(c)
	}
	return names
}

// performers names who has a task, or those who share it.
func (v *cardView) performers(who string, candidates []string) string {
	return whoText("", v.people(who, candidates))
}

// answer is what a task was answered, in the words of the route.
func (v *cardView) answer(in *document.Instance, step, kind, outcome string) string {
	if outcome == "" {
		return ""
	}
	if in != nil && kind == "" {
		if def, err := v.r.Definitions().Pinned(in.Definition); err == nil {
			if s := def.Step(step); s != nil {
				if o := s.Outcome(outcome); o != nil && o.Title.In(v.lang) != "" {
					return o.Title.In(v.lang)
				}
			}
		}
	}
	return v.style.Word(outcome)
}

// taskMark says what has happened to an open task, above all that its controller
// has it.
func (v *cardView) taskMark(open bool, state string, reminded, escalated time.Time) string {
	switch {
	case !open:
		return ""
	case state == engine.TaskReview:
		return v.style.Word(state)
	case !escalated.IsZero():
		return v.style.Word("escalated")
	case !reminded.IsZero():
		return v.style.Word("reminded")
	}
	return ""
}

// instanceTitle is what people call a route on a document.
func (v *cardView) instanceTitle(in *document.Instance) string {
	if in.Title != "" {
		return in.Title
	}
	if def, err := v.r.Definitions().Pinned(in.Definition); err == nil && def.Title.In(v.lang) != "" {
		return def.Title.In(v.lang)
	}
	return in.Route
}

// endTitle is an end of a route in its words.
func (v *cardView) endTitle(in *document.Instance, end string) string {
	if def, err := v.r.Definitions().Pinned(in.Definition); err == nil {
		return def.EndLabel(end, v.lang)
	}
	return end
}

// inZone shows a time in the repository's zone.
func inZone(t time.Time, r *repo.Repo) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(r.Now().Location())
}
