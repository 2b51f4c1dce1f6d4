package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// aggregateNames are the functions over the documents of a group.
func aggregateNames() []string { return []string{"avg", "count", "distinct", "max", "min", "sum"} }

// split cuts the calls of aggregates out of a formula and puts a name of the
// same length in place of each, so that every place in the formula stays right:
// `count(done) * 100 / count()` → `_0_________ * 100 / _1_____`. What stands
// inside a call is not looked at, so sum(sum(lines, .sum)) sums a column of
// rows over documents.
func split(formula string) (rest string, aggregates []*Aggregate) {
	text := []rune(formula)
	out := slices.Clone(text)
	for i := 0; i < len(text); {
		switch {
		case isQuote(text[i]):
			i = afterText(text, i)
		case isLetter(text[i]):
			end := i
			for end < len(text) && isLetter(text[end]) {
				end++
			}
			open := end
			for open < len(text) && unicode.IsSpace(text[open]) {
				open++
			}
			word := string(text[i:end])
			behindDot := i > 0 && text[i-1] == '.'
			if behindDot || open >= len(text) || text[open] != '(' || !slices.Contains(aggregateNames(), word) {
				i = end
				continue
			}
			args, after := arguments(text, open)
			a := &Aggregate{Func: word, at: span{i, after}}
			a.take(args, text)
			a.name = placeholder(len(aggregates), after-i)
			copy(out[i:after], []rune(a.name))
			aggregates = append(aggregates, a)
			i = after
		default:
			i++
		}
	}
	return string(out), aggregates
}

// placeholder is a name of a given length, at least six: sum(x).
func placeholder(n, length int) string {
	name := "_" + strconv.Itoa(n) + "_"
	return name + strings.Repeat("_", max(0, length-len(name)))
}

// take sorts the arguments: count(condition), all others (value, condition).
func (a *Aggregate) take(args []span, text []rune) {
	for i, s := range args {
		for s.from < s.to && unicode.IsSpace(text[s.from]) {
			s.from++
		}
		e := &Expression{Text: string(text[s.from:s.to]), from: s.from}
		switch {
		case a.Func == "count" && i == 0, a.Func != "count" && i == 1:
			a.Cond = e
		case i == 0:
			a.Arg = e
		default:
			a.extra = true
		}
	}
}

// shape says what is wrong with the arguments of a call, "" when nothing is.
func (a *Aggregate) shape() string {
	switch {
	case a.Func == "count" && a.extra:
		return `count takes one condition or nothing: count(status == "done")`
	case a.extra:
		return fmt.Sprintf(`%s takes a value and at most one condition: %s(amount, status == "done")`, a.Func, a.Func)
	case a.Arg == nil && a.Func != "count":
		return fmt.Sprintf("%s needs a value: %s(amount)", a.Func, a.Func)
	}
	return ""
}

// arguments finds the arguments of a call whose parenthesis opens at open, and
// the place after the closing one. An unclosed call reaches to the end.
func arguments(text []rune, open int) (args []span, after int) {
	depth, from := 0, open+1
	for i := open; i < len(text); i++ {
		switch r := text[i]; {
		case isQuote(r):
			i = afterText(text, i) - 1
		case r == '(' || r == '[' || r == '{':
			depth++
		case r == ')' || r == ']' || r == '}':
			if depth--; depth == 0 {
				if strings.TrimSpace(string(text[from:i])) != "" || len(args) > 0 {
					args = append(args, span{from, i})
				}
				return args, i + 1
			}
		case r == ',' && depth == 1:
			args = append(args, span{from, i})
			from = i + 1
		}
	}
	return append(args, span{from, len(text)}), len(text)
}

func isQuote(r rune) bool  { return r == '"' || r == '\'' || r == '`' }
func isLetter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// afterText is the place after a quoted text that begins at i.
func afterText(text []rune, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

func quote(s string) string { return strconv.Quote(s) }
