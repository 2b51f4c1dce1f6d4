package route

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// ActionKind is the kind of an action of `do`.
type ActionKind string

// The actions.
const (
	Set      ActionKind = "set"      // give fields or the status a value
	Register ActionKind = "register" // register a document, or find it
	LinkTo   ActionKind = "link"     // link this document to another
	Remark   ActionKind = "comment"  // add a comment
	Cancel   ActionKind = "cancel"   // withdraw open steps; the route goes on behind them
	Complete ActionKind = "complete" // finish open steps as if they were done
	StartOf  ActionKind = "start"    // start another route
	Mail     ActionKind = "mail"     // a letter from a template
	Generate ActionKind = "generate" // a file from a template
	Attach   ActionKind = "attach"   // a file of templates/ as it is
	Reply    ActionKind = "reply"    // a letter from a template to who wrote the document's letter
	Assign   ActionKind = "assign"   // performer, deadline of an open step; or a person for a field
)

var actionKinds = []string{"set", "register", "link", "comment", "cancel", "complete", "start", "mail", "generate", "attach", "reply", "assign"}

// ActionKinds lists the actions of the language.
func ActionKinds() []string { return slices.Clone(actionKinds) }

// Action is one automatic action.
type Action struct {
	Kind ActionKind
	At   diag.Span
	If   *Expr

	Set      []*Assignment // set, register
	Form     Word          // register
	Vague    bool          // register: what it sets could not be read
	Find     []Word        // register: fields of the form by which an existing document is taken instead
	Into     Word          // register: the field of this document that receives the number
	LinkKind Word          // register: this kind of link from the other document to this one; link: kind
	To       *Expr         // link: the other document; mail: the address
	Text     *Expr         // comment
	Steps    []Word        // cancel, complete, assign
	Route    Word          // start
	On       *Expr         // start: the document; nil: this one
	Template Word          // mail, generate, attach, reply
	As       Word          // generate, attach: the file's name, a pattern such as "{number}.docx"
	Attach   []Word        // mail, reply: names of files of the document, patterns
	Field    Word          // assign: the user field that receives one of who
	Pick     Pick          // assign with a field: which of several
	Who      *People       // assign
	Due      *Due          // assign
}

// Assignment gives a field a value.
type Assignment struct {
	// Field is a field of the document, `status`, or a field of a document
	// that it refers to: `client.status`.
	Field Word
	Value *Expr
}

// Fields splits the name at its dots.
func (a *Assignment) Fields() []string { return strings.Split(a.Field.Text, ".") }

func (p *parser) actions(n *yamlsrc.Node) []*Action {
	var out []*Action
	for _, item := range listOf(n) {
		if a := p.action(item); a != nil {
			out = append(out, a)
		}
	}
	if len(out) == 0 && n.Kind == yamlsrc.Sequence && len(n.Items) == 0 {
		p.errorf(R004, p.file.Span(n), "do has no actions")
	}
	return out
}

func (p *parser) action(n *yamlsrc.Node) *Action {
	o := p.object(n, "action")
	if o == nil {
		return nil
	}
	a := &Action{If: o.expr("if")}
	var value *yamlsrc.Node
	for _, pair := range n.Pairs {
		key := pair.Key.Value
		if !slices.Contains(actionKinds, key) {
			continue
		}
		if value != nil {
			p.errorf(R001, p.file.Span(pair.Key), "the action has already %q; write %q as an action of its own", string(a.Kind), key)
			o.node(key)
			p.lose(pair.Value)
			continue
		}
		a.Kind, a.At, value = ActionKind(key), p.file.Span(pair.Key), o.node(key)
	}
	if value == nil {
		o.asked = append(o.asked, actionKinds...)
		if before := len(p.problems); before >= 0 {
			o.done()
			if len(p.problems) == before {
				p.errorf(R002, o.start(), "the action has no verb; known: %s", strings.Join(actionKinds, ", "))
			}
		}
		p.lose(n)
		return nil
	}
	p.fillAction(a, value)
	o.done()
	return a
}

