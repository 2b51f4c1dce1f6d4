package template

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

// A docx is read as text with XML in it. Word cuts what a person has typed
// into runs at its own will, also within a placeholder, so the text of each
// paragraph is put together first, and each placeholder is moved as a whole
// into the run in which it begins. What belongs to a block is then widened: a
// tag alone in its paragraph stands for the paragraph, tags of one block in one
// row of a table stand for the row.

// xmlText is the text of one <w:t>, with where it lies.
type xmlText struct {
	from, to  int // of the text, without the tags
	paragraph int
}

// xmlSpan is an element.
type xmlSpan struct{ from, to int }

// xmlMap is what is needed of the structure of a part.
type xmlMap struct {
	texts      []xmlText
	paragraphs []xmlSpan
	rows       []xmlSpan
	cells      []xmlSpan
}

// list gives the elements of a name that are kept, nil for others.
func (m *xmlMap) list(name string) *[]xmlSpan {
	switch name {
	case "w:p":
		return &m.paragraphs
	case "w:tr":
		return &m.rows
	case "w:tc":
		return &m.cells
	}
	return nil
}

// scanXML finds paragraphs, rows and texts. Parts that Word wrote are well
// formed; what is not is left alone.
func scanXML(xml string) xmlMap {
	var m xmlMap
	type open struct {
		name string
		at   int // index in its list
	}
	var stack []open
	for i := 0; i < len(xml); {
		start := strings.IndexByte(xml[i:], '<')
		if start < 0 {
			break
		}
		start += i
		end := strings.IndexByte(xml[start:], '>')
		if end < 0 {
			break
		}
		end += start + 1
		i = end
		inside := xml[start+1 : end-1]
		if strings.HasSuffix(inside, "/") {
			continue
		}
		closing := strings.HasPrefix(inside, "/")
		name, _, _ := strings.Cut(strings.TrimPrefix(inside, "/"), " ")
		list := m.list(name)
		switch {
		case list != nil && !closing:
			stack = append(stack, open{name, len(*list)})
			*list = append(*list, xmlSpan{start, -1})
		case list != nil:
			if n := len(stack); n > 0 && stack[n-1].name == name {
				(*list)[stack[n-1].at].to = end
				stack = stack[:n-1]
			}
		case name == "w:t" && !closing:
			stop := strings.Index(xml[end:], "</w:t>")
			if stop < 0 {
				return m
			}
			paragraph := -1
			for k := len(stack) - 1; k >= 0 && paragraph < 0; k-- {
				if stack[k].name == "w:p" {
					paragraph = stack[k].at
				}
			}
			m.texts = append(m.texts, xmlText{end, end + stop, paragraph})
			i = end + stop
		}
	}
	return m
}

// parseXML reads one part; nil when it has no placeholder.
func parseXML(file, xml string, problems *diag.List) *part {
	joined := joinRuns(xml)
	if !strings.Contains(joined, "{{") {
		return nil
	}
	m := scanXML(joined)
	s := &source{file: file, text: joined, at: m.places(joined)}
	before := len(*problems)
	tags := m.tags(s, problems)
	tags = m.widen(s, tags, problems)
	if len(*problems) > before {
		return nil
	}
	p := &parser{source: s, problems: problems, tags: tags}
	return &part{source: s, nodes: p.block(nil)}
}

// joinRuns moves every placeholder into the run in which it begins.
func joinRuns(xml string) string {
	m := scanXML(xml)
	replaced := make([]string, len(m.texts))
	for i, t := range m.texts {
		replaced[i] = xml[t.from:t.to]
	}
	for i := 0; i < len(m.texts); {
		j := i
		for j < len(m.texts) && m.texts[j].paragraph == m.texts[i].paragraph {
			j++
		}
		gather(replaced[i:j])
		i = j
	}
	var b strings.Builder
	last := 0
	for i, t := range m.texts {
		if replaced[i] == xml[t.from:t.to] {
			continue
		}
		// Text that begins or ends with a space needs to say so.
		head := xml[last:t.from]
		if strings.HasSuffix(head, "<w:t>") {
			head = strings.TrimSuffix(head, ">") + ` xml:space="preserve">`
		}
		b.WriteString(head)
		b.WriteString(replaced[i])
		last = t.to
	}
	b.WriteString(xml[last:])
	return b.String()
}

// gather puts the placeholders of the texts of one paragraph together.
func gather(texts []string) {
	for i := 0; i < len(texts); i++ {
		for from := 0; ; {
			k := strings.IndexByte(texts[i][from:], '{')
			if k < 0 {
				break
			}
			k += from
			rest := texts[i][k:] + strings.Join(texts[i+1:], "")
			if !strings.HasPrefix(rest, "{{") {
				from = k + 1
				continue
			}
			end := closing(rest, 2)
			if end < 0 {
				break
			}
			missing := end - len(texts[i][k:])
			for j := i + 1; missing > 0; j++ {
				n := min(missing, len(texts[j]))
				texts[i] += texts[j][:n]
				texts[j] = texts[j][n:]
				missing -= n
			}
			from = k + end
		}
	}
}

