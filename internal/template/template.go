package template

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Kind is what a template makes.
type Kind string

// The kinds, by the extension of the file.
const (
	Text     Kind = "txt"
	Markdown Kind = "md"
	HTML     Kind = "html"
	Docx     Kind = "docx"
)

// Extensions lists the extensions of templates, in the order in which a name
// without one is looked up.
func Extensions() []string { return []string{".txt", ".md", ".html", ".docx"} }

// Template is one parsed template. It is never changed after Parse.
type Template struct {
	File string // templates/offer.docx
	Kind Kind
	// Head is the head of a letter; nil for a document.
	Head *Head

	body  *part
	parts []*part // of a docx: the parts of the package that have placeholders
	zip   []byte  // the docx
}

// Head is the head of a letter: patterns with placeholders.
type Head struct {
	Subject *part
	To      *part   // nil: whoever the action says
	Attach  []*part // names of files of the document
}

// Name is the name of the file without its folder.
func (t *Template) Name() string { return path.Base(t.File) }

// Letter tells whether the template makes a letter.
func (t *Template) Letter() bool { return t.Head != nil }

// Addressed tells whether the letter says itself whom it is for.
func (t *Template) Addressed() bool { return t.Head != nil && t.Head.To != nil }

// part is a piece of text with placeholders.
type part struct {
	source *source
	nodes  []node
	raw    string // name of the part inside a docx
}

// source is a text with places.
type source struct {
	file string
	text string
	// at gives the place of a byte offset.
	at func(offset int) diag.Pos
	// trim: a line that holds a block tag alone leaves no line behind.
	trim bool
}

func (s *source) span(from, to int) diag.Span {
	return diag.Span{File: s.file, Start: s.at(from), End: s.at(to)}
}

// Parse reads a template. With errors among the problems it gives none.
func Parse(file string, src []byte) (*Template, diag.List) {
	var problems diag.List
	t := &Template{File: file, Kind: Kind(strings.TrimPrefix(path.Ext(file), "."))}
	whole := diag.Span{File: file, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	switch t.Kind {
	case Docx:
		t.parseDocx(src, &problems)
	case Text, Markdown, HTML:
		if !utf8.Valid(src) {
			report(&problems, unreadable, whole, "save the file as UTF-8", "the template is no UTF-8 text")
			break
		}
		text := strings.ReplaceAll(string(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))), "\r\n", "\n")
		body := t.parseHead(file, text, &problems)
		t.body = parsePart(body, &problems)
	default:
		report(&problems, unreadable, whole, "known: .txt, .md, .html, .docx", "%q is no kind of template", path.Ext(file))
	}
	problems = problems.Dedup()
	problems.Sort()
	if problems.HasErrors() {
		return nil, problems
	}
	return t, problems
}

func report(problems *diag.List, c yamlsrc.Code, at diag.Span, help, format string, args ...any) {
	problems.Add(diag.Problem{Code: c.Code, Slug: c.Slug, Severity: diag.Error, Message: fmt.Sprintf(format, args...), At: at, Help: help})
}

// all gives every part with placeholders.
func (t *Template) all() []*part {
	var out []*part
	if h := t.Head; h != nil {
		out = append(out, h.Subject)
		if h.To != nil {
			out = append(out, h.To)
		}
		out = append(out, h.Attach...)
	}
	if t.body != nil {
		out = append(out, t.body)
	}
	return append(out, t.parts...)
}

// plain makes the source of a text file, or of the piece [from, to) of one.
func plain(file, text string, from, to int) *source {
	var starts []int
	for i := 0; i < len(text); i++ {
		if i == 0 || text[i-1] == '\n' {
			starts = append(starts, i)
		}
	}
	return &source{file: file, text: text[from:to], at: func(offset int) diag.Pos {
		offset += from
		line, found := slices.BinarySearch(starts, offset)
		if !found {
			line--
		}
		if line < 0 {
			return diag.Pos{Line: 1, Column: 1}
		}
		return diag.Pos{Line: line + 1, Column: 1 + utf8.RuneCountInString(text[starts[line]:min(offset, len(text))])}
	}}
}
