package cli

import (
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// The JSON shapes of documents and tasks are a contract (docs/json.md).

// documentJSON is D of the contract. Lists leave out routes and comments.
func documentJSON(r *repo.Repo, d *document.Document, whole bool) (render.Object, error) {
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	o := render.Object{
		{Key: "number", Value: d.Number},
		{Key: "form", Value: d.Form},
		{Key: "uid", Value: d.UID},
		{Key: "status", Value: d.Status},
		{Key: "title", Value: r.Title(d)},
		{Key: "registered", Value: d.Registered},
		{Key: "by", Value: d.By},
		{Key: "card", Value: cardJSON(r, set, d)},
		{Key: "links", Value: linksJSON(d)},
	}
	backlinks, err := backlinksJSON(r, d.Number)
	if err != nil {
		return nil, err
	}
	o = append(o, render.Member{Key: "backlinks", Value: backlinks}, render.Member{Key: "files", Value: filesJSON(d)})
	if whole {
		o = append(o, render.Member{Key: "routes", Value: routesJSON(d, r.Now())})
	}
	tasks, err := tasksJSON(r, d)
	if err != nil {
		return nil, err
	}
	o = append(o, render.Member{Key: "tasks", Value: tasks})
	if whole {
		comments := []render.Object{}
		for _, c := range d.Comments {
			comments = append(comments, render.Object{{Key: "id", Value: c.ID}, {Key: "at", Value: c.At}, {Key: "by", Value: c.By}, {Key: "text", Value: c.Text}})
		}
		o = append(o, render.Member{Key: "comments", Value: comments}, render.Member{Key: "letters", Value: sentJSON(d)})
	}
	if len(d.Aliases) > 0 {
		o = append(o, render.Member{Key: "aliases", Value: d.Aliases})
	}
	return o, nil
}

// sentJSON gives the outgoing letters of a document.
func sentJSON(d *document.Document) []render.Object {
	out := []render.Object{}
	for _, l := range d.Letters {
		out = append(out, render.Object{{Key: "id", Value: l.ID}, {Key: "to", Value: l.To}, {Key: "subject", Value: l.Subject},
			{Key: "template", Value: l.Template}, {Key: "state", Value: l.State}, {Key: "by", Value: l.By}, {Key: "at", Value: l.At}, {Key: "sent", Value: l.Sent},
			{Key: "task", Value: ofTask(d.Number, l.Task)}, {Key: "about", Value: l.About}})
	}
	return out
}

// cardJSON gives the card in form order, computed fields included; what does
// not fit its type is given as it is written, what the form does not know
// follows at the end.
func cardJSON(r *repo.Repo, set *form.Set, d *document.Document) render.Object {
	out := render.Object{}
	f := set.Form(d.Form)
	if f == nil {
		for _, e := range d.Card {
			out = append(out, render.Member{Key: e.Name, Value: rawJSON(&e.Value)})
		}
		return out
	}
	scope := set.Scope(f, d, r.Context(d.By))
	for _, field := range f.Fields() {
		v, err := scope.Value("card." + field.Name)
		switch {
		case err != nil:
			if raw := f.Stored(d, field); raw != nil {
				out = append(out, render.Member{Key: field.Name, Value: rawJSON(raw)})
			}
		case v != nil:
			out = append(out, render.Member{Key: field.Name, Value: form.JSON(set.ExprType(field), v)})
		}
	}
	for _, e := range d.Card {
		if f.Field(e.Name) == nil {
			out = append(out, render.Member{Key: e.Name, Value: rawJSON(&e.Value)})
		}
	}
	return out
}

func rawJSON(v *document.Value) any {
	switch {
	case v.Rows != nil:
		rows := []render.Object{}
		for _, r := range v.Rows {
			row := render.Object{}
			for _, c := range r {
				row = append(row, render.Member{Key: c.Name, Value: c.Text})
			}
			rows = append(rows, row)
		}
		return rows
	case v.List != nil:
		return v.List
	}
	return v.Text
}

func linksJSON(d *document.Document) []render.Object {
	out := []render.Object{}
	for _, l := range d.Links {
		out = append(out, render.Object{{Key: "kind", Value: l.Kind}, {Key: "to", Value: l.To}})
	}
	return out
}

// maxBacklinks bounds what a card lists of the documents that point to it.
const maxBacklinks = 1000

func backlinksJSON(r *repo.Repo, number string) ([]render.Object, error) {
	edges, err := backlinks(r, number)
	if err != nil {
		return nil, err
	}
	out := []render.Object{}
	for _, e := range edges {
		o := render.Object{{Key: "kind", Value: e.Kind}, {Key: "from", Value: e.From}, {Key: "title", Value: e.Row.Title}, {Key: "status", Value: e.Row.Status}}
		if e.Field != "" {
			o = append(o, render.Member{Key: "field", Value: e.Field})
		}
		out = append(out, o)
	}
	return out, nil
}

func backlinks(r *repo.Repo, number string) ([]index.Edge, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	return db.RefsTo(number, maxBacklinks)
}

func filesJSON(d *document.Document) []render.Object {
	out := []render.Object{}
	for _, f := range d.Files {
		of, n := d.Version(f)
		o := render.Object{{Key: "name", Value: f.Name}, {Key: "size", Value: f.Size}, {Key: "sha256", Value: f.SHA256}, {Key: "by", Value: f.By}, {Key: "at", Value: f.At},
			{Key: "of", Value: of}, {Key: "version", Value: n}}
		if f.Original != "" {
			o = append(o, render.Member{Key: "original", Value: f.Original})
		}
		out = append(out, o)
	}
	return out
}

func routesJSON(d *document.Document, now time.Time) []render.Object {
	out := []render.Object{}
	for _, in := range d.Routes {
		open := []render.Object{}
		for _, p := range in.Open {
			open = append(open, render.Object{{Key: "at", Value: p.At}, {Key: "since", Value: p.Since}})
		}
		out = append(out, render.Object{
			{Key: "id", Value: in.ID}, {Key: "route", Value: in.Route}, {Key: "state", Value: in.State},
			{Key: "definition", Value: in.Definition}, {Key: "started", Value: in.Started},
			{Key: "ended", Value: in.Ended}, {Key: "end", Value: in.End}, {Key: "open", Value: open},
			{Key: "due", Value: in.Due}, {Key: "overdue", Value: routeOverdue(&in, now)},
		})
	}
	return out
}

// routeOverdue reports whether a route has not ended in the time promised.
func routeOverdue(in *document.Instance, now time.Time) bool {
	switch {
	case in.Due.IsZero():
		return false
	case !in.Ended.IsZero():
		return in.Ended.After(in.Due)
	}
	return now.After(in.Due)
}

// tasksJSON gives the tasks of a document.
func tasksJSON(r *repo.Repo, d *document.Document) ([]render.Object, error) {
	out := []render.Object{}
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			out = append(out, taskJSON(r, d, &d.Routes[i], &d.Routes[i].Tasks[j]))
		}
	}
	return out, nil
}

