package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/route"
)

// dataflow is what is known about the fields of the document wherever the
// route is: which surely have a value, and which the route may have written.
// It goes forward over the tree of blocks; jumps are followed until nothing
// changes any more.
type dataflow struct {
	s     *subject
	paths map[string]int // the number of a path in the sets
	names []string

	entry   map[*route.Step]*state   // before the step and its if
	jumps   map[*route.Step]*state   // by which the step may be entered besides
	left    map[*route.Branch]*state // on leaving the branch early
	beyond  bool                     // what nothing leads to is looked at as well
	changed bool
	// interrupted are steps that an action may finish or withdraw: they are
	// passed without having been done.
	interrupted map[string]bool
	unsure      []string                 // paths that a handler of the route may clear at any time
	lost        set                      // paths named by what could not be understood
	lostFrom    map[*route.Step]set      // the same, by the step from which on they matter; nil: from the beginning
	astray      map[*route.Branch]*state // by branch, before a jump in it that leads nobody knows where
	uses        []*use
	writes      []*write
	papers      []*paper
}

// use is an expression evaluated at a moment.
type use struct {
	kind   useKind
	step   *route.Step // nil: the head of the route
	expr   *route.Expr
	at     *state
	field  *route.Assignment // useSet
	action *route.Action     // the action it belongs to, nil for others
	given  []decide.Wish     // outside of routes: what holds when it is evaluated
}

type useKind uint8

const (
	useCondition useKind = iota
	useSet               // the value of a field of this document, or of one it refers to
	useRegister          // the value of a field of a new document
	useMoment            // a date or duration: wait
	useDue               // one of several deadlines is taken, the first there is
	useOther
)

// paper is one use of a template.
type paper struct {
	step   *route.Step // nil outside of routes
	action *route.Action
	at     *state
}

// write is one place that gives a field a value.
type write struct {
	path   string
	step   *route.Step
	word   route.Word
	value  *route.Expr // nil: a person fills it
	action *route.Action
	before *state
	// outcome is the answer whose actions write, nil for do and fill.
	outcome *route.Outcome
}

// data gives the flow of the subject, computed once.
func (s *subject) data() *dataflow {
	if s.flow != nil {
		return s.flow
	}
	d := &dataflow{s: s, paths: map[string]int{}, jumps: map[*route.Step]*state{}, interrupted: map[string]bool{}, astray: map[*route.Branch]*state{}}
	for _, step := range s.Steps() {
		for _, name := range answersOf(step) {
			d.path(lastly + name)
		}
		for _, a := range actionsOf(step) {
			if a.Kind == route.Cancel || a.Kind == route.Complete {
				for _, w := range a.Steps {
					d.interrupted[w.Text] = true
				}
			}
		}
		for _, h := range step.Handlers {
			d.interrupt(h)
		}
	}
	for _, h := range s.Handlers {
		d.interrupt(h)
		for _, step := range h.Body.Steps {
			d.unsure = append(d.unsure, d.cleared(step)...)
		}
	}
	// Sets only shrink and grow, so this ends; the bound is for the unforeseen.
	for range 4 + 2*len(s.Steps()) {
		d.changed = false
		d.entry, d.left = map[*route.Step]*state{}, map[*route.Branch]*state{}
		d.uses, d.writes, d.papers = nil, nil, nil
		d.run()
		if !d.changed {
			break
		}
	}
	if len(d.entry) < len(s.Steps()) { // some are never reached
		d.beyond = true
		d.entry, d.left = map[*route.Step]*state{}, map[*route.Branch]*state{}
		d.uses, d.writes, d.papers = nil, nil, nil
		d.run()
	}
	s.flow = d
	return d
}

func (d *dataflow) interrupt(h *route.Handler) {
	for _, w := range h.Cancel {
		d.interrupted[w.Text] = true
	}
}

// actionsOf gives the actions of a step and of its outcomes.
func actionsOf(s *route.Step) []*route.Action {
	out := slices.Clone(s.Actions)
	if s.Decider == nil {
		for _, o := range s.Outcomes {
			out = append(out, o.Actions...)
		}
	}
	return out
}

func (d *dataflow) run() {
	var begin *state
	if d.s.faults != nil {
		d.findDoubts()
	}
	for _, start := range d.s.Starts {
		st := &state{}
		d.use(useCondition, nil, start.If, st)
		begin = meet(begin, d.assume(st, start.If, true))
	}
	if begin == nil {
		begin = &state{}
	}
	anytime := begin.clone()
	anytime.doubted = anytime.doubted.union(d.lost)
	d.handlers(d.s.Handlers, nil, anytime)
	begin.doubted = begin.doubted.union(d.lostFrom[nil])
	d.branch(d.s.Body, begin)
}

