package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
)

// Recover completes or discards what a killed command left, as Begin does,
// and says what it found.
func (r *Repo) Recover(ctx context.Context, opt BeginOptions) ([]Note, error) {
	tx := &Tx{r: r, ctx: ctx, opt: opt, deadline: time.Now().Add(opt.Wait)}
	if err := tx.lockAll(); err != nil {
		return nil, err
	}
	defer tx.Rollback()
	return tx.notes, nil
}

// NeedsRecovery reports whether a journal was left, or is in use just now.
func (r *Repo) NeedsRecovery() bool {
	_, err := os.Lstat(r.journalPath())
	return err == nil
}

// Unfinished reports whether the work tree has a path as it was before a
// command that was interrupted, or is at work just now: no hand edit, though it
// differs from HEAD.
func (r *Repo) Unfinished(path string) (bool, error) {
	if !r.NeedsRecovery() {
		return false, nil
	}
	left, err := r.leftover()
	if err != nil || left == nil {
		return false, err
	}
	was, err := left.was(path)
	if err != nil {
		return false, err
	}
	state, err := r.compare(path, was, conversion{})
	return state == stateSame, err
}

// leftover is what recovery would complete; nil is nothing.
type leftover struct {
	r    *Repo
	tree Hash // before the command
}

func (r *Repo) leftover() (*leftover, error) {
	j, err := r.readJournal()
	if err != nil || j == nil {
		return nil, err
	}
	c := &recovery{r: r, j: j}
	happened, err := c.happened()
	if err != nil || !happened {
		return nil, err
	}
	left := &leftover{r: r}
	if !c.old.IsZero() {
		before, err := r.Commit(c.old)
		if err != nil {
			return nil, err
		}
		left.tree = before.Tree
	}
	return left, nil
}

// was is what a path had before the command.
func (l *leftover) was(path string) (TreeEntry, error) {
	e, err := l.r.Lookup(l.tree, path)
	return e, ignoreNotExist(err)
}

// recoverLocked runs under both locks.
func (r *Repo) recoverLocked(opt BeginOptions) ([]Note, error) {
	headLock := filepath.Join(r.gitDir, "HEAD.lock")
	if r.ownLock(headLock) {
		if err := r.disk.remove(headLock); err != nil {
			return nil, err
		}
	}
	j, err := r.readJournal()
	if err != nil || j == nil {
		return nil, err
	}
	if err := r.dropRefLock(j); err != nil {
		return nil, err
	}
	c := &recovery{r: r, j: j, opt: opt}
	if err := c.run(); err != nil {
		return nil, fmt.Errorf("complete what %q left: %w", j.Command, err)
	}
	return c.notes, r.removeJournal()
}

// dropRefLock removes the lock of the ref if the dead process made it: then
// it holds just the new commit.
func (r *Repo) dropRefLock(j *journal) error {
	path := r.refPath(j.Ref) + ".lock"
	b, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	if strings.TrimSpace(string(b)) != j.New {
		return nil
	}
	return r.disk.remove(path)
}

// recovery brings work tree and index to a commit whose process was killed
// after the ref had moved.
type recovery struct {
	r     *Repo
	j     *journal
	opt   BeginOptions
	notes []Note

	old, id                    Hash // commits before and after
	head                       Head
	oldTree, newTree, headTree Hash
	files                      []*stagedFile
	attrs                      *attributes
}

