package template

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
)

// maxPart bounds one part of a docx when unpacked: a small file must not fill
// the memory.
const maxPart = 16 << 20

// partNames are the parts of a docx that may have placeholders.
var partNames = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml$`)
})

func (t *Template) parseDocx(src []byte, problems *diag.List) {
	whole := diag.Span{File: t.File, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	z, err := zip.NewReader(bytes.NewReader(src), int64(len(src)))
	if err != nil {
		report(problems, unreadable, whole, "save it as .docx once more", "the file is no docx: %v", err)
		return
	}
	t.zip = src
	found := false
	for _, f := range z.File {
		if !partNames().MatchString(f.Name) {
			continue
		}
		xml, err := readPart(f)
		if err != nil {
			report(problems, unreadable, whole, "save it as .docx once more", "%s: %v", f.Name, err)
			return
		}
		found = found || f.Name == "word/document.xml"
		if !bytes.Contains(xml, []byte("{")) {
			continue
		}
		p := parseXML(t.File, string(xml), problems)
		if p == nil {
			continue
		}
		p.raw = f.Name
		t.parts = append(t.parts, p)
	}
	if !found {
		report(problems, unreadable, whole, "save it as .docx once more", "the file is no docx: it has no word/document.xml")
	}
}

func readPart(f *zip.File) ([]byte, error) {
	if f.UncompressedSize64 > maxPart {
		return nil, fmt.Errorf("it has %d MB unpacked, more than %d", f.UncompressedSize64>>20, maxPart>>20)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err == nil && len(data) > maxPart {
		err = fmt.Errorf("it has more than %d MB unpacked", maxPart>>20)
	}
	return data, err
}

// renderDocx writes the package anew: parts without placeholders are copied as
// they are, byte for byte.
func (t *Template) renderDocx(w *writer) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(t.zip), int64(len(t.zip)))
	if err != nil {
		return nil, err
	}
	w.escape = escapeXML
	var out bytes.Buffer
	pack := zip.NewWriter(&out)
	for _, f := range z.File {
		var part *part
		for _, p := range t.parts {
			if p.raw == f.Name {
				part = p
			}
		}
		if part == nil {
			if err := pack.Copy(f); err != nil {
				return nil, err
			}
			continue
		}
		text, err := w.text(part)
		if err != nil {
			return nil, err
		}
		to, err := pack.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: f.Modified})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(to, text); err != nil {
			return nil, err
		}
	}
	if err := pack.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// escapeXML writes a value into a run; a line of its own for each line.
func escapeXML(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\n':
			b.WriteString(`</w:t><w:br/><w:t xml:space="preserve">`)
		case r == '\t':
			b.WriteString(`</w:t><w:tab/><w:t xml:space="preserve">`)
		case r < ' ', r == 0xFFFE, r == 0xFFFF: // XML cannot hold them
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var unescapeXML = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&#39;", "'", "&#34;", `"`, "&amp;", "&",
	"“", `"`, "”", `"`, "„", `"`, "«", "«")
