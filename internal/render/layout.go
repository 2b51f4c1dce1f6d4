package render

import (
	"iter"
	"strings"
	"unicode"
)

// defaultMin is the width a text column is not shrunk below.
const defaultMin = 8

// longestKept is the length up to which words of a wrapping column are kept whole.
const longestKept = 16

// gap is what stands between two columns, in display columns.
func (b Border) gap() int {
	if b == Boxed {
		return 3
	}
	return 2
}

// frame is what a border needs besides the columns and the gaps.
func (b Border) frame() int {
	if b == Boxed {
		return 4
	}
	return 0
}

// brokenHeading is the width down to which the words of headings are broken
// before those of cells are.
const brokenHeading = 6

// layout finds the width of each column. It reports false when the table cannot
// be made as narrow as width without shortening what must stay whole.
func layout(columns []Column, rows iter.Seq[[]Cell], border Border, width int) (widths []int, ok bool) {
	widths, _, ok = fitColumns(columns, rows, border, width)
	return widths, ok
}

// fitColumns is layout; strained says that words of cells are broken.
func fitColumns(columns []Column, rows iter.Seq[[]Cell], border Border, width int) (widths []int, strained, ok bool) {
	// Least is what a column gives willingly, broken what it gives before the
	// table becomes records.
	widths = make([]int, len(columns))
	least, broken := make([]int, len(columns)), make([]int, len(columns))
	for i, c := range columns {
		word := longestWord(c.Title)
		widths[i] = max(1, Width(clean(c.Title)))
		least[i], broken[i] = max(c.least(), min(word, longestKept)), c.least()
		if c.whole() {
			least[i], broken[i] = max(1, word), max(1, min(word, brokenHeading)) // and all of every cell
		}
	}
	for row := range rows {
		for i, c := range columns {
			text := cellAt(row, i).Text
			n := cellWidth(text, c.Wrap)
			switch {
			case c.whole():
				least[i], broken[i] = max(least[i], n), max(broken[i], n)
			case c.Max > 0:
				n = min(n, c.Max)
			}
			widths[i] = max(widths[i], n)
			if c.Wrap && !c.whole() {
				least[i] = max(least[i], min(longestWord(text), longestKept))
			}
		}
	}
	room := width - border.frame() - border.gap()*(len(columns)-1)
	// First headings of numbers are broken into lines, then flexible columns
	// give, then the other texts; each time the widest. Words are broken at last,
	// those of headings before those of cells.
	for i, phase := range []struct {
		gives func(Column) bool
		least []int
	}{
		{Column.whole, least},
		{func(c Column) bool { return !c.whole() && c.Flex }, least},
		{func(c Column) bool { return !c.whole() }, least},
		{Column.whole, broken},
		{func(c Column) bool { return !c.whole() }, broken},
	} {
		for sum(widths) > room {
			at := widestShrinkable(columns, widths, phase.least, phase.gives)
			if at < 0 {
				break
			}
			widths[at]--
			strained = i == 4
		}
	}
	return widths, strained, sum(widths) <= room
}

func (c Column) whole() bool { return c.Whole || c.Align == Right }

// least is the width a column is not shrunk below.
func (c Column) least() int {
	if c.Min > 0 {
		return c.Min
	}
	return defaultMin
}

// widestShrinkable is the column that gives the next display column, -1 when
// none can.
func widestShrinkable(columns []Column, widths, least []int, gives func(Column) bool) int {
	at := -1
	for i, c := range columns {
		if gives(c) && widths[i] > least[i] && (at < 0 || widths[i] > widths[at]) {
			at = i
		}
	}
	return at
}

// cellWidth is the natural width of a cell; in a wrapping column that of its
// longest line.
func cellWidth(text string, wraps bool) int {
	if !wraps {
		return Width(clean(text))
	}
	n := 0
	for _, line := range cleanLines(text) {
		n = max(n, Width(line))
	}
	return n
}

func longestWord(text string) int {
	n := 0
	for _, word := range strings.Fields(clean(text)) {
		n = max(n, Width(word))
	}
	return n
}

func sum(numbers []int) int {
	n := 0
	for _, x := range numbers {
		n += x
	}
	return n
}

// fit makes the lines of a cell that stand in a column of the given width.
func (c Column) fit(text string, width int) []string {
	if c.Wrap {
		return wrap(cleanLines(text), width)
	}
	line := clean(text)
	if c.whole() {
		return []string{line}
	}
	return []string{truncate(line, width)}
}

// title makes the lines of a column's heading: broken between words when the
// column is narrower, inside of a word where even that is too long.
func (c Column) title(width int) []string {
	var words []string
	for _, word := range strings.Fields(clean(c.Title)) {
		words = append(words, hyphenate(word, width)...)
	}
	lines := wrap([]string{strings.Join(words, " ")}, width)
	if len(lines) > 4 {
		lines = append(lines[:3], truncate(strings.Join(lines[3:], " "), width))
	}
	return lines
}

const vowels = "аеёиоуыэюяaeiouy"

// hyphenate breaks a word that is wider than a line, where it can between
// syllables, as people do.
func hyphenate(word string, width int) []string {
	letters := []rune(word)
	if len(letters) != Width(word) || width < 4 {
		return []string{word}
	}
	vowel := func(i int) bool { return strings.ContainsRune(vowels, unicode.ToLower(letters[i])) }
	var out []string
	for len(letters) > width {
		cut := min(width-1, len(letters)-3) // no one or two letters stand alone
		for at := cut; at > max(cut-3, 2) && (at == cut || len(letters)-at <= width); at-- {
			// A syllable begins with one consonant.
			if !vowel(at) && at+1 < len(letters) && vowel(at+1) && !strings.ContainsRune("ьъй", letters[at]) {
				cut = at
				break
			}
		}
		out = append(out, string(letters[:cut])+"-")
		letters = letters[cut:]
	}
	return append(out, string(letters))
}
