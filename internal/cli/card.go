package cli

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/requisite"
)

// cardView prepares a document for drawing.
type cardView struct {
	r     *repo.Repo
	set   *form.Set
	style render.Style
	lang  string
}

func (a *app) cardView(r *repo.Repo) (*cardView, error) {
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	style := a.style()
	return &cardView{r: r, set: set, style: style, lang: style.Language}, nil
}

// card is everything `e1 show` draws.
func (v *cardView) card(d *document.Document) (render.Card, error) {
	f := v.set.Form(d.Form)
	c := render.Card{
		Number: d.Number, Form: d.Form, Title: v.r.Title(d), Status: v.status(f, d.Status),
		StatusTone: statusTone(f, d.Status), Now: v.r.Now(),
	}
	if f != nil {
		c.Form = f.One.In(v.lang)
	}
	c.Facts = v.facts(d)
	v.groups(&c, f, d)
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			c.Tasks = append(c.Tasks, v.task(d, &d.Routes[i].Tasks[j]))
		}
	}
	if err := v.links(&c, f, d); err != nil {
		return c, err
	}
	for _, file := range d.Latest() {
		of, n := d.Version(file)
		c.Files = append(c.Files, render.File{Name: of, Version: n, Size: file.Size, By: v.user(file.By), At: file.At})
	}
	for _, l := range d.Letters {
		if l.Task != 0 {
			continue // what colleagues are told stands with the task
		}
		c.Letters = append(c.Letters, render.Letter{At: l.At, To: strings.Join(l.To, ", "), Subject: l.Subject, State: v.style.Word(l.State)})
	}
	for _, m := range d.Comments {
		c.Comments = append(c.Comments, render.Comment{At: m.At, By: v.user(m.By), Text: m.Text})
	}
	return c, nil
}

func (v *cardView) facts(d *document.Document) []render.Field {
	facts := []render.Field{{
		Label: v.style.Word("Registration"),
		Value: v.style.DateTime(d.Registered) + ", " + v.user(d.By),
	}}
	for i := range d.Routes {
		in := &d.Routes[i]
		if in.State != engine.Running || in.Due.IsZero() {
			continue
		}
		fact := render.Field{Label: v.style.Word("Deadline of the route"), Value: v.style.DateTime(in.Due) + ", " + v.instanceTitle(in)}
		if routeOverdue(in, v.r.Now()) {
			fact.Tone = render.Bad
		}
		facts = append(facts, fact)
	}
	if len(d.Aliases) > 0 {
		facts = append(facts, render.Field{Label: v.style.Word("Former numbers"), Value: strings.Join(d.Aliases, ", ")})
	}
	return facts
}

// groups adds the card's fields that are filled and shown.
func (v *cardView) groups(c *render.Card, f *form.Form, d *document.Document) {
	if f == nil {
		g := render.Group{}
		for _, e := range d.Card {
			g.Fields = append(g.Fields, render.Field{Label: e.Name, Value: e.Value.Text})
		}
		c.Groups = append(c.Groups, g)
		return
	}
	scope := v.set.Scope(f, d, v.r.Context(d.By))
	for _, group := range f.Groups {
		g := render.Group{Title: group.Title.In(v.lang)}
		for _, field := range group.Fields {
			label := field.Label.In(v.lang)
			value, err := scope.Value("card." + field.Name)
			switch {
			case err != nil:
				if raw := f.Stored(d, field); raw != nil {
					g.Fields = append(g.Fields, render.Field{Label: label, Value: raw.Text, Tone: render.Bad})
				}
			case value == nil:
			case field.Type == expr.Table:
				if rows, ok := value.([]expr.Row); ok {
					g.Fields = append(g.Fields, render.Field{Label: label, Table: v.table(field, rows)})
				}
			default:
				g.Fields = append(g.Fields, render.Field{Label: label, Value: v.value(field, value)})
			}
		}
		if len(g.Fields) > 0 {
			c.Groups = append(c.Groups, g)
		}
	}
	var unknown render.Group
	for _, e := range d.Card {
		if f.Field(e.Name) == nil {
			unknown.Fields = append(unknown.Fields, render.Field{Label: e.Name, Value: e.Value.Text, Tone: render.Dim})
		}
	}
	if len(unknown.Fields) > 0 {
		unknown.Title = "?"
		c.Groups = append(c.Groups, unknown)
	}
}

