package diagram

import (
	"cmp"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
)

// canvas gathers what is drawn: shapes first, then lines, then jumps, which
// need to know where everything is.
type canvas struct {
	back, shapes, lines strings.Builder
	boxes, frames       []rect
	notes               []rect           // texts beside boxes
	detours             []rect           // lines that jumps take around what bars their way
	anchors             map[string]point // step → where a jump enters, at its right side
	jumps               []flight
	entries             map[string]int // how many jumps enter a step
	reach               float64        // how far right the lanes reach
}

type point struct{ x, y float64 }

type rect struct{ x, y, w, h float64 }

// flight is a jump that still needs its way.
type flight struct {
	from    point // at the right side of the box
	own     rect  // the labels of the box, which the line may underline
	label   point // where the target is written when there is no way to draw a line
	target  string
	written string // the target in words
	named   bool   // the target is written already
}

// px writes a length with at most one decimal.
func px(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// element writes an element with attributes given in pairs.
func element(b *strings.Builder, name, content string, attributes ...string) {
	b.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		b.WriteString(" " + attributes[i] + `="` + html.EscapeString(attributes[i+1]) + `"`)
	}
	if content == "" {
		b.WriteString("/>\n")
		return
	}
	b.WriteString(">" + html.EscapeString(content) + "</" + name + ">\n")
}

func (c *canvas) text(x, y float64, class, text string) {
	if class == "n" || class == "n j" {
		c.notes = append(c.notes, rect{x, y - 9, textWidth(text, noteSize, false), 12})
	}
	element(&c.shapes, "text", text, "x", px(x), "y", px(y), "class", class)
}

// path draws a line through points; arrow puts a head at its end.
func (c *canvas) path(class string, arrow bool, points ...point) {
	var d strings.Builder
	for i, p := range points {
		d.WriteString(map[bool]string{true: "M", false: "L"}[i == 0] + px(p.x) + " " + px(p.y))
	}
	attributes := []string{"d", d.String(), "class", class}
	if arrow {
		head := "head"
		if strings.Contains(class, "jump") {
			head = "jumphead"
		}
		attributes = append(attributes, "marker-end", "url(#"+head+")")
	}
	element(&c.lines, "path", "", attributes...)
}

// clear tells whether a horizontal line to the right meets no box but one, and
// no block but those it begins in.
func (c *canvas) clear(x1, x2, y float64, but rect) bool {
	for _, r := range c.frames {
		if r.y < y && y < r.y+r.h && x1 < r.x && r.x < x2 {
			return false
		}
	}
	return !slices.ContainsFunc(c.boxes, func(r rect) bool {
		return r != but && r.y-3 < y && y < r.y+r.h+3 && r.x < x2-1 && x1+1 < r.x+r.w
	})
}

// The lanes of jumps, right of what they lead around.
const (
	laneFirst = 16.0
	laneStep  = 10.0
)

// way leads from the right side of a box out to a line at the right: straight, or
// else around what bars the way, up or down in the gap before it to where nothing
// does. It is empty when there is none.
func (c *canvas) way(from point, right float64, own rect) []point {
	if c.clear(from.x, right, from.y, own) {
		return []point{from}
	}
	bar := right
	for _, r := range slices.Concat(c.boxes, c.frames) {
		if r != own && from.x+1 < r.x+r.w && r.x < bar && r.y-3 < from.y && from.y < r.y+r.h+3 && r.x > from.x {
			bar = r.x
		}
	}
	x := bar - gapInside
	if x < from.x+gapInside {
		return nil
	}
	var levels []float64
	for _, r := range slices.Concat(c.boxes, c.frames, c.notes) {
		levels = append(levels, r.y-gapInside, r.y+r.h+gapInside)
	}
	slices.SortStableFunc(levels, func(a, b float64) int { return cmp.Compare(math.Abs(a-from.y), math.Abs(b-from.y)) })
	for _, y := range levels {
		down := rect{x - 2, min(y, from.y), 4, math.Abs(y - from.y)}
		out := rect{x, y - 2, right - x, 4}
		if math.Abs(y-from.y) > farAround || !c.clear(x, right, y, rect{}) || c.meets(down, own) || c.meets(out, own) {
			continue
		}
		c.detours = append(c.detours, down, out)
		return []point{from, {x, from.y}, {x, y}}
	}
	return nil
}

// The gap between a detour and what it leads around, and how far one may lead.
const (
	gapInside = 6.0
	farAround = 240.0
)

// meets tells whether a stretch of a line meets a box, a text or, along its whole
// length, another line.
func (c *canvas) meets(line, own rect) bool {
	over := func(r rect) bool {
		return r.x < line.x+line.w && line.x < r.x+r.w && r.y < line.y+line.h && line.y < r.y+r.h
	}
	return slices.ContainsFunc(c.boxes, func(r rect) bool { return r != own && over(r) }) || slices.ContainsFunc(c.notes, over) ||
		slices.ContainsFunc(c.detours, func(r rect) bool { return (r.w > r.h) == (line.w > line.h) && over(r) })
}

// fly draws the wanted ones of the jumps from an index on as lines in lanes
// right of a line, the short ones inside; a jump that finds no way names its
// target in words instead.
func (c *canvas) fly(from int, wanted func(flight) bool, right float64) {
	var jumps, others []flight
	for _, j := range c.jumps[from:] {
		if wanted(j) {
			jumps = append(jumps, j)
		} else {
			others = append(others, j)
		}
	}
	c.jumps = append(c.jumps[:from], others...)
	slices.SortStableFunc(jumps, func(a, b flight) int {
		return int(math.Abs(c.anchors[a.target].y-a.from.y)) - int(math.Abs(c.anchors[b.target].y-b.from.y))
	})
	var lanes [][]rect
	for _, j := range jumps {
		to, known := c.anchors[j.target]
		to.y += 5 * float64(min(c.entries[j.target], 2))
		var out, in []point
		if known {
			if out = c.way(j.from, right, j.own); out != nil {
				in = c.way(to, right, rect{})
			}
		}
		if in == nil {
			if !j.named {
				c.text(j.label.x, j.label.y, "n j", "↪ "+j.written)
			}
			continue
		}
		if c.entries == nil {
			c.entries = map[string]int{}
		}
		c.entries[j.target]++
		leaves, comes := out[len(out)-1].y, in[len(in)-1].y
		span := rect{y: min(leaves, comes) - 4, h: math.Abs(leaves-comes) + 8}
		lane := slices.IndexFunc(lanes, func(taken []rect) bool {
			return !slices.ContainsFunc(taken, func(r rect) bool { return r.y < span.y+span.h && span.y < r.y+r.h })
		})
		if lane < 0 {
			lane = len(lanes)
			lanes = append(lanes, nil)
		}
		lanes[lane] = append(lanes[lane], span)
		x := right + laneFirst + laneStep*float64(lane)
		c.reach = max(c.reach, x)
		slices.Reverse(in)
		c.path("jump", true, slices.Concat(out, []point{{x, leaves}, {x, comes}}, in)...)
	}
}
