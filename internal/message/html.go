package message

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlText is the text of an HTML letter as a person would type it: blocks on
// lines of their own, a table row of two cells as "label: value", a longer row
// with its cells separated by tabs.
func htmlText(source string) string {
	p := page{}
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			p.tables = nil
			p.endRows()
			return normalText(blankLines().ReplaceAllString(string(p.out), "\n\n"))
		case html.TextToken:
			if p.skip == 0 {
				p.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			p.start(atom.Lookup(name), kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
	}
}

var blankLines = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\n(?:[ \t]*\n){2,}`) })

// page is the text written so far.
type page struct {
	out  []byte
	rows []row // the table rows that are open, the innermost last
	// tables holds, for each open table, how many rows were open before it: a
	// row ends where the next one of its table starts, with or without </tr>.
	tables []int
	pre    int // depth of elements that keep spaces and line ends
	skip   atom.Atom
}

// row remembers where a table row and its cells start in the text.
type row struct {
	start int
	cells []int
}

func (p *page) text(s string) {
	if p.pre > 0 {
		p.out = append(p.out, s...)
		return
	}
	for _, r := range s {
		switch r {
		case ' ', '\t', '\n', '\r', '\f', '\u00a0':
			if n := len(p.out); n > p.floor() && p.out[n-1] != ' ' && p.out[n-1] != '\n' {
				p.out = append(p.out, ' ')
			}
		case '\u200b', '\u200c', '\u200d', '\u00ad', '\u2060', '\ufeff': // invisible
		default:
			p.out = append(p.out, string(r)...)
		}
	}
}

// floor is where the current cell, or the text, begins.
func (p *page) floor() int {
	if len(p.rows) == 0 {
		return 0
	}
	last := p.rows[len(p.rows)-1]
	if len(last.cells) == 0 {
		return last.start
	}
	return last.cells[len(last.cells)-1]
}

// line ends the current line, with a blank one after it if asked.
func (p *page) line(blank bool) {
	p.out = bytes.TrimRight(p.out, " ")
	floor := min(p.floor(), len(p.out))
	if len(p.out) == floor {
		return
	}
	if p.out[len(p.out)-1] != '\n' {
		p.out = append(p.out, '\n')
	}
	if blank && !bytes.HasSuffix(p.out, []byte("\n\n")) {
		p.out = append(p.out, '\n')
	}
}

func (p *page) start(a atom.Atom, closed bool) {
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Template:
		if !closed {
			p.skip = a
		}
	case atom.Br:
		p.out = append(bytes.TrimRight(p.out, " "), '\n')
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Hr:
		p.line(true)
		if a == atom.Table {
			p.tables = append(p.tables, len(p.rows))
		}
	case atom.Pre, atom.Textarea:
		p.line(false)
		if !closed {
			p.pre++
		}
	case atom.Li:
		p.line(false)
		p.out = append(p.out, "- "...)
	case atom.Tr:
		p.endRows()
		p.line(false)
		p.rows = append(p.rows, row{start: len(p.out)})
	case atom.Td, atom.Th:
		if n := len(p.rows); n > 0 {
			p.rows[n-1].cells = append(p.rows[n-1].cells, len(p.out))
		} else {
			p.text(" ")
		}
	default:
		if isBlock(a) {
			p.line(false)
		}
	}
}

func (p *page) end(a atom.Atom) {
	switch a {
	case p.skip:
		p.skip = 0
	case atom.Pre, atom.Textarea:
		p.pre = max(0, p.pre-1)
		p.line(false)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Ul, atom.Ol:
		p.line(true)
	case atom.Tr:
		p.endRow()
	case atom.Table:
		p.endRows()
		p.tables = p.tables[:max(0, len(p.tables)-1)]
		p.line(true)
	default:
		if isBlock(a) {
			p.line(false)
		}
	}
}

// endRows ends the rows of the innermost open table.
func (p *page) endRows() {
	before := 0
	if n := len(p.tables); n > 0 {
		before = p.tables[n-1]
	}
	for len(p.rows) > before {
		p.endRow()
	}
}

func isBlock(a atom.Atom) bool {
	switch a {
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Center, atom.Form, atom.Fieldset,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Body, atom.Html, atom.Head, atom.Tbody, atom.Thead, atom.Tfoot,
		atom.Caption, atom.Option, atom.Legend, atom.Main, atom.Aside, atom.Nav, atom.Figure, atom.Figcaption:
		return true
	}
	return false
}

// endRow writes the innermost open row anew as one line, if its cells are data
// and not the layout of a page.
func (p *page) endRow() {
	n := len(p.rows)
	if n == 0 {
		return
	}
	r := p.rows[n-1]
	p.rows = p.rows[:n-1]
	var cells []string
	layout := false
	for i, from := range r.cells {
		to := len(p.out)
		if i+1 < len(r.cells) {
			to = r.cells[i+1]
		}
		from, to = min(from, len(p.out)), min(to, len(p.out))
		cell := strings.Trim(string(p.out[min(from, to):to]), " \n\t")
		lines := strings.Count(cell, "\n")
		layout = layout || strings.Contains(cell, "\t") || lines > 0 && (i == 0 || len(r.cells) > 2 && lines > 2)
		cells = append(cells, cell)
	}
	if len(cells) == 0 {
		p.line(false)
		return
	}
	p.out = append(p.out[:min(r.start, len(p.out))], joinCells(cells, layout)...)
	p.line(false)
}

func joinCells(cells []string, layout bool) string {
	filled := 0
	for _, c := range cells {
		if c != "" {
			filled++
		}
	}
	switch {
	case filled == 0:
		return ""
	case layout || filled == 1 && len(cells) != 2:
		var out []string
		for _, c := range cells {
			if c != "" {
				out = append(out, c)
			}
		}
		return strings.Join(out, "\n")
	case len(cells) == 2 && cells[0] == "":
		return cells[1]
	case len(cells) == 2 && strings.HasSuffix(cells[0], ":"):
		return strings.TrimRight(cells[0]+" "+cells[1], " ")
	case len(cells) == 2 && cells[1] == "":
		return cells[0]
	case len(cells) == 2:
		return cells[0] + ": " + cells[1]
	}
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "\n", " ")
	}
	return strings.Join(cells, "\t")
}

var metaCharsetPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_-]{3,20})`)
})

// metaCharset is the character set an HTML page declares inside itself.
func metaCharset(b []byte) string {
	if m := metaCharsetPattern().FindSubmatch(b[:min(len(b), 2048)]); m != nil {
		return string(m[1])
	}
	return ""
}

// HTMLText is what a person reads of an HTML page given as bytes of any
// character set.
func HTMLText(b []byte) string { return htmlText(decodeText(b, metaCharset(b), "")) }

// TextOf gives the text of an HTML page as a person reads it.
func TextOf(html string) string { return htmlText(html) }
