package cli

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

// othersError shows the documents that stand in the way of what was asked.
type othersError struct {
	error
	numbers []string
	lines   []string
}

func (e *othersError) Unwrap() error { return e.error }

// withOthers looks at the documents that an error is about, as long as the
// repository is open.
func (a *app) withOthers(err error) error {
	var others interface{ Documents() []string }
	if !errors.As(err, &others) {
		return err
	}
	shown := &othersError{error: err, numbers: others.Documents()}
	if a.session != nil && !a.flags.json {
		shown.lines = a.brief(a.session.repo, shown.numbers)
	}
	return shown
}

// renumberedError is about a number that its document has no longer.
type renumberedError struct {
	error
	number, now string
}

func (e *renumberedError) Error() string { return e.number + " was renumbered to " + e.now }

func (e *renumberedError) Unwrap() error { return e.error }

// Hint shows the document.
func (e *renumberedError) Hint() string { return "e1 show " + e.now }

// renumbered looks up what became of a document that is not there, as long as
// the repository is open.
func (a *app) renumbered(err error) error {
	var unknown *repo.UnknownError
	if a.session == nil || !errors.As(err, &unknown) || unknown.What != "document" {
		return err
	}
	if now, lookErr := a.session.repo.GivenUp(unknown.Name); lookErr == nil && now != "" {
		return &renumberedError{err, unknown.Name, now}
	}
	return err
}

func (a *app) printOthers(lines []string) {
	for _, line := range lines {
		text := strings.TrimLeft(line, " ")
		a.printLines(line[:len(line)-len(text)], text)
	}
}

// maxBrief bounds how many documents are shown when several stand in the way.
const maxBrief = 3

// brief shows documents in two lines each: what they are called, and by what
// they are told from others.
func (a *app) brief(r *repo.Repo, numbers []string) []string {
	v, err := a.cardView(r)
	if err != nil {
		return nil
	}
	var lines []string
	for i, number := range numbers {
		if i == maxBrief {
			return append(lines, fmt.Sprintf("  … %d more", len(numbers)-i))
		}
		d, err := r.Lookup().Document(number)
		if err != nil || d == nil {
			continue
		}
		f := v.set.Form(d.Form)
		lines = append(lines, fmt.Sprintf("  %s  %s  %s", number, r.Title(d), v.status(f, d.Status)))
		var parts []string
		scope := v.set.Scope(f, d, r.Context(d.By))
		for _, field := range f.Fields() {
			if value, err := scope.Value("card." + field.Name); err == nil && value != nil && tells(f, field) {
				parts = append(parts, field.Label.In(v.lang)+": "+v.value(field, value))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, "    "+strings.Join(parts, " · "))
		}
	}
	return lines
}

// tells reports whether a field tells documents of its form apart, or who is
// responsible.
func tells(f *form.Form, field *form.Field) bool {
	return field.Unique || field.Type == expr.UserKind || slices.Contains(f.Duplicates, field.Name)
}

// asks reports whether there is a person to be asked.
func (a *app) asks() bool { return a.InTTY && a.ErrTTY && !a.flags.json }

// askDouble asks whether a document that seems to be there already is to be
// registered. Where there is nobody to be asked it is not.
func (a *app) askDouble(r *repo.Repo, double *office.DoubleError) error {
	if !a.asks() {
		return double
	}
	a.printLines("e1: warning: ", double.Error())
	a.printOthers(a.brief(r, double.Documents()))
	fmt.Fprint(a.Err, "Register it all the same? [y/N] ")
	answer, err := bufio.NewReader(a.stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(a.Err) // the end of the input is no answer
	}
	if slices.Contains([]string{"y", "yes", "д", "да"}, strings.ToLower(strings.TrimSpace(answer))) {
		return nil
	}
	return errors.New("nothing was registered")
}
