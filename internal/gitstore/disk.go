package gitstore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// disk is the seam through which everything is written. Each operation asks
// the fault hook first, so that tests can kill or fail any single one.
type disk struct {
	shared sharedPerm
	batch  bool      // one barrier makes everything before it durable; see flush
	fault  FaultFunc // nil outside tests
}

func newDisk(cfg *config) (*disk, error) {
	d := &disk{shared: parseShared(cfg.value("core", "sharedrepository"))}
	var err error
	d.fault, err = faultFromEnv(os.Getenv(FaultEnv))
	return d, err
}

// step is called before each operation.
func (d *disk) step(op, path string) error {
	if d.fault == nil {
		return nil
	}
	if err := d.fault(op, path); err != nil {
		return &fs.PathError{Op: op, Path: path, Err: err}
	}
	return nil
}

// create makes a new file that must not exist.
func (d *disk) create(path string, perm fs.FileMode) (*os.File, error) {
	if err := d.step("create", path); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, err
	}
	if err := d.adjust(path); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (d *disk) write(f *os.File, b []byte) error {
	if err := d.step("write", f.Name()); err != nil {
		// A full disk leaves half of what was to be written.
		_, _ = f.Write(b[:len(b)/2])
		return err
	}
	_, err := f.Write(b)
	return err
}

// writer returns f as a writer with the hook on each block.
func (d *disk) writer(f *os.File) io.Writer { return diskWriter{d, f} }

type diskWriter struct {
	d *disk
	f *os.File
}

func (w diskWriter) Write(b []byte) (int, error) {
	if err := w.d.write(w.f, b); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (d *disk) sync(f *os.File) error {
	if err := d.step("fsync", f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// flush and barrier together make files durable: flush each file, rename them
// all, then one barrier. On most file systems flush is fsync of the file and
// barrier fsync of every folder. Where one fsync commits a journal that holds
// all earlier changes of names and sizes (ext4, XFS), flush only writes the
// data out and waits for the device to have taken it, and barrier is a single
// fsync, of the folder changed last: it commits the journal and empties the
// device's cache, for everything before it.
func (d *disk) flush(f *os.File) error {
	if err := d.step("fsync", f.Name()); err != nil {
		return err
	}
	if d.batch {
		return writeOut(f)
	}
	return f.Sync()
}

// barrier follows flushes and renames. The folder changed last comes last.
// Folders that are gone are left out.
func (d *disk) barrier(dirs []string) error {
	if len(dirs) == 0 {
		return nil
	}
	last := dirs[len(dirs)-1]
	if d.batch {
		return d.syncDir(last)
	}
	slices.Sort(dirs)
	return d.parallel(slices.Compact(dirs), func(dir string) error {
		err := d.syncDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// writeFile makes a new file with the given content, flushed if durable.
func (d *disk) writeFile(path string, b []byte, perm fs.FileMode, durable bool) (err error) {
	f, err := d.create(path, perm)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			os.Remove(path)
		}
	}()
	if err := d.write(f, b); err != nil {
		return err
	}
	if durable {
		return d.flush(f)
	}
	return nil
}

func (d *disk) rename(from, to string) error {
	if err := d.step("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// link makes to the same file as from; it fails when to exists.
func (d *disk) link(from, to string) error {
	if err := d.step("link", to); err != nil {
		return err
	}
	return os.Link(from, to)
}

func (d *disk) remove(path string) error {
	if err := d.step("remove", path); err != nil {
		return err
	}
	return os.Remove(path)
}

// appendFile adds to a file, making it if need be.
func (d *disk) appendFile(path string, b []byte) error {
	if err := d.step("append", path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = d.adjust(path)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// mkdirAll makes a folder and its parents and returns those it made, outermost
// first.
func (d *disk) mkdirAll(path string) (made []string, err error) {
	var missing []string
	for at := path; ; at = filepath.Dir(at) {
		st, err := os.Stat(at)
		if err == nil {
			if !st.IsDir() {
				return nil, fmt.Errorf("%q is in the way: not a folder", at)
			}
			break
		}
		if !os.IsNotExist(err) {
			return nil, err
		}
		missing = append(missing, at)
		if filepath.Dir(at) == at {
			break
		}
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := d.step("mkdir", missing[i]); err != nil {
			return made, err
		}
		if err := os.Mkdir(missing[i], 0o777); err != nil {
			if os.IsExist(err) {
				continue
			}
			return made, err
		}
		made = append(made, missing[i])
		if err := d.adjust(missing[i]); err != nil {
			return made, err
		}
	}
	return made, nil
}

// syncDir makes the names in a folder durable.
func (d *disk) syncDir(path string) error {
	if err := d.step("fsync", path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// adjust gives a file the permissions of a shared repository.
func (d *disk) adjust(path string) error {
	if d.shared == 0 {
		return nil
	}
	st, err := os.Lstat(path)
	if err != nil {
		return err
	}
	old := st.Mode()
	want := d.shared.apply(old)
	if want == old {
		return nil
	}
	if err := d.step("chmod", path); err != nil {
		return err
	}
	return os.Chmod(path, want)
}

// parallel runs fn for each item, several at a time, so that the file system
// can serve many syncs with one barrier; with a fault hook one after the
// other, to keep their order. It returns the first error in item order.
func (d *disk) parallel(items []string, fn func(string) error) error {
	if d.fault != nil || len(items) < 2 {
		for _, it := range items {
			if err := fn(it); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, len(items))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i, it := range items {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			errs[i] = fn(it)
			<-slots
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// beside runs fn while its caller goes on until wait; with a fault hook it is
// run by wait, to keep the order of operations.
func (d *disk) beside(fn func()) (wait func()) {
	if d.fault != nil {
		return fn
	}
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	return func() { <-done }
}

// sharedPerm is core.sharedRepository: 0 leaves permissions to umask, a
// positive value is added, a negative one replaces them.
type sharedPerm int

func parseShared(v string) sharedPerm {
	switch strings.ToLower(v) {
	case "", "umask", "false", "no", "off", "0":
		return 0
	case "group", "true", "yes", "on", "1":
		return 0o660
	case "all", "world", "everybody", "2":
		return 0o664
	}
	n, err := strconv.ParseUint(v, 8, 32)
	if err != nil || n&0o600 != 0o600 {
		return 0
	}
	return -sharedPerm(n & 0o666)
}

// apply follows git's calc_shared_perm.
func (s sharedPerm) apply(mode fs.FileMode) fs.FileMode {
	if s == 0 {
		return mode
	}
	tweak := fs.FileMode(s)
	if s < 0 {
		tweak = fs.FileMode(-s)
	}
	perm := mode.Perm()
	if perm&0o200 == 0 {
		tweak &^= 0o222
	}
	if perm&0o100 != 0 {
		tweak |= (tweak & 0o444) >> 2
	}
	if s < 0 {
		perm = tweak
	} else {
		perm |= tweak
	}
	out := mode&^fs.ModePerm | perm
	if mode.IsDir() {
		out |= (perm & 0o444) >> 2
		out |= fs.ModeSetgid
	}
	return out
}
