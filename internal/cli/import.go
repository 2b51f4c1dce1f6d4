package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type importOptions struct {
	app   *app
	names []string
	limit int
	retry bool
}

func newImportCmd(a *app) *cobra.Command {
	o := &importOptions{app: a}
	cmd := &cobra.Command{
		Use:   "import [NAME…]",
		Short: "Turn waiting letters into documents, each exactly once",
		Long: `Reads the letters that wait in the folders of imports/*.yaml. Each becomes a
document, is added to the document it answers, goes to quarantine with a reason,
or is put aside as an automatic reply. Nothing is printed when nothing waits, so
that cron can run it every minute.

With - as the last argument one letter is read from standard input, for a mail
server that delivers to a command. The exit code is then 75 unless the letter is
safe, so that the mail server keeps it.`,
		Example: `  e1 import
  e1 import web-orders --limit 100
  e1 import web-orders --retry
  e1 import web-orders - < letter.eml
  e1 import test web-orders letter.eml
  e1 import list`,
		Args: argsBetween(0, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.names = args
			if n := len(args); n > 0 && args[n-1] == "-" {
				o.names = args[:n-1]
				if err := runImportStdin(cmd, o); err != nil {
					return &temporaryError{err}
				}
				return nil
			}
			return runImport(cmd, o)
		},
		ValidArgsFunction: a.completeImports(-1),
	}
	f := cmd.Flags()
	f.IntVar(&o.limit, "limit", 0, "take at most `N` letters; 0 takes all")
	f.BoolVar(&o.retry, "retry", false, "try the letters in quarantine again")
	cmd.AddCommand(newImportListCmd(a), newImportTestCmd(a))
	return cmd
}

// temporaryError keeps the mail server's letter with the mail server.
type temporaryError struct{ err error }

func (e *temporaryError) Error() string { return e.err.Error() }
func (e *temporaryError) Unwrap() error { return e.err }

// failedError gathers what failed while the rest went on.
type failedError struct{ errs []error }

