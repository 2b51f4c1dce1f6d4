package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
)

// Operation is what a transaction is recorded as.
type Operation struct {
	Name    string // E1-Op: register, set, advance, …
	Actor   string // E1-Actor: a user, or import/<name>
	For     string // E1-For: whom a substitute acts for
	Author  gitstore.Signature
	Undoes  string // E1-Undoes: the commit taken back
	Command string // told to processes that wait for us
	DryRun  bool
	Trial   bool // only decide: nothing is asked of the repository, nor written
}

// Receipt is what a transaction did.
type Receipt struct {
	Commit    string   // empty when nothing was to be changed, or in a dry run
	Subject   string   // the commit's first line
	Documents []string // numbers, in the order touched
	Paths     []string // files written or deleted
	DryRun    bool
}

// Tx is one transaction while its function decides. Nothing is written
// before that function has returned without an error and everything it
// changed has been found to fit.
type Tx struct {
	r       *Repo
	git     *gitstore.Tx // nil in a trial
	op      Operation
	subject string
	docs    map[string]*tracked
	order   []string
	next    map[string]int  // next sequence by form and year
	remote  []gitstore.Hash // see fetched; nil before it is asked for
	files   []filePut
	before  []func() error
	asked   asked
	// Lenient lets documents be written that do not fit their form, for
	// operations that restore what was there before.
	lenient bool
	// decided says that nothing is changed any more; keyed are the documents by
	// their keys then.
	decided bool
	keyed   map[string]map[index.Key][]string
}

// tracked is a document a transaction has looked at.
type tracked struct {
	path   string
	before []byte // its file at HEAD, nil for a new document
	was    *document.Document
	now    *document.Document
}

// filePut is a file beside the documents.
type filePut struct {
	path   string
	data   []byte
	source string // path of a file to stream from, instead of data
	remove bool
	adopt  bool
}

// Update runs one transaction: the locks are taken, HEAD is read, decide
// decides, and what it changed becomes one commit. An error of decide, or a
// document that does not fit its form, changes nothing.
func (r *Repo) Update(ctx context.Context, op Operation, decide func(*Tx) error) (Receipt, error) {
	tx := &Tx{r: r, op: op, docs: map[string]*tracked{}, next: map[string]int{}, keyed: map[string]map[index.Key][]string{}}
	r.dry = r.dry || op.DryRun || op.Trial
	if !op.Trial {
		if err := tx.begin(ctx); err != nil {
			return Receipt{}, err
		}
		defer tx.git.Rollback()
	}
	r.openAhead()
	if err := decide(tx); err != nil {
		return Receipt{}, err
	}
	return tx.finish()
}

// begin takes the locks, but in a dry run, and looks at HEAD again.
func (tx *Tx) begin(ctx context.Context) error {
	r := tx.r
	opt, err := r.beginOptions(tx.op.Command)
	if err != nil {
		return err
	}
	opt.DryRun = tx.DryRun()
	if tx.git, err = r.git.Begin(ctx, opt); err != nil {
		return renumberHint(err)
	}
	for _, n := range tx.git.Notes() {
		r.opt.note(n.String())
	}
	// Another process may have moved HEAD while we waited.
	if err := r.load(); err != nil {
		tx.git.Rollback()
		return err
	}
	return nil
}

func (r *Repo) beginOptions(command string) (gitstore.BeginOptions, error) {
	conf, _, err := r.defs.Settings()
	return gitstore.BeginOptions{
		Wait: r.opt.Wait, Command: command, Split: gitstore.SplitMode(conf.SplitIndex), Output: r.opt.Output,
	}, err
}

// Recover completes what a killed command has left, as every command that
// writes does before its own work. Where nothing was left it does nothing.
func (r *Repo) Recover(ctx context.Context, command string) error {
	if !r.git.NeedsRecovery() || r.dry {
		return nil
	}
	opt, err := r.beginOptions(command)
	if err != nil {
		return err
	}
	notes, err := r.git.Recover(ctx, opt)
	for _, n := range notes {
		r.opt.note(n.String())
	}
	return err
}

// Definitions are those the transaction acts by.
func (tx *Tx) Definitions() *definition.Set { return tx.r.defs }

// Repo is the repository, for reading.
func (tx *Tx) Repo() *Repo { return tx.r }

// Now is the time of the transaction.
func (tx *Tx) Now() time.Time { return tx.r.Now() }

// DryRun reports whether nothing will be written.
func (tx *Tx) DryRun() bool { return tx.op.DryRun || tx.op.Trial }

