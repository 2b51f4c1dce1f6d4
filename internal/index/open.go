package index

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const mainPrefix = "main."

// Options of Open.
type Options struct {
	// ReadOnly neither creates nor replaces nor changes anything.
	ReadOnly bool
	// Version stands for everything outside the schema that decides what
	// entries hold, the version of the reading code above all; an index made
	// with another one is rebuilt.
	Version string
	// BusyTimeout is how long a write waits for another process, five seconds
	// when zero.
	BusyTimeout time.Duration
	// Mode is the permission of files it creates, 0600 when zero.
	Mode os.FileMode
}

// DB is an open index.
type DB struct {
	ctx     context.Context
	path    string // as given; a link to the file in use
	opt     Options
	schema  Schema // asked for
	wanted  string // the same as it is stored
	stored  Schema // of the tables in the file
	c       *conn
	reason  string // why there is nothing in it
	ro      bool
	memory  bool
	network bool
	overlay bool
	past    *laidPast // a history that is not recorded; nil: none
	inTx    bool      // a snapshot is held
}

// Asked is how many queries the index has answered since it was opened, for
// tests that count what something costs.
func (db *DB) Asked() int { return db.c.asked }

// ErrDamaged says that the file turned out to be damaged while it was read or
// written; the answer to it is a bulk build.
var ErrDamaged = errors.New("the index file is damaged")

// ErrBusy says that another process kept the index locked.
var ErrBusy = errors.New("the index is locked by another process")

// ErrLaid says that the index cannot be written while documents or a history
// are laid over it, which would be lost.
var ErrLaid = errors.New("the index cannot be written while something is laid over it")

// ErrFull says that there is no room for the index.
var ErrFull = errors.New("there is no space left for it")

// ErrReadOnly says that the index cannot be written here.
var ErrReadOnly = errors.New("the index cannot be written")

// Open opens the index at path, or starts an empty one. A file that is
// missing, damaged, of another version or in a place that cannot be used is no
// error: State says that and why, and where nothing can be kept on disk the
// index lives in memory. An error means a wrong schema or no memory. Queries end
// when ctx does.
//
// At path lies a link to the file in use. Building anew makes another file and
// turns the link, so that processes which still read the old one keep it and
// its write-ahead log whole.
func Open(ctx context.Context, path string, schema Schema, opt Options) (*DB, error) {
	if err := schema.check(); err != nil {
		return nil, err
	}
	if opt.BusyTimeout == 0 {
		opt.BusyTimeout = 5 * time.Second
	}
	if opt.Mode == 0 {
		opt.Mode = 0o600
	}
	db := &DB{ctx: ctx, path: path, opt: opt, schema: schema, wanted: schema.encode(), network: OnNetwork(filepath.Dir(path))}
	db.reason = db.attach()
	if db.reason == "" {
		return db, nil
	}
	if !opt.ReadOnly {
		if err := db.renew(); err == nil {
			return db, nil
		} else {
			db.reason += "; " + err.Error()
		}
	}
	return db, db.inMemory()
}

// attach opens the file at path and says why it is of no use, if so.
func (db *DB) attach() (reason string) {
	file, err := filepath.EvalSymlinks(db.path)
	if err != nil {
		return "there is no index yet"
	}
	if reason := looksDamaged(file); reason != "" {
		return reason
	}
	if err := db.connectFile(file); err != nil {
		return "the index cannot be opened: " + err.Error()
	}
	if reason := db.inspect(); reason != "" {
		_ = db.c.close()
		db.c = nil
		return reason
	}
	return ""
}

