package diagram

import (
	"fmt"
	"html"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// style is the look of the picture. The colors are readable on light and dark
// pages, since the picture brings its own ground.
const style = `
text{font-family:system-ui,"Segoe UI","DejaVu Sans",Arial,sans-serif;fill:#1f2933}
.h{font-size:15px;font-weight:600}
.t{font-size:13px;font-weight:600;text-anchor:middle}
.t.b{text-anchor:start;fill:#44546a}
.n{font-size:11px;fill:#52606d}
.n.m,.p{text-anchor:middle}
.n.j{fill:#a04000}
.p{font-size:11px;font-weight:600}
text.end{fill:#fff}
rect,path{stroke-width:1.3}
.task{fill:#fff;stroke:#2f6fb0}
.approve{fill:#fff;stroke:#7b4fb0;stroke-width:2}
.auto{fill:#eef2f6;stroke:#8a9aab}
.event{fill:#fff9e8;stroke:#b08a2f}
.call{fill:#fff;stroke:#2f6fb0}
.inner{fill:none;stroke:#2f6fb0}
.listen{fill:#fff9e8;stroke:#b08a2f;stroke-dasharray:4 3}
.frame{fill:#f6f8fa;fill-opacity:.75;stroke:#c5ced8}
.many{stroke-width:3}
rect.end{fill:#44546a;stroke:#44546a}
rect.go{fill:#fdf1e7;stroke:#a04000}
rect.start{fill:#e9eef4;stroke:#44546a}
text.go{fill:#a04000}
text.start{fill:#44546a}
.line{fill:none;stroke:#5b6b7d;stroke-width:1.3}
.bar{fill:none;stroke:#3a4856;stroke-width:4}
.jump{fill:none;stroke:#a04000;stroke-width:1.2;stroke-linejoin:round}
`

// SVG draws the route as a picture: the blocks of the route side by side and
// below each other, jumps as lines at the right.
func SVG(r *route.Route, o Options) string {
	l := &layouter{o: words{o, r}}
	start := l.startPill()
	body := column([]piece{start, l.steps(r.Body.Steps)})
	if !body.dead {
		body = column([]piece{body, l.endPill()})
	}
	side := l.beside(r.Handlers)

	c := &canvas{anchors: map[string]point{}}
	const margin, head = 20.0, 34.0
	width := body.w
	body.draw(c, margin, head+margin)
	height := body.h
	if side.w > 0 {
		side.draw(c, margin+body.w+columnGap, head+margin)
		width += columnGap + side.w
		height = max(height, side.h)
	}
	c.fly(0, func(flight) bool { return true }, margin+width)
	right := max(margin+width, c.reach)
	title := heading(r, o)
	w := max(right+margin, textWidth(title, 15, true)+2*margin)
	h := head + 2*margin + height

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img">`+"\n", px(w), px(h), px(w), px(h))
	b.WriteString("<title>" + html.EscapeString(title) + "</title>\n<style>" + style + "</style>\n")
	b.WriteString(`<defs>` + marker("head", "#5b6b7d") + marker("jumphead", "#a04000") + "</defs>\n")
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", px(w), px(h))
	element(&b, "text", title, "x", px(margin), "y", px(head-8), "class", "h")
	b.WriteString(c.back.String() + c.lines.String() + c.shapes.String() + "</svg>\n")
	return b.String()
}

func marker(id, color string) string {
	return `<marker id="` + id + `" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 1L10 5L0 9z" fill="` + color + `"/></marker>`
}

func (l *layouter) startPill() piece {
	p := l.pill(&route.Step{}, l.o.word("start", "начало"), "go start")
	p.dead = false
	return p
}

func (l *layouter) endPill() piece {
	return l.pill(&route.Step{}, "■ "+l.o.end(nil), "end")
}
