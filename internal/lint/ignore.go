package lint

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/settings"
)

// The problems of ignore comments themselves.
var (
	unusedIgnore = Code{"R094", "unused-ignore", "an ignore comment for which there is no problem; remove it"}
	bareIgnore   = Code{"L001", "ignore-without-reason", "an ignore comment without a reason or a code, or written so that it ignores nothing; write `# e1:ignore R031 -- why`"}
)

// ignoreComment is `# e1:ignore R031, R040 -- reason`, at the end of the line
// with the problem or on a line of its own above it.
var ignoreComment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`#\s*e1:ignore\s+([A-Z]\d{3}(?:[,\s]+[A-Z]\d{3})*)\s*(?:--\s*(.*))?$`)
})

// meantToIgnore is whatever looks like such a comment.
var meantToIgnore = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)#\s*e1\s*:\s*ignore\b(.*)$`)
})

// ignored is one ignore comment.
type ignored struct {
	file   string
	line   int // the line whose problems it covers
	own    int // the line it stands on
	column int
	codes  []string
	reason string
	wrong  string // why it ignores nothing; empty when it is written as it should be
	used   map[string]bool
}

// at is the place of the comment.
func (c *ignored) at() diag.Span {
	return diag.Span{File: c.file, Start: diag.Pos{Line: c.own, Column: c.column}, End: diag.Pos{Line: c.own, Column: c.column + len("# e1:ignore")}}
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
		covered, binds := false, l.binding[findingOf(p)]
		for _, c := range comments {
			if c.wrong == "" && c.file == p.At.File && c.line == p.At.Start.Line && slices.Contains(c.codes, p.Code) {
				c.used[p.Code], covered = true, true
				if binds {
					p.Related = append(slices.Clone(p.Related), diag.Related{At: c.at(), Message: p.Code + " cannot be ignored here: " + stops(p)})
				}
			}
		}
		if !covered || binds {
			out.Add(p)
		}
	}
	for _, c := range comments {
		at := c.at()
		if c.wrong != "" {
			codes := strings.Join(c.codes, ", ")
			if codes == "" {
				codes = "CODE"
			}
			out.Add(diag.Problem{Code: bareIgnore.Code, Slug: bareIgnore.Slug, Severity: diag.Error, At: at, Message: c.wrong, Help: "# e1:ignore " + codes + " -- why"})
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
	if !mayIgnore(src) {
		return nil
	}
	lines := strings.Split(src, "\n")
	for i, line := range lines {
		if !mayIgnore(line) {
			continue
		}
		line = strings.TrimRight(line, "\r ")
		m := ignoreComment().FindStringSubmatchIndex(line)
		loose := meantToIgnore().FindStringSubmatchIndex(line)
		if m == nil && loose == nil {
			continue
		}
		c := &ignored{file: file, own: i + 1, line: i + 1, used: map[string]bool{}}
		if m != nil {
			c.codes = strings.FieldsFunc(line[m[2]:m[3]], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
			if m[4] >= 0 {
				c.reason = strings.TrimSpace(line[m[4]:m[5]])
			}
			if c.reason == "" {
				c.wrong = "an ignore comment needs a reason"
			}
		} else {
			m = loose
			c.codes, c.wrong = misread(line[loose[0]:loose[2]], line[loose[2]:loose[3]])
		}
		c.column = utf8.RuneCountInString(line[:m[0]]) + 1
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

// mayIgnore tells whether a text may hold an ignore comment.
func mayIgnore(text string) bool {
	return strings.Contains(text, "gnore") || strings.Contains(text, "GNORE")
}

// misread says why a comment ignores nothing, with the codes that it seems to
// name: head is up to the word ignore, rest what follows.
func misread(head, rest string) (codes []string, wrong string) {
	before, _, reason := strings.Cut(rest, "--")
	for _, word := range strings.FieldsFunc(before, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if !isCode(strings.ToUpper(word)) {
			break
		}
		if word != strings.ToUpper(word) && wrong == "" {
			wrong = fmt.Sprintf("%q is no code; codes have a capital letter", word)
		}
		codes = append(codes, strings.ToUpper(word))
	}
	switch {
	case wrong != "":
	case len(codes) == 0:
		wrong = "an ignore comment names the codes that it is for"
	case !reason:
		wrong = "the reason of an ignore comment stands behind --"
	case !strings.HasSuffix(head, "e1:ignore"):
		wrong = fmt.Sprintf("%q ignores nothing; it is written \"# e1:ignore\"", head)
	default:
		wrong = "between the codes and the reason of an ignore comment stands --"
	}
	return codes, wrong
}

func isCode(text string) bool {
	return len(text) == 4 && text[0] >= 'A' && text[0] <= 'Z' && strings.Trim(text[1:], "0123456789") == ""
}

// finding tells one problem from the others.
type finding struct {
	at            diag.Span
	code, message string
}

func findingOf(p diag.Problem) finding { return finding{p.At, p.Code, p.Message} }

// bind notes errors with which their definition is refused when it is used,
// whatever the repository thinks of them: were they left out, everything would
// be right here and nothing would happen there. They are those of the functions
// that whoever uses the definition calls, too; what lint finds beyond them is a
// judgement. It gives the problems back.
func (l *linter) bind(problems diag.List) diag.List {
	if l.binding == nil {
		l.binding = map[finding]bool{}
	}
	for _, p := range problems.Errors() {
		l.binding[findingOf(p)] = true
	}
	return problems
}

// bindRoute binds what reading a route and holding it against the other
// definitions has found; what the rules think of it is open to judgement.
func (l *linter) bindRoute(f *definition.RouteFile) error {
	l.bind(f.Problems)
	if f.Def == nil {
		return nil
	}
	checked, err := l.defs.CheckRoute(f.Def)
	l.bind(checked)
	return err
}

// stops says what does not happen because of a binding error.
func stops(p diag.Problem) string {
	switch path.Dir(p.At.File) {
	case definition.RoutesDir:
		return "with it the route does not start"
	case definition.RouteTestsDir:
		return "with it the tests do not run"
	case definition.RulesDir:
		return "with it the rule does nothing"
	case definition.FormsDir:
		return "with it no document of the form is registered or changed"
	case definition.ReportsDir:
		return "with it the report does not run"
	case definition.ImportsDir:
		return "with it nothing is imported"
	case definition.CalendarsDir:
		return "with it nothing is counted by the calendar"
	case definition.DirectoriesDir, ".":
		return "with it that part of the file is as if it were not there"
	}
	return "with it nothing runs that uses this"
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
	var at diag.Span // where the repository says so
	if f, _, err := l.defs.Parse(settings.FileName); err == nil && f.Root != nil {
		if judged := f.Root.Get("lint"); judged != nil {
			at = f.Span(judged)
		}
	}
	var out diag.List
	for _, p := range problems {
		judged := conf.Lint[p.Code]
		if judged != "" && judged != "error" && l.binding[findingOf(p)] {
			p.Related = append(slices.Clone(p.Related), diag.Related{At: at, Message: fmt.Sprintf("%s: %s does not hold here: %s", p.Code, judged, stops(p))})
			judged = ""
		}
		switch judged {
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
