package gitstore

import (
	"cmp"
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
	MinLoose   int           // pack loose objects when there are so many; 0: 1000
	MinPacks   int           // merge packs when so many could be; 0: 8
	MaxObjects int           // pack, and merge, at most so many; 0: 100000
	MaxTime    time.Duration // stop after this; 0: no limit
	DryRun     bool          // only count
}

// MaintainStats says what a run did.
type MaintainStats struct {
	Loose  int    // objects found loose
	Packed int    // objects now in the new pack
	Pruned int    // loose files removed
	Bytes  int64  // size of those
	Pack   string // path of the new pack, without extension; empty if none
	Merged int    // packs replaced by a larger one
}

const (
	defaultMinLoose   = 1000
	defaultMinPacks   = 8
	defaultMaxObjects = 100_000
	// maxPackedBlob is the size from which on an object stays loose.
	maxPackedBlob = 16 << 20
)

// Maintain packs loose objects into one new pack and merges small packs into
// larger ones, without git. A file is removed only after its objects were read
// back from the durable new pack and found to be the same. When something fails
// or the process dies, objects may lie there twice, which does no harm.
func (r *Repo) Maintain(ctx context.Context, opt MaintainOptions) (MaintainStats, error) {
	opt.MinLoose = cmp.Or(opt.MinLoose, defaultMinLoose)
	opt.MinPacks = cmp.Or(opt.MinPacks, defaultMinPacks)
	opt.MaxObjects = cmp.Or(opt.MaxObjects, defaultMaxObjects)
	m := &maintenance{r: r, ctx: ctx, opt: opt, start: time.Now()}
	if !opt.DryRun {
		if err := r.prepareDirs(); err != nil {
			return m.stats, err
		}
		lock, err := r.lockWrite(ctx, m.start.Add(opt.Wait), "e1 maintain")
		if err != nil {
			return m.stats, Unwritable(err)
		}
		defer lock.Release()
		r.odb.clearTmp()
	}
	err := m.loose()
	if err == nil && !m.late() {
		err = m.merge()
	}
	return m.stats, Unwritable(err)
}

// maintenance is one run.
type maintenance struct {
	r     *Repo
	ctx   context.Context
	opt   MaintainOptions
	start time.Time
	stats MaintainStats
}

// late reports that the time is up.
func (m *maintenance) late() bool { return m.opt.MaxTime > 0 && time.Since(m.start) > m.opt.MaxTime }

// loose packs the loose objects.
func (m *maintenance) loose() error {
	ids, err := m.r.odb.listLoose(m.opt.MaxObjects)
	m.stats.Loose = len(ids)
	if err != nil || len(ids) < m.opt.MinLoose {
		return err
	}
	if m.opt.DryRun {
		m.stats.Packed = len(ids)
		return nil
	}
	packed, err := m.packLoose(ids)
	if err != nil || len(packed) == 0 {
		return err
	}
	return m.pruneLoose(packed)
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
func (m *maintenance) packLoose(ids []Hash) ([]Hash, error) {
	w, err := newPackWriter(m.r.disk, m.r.odb.dir, -1)
	if err != nil {
		return nil, err
	}
	var packed []Hash
	for i, id := range ids {
		if i%256 == 0 {
			if err := m.ctx.Err(); err != nil {
				w.abort()
				return nil, err
			}
			if m.late() {
				break
			}
		}
		path := loosePath(m.r.odb.dir, id)
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
	if m.stats.Pack, err = w.finish(); err != nil {
		return nil, err
	}
	m.stats.Packed = len(packed)
	return packed, nil
}

// pruneLoose removes the loose files of objects that the new pack proves to
// hold.
func (m *maintenance) pruneLoose(ids []Hash) error {
	return m.proved(m.stats.Pack, ids, func(id Hash) error {
		path := loosePath(m.r.odb.dir, id)
		if st, err := os.Lstat(path); err == nil {
			m.stats.Bytes += st.Size()
		}
		if err := m.r.disk.remove(path); err != nil {
			return ignoreNotExist(err)
		}
		m.stats.Pruned++
		return nil
	})
}

// proved calls fn for each object that a new pack proves to hold.
func (m *maintenance) proved(path string, ids []Hash, fn func(Hash) error) error {
	p := newPack(path)
	defer p.close()
	for i, id := range ids {
		if i%256 == 0 && m.ctx.Err() != nil {
			return m.ctx.Err()
		}
		off, ok, err := p.find(id)
		if err != nil {
			return err
		}
		if !ok {
			return &CorruptError{What: fmt.Sprintf("the new pack %q lacks object %s", path, id), Hint: "git fsck; nothing was removed that is not in it"}
		}
		o, err := p.get(off, m.r.odb.get)
		if err != nil {
			return err
		}
		if plumbing.ComputeHash(o.kind, o.data) != id {
			return &CorruptError{What: fmt.Sprintf("the new pack %q holds object %s damaged", path, id), Hint: "git fsck; nothing was removed that is not in it"}
		}
		if err := fn(id); err != nil {
			return err
		}
	}
	return nil
}
