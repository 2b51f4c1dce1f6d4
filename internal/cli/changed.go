package cli

import (
	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// shortID is a commit id as people read it.
func shortID(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}

// changed tells in one line what a command did, with the number and the short
// commit id, and passes on what the office noticed.
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
	if a.fixed && !done.Receipt.DryRun && done.Receipt.Commit != "" {
		a.note("the clock stands at %s (E1_NOW)", a.now().Format("2006-01-02T15:04:05Z07:00"))
	}
}

// said is the line about a commit.
func (a *app) said(receipt repo.Receipt) {
	switch {
	case receipt.DryRun && len(receipt.Paths) == 0, !receipt.DryRun && receipt.Commit == "":
		a.message("nothing to do")
	case receipt.DryRun:
		a.message("would %s", receipt.Subject)
		for _, p := range receipt.Paths {
			a.message("  %s", p)
		}
	default:
		a.message("%s (%s)", receipt.Subject, shortID(receipt.Commit))
	}
}

// taskLine describes a task that was just given out.
func (a *app) taskLine(r *repo.Repo, done *office.Done, number string, id int) string {
	d := done.Document
	for _, o := range done.Others {
		if o.Number == number {
			d = o
		}
	}
	if d == nil || d.Number != number {
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

// documentResult prints what a command that changed one document gives: JSON
// when asked for, else nothing on stdout.
func (a *app) documentResult(r *repo.Repo, done *office.Done) error {
	a.changed(r, done)
	if !a.flags.json || done.Document == nil {
		return nil
	}
	d, err := documentJSON(r, done.Document, true)
	if err != nil {
		return err
	}
	return render.JSON(a.result, append(render.Object{{Key: "document", Value: d}, {Key: "opened", Value: openedJSON(r, done)}}, outcome(done)...))
}

// openedJSON are the tasks that an operation opened.
func openedJSON(r *repo.Repo, done *office.Done) []render.Object {
	opened := []render.Object{}
	for _, ref := range done.Opened {
		for _, d := range append([]*document.Document{done.Document}, done.Others...) {
			if d == nil || d.Number != ref.Document {
				continue
			}
			if in, t := d.Task(ref.Task); t != nil {
				opened = append(opened, taskJSON(r, d, in, t))
			}
			break
		}
	}
	return opened
}

// outcome is how every object about a change ends: what was let through with a
// remark, what a person should know besides, and the commit.
func outcome(done *office.Done) render.Object {
	warnings, notes := []render.Object{}, []string{}
	for _, w := range done.Warnings {
		documents := w.Documents
		if documents == nil {
			documents = []string{}
		}
		warnings = append(warnings, render.Object{
			{Key: "code", Value: w.Code}, {Key: "field", Value: w.Field}, {Key: "message", Value: w.Message}, {Key: "documents", Value: documents},
		})
	}
	return render.Object{
		{Key: "warnings", Value: warnings}, {Key: "notes", Value: append(notes, done.Notes...)}, {Key: "commit", Value: done.Receipt.Commit},
	}
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
