package index

import (
	"errors"
	"time"
)

var errStub = errors.New("not yet")

// ChangeKind is how a form differs.
type ChangeKind uint8

// The kinds of change.
const (
	NewForm ChangeKind = iota
	Added
	Reread
	Gone
)

// FormChange is one difference between the stored schema and the one asked for.
type FormChange struct {
	Form    string
	Kind    ChangeKind
	Columns []string
}

// Options of Open.
type Options struct {
	ReadOnly    bool
	Version     string // what else decides the contents: version of the reading program
	BusyTimeout time.Duration
}

// DB is an open index.
type DB struct{}

// Writer changes the index inside one transaction.
type Writer struct{}

// BulkOptions of Bulk.
type BulkOptions struct {
	Commit   string
	Progress func(stage string, done, total int)
	Total    int
	History  bool // keep the recorded history of the old index
}

func Open(path string, schema Schema, opt Options) (*DB, error)             { return nil, errStub }
func (db *DB) Close() error                                                 { return errStub }
func (db *DB) State() State                                                 { return State{} }
func (db *DB) FormChanges(schema Schema) []FormChange                       { return nil }
func (db *DB) Update(fn func(*Writer) error) error                          { return errStub }
func (w *Writer) SetSchema(schema Schema) error                             { return errStub }
func (w *Writer) Put(e *Entry) error                                        { return errStub }
func (w *Writer) Delete(number string) error                                { return errStub }
func (w *Writer) SetCommit(id string) error                                 { return errStub }
func (w *Writer) PutCommits(c []CommitRecord) error                         { return errStub }
func (w *Writer) SetHistory(id string) error                                { return errStub }
func (w *Writer) ClearHistory() error                                       { return errStub }
func (db *DB) Bulk(opt BulkOptions, entries <-chan *Entry) error            { return errStub }
func (db *DB) Overlay(entries []Entry, deleted []string) error              { return errStub }
func (db *DB) CopyTo(path string) error                                     { return errStub }
func (db *DB) Get(number string, columns ...string) (Row, bool, error)      { return Row{}, false, errStub }
func (db *DB) Numbers(prefix string, form string, limit int) ([]Row, error) { return nil, errStub }
func (db *DB) ResolveShort(prefix string, year, seq int) ([]Row, error)     { return nil, errStub }
func (db *DB) MaxSeq(form, prefix string, year int) (int, error)            { return 0, errStub }
func (db *DB) List(q Query) (Result, error)                                 { return Result{}, errStub }
func (db *DB) Stream(q Query, fn func(Row) error) error                     { return errStub }
func (db *DB) Aggregate(form string, by []GroupExpr, aggs []Agg, where ...Cond) ([]Group, error) {
	return nil, errStub
}
func (db *DB) Tasks(q TaskQuery) ([]TaskRow, int, error)                    { return nil, 0, errStub }
func (db *DB) StreamTasks(q TaskQuery, fn func(TaskRow) error) error        { return errStub }
func (db *DB) WorkLoads(users []string) (map[string]int, error)             { return nil, errStub }
func (db *DB) Search(q SearchQuery) (Result, error)                         { return Result{}, errStub }
func (db *DB) RefsTo(number string, limit int) ([]Edge, error)              { return nil, errStub }
func (db *DB) RefsFrom(number string) ([]Edge, error)                       { return nil, errStub }
func (db *DB) ByKey(kind, value string, limit int) ([]Row, error)           { return nil, errStub }
func (db *DB) ByMessage(id string) ([]Row, error)                           { return nil, errStub }
func (db *DB) Events(from, to time.Time, who ...string) ([]EventRow, error) { return nil, errStub }
func (db *DB) TimersDue(now time.Time, limit int) ([]TimerRow, error)       { return nil, errStub }
func (db *DB) CommitsOf(number string, limit int) ([]CommitRecord, error)   { return nil, errStub }
func (db *DB) Recent(limit int, actor string) ([]CommitRecord, error)       { return nil, errStub }
func (db *DB) LastBy(actor string) (CommitRecord, bool, error)              { return CommitRecord{}, false, errStub }
func (db *DB) CommitRecord(id string) (CommitRecord, bool, error) {
	return CommitRecord{}, false, errStub
}
func (db *DB) HistoryState() (string, error) { return "", errStub }
