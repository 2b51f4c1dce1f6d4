package route

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// maxSteps bounds a route; a longer one is refused.
const maxSteps = 2000

// Parse reads a route definition. The route is never nil; with errors in the
// list it must not be run, but its well-formed parts are there to be looked at;
// what could not be read has no effect, or an unknown one. See Lost.
func Parse(f *yamlsrc.File) (*Route, diag.List) {
	r, problems := yamlsrc.Forgiving(f, parse)
	r.File = f
	problems.Sort()
	return r, problems
}

func parse(f *yamlsrc.File) (*Route, diag.List) {
	p := &parser{file: f, route: &Route{File: f, ID: ID(f.Src), steps: map[string]*Step{}}}
	if f.Root == nil {
		p.errorf(R004, diag.At(f.Name, 1, 1), "the file is empty; a route definition is needed")
	} else if o := p.object(f.Root, "route"); o != nil {
		p.cuts(f.Root)
		p.top(o)
	}
	if p.route.Body == nil {
		p.route.Body = &Branch{}
	}
	return p.route, withoutEchoes(p.problems.Dedup())
}

// ParseSource reads the source of a route definition: yamlsrc.Parse and Parse.
func ParseSource(name string, src []byte) (*Route, diag.List) {
	f, problems := yamlsrc.Parse(name, src)
	if f == nil || f.Root == nil || problems.HasErrors() {
		r := &Route{File: f, ID: ID(src), Body: &Branch{}, steps: map[string]*Step{}}
		if len(problems) == 0 {
			problems.Errorf(R004.Code, R004.Slug, diag.At(name, 1, 1), "the file is empty; a route definition is needed")
		}
		return r, problems
	}
	r, more := Parse(f)
	return r, append(problems, more...)
}

// ID gives the name that git has for a text as a blob: the SHA-1 of
// "blob <length>\0" and the text, as 40 hexadecimal digits. Instances of a
// route are pinned to their definition by it.
func ID(src []byte) string {
	h := sha1.New()
	h.Write([]byte("blob " + strconv.Itoa(len(src)) + "\x00"))
	h.Write(src)
	return hex.EncodeToString(h.Sum(nil))
}

type parser struct {
	file     *yamlsrc.File
	route    *Route
	problems diag.List
	depth    int
	cutNodes map[*yamlsrc.Node]bool // texts that YAML has cut, and their pieces
}

// lose notes a part of the file that is not understood and left out.
func (p *parser) lose(n *yamlsrc.Node) { p.route.lost = append(p.route.lost, n) }

func (p *parser) errorf(c Code, at diag.Span, format string, args ...any) {
	p.problems.Add(diag.Problem{Code: c.Code, Slug: c.Slug, Severity: c.Severity, At: at, Message: fmt.Sprintf(format, args...)})
}

func (p *parser) top(o *object) {
	r := p.route
	r.Name = o.required("route")
	p.identifier(r.Name, "route")
	r.Title = o.label("title")
	r.For = o.word("for")
	r.Calendar = o.word("calendar")
	if n := o.node("start"); n != nil {
		r.Starts = p.starts(n)
	}
	if n := o.node("controller"); n != nil {
		r.Controller = p.people(n, "controller")
	}
	if n := o.node("due"); n != nil {
		r.Due = p.due(n)
	}
	if n := o.node("ends"); n != nil {
		r.Titled = p.ends(n)
	}
	if n := o.node("on"); n != nil {
		r.Handlers = p.handlers(n, nil)
	}
	steps := o.node("steps")
	if steps == nil {
		o.missing("steps")
	} else {
		r.Body = &Branch{At: p.file.Span(steps)}
		r.Body.Steps = p.steps(steps, "steps")
	}
	understood := len(r.lost)
	o.done()
	r.vague = len(r.lost) > understood
	if r.Body != nil {
		p.identify(r.Body, "")
	}
	for i, h := range r.Handlers {
		h.ID = fmt.Sprintf("on%d", i+1)
		p.identify(h.Body, h.ID)
	}
	for _, s := range r.order {
		p.settle(s)
	}
}

// ends reads the titles of the route's ends.
func (p *parser) ends(n *yamlsrc.Node) []*EndTitle {
	o := p.object(n, "ends")
	if o == nil {
		return nil
	}
	var out []*EndTitle
	for _, pair := range n.Pairs {
		e := &EndTitle{Name: Word{pair.Key.Value, p.file.Span(pair.Key)}}
		if e.Title = p.label(o.node(pair.Key.Value), "the title of an end"); p.identifier(e.Name, "end") {
			out = append(out, e)
		}
	}
	return out
}

