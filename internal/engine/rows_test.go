package engine

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestDisplaced(t *testing.T) {
	list := func(s string) []string {
		var out []string
		for _, r := range s {
			out = append(out, string(r))
		}
		return out
	}
	for _, c := range []struct {
		before, after string
		at            int // from 1
		want          bool
	}{
		{"ab", "ab", 1, false},
		{"ab", "xb", 1, false}, // changed in place
		{"ab", "xy", 2, false},
		{"ab", "abc", 2, false},
		{"ab", "a", 2, true},
		{"ab", "a", 1, false},
		{"ab", "b", 1, true},
		{"abc", "acd", 2, true},
		{"ab", "ba", 1, true},
		{"ab", "xab", 1, true},
		{"aa", "a", 1, false}, // one of two that are alike
		{"aa", "a", 2, true},
		{"ab", "bb", 1, false}, // has become like its neighbour
		{"ab", "aa", 2, false},
	} {
		if got := displaced(list(c.before), list(c.after), c.at-1); got != c.want {
			t.Errorf("%s → %s, row %d: %v", c.before, c.after, c.at, got)
		}
	}
}

func TestDisplacedOfAnyTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(t, "rows")
		before := make([]string, n)
		for i := range before {
			before[i] = strconv.Itoa(i) // all different
		}
		any := func(list []string) bool {
			for i := range before {
				if displaced(before, list, i) {
					return true
				}
			}
			return false
		}
		after := slices.Clone(before)
		for i := range after {
			if rapid.Bool().Draw(t, "changed") {
				after[i] += "'"
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "added") {
			after = append(after, "new")
		}
		if any(after) {
			t.Fatalf("%q → %q: rows that stayed are taken for others", before, after)
		}
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		if without := slices.Delete(slices.Clone(before), i, i+1); !any(without) {
			t.Fatalf("%q → %q: a row is gone", before, without)
		}
		j := rapid.IntRange(0, n-1).Draw(t, "j")
		swapped := slices.Clone(before)
		swapped[i], swapped[j] = swapped[j], swapped[i]
		if any(swapped) != (i != j) {
			t.Fatalf("%q → %q: rows have changed places", before, swapped)
		}
	})
}