// handlers goes through the steps of event handlers. They begin at some moment
// while their block is open.
func (d *dataflow) handlers(list []*route.Handler, s *route.Step, in *state) {
	if in == nil {
		return
	}
	for _, h := range list {
		st := in.clone()
		for _, name := range d.names { // anything may have been written meanwhile
			st.written.add(d.path(name))
		}
		if s == nil {
			st.filled = nil
		} else {
			d.spoil(st, s)
		}
		d.use(useCondition, s, h.Event.Expr, st)
		if h.Event.Kind == route.EventWhen {
			st = d.assume(st, h.Event.Expr, true)
		}
		d.branch(h.Body, st)
	}
}

// spoil takes away what some step inside a block, or a handler of the route,
// may clear.
func (d *dataflow) spoil(st *state, s *route.Step) {
	for _, path := range d.cleared(s) {
		st.forget(d, path)
	}
}

// cleared lists the paths that actions inside a block may give an empty value.
func (d *dataflow) cleared(s *route.Step) []string {
	var out []string
	var visit func(s *route.Step)
	branch := func(b *route.Branch) {
		for _, inner := range b.Steps {
			visit(inner)
		}
	}
	visit = func(s *route.Step) {
		for _, a := range actionsOf(s) {
			for _, set := range a.Set {
				if t := meant(set.Value); a.Kind == route.Set && t != nil && t.Type.Nullable {
					out = append(out, set.Field.Text)
				}
			}
		}
		for _, b := range s.Branches {
			branch(b)
		}
		for _, h := range s.Handlers {
			branch(h.Body)
		}
	}
	visit(s)
	return out
}

func (d *dataflow) branch(b *route.Branch, in *state) *state {
	for _, s := range b.Steps {
		if in = meet(in, d.jumps[s]); in == nil && d.beyond {
			in = &state{blind: true}
		}
		if in != nil {
			in = in.clone()
			in.doubted = in.doubted.union(d.lostFrom[s])
			d.stray(s, in)
			d.entry[s] = in
		}
		in = d.step(s, in)
	}
	return in
}

func (d *dataflow) step(s *route.Step, in *state) *state {
	d.use(useCondition, s, s.If, in)
	active := d.assume(in, s.If, true)
	d.use(useCondition, s, s.While, active)
	out := d.verb(s, d.assume(active, s.While, true))
	if s.While != nil || s.WhileOpen.Text != "" || d.interrupted[s.ID] {
		out = meet(out, active)
	}
	if s.If != nil {
		on := out != nil
		if out = meet(out, d.assume(in, s.If, false)); on {
			d.settle(out, in, s.If)
		}
	}
	return out
}

func (d *dataflow) verb(s *route.Step, in *state) *state {
	if s.Handlers != nil {
		d.handlers(s.Handlers, s, in)
	}
	switch s.Verb {
	case route.Task, route.Approve, route.Inform:
		return d.work(s, in)
	case route.Do:
		return d.act(s, nil, s.Actions, in)
	case route.Choose:
		return d.choose(s, in)
	case route.Parallel, route.Each:
		return d.gather(s, in)
	case route.Repeat:
		return d.repeat(s, in)
	case route.Wait:
		var out *state
		for i, b := range s.Branches {
			st := in
			switch e := s.Waits[i]; e.Kind {
			case route.EventUntil:
				d.use(useMoment, s, e.Expr, in)
			case route.EventWhen:
				d.use(useCondition, s, e.Expr, in)
				st = d.assume(in, e.Expr, true)
			case route.EventChanged:
				d.use(useCondition, s, e.Expr, in)
				st = d.assume(in, e.Expr, true)
			default:
				d.use(useCondition, s, e.Expr, in)
			}
			out = meet(out, d.branch(b, st))
		}
		return out
	case route.Call:
		if in == nil {
			return nil
		}
		st := in.clone()
		for _, name := range d.names { // the other route works on the same document
			st.written.add(d.path(name))
		}
		if len(s.Outcomes) == 0 {
			return st
		}
		return d.answers(s, st, st)
	}
	d.follow(s, s.Target, in)
	return nil
}

