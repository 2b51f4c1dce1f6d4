package route

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Lost tells whether a word stands in a part of the file that could not be
// understood: what was found out about the word may only follow from that. A
// step that nothing seems to lead to is an example, when a jump to it stands
// under an unknown key.
func (r *Route) Lost(word string) bool { return len(r.LostAt(word)) > 0 }

// LostAt gives where the parts begin in which a lost word stands; a place that
// is not valid may be anywhere.
func (r *Route) LostAt(word string) []diag.Pos {
	var out []diag.Pos
	for _, n := range r.lost {
		if mentions(n, word) {
			out = append(out, n.Start)
		}
	}
	return out
}

// Understood tells that every part of the file is.
func (r *Route) Understood() bool { return len(r.lost) == 0 }

// Vague tells whether the head of the route has keys that are not understood: how
// it begins, and for which form it is, may be said by one of them.
func (r *Route) Vague() bool { return r.vague }

// LostIDs lists what may be the ids of steps in parts of the file that could not
// be understood.
func (r *Route) LostIDs() []string {
	var out []string
	var look func(n *yamlsrc.Node)
	look = func(n *yamlsrc.Node) {
		if n.Kind == yamlsrc.Unread {
			for _, m := range idWritten().FindAllStringSubmatch(n.Value, -1) {
				out = append(out, m[1])
			}
		}
		for _, pair := range n.Pairs {
			if look(pair.Value); pair.Key.Value == "id" && pair.Value.Kind == yamlsrc.Scalar {
				out = append(out, pair.Value.Value)
			}
		}
		for _, item := range n.Items {
			look(item)
		}
	}
	for _, n := range r.lost {
		look(n)
	}
	return out
}

// idWritten finds the id of a step in a text that is not YAML.
var idWritten = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bid: *["']?([a-z][a-z0-9_-]*)`) })

// LostWithin tells whether a part that could not be understood lies within a
// place of the file.
func (r *Route) LostWithin(at diag.Span) bool {
	for _, n := range r.lost {
		if within(n, at) {
			return true
		}
	}
	return false
}

// LostSteps tells whether what could not be understood within a place may have
// been steps, branches or ways: more than a single text.
func (r *Route) LostSteps(at diag.Span) bool {
	for _, n := range r.lost {
		if n.Kind != yamlsrc.Scalar && within(n, at) {
			return true
		}
	}
	return false
}

func within(n *yamlsrc.Node, at diag.Span) bool {
	return n.Start.IsValid() && !n.Start.Before(at.Start) && n.Start.Before(at.End)
}

func mentions(n *yamlsrc.Node, word string) bool {
	if n == nil {
		return false
	}
	for _, pair := range n.Pairs {
		if mentions(pair.Key, word) || mentions(pair.Value, word) {
			return true
		}
	}
	for _, item := range n.Items {
		if mentions(item, word) {
			return true
		}
	}
	return (n.Kind == yamlsrc.Scalar || n.Kind == yamlsrc.Unread) && HasWord(n.Value, word)
}

// HasWord tells whether a text has a word, which may have points and hyphens.
func HasWord(text, word string) bool {
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !inWord(before) && !inWord(after) { // nor is what stands for the ends of the text
			return true
		}
		from = i + len(word)
	}
	return false
}

func inWord(r rune) bool { return r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsNumber(r) }
