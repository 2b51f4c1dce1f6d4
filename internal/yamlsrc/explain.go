package yamlsrc

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
)

// explain turns what yaml.v3 says about a broken file into a place and a cure.
// yaml.v3 names a line, often that of a surrounding value, and no column; the
// line at fault is found by reading beginnings of the file.
func explain(f *File, err error, problems *diag.List) {
	if markers := conflictMarkers(f); len(markers) > 0 {
		p := problem(conflict, f.lineSpan(markers[0]), "unresolved merge conflict")
		for _, n := range markers[1:] {
			p.Related = append(p.Related, diag.Related{At: f.lineSpan(n), Message: "part of the conflict"})
		}
		problems.Add(helped(p, "keep one side and remove the lines <<<<<<<, ======= and >>>>>>>"))
		return
	}
	if n := secondDocument(f); n >= 0 && (errors.Is(err, errSeveral) || culprit(f, err) >= n) {
		problems.Add(helped(problem(several, f.lineSpan(n), "a second document begins here"), "one file holds one document; remove the line and what follows"))
		return
	}
	if strings.Contains(err.Error(), "max depth") {
		problems.Add(helped(problem(tooDeep, f.lineSpan(saidLine(f, err)), "values lie more than %d levels deep", MaxDepth), "put fewer values inside each other"))
		return
	}
	n := culprit(f, err)
	if upto := decodeError(f.upto(n + 1)); upto != nil {
		err = upto
	}
	message := lineNumber().ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
	problems.Add(diagnose(f, n, message))
}

var lineNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^line \d+: `) })

// conflictMarkers gives the lines of git's conflict markers when both ends of
// one are there.
func conflictMarkers(f *File) []int {
	var lines []int
	begun, ended := false, false
	for n := range f.lines {
		line := f.line(n)
		switch {
		case bytes.HasPrefix(line, []byte("<<<<<<< ")):
			begun = true
		case bytes.HasPrefix(line, []byte(">>>>>>> ")):
			ended = begun
		case string(line) != "=======" && !bytes.HasPrefix(line, []byte("||||||| ")):
			continue
		}
		if begun {
			lines = append(lines, n)
		}
	}
	if !ended {
		return nil
	}
	return lines
}

// secondDocument gives the line of a `---` behind the first value; -1 when
// there is none.
func secondDocument(f *File) int {
	content := false
	for n := range f.lines {
		line := f.line(n)
		if isSeparator(line) {
			if content || len(bytes.TrimSpace(line[3:])) > 0 && content {
				return n
			}
			content = len(bytes.TrimSpace(line[3:])) > 0
			continue
		}
		if text := bytes.TrimSpace(line); len(text) > 0 && text[0] != '#' {
			content = true
		}
	}
	return -1
}

func isSeparator(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || line[3] == ' ' || line[3] == '\t')
}

// upto gives the first lines of the file.
func (f *File) upto(lines int) []byte {
	if lines >= len(f.lines) {
		return f.Src[bomLen(f.Src):]
	}
	return f.Src[bomLen(f.Src):f.lines[lines]]
}

func decodeError(src []byte) error {
	_, err := decode(src)
	return err
}

// Bounds of the search for the line at fault: bytes of the file, and how often
// a beginning of it is read.
const (
	culpritSize  = 256 << 10
	culpritReads = 300
)

// culprit gives the line, counted from 0, whose text makes the file unreadable:
// everything before it is readable and nothing from it on is.
func culprit(f *File, err error) int {
	if len(f.Src) > culpritSize {
		return saidLine(f, err)
	}
	reads := 0
	readable := func(lines int) bool {
		reads++
		beginning := f.upto(lines)
		f.decoded += len(beginning)
		return decodeError(beginning) == nil
	}
	good, bad := 0, len(f.lines) // numbers of lines read with and without success
	for {
		for bad-good > 1 {
			if mid := (good + bad) / 2; readable(mid) {
				good = mid
			} else {
				bad = mid
			}
		}
		if f.mended && f.endsAt(bad) {
			return f.skipBlank(good)
		}
		// A value of several lines, such as a quoted text, is unreadable until
		// its last one: look on whether it ends well.
		later := 0
		for next := bad + 1; next < len(f.lines) && next <= bad+100 && reads < culpritReads; next++ {
			if readable(next) {
				later = next
				break
			}
		}
		if later == 0 {
			return f.skipBlank(good)
		}
		good, bad = later, len(f.lines)
	}
}

// endsAt tells whether what the first lines leave open ends there: it is no quoted
// text, and the next line is not indented more than the last of them.
func (f *File) endsAt(lines int) bool {
	err := decodeError(f.upto(lines))
	if err == nil || strings.Contains(err.Error(), "unexpected end of stream") {
		return false
	}
	indent := func(n int) int { return len(f.line(n)) - len(bytes.TrimLeft(f.line(n), " ")) }
	next := f.skipBlank(lines)
	return next >= lines && indent(next) <= indent(lines-1)
}

// skipBlank passes blank lines and comments.
func (f *File) skipBlank(n int) int {
	for i := n; i < len(f.lines); i++ {
		if text := bytes.TrimSpace(f.line(i)); len(text) > 0 && text[0] != '#' {
			return i
		}
	}
	return min(n, len(f.lines)-1)
}

var saidNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`line (\d+):`) })

// saidLine gives the line that yaml.v3 named.
func saidLine(f *File, err error) int {
	if m := saidNumber().FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return min(max(n-1, 0), len(f.lines)-1)
		}
	}
	return 0
}

// diagnose says what is wrong with a line, yaml.v3's message being at hand.
func diagnose(f *File, n int, message string) diag.Problem {
	line := string(f.line(n))
	start := int(f.lines[n])
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	text := line[indent:]
	at := f.lineSpan(n)
	place := func(from, to int) diag.Span { return f.span(start+from, start+to) }
	if i := strings.IndexByte(line[:indent], '\t'); i >= 0 {
		return helped(problem(tabIndent, place(i, i+1), "tab in the indentation"), "indent with spaces")
	}
	key, valueAt := splitKey(line, indent)
	value := ""
	if valueAt < len(line) {
		value = line[valueAt:]
	}
	quote := byte(0)
	if value != "" && (value[0] == '"' || value[0] == '\'') {
		quote = value[0]
	}
	syntax := func(at diag.Span, help, format string, args ...any) diag.Problem {
		return helped(problem(badSyntax, at, format, args...), help)
	}
	switch {
	case strings.Contains(message, "unknown anchor"):
		return helped(problem(anchor, place(valueAt, len(line)), "aliases (`%s`) are not read", clip(value)),
			"write the value out, or put text that begins with * in quotes")
	case strings.Contains(message, "escape") || strings.Contains(message, "hexdecimal"):
		i := badEscape(line, valueAt)
		return syntax(place(i, min(i+2, len(line))), `write \\ for a backslash, or use single quotes`, "unknown escape %q in double quotes", line[i:min(i+2, len(line))])
	case quote != 0 && closingQuote(value) < 0:
		return syntax(place(valueAt, len(line)), "close the quotes", "quotes are opened and not closed")
	case quote != 0 && closingQuote(value) < len(value):
		end := valueAt + closingQuote(value)
		rest := strings.TrimLeft(line[end:], " ")
		if rest != "" && rest[0] != '#' && rest[0] != ':' && rest[0] != ',' && rest[0] != '}' && rest[0] != ']' {
			return syntax(place(len(line)-len(rest), len(line)), "put the whole text in quotes", "text after the closing quote")
		}
	case value != "" && strings.IndexByte("@`%", value[0]) >= 0:
		return syntax(place(valueAt, valueAt+1), "put the text in quotes", "a text must not begin with %q", value[:1])
	case value != "" && (value[0] == '}' || value[0] == ']' || value[0] == ','):
		return syntax(place(valueAt, valueAt+1), "put the text in quotes", "a text must not begin with %q", value[:1])
	}
	if key != "" && quote == 0 && (value == "" || value[0] != '{' && value[0] != '[') {
		if i := strings.Index(value, ": "); i >= 0 {
			return syntax(place(valueAt, len(line)), "put the value in quotes", "a second `: ` in one line")
		}
	}
	if value != "" && (value[0] == '{' || value[0] == '[') {
		if from, to := unquoted(line, valueAt); from < to {
			return syntax(place(from, to), "put it in quotes", "inside braces a text with brackets, quotes, `? ` or `: ` needs quotes")
		}
		return syntax(place(valueAt, len(line)), "close it, put commas between its parts, and quote texts with , [ ] { } in them",
			"%s is not complete or not well written", map[byte]string{'{': "a mapping `{…}`", '[': "a list `[…]`"}[value[0]])
	}
	if key == "" && !strings.HasPrefix(text, "-") {
		if i := strings.IndexByte(text, ':'); i > 0 {
			return syntax(at, "write a space after the colon", "expected `key: value`, found %q", clip(text))
		}
		return syntax(at, "write `key: value`, or indent text that continues the line above", "expected `key: value`, found %q", clip(text))
	}
	if prev := f.before(n); prev >= 0 {
		return syntax(at, "give it the same indentation as its neighbours", "the indentation of %s fits nothing above", count(indent, "space"))
	}
	return syntax(at, "compare it with the lines around it", "cannot be read here: %s", message)
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// unquoted finds, in a line of mappings and lists with braces, the first value
// that would have to stand in quotes; from is to when there is none.
func unquoted(line string, i int) (from, to int) {
	for i < len(line) {
		switch c := line[i]; {
		case c == '#' && line[i-1] == ' ':
			return 0, 0
		case strings.IndexByte(" ,:)}]{[", c) >= 0:
			i++
			continue
		}
		end, needs := flowText(line, i)
		if needs {
			return i, i + len(strings.TrimRight(line[i:end], " "))
		}
		i = max(end, i+1)
	}
	return 0, 0
}

