package index

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/index/sqlitefile"
)

// dump gives every row of every table, and what SQLite says of the file.
func dump(t rapid.TB, c *conn) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	read := func(name, query string) {
		err := c.query(query, nil, func(r []value) error {
			out[name] = append(out[name], fmt.Sprintf("%#v", r))
			return nil
		})
		if err != nil {
			t.Fatal(name, err)
		}
		slices.Sort(out[name])
	}
	read("check", "PRAGMA integrity_check")
	read("schema", "SELECT name, sql FROM sqlite_schema")
	var names []string
	err := c.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'fts%'", nil, func(r []value) error {
		names = append(names, asString(r[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		read(n, `SELECT * FROM "`+n+`"`)
	}
	if err := c.script("INSERT INTO fts(fts, rank) VALUES('integrity-check', 0);\nDROP TABLE IF EXISTS temp.terms;\n" +
		"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, fts, instance)"); err != nil {
		t.Errorf("the full-text index: %v", err)
	}
	read("terms", "SELECT term, doc, offset FROM temp.terms")
	read("docsize", "SELECT id, sz FROM fts_docsize")
	return out
}

// TestBulkIsWhatPutWouldBe builds the same index in bulk and entry by entry.
func TestBulkIsWhatPutWouldBe(t *testing.T) {
	for _, n := range []int{0, 1, 7, 3000} {
		var entries []*Entry
		must(t, feedBench(n)(func(e *Entry) error {
			if len(entries)%97 == 5 { // longer than a page
				e.Fields = append(e.Fields, Field{"name", strings.Repeat("длинное имя ", 50*len(entries))})
			}
			if len(entries)%50 == 3 {
				e.Fields = append(e.Fields, Field{"unheard", "of"})
				e.Aliases = []string{"OLD-" + e.Number}
				for i := range e.Tasks {
					e.Tasks[i].Chosen, e.Tasks[i].Candidates, e.Tasks[i].Who = "turn", []string{"petrova", "orlov"}, ""
				}
			}
			if len(entries) == 1000 { // positions that fill pages
				e.Text = []string{strings.Repeat("снова и опять ", 20000)}
			}
			entries = append(entries, e)
			return nil
		}))
		one, two := open(t, filepath.Join(t.TempDir(), "index.db")), open(t, filepath.Join(t.TempDir(), "index.db"))
		must(t, one.Bulk(context.Background(), BulkOptions{Commit: "c"}, func(put func(*Entry) error) error {
			for _, e := range entries {
				if err := put(e); err != nil {
					return err
				}
			}
			return nil
		}))
		must(t, two.Update(func(w *Writer) error {
			for _, e := range entries {
				if err := w.Put(e); err != nil {
					return err
				}
			}
			return w.SetCommit("c")
		}))
		want := dump(t, two.c)
		if len(want["check"]) != 1 || n > 0 && len(want["documents"]) != n {
			t.Fatalf("%v, %d documents", want["check"], len(want["documents"]))
		}
		if d := gocmp.Diff(want, dump(t, one.c)); d != "" {
			t.Fatalf("%d documents: put - bulk +\n%.3000s", n, d)
		}
		if d := gocmp.Diff(answers(t, two), answers(t, one)); d != "" {
			t.Fatalf("%d documents: answers of put - bulk +\n%s", n, d)
		}
	}
}

// TestPagesReadBack writes rows of all shapes into trees of all heights, as
// pages, and reads them with SQLite, which also checks the file.
func TestPagesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "pages")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		pageSize := rapid.SampledFrom([]int{512, 1024, 8192, 65536}).Draw(t, "page size")
		n := rapid.SampledFrom([]int{0, 1, 2, 3, 10, 40, 200, 3000}).Draw(t, "rows")
		longest := rapid.SampledFrom([]int{3, 40, 300, 5000, 70000}).Draw(t, "longest")
		if n*longest > 1<<22 {
			longest = 1 << 22 / n
		}
		limit := rapid.SampledFrom([]int{1, 5000, 1 << 20}).Draw(t, "memory")
		if limit == 1 && n > 200 {
			limit = 5000
		}
		r := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		checkPages(t, r, filepath.Join(dir, "x.db"), pageSize, n, longest, limit)
	})
}

