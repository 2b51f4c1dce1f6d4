package index

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fill builds an index of n documents that describes commit c1.
func fill(t testing.TB, db *DB, n int) {
	t.Helper()
	if err := db.Bulk(context.Background(), BulkOptions{Commit: "c1"}, feedBench(n)); err != nil {
		t.Fatal(err)
	}
}

// answers is a digest of what an index says.
func answers(t testing.TB, db *DB) string {
	t.Helper()
	var b strings.Builder
	for _, form := range []string{"clients", "inquiries"} {
		res, err := db.List(Query{Form: form, Columns: []string{"*"}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, res)
	}
	tasks, _, err := db.Tasks(TaskQuery{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := db.Search(SearchQuery{Words: "договор"})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, tasks, numbersOf(res.Rows), db.State().Commit)
	return b.String()
}

func TestDamage(t *testing.T) {
	damages := []struct {
		name   string
		damage func(t *testing.T, path string)
	}{
		{"missing", func(t *testing.T, path string) { must(t, os.Remove(path)) }},
		{"target missing", func(t *testing.T, path string) { must(t, os.Remove(target(t, path))) }},
		{"empty", func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) }},
		{"cut in the header", func(t *testing.T, path string) { must(t, os.Truncate(path, 50)) }},
		{"cut after a page", func(t *testing.T, path string) { must(t, os.Truncate(path, 8192)) }},
		{"cut near the end", func(t *testing.T, path string) {
			st, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, st.Size()-1))
		}},
		{"garbage", func(t *testing.T, path string) { garbage(t, path, 0, 1<<20) }},
		{"garbage behind the header", func(t *testing.T, path string) { garbage(t, path, 100, 1<<20) }},
		{"a folder", func(t *testing.T, path string) {
			must(t, os.Remove(path))
			must(t, os.Mkdir(path, 0o700))
		}},
		{"another program's file", func(t *testing.T, path string) {
			must(t, os.Remove(path))
			c, err := connect(context.Background(), path, "rwc")
			must(t, err)
			must(t, c.script("CREATE TABLE meta(key, value)"))
			must(t, c.close())
		}},
		{"of another version", func(t *testing.T, path string) {
			db, err := Open(context.Background(), path, testSchema(), Options{Version: "1"})
			must(t, err)
			must(t, db.Update(func(w *Writer) error { return w.setMeta("layout", "0") }))
			must(t, db.Close())
		}},
	}
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "index.db")
			db := open(t, path)
			fill(t, db, 50)
			want := answers(t, db)
			must(t, db.Close())
			d.damage(t, path)

			ro, err := Open(context.Background(), path, testSchema(), Options{Version: "1", ReadOnly: true})
			must(t, err)
			if s := ro.State(); !s.NeedsRebuild || s.Reason == "" || s.Commit != "" {
				t.Fatalf("read-only: %+v", s)
			}
			if res, err := ro.List(Query{Form: "clients"}); err != nil || len(res.Rows) != 0 {
				t.Fatalf("read-only: %v %v", res, err)
			}
			must(t, ro.Close())

			db = open(t, path)
			if s := db.State(); !s.NeedsRebuild || s.Reason == "" || s.Commit != "" {
				t.Fatalf("%+v", s)
			}
			if d.name == "a folder" {
				return // nothing can take its place; the index stays in memory
			}
			fill(t, db, 50)
			if s := db.State(); s.NeedsRebuild || s.Memory {
				t.Fatalf("after a rebuild: %+v", s)
			}
			if got := answers(t, db); got != want {
				t.Fatalf("other answers after a rebuild:\n%s\n%s", got, want)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func target(t testing.TB, path string) string {
	file, err := filepath.EvalSymlinks(path)
	must(t, err)
	return file
}

func garbage(t testing.TB, path string, at int64, n int) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	b := make([]byte, n)
	rand.New(rand.NewSource(1)).Read(b)
	_, err = f.WriteAt(b, at)
	must(t, err)
	must(t, f.Close())
}

