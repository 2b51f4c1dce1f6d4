package gitstore

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// mergeBytes bounds the packs that one run merges together.
const mergeBytes = 512 << 20

// smallPack is a pack that could be merged into a larger one.
type smallPack struct {
	path    string // without extension
	bytes   int64
	count   int
	objects []packedObject // by offset, once they were looked at
}

// merge replaces packs by one larger one where they do not grow like the powers
// of two: a repository so keeps a handful of packs, and each object is copied a
// few times in its life only. Packs that git made for more than keeping objects
// are left alone: those with deltas, with a bitmap, marked to be kept, or listed
// in an index over several packs.
func (m *maintenance) merge() error {
	if _, err := os.Lstat(filepath.Join(m.r.odb.dir, "pack", "multi-pack-index")); err == nil {
		return nil
	}
	small, err := m.dueForMerge()
	if err != nil || len(small) == 0 {
		return err
	}
	if m.opt.DryRun {
		m.stats.Merged = len(small)
		return nil
	}
	path, ids, err := m.copyAll(small)
	if err != nil || path == "" {
		return err
	}
	if err := m.proved(path, ids, func(Hash) error { return nil }); err != nil {
		return err
	}
	for _, p := range small {
		if err := m.removePack(p.path, path); err != nil {
			return err
		}
		m.stats.Merged++
	}
	return nil
}

// dueForMerge lists the packs that are to become one, with their objects.
func (m *maintenance) dueForMerge() ([]smallPack, error) {
	packs, err := m.smallPacks()
	if err != nil {
		return nil, err
	}
	for {
		due := packs[:toMerge(packs)]
		if len(due) < m.opt.MinPacks {
			return nil, nil
		}
		packs = nil
		for _, p := range due {
			if p.objects, err = m.plainObjects(p.path); err == nil {
				packs = append(packs, p)
			} else if m.ctx.Err() != nil {
				return nil, m.ctx.Err()
			}
		}
		if len(packs) == len(due) {
			return packs, nil
		}
	}
}

// toMerge says how many of the packs, the smallest first, are to become one: up
// to the last that is not twice as large as all before it together.
func toMerge(packs []smallPack) int {
	sum, n := 0, 0
	for i, p := range packs {
		if p.count < 2*sum {
			n = i + 1
		}
		sum += p.count
	}
	return n
}

// smallPacks lists the packs that may be merged in one run, the smallest first.
// What a killed run has left of those it removed is swept.
func (m *maintenance) smallPacks() ([]smallPack, error) {
	dir := filepath.Join(m.r.odb.dir, "pack")
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, ignoreNotExist(err)
	}
	beside := map[string][]string{} // extensions by name
	for _, d := range names {
		name, ext, _ := strings.Cut(d.Name(), ".")
		if strings.HasPrefix(name, "pack-") {
			beside[name] = append(beside[name], ext)
		}
	}
	var out []smallPack
	for name, exts := range beside {
		path := filepath.Join(dir, name)
		if !slices.Contains(exts, "pack") {
			// git names the index last, so this one is left over.
			if slices.Contains(exts, "idx") && !m.opt.DryRun {
				_ = m.r.disk.remove(path + ".idx")
			}
			continue
		}
		if slices.ContainsFunc(exts, func(ext string) bool { return ext != "pack" && ext != "idx" && ext != "rev" }) || !slices.Contains(exts, "idx") {
			continue
		}
		if p, ok := m.smallPack(path); ok {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b smallPack) int {
		return cmp.Or(a.count-b.count, strings.Compare(a.path, b.path))
	})
	objects, bytes := 0, int64(0)
	for i, p := range out {
		objects, bytes = objects+p.count, bytes+p.bytes
		if objects > m.opt.MaxObjects || bytes > mergeBytes {
			return out[:i], nil
		}
	}
	return out, nil
}

// smallPack looks at one pack. What cannot be read is left to git fsck.
func (m *maintenance) smallPack(path string) (smallPack, bool) {
	st, err := os.Stat(path + ".pack")
	if err != nil || st.Size() > mergeBytes {
		return smallPack{}, false
	}
	x, err := openIdx(path + ".idx")
	if err != nil {
		return smallPack{}, false
	}
	defer x.close()
	if x.n > int64(m.opt.MaxObjects) {
		return smallPack{}, false
	}
	return smallPack{path: path, bytes: st.Size(), count: int(x.n)}, true
}

var errDelta = errors.New("a pack with deltas")

// plainObjects lists the objects of a pack by offset. They must all be whole.
func (m *maintenance) plainObjects(path string) ([]packedObject, error) {
	from := newPack(path)
	defer from.close()
	if err := from.open(); err != nil {
		return nil, err
	}
	var out []packedObject
	if err := from.idx.each(func(id Hash, offset int64) error {
		out = append(out, packedObject{id: id, offset: offset})
		return nil
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b packedObject) int { return int(a.offset - b.offset) })
	f, err := from.acquire()
	if err != nil {
		return nil, err
	}
	defer from.release()
	// git writes what it made deltas of last.
	for i, o := range slices.Backward(out) {
		if i%256 == 0 && m.ctx.Err() != nil {
			return nil, m.ctx.Err()
		}
		e, err := from.entry(f, o.offset)
		if err != nil {
			return nil, err
		}
		if e.kind == plumbing.OFSDeltaObject || e.kind == plumbing.REFDeltaObject || e.size > maxPackedBlob {
			return nil, errDelta
		}
	}
	return out, nil
}

// copyAll writes the objects of several packs into a new one. Nothing comes of
// it when the time is up or an object is damaged, which is for git fsck to
// report.
func (m *maintenance) copyAll(packs []smallPack) (path string, ids []Hash, err error) {
	w, err := newPackWriter(m.r.disk, m.r.odb.dir, -1)
	if err != nil {
		return "", nil, err
	}
	seen := map[Hash]bool{}
	for _, p := range packs {
		from := newPack(p.path)
		defer from.close()
		for i, o := range p.objects {
			if seen[o.id] {
				continue
			}
			seen[o.id] = true
			if i%256 == 0 && (m.ctx.Err() != nil || m.late()) {
				w.abort()
				return "", nil, m.ctx.Err()
			}
			got, err := from.get(o.offset, m.r.odb.get)
			if err != nil || plumbing.ComputeHash(got.kind, got.data) != o.id {
				w.abort()
				return "", nil, nil
			}
			if _, err := w.add(o.id, got.kind, got.data); err != nil {
				w.abort()
				return "", nil, err
			}
			ids = append(ids, o.id)
		}
	}
	path, err = w.finish()
	return path, ids, err
}

// removePack removes a pack whose objects another one proved to hold. The
// packfile goes first: an index alone is known as a remainder.
func (m *maintenance) removePack(path, instead string) error {
	if path == instead {
		return nil // the same objects give the same pack
	}
	for _, ext := range []string{".pack", ".rev", ".idx"} {
		if err := ignoreNotExist(m.r.disk.remove(path + ext)); err != nil {
			return err
		}
	}
	return nil
}