func drawValue(r *rand.Rand, longest int) any {
	switch r.Intn(6) {
	case 0:
		return nil
	case 1:
		return int64(r.Uint64()) >> uint(r.Intn(64))
	case 2:
		return int64(r.Intn(4) - 1)
	case 3:
		b := make([]byte, 1+r.Intn(longest))
		for i := range b { // zero bytes are what keys write differently
			b[i] = byte(r.Intn(3)) * 0x7f
		}
		return b
	}
	return strings.Repeat("я\x00"[r.Intn(2):], r.Intn(longest+1)/2) + string(rune('a'+r.Intn(3)))
}

func checkPages(t *rapid.T, r *rand.Rand, path string, pageSize, n, longest, limit int) {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := connect(context.Background(), path, "rw")
	if err != nil {
		t.Fatal(err)
	}
	// Rows that came and went leave free pages behind.
	err = c.script(fmt.Sprintf("PRAGMA page_size = %d;\nPRAGMA journal_mode = OFF;\n"+
		"CREATE TABLE gone(x);\nINSERT INTO gone VALUES(zeroblob(%d));\nCREATE TABLE rows(id INTEGER PRIMARY KEY, a, b);\nCREATE INDEX rows_b ON rows(b, a);\n"+
		"CREATE TABLE keyed(a, b, c, PRIMARY KEY(a, b)) WITHOUT ROWID;\nCREATE INDEX keyed_c ON keyed(c);\nDELETE FROM gone", pageSize, r.Intn(100*pageSize)))
	roots := map[string]uint32{}
	if err == nil {
		err = c.query("SELECT name, rootpage FROM sqlite_schema", nil, func(row []value) error {
			roots[asString(row[0])] = uint32(asInt(row[1]))
			return nil
		})
	}
	if err != nil || c.close() != nil {
		t.Fatal(err)
	}
	sorters := []*sqlitefile.Sorter{sqlitefile.NewSorter(4, limit, filepath.Dir(path)), sqlitefile.NewSorter(4, limit, filepath.Dir(path))}
	var wantRows, wantKeyed []string
	seen := map[int64]bool{}
	for i := range n {
		s := sorters[r.Intn(2)]
		defer s.Close()
		id := int64(r.Uint64()) >> uint(r.Intn(50))
		if seen[id] {
			continue
		}
		seen[id] = true
		a, b := drawValue(r, longest), drawValue(r, longest)
		key := []any{int64(i / 2), fmt.Sprint(i), b}
		wantRows = append(wantRows, fmt.Sprintf("%#v", []value{id, a, b}))
		wantKeyed = append(wantKeyed, fmt.Sprintf("%#v", []value{key[0], key[1], key[2]}))
		for _, err := range []error{s.AddRow(0, id, []any{a, b}), s.AddIndexed(1, b, a, id), s.AddClustered(2, 2, key), s.AddIndexed(3, b, key[0], key[1])} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	f, err := sqlitefile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"rows", "rows_b", "keyed", "keyed_c"} {
		var last []byte
		err := f.WriteTree(sqlitefile.Root{Page: roots[name], Table: i == 0}, sorters, i, func(key []byte) {
			if bytes.Compare(key, last) <= 0 {
				t.Fatalf("%s: keys do not ascend", name)
			}
			last = bytes.Clone(key)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Finish(); err != nil {
		t.Fatal(err)
	}
	if c, err = connect(context.Background(), path, "rw"); err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for query, want := range map[string][]string{
		"PRAGMA integrity_check": {fmt.Sprintf("%#v", []value{"ok"})}, "SELECT id, a, b FROM rows": wantRows, "SELECT a, b, c FROM keyed": wantKeyed,
	} {
		var got []string
		err := c.query(query, nil, func(row []value) error {
			got = append(got, fmt.Sprintf("%#v", row))
			return nil
		})
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%s: %v\n%.2000s", query, err, gocmp.Diff(want, got))
		}
	}
	// SQLite goes on writing what pages began.
	if err := c.script("INSERT INTO rows(a, b) SELECT a, b FROM rows WHERE id < 9223372036854775807;\nDELETE FROM keyed WHERE a % 3 = 0"); err != nil && !strings.Contains(err.Error(), "full") {
		t.Fatal(err)
	}
	if row, _, err := c.one("PRAGMA integrity_check"); err != nil || asString(row[0]) != "ok" {
		t.Fatal(row, err)
	}
}

// TestLockedPage skips the page that SQLite locks and never uses.
func TestLockedPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	must(t, os.WriteFile(path, nil, 0o600))
	c, err := connect(context.Background(), path, "rw")
	must(t, err)
	must(t, c.script("PRAGMA page_size = 65536;\nCREATE TABLE rows(id INTEGER PRIMARY KEY, a)"))
	must(t, c.close())
	// A file that ends just before it, with nothing on most of its pages.
	const pages = 1<<30/65536 - 3
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = file.WriteAt([]byte{0, 0, pages >> 8, pages & 0xff}, 28)
	must(t, err)
	must(t, file.Truncate(pages*65536))
	must(t, file.Close())
	s := sqlitefile.NewSorter(1, 1<<30, t.TempDir())
	for i := range 40 {
		must(t, s.AddRow(0, int64(i), []any{strings.Repeat("x", 60000)}))
	}
	f, err := sqlitefile.Open(path)
	must(t, err)
	must(t, f.WriteTree(sqlitefile.Root{Page: 2, Table: true}, []*sqlitefile.Sorter{s}, 0, nil))
	must(t, f.Finish())
	c, err = connect(context.Background(), path, "rw")
	must(t, err)
	defer c.close()
	n, err := c.int("SELECT sum(length(a)) FROM rows")
	must(t, err)
	if n != 40*60000 {
		t.Fatalf("%d bytes read back", n)
	}
	must(t, c.query("PRAGMA integrity_check(10000)", nil, func(r []value) error {
		if s := asString(r[0]); s != "ok" && !strings.Contains(s, "never used") {
			t.Error(s)
		}
		return nil
	}))
}

// TestLongLists finds each of many documents by words that all of them have,
// walks them in both directions, and goes on changing them.
func TestLongLists(t *testing.T) {
	const n = 60000
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	entry := func(i int) *Entry {
		e := &Entry{Form: "clients", Number: fmt.Sprintf("CLI-%06d", i), Title: "общее слово", Registered: time.Unix(1767225600+int64(i)*60, 0)}
		if i%1000 == 7 {
			e.Title += " редкое"
		}
		return e
	}
	must(t, db.Bulk(context.Background(), BulkOptions{Commit: "c"}, func(put func(*Entry) error) error {
		for i := range n { // not in order
			if err := put(entry(i * 7919 % n)); err != nil {
				return err
			}
		}
		return nil
	}))
	count := func(match string) (ids []int64) {
		for _, order := range []string{"", " DESC"} {
			var got []int64
			must(t, db.c.query("SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rowid"+order, []any{match}, func(r []value) error {
				got = append(got, asInt(r[0]))
				return nil
			}))
			if order != "" {
				slices.Reverse(got)
				if !slices.Equal(got, ids) {
					t.Fatalf("%s: other documents backwards", match)
				}
			}
			ids = got
		}
		if !slices.IsSorted(ids) {
			t.Fatalf("%s: not in order", match)
		}
		return ids
	}
	check := func(all, rare int) {
		t.Helper()
		must(t, db.c.exec("INSERT INTO fts(fts, rank) VALUES('integrity-check', 0)"))
		for match, want := range map[string]int{"общее": all, "общее AND редкое": rare, `"слово редкое"`: rare, "общ*": all, "редкое": rare} {
			if got := len(count(match)); got != want {
				t.Errorf("%s: %d documents, want %d", match, got, want)
			}
		}
	}
	if pages, err := db.c.int("SELECT count(*) FROM fts_data WHERE id > ?", skipRow(0, 0)); err != nil || pages == 0 {
		t.Fatalf("%d pages of document indexes, %v", pages, err)
	}
	check(n, n/1000)
	must(t, db.Update(func(w *Writer) error {
		for i := range 3000 {
			if err := w.Delete(entry(i * 20).Number); err != nil {
				return err
			}
			e := entry(i*20 + 1)
			e.Title = "другое"
			if err := w.Put(e); err != nil {
				return err
			}
		}
		return w.SetCommit("d")
	}))
	check(n-6000, n/1000)
	must(t, db.c.exec("INSERT INTO fts(fts) VALUES('optimize')"))
	check(n-6000, n/1000)
}
