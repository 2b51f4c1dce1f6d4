package diagram

import (
	"cmp"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// Graph is a route as nodes and edges.
type Graph struct {
	Nodes []*Node
	Edges []*Edge
}

// Node is one node of a graph.
type Node struct {
	ID    string // n1, n2 … in the order of the route
	Step  string // the step it stands for; several nodes may stand for one
	Kind  NodeKind
	Title string
	Notes []string
	Phase Phase
}

// NodeKind is the kind of a node.
type NodeKind string

// The kinds of nodes.
const (
	NodeStart  NodeKind = "start"
	NodeEnd    NodeKind = "end"
	NodeWork   NodeKind = "work"   // for a person
	NodeAction NodeKind = "action" // automatic
	NodeChoice NodeKind = "choice"
	NodeBlock  NodeKind = "block" // steps begin that have a title or an answer together
	NodeFork   NodeKind = "fork"  // branches begin
	NodeJoin   NodeKind = "join"  // a block is gathered
	NodeEvent  NodeKind = "event"
	NodeCall   NodeKind = "call"
)

// Edge leads from one node to another.
type Edge struct {
	From, To, Label string
	Exit            bool // leads out of the usual order
	Back            bool // leads to an earlier node
	Dashed          bool // an event handler begins
}

// NewGraph turns a route into nodes and edges.
func NewGraph(r *route.Route, o Options) *Graph {
	b := &builder{o: words{o, r}, g: &Graph{}, entry: map[string]string{}, ends: map[string]string{}}
	start := b.node(NodeStart, "", b.o.word("start", "начало"))
	out := b.steps(r.Body.Steps, []loose{{from: start.ID}})
	b.handlers(r.Handlers, start, nil)
	if len(out) > 0 {
		b.connect(out, b.endNode(&route.Target{Kind: route.EndRoute}))
	}
	for _, j := range b.jumps {
		if to, ok := b.entry[j.target]; ok {
			b.g.Edges = append(b.g.Edges, &Edge{From: j.from, To: to, Label: j.label, Exit: true})
		}
	}
	place := map[string]int{}
	for i, n := range b.g.Nodes {
		place[n.ID] = i
	}
	for _, e := range b.g.Edges {
		e.Back = e.Exit && place[e.To] <= place[e.From] && b.g.Nodes[place[e.To]].Kind != NodeEnd
	}
	return b.g
}

// loose is the beginning of an edge whose end is not known yet.
type loose struct {
	from, label string
	exit        bool // out of the usual order
	dashed      bool
}

type jump struct{ from, label, target string }

type builder struct {
	o     words
	g     *Graph
	entry map[string]string // step → its first node
	ends  map[string]string // end → its node
	jumps []jump
	leave [][]loose // edges that leave to the innermost join
}

func (b *builder) node(kind NodeKind, step, title string, notes ...string) *Node {
	n := &Node{ID: "n" + decimal(len(b.g.Nodes)+1), Step: step, Kind: kind, Title: title, Notes: notes, Phase: b.o.State[step].Phase}
	b.g.Nodes = append(b.g.Nodes, n)
	if _, ok := b.entry[step]; !ok && step != "" {
		b.entry[step] = n.ID
	}
	return n
}

func (b *builder) connect(in []loose, to string) {
	for _, l := range in {
		b.g.Edges = append(b.g.Edges, &Edge{From: l.from, To: to, Label: l.label, Exit: l.exit, Dashed: l.dashed})
	}
}

func (b *builder) endNode(t *route.Target) string {
	id, ok := b.ends[t.Name]
	if !ok {
		id = b.node(NodeEnd, "", b.o.end(t)).ID
		b.ends[t.Name] = id
	}
	return id
}

func (b *builder) steps(steps []*route.Step, in []loose) []loose {
	for _, s := range steps {
		in = b.step(s, in)
	}
	return in
}

// step adds a step that the edges of in lead to and gives the edges that lead on.
func (b *builder) step(s *route.Step, in []loose) []loose {
	notes := append(b.o.notes(s), b.o.State[s.ID].Notes...)
	switch s.Verb {
	case route.Task, route.Approve, route.Inform:
		return b.plain(s, b.node(NodeWork, s.ID, b.o.title(s), notes...), in)
	case route.Do:
		return b.plain(s, b.node(NodeAction, s.ID, b.o.title(s), notes...), in)
	case route.Call:
		return b.plain(s, b.node(NodeCall, s.ID, b.o.title(s), notes...), in)
	case route.Go, route.End, route.Leave:
		return b.away(s, in)
	case route.Wait:
		return b.wait(s, notes, in)
	case route.Repeat:
		return b.repeat(s, notes, in)
	}
	return b.block(s, notes, in)
}

func (b *builder) plain(s *route.Step, n *Node, in []loose) []loose {
	b.connect(in, n.ID)
	return b.outcomes(s, n)
}

// outcomes gives the edges that lead on from a step, labelled where there are
// several ways, and leads the others where they go.
func (b *builder) outcomes(s *route.Step, n *Node) []loose {
	exits := b.o.exits(s)
	for _, e := range exits {
		switch e.target.Kind {
		case route.GoTo:
			b.jumps = append(b.jumps, jump{n.ID, e.label, e.target.Name})
		case route.EndRoute:
			b.connect([]loose{{from: n.ID, label: e.label, exit: true}}, b.endNode(e.target))
		case route.LeaveBranch:
			b.leaveWith(loose{from: n.ID, label: e.label})
		}
	}
	if s.Decider != nil || len(s.Outcomes) == 0 {
		return []loose{{from: n.ID}}
	}
	var on []string
	for _, c := range s.Outcomes {
		if c.Target == nil || c.Target.Kind == route.GoOn {
			on = append(on, b.o.outcome(c, s))
		}
	}
	switch {
	case len(on) == 0 && (s.Verb == route.Parallel || s.Verb == route.Each):
		return []loose{{from: n.ID}} // nobody gave one of its answers
	case len(on) == 0:
		return nil
	case len(exits) == 0 && len(on) == 1:
		return []loose{{from: n.ID}}
	}
	return []loose{{from: n.ID, label: strings.Join(on, " / ")}}
}

func (b *builder) leaveWith(l loose) {
	if n := len(b.leave); n > 0 {
		b.leave[n-1] = append(b.leave[n-1], l)
	}
}

// away follows a step that leads elsewhere; it has no node of its own.
func (b *builder) away(s *route.Step, in []loose) []loose {
	switch s.Target.Kind {
	case route.EndRoute:
		to := b.endNode(s.Target)
		if _, ok := b.entry[s.ID]; !ok {
			b.entry[s.ID] = to
		}
		b.connect(in, to)
	case route.GoTo:
		for _, l := range in {
			b.jumps = append(b.jumps, jump{l.from, l.label, s.Target.Name})
		}
	default:
		for _, l := range in {
			b.leaveWith(l)
		}
	}
	return nil
}

// block adds choose, parallel and each.
func (b *builder) block(s *route.Step, notes []string, in []loose) []loose {
	kind := NodeFork
	switch {
	case s.Verb == route.Choose:
		kind = NodeChoice
	case serial(s):
		kind = NodeBlock
	}
	fork := b.node(kind, s.ID, b.o.title(s), notes...)
	b.connect(in, fork.ID)
	b.leave = append(b.leave, nil)
	var out []loose
	for _, branch := range s.Branches {
		out = append(out, b.steps(branch.Steps, []loose{{from: fork.ID, label: b.o.branch(branch)}})...)
	}
	b.handlers(s.Handlers, fork, s)
	out = append(out, b.leave[len(b.leave)-1]...)
	b.leave = b.leave[:len(b.leave)-1]
	if s.Verb == route.Choose {
		return out
	}
	if kind == NodeBlock && len(s.Outcomes) == 0 {
		return out
	}
	join := b.node(NodeJoin, s.ID, cmp.Or(b.o.join(s), b.o.word("answer", "итог")))
	b.connect(out, join.ID)
	return b.outcomes(s, join)
}

func (b *builder) repeat(s *route.Step, notes []string, in []loose) []loose {
	first := len(b.g.Nodes)
	b.leave = append(b.leave, nil)
	var out []loose
	for _, branch := range s.Branches {
		out = append(out, b.steps(branch.Steps, in)...)
	}
	out = append(out, b.leave[len(b.leave)-1]...)
	b.leave = b.leave[:len(b.leave)-1]
	until := ""
	if s.Until != nil {
		until = b.o.expr(s.Until, s) + "?"
	}
	test := b.node(NodeChoice, s.ID, until, notes...)
	b.entry[s.ID] = b.g.Nodes[first].ID
	b.connect(out, test.ID)
	if first < len(b.g.Nodes)-1 {
		label := b.o.word("no", "нет")
		if s.Max > 0 {
			label += " (≤ " + decimal(s.Max) + ")"
		}
		b.g.Edges = append(b.g.Edges, &Edge{From: test.ID, To: b.g.Nodes[first].ID, Label: label, Exit: true})
	}
	b.handlers(s.Handlers, test, s)
	b.outcomes(s, test)
	return []loose{{from: test.ID, label: b.o.word("yes", "да")}}
}

func (b *builder) wait(s *route.Step, notes []string, in []loose) []loose {
	if len(s.Waits) == 1 {
		n := b.node(NodeEvent, s.ID, b.o.event(s.Waits[0], s), notes...)
		b.connect(in, n.ID)
		if len(s.Branches) == 1 {
			return b.steps(s.Branches[0].Steps, []loose{{from: n.ID}})
		}
		return []loose{{from: n.ID}}
	}
	n := b.node(NodeEvent, s.ID, b.o.title(s), notes...)
	b.connect(in, n.ID)
	var out []loose
	for i, w := range s.Waits {
		l := []loose{{from: n.ID, label: b.o.event(w, s)}}
		if i < len(s.Branches) {
			l = b.steps(s.Branches[i].Steps, l)
		}
		out = append(out, l...)
	}
	return out
}

// handlers adds event handlers beside the node that opens them.
func (b *builder) handlers(list []*route.Handler, from *Node, block *route.Step) {
	for _, h := range list {
		n := b.node(NodeEvent, "", b.o.event(h.Event, block))
		b.connect([]loose{{from: from.ID, dashed: true}}, n.ID)
		b.steps(h.Body.Steps, []loose{{from: n.ID}})
	}
}
