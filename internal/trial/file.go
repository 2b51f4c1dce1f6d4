package trial

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// File is one file of route tests.
type File struct {
	Source *yamlsrc.File
	// Route is the route of tests that name none.
	Route Word
	// Cast are the people of the tests; nil: those of org.yaml.
	Cast *Cast
	Common
	Tests []*Test
}

// Word is a text of a test with its place.
type Word = route.Word

// Common is what a file says for all its tests and a test for itself.
type Common struct {
	Now       Word // when the document is registered
	By        Word // who registers it
	Status    Word
	Card      *yamlsrc.Node  // field: value
	Settings  []yamlsrc.Pair // constants of e1.yaml that are otherwise here
	Documents []*Given       // documents that are there already
}

// Cast are invented people, so that tests do not depend on who works in the
// organisation at present. Roles and departments stay those of org.yaml.
type Cast struct {
	At       diag.Span
	People   []Player
	Heads    []yamlsrc.Pair // department: user
	Absences *yamlsrc.Node
}

// Player is one person of a cast: an id, and a role, a list of roles or the keys
// that a user of org.yaml has.
type Player struct{ ID, Value *yamlsrc.Node }

// Given is a document that is there before the route begins, or that one is
// expected to leave behind.
type Given struct {
	At     diag.Span
	Form   Word
	Number Word
	Status Word
	Card   *yamlsrc.Node
	Kept
}

// Kept is what is expected of what a document keeps beside its card.
type Kept struct {
	Links    []yamlsrc.Pair // kind: numbers or forms
	hasLinks bool
	links    diag.Span
	Files    *yamlsrc.Node // names
}

// Letter is a letter that is expected.
type Letter struct {
	Template Word
	To       *yamlsrc.Node // addresses or users, "sender" for a reply
	Subject  Word
	Attach   *yamlsrc.Node // names of files
}

// Test is one document sent along a route.
type Test struct {
	File  *File
	Title yamlsrc.Label
	At    diag.Span
	Route Word
	Common
	// Start is how the route begins: "registered", "by hand" or "none"; empty:
	// by registration when the route has such a start, by hand otherwise.
	Start   Word
	Answers []*Answer
	Expect  *Expect
}

// Name is the title of the test in a language.
func (t *Test) Name(language string) string { return t.Title.In(language) }

// Answer is one thing that happens during a test.
type Answer struct {
	Kind    AnswerKind
	At      diag.Span
	Subject Word // the step; a duration, time or route for after, until, start
	Outcome Word
	Who     Word // who acts; empty: whose task it is
	Item    Word // of which row or person of an `each`
	To      Word // of delegate
	On      Word // of set: another document
	Comment Word
	Fields  []yamlsrc.Pair
	Expect  *Expect
}

// AnswerKind is the kind of an Answer.
type AnswerKind string

// The kinds of answers.
const (
	Advance  AnswerKind = "step" // STEP: OUTCOME
	Accept   AnswerKind = "accept"
	Refuse   AnswerKind = "refuse"
	Delegate AnswerKind = "delegate"
	Withdraw AnswerKind = "withdraw"
	Set      AnswerKind = "set"
	After    AnswerKind = "after"
	Until    AnswerKind = "until"
	Start    AnswerKind = "start"
	Stop     AnswerKind = "stop"
	Attach   AnswerKind = "attach"
	Look     AnswerKind = "expect" // nothing happens, only expectations
)

// Expect is what a test expects at a moment.
type Expect struct {
	At         diag.Span
	Path       *yamlsrc.Node // steps in the order in which they began
	Open       *yamlsrc.Node // steps with open tasks
	Who        []yamlsrc.Pair
	Due        []yamlsrc.Pair
	Status     Word
	Card       []yamlsrc.Pair
	Documents  []*Given
	Registered []*Given
	hasReg     bool
	registered diag.Span
	Letters    []*Letter
	hasLetters bool
	letters    diag.Span
	Kept
	// Controller is that of the route, Controllers are those of steps.
	Controller  *yamlsrc.Node
	Controllers []yamlsrc.Pair
	End         Word
	Started     Word // "true" or "false"
	Told        []yamlsrc.Pair
	Refused     Word
}

