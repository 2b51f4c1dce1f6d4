package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// listed is the greatest number of known words that Unknown prints when none
// of them is near.
const listed = 8

// Unknown tells that a word is not known, with the nearest one that is, or,
// when none is near and there are few, with all of them:
// `unknown field "inm"; did you mean "inn"?`.
func Unknown(what, word string, candidates []string) string {
	return unknown(what, word, candidates, listed)
}

// UnknownWord is Unknown for a word of the language of definitions: nothing
// else shows which ones there are, so all are told, however many.
func UnknownWord(what, word string, words []string) string {
	return unknown(what, word, words, len(words))
}

func unknown(what, word string, candidates []string, most int) string {
	text := fmt.Sprintf("unknown %s %q", what, word)
	if near := Nearest(word, candidates); near != "" {
		return text + fmt.Sprintf("; did you mean %q?", near)
	}
	if len(candidates) == 0 || len(candidates) > most {
		return text
	}
	quoted := make([]string, len(candidates))
	for i, c := range candidates {
		quoted[i] = fmt.Sprintf("%q", c)
	}
	return text + "; known: " + strings.Join(quoted, ", ")
}

// Nearest gives the candidate that the word most likely means, "" when none is
// near. Near are: the same but for case, a few letters wrong, left out, doubled
// or swapped (Damerau-Levenshtein distance of at most a third of the length, 3
// at most), a beginning of at least three letters, and a word typed with the
// Russian keyboard layout on instead of the English one or the reverse. The
// earlier of two equally near candidates wins.
func Nearest(word string, candidates []string) string {
	variants := []string{strings.ToLower(word)}
	if other := otherLayout(variants[0]); other != variants[0] {
		variants = append(variants, other)
	}
	best, bestCost := "", -1
	for _, c := range candidates {
		if c == word || c == "" {
			continue
		}
		for _, v := range variants {
			cost, ok := nearness(v, strings.ToLower(c))
			if ok && (bestCost < 0 || cost < bestCost) {
				best, bestCost = c, cost
			}
		}
	}
	return best
}

// nearness gives the cost of taking word for candidate, and whether it is low
// enough to be suggested.
func nearness(word, candidate string) (int, bool) {
	n := max(utf8.RuneCountInString(word), utf8.RuneCountInString(candidate))
	limit := min(3, max(1, n/3))
	if n <= 1 {
		limit = 0
	}
	d := distance([]rune(word), []rune(candidate))
	if d <= limit {
		return d, true
	}
	if utf8.RuneCountInString(word) >= 3 && strings.HasPrefix(candidate, word) {
		return limit + 1, true
	}
	return 0, false
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours cost 1 each. Long words are not
// compared, they are no typing mistakes.
func distance(a, b []rune) int {
	if len(a) > 100 || len(b) > 100 {
		return len(a) + len(b)
	}
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(last[j]+1, cur[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, last, cur = last, cur, before
	}
	return last[len(b)]
}

// The letters of the standard Russian and US layouts, key by key.
const (
	keysEN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
	keysRU = "ёйцукенгшщзхъфывапролджэячсмитьбю"
)

// otherLayout gives what the same keys write in the other keyboard layout.
func otherLayout(word string) string {
	ru := []rune(keysRU)
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(keysEN, r); i >= 0 {
			return ru[i]
		}
		for i, c := range ru {
			if c == r {
				return rune(keysEN[i])
			}
		}
		return r
	}, word)
}
