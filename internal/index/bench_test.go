package index

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchSize is the number of documents, E1_INDEX_SIZE or 1,000. An index of a
// million is kept in E1_INDEX_DIR between runs.
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("E1_INDEX_SIZE")); err == nil {
		return n
	}
	return 1000
}

func feedBench(n int) func(put func(*Entry) error) error {
	return func(put func(*Entry) error) error {
		r := rand.New(rand.NewSource(1))
		words := zipfWords(r, 60_000)
		for i := range n {
			form := "inquiries"
			if i%3 == 0 {
				form = "clients"
			}
			e := testEntry(r, form, i, words)
			if err := put(&e); err != nil {
				return err
			}
		}
		return nil
	}
}

func benchIndex(b *testing.B) *DB {
	b.Helper()
	dir := os.Getenv("E1_INDEX_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	db, err := Open(context.Background(), filepath.Join(dir, "bench"+strconv.Itoa(benchSize())+".db"), testSchema(), Options{Version: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if db.State().Commit == "" {
		start := time.Now()
		stage := ""
		progress := func(s string, done, total int) {
			if s != stage {
				stage = s
				b.Logf("%s after %v", s, time.Since(start))
			}
		}
		if err := db.Bulk(context.Background(), BulkOptions{Commit: "c0", Progress: progress}, feedBench(benchSize())); err != nil {
			b.Fatal(err)
		}
		b.Logf("built %d documents in %v", benchSize(), time.Since(start))
	}
	return db
}

