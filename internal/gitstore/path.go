package gitstore

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// checkPath refuses paths that git, or a file system of another platform,
// cannot hold or would take for something else.
func checkPath(path string) error {
	bad := func(why string) error {
		return &PathError{Path: path, Why: why, Hint: "use a relative path of ordinary names separated by slashes"}
	}
	switch {
	case path == "":
		return bad("is empty")
	case len(path) > 3900:
		return bad("is longer than 3900 bytes")
	case !utf8.ValidString(path):
		return bad("is not valid UTF-8")
	case strings.HasPrefix(path, "/"):
		return bad("is absolute")
	}
	for name := range strings.SplitSeq(path, "/") {
		if why := badName(name); why != "" {
			return bad(why)
		}
	}
	return nil
}

// badName says why a path component cannot be stored, or "".
func badName(name string) string {
	switch {
	case name == "":
		return "has an empty component"
	case name == "." || name == "..":
		return "has a component " + name
	case len(name) > 255:
		return "has a component of more than 255 bytes"
	}
	for _, c := range name {
		if c < 0x20 || c == 0x7f {
			return "contains a control character"
		}
		if c == '\\' {
			return "contains a backslash"
		}
	}
	if isDotGit(name) {
		return "has a component that means git's own folder"
	}
	return ""
}

// isDotGit follows git's rules for names that some file system takes for
// ".git": case, trailing dots and blanks, alternate streams, the short name
// of Windows, and code points that macOS ignores.
func isDotGit(name string) bool {
	var b strings.Builder
	for _, c := range name {
		if !ignoredByHFS(c) {
			b.WriteRune(c)
		}
	}
	plain, _, _ := strings.Cut(strings.ToLower(b.String()), ":")
	plain = strings.TrimRight(plain, ". ")
	return plain == ".git" || plain == "git~1"
}

func ignoredByHFS(c rune) bool {
	return c >= 0x200c && c <= 0x200f || c >= 0x202a && c <= 0x202e ||
		c >= 0x206a && c <= 0x206f || c == 0xfeff
}

// foldName returns the form in which two names are the same file on a file
// system that ignores case or normalises Unicode.
func foldName(name string) string {
	for i := 0; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf {
			return cases.Fold().String(norm.NFC.String(name))
		}
	}
	return strings.ToLower(name)
}
