package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"
	"strings"
)

// Identity is the same for every delivery of one letter, and different for
// different letters even when they share a Message-ID: the SHA-256, in hex,
// over From, Date, Subject, Message-ID and the body with \n line ends and
// without blank lines at its end. Trace fields (Received and the like) do not
// count, nor does how a field was folded.
func (m *Message) Identity() string {
	h := sha256.New()
	for _, name := range []string{"From", "Date", "Subject", "Message-ID"} {
		value := strings.Join(strings.Fields(m.first(name)), " ")
		// The length keeps one field's end from being another's beginning.
		io.WriteString(h, strconv.Itoa(len(value))+":"+value+"\n")
	}
	writeNormalLines(h, bytes.TrimRight(m.body, "\r\n"))
	return hex.EncodeToString(h.Sum(nil))
}

// writeNormalLines writes b with every CRLF, run of CR before LF, and lone CR
// as one LF, without copying the whole of it.
func writeNormalLines(h hash.Hash, b []byte) {
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			h.Write(b)
			return
		}
		h.Write(b[:i])
		b = bytes.TrimLeft(b[i:], "\r")
		if len(b) == 0 || b[0] != '\n' {
			h.Write([]byte{'\n'})
		}
	}
}
