package gitstore

import (
	"context"
	"errors"
	"time"
)

var errTodo = errors.New("not written yet")

// BeginOptions are the circumstances of a transaction.
type BeginOptions struct {
	Wait    time.Duration // how long to wait for locks
	Command string        // told to those who wait for us, e.g. `e1 register`
	Split   SplitMode     // empty: SplitAuto
}

// Tx is one transaction.
type Tx struct{ r *Repo }

func (r *Repo) Begin(ctx context.Context, opt BeginOptions) (*Tx, error) { return nil, errTodo }
func (tx *Tx) Head() Head                                                { return Head{} }
func (tx *Tx) Base() Hash                                                { return Hash{} }
func (tx *Tx) Notes() []Note                                             { return nil }
func (tx *Tx) Read(path string) ([]byte, error)                          { return nil, errTodo }
func (tx *Tx) Put(path string, data []byte) error                        { return errTodo }
func (tx *Tx) PutFrom(path, src string) error                            { return errTodo }
func (tx *Tx) Delete(path string) error                                  { return errTodo }
func (tx *Tx) Adopt(path string) error                                   { return errTodo }
func (tx *Tx) Changes() []Change                                         { return nil }
func (tx *Tx) BeforeRef(fn func() error)                                 {}
func (tx *Tx) AfterCommit(fn func(Hash) error)                           {}
func (tx *Tx) Commit(msg Message, author, committer Signature) (Hash, error) {
	return Hash{}, errTodo
}
func (tx *Tx) Rollback() {}

func (r *Repo) Recover(ctx context.Context, opt BeginOptions) ([]Note, error) { return nil, errTodo }
func (r *Repo) DirtyPaths(paths []string) ([]string, error)                   { return nil, errTodo }
func (r *Repo) HandEdits(ctx context.Context, prefixes ...string) ([]Edit, error) {
	return nil, errTodo
}

// InitOptions are the circumstances of a new repository.
type InitOptions struct {
	Branch string // first branch; empty: init.defaultBranch, else main
	Shared string // core.sharedRepository; empty: not set
}

func Init(dir string, opt InitOptions) (*Repo, error) { return nil, errTodo }

// MaintainOptions bound one run.
type MaintainOptions struct {
	MinLoose   int           // do nothing below; 0: 1000
	MaxObjects int           // pack at most so many; 0: 100000
	MaxTime    time.Duration // 0: no limit
}

// MaintainStats says what a run did.
type MaintainStats struct {
	Loose, Packed, Pruned int
	Bytes                 int64
	Pack                  string
}

func (r *Repo) Maintain(ctx context.Context, opt MaintainOptions) (MaintainStats, error) {
	return MaintainStats{}, errTodo
}

// BulkOptions are the circumstances of a bulk import.
type BulkOptions struct {
	BeginOptions
	Progress func(stage string, done, total int) // may be nil
}

// Bulk is a transaction of any number of commits and files, stored in one pack.
type Bulk struct{}

func (r *Repo) NewBulk(ctx context.Context, opt BulkOptions) (*Bulk, error) { return nil, errTodo }
func (b *Bulk) Put(path string, data []byte) error                          { return errTodo }
func (b *Bulk) Delete(path string) error                                    { return errTodo }
func (b *Bulk) Commit(msg Message, author, committer Signature) (Hash, error) {
	return Hash{}, errTodo
}
func (b *Bulk) AfterCommit(fn func(Hash) error)          {}
func (b *Bulk) Finish(ctx context.Context) (Hash, error) { return Hash{}, errTodo }
func (b *Bulk) Abort()                                   {}