// work goes through a task: what is filled in is there when an outcome goes on.
func (d *dataflow) work(s *route.Step, in *state) *state {
	if in == nil {
		return nil
	}
	d.due(s, s.Due, in)
	done := in.clone()
	for _, w := range s.Fill {
		d.writes = append(d.writes, &write{path: w.Text, step: s, word: w, before: in})
		done.forget(d, w.Text)
		done.written.add(d.path(w.Text))
		done.filled.add(d.path(w.Text))
		d.misnamed(done, w.Text)
	}
	other := in.clone()
	for _, w := range s.Fill {
		other.written.add(d.path(w.Text))
		d.misnamed(other, w.Text)
	}
	if s.Verb == route.Inform {
		return done
	}
	if s.Decider != nil {
		done.written = d.answered(done.written, s)
		other.written = d.answered(other.written, s)
		if region := route.Region(s); region != nil {
			d.left[region] = meet(d.left[region], other)
		}
		return done
	}
	return d.answers(s, done, other)
}

// answers follows the outcomes of a step; going is the state after an answer
// that goes on, other after one that does not.
func (d *dataflow) answers(s *route.Step, going, other *state) *state {
	var out *state
	for _, o := range s.Outcomes {
		if o.Target == nil {
			continue
		}
		st := other
		if o.Target.Kind == route.GoOn && !o.Now {
			st = going
		}
		if s.Person() && st != nil {
			st = st.clone()
			st.written.add(d.path(lastly + o.Name))
		}
		st = d.act(s, o, o.Actions, st)
		if s.Person() && st != nil {
			st.written = d.answered(st.written, s, o)
		}
		if o.Target.Kind == route.GoOn {
			out = meet(out, st)
		} else {
			d.follow(s, o.Target, st)
		}
		if o.Else != nil {
			if o.Else.Kind == route.GoOn {
				out = meet(out, st)
			} else {
				d.follow(s, o.Else, st)
			}
		}
	}
	return out
}

// follow leads a state to where a way goes.
func (d *dataflow) follow(s *route.Step, t *route.Target, st *state) {
	if t == nil || st == nil || st.blind {
		return
	}
	switch t.Kind {
	case route.GoTo:
		to := d.s.Meant(t.Name)
		if to == nil || route.Region(to) != route.Region(s) {
			region := route.Region(s)
			if now := meet(d.astray[region], st); !now.equal(d.astray[region]) {
				d.astray[region], d.changed = now, true
			}
			return
		}
		if now := meet(d.jumps[to], st); !now.equal(d.jumps[to]) {
			d.jumps[to], d.changed = now, true
		}
	case route.LeaveBranch:
		if region := route.Region(s); region != nil {
			d.left[region] = meet(d.left[region], st)
		}
	}
}

func (d *dataflow) choose(s *route.Step, in *state) *state {
	var out *state
	for _, b := range s.Branches {
		if b.Else || b.If == nil {
			return meet(out, d.branch(b, in))
		}
		d.use(useCondition, s, b.If, in)
		out = meet(out, d.branch(b, d.assume(in, b.If, true)))
		in = d.assume(in, b.If, false)
	}
	return out
}

// gather goes through the branches of parallel, or the steps of each.
func (d *dataflow) gather(s *route.Step, in *state) *state {
	if in == nil {
		for _, b := range s.Branches {
			d.branch(b, nil)
		}
		return nil
	}
	if s.Over != nil {
		d.use(useOther, s, s.Over.Expr, in)
	}
	inside := in.clone()
	d.spoil(inside, s) // branches are at work beside each other
	d.answersBeside(inside, s)
	out := inside.clone()
	arrives := s.Join.Kind == route.JoinNone
	for _, b := range s.Branches {
		d.use(useCondition, s, b.If, in)
		end := meet(d.branch(b, d.assume(inside, b.If, true)), d.left[b])
		if end == nil {
			continue
		}
		arrives = true
		out.written = out.written.union(end.written)
		if s.Join.Kind == route.JoinAll && b.If == nil && s.Verb == route.Parallel {
			out.filled = out.filled.union(end.filled)
		}
	}
	d.use(useOther, s, s.Join.When, inside)
	if !arrives && s.Verb == route.Parallel && len(s.Outcomes) == 0 {
		return nil
	}
	if len(s.Outcomes) == 0 {
		return out
	}
	early := inside.clone()
	early.written = out.written
	return d.answers(s, out, early)
}

func (d *dataflow) repeat(s *route.Step, in *state) *state {
	round := in
	uses, writes, papers := len(d.uses), len(d.writes), len(d.papers)
	for range 3 {
		end := d.branch(s.Branches[0], round)
		d.uses, d.writes, d.papers = d.uses[:uses], d.writes[:writes], d.papers[:papers] // they count in the last round
		again := meet(in, d.assume(end, s.Until, false))
		if again.equal(round) {
			break
		}
		round = again
	}
	end := d.branch(s.Branches[0], round)
	d.use(useCondition, s, s.Until, end)
	out := d.assume(end, s.Until, true)
	if s.OnMax != nil {
		if s.OnMax.Kind == route.GoOn {
			out = meet(out, end)
		} else {
			d.follow(s, s.OnMax, end)
		}
	}
	return out
}

