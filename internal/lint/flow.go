package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// flow is where the document can go on a route, with conditions as free
// choices. A jump stays within its branch, so every branch is a sequence that
// one token moves in, and all that a parallel or each needs to know of its
// branches is whether they can arrive; the graph is walked once.
//
// A step is two nodes: its beginning, and what comes behind it when it is a
// block: the join, the end of a round. Behind the steps come a node for each
// branch that can be over, and the end of the route.
type flow struct {
	r     *route.Route
	index map[*route.Step]int
	over  map[*route.Branch]int // node of the end of a branch
	of    []*route.Branch       // and the branch of such a node
	end   int
	next  [][]edge
	// reached nodes, and how each was reached first.
	reached []bool
	from    []hop
	// answered tells which outcomes of a block steps inside it can give.
	answered map[*route.Outcome]bool
	dropped  map[*route.Step]bool    // blocks that can be over before their branches are
	withdraw map[*route.Step]bool    // steps that an action or a handler withdraws
	silent   map[*route.Step]bool    // blocks with outcomes that can end without an answer
	trapped  []bool                  // see traps
	before   [][]int                 // the nodes that lead to each; see instantly
	given    []*route.Step           // taken as reached, since faults that are reported already keep them from it
	unspent  map[*route.Outcome]bool // outcomes whose limit is never reached
	falls    []*route.Step           // choose that no branch may be taken of, which is reported
	// reads gives what an expression depends on; nil: what it names. others is
	// what other routes of the document do meanwhile; nil: there are none.
	reads  func(*expr.Program) []string
	others func() *others
}

type edge struct {
	to   int
	way  way
	join bool // only once enough branches can arrive
}

type hop struct {
	node  int
	label string
}

func begin(i int) int  { return 2 * i }
func behind(i int) int { return 2*i + 1 }

// newFlow draws the graph of a route, of which faulty tells whether it has
// errors. A choose that falls through, which is a fault of its own, leads on.
func newFlow(r *route.Route, faulty bool, falls ...*route.Step) *flow {
	steps := r.Steps()
	f := &flow{r: r, falls: falls, index: make(map[*route.Step]int, len(steps)), over: map[*route.Branch]int{},
		answered: map[*route.Outcome]bool{}, dropped: map[*route.Step]bool{}, withdraw: map[*route.Step]bool{}, silent: map[*route.Step]bool{}}
	for i, s := range steps {
		f.index[s] = i
	}
	f.end = 2 * len(steps)
	f.of = make([]*route.Branch, f.end+1)
	for _, h := range r.Handlers {
		f.handler(h)
	}
	for _, s := range steps {
		if s.Verb == route.Parallel || s.Verb == route.Each {
			for _, b := range s.Branches {
				f.branch(b)
			}
		}
		for _, h := range s.Handlers {
			f.handler(h)
		}
		for _, a := range actionsOf(s) {
			if a.Kind == route.Cancel || a.Kind == route.Complete {
				f.withdraws(a.Steps)
			}
		}
	}
	f.next = make([][]edge, len(f.of))
	for i, s := range steps {
		f.connect(i, s)
		if slices.Contains(falls, s) {
			f.next[begin(i)] = append(f.next[begin(i)], edge{to: f.node(s, on(s)), way: on(s)})
		}
	}
	f.once()
	if faulty {
		f.forgive()
	}
	f.reached = make([]bool, len(f.of))
	f.from = make([]hop, len(f.of))
	f.walk(f.reached, f.from)
	f.traps()
	return f
}

// forgive notes what faults that are reported already keep from being reached:
// it is no fault of its own.
func (f *flow) forgive() {
	f.given = f.r.AfterEnd()
	for _, s := range f.r.Steps() {
		if s.Named && f.r.Lost(s.ID) {
			f.given = append(f.given, s)
		}
		for _, o := range s.Unanswered() {
			f.answered[o] = true
		}
		for _, t := range targetsOf(s) {
			if w := targeted(f.r, s, t); across(s, w) {
				f.given = append(f.given, w.step)
			}
		}
	}
}

