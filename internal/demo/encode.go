package demo

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// encoder writes documents as document.Encode does, without building a tree
// and reading it back, which for a million documents would take most of the
// time. It knows what demo documents hold and leaves all else to Encode; tests
// compare the two on every kind of document, and one of a thousand documents
// is compared when it is made.
type encoder struct {
	buf   []byte
	pairs []pair
}

// pair is one entry of a mapping that may stand on one line.
type pair struct {
	key  string
	text string
	raw  bool // written as it is
	at   time.Time
	list []string
}

// known tells whether there is nothing in the document that only Encode can
// write.
func known(d *document.Document) bool {
	if len(d.Aliases)+len(d.Files)+len(d.Letters)+len(d.Extra) > 0 || d.Message+d.MessageID != "" {
		return false
	}
	for i := range d.Card {
		v := &d.Card[i].Value
		if v.Node != nil || len(v.List) > 0 {
			return false
		}
		for _, r := range v.Rows {
			if len(r) == 0 {
				return false
			}
		}
	}
	for i := range d.Routes {
		in := &d.Routes[i]
		if len(in.Extra)+len(in.Told) > 0 {
			return false
		}
		for j := range in.Vars {
			if v := &in.Vars[j].Value; v.Node != nil || len(v.List)+len(v.Rows) > 0 {
				return false
			}
		}
		for j := range in.Open {
			if len(in.Open[j].Extra) > 0 {
				return false
			}
		}
		for j := range in.Tasks {
			if len(in.Tasks[j].Extra) > 0 || long(in.Tasks[j].Candidates) {
				return false
			}
		}
	}
	return true
}

// long tells that a list may need more than one line.
func long(list []string) bool {
	n := 0
	for _, s := range list {
		n += len(s) + 4
	}
	return n > 100
}

// encode gives the document's bytes; they are valid until the next call.
func (e *encoder) encode(d *document.Document, order []string) ([]byte, error) {
	if !known(d) {
		return d.Encode(order)
	}
	e.buf = e.buf[:0]
	e.text(0, "form", d.Form)
	e.text(0, "number", d.Number)
	e.text(0, "uid", d.UID)
	e.time(0, "registered", d.Registered)
	e.text(0, "by", d.By)
	e.text(0, "status", d.Status)
	e.card(d.Card, order)
	if len(d.Links) > 0 {
		e.key(0, "links")
		e.buf = append(e.buf, '\n')
		for i := range d.Links {
			e.add("kind", d.Links[i].Kind)
			e.add("to", d.Links[i].To)
			e.item(2)
		}
	}
	if len(d.Routes) > 0 {
		e.key(0, "routes")
		e.buf = append(e.buf, '\n')
		for i := range d.Routes {
			e.instance(&d.Routes[i])
		}
	}
	if len(d.Comments) > 0 {
		e.key(0, "comments")
		e.buf = append(e.buf, '\n')
		for i := range d.Comments {
			c := &d.Comments[i]
			e.add("id", c.ID)
			e.addTime("at", c.At)
			e.add("by", c.By)
			e.add("text", c.Text)
			e.item(2)
		}
	}
	return e.buf, nil
}