// TestDamageWhileOpen: what is only noticed while reading is told as damage.
func TestDamageWhileOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db := open(t, path)
	fill(t, db, 500)
	must(t, db.Close())
	st, err := os.Stat(path)
	must(t, err)
	garbage(t, path, 8192*4, int(st.Size())-8192*4)
	db = open(t, path)
	if db.State().NeedsRebuild {
		return // noticed at once
	}
	_, err = db.List(Query{Form: "inquiries", Where: []Cond{Compare{"rooms", Eq, 3}}})
	if !errors.Is(err, ErrDamaged) {
		t.Fatalf("reading garbage: %v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "index.db")
	db := open(t, path)
	fill(t, db, 20)
	want := answers(t, db)
	must(t, db.Close())
	must(t, os.Chmod(dir, 0o500))
	defer os.Chmod(dir, 0o700)
	db = open(t, path)
	if got := answers(t, db); got != want {
		t.Fatal("other answers in a read-only folder")
	}
}

func TestFailedBulkKeepsTheOldIndex(t *testing.T) {
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "index.db"))
	fill(t, db, 20)
	want := answers(t, db)
	boom := errors.New("boom")
	err := db.Bulk(context.Background(), BulkOptions{Commit: "c2"}, func(put func(*Entry) error) error {
		must(t, feedBench(10)(put))
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = db.Bulk(ctx, BulkOptions{Commit: "c2"}, func(put func(*Entry) error) error {
		cancel()
		return feedBench(1024 * 2)(put)
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if got := answers(t, db); got != want {
		t.Fatal("a failed build changed the index")
	}
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files { // the file in use and perhaps the first, empty one
		if strings.HasSuffix(f.Name(), ".link") || len(files) > 6 {
			t.Fatalf("left behind: %v", files)
		}
	}
}

func TestBulkWithDoubles(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	early := Entry{Number: "INQ-2026-000001", Form: "inquiries", Title: "первый", Registered: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Text: []string{"слово"},
		Tasks: []Task{{ID: 1, Who: "petrova", Open: true}}}
	late, third := early, early
	early.Path, late.Path, third.Path = "b", "a", "c"
	late.Title, late.Registered = "второй", late.Registered.Add(time.Hour)
	broken := Entry{Number: "INQ-2026-000002", Form: "inquiries", Path: "d", Aside: true}
	must(t, db.Bulk(context.Background(), BulkOptions{Commit: "c"}, func(put func(*Entry) error) error {
		return errors.Join(put(&late), put(&broken), put(&early), put(&third))
	}))
	row, ok, err := db.Get("INQ-2026-000001")
	if err != nil || !ok || row.Title != "второй" || documentsOf(t, db) != 1 {
		t.Fatalf("%+v %v %v, %d documents", row, ok, err, documentsOf(t, db))
	}
	if tasks, n, err := db.Tasks(TaskQuery{Users: []string{"petrova"}}); err != nil || len(tasks) != 1 || n != 1 {
		t.Fatalf("%v %d %v", tasks, n, err)
	}
	if res, err := db.Search(SearchQuery{Words: "слово"}); err != nil || res.Total != 1 {
		t.Fatalf("%v %v", res, err)
	}
	aside, err := db.Aside("")
	must(t, err)
	same(t, "aside", aside, []Aside{{"b", early.Number, "inquiries"}, {"c", early.Number, "inquiries"}, {"d", broken.Number, "inquiries"}})
}

// A file set aside is remembered until its number is a document again, also in
// what is laid over the index.
func TestAside(t *testing.T) {
	good := Entry{Number: "CLI-1", Form: "clients", Path: "p", Registered: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	broken := Entry{Number: "CLI-1", Form: "clients", Path: "p", Aside: true}
	other := Entry{Number: "CLI-2", Form: "clients", Path: "q", Aside: true}
	db := withEntries(t, good)
	check := func(what string, documents int, aside ...string) {
		t.Helper()
		found, err := db.Aside("")
		must(t, err)
		var paths []string
		for _, a := range found {
			paths = append(paths, a.Path)
		}
		same(t, what, paths, aside)
		if n, files, err := db.Count(); err != nil || n != documents || files != len(aside) {
			t.Errorf("%s: %d documents, %d aside, %v", what, n, files, err)
		}
		if _, found, err := db.Get("CLI-1"); err != nil || found != (documents == 1) {
			t.Errorf("%s: found %v, %v", what, found, err)
		}
	}
	must(t, db.Update(func(w *Writer) error { return w.Put(&other) }))
	check("one of another number", 1, "q")
	must(t, db.Overlay([]Entry{broken}, []string{"CLI-1"}))
	check("broken in the overlay", 0, "p", "q")
	must(t, db.endSnapshot())
	check("overlay gone", 1, "q")
	must(t, db.Update(func(w *Writer) error { return errors.Join(w.Delete("CLI-1"), w.Put(&broken)) }))
	check("broken", 0, "p", "q")
	must(t, db.Overlay([]Entry{good}, nil))
	check("repaired in the overlay", 1, "q")
	must(t, db.endSnapshot())
	must(t, db.Update(func(w *Writer) error { return errors.Join(w.DropAside("CLI-1"), w.Put(&good)) }))
	check("repaired", 1, "q")
	if of, err := db.Aside("CLI-1"); err != nil || len(of) != 0 {
		t.Error(of, err)
	}
}

// TestUpdateIsAllOrNothing also holds for schema changes.
func TestUpdateIsAllOrNothing(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "index.db"))
	fill(t, db, 20)
	want := answers(t, db)
	boom := errors.New("boom")
	schema := testSchema()
	schema.Forms[0].Columns = append(schema.Forms[0].Columns, Column{Name: "site", Type: Text})
	err := db.Update(func(w *Writer) error {
		must(t, w.SetSchema(schema))
		must(t, w.Delete("CLI-000000"))
		must(t, w.SetCommit("c2"))
		return boom
	})
	if !errors.Is(err, boom) || answers(t, db) != want {
		t.Fatalf("%v; the index changed", err)
	}
}

// The following tests run this binary again as another process.

const helperVariable = "E1_INDEX_TEST_HELPER"

func TestMain(m *testing.M) {
	if job := os.Getenv(helperVariable); job != "" {
		if err := helper(job, os.Args[len(os.Args)-1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func helperCommand(t testing.TB, job, path string) *exec.Cmd {
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self, path)
	cmd.Env = append(os.Environ(), helperVariable+"="+job)
	cmd.Stderr = os.Stderr
	return cmd
}

// helper writes generations: in each, every document says the same number.
func helper(job, path string) error {
	if query, ok := strings.CutPrefix(job, "memory "); ok {
		return helperMemory(query, path)
	}
	db, err := Open(context.Background(), path, testSchema(), Options{Version: "1"})
	if err != nil {
		return err
	}
	if job == "bulk" {
		return db.Bulk(context.Background(), BulkOptions{Commit: "other"}, func(put func(*Entry) error) error {
			fmt.Println("started")
			return feedBench(10_000_000)(put)
		})
	}
	defer db.Close()
	for n := 1; job == "forever" || n <= 60; n++ {
		err := db.Update(func(w *Writer) error {
			for d := range 20 {
				e := generation(d, n)
				if err := w.Put(&e); err != nil {
					return err
				}
			}
			return w.SetCommit(fmt.Sprint("g", n))
		})
		if err != nil {
			return err
		}
		if n == 1 {
			fmt.Println("started")
		}
	}
	return nil
}

func generation(d, n int) Entry {
	return Entry{Number: fmt.Sprintf("INQ-2026-%06d", d+1), Form: "inquiries", Registered: time.Date(2026, 1, 1, 0, d, 0, 0, time.UTC),
		Fields: []Field{{"rooms", int64(n)}}, Text: []string{fmt.Sprint("поколение", n)}, Tasks: []Task{{ID: 1, Who: fmt.Sprint("u", n), Open: true}}}
}

// checkGeneration: one snapshot holds one generation, and names it.
func checkGeneration(t *testing.T, db *DB) string {
	t.Helper()
	must(t, db.Snapshot())
	commit := db.State().Commit
	groups, err := db.Aggregate("inquiries", []GroupExpr{{Column: "rooms"}}, []Agg{{Func: Count}})
	must(t, err)
	if commit == "" && len(groups) == 0 {
		must(t, db.endSnapshot())
		return commit
	}
	if len(groups) != 1 || groups[0].Values[0] != int64(20) || fmt.Sprint("g", groups[0].Keys[0]) != commit {
		t.Fatalf("commit %q holds %v", commit, groups)
	}
	n := commit[1:]
	res, err := db.Search(SearchQuery{Words: "поколение" + n})
	must(t, err)
	tasks, total, err := db.Tasks(TaskQuery{Users: []string{"u" + n}})
	must(t, err)
	if res.Total != 20 || len(tasks) != 20 || total != 20 {
		t.Fatalf("commit %q: %d hits, %d tasks", commit, res.Total, total)
	}
	must(t, db.endSnapshot())
	return commit
}

func TestReadingWhileAnotherProcessWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	must(t, open(t, path).Close())
	cmd := helperCommand(t, "write", path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	_, err = out.Read(make([]byte, 1))
	must(t, err)
	db := open(t, path)
	for last := ""; last != "g60"; {
		last = checkGeneration(t, db)
	}
	must(t, cmd.Wait())
}

func TestWriterKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	must(t, open(t, path).Close())
	for range 5 {
		cmd := helperCommand(t, "forever", path)
		out, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		_, err = out.Read(make([]byte, 1))
		must(t, err)
		time.Sleep(time.Duration(rand.Intn(20)) * time.Millisecond)
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		db := open(t, path)
		if s := db.State(); s.NeedsRebuild {
			t.Fatalf("%+v", s)
		}
		checkGeneration(t, db)
		var problems []string
		must(t, db.c.query("PRAGMA integrity_check", nil, func(r []value) error {
			problems = append(problems, asString(r[0]))
			return nil
		}))
		same(t, "integrity", problems, []string{"ok"})
		must(t, db.Close())
	}
}

func TestBuilderKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db := open(t, path)
	fill(t, db, 30)
	want := answers(t, db)
	must(t, db.Close())
	cmd := helperCommand(t, "bulk", path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	_, err = out.Read(make([]byte, 1))
	must(t, err)
	time.Sleep(50 * time.Millisecond)
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if got := answers(t, open(t, path)); got != want {
		t.Fatal("a build that was killed changed the index")
	}
}

// TestRebuildUnderReaders: a process that has the old file open goes on
// answering from it, a new one gets the new file.
func TestRebuildUnderReaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db := open(t, path)
	fill(t, db, 30)
	reader := open(t, path)
	want := answers(t, reader)
	must(t, db.Bulk(context.Background(), BulkOptions{Commit: "c2"}, feedBench(40)))
	e := generation(99, 1)
	must(t, db.Update(func(w *Writer) error { return w.Put(&e) }))
	if answers(t, reader) != want {
		t.Fatal("a rebuild disturbed a reader")
	}
	if n := documentsOf(t, open(t, path)); n != 41 {
		t.Fatalf("%d documents after the rebuild", n)
	}
}

func TestCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "index.db")
	db := open(t, path)
	fill(t, db, 30)
	e := generation(1, 1)
	must(t, db.Update(func(w *Writer) error { return w.Put(&e) }))
	other := filepath.Join(t.TempDir(), "copy.db")
	must(t, db.CopyTo(other))
	to := open(t, other)
	if to.State().NeedsRebuild || answers(t, to) != answers(t, db) {
		t.Fatalf("the copy answers differently: %+v", to.State())
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "index.db")
	db := open(t, path)
	first := target(t, path)
	fill(t, db, 3)
	if _, err := os.Stat(first); err != nil {
		t.Fatal("a file just replaced is gone already")
	}
	old := time.Now().Add(-time.Hour)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Chtimes(first+suffix, old, old); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	fill(t, db, 3)
	if _, err := os.Stat(first); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("an old file stays for ever")
	}
	if link, err := os.Readlink(path); err != nil || strings.Contains(link, "/") {
		t.Fatalf("link %q, %v", link, err)
	}
	b, err := os.ReadFile(path)
	must(t, err)
	if !bytes.HasPrefix(b, []byte("SQLite format 3")) {
		t.Fatal("what the link shows is no database")
	}
}

