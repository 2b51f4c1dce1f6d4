package engine

import (
	"testing"

	"github.com/e1-dms/e1/internal/route"
)

// BenchmarkAdvance measures one transition of a shipped route: accepting an
// inquiry, which registers its client.
func BenchmarkAdvance(b *testing.B) {
	set, routes := shipped(b)
	s := newShop(b, set, routes...)
	s.put("inquiries", "I", "kind", "training", "name", "ООО «Ромашка»", "inn", "7707083893", "phone", "84951234567")
	s.do("I", "kozlova", Registered{})
	in := s.input("I", "petrova", answer("1 petrova accepted"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Apply(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRegistered measures the start of a route.
func BenchmarkRegistered(b *testing.B) {
	set, routes := shipped(b)
	s := newShop(b, set, routes...)
	s.put("inquiries", "I", "kind", "training", "name", "ООО «Ромашка»", "inn", "7707083893", "phone", "84951234567")
	in := s.input("I", "kozlova", Registered{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Apply(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParse measures the reading of a route of 80 lines.
func BenchmarkParse(b *testing.B) {
	_, routes := shipped(b)
	for _, r := range routes {
		b.Run(r.Name.Text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				route.ParseSource("r.yaml", r.File.Src)
			}
		})
	}
}

// BenchmarkCheck measures the check of a parsed route against a repository.
func BenchmarkCheck(b *testing.B) {
	set, routes := shipped(b)
	ctx := route.ContextOf(set, []string{"ru"}, routes)
	for b.Loop() {
		for _, r := range routes {
			route.Check(r, ctx)
		}
	}
}
