package trial

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Result is what became of one test.
type Result struct {
	Test *Test
	// Problems are why it failed; none: it passed.
	Problems diag.List
	visits   []visit
}

// OK tells whether the test passed.
func (r *Result) OK() bool { return len(r.Problems) == 0 }

// Run carries out the tests of a file that Parse and Check have found right.
// The tests of a file share nothing but their definitions.
func (b *Base) Run(f *File) []*Result {
	s := b.stage(f)
	out := make([]*Result, len(f.Tests))
	for i, t := range f.Tests {
		forms, problems := s.forms(t)
		p := &play{base: b, forms: forms, src: f.Source, test: t, res: &Result{Test: t}}
		if problems = append(problems, s.problems...); problems.HasErrors() {
			p.res.Problems = problems
		} else {
			p.run()
		}
		out[i] = p.res
	}
	return out
}

// play is one test at work.
type play struct {
	base  *Base
	forms *form.Set
	src   *yamlsrc.File
	test  *Test
	res   *Result
	w     *world
	r     *route.Route
	// number of the document that travels
	number string
	by     string
	// how much of what the world remembers belongs to earlier answers
	effects, registered, letters int
	failed                       error // why the last answer was refused
}

func (p *play) fail(at diag.Span, format string, args ...any) {
	p.res.Problems.Errorf(notAsExpected.Code, notAsExpected.Slug, at, format, args...)
}

func (p *play) run() {
	var err error
	if p.r, err = p.base.UsableRoute(p.test.Route.Text); err != nil {
		p.res.Problems.Add(diag.Problem{Code: unknownRoute.Code, Slug: unknownRoute.Slug, At: p.test.Route.At,
			Message: fmt.Sprintf("the route %q cannot be run: %s", p.test.Route.Text, firstLine(err.Error())), Help: "e1 lint"})
		return
	}
	if problems := p.prepare(); len(problems) > 0 {
		p.res.Problems = problems
		return
	}
	if err := p.begin(); err != nil {
		p.cannot(p.test.At, err)
		return
	}
	for _, a := range p.test.Answers {
		p.effects, p.registered, p.letters = len(p.w.effects), len(p.w.registered), len(p.w.letters)
		refused := a.Expect != nil && a.Expect.Refused.Text != ""
		p.failed = p.attempt(func() error { return p.answer(a) })
		if p.failed != nil && !refused {
			p.cannot(a.At, p.failed)
			break // what follows would fail for this reason alone
		}
		if a.Expect != nil {
			p.expect(a.Expect)
		}
	}
	p.effects, p.registered, p.letters = 0, 0, 0
	if p.instance() == nil && len(p.res.Problems) == 0 && (p.test.Expect == nil || p.test.Expect.Started.Text == "") {
		p.fail(p.test.At, "the route %q did not start%s", p.r.Name.Text, p.because())
	}
	if p.test.Expect != nil && !slices.ContainsFunc(p.res.Problems, func(d diag.Problem) bool { return d.Code == cannotGoOn.Code }) {
		p.expect(p.test.Expect)
	}
	p.res.visits = p.w.visits
}

// because tells what the engine had to say.
func (p *play) because() string {
	if len(p.w.notes) == 0 {
		return ""
	}
	return ": " + firstLine(strings.Join(p.w.notes, "; "))
}

// cannot reports an event that is not possible.
func (p *play) cannot(at diag.Span, err error) {
	problem := diag.Problem{Code: cannotGoOn.Code, Slug: cannotGoOn.Slug, At: at, Message: err.Error()}
	var refusal *engine.Refusal
	if errors.As(err, &refusal) && len(refusal.Possible) > 0 && !strings.Contains(refusal.Message, refusal.Possible[0]) {
		problem.Help = "possible: " + strings.Join(refusal.Possible, ", ")
	}
	p.res.Problems.Add(problem)
}

// attempt carries something out completely or not at all, as a transaction
// would.
func (p *play) attempt(do func() error) error {
	w := p.w
	docs, order, seq := maps.Clone(w.docs), len(w.order), maps.Clone(w.seq)
	effects, registered, letters, notes, visits := len(w.effects), len(w.registered), len(w.letters), len(w.notes), len(w.visits)
	err := do()
	if err != nil {
		w.docs, w.order, w.seq = docs, w.order[:order], seq
		w.effects, w.registered, w.letters = w.effects[:effects], w.registered[:registered], w.letters[:letters]
		w.notes, w.visits = w.notes[:notes], w.visits[:visits]
	}
	return err
}