func (v *cardView) table(field *form.Field, rows []expr.Row) *render.Table {
	t := &render.Table{}
	for _, col := range field.Columns {
		c := render.Column{Title: col.Label.In(v.lang)}
		if col.Type.IsNumber() {
			c.Align = render.Right
		} else {
			c.Flex, c.Wrap = true, true
		}
		t.Columns = append(t.Columns, c)
	}
	for _, row := range rows {
		cells := make([]render.Cell, len(field.Columns))
		for i, col := range field.Columns {
			if value := row[col.Name]; value != nil {
				cells[i] = render.Cell{Text: v.value(col, value)}
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// value is a field's value as people read it: titles instead of ids, with the
// number where a document is meant.
func (v *cardView) value(field *form.Field, value expr.Value) string {
	switch x := value.(type) {
	case expr.Entry:
		if title, ok := x.Fields["title"].(string); ok && title != "" {
			return title
		}
		return x.ID
	case expr.User:
		return v.user(x.ID)
	case expr.Ref:
		return v.reference(x.Number)
	}
	return v.text(field.Type, v.set.ExprType(field).Format(value))
}

// text is a canonical text as people read it.
func (v *cardView) text(kind expr.Kind, text string) string {
	if kind == expr.Phone {
		if p, err := requisite.ParsePhone(text); err == nil {
			return p.String()
		}
	}
	return v.style.Human(kind.String(), text)
}

func (v *cardView) reference(number string) string {
	d, err := v.r.Lookup().Document(number)
	if err != nil || d == nil {
		return number + " ?"
	}
	return number + " " + v.r.Title(d)
}

func (v *cardView) user(id string) string {
	if u := v.set.Org().User(id); u != nil && u.Name != "" {
		return u.Name
	}
	return id
}

func (v *cardView) userOrNone(id string) string {
	if id == "" {
		return ""
	}
	return v.user(id)
}

// taskText is what is to be done, in words: those of the part, else those of
// the route.
func (v *cardView) taskText(d *document.Document, t *document.Task) string {
	if t.Kind != "" {
		return t.Text
	}
	step := ""
	if in, _ := d.Task(t.ID); in != nil {
		if def, err := v.r.Definitions().Pinned(in.Definition); err == nil {
			if s := def.Step(t.Step); s != nil {
				step = s.Text.In(v.lang)
			}
		}
	}
	return strings.TrimSpace(step + "\n" + t.Text) // with why the controller has given it back
}

func (v *cardView) status(f *form.Form, id string) string {
	if f == nil {
		return id
	}
	if s, ok := f.Status(id); ok {
		return s.Title.In(v.lang)
	}
	return id
}

func statusTone(f *form.Form, id string) render.Tone {
	switch {
	case id == form.Void:
		return render.Bad
	case f != nil && f.Closed(id):
		return render.Dim
	}
	return render.Good
}

// links adds the documents this one points to and those that point to it.
// References of fields stand in the card already.
func (v *cardView) links(c *render.Card, f *form.Form, d *document.Document) error {
	for _, l := range d.Links {
		link := render.Link{Heading: v.linkTitle(l.Kind), Number: l.To}
		if other, err := v.r.Lookup().Document(l.To); err == nil && other != nil {
			of := v.set.Form(other.Form)
			link.Title, link.Status, link.Tone = v.r.Title(other), v.status(of, other.Status), statusTone(of, other.Status)
		}
		c.Links = append(c.Links, link)
	}
	edges, err := backlinks(v.r, d.Number)
	if err != nil {
		return err
	}
	brief, err := v.briefOf(edges)
	if err != nil {
		return err
	}
	for _, e := range edges {
		of := v.set.Form(e.Row.Form)
		c.Backlinks = append(c.Backlinks, render.Link{
			Heading: v.backHeading(of, e), Number: e.From, Title: e.Row.Title,
			Status: v.status(of, e.Row.Status), Tone: statusTone(of, e.Row.Status), Details: brief[e.From],
		})
	}
	groupByHeading(c.Backlinks)
	countHeadings(c.Backlinks)
	return nil
}

// groupByHeading brings links of one heading together, headings in the order
// in which they come first.
func groupByHeading(links []render.Link) {
	first := map[string]int{}
	for i, l := range links {
		if _, ok := first[l.Heading]; !ok {
			first[l.Heading] = i
		}
	}
	slices.SortStableFunc(links, func(a, b render.Link) int { return first[a.Heading] - first[b.Heading] })
}

// backHeading names a reference from the other side.
func (v *cardView) backHeading(of *form.Form, e index.Edge) string {
	if of == nil {
		return e.Kind
	}
	if e.Field != "" {
		if field := of.Field(e.Field); field != nil {
			if back := field.Back.In(v.lang); back != "" {
				return back
			}
		}
		return of.Title.In(v.lang)
	}
	if l := v.set.Settings().Link(e.Kind); l != nil && l.Back.In(v.lang) != "" {
		return l.Back.In(v.lang)
	}
	return e.Kind + " ←"
}

// linkTitle names a kind of link.
func (v *cardView) linkTitle(kind string) string {
	if l := v.set.Settings().Link(kind); l != nil && l.Title.In(v.lang) != "" {
		return l.Title.In(v.lang)
	}
	return kind
}

// numberTitle is a document of the history by the number that it had, and its
// title; nothing for nothing.
func (v *cardView) numberTitle(number string) string {
	if number == "" {
		return ""
	}
	d, _ := v.r.Lookup().Document(number)
	if d == nil {
		if now, err := v.r.Renumbered(number, ""); err == nil && now != "" {
			d, _ = v.r.Lookup().Document(now)
		}
	}
	if d == nil {
		return number
	}
	return number + " " + v.r.Title(d)
}