// Reading only, as a dry run does, leaves an index as it lies there: also one
// whose log a killed process has left, and one that is in use.
func TestReadOnlyTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "index.db")
	db := open(t, path)
	fill(t, db, 50)
	must(t, db.Close())
	closed := copyFiles(t, dir)
	db = open(t, path)
	must(t, db.Update(func(w *Writer) error { return w.SetCommit("c2") }))
	want := answers(t, db)
	killed, noShared := copyFiles(t, dir), copyFiles(t, dir)
	shared, err := filepath.Glob(filepath.Join(noShared, "*-shm"))
	if err != nil || len(shared) != 1 {
		t.Fatal(shared, err)
	}
	must(t, os.Remove(shared[0]))
	for _, c := range []struct{ name, dir, commit string }{{"closed", closed, "c1"}, {"killed", killed, "c2"}, {"no shared memory", noShared, ""}, {"in use", dir, "c2"}} {
		before := contents(t, c.dir)
		ro, err := Open(context.Background(), filepath.Join(c.dir, "index.db"), testSchema(), Options{Version: "1", ReadOnly: true})
		must(t, err)
		if s := ro.State(); s.Commit != c.commit || s.NeedsRebuild != (c.commit == "") {
			t.Errorf("%s: %+v", c.name, s)
		}
		must(t, ro.Snapshot())
		if got := answers(t, ro); c.commit == "c2" && got != want {
			t.Errorf("%s: other answers", c.name)
		}
		must(t, ro.Close())
		if after := contents(t, c.dir); after != before {
			t.Errorf("%s: before\n%s\nafter\n%s", c.name, before, after)
		}
	}
	must(t, db.Update(func(w *Writer) error { return w.SetCommit("c3") }))
	must(t, db.Close())
	for _, dir := range []string{dir, killed, noShared} { // whoever writes finds all
		db := open(t, filepath.Join(dir, "index.db"))
		if s := db.State(); s.NeedsRebuild || s.Commit < "c2" {
			t.Errorf("%+v", s)
		}
	}
}

// copyFiles copies a folder of files and links.
func copyFiles(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if out, err := exec.Command("cp", "-a", dir+"/.", to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return to
}

// contents tells what the files of a folder hold and when they were written.
func contents(t testing.TB, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	var b strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		st, err := f.Info()
		must(t, err)
		fmt.Fprintf(&b, "%s %v %d %x\n", f.Name(), st.ModTime(), len(data), sha256.Sum256(data))
	}
	return b.String()
}

// documentsOf counts the documents of an index.
func documentsOf(t testing.TB, db *DB) int {
	t.Helper()
	n, _, err := db.Count()
	must(t, err)
	return n
}
