package repo

import (
	"errors"
	"io/fs"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/gitstore"
)

// File is one committed document's file.
type File struct {
	Path   string
	Number string // as the path says
	ID     gitstore.Hash
	Src    []byte
}

// EachDocument visits the file of every committed document in the order of
// the paths.
func (r *Repo) EachDocument(fn func(File) error) error {
	total, err := r.countDocuments()
	if err != nil {
		return err
	}
	bar := r.opt.progress("check", total)
	defer bar.Done()
	n := 0
	return r.walkDocuments(func(b blobRef) error {
		src, err := r.content(b)
		if err != nil {
			return err
		}
		number, _ := numberOfPath(b.path)
		n++
		if n%256 == 0 {
			bar.Set(n)
		}
		return fn(File{Path: b.path, Number: number, ID: b.id, Src: src})
	})
}

// EachOther visits the committed files below documents/ that are no documents.
func (r *Repo) EachOther(fn func(path string) error) error {
	return r.git.Walk(r.tree, documentsDir, func(path string, _ gitstore.TreeEntry) error {
		if _, ok := numberOfPath(path); ok {
			return nil
		}
		return fn(path)
	})
}

// FirstDocument gives the number of the first committed document of a form
// that wanted accepts; "" for none. It reads folders only.
func (r *Repo) FirstDocument(form string, wanted func(number, path string) bool) (string, error) {
	found := ""
	err := r.git.Walk(r.tree, documentsDir+"/"+form, func(path string, e gitstore.TreeEntry) error {
		number, ok := numberOfPath(path)
		if ok && e.IsFile() && wanted(number, path) {
			found = number
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) || errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return found, err
}

// errFound ends a walk that has found what it was for.
var errFound = errors.New("found")

// Committed gives the bytes of any file as it is committed; fs.ErrNotExist
// when there is none.
func (r *Repo) Committed(name string) ([]byte, error) {
	return treeSource{r.git, r.tree, nil}.Read(name)
}

// AttachmentID gives the blob of an attachment of a committed document; zero
// when it is missing.
func (r *Repo) AttachmentID(documentPath, name string) (gitstore.Hash, error) {
	e, err := r.git.Lookup(r.tree, attachmentPath(documentPath, name))
	if errors.Is(err, fs.ErrNotExist) {
		return gitstore.Hash{}, nil
	}
	return e.ID, err
}

// Attachment gives the bytes of an attachment as committed.
func (r *Repo) Attachment(d *document.Document, name string) ([]byte, error) {
	p, err := r.pathOf(d.Number)
	if err != nil {
		return nil, err
	}
	id, err := r.AttachmentID(p, name)
	if err != nil {
		return nil, err
	}
	if id.IsZero() {
		return nil, &UnknownError{What: "file", Name: name, Known: fileNames(d), Try: "e1 file list " + d.Number}
	}
	return r.git.Blob(id)
}

func fileNames(d *document.Document) []string {
	names := make([]string, len(d.Files))
	for i, f := range d.Files {
		names[i] = f.Name
	}
	return names
}
