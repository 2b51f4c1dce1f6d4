package diag

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// List collects problems; the zero value is ready to use.
type List []Problem

// Add appends a problem.
func (l *List) Add(p Problem) { *l = append(*l, p) }

// Errorf adds an error.
func (l *List) Errorf(code, slug string, at Span, format string, args ...any) {
	l.Add(Problem{Code: code, Slug: slug, Severity: Error, At: at, Message: fmt.Sprintf(format, args...)})
}

// Warnf adds a warning.
func (l *List) Warnf(code, slug string, at Span, format string, args ...any) {
	l.Add(Problem{Code: code, Slug: slug, Severity: Warning, At: at, Message: fmt.Sprintf(format, args...)})
}

// Sort orders the list by file, place, severity, code and message; equal ones
// keep their order.
func (l List) Sort() {
	slices.SortStableFunc(l, compare)
}

func compare(a, b Problem) int {
	return cmp.Or(
		cmp.Compare(a.At.File, b.At.File),
		cmp.Compare(a.At.Start.Line, b.At.Start.Line),
		cmp.Compare(a.At.Start.Column, b.At.Start.Column),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
	)
}

// Dedup gives the list without repetitions: of problems that agree in place,
// code and message the first stays. The order is kept.
func (l List) Dedup() List {
	type key struct {
		file       string
		start      Pos
		code, text string
	}
	seen := make(map[key]bool, len(l))
	var out List
	for _, p := range l {
		k := key{p.At.File, p.At.Start, p.Code, p.Message}
		if !seen[k] {
			seen[k] = true
			out = append(out, p)
		}
	}
	return out
}

// Since gives the problems that a change brought: those of the list that were
// not there before. Where lines have moved, a problem is known by its file,
// code and message, as often as it was there.
func (l List) Since(before List) List {
	type key struct {
		file, code, message string
		start               Pos
	}
	whole := func(p Problem) key { return key{p.At.File, p.Code, p.Message, p.At.Start} }
	moved := func(p Problem) key { return key{p.At.File, p.Code, p.Message, Pos{}} }
	gone, came := Fresh(l, before, whole), Fresh(before, l, whole)
	return Fresh(gone, came, moved)
}

// Fresh gives what came, from before to now, as often as a key is there more
// than it was. The order is kept, and of equal keys the first ones count as old.
func Fresh[P any, K comparable](before, now []P, key func(P) K) []P {
	had := make(map[K]int, len(before))
	for _, p := range before {
		had[key(p)]++
	}
	var out []P
	for _, p := range now {
		if k := key(p); had[k] > 0 {
			had[k]--
		} else {
			out = append(out, p)
		}
	}
	return out
}

// Errors gives the errors of the list.
func (l List) Errors() List {
	var out List
	for _, p := range l {
		if p.Severity == Error {
			out.Add(p)
		}
	}
	return out
}

// HasErrors tells whether a problem of the list is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(p Problem) bool { return p.Severity == Error })
}

// Err gives nil when the list holds no errors, else a *ListError with all of
// them, sorted, each once. What is no error refuses nothing.
func (l List) Err() error {
	if !l.HasErrors() {
		return nil
	}
	sorted := l.Errors().Dedup()
	sorted.Sort()
	return &ListError{List: sorted}
}

// ListError carries the problems of a file through an error value; find it
// with errors.As.
type ListError struct{ List List }

// Error gives the headlines and helps, one problem a line.
func (e *ListError) Error() string {
	lines := make([]string, len(e.List))
	for i, p := range e.List {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Brief says in a line why something has errors: the first of them with its
// place, and how many more there are.
func Brief(err error) string {
	var list *ListError
	if !errors.As(err, &list) || len(list.List) == 0 {
		line, _, _ := strings.Cut(err.Error(), "\n")
		return line
	}
	first, more := FirstError(list.List)
	text := first.Headline()
	switch {
	case more == 1:
		text += " (and 1 more)"
	case more > 1:
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// FirstError gives the first error of a list that is not empty, and how many
// more there are; without errors the first problem.
func FirstError(l List) (first Problem, more int) {
	first, more = l[0], -1
	for _, p := range l {
		if p.Severity != Error {
			continue
		}
		if more++; more == 0 {
			first = p
		}
	}
	return first, max(more, 0)
}
