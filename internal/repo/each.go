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