func (f *flow) branch(b *route.Branch) {
	f.over[b] = len(f.of)
	f.of = append(f.of, b)
}

func (f *flow) handler(h *route.Handler) {
	f.branch(h.Body)
	f.withdraws(h.Cancel)
}

func (f *flow) withdraws(words []route.Word) {
	for _, w := range words {
		if s := f.r.Step(w.Text); s != nil {
			f.withdraw[s] = true
		}
	}
}

// node gives where a way from a step leads; -1 for the decision of a block.
func (f *flow) node(s *route.Step, w way) int {
	switch w.kind {
	case toStep:
		if across(s, w) {
			return f.node(s, on(s))
		}
		return begin(f.index[w.step])
	case toUnknown:
		return f.node(s, on(s))
	case toBranch:
		return f.over[home(s)]
	case toRound:
		return behind(f.index[w.step])
	case toEnd:
		return f.end
	}
	return -1
}

// across tells whether a jump leads into or out of a block, which is reported.
func across(s *route.Step, w way) bool {
	return w.jump && w.kind == toStep && route.Region(w.step) != route.Region(s)
}

// anywhere gives the steps that a jump from a step may be meant for.
func (f *flow) anywhere(s *route.Step) []int {
	var out []int
	for i, to := range f.r.Steps() {
		if to.Named && route.Region(to) == route.Region(s) {
			out = append(out, begin(i))
		}
	}
	return out
}

func (f *flow) connect(i int, s *route.Step) {
	add := func(node int, w way, join bool) {
		if w.kind == toUnknown {
			for _, to := range f.anywhere(s) {
				f.next[node] = append(f.next[node], edge{to, way{kind: toUnknown, at: w.at, max: true, spent: w.spent}, join})
			}
		}
		if to := f.node(s, w); to >= 0 {
			f.next[node] = append(f.next[node], edge{to, w, join})
		}
	}
	if skippable(s) || f.withdraw[s] {
		add(begin(i), on(s), false)
	}
	switch s.Verb {
	case route.Parallel, route.Each:
		if s.Verb == route.Each || !slices.ContainsFunc(s.Branches, func(b *route.Branch) bool { return b.If == nil }) {
			add(begin(i), on(s), false) // nothing was begun
		}
		f.next[begin(i)] = append(f.next[begin(i)], edge{to: behind(i), join: true})
		for _, w := range f.declared(s) {
			add(behind(i), w, false)
		}
	case route.Repeat:
		for _, w := range roundWays(f.r, s) {
			add(behind(i), w, false)
		}
		fallthrough
	default:
		for _, w := range waysOf(f.r, s) {
			add(begin(i), w, false)
		}
	}
}

// once takes out the ways behind limits that are never reached, because what
// the outcome leads to never comes back to its step.
func (f *flow) once() {
	for i, s := range f.r.Steps() {
		for _, o := range s.Outcomes {
			if o.Max == 0 || o.Else == nil || s.Decider != nil || f.unspent[o] {
				continue
			}
			if to := f.node(s, targeted(f.r, s, o.Target)); to == f.end || !f.leads(to, begin(i)) {
				if f.unspent == nil {
					f.unspent = map[*route.Outcome]bool{}
				}
				f.unspent[o] = true
			}
		}
	}
	if f.unspent == nil {
		return
	}
	for node := range f.next {
		f.next[node] = slices.DeleteFunc(f.next[node], func(e edge) bool { return f.unspent[e.way.spent] })
	}
}

// leads tells whether one node leads to another one, through branches and out
// of them, if every join and every outcome is possible.
func (f *flow) leads(from, to int) bool {
	seen := make([]bool, len(f.of))
	queue := []int{from}
	visit := func(node int) {
		if !seen[node] {
			seen[node] = true
			queue = append(queue, node)
		}
	}
	seen[from] = true
	for len(queue) > 0 && !seen[to] {
		node := queue[0]
		queue = queue[1:]
		if node > f.end {
			if owner := f.of[node].Owner; owner != nil {
				visit(behind(f.index[owner]))
			}
			continue
		}
		for _, e := range f.next[node] {
			visit(e.to)
		}
		if s := f.stepOf(node); s != nil && node&1 == 0 && (s.Verb == route.Parallel || s.Verb == route.Each) {
			visit(behind(f.index[s])) // at once, by an answer
			for _, b := range s.Branches {
				visit(f.entry(b))
			}
		}
	}
	return seen[to]
}