func (e *encoder) card(c document.Card, order []string) {
	if len(c) == 0 {
		return
	}
	e.buf = append(e.buf, "card:\n"...)
	written := 0
	for _, name := range order {
		for i := range c {
			if c[i].Name == name {
				e.value(&c[i])
				written++
				break
			}
		}
	}
	if written == len(c) {
		return
	}
	for i := range c {
		if !contains(order, c[i].Name) {
			e.value(&c[i])
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func (e *encoder) value(c *document.Entry) {
	if len(c.Value.Rows) == 0 {
		e.text(2, c.Name, c.Value.Text)
		return
	}
	e.key(2, c.Name)
	e.buf = append(e.buf, '\n')
	for _, r := range c.Value.Rows {
		for i := range r {
			e.add(r[i].Name, r[i].Text)
		}
		e.item(4)
	}
}

func (e *encoder) instance(in *document.Instance) {
	e.buf = append(e.buf, "  - id: "...)
	e.buf = strconv.AppendInt(e.buf, int64(in.ID), 10)
	e.buf = append(e.buf, '\n')
	e.text(4, "route", in.Route)
	e.text(4, "definition", in.Definition)
	e.text(4, "title", in.Title)
	e.text(4, "state", in.State)
	e.text(4, "by", in.By)
	e.time(4, "started", in.Started)
	e.time(4, "ended", in.Ended)
	e.text(4, "end", in.End)
	e.time(4, "due", in.Due)
	if len(in.Vars) > 0 {
		e.key(4, "vars")
		e.buf = append(e.buf, '\n')
		for i := range in.Vars {
			e.buf = append(e.buf, "      "...)
			e.buf = yamlsrc.AppendText(e.buf, in.Vars[i].Name, false)
			e.buf = append(e.buf, ':')
			e.buf = yamlsrc.AppendValue(e.buf, in.Vars[i].Value.Text, 6)
		}
	}
	if len(in.Open) > 0 {
		e.key(4, "open")
		e.buf = append(e.buf, '\n')
		for i := range in.Open {
			e.position(&in.Open[i])
		}
	}
	if len(in.Tasks) > 0 {
		e.key(4, "tasks")
		e.buf = append(e.buf, '\n')
		for i := range in.Tasks {
			e.task(&in.Tasks[i])
		}
	}
}

func (e *encoder) position(p *document.Position) {
	e.add("at", p.At)
	e.add("item", p.Item)
	e.add("state", p.State)
	e.addTime("since", p.Since)
	e.addTime("until", p.Until)
	e.addList("started", p.Started)
	e.addList("arrived", p.Arrived)
	e.addList("answers", p.Answers)
	e.addInt("child", p.Child)
	e.addInt("count", p.Count)
	e.item(6)
}

func (e *encoder) task(t *document.Task) {
	e.addInt("id", t.ID)
	e.add("step", t.Step)
	e.add("kind", t.Kind)
	e.addInt("of", t.Of)
	e.add("title", t.Title)
	e.add("text", t.Text)
	e.add("giver", t.Giver)
	e.add("who", t.Who)
	e.addList("candidates", t.Candidates)
	e.add("state", t.State)
	e.addTime("assigned", t.Assigned)
	e.addTime("due", t.Due)
	e.addTime("until", t.Until)
	e.addTime("accepted", t.Accepted)
	e.addTime("done", t.Done)
	e.add("outcome", t.Outcome)
	e.add("comment", t.Comment)
	e.add("by", t.By)
	e.add("for", t.For)
	e.add("controller", t.Controller)
	e.addInt("cycle", t.Cycle)
	e.add("item", t.Item)
	e.addTime("timer", t.Timer)
	e.addList("told", t.Told)
	e.addTime("reminded", t.Reminded)
	e.addTime("escalated", t.Escalated)
	e.add("chosen", t.Chosen)
	e.item(6)
}

const spaces = "                "

func (e *encoder) key(indent int, key string) {
	e.buf = append(e.buf, spaces[:indent]...)
	e.buf = append(e.buf, key...)
	e.buf = append(e.buf, ':')
}

// text writes a key with a text; nothing for the empty text.
func (e *encoder) text(indent int, key, text string) {
	if text != "" {
		e.key(indent, key)
		e.buf = yamlsrc.AppendValue(e.buf, text, indent)
	}
}

func (e *encoder) time(indent int, key string, at time.Time) {
	if !at.IsZero() {
		e.key(indent, key)
		e.buf = append(e.buf, ' ')
		e.buf = at.AppendFormat(e.buf, time.RFC3339)
		e.buf = append(e.buf, '\n')
	}
}

func (e *encoder) add(key, text string) {
	if text != "" {
		e.pairs = append(e.pairs, pair{key: key, text: text})
	}
}

func (e *encoder) addInt(key string, n int) {
	if n != 0 {
		e.pairs = append(e.pairs, pair{key: key, text: strconv.Itoa(n), raw: true})
	}
}

func (e *encoder) addTime(key string, at time.Time) {
	if !at.IsZero() {
		e.pairs = append(e.pairs, pair{key: key, at: at})
	}
}

func (e *encoder) addList(key string, list []string) {
	if len(list) > 0 {
		e.pairs = append(e.pairs, pair{key: key, list: list})
	}
}

// item writes the pairs added as one item of a list, on one line if they fit,
// and forgets them.
func (e *encoder) item(indent int) {
	mark := len(e.buf)
	e.buf = append(e.buf, spaces[:indent]...)
	e.buf = append(e.buf, '-')
	if start := len(e.buf); e.flowable() {
		e.buf = append(e.buf, " {"...)
		for i := range e.pairs {
			if i > 0 {
				e.buf = append(e.buf, ", "...)
			}
			e.buf = append(e.buf, e.pairs[i].key...)
			e.buf = append(e.buf, ": "...)
			e.scalar(&e.pairs[i], true)
		}
		e.buf = append(e.buf, '}')
		if line := e.buf[mark:]; len(line) <= yamlsrc.FlowWidth || utf8.RuneCount(line) <= yamlsrc.FlowWidth {
			e.buf = append(e.buf, '\n')
			e.pairs = e.pairs[:0]
			return
		}
		e.buf = e.buf[:start]
	}
	for i := range e.pairs {
		if i == 0 {
			e.buf = append(e.buf, ' ')
		} else {
			e.buf = append(e.buf, spaces[:indent+2]...)
		}
		p := &e.pairs[i]
		e.buf = append(e.buf, p.key...)
		e.buf = append(e.buf, ':')
		if !p.raw && p.text != "" {
			e.buf = yamlsrc.AppendValue(e.buf, p.text, indent+2)
			continue
		}
		e.buf = append(e.buf, ' ')
		e.scalar(p, false)
		e.buf = append(e.buf, '\n')
	}
	e.pairs = e.pairs[:0]
}

// flowable tells whether the pairs may stand on one line.
func (e *encoder) flowable() bool {
	for i := range e.pairs {
		p := &e.pairs[i]
		if len(p.text) > 4*yamlsrc.FlowWidth || strings.IndexByte(p.text, '\n') >= 0 && yamlsrc.IsBlock(p.text) {
			return false
		}
	}
	return true
}

func (e *encoder) scalar(p *pair, flow bool) {
	switch {
	case p.raw:
		e.buf = append(e.buf, p.text...)
	case p.list != nil:
		e.buf = append(e.buf, '[')
		for i, s := range p.list {
			if i > 0 {
				e.buf = append(e.buf, ", "...)
			}
			e.buf = yamlsrc.AppendText(e.buf, s, true)
		}
		e.buf = append(e.buf, ']')
	case p.text == "":
		e.buf = p.at.AppendFormat(e.buf, time.RFC3339)
	default:
		e.buf = yamlsrc.AppendText(e.buf, p.text, flow)
	}
}
