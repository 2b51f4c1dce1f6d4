package template

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// fence begins and ends the head of a letter.
const fence = "---"

// parseHead reads the head, if there is one, and gives what follows it. The
// head is no YAML: a value is the rest of its line, with placeholders.
func (t *Template) parseHead(file, text string, problems *diag.List) *source {
	first, rest, more := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != fence {
		s := plain(file, text, 0, len(text))
		s.trim = true
		return s
	}
	h := &Head{}
	offset := len(first) + 1
	seen := map[string]bool{}
	closed := false
	for more && !closed {
		var line string
		line, rest, more = strings.Cut(rest, "\n")
		start := offset
		offset += len(line) + 1
		whole := plain(file, text, start, start+len(line))
		switch key, _, ok := strings.Cut(line, ":"); {
		case strings.TrimRight(line, " \t") == fence:
			closed = true
		case strings.TrimSpace(line) == "":
		case !ok:
			report(problems, badHead, whole.span(0, len(line)), "write \"subject: …\"", "the line of the head has no key")
		default:
			h.set(file, text, strings.TrimSpace(key), start, line, seen, problems)
		}
	}
	if !closed {
		report(problems, badHead, plain(file, text, 0, len(first)).span(0, len(first)), "end the head with a line \"---\"", "the head is not closed")
	}
	if h.Subject == nil && closed {
		report(problems, noSubject, plain(file, text, 0, len(first)).span(0, len(first)), "add \"subject: …\" to the head", "the letter has no subject")
	}
	t.Head = h
	offset = min(offset, len(text))
	s := plain(file, text, offset, len(text))
	s.trim = true
	return s
}

// headKeys are the keys of a head.
var headKeys = [...]string{"subject", "to", "attach"}

func (h *Head) set(file, text, key string, start int, line string, seen map[string]bool, problems *diag.List) {
	keyAt := strings.Index(line, key)
	at := plain(file, text, start+keyAt, start+keyAt+len(key)).span(0, len(key))
	if !slices.Contains(headKeys[:], key) {
		report(problems, badHead, at, "", "%s", diag.Unknown("key of the head", key, headKeys[:]))
		key = diag.Nearest(key, headKeys[:]) // read as what was meant
	}
	if key == "" {
		return
	}
	if seen[key] && key != "attach" {
		report(problems, badHead, at, "", "the head has %q already", key)
		return
	}
	seen[key] = true
	from := strings.IndexByte(line, ':') + 1
	for from < len(line) && (line[from] == ' ' || line[from] == '\t') {
		from++
	}
	to := len(strings.TrimRight(line, " \t"))
	value := parsePart(plain(file, text, start+from, start+max(from, to)), problems)
	if from >= to {
		report(problems, badHead, at, "", "%q has no value", key)
	}
	switch key {
	case "subject":
		h.Subject = value
	case "to":
		h.To = value
	case "attach":
		h.Attach = append(h.Attach, value)
	}
}
