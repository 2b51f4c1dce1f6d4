package gitstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrMoved says that the branch moved between Begin and Commit, although the
// index was locked: somebody pushed into it or updated the ref directly.
var ErrMoved = errors.New("the branch was moved by somebody else meanwhile")

// refMove is the one step that makes a commit happen.
type refMove struct {
	head     Head // as read when the transaction began
	to       Hash
	who      Signature
	message  string // of the reflog
	deadline time.Time
	command  string
}

// moveRef updates the branch as git does: lock, compare, write, rename,
// reflog. HEAD is locked too, since `git switch -c` changes it without taking
// the index lock. moved tells whether the ref has the new value, also when
// something failed afterwards.
func (r *Repo) moveRef(ctx context.Context, m refMove) (moved bool, err error) {
	headLock, err := r.takeLock(ctx, filepath.Join(r.gitDir, "HEAD.lock"), lockContent(m.command), m.deadline)
	if err != nil {
		return false, err
	}
	defer func() {
		if rerr := headLock.release(); err == nil {
			err = rerr
		}
	}()
	path := r.refPath(m.head.Ref)
	made, err := r.disk.mkdirAll(filepath.Dir(path))
	if err != nil {
		return false, err
	}
	lock, err := r.takeLock(ctx, path+".lock", m.to.String()+"\n", m.deadline)
	if err != nil {
		return false, err
	}
	if err := r.compareHead(m.head); err != nil {
		return false, errors.Join(err, lock.release())
	}
	if err := r.disk.adjust(path + ".lock"); err != nil {
		return false, errors.Join(err, lock.release())
	}
	if err := r.disk.rename(path+".lock", path); err != nil {
		return false, errors.Join(err, lock.release())
	}
	var dirs []string
	for _, dir := range made {
		dirs = append(dirs, filepath.Dir(dir))
	}
	if err := r.disk.barrier(append(dirs, filepath.Dir(path))); err != nil {
		return true, err
	}
	return true, r.appendReflogs(m)
}

// compareHead makes sure that HEAD and its branch are as the transaction
// found them.
func (r *Repo) compareHead(want Head) error {
	now, err := r.Head()
	if err != nil {
		return err
	}
	if now != want {
		return fmt.Errorf("%q: %w", want.Branch(), ErrMoved)
	}
	return nil
}

// appendReflogs adds a line for the branch and one for HEAD.
func (r *Repo) appendReflogs(m refMove) error {
	line := fmt.Sprintf("%s %s %s\t%s\n", m.head.Commit, m.to, m.who.encode(), cleanLine(m.message))
	for _, path := range []string{r.reflogPath(m.head.Ref), r.reflogPath("HEAD")} {
		if err := r.appendReflog(path, line); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo) reflogPath(ref string) string {
	if ref == "HEAD" {
		return filepath.Join(r.gitDir, "logs", "HEAD")
	}
	return filepath.Join(r.commonDir, "logs", filepath.FromSlash(ref))
}

// keepsReflogs reports whether reflogs are begun where there are none.
func (r *Repo) keepsReflogs() bool {
	return strings.EqualFold(r.cfg.value("core", "logallrefupdates"), "always") || r.cfg.bool("core", "logallrefupdates", true)
}

func (r *Repo) appendReflog(path, line string) error {
	if _, err := os.Stat(path); err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if !r.keepsReflogs() {
			return nil
		}
		if _, err := r.disk.mkdirAll(filepath.Dir(path)); err != nil {
			return err
		}
	}
	return r.disk.appendFile(path, []byte(line))
}

// repairReflogs adds the lines of a move whose process was killed before it
// could write them.
func (r *Repo) repairReflogs(m refMove) error {
	line := fmt.Sprintf("%s %s %s\t%s\n", m.head.Commit, m.to, m.who.encode(), cleanLine(m.message))
	for _, path := range []string{r.reflogPath(m.head.Ref), r.reflogPath("HEAD")} {
		tail, err := readTail(path, 64<<10)
		if err != nil {
			return err
		}
		if strings.Contains(tail, m.head.Commit.String()+" "+m.to.String()+" ") {
			continue
		}
		if err := r.appendReflog(path, line); err != nil {
			return err
		}
	}
	return nil
}

// readTail returns at most the last n bytes of a file; nothing when it is
// missing.
func readTail(path string, n int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		return "", err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	b := make([]byte, min(n, st.Size()))
	_, err = f.ReadAt(b, st.Size()-int64(len(b)))
	return string(b), err
}
