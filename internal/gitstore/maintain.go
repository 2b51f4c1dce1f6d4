package gitstore

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// MaintainOptions bound one run.
type MaintainOptions struct {
	Wait       time.Duration // for the write lock
	MinLoose   int           // do nothing when fewer objects are loose; 0: 1000
	MaxObjects int           // pack at most so many; 0: 100000
	MaxTime    time.Duration // stop collecting after this; 0: no limit
}

// MaintainStats says what a run did.
type MaintainStats struct {
	Loose  int    // objects found loose
	Packed int    // objects now in the new pack
	Pruned int    // loose files removed
	Bytes  int64  // size of those
	Pack   string // path of the new pack, without extension; empty if none
}

const (
	defaultMinLoose   = 1000
	defaultMaxObjects = 100_000
	// maxPackedBlob is the size from which on an object stays loose.
	maxPackedBlob = 16 << 20
)

// Maintain packs loose objects into one new pack, without git. A loose file
// is removed only after its object was read back from the durable pack and
// found to be the same. Packs are never removed. When something fails or the
// process dies, objects may lie there twice, which does no harm.
func (r *Repo) Maintain(ctx context.Context, opt MaintainOptions) (MaintainStats, error) {
	if opt.MinLoose == 0 {
		opt.MinLoose = defaultMinLoose
	}
	if opt.MaxObjects == 0 {
		opt.MaxObjects = defaultMaxObjects
	}
	var stats MaintainStats
	if err := r.prepareDirs(); err != nil {
		return stats, err
	}
	lock, err := r.lockWrite(ctx, time.Now().Add(opt.Wait), "e1 maintain")
	if err != nil {
		return stats, unwritable(r.CommonE1Dir(), err)
	}
	defer lock.Release()
	r.odb.clearTmp()
	ids, err := r.odb.listLoose(opt.MaxObjects)
	stats.Loose = len(ids)
	if err != nil || len(ids) < opt.MinLoose {
		return stats, err
	}
	packed, err := r.packLoose(ctx, ids, opt, &stats)
	if err != nil || len(packed) == 0 {
		return stats, unwritable(r.commonDir, err)
	}
	return stats, r.pruneLoose(ctx, packed, &stats)
}

// listLoose returns the names of loose objects, at most n.
func (s *objectStore) listLoose(n int) ([]Hash, error) {
	var out []Hash
	for i := range 256 {
		sub := hex.EncodeToString([]byte{byte(i)})
		names, err := os.ReadDir(filepath.Join(s.dir, sub))
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return nil, err
		}
		for _, d := range names {
			if id, err := ParseHash(sub + d.Name()); err == nil {
				if out = append(out, id); len(out) == n {
					return out, nil
				}
			}
		}
	}
	return out, nil
}

// packLoose writes a pack and returns what it holds. Damaged objects are left
// where they are, for git fsck to report.
func (r *Repo) packLoose(ctx context.Context, ids []Hash, opt MaintainOptions, stats *MaintainStats) ([]Hash, error) {
	w, err := newPackWriter(r.disk, r.odb.dir, -1)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	var packed []Hash
	for i, id := range ids {
		if i%256 == 0 {
			if err := ctx.Err(); err != nil {
				w.abort()
				return nil, err
			}
			if opt.MaxTime > 0 && time.Since(start) > opt.MaxTime {
				break
			}
		}
		path := loosePath(r.odb.dir, id)
		if st, err := os.Lstat(path); err != nil || st.Size() > maxPackedBlob {
			continue
		}
		o, err := readLoose(path)
		if err != nil || len(o.data) > maxPackedBlob || plumbing.ComputeHash(o.kind, o.data) != id {
			continue
		}
		if _, err := w.add(id, o.kind, o.data); err != nil {
			w.abort()
			return nil, err
		}
		packed = append(packed, id)
	}
	if len(packed) == 0 {
		w.abort()
		return nil, nil
	}
	if stats.Pack, err = w.finish(); err != nil {
		return nil, err
	}
	stats.Packed = len(packed)
	return packed, nil
}

// pruneLoose removes the loose files of objects that the new pack proves to
// hold.
func (r *Repo) pruneLoose(ctx context.Context, ids []Hash, stats *MaintainStats) error {
	p, err := openPack(stats.Pack + ".idx")
	if err != nil {
		return err
	}
	defer p.close()
	for i, id := range ids {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		off, ok, err := p.idx.find(id)
		if err != nil {
			return err
		}
		if !ok {
			return &CorruptError{What: fmt.Sprintf("the new pack %q lacks object %s", stats.Pack, id), Hint: "git fsck; nothing was removed that is not in it"}
		}
		o, err := p.get(off, r.odb.get)
		if err != nil {
			return err
		}
		if plumbing.ComputeHash(o.kind, o.data) != id {
			return &CorruptError{What: fmt.Sprintf("the new pack %q holds object %s damaged", stats.Pack, id), Hint: "git fsck; nothing was removed that is not in it"}
		}
		path := loosePath(r.odb.dir, id)
		if st, err := os.Lstat(path); err == nil {
			stats.Bytes += st.Size()
		}
		if err := r.disk.remove(path); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			return err
		}
		stats.Pruned++
	}
	return nil
}
