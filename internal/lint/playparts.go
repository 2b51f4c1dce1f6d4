package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// Branches of which none looks at another one, nor gets in its way, come to the
// same in any order; so one of them may be played while the others rest.

// parts divides what is open into groups of cells that have nothing to do with
// each other; none when all have to be played together.
func (p *play) parts(x *scene) []set {
	if len(p.handlers) > 0 || len(p.classes) > 0 || x.ended || len(x.open) < 3 {
		return nil
	}
	return p.divide(x, nil)
}

// divide divides what is open within some cells; nil: all.
func (p *play) divide(x *scene, within set) []set {
	outer := -1 // the block that everything else is in
	for i := range x.open {
		c := int(x.open[i].cell)
		if (within == nil || within.has(c)) && x.open[i].state == isOpen && !slices.ContainsFunc(x.open, func(at position) bool {
			o := int(at.cell)
			return o != c && (within == nil || within.has(o)) && !p.cells[c].inside.has(o)
		}) {
			outer = c
			break
		}
	}
	if outer < 0 {
		return nil
	}
	if p.cells[outer].step.Verb == route.Repeat {
		return p.divide(x, p.cells[outer].inside)
	}
	var busy []part
	for _, g := range p.partsOf(outer) {
		if slices.ContainsFunc(x.open, func(at position) bool { return at.state != isHeld && g.cells.has(int(at.cell)) }) {
			busy = append(busy, g)
		}
	}
	if len(busy) == 0 {
		return nil
	}
	var out []set
	if busy[0].single {
		out = p.divide(x, busy[0].cells)
	}
	if out == nil {
		out = append(out, busy[0].cells)
	}
	for _, g := range busy[1:] {
		out = append(out, g.cells)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// part is branches of a block that have something to do with each other.
type part struct {
	cells  set
	single bool // it is one branch
}

// partsOf gives the parts of a block; none when its branches are bound to each
// other by the block itself.
func (p *play) partsOf(c int) []part {
	if list, known := p.divided[c]; known {
		return list
	}
	s := p.cells[c].step
	n := len(p.cells[c].first)
	branches := make([]set, n)
	inside := make([][]*route.Step, n)
	for i := range p.cells {
		if p.cells[c].inside.has(i) {
			b := p.branchIn(i, c)
			branches[b].add(i)
			inside[b] = append(inside[b], p.cells[i].step)
		}
	}
	var out []part
	if p.separable(s) {
		in := p.bound(s, inside)
		for i := range n {
			if in[i] != i {
				continue
			}
			var g part
			members := 0
			for j := range n {
				if in[j] == i {
					g.cells = g.cells.union(branches[j])
					members++
				}
			}
			g.single = members == 1
			out = append(out, g)
		}
	}
	p.divided[c] = out
	return out
}

// separable tells whether a block waits for all its branches and nothing in it
// ends more than its own branch.
func (p *play) separable(s *route.Step) bool {
	if s.Verb != route.Parallel && s.Verb != route.Each || s.Allow.Text != "" ||
		joinOf(s) != route.JoinAll && !(joinOf(s) == route.JoinN && s.Verb == route.Parallel && s.Join.N >= len(s.Branches)) {
		return false
	}
	if slices.ContainsFunc(s.Outcomes, func(o *route.Outcome) bool { return o.Now }) {
		return false
	}
	for _, inner := range p.f.r.Steps() {
		if !standsIn(inner, s) {
			continue
		}
		for _, t := range targetsOf(inner) {
			if t.Kind == route.EndRoute {
				return false
			}
		}
		for _, a := range actionsOf(inner) {
			for _, w := range a.Steps {
				if t := p.f.r.Step(w.Text); t != nil && (t == s || standsIn(s, t)) {
					return false
				}
			}
		}
	}
	return true
}

// bound gives, for each branch of a block, the first of those that it has
// something to do with. A step that comes after one of another branch does so in
// whatever order both are played, unless somebody else notices when it begins, or
// what it comes after can be forgotten meanwhile.
func (p *play) bound(block *route.Step, inside [][]*route.Step) []int {
	in := make([]int, len(inside))
	size := make([]int, len(inside))
	for i := range in {
		in[i], size[i] = i, 1
	}
	join := func(i, j int) bool {
		from, to := max(in[i], in[j]), min(in[i], in[j])
		if from == to {
			return false
		}
		size[to] += size[from]
		for k := range in {
			if in[k] == from {
				in[k] = to
			}
		}
		return true
	}
	type link struct{ from, to int } // what comes after what
	var links []link
	for i := range inside {
		for j := range inside {
			if i == j {
				continue
			}
			for _, s := range inside[i] {
				for _, t := range inside[j] {
					switch {
					case looks(s, t):
						join(i, j)
					case !mentions(s.After, t):
					case gathering(t) != block:
						join(i, j)
					default:
						links = append(links, link{i, j})
					}
				}
			}
		}
	}
	for again := true; again; {
		again = false
		for _, l := range links {
			if size[in[l.from]] > 1 && join(l.from, l.to) {
				again = true
			}
		}
	}
	return in
}

func mentions(words []route.Word, s *route.Step) bool {
	return slices.ContainsFunc(words, func(w route.Word) bool { return w.Text == s.ID })
}

// looks tells whether what one step does, or when, matters to another one.
func looks(s, t *route.Step) bool {
	if s.WhileOpen.Text == t.ID || s.Lock.Text != "" && s.Lock.Text == t.Lock.Text {
		return true
	}
	if block := oneAtATime(s); block != nil && waiting(s) && waiting(t) && standsIn(t, block) {
		return true
	}
	return slices.ContainsFunc(actionsOf(s), func(a *route.Action) bool {
		return (a.Kind == route.Cancel || a.Kind == route.Complete) && mentions(a.Steps, t)
	})
}