// taskJSON is T of the contract.
func taskJSON(r *repo.Repo, d *document.Document, in *document.Instance, t *document.Task) render.Object {
	candidates := t.Candidates
	if candidates == nil {
		candidates = []string{}
	}
	outcomes := []string{}
	for _, c := range outcomesOf(r, in, t) {
		outcomes = append(outcomes, c.Name)
	}
	return render.Object{
		{Key: "task", Value: taskNumber(d.Number, t.ID)},
		{Key: "document", Value: d.Number},
		{Key: "form", Value: d.Form},
		{Key: "title", Value: t.Title},
		{Key: "step", Value: t.Step},
		{Key: "route", Value: in.Route},
		{Key: "who", Value: t.Who},
		{Key: "candidates", Value: candidates},
		{Key: "state", Value: t.State},
		{Key: "assigned", Value: t.Assigned},
		{Key: "due", Value: t.Due},
		{Key: "overdue", Value: engine.Late(t.State, t.Due, t.Done, r.Now())},
		{Key: "accepted", Value: t.Accepted},
		{Key: "done", Value: t.Done},
		{Key: "outcome", Value: t.Outcome},
		{Key: "outcomes", Value: outcomes},
		{Key: "comment", Value: t.Comment},
		{Key: "kind", Value: t.Kind},
		{Key: "of", Value: ofTask(d.Number, t.Of)},
		{Key: "giver", Value: t.Giver},
		{Key: "text", Value: t.Text},
		{Key: "until", Value: t.Until},
		{Key: "for", Value: t.For},
		{Key: "cycle", Value: t.Cycle},
		{Key: "reminded", Value: t.Reminded},
		{Key: "escalated", Value: t.Escalated},
		{Key: "controller", Value: t.Controller},
	}
}

// ofTask names the task that a part or a request belongs to.
func ofTask(number string, of int) string {
	if of == 0 {
		return ""
	}
	return taskNumber(number, of)
}

// outcomesOf lists what can be answered to an open task; nothing when its
// definition cannot be read.
func outcomesOf(r *repo.Repo, in *document.Instance, t *document.Task) []engine.Choice {
	switch {
	case t.State == engine.TaskInform:
		return engine.Outcomes(nil, t, r.Language())
	case !engine.Pending(t.State):
		return nil
	}
	def, err := r.Definitions().Pinned(in.Definition)
	if err != nil {
		return nil
	}
	return engine.Outcomes(def, t, r.Language())
}

func taskNumber(number string, id int) string { return number + "/" + strconv.Itoa(id) }
