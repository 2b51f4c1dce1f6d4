package intake

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalText is the form in which texts are compared: lower case, ё as е,
// every kind of space as one.
func normalText(s string) string {
	s = strings.ReplaceAll(strings.ToLower(norm.NFKC.String(s)), "ё", "е")
	return strings.Join(strings.Fields(s), " ")
}

// normalLabel is normalText without what people and templates put around a
// label: bullets, stars of bold type or of required fields, colons, brackets.
func normalLabel(s string) string {
	return strings.TrimFunc(normalText(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '(' && r != ')' && r != '%'
	})
}

// labelled is a line of the form "label: value".
type labelled struct {
	label, value string
	index        int // of the field in the definition, -1 for an unknown label
}

// ordinal is the number of an order line: «Товар 2», «Товар №2», where № has
// become "no" by normalisation.
var ordinal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\s*(?:no\s*)?\d+$`) })

// readLabel finds a label at the start of a line. A known label may be followed
// by any kind of colon, an equals sign, a tab or a spaced dash; what only looks
// like a label must be short, start with a letter and have a plain colon.
func (i *Import) readLabel(line string) (labelled, bool) {
	for at, r := range line {
		width := len(string(r))
		spaced := false
		switch r {
		case ':', '：', '﹕', '∶', '꞉', '=', '\t':
		case '-', '–', '—':
			spaced = strings.HasSuffix(line[:at], " ") && strings.HasPrefix(line[at+width:], " ")
			if !spaced {
				continue
			}
		default:
			continue
		}
		label := line[:at]
		value := strings.TrimFunc(line[at+width:], isSpace)
		// "**Имя:** Иван" leaves stars before the value.
		value = strings.TrimFunc(strings.TrimPrefix(strings.TrimPrefix(value, "**"), "* "), isSpace)
		if index, ok := i.known(label); ok {
			return labelled{bareLabel(label), value, index}, true
		}
		if r == ':' && looksLikeLabel(label, line[at+width:]) {
			return labelled{bareLabel(label), value, -1}, true
		}
		if at > 200 {
			break
		}
	}
	return labelled{}, false
}

// bareLabel is a label as the letter spells it, without bullets and stars.
func bareLabel(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return isSpace(r) || strings.ContainsRune("*•-–·", r) })
}

// known finds the field of a label; for tables also with an ordinal.
func (i *Import) known(label string) (int, bool) {
	n := normalLabel(label)
	if index, ok := i.labels[n]; ok {
		return index, true
	}
	if index, ok := i.labels[ordinal().ReplaceAllString(n, "")]; ok && i.Fields[index].Table != nil {
		return index, true
	}
	return 0, false
}

// looksLikeLabel tells «Способ оплаты: » from a sentence, a time or an address
// of a page.
func looksLikeLabel(label, rest string) bool {
	label = bareLabel(label)
	if label == "" || rest != "" && !isSpace([]rune(rest)[0]) && rest[0] != '*' {
		return false
	}
	runes := []rune(label)
	return len(runes) <= 40 && len(strings.Fields(label)) <= 5 && unicode.IsLetter(runes[0]) &&
		!strings.ContainsAny(label, ".!?,;")
}

func isSpace(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' }

// blank reports whether a value says that there is none.
func blank(s string) bool {
	switch normalText(strings.Trim(s, ".")) {
	case "", "-", "--", "---", "–", "—", "не указано", "не указан", "не указана", "не заполнено":
		return true
	}
	return false
}