func (p *parser) fillAction(a *Action, n *yamlsrc.Node) {
	switch a.Kind {
	case Set:
		a.Set = p.assignments(n, "set")
	case Remark:
		a.Text = p.expr(n, "comment")
	case Cancel, Complete:
		for _, item := range listOf(n) {
			if text, ok := p.scalar(item, string(a.Kind)); ok {
				a.Steps = append(a.Steps, Word{text, p.file.Span(item)})
			}
		}
	case StartOf, Mail, Generate, Attach, Reply:
		if n.Kind == yamlsrc.Scalar {
			if text, ok := p.scalar(n, string(a.Kind)); ok {
				p.fillShort(a, Word{text, p.file.Span(n)})
			}
			return
		}
		p.fillKeys(a, n)
	default:
		p.fillKeys(a, n)
	}
}

// fillShort reads `start: approval`, `mail: offer`.
func (p *parser) fillShort(a *Action, w Word) {
	if a.Kind == StartOf {
		a.Route = w
		return
	}
	a.Template = w
}

// fillKeys reads the actions whose value is a mapping.
func (p *parser) fillKeys(a *Action, n *yamlsrc.Node) {
	o := p.object(n, string(a.Kind))
	if o == nil {
		return
	}
	switch a.Kind {
	case Register:
		a.Form = o.required("form")
		lost := len(p.route.lost)
		if set := o.node("set"); set != nil {
			a.Set = p.assignments(set, "set")
		}
		a.Vague = len(p.route.lost) > lost
		a.Find = o.words("find")
		a.Into = o.word("into")
		a.LinkKind = o.word("link")
	case LinkTo:
		a.LinkKind = o.required("kind")
		if a.To = o.expr("to"); a.To == nil && n.Get("to") == nil {
			o.missing("to")
		}
	case StartOf:
		a.Route = o.required("route")
		a.On = o.expr("on")
	case Mail:
		a.To = o.expr("to")
		a.Template = o.required("template")
		a.Attach = o.words("attach")
	case Reply:
		a.Template = o.required("template")
		a.Attach = o.words("attach")
	case Attach:
		a.Template = o.required("file")
		a.As = o.word("as")
	case Generate:
		a.Template = o.required("template")
		a.As = o.word("as")
	case Assign:
		a.Steps, a.Field = o.words("step"), o.word("field")
		if n.Get("step") == nil && n.Get("field") == nil {
			o.missing("step")
		}
		if a.Field.Text != "" {
			p.fillField(a, o)
			break
		}
		if who := o.node("who"); who != nil {
			a.Who = p.people(who, "who")
		}
		if due := o.node("due"); due != nil {
			a.Due = p.due(due)
		}
		if n.Get("who") == nil && n.Get("due") == nil {
			o.missing("who")
		}
	}
	lost := len(p.route.lost)
	o.done()
	a.Vague = a.Vague || len(p.route.lost) > lost
}

// fillField reads `assign: {field: manager, who: role manager, pick: least-loaded}`.
func (p *parser) fillField(a *Action, o *object) {
	if len(a.Steps) > 0 {
		p.errorf(R004, a.At, "assign names a step and a field; write two actions")
	}
	if who := o.node("who"); who != nil {
		a.Who = p.people(who, "who")
	} else {
		o.missing("who")
	}
	a.Pick = Pick{Kind: PickFirst}
	if n := o.node("pick"); n != nil {
		if n.Value == "first" || n.Value == "least-loaded" {
			a.Pick = p.pick(n)
		} else {
			p.errorf(R004, p.file.Span(n), "pick is %s; a field receives one person: first or least-loaded", describe(n))
		}
	}
}

func (p *parser) assignments(n *yamlsrc.Node, what string) []*Assignment {
	o := p.object(n, what)
	if o == nil {
		return nil
	}
	var out []*Assignment
	for _, pair := range n.Pairs {
		if p.cutNodes[pair.Key] {
			continue
		}
		e := p.expr(pair.Value, what+" "+pair.Key.Value)
		out = append(out, &Assignment{Word{pair.Key.Value, p.file.Span(pair.Key)}, e})
	}
	if len(n.Pairs) == 0 {
		p.errorf(R004, o.at(), "%s names no field", what)
	}
	return out
}
