package yamlsrc

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Editor changes a file that people write, line by line: comments, blank lines
// and the way things are written stay, except where told. After each edit the
// file is read again and compared with what the edit should have made of it; an
// edit that fails changes nothing.
//
// Paths are keys (string) and list positions (int, from 0), from the root.
type Editor struct {
	file *File
}

// NewEditor starts to edit a file, which must be readable by Parse; its name
// stands in problems.
func NewEditor(name string, src []byte) (*Editor, error) {
	f, problems := Parse(name, src)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return &Editor{file: f}, nil
}

// Bytes gives the file as edited so far.
func (e *Editor) Bytes() []byte { return slices.Clone(e.file.Src) }

// Root gives the tree as edited so far; it is not to be changed.
func (e *Editor) Root() *Node { return e.file.Root }

// Set gives the value at a path; a missing last key is added at the end of its
// mapping, other missing parts are an error. A changed text keeps its quotes
// and the comment behind it, a changed mapping its unchanged keys.
func (e *Editor) Set(path []any, v *Node) error {
	if len(path) == 0 {
		return errors.New("edit: the path is empty")
	}
	if err := checkValue(v); err != nil {
		return err
	}
	parent, err := e.find(path[:len(path)-1])
	if err != nil {
		return err
	}
	s, err := e.slot(parent, path)
	if err != nil {
		return err
	}
	want, err := e.expect(path, func(n *Node, i int) {
		switch {
		case n.Kind == Sequence:
			n.Items[i] = v.Clone()
		case i < 0:
			n.Pairs = append(n.Pairs, P(path[len(path)-1].(string), v.Clone()))
		default:
			n.Pairs[i].Value = v.Clone()
		}
	})
	if err != nil {
		return err
	}
	if Equal(want, e.file.Root) {
		return nil
	}
	if s.index < 0 {
		return e.apply(e.addPair(s, path[len(path)-1].(string), v), want)
	}
	if e.setParts(path, s.value(), v, want) {
		return nil
	}
	return e.apply(e.replace(s, v), want)
}

// Delete removes the key or item at a path, with the comment lines directly
// above it. What loses its last part becomes {} or [].
func (e *Editor) Delete(path []any) error {
	if len(path) == 0 {
		return errors.New("edit: the path is empty")
	}
	parent, err := e.find(path[:len(path)-1])
	if err != nil {
		return err
	}
	s, err := e.slot(parent, path)
	if err != nil {
		return err
	}
	if s.index < 0 {
		return fmt.Errorf("edit: %s is not there", showPath(path))
	}
	want, err := e.expect(path, func(n *Node, i int) {
		if n.Kind == Sequence {
			n.Items = slices.Delete(n.Items, i, i+1)
		} else {
			n.Pairs = slices.Delete(n.Pairs, i, i+1)
		}
	})
	if err != nil {
		return err
	}
	return e.apply(e.remove(s), want)
}

// Insert puts an item into the list at a path, before the item at position at;
// the length of the list means its end.
func (e *Editor) Insert(list []any, at int, v *Node) error {
	if err := checkValue(v); err != nil {
		return err
	}
	n, err := e.find(list)
	if err != nil {
		return err
	}
	if n.Kind == Scalar && n.IsNull() && at == 0 && len(list) > 0 {
		return e.Set(list, Seq(v.Clone()))
	}
	if n.Kind != Sequence || at < 0 || at > len(n.Items) {
		return fmt.Errorf("edit: %s is no list with a position %d", showPath(list), at)
	}
	items := slices.Insert(slices.Clone(n.Items), at, v)
	want, err := e.expectList(list, items)
	if err != nil {
		return err
	}
	if len(n.Items) == 0 || n.Style == Flow && !flowable(Seq(v), true) {
		whole := &Node{Kind: Sequence, Items: items}
		if len(list) == 0 {
			return fmt.Errorf("edit: the file holds an empty list, which is not edited")
		}
		parent, _ := e.find(list[:len(list)-1])
		s, err := e.slot(parent, list)
		if err != nil {
			return err
		}
		return e.apply(e.replace(s, whole), want)
	}
	return e.apply(e.insert(n, at, v), want)
}

// Move takes the item of a list from one position to another, with the comment
// lines directly above it.
func (e *Editor) Move(list []any, from, to int) error {
	n, err := e.find(list)
	if err != nil {
		return err
	}
	if n.Kind != Sequence || from < 0 || to < 0 || from >= len(n.Items) || to >= len(n.Items) {
		return fmt.Errorf("edit: %s is no list with positions %d and %d", showPath(list), from, to)
	}
	if from == to {
		return nil
	}
	items := slices.Clone(n.Items)
	item := items[from]
	items = slices.Insert(slices.Delete(items, from, from+1), to, item)
	want, err := e.expectList(list, items)
	if err != nil {
		return err
	}
	return e.apply(e.reorder(n, from, to), want)
}

// checkValue refuses values that cannot be written.
func checkValue(v *Node) error {
	var enc encoder
	return enc.check(v, 2)
}

// find gives the node at a path.
func (e *Editor) find(path []any) (*Node, error) {
	return findIn(e.file.Root, path)
}