func (p *parser) starts(n *yamlsrc.Node) []*Start {
	var out []*Start
	for _, item := range listOf(n) {
		s := &Start{At: p.file.Span(item)}
		if item.Kind == yamlsrc.Scalar {
			s.On = StartKind(item.Value)
			if !slices.Contains([]StartKind{ByHand, ByRoute, ByRule}, s.On) {
				p.errorf(R004, s.At, "start is %s; write \"by hand\", \"by route\", \"by rule\" or {on: registered, if: …}", describe(item))
				s.On = ""
			}
		} else if o := p.object(item, "start"); o != nil {
			on := o.required("on")
			s.On, s.If = StartKind(on.Text), o.expr("if")
			o.done()
			switch {
			case on.Text == "":
			case s.On != OnRegistered && s.On != OnChanged:
				p.errorf(R004, on.At, "%s", diag.Unknown("start", on.Text, []string{"registered", "changed"}))
				s.On = ""
			case s.On == OnChanged && s.If == nil:
				p.errorf(R002, s.At, "a start on: changed needs \"if\", the condition that becomes true")
			}
		}
		out = append(out, s)
	}
	return out
}

// steps reads a list of steps; a single step may stand for itself.
func (p *parser) steps(n *yamlsrc.Node, what string) []*Step {
	items := listOf(n)
	if n.Kind == yamlsrc.Scalar {
		p.errorf(R004, p.file.Span(n), "%s is %s; a list of steps is needed", what, describe(n))
		p.lose(n)
		return nil
	}
	if len(items) == 0 {
		p.errorf(R004, p.file.Span(n), "%s is an empty list", what)
	}
	var out []*Step
	for _, item := range items {
		o := p.object(item, "step")
		if o == nil {
			continue
		}
		if s := p.step(o); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// identify gives every step and branch its place and id, in file order.
func (p *parser) identify(b *Branch, place string) {
	for i, s := range b.Steps {
		s.Parent, s.Index = b, i
		if bare(b) {
			s.Path = place
		} else if s.Path = strconv.Itoa(i + 1); place != "" {
			s.Path = place + "." + s.Path
		}
		if !s.Named {
			s.ID = string(s.Verb) + "." + s.Path
		}
		p.route.order = append(p.route.order, s)
		if len(p.route.order) == maxSteps+1 {
			p.errorf(R004, s.At, "the route has more than %d steps; split it with `call`", maxSteps)
		}
		if first := p.route.steps[s.ID]; first != nil {
			p.problems.Add(diag.Problem{Code: R003.Code, Slug: R003.Slug, Severity: R003.Severity, At: s.IDAt,
				Message: fmt.Sprintf("step id %q is there twice", s.ID),
				Related: []diag.Related{{At: first.IDAt, Message: "the first one"}}})
			p.lose(yamlsrc.Text(s.ID))
		} else {
			p.route.steps[s.ID] = s
		}
		for j, child := range s.Branches {
			child.Owner, child.Index = s, j
			where := s.Path + "." + strconv.Itoa(j+1)
			p.identify(child, where)
			switch {
			case child.ID != "":
			case bare(child) && child.Steps[0].Named:
				child.ID = child.Steps[0].ID
			default:
				child.ID = where
			}
		}
		for j, h := range s.Handlers {
			h.ID = fmt.Sprintf("%s.on%d", s.Path, j+1)
			p.identify(h.Body, h.ID)
		}
	}
}

// bare tells whether the branch is a single step written without `steps`.
func bare(b *Branch) bool { return b.Owner != nil && len(b.Steps) == 1 && b.Steps[0].bare }

// settle gives tasks, approvals and blocks the outcomes that are usual when
// the file names none.
func (p *parser) settle(s *Step) {
	switch s.Verb {
	case Task:
		if s.Outcomes == nil {
			s.Outcomes, s.Implied = []*Outcome{{Name: "done", At: s.At, Target: &Target{At: s.At}}}, true
		}
	case Approve:
		if s.Outcomes != nil {
			return
		}
		s.Implied = true
		if s.Decider = enclosing(s); s.Decider != nil {
			if s.Decider.Outcomes == nil {
				s.Decider.Outcomes, s.Decider.Implied = usual(s.Decider), true
			}
			s.Outcomes = s.Decider.Outcomes
			return
		}
		s.Outcomes = usual(s)
	}
}

// usual gives the outcomes of an approval that names none.
func usual(s *Step) []*Outcome {
	return []*Outcome{
		{Name: "approve", At: s.At, Target: &Target{At: s.At}},
		{Name: "reject", At: s.At, Comment: true, Target: &Target{Kind: EndRoute, Name: "refused", At: s.At}},
	}
}

// enclosing gives the nearest parallel or each around a step.
func enclosing(s *Step) *Step {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == Parallel || b.Owner.Verb == Each {
			return b.Owner
		}
	}
	return nil
}
