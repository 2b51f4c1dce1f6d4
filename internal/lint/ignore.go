package lint

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/settings"
)

// The problems of ignore comments themselves.
var (
	unusedIgnore = Code{"R094", "unused-ignore", "an ignore comment for which there is no problem; remove it"}
	bareIgnore   = Code{"L001", "ignore-without-reason", "an ignore comment without a reason; write `# e1:ignore R031 -- why`"}
)

// ignoreComment is `# e1:ignore R031, R040 -- reason`, at the end of the line
// with the problem or on a line of its own above it.
var ignoreComment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`#\s*e1:ignore\s+([A-Z]\d{3}(?:[,\s]+[A-Z]\d{3})*)\s*(?:--\s*(.*))?$`)
})

// ignored is one ignore comment.
type ignored struct {
	file   string
	line   int // the line whose problems it covers
	own    int // the line it stands on
	column int
	codes  []string
	reason string
	used   map[string]bool
}

// ignore takes out the problems that a comment with a reason covers, and
// reports comments without a reason or without a problem.
func (l *linter) ignore(problems diag.List) diag.List {
	var comments []*ignored
	for _, file := range l.files {
		comments = append(comments, ignoresOf(file, string(l.source(file)))...)
	}
	var out diag.List
	for _, p := range problems {
		covered := false
		for _, c := range comments {
			if c.reason != "" && c.file == p.At.File && c.line == p.At.Start.Line && slices.Contains(c.codes, p.Code) {
				c.used[p.Code], covered = true, true
			}
		}
		if !covered {
			out.Add(p)
		}
	}
	for _, c := range comments {
		at := diag.Span{File: c.file, Start: diag.Pos{Line: c.own, Column: c.column}, End: diag.Pos{Line: c.own, Column: c.column + len("# e1:ignore")}}
		if c.reason == "" {
			out.Add(diag.Problem{Code: bareIgnore.Code, Slug: bareIgnore.Slug, Severity: diag.Error, At: at, Message: "an ignore comment needs a reason", Help: "# e1:ignore " + strings.Join(c.codes, ", ") + " -- why"})
			continue
		}
		for _, code := range c.codes {
			if !c.used[code] {
				out.Add(diag.Problem{Code: unusedIgnore.Code, Slug: unusedIgnore.Slug, Severity: diag.Warning, At: at, Message: "there is no " + code + " to be ignored here", Help: "remove the comment"})
			}
		}
	}
	return out
}

func ignoresOf(file, src string) []*ignored {
	var out []*ignored
	if !strings.Contains(src, "e1:ignore") {
		return nil
	}
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		m := ignoreComment().FindStringSubmatchIndex(strings.TrimRight(line, "\r "))
		if m == nil {
			continue
		}
		c := &ignored{file: file, own: i + 1, line: i + 1, column: utf8.RuneCountInString(line[:m[0]]) + 1, used: map[string]bool{}}
		c.codes = strings.FieldsFunc(line[m[2]:m[3]], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
		if m[4] >= 0 {
			c.reason = strings.TrimSpace(line[m[4]:m[5]])
		}
		if strings.TrimSpace(line[:m[0]]) == "" {
			c.line = i + 2 // a comment of its own covers the line below
			for c.line <= len(lines) && strings.HasPrefix(strings.TrimSpace(lines[c.line-1]), "#") {
				c.line++
			}
		}
		out = append(out, c)
	}
	return out
}

// unknownCodes reports codes that the settings judge and that do not exist.
func (l *linter) unknownCodes() {
	f, _, err := l.defs.Parse(settings.FileName)
	if err != nil || f.Root == nil {
		return
	}
	judged := f.Root.Get("lint")
	if judged == nil {
		return
	}
	var known []string
	for _, c := range Codes() {
		known = append(known, c.Code)
	}
	for _, p := range judged.Pairs {
		if !slices.Contains(known, p.Key.Value) {
			candidates := known
			for _, c := range Codes() { // a slug in the place of its code
				if c.Slug == p.Key.Value {
					candidates = []string{c.Code}
				}
			}
			l.add(diag.Problem{Code: "S008", Slug: "unknown-value", Severity: diag.Warning, At: f.Span(p.Key),
				Message: "lint: " + diag.Unknown("code", p.Key.Value, candidates), Help: "e1 explain --list shows all codes"})
		}
	}
}

// severities applies the repository's own judgement: lint: {R031: warning}.
func (l *linter) severities(problems diag.List) diag.List {
	conf, _, err := l.defs.Settings()
	if err != nil || len(conf.Lint) == 0 {
		return problems
	}
	var out diag.List
	for _, p := range problems {
		switch conf.Lint[p.Code] {
		case "off":
			continue
		case "error":
			p.Severity = diag.Error
		case "warning":
			p.Severity = diag.Warning
		case "note":
			p.Severity = diag.Note
		}
		out.Add(p)
	}
	return out
}
