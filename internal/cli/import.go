package cli

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

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
document, is added to the document it answers, is the answer to a task whose
performer got a letter about it, goes to quarantine with a reason, or is put
aside as an automatic reply. Nothing is printed when nothing waits, so
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
				return runImportStdin(cmd, o)
			}
			return runImport(cmd, o)
		},
		ValidArgsFunction: a.completeImports(-1),
	}
	f := cmd.Flags()
	limitFlag(cmd, &o.limit, 0, "letters")
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
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	run, err := office.Import(cmd.Context(), r, a.officeOptions(cmd), office.ImportRequest{Names: o.names, Limit: limit, Retry: o.retry})
	if run == nil {
		return err
	}
	if len(run.Failed) > 0 {
		err = errors.Join(err, &failedError{run.Failed})
	}
	return errors.Join(err, a.imported(run))
}

// isDelivery tells whether a mail server delivers a letter to this command. It
// hears of no other exit code than 75: the letter stays with it then, whatever
// was wrong.
func isDelivery(cmd *cobra.Command, args []string) bool {
	return cmd != nil && cmd.CommandPath() == "e1 import" && len(args) > 0 && args[len(args)-1] == "-"
}

func runImportStdin(cmd *cobra.Command, o *importOptions) error {
	a := o.app
	if len(o.names) != 1 {
		return &usageError{message: "one import takes the letter from standard input", hint: "e1 import NAME -"}
	}
	raw, err := a.readLetter("-")
	switch {
	case err != nil:
		return err
	case len(raw) == 0:
		return errors.New("standard input holds no letter")
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
	a.result.forget()
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
		for _, l := range i.Answered {
			t.Rows = append(t.Rows, render.Row("answered", i.Name, l.Source, taskNumber(l.Number, l.Task), answeredText(l)))
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
	if err := a.importedLines(run); err != nil {
		return err
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
	}
	return nil
}

// importedLines says for people what became of each letter, a line each.
func (a *app) importedLines(run *office.ImportRun) error {
	var b bytes.Buffer
	line := func(text string) {
		if a.OutTTY {
			_ = a.style().Line(&b, 0, render.Normal, text)
		} else {
			b.WriteString(render.Clean(text) + "\n")
		}
	}
	for _, i := range run.Imports {
		for _, l := range i.Registered {
			number := l.Number
			if a.flags.dryRun {
				number = "would register"
			}
			line(number + "  " + oneLine(l.Title))
		}
		for _, l := range i.Attached {
			line(l.Number + "  + letter " + l.Source)
		}
		for _, l := range i.Answered {
			line(taskNumber(l.Number, l.Task) + "  " + oneLine(answeredText(l)))
		}
		for _, l := range i.Quarantined {
			line("quarantined " + l.Source + ": " + oneLine(l.Reason))
		}
	}
	_, err := a.result.Write(b.Bytes())
	return err
}

// answeredText is what became of a letter that answers to a task.
func answeredText(l office.AnsweredLetter) string {
	if l.Reason != "" {
		return l.Title + ": not carried out, " + l.Reason
	}
	return l.Title + ": " + l.Outcome
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
		{len(i.Registered), "registered"}, {len(i.Attached), "attached"}, {len(i.Answered), "answered"}, {i.Duplicates, "duplicate"},
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
	var imports []render.Object
	for _, i := range run.Imports {
		imports = append(imports, render.Object{
			{Key: "name", Value: i.Name}, {Key: "seen", Value: i.Seen},
			{Key: "registered", Value: lettersJSON(i.Registered)}, {Key: "attached", Value: lettersJSON(i.Attached)},
			{Key: "duplicates", Value: i.Duplicates},
			{Key: "quarantined", Value: asideJSON(i.Quarantined)}, {Key: "ignored", Value: asideJSON(i.Ignored)},
			{Key: "answered", Value: answeredJSON(i.Answered)},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "imports", Value: imports}, {Key: "commits", Value: run.Commits}})
}

func lettersJSON(letters []office.ImportedLetter) []render.Object {
	var out []render.Object
	for _, l := range letters {
		out = append(out, render.Object{{Key: "number", Value: l.Number}, {Key: "source", Value: l.Source}, {Key: "title", Value: l.Title}})
	}
	return out
}

func answeredJSON(letters []office.AnsweredLetter) []render.Object {
	out := []render.Object{}
	for _, l := range letters {
		out = append(out, render.Object{{Key: "task", Value: taskNumber(l.Number, l.Task)}, {Key: "number", Value: l.Number}, {Key: "source", Value: l.Source},
			{Key: "title", Value: l.Title}, {Key: "outcome", Value: l.Outcome}, {Key: "reason", Value: l.Reason}})
	}
	return out
}

func asideJSON(letters []office.SetAside) []render.Object {
	var out []render.Object
	for _, l := range letters {
		out = append(out, render.Object{{Key: "source", Value: l.Source}, {Key: "reason", Value: l.Reason}})
	}
	return out
}