func (c *recovery) note(path, format string, args ...any) {
	c.notes = append(c.notes, Note{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (c *recovery) run() error {
	happened, err := c.happened()
	if err != nil {
		return err
	}
	if !happened {
		return c.elsewhere()
	}
	if err := c.load(); err != nil {
		return err
	}
	if c.head.Commit == c.id && c.head.Ref == c.j.Ref {
		commit, err := c.r.Commit(c.id)
		if err != nil {
			return err
		}
		if err := c.r.repairReflogs(refMove{head: Head{Ref: c.head.Ref, Commit: c.old}, to: c.id, who: commit.Committer, message: "commit: " + commit.Subject}); err != nil {
			return err
		}
	}
	if err := c.complete(); err != nil {
		return err
	}
	c.note("", "completed commit %s of a command that was interrupted", c.id.String()[:10])
	return nil
}

// happened reports whether HEAD contains the commit.
func (c *recovery) happened() (bool, error) {
	var err1, err2 error
	c.old, err1 = hashOrZero(c.j.Old)
	c.id, err2 = ParseHash(c.j.New)
	if err := errors.Join(err1, err2); err != nil {
		return false, &CorruptError{What: "the journal names no commits", Hint: fmt.Sprintf("look at git status, then remove %q", c.r.journalPath())}
	}
	var err error
	if c.head, err = c.r.Head(); err != nil || c.head.Unborn || c.head.Commit == c.old {
		return false, err
	}
	if c.head.Commit == c.id {
		return true, nil
	}
	return c.r.IsAncestor(c.id, c.head.Commit)
}

// elsewhere handles a HEAD that does not contain the commit: it never happened,
// or the branch was switched or reset since. The work tree belongs to what HEAD
// is now.
func (c *recovery) elsewhere() error {
	if c.head.Unborn || c.head.Commit == c.old {
		return nil
	}
	at, _, err := c.r.readRef(c.j.Ref)
	if err != nil {
		return ignoreNotExist(err)
	}
	if has, err := c.r.IsAncestor(c.id, at); err != nil || !has {
		return err // it never happened, or was taken back
	}
	c.note("", "an interrupted command made commit %s on branch %s, which is not checked out", c.id.String()[:10], strings.TrimPrefix(c.j.Ref, "refs/heads/"))
	return c.carried()
}

// carried names the files that the interrupted command had written before
// somebody took them along to another branch: git shows them as edited there.
func (c *recovery) carried() error {
	commit, err := c.r.Commit(c.head.Commit)
	if err != nil {
		return err
	}
	for _, f := range c.j.Files {
		now, err := c.r.Lookup(commit.Tree, f.Path)
		if err := ignoreNotExist(err); err != nil {
			return err
		}
		id, _, err := hashFile(filepath.Join(c.r.root, filepath.FromSlash(f.Path)))
		if err == nil && id.String() == f.New && id != now.ID {
			c.note(f.Path, "holds what the interrupted command wrote, which is not part of this branch; git restore takes it back")
		}
	}
	return nil
}

// load finds out what changed and what HEAD has now.
func (c *recovery) load() error {
	for _, t := range []struct {
		commit Hash
		tree   *Hash
	}{{c.old, &c.oldTree}, {c.id, &c.newTree}, {c.head.Commit, &c.headTree}} {
		if t.commit.IsZero() {
			continue
		}
		commit, err := c.r.Commit(t.commit)
		if err != nil {
			return err
		}
		*t.tree = commit.Tree
	}
	c.attrs = newAttributes(c.r)
	// The trees say the same as the list in the journal, with modes.
	return c.r.DiffTrees(c.oldTree, c.newTree, func(ch Change) error {
		c.files = append(c.files, &stagedFile{path: ch.Path, old: ch.Old, id: ch.New.ID, mode: ch.New.Mode})
		return nil
	})
}

func (c *recovery) complete() error {
	x, err := gitindex.Load(c.r.gitDir, c.r.Dir())
	if err != nil {
		return indexError(err)
	}
	defer x.Close()
	slices.SortFunc(c.files, func(a, b *stagedFile) int { return strings.Compare(a.path, b.path) })
	var dirs []string
	var indexed []*stagedFile
	for _, deletions := range []bool{true, false} {
		for i, f := range c.files {
			if f.deleted() != deletions {
				continue
			}
			took, changed, err := c.file(i, f)
			if err != nil {
				return err
			}
			dirs = append(dirs, changed...)
			if took {
				indexed = append(indexed, f)
			}
		}
	}
	slices.SortFunc(indexed, func(a, b *stagedFile) int { return strings.Compare(a.path, b.path) })
	indexed, err = c.notStaged(x, indexed)
	if err != nil {
		return err
	}
	return c.r.patchIndex(x, forgetFolders(indexed), indexed, c.opt.Split, dirs)
}

// file brings one file to the new commit if it is as the old one had it and
// HEAD still has what the new one put there.
func (c *recovery) file(n int, f *stagedFile) (took bool, dirs []string, err error) {
	now, err := c.r.Lookup(c.headTree, f.path)
	if err := ignoreNotExist(err); err != nil {
		return false, nil, err
	}
	if now.ID != f.id || now.Mode != f.mode {
		if now.ID == f.old.ID {
			c.note(f.path, "a later commit took back the change of the interrupted command")
		}
		return false, nil, nil
	}
	if f.conv, err = c.attrs.of(f.path); err != nil {
		f.conv = conversion{}
	}
	if state, err := c.r.compare(f.path, now, f.conv); err != nil || state == stateSame {
		return err == nil, nil, err
	}
	state, err := c.r.compare(f.path, f.old, f.conv)
	if err != nil {
		return false, nil, err
	}
	torn := false
	if state != stateSame && c.j.Whole {
		if torn, err = c.torn(f); err != nil {
			return false, nil, err
		}
	}
	if state != stateSame && !torn {
		c.note(f.path, "was edited by hand while a command was interrupted; the edit is kept and not committed")
		f.unsure = true
		return true, nil, nil
	}
	if f.deleted() {
		dirs, err = c.r.removeFile(f.path)
		return true, dirs, err
	}
	if f.data, err = c.r.Blob(f.id); err != nil {
		return false, nil, err
	}
	tmp, err := c.r.prepareFile(n, f)
	if err == nil {
		err = syncPath(c.r.disk, tmp)
	}
	f.data = nil
	if err != nil {
		return false, nil, err
	}
	dirs, err = c.r.place(tmp, f.path)
	return true, dirs, err
}

// torn reports whether a file is what an interrupted write of the new content
// leaves: bytes of it, or zeros, up to some length. Many files are written in
// place with one sync at the end, so this is how a crash leaves the last ones.
func (c *recovery) torn(f *stagedFile) (bool, error) {
	if f.deleted() || f.mode == ModeSymlink {
		return false, nil
	}
	path := filepath.Join(c.r.root, filepath.FromSlash(f.path))
	if st, err := os.Lstat(path); err != nil || !st.Mode().IsRegular() {
		return false, ignoreNotExist(err)
	}
	want, err := c.r.Blob(f.id)
	if err != nil {
		return false, err
	}
	got, err := os.ReadFile(path)
	if err != nil || len(got) > len(want) {
		return false, err
	}
	for i, b := range got {
		if b != 0 && b != want[i] {
			return false, nil
		}
	}
	return true, nil
}

// notStaged leaves out the paths at which the user has staged something since.
func (c *recovery) notStaged(x *gitindex.Index, files []*stagedFile) ([]*stagedFile, error) {
	var out []*stagedFile
	for _, f := range files {
		e, ok, err := x.Get(f.path)
		if err != nil {
			return nil, indexError(err)
		}
		switch {
		case !ok && f.old.ID.IsZero(), !ok && f.deleted(), ok && Hash(e.ID) == f.old.ID, ok && Hash(e.ID) == f.id:
			out = append(out, f)
		default:
			c.note(f.path, "is staged in git's index in another form, which is kept")
		}
	}
	return out, nil
}

// forgetFolders invalidates the tree cache above the given files.
func forgetFolders(files []*stagedFile) []gitindex.FolderChange {
	unknown := gitindex.ID{0xff, 0xff, 0xff, 0xff}
	seen := map[string]bool{}
	var out []gitindex.FolderChange
	add := func(dir string) {
		if !seen[dir] {
			seen[dir] = true
			out = append(out, gitindex.FolderChange{Path: dir, Old: unknown, New: unknown})
		}
	}
	if len(files) > 0 {
		add("")
	}
	for _, f := range files {
		for i, ch := range f.path {
			if ch == '/' {
				add(f.path[:i])
			}
		}
	}
	slices.SortFunc(out, func(a, b gitindex.FolderChange) int { return strings.Compare(a.Path, b.Path) })
	return out
}
