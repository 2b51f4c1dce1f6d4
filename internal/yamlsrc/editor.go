package yamlsrc

import "errors"

// Editor changes a file that people write, line by line: comments, blank lines
// and the way things are written stay, except where told.
type Editor struct {
	src  []byte
	file *File
}

// NewEditor starts to edit a file, which must be readable by Parse.
func NewEditor(src []byte) (*Editor, error) {
	f, problems := Parse("", src)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &Editor{src: src, file: f}, nil
}

// Bytes gives the file as edited so far.
func (e *Editor) Bytes() []byte { return e.src }

// Root gives the tree as edited so far.
func (e *Editor) Root() *Node { return e.file.Root }

// Set gives the value at a path, whose elements are keys (string) and list
// positions (int, from 0); the last key is created when it is missing.
func (e *Editor) Set(path []any, v *Node) error { return errors.New("not yet") }

// Delete removes the key or item at a path.
func (e *Editor) Delete(path []any) error { return errors.New("not yet") }

// Insert puts an item into the list at a path, before the item at position at;
// the length of the list means its end.
func (e *Editor) Insert(list []any, at int, v *Node) error { return errors.New("not yet") }

// Move takes the item of a list from one position to another.
func (e *Editor) Move(list []any, from, to int) error { return errors.New("not yet") }