func (db *DB) connectFile(file string) error {
	modes, first := db.modes(file)
	for _, mode := range modes {
		if strings.Contains(mode, "immutable") && logged(file) {
			break // its latest changes could not be seen
		}
		c, err := connect(db.ctx, file, mode)
		if err == nil {
			err = db.tune(c)
			if err == nil {
				_, _, err = c.one("SELECT value FROM main.meta LIMIT 1")
			}
			if err == nil {
				db.c, db.ro = c, mode != "rw" || db.opt.ReadOnly
				return nil
			}
			_ = c.close()
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// modes are the ways to open a file, the best first.
func (db *DB) modes(file string) ([]string, error) {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return []string{"ro", "ro&immutable=1"}, nil
	}
	_ = f.Close()
	_, unshared := os.Stat(file + "-shm")
	switch {
	case db.opt.ReadOnly && unshared == nil:
		// In use, or its process was killed: opened for writing and closed as the
		// last one, its log would be written into the file.
		return []string{"ro&readonly_shm=1", "ro"}, nil
	case db.opt.ReadOnly && logged(file):
		return nil, errors.New("its log has to be written into it first")
	}
	// Reading a file in WAL mode wants its shared memory beside it; to write
	// that is no change to the index, so a reader opens it like a writer.
	return []string{"rw", "ro", "ro&immutable=1"}, nil
}

// logged reports whether the write-ahead log holds something that the file lacks.
func logged(file string) bool {
	wal, err := os.Stat(file + "-wal")
	return err == nil && wal.Size() > 0
}

// tune sets what holds for one connection. NORMAL in WAL mode loses at most
// the latest transactions with the power, never a part of one: the index is
// then an older one, complete for the commit it names.
func (db *DB) tune(c *conn) error {
	return c.script(fmt.Sprintf(`PRAGMA busy_timeout = %d;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -8000;
PRAGMA trusted_schema = ON`, db.opt.BusyTimeout.Milliseconds()))
}

// looksDamaged finds what SQLite would notice late or not at all: a file that
// is none of its, or shorter than it says itself.
func looksDamaged(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return "the index cannot be opened: " + err.Error()
	}
	defer f.Close()
	var head [100]byte
	if _, err := io.ReadFull(f, head[:]); err != nil {
		return "the index file is cut off"
	}
	if string(head[:16]) != "SQLite format 3\x00" || binary.BigEndian.Uint32(head[68:]) != applicationID {
		return "the file is no index"
	}
	size := int64(binary.BigEndian.Uint16(head[16:]))
	if size == 1 {
		size = 65536
	}
	pages := int64(binary.BigEndian.Uint32(head[28:]))
	st, err := f.Stat()
	if err != nil {
		return "the index cannot be read: " + err.Error()
	}
	if logged(file) {
		return "" // what the file lacks may be there
	}
	if st.Size() < size*pages {
		return "the index file is cut off"
	}
	return ""
}

// inspect reads what the index says about itself.
func (db *DB) inspect() string {
	meta, err := db.meta()
	if err != nil {
		return "the index cannot be read: " + err.Error()
	}
	if meta["layout"] != itoa(layout) || meta["version"] != db.opt.Version {
		return "the index was made by another version"
	}
	if meta["complete"] != "1" {
		return "the index was never built completely"
	}
	if db.stored, err = db.decode(meta["schema"]); err != nil {
		return "the index cannot be read: " + err.Error()
	}
	return ""
}

// encoded is how a schema is stored.
func (db *DB) encoded(schema Schema) string {
	if len(schema.Forms) == len(db.schema.Forms) && len(schema.Forms) > 0 && &schema.Forms[0] == &db.schema.Forms[0] {
		return db.wanted
	}
	return schema.encode()
}

// decode reads a stored schema, which nearly always is the one asked for.
func (db *DB) decode(text string) (Schema, error) {
	if text == db.wanted {
		return db.schema, nil
	}
	return decodeSchema(text)
}

func (db *DB) meta() (map[string]string, error) {
	out := map[string]string{}
	err := db.c.query("SELECT key, value FROM main.meta", nil, func(r []value) error {
		out[asString(r[0])] = asString(r[1])
		return nil
	})
	return out, err
}

// create makes all tables and indexes in an empty database.
func (db *DB) create(c *conn, schema Schema) error {
	if err := c.script(tablesDDL(mainPrefix) + mainDDL); err != nil {
		return err
	}
	for _, x := range secondary {
		if err := c.exec(x.ddl()); err != nil {
			return err
		}
	}
	for _, f := range schema.Forms {
		if err := c.exec(formDDL(mainPrefix, f)); err != nil {
			return err
		}
		for _, x := range formIndexes(f) {
			if err := c.exec(x.ddl(f.Name)); err != nil {
				return err
			}
		}
	}
	return c.script(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
}

func (db *DB) writeMeta(c *conn, schema Schema, commit string) error {
	w := &Writer{c: c}
	return errors.Join(w.setMeta("layout", itoa(layout)), w.setMeta("version", db.opt.Version), w.setMeta("schema", schema.encode()),
		w.setMeta("commit", commit), w.setMeta("complete", "1"))
}

// renew puts an empty index at path and opens it.
func (db *DB) renew() error {
	file, err := db.newFile()
	if err != nil {
		return err
	}
	c, err := connect(db.ctx, file, "rw")
	if err == nil {
		err = c.script("PRAGMA page_size = 8192;\nPRAGMA journal_mode = " + db.journal())
		if err == nil {
			err = c.exec("BEGIN")
		}
		if err == nil {
			err = errors.Join(db.create(c, db.schema), db.writeMeta(c, db.schema, ""), c.exec("COMMIT"))
		}
		if cerr := c.close(); err == nil {
			err = cerr
		}
	}
	if err == nil {
		err = db.swap(file)
	}
	if err != nil {
		removeFile(file)
		return err
	}
	return db.reopen()
}

func (db *DB) journal() string {
	if db.network {
		return "DELETE"
	}
	return "WAL"
}

func (db *DB) reopen() error {
	if db.c != nil {
		_ = db.c.close()
		db.c = nil
	}
	db.memory, db.overlay, db.past, db.inTx = false, false, nil, false
	if reason := db.attach(); reason != "" {
		return errors.New(reason)
	}
	return nil
}

func (db *DB) inMemory() error {
	c, err := connect(db.ctx, "", "memory")
	if err != nil {
		return err
	}
	db.c, db.memory, db.stored = c, true, db.schema
	if err := db.create(c, db.schema); err != nil {
		return err
	}
	return db.writeMeta(c, db.schema, "")
}

// newFile makes an empty file beside path with a name of its own.
func (db *DB) newFile() (string, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	name := db.path + "." + hex.EncodeToString(b[:])
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, db.opt.Mode)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Chmod(db.opt.Mode), f.Close()); err != nil {
		return "", err
	}
	return name, nil
}

