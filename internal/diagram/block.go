package diagram

import "github.com/e1-dms/e1/internal/route"

// spread is branches side by side, below a line that splits and above a line
// that gathers.
type spread struct {
	columns []piece
	labels  [][]string // above each branch
	class   string     // of the two lines
	drop    float64    // from the splitting line to the branches
}

func (sp spread) piece() piece {
	labelRows := 0
	for _, l := range sp.labels {
		labelRows = max(labelRows, len(l))
	}
	top := sp.drop + float64(labelRows)*noteLine
	var x, h float64
	xs := make([]float64, len(sp.columns))
	for i := range sp.columns {
		c := &sp.columns[i]
		// A label stands right of the line: half of the column may not do.
		need := widest(sp.labels[i], noteSize, false) + 12
		if c.w-c.axis < need {
			c.w = c.axis + need
		}
		if i > 0 {
			x += columnGap
		}
		xs[i] = x
		x += c.w
		h = max(h, c.h)
	}
	last := len(sp.columns) - 1
	out := piece{w: x, h: top + h + sp.drop, dead: true}
	first, end := xs[0]+sp.columns[0].axis, xs[last]+sp.columns[last].axis
	out.axis = (first + end) / 2
	for _, c := range sp.columns {
		out.dead = out.dead && c.dead
	}
	out.draw = func(c *canvas, x, y float64) {
		bottom := y + out.h
		c.path(sp.class, false, point{x + first, y}, point{x + end, y})
		var lefts, rights []float64
		for i, col := range sp.columns {
			axis := x + xs[i] + col.axis
			for n, line := range sp.labels[i] {
				c.text(axis+6, y+noteLine*float64(n+1), "n", line)
			}
			if col.h > 0 {
				c.path("line", true, point{axis, y}, point{axis, y + top})
				col.draw(c, x+xs[i], y+top)
			}
			if !col.dead {
				from := y + top + col.h
				if col.h == 0 {
					from = y
				}
				c.path("line", false, point{axis, from}, point{axis, bottom})
				lefts, rights = append(lefts, axis), append(rights, axis)
			}
		}
		if len(lefts) > 0 {
			a, b := min(lefts[0], x+out.axis), max(rights[len(rights)-1], x+out.axis)
			if sp.class == "bar" {
				a, b = x+first, x+end
			}
			c.path(sp.class, false, point{a, bottom}, point{b, bottom})
		}
	}
	return out
}

// choose draws the condition of each branch over it.
func (l *layouter) choose(s *route.Step) piece {
	head := l.diamond(s)
	if s.Title.In(l.o.Language) != "" || len(l.o.notes(s)) > 0 {
		head = l.box(s, "event", s.Title.In(l.o.Language))
	}
	sp := spread{class: "line", drop: 16}
	for _, b := range s.Branches {
		sp.columns = append(sp.columns, l.steps(b.Steps))
		sp.labels = append(sp.labels, wrap(l.o.branch(b), noteSize, boxText*0.8, false, 4))
	}
	return l.under(head, sp)
}

// diamond stands for a choice without a title: the conditions below say it all.
func (l *layouter) diamond(s *route.Step) piece {
	const half = 13.0
	return piece{w: 2 * half, h: 2 * half, axis: half, draw: func(c *canvas, x, y float64) {
		fill, border := palette(l.o.State[s.ID].Phase)
		attributes := []string{"d", "M" + px(x+half) + " " + px(y) + "l13 13l-13 13l-13 -13z", "class", "event"}
		if l.o.State[s.ID].Phase != Untouched {
			attributes = append(attributes, "style", "fill:"+fill+";stroke:"+border)
		}
		element(&c.shapes, "path", "", attributes...)
		c.anchors[s.ID] = point{x + 2*half, y + half}
		c.boxes = append(c.boxes, rect{x, y, 2 * half, 2 * half})
	}}
}

// waits draws what may come first.
func (l *layouter) waits(s *route.Step) piece {
	sp := spread{class: "line", drop: 16}
	for i, w := range s.Waits {
		var steps []*route.Step
		if i < len(s.Branches) {
			steps = s.Branches[i].Steps
		}
		sp.columns = append(sp.columns, l.steps(steps))
		sp.labels = append(sp.labels, wrap(l.o.event(w, s), noteSize, boxText*0.8, false, 4))
	}
	return l.under(l.box(s, "event", l.o.title(s)), sp)
}

// under puts branches below a head.
func (l *layouter) under(head piece, sp spread) piece {
	if len(sp.columns) == 0 {
		return head
	}
	body := sp.piece()
	stem := 10.0
	out := piece{axis: max(head.axis, body.axis), h: head.h + stem + body.h, dead: body.dead}
	out.w = out.axis + max(head.w-head.axis, body.w-body.axis)
	out.draw = func(c *canvas, x, y float64) {
		head.draw(c, x+out.axis-head.axis, y)
		c.path("line", false, point{x + out.axis, y + head.h}, point{x + out.axis, y + head.h + stem})
		body.draw(c, x+out.axis-body.axis, y+head.h+stem)
	}
	return out
}

func (l *layouter) branches(s *route.Step) piece {
	sp := spread{class: "bar", drop: 18}
	for _, b := range s.Branches {
		sp.columns = append(sp.columns, l.steps(b.Steps))
		text := l.o.branchTitle(b)
		if b.If != nil {
			text = l.o.branch(b)
		}
		sp.labels = append(sp.labels, wrap(text, noteSize, boxText*0.8, false, 4))
	}
	if len(sp.columns) == 0 {
		return column(nil)
	}
	body := sp.piece()
	if serial(s) {
		body = sp.columns[0]
	}
	body.dead = false // the block goes on when it is gathered
	return body
}

