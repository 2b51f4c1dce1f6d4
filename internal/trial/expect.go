package trial

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// expect compares what is with what is expected; every difference is a problem
// at the line that expects something else.
func (p *play) expect(e *Expect) {
	if e.Refused.Text != "" {
		p.refused(e)
	}
	if e.Started.Text != "" {
		p.started(e)
	}
	if e.Path != nil {
		if got := p.path(); !slices.Equal(got, texts(e.Path)) {
			p.fail(p.src.Span(e.Path), "expected the path %s, got %s", way(texts(e.Path)), way(got))
		}
	}
	if e.Open != nil {
		if got, want := p.openSteps(), texts(e.Open); !slices.Equal(sorted(got), sorted(want)) {
			p.fail(p.src.Span(e.Open), "expected to be open: %s; open: %s", listed(want), listed(got))
		}
	}
	for _, pair := range e.Who {
		p.performers(pair)
	}
	for _, pair := range e.Due {
		p.deadline(pair)
	}
	if got := p.document().Status; e.Status.Text != "" && got != e.Status.Text {
		p.fail(e.Status.At, "expected the status %q, got %q", e.Status.Text, got)
	}
	p.card(p.document(), e.Card)
	for _, g := range e.Documents {
		if d := p.w.docs[g.Number.Text]; d != nil {
			p.other(d, g)
		} else {
			p.fail(g.At, "expected a document %s; there are %s", g.Number.Text, listed(p.w.order))
		}
	}
	if e.hasReg {
		p.registrations(e)
	}
	if e.hasLetters {
		p.lettersWritten(e)
	}
	p.links(p.document(), &e.Kept)
	p.files(p.document(), &e.Kept)
	p.controllers(e)
	for _, pair := range e.Told {
		p.told(pair)
	}
	if e.End.Text != "" {
		p.ended(e)
	}
}

func texts(list *yamlsrc.Node) []string {
	out := []string{}
	for _, n := range list.Items {
		out = append(out, n.Value)
	}
	return out
}

func way(steps []string) string {
	if len(steps) == 0 {
		return "nowhere"
	}
	return strings.Join(steps, " > ")
}

func (p *play) refused(e *Expect) {
	var refusal *engine.Refusal
	var paper *paperError
	switch {
	case p.failed == nil:
		p.fail(e.Refused.At, "expected to be refused (%s), but it was done", e.Refused.Text)
	case errors.As(p.failed, &refusal) && string(refusal.Reason) == e.Refused.Text:
	case errors.As(p.failed, &paper) && e.Refused.Text == paperRefused:
	default:
		got := p.failed.Error()
		if refusal != nil {
			got = string(refusal.Reason) + ": " + got
		}
		p.fail(e.Refused.At, "expected to be refused as %q, got %s", e.Refused.Text, firstLine(got))
	}
}

func (p *play) started(e *Expect) {
	switch in := p.instance(); {
	case e.Started.Text == "true" && in == nil:
		p.fail(e.Started.At, "expected the route %q to start; it did not%s", p.r.Name.Text, p.because())
	case e.Started.Text == "false" && in != nil:
		p.fail(e.Started.At, "expected the route %q not to start; it is %s", p.r.Name.Text, in.State)
	}
}

// path lists the steps of the tested route at which the document came to
// people or had to wait, in the order in which they began.
func (p *play) path() []string {
	out := []string{}
	in := p.instance()
	for _, v := range p.w.visits {
		if in == nil || v.Document != p.number || v.Instance != in.ID || v.What != engine.VisitEntered {
			continue
		}
		s := p.r.Step(v.Step)
		if s != nil && (s.Person() || s.Verb == route.Wait || s.Verb == route.Call) {
			out = append(out, place(v.Step, v.Item))
		}
	}
	return out
}

func (p *play) openSteps() []string {
	var out []string
	for _, in := range p.document().Routes {
		for _, t := range in.Tasks {
			if engine.Pending(t.State) {
				out = append(out, place(t.Step, t.Item))
			}
		}
	}
	return out
}

// latest gives the tasks of a step's last pass.
func (p *play) latest(step string) []*document.Task {
	var out []*document.Task
	d := p.document()
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			t := &d.Routes[i].Tasks[j]
			if t.Kind != "" || place(t.Step, t.Item) != step || t.State == engine.TaskReturned || t.State == engine.TaskRefused {
				continue
			}
			if len(out) > 0 && out[0].Cycle < t.Cycle {
				out = nil
			}
			out = append(out, t)
		}
	}
	return out
}

