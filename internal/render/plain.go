package render

import (
	"bufio"
	"io"
	"iter"
	"strings"
)

// Plain writes rows for other programs: one line a row, cells separated by
// tabs, no header, nothing shortened. In a value a backslash, tab, line feed and
// carriage return are written \\ \t \n \r.
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
				texts[i] = cellAt(row, i).Text
			}
			if !yield(texts) {
				return
			}
		}
	})
}

func escapePlain(text string) string {
	if !strings.ContainsAny(text, "\\\t\n\r") {
		return text
	}
	return strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`).Replace(text)
}
