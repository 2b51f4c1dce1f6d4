package index

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/e1-dms/e1/internal/index/sqlitefile"
)

// sorterBytes bounds the rows each core keeps in memory.
const sorterBytes = 32 << 20

// gatherer is what one goroutine at a time puts documents into.
type gatherer struct {
	rows  *sqlitefile.Sorter
	words *postings
}

// bulk is a bulk build: what the goroutines that read documents share.
type bulk struct {
	names  []string // of the trees: tables and indexes
	roots  []sqlitefile.Root
	tables map[string]*bulkTable
	forms  map[string]*formWriter
	free   chan *gatherer // as many as there are cores
	all    []*gatherer
	rows   []*sqlitefile.Sorter // of all of them
	text   *sqlitefile.Sorter   // rows of the full-text tables, known at the end
	blank  [][]any              // rows that an empty full-text index has
	tokens atomic.Int64

	mu      sync.Mutex
	ids     map[int64]struct{}
	series  map[seriesKey]int64
	counts  map[string]int64
	unknown map[[2]string]bool
	aside   []*Entry

	doubles [][]int64 // documents of one number each
}

// bulkTable is where the rows of a table go.
type bulkTable struct {
	tree    int
	key     int // columns of the primary key; 0: a row id
	indexes []bulkIndex
}

// bulkIndex is an index of it, by the numbers of columns.
type bulkIndex struct {
	tree    int
	columns []int
	where   int  // column that decides whether a row is in it; -1: all are
	set     bool // it has to be set, not to be 1
}

func newBulk(schema Schema, dir string) *bulk {
	b := &bulk{tables: map[string]*bulkTable{}, forms: map[string]*formWriter{}, ids: map[int64]struct{}{},
		series: map[seriesKey]int64{}, counts: map[string]int64{}, unknown: map[[2]string]bool{}}
	for _, t := range fixedTables {
		columns := "id, " + t.columns
		key := 0
		if t.key != "" {
			columns, key = "doc, n, "+t.columns, 2
		}
		table := b.addTable(t.name, key)
		for _, x := range secondary {
			if x.table == t.name {
				b.addIndex(table, x.name, strings.Split(columns, ", "), strings.Split(x.columns, ", "), x.where)
			}
		}
	}
	b.addTable("task_people", strings.Count(peopleColumns, ",")) // all but the last
	for _, f := range schema.Forms {
		w := newFormWriter(mainPrefix, f)
		b.forms[f.Name] = w
		table := b.addTable(unquoted(formTable(f.Name)), 0)
		for _, x := range formIndexes(f) {
			b.addIndex(table, unquoted(x.name), w.names, x.columns, "")
		}
	}
	for _, t := range textTables {
		b.addTable(t.name, t.key)
	}
	b.addIndex(b.tables["words"], "words_stem", []string{"word", "stem"}, []string{"stem"}, "")
	cores := runtime.GOMAXPROCS(0)
	b.free = make(chan *gatherer, cores)
	for range cores {
		g := &gatherer{sqlitefile.NewSorter(len(b.names)+1, sorterBytes, dir), newPostings()}
		b.all, b.rows = append(b.all, g), append(b.rows, g.rows)
		b.free <- g
	}
	b.text = sqlitefile.NewSorter(len(b.names), sorterBytes, dir)
	return b
}

func (b *bulk) close() {
	for _, s := range append(b.rows, b.text) {
		s.Close()
	}
}

// textTables are the tables of the full-text index, and their primary keys.
var textTables = []struct {
	name string
	key  int
}{{"fts_docsize", 0}, {"fts_data", 0}, {"fts_idx", 2}, {"words", 1}}

// postingsTree is the number of what is sorted beside the rows: who has which
// words.
func (b *bulk) postingsTree() int { return len(b.names) }

func unquoted(name string) string { return strings.Trim(name, `"`) }

func (b *bulk) addTable(name string, key int) *bulkTable {
	t := &bulkTable{tree: len(b.names), key: key}
	b.names = append(b.names, name)
	b.roots = append(b.roots, sqlitefile.Root{Table: key == 0})
	b.tables[name] = t
	return t
}

func (b *bulk) addIndex(t *bulkTable, name string, of, columns []string, where string) {
	one, _ := strings.CutSuffix(where, " = 1")
	column, set := strings.CutSuffix(one, " IS NOT NULL")
	x := bulkIndex{tree: len(b.names), where: slices.Index(of, column), set: set}
	for _, c := range columns {
		x.columns = append(x.columns, slices.Index(of, c))
	}
	b.names = append(b.names, name)
	b.roots = append(b.roots, sqlitefile.Root{})
	t.indexes = append(t.indexes, x)
}

