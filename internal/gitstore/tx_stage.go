package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Put sets the content of a file. It refuses paths that cannot be stored,
// that git would convert, and files which a person has edited. Putting what is
// there already changes nothing. Where a file takes the place of a folder or
// the other way round, what is in the way must be deleted first.
func (tx *Tx) Put(path string, data []byte) error {
	if data == nil {
		data = []byte{}
	}
	f := &stagedFile{path: path, id: HashBlob(data), data: data, size: int64(len(data))}
	if filepath.Base(path) == attributesName {
		tx.attrs.put(path, data) // this file and what is put after it are treated by it
	}
	return tx.stage(f, func() (bool, error) { return bytes.Contains(data, []byte("\r\n")), nil })
}

// PutFrom sets the content of a file to that of another file, which is read
// in pieces and must not change until Commit.
func (tx *Tx) PutFrom(path, src string) error {
	id, size, err := hashFile(src)
	if err != nil {
		return err
	}
	f := &stagedFile{path: path, id: id, src: src, size: size}
	return tx.stage(f, func() (bool, error) { return containsCRLF(src) })
}

// Adopt commits a file as a person left it in the work tree: new, changed or
// deleted.
func (tx *Tx) Adopt(path string) error {
	if err := tx.usable(path); err != nil {
		return err
	}
	full := filepath.Join(tx.r.root, filepath.FromSlash(path))
	f := &stagedFile{path: path, adopt: true, src: full}
	st, err := os.Lstat(full)
	switch {
	case errors.Is(err, ErrNotExist):
		f.src = ""
	case err != nil:
		return err
	case !st.Mode().IsRegular():
		return &PathError{Path: path, Why: "is not an ordinary file", Hint: "remove it, or replace it by a file"}
	default:
		if f.id, f.size, err = hashFile(full); err != nil {
			return err
		}
		if st.Mode()&0o100 != 0 && tx.r.cfg.bool("core", "filemode", true) {
			f.mode = ModeExec
		}
	}
	return tx.stage(f, func() (bool, error) { return containsCRLF(full) })
}

// Delete removes a file. The error is ErrNotExist when it is not there.
func (tx *Tx) Delete(path string) error {
	if err := tx.usable(path); err != nil {
		return err
	}
	if f := tx.files[path]; f != nil && f.old.ID.IsZero() {
		if f.deleted() {
			return fmt.Errorf("%q: %w", path, ErrNotExist)
		}
		delete(tx.files, path)
		return nil
	}
	return tx.stage(&stagedFile{path: path}, nil)
}

func (tx *Tx) usable(path string) error {
	if tx.done {
		return ErrRolledBack
	}
	return checkPath(path)
}

// stage checks a change and takes it into the transaction.
func (tx *Tx) stage(f *stagedFile, hasCRLF func() (bool, error)) error {
	if err := tx.usable(f.path); err != nil {
		return err
	}
	if !tx.sparse.has(f.path) {
		return tx.sparse.refuse(f.path)
	}
	var err error
	if f.conv, err = tx.attrs.of(f.path); err != nil {
		return err
	}
	if f.conv.toLF && !f.deleted() {
		if bad, err := hasCRLF(); err != nil {
			return err
		} else if bad {
			return &PathError{Path: f.path, Why: "has CR LF line ends, which git would change because of " + f.conv.why, Hint: "end lines with LF only"}
		}
	}
	before := tx.files[f.path]
	if before != nil {
		f.old = before.old
	} else if f.old, err = tx.lookup(f.path); err != nil {
		return err
	}
	switch {
	case f.old.Mode == ModeSymlink || f.old.Mode == ModeModule:
		return &PathError{Path: f.path, Why: "is a symlink or a submodule in the repository", Hint: "git rm it first"}
	case f.deleted() && !f.old.IsFile():
		return fmt.Errorf("%q: %w", f.path, ErrNotExist)
	case f.old.IsDir():
		f.old = TreeEntry{} // judged when the trees are built
	}
	if f.mode == 0 {
		f.mode = ModeFile
		if f.old.IsFile() && !f.adopt {
			f.mode = f.old.Mode
		}
	}
	if before == nil {
		if err := tx.checkNew(f); err != nil {
			return err
		}
		if !f.adopt {
			if err := tx.checkHandEdit(f); err != nil {
				return err
			}
		}
	}
	if f.old.ID == f.id && f.old.Mode == f.mode {
		delete(tx.files, f.path) // as it was
		return nil
	}
	tx.files[f.path] = f
	return nil
}

