package gitstore

import (
	"context"
	"errors"
	"time"
)

var errTodo = errors.New("not written yet")

func (r *Repo) HandEdits(ctx context.Context, prefixes ...string) ([]Edit, error) {
	return nil, errTodo
}

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
