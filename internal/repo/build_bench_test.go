package repo

import (
	"os"
	"testing"
)

// BenchmarkIndexBuild builds the index of a prepared repository from nothing:
//
//	E1_BENCH_REPO=/path go test -run xxx -bench IndexBuild -benchtime 1x ./internal/repo
func BenchmarkIndexBuild(b *testing.B) {
	dir := os.Getenv("E1_BENCH_REPO")
	if dir == "" {
		b.Skip("E1_BENCH_REPO names no repository")
	}
	for b.Loop() {
		r, err := Open(b.Context(), dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		db, err := r.RebuildIndex()
		if err != nil {
			b.Fatal(err)
		}
		n, _, err := db.Count()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "documents")
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
