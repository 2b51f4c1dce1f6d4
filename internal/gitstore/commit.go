package gitstore

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// Commit reads a commit.
func (r *Repo) Commit(id Hash) (Commit, error) {
	b, err := r.odb.kinded(id, plumbing.CommitObject)
	if err != nil {
		return Commit{}, err
	}
	c, err := decodeCommit(id, b)
	if err != nil {
		return Commit{}, &CorruptError{What: fmt.Sprintf("commit %s is damaged: %v", id, err), Hint: "git fsck"}
	}
	return c, nil
}

func decodeCommit(id Hash, b []byte) (Commit, error) {
	c := Commit{ID: id}
	head, msg, _ := bytes.Cut(b, []byte("\n\n"))
	var err error
	for line := range strings.SplitSeq(string(head), "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree, err = ParseHash(value)
		case "parent":
			var p Hash
			p, err = ParseHash(value)
			c.Parents = append(c.Parents, p)
		case "author":
			c.Author = parseSignature(value)
		case "committer":
			c.Committer = parseSignature(value)
		}
		if err != nil {
			return c, err
		}
	}
	if c.Tree.IsZero() {
		return c, errors.New("it names no tree")
	}
	c.Message = string(msg)
	c.Subject, c.Body, c.Trailers = splitMessage(c.Message)
	return c, nil
}

// parseSignature reads `Name <mail> seconds +hhmm`, tolerantly.
func parseSignature(s string) Signature {
	var sig Signature
	open, end := strings.IndexByte(s, '<'), strings.LastIndexByte(s, '>')
	if open < 0 || end < open {
		sig.Name = strings.TrimSpace(s)
		return sig
	}
	sig.Name = strings.TrimSpace(s[:open])
	sig.Email = s[open+1 : end]
	secs, zone, _ := strings.Cut(strings.TrimSpace(s[end+1:]), " ")
	unix, err := strconv.ParseInt(secs, 10, 64)
	if err != nil {
		return sig
	}
	sig.When = time.Unix(unix, 0).In(parseZone(zone))
	return sig
}

func parseZone(s string) *time.Location {
	n, err := strconv.Atoi(s)
	if err != nil || len(s) != 5 {
		return time.UTC
	}
	return time.FixedZone("", (n/100*60+n%100)*60)
}

// encode writes a signature as git does. Characters that would break the
// header are left out.
func (s Signature) encode() string {
	_, offset := s.When.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%s <%s> %d %c%02d%02d", cleanIdent(s.Name), cleanIdent(s.Email),
		s.When.Unix(), sign, offset/3600, offset%3600/60)
}

func cleanIdent(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '<', '>', '\n', '\r', 0:
			return -1
		}
		return r
	}, s)
	return strings.Trim(s, " .,:;\"\\'\t")
}

// commitParts is what a commit says.
type commitParts struct {
	tree              Hash
	parents           []Hash
	author, committer Signature
	msg               string
}

// encode writes a commit object; signature is the ASCII armour of gpgSign, or
// empty.
func (c commitParts) encode(signature string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.tree)
	for _, p := range c.parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n", c.author.encode(), c.committer.encode())
	if signature != "" {
		sig := strings.TrimRight(signature, "\n")
		fmt.Fprintf(&b, "gpgsig %s\n", strings.ReplaceAll(sig, "\n", "\n "))
	}
	b.WriteByte('\n')
	b.WriteString(c.msg)
	return b.Bytes()
}

func ignoreNotExist(err error) error {
	if errors.Is(err, ErrNotExist) {
		return nil
	}
	return err
}