// declared gives the ways behind a join: without an answer, and of each
// outcome.
func (f *flow) declared(s *route.Step) []way {
	out := []way{on(s)}
	for _, o := range s.Outcomes {
		for _, w := range outcomeWays(f.r, s, o) {
			w.answer = o
			out = append(out, w)
		}
	}
	return out
}

// exits gives the ways behind a join that can be gone.
func (f *flow) exits(s *route.Step) []way {
	var out []way
	for _, w := range f.declared(s) {
		if f.open(s, w) && !f.unspent[w.spent] {
			out = append(out, w)
		}
	}
	return out
}

func (f *flow) open(s *route.Step, w way) bool {
	if s.Join.Kind == route.JoinNone {
		return w.answer == nil
	}
	if f.r.LostSteps(s.Range) {
		return true
	}
	if w.answer != nil {
		return f.answered[w.answer]
	}
	return len(s.Outcomes) == 0 || f.silent[s]
}

// walk marks what can be reached. What is marked only ever opens more.
func (f *flow) walk(reached []bool, from []hop) {
	var queue []int
	visit := func(node, by int, label string) {
		if !reached[node] {
			reached[node] = true
			from[node] = hop{by, label}
			queue = append(queue, node)
		}
	}
	enterBranches := func(by int, branches []*route.Branch, handlers []*route.Handler) {
		for _, b := range branches {
			if len(b.Steps) > 0 {
				visit(begin(f.index[b.Steps[0]]), by, "")
			} else if node, ok := f.over[b]; ok {
				visit(node, by, "")
			}
		}
		for _, h := range handlers {
			if len(h.Body.Steps) > 0 {
				visit(begin(f.index[h.Body.Steps[0]]), by, "")
			}
		}
	}
	follow := func(node int) {
		for _, e := range f.next[node] {
			s := f.stepOf(node)
			block := s.Verb == route.Parallel || s.Verb == route.Each
			switch {
			case e.join && !f.joins(s, reached):
			case node&1 == 1 && block && !f.open(s, e.way):
			default:
				visit(e.to, node, e.way.label)
			}
		}
	}
	if len(f.r.Body.Steps) == 0 {
		return
	}
	visit(begin(f.index[f.r.Body.Steps[0]]), -1, "")
	for _, s := range f.given {
		visit(begin(f.index[s]), -1, "")
	}
	enterBranches(begin(f.index[f.r.Body.Steps[0]]), nil, f.r.Handlers)
	for again := true; again; {
		for len(queue) > 0 {
			node := queue[0]
			queue = queue[1:]
			s := f.stepOf(node)
			switch {
			case s == nil: // the end, or the end of a branch
				if node != f.end && f.of[node].Owner != nil {
					follow(begin(f.index[f.of[node].Owner]))
				}
				continue
			case node&1 == 0 && (s.Verb == route.Parallel || s.Verb == route.Each):
				enterBranches(node, s.Branches, s.Handlers)
			case node&1 == 0 && s.Person():
				f.answers(s, reached, visit, follow)
			case node&1 == 0:
				enterBranches(node, nil, s.Handlers)
			}
			follow(node)
		}
		again = false
		for _, s := range f.r.Steps() {
			node := behind(f.index[s])
			if len(s.Outcomes) > 0 && !s.Person() && s.Verb != route.Call && reached[node] && !f.silent[s] && f.quiet(s) {
				f.silent[s], again = true, true
				follow(node)
			}
		}
	}
}

