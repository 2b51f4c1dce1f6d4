package requisite

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// legalForms are the words a name of an organisation may start or end with,
// longest first, as NormalName has already spelled them.
// They are split into words once, since an index normalises every name of a
// repository.
var legalForms = sync.OnceValue(func() [][]string {
	var out [][]string
	for _, f := range []string{
		"общество с дополнительной ответственностью",
		"общество с ограниченной ответственностью",
		"непубличное акционерное общество",
		"публичное акционерное общество",
		"закрытое акционерное общество",
		"открытое акционерное общество",
		"индивидуальный предприниматель",
		"федеральное государственное унитарное предприятие",
		"государственное унитарное предприятие",
		"муниципальное унитарное предприятие",
		"автономная некоммерческая организация",
		"крестьянское фермерское хозяйство",
		"акционерное общество",
		"фгбоу во", "фгбоу", "фгбу", "фгуп", "фгау", "фку",
		"ооо", "оао", "зао", "пао", "нао", "ано", "чоу", "гуп", "муп", "гбу", "мбу", "гбоу", "мбоу", "кфх",
		"нко", "тсж", "снт", "одо", "ао", "ип", "чп", "пк",
		"ooo", "oao", "zao", "pao", "llc", "ltd", "inc", "gmbh", "jsc",
	} {
		out = append(out, strings.Fields(f))
	}
	return out
})

// NormalName is the form of an organisation's or person's name by which
// duplicates are searched: lower case, ё as е, without quotation marks and
// other punctuation, single spaces, without the legal form before or after the
// name. «ООО "Ромашка"», "ромашка, ООО" and «Общество с ограниченной
// ответственностью „Ромашка“» are one name. A name that consists of a legal
// form only is kept. It is idempotent.
func NormalName(s string) string {
	words := strings.FieldsFunc(norm.NFKC.String(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '+' && r != '&'
	})
	for i, w := range words {
		words[i] = norm.NFKC.String(strings.ReplaceAll(strings.ToLower(w), "ё", "е"))
	}
	forms := legalForms()
	for {
		shorter := dropForm(words, forms)
		if len(shorter) == len(words) {
			return strings.Join(words, " ")
		}
		words = shorter
	}
}

// dropForm removes one legal form from either end of the name, if something is
// left of it.
func dropForm(words []string, forms [][]string) []string {
	for _, form := range forms {
		if len(form) >= len(words) {
			continue
		}
		if slices.Equal(words[:len(form)], form) {
			return words[len(form):]
		}
		if slices.Equal(words[len(words)-len(form):], form) {
			return words[:len(words)-len(form)]
		}
	}
	return words
}
