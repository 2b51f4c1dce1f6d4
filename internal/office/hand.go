package office

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
)

// handEdits is what `e1 commit` finds in the files that people edited.
type handEdits struct {
	o        *Office
	tx       *repo.Tx
	set, was *form.Set // the forms as edited, and as committed
	problems diag.List
	denied   []error
	// attached are the edited files beside documents, by the documents' paths.
	attached map[string]map[string]gitstore.EditKind
}

// byHand checks every edit, the documents by the forms as they will be.
func (o *Office) byHand(tx *repo.Tx, edits []gitstore.Edit) (*handEdits, error) {
	h := &handEdits{o: o, tx: tx, attached: map[string]map[string]gitstore.EditKind{}}
	var err error
	if h.was, err = tx.Definitions().Forms(); err != nil {
		return nil, err
	}
	if h.set, err = definition.New(tx.After()).Forms(); err != nil {
		return nil, err
	}
	if err := o.mayDefine(tx.Files()); err != nil {
		h.denied = append(h.denied, err)
	}
	documents := map[string]gitstore.EditKind{}
	for _, e := range edits {
		_, isDocument := repo.NumberOfPath(e.Path)
		switch {
		case e.Kind == gitstore.EditUnusable, !isDocumentFile(e.Path):
		case isDocument:
			documents[e.Path] = e.Kind
		case repo.OwnerOfPath(e.Path) != "":
			of := path.Dir(e.Path) + definition.Ext
			if h.attached[of] == nil {
				h.attached[of] = map[string]gitstore.EditKind{}
			}
			h.attached[of][path.Base(e.Path)] = e.Kind
			if _, too := documents[of]; !too {
				documents[of] = ""
			}
		case e.Kind != gitstore.EditDeleted:
			h.complain(lint.DataStray, e.Path, "e1 attach NUMBER FILE, or put it outside of documents/", "the file belongs to no document")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		if err := h.document(name, documents[name]); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *handEdits) complain(code lint.Code, file, help, format string, args ...any) {
	p := diag.Problem{Code: code.Code, Slug: code.Slug, Message: fmt.Sprintf(format, args...), Help: help, At: diag.At(file, 1, 1)}
	h.problems.Add(p)
}

// document checks one document and the files beside it; kind is empty when
// only these were edited. What was wrong before the edit does not stand in
// the way.
func (h *handEdits) document(name string, kind gitstore.EditKind) error {
	number, _ := repo.NumberOfPath(name)
	if kind == gitstore.EditDeleted {
		h.complain(lint.DataMisplaced, name, "git checkout -- "+name+" brings it back, e1 undo makes it void", "documents are not deleted: their numbers stay taken")
		return nil
	}
	src, err := os.ReadFile(h.work(name))
	if errors.Is(err, fs.ErrNotExist) {
		for _, beside := range slices.Sorted(maps.Keys(h.attached[name])) {
			if h.attached[name][beside] != gitstore.EditDeleted {
				h.complain(lint.DataStray, besideOf(name, beside), "put it outside of documents/", "the file belongs to no document")
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	was, broken, err := h.committed(name)
	if err != nil {
		return err
	}
	d, found := document.ReadFile(name, src)
	h.problems = append(h.problems, found...)
	if found.HasErrors() {
		return nil
	}
	f := h.set.Form(d.Form)
	if f != nil {
		f.Rename(d)
		if was != nil {
			f.Rename(was)
		}
	}
	switch {
	case d.Number != number:
		h.complain(lint.DataMisplaced, name, "", "the file is named after %s, but holds %s", number, d.Number)
	case was != nil && (was.UID != d.UID || was.Form != d.Form):
		h.complain(lint.DataMisplaced, name, "", "form and uid of a document never change")
	case f == nil:
		h.complain(lint.DataForm, name, "", "the form %q does not exist or has errors", d.Form)
	default:
		if p, err := form.PathOf(f, d.Number); err != nil {
			h.complain(lint.DataMisplaced, name, "", "%s", err)
		} else if p != name {
			h.complain(lint.DataMisplaced, name, "", "%s belongs at %q", d.Number, p)
		}
		h.rights(f, was, d, broken)
		if was != nil {
			if err := h.o.rowsKept(h.tx, &Done{}, was, d); err != nil {
				return err
			}
		}
		file := repo.File{Path: name, Number: number, Src: src}
		h.card(f, was, d, file)
		h.standing(was, d, file)
	}
	return h.files(name, was, d)
}

func (h *handEdits) work(name string) string {
	return filepath.Join(h.tx.Repo().Root(), filepath.FromSlash(name))
}

func besideOf(document, name string) string {
	return strings.TrimSuffix(document, definition.Ext) + "/" + name
}

// committed is a document as it was: nil for a new one, and for one that
// cannot be read and is being repaired.
func (h *handEdits) committed(name string) (d *document.Document, broken bool, err error) {
	src, err := h.tx.Repo().Committed(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	d, problems := document.ReadFile(name, src)
	if problems.HasErrors() {
		return nil, true, nil
	}
	return d, false, nil
}

func (h *handEdits) rights(f *form.Form, was, d *document.Document, broken bool) {
	if broken {
		if !h.o.actor.Admin() {
			h.denied = append(h.denied, Denied(fmt.Sprintf("%s: user %q may not repair a document that cannot be read", d.Number, h.o.actor.ID)))
		}
		return
	}
	h.denied = append(h.denied, h.o.mayWrite(f, was, d)...)
}

// card holds the edited card against its form.
func (h *handEdits) card(f *form.Form, was, d *document.Document, file repo.File) {
	ctx := h.tx.Context()
	now := h.set.Check(f, d, ctx)
	if was != nil {
		before := f
		if of := h.was.Form(was.Form); of != nil {
			before = of
		}
		now = form.NewProblems(h.was.Check(before, was, ctx), now)
	}
	for _, p := range append(now, h.set.NewlyUnknown(f, was, d)...) {
		if p.Severity == diag.Error {
			h.problems.Add(diag.Problem{Code: lint.DataUnfit.Code, Slug: lint.DataUnfit.Slug, Message: repo.ProblemText(p), Help: p.Hint, At: partOf(p).in(file)})
		}
	}
}

// standing refuses to put a route where it cannot stand.
func (h *handEdits) standing(was, d *document.Document, file repo.File) {
	lost := func(d *document.Document) (out []diag.Problem) {
		if d == nil {
			return nil
		}
		for i, in := range d.Routes {
			def, err := h.tx.Definitions().Pinned(in.Definition)
			if err != nil || in.State != engine.Running {
				continue
			}
			for _, l := range engine.Standing(def, &d.Routes[i]) {
				out = append(out, diag.Problem{Code: lint.DataStanding.Code, Slug: lint.DataStanding.Slug, Message: l.Message, At: part{"routes", i}.in(file)})
			}
		}
		return out
	}
	h.problems = append(h.problems, diag.Fresh(lost(was), lost(d), func(p diag.Problem) string { return p.Message })...)
}

// files holds the files beside a document against its list of them. Neither
// is right without the other, so a file is changed by attaching it.
func (h *handEdits) files(name string, was, d *document.Document) error {
	edited := h.attached[name]
	listed := map[string]document.File{}
	for _, f := range d.Files {
		listed[f.Name] = f
	}
	for _, beside := range slices.Sorted(maps.Keys(edited)) {
		at := besideOf(name, beside)
		_, ok := listed[beside]
		switch {
		case ok:
		case beside == document.MessageName && (edited[beside] != gitstore.EditAdded || d.Message == ""):
			h.complain(lint.DataFile, at, "git checkout -- "+at, "the letter that %s came from stays as it is", d.Number)
		case beside != document.MessageName && edited[beside] != gitstore.EditDeleted:
			h.complain(lint.DataStray, at, "move it away, then e1 attach "+d.Number+" FILE", "%s has no file %q", d.Number, beside)
		}
	}
	for _, f := range d.Files {
		known := was != nil && slices.ContainsFunc(was.Files, func(o document.File) bool { return o.Name == f.Name && o.SHA256 == f.SHA256 && o.Size == f.Size })
		if _, touched := edited[f.Name]; known && !touched {
			continue
		}
		at := besideOf(name, f.Name)
		sum, size, err := digest(h.work(at))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			h.complain(lint.DataFile, at, "git checkout -- "+at, "the file %q of %s is missing", f.Name, d.Number)
		case err != nil:
			return err
		case sum != f.SHA256 || size != f.Size:
			h.complain(lint.DataFile, at, fmt.Sprintf("keep yours elsewhere, git checkout -- %s, then e1 attach %s FILE", at, d.Number),
				"%q is not the file that was attached to %s", f.Name, d.Number)
		}
	}
	return nil
}

// digest gives the SHA-256 and the size of a file.
func digest(name string) (sum string, size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}
