package yamlsrc

import (
	"bytes"
	"strings"
)

// scalarEnd finds where a scalar that starts at from ends in the source.
func scalarEnd(src []byte, from int, n *Node) int {
	switch n.Style {
	case Double:
		return doubleEnd(src, from)
	case Single:
		return singleEnd(src, from)
	case Literal, Folded:
		return blockEnd(src, from, n.Value)
	}
	v := n.Value
	if len(src)-from >= len(v) && string(src[from:from+len(v)]) == v && strings.IndexByte(v, '\n') < 0 {
		return from + len(v)
	}
	end := from
	walkPlain(src, from, v, func(_, off int) { end = off })
	return end
}

func doubleEnd(src []byte, from int) int {
	for i := from + 1; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

func singleEnd(src []byte, from int) int {
	for i := from + 1; i < len(src); i++ {
		if src[i] == '\'' {
			if i+1 < len(src) && src[i+1] == '\'' {
				i++
				continue
			}
			return i + 1
		}
	}
	return len(src)
}

// blockEnd gives the end of the last line of a block scalar that has text, or
// of its header.
func blockEnd(src []byte, from int, value string) int {
	header := lineEnd(src, from)
	end := len(bytes.TrimRight(src[:header], " \t\r"))
	indent := blockIndent(src, header, value)
	if indent < 0 {
		return end
	}
	for i := header; i < len(src); {
		i++ // past the line feed
		e := lineEnd(src, i)
		text := bytes.TrimRight(src[i:e], "\r")
		if spaces := leadingSpaces(text); spaces < len(text) {
			if spaces < indent {
				break
			}
			end = i + len(text)
		}
		i = e
	}
	return end
}

// blockIndent gives the indentation of a block scalar's text: that of its
// first line with text less the spaces that belong to the value; -1 when the
// value has no such line.
func blockIndent(src []byte, header int, value string) int {
	first := strings.TrimLeft(value, "\n")
	if first == "" {
		return -1
	}
	for i := header; i < len(src); {
		i++
		e := lineEnd(src, i)
		text := bytes.TrimRight(src[i:e], "\r")
		spaces := leadingSpaces(text)
		if spaces < len(text) {
			return spaces - leadingSpaces([]byte(first))
		}
		i = e
	}
	return -1
}

func lineEnd(src []byte, i int) int {
	if i >= len(src) {
		return len(src)
	}
	if e := bytes.IndexByte(src[i:], '\n'); e >= 0 {
		return i + e
	}
	return len(src)
}

func leadingSpaces(line []byte) int {
	n := 0
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n
}

// walkPlain goes through a plain scalar and its source together; visit gets
// each byte of the value with its place, last len(v) with the end.
func walkPlain(src []byte, from int, v string, visit func(i, off int)) {
	i, off := 0, from
	for i < len(v) {
		if c := v[i]; c == ' ' || c == '\n' || c == '\t' {
			for i < len(v) && (v[i] == ' ' || v[i] == '\n' || v[i] == '\t') {
				visit(i, off)
				i++
			}
			for off < len(src) && (src[off] == ' ' || src[off] == '\n' || src[off] == '\t' || src[off] == '\r') {
				off++
			}
			continue
		}
		visit(i, off)
		i++
		off++
	}
	visit(len(v), min(off, len(src)))
}
