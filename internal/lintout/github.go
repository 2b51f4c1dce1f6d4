package lintout

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// What workflow commands escape in messages and, besides, in properties
// (https://docs.github.com/actions/reference/workflow-commands-for-github-actions,
// the runner's ActionCommand).
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub writes one workflow command for each problem, which GitHub shows
// at its line.
func writeGitHub(w io.Writer, r Report) error {
	b := bufio.NewWriter(w)
	for _, p := range r.Problems {
		word := "notice"
		switch p.Severity {
		case diag.Error:
			word = "error"
		case diag.Warning:
			word = "warning"
		}
		fmt.Fprintf(b, "::%s file=%s", word, escapeProperty.Replace(p.At.File))
		if at := p.At; at.Start.IsValid() {
			fmt.Fprintf(b, ",line=%d", at.Start.Line)
			switch {
			case at.End.Line > at.Start.Line:
				// Columns are for places on one line only.
				fmt.Fprintf(b, ",endLine=%d", at.End.Line)
			case at.End.Line == at.Start.Line && at.End.Column > at.Start.Column:
				// GitHub counts the last column in.
				fmt.Fprintf(b, ",endLine=%d,col=%d,endColumn=%d", at.End.Line, at.Start.Column, at.End.Column-1)
			default:
				fmt.Fprintf(b, ",col=%d", max(at.Start.Column, 1))
			}
		}
		fmt.Fprintf(b, ",title=%s::%s\n", escapeProperty.Replace(p.Code+" "+p.Slug), escapeData.Replace(wording(p)))
	}
	return b.Flush()
}
