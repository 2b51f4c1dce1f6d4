package render

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Plain writes rows for other programs: one line a row, cells separated by
// tabs, no header, nothing shortened. In a value a backslash, tab, line feed and
// carriage return are written \\ \t \n \r, other control characters \x1b, and
// those that turn the direction of writing \u202e.
func Plain(w io.Writer, rows iter.Seq[[]string]) error {
	out := bufio.NewWriter(w)
	for row := range rows {
		for i, cell := range row {
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(escapePlain(cell))
		}
		if err := out.WriteByte('\n'); err != nil {
			return err
		}
	}
	return out.Flush()
}

// PlainTable writes the rows of a table as Plain does. A row that is shorter
// than the table is filled up; a table for this form needs no columns.
func PlainTable(w io.Writer, t Table) error {
	return Plain(w, func(yield func([]string) bool) {
		for _, row := range t.Rows {
			texts := make([]string, max(len(t.Columns), len(row)))
			for i := range texts {
				texts[i] = cellAt(row, i).value()
			}
			if !yield(texts) {
				return
			}
		}
	})
}

// escapePlain keeps a value on its line and in its cell, and from being a command
// to the terminal that may stand behind the pipe.
func escapePlain(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '\\' || unprintable(r) }) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x100 && unprintable(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