// findRoots reads where the trees begin.
func (b *bulk) findRoots(c *conn) error {
	pages := map[string]uint32{}
	err := c.query("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0", nil, func(r []value) error {
		pages[asString(r[0])] = uint32(asInt(r[1]))
		return nil
	})
	for i, name := range b.names {
		if b.roots[i].Page = pages[name]; b.roots[i].Page == 0 && err == nil {
			err = fmt.Errorf("the new index has no %q", name)
		}
	}
	if err == nil {
		err = c.query("SELECT id, block FROM fts_data", nil, func(r []value) error {
			b.blank = append(b.blank, []any{asInt(r[0]), bytes.Clone(r[1].([]byte))})
			return nil
		})
	}
	return errors.Join(err, c.exec("DELETE FROM fts_data"))
}

// consume takes what feed gives, on the goroutines of feed.
func (b *bulk) consume(ctx context.Context, opt BulkOptions, feed func(func(*Entry) error) error) error {
	var done atomic.Int64
	err := feed(func(e *Entry) error {
		if err := e.check(); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if n := done.Add(1); n%1024 == 0 {
			b.mu.Lock()
			opt.Progress("documents", int(n), opt.Total)
			b.mu.Unlock()
		}
		return b.put(e)
	})
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	opt.Progress("documents", int(done.Load()), opt.Total)
	errs := make([]error, len(b.all))
	var sorting sync.WaitGroup
	for i, g := range b.all { // each core sorts what it has
		sorting.Go(func() {
			errs[i] = g.words.flush(g.rows, b.postingsTree())
			g.rows.Sort()
		})
	}
	sorting.Wait()
	return errors.Join(errs...)
}

// put makes a document's rows.
func (b *bulk) put(e *Entry) error {
	if e.Aside {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.aside = append(b.aside, e)
		return nil
	}
	p := prepare(e)
	f := b.forms[p.Form]
	series := b.note(p, f)
	g := <-b.free
	defer func() { b.free <- g }()
	var err error
	add := func(table string, row ...any) {
		if err == nil {
			err = b.tables[table].add(g.rows, row)
		}
	}
	p.rows(series, add)
	if f != nil {
		add(unquoted(formTable(p.Form)), f.row(p)...)
	}
	tokens := g.words.add(p.id, p.text)
	b.tokens.Add(int64(tokens))
	add("fts_docsize", p.id, sqlitefile.AppendVarint(nil, uint64(tokens)), int64(segmentOrigin))
	if err == nil && len(g.words.log) > postingsBytes {
		err = g.words.flush(g.rows, b.postingsTree())
	}
	return err
}

// note gives the document an id that is no other one's, and remembers what has
// to be counted. It returns the id of the series.
func (b *bulk) note(p *prepared, f *formWriter) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	for taken := true; taken; {
		if _, taken = b.ids[p.id]; taken {
			p.id++
		}
	}
	b.ids[p.id] = struct{}{}
	b.counts[p.Form]++
	f.eachUnknown(p, func(name string) { b.unknown[[2]string{p.Form, name}] = true })
	key := p.series
	key.seq = 0
	id, ok := b.series[key]
	if !ok {
		id = int64(len(b.series) + 1)
		b.series[key] = id
	}
	return id
}

func (t *bulkTable) add(s *sqlitefile.Sorter, row []any) error {
	var err error
	if t.key == 0 {
		err = s.AddRow(t.tree, row[0].(int64), row[1:])
	} else {
		err = s.AddClustered(t.tree, t.key, row)
	}
	var values [8]any
	for _, x := range t.indexes {
		if err != nil {
			return err
		}
		if x.where >= 0 && (x.set && row[x.where] == nil || !x.set && row[x.where] != int64(1)) {
			continue
		}
		key := values[:0]
		for _, c := range x.columns {
			key = append(key, row[c])
		}
		err = s.AddIndexed(x.tree, append(key, row[:max(t.key, 1)]...)...)
	}
	return err
}

