package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/soundness"
)

// Completable tells why a running instance could not come to its end on a
// route from where it stands, nil when it can. It is the analysis of the route
// with another beginning, for instances that are moved to a definition: where
// they stand need not be where the definition ever leads. Faults that the route
// has from its own beginning are its own, and not told.
func Completable(r *route.Route, in *document.Instance) []string {
	n := newRouteNet(newFlow(r, false))
	if n == nil {
		return nil
	}
	begins := n.net.Initial
	var reasons []string
	for _, one := range n.samples(in) {
		n.net.Initial = n.standing(in, one)
		v, err := soundness.Decide(n.net, maxStranded)
		if err != nil {
			return nil
		}
		for _, text := range n.strands(v) {
			if !slices.Contains(reasons, text) {
				reasons = append(reasons, text)
			}
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	n.net.Initial = begins
	if v, err := soundness.Decide(n.net, maxStranded); err != nil || len(n.strands(v)) > 0 {
		return nil
	}
	return reasons
}

// maxStranded bounds the states looked at for one instance.
const maxStranded = 20_000

// strands puts into words how an instance could not complete: of what follows
// from the same cause, what says most about it.
func (n *routeNet) strands(v *soundness.Verdict) []string {
	var out []string
	for _, s := range v.Improper {
		if at := n.stepsAt(s.Places); at != "" {
			out = append(out, fmt.Sprintf("it could end while %s is still at work", at))
		}
	}
	if len(out) > 0 {
		return sorted(out)
	}
	for _, s := range v.Stuck {
		at := n.stepsAt(s.Places)
		switch {
		case s.Loop:
			out = append(out, fmt.Sprintf("it could go on for ever without an end, at %s", at))
		case at == "":
			out = append(out, "nothing would be left to do, and the route would not end")
		default:
			out = append(out, fmt.Sprintf("it could never come to its end: %s would wait for ever", at))
		}
	}
	if len(out) > 0 {
		return sorted(out)
	}
	for _, u := range v.Unsafe {
		if s := n.tag[u.Place].step; s != nil {
			out = append(out, fmt.Sprintf("%q could be begun while it is at work already", s.ID))
		}
	}
	return sorted(out)
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// stepsAt names the steps at which tokens stand that mean work.
func (n *routeNet) stepsAt(places []int) string {
	var out []string
	for _, p := range places {
		switch at := n.tag[p]; at.kind {
		case "in", "at", "held", "open", "joined", "round", "opening", "decided":
			if name := fmt.Sprintf("%q", at.step.ID); !slices.Contains(out, name) && (!block(at.step) || at.kind == "in") {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// samples are the markings that stand for an instance. The net has at most two
// copies of an each; of its items those that stand alike are one, and every two
// that do not, and two of each that do, are looked at together.
func (n *routeNet) samples(in *document.Instance) []sample {
	out := []sample{{}}
	for i := range in.Open {
		p := &in.Open[i]
		s := n.f.r.Step(p.At)
		if s == nil || s.Verb != route.Each {
			continue
		}
		pairs := unlike(in, p)
		if len(out)*len(pairs) > maxSamples { // the others go on in step
			for k := range out {
				out[k][p] = pairs[k%len(pairs)]
			}
			continue
		}
		var more []sample
		for _, one := range out {
			for _, pair := range pairs {
				with := maps.Clone(one)
				with[p] = pair
				more = append(more, with)
			}
		}
		out = more
	}
	return out
}

// sample says which two items stand for those of each block.
type sample map[*document.Position][]string

// maxSamples bounds the markings that are looked at.
const maxSamples = 400

// unlike pairs the items of an each that are still to arrive: one, or two, of
// those that stand alike.
func unlike(in *document.Instance, p *document.Position) [][]string {
	kinds := map[string][]string{}
	var order []string
	for _, key := range waited(p) {
		how := howItStands(in, strings.TrimPrefix(p.Item+"/"+key, "/"))
		if len(kinds[how]) == 0 {
			order = append(order, how)
		}
		if len(kinds[how]) < 2 {
			kinds[how] = append(kinds[how], key)
		}
	}
	var out [][]string
	for i, how := range order {
		if len(kinds[how]) == 2 || len(order) == 1 { // alone it would be waited with for nobody
			out = append(out, kinds[how])
		}
		for _, other := range order[i+1:] {
			out = append(out, []string{kinds[how][0], kinds[other][0]}, []string{kinds[other][0], kinds[how][0]})
		}
	}
	if len(out) == 0 {
		return [][]string{nil}
	}
	return out
}

// howItStands puts into words where an item stands and what is remembered of
// it.
func howItStands(in *document.Instance, item string) string {
	var out []string
	of := func(other string) (string, bool) {
		rest, ok := strings.CutPrefix(other, item)
		return rest, ok && (rest == "" || rest[0] == '/')
	}
	for _, p := range in.Open {
		if rest, ok := of(p.Item); ok {
			out = append(out, fmt.Sprint(p.At, rest, " ", p.State, p.Started, p.Arrived))
		}
	}
	if v := in.Vars.Get("passed"); v != nil {
		for _, key := range v.List {
			id, at, _ := strings.Cut(key, "@")
			if rest, ok := of(at); ok {
				out = append(out, "passed "+id+rest)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// waited lists the branches or items that are still to arrive.
func waited(p *document.Position) []string {
	return slices.DeleteFunc(slices.Clone(p.Started), func(id string) bool { return slices.Contains(p.Arrived, id) })
}

// marker puts together the marking of an instance.
type marker struct {
	*routeNet
	in     *document.Instance
	sample sample
	marked map[int]bool
}

// standing gives the marking of an instance.
func (n *routeNet) standing(in *document.Instance, one sample) []int {
	m := &marker{routeNet: n, in: in, sample: one, marked: map[int]bool{}}
	for _, p := range n.rest {
		m.marked[p] = true
	}
	if in.End == "" {
		m.marked[n.run] = true
	} else {
		m.marked[n.end] = true
	}
	for i := range in.Open {
		p := &in.Open[i]
		s := n.f.r.Step(p.At)
		if s == nil {
			continue
		}
		if frame, ok := m.frame(s, p.Item); ok {
			m.put(s, frame, p)
		}
	}
	if v := in.Vars.Get("passed"); v != nil {
		for _, key := range v.List {
			id, item, _ := strings.Cut(key, "@")
			if s := n.f.r.Step(id); s != nil && m.remembered(s, item) {
				if frame, ok := m.frame(s, item); ok {
					m.mark(spot{kind: "passed", step: s, in: frame})
				}
			}
		}
	}
	var out []int
	for p := range m.marked {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// frame gives the copy of a step that stands for an item; false when this
// sample leaves it out.
func (m *marker) frame(s *route.Step, item string) (*frame, bool) {
	var around []*route.Step // the innermost first
	for b := s.Parent; b != nil; {
		owner := b.Owner
		if b.Handler != nil {
			owner = b.Handler.Block
		}
		if owner == nil {
			break
		}
		if owner.Verb == route.Each {
			around = append(around, owner)
		}
		b = owner.Parent
	}
	var in *frame
	outer := ""
	keys := strings.Split(item, "/")
	if len(around) > 0 && (item == "" || len(keys) != len(around)) {
		return nil, false
	}
	for i := range around {
		each := around[len(around)-1-i]
		p := m.position(each.ID, outer)
		if p == nil {
			return nil, false
		}
		at := slices.Index(m.sample[p], keys[i])
		if at < 0 || at >= m.branches(each) {
			return nil, false
		}
		in = m.inner(each, in, at)
		outer = strings.TrimPrefix(outer+"/"+keys[i], "/")
	}
	return in, true
}

func (m *marker) position(at, item string) *document.Position {
	for i := range m.in.Open {
		if p := &m.in.Open[i]; p.At == at && p.Item == item {
			return p
		}
	}
	return nil
}

// remembered tells whether it matters that a step was done: the blocks around
// it are at work. The instance remembers it until they begin anew.
func (m *marker) remembered(s *route.Step, item string) bool {
	for b := s.Parent; b.Owner != nil; b = b.Owner.Parent {
		if b.Owner.Verb == route.Each {
			i := max(strings.LastIndexByte(item, '/'), 0)
			item = item[:i]
		}
		if (b.Owner.Verb == route.Each || b.Owner.Verb == route.Parallel) && m.position(b.Owner.ID, item) == nil {
			return false
		}
	}
	return true
}

// mark marks a place if the net has it.
func (m *marker) mark(at spot) bool {
	p, ok := m.at[at]
	if ok {
		m.marked[p] = true
	}
	return ok
}

func (m *marker) put(s *route.Step, in *frame, p *document.Position) {
	if h := handlerAround(s); h != nil {
		if at, ok := m.at[spot{kind: "listens " + h.ID, step: h.Block, in: in}]; ok {
			delete(m.marked, at)
		}
	}
	if p.State != "held" {
		if at, ok := m.at[spot{kind: "idle", step: s, in: in}]; ok {
			delete(m.marked, at)
		}
	}
	switch {
	case p.State == "held":
		if !m.mark(spot{kind: "held", step: s, in: in}) {
			m.mark(spot{kind: "in", step: s, in: in})
		}
	case s.Verb == route.Repeat: // its token is inside
	case s.Verb == route.Parallel, s.Verb == route.Each:
		m.gathering(s, in, p)
	case !m.mark(spot{kind: "at", step: s, in: in}):
		m.mark(spot{kind: "in", step: s, in: in})
	}
}

// gathering marks a block: its join, and the branches that are over.
func (m *marker) gathering(s *route.Step, in *frame, p *document.Position) {
	own := func(kind string, i int) spot { return spot{kind: kind, step: s, in: in, index: i} }
	if p.State == "joined" {
		m.mark(own("joined", 0))
	} else {
		m.mark(own("open", 0))
		for k := len(p.Arrived); k >= 0 && !m.mark(own("count", k)); k-- {
		}
	}
	left := len(waited(p))
	for i := range m.branches(s) {
		if s.Verb == route.Each {
			if i >= left {
				m.mark(own("over", i))
			}
			continue
		}
		b := s.Branches[i]
		if slices.Contains(p.Started, b.ID) && !slices.Contains(p.Arrived, b.ID) {
			continue
		}
		m.mark(own("over", i))
		for _, t := range m.f.r.Steps() {
			if m.passes[t] && contains(b, t) {
				m.mark(spot{kind: "passed", step: t, in: in})
			}
		}
	}
}

// handlerAround gives the innermost handler that a step belongs to, nil for
// none.
func handlerAround(s *route.Step) *route.Handler {
	b := s.Parent
	for b.Owner != nil {
		b = b.Owner.Parent
	}
	return b.Handler
}