// parser reads one file.
type parser struct {
	*yamlsrc.Reader
	f *yamlsrc.File
}

// Parse reads a file of route tests. With errors in the list it cannot be run.
func Parse(f *yamlsrc.File) (*File, diag.List) {
	out, problems := yamlsrc.Forgiving(f, parse)
	problems = problems.Dedup()
	problems.Sort()
	return out, problems
}

func parse(f *yamlsrc.File) (*File, diag.List) {
	var problems diag.List
	p := &parser{f: f, Reader: yamlsrc.NewReader(f, &problems).WithCodes(unknownKey, missingKey, wrongType)}
	m := p.Mapping(f.Root, "route tests")
	out := &File{Source: f, Route: p.word(m, "route")}
	m.Know("title")
	out.Cast = p.cast(m)
	out.Common = p.common(m)
	names := map[string]diag.Span{}
	if m.Present("tests") {
		for _, n := range m.Items("tests") {
			t := p.test(n, out)
			name := t.Title.In("")
			if first, taken := names[name]; taken && name != "" {
				problems.Add(diag.Problem{Code: sameName.Code, Slug: sameName.Slug, At: t.At, Message: "there are two tests named \"" + name + "\"",
					Related: []diag.Related{{At: first, Message: "the first one"}}})
			}
			names[name] = t.At
			out.Tests = append(out.Tests, t)
		}
	}
	m.Done()
	return out, problems
}

func (p *parser) word(m *yamlsrc.Mapped, key string) Word {
	n := m.TextNode(key)
	if n == nil {
		return Word{}
	}
	return Word{Text: n.Value, At: p.f.Span(n)}
}

func (p *parser) wordOf(n *yamlsrc.Node, what string) Word {
	if n.Kind != yamlsrc.Scalar {
		p.wrong(n, what, "a text")
		return Word{}
	}
	return Word{Text: n.Value, At: p.f.Span(n)}
}

func (p *parser) wrong(n *yamlsrc.Node, what, want string) {
	p.Problems.Errorf(wrongType.Code, wrongType.Slug, p.f.Span(n), "%s is %s; %s is needed", what, n.Kind, want)
}

// pairs gives the entries of a mapping below a key.
func (p *parser) pairs(m *yamlsrc.Mapped, key string) []yamlsrc.Pair {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind != yamlsrc.Mapping {
		p.wrong(n, key, "a mapping")
		return nil
	}
	return n.Pairs
}

func (p *parser) common(m *yamlsrc.Mapped) Common {
	c := Common{Now: p.word(m, "now"), By: p.word(m, "by"), Status: p.word(m, "status"), Card: m.Node("card"),
		Settings: p.pairs(m, "settings")}
	if c.Card != nil && c.Card.Kind != yamlsrc.Mapping {
		p.wrong(c.Card, "card", "a mapping of fields")
		c.Card = nil
	}
	for _, n := range m.Items("documents") {
		c.Documents = append(c.Documents, p.given(n, true))
	}
	return c
}

func (p *parser) given(n *yamlsrc.Node, numbered bool) *Given {
	if n.Kind == yamlsrc.Scalar && !numbered {
		return &Given{At: p.f.Span(n), Form: Word{Text: n.Value, At: p.f.Span(n)}}
	}
	m := p.Mapping(n, "document")
	g := &Given{At: p.f.Span(n), Form: p.word(m, "form"), Number: p.word(m, "number"), Status: p.word(m, "status"), Card: m.Node("card")}
	if numbered {
		m.Present("number")
	}
	m.Present("form")
	if !numbered {
		g.Kept = p.kept(m)
	}
	if g.Card != nil && g.Card.Kind != yamlsrc.Mapping {
		p.wrong(g.Card, "card", "a mapping of fields")
		g.Card = nil
	}
	m.Done()
	return g
}