// performers compares who has a step with users, roles and departments: each
// person must be one of them, and each user must be there.
func (p *play) performers(pair yamlsrc.Pair) {
	tasks := p.latest(pair.Key.Value)
	if len(tasks) == 0 {
		p.fail(p.src.Span(pair.Key), "expected %q to have a task; open: %s", pair.Key.Value, listed(p.open()))
		return
	}
	var got []string
	for _, t := range tasks {
		got = append(got, engine.Awaited(t)...)
	}
	want := words(pair.Value)
	if !p.same(want, got) {
		p.fail(p.src.Span(pair.Value), "expected %s to be for %s, got %s", pair.Key.Value, strings.Join(want, ", "), listed(got))
	}
}

func words(n *yamlsrc.Node) []string {
	if n.Kind == yamlsrc.Scalar {
		if n.IsNull() {
			return nil
		}
		return []string{n.Value}
	}
	return texts(n)
}

func (p *play) same(want, got []string) bool {
	for _, id := range got {
		if !slices.ContainsFunc(want, func(spec string) bool { return p.stands(spec, id) }) {
			return false
		}
	}
	for _, spec := range want {
		if !slices.ContainsFunc(got, func(id string) bool { return p.stands(spec, id) }) {
			return false
		}
	}
	return true
}

// stands tells whether a user is meant by "petrova", "role manager" or
// "department sales".
func (p *play) stands(spec, id string) bool {
	u := p.forms.Org().User(id)
	if role, ok := strings.CutPrefix(spec, "role "); ok {
		return u != nil && u.HasRole(role)
	}
	if department, ok := strings.CutPrefix(spec, "department "); ok {
		return u != nil && p.forms.Org().Within(u.Department, department)
	}
	return spec == id
}

// deadline compares the deadline of a step with a time, a date, or a duration
// from the assignment on.
func (p *play) deadline(pair yamlsrc.Pair) {
	tasks := p.latest(pair.Key.Value)
	if len(tasks) == 0 {
		p.fail(p.src.Span(pair.Key), "expected %q to have a task; open: %s", pair.Key.Value, listed(p.open()))
		return
	}
	t, text := tasks[0], pair.Value.Value
	const shown = "2006-01-02 15:04"
	got := "no deadline"
	if !t.Due.IsZero() {
		got = t.Due.Format(shown)
	}
	if pair.Value.IsNull() || text == "none" {
		if !t.Due.IsZero() {
			p.fail(p.src.Span(pair.Value), "expected %s to have no deadline, got %s", pair.Key.Value, got)
		}
		return
	}
	if d, err := worktime.ParseDuration(text); err == nil {
		c := p.base.Calendar(p.r.Calendar.Text)
		if c == nil {
			p.fail(p.src.Span(pair.Value), "there is no working calendar %q", p.r.Calendar.Text)
			return
		}
		at, _ := c.Add(t.Assigned, d)
		if at = at.Truncate(time.Second); !at.Equal(t.Due) {
			p.fail(p.src.Span(pair.Value), "expected %s to be due %s after its assignment (%s), got %s", pair.Key.Value, text, at.In(p.w.now.Location()).Format(shown), got)
		}
		return
	}
	at, dateOnly, err := moment(text, p.w.now.Location())
	switch {
	case err != nil:
		p.fail(p.src.Span(pair.Value), "due: %v, a duration such as 2wd, or none", err)
	case dateOnly && t.Due.Format(time.DateOnly) != text, !dateOnly && !at.Equal(t.Due):
		p.fail(p.src.Span(pair.Value), "expected %s to be due %s, got %s", pair.Key.Value, text, got)
	}
}

