package gitstore

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// Hash is the name of a git object (SHA-1). The zero Hash stands for absence.
type Hash = plumbing.Hash

// ParseHash reads 40 hexadecimal digits.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*len(h) {
		return h, fmt.Errorf("%q is not a full object name", s)
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("%q is not a full object name", s)
	}
	return h, nil
}

// HashBlob returns the object name that b has as a file.
func HashBlob(b []byte) Hash { return plumbing.ComputeHash(plumbing.BlobObject, b) }

// IsBlob reports whether b has the object name id as a file. It computes plain
// SHA-1, three times faster than the one that watches for forged collisions:
// an object that is stored was watched when it came in.
func IsBlob(b []byte, id Hash) bool {
	h := sha1.New()
	var head [32]byte
	h.Write(append(strconv.AppendInt(append(head[:0], "blob "...), int64(len(b)), 10), 0))
	h.Write(b)
	return Hash(h.Sum(head[:0])) == id
}

// Signature is who did something and when; git keeps whole seconds and the
// offset of the zone.
type Signature struct {
	Name, Email string
	When        time.Time
}

// Head is where HEAD points.
type Head struct {
	Ref      string // refs/heads/main; empty when detached
	Commit   Hash   // zero when unborn
	Detached bool
	Unborn   bool // the branch has no commit yet
}

// Branch returns the short name of the branch, or "".
func (h Head) Branch() string { return strings.TrimPrefix(h.Ref, "refs/heads/") }

// Mode is git's mode of a tree entry.
type Mode uint32

// The modes that occur in trees.
const (
	ModeFile    Mode = 0o100644
	ModeExec    Mode = 0o100755
	ModeSymlink Mode = 0o120000
	ModeDir     Mode = 0o040000
	ModeModule  Mode = 0o160000
)

// TreeEntry is one entry of a tree: a file or a folder.
type TreeEntry struct {
	Name string
	Mode Mode
	ID   Hash
}

// IsDir reports whether the entry is a folder.
func (e TreeEntry) IsDir() bool { return e.Mode == ModeDir }

// IsFile reports whether the entry is an ordinary or executable file.
func (e TreeEntry) IsFile() bool { return e.Mode&0o170000 == 0o100000 }

// Trailer is one `Key: value` line at the end of a commit message.
type Trailer struct{ Key, Value string }

// Message is a commit message in parts; String puts them together as git
// does.
type Message struct {
	Subject  string
	Body     string
	Trailers []Trailer
}

// String returns the message in git's form: subject, body and trailers
// separated by blank lines, ending in a newline.
func (m Message) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(strings.Fields(cleanLine(m.Subject)), " "))
	b.WriteByte('\n')
	if body := strings.TrimSpace(strings.ReplaceAll(m.Body, "\x00", "")); body != "" {
		b.WriteString("\n" + strings.ReplaceAll(body, "\r\n", "\n") + "\n")
	}
	if len(m.Trailers) > 0 {
		b.WriteByte('\n')
		for _, t := range m.Trailers {
			fmt.Fprintf(&b, "%s: %s\n", cleanLine(t.Key), strings.TrimSpace(cleanLine(t.Value)))
		}
	}
	return b.String()
}

// cleanLine makes s fit on one line.
func cleanLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\n', '\r', 0:
			return ' '
		}
		return r
	}, s)
}

// Commit is a commit as read.
type Commit struct {
	ID        Hash
	Tree      Hash
	Parents   []Hash
	Author    Signature
	Committer Signature
	Message   string    // as stored
	Subject   string    // its first line
	Body      string    // what stands between subject and trailers
	Trailers  []Trailer // in order
}

// Trailer returns the value of the first trailer with that key, compared
// without case, or "".
func (c Commit) Trailer(key string) string {
	for _, t := range c.Trailers {
		if strings.EqualFold(t.Key, key) {
			return t.Value
		}
	}
	return ""
}

// Change is one path that differs between two trees. A zero Old or New says
// that the path is not in that tree.
type Change struct {
	Path     string
	Old, New TreeEntry
}

// EditKind says what a person did to a file.
type EditKind string

// The kinds of hand edits.
const (
	EditModified EditKind = "modified"
	EditAdded    EditKind = "added"
	EditDeleted  EditKind = "deleted"
	// EditUnusable is a file that cannot be committed as it is: a symlink, a
	// device, a nested repository.
	EditUnusable EditKind = "unusable"
)

// Edit is one path at which the work tree differs from HEAD.
type Edit struct {
	Path string
	Kind EditKind
}

// Note tells the user something that recovery or a commit found.
type Note struct {
	Path string // may be empty
	Text string
}

func (n Note) String() string {
	if n.Path == "" {
		return n.Text
	}
	return fmt.Sprintf("%q: %s", n.Path, n.Text)
}

// SplitMode says whether the git index is kept in git's split form.
type SplitMode string

// The values of the setting split_index.
const (
	SplitAuto   SplitMode = "auto" // from some size on
	SplitNever  SplitMode = "never"
	SplitAlways SplitMode = "always"
)

// splitMessage takes a stored message apart.
func splitMessage(msg string) (subject, body string, trailers []Trailer) {
	msg = strings.TrimRight(msg, "\n")
	subject, rest, _ := strings.Cut(msg, "\n")
	rest = strings.Trim(rest, "\n")
	if rest == "" {
		return subject, "", nil
	}
	last := rest
	at := strings.LastIndex(rest, "\n\n")
	if at >= 0 {
		last = rest[at+2:]
	}
	trailers, ok := parseTrailers(last)
	if !ok {
		return subject, rest, nil
	}
	if at < 0 {
		return subject, "", trailers
	}
	return subject, strings.TrimRight(rest[:at], "\n"), trailers
}

// parseTrailers reads a paragraph of `Key: value` lines; a line that starts
// with a blank continues the one before.
func parseTrailers(par string) ([]Trailer, bool) {
	var out []Trailer
	for line := range strings.SplitSeq(par, "\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(out) > 0 {
			out[len(out)-1].Value += " " + strings.TrimSpace(line)
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok || key == "" || !isTrailerKey(key) {
			return nil, false
		}
		out = append(out, Trailer{Key: key, Value: strings.TrimSpace(value)})
	}
	return out, len(out) > 0
}

func isTrailerKey(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-':
		default:
			return false
		}
	}
	return true
}

// compareTreeNames orders tree entries as git does: a folder's name counts
// with a slash at its end.
func compareTreeNames(a string, aDir bool, b string, bDir bool) int {
	n := min(len(a), len(b))
	if c := bytes.Compare([]byte(a[:n]), []byte(b[:n])); c != 0 {
		return c
	}
	return int(nameByte(a, n, aDir)) - int(nameByte(b, n, bDir))
}

func nameByte(s string, i int, dir bool) byte {
	switch {
	case i < len(s):
		return s[i]
	case dir:
		return '/'
	}
	return 0
}
