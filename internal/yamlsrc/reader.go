package yamlsrc

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// Reader reads the keys of a definition strictly: everything that is there is
// either asked for or reported.
type Reader struct {
	File     *File
	Problems *diag.List
	// The codes of what is found; NewReader sets those of routes.
	Unknown, Missing, Type Code
}

// NewReader makes a reader that adds what it finds to problems, with the codes
// R001 unknown-key, R002 missing-key and R004 wrong-type.
func NewReader(f *File, problems *diag.List) *Reader {
	return &Reader{
		File: f, Problems: problems,
		Unknown: Code{"R001", "unknown-key", ""},
		Missing: Code{"R002", "missing-key", ""},
		Type:    Code{"R004", "wrong-type", ""},
	}
}

// WithCodes sets other codes; it returns the reader.
func (r *Reader) WithCodes(unknown, missing, wrongType Code) *Reader {
	r.Unknown, r.Missing, r.Type = unknown, missing, wrongType
	return r
}

// Mapping starts to read a mapping. What names it in messages: `form`,
// `step "legal"`. A node of another kind is reported and read as empty; so is,
// without a report, a nil node.
func (r *Reader) Mapping(n *Node, what string) *Mapped {
	m := &Mapped{r: r, what: what, node: n}
	if n == nil {
		return m
	}
	if n.Kind != Mapping {
		r.wrong(n, what, "`key: value` lines")
		m.broken = true
		return m
	}
	m.pairs = n.Pairs
	m.used = make([]bool, len(n.Pairs))
	return m
}

// wrong reports a node of the wrong kind.
func (r *Reader) wrong(n *Node, what, expected string) {
	r.Problems.Add(problem(r.Type, r.File.Span(n), "%s: expected %s, found %s", what, expected, found(n)))
}

// found describes a node for a message.
func found(n *Node) string {
	if n.Kind != Scalar {
		return n.Kind.String()
	}
	if n.IsNull() && n.Value == "" {
		return "nothing"
	}
	return strconv.Quote(clip(n.Value))
}

// Mapped is a mapping being read.
type Mapped struct {
	node *Node // nil when absent

	r      *Reader
	what   string
	pairs  []Pair
	used   []bool
	known  []string // keys asked for, in order
	broken bool     // was no mapping, already reported
}

// Node gives the value of a key, nil when it is absent; the key counts as
// known.
func (m *Mapped) Node(key string) *Node {
	if !slices.Contains(m.known, key) {
		m.known = append(m.known, key)
	}
	for i := range m.pairs {
		if m.pairs[i].Key.Value == key {
			m.used[i] = true
			return m.pairs[i].Value
		}
	}
	return nil
}

// Itself gives the mapping's own node, nil when it is absent.
func (m *Mapped) Itself() *Node { return m.node }

// Has tells whether a key is there; it counts as known.
func (m *Mapped) Has(key string) bool { return m.Node(key) != nil }

// Know makes keys known without reading them.
func (m *Mapped) Know(keys ...string) {
	for _, k := range keys {
		m.Node(k)
	}
}

// Keys gives the keys in file order.
func (m *Mapped) Keys() []*Node {
	keys := make([]*Node, len(m.pairs))
	for i, p := range m.pairs {
		keys[i] = p.Key
	}
	return keys
}

// Span gives the place of a key, or of the whole mapping when it is absent.
func (m *Mapped) Span(key string) diag.Span {
	if k := m.node.Key(key); k != nil {
		return m.r.File.Span(k)
	}
	return m.start()
}

// start is the place of the mapping's first line, for what is missing in it.
func (m *Mapped) start() diag.Span {
	s := m.r.File.Span(m.node)
	if len(m.pairs) > 0 {
		s.End = m.pairs[0].Key.End
	}
	return s
}

// TextNode gives the scalar of a key, nil when the key is absent; a value of
// another kind, or none, is reported and nil.
func (m *Mapped) TextNode(key string) *Node {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind != Scalar {
		m.r.wrong(n, m.at(key), "a text")
		return nil
	}
	if n.Value == "" && n.IsNull() {
		p := problem(m.r.Type, m.Span(key), "%s: the value is missing", m.at(key))
		m.r.Problems.Add(helped(p, "write a value, or remove the key"))
		return nil
	}
	return n
}

// at names a key of this mapping in messages.
func (m *Mapped) at(key string) string { return m.what + ": " + key }

// Text gives the text of a key, "" when it is absent.
func (m *Mapped) Text(key string) string {
	if n := m.TextNode(key); n != nil {
		return n.Value
	}
	return ""
}

// Required is Text for keys that must be there and not be empty.
func (m *Mapped) Required(key string) string {
	if !m.Present(key) {
		return ""
	}
	n := m.TextNode(key)
	if n == nil {
		return ""
	}
	if n.Value == "" {
		m.r.Problems.Add(problem(m.r.Missing, m.r.File.Span(n), "%s: the text is empty", m.at(key)))
	}
	return n.Value
}

// Present reports a key that is absent and tells whether it is there.
func (m *Mapped) Present(key string) bool {
	if m.Node(key) != nil {
		return true
	}
	if !m.broken {
		m.r.Problems.Add(problem(m.r.Missing, m.start(), "%s: missing key %q", m.what, key))
	}
	return false
}

