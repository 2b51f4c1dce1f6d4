package diagram

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// piece is a part of the picture with a line that enters at its top and leaves
// at its bottom, axis pixels from its left edge.
type piece struct {
	w, h, axis float64
	dead       bool // no line leaves it
	draw       func(c *canvas, x, y float64)
}

// The distances of the picture.
const (
	boxText   = 190.0 // the widest line of a box
	boxPad    = 11.0
	rowGap    = 26.0 // between boxes of a column; an arrow fits in
	columnGap = 22.0
	inset     = 14.0 // between a block's border and what it holds
)

type layouter struct{ o words }

// column puts pieces below each other, with arrows.
func column(pieces []piece) piece {
	out := piece{}
	right := 0.0
	for i, p := range pieces {
		out.axis = max(out.axis, p.axis)
		right = max(right, p.w-p.axis)
		if i > 0 {
			out.h += rowGap
		}
		out.h += p.h
		out.dead = p.dead
	}
	out.w = out.axis + right
	out.draw = func(c *canvas, x, y float64) {
		for i, p := range pieces {
			if i > 0 {
				if !pieces[i-1].dead {
					c.path("line", true, point{x + out.axis, y}, point{x + out.axis, y + rowGap})
				}
				y += rowGap
			}
			p.draw(c, x+out.axis-p.axis, y)
			y += p.h
		}
	}
	return out
}

func (l *layouter) steps(steps []*route.Step) piece {
	var pieces []piece
	for _, s := range steps {
		pieces = append(pieces, l.step(s))
	}
	return looped(column(pieces))
}

// looped gives a piece room for the jumps that begin and end in it, in lanes at
// its right side, so that none leaves the block it belongs to. How much room
// they need shows when the piece is drawn for trial.
func looped(p piece) piece {
	if p.h == 0 {
		return p
	}
	probe := &canvas{anchors: map[string]point{}}
	p.draw(probe, 0, 0)
	inside := func(f flight) bool { _, ok := probe.anchors[f.target]; return ok }
	if !slices.ContainsFunc(probe.jumps, inside) {
		return p
	}
	probe.fly(0, inside, p.w)
	out := p
	if probe.reach > 0 {
		out.w = max(p.w, probe.reach+laneStep)
	}
	out.draw = func(c *canvas, x, y float64) {
		before := len(c.jumps)
		p.draw(c, x, y)
		c.fly(before, inside, x+p.w)
	}
	return out
}

func (l *layouter) step(s *route.Step) piece {
	switch s.Verb {
	case route.Choose:
		return l.choose(s)
	case route.Parallel:
		return l.gathered(s, l.branches(s))
	case route.Each:
		return l.gathered(s, l.branches(s))
	case route.Repeat:
		return l.repeat(s)
	case route.Wait:
		if len(s.Waits) != 1 {
			return l.waits(s)
		}
		first := l.box(s, shapeOf(s.Verb), l.o.event(s.Waits[0], s))
		if len(s.Branches) == 1 && len(s.Branches[0].Steps) > 0 {
			return column([]piece{first, l.steps(s.Branches[0].Steps)})
		}
		return first
	case route.Go:
		return l.pill(s, "↪ "+l.o.target(s.Target), "go")
	case route.End:
		text := "■ " + l.o.end(s.Target)
		if state := l.o.State[s.ID]; state.Phase != Untouched {
			text += " · " + state.Phase.mark() + " " + strings.Join(state.Notes, ", ")
		}
		return l.pill(s, text, "end")
	case route.Leave:
		return l.pill(s, "← "+l.o.target(s.Target), "go")
	}
	return l.box(s, shapeOf(s.Verb), l.o.title(s))
}

// shapeOf gives the class of a box.
func shapeOf(v route.Verb) string {
	switch v {
	case route.Approve:
		return "approve"
	case route.Do, route.Inform:
		return "auto"
	case route.Wait, route.Choose:
		return "event"
	case route.Call:
		return "call"
	}
	return "task"
}

// label is one outcome written at the right side of a box.
type label struct {
	text   string
	target *route.Target
}

func (l *layouter) labels(s *route.Step) []label {
	var out []label
	for _, e := range l.o.exits(s) {
		out = append(out, label{e.label, e.target})
	}
	return out
}

// sized gives width and height that labels need.
func (l *layouter) sized(labels []label) (w, h float64) {
	for _, e := range labels {
		w = max(w, textWidth(e.text, noteSize, false)+26)
		if e.target.Kind == route.GoTo {
			h += 2 * noteLine
		} else {
			h += noteLine + 4
		}
		w = max(w, textWidth("↪ "+l.written(e.target), noteSize, false)+14)
	}
	if len(labels) > 0 {
		h += 18 // the place where jumps enter
	}
	return w, h
}

// away is an outcome that ends the route or the branch.
func (l *layouter) away(e label) string {
	if e.target.Kind == route.LeaveBranch {
		return e.text + " ← " + l.o.word("leave", "выйти")
	}
	return e.text + " → ■ " + l.o.route.EndLabel(e.target.Name, l.o.Language)
}