// Subject sets the first line of the commit's message.
func (tx *Tx) Subject(format string, args ...any) { tx.subject = fmt.Sprintf(format, args...) }

// ActsFor records whom a substitute acts for.
func (tx *Tx) ActsFor(user string) { tx.op.For = user }

// Lenient lets the transaction write documents that do not fit their form.
func (tx *Tx) Lenient() { tx.lenient = true }

// Document returns a document for changing: whatever decide does to it is
// written when the transaction ends. The number is a full one.
func (tx *Tx) Document(number string) (*document.Document, error) {
	if t := tx.docs[number]; t != nil {
		return t.now, nil
	}
	p, src, err := tx.r.headFile(number)
	if err != nil {
		return nil, err
	}
	d, problems := tx.r.ReadDocument(p, src)
	if err := errors.Join(problems.Err(), misplaced(p, number, d)); err != nil {
		return nil, err
	}
	tx.track(number, &tracked{path: p, before: src, was: d, now: d.Clone()})
	return tx.docs[number].now, nil
}

// Before returns a document as it was at HEAD, nil for a new one or one the
// transaction has not looked at.
func (tx *Tx) Before(number string) *document.Document {
	if t := tx.docs[number]; t != nil {
		return t.was
	}
	return nil
}

// Each visits the committed documents that the transaction has looked at, as
// they were and as they are now.
func (tx *Tx) Each(fn func(was, now *document.Document) error) error {
	for _, number := range tx.order {
		if t := tx.docs[number]; t.was != nil && t.now != nil {
			if err := fn(t.was, t.now); err != nil {
				return err
			}
		}
	}
	return nil
}

// Replace puts a changed copy in the place of a document.
func (tx *Tx) Replace(d *document.Document) error {
	if _, err := tx.Document(d.Number); err != nil {
		return err
	}
	tx.docs[d.Number].now = d
	return nil
}

// Add registers a document: it gets its number and uid here, under the lock.
func (tx *Tx) Add(d *document.Document) error {
	f, err := tx.r.defs.Form(d.Form)
	if err != nil {
		return err
	}
	if d.Registered.IsZero() {
		d.Registered = tx.Now()
	}
	if d.UID == "" {
		d.UID = newUID(d.Registered)
	}
	number, err := tx.allocate(f, d.Registered)
	if err != nil {
		return err
	}
	d.Number = number
	return tx.place(f, d)
}

// Place adds a document that already has its number.
func (tx *Tx) place(f *form.Form, d *document.Document) error {
	p, err := form.PathOf(f, d.Number)
	if err != nil {
		return err
	}
	tx.track(d.Number, &tracked{path: p, now: d})
	return nil
}

// Renumber moves a document and its files under a new number: to, or the next
// free one when that is empty.
func (tx *Tx) Renumber(d *document.Document, to string) (*document.Document, error) {
	f, err := tx.r.defs.Form(d.Form)
	if err != nil {
		return nil, err
	}
	t := tx.docs[d.Number]
	if t == nil || t.before == nil {
		return nil, fmt.Errorf("%s is not a committed document", d.Number)
	}
	number := to
	if number == "" {
		number, err = tx.allocate(f, d.Registered)
	} else {
		err = tx.free(f, number)
	}
	if err != nil {
		return nil, err
	}
	moved := d.Clone()
	moved.Number = number
	if err := tx.place(f, moved); err != nil {
		return nil, err
	}
	from, to := strings.TrimSuffix(t.path, definition.Ext), strings.TrimSuffix(tx.docs[number].path, definition.Ext)
	names, err := treeSource{tx.r.git, tx.r.tree, nil}.List(from, "")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := treeSource{tx.r.git, tx.r.tree, nil}.Read(name)
		if err != nil {
			return nil, err
		}
		tx.files = append(tx.files,
			filePut{path: path.Join(to, path.Base(name)), data: data},
			filePut{path: name, remove: true})
	}
	tx.files = append(tx.files, filePut{path: t.path, remove: true})
	t.now = nil
	return moved, nil
}

// Attach stores a file beside a document and records it there. The bytes come
// from data, or are streamed from the file source when data is nil.
func (tx *Tx) Attach(d *document.Document, original string, data []byte, source, by string) (document.File, error) {
	t := tx.docs[d.Number]
	if t == nil {
		return document.File{}, fmt.Errorf("%s is not part of the transaction", d.Number)
	}
	taken := []string{}
	for _, f := range d.Files {
		taken = append(taken, f.Name)
	}
	sum, size, err := digest(data, source)
	if err != nil {
		return document.File{}, err
	}
	f := document.File{
		Name: document.AttachmentName(original, taken), SHA256: sum, Size: size, By: by, At: tx.Now(),
	}
	f.Original = document.OriginalName(original, f.Name)
	d.Files = append(d.Files, f)
	tx.files = append(tx.files, filePut{path: attachmentPath(t.path, f.Name), data: data, source: source})
	return f, nil
}

