package repo

import (
	"context"
	"path/filepath"

	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
)

// LockImports keeps other imports of the repository waiting, so that two of
// them never quarrel over one folder. Nothing is doubled without it; it keeps
// what they report true. It waits as long as writes do.
func (r *Repo) LockImports(ctx context.Context) (release func(), err error) {
	dir := r.git.CommonE1Dir()
	if err := r.git.MakeDir(dir); err != nil {
		return nil, err
	}
	lock, err := filelock.Take(ctx, filepath.Join(dir, "import.lock"), filelock.Options{Wait: r.opt.Wait, For: "e1 import", Perm: r.git.SharedPerm})
	if err != nil {
		return nil, gitstore.Unwritable(err)
	}
	return lock.Release, nil
}