// fillText makes the rows of the full-text tables.
func (b *bulk) fillText() error {
	if len(b.ids) == 0 {
		for _, row := range b.blank {
			if err := b.tables["fts_data"].add(b.text, row); err != nil {
				return err
			}
		}
		return nil
	}
	s := newSegment()
	s.data = func(rowid int64, block []byte) error { return b.tables["fts_data"].add(b.text, []any{rowid, block}) }
	s.index = func(term []byte, page int64) error {
		return b.tables["fts_idx"].add(b.text, []any{int64(segmentID), term, page})
	}
	err := fillSegment(s, b.rows, b.postingsTree(), func(word string) error {
		if !isWord(word) {
			return nil
		}
		return b.tables["words"].add(b.text, []any{word, stem(word)})
	})
	if err != nil {
		return err
	}
	sqlitefile.Drop(b.rows, b.postingsTree())
	pages, err := s.finish()
	if err != nil {
		return err
	}
	documents := int64(len(b.ids))
	averages := sqlitefile.AppendVarint(sqlitefile.AppendVarint(nil, uint64(documents)), uint64(b.tokens.Load()))
	var cookie []byte
	for _, row := range b.blank {
		if block := row[1].([]byte); row[0] == int64(structRow) && len(block) > 4 {
			cookie = block[:4]
		}
	}
	if cookie == nil {
		return errors.New("the new full-text index has no structure")
	}
	return errors.Join(s.data(averagesRow, averages), s.data(structRow, structure(cookie, pages, documents)))
}

// writeTrees writes the sorted rows into the file, on every core.
func (b *bulk) writeTrees(ctx context.Context, file string, opt BulkOptions) error {
	f, err := sqlitefile.Open(file)
	if err != nil {
		return err
	}
	var done atomic.Int64
	write := func(tree int, from ...*sqlitefile.Sorter) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f.WriteTree(b.roots[tree], from, tree, b.watch(b.names[tree]))
		b.mu.Lock()
		opt.Progress("indexes", int(done.Add(1)), len(b.names))
		b.mu.Unlock()
		return err
	}
	// The full text is one job, the longest; each other tree is one.
	text := b.tables["fts_data"].tree
	jobs := []func() error{func() error {
		err := b.fillText()
		for tree := text; tree < len(b.names) && err == nil; tree++ {
			err = write(tree, b.text)
		}
		return err
	}}
	for tree := range text {
		jobs = append(jobs, func() error { return write(tree, b.rows...) })
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, len(jobs))
	for range b.all {
		wait.Go(func() {
			for i := int(next.Add(1) - 1); i < len(jobs); i = int(next.Add(1) - 1) {
				errs[i] = jobs[i]()
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			f.Abandon()
			return err
		}
	}
	return f.Finish()
}

// watch finds the documents whose number occurs again: in the index of numbers
// they follow each other.
func (b *bulk) watch(tree string) func(key []byte) {
	if tree != "documents_number" {
		return nil
	}
	const idBytes = 9 // what the id takes at the end of a key
	var last []byte
	again := false // last is one of several
	return func(key []byte) {
		n := len(key) - idBytes
		if len(last) == len(key) && bytes.Equal(last[:n], key[:n]) {
			if !again {
				b.doubles = append(b.doubles, []int64{sqlitefile.KeyInt(last[n:])})
			}
			same := &b.doubles[len(b.doubles)-1]
			*same, again = append(*same, sqlitefile.KeyInt(key[n:])), true
		} else {
			again = false
		}
		last = append(last[:0], key...)
	}
}

// complete writes the small tables and drops what is there twice.
func (b *bulk) complete(w *Writer) error {
	for key, id := range b.series {
		if err := w.c.exec("INSERT INTO main.series VALUES(?, ?, ?, ?)", id, key.form, key.prefix, key.year); err != nil {
			return err
		}
	}
	for key := range b.unknown {
		if err := w.noteUnknown(key[0], key[1]); err != nil {
			return err
		}
	}
	maps.Copy(w.counts, b.counts)
	for _, e := range b.aside {
		if err := w.Put(e); err != nil {
			return err
		}
	}
	for _, ids := range b.doubles {
		if err := w.settle(ids); err != nil {
			return err
		}
	}
	return nil
}

// settle leaves of several documents of one number the one whose path comes
// first; the other files are set aside.
func (w *Writer) settle(ids []int64) error {
	type document struct {
		id int64
		Entry
	}
	var found []document
	for _, id := range ids {
		row, _, err := w.c.one("SELECT number, form, path FROM main.documents WHERE id = ?", id)
		if err != nil {
			return err
		}
		found = append(found, document{id, Entry{Number: asString(row[0]), Form: asString(row[1]), Path: asString(row[2])}})
	}
	slices.SortFunc(found, func(a, b document) int { return strings.Compare(a.Path, b.Path) })
	for _, d := range found[1:] {
		if err := errors.Join(w.remove(d.id, d.Form, false), w.putAside(&d.Entry)); err != nil {
			return err
		}
	}
	return nil
}
