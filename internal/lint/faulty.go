package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// faulty gives the names that the errors of a definition bring into doubt: those
// of the field, status, entry or person with the fault; all tells that nothing
// can be relied on.
func (l *linter) faulty(file string, problems diag.List) (names []string, all bool) {
	f, _, err := l.defs.Parse(file)
	if err != nil || f.Root == nil {
		return nil, true
	}
	for _, part := range f.Unread {
		names = append(names, namesAt(f, part)...)
	}
	if len(f.Unread) > 0 && (file == org.FileName || file == settings.FileName) ||
		slices.ContainsFunc(f.Root.Pairs, func(p yamlsrc.Pair) bool {
			return p.Value.Kind == yamlsrc.Unread && slices.Contains(lists, p.Key.Value)
		}) {
		return nil, true
	}
	for _, p := range problems {
		if f.NotRead(p.At.Start) {
			continue
		}
		if p.Slug == "missing-key" && p.At.Start == f.Root.Start && (strings.Contains(p.Message, `"groups"`) || strings.Contains(p.Message, `"entries"`)) {
			return nil, true // all fields, or all entries, are missing
		}
		item, pair := enclosing(f.Root, p.At.Start)
		if item == nil && pair.Key == nil {
			continue
		}
		if p.Meant != "" && p.Code[0] != 'O' || slices.Contains(apart, p.Code) {
			continue // read as it was meant, or nothing else depends on it
		}
		if item != nil {
			names = append(names, namesIn(item)...)
		}
		if pair.Key == nil || item == nil && slices.Contains(harmless, pair.Key.Value) {
			continue
		}
		if pair.Value.Kind != yamlsrc.Scalar || p.Slug == "unknown-key" {
			names = append(names, wordsIn(pair.Value)...)
		}
		if item == nil && slices.Contains(lists, pair.Key.Value) && pair.Value.Kind != yamlsrc.Sequence {
			return nil, true // a list that is none
		}
	}
	return names, false
}

// namesAt lists every word of a part of a file that may be a name.
func namesAt(f *yamlsrc.File, part diag.Span) []string {
	var out []string
	for _, word := range strings.FieldsFunc(string(f.At(part)), func(r rune) bool { return !inName(r) }) {
		if isName(word) {
			out = append(out, word)
		}
	}
	return out
}

// apart are the codes of forms that are about an expression, a caption or a name
// of a file: the field is what it is.
var apart = []string{"F006", "F010", "F012", "F013", "F014"}

// harmless are keys of a form on which no other definition depends; lists are
// those that others depend on altogether.
var (
	harmless = []string{"form", "title", "one", "number", "was", "caption", "may", "calendar", "directory"}
	lists    = []string{"groups", "statuses", "entries", "fields", "users", "roles", "departments"}
)

// enclosing finds the innermost list item that is a mapping around a place, and
// the key of it, or of the file, under which the place lies.
func enclosing(n *yamlsrc.Node, at diag.Pos) (item *yamlsrc.Node, pair yamlsrc.Pair) {
	for _, p := range n.Pairs {
		if at.Before(p.Key.Start) || !at.Before(p.Value.End) && at != p.Key.Start {
			continue
		}
		if inner, deeper := enclosing(p.Value, at); inner != nil {
			return inner, deeper
		}
		return nil, p
	}
	for _, i := range n.Items {
		if at.Before(i.Start) || !at.Before(i.End) {
			continue
		}
		inner, deeper := enclosing(i, at)
		if inner == nil && i.Kind == yamlsrc.Mapping {
			return i, deeper
		}
		return inner, deeper
	}
	return nil, yamlsrc.Pair{}
}

// naming are the keys by whose values a field, status, entry or person, or what
// belongs to one, is known elsewhere.
var naming = []string{"field", "status", "value", "id", "was", "user", "roles", "head", "department"}

// namesIn lists the names that stand directly in a mapping.
func namesIn(n *yamlsrc.Node) []string {
	var out []string
	for _, p := range n.Pairs {
		if !slices.Contains(naming, p.Key.Value) {
			continue
		}
		for _, v := range append([]*yamlsrc.Node{p.Value}, p.Value.Items...) {
			if v.Kind == yamlsrc.Scalar && isName(v.Value) {
				out = append(out, v.Value)
			}
		}
	}
	return out
}

// wordsIn lists every text of a tree that may be a name.
func wordsIn(n *yamlsrc.Node) []string {
	var out []string
	if n.Kind == yamlsrc.Scalar && isName(n.Value) {
		out = append(out, n.Value)
	}
	for _, p := range n.Pairs {
		out = append(out, wordsIn(p.Value)...)
	}
	for _, i := range n.Items {
		out = append(out, wordsIn(i)...)
	}
	return out
}

func isName(text string) bool {
	return text != "" && len(text) < 64 && strings.IndexFunc(text, func(r rune) bool { return !inName(r) }) < 0
}

func inName(r rune) bool { return strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_.-", r) }

// aboutForm tells whether a problem depends on what a form says.
func aboutForm(p diag.Problem) bool {
	number := p.Code[1:]
	switch p.Code[0] {
	case 'R', 'A':
		switch {
		case number < "006", number == "009", number >= "010" && number < "030", number >= "060" && number < "067", number > "080" && number < "083", number > "093":
			return false
		case number == "006":
			return !aboutFile(p)
		case number == "080":
			return strings.Contains(p.Message, "does not fit the form")
		case number == "007":
			return strings.Contains(p.Message, "user")
		}
	case 'B':
		return number == "007" || number == "009"
	case 'F':
		return !aboutRole(p)
	}
	return true
}

// aboutFile tells whether a problem is that a definition is not there.
func aboutFile(p diag.Problem) bool {
	for _, what := range []string{"form", "route", "template", "calendar", "letter", "payment"} {
		if strings.HasPrefix(p.Message, "unknown "+what+" ") {
			return true
		}
	}
	return false
}

// aboutPeople tells whether a problem depends on who there is.
func aboutPeople(p diag.Problem) bool {
	return strings.HasSuffix(p.Code, "007") && p.Code[0] != 'B' || p.Code == "B008" || strings.HasPrefix(p.Code, "R05") ||
		p.Code == "R037" && strings.Contains(p.Message, "user") || aboutRole(p)
}

// aboutRole tells whether a form names a role that is not there.
func aboutRole(p diag.Problem) bool { return p.Code == "F005" && strings.Contains(p.Message, "role") }
