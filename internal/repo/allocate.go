package repo

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
)

// newUID makes a document's name for ever.
func newUID(at time.Time) string {
	return ulid.MustNew(ulid.Timestamp(at), rand.Reader).String()
}

func gitHash(b []byte) gitstore.Hash { return gitstore.HashBlob(b) }

// allocate gives the next number of a form: one more than the greatest that
// the commit the transaction builds on, the transaction itself, or what was
// fetched from other clones has.
func (tx *Tx) allocate(f *form.Form, registered time.Time) (string, error) {
	prefix := tx.r.prefix()
	if prefix != "" && !form.ValidPrefix(prefix) {
		return "", &PrefixError{prefix}
	}
	t := f.Numbers[0].WithPrefix(prefix)
	year := registered.In(tx.Now().Location()).Year()
	if !t.HasYear() {
		year = 0
	}
	key := f.Name + "/" + strconv.Itoa(year)
	last, known := tx.next[key]
	if !known {
		var err error
		if last, err = tx.lastSequence(f, t, year); err != nil {
			return "", err
		}
	}
	for {
		last++
		number := t.Format(year, last)
		p, err := form.PathOf(f, number)
		if err != nil {
			return "", err
		}
		taken, err := tx.taken(number, p)
		if err != nil {
			return "", err
		}
		if !taken {
			tx.next[key] = last
			return number, nil
		}
	}
}

// free refuses a number that belongs to a document or once did.
func (tx *Tx) free(f *form.Form, number string) error {
	p, err := form.PathOf(f, number)
	if err != nil {
		return err
	}
	taken, err := tx.taken(number, p)
	for _, tree := range tx.fetched() {
		if _, lookErr := tx.r.git.Lookup(tree, p); lookErr == nil {
			taken = true
		}
	}
	if err == nil && taken {
		err = fmt.Errorf("the number %s is taken by another document", number)
	}
	return err
}

// taken reports whether a number belongs to a document or once did.
func (tx *Tx) taken(number, p string) (bool, error) {
	if _, ok := tx.docs[number]; ok {
		return true, nil
	}
	if _, err := tx.r.git.Lookup(tx.r.tree, p); err == nil {
		return true, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	db, err := tx.r.Index()
	if err != nil {
		return false, err
	}
	rows, err := db.ByKey(aliasKey, number, 1)
	return len(rows) > 0, err
}

// prefix is put before the numbers of this clone, so that clones that
// register apart never take the same number: `git config e1.prefix A`.
func (r *Repo) prefix() string { return r.git.ConfigValue("e1", "prefix") }

// fetched are the trees of the remote-tracking branches. Numbers in them were
// published: they are taken, though HEAD may not have them yet.
func (tx *Tx) fetched() []gitstore.Hash {
	if tx.remote != nil {
		return tx.remote
	}
	tx.remote = []gitstore.Hash{}
	refs, err := tx.r.git.Refs("refs/remotes/")
	if err != nil {
		return tx.remote
	}
	for _, ref := range refs {
		// What cannot be read, in a partial clone or after damage, claims nothing:
		// a number taken twice is found when the branches are merged.
		if c, err := tx.r.git.Commit(ref.ID); err == nil && c.Tree != tx.r.tree && !slices.Contains(tx.remote, c.Tree) {
			tx.remote = append(tx.remote, c.Tree)
		}
	}
	return tx.remote
}

// lastSequence finds the greatest sequence of a form and year.
func (tx *Tx) lastSequence(f *form.Form, t form.Template, year int) (int, error) {
	p, err := form.PathOf(f, t.Format(year, 1))
	if err != nil {
		return 0, err
	}
	top := path.Dir(path.Dir(path.Dir(p)))
	own, err := tx.r.git.Lookup(tx.r.tree, top)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	last, err := tx.r.lastIn(own.ID, t, year, 2)
	if err != nil {
		return 0, err
	}
	for _, tree := range tx.fetched() {
		if e, err := tx.r.git.Lookup(tree, top); err == nil && e.ID != own.ID {
			if n, err := tx.r.lastIn(e.ID, t, year, 2); err == nil {
				last = max(last, n)
			}
		}
	}
	return last, nil
}

// lastIn looks through the folders below a tree from the last one backwards
// until one holds a number of the template. Folders are named by sequence, so
// these are a handful of small trees, however many documents there are.
func (r *Repo) lastIn(tree gitstore.Hash, t form.Template, year, depth int) (int, error) {
	entries, err := r.git.Tree(tree)
	if err != nil {
		return 0, err
	}
	if depth == 0 {
		last := 0
		for _, e := range entries {
			number, ok := strings.CutSuffix(e.Name, definition.Ext)
			if !ok || e.IsDir() {
				continue
			}
			if n, ok := t.Number(number); ok && n.Year == year && n.Prefix == r.prefix() {
				last = max(last, n.Seq)
			}
		}
		return last, nil
	}
	for {
		at, best := -1, -1
		for i, e := range entries {
			n, err := strconv.Atoi(e.Name)
			if e.IsDir() && err == nil && n > best {
				at, best = i, n
			}
		}
		if at < 0 {
			return 0, nil
		}
		last, err := r.lastIn(entries[at].ID, t, year, depth-1)
		if err != nil || last > 0 {
			return last, err
		}
		entries = append(entries[:at:at], entries[at+1:]...)
	}
}

// digest gives the SHA-256 and size of bytes or of a file.
func digest(data []byte, source string) (sum string, size int64, err error) {
	h := sha256.New()
	if data != nil || source == "" {
		h.Write(data)
		return hex.EncodeToString(h.Sum(nil)), int64(len(data)), nil
	}
	info, err := os.Stat(source) // before it is opened: a pipe would be waited for
	if err != nil {
		return "", 0, err
	}
	if !info.Mode().IsRegular() {
		return "", 0, fmt.Errorf("%q is not an ordinary file", source)
	}
	f, err := os.Open(source)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
