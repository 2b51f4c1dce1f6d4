package diagram

import (
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

func decimal(n int) string { return strconv.Itoa(n) }

// Line is one line of the tree.
type Line struct {
	Prefix string // the branches of the tree, drawn
	Sign   string // what kind of step it is, or how far it has come
	Text   string // the step
	Note   string // who, by when; of lesser interest
	Phase  Phase
}

// signs of the verbs; each is one column wide.
var signs = map[route.Verb]string{
	route.Task: "□", route.Approve: "◇", route.Inform: "i", route.Do: "▸", route.Choose: "?",
	route.Parallel: "‖", route.Each: "≡", route.Repeat: "↻", route.Wait: "◔", route.Call: "»",
	route.Go: "↪", route.Leave: "←", route.End: "■",
}

// Tree draws a route as lines for a terminal, in the order of the file.
func Tree(r *route.Route, o Options) []Line {
	t := &tree{o: words{o, r}}
	t.steps("", r.Body.Steps, t.handlers(r.Handlers, nil))
	return t.lines
}

type tree struct {
	o     words
	lines []Line
}

// node is one entry of a level of the tree.
type node func(first, rest string)

func (t *tree) handlers(list []*route.Handler, at *route.Step) []node {
	var out []node
	for _, h := range list {
		out = append(out, func(first, rest string) {
			t.lines = append(t.lines, Line{Prefix: first, Sign: "!", Text: t.o.event(h.Event, at)})
			t.steps(rest, h.Body.Steps, nil)
		})
	}
	return out
}

// steps draws a sequence, and further nodes behind it.
func (t *tree) steps(prefix string, steps []*route.Step, more []node) {
	level(prefix, append(t.nodes(steps), more...))
}

func (t *tree) nodes(steps []*route.Step) []node {
	var out []node
	for _, s := range steps {
		out = append(out, func(first, rest string) { t.step(s, first, rest) })
	}
	return out
}

// level draws nodes of one depth.
func level(prefix string, nodes []node) {
	for i, n := range nodes {
		if i == len(nodes)-1 {
			n(prefix+"└─ ", prefix+"   ")
		} else {
			n(prefix+"├─ ", prefix+"│  ")
		}
	}
}

func (t *tree) step(s *route.Step, first, rest string) {
	state := t.o.State[s.ID]
	line := Line{Prefix: first, Sign: signs[s.Verb], Text: t.o.title(s), Phase: state.Phase}
	if serial(s) {
		line.Sign = "↓"
	}
	if m := state.Phase.mark(); m != "" {
		line.Sign = m
	}
	// What has become of a step is more than what was planned.
	notes := append(slices.Clone(state.Notes), t.o.notes(s)...)
	switch s.Verb {
	case route.Parallel, route.Each:
		notes = append(notes, t.o.join(s))
	case route.Repeat:
		notes = append(notes, t.o.until(s))
	}
	line.Note = strings.Join(slices.DeleteFunc(notes, func(n string) bool { return n == "" }), " · ")
	t.lines = append(t.lines, line)

	var nodes []node
	switch {
	case s.Verb == route.Each || s.Verb == route.Repeat:
		for _, b := range s.Branches {
			nodes = append(nodes, t.nodes(b.Steps)...)
		}
	case s.Verb == route.Wait && len(s.Waits) == 1 && (len(s.Branches) == 0 || len(s.Branches[0].Steps) == 0):
		t.lines[len(t.lines)-1].Text = t.only(s)
	default:
		if serial(s) {
			nodes = t.nodes(s.Branches[0].Steps)
			break
		}
		for i, b := range s.Branches {
			nodes = append(nodes, t.branch(s, i, b))
		}
	}
	nodes = append(nodes, t.handlers(s.Handlers, s)...)
	for _, e := range t.o.exits(s) {
		nodes = append(nodes, func(first, _ string) {
			t.lines = append(t.lines, Line{Prefix: first, Text: e.label + " → " + t.o.target(e.target)})
		})
	}
	level(rest, nodes)
}

// only puts a wait for one thing on one line.
func (t *tree) only(s *route.Step) string {
	if title := s.Title.In(t.o.Language); title != "" {
		return title + ": " + t.o.event(s.Waits[0], s)
	}
	return t.o.event(s.Waits[0], s)
}

// branch draws one branch: in one line with its only step where that has no
// condition, else below a line of its own.
func (t *tree) branch(s *route.Step, i int, b *route.Branch) node {
	head := t.o.branch(b)
	if s.Verb == route.Wait && i < len(s.Waits) {
		head = t.o.event(s.Waits[i], s)
	}
	if title := t.o.branchTitle(b); title != "" {
		head = strings.TrimSuffix(title+": "+head, ": ")
	}
	return func(first, rest string) {
		if head == "" && len(b.Steps) == 1 {
			t.step(b.Steps[0], first, rest)
			return
		}
		if head == "" {
			head = t.o.word("branch", "ветвь") + " " + decimal(i+1)
		}
		if len(b.Steps) == 0 {
			head += " → " + t.o.word("on", "дальше")
		}
		t.lines = append(t.lines, Line{Prefix: first, Text: head})
		t.steps(rest, b.Steps, nil)
	}
}
