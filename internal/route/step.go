package route

import (
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

var verbs = []string{"task", "approve", "inform", "do", "choose", "parallel", "each", "repeat", "wait", "call", "go", "leave", "end"}

// Verbs lists the verbs of the language.
func Verbs() []string { return slices.Clone(verbs) }

// maxDepth bounds the nesting of blocks.
const maxDepth = 30

// step reads one step; nil, with a problem, when it has no verb.
func (p *parser) step(o *object) *Step {
	s := &Step{}
	var value, key *yamlsrc.Node
	for _, pair := range o.n.Pairs {
		if !slices.Contains(verbs, pair.Key.Value) {
			continue
		}
		if pair.Key.Value == string(Wait) && o.n.Get(string(Call)) != nil {
			continue // call: other, wait: false
		}
		if value != nil {
			p.errorf(R001, p.file.Span(pair.Key), "the step is already %q; write %q as a step of its own", key.Value, pair.Key.Value)
			o.node(pair.Key.Value)
			p.lose(pair.Value)
			continue
		}
		key, value = pair.Key, o.node(pair.Key.Value)
	}
	if value == nil {
		p.noVerb(o)
		p.lose(o.n)
		return nil
	}
	p.depth++
	defer func() { p.depth-- }()
	s.Verb, s.At, s.Range = Verb(key.Value), p.file.Span(key), p.file.Span(o.n)
	if p.depth > maxDepth {
		p.errorf(R004, s.At, "blocks are nested more than %d deep; split the route with `call`", maxDepth)
		p.lose(o.n)
		return nil
	}
	s.IDAt = s.At
	if id := o.word("id"); p.identifier(id, "id") {
		s.ID, s.Named, s.IDAt = id.Text, true, id.At
	}
	s.Title = o.label("title")
	s.If = o.expr("if")
	if s.While = o.expr("while"); s.While != nil {
		if id, ok := openStep(s.While.Text); ok {
			s.WhileOpen, s.While = Word{id, s.While.At()}, nil
		}
	}
	s.After = o.words("after")
	s.Lock = o.word("lock")
	p.verb(s, o, value)
	o.done()
	return s
}

// noVerb reports a step without a verb, or the misspelt key that was meant to
// be one.
func (p *parser) noVerb(o *object) {
	if !p.strange(o, verbs...) {
		p.errorf(R002, o.start(), "the step has no verb; known: %s", strings.Join(verbs, ", "))
	}
}

func (p *parser) verb(s *Step, o *object, value *yamlsrc.Node) {
	switch s.Verb {
	case Task, Approve, Inform:
		s.Title = p.label(value, string(s.Verb))
		p.work(s, o)
	case Do:
		s.Actions = p.actions(value)
	case Choose, Parallel, Repeat:
		if !value.IsNull() {
			s.Title = p.label(value, string(s.Verb))
		}
		p.block(s, o)
	case Each:
		p.each(s, o, value)
	case Wait:
		p.wait(s, value)
	case Call:
		p.call(s, o, value)
	case Go:
		if text, ok := p.scalar(value, "go"); ok {
			s.Target = &Target{Kind: GoTo, Name: text, At: p.file.Span(value)}
		}
	case Leave:
		s.Target = &Target{Kind: LeaveBranch, At: s.At}
		if !value.IsNull() && value.Value != "true" {
			p.errorf(R004, p.file.Span(value), "leave is %s; write it without a value", describe(value))
		}
	case End:
		s.Target = &Target{Kind: EndRoute, At: s.At}
		if !value.IsNull() {
			if text, ok := p.scalar(value, "end"); ok && p.identifier(Word{text, p.file.Span(value)}, "end") {
				s.Target.Name, s.Target.At = text, p.file.Span(value)
			}
		}
	}
}

// work reads what tasks, approvals and information have in common.
func (p *parser) work(s *Step, o *object) {
	if who := o.node("who"); who != nil {
		s.Who = p.people(who, "who")
	} else {
		p.errorf(R002, s.At, "%s has no \"who\"", s.Verb)
	}
	if n := o.node("else"); n != nil {
		s.Else = p.people(n, "else")
	}
	s.Text = o.label("text")
	if s.Verb == Inform {
		return
	}
	if n := o.node("pick"); n != nil {
		s.Pick = p.pick(n)
	}
	if n := o.node("due"); n != nil {
		s.Due = p.due(n)
	}
	if n := o.node("remind"); n != nil {
		s.Remind = p.remind(n)
	}
	if n := o.node("escalate"); n != nil {
		s.Escalate = p.escalate(n)
	}
	if n := o.node("controller"); n != nil {
		s.Controller = p.people(n, "controller")
	}
	s.Fill = o.words("fill")
	if n := o.node("outcomes"); n != nil {
		s.Outcomes = p.outcomes(n)
	}
}

func (p *parser) block(s *Step, o *object) {
	switch s.Verb {
	case Repeat:
		s.Branches = []*Branch{p.body(o)}
		if s.Until = o.expr("until"); o.n.Get("until") == nil {
			o.missing("until")
		}
		s.Max = o.count("max")
		if n := o.node("else"); n != nil {
			s.OnMax = p.targetNode(n, "else")
		}
		p.listen(s, o)
		return
	case Parallel:
		p.gather(s, o)
		s.OneAtATime, _ = o.boolean("one_at_a_time")
	}
	n := o.node("branches")
	if n == nil {
		o.missing("branches")
		return
	}
	switch {
	case n.Kind != yamlsrc.Sequence:
		p.errorf(R004, p.file.Span(n), "branches is %s; a list of branches is needed", describe(n))
		p.lose(n)
		return
	case len(n.Items) == 0:
		p.errorf(R004, p.file.Span(n), "branches is an empty list")
		p.lose(n)
		return
	}
	for _, item := range n.Items {
		if b := p.branch(s, item); b != nil {
			s.Branches = append(s.Branches, b)
		}
	}
	if s.Verb != Choose {
		return
	}
	for i, b := range s.Branches {
		if b.Else && i+1 < len(s.Branches) {
			p.errorf(R004, b.At, "\"else\" is not the last branch; the branches behind it can never be taken")
		}
	}
}

// gather reads what parallel and each say about their end.
func (p *parser) gather(s *Step, o *object) {
	if n := o.node("join"); n != nil {
		s.Join = p.join(n)
	}
	if w := o.word("rest"); w.Text != "" {
		s.RestAt = w.At
		switch w.Text {
		case "cancel":
			s.Cancel = true
		case "wait":
		default:
			s.Cancel = true // so that nothing follows from it
			p.errorf(R004, w.At, "%s", diag.Unknown("rest", w.Text, []string{"wait", "cancel"}))
		}
	}
	if n := o.node("outcomes"); n != nil {
		s.Outcomes = p.outcomes(n)
	}
	p.listen(s, o)
}

func (p *parser) listen(s *Step, o *object) {
	if n := o.node("on"); n != nil {
		s.Handlers = p.handlers(n, s)
	}
}

func (p *parser) join(n *yamlsrc.Node) Join {
	j := Join{At: p.file.Span(n)}
	text, ok := p.scalar(n, "join")
	if !ok {
		j.Kind = JoinWhen // under a condition that nobody knows
		return j
	}
	inner, isWhen := strings.CutPrefix(text, "when(")
	count, err := strconv.Atoi(text)
	switch {
	case text == "all":
	case text == "any":
		j.Kind = JoinAny
	case text == "none":
		j.Kind = JoinNone
	case isWhen && strings.HasSuffix(inner, ")"):
		j.Kind = JoinWhen
		j.When = p.newExpr(n).part(len("when("), strings.TrimSuffix(inner, ")"))
	case err == nil && count > 0:
		j.Kind, j.N = JoinN, count
	default:
		j.Kind = JoinWhen
		p.errorf(R004, j.At, "join is %s; write all, any, none, a number, or when(CONDITION)", describe(n))
	}
	return j
}

// body reads `steps` of a block as its only branch.
func (p *parser) body(o *object) *Branch {
	b := &Branch{At: o.start()}
	n := o.node("steps")
	if n == nil {
		o.missing("steps")
		return b
	}
	b.At = p.file.Span(n)
	b.Steps = p.steps(n, "steps")
	return b
}

// branch reads a branch of choose or parallel: {if, steps}, {else: …}, or a
// step that stands for itself.
func (p *parser) branch(s *Step, n *yamlsrc.Node) *Branch {
	o := p.object(n, "branch")
	if o == nil {
		return nil
	}
	b := &Branch{At: o.start()}
	if s.Verb == Choose {
		if e := o.n.Get("else"); e != nil && !hasVerb(n, Task, Approve, Inform, Repeat) {
			return p.elseBranch(b, o)
		}
		if o.n.Get("if") == nil && !p.strange(o, "if", "else") {
			p.errorf(R002, b.At, "the branch of choose has neither \"if\" nor \"else\"")
		}
	}
	if hasVerb(n) {
		if step := p.step(o); step != nil {
			step.bare = true
			b.If, step.If = step.If, nil
			b.Title, b.Steps = step.Title, []*Step{step}
		}
		return b
	}
	b.If = o.expr("if")
	b.Title = o.label("title")
	if id := o.word("id"); p.identifier(id, "id") {
		b.ID = id.Text
	}
	if steps := o.node("steps"); steps != nil {
		b.Steps = p.steps(steps, "steps")
	} else if t := o.n.Get("next"); t != nil && s.Verb == Choose {
		o.boolean("next")
	} else if o.asked = append(o.asked, verbs...); p.strange(o, verbs...) {
		p.lose(n)
		return b
	} else if slices.ContainsFunc(n.Pairs, func(pair yamlsrc.Pair) bool { return slices.Contains(workKeys, pair.Key.Value) }) {
		p.noVerb(o)
		p.lose(n)
		return b
	} else if s.Verb != Choose || o.n.Get("if") != nil {
		o.missing("steps")
	}
	if s.Verb == Choose {
		o.asked = append(o.asked, "else")
	}
	o.done()
	return b
}

// strange tells whether a key of a mapping seems to be meant for one of some
// words, and reports it then.
func (p *parser) strange(o *object, words ...string) bool {
	for _, pair := range o.n.Pairs {
		if !slices.Contains(stepKeys, pair.Key.Value) && diag.Nearest(pair.Key.Value, words) != "" {
			p.unknownKey(pair.Key, o.what, words)
			return true
		}
	}
	return false
}

// workKeys are keys of steps that no branch has.
var workKeys = []string{"who", "due", "pick", "fill", "remind", "escalate", "controller", "outcomes", "branches"}

// stepKeys are the keys of steps and branches that might be taken for a verb.
var stepKeys = slices.Concat(verbs, workKeys, []string{"id", "if", "else", "while", "after", "lock", "title", "steps", "next"})

func (p *parser) elseBranch(b *Branch, o *object) *Branch {
	n := o.node("else")
	b.Else = true
	switch {
	case n.Kind == yamlsrc.Scalar && n.Value == "next":
	case n.Kind == yamlsrc.Scalar && n.Value == "leave", n.Kind == yamlsrc.Scalar && strings.Contains(n.Value, " "):
		if t := p.shortTarget(n, "else"); t != nil {
			b.Steps = []*Step{{Verb: verbOf(t), At: t.At, Range: t.At, IDAt: t.At, Target: t, bare: true}}
		}
	case n.Kind == yamlsrc.Scalar && n.Value == "true" && o.n.Get("steps") != nil:
		b.Steps = p.steps(o.node("steps"), "steps")
	case n.Kind == yamlsrc.Sequence:
		b.Steps = p.steps(n, "else")
	case n.Kind == yamlsrc.Mapping && n.Get("steps") != nil:
		inner := p.object(n, "else")
		b.Steps = p.steps(inner.node("steps"), "steps")
		inner.done()
	case n.Kind == yamlsrc.Mapping:
		if b.Steps = p.steps(n, "else"); len(b.Steps) == 1 {
			b.Steps[0].bare = true
		}
	default:
		p.errorf(R004, p.file.Span(n), "else is %s; write next, a step or a list of steps", describe(n))
	}
	o.done()
	return b
}

func verbOf(t *Target) Verb {
	switch t.Kind {
	case GoTo:
		return Go
	case EndRoute:
		return End
	default:
		return Leave
	}
}

// hasVerb tells whether a mapping has one of the verbs as a key; of all when
// none is named.
func hasVerb(n *yamlsrc.Node, among ...Verb) bool {
	for _, pair := range n.Pairs {
		if slices.Contains(verbs, pair.Key.Value) && (len(among) == 0 || slices.Contains(among, Verb(pair.Key.Value))) {
			return true
		}
	}
	return false
}
