package yamlsrc

import (
	"strings"
)

// Resolve tells what a YAML reader may take a plain scalar for: the union of
// the core schema of YAML 1.2, the types of YAML 1.1 and what yaml.v3 does. It
// errs on the side of "not text": `no`, `0123`, `1_000`, `12:30` and
// `2026-11-23` are texts to nobody but us.
func Resolve(s string) string {
	if s == "" {
		return TagNull
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		if tag := resolveNumber(s); tag != TagText || strings.IndexByte(s, '_') < 0 {
			return tag
		}
		return resolveNumber(strings.ReplaceAll(s, "_", "")) // yaml.v3 looks at +_0 so
	case strings.IndexByte("yYnNtTfFoO~<=", c) >= 0:
		return resolveWord(s)
	}
	return TagText
}

func resolveWord(s string) string {
	if len(s) > 5 {
		return TagText
	}
	switch s {
	case "~", "null", "Null", "NULL":
		return TagNull
	case "true", "True", "TRUE", "false", "False", "FALSE",
		"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO",
		"on", "On", "ON", "off", "Off", "OFF":
		return TagBool
	}
	return TagText
}

// resolveNumber classifies what begins with a digit, a sign or a point.
func resolveNumber(s string) string {
	if looksLikeTime(s) {
		return TagTimestamp
	}
	rest := s
	if rest[0] == '+' || rest[0] == '-' {
		rest = rest[1:]
	}
	if rest == "" {
		return TagText
	}
	switch rest {
	case ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN":
		return TagFloat
	}
	if rest[0] == '0' && len(rest) > 2 {
		switch rest[1] {
		case 'x', 'X':
			// strconv also reads hexadecimal floats.
			if onlyOf(rest[2:], "0123456789abcdefABCDEF_") {
				return TagInt
			}
			if onlyOf(rest[2:], "0123456789abcdefABCDEF_.pP+-") {
				return TagFloat
			}
			return TagText
		case 'o', 'O', 'b', 'B':
			if onlyOf(rest[2:], "01234567_+-") { // yaml.v3 takes the sign behind the prefix, too
				return TagInt
			}
			return TagText
		}
	}
	if rest[0] != '.' && (rest[0] < '0' || rest[0] > '9') {
		return TagText
	}
	if onlyOf(rest, "0123456789_") {
		return TagInt
	}
	if rest[len(rest)-1] == ':' {
		return TagText
	}
	if onlyOf(rest, "0123456789_:") {
		return TagInt // sexagesimal in YAML 1.1
	}
	if onlyOf(rest, "0123456789_:.") {
		if strings.IndexByte(rest, '.') == strings.LastIndexByte(rest, '.') {
			if rest == "." {
				return TagText
			}
			return TagFloat
		}
		return TagText
	}
	return resolveExponent(rest)
}

// resolveExponent accepts digits, at most one point, an exponent.
func resolveExponent(s string) string {
	at := strings.IndexAny(s, "eE")
	if at <= 0 {
		return TagText
	}
	mantissa, exp := s[:at], s[at+1:]
	if exp != "" && (exp[0] == '+' || exp[0] == '-') {
		exp = exp[1:]
	}
	if exp == "" || !onlyOf(exp, "0123456789_") || !onlyOf(mantissa, "0123456789_.") ||
		strings.Count(mantissa, ".") > 1 || mantissa == "." {
		return TagText
	}
	return TagFloat
}

// looksLikeTime accepts every text that starts like YYYY-M-D and goes on, if at
// all, like a time of day.
func looksLikeTime(s string) bool {
	i := digits(s, 0, 4, 4)
	if i < 0 || i >= len(s) || s[i] != '-' {
		return false
	}
	if i = digits(s, i+1, 1, 2); i < 0 || i >= len(s) || s[i] != '-' {
		return false
	}
	if i = digits(s, i+1, 1, 2); i < 0 {
		return false
	}
	if i == len(s) {
		return true
	}
	switch s[i] {
	case 'T', 't', ' ':
		return onlyOf(s[i+1:], "0123456789:.+-Zz ")
	}
	return false
}

// digits passes between least and most digits from i on; -1 when there are
// fewer.
func digits(s string, i, least, most int) int {
	n := 0
	for i < len(s) && n < most && s[i] >= '0' && s[i] <= '9' {
		i++
		n++
	}
	if n < least {
		return -1
	}
	return i
}

func onlyOf(s, chars string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(chars, s[i]) < 0 {
			return false
		}
	}
	return true
}

// Misread tells what other YAML readers take a plain text for, in words that
// complete "YAML reads it as …"; "" for text and for quoted scalars.
func (n *Node) Misread() string {
	if n == nil || n.Kind != Scalar || n.Style != Plain {
		return ""
	}
	switch n.Tag {
	case TagBool:
		return "a truth value"
	case TagInt:
		if len(n.Value) > 1 && (n.Value[0] == '0' || strings.ContainsRune(n.Value, ':')) {
			return "a number in another base"
		}
		return "a number"
	case TagFloat:
		return "a number"
	case TagTimestamp:
		return "a date"
	case TagNull:
		return "nothing"
	}
	return ""
}
