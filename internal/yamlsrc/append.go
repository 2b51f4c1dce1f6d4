package yamlsrc

// AppendText writes a text on one line as [Encode] writes it, inside {…} and
// […] when flow is set. For writers of very many documents who prove by tests
// that theirs and Encode's bytes are the same.
func AppendText(buf []byte, s string, flow bool) []byte {
	e := encoder{buf: buf}
	e.scalar(&Node{Kind: Scalar, Tag: TagText, Value: s}, flow)
	return e.buf
}

// AppendValue writes what Encode writes for a text after the colon of a key at
// an indent, up to the end of its last line.
func AppendValue(buf []byte, s string, indent int) []byte {
	e := encoder{buf: buf}
	e.scalarAfter(&Node{Kind: Scalar, Tag: TagText, Value: s}, indent)
	return e.buf
}

// IsBlock tells whether Encode writes a text as a block of several lines.
func IsBlock(s string) bool { return literalSafe(&Node{Kind: Scalar, Tag: TagText, Value: s}) }

// FlowWidth is the widest line, in code points, on which Encode puts a mapping
// or list.
const FlowWidth = flowWidth
