package index

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/e1-dms/e1/internal/index/sqlitefile"
)

const (
	// sorterBytes bounds the rows each core keeps in memory.
	sorterBytes = 48 << 20
	// textBatch is how many documents are sorted together before their text is
	// indexed. They come in the order of their files, form by form, so that
	// little is out of order; the full-text index begins a new segment whenever
	// a row id does not ascend.
	textBatch = 16384
)

// bulk is a bulk build: what the goroutines that read documents share.
type bulk struct {
	names  []string // of the trees: tables and indexes
	roots  []sqlitefile.Root
	tables map[string]*bulkTable
	forms  map[string]*formWriter
	free   chan *sqlitefile.Sorter // as many as there are cores
	all    []*sqlitefile.Sorter

	mu      sync.Mutex
	ids     map[int64]struct{}
	series  map[seriesKey]int64
	counts  map[string]int64
	unknown map[[2]string]bool

	doubles []int64 // documents whose number a later one has as well
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
	cores := runtime.GOMAXPROCS(0)
	b.free = make(chan *sqlitefile.Sorter, cores)
	for range cores {
		s := sqlitefile.NewSorter(len(b.names), sorterBytes, dir)
		b.all = append(b.all, s)
		b.free <- s
	}
	return b
}

func (b *bulk) close() {
	for _, s := range b.all {
		s.Close()
	}
}

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
	return err
}

// fullText is what the full-text index takes of a document.
type fullText struct {
	id    int64
	text  string
	words []string
}

// consume takes what feed gives: rows into the sorters, on the goroutines of
// feed, text into the database, on a goroutine of its own.
func (b *bulk) consume(parent context.Context, w *Writer, opt BulkOptions, feed func(func(*Entry) error) error) error {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	texts := make(chan fullText, 1024)
	var indexed sync.WaitGroup
	var textErr error
	indexed.Go(func() {
		if textErr = w.fillText(texts); textErr != nil {
			cancel(textErr)
			for range texts { // let those who feed it end
			}
		}
	})
	var done atomic.Int64
	err := feed(func(e *Entry) error {
		if e.Number == "" || e.Form == "" {
			return fmt.Errorf("an index entry needs a number and a form, got %q in %q", e.Number, e.Form)
		}
		t, err := b.put(e)
		if err != nil {
			return err
		}
		select {
		case texts <- t:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if n := done.Add(1); n%1024 == 0 {
			b.mu.Lock()
			opt.Progress("documents", int(n), opt.Total)
			b.mu.Unlock()
		}
		return nil
	})
	close(texts)
	if err == nil { // each core sorts what it has, while the rest of the text is indexed
		var sorting sync.WaitGroup
		for _, s := range b.all {
			sorting.Go(s.Sort)
		}
		sorting.Wait()
		opt.Progress("documents", int(done.Load()), opt.Total)
	}
	indexed.Wait()
	return cmp.Or(textErr, err, parent.Err())
}

// put makes a document's rows.
func (b *bulk) put(e *Entry) (fullText, error) {
	p := prepare(e)
	f := b.forms[p.Form]
	series := b.note(p, f)
	sorter := <-b.free
	defer func() { b.free <- sorter }()
	var err error
	add := func(table string, row ...any) {
		if err == nil {
			err = b.tables[table].add(sorter, row)
		}
	}
	p.rows(series, add)
	if f != nil {
		add(unquoted(formTable(p.Form)), f.row(p)...)
	}
	return fullText{p.id, p.text, p.words}, err
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

// fillText writes the full text, in one transaction.
func (w *Writer) fillText(texts <-chan fullText) error {
	err := w.c.script("INSERT INTO fts(fts, rank) VALUES('automerge', 0);\nINSERT INTO fts(fts, rank) VALUES('crisismerge', 1999);\n" +
		"INSERT INTO fts(fts, rank) VALUES('hashsize', 16777216);\nBEGIN")
	if err != nil {
		return err
	}
	batch := make([]fullText, 0, textBatch)
	for more := true; more; {
		var t fullText
		if t, more = <-texts; more {
			batch = append(batch, t)
		}
		if len(batch) < textBatch && more {
			continue
		}
		slices.SortFunc(batch, func(a, b fullText) int { return cmp.Compare(a.id, b.id) })
		for _, t := range batch {
			if err := w.insertText(t.id, t.text, t.words); err != nil {
				return err
			}
		}
		clear(batch)
		batch = batch[:0]
	}
	return w.c.script("INSERT INTO fts(fts) VALUES('optimize');\nINSERT INTO fts(fts, rank) VALUES('automerge', 4);\n" +
		"INSERT INTO fts(fts, rank) VALUES('crisismerge', 16);\nINSERT INTO fts(fts, rank) VALUES('hashsize', 1048576);\nCOMMIT")
}

// writeTrees writes the sorted rows into the file, on every core.
func (b *bulk) writeTrees(ctx context.Context, file string, opt BulkOptions) error {
	f, err := sqlitefile.Open(file)
	if err != nil {
		return err
	}
	var next, done atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, len(b.names))
	for range b.all {
		wait.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= len(b.names) {
					return
				}
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = f.WriteTree(b.roots[i], b.all, i, b.watch(b.names[i]))
				}
				b.mu.Lock()
				opt.Progress("indexes", int(done.Add(1)), len(b.names))
				b.mu.Unlock()
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
// they follow each other, the latest last.
func (b *bulk) watch(tree string) func(key []byte) {
	if tree != "documents_number" {
		return nil
	}
	const idBytes = 9 // what the id takes at the end of a key
	var last []byte
	return func(key []byte) {
		n := len(key) - idBytes
		if len(last) == len(key) && bytes.Equal(last[:n], key[:n]) {
			b.doubles = append(b.doubles, sqlitefile.KeyInt(last[n:]))
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
	for _, id := range b.doubles {
		row, ok, err := w.c.one("SELECT form FROM main.documents WHERE id = ?", id)
		if err == nil && ok {
			err = w.remove(id, asString(row[0]), false)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
