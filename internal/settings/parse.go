package settings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Code is one kind of problem of e1.yaml.
type Code struct {
	Code, Slug string
	Summary    string // what is wrong and what to do, in one line
}

var (
	unknownKey   = Code{"S001", "unknown-key", "a key that e1.yaml does not have; use the nearest known one"}
	wrongType    = Code{"S003", "wrong-type", "a value of the wrong shape"}
	unknownZone  = Code{"S004", "unknown-time-zone", "a time zone that is not in the tz database; write it like Europe/Moscow"}
	newLayout    = Code{"S005", "newer-layout", "the repository is laid out by a newer version of the program; update it"}
	badConstant  = Code{"S006", "bad-constant", "a constant or a kind of link whose name is no identifier, or a constant that holds no single value"}
	badCurrency  = Code{"S007", "bad-currency", "a currency that is no ISO 4217 code such as RUB"}
	unknownValue = Code{"S008", "unknown-value", "a value outside the list of possible ones"}
)

// Codes lists the problems this package finds.
func Codes() []Code {
	return []Code{unknownKey, wrongType, unknownZone, newLayout, badConstant, badCurrency, unknownValue}
}

func code(c Code) yamlsrc.Code { return yamlsrc.Code{Code: c.Code, Slug: c.Slug} }

// Parse reads e1.yaml. The settings returned are complete: what is wrong is reported and its default used.
func Parse(f *yamlsrc.File) (*Settings, diag.List) {
	s, problems := parse(f)
	if problems.HasErrors() { // a misspelt key means nothing here; only what is said of it takes it as meant
		_, problems = yamlsrc.Forgiving(f, parse)
	}
	return s, problems
}

func parse(f *yamlsrc.File) (*Settings, diag.List) {
	var problems diag.List
	s := Default()
	r := yamlsrc.NewReader(f, &problems).WithCodes(code(unknownKey), yamlsrc.Code{}, code(wrongType))
	m := r.Mapping(f.Root, "settings")
	s.Title = m.Label("title")
	s.Language = oneOf(f, &problems, m, "language", s.Language, "ru", "en")
	s.SplitIndex = oneOf(f, &problems, m, "split_index", s.SplitIndex, "auto", "never", "always")
	if n := m.TextNode("currency"); n != nil {
		if len(n.Value) == 3 && strings.Trim(n.Value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
			s.Currency = n.Value
		} else {
			problems.Errorf(badCurrency.Code, badCurrency.Slug, f.Span(n), "currency %q is no ISO 4217 code such as RUB", n.Value)
		}
	}
	if n := m.TextNode("time_zone"); n != nil {
		if loc, err := loadZone(n.Value); err != nil {
			problems.Errorf(unknownZone.Code, unknownZone.Slug, f.Span(n), "%s", err)
		} else {
			s.Zone = loc
		}
	}
	if n := m.TextNode("calendar"); n != nil {
		s.Calendar = n.Value
	}
	s.Layout = m.Int("layout", s.Layout)
	if s.Layout < 1 || s.Layout > Layout {
		problems.Errorf(newLayout.Code, newLayout.Slug, f.Span(m.Node("layout")),
			"layout %d is not known to this version of e1, which knows %d; update e1", s.Layout, Layout)
		s.Layout = Layout
	}
	// A number prefix belongs to each clone; the key is known so that the file can say so.
	if n := m.TextNode("prefix"); n != nil && n.Value != "" {
		problems.Errorf(unknownValue.Code, unknownValue.Slug, f.Span(n),
			"a number prefix is a setting of each clone, set it with: git config e1.prefix %s", n.Value)
	}
	s.Mail = mail(m.Mapping("mail"))
	s.Constants = constants(f, m, &problems)
	if m.Node("links") != nil {
		s.Links = links(f, m, &problems)
	}
	s.Lint = severities(f, m, &problems)
	m.Done()
	return s, problems
}

// loadZone accepts names of the tz database only: "Local" would mean another zone on every machine.
func loadZone(name string) (*time.Location, error) {
	if name == "UTC" {
		return time.UTC, nil
	}
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("time zone %q is not fixed; write it like Europe/Moscow", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; write it like Europe/Moscow", name)
	}
	return loc, nil
}

func oneOf(f *yamlsrc.File, problems *diag.List, m *yamlsrc.Mapped, key, def string, allowed ...string) string {
	n := m.TextNode(key)
	if n == nil {
		return def
	}
	if !slices.Contains(allowed, n.Value) {
		problems.Errorf(unknownValue.Code, unknownValue.Slug, f.Span(n), "%s", diag.Unknown(key, n.Value, allowed))
		return def
	}
	return n.Value
}

func mail(m *yamlsrc.Mapped) Mail {
	out := Mail{From: m.Text("from"), ReplyTo: m.Text("reply_to"), Domain: m.Text("domain")}
	tell := m.Mapping("tell")
	for _, kind := range Told() {
		if !tell.Has(kind) {
			continue
		}
		if out.Tell == nil {
			out.Tell = map[string]Audience{}
		}
		switch words := tell.Texts(kind); {
		case len(words) == 1 && words[0] == "all":
			out.Tell[kind] = Audience{All: true}
		case len(words) == 1 && words[0] == "none":
		default:
			out.Tell[kind] = Audience{Roles: words}
		}
	}
	tell.Done()
	m.Done()
	return out
}

func constants(f *yamlsrc.File, m *yamlsrc.Mapped, problems *diag.List) []Constant {
	c := m.Mapping("constants")
	var out []Constant
	for _, key := range c.Keys() {
		n := c.Node(key.Value)
		switch {
		case !identifier(key.Value):
			problems.Errorf(badConstant.Code, badConstant.Slug, f.Span(key),
				"constant %q: a name has small letters, digits and underscores and begins with a letter", key.Value)
		case n.Kind != yamlsrc.Scalar || n.IsNull():
			problems.Errorf(badConstant.Code, badConstant.Slug, f.Span(n), "constant %q holds no single value", key.Value)
		default:
			out = append(out, Constant{Name: key.Value, Text: n.Value})
		}
	}
	return out
}

func links(f *yamlsrc.File, m *yamlsrc.Mapped, problems *diag.List) []Link {
	kinds := m.Mapping("links")
	var out []Link
	for _, key := range kinds.Keys() {
		if !identifier(key.Value) {
			problems.Errorf(badConstant.Code, badConstant.Slug, f.Span(key),
				"kind of link %q: a name has small letters, digits and underscores and begins with a letter", key.Value)
			continue
		}
		about := kinds.Mapping(key.Value)
		out = append(out, Link{Kind: key.Value, Title: about.Label("title"), Back: about.Label("back")})
		about.Done()
	}
	return out
}

func severities(f *yamlsrc.File, m *yamlsrc.Mapped, problems *diag.List) map[string]string {
	l := m.Mapping("lint")
	out := map[string]string{}
	for _, key := range l.Keys() {
		out[key.Value] = oneOf(f, problems, l, key.Value, "error", "error", "warning", "note", "off")
	}
	return out
}

// identifier reports whether s is a name as keys and fields have them.
func identifier(s string) bool {
	for i, r := range s {
		if !(r >= 'a' && r <= 'z' || r == '_' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}
