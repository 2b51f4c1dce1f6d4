package form

import (
	"fmt"
	"strconv"
	"strings"
)

// Template builds registration numbers: INQ-{year}-{seq:6}. Its parts are capital letters, digits and hyphens,
// {year} (four digits, that of the registration), {seq} or {seq:N} (the ordinal within the year, or within the
// form when there is no {year}; N is the least number of digits) and {prefix} (of the clone). Without {prefix} the
// clone's prefix, if it has one, stands in front with a hyphen.
type Template struct {
	text   string
	parts  []part
	prefix string
}

type part struct {
	literal string
	name    string // year, seq or prefix; empty for a literal
	width   int
}

// maxSeq bounds ordinals: nine digits.
const maxSeq = 999_999_999

// ParseTemplate reads a number template.
func ParseTemplate(text string) (Template, error) {
	t := Template{text: text}
	seen := map[string]bool{}
	for rest := text; rest != ""; {
		if rest[0] != '{' {
			i := strings.IndexByte(rest+"{", '{')
			if bad := strings.Trim(rest[:i], numberCharacters); bad != "" {
				return Template{}, fmt.Errorf("number template %q: %q is not allowed, use capital letters A-Z, digits and hyphens", text, bad)
			}
			t.parts = append(t.parts, part{literal: rest[:i]})
			rest = rest[i:]
			continue
		}
		i := strings.IndexByte(rest, '}')
		if i < 0 {
			return Template{}, fmt.Errorf("number template %q: a brace is not closed", text)
		}
		p, err := parsePart(rest[1:i])
		if err != nil {
			return Template{}, fmt.Errorf("number template %q: %w", text, err)
		}
		if seen[p.name] {
			return Template{}, fmt.Errorf("number template %q has {%s} twice", text, p.name)
		}
		seen[p.name] = true
		t.parts = append(t.parts, p)
		rest = rest[i+1:]
	}
	switch {
	case !seen["seq"]:
		return Template{}, fmt.Errorf("number template %q has no {seq}", text)
	case t.parts[0].literal == "" || !letter(t.parts[0].literal[0]):
		return Template{}, fmt.Errorf("number template %q does not begin with a letter, so that its numbers would not tell the form", text)
	case strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.Contains(text, "--"):
		return Template{}, fmt.Errorf("number template %q has a hyphen that separates nothing", text)
	}
	for i := 1; i < len(t.parts); i++ {
		if t.parts[i].name != "" && t.parts[i-1].name != "" {
			return Template{}, fmt.Errorf("number template %q: put a hyphen between {%s} and {%s}", text, t.parts[i-1].name, t.parts[i].name)
		}
		if t.parts[i].name == "seq" && !strings.HasSuffix(t.parts[i-1].literal, "-") && digit(t.parts[i-1].literal[len(t.parts[i-1].literal)-1]) {
			return Template{}, fmt.Errorf("number template %q: put a hyphen before {seq}", text)
		}
	}
	return t, nil
}

const numberCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

func letter(c byte) bool { return c >= 'A' && c <= 'Z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func parsePart(s string) (part, error) {
	name, width, hasWidth := strings.Cut(s, ":")
	switch name {
	case "year", "prefix":
		if hasWidth {
			return part{}, fmt.Errorf("{%s} takes no width", name)
		}
		return part{name: name}, nil
	case "seq":
		p := part{name: name, width: 1}
		if hasWidth {
			n, err := strconv.Atoi(width)
			if err != nil || n < 1 || n > 9 {
				return part{}, fmt.Errorf("{seq:%s} has no width from 1 to 9", width)
			}
			p.width = n
		}
		return p, nil
	}
	return part{}, fmt.Errorf("unknown part {%s}; there are {year}, {seq:N} and {prefix}", s)
}

// String is the template as it is written.
func (t Template) String() string { return t.text }

// HasYear reports whether numbers begin anew each year.
func (t Template) HasYear() bool { return t.has("year") }

func (t Template) has(name string) bool {
	for _, p := range t.parts {
		if p.name == name {
			return true
		}
	}
	return false
}

// ValidPrefix reports whether a text can be the number prefix of a clone: one to eight capital letters and
// digits.
func ValidPrefix(s string) bool {
	return s != "" && len(s) <= 8 && strings.Trim(s, prefixCharacters) == ""
}

const prefixCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// WithPrefix is the template for the numbers of a clone with a prefix, which must be valid or empty.
func (t Template) WithPrefix(prefix string) Template {
	t.prefix = prefix
	return t
}

// Format makes the number with an ordinal.
func (t Template) Format(year, seq int) string {
	var b strings.Builder
	if t.prefix != "" && !t.has("prefix") {
		b.WriteString(t.prefix + "-")
	}
	for _, p := range t.shape(t.prefix != "") {
		switch p.name {
		case "":
			b.WriteString(p.literal)
		case "year":
			fmt.Fprintf(&b, "%04d", year)
		case "seq":
			fmt.Fprintf(&b, "%0*d", p.width, seq)
		case "prefix":
			b.WriteString(t.prefix)
		}
	}
	return b.String()
}

// shape is the template with its {prefix} or without it; without it the hyphen behind it goes too.
func (t Template) shape(prefixed bool) []part {
	if prefixed || !t.has("prefix") {
		return t.parts
	}
	var out []part
	for i, p := range t.parts {
		if p.name == "prefix" {
			continue
		}
		if i > 0 && t.parts[i-1].name == "prefix" {
			p.literal = strings.TrimPrefix(p.literal, "-")
		}
		out = append(out, p)
	}
	return out
}

