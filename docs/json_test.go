package docs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestJSON executes docs/json.md: every object it shows is what the program
// prints, laid out for reading.
func TestJSON(t *testing.T) { open(t, "json.md").session(15) }

// lineWidth is how long a line of laid out JSON may be.
const lineWidth = 100

// pretty lays an object out: what fits on a line stands on one.
func pretty(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	n, err := readNode(d)
	if err != nil {
		return text
	}
	var b strings.Builder
	n.write(&b, "", 0)
	return b.String()
}

// node is a JSON value whose keys keep their order.
type node struct {
	open, end string // brackets; empty for a scalar
	text      string // of a scalar
	keys      []string
	items     []*node
}

func readNode(d *json.Decoder) (*node, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return &node{text: literal(t)}, nil
	}
	n := &node{open: delim.String(), end: string(delim + 2)}
	for d.More() {
		if delim == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			n.keys = append(n.keys, literal(key)+": ")
		}
		item, err := readNode(d)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, item)
	}
	_, err = d.Token()
	return n, err
}

func literal(t json.Token) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(t); err != nil {
		return fmt.Sprint(t)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (n *node) inline() string {
	if n.open == "" {
		return n.text
	}
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		parts[i] = n.key(i) + item.inline()
	}
	return n.open + strings.Join(parts, ", ") + n.end
}

func (n *node) key(i int) string {
	if n.keys == nil {
		return ""
	}
	return n.keys[i]
}

// write lays the value out behind used columns of its line.
func (n *node) write(b *strings.Builder, indent string, used int) {
	if line := n.inline(); n.open == "" || len(n.items) == 0 || used+len([]rune(line)) <= lineWidth {
		b.WriteString(line)
		return
	}
	b.WriteString(n.open)
	in := indent + "  "
	column := lineWidth
	for i, item := range n.items {
		text := n.key(i) + item.inline()
		switch width := len([]rune(text)); {
		case column+width+2 <= lineWidth: // a short one goes on in the line
			b.WriteString(" " + text)
			column += width + 2
		case len(in)+width <= lineWidth:
			b.WriteString("\n" + in + text)
			column = len(in) + width + 1
		default:
			b.WriteString("\n" + in + n.key(i))
			item.write(b, in, len(in)+len([]rune(n.key(i))))
			column = lineWidth
		}
		if i < len(n.items)-1 {
			b.WriteString(",")
		}
	}
	b.WriteString("\n" + indent + n.end)
}
