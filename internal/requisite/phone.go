package requisite

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// Phone is a number in its one normal form, and the extension apart from it.
type Phone struct {
	Number string // E.164 without the plus: country code and subscriber, 8–15 digits
	Ext    string // digits of the extension, empty without one
}

// extension finds what follows a number: «доб. 12», "ext 12", "x12", "#12".
var extension = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[\s,;(]*(?:добавочный|доб(?:ав)?|внутренний|внутр?|вн|extension|ext|x|х|#)[\s.:№=]*(\d{1,8})[\s).]*$`)
})

// label finds what people write before a number.
var label = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:телефон|тел|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|факс|phone|tel|mob|fax|т|м)[\s.:]+|^tel:`)
})

// worded finds what a label or an extension begins with; most numbers have
// neither and need no expressions compiled.
func worded(r rune) bool { return r == '#' || unicode.IsLetter(r) }

// ParsePhone reads a phone number however it is typed. A number without a
// country code, or with the Russian trunk prefix 8, is Russian (+7). It refuses
// local numbers without an area code and several numbers in one text, because
// either would make two clients of one.
func ParsePhone(s string) (Phone, error) {
	rest := strings.Map(plainSpace, s)
	rest = strings.TrimSpace(rest)
	var p Phone
	if strings.ContainsFunc(rest, worded) {
		for {
			cut := label().FindString(rest)
			if cut == "" {
				break
			}
			rest = strings.TrimSpace(rest[len(cut):])
		}
		if m := extension().FindStringSubmatchIndex(rest); m != nil && m[0] > 0 {
			p.Ext = rest[m[2]:m[3]]
			rest = rest[:m[0]]
		}
	}
	digits := make([]byte, 0, 16)
	for i, r := range rest {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == '+' && len(digits) == 0, strings.ContainsRune(" ()-.", r):
		case strings.ContainsRune(",;/\\\n", r) && len(digits) >= 5 && strings.ContainsAny(rest[i:], "0123456789"):
			return Phone{}, fmt.Errorf("phone %q holds several numbers; write one here and the others in the contacts", s)
		case strings.ContainsRune(",;", r):
		default:
			return Phone{}, fmt.Errorf("phone %q: unexpected %q; write it like +7 495 123-45-67 доб. 12", s, r)
		}
	}
	number, err := normalNumber(string(digits), rest)
	if err != nil {
		return Phone{}, fmt.Errorf("phone %q %w", s, err)
	}
	p.Number = number
	return p, nil
}

// normalNumber decides the country code. typed is the number as written, where
// a plus and the separator after an 8 tell +8 (495) from Vietnam's +84.
func normalNumber(digits, typed string) (string, error) {
	plus := strings.HasPrefix(typed, "+")
	switch {
	case digits == "":
		return "", fmt.Errorf("has no digits")
	case allZeros(digits):
		return "", fmt.Errorf("has zeros only")
	}
	if !plus && len(digits) > 11 {
		switch {
		case strings.HasPrefix(digits, "810"):
			plus, digits = true, digits[3:]
		case strings.HasPrefix(digits, "00"):
			plus, digits = true, digits[2:]
		}
	}
	slip := plus && len(digits) == 11 && strings.HasPrefix(typed, "+8") && strings.IndexAny(typed[2:], "0123456789") > 0
	switch {
	case slip:
		digits = "7" + digits[1:]
	case plus && len(digits) < 8:
		return "", fmt.Errorf("has %s, an international number has at least 8", count(len(digits), "digit"))
	case plus && len(digits) > 15:
		return "", fmt.Errorf("has %s, an international number has at most 15", count(len(digits), "digit"))
	case plus && digits[0] == '0':
		return "", fmt.Errorf("has no country code after the plus")
	case plus:
	case len(digits) == 10:
		digits = "7" + digits
	case len(digits) == 11 && (digits[0] == '8' || digits[0] == '7'):
		digits = "7" + digits[1:]
	case len(digits) < 10:
		return "", fmt.Errorf("has %s: the area code is missing", count(len(digits), "digit"))
	default:
		return "", fmt.Errorf("has %s; a Russian number has 11, a foreign one starts with a plus", count(len(digits), "digit"))
	}
	if digits[0] == '7' {
		if len(digits) != 11 {
			return "", fmt.Errorf("has %s, a number of country code 7 has 11", count(len(digits), "digit"))
		}
		if strings.IndexByte("34567890", digits[1]) < 0 || digits[1] == '0' {
			return "", fmt.Errorf("has the area code %q, which does not exist", digits[1:4])
		}
	}
	return digits, nil
}

// plainSpace turns every kind of space and dash people and programs put into
// numbers into the plain one, and drops what is invisible.
func plainSpace(r rune) rune {
	switch r {
	case '\u00a0', '\u2007', '\u2009', '\u200a', '\u202f', '\t', '\r':
		return ' '
	case '‐', '‑', '‒', '–', '—', '―', '−', '_', '~':
		return '-'
	case '\u200b', '\u200e', '\u200f', '\u202a', '\u202c', '\u2060', '\ufeff', '\u00ad':
		return -1
	case '＋':
		return '+'
	case '[':
		return '('
	case ']':
		return ')'
	}
	return r
}

// E164 is the number by which phones are compared: plus and digits, without
// the extension. The zero Phone gives the empty text.
func (p Phone) E164() string {
	if p.Number == "" {
		return ""
	}
	return "+" + p.Number
}

// String is the form for people: +7 495 123-45-67 доб. 12. Numbers of other
// countries are not grouped, since each groups its own way. ParsePhone reads it
// back to the same Phone.
func (p Phone) String() string {
	s := p.E164()
	if len(p.Number) == 11 && p.Number[0] == '7' {
		n := p.Number
		s = "+7 " + n[1:4] + " " + n[4:7] + "-" + n[7:9] + "-" + n[9:]
	}
	if p.Ext != "" {
		s += " доб. " + p.Ext
	}
	return s
}