// Number is what a registration number consists of.
type Number struct {
	Prefix    string // of the clone, usually empty
	Year, Seq int    // Year is 0 when the template has none
}

// Parse reads a number made by Format, with any clone's prefix; ok is false for any other text, also for one that
// Format would write otherwise.
func (t Template) Parse(number string) (year, seq int, ok bool) {
	n, ok := t.Number(number)
	return n.Year, n.Seq, ok
}

// Number is Parse with the prefix.
func (t Template) Number(number string) (n Number, ok bool) {
	if n, ok = parseShape(t.shape(false), number); ok {
		return n, true
	}
	if t.has("prefix") {
		return parseShape(t.parts, number)
	}
	prefix, rest, cut := strings.Cut(number, "-")
	if !cut || !ValidPrefix(prefix) {
		return Number{}, false
	}
	n, ok = parseShape(t.parts, rest)
	n.Prefix = prefix
	return n, ok
}

func parseShape(parts []part, number string) (n Number, ok bool) {
	rest := number
	for _, p := range parts {
		switch p.name {
		case "":
			if rest, ok = strings.CutPrefix(rest, p.literal); !ok {
				return Number{}, false
			}
		case "year":
			if len(rest) < 4 {
				return Number{}, false
			}
			n.Year, ok = digits(rest[:4])
			if rest = rest[4:]; !ok || n.Year == 0 {
				return Number{}, false
			}
		case "seq":
			i := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
			if i < p.width || i > 9 || i > p.width && rest[0] == '0' {
				return Number{}, false
			}
			n.Seq, ok = digits(rest[:i])
			if rest = rest[i:]; !ok || n.Seq == 0 {
				return Number{}, false
			}
		case "prefix":
			i := len(rest) - len(strings.TrimLeft(rest, prefixCharacters))
			if n.Prefix, rest = rest[:i], rest[i:]; !ValidPrefix(n.Prefix) {
				return Number{}, false
			}
		}
	}
	return n, rest == ""
}

func digits(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && strings.Trim(s, "0123456789") == ""
}

// ParseNumber reads a number of the form by its current or a former template.
func (f *Form) ParseNumber(number string) (n Number, ok bool) {
	for _, t := range f.Numbers {
		if n, ok = t.Number(number); ok {
			return n, true
		}
	}
	return Number{}, false
}

// PathOf is where the document of a number lies in the repository:
// documents/<form>/[<year>/]<aa>/<bb>/<NUMBER>.yaml, aa being the ordinal divided by 10,000 and bb by 100, modulo
// 100, with at least two digits each. It fails for what is no number of the form.
func PathOf(f *Form, number string) (string, error) {
	for _, t := range f.Numbers {
		n, ok := t.Number(number)
		if !ok {
			continue
		}
		year := ""
		if t.HasYear() {
			year = fmt.Sprintf("%04d/", n.Year)
		}
		return fmt.Sprintf("documents/%s/%s%02d/%02d/%s.yaml", f.Name, year, n.Seq/10000, n.Seq/100%100, number), nil
	}
	return "", fmt.Errorf("%q is no number of %s, which are written %s", number, f.Name, f.example())
}

func (f *Form) example() string {
	if len(f.Numbers) == 0 {
		return "as its template says"
	}
	return "like " + f.Numbers[0].Format(2026, 1)
}

// FormOf finds the form a number belongs to, nil when there is none.
func (s *Set) FormOf(number string) *Form {
	for _, f := range s.forms {
		if _, ok := f.ParseNumber(number); ok {
			return f
		}
	}
	return nil
}

// Expand gives the numbers a short form may mean, all well-formed: "INQ-42", "inq42", "inq-2026-42" or a whole
// number in any case. Without a year the given one is meant. A clone's prefix must be written: "A-INQ-42". The
// form of the numbers may be given; nil means all. Whether such documents exist the caller must see.
func (s *Set) Expand(text string, year int, form *Form) []string {
	text = strings.ToUpper(strings.TrimSpace(text))
	var out []string
	for _, f := range s.forms {
		if form != nil && f != form {
			continue
		}
		for _, t := range f.Numbers {
			if n, ok := t.expand(text, year); ok && !contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// expand reads a short form: the letters and digit groups of a number with hyphens and leading zeros left out.
func (t Template) expand(text string, year int) (string, bool) {
	if _, ok := t.Number(text); ok {
		return text, true
	}
	prefix, rest := "", text
	if p, r, cut := strings.Cut(text, "-"); cut && !t.has("prefix") && ValidPrefix(p) && strings.HasPrefix(r, t.parts[0].literal[:1]) && !strings.HasPrefix(text, t.head()) {
		prefix, rest = p, r
	}
	rest, ok := strings.CutPrefix(rest, t.head())
	if !ok {
		return "", false
	}
	groups := strings.FieldsFunc(rest, func(r rune) bool { return r == '-' })
	if t.has("prefix") || len(groups) == 0 || len(groups) > 2 || len(groups) == 2 && !t.HasYear() {
		return "", false
	}
	seq, ok := digits(groups[len(groups)-1])
	if !ok || seq < 1 || seq > maxSeq {
		return "", false
	}
	if len(groups) == 2 {
		if year, ok = digits(groups[0]); !ok || year < 1 {
			return "", false
		}
		if year < 100 {
			year += 2000
		}
	}
	n := t.WithPrefix(prefix).Format(year, seq)
	_, ok = t.Number(n)
	return n, ok
}

// head is the text before the first part that varies, without its hyphen.
func (t Template) head() string { return strings.TrimRight(t.parts[0].literal, "-") }
