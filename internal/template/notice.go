package template

import (
	"time"

	"github.com/e1-dms/e1/internal/expr"
)

// NoticeName is the name of the template of letters that tell people about a
// task: assigned, reminder and so on; unclear for the answer to a reply that
// was not understood.
func NoticeName(about string) string { return "task-" + about }

// Unclear is what a letter is about that answers a reply nobody understood.
const Unclear = "unclear"

// Notice is what a letter about a task knows beside the values of the
// document; templates call it task.
type Notice struct {
	Number   string // of the task, as people name it
	Document string // the document in a line: kind, number, title
	Title    string
	Text     string // what is to be done, what was answered
	Who      string // the performers
	Due      time.Time
	Late     bool
	Approval bool     // a decision is asked for, not work
	Answers  []Answer // what can be answered by letter, in order; none: nothing is awaited
	Reason   string   // why a reply was not carried out
}

// Answer is one thing that can be answered.
type Answer struct {
	Title   string
	Comment bool // a comment is required
}

// noticeVar is the name under which templates know a notice.
const noticeVar = "task"

// NoticeEnv gives the names of a letter about a task of a form's documents.
func NoticeEnv(form *expr.Env) *expr.Env {
	text := expr.Type{Kind: expr.Text}
	maybe := expr.Type{Kind: expr.Text, Nullable: true}
	answers := expr.NewRecord([]expr.Var{{Name: "title", Type: text}, {Name: "comment", Type: expr.Type{Kind: expr.Bool}}}, nil)
	fields := expr.NewRecord([]expr.Var{
		{Name: "number", Type: text}, {Name: "document", Type: text}, {Name: "title", Type: text}, {Name: "text", Type: maybe},
		{Name: "who", Type: maybe}, {Name: "due", Type: expr.Type{Kind: expr.DateTime, Nullable: true}}, {Name: "late", Type: expr.Type{Kind: expr.Bool}}, {Name: "approval", Type: expr.Type{Kind: expr.Bool}},
		{Name: "answers", Type: expr.Type{Kind: expr.Table, Fields: answers, Nullable: true}}, {Name: "reason", Type: maybe},
	}, nil)
	return form.With(expr.Var{Name: noticeVar, Type: expr.Type{Kind: expr.Record, Fields: fields}})
}

// RenderNotice makes a letter about a task. env and scope are those of the
// document, as for Render.
func (t *Template) RenderNotice(env *expr.Env, scope expr.Scope, language string, n Notice) (*Paper, error) {
	row := expr.Row{"number": n.Number, "document": n.Document, "title": n.Title, "late": n.Late, "approval": n.Approval}
	for name, text := range map[string]string{"text": n.Text, "who": n.Who, "reason": n.Reason} {
		if text != "" {
			row[name] = text
		}
	}
	if !n.Due.IsZero() {
		row["due"] = n.Due
	}
	var answers []expr.Row
	for _, a := range n.Answers {
		answers = append(answers, expr.Row{"title": a.Title, "comment": a.Comment})
	}
	if answers != nil {
		row["answers"] = answers
	}
	return t.Render(NoticeEnv(env), &noticed{scope, row}, language)
}

// noticed are the values of a document together with a notice.
type noticed struct {
	expr.Scope
	notice expr.Row
}

// Value implements expr.Scope.
func (n *noticed) Value(name string) (expr.Value, error) {
	if name == noticeVar {
		return n.notice, nil
	}
	return n.Scope.Value(name)
}

// AddDuration implements expr.Calendared when the document's values do.
func (n *noticed) AddDuration(from expr.Value, d expr.Duration, negative bool) (expr.Value, error) {
	return (&values{Scope: n.Scope}).AddDuration(from, d, negative)
}