func (l *layouter) written(t *route.Target) string {
	lines := wrap(l.o.target(t), noteSize, boxText, false, 1)
	if len(lines) == 0 {
		return ""
	}
	return lines[0]
}

// drawLabels writes outcomes from a corner downwards and lets the jumps begin.
func (l *layouter) drawLabels(c *canvas, labels []label, own rect, x, y float64) {
	y += 18
	for _, e := range labels {
		if e.target.Kind != route.GoTo {
			c.text(x+6, y+noteLine-3, "n j", l.away(e))
			y += noteLine + 4
			continue
		}
		c.text(x+6, y+noteLine-4, "n j", e.text)
		c.jumps = append(c.jumps, flight{from: point{x, y + noteLine}, own: own, label: point{x + 6, y + 2*noteLine - 3}, target: e.target.Name, written: l.written(e.target)})
		y += 2 * noteLine
	}
}

// box draws a step, with its outcomes at the right side.
func (l *layouter) box(s *route.Step, class, title string) piece {
	state := l.o.State[s.ID]
	head := wrap(title, titleSize, boxText, true, 4)
	var notes []string
	texts := l.o.notes(s)
	if s.Verb == route.Do && s.Title.In(l.o.Language) == "" {
		// Without a title what it does stands in smaller letters, an action a line.
		head = nil
		var lines []string
		for _, a := range s.Actions {
			lines = append(lines, l.o.deeds(a, s)...)
		}
		texts = append(lines, texts...)
	}
	for i, n := range state.Notes {
		if i == 0 {
			n = state.Phase.mark() + " " + n
		}
		texts = append(texts, n)
	}
	for _, n := range texts {
		notes = append(notes, wrap(n, noteSize, boxText, false, 6)...)
	}
	labels := l.labels(s)
	lw, lh := l.sized(labels)
	for _, e := range labels {
		if e.target.Kind != route.GoTo {
			lw = max(lw, textWidth(l.away(e), noteSize, false)+12)
		}
	}
	bw := max(120, widest(head, titleSize, true), widest(notes, noteSize, false)) + 2*boxPad
	bh := max(float64(len(head))*titleLine+float64(len(notes))*noteLine+2*boxPad-4, lh+4)
	// The axis is the middle of the box; the labels stand right of it.
	return piece{w: bw + lw, h: bh, axis: bw / 2, dead: l.dead(s), draw: func(c *canvas, x, y float64) {
		fill, border := palette(state.Phase)
		attributes := []string{"x", px(x), "y", px(y), "width", px(bw), "height", px(bh), "rx", "6", "class", class}
		if state.Phase != Untouched {
			attributes = append(attributes, "style", "fill:"+fill+";stroke:"+border)
		}
		element(&c.shapes, "rect", "", attributes...)
		if class == "call" {
			element(&c.shapes, "rect", "", "x", px(x+4), "y", px(y), "width", px(bw-8), "height", px(bh), "class", "inner")
		}
		if _, ok := c.anchors[s.ID]; !ok {
			c.anchors[s.ID] = point{x + bw, y + 7}
		}
		c.boxes = append(c.boxes, rect{x, y, bw, bh})
		own := rect{x + bw, y + 18, lw - 14, bh - 18}
		if lw > 0 {
			c.boxes = append(c.boxes, own)
		}
		text := float64(len(head))*titleLine + float64(len(notes))*noteLine
		at := y + (bh-text)/2 - 4
		for _, line := range head {
			at += titleLine
			c.text(x+bw/2, at, "t", line)
		}
		for _, line := range notes {
			at += noteLine
			c.text(x+bw/2, at, "n m", line)
		}
		l.drawLabels(c, labels, own, x+bw, y)
	}}
}

// dead tells that no answer of a step goes on.
func (l *layouter) dead(s *route.Step) bool {
	if s.Decider != nil || len(s.Outcomes) == 0 || s.Verb == route.Parallel || s.Verb == route.Each {
		return false // a block goes on when nobody gave one of its answers
	}
	for _, o := range s.Outcomes {
		if o.Target == nil || o.Target.Kind == route.GoOn {
			return false
		}
	}
	return true
}

// pill draws an end or a jump.
func (l *layouter) pill(s *route.Step, text, class string) piece {
	lines := wrap(text, noteSize, boxText, true, 2)
	w := widest(lines, noteSize, true) + 26
	h := float64(len(lines))*noteLine + 10
	return piece{w: w, h: h, axis: w / 2, dead: true, draw: func(c *canvas, x, y float64) {
		element(&c.shapes, "rect", "", "x", px(x), "y", px(y), "width", px(w), "height", px(h), "rx", "12", "class", class)
		for i, line := range lines {
			c.text(x+w/2, y+noteLine*float64(i+1)+2, "p "+class, line)
		}
		if s.ID != "" {
			c.anchors[s.ID] = point{x + w, y + 8}
		}
		c.boxes = append(c.boxes, rect{x, y, w, h})
		if s.Verb == route.Go {
			c.jumps = append(c.jumps, flight{from: point{x + w, y + h/2}, target: s.Target.Name, named: true})
		}
	}}
}
