package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// Problems is the result of a check.
type Problems struct {
	Files  int    // files (lint) or documents (check) looked at
	Counts string // JSON key of that number: "files" or "documents"
	List   diag.List
	Source func(file string) []byte // text of a file for snippets; nil or nil result: none
}

// Formats are the names of the formats WriteProblems knows.
func Formats() []string { return []string{"text", "oneline", "json"} }

// Problems writes problems in one of Formats; the list is written as it stands,
// sorting and removing doubles is diag's. A format is added by one function here
// and one line in the switch.
func (s Style) Problems(w io.Writer, format string, p Problems) error {
	switch format {
	case "text", "":
		return s.problemsText(w, p)
	case "oneline":
		return problemsOneline(w, p)
	case "json":
		return problemsJSON(w, p)
	}
	return fmt.Errorf("unknown format %q; known are %s", format, strings.Join(Formats(), ", "))
}

// problemsText writes each problem's headline, the lines of the file it is
// about, its path and help.
func (s Style) problemsText(w io.Writer, p Problems) error {
	out := &printer{w: w}
	sources := map[string][]byte{}
	for _, problem := range p.List {
		head := problem.Headline()
		out.line(s.paintHeadline(problem, head))
		file := problem.At.File
		src, known := sources[file]
		if !known && p.Source != nil {
			src = p.Source(file)
			sources[file] = src
		}
		if src == nil {
			src = []byte{}
		}
		for line := range strings.SplitSeq(strings.TrimRight(diag.Snippet(src, problem), "\n"), "\n") {
			if line != "" {
				out.line(line)
			}
		}
	}
	return out.flush()
}

// paintHeadline colors the severity in a headline; without colors the line is
// untouched, since programs match it.
func (s Style) paintHeadline(p diag.Problem, head string) string {
	if !s.Color {
		return head
	}
	tone := Bad
	switch p.Severity {
	case diag.Warning:
		tone = Warn
	case diag.Note:
		tone = Accent
	}
	word := p.Severity.String() + " " + p.Code
	before, after, found := strings.Cut(head, word)
	if !found {
		return head
	}
	return s.paint(Strong, before) + s.paint(tone, word) + after
}

func problemsOneline(w io.Writer, p Problems) error {
	out := &printer{w: w}
	for _, problem := range p.List {
		out.line(problem.Headline())
	}
	return out.flush()
}

// relatedJSON is a second place of a problem.
type relatedJSON struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// problemJSON is a problem of the JSON contract.
type problemJSON struct {
	Code      string        `json:"code"`
	Slug      string        `json:"slug"`
	Severity  string        `json:"severity"`
	Message   string        `json:"message"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"end_line"`
	EndColumn int           `json:"end_column"`
	Related   []relatedJSON `json:"related"`
	Path      []string      `json:"path"`
	Help      string        `json:"help"`
}

// ProblemObjects gives problems in the shape of the JSON contract.
func ProblemObjects(problems diag.List) any {
	list := make([]problemJSON, len(problems))
	for i, problem := range problems {
		at := problem.At
		if !at.End.IsValid() {
			at.End = at.Start
		}
		related := make([]relatedJSON, len(problem.Related))
		for k, r := range problem.Related {
			related[k] = relatedJSON{r.At.File, r.At.Start.Line, r.At.Start.Column, r.Message}
		}
		list[i] = problemJSON{
			Code: problem.Code, Slug: problem.Slug, Severity: problem.Severity.String(), Message: problem.Message,
			File: at.File, Line: at.Start.Line, Column: at.Start.Column,
			EndLine: at.End.Line, EndColumn: at.End.Column,
			Related: related, Path: problem.Path, Help: problem.Help,
		}
	}
	return list
}

func problemsJSON(w io.Writer, p Problems) error {
	counts := p.Counts
	if counts == "" {
		counts = "files"
	}
	return JSON(w, Object{{counts, p.Files}, {"problems", ProblemObjects(p.List)}})
}