// swap turns the link at path to file. Where links cannot be made the file
// takes the place itself.
func (db *DB) swap(file string) error {
	old, _ := filepath.EvalSymlinks(db.path)
	link := file + ".link"
	err := os.Symlink(filepath.Base(file), link)
	if err == nil {
		if err = os.Rename(link, db.path); err != nil {
			_ = os.Remove(link)
			return err
		}
		if old == db.path { // it was no link: its log belonged to that file
			_ = os.Remove(db.path + "-wal")
			_ = os.Remove(db.path + "-shm")
		}
	} else {
		removeFile(db.path)
		if err := os.Rename(file, db.path); err != nil {
			return err
		}
	}
	db.sweep()
	return nil
}

// sweptAfter is how long a replaced file stays, for processes that are just
// opening it; those that have it open do not need its name.
const sweptAfter = 10 * time.Minute

// sweep removes files that are linked no more.
func (db *DB) sweep() {
	current, err := filepath.EvalSymlinks(db.path)
	if err != nil {
		return
	}
	names, _ := filepath.Glob(globQuote(db.path) + ".????????????")
	links, _ := filepath.Glob(globQuote(db.path) + ".????????????.link")
	for _, name := range append(names, links...) {
		st, err := os.Lstat(name)
		if err != nil || filepath.Base(name) == filepath.Base(current) || time.Since(st.ModTime()) < sweptAfter {
			continue
		}
		if wal, err := os.Stat(name + "-wal"); err == nil && time.Since(wal.ModTime()) < sweptAfter {
			continue
		}
		removeFile(name)
	}
}

