package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

// listing prints rows: as a table for people, as lines or an object for programs.
func (a *app) listing(t render.Table, o render.Object) error {
	switch {
	case a.flags.json:
		return render.JSON(a.result, o)
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	case len(t.Rows) == 0:
		return nil
	}
	return a.style().Table(a.result, t)
}

// usualLimit is how many rows a listing shows a person who asks for no number.
const usualLimit = 50

// limitFlag adds --limit with the number that a person gets without it.
func limitFlag(cmd *cobra.Command, limit *int, usual int, what string) {
	cmd.Flags().IntVar(limit, "limit", usual, "at most `N` "+what+"; 0: all")
}

// limit is how many rows are to be shown, 0 for all: programs that read --plain
// get everything unless they say otherwise.
func (a *app) limit(cmd *cobra.Command, given int) (int, error) {
	switch {
	case given < 0:
		return 0, usagef("--limit takes a number from 0 on, not %d; 0 means all", given)
	case a.flags.plain && !cmd.Flags().Changed("limit"):
		return 0, nil
	}
	return given, nil
}

// cut says that there is more than what was shown.
func (a *app) cut(shown, total int, estimated bool) {
	switch {
	case shown >= total:
	case estimated:
		a.message("%d of more than %d; --limit 0 shows all", shown, total)
	default:
		a.message("%d of %d; --limit 0 shows all", shown, total)
	}
}

// format writes a value of the index as text; empty values are blank.
func format(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// plural counts things: "1 error", "2 errors".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// oneLine puts blanks in the place of line ends. What holds a number together, a
// no-break space, is left.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\n' || r == '\r' || r == '\t' }), " ")
}