// checkHandEdit compares the work tree with HEAD at one path.
func (tx *Tx) checkHandEdit(f *stagedFile) error {
	state, err := tx.r.compare(f.path, f.old, f.conv)
	if err != nil {
		return err
	}
	for try := 0; state != stateSame && tx.opt.DryRun && try < dryTries; try++ {
		if ours, err := tx.excused(f.path, func(was TreeEntry) (bool, error) {
			state, err := tx.r.compare(f.path, was, f.conv)
			return state == stateSame, err
		}); err != nil || ours {
			return err
		}
		if state, err = tx.r.compare(f.path, f.old, f.conv); err != nil {
			return err
		}
	}
	switch state {
	case stateSame:
		return nil
	case stateForeign:
		// A file with just this content loses nothing.
		if tx.r.holds(f) {
			return nil
		}
		return &HandEditError{Paths: []string{f.path}, Why: "a file that is not committed is in the way"}
	case stateMissing:
		return &HandEditError{Paths: []string{f.path}, Why: "deleted by hand and not committed", Try: "git checkout -- " + f.path}
	case stateUnusable:
		if tx.makesRoom(f) {
			return nil
		}
		return &HandEditError{Paths: []string{f.path}, Why: "replaced by hand by something that is no file, or below a symlink"}
	}
	return &HandEditError{Paths: []string{f.path}}
}

// makesRoom reports that the transaction itself deletes what is in the way: a
// file where a folder is to be, or a folder where a file is to be.
func (tx *Tx) makesRoom(f *stagedFile) bool {
	if !f.old.ID.IsZero() || f.deleted() {
		return false
	}
	for i, c := range f.path {
		if c == '/' && tx.goesAway(f.path[:i]) {
			return true
		}
	}
	for path, g := range tx.files {
		if g.deleted() && strings.HasPrefix(path, f.path+"/") {
			return true
		}
	}
	return false
}

// checkNew refuses a new name that a file system which ignores case or
// normalises Unicode would take for another one.
func (tx *Tx) checkNew(f *stagedFile) error {
	if f.deleted() || !f.old.ID.IsZero() {
		return nil
	}
	dir := tx.base
	rest := f.path
	prefix := ""
	for {
		name, tail, more := strings.Cut(rest, "/")
		entries, err := tx.tree(dir)
		if err != nil {
			return err
		}
		folded, next := foldName(name), Hash{}
		for _, e := range entries {
			switch {
			case e.Name == name:
				if e.IsDir() {
					next = e.ID
				}
			case foldName(e.Name) == folded && !tx.goesAway(prefix+e.Name):
				return &PathError{Path: f.path, Why: fmt.Sprintf("differs from %q only in case or in the form of its letters", prefix+e.Name), Hint: "use another name"}
			}
		}
		if !more || next.IsZero() {
			break
		}
		dir, rest, prefix = next, tail, prefix+name+"/"
	}
	return tx.claimNames(f.path)
}

// claimNames compares the new names of one transaction with each other.
func (tx *Tx) claimNames(path string) error {
	for i := 0; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		folded := foldName(path[:i])
		other, taken := tx.folded[folded]
		if taken && other != path[:i] {
			return &PathError{Path: path, Why: fmt.Sprintf("differs from %q only in case or in the form of its letters", other), Hint: "use another name"}
		}
		tx.folded[folded] = path[:i]
	}
	return nil
}

func (tx *Tx) goesAway(path string) bool {
	f := tx.files[path]
	return f != nil && f.deleted()
}

func containsCRLF(path string) (bool, error) {
	b, err := os.ReadFile(path)
	return bytes.Contains(b, []byte("\r\n")), err
}
