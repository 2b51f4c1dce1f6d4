package repo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
)

// UnfitError says that a document does not fit its form. It lists everything
// that is wrong.
type UnfitError struct {
	Number   string // may be a placeholder or empty for a document not yet registered
	Form     string
	Problems []form.Problem
}

func (e *UnfitError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = strings.TrimPrefix(ProblemText(p), e.Form+": ")
		lines[i] = e.Form + ": " + lines[i]
	}
	return strings.Join(lines, "\n")
}

// Hint gives the first hint there is.
func (e *UnfitError) Hint() string {
	for _, p := range e.Problems {
		if p.Hint != "" {
			return p.Hint
		}
	}
	return "e1 form show " + e.Form
}

// Code is the error's stable word.
func (e *UnfitError) Code() string { return "unfit" }

// Documents are other documents the problems are about.
func (e *UnfitError) Documents() []string {
	var out []string
	for _, p := range e.Problems {
		for _, number := range p.Documents {
			if !slices.Contains(out, number) {
				out = append(out, number)
			}
		}
	}
	return out
}

// UnfitErrors are several documents that do not fit their forms, in the order in
// which the transaction came to them.
type UnfitErrors []*UnfitError

func (e UnfitErrors) Error() string {
	var lines []string
	for _, one := range e {
		for line := range strings.SplitSeq(one.Error(), "\n") {
			lines = append(lines, one.Number+": "+line)
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each of them.
func (e UnfitErrors) Unwrap() []error {
	out := make([]error, len(e))
	for i, one := range e {
		out[i] = one
	}
	return out
}

// Hint is that of the first.
func (e UnfitErrors) Hint() string { return e[0].Hint() }

// Code is the error's stable word.
func (e UnfitErrors) Code() string { return e[0].Code() }

// validate refuses a transaction that would make a document fit its form less
// than before. What was wrong already stays a matter of `e1 check`: a changed
// form never stops work on existing documents.
func (tx *Tx) validate(changed []changedDoc) error {
	set, err := tx.r.defs.Forms()
	if err != nil {
		return err
	}
	var errs UnfitErrors
	for _, c := range changed {
		f, err := tx.r.defs.Form(c.now.Form)
		if err != nil {
			return err
		}
		found := refusals(set.Check(f, c.now, tx.Context()))
		if len(found) > 0 && c.was != nil {
			found = form.NewProblems(refusals(set.Check(f, c.was, tx.Context())), found)
		}
		if len(found) == 0 {
			continue
		}
		errs = append(errs, &UnfitError{Number: c.number, Form: f.Name, Problems: found})
	}
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return errs
}

func refusals(problems []form.Problem) []form.Problem {
	var out []form.Problem
	for _, p := range problems {
		if p.Severity == diag.Error {
			out = append(out, p)
		}
	}
	return out
}

// ProblemText is a problem of a card in one line that names the place in the card.
func ProblemText(p form.Problem) string {
	place := p.Field
	if p.Row > 0 {
		place += fmt.Sprintf(", row %d", p.Row)
	}
	if p.Column != "" && !strings.Contains(p.Message, strconv.Quote(p.Column)) {
		place += ", " + p.Column
	}
	if place == "" || strings.Contains(p.Message, strconv.Quote(p.Field)) && p.Row == 0 {
		return p.Message
	}
	return place + ": " + p.Message
}