// gathered frames parallel and each: a title, the branches, how they are
// gathered, and the event handlers beside them.
func (l *layouter) gathered(s *route.Step, body piece) piece {
	return l.framed(s, l.o.title(s), l.o.join(s), body)
}

// framed draws a block's frame, with the answers that leave it at the bottom.
func (l *layouter) framed(s *route.Step, title, foot string, body piece) piece {
	head := wrap(title, titleSize, max(boxText*1.4, body.w), true, 2)
	var notes []string
	for _, n := range l.o.notes(s) {
		notes = append(notes, wrap(n, noteSize, max(boxText, body.w), false, 2)...)
	}
	side := l.beside(s.Handlers)
	inner := body.w
	if side.w > 0 {
		inner += columnGap + side.w
	}
	labels := l.labels(s)
	lw, lh := l.sized(labels)
	for _, e := range labels {
		if e.target.Kind != route.GoTo {
			lw = max(lw, textWidth(l.away(e), noteSize, false)+12)
		}
	}
	footWidth := textWidth(foot, noteSize, false)
	top := float64(len(head))*titleLine + float64(len(notes))*noteLine + inset + 8
	bottom := 10.0 + noteLine
	left := inset
	// Title and foot stand at the left; the frame is at least as wide.
	frame := max(inner+2*inset, widest(head, titleSize, true)+2*inset, widest(notes, noteSize, false)+2*inset, 2*footWidth+2*inset+12)
	if spare := frame - inner - 2*inset; spare > 0 {
		left += spare / 2
	}
	out := piece{axis: left + body.axis, h: max(top+max(body.h, side.h)+bottom, lh+12), w: frame + lw, dead: l.dead(s)}
	out.draw = func(c *canvas, x, y float64) {
		class := "frame"
		if s.Verb == route.Each {
			class = "frame many"
		}
		element(&c.back, "rect", "", "x", px(x), "y", px(y), "width", px(frame), "height", px(out.h), "rx", "10", "class", class)
		c.frames = append(c.frames, rect{x, y, frame, out.h})
		at := y + titleLine
		for _, line := range head {
			c.text(x+inset, at, "t b", line)
			at += titleLine
		}
		at -= titleLine - noteLine
		for _, line := range notes {
			c.text(x+inset, at, "n", line)
			at += noteLine
		}
		axis := x + out.axis
		c.path("line", false, point{axis, y + top - 14}, point{axis, y + top})
		body.draw(c, x+left, y+top)
		c.path("line", false, point{axis, y + top + body.h}, point{axis, y + out.h})
		c.text(axis+8, y+out.h-8, "n", foot)
		if side.w > 0 {
			side.draw(c, x+left+body.w+columnGap, y+top)
		}
		if _, ok := c.anchors[s.ID]; !ok {
			c.anchors[s.ID] = point{x + frame, y + 8}
		}
		own := rect{x + frame, y + out.h - lh + 14, lw - 14, lh - 14}
		if lw > 0 {
			c.boxes = append(c.boxes, own)
		}
		l.drawLabels(c, labels, own, x+frame, y+out.h-lh-2)
	}
	return out
}

// beside draws event handlers, side by side.
func (l *layouter) beside(handlers []*route.Handler) piece {
	out := piece{}
	var columns []piece
	for _, h := range handlers {
		c := column([]piece{l.listener(h), l.steps(h.Body.Steps)})
		columns = append(columns, c)
		out.w += c.w + columnGap
		out.h = max(out.h, c.h)
	}
	out.draw = func(c *canvas, x, y float64) {
		for _, p := range columns {
			p.draw(c, x, y)
			x += p.w + columnGap
		}
	}
	return out
}

// listener draws the event that a handler listens for.
func (l *layouter) listener(h *route.Handler) piece {
	lines := wrap("! "+l.o.event(h.Event, h.Block), noteSize, boxText, true, 3)
	if len(h.Cancel) > 0 {
		lines = append(lines, wrap(l.o.word("withdraws", "отзывает")+": "+l.o.steps(h.Cancel), noteSize, boxText, false, 2)...)
	}
	w, height := widest(lines, noteSize, true)+20, float64(len(lines))*noteLine+12
	return piece{w: w, h: height, axis: w / 2, draw: func(c *canvas, x, y float64) {
		element(&c.shapes, "rect", "", "x", px(x), "y", px(y), "width", px(w), "height", px(height), "rx", "10", "class", "listen")
		c.boxes = append(c.boxes, rect{x, y, w, height})
		for i, line := range lines {
			c.text(x+w/2, y+noteLine*float64(i+1)+2, "n m", line)
		}
	}}
}

// repeat frames its body, with the condition below and a line back at the left.
func (l *layouter) repeat(s *route.Step) piece {
	body := l.repeated(s)
	return l.framed(s, l.o.title(s), l.o.until(s), body)
}

func (l *layouter) repeated(s *route.Step) piece {
	var steps []*route.Step
	for _, b := range s.Branches {
		steps = append(steps, b.Steps...)
	}
	inner := l.steps(steps)
	const margin, tail = 20.0, 14.0
	return piece{w: inner.w + margin, h: inner.h + tail, axis: inner.axis + margin, draw: func(c *canvas, x, y float64) {
		inner.draw(c, x+margin, y)
		axis, end := x+margin+inner.axis, y+inner.h
		if !inner.dead {
			c.path("line", false, point{axis, end}, point{axis, end + tail})
		}
		c.path("jump", true, point{axis, end + tail/2}, point{x + 4, end + tail/2}, point{x + 4, y - 8}, point{axis - 1, y - 8})
	}}
}