func findIn(n *Node, path []any) (*Node, error) {
	for i, p := range path {
		var next *Node
		switch p := p.(type) {
		case string:
			next = n.Get(p)
		case int:
			if n.Kind == Sequence && p >= 0 && p < len(n.Items) {
				next = n.Items[p]
			}
		default:
			return nil, fmt.Errorf("edit: a path holds texts and whole numbers, not %T", p)
		}
		if next == nil {
			return nil, fmt.Errorf("edit: %s is not there", showPath(path[:i+1]))
		}
		n = next
	}
	return n, nil
}

func showPath(path []any) string {
	if len(path) == 0 {
		return "the file"
	}
	var b strings.Builder
	for i, p := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		fmt.Fprint(&b, p)
	}
	return fmt.Sprintf("%q", b.String())
}

// slot is the place of a value in its mapping or list.
type slot struct {
	in    *Node
	index int // -1: a key to be added
	path  []any
}

func (s slot) value() *Node {
	if s.in.Kind == Mapping {
		return s.in.Pairs[s.index].Value
	}
	return s.in.Items[s.index]
}

// slot finds the last part of a path in its parent. A parent without a value
// counts as an empty mapping when a key is wanted.
func (e *Editor) slot(parent *Node, path []any) (slot, error) {
	switch p := path[len(path)-1].(type) {
	case string:
		if parent.Kind == Mapping || parent.IsNull() && parent.Value == "" && len(path) > 1 {
			i := slices.IndexFunc(parent.Pairs, func(q Pair) bool { return q.Key.Value == p })
			return slot{parent, i, path}, nil
		}
	case int:
		if parent.Kind == Sequence && p >= 0 && p < len(parent.Items) {
			return slot{parent, p, path}, nil
		}
	}
	return slot{}, fmt.Errorf("edit: %s is not there", showPath(path))
}

// expect gives the tree that an edit of one slot must lead to.
func (e *Editor) expect(path []any, change func(parent *Node, index int)) (*Node, error) {
	root := e.file.Root.Clone()
	parent, err := findIn(root, path[:len(path)-1])
	if err != nil {
		return nil, err
	}
	s, err := e.slot(parent, path)
	if err != nil {
		return nil, err
	}
	if parent.Kind == Scalar {
		*parent = Node{Kind: Mapping}
	}
	change(parent, s.index)
	return root, nil
}

// expectList gives the tree in which a list has other items.
func (e *Editor) expectList(list []any, items []*Node) (*Node, error) {
	root := e.file.Root.Clone()
	n, err := findIn(root, list)
	if err != nil {
		return nil, err
	}
	n.Items = make([]*Node, len(items))
	for i, item := range items {
		n.Items[i] = item.Clone()
	}
	return root, nil
}

// change replaces the bytes [from, to) of the file.
type change struct {
	from, to int
	text     string
}

// apply makes changes if they lead to the wanted tree.
func (e *Editor) apply(changes []change, want *Node) error {
	slices.SortStableFunc(changes, func(a, b change) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, c := range changes {
		if c.from < at {
			return errors.New("edit: this place cannot be changed line by line; edit the file by hand")
		}
		out.Write(e.file.Src[at:c.from])
		out.WriteString(e.lineEnds(c.text))
		at = c.to
	}
	out.Write(e.file.Src[at:])
	if n := len(changes); n > 0 && at == len(e.file.Src) && strings.Contains(changes[n-1].text, "\n") && !bytes.HasSuffix(out.Bytes(), []byte("\n")) {
		out.WriteString(e.lineEnds("\n")) // a block text at the end of the file needs it
	}
	f, problems := Parse(e.file.Name, out.Bytes())
	if err := problems.Err(); err != nil {
		return fmt.Errorf("edit: the file would become unreadable, edit it by hand: %w", err)
	}
	if !Equal(f.Root, want) {
		return fmt.Errorf("edit: the file would change elsewhere, edit it by hand: %w", difference(want, f.Root, ""))
	}
	e.file = f
	return nil
}

// lineEnds gives text the line ends of the file.
func (e *Editor) lineEnds(s string) string {
	if i := bytes.IndexByte(e.file.Src, '\n'); i > 0 && e.file.Src[i-1] == '\r' {
		return strings.ReplaceAll(s, "\n", "\r\n")
	}
	return s
}

// setParts tries to change a mapping or list part by part, so that comments
// inside it stay; it tells whether that was possible.
func (e *Editor) setParts(path []any, old, v *Node, want *Node) bool {
	if old.Kind != v.Kind || v.Kind == Scalar || len(old.Pairs)+len(old.Items) == 0 || len(v.Pairs)+len(v.Items) == 0 {
		return false
	}
	try := Editor{file: e.file}
	below := func(part any) []any { return append(slices.Clone(path), part) }
	if v.Kind == Sequence {
		if len(old.Items) != len(v.Items) {
			return false
		}
		for i, item := range v.Items {
			if !Equal(old.Items[i], item) && try.Set(below(i), item) != nil {
				return false
			}
		}
	} else {
		for _, p := range old.Pairs {
			if v.Get(p.Key.Value) == nil && try.Delete(below(p.Key.Value)) != nil {
				return false
			}
		}
		for _, p := range v.Pairs {
			if try.Set(below(p.Key.Value), p.Value) != nil {
				return false
			}
		}
	}
	if !Equal(try.file.Root, want) {
		return false
	}
	e.file = try.file
	return true
}