// flowText reads one key or value inside braces up to the comma, colon or
// brace that its author meant to end it with, and tells whether YAML ends it
// sooner.
func flowText(line string, i int) (end int, needs bool) {
	begin, depth, quoted := i, 0, line[i] == '"' || line[i] == '\''
	for i < len(line) {
		c := line[i]
		switch {
		case c == '"' || c == '\'':
			n := closingQuote(line[i:])
			if n < 0 {
				return i, false
			}
			i += n
			if quoted && begin+n == i {
				rest := strings.TrimLeft(line[i:], " ")
				needs = rest != "" && strings.IndexByte(",:}]#", rest[0]) < 0
			}
			continue
		case strings.IndexByte("([{", c) >= 0:
			needs = needs || c != '('
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			if depth == 0 {
				return i, needs
			}
			depth--
		case c == ',' && depth == 0:
			return i, needs
		case c == ':' && depth == 0 && (i+1 == len(line) || line[i+1] == ' '):
			return i, needs
		case c == '?' && i+1 < len(line) && line[i+1] == ' ':
			needs = true
		}
		i++
	}
	return i, needs && depth == 0
}

// before gives the last line above with text; -1 when there is none.
func (f *File) before(n int) int {
	for n--; n >= 0; n-- {
		if len(bytes.TrimSpace(f.line(n))) > 0 {
			return n
		}
	}
	return -1
}

// splitKey finds the key of a line and where its value begins; list dashes are
// passed.
func splitKey(line string, i int) (key string, value int) {
	for strings.HasPrefix(line[i:], "- ") {
		i += 2
		for i < len(line) && line[i] == ' ' {
			i++
		}
	}
	rest := line[i:]
	if rest == "" {
		return "", i
	}
	if rest[0] == '"' || rest[0] == '\'' {
		end := closingQuote(rest)
		if end < 0 || end >= len(rest) || rest[end] != ':' {
			return "", i
		}
		key, i = rest[:end], i+end+1
	} else {
		if rest[0] == '{' || rest[0] == '[' {
			return "", i
		}
		end := strings.Index(rest, ": ")
		if end < 0 {
			if !strings.HasSuffix(strings.TrimRight(rest, " "), ":") {
				return "", i
			}
			end = strings.LastIndexByte(rest, ':')
		}
		key, i = rest[:end], i+end+1
	}
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return key, i
}

// closingQuote gives the index behind the quote that closes a text; -1 when it
// is not closed.
func closingQuote(s string) int {
	src := []byte(s)
	end := singleEnd(src, 0)
	if s[0] == '"' {
		end = doubleEnd(src, 0)
	}
	if end == len(s) && (len(s) < 2 || s[end-1] != s[0] || s[0] == '"' && !endsQuoted(s)) {
		return -1
	}
	return end
}

// endsQuoted tells whether the last double quote is not escaped.
func endsQuoted(s string) bool {
	slashes := 0
	for i := len(s) - 2; i > 0 && s[i] == '\\'; i-- {
		slashes++
	}
	return slashes%2 == 0
}

// badEscape finds the first escape of a line that YAML does not know.
func badEscape(line string, from int) int {
	for i := from; i+1 < len(line); i++ {
		if line[i] != '\\' {
			continue
		}
		if strings.IndexByte(`0abt	nvfre "/\N_LP`, line[i+1]) < 0 {
			known := 0
			switch line[i+1] {
			case 'x':
				known = 2
			case 'u':
				known = 4
			case 'U':
				known = 8
			}
			if known == 0 || i+2+known > len(line) || !onlyOf(line[i+2:i+2+known], "0123456789abcdefABCDEF") {
				return i
			}
		}
		i++
	}
	return from
}
