package gitstore

import "github.com/e1-dms/e1/internal/gitstore/gitindex"

// dryTries is how often a dry run looks again at what is not as HEAD has it. It
// holds no lock, so another command may be writing just this file, and be done
// between two looks.
const dryTries = 5

// excused reports, in a dry run, that a path may differ from what HEAD had when
// it began: another command has committed since, or one that was interrupted
// has left the path as it was, which recovery would put right. A hand edit of
// the same moment goes unseen; the command itself, under its locks, sees it.
func (tx *Tx) excused(path string, is func(was TreeEntry) (bool, error)) (bool, error) {
	left, err := tx.r.leftover()
	if err != nil {
		return false, err
	}
	if left != nil {
		was, err := left.was(path)
		if err != nil {
			return false, err
		}
		if same, err := is(was); err != nil || same {
			return same, err
		}
	}
	now, err := tx.r.Head()
	return err == nil && now.Commit != tx.head.Commit, err
}

// indexed looks a path up in git's index as it is now.
func (r *Repo) indexed(path string) (gitindex.Entry, bool, error) {
	x, err := gitindex.Load(r.gitDir, r.Dir())
	if err != nil {
		return gitindex.Entry{}, false, indexError(err)
	}
	defer x.Close()
	e, ok, err := x.Get(path)
	if err != nil {
		err = indexError(err)
	}
	return e, ok, err
}