func (p *parser) cast(m *yamlsrc.Mapped) *Cast {
	people := p.pairs(m, "people")
	c := &Cast{At: m.Span("people"), Heads: p.pairs(m, "heads"), Absences: m.Node("absences")}
	for _, pair := range people {
		c.People = append(c.People, Player{ID: pair.Key, Value: pair.Value})
	}
	if !m.Has("people") && !m.Has("heads") && !m.Has("absences") {
		return nil
	}
	m.Present("people")
	return c
}

func (p *parser) test(n *yamlsrc.Node, file *File) *Test {
	m := p.Mapping(n, "test")
	t := &Test{File: file, Title: m.Label("test"), At: m.Span("test"), Route: p.word(m, "route")}
	m.Present("test")
	if t.Route.Text == "" {
		if t.Route = file.Route; t.Route.Text == "" {
			m.Errorf(missingKey, nil, "neither the test nor the file names a route")
		}
	}
	t.Common = p.common(m)
	if start := m.OneOf("start", "", "registered", "by hand", "none"); start != "" {
		t.Start = Word{Text: start, At: m.Span("start")}
	}
	for _, item := range m.Items("answers") {
		if a := p.answer(item); a != nil {
			t.Answers = append(t.Answers, a)
		}
	}
	t.Expect = p.expect(m)
	m.Done()
	return t
}

// answerKeys are the keys of answers that are no steps.
func answerKeys() []string {
	return []string{"step", "accept", "refuse", "delegate", "withdraw", "set", "attach", "after", "until", "start", "stop",
		"outcome", "who", "item", "to", "on", "comment", "fields", "expect"}
}

func (p *parser) answer(n *yamlsrc.Node) *Answer {
	m := p.Mapping(n, "answer")
	if n.Kind != yamlsrc.Mapping {
		return nil
	}
	a := &Answer{At: p.f.Span(n), Who: p.word(m, "who"), Item: p.word(m, "item"), Comment: p.word(m, "comment")}
	a.Expect = p.expect(m)
	first := (*yamlsrc.Node)(nil)
	for _, key := range m.Keys() {
		kind, word := AnswerKind(key.Value), Word{Text: key.Value, At: p.f.Span(key)}
		switch kind {
		case "outcome", "who", "item", "to", "on", "comment", "fields", Look:
			continue
		}
		value := m.Node(key.Value)
		if first != nil {
			p.Problems.Errorf(wrongType.Code, wrongType.Slug, word.At, "the answer is %q already; write %q as one of its own", first.Value, key.Value)
			continue
		}
		first, a.At = key, word.At
		switch kind {
		case Accept, Refuse, Delegate, Withdraw, Attach, After, Until, Start, Advance:
			a.Kind, a.Subject = kind, p.wordOf(value, key.Value)
		case Stop:
			a.Kind = Stop
		case Set:
			a.Kind, a.Fields = Set, p.pairs(m, "set")
			a.On = p.word(m, "on")
		default: // a step
			if meant := diag.Nearest(key.Value, answerKeys()); meant != "" && value.Kind == yamlsrc.Mapping {
				p.Problems.Errorf(unknownKey.Code, unknownKey.Slug, word.At, "answer: %s", diag.Unknown("key", key.Value, answerKeys()))
				(*p.Problems)[len(*p.Problems)-1].Meant = meant
				first = nil
				continue
			}
			a.Kind, a.Subject = Advance, word
			if !value.IsNull() {
				a.Outcome = p.wordOf(value, "the outcome")
			}
		}
	}
	switch {
	case first == nil && a.Expect != nil:
		a.Kind, a.At = Look, a.Expect.At
	case first == nil:
		p.Problems.Errorf(missingKey.Code, missingKey.Slug, a.At, "the answer says nothing; write STEP: OUTCOME, or one of accept, refuse, delegate, withdraw, set, attach, after, until, start, stop")
	case first.Value == string(Advance):
		a.Outcome = p.word(m, "outcome")
	}
	switch a.Kind {
	case Advance, Accept, Refuse:
		a.Fields = p.pairs(m, "fields")
	case Delegate:
		if a.To = p.word(m, "to"); a.To.Text == "" {
			m.Present("to")
		}
	}
	m.Done()
	return a
}

