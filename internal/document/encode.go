package document

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Encode writes the document canonically. Order lists the card's fields in the
// order of the form; fields it does not name follow in their own order, keys
// this version does not know come last on their level. The document must have
// a form and a number, and each card value one shape only.
func (d *Document) Encode(order []string) ([]byte, error) {
	if d.Form == "" || d.Number == "" {
		return nil, errors.New("document: form and number must not be empty")
	}
	if err := checkCard("card", d.Card); err != nil {
		return nil, err
	}
	for i := range d.Routes {
		if err := checkCard("vars", d.Routes[i].Vars); err != nil {
			return nil, err
		}
	}
	out, err := yamlsrc.Encode(d.node(order))
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", d.Number, err)
	}
	return out, nil
}

// checkCard refuses values of two shapes, of which one would be lost.
func checkCard(key string, c Card) error {
	for _, e := range c {
		shapes := 0
		for _, there := range []bool{e.Value.Text != "", len(e.Value.Rows) > 0, len(e.Value.List) > 0, e.Value.Node != nil} {
			if there {
				shapes++
			}
		}
		if shapes > 1 {
			return fmt.Errorf("document: %s: %q has several values at once", key, e.Name)
		}
	}
	return nil
}

// mapping collects the pairs of a mapping, leaving empty values out.
type mapping []yamlsrc.Pair

func (m *mapping) add(key string, n *yamlsrc.Node) { *m = append(*m, yamlsrc.P(key, n)) }

func (m *mapping) text(key, s string) {
	if s != "" {
		m.add(key, yamlsrc.Text(s))
	}
}

func (m *mapping) time(key string, t time.Time) {
	if !t.IsZero() {
		m.add(key, yamlsrc.PlainText(FormatTime(t)))
	}
}

func (m *mapping) int(key string, i int64) {
	if i != 0 {
		m.add(key, yamlsrc.Int(i))
	}
}

func (m *mapping) texts(key string, list []string) {
	if len(list) > 0 {
		m.add(key, textsNode(list).Flow())
	}
}

func textsNode(list []string) *yamlsrc.Node {
	items := make([]*yamlsrc.Node, len(list))
	for i, s := range list {
		items[i] = yamlsrc.Text(s)
	}
	return yamlsrc.Seq(items...)
}

func (m *mapping) list(key string, n int, item func(i int) *yamlsrc.Node) {
	if n == 0 {
		return
	}
	items := make([]*yamlsrc.Node, n)
	for i := range items {
		items[i] = item(i)
	}
	m.add(key, yamlsrc.Seq(items...))
}

func (m *mapping) extra(pairs []yamlsrc.Pair) { *m = append(*m, pairs...) }

func (m mapping) node() *yamlsrc.Node { return yamlsrc.Map(m...) }

// node makes the document's tree.
func (d *Document) node(order []string) *yamlsrc.Node {
	m := make(mapping, 0, 16)
	m.text("form", d.Form)
	m.text("number", d.Number)
	m.texts("aliases", d.Aliases)
	m.text("uid", d.UID)
	m.time("registered", d.Registered)
	m.text("by", d.By)
	m.text("status", d.Status)
	m.text("message", d.Message)
	m.text("message_id", d.MessageID)
	m.card("card", d.Card, order)
	m.list("links", len(d.Links), func(i int) *yamlsrc.Node { return d.Links[i].node() })
	m.list("files", len(d.Files), func(i int) *yamlsrc.Node { return d.Files[i].node() })
	m.list("letters", len(d.Letters), func(i int) *yamlsrc.Node { return d.Letters[i].node() })
	m.list("routes", len(d.Routes), func(i int) *yamlsrc.Node { return d.Routes[i].node() })
	m.list("comments", len(d.Comments), func(i int) *yamlsrc.Node { return d.Comments[i].node() })
	m.list("reached", len(d.Reached), func(i int) *yamlsrc.Node { return d.Reached[i].node() })
	m.extra(d.Extra)
	return m.node()
}

func (l *Link) node() *yamlsrc.Node {
	m := make(mapping, 0, 2)
	m.text("kind", l.Kind)
	m.text("to", l.To)
	m.extra(l.Extra)
	return m.node()
}

func (f *File) node() *yamlsrc.Node {
	m := make(mapping, 0, 6)
	m.text("name", f.Name)
	m.text("original", f.Original)
	m.text("of", f.Of)
	m.text("sha256", f.SHA256)
	m.int("size", f.Size)
	m.text("by", f.By)
	m.time("at", f.At)
	m.text("template", f.Template)
	m.text("message", f.Message)
	m.text("message_id", f.MessageID)
	m.extra(f.Extra)
	return m.node()
}

