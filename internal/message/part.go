package message

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	maxDepth    = 20   // multiparts inside each other
	maxParts    = 1000 // parts of one letter
	maxProblems = 50
)

// walker goes through the parts of one letter.
type walker struct {
	message *Message
	hint    string   // character set for text that declares none
	texts   []string // of the parts that are read, in order
	parts   int
}

func (w *walker) problem(format string, args ...any) {
	if len(w.message.Problems) < maxProblems {
		w.message.Problems = append(w.message.Problems, fmt.Sprintf(format, args...))
	}
}

func (w *walker) words(name string) string {
	return decodeWords(w.message.first(name), w.hint)
}

func (w *walker) addresses(name string) []Address {
	var out []Address
	for _, f := range w.message.fields {
		if strings.EqualFold(f.name, name) {
			out = append(out, parseAddresses(f.value, w.hint)...)
		}
	}
	return out
}

// part is a leaf: neither header nor encoding are of interest any more.
type part struct {
	kind, disposition, name, charset, id string
	flowed, delSp                        bool // RFC 3676
	encoding                             string
	body                                 []byte
}

// walk reads one part: the letter itself at depth 0.
func (w *walker) walk(fields []field, body []byte, depth int) {
	declared := fieldValue(fields, "Content-Type")
	kind, params := mediaType(declared, w.hint)
	if strings.HasPrefix(kind, "multipart/") && depth < maxDepth {
		if w.walkMultipart(kind, params["boundary"], fields, body, depth) {
			return
		}
		w.problem("no part is marked by the boundary %q; the letter is read as text", params["boundary"])
		kind = "text/plain"
	}
	disposition, dparams := mediaType(fieldValue(fields, "Content-Disposition"), w.hint)
	p := part{
		kind: knownKind(kind, declared), disposition: disposition,
		name: fileName(dparams["filename"]), charset: params["charset"],
		id:       strings.Trim(clean(fieldValue(fields, "Content-ID")), "<> "),
		flowed:   strings.EqualFold(params["format"], "flowed"),
		delSp:    strings.EqualFold(params["delsp"], "yes"),
		encoding: fieldValue(fields, "Content-Transfer-Encoding"), body: body,
	}
	if p.name == "" {
		p.name = fileName(params["name"])
	}
	if p.isText(depth == 0) {
		w.addText(p)
		return
	}
	w.attach(p)
}

// knownKind is the media type to act on when the declared one is missing or no
// media type.
func knownKind(kind, declared string) string {
	switch {
	case strings.Count(kind, "/") == 1 && !strings.HasPrefix(kind, "/") && !strings.HasSuffix(kind, "/"):
		return kind
	case declared == "", kind == "text", strings.HasPrefix(kind, "text/"):
		return "text/plain"
	}
	return "application/octet-stream"
}

// isText decides between what is read and what is attached. The only part of a
// letter is its text even when it has a file name.
func (p part) isText(whole bool) bool {
	switch p.kind {
	case "text/plain", "text/html", "text/enriched", "text/richtext":
		return whole && p.disposition != "attachment" || p.disposition != "attachment" && p.name == ""
	}
	return false
}

func (w *walker) addText(p part) {
	content := decodeTransfer(p.body, p.encoding)
	charset := p.charset
	if p.kind != "text/html" {
		text := decodeText(content, charset, w.hint)
		if p.flowed {
			text = unflow(text, p.delSp)
		}
		w.texts = append(w.texts, normalText(text))
		return
	}
	if lookup(charset) == nil {
		charset = metaCharset(content)
	}
	w.texts = append(w.texts, htmlText(decodeText(content, charset, w.hint)))
}

func (w *walker) attach(p part) {
	content := decodeTransfer(p.body, p.encoding)
	if p.name == "" {
		p.name = w.madeUpName(p.kind, content)
	}
	w.message.Attachments = append(w.message.Attachments, Attachment{
		Name: p.name, Type: p.kind, ContentID: p.id, Content: content,
		Inline: p.disposition == "inline" || p.disposition == "" && p.id != "" && strings.HasPrefix(p.kind, "image/"),
	})
}

// madeUpName names an attachment that came without a name.
func (w *walker) madeUpName(kind string, content []byte) string {
	n := len(w.message.Attachments) + 1
	switch kind {
	case "message/rfc822":
		fields, _ := splitHeader(content)
		if subject := fileName(decodeWords(fieldValue(fields, "Subject"), w.hint)); subject != "" {
			return subject + ".eml"
		}
		return fmt.Sprintf("message-%d.eml", n)
	case "message/delivery-status", "message/disposition-notification", "text/rfc822-headers":
		return kind[strings.IndexByte(kind, '/')+1:] + ".txt"
	}
	return fmt.Sprintf("attachment-%d%s", n, extension(kind))
}

// extension is the usual one of a media type; the system's table is not asked,
// because a name must not depend on the machine.
func extension(kind string) string {
	switch kind {
	case "text/plain":
		return ".txt"
	case "text/html":
		return ".html"
	case "text/calendar":
		return ".ics"
	case "text/vcard", "text/x-vcard":
		return ".vcf"
	case "text/csv":
		return ".csv"
	case "text/xml", "application/xml":
		return ".xml"
	case "application/json":
		return ".json"
	case "application/pdf":
		return ".pdf"
	case "application/zip":
		return ".zip"
	case "application/msword":
		return ".doc"
	case "application/vnd.ms-excel":
		return ".xls"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return ".xlsx"
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return ".p7s"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return ".p7m"
	case "application/pgp-signature":
		return ".asc"
	case "application/ms-tnef":
		return ".dat"
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "image/svg+xml":
		return ".svg"
	}
	return ".bin"
}

