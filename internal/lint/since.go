package lint

import "github.com/e1-dms/e1/internal/diag"

// Since keeps the problems that a change answers for: all in files that it
// touched, and elsewhere those that were not there before it, such as a route
// that misses the field which the change took away. Files that a change did
// not touch have their lines where they were, so places can be compared.
func (r *Result) Since(before *Result, changed func(file string) bool) *Result {
	type key struct {
		at            diag.Span
		code, message string
	}
	old := map[key]bool{}
	for _, p := range before.Problems {
		old[key{p.At, p.Code, p.Message}] = true
	}
	out := *r
	out.Problems = nil
	touched := map[string]bool{}
	for _, p := range r.Problems {
		is, known := touched[p.At.File]
		if !known {
			is = changed(p.At.File)
			touched[p.At.File] = is
		}
		if is || !old[key{p.At, p.Code, p.Message}] {
			out.Problems = append(out.Problems, p)
		}
	}
	return &out
}