func (l *Letter) node() *yamlsrc.Node {
	m := make(mapping, 0, 8)
	m.text("id", l.ID)
	m.texts("to", l.To)
	m.int("task", int64(l.Task))
	m.text("about", l.About)
	m.text("subject", l.Subject)
	m.text("template", l.Template)
	m.text("state", l.State)
	m.text("by", l.By)
	m.time("at", l.At)
	m.time("sent", l.Sent)
	m.extra(l.Extra)
	return m.node()
}

func (c *Comment) node() *yamlsrc.Node {
	m := make(mapping, 0, 4)
	m.text("id", c.ID)
	m.time("at", c.At)
	m.text("by", c.By)
	m.text("text", c.Text)
	m.extra(c.Extra)
	return m.node()
}

func (x *Reached) node() *yamlsrc.Node {
	m := make(mapping, 0, 4)
	m.text("rule", x.Rule)
	m.text("field", x.Field)
	m.text("date", x.Date)
	m.time("at", x.At)
	m.extra(x.Extra)
	return m.node()
}

func (in *Instance) node() *yamlsrc.Node {
	m := make(mapping, 0, 12)
	m.int("id", int64(in.ID))
	m.text("route", in.Route)
	m.text("definition", in.Definition)
	m.text("title", in.Title)
	m.text("state", in.State)
	m.text("by", in.By)
	m.time("started", in.Started)
	m.time("ended", in.Ended)
	m.text("end", in.End)
	m.time("due", in.Due)
	m.texts("told", in.Told)
	m.card("vars", in.Vars, nil)
	m.list("open", len(in.Open), func(i int) *yamlsrc.Node { return in.Open[i].node() })
	m.list("tasks", len(in.Tasks), func(i int) *yamlsrc.Node { return in.Tasks[i].node() })
	m.extra(in.Extra)
	n := m.node()
	n.Style = yamlsrc.Block
	return n
}

func (p *Position) node() *yamlsrc.Node {
	m := make(mapping, 0, 4)
	m.text("at", p.At)
	m.text("item", p.Item)
	m.text("state", p.State)
	m.time("since", p.Since)
	m.time("until", p.Until)
	m.texts("started", p.Started)
	m.texts("arrived", p.Arrived)
	m.texts("answers", p.Answers)
	m.int("child", int64(p.Child))
	m.int("count", int64(p.Count))
	m.extra(p.Extra)
	return m.node()
}

func (t *Task) node() *yamlsrc.Node {
	m := make(mapping, 0, 16)
	m.int("id", int64(t.ID))
	m.text("step", t.Step)
	m.text("kind", t.Kind)
	m.int("of", int64(t.Of))
	m.text("title", t.Title)
	m.text("text", t.Text)
	m.text("giver", t.Giver)
	m.text("who", t.Who)
	m.texts("candidates", t.Candidates)
	m.text("state", t.State)
	m.time("assigned", t.Assigned)
	m.time("due", t.Due)
	m.time("until", t.Until)
	m.time("accepted", t.Accepted)
	m.time("done", t.Done)
	m.text("outcome", t.Outcome)
	m.text("comment", t.Comment)
	m.text("by", t.By)
	m.text("for", t.For)
	m.text("controller", t.Controller)
	m.int("cycle", int64(t.Cycle))
	m.text("item", t.Item)
	m.time("timer", t.Timer)
	m.texts("told", t.Told)
	m.time("reminded", t.Reminded)
	m.time("escalated", t.Escalated)
	m.text("chosen", t.Chosen)
	m.extra(t.Extra)
	return m.node()
}

// card adds a card in the order of its form.
func (m *mapping) card(key string, c Card, order []string) {
	pairs := make(mapping, 0, len(c))
	done := make([]bool, len(c))
	add := func(i int) {
		done[i] = true
		if !c[i].Value.IsEmpty() {
			pairs.add(c[i].Name, c[i].Value.node())
		}
	}
	for _, name := range order {
		if i := c.index(name); i >= 0 && !done[i] {
			add(i)
		}
	}
	for i := range c {
		if !done[i] {
			add(i)
		}
	}
	if len(pairs) > 0 {
		m.add(key, pairs.node())
	}
}

func (v *Value) node() *yamlsrc.Node {
	switch {
	case v.Node != nil:
		return v.Node
	case len(v.Rows) > 0:
		items := make([]*yamlsrc.Node, len(v.Rows))
		for i, r := range v.Rows {
			items[i] = r.node()
		}
		return yamlsrc.Seq(items...)
	case len(v.List) > 0:
		return textsNode(v.List)
	}
	return yamlsrc.Text(v.Text)
}

func (r Row) node() *yamlsrc.Node {
	m := make(mapping, 0, len(r))
	for _, c := range r {
		if c.Node != nil {
			m.add(c.Name, c.Node)
		} else {
			m.text(c.Name, c.Text)
		}
	}
	return m.node()
}

// Order gives the names of a card's fields, those of the form first.
func (c Card) Order(form []string) []string {
	var names []string
	for _, name := range form {
		if c.Has(name) {
			names = append(names, name)
		}
	}
	for _, e := range c {
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	return names
}
