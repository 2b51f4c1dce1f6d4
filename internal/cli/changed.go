package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// change runs an operation on one document and prints what it did.
func (a *app) change(cmd *cobra.Command, text string, do func(o *office.Office, number string) (*office.Done, error)) error {
	o, err := a.act(cmd)
	if err != nil {
		return err
	}
	number, err := o.Repo().Resolve(text)
	if err != nil {
		return err
	}
	done, err := do(o, number)
	if err != nil {
		return err
	}
	return a.documentResult(o.Repo(), done)
}

// ifCommitFlag lets a command refuse when somebody was faster.
func (a *app) ifCommitFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.flags.ifCommit, "if-commit", "", "only if unchanged since `COMMIT`, the one you saw")
}

// changed tells people in one line what a command did, with the number and the
// short commit id, and passes on what the office noticed.
func (a *app) changed(r *repo.Repo, done *office.Done) {
	for _, w := range done.Warnings {
		if w.Severity != diag.Error {
			a.message("e1: warning: %s", w.Message)
			if w.Hint != "" {
				a.message("e1: hint: %s", w.Hint)
			}
		}
	}
	for _, n := range done.Notes {
		a.note("%s", n)
	}
	a.said(done.Receipt)
	for _, t := range done.Opened {
		a.message("task %s%s", taskNumber(t.Document, t.Task), a.taskLine(r, done, t.Document, t.Task))
	}
}

// said is the line about a commit.
func (a *app) said(receipt repo.Receipt) {
	switch {
	case receipt.DryRun && len(receipt.Paths) == 0, !receipt.DryRun && receipt.Commit == "":
		a.message("nothing to do")
	case receipt.DryRun:
		a.message("would commit: %s", receipt.Subject)
		for _, p := range receipt.Paths {
			a.message("  %s", p)
		}
	default:
		a.message("%s (%s)", receipt.Subject, shortID(receipt.Commit))
	}
}

// shortID is a commit id as people read it.
func shortID(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}

// documentOf is a document as an operation has left it, nil when it did not
// touch it.
func documentOf(done *office.Done, number string) *document.Document {
	if d := done.Document; d != nil && d.Number == number {
		return d
	}
	for _, d := range done.Others {
		if d != nil && d.Number == number {
			return d
		}
	}
	return nil
}

// taskLine describes a task that was just given out.
func (a *app) taskLine(r *repo.Repo, done *office.Done, number string, id int) string {
	d := documentOf(done, number)
	if d == nil {
		return ""
	}
	_, t := d.Task(id)
	if t == nil {
		return ""
	}
	line := ": " + t.Title
	if who := whoText(t.Who, t.Candidates); who != "" {
		line += ", " + who
	}
	if !t.Due.IsZero() {
		line += ", " + a.style().DateTime(t.Due.In(r.Now().Location()))
	}
	return line
}

// documentResult prints what a command that changed one document gives: its
// object when asked for, else nothing on stdout.
func (a *app) documentResult(r *repo.Repo, done *office.Done) error {
	var d any
	if a.flags.json && done.Document != nil {
		var err error
		if d, err = documentJSON(r, done.Document, true); err != nil {
			return err
		}
	}
	return a.doneResult(r, done, render.Member{Key: "document", Value: d})
}

// doneResult tells people what an operation did, and programs with the members
// that are its own.
func (a *app) doneResult(r *repo.Repo, done *office.Done, own ...render.Member) error {
	a.changed(r, done)
	if !a.flags.json {
		return nil
	}
	return render.JSON(a.result, append(render.Object(own), outcome(r, done)...))
}

// outcome is how every object about a change ends: the tasks that were given
// out, what was let through with a remark, what a person should know besides,
// and the commit.
func outcome(r *repo.Repo, done *office.Done) render.Object {
	var warnings []render.Object
	for _, w := range done.Warnings {
		warnings = append(warnings, render.Object{
			{Key: "code", Value: w.Code}, {Key: "field", Value: w.Field}, {Key: "message", Value: w.Message}, {Key: "documents", Value: w.Documents},
		})
	}
	return render.Object{
		{Key: "opened", Value: openedJSON(r, done)}, {Key: "warnings", Value: warnings}, {Key: "notes", Value: done.Notes},
		{Key: "commit", Value: done.Receipt.Commit},
	}
}

// openedJSON are the tasks that an operation has given out.
func openedJSON(r *repo.Repo, done *office.Done) []render.Object {
	var out []render.Object
	for _, ref := range done.Opened {
		if d := documentOf(done, ref.Document); d != nil {
			if in, t := d.Task(ref.Task); t != nil {
				out = append(out, taskJSON(r, d, in, t))
			}
		}
	}
	return out
}

// resolve gives the full number of a document somebody named.
func (a *app) resolve(cmd *cobra.Command, text string) (*repo.Repo, string, error) {
	r, err := a.open(cmd)
	if err != nil {
		return nil, "", err
	}
	number, err := r.Resolve(text)
	return r, number, err
}

// whoText names a performer, or those who share a task.
func whoText(who string, candidates []string) string {
	if who != "" {
		return who
	}
	text := ""
	for i, c := range candidates {
		if i == 3 {
			return text + " …"
		}
		if i > 0 {
			text += " | "
		}
		text += c
	}
	return text
}