// fileName is the last part of a path, since some programs send the whole.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return strings.TrimSpace(name)
}

// walkMultipart reads the parts of a multipart; false when none is found.
func (w *walker) walkMultipart(kind, boundary string, fields []field, body []byte, depth int) bool {
	parts := splitParts(body, boundary)
	if parts == nil {
		if encoding := fieldValue(fields, "Content-Transfer-Encoding"); encoding != "" {
			body = decodeTransfer(body, encoding) // forbidden, and done all the same
			parts = splitParts(body, boundary)
		}
	}
	if parts == nil {
		found := likelyBoundary(body)
		if parts = splitParts(body, found); parts == nil {
			return false
		}
		w.problem("the boundary %q marks no part; %q is used instead", boundary, found)
	}
	if kind == "multipart/alternative" {
		w.walkAlternative(parts, depth)
		return true
	}
	for i, p := range parts {
		if !w.count(parts[i:]) {
			break
		}
		fields, content := splitHeader(p)
		if kind == "multipart/digest" && fieldValue(fields, "Content-Type") == "" {
			fields = append(fields, field{"Content-Type", "message/rfc822"})
		}
		w.walk(fields, content, depth+1)
	}
	return true
}

// count bounds the number of parts; what is beyond is kept as one attachment.
func (w *walker) count(rest [][]byte) bool {
	if w.parts++; w.parts <= maxParts {
		return true
	}
	w.problem("the letter has more than %d parts; the rest is kept in one attachment", maxParts)
	w.attach(part{kind: "application/octet-stream", body: bytes.Join(rest, []byte("\n"))})
	return false
}

// walkAlternative reads one text out of several forms of it: the plain one,
// unless it is blank or only says that the letter is in HTML. Attachments of
// all forms are kept.
func (w *walker) walkAlternative(parts [][]byte, depth int) {
	before := w.texts
	var plain, other string
	for i, p := range parts {
		if !w.count(parts[i:]) {
			break
		}
		w.texts = nil
		fields, content := splitHeader(p)
		w.walk(fields, content, depth+1)
		text := joinTexts(w.texts)
		switch kind, _ := mediaType(fieldValue(fields, "Content-Type"), ""); {
		case strings.TrimSpace(text) == "":
		case knownKind(kind, kind) == "text/plain" && plain == "":
			plain = text
		default:
			other = text
		}
	}
	w.texts = before
	stub := len(plain) < 300 && len(other) > 2*len(plain) && strings.Contains(strings.ToLower(plain), "html")
	if plain != "" && !stub {
		w.texts = append(w.texts, plain)
	} else {
		w.texts = append(w.texts, other)
	}
}

// splitParts cuts the body of a multipart at its boundary lines; nil when there
// are none. What precedes the first and follows the last line is for programs
// that know no multiparts. A missing last line is tolerated.
func splitParts(body []byte, boundary string) [][]byte {
	boundary = strings.TrimRight(boundary, " \t")
	if boundary == "" {
		return nil
	}
	var parts [][]byte
	start := -1
	for from := 0; ; {
		at, end, last := nextBoundary(body, boundary, from)
		if at < 0 {
			if start >= 0 {
				parts = append(parts, body[min(start, len(body)):])
			}
			return parts
		}
		if start >= 0 {
			parts = append(parts, dropLineEnd(body[start:max(start, at)]))
		}
		if last && (start >= 0 || parts != nil) {
			return parts
		}
		start, from = end, end
	}
}

// nextBoundary finds the next boundary line: where it starts, where the line
// after it starts, and whether it is the closing one.
func nextBoundary(body []byte, boundary string, from int) (at, end int, last bool) {
	mark := []byte("--" + boundary)
	for from <= len(body) {
		i := bytes.Index(body[from:], mark)
		if i < 0 {
			return -1, 0, false
		}
		at = from + i
		from = at + len(mark)
		if at > 0 && body[at-1] != '\n' && body[at-1] != '\r' {
			continue
		}
		rest := body[from:]
		if after, ok := bytes.CutPrefix(rest, []byte("--")); ok {
			rest, last = after, true
		}
		line, after := cutLine(rest)
		if len(bytes.TrimSpace(line)) > 0 && !last {
			continue // a longer boundary that starts with this one
		}
		return at, len(body) - len(after), last
	}
	return -1, 0, false
}

// dropLineEnd takes off the line end that belongs to the boundary line.
func dropLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// likelyBoundary guesses the boundary of a multipart whose own is missing or
// wrong: the first line of the form --text after which a header follows.
func likelyBoundary(body []byte) string {
	rest := body
	for range 200 {
		if len(rest) == 0 {
			return ""
		}
		var line []byte
		line, rest = cutLine(rest)
		mark, ok := bytes.CutPrefix(bytes.TrimRight(line, " \t"), []byte("--"))
		if !ok || len(mark) == 0 || len(mark) > 200 || bytes.ContainsAny(mark, " \t") {
			continue
		}
		if next, _ := cutLine(rest); len(next) > 8 && strings.EqualFold(string(next[:8]), "content-") {
			return string(mark)
		}
	}
	return ""
}
