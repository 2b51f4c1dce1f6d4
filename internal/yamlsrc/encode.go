package yamlsrc

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// flowWidth is the widest line, in code points, on which a mapping or list is
// written in the form {like: this}.
const flowWidth = 160

// keyLimit is the longest key, in bytes as written: YAML readers look no
// further than 1,024 characters for the colon.
const keyLimit = 1000

// Encode writes a mapping in the one canonical form: two-space indent, lists
// indented below their key, one `\n` after the last line. Texts are plain only
// where every YAML reader takes them for this very text, several lines are a
// literal block where that gives them back exactly, all else is in double
// quotes. A mapping in a list goes on one line when it holds short values only,
// so does what asks for it with Flow. Styles of scalars are ignored: equal
// trees give equal bytes. What was written is read again and compared; Encode
// fails when that differs, when a text is not UTF-8, a key is there twice or is
// too long, or the tree is too deep or no mapping.
func Encode(root *Node) ([]byte, error) {
	if root == nil || root.Kind != Mapping {
		return nil, errors.New("yaml: only a mapping can be written as a file")
	}
	e := encoder{buf: make([]byte, 0, 1024)}
	if len(root.Pairs) == 0 {
		return []byte("{}\n"), nil
	}
	if err := e.check(root, 1); err != nil {
		return nil, err
	}
	e.block(root, 0)
	if err := verify(e.buf, root, e.delicate); err != nil {
		return nil, err
	}
	return e.buf, nil
}

// verify reads what was written and compares it with what was meant. The fast
// reader is proved equal to the full one by tests; texts that need more than
// letters and digits are read with both.
func verify(out []byte, root *Node, delicate bool) error {
	if len(out) > MaxSize {
		return fmt.Errorf("yaml: the file would have %d bytes, more than %d are not read", len(out), MaxSize)
	}
	back, ok := ParseCanonical(out)
	if ok && !Equal(back, root) {
		return fmt.Errorf("yaml: what was written reads differently: %w", difference(root, back, ""))
	}
	if ok && !delicate {
		return nil
	}
	f, problems := Parse("", out)
	if err := problems.Err(); err != nil {
		return fmt.Errorf("yaml: what was written cannot be read: %w", err)
	}
	if !Equal(f.Root, root) {
		return fmt.Errorf("yaml: what was written reads differently: %w", difference(root, f.Root, ""))
	}
	return nil
}

// difference names the first place where two trees differ.
func difference(want, got *Node, path string) error {
	if want.Kind == got.Kind && len(want.Pairs) == len(got.Pairs) && len(want.Items) == len(got.Items) {
		for i := range want.Pairs {
			if k := want.Pairs[i].Key.Value; k != got.Pairs[i].Key.Value {
				return fmt.Errorf("key %q became %q", path+k, got.Pairs[i].Key.Value)
			}
			if !Equal(want.Pairs[i].Value, got.Pairs[i].Value) {
				return difference(want.Pairs[i].Value, got.Pairs[i].Value, path+want.Pairs[i].Key.Value+".")
			}
		}
		for i := range want.Items {
			if !Equal(want.Items[i], got.Items[i]) {
				return difference(want.Items[i], got.Items[i], fmt.Sprintf("%s%d.", path, i))
			}
		}
	}
	return fmt.Errorf("value %q at %q", clip(want.Value), strings.TrimSuffix(path, "."))
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// encoder writes nodes.
type encoder struct {
	buf []byte
	// delicate: something was written that is more than plain words and quoted
	// numbers.
	delicate bool
	// hanging: lists stand below their key without more indentation, as many
	// people write them; never in the canonical form.
	hanging bool
}

// check refuses trees that cannot be written.
func (e *encoder) check(n *Node, level int) error {
	if n == nil {
		return errors.New("yaml: a value is missing")
	}
	if level > MaxDepth {
		return fmt.Errorf("yaml: values lie more than %d levels deep", MaxDepth)
	}
	switch n.Kind {
	case Mapping:
		seen := newSeen(len(n.Pairs))
		for i := range n.Pairs {
			k := n.Pairs[i].Key
			if k == nil || k.Kind != Scalar {
				return errors.New("yaml: a key must be a text")
			}
			if !utf8.ValidString(k.Value) {
				return fmt.Errorf("yaml: key %q is not UTF-8", clip(k.Value))
			}
			if len(k.Value) > keyLimit {
				return fmt.Errorf("yaml: key %q is longer than %d bytes", clip(k.Value), keyLimit)
			}
			if seen.add(k) != nil {
				return fmt.Errorf("yaml: key %q is there twice", k.Value)
			}
			if err := e.check(n.Pairs[i].Value, level+1); err != nil {
				return err
			}
		}
	case Sequence:
		for _, item := range n.Items {
			if err := e.check(item, level+1); err != nil {
				return err
			}
		}
	default:
		if !utf8.ValidString(n.Value) {
			return fmt.Errorf("yaml: text %q is not UTF-8", clip(n.Value))
		}
	}
	return nil
}

// block writes the pairs of a mapping, each on a line of its own at indent;
// the cursor stands where the first key goes.
func (e *encoder) block(n *Node, indent int) {
	for i := range n.Pairs {
		if i > 0 {
			e.indent(indent)
		}
		e.key(n.Pairs[i].Key)
		e.buf = append(e.buf, ':')
		e.value(n.Pairs[i].Value, indent)
	}
}

// value writes what follows a colon, and the end of its last line.
func (e *encoder) value(n *Node, indent int) {
	switch {
	case n.Kind == Scalar:
		e.scalarAfter(n, indent)
	case len(n.Pairs)+len(n.Items) == 0, n.Style == Flow && e.tryFlow(n, " "):
		if len(n.Pairs)+len(n.Items) == 0 {
			e.buf = append(e.buf, ' ')
			e.flow(n)
		}
		e.buf = append(e.buf, '\n')
	case n.Kind == Mapping:
		e.buf = append(e.buf, '\n')
		e.indent(indent + 2)
		e.block(n, indent+2)
	default:
		if !e.hanging {
			indent += 2
		}
		e.buf = append(e.buf, '\n')
		e.indent(indent)
		e.items(n, indent)
	}
}

// items writes the items of a list; the cursor stands where the first dash
// goes.
func (e *encoder) items(n *Node, indent int) {
	for i, item := range n.Items {
		if i > 0 {
			e.indent(indent)
		}
		e.item(item, indent)
	}
}

// item writes an item behind its dash, which stands at indent, and the end of
// its last line.
func (e *encoder) item(item *Node, indent int) {
	e.buf = append(e.buf, '-')
	switch {
	case item.Kind == Scalar:
		e.scalarAfter(item, indent)
	case len(item.Pairs)+len(item.Items) == 0:
		e.buf = append(e.buf, ' ')
		e.flow(item)
		e.buf = append(e.buf, '\n')
	case item.Style != Block && e.tryFlow(item, " "):
		e.buf = append(e.buf, '\n')
	case item.Kind == Mapping:
		e.buf = append(e.buf, ' ')
		e.block(item, indent+2)
	default:
		e.buf = append(e.buf, ' ')
		e.items(item, indent+2)
	}
}

// scalarAfter writes a scalar after a colon or dash, with the end of its line.
func (e *encoder) scalarAfter(n *Node, indent int) {
	if n.Value == "" && n.Tag == TagNull {
		e.buf = append(e.buf, '\n')
		return
	}
	e.buf = append(e.buf, ' ')
	if literalSafe(n) {
		e.literal(n.Value, indent+2)
		return
	}
	e.scalar(n, false)
	e.buf = append(e.buf, '\n')
}

func (e *encoder) indent(n int) {
	const spaces = "                                                                "
	for n > len(spaces) {
		e.buf = append(e.buf, spaces...)
		n -= len(spaces)
	}
	e.buf = append(e.buf, spaces[:n]...)
}

// literal writes a text of several lines as a block.
func (e *encoder) literal(s string, indent int) {
	e.delicate = true
	e.buf = append(e.buf, '|')
	body, ended := strings.CutSuffix(s, "\n")
	if !ended {
		e.buf = append(e.buf, '-')
	}
	e.buf = append(e.buf, '\n')
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			e.indent(indent)
			e.buf = append(e.buf, line...)
		}
		e.buf = append(e.buf, '\n')
	}
}