// prepare sets the scene.
func (p *play) prepare() diag.List {
	zone := p.forms.Settings().Zone
	at, problems := Beginning(zone), diag.List(nil)
	for _, now := range []Word{p.test.File.Now, p.test.Now} {
		if now.Text == "" {
			continue
		}
		t, dateOnly, err := moment(now.Text, zone)
		if err != nil {
			problems.Errorf(unfitValue.Code, unfitValue.Slug, now.At, "now: %v", err)
			continue
		}
		if at = t; dateOnly {
			at = t.Add(10 * time.Hour)
		}
	}
	p.w = newWorld(p.base, p.forms, at)
	p.w.writes = true
	p.by = p.who()
	for _, given := range append(slices.Clone(p.test.File.Documents), p.test.Documents...) {
		problems = append(problems, p.w.put(p.src, given, p.by)...)
	}
	f := p.forms.Form(p.r.For.Text)
	if f == nil {
		f = p.anyForm()
	}
	d := &document.Document{Form: f.Name, Registered: at, By: p.by}
	for _, c := range []Common{p.test.File.Common, p.test.Common} {
		if c.Card != nil {
			problems = append(problems, p.w.fill(p.src, d, c.Card.Pairs, p.by)...)
		}
		problems = append(problems, p.w.status(f, d, c.Status)...)
	}
	p.forms.Defaults(f, d, p.w.context(p.by))
	p.w.add(d)
	p.number = d.Number
	return problems
}

// anyForm is the form of a route that is for documents of every form.
func (p *play) anyForm() *form.Form {
	if all := p.forms.Forms(); len(all) > 0 {
		return all[0]
	}
	return form.Unreadable("document")
}

// who is the person who registers the document: as the test says, else the
// first of the people.
func (p *play) who() string {
	for _, by := range []Word{p.test.By, p.test.File.By} {
		if by.Text != "" {
			return by.Text
		}
	}
	if users := p.forms.Org().Users; len(users) > 0 {
		return users[0].ID
	}
	return "test"
}

func (p *play) begin() error {
	switch start := p.test.Start.Text; {
	case start == "registered", start == "" && startsOn(p.r, route.OnRegistered):
		return p.w.apply(p.number, p.by, engine.Registered{})
	case start == "by hand":
		return p.w.apply(p.number, p.by, engine.Start{Route: p.r.Name.Text})
	case start == "":
		return p.w.apply(p.number, p.by, beginning(p.r))
	}
	return nil
}

func startsOn(r *route.Route, kind route.StartKind) bool {
	return slices.ContainsFunc(r.Starts, func(s *route.Start) bool { return s.On == kind })
}

// beginning starts a route as a person does, or else as another route or a
// rule does.
func beginning(r *route.Route) engine.Event {
	if startsOn(r, route.ByHand) {
		return engine.Start{Route: r.Name.Text}
	}
	return engine.Called{Route: r.Name.Text}
}

// document is the one that travels, as it is now.
func (p *play) document() *document.Document { return p.w.docs[p.number] }

// instance is the latest run of the tested route; nil when it never began.
func (p *play) instance() *document.Instance {
	d := p.document()
	for i := len(d.Routes) - 1; i >= 0; i-- {
		if d.Routes[i].Route == p.r.Name.Text {
			return &d.Routes[i]
		}
	}
	return nil
}

func (p *play) answer(a *Answer) error {
	switch a.Kind {
	case Look:
		return nil
	case After, Until:
		return p.wait(a)
	case Set:
		return p.set(a)
	case Attach:
		d := p.document().Clone()
		attach(d, a.Subject.Text, "")
		p.w.docs[p.number] = d
		return p.w.apply(p.number, p.actor(a, p.by), engine.DocumentChanged{})
	case Start:
		return p.w.apply(p.number, p.actor(a, p.by), engine.Start{Route: a.Subject.Text})
	case Stop:
		in := p.instance()
		if in == nil {
			return fmt.Errorf("the route %q is not running", p.r.Name.Text)
		}
		return p.w.apply(p.number, p.actor(a, p.by), engine.Stop{Instance: in.ID, Comment: a.Comment.Text})
	}
	t, err := p.task(a)
	if err != nil {
		return err
	}
	actor := p.actor(a, doer(t))
	var fields []engine.Field
	for _, pair := range a.Fields {
		text := pair.Value.Value
		if pair.Value.Kind == yamlsrc.Sequence {
			if err := p.table(pair); err != nil {
				return err
			}
			continue
		}
		fields = append(fields, engine.Field{Name: pair.Key.Value, Text: text})
	}
	var event engine.Event
	switch a.Kind {
	case Advance:
		event = engine.Advance{Task: t.ID, Outcome: a.Outcome.Text, Comment: a.Comment.Text, Fields: fields}
	case Accept:
		event = engine.Accept{Task: t.ID, Comment: a.Comment.Text, Fields: fields}
	case Refuse:
		event = engine.Refuse{Task: t.ID, Comment: a.Comment.Text, Fields: fields}
	case Delegate:
		event = engine.Reassign{Task: t.ID, To: a.To.Text, Comment: a.Comment.Text}
	default:
		event = engine.Withdraw{Task: t.ID, Comment: a.Comment.Text}
	}
	return p.w.apply(p.number, actor, event)
}