// answers notes what a step can answer to the block around it.
func (f *flow) answers(s *route.Step, reached []bool, visit func(int, int, string), follow func(int)) {
	if !decides(gathering(s)) {
		return
	}
	for _, w := range waysOf(f.r, s) {
		if w.answer == nil {
			continue
		}
		block := gathering(s)
		i := f.index[block]
		if w.now {
			f.dropped[block] = true
			for _, d := range outcomeWays(f.r, block, w.answer) {
				if f.unspent[d.spent] {
					continue
				}
				visit(f.node(block, d), begin(i), d.label)
			}
		}
		if !f.answered[w.answer] {
			f.answered[w.answer] = true
			if reached[behind(i)] {
				follow(behind(i))
			}
		}
	}
}

// decides tells whether a block has outcomes of its own.
func decides(block *route.Step) bool { return block != nil && len(block.Outcomes) > 0 }

// stepOf gives the step of a node, nil for the ends.
func (f *flow) stepOf(node int) *route.Step {
	if node >= f.end {
		return nil
	}
	return f.r.Steps()[node/2]
}

// joins tells whether enough branches of a block can arrive.
func (f *flow) joins(s *route.Step, reached []bool) bool {
	if f.r.LostSteps(s.Range) {
		return true
	}
	never, can := 0, 0
	for _, b := range s.Branches {
		switch {
		case reached[f.over[b]]:
			can++
		case b.If == nil:
			never++
		}
	}
	switch s.Join.Kind {
	case route.JoinNone:
		return true
	case route.JoinAny, route.JoinWhen:
		return can > 0
	case route.JoinN:
		if s.Verb == route.Parallel {
			return can >= s.Join.N || never == 0 && can > 0
		}
		return can > 0
	}
	return never == 0 && can > 0
}

// quiet tells whether a block can end without an answer: enough branches can
// arrive past the steps that answer it.
func (f *flow) quiet(s *route.Step) bool {
	quiet := make([]bool, len(f.of))
	for _, b := range s.Branches {
		var queue []int
		visit := func(node int) {
			if !quiet[node] {
				quiet[node] = true
				queue = append(queue, node)
			}
		}
		visit(f.entry(b))
		for len(queue) > 0 {
			node := queue[0]
			queue = queue[1:]
			for _, e := range f.next[node] {
				inner := f.stepOf(node)
				if e.way.answer != nil && inner.Person() && gathering(inner) == s || !f.reached[e.to] {
					continue
				}
				visit(e.to)
			}
		}
	}
	return f.joins(s, quiet)
}

// entry gives the node at which a branch begins.
func (f *flow) entry(b *route.Branch) int {
	if len(b.Steps) > 0 {
		return begin(f.index[b.Steps[0]])
	}
	return f.over[b]
}

// path gives the steps on the way to a node, for people: "prepare",
// "legal [reject]".
func (f *flow) path(node int) []string {
	var out []string
	label := ""
	for ; node >= 0; node = f.from[node].node {
		if name := f.name(node, label); name != "" {
			out, label = append(out, name), ""
		} else if s := f.stepOf(node); s != nil && node&1 == 0 && len(out) == 0 {
			out = append(out, s.ID)
		}
		if l := f.from[node].label; l != "" {
			label = l
		}
	}
	out = append(out, "start")
	slices.Reverse(out)
	return out
}

// name gives a node as a step for people, with the outcome by which it was left;
// empty when it means nothing to them.
func (f *flow) name(node int, label string) string {
	s := f.stepOf(node)
	if s == nil || node&1 == 1 || !shown(s) {
		return ""
	}
	if label == "" || s.Implied && len(s.Outcomes) == 1 {
		return s.ID
	}
	return s.ID + " [" + label + "]"
}

// shown tells whether a step means something to people on its way.
func shown(s *route.Step) bool {
	switch s.Verb {
	case route.Choose, route.Go, route.Leave, route.Do, route.Inform:
		return s.Named
	}
	return true
}

// reaches tells whether a step is reached.
func (f *flow) reaches(s *route.Step) bool { return f.reached[begin(f.index[s])] }

// place gives where a way is written, else its step.
func place(s *route.Step, w way) diag.Span {
	if w.at.Start.IsValid() {
		return w.at
	}
	return s.At
}
