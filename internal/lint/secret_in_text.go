package lint

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
)

var secretInText = Code{"R082", "secret-in-text", "a password or key in a definition, which every clone has for ever; keep it in the settings of the user who runs e1, and change it"}

// The shapes of secrets: keys of known services, private keys, passwords in
// addresses, and values of keys that are called so. The last have a digit and
// a letter, so that the name of a field is none.
var secretShapes = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
		regexp.MustCompile(`\b(?:AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}|glpat-[0-9A-Za-z_-]{20})\b`),
		regexp.MustCompile(`[a-z][a-z0-9+.-]*://[^/\s:@"']+:[^/\s:@"'{]+@`),
		regexp.MustCompile(`(?i)(?:password|passwd|пароль|secret|api[_-]?key|token)\s*[:=]\s*["']?([^\s"'{}#,]{6,})`),
	}
})

// hints are what a text with a secret contains, as people write it.
var hints = [][]byte{[]byte("-----BEGIN"), []byte("AKIA"), []byte("ghp_"), []byte("glpat-"), []byte("://"),
	[]byte("assw"), []byte("ASSW"), []byte("арол"), []byte("ecret"), []byte("ECRET"),
	[]byte("pi_key"), []byte("pi-key"), []byte("pikey"), []byte("PI_KEY"), []byte("oken"), []byte("OKEN")}

// secrets looks for secrets in the text of every definition.
func (l *linter) secrets() {
	for _, name := range l.files {
		src := l.source(name)
		if !suspect(src) {
			continue
		}
		for n, line := range strings.Split(string(src), "\n") {
			if !suspect([]byte(line)) {
				continue
			}
			if from, to, ok := secretIn(line); ok {
				at := diag.Span{File: name, Start: diag.Pos{Line: n + 1, Column: utf8.RuneCountInString(line[:from]) + 1},
					End: diag.Pos{Line: n + 1, Column: utf8.RuneCountInString(line[:to]) + 1}}
				l.add(diag.Problem{Code: secretInText.Code, Slug: secretInText.Slug, Severity: diag.Warning, At: at,
					Message: "this looks like a password or key; every clone of the repository has it for ever",
					Help:    "take it out, keep it in the settings of the user who runs e1, and change it where it is used"})
			}
		}
	}
}

func suspect(text []byte) bool {
	return slices.ContainsFunc(hints, func(h []byte) bool { return bytes.Contains(text, h) })
}

// secretIn gives the bytes of a line that look like a secret.
func secretIn(line string) (from, to int, ok bool) {
	for i, shape := range secretShapes() {
		m := shape.FindStringSubmatchIndex(line)
		switch {
		case m == nil:
		case i < 3:
			return m[0], m[1], true
		case strings.ContainsAny(line[m[2]:m[3]], "0123456789") && strings.ContainsFunc(line[m[2]:m[3]], isLetter) && !strings.ContainsAny(line[m[2]:m[3]], "()[]|<>"):
			return m[2], m[3], true
		}
	}
	return 0, 0, false
}

func isLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 'а' && r <= 'я'
}