// AttachVersion is Attach for a file that people attach again: where the
// document had one of that name before the transaction, it is another version
// of it. The bytes that are there already are not stored twice; fresh tells.
func (tx *Tx) AttachVersion(d *document.Document, original string, data []byte, source, by string) (f document.File, fresh bool, err error) {
	of := ""
	if was := tx.Before(d.Number); was != nil {
		of = was.SameFile(original)
	}
	if versions := d.Versions(of); of != "" && len(versions) > 0 {
		sum, _, err := digest(data, source)
		if last := versions[len(versions)-1]; err != nil || sum == last.SHA256 {
			return last, false, err
		}
	}
	if f, err = tx.Attach(d, original, data, source, by); err == nil && of != "" {
		last := &d.Files[len(d.Files)-1]
		last.Of, last.Original = of, document.OriginalName(original, of)
		f = *last
	}
	return f, true, err
}

// KeepMessage stores the letter a document came from, byte for byte.
func (tx *Tx) KeepMessage(d *document.Document, raw []byte) {
	tx.files = append(tx.files, filePut{path: attachmentPath(tx.docs[d.Number].path, MessageName), data: raw})
}

// MessageName is the file that holds the letter a document came from.
const MessageName = "message.eml"

// PutFile writes a file that is no document.
func (tx *Tx) PutFile(name string, data []byte) {
	tx.files = append(tx.files, filePut{path: name, data: data})
}

// DeleteFile deletes a file that is no document.
func (tx *Tx) DeleteFile(name string) {
	tx.files = append(tx.files, filePut{path: name, remove: true})
}

// Adopt commits a file of the work tree as a person left it, a deletion too.
func (tx *Tx) Adopt(name string) {
	tx.files = append(tx.files, filePut{path: name, adopt: true})
}

// Exists reports whether a file is there at HEAD or was put by this
// transaction.
func (tx *Tx) Exists(name string) (bool, error) {
	for i := len(tx.files) - 1; i >= 0; i-- {
		if tx.files[i].path == name {
			return !tx.files[i].remove, nil
		}
	}
	_, err := tx.r.git.Lookup(tx.r.tree, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (tx *Tx) track(number string, t *tracked) {
	if _, ok := tx.docs[number]; !ok {
		tx.order = append(tx.order, number)
	}
	tx.docs[number] = t
}

// changed are the documents whose file will differ, in the order touched.
type changedDoc struct {
	*tracked
	number string
	after  []byte
}

func (tx *Tx) changed() ([]changedDoc, error) {
	var out []changedDoc
	for _, number := range tx.order {
		t := tx.docs[number]
		if t.now == nil {
			continue
		}
		f, err := tx.r.defs.Form(t.now.Form)
		if err != nil {
			return nil, err
		}
		after, err := t.now.Encode(f.Order())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", number, err)
		}
		if bytes.Equal(after, t.before) || t.was != nil && tx.same(t, f) {
			continue
		}
		out = append(out, changedDoc{t, number, after})
	}
	return out, nil
}

// givenUp are the numbers that renumbered documents had: the commit is part of
// their history, too.
func (tx *Tx) givenUp() []string {
	var out []string
	for _, number := range tx.order {
		if t := tx.docs[number]; t.was != nil && t.now == nil {
			out = append(out, number)
		}
	}
	return out
}

// same reports whether a document was not changed although its file is not in
// canonical form: a document nobody changed is never rewritten.
func (tx *Tx) same(t *tracked, f *form.Form) bool {
	was, err := t.was.Encode(f.Order())
	if err != nil {
		return false
	}
	now, err := t.now.Encode(f.Order())
	return err == nil && bytes.Equal(was, now)
}

// finish checks everything and writes it.
func (tx *Tx) finish() (Receipt, error) {
	tx.decided = true
	changed, err := tx.changed()
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Subject: tx.subject, DryRun: tx.DryRun()}
	if len(changed) == 0 && len(tx.files) == 0 {
		return receipt, nil
	}
	if !tx.lenient {
		if err := tx.validate(changed); err != nil {
			return Receipt{}, err
		}
	}
	for _, c := range changed {
		receipt.Documents = append(receipt.Documents, c.number)
		receipt.Paths = append(receipt.Paths, c.path)
	}
	for _, f := range tx.files {
		receipt.Paths = append(receipt.Paths, f.path)
	}
	sort.Strings(receipt.Paths)
	if tx.op.Trial {
		return receipt, nil
	}
	for _, c := range changed {
		if err := tx.git.Put(c.path, c.after); err != nil {
			return Receipt{}, err
		}
	}
	for _, f := range tx.files {
		if err := tx.put(f); err != nil {
			return Receipt{}, err
		}
	}
	for _, fn := range tx.before {
		tx.git.BeforeRef(fn)
	}
	message := gitstore.Message{Subject: tx.subject, Trailers: tx.trailers(append(slices.Clone(receipt.Documents), tx.givenUp()...))}
	tx.git.Derive(func(made func() (gitstore.Hash, bool)) error {
		tx.index(made, changed)
		return nil
	})
	name, email := tx.r.git.UserConfig()
	committer := gitstore.Signature{Name: name, Email: email, When: tx.op.Author.When}
	id, err := tx.git.Commit(message, tx.op.Author, committer)
	if errors.Is(err, gitstore.ErrNothing) {
		return Receipt{Subject: tx.subject, DryRun: tx.DryRun()}, nil
	}
	if tx.DryRun() && err == nil {
		return receipt, nil
	}
	tx.r.wrote = tx.r.wrote || !id.IsZero()
	if err != nil {
		return Receipt{}, err
	}
	receipt.Commit = id.String()
	return receipt, tx.r.moved(id, receipt.Paths)
}

