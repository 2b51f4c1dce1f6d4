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
