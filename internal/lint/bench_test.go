package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/demo"
	"github.com/e1-dms/e1/internal/lint"
)

// manyRoutes is the shipped configuration with n routes more.
func manyRoutes(t testing.TB, n int) files {
	t.Helper()
	all := shipped(t)
	for i := range n {
		name, text := demo.Route(i)
		all["routes/"+name+".yaml"] = text
	}
	return all
}

// TestDemoRoutes: what is measured is 74 lines long and right.
func TestDemoRoutes(t *testing.T) {
	_, text := demo.Route(7)
	if n := strings.Count(text, "\n"); n != 74 {
		t.Errorf("a generated route has %d lines", n)
	}
	found, err := lint.Run(definition.New(manyRoutes(t, 40)))
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Problems) > 0 {
		t.Error(found.Problems)
	}
}

// BenchmarkRoutes lints the shipped configuration and n routes from memory.
func BenchmarkRoutes(b *testing.B) {
	for _, n := range []int{0, 1, 1000} {
		all := manyRoutes(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lint.Run(definition.New(all)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