func (tx *Tx) put(f filePut) error {
	switch {
	case f.adopt:
		return tx.git.Adopt(f.path)
	case f.remove:
		return tx.git.Delete(f.path)
	case f.data == nil && f.source != "":
		return tx.git.PutFrom(f.path, f.source)
	}
	return tx.git.Put(f.path, f.data)
}

// maxDocTrailers bounds the trailers of a batch; the documents of a larger
// commit are found by comparing trees.
const maxDocTrailers = 200

func (tx *Tx) trailers(docs []string) []gitstore.Trailer {
	out := []gitstore.Trailer{{Key: TrailerOp, Value: tx.op.Name}}
	if len(docs) <= maxDocTrailers {
		for _, n := range docs {
			out = append(out, gitstore.Trailer{Key: TrailerDoc, Value: n})
		}
	}
	out = append(out, gitstore.Trailer{Key: TrailerActor, Value: tx.op.Actor})
	if tx.op.For != "" {
		out = append(out, gitstore.Trailer{Key: TrailerFor, Value: tx.op.For})
	}
	if tx.op.Undoes != "" {
		out = append(out, gitstore.Trailer{Key: TrailerUndoes, Value: tx.op.Undoes})
	}
	return out
}

// moved follows HEAD to a commit of our own. Definitions read so far stay
// when the commit did not touch any.
func (r *Repo) moved(id gitstore.Hash, paths []string) error {
	for _, p := range paths {
		if !strings.HasPrefix(p, documentsDir+"/") && !isPinned(p) {
			return r.load()
		}
	}
	c, err := r.git.Commit(id)
	if err != nil {
		return err
	}
	r.head.Commit, r.head.Unborn, r.tree = id, false, c.Tree
	if r.fit != nil && slices.ContainsFunc(paths, isPinned) {
		r.fit.fresh = true
	}
	r.defs.Moved(treeSource{r.git, r.tree, &r.used})
	if r.index == nil {
		return nil
	}
	if !r.current(r.index) {
		return r.closeIndex()
	}
	return r.hold(r.index)
}

// attachmentPath is where an attachment of the document at docPath lies.
func attachmentPath(docPath, name string) string {
	return strings.TrimSuffix(docPath, definition.Ext) + "/" + name
}

// headFile reads a document's committed file.
func (r *Repo) headFile(number string) (string, []byte, error) {
	p, err := r.pathOf(number)
	if err != nil {
		return "", nil, err
	}
	e, err := r.git.Lookup(r.tree, p)
	if errors.Is(err, fs.ErrNotExist) {
		if _, statErr := os.Stat(filepath.Join(r.git.Root(), filepath.FromSlash(p))); statErr == nil {
			return "", nil, &NotCommittedError{Number: number, Path: p}
		}
		return "", nil, r.unknownDocument(number)
	}
	if err != nil {
		return "", nil, err
	}
	src, err := r.content(blobRef{p, e.ID})
	return p, src, err
}
