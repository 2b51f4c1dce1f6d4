package gitstore

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// packFrom is the number of new objects from which on one pack is written
// instead of loose files.
const packFrom = 100

// newObject is an object to be stored: bytes in memory, or a file too large
// for that.
type newObject struct {
	id   Hash
	kind plumbing.ObjectType
	data []byte
	src  string // path of a file, when data is nil
	size int64
}

// objectSet collects the objects of a transaction.
type objectSet struct {
	list []newObject
	has  map[Hash]bool
}

func newObjectSet() *objectSet { return &objectSet{has: map[Hash]bool{}} }

// add stores bytes and returns their name.
func (s *objectSet) add(kind plumbing.ObjectType, data []byte) Hash {
	id := plumbing.ComputeHash(kind, data)
	s.put(newObject{id: id, kind: kind, data: data, size: int64(len(data))})
	return id
}

func (s *objectSet) put(o newObject) {
	if !s.has[o.id] {
		s.has[o.id] = true
		s.list = append(s.list, o)
	}
}

// store makes all objects of a set durable. also is a list of other files that
// the same barrier makes durable; rename gives them their names before it and
// returns the folder it changed last.
func (s *objectStore) store(set *objectSet, level int, also []string, rename func() (string, error)) error {
	var loose, packed []newObject
	var syncDirs []string
	now := time.Now()
	for _, o := range set.list {
		looseFile, packFile, err := s.where(o.id)
		if err != nil {
			return err
		}
		// An object that is there already may be garbage which a gc is about
		// to remove, or left by a process that died before it could sync.
		switch {
		case looseFile != "" && s.freshen(looseFile, now):
			syncDirs = append(syncDirs, filepath.Dir(looseFile))
		case packFile != "" && s.freshen(packFile, now):
		case o.data == nil:
			loose = append(loose, o)
		default:
			packed = append(packed, o)
		}
	}
	if len(packed) <= packFrom {
		loose = append(packed, loose...)
		packed = nil
	}
	if len(packed) > 0 {
		if err := s.storePack(packed, level); err != nil {
			return err
		}
	}
	return s.storeLoose(loose, level, syncDirs, also, rename)
}

func (s *objectStore) storePack(list []newObject, level int) error {
	w, err := newPackWriter(s.disk, s.dir, level)
	if err != nil {
		return err
	}
	for _, o := range list {
		if _, err := w.add(o.id, o.kind, o.data); err != nil {
			w.abort()
			return err
		}
	}
	_, err = w.finish()
	return err
}

// storeLoose writes loose objects: all to temporary files, one barrier, all
// renamed, one barrier for the folders.
func (s *objectStore) storeLoose(list []newObject, level int, dirs, also []string, rename func() (string, error)) (err error) {
	z, err := zlib.NewWriterLevel(io.Discard, looseLevel(level, list))
	if err != nil {
		return err
	}
	var temps []string
	defer func() {
		if err != nil {
			for _, t := range temps {
				_ = os.Remove(t)
			}
		}
	}()
	files := make([]*os.File, 0, len(list))
	closeAll := func() {
		for _, f := range files {
			f.Close()
		}
	}
	for i, o := range list {
		// git removes left files of this name when it collects garbage.
		tmp := filepath.Join(s.dir, fmt.Sprintf("tmp_obj_e1_%d_%d", os.Getpid(), i))
		_ = os.Remove(tmp)
		temps = append(temps, tmp)
		f, err := s.disk.create(tmp, 0o444)
		if err != nil {
			closeAll()
			return err
		}
		files = append(files, f)
		if err := s.writeLoose(f, z, o); err != nil {
			closeAll()
			return err
		}
	}
	byName := map[string]*os.File{}
	for _, f := range files {
		byName[f.Name()] = f
	}
	err = s.disk.parallel(append(slices.Clone(also), temps...), func(path string) error {
		if f := byName[path]; f != nil {
			return s.disk.flush(f)
		}
		return syncPath(s.disk, path)
	})
	closeAll()
	if err != nil {
		return err
	}
	for i, o := range list {
		path := loosePath(s.dir, o.id)
		made, err := s.disk.mkdirAll(filepath.Dir(path))
		if err != nil {
			return err
		}
		if len(made) > 0 {
			dirs = append(dirs, s.dir)
		}
		if err := s.disk.rename(temps[i], path); err != nil {
			return err
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	last, err := rename()
	if err != nil {
		return err
	}
	return s.disk.barrier(append(dirs, last))
}

// syncPath flushes a closed file.
func syncPath(d *disk, path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = os.Open(path)
	}
	if err != nil {
		return err
	}
	err = d.flush(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// writeLoose compresses one object into a file.
func (s *objectStore) writeLoose(f *os.File, z *zlib.Writer, o newObject) error {
	head := append([]byte(o.kind.String()+" "+strconv.FormatInt(o.size, 10)), 0)
	if o.data != nil || o.src == "" {
		var b bytes.Buffer
		b.Grow(len(o.data)/2 + 64)
		z.Reset(&b)
		_, _ = z.Write(head) // a bytes.Buffer does not fail
		_, _ = z.Write(o.data)
		if err := z.Close(); err != nil {
			return err
		}
		return s.disk.write(f, b.Bytes())
	}
	in, err := os.Open(o.src)
	if err != nil {
		return err
	}
	defer in.Close()
	z.Reset(s.disk.writer(f))
	if _, err := z.Write(head); err != nil {
		return err
	}
	sum := plumbing.NewHasher(o.kind, o.size)
	if _, err := io.Copy(io.MultiWriter(z, sum), in); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if sum.Sum() != o.id {
		return fmt.Errorf("%q changed while it was being read", o.src)
	}
	return nil
}

// hashFile names a file as a blob, without holding a large one in memory.
func hashFile(path string) (Hash, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return Hash{}, 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Hash{}, 0, err
	}
	if st.Size() < 1<<16 {
		b, err := io.ReadAll(f)
		return HashBlob(b), int64(len(b)), err
	}
	sum := plumbing.NewHasher(plumbing.BlobObject, st.Size())
	n, err := io.Copy(sum, f)
	if err == nil && n != st.Size() {
		err = fmt.Errorf("%q changed while it was being read", path)
	}
	return sum.Sum(), st.Size(), err
}

// clearTmp removes what killed processes left unfinished. The caller holds
// the write lock.
func (s *objectStore) clearTmp() {
	removeAll(filepath.Join(s.dir, "tmp_obj_e1_*"))
	s.clearPacks()
}

// clearPacks removes packs that killed processes left unfinished. Unlike the
// folder of all objects that of packs is read in no time, and a process that
// only packs leaves nothing else behind. The caller holds the write lock.
func (s *objectStore) clearPacks() { removeAll(filepath.Join(s.dir, "pack", "tmp_pack_e1_*")) }

func removeAll(pattern string) {
	left, err := filepath.Glob(pattern)
	if err != nil {
		return
	}
	for _, path := range left {
		_ = os.Remove(path)
	}
}

// smallObject is a document, or a folder of a hundred of them: compressing it
// better saves a block of the disk at most.
const smallObject = 8192

// looseLevel is the level for loose objects. Where git's configuration leaves
// it at its fast default and all are small, repetitions are not looked for: the
// tables for that cost more than writing the objects.
func looseLevel(level int, list []newObject) int {
	if level != defaultLevel || slices.ContainsFunc(list, func(o newObject) bool { return o.size > smallObject }) {
		return level
	}
	return zlib.HuffmanOnly
}
