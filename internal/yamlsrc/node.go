package yamlsrc

import (
	"strconv"

	"github.com/e1-dms/e1/internal/diag"
)

// Kind is the shape of a node.
type Kind uint8

// The shapes of nodes.
const (
	Scalar Kind = iota
	Mapping
	Sequence
	// Unread is a part that is not YAML; Value is its text as it stands in the
	// file. Only ParseOn makes such nodes.
	Unread
)

// String names the shape as messages do.
func (k Kind) String() string {
	switch k {
	case Mapping:
		return "a mapping"
	case Sequence:
		return "a list"
	case Unread:
		return "not YAML"
	default:
		return "a text"
	}
}

// Style is how a node is written.
type Style uint8

// The styles: Plain to Folded are those of scalars, Block and Flow those of
// mappings and lists. With Auto the writer chooses.
const (
	Auto Style = iota
	Plain
	Single
	Double
	Literal
	Folded
	Block
	Flow
)

// The tags of scalars: what a YAML reader may take a plain text for.
const (
	TagText      = "!!str"
	TagInt       = "!!int"
	TagFloat     = "!!float"
	TagBool      = "!!bool"
	TagNull      = "!!null"
	TagTimestamp = "!!timestamp"
)

// Node is one value of a file.
type Node struct {
	Kind  Kind
	Style Style
	// Tag tells, for scalars, what YAML 1.1, YAML 1.2 or yaml.v3 makes of the
	// plain text: one of the Tag constants. Quoted and block scalars are
	// TagText. It never changes Value.
	Tag   string
	Value string  // the scalar's text, escapes and folding undone
	Pairs []Pair  // of a mapping, in file order
	Items []*Node // of a list
	// Start and End are the node's place, End exclusive; zero in trees that
	// were not parsed by Parse.
	Start, End diag.Pos

	from, to int32 // the place as byte offsets into File.Src
}

// Pair is one entry of a mapping. Keys are scalars.
type Pair struct{ Key, Value *Node }

// Text makes a scalar that is text whatever it looks like.
func Text(s string) *Node { return &Node{Tag: TagText, Value: s} }

// PlainText makes a scalar that is written without quotes where the syntax allows
// it, so that other readers take it for the number, date or truth value that
// it looks like.
func PlainText(s string) *Node { return &Node{Tag: Resolve(s), Value: s} }

// Int makes a whole number.
func Int(i int64) *Node { return &Node{Tag: TagInt, Value: strconv.FormatInt(i, 10)} }

// Map makes a mapping.
func Map(pairs ...Pair) *Node { return &Node{Kind: Mapping, Pairs: pairs} }

// P makes an entry of a mapping.
func P(key string, v *Node) Pair { return Pair{Key: Text(key), Value: v} }

// Seq makes a list.
func Seq(items ...*Node) *Node { return &Node{Kind: Sequence, Items: items} }

// Flow asks for the node to be written on one line, {like: this}, where it
// fits; it returns the node.
func (n *Node) Flow() *Node {
	n.Style = Flow
	return n
}

// Get gives the value of a key, nil when the node is nil, no mapping, or has
// no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Value == key {
			return n.Pairs[i].Value
		}
	}
	return nil
}

// Key gives the node of a key, for its place; nil as Get.
func (n *Node) Key(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key.Value == key {
			return n.Pairs[i].Key
		}
	}
	return nil
}

// IsNull tells whether the node is absent or a null: nothing, `~` or `null`.
func (n *Node) IsNull() bool {
	return n == nil || n.Kind == Scalar && n.Tag == TagNull
}

// Equal tells whether two trees say the same: shapes, texts, order of keys,
// and for scalars whether a YAML reader takes them for the same kind of value.
// Styles and places do not count.
func Equal(a, b *Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Value != b.Value || tagOf(a) != tagOf(b) ||
		len(a.Pairs) != len(b.Pairs) || len(a.Items) != len(b.Items) {
		return false
	}
	for i := range a.Pairs {
		if a.Pairs[i].Key.Value != b.Pairs[i].Key.Value || !Equal(a.Pairs[i].Value, b.Pairs[i].Value) {
			return false
		}
	}
	for i := range a.Items {
		if !Equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	return true
}

// tagOf gives a scalar's tag; a scalar made without one is text.
func tagOf(n *Node) string {
	if n.Kind != Scalar {
		return ""
	}
	if n.Tag == "" {
		return TagText
	}
	return n.Tag
}

// Clone copies a tree.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	if n.Pairs != nil {
		c.Pairs = make([]Pair, len(n.Pairs))
		for i, p := range n.Pairs {
			c.Pairs[i] = Pair{p.Key.Clone(), p.Value.Clone()}
		}
	}
	if n.Items != nil {
		c.Items = make([]*Node, len(n.Items))
		for i, item := range n.Items {
			c.Items[i] = item.Clone()
		}
	}
	return &c
}
