package diagram

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// palette gives fill and border of a phase.
func palette(p Phase) (fill, border string) {
	switch p {
	case Earlier:
		return "#ffffff", "#a3c9a5"
	case Withdrawn:
		return "#f0f0f0", "#9a9a9a"
	case Done:
		return "#e3f4e3", "#3d8b40"
	case Open:
		return "#fff6d6", "#c28a00"
	case Overdue:
		return "#fde2e0", "#c62828"
	}
	return "#ffffff", "#5b6b7d"
}

// DOT gives the route in the language of Graphviz.
func DOT(r *route.Route, o Options) string {
	g := NewGraph(r, o)
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quoted(r.Name.Text))
	b.WriteString("  graph [rankdir=TB, fontname=\"sans-serif\", labelloc=t, label=" + quoted(heading(r, o)) + "];\n")
	b.WriteString("  node [shape=box, style=\"rounded,filled\", fillcolor=\"#ffffff\", fontname=\"sans-serif\", fontsize=11];\n")
	b.WriteString("  edge [fontname=\"sans-serif\", fontsize=9];\n")
	for _, n := range g.Nodes {
		shape := map[NodeKind]string{NodeStart: "oval", NodeEnd: "oval", NodeAction: "note", NodeChoice: "diamond",
			NodeBlock: "tab", NodeFork: "trapezium", NodeJoin: "invtrapezium", NodeEvent: "hexagon", NodeCall: "component"}[n.Kind]
		attributes := "label=" + quoted(strings.Join(append([]string{n.Title}, n.Notes...), "\n"))
		if shape != "" {
			attributes += ", shape=" + shape + ", style=filled"
		}
		if n.Kind == NodeEnd {
			attributes += ", peripheries=2"
		}
		fill, border := palette(n.Phase)
		fmt.Fprintf(&b, "  %s [%s, fillcolor=%q, color=%q];\n", n.ID, attributes, fill, border)
	}
	for _, e := range g.Edges {
		var attributes []string
		if e.Label != "" {
			attributes = append(attributes, "label="+quoted(e.Label))
		}
		if e.Dashed {
			attributes = append(attributes, "style=dashed")
		}
		if e.Exit {
			attributes = append(attributes, "color=\"#a04000\"", "fontcolor=\"#a04000\"")
		}
		if e.Back {
			attributes = append(attributes, "constraint=false")
		}
		fmt.Fprintf(&b, "  %s -> %s", e.From, e.To)
		if len(attributes) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(attributes, ", "))
		}
		b.WriteString(";\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// quoted writes a string of DOT; a line break becomes \n.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "").Replace(text) + `"`
}

// Mermaid gives the route as a flowchart of Mermaid, as GitHub and GitLab show
// it in Markdown.
func Mermaid(r *route.Route, o Options) string {
	g := NewGraph(r, o)
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for _, n := range g.Nodes {
		text := mermaid(n.Title)
		for _, note := range n.Notes {
			text += "<br/><small>" + mermaid(note) + "</small>"
		}
		left, right := `["`, `"]`
		switch n.Kind {
		case NodeStart, NodeEnd:
			left, right = `(["`, `"])`
		case NodeAction:
			left, right = `[/"`, `"/]`
		case NodeChoice:
			left, right = `{"`, `"}`
		case NodeBlock:
			left, right = `>"`, `"]`
		case NodeFork:
			left, right = `[/"`, `"\]`
		case NodeJoin:
			left, right = `[\"`, `"/]`
		case NodeEvent:
			left, right = `{{"`, `"}}`
		case NodeCall:
			left, right = `[["`, `"]]`
		}
		fmt.Fprintf(&b, "  %s%s%s%s\n", n.ID, left, text, right)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Dashed || e.Exit {
			arrow = "-.->"
		}
		if e.Label != "" {
			arrow += `|"` + mermaid(e.Label) + `"|`
		}
		fmt.Fprintf(&b, "  %s %s %s\n", e.From, arrow, e.To)
	}
	for _, n := range g.Nodes {
		if n.Phase != Untouched {
			fill, border := palette(n.Phase)
			fmt.Fprintf(&b, "  style %s fill:%s,stroke:%s\n", n.ID, fill, border)
		}
	}
	return b.String()
}

// mermaid escapes a label: Mermaid reads entities inside quotes, and Markdown
// marks besides.
func mermaid(text string) string {
	return strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;", "`", "#96;", "*", "#42;", "\n", " ").Replace(text)
}

// heading names the route.
func heading(r *route.Route, o Options) string {
	title := r.Title.In(o.Language)
	if title == "" {
		title = r.Name.Text
	}
	if o.Instance != "" {
		title += " · " + o.Instance
	}
	return title
}