// places gives places as people count them: the line is the number of the
// paragraph, the column counts its characters.
func (m xmlMap) places(xml string) func(int) diag.Pos {
	return func(offset int) diag.Pos {
		i := sort.Search(len(m.texts), func(i int) bool { return m.texts[i].to >= offset })
		if i == len(m.texts) || m.texts[i].paragraph < 0 {
			return diag.Pos{Line: 1, Column: 1}
		}
		column := 1
		for k := i; k >= 0 && m.texts[k].paragraph == m.texts[i].paragraph; k-- {
			text := xml[m.texts[k].from:m.texts[k].to]
			if k == i {
				text = text[:max(0, min(offset-m.texts[k].from, len(text)))]
			}
			column += utf8.RuneCountInString(unescapeXML.Replace(text))
		}
		return diag.Pos{Line: m.texts[i].paragraph + 1, Column: column}
	}
}

// tags reads the placeholders of all texts. Their expressions have the
// escapes of XML and the quotes of typewriters undone.
func (m xmlMap) tags(s *source, problems *diag.List) []*tag {
	var out []*tag
	for _, t := range m.texts {
		// A source of the text alone keeps offsets right: it is cut, not copied.
		piece := &source{file: s.file, text: s.text[t.from:t.to], at: func(offset int) diag.Pos { return s.at(t.from + offset) }}
		for _, found := range tagsOf(piece, problems) {
			found.from, found.to = found.from+t.from, found.to+t.from
			if e := found.expr; e != nil {
				e.source, e.offset = s, e.offset+t.from
				e.text = unescapeXML.Replace(e.text)
			}
			out = append(out, found)
		}
	}
	return out
}

// widen gives block tags the paragraph or the row they stand for. The tags it
// returns are in the order of the text.
func (m xmlMap) widen(s *source, tags []*tag, problems *diag.List) []*tag {
	var stack [][]*tag
	out := slices.Clone(tags)
	for _, t := range tags {
		switch t.verb {
		case "if", "each":
			stack = append(stack, []*tag{t})
		case "else", "else if":
			if n := len(stack); n > 0 {
				stack[n-1] = append(stack[n-1], t)
			}
		case "end":
			if n := len(stack); n > 0 {
				out = append(out, m.widenBlock(s, append(stack[n-1], t), problems)...)
				stack = stack[:n-1]
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *tag) int { return a.from - b.from })
	return out
}

// widenBlock gives the holes that its tags leave where they stood.
func (m xmlMap) widenBlock(s *source, block []*tag, problems *diag.List) (holes []*tag) {
	first, last := block[0], block[len(block)-1]
	if m.around(m.paragraphs, first) == m.around(m.paragraphs, last) {
		return nil // within one paragraph
	}
	alone := func(spans []xmlSpan) bool {
		return !slices.ContainsFunc(block, func(t *tag) bool { return !m.alone(s, spans, t) })
	}
	row, cell := m.around(m.rows, first), m.around(m.cells, first)
	move := func(t *tag, to int) {
		holes = append(holes, &tag{from: t.from, to: t.to, verb: "#"})
		t.from, t.to = to, to
	}
	switch {
	case cell == m.around(m.cells, last) && alone(m.paragraphs):
		for _, t := range block {
			p := m.paragraphs[m.around(m.paragraphs, t)]
			if t == last && cell >= 0 {
				move(t, p.from) // a cell needs a paragraph: that of the end stays, empty
			} else {
				t.from, t.to = p.from, p.to
			}
		}
	case row >= 0 && row == m.around(m.rows, last) && len(block) == 2:
		move(first, m.rows[row].from)
		move(last, m.rows[row].to)
	case row >= 0 && row != m.around(m.rows, last) && alone(m.rows):
		for _, t := range block {
			r := m.rows[m.around(m.rows, t)]
			t.from, t.to = r.from, r.to
		}
	default:
		m.complain(s, block, problems)
	}
	return holes
}

func (m xmlMap) complain(s *source, block []*tag, problems *diag.List) {
	report(problems, badBlock, s.span(block[0].from, block[0].to),
		"put each of its tags into a paragraph of its own, or all into one paragraph or one row of a table",
		"the block begins in one paragraph and ends in another")
}

// around gives the innermost element around a tag, -1 for none.
func (m xmlMap) around(spans []xmlSpan, t *tag) int {
	best := -1
	for i, s := range spans {
		if s.from <= t.from && s.to >= t.to && (best < 0 || s.from >= spans[best].from) {
			best = i
		}
	}
	return best
}

// alone tells whether a tag is all the text of the element around it.
func (m xmlMap) alone(s *source, spans []xmlSpan, t *tag) bool {
	p := m.around(spans, t)
	if p < 0 {
		return false
	}
	var b strings.Builder
	for _, x := range m.texts {
		if x.from >= spans[p].from && x.to <= spans[p].to {
			b.WriteString(s.text[x.from:x.to])
		}
	}
	return strings.TrimSpace(b.String()) == s.text[t.from:t.to]
}