// act goes through actions.
func (d *dataflow) act(s *route.Step, o *route.Outcome, list []*route.Action, in *state) *state {
	if in == nil {
		return nil
	}
	for _, a := range list {
		d.useIn(a, useCondition, s, a.If, in)
		done := d.action(s, o, a, d.assume(in, a.If, true).clone())
		if a.If != nil {
			done = meet(done, d.assume(in, a.If, false))
		}
		in = done
	}
	return in
}

func (d *dataflow) action(s *route.Step, o *route.Outcome, a *route.Action, st *state) *state {
	before := st.clone()
	for _, e := range []*route.Expr{a.To, a.Text, a.On} {
		d.useIn(a, useOther, s, e, before)
	}
	d.due(s, a.Due, before)
	if a.Template.Text != "" && a.Kind != route.Attach {
		d.papers = append(d.papers, &paper{s, a, before})
	}
	for _, set := range a.Set {
		if a.Kind == route.Register {
			d.uses = append(d.uses, &use{kind: useRegister, step: s, expr: set.Value, at: before, field: set, action: a})
			continue
		}
		d.uses = append(d.uses, &use{kind: useSet, step: s, expr: set.Value, at: before, field: set, action: a})
		path := set.Field.Text
		d.writes = append(d.writes, &write{path: path, step: s, word: set.Field, value: set.Value, action: a, before: before, outcome: o})
		st.forget(d, path)
		st.written.add(d.path(path))
		d.misnamed(st, path)
		if t := meant(set.Value); t == nil {
			st.doubted.add(d.path(path))
		} else if _, empty := maybeEmpty(t, d.filled(before)); !empty {
			st.filled.add(d.path(path))
		}
	}
	if a.Kind == route.Register && a.Into.Text != "" {
		d.writes = append(d.writes, &write{path: a.Into.Text, step: s, word: a.Into, action: a, before: before, outcome: o})
		if !before.filled.has(d.path(a.Into.Text)) { // else it stays what it is
			st.forget(d, a.Into.Text)
		}
		st.written.add(d.path(a.Into.Text))
		st.filled.add(d.path(a.Into.Text))
		d.misnamed(st, a.Into.Text)
	}
	return st
}

func (d *dataflow) due(s *route.Step, due *route.Due, at *state) {
	if due == nil {
		return
	}
	for i, e := range due.Exprs {
		if i == len(due.Exprs)-1 && !due.ByHand {
			d.use(useDue, s, e, at)
		} else {
			d.use(useOther, s, e, at)
		}
	}
}

func (d *dataflow) use(kind useKind, s *route.Step, e *route.Expr, at *state) {
	d.useIn(nil, kind, s, e, at)
}

func (d *dataflow) useIn(a *route.Action, kind useKind, s *route.Step, e *route.Expr, at *state) {
	if e != nil && at != nil && tree(e) != nil {
		d.uses = append(d.uses, &use{kind: kind, step: s, expr: e, at: at, action: a})
	}
}

// assume is the state in which a condition holds, or does not.
func (d *dataflow) assume(in *state, e *route.Expr, holds bool) *state {
	t := meant(e)
	switch {
	case in == nil || e == nil:
		return in
	case t == nil: // what it says of the fields that it names, nobody knows
		in = in.clone()
		d.doubt(in, e.Text)
		return in
	}
	paths := fact(t, holds)
	if len(paths) == 0 {
		return in
	}
	out := in.clone()
	for _, p := range paths {
		out.filled.add(d.path(p))
	}
	return out
}

// filled tells which paths have a value in a state, or may have one for all
// that can be said of a route with faults.
func (d *dataflow) filled(st *state) func(string) bool {
	known := d.s.filledBy(func(path string) bool {
		i, ok := d.paths[path]
		return ok && st != nil && st.filled.has(i) && !slices.Contains(d.unsure, path)
	})
	return func(path string) bool { return known(path) || d.doubts(st, path) }
}

// certain tells which paths surely have a value in a state.
func (d *dataflow) certain(st *state) func(string) bool {
	return d.s.filledBy(func(path string) bool {
		i, ok := d.paths[path]
		return ok && st != nil && st.filled.has(i) && !st.loose.has(i) && !slices.Contains(d.unsure, path)
	})
}

func (d *dataflow) path(name string) int {
	i, ok := d.paths[name]
	if !ok {
		i = len(d.names)
		d.paths[name], d.names = i, append(d.names, name)
	}
	return i
}
