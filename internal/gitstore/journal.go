package gitstore

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// journal is what recovery needs to bring work tree and git index to a commit
// whose ref moved. It is durable before the ref moves.
type journal struct {
	Version int           `json:"version"`
	Ref     string        `json:"ref"`
	Old     string        `json:"old"` // commit; empty for the first one
	New     string        `json:"new"` // commit
	Command string        `json:"command"`
	Whole   bool          `json:"whole,omitempty"` // files are what differs between the commits' trees
	Files   []journalFile `json:"files,omitempty"`
}

// journalFile is one path; an empty id stands for absence.
type journalFile struct {
	Path string `json:"path"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

const journalVersion = 1

func (r *Repo) journalPath() string { return filepath.Join(r.Dir(), "journal", "transaction.json") }

// prepareJournal writes a journal, flushed, under a temporary name.
func (r *Repo) prepareJournal(j journal) (tmp string, err error) {
	b, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	tmp = r.tmpPath("journal")
	return tmp, r.disk.writeFile(tmp, append(b, '\n'), 0o666, true)
}

// placeJournal gives a prepared journal its name and returns the folder to be
// synced.
func (r *Repo) placeJournal(tmp string) (dir string, err error) {
	err = r.disk.rename(tmp, r.journalPath())
	if err != nil {
		os.Remove(tmp)
	}
	return filepath.Dir(r.journalPath()), err
}

// writeJournal makes a journal durable.
func (r *Repo) writeJournal(j journal) error {
	tmp, err := r.prepareJournal(j)
	if err != nil {
		return err
	}
	dir, err := r.placeJournal(tmp)
	if err != nil {
		return err
	}
	return r.disk.syncDir(dir)
}

// readJournal returns nil when there is none.
func (r *Repo) readJournal() (*journal, error) {
	b, err := os.ReadFile(r.journalPath())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	var j journal
	if err := json.Unmarshal(b, &j); err != nil || j.Version != journalVersion {
		return nil, &CorruptError{
			What: fmt.Sprintf("the journal %q cannot be read", r.journalPath()),
			Hint: "it was written by another version of e1; use that one, or move the file away and look at git status",
		}
	}
	return &j, nil
}

func (r *Repo) removeJournal() error {
	err := r.disk.remove(r.journalPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// hexOrEmpty writes the zero Hash as nothing.
func hexOrEmpty(h Hash) string {
	if h.IsZero() {
		return ""
	}
	return hex.EncodeToString(h[:])
}

// hashOrZero reads what hexOrEmpty wrote.
func hashOrZero(s string) (Hash, error) {
	if s == "" {
		return Hash{}, nil
	}
	return ParseHash(s)
}

// tmpPath names a temporary file of this process.
func (r *Repo) tmpPath(kind string) string {
	return filepath.Join(r.Dir(), "tmp", fmt.Sprintf("%s-%d", kind, os.Getpid()))
}

// prepareDirs makes e1's own folders.
func (r *Repo) prepareDirs() error {
	for _, dir := range []string{r.CommonE1Dir(), filepath.Join(r.Dir(), "tmp"), filepath.Join(r.Dir(), "journal")} {
		made, err := r.disk.mkdirAll(dir)
		if err != nil {
			return Unwritable(err)
		}
		for _, m := range made {
			if err := r.disk.syncDir(filepath.Dir(m)); err != nil {
				return err
			}
		}
	}
	return nil
}

// clearTmp removes what killed processes left in the folder for temporary
// files. The caller holds the write lock.
func (r *Repo) clearTmp() {
	dir := filepath.Join(r.Dir(), "tmp")
	names, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, n := range names {
		_ = os.Remove(filepath.Join(dir, n.Name()))
	}
}
