package repo

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/e1-dms/e1/internal/document"
)

// BeforeRef registers what is to be durable before the transaction happens,
// such as a letter in the outbox. In a dry run it is not called.
func (tx *Tx) BeforeRef(fn func() error) { tx.before = append(tx.before, fn) }

// Attachment reads a file beside a document as the transaction leaves it.
func (tx *Tx) Attachment(d *document.Document, name string) ([]byte, error) {
	at := attachmentPath(tx.docs[d.Number].path, name)
	for i := len(tx.files) - 1; i >= 0; i-- {
		f := tx.files[i]
		if f.path != at {
			continue
		}
		switch {
		case f.remove:
			return nil, fmt.Errorf("%q: %w", at, fs.ErrNotExist)
		case f.data == nil && f.source != "":
			return os.ReadFile(f.source)
		}
		return f.data, nil
	}
	return treeSource{tx.r.git, tx.r.tree, nil}.Read(at)
}

// Generate stores a file made of a template beside a document, as another
// version when the document has one of that name. The same bytes under the same
// name are not stored twice.
func (tx *Tx) Generate(d *document.Document, name string, data []byte, template, by string) (document.File, error) {
	sum, _, err := digest(data, "")
	if err != nil {
		return document.File{}, err
	}
	of := d.SameFile(name)
	if last, ok := d.File(of); of != "" && ok && last.Template == template && last.SHA256 == sum {
		return last, nil
	}
	f, err := tx.Attach(d, name, data, "", by)
	if err != nil {
		return f, err
	}
	last := &d.Files[len(d.Files)-1]
	last.Template = template
	if of != "" {
		last.Of, last.Original = of, document.OriginalName(name, of)
	}
	return *last, nil
}
