package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// State is how far a letter has come.
type State string

// The states of a letter in the box. A letter that has gone leaves the box
// once its document says so.
const (
	Queued  State = "queued"  // waits; after a failure until Next
	Sending State = "sending" // is being handed over; after a crash: in doubt
	Sent    State = "sent"    // was handed over; its document does not say so yet
	Failed  State = "failed"  // was refused for good, or too often
)

// Entry is a letter in the box.
type Entry struct {
	ID       string    `json:"id"` // Message-ID without angle brackets
	Document string    `json:"document"`
	UID      string    `json:"uid"` // of the document, whose number may still change
	From     string    `json:"from"`
	To       []string  `json:"to"`
	Subject  string    `json:"subject"`
	Queued   time.Time `json:"queued"`
	State    State     `json:"state"`
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"` // not before, after a failure
	Error    string    `json:"error,omitempty"`
	Changed  time.Time `json:"changed,omitzero"`
}

// Box is the folder of outgoing letters of one clone.
type Box struct {
	dir  string
	perm func(fs.FileMode) fs.FileMode
	step func(op, path string) error
}

// Options are how a box writes.
type Options struct {
	Perm func(fs.FileMode) fs.FileMode // of core.sharedRepository
	Step func(op, path string) error   // asked before each write; for tests
}

// Open opens the box in a folder, which need not exist yet.
func Open(dir string, opt Options) *Box {
	b := &Box{dir: dir, perm: opt.Perm, step: opt.Step}
	if b.perm == nil {
		b.perm = func(m fs.FileMode) fs.FileMode { return m }
	}
	if b.step == nil {
		b.step = func(string, string) error { return nil }
	}
	return b
}

// name is that of an entry's files.
func name(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}

func (b *Box) file(id, ext string) string { return filepath.Join(b.dir, name(id)+ext) }

// Put adds a letter durably.
func (b *Box) Put(e Entry, letter []byte) error {
	if err := b.make(); err != nil {
		return err
	}
	// The names of both become durable together: without the second the first
	// is no letter.
	if err := b.place(b.file(e.ID, ".eml"), letter); err != nil {
		return err
	}
	e.State = Queued
	return b.Save(e)
}

// make makes the folder, for the eyes of the repository's users only, and the
// one that it lies in.
func (b *Box) make() error {
	if _, err := os.Stat(b.dir); err == nil {
		return nil
	}
	if err := b.step("mkdir", b.dir); err != nil {
		return err
	}
	above := filepath.Dir(b.dir)
	if err := errors.Join(b.makeDir(above, 0o777), b.makeDir(b.dir, 0o700)); err != nil {
		return err
	}
	return syncDir(above)
}

func (b *Box) makeDir(dir string, perm fs.FileMode) error {
	if err := os.Mkdir(dir, perm); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	}
	st, err := os.Stat(dir)
	if err != nil {
		return err
	}
	return os.Chmod(dir, b.perm(st.Mode()))
}

// Save writes an entry durably.
func (b *Box) Save(e Entry) error {
	data, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return err
	}
	return b.write(b.file(e.ID, ".json"), append(data, '\n'))
}

// write replaces a file as a whole, durably.
func (b *Box) write(path string, data []byte) error {
	if err := b.place(path, data); err != nil {
		return err
	}
	return syncDir(b.dir)
}

// place replaces a file whose content is durable; its name is not yet.
func (b *Box) place(path string, data []byte) error {
	if err := b.step("create", path); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(b.dir, ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(b.perm(0o600))
	}
	if err == nil {
		err = tmp.Sync()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := b.step("rename", path); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// syncDir makes names durable. Systems that cannot sync folders say so with an
// error that is of no use to anybody.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// List gives all entries, the oldest first. A file that cannot be read is an
// error of its own beside the others.
func (b *Box) List() ([]Entry, error) {
	files, err := os.ReadDir(b.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Entry
	var problems []error
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") || strings.HasPrefix(f.Name(), ".") {
			continue
		}
		e, err := b.read(filepath.Join(b.dir, f.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // gone meanwhile
		case err != nil:
			problems = append(problems, err)
		default:
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b Entry) int {
		if c := a.Queued.Compare(b.Queued); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, errors.Join(problems...)
}

func (b *Box) read(path string) (Entry, error) {
	var e Entry
	data, err := os.ReadFile(path)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("%s: %w", path, err)
	}
	return e, nil
}

// Entry gives the entry of a letter; fs.ErrNotExist when there is none.
func (b *Box) Entry(id string) (Entry, error) { return b.read(b.file(id, ".json")) }

// Letter gives the letter as it is to be sent.
func (b *Box) Letter(id string) ([]byte, error) { return os.ReadFile(b.file(id, ".eml")) }

// Remove takes a letter out of the box; the entry goes first, so that a crash
// leaves no entry without a letter.
func (b *Box) Remove(id string) error {
	for _, ext := range []string{".json", ".eml"} {
		path := b.file(id, ext)
		if err := b.step("remove", path); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return syncDir(b.dir)
}