// table gives the document a table before its task is answered, as a person
// would with `e1 row`.
func (p *play) table(pair yamlsrc.Pair) error {
	d := p.document().Clone()
	if problems := p.w.fill(p.src, d, []yamlsrc.Pair{pair}, p.by); len(problems) > 0 {
		return errors.New(problems[0].Message)
	}
	p.w.docs[p.number] = d
	return p.w.apply(p.number, p.by, engine.DocumentChanged{Fields: []string{pair.Key.Value}})
}

func (p *play) actor(a *Answer, usual string) string {
	if a.Who.Text != "" {
		return a.Who.Text
	}
	return usual
}

// doer is who is to act on a task.
func doer(t *document.Task) string {
	switch {
	case t.State == engine.TaskReview:
		return t.Controller
	case t.Who != "":
		return t.Who
	case len(t.Candidates) > 0:
		return t.Candidates[0]
	}
	return ""
}

// task finds the open task that an answer is about.
func (p *play) task(a *Answer) (*document.Task, error) {
	d := p.document()
	var first *document.Task
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			t := &d.Routes[i].Tasks[j]
			if !engine.Pending(t.State) && t.State != engine.TaskInform || t.Step != a.Subject.Text || a.Item.Text != "" && t.Item != a.Item.Text {
				continue
			}
			if a.Who.Text != "" && a.Who.Text == doer(t) {
				return t, nil // of several tasks of a step, that of who acts
			}
			if first == nil || first.Kind != "" && t.Kind == "" { // parts and requests come last
				first = t
			}
		}
	}
	if first == nil {
		return nil, fmt.Errorf("the step %q has no open task; open: %s", a.Subject.Text, listed(p.open()))
	}
	return first, nil
}

// open describes the open tasks of the document: "legal (orlov)".
func (p *play) open() []string {
	var out []string
	for _, in := range p.document().Routes {
		for _, t := range in.Tasks {
			if engine.Pending(t.State) {
				out = append(out, fmt.Sprintf("%s (%s)", place(t.Step, t.Item), strings.Join(engine.Awaited(&t), ", ")))
			}
		}
	}
	return out
}

// place names a step, with its item if it has one.
func place(step, item string) string {
	if item != "" {
		return step + "@" + item
	}
	return step
}

func (p *play) wait(a *Answer) error {
	if a.Kind == After {
		d, err := worktime.ParseDuration(a.Subject.Text)
		if err != nil {
			return err
		}
		c := p.base.Calendar(p.r.Calendar.Text)
		if c == nil {
			return fmt.Errorf("there is no working calendar %q", p.r.Calendar.Text)
		}
		at, _ := c.Add(p.w.now, d)
		return p.w.passUntil(at.In(p.w.now.Location()))
	}
	at, _, err := moment(a.Subject.Text, p.w.now.Location())
	if err != nil {
		return err
	}
	if at.Before(p.w.now) {
		return fmt.Errorf("%s has passed; it is %s", a.Subject.Text, p.w.now.Format("2006-01-02 15:04"))
	}
	return p.w.passUntil(at)
}

// set changes fields of the document, or of another one, as somebody would by
// hand or by import.
func (p *play) set(a *Answer) error {
	number := p.number
	if a.On.Text != "" {
		number = a.On.Text
	}
	d := p.w.docs[number]
	if d == nil {
		return fmt.Errorf("there is no document %q; there are %s", number, listed(p.w.order))
	}
	d = d.Clone()
	actor := p.actor(a, p.by)
	if problems := p.w.fill(p.src, d, a.Fields, actor); len(problems) > 0 {
		return errors.New(problems[0].Message)
	}
	p.w.docs[number] = d
	var names []string
	for _, pair := range a.Fields {
		names = append(names, pair.Key.Value)
	}
	return p.w.apply(number, actor, engine.DocumentChanged{Fields: names})
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