func (p *parser) expect(m *yamlsrc.Mapped) *Expect {
	n := m.Node("expect")
	if n == nil {
		return nil
	}
	e := &Expect{At: m.Span("expect")}
	if n.Kind != yamlsrc.Mapping {
		p.wrong(n, "expect", "a mapping")
		return e
	}
	x := p.Mapping(n, "expect")
	e.Path, e.Open = p.list(x, "path", "a list of steps"), p.list(x, "open", "a list of steps")
	e.Who, e.Due, e.Card, e.Told = p.pairs(x, "who"), p.pairs(x, "due"), p.pairs(x, "card"), p.pairs(x, "told")
	e.Status, e.End, e.Refused = p.word(x, "status"), p.word(x, "end"), p.word(x, "refused")
	if x.Has("started") {
		started := "false"
		if x.Bool("started", false) {
			started = "true"
		}
		e.Started = Word{Text: started, At: x.Span("started")}
	}
	for _, pair := range p.pairs(x, "documents") {
		g := p.after(pair.Value)
		g.Number, g.At = Word{Text: pair.Key.Value, At: p.f.Span(pair.Key)}, p.f.Span(pair.Key)
		e.Documents = append(e.Documents, g)
	}
	if e.hasReg = x.Has("registered"); e.hasReg {
		e.registered = x.Span("registered")
		for _, item := range x.Items("registered") {
			e.Registered = append(e.Registered, p.given(item, false))
		}
	}
	if e.hasLetters = x.Has("letters"); e.hasLetters {
		e.letters = x.Span("letters")
		for _, item := range x.Items("letters") {
			e.Letters = append(e.Letters, p.letter(item))
		}
	}
	e.Kept = p.kept(x)
	if c := x.Node("controller"); c != nil && c.Kind == yamlsrc.Mapping {
		e.Controllers = c.Pairs
	} else {
		e.Controller = c
	}
	x.Done()
	return e
}

// letter reads a letter that is expected: a template, or more of it.
func (p *parser) letter(n *yamlsrc.Node) *Letter {
	if n.Kind == yamlsrc.Scalar {
		return &Letter{Template: Word{Text: n.Value, At: p.f.Span(n)}}
	}
	m := p.Mapping(n, "letter")
	l := &Letter{Template: p.word(m, "template"), To: p.list(m, "to", "a list of addresses"), Subject: p.word(m, "subject"), Attach: p.list(m, "attach", "a list of files")}
	m.Present("template")
	m.Done()
	return l
}

// kept reads the links and files that a document is expected to have.
func (p *parser) kept(m *yamlsrc.Mapped) Kept {
	k := Kept{Files: p.list(m, "files", "a list of files")}
	if k.hasLinks = m.Has("links"); k.hasLinks {
		k.links = m.Span("links")
		if n := m.Node("links"); n.Kind != yamlsrc.Sequence || len(n.Items) > 0 { // [] is none, as elsewhere
			k.Links = p.pairs(m, "links")
		}
	}
	return k
}

// after reads what is expected of another document: its status and card.
func (p *parser) after(n *yamlsrc.Node) *Given {
	m := p.Mapping(n, "document")
	g := &Given{Status: p.word(m, "status"), Card: m.Node("card"), Kept: p.kept(m)}
	if g.Card != nil && g.Card.Kind != yamlsrc.Mapping {
		p.wrong(g.Card, "card", "a mapping of fields")
		g.Card = nil
	}
	m.Done()
	return g
}

// list gives a key's list, a text standing for a list of one; nil when absent.
func (p *parser) list(m *yamlsrc.Mapped, key, want string) *yamlsrc.Node {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind == yamlsrc.Scalar && !n.IsNull() {
		one := *n
		return &yamlsrc.Node{Kind: yamlsrc.Sequence, Items: []*yamlsrc.Node{&one}, Start: n.Start, End: n.End}
	}
	if n.Kind != yamlsrc.Sequence {
		p.wrong(n, key, want)
		return nil
	}
	for _, item := range n.Items {
		if item.Kind != yamlsrc.Scalar {
			p.wrong(item, key, "a text")
			return nil
		}
	}
	return n
}
