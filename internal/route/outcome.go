package route

import (
	"strings"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// outcomes reads a mapping of outcomes, or a list of names that all go on.
func (p *parser) outcomes(n *yamlsrc.Node) []*Outcome {
	var out []*Outcome
	add := func(name *yamlsrc.Node, value *yamlsrc.Node) {
		word := Word{name.Value, p.file.Span(name)}
		if name.Kind != yamlsrc.Scalar || !p.identifier(word, "outcome") {
			return
		}
		for _, o := range out {
			if o.Name == word.Text {
				p.errorf(R003, word.At, "outcome %q is there twice", word.Text)
				if value != nil {
					p.lose(value)
				}
				return
			}
		}
		o := &Outcome{Name: word.Text, At: word.At, Target: &Target{At: word.At}}
		if value != nil {
			p.outcome(o, value)
		}
		out = append(out, o)
	}
	switch n.Kind {
	case yamlsrc.Sequence:
		for _, item := range n.Items {
			if item.Kind != yamlsrc.Scalar {
				p.errorf(R004, p.file.Span(item), "an outcome of a list is %s; a name is needed, or write the outcomes as a mapping", describe(item))
				continue
			}
			add(item, nil)
		}
	case yamlsrc.Mapping:
		for _, pair := range n.Pairs {
			add(pair.Key, pair.Value)
		}
	default:
		p.errorf(R004, p.file.Span(n), "outcomes is %s; a mapping from each outcome to what follows is needed", describe(n))
		p.lose(n)
		return nil
	}
	if len(out) == 0 && len(n.Pairs)+len(n.Items) == 0 {
		p.errorf(R004, p.file.Span(n), "outcomes is empty; name at least one")
	}
	return out
}

func (p *parser) outcome(out *Outcome, n *yamlsrc.Node) {
	if n.Kind == yamlsrc.Scalar {
		if t := p.shortTarget(n, "outcome "+out.Name); t != nil {
			out.Target = t
		}
		return
	}
	o := p.object(n, "outcome "+out.Name)
	if o == nil {
		return
	}
	if t := p.target(o); t != nil {
		out.Target = t
	}
	out.Title = o.label("title")
	if c := o.node("comment"); c != nil {
		switch c.Value {
		case "required":
			out.Comment = true
		case "optional":
		default:
			p.errorf(R004, p.file.Span(c), "comment is %s; write \"required\" or \"optional\"", describe(c))
		}
	}
	out.Max = o.count("max")
	if e := o.node("else"); e != nil {
		out.Else = p.targetNode(e, "else")
	}
	if out.Else != nil && n.Get("max") == nil {
		p.errorf(R002, out.Else.At, "outcome %q has \"else\" without \"max\"", out.Name)
	}
	if out.Max > 0 && n.Get("else") == nil {
		p.errorf(R002, out.At, "outcome %q has \"max\" without \"else\", the way after that", out.Name)
	}
	out.Now, _ = o.boolean("now")
	if d := o.node("do"); d != nil {
		out.Actions = p.actions(d)
	}
	o.done()
}

// target reads the keys next, go, end and leave of a mapping; nil when there
// is none of them.
func (p *parser) target(o *object) *Target {
	var out *Target
	set := func(key string, kind TargetKind, name string, n *yamlsrc.Node) {
		if out != nil {
			p.errorf(R001, p.file.Span(o.n.Key(key)), "%s goes two ways; keep one of next, go, leave and end", o.what)
			p.lose(n)
			return
		}
		out = &Target{Kind: kind, Name: name, At: p.file.Span(n)}
	}
	if n := o.node("next"); n != nil {
		if on, _ := o.boolean("next"); on {
			set("next", GoOn, "", n)
		}
	}
	if n := o.node("go"); n != nil {
		if text, ok := p.scalar(n, "go"); ok {
			set("go", GoTo, text, n)
		}
	}
	if n := o.node("end"); n != nil {
		if w := o.word("end"); p.identifier(w, "end") {
			set("end", EndRoute, w.Text, n)
		}
	}
	if n := o.node("leave"); n != nil {
		if on, _ := o.boolean("leave"); on {
			set("leave", LeaveBranch, "", n)
		}
	}
	return out
}

// targetNode reads a way written as a text ("next", "go check") or a mapping.
func (p *parser) targetNode(n *yamlsrc.Node, what string) *Target {
	if n.Kind == yamlsrc.Scalar {
		return p.shortTarget(n, what)
	}
	o := p.object(n, what)
	if o == nil {
		return nil
	}
	t := p.target(o)
	if t == nil && len(n.Pairs) == 0 {
		p.errorf(R002, o.at(), "%s goes no way; write next, go, leave or end", what)
	}
	o.done()
	return t
}

func (p *parser) shortTarget(n *yamlsrc.Node, what string) *Target {
	at := p.file.Span(n)
	verb, name, _ := strings.Cut(n.Value, " ")
	name = strings.TrimSpace(name)
	switch {
	case n.Value == "next":
		return &Target{Kind: GoOn, At: at}
	case n.Value == "leave":
		return &Target{Kind: LeaveBranch, At: at}
	case verb == "go" && name != "":
		return &Target{Kind: GoTo, Name: name, At: at}
	case verb == "end" && isID(name):
		return &Target{Kind: EndRoute, Name: name, At: at}
	}
	p.errorf(R004, at, "%s is %s; write next, leave, \"go STEP\", \"end NAME\" or a mapping", what, describe(n))
	p.lose(n)
	return nil
}