func BenchmarkBulk(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		db, err := Open(context.Background(), filepath.Join(dir, "index.db"), testSchema(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Bulk(context.Background(), BulkOptions{Commit: "c0"}, feedBench(benchSize())); err != nil {
			b.Fatal(err)
		}
		_ = db.Close()
	}
	b.ReportMetric(float64(benchSize()*b.N)/b.Elapsed().Seconds(), "docs/s")
}

func BenchmarkOpenAndGet(b *testing.B) {
	db := benchIndex(b)
	_ = db.Close()
	for b.Loop() {
		db, err := Open(context.Background(), db.path, testSchema(), Options{Version: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		if _, ok, err := db.Get("INQ-2026-000" + strconv.Itoa(benchSize() / 2)[:3]); err != nil {
			b.Fatal(ok, err)
		}
		_ = db.State()
		_ = db.Close()
	}
}

type benchQuery struct {
	name string
	run  func() error
}

func benchQueries(db *DB) []benchQuery {
	list := func(q Query) func() error {
		return func() error { _, err := db.List(q); return err }
	}
	search := func(words string) func() error {
		return func() error { _, err := db.Search(SearchQuery{Words: words, Limit: 20}); return err }
	}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return []benchQuery{
		{"list/registered", list(Query{Form: "inquiries", Limit: 20})},
		{"list/registered-asc", list(Query{Form: "inquiries", OrderBy: []Order{{"registered", false}}, Limit: 20})},
		{"list/number", list(Query{Form: "inquiries", OrderBy: []Order{{"number", false}}, Limit: 20})},
		{"list/number-desc", list(Query{Form: "inquiries", OrderBy: []Order{{"number", true}}, Limit: 20, Columns: []string{"*"}})},
		{"list/status", list(Query{Form: "inquiries", OrderBy: []Order{{"status", false}}, Limit: 20})},
		{"list/status-desc", list(Query{Form: "inquiries", OrderBy: []Order{{"status", true}}, Limit: 20})},
		{"list/amount-desc", list(Query{Form: "inquiries", OrderBy: []Order{{"amount", true}}, Limit: 20})},
		{"list/all", list(Query{Limit: 20})},
		{"list/where-status", list(Query{Form: "inquiries", Where: []Cond{Compare{"status", Eq, "new"}}, Limit: 20})},
		{"list/where-status-bounded", list(Query{Form: "inquiries", Where: []Cond{Compare{"status", Eq, "new"}}, Limit: 20, MaxCount: 1000})},
		{"list/where-scan", list(Query{Form: "inquiries", Where: []Cond{Compare{"rooms", Eq, 7}}, Limit: 20})},
		{"list/through", list(Query{Form: "inquiries", Where: []Cond{Compare{"client.industry", Eq, "it"}}, Limit: 20, MaxCount: 1000})},
		{"group/status", func() error {
			_, err := db.Aggregate("inquiries", []GroupExpr{{Column: "status"}}, []Agg{{Func: Count}})
			return err
		}},
		{"group/month-sum", func() error {
			_, err := db.Aggregate("inquiries", []GroupExpr{{"registered", Month}}, []Agg{{Func: Count}, {Sum, "amount"}})
			return err
		}},
		{"group/manager-kind-sum", func() error {
			_, err := db.Aggregate("inquiries", []GroupExpr{{Column: "manager"}, {Column: "kind"}}, []Agg{{Func: Count}, {Sum, "amount"}, {Avg, "paid"}})
			return err
		}},
		{"group/client.industry", func() error {
			_, err := db.Aggregate("inquiries", []GroupExpr{{Column: "client.industry"}}, []Agg{{Func: Count}})
			return err
		}},
		{"completion", func() error { _, err := db.Numbers("INQ-2026-00", "", 50); return err }},
		{"tasks/mine", func() error {
			_, _, err := db.Tasks(TaskQuery{Users: []string{"petrova"}, Open: true, Limit: 20})
			return err
		}},
		{"tasks/all", func() error { _, _, err := db.Tasks(TaskQuery{Open: true, Limit: 20}); return err }},
		{"tasks/overdue", func() error { _, _, err := db.Tasks(TaskQuery{Overdue: now, Limit: 20}); return err }},
		{"search/common", search("обращение")},
		{"search/two-common", search("договоры оплата")},
		{"search/phrase", search(`"договор поставки"`)},
		{"search/prefix", search("дог*")},
		{"search/prefix-1", search("п*")},
		{"search/phone", search("8 (495) 012")},
		{"search/number", search("INQ-2026-000500")},
		{"search/rare", search("проставе ромашка")},
		{"key", func() error { _, err := db.ByKey("phone", "+74950000001", 10); return err }},
		{"events/week", func() error { _, err := db.Events(now, now.AddDate(0, 0, 7)); return err }},
		{"timers", func() error { _, err := db.TimersDue(now, 100); return err }},
		{"refs-to", func() error { _, err := db.RefsTo("CLI-000001", 20); return err }},
	}
}

func BenchmarkQueries(b *testing.B) {
	for _, q := range benchQueries(benchIndex(b)) {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUpdate(b *testing.B) {
	db := benchIndex(b)
	r := rand.New(rand.NewSource(2))
	words := zipfWords(r, 60_000)
	n := 0
	for b.Loop() {
		n++
		e := testEntry(r, "inquiries", r.Intn(benchSize()), words)
		if err := db.Update(func(w *Writer) error {
			if err := w.Put(&e); err != nil {
				return err
			}
			return w.SetCommit("c0")
		}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOverlay asks the same with a difference of ten documents laid over.
func BenchmarkOverlay(b *testing.B) {
	db := benchIndex(b)
	r := rand.New(rand.NewSource(3))
	words := zipfWords(r, 60_000)
	var entries []Entry
	for range 10 {
		entries = append(entries, testEntry(r, "inquiries", r.Intn(benchSize()), words))
	}
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			if err := db.Overlay(entries, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, q := range benchQueries(db) {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMemory reports what a process of one query takes at its height.
func BenchmarkMemory(b *testing.B) {
	db := benchIndex(b)
	_ = db.Close()
	for _, q := range benchQueries(db) {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				out, err := helperCommand(b, "memory "+q.name, db.path).Output()
				if err != nil {
					b.Fatal(err)
				}
				kilobytes, err := strconv.Atoi(string(out))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(kilobytes)/1000, "MB")
			}
		})
	}
}

// helperMemory runs one query and prints the most memory it had, in kB.
func helperMemory(name, path string) error {
	db, err := Open(context.Background(), path, testSchema(), Options{Version: "bench"})
	if err != nil {
		return err
	}
	defer db.Close()
	for _, q := range benchQueries(db) {
		if q.name == name {
			if err := q.run(); err != nil {
				return err
			}
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Print(strings.Fields(after)[0])
	return nil
}
