package document

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MessageName is the name of the letter that a document came from, beside its
// attachments; no attachment gets it.
const MessageName = "message.eml"

// nameLimit is the longest name of an attachment in bytes: file systems take
// 255, and copying tools add to it.
const nameLimit = 200

// AttachmentName makes the name under which an attachment is stored: the last
// part of the original path in Unicode's form C, at most 200 bytes, no leading
// dot or dash, no separators, control characters or others that a file system
// refuses or nobody sees, no name that Windows, git or e1 reserves, and unlike
// every taken one also where case does not count. The extension stays. Given
// its own result and no taken names it gives the same again.
func AttachmentName(original string, taken []string) string {
	name := tidyName(original)
	used := make(map[string]bool, len(taken)+1)
	used[foldName(MessageName)] = true
	for _, t := range taken {
		used[foldName(t)] = true
	}
	candidate := fitName(name, "")
	for i := 2; used[foldName(candidate)]; i++ {
		candidate = fitName(name, fmt.Sprintf("-%d", i))
	}
	return candidate
}

// OriginalName gives what a file was called by who brought it, without what
// nobody can see; "" when that is the name it is stored under.
func OriginalName(original, stored string) string {
	name := strings.Map(func(r rune) rune {
		switch n := nameRune(r); n {
		case -1, ' ':
			return n
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(original, "\uFFFD")))
	if name == stored {
		return ""
	}
	return name
}

// foldName gives what two names share that some file system takes for one.
func foldName(name string) string {
	return norm.NFC.String(cases.Fold().String(norm.NFKD.String(name)))
}

// tidyName makes a name of allowed characters, of any length.
func tidyName(original string) string {
	s := strings.ToValidUTF8(original, "_")
	if i := strings.LastIndexAny(strings.TrimRight(s, `/\ `), `/\`); i >= 0 {
		s = strings.TrimRight(s, `/\ `)[i+1:]
	}
	s = strings.Map(nameRune, s)
	s = trimName(norm.NFC.String(s))
	if s == "" {
		return "file"
	}
	if reservedName(s) {
		s = "_" + s
	}
	return s
}

// nameRune replaces or removes what a name must not hold.
func nameRune(r rune) rune {
	switch {
	case r == '/', r == '\\', r == '<', r == '>', r == ':', r == '"', r == '|', r == '?', r == '*', r == utf8.RuneError:
		return '_'
	case r == '\t', r == '\n', r == '\r', r == 0xa0, r >= 0x2000 && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return ' '
	case r < ' ', r >= 0x7f && r <= 0x9f, r == 0xad, r == 0x61c, r == 0x180e,
		r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfdd0 && r <= 0xfdef, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r&0xfffe == 0xfffe,
		r >= 0xe0000 && r <= 0xe0fff:
		return -1
	}
	return r
}

// trimName takes away what Windows drops at the end and shells mind at the
// beginning.
func trimName(s string) string {
	s = strings.TrimRight(s, " .")
	return strings.TrimLeft(s, " .-")
}

// reservedName tells names that Windows takes for devices, whatever follows
// the first dot, and those that git takes for its own folder.
func reservedName(s string) bool {
	stem, _, _ := strings.Cut(s, ".")
	stem = strings.ToLower(strings.TrimRight(stem, " "))
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$", "clock$":
		return true
	}
	if rest, ok := strings.CutPrefix(stem, "git~"); ok {
		return strings.Trim(rest, "0123456789") == ""
	}
	for _, device := range []string{"com", "lpt"} {
		if rest, ok := strings.CutPrefix(stem, device); ok {
			switch rest {
			case "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³":
				return true
			}
		}
	}
	return false
}

// fitName puts a suffix before the extension and cuts the name to its limit.
func fitName(name, suffix string) string {
	ext := path.Ext(name)
	if len(ext) > 24 || ext == name {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	if room := nameLimit - len(ext) - len(suffix); len(stem) > room {
		for room > 0 && !utf8.RuneStart(stem[room]) {
			room--
		}
		stem = strings.TrimRight(stem[:room], " .")
	}
	return stem + suffix + ext
}