func globQuote(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

func removeFile(file string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		_ = os.Remove(file + suffix)
	}
}

// Close ends the use of the index.
func (db *DB) Close() error {
	if db.c == nil {
		return nil
	}
	c := db.c
	db.c = nil
	return c.close()
}

// State says what the index is good for, as it is now.
func (db *DB) State() State {
	s := State{Reason: db.reason, ReadOnly: db.ro, Memory: db.memory, Network: db.network}
	s.NeedsRebuild = db.reason != ""
	meta, err := db.meta()
	if err == nil {
		s.Commit = meta["commit"]
		_, s.Changes, err = db.changes(meta["schema"], db.schema)
	}
	switch {
	case err != nil:
		s.NeedsRebuild, s.Reason = true, "the index cannot be read: "+err.Error()
	case s.Commit == "" && !s.NeedsRebuild:
		s.NeedsRebuild, s.Reason = true, "nothing has been indexed yet"
	}
	return s
}

// Count gives how many documents the index holds, and how many files beside
// them cannot be used as documents.
func (db *DB) Count() (documents, aside int, err error) {
	n, err := db.c.int("SELECT sum(n) FROM counts")
	if err != nil {
		return 0, 0, wrap(err)
	}
	files, err := db.Aside("")
	return int(n), len(files), err
}

// storedSchema is the schema that the index was made with, as text.
func (db *DB) storedSchema() (string, error) {
	row, ok, err := db.c.one("SELECT value FROM main.meta WHERE key = 'schema'")
	if err != nil || !ok {
		return "", wrap(err)
	}
	return asString(row[0]), nil
}

// changes compares a stored schema, empty where there is none, with another.
func (db *DB) changes(text string, schema Schema) (Schema, []FormChange, error) {
	if text == "" {
		return Schema{}, nil, nil
	}
	stored, err := db.decode(text)
	if err != nil {
		return Schema{}, nil, err
	}
	if text == db.encoded(schema) {
		return stored, nil, nil
	}
	changes := compareSchemas(stored, schema, func(form, name string) bool {
		_, found, qerr := db.c.one("SELECT 1 FROM main.unknown WHERE form = ? AND name = ?", form, name)
		err = errors.Join(err, qerr)
		return found
	})
	for i, ch := range changes {
		if ch.Kind == NewForm {
			n, qerr := db.c.int("SELECT n FROM main.counts WHERE form = ?", ch.Form)
			err = errors.Join(err, qerr)
			if n > 0 { // known as documents, but not their fields
				changes[i].Kind = Reread
			}
		}
	}
	return stored, changes, wrap(err)
}

// laidOver tells whether answers are of more than what is written.
func (db *DB) laidOver() bool { return db.overlay || db.past != nil }

// Update runs fn in one transaction. On an error nothing has changed. A
// snapshot that was held ends with it; while something is laid over the index
// it is refused, since that belongs to its snapshot.
func (db *DB) Update(fn func(*Writer) error) error {
	if db.ro {
		return ErrReadOnly
	}
	if db.laidOver() {
		return ErrLaid
	}
	if err := db.endSnapshot(); err != nil {
		return err
	}
	if err := db.c.exec("BEGIN IMMEDIATE"); err != nil {
		return wrap(err)
	}
	text, err := db.storedSchema() // another process may have changed it
	stored := Schema{}
	if err == nil {
		stored, _, err = db.changes(text, db.schema)
	}
	if err != nil {
		return errors.Join(err, db.c.exec("ROLLBACK"))
	}
	db.stored = stored
	w := newWriter(db, db.c, mainPrefix, db.stored)
	err = fn(w)
	if err == nil {
		err = w.finish()
	}
	if err == nil {
		err = db.c.exec("COMMIT")
	}
	if err != nil {
		_ = db.c.exec("ROLLBACK")
		return wrap(err)
	}
	db.stored = w.schema
	if w.committed {
		db.reason = ""
	}
	return nil
}

// wrap tells apart the failures a caller can do something about.
func wrap(err error) error {
	var e *sqlite.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}