// Bool gives a truth value, written true or false.
func (m *Mapped) Bool(key string, def bool) bool {
	n := m.TextNode(key)
	if n == nil {
		return def
	}
	switch n.Value {
	case "true":
		return true
	case "false":
		return false
	}
	m.r.wrong(n, m.at(key), "true or false")
	return def
}

// Int gives a whole number.
func (m *Mapped) Int(key string, def int) int {
	n := m.TextNode(key)
	if n == nil {
		return def
	}
	i, err := strconv.Atoi(strings.ReplaceAll(n.Value, "_", ""))
	if err != nil {
		m.r.wrong(n, m.at(key), "a whole number")
		return def
	}
	return i
}

// OneOf gives a text that must be one of the allowed ones; def when it is
// absent or another.
func (m *Mapped) OneOf(key, def string, allowed ...string) string {
	n := m.TextNode(key)
	if n == nil {
		return def
	}
	if !slices.Contains(allowed, n.Value) {
		m.r.Problems.Add(problem(m.r.Type, m.r.File.Span(n), "%s: %s", m.what, diag.Unknown(key, n.Value, allowed)))
		return def
	}
	return n.Value
}

// TextNodes gives the scalars of a key that holds one text or a list of texts.
func (m *Mapped) TextNodes(key string) []*Node {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind == Scalar {
		if n = m.TextNode(key); n == nil {
			return nil
		}
		return []*Node{n}
	}
	if n.Kind == Mapping {
		m.r.wrong(n, m.at(key), "a text or a list of texts")
		return nil
	}
	var out []*Node
	for _, item := range n.Items {
		if item.Kind != Scalar || item.Value == "" && item.IsNull() {
			m.r.wrong(item, m.at(key), "a text")
			continue
		}
		out = append(out, item)
	}
	return out
}

// Texts gives the texts of a key that holds one text or a list of texts.
func (m *Mapped) Texts(key string) []string {
	var out []string
	for _, n := range m.TextNodes(key) {
		out = append(out, n.Value)
	}
	return out
}

// Items gives the items of a list.
func (m *Mapped) Items(key string) []*Node {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind != Sequence {
		m.r.wrong(n, m.at(key), "a list")
		return nil
	}
	return n.Items
}

// Mapping starts to read the mapping of a key; empty when it is absent.
func (m *Mapped) Mapping(key string) *Mapped { return m.r.Mapping(m.Node(key), m.at(key)) }

// Label gives a text in the languages of a key: a plain text, or a mapping
// {en: …, ru: …}.
func (m *Mapped) Label(key string) Label {
	n := m.Node(key)
	if n == nil {
		return nil
	}
	if n.Kind == Scalar {
		if n = m.TextNode(key); n == nil {
			return nil
		}
	}
	return m.r.Label(n, m.at(key))
}

// Label reads a text in languages from a node.
func (r *Reader) Label(n *Node, what string) Label {
	switch {
	case n == nil:
		return nil
	case n.Kind == Scalar:
		return Label{"": n.Value}
	case n.Kind != Mapping:
		r.wrong(n, what, "a text, or texts by language: {en: …, ru: …}")
		return nil
	}
	l := make(Label, len(n.Pairs))
	for _, p := range n.Pairs {
		lang := p.Key.Value
		if len(lang) != 2 || !onlyOf(lang, "abcdefghijklmnopqrstuvwxyz") {
			r.Problems.Add(helped(problem(r.Unknown, r.File.Span(p.Key), "%s: unknown language %q", what, clip(lang)),
				"use two small letters such as en or ru"))
			continue
		}
		if p.Value.Kind != Scalar || p.Value.IsNull() && p.Value.Value == "" {
			r.wrong(p.Value, what+"."+lang, "a text")
			continue
		}
		l[lang] = p.Value.Value
	}
	return l
}

// Done reports the keys that nobody asked for, each with the nearest known
// one.
func (m *Mapped) Done() {
	for i, p := range m.pairs {
		if !m.used[i] {
			known := m.known
			if absent := slices.DeleteFunc(slices.Clone(known), func(k string) bool { return m.node.Get(k) != nil }); diag.Nearest(p.Key.Value, absent) != "" {
				known = absent // rather one that is not there yet
			}
			unknown := problem(m.r.Unknown, m.r.File.Span(p.Key), "%s: %s", m.what, diag.Unknown("key", p.Key.Value, known))
			unknown.Meant = diag.Nearest(p.Key.Value, known)
			m.r.Problems.Add(unknown)
		}
	}
}

// Errorf adds an error at a node; a nil node means the start of the mapping.
func (m *Mapped) Errorf(c Code, n *Node, format string, args ...any) {
	at := m.start()
	if n != nil {
		at = m.r.File.Span(n)
	}
	m.r.Problems.Add(problem(c, at, "%s: %s", m.what, fmt.Sprintf(format, args...)))
}

// Label is a text in several languages; the key "" holds one meant for all.
type Label map[string]string

// In gives the text in a language, else the one for all, else English, else
// Russian, else the first in the order of language codes; "" when there is
// none.
func (l Label) In(lang string) string {
	for _, k := range []string{lang, "", "en", "ru"} {
		if s, ok := l[k]; ok && s != "" {
			return s
		}
	}
	for _, k := range l.Languages() {
		if l[k] != "" {
			return l[k]
		}
	}
	return ""
}

// Languages lists the languages of the text, sorted.
func (l Label) Languages() []string {
	langs := make([]string, 0, len(l))
	for k := range l {
		langs = append(langs, k)
	}
	sort.Strings(langs)
	return langs
}