func (e *failedError) Error() string {
	lines := make([]string, len(e.errs))
	for i, err := range e.errs {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives all of them.
func (e *failedError) Unwrap() []error { return e.errs }

// Hint gives the first hint there is.
func (e *failedError) Hint() string {
	for _, err := range e.errs {
		var h hinter
		if errors.As(err, &h) && h.Hint() != "" {
			return h.Hint()
		}
	}
	return ""
}

func runImport(cmd *cobra.Command, o *importOptions) error {
	a := o.app
	if o.limit < 0 {
		return usagef("--limit takes a number of letters, not %d", o.limit)
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	run, err := office.Import(cmd.Context(), r, a.officeOptions(cmd), office.ImportRequest{Names: o.names, Limit: o.limit, Retry: o.retry})
	if run != nil {
		if printErr := a.imported(run); printErr != nil {
			return printErr
		}
		if err == nil && len(run.Failed) > 0 {
			err = &failedError{run.Failed}
		}
	}
	return err
}

func runImportStdin(cmd *cobra.Command, o *importOptions) error {
	a := o.app
	if len(o.names) != 1 {
		return usagef("one import takes the letter from standard input: e1 import NAME -")
	}
	raw, err := io.ReadAll(io.LimitReader(a.In, maildir.MaxSize+1))
	switch {
	case err != nil:
		return fmt.Errorf("cannot read the letter: %w", err)
	case len(raw) == 0:
		return errors.New("standard input holds no letter")
	case len(raw) > maildir.MaxSize:
		return fmt.Errorf("the letter is larger than %d bytes", maildir.MaxSize)
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	run, err := office.Deliver(cmd.Context(), r, a.officeOptions(cmd), o.names[0], raw)
	if err != nil {
		return err
	}
	// The letter is safe from here on: what cannot be printed is no reason to
	// deliver it again.
	_ = a.imported(run)
	return nil
}

// imported prints what became of the letters; nothing when there were none.
func (a *app) imported(run *office.ImportRun) error {
	for _, n := range run.Notes {
		a.note("%s", n)
	}
	if a.flags.json {
		return a.importedJSON(run)
	}
	var t render.Table
	for _, i := range run.Imports {
		for _, l := range i.Registered {
			t.Rows = append(t.Rows, render.Row("registered", i.Name, l.Source, l.Number, l.Title))
		}
		for _, l := range i.Attached {
			t.Rows = append(t.Rows, render.Row("attached", i.Name, l.Source, l.Number, l.Title))
		}
		for _, l := range i.Quarantined {
			t.Rows = append(t.Rows, render.Row("quarantined", i.Name, l.Source, "", l.Reason))
		}
		for _, l := range i.Ignored {
			t.Rows = append(t.Rows, render.Row("ignored", i.Name, l.Source, "", l.Reason))
		}
	}
	t.Columns = make([]render.Column, 5)
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	for _, i := range run.Imports {
		for _, l := range i.Registered {
			number := l.Number
			if a.flags.dryRun {
				number = "would register"
			}
			fmt.Fprintf(a.result, "%s  %s\n", number, inOneLine(l.Title))
		}
		for _, l := range i.Attached {
			fmt.Fprintf(a.result, "%s  + letter %s\n", l.Number, l.Source)
		}
		for _, l := range i.Quarantined {
			fmt.Fprintf(a.result, "quarantined %s: %s\n", l.Source, inOneLine(l.Reason))
		}
	}
	for _, i := range run.Imports {
		if i.Seen > 0 {
			a.message("import %s: %s%s", i.Name, importCounts(i), a.wouldBe())
		}
	}
	if len(run.Commits) > 0 {
		short := make([]string, len(run.Commits))
		for i, id := range run.Commits {
			short[i] = shortID(id)
		}
		a.message("commit %s", strings.Join(short, ", "))
		if a.fixed {
			a.note("the clock stands at %s (E1_NOW)", a.now().Format("2006-01-02T15:04:05Z07:00"))
		}
	}
	return nil
}

func (a *app) wouldBe() string {
	if a.flags.dryRun {
		return " (dry run, nothing changed)"
	}
	return ""
}

// importCounts says in numbers what an import did.
func importCounts(i *office.Imported) string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{
		{len(i.Registered), "registered"}, {len(i.Attached), "attached"}, {i.Duplicates, "duplicate"},
		{len(i.Quarantined), "quarantined"}, {len(i.Ignored), "ignored"},
	} {
		if c.n > 0 {
			parts = append(parts, strconv.Itoa(c.n)+" "+c.word)
		}
	}
	if len(parts) == 0 {
		return strconv.Itoa(i.Seen) + " left where they are"
	}
	return strings.Join(parts, ", ")
}

func (a *app) importedJSON(run *office.ImportRun) error {
	imports := []render.Object{}
	for _, i := range run.Imports {
		imports = append(imports, render.Object{
			{Key: "name", Value: i.Name}, {Key: "seen", Value: i.Seen},
			{Key: "registered", Value: lettersJSON(i.Registered)}, {Key: "attached", Value: lettersJSON(i.Attached)},
			{Key: "duplicates", Value: i.Duplicates},
			{Key: "quarantined", Value: asideJSON(i.Quarantined)}, {Key: "ignored", Value: asideJSON(i.Ignored)},
		})
	}
	commits := run.Commits
	if commits == nil {
		commits = []string{}
	}
	return render.JSON(a.result, render.Object{{Key: "imports", Value: imports}, {Key: "commits", Value: commits}})
}

func lettersJSON(letters []office.ImportedLetter) []render.Object {
	out := []render.Object{}
	for _, l := range letters {
		out = append(out, render.Object{{Key: "number", Value: l.Number}, {Key: "source", Value: l.Source}, {Key: "title", Value: l.Title}})
	}
	return out
}

func asideJSON(letters []office.SetAside) []render.Object {
	out := []render.Object{}
	for _, l := range letters {
		out = append(out, render.Object{{Key: "source", Value: l.Source}, {Key: "reason", Value: l.Reason}})
	}
	return out
}

// completeImports completes names of imports in the first n arguments.
func (a *app) completeImports(n int) completer {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if n >= 0 && len(args) >= n {
			return nil, cobra.ShellCompDirectiveDefault
		}
		r, err := a.open(cmd)
		if err != nil {
			return nil, noFiles
		}
		all, err := r.Definitions().Imports()
		if err != nil {
			return nil, noFiles
		}
		var out []string
		for _, i := range all {
			title := ""
			if i.Def != nil {
				title = i.Def.Title.In(r.Language())
			}
			out = append(out, described(i.Name, title))
		}
		return out, noFiles
	}
}

// readLetter reads a letter from a file or from standard input.
func (a *app) readLetter(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.In, maildir.MaxSize))
	}
	return os.ReadFile(name)
}

// inOneLine puts blanks in the place of line ends.
func inOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