// card compares fields, also of documents that references lead to.
func (p *play) card(d *document.Document, pairs []yamlsrc.Pair) {
	for _, pair := range pairs {
		of, name := p.w.reach(d, pair.Key.Value)
		if of == nil {
			p.fail(p.src.Span(pair.Value), "expected %s to be %s, but %s is empty", pair.Key.Value, described(pair.Value.Value), up(pair.Key.Value))
			continue
		}
		f := p.forms.Form(of.Form)
		if field := f.Field(name); field != nil && field.Type == expr.Table && !field.Computed {
			p.cells(of, name, pair)
			continue
		}
		want, got := p.w.wanted(of, name, pair.Value), p.w.got(of, name)
		if want != got {
			p.fail(p.src.Span(pair.Value), "expected %s to be %s, got %s", pair.Key.Value, described(want), described(got))
		}
	}
}

func up(path string) string {
	if i := strings.LastIndexByte(path, '.'); i > 0 {
		return path[:i]
	}
	return path
}

// cells compares the rows of a table; columns that are not named do not count.
func (p *play) cells(d *document.Document, name string, pair yamlsrc.Pair) {
	var rows []document.Row
	field := p.forms.Form(d.Form).Field(name)
	if v := p.forms.Form(d.Form).Stored(d, field); v != nil {
		rows = v.Rows
	}
	if len(rows) != len(pair.Value.Items) {
		p.fail(p.src.Span(pair.Value), "expected %s to have %d rows, got %d", pair.Key.Value, len(pair.Value.Items), len(rows))
		return
	}
	scratch := &document.Document{Form: d.Form}
	if problems := p.w.rows(p.src, p.forms.Form(d.Form), scratch, name, pair.Value, p.by); len(problems) > 0 {
		p.res.Problems = append(p.res.Problems, problems...)
		return
	}
	want := scratch.Card.Get(name).Rows
	for i, item := range pair.Value.Items {
		for _, cell := range item.Pairs {
			column := cell.Key.Value
			if c := field.Column(column); c != nil {
				column = c.Name
			}
			if got := rows[i].Text(column); got != want[i].Text(column) {
				p.fail(p.src.Span(cell.Value), "expected %s.%d.%s to be %s, got %s", pair.Key.Value, i+1, column, described(want[i].Text(column)), described(got))
			}
		}
	}
}

// other compares another document's status, card, links and files.
func (p *play) other(d *document.Document, g *Given) {
	if g.Status.Text != "" && d.Status != g.Status.Text {
		p.fail(g.Status.At, "expected %s to have the status %q, got %q", d.Number, g.Status.Text, d.Status)
	}
	if g.Card != nil {
		p.card(d, g.Card.Pairs)
	}
	p.links(d, &g.Kept)
	p.files(d, &g.Kept)
}

// registrations compares the documents that were registered, in order.
func (p *play) registrations(e *Expect) {
	numbers := p.w.registered[min(p.registered, len(p.w.registered)):]
	var got, want []string
	for _, n := range numbers {
		got = append(got, p.w.docs[n].Form)
	}
	for _, g := range e.Registered {
		want = append(want, g.Form.Text)
	}
	if !slices.Equal(got, want) {
		p.fail(e.registered, "expected to be registered: %s; registered: %s", listed(want), listed(got))
		return
	}
	for i, g := range e.Registered {
		p.other(p.w.docs[numbers[i]], g)
	}
}

// told compares who was told something: reminded, escalated to and so on.
func (p *play) told(pair yamlsrc.Pair) {
	var got []string
	for _, e := range p.w.effects[min(p.effects, len(p.w.effects)):] {
		if string(e.Kind) != pair.Key.Value {
			continue
		}
		for _, id := range e.To {
			if !slices.Contains(got, id) {
				got = append(got, id)
			}
		}
	}
	if want := words(pair.Value); !p.same(want, got) {
		p.fail(p.src.Span(pair.Value), "expected to be told (%s): %s; told: %s", pair.Key.Value, listed(want), listed(got))
	}
}

func (p *play) ended(e *Expect) {
	in := p.instance()
	switch {
	case in == nil:
		p.fail(e.End.At, "expected the end %q; the route did not start%s", e.End.Text, p.because())
	case in.State == engine.Running:
		p.fail(e.End.At, "expected the end %q; the route is still running, open: %s", e.End.Text, listed(p.open()))
	case in.State != engine.Done && e.End.Text == in.State:
	case in.State != engine.Done || in.End != e.End.Text:
		got := fmt.Sprintf("%q", in.End)
		if in.State != engine.Done {
			got = in.State
		}
		p.fail(e.End.At, "expected the end %q, got %s", e.End.Text, got)
	}
}
