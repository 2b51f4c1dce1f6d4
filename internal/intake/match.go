package intake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/e1-dms/e1/internal/message"
)

// Match says which letters a definition recognises. Each key that is given must
// match; of several patterns of one key, any. Without keys every letter
// matches.
type Match struct{ from, to, subject []pattern }

// keys is the number of parts of a letter that are looked at.
func (m Match) keys() int {
	n := 0
	for _, patterns := range [][]pattern{m.from, m.to, m.subject} {
		if len(patterns) > 0 {
			n++
		}
	}
	return n
}

// pattern is a glob or, between slashes, a regular expression. Neither minds
// case, and a glob not ё and е either.
type pattern struct {
	source string
	glob   bool
	re     *regexp.Regexp
}

func newPattern(s string) (pattern, error) {
	if len(s) >= 2 && strings.HasPrefix(s, "/") && strings.HasSuffix(s, "/") {
		re, err := regexp.Compile("(?i)" + s[1:len(s)-1])
		if err != nil {
			return pattern{}, fmt.Errorf("the regular expression %q cannot be read: %w", s, err)
		}
		return pattern{source: s, re: re}, nil
	}
	if strings.TrimSpace(s) == "" {
		return pattern{}, fmt.Errorf("the pattern is empty; write * for anything")
	}
	var b strings.Builder
	for _, r := range normalText(s) {
		switch r {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	re, err := regexp.Compile("^(?s:" + b.String() + ")$")
	if err != nil {
		return pattern{}, fmt.Errorf("the pattern %q cannot be read: %w", s, err)
	}
	return pattern{source: s, glob: true, re: re}, nil
}

func (p pattern) matches(s string) bool {
	if p.glob {
		s = normalText(s)
	}
	return p.re.MatchString(s)
}

func anyMatch(patterns []pattern, texts ...string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, p := range patterns {
		for _, s := range texts {
			if p.matches(s) {
				return true
			}
		}
	}
	return false
}

// Matches reports whether the definition recognises a letter: by the address of
// an author, of a recipient (To, Cc, Delivered-To, X-Original-To), and by the
// decoded subject.
func (i *Import) Matches(m *message.Message) bool {
	var to []string
	for _, a := range m.To {
		to = append(to, a.Address)
	}
	for _, a := range m.Cc {
		to = append(to, a.Address)
	}
	to = append(to, m.Headers("Delivered-To")...)
	to = append(to, m.Headers("X-Original-To")...)
	var from []string
	for _, a := range m.From {
		from = append(from, a.Address)
	}
	return anyMatch(i.Match.from, from...) && anyMatch(i.Match.to, to...) && anyMatch(i.Match.subject, m.Subject)
}