// tryFlow writes lead and a mapping or list on the rest of the line if it
// fits; else it writes nothing.
func (e *encoder) tryFlow(n *Node, lead string) bool {
	if !flowable(n, n.Style == Flow) {
		return false
	}
	start := len(e.buf)
	for start > 0 && e.buf[start-1] != '\n' {
		start--
	}
	mark, delicate := len(e.buf), e.delicate
	e.buf = append(e.buf, lead...)
	e.flow(n)
	if line := e.buf[start:]; len(line) > flowWidth && utf8.RuneCount(line) > flowWidth {
		e.buf, e.delicate = e.buf[:mark], delicate
		return false
	}
	return true
}

// flowable tells whether a mapping or list holds only what may stand on one
// line: short texts, and lists and mappings of such that do not ask for lines
// of their own. Unless asked for, mappings do not nest.
func flowable(n *Node, asked bool) bool {
	for i := range n.Pairs {
		if !flowableValue(n.Pairs[i].Value, asked) {
			return false
		}
	}
	for _, item := range n.Items {
		if !flowableValue(item, asked) {
			return false
		}
	}
	return true
}

func flowableValue(n *Node, asked bool) bool {
	switch n.Kind {
	case Scalar:
		return len(n.Value) <= 4*flowWidth && !literalSafe(n) && !(n.Value == "" && n.Tag == TagNull)
	default:
		if n.Style == Block && len(n.Pairs)+len(n.Items) > 0 {
			return false
		}
		return (asked || n.Style == Flow || n.Kind == Sequence) && flowable(n, asked || n.Style == Flow)
	}
}

func (e *encoder) flow(n *Node) {
	if n.Kind == Mapping {
		e.buf = append(e.buf, '{')
		for i := range n.Pairs {
			if i > 0 {
				e.buf = append(e.buf, ", "...)
			}
			e.scalarIn(n.Pairs[i].Key, true, true)
			e.buf = append(e.buf, ": "...)
			e.flowValue(n.Pairs[i].Value)
		}
		e.buf = append(e.buf, '}')
		return
	}
	e.buf = append(e.buf, '[')
	for i, item := range n.Items {
		if i > 0 {
			e.buf = append(e.buf, ", "...)
		}
		e.flowValue(item)
	}
	e.buf = append(e.buf, ']')
}

func (e *encoder) flowValue(n *Node) {
	if n.Kind == Scalar {
		e.scalar(n, true)
		return
	}
	e.flow(n)
}
