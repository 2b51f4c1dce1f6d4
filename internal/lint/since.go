package lint

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
)

// Since keeps the problems that a change answers for: all in files that it
// touched, and elsewhere those that were not there before it, such as a route
// that misses the field which the change took away.
func (r *Result) Since(before *Result, changed func(file string) bool) *Result {
	touched := map[string]bool{}
	elsewhere := slices.DeleteFunc(slices.Clone(r.Problems), func(p diag.Problem) bool {
		is, known := touched[p.At.File]
		if !known {
			is = changed(p.At.File)
			touched[p.At.File] = is
		}
		return is
	})
	out := *r
	out.Problems = elsewhere.Since(before.Problems)
	for _, p := range r.Problems {
		if touched[p.At.File] {
			out.Problems.Add(p)
		}
	}
	out.Problems.Sort()
	return &out
}
