// Package filetext gives the text of attached files, for search and for
// reading on a terminal: plain text in the character sets of Russian offices,
// HTML, letters, and the office formats that are zipped XML (docx, xlsx,
// pptx, odt, ods, odp).
//
// In go a file's name and bytes; out comes its text. It refuses what it does
// not know and what would unpack to more than its limits, and says so by
// giving nothing. It does no input or output.
//
// Invariant: the same bytes give the same text.
package filetext

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/message"
)

const (
	// MaxSize is the size in bytes above which a file is not read.
	MaxSize = 20 << 20
	// maxText bounds the text given, in bytes.
	maxText = 1 << 20
	// maxPart bounds one unpacked part of an office file, in bytes.
	maxPart = 64 << 20
)

// Of gives the text of a file; ok is false when its kind is not known or it
// cannot be read.
func Of(name string, data []byte) (text string, ok bool) {
	if len(data) > MaxSize {
		return "", false
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".eml":
		m := message.Parse(data)
		text, ok = m.Subject+"\n\n"+m.Text, true
	case ".html", ".htm", ".xhtml":
		text, ok = message.HTMLText(data), true
	case ".docx":
		text, ok = office(data, func(n string) bool { return n == "word/document.xml" })
	case ".pptx":
		text, ok = office(data, func(n string) bool { return strings.HasPrefix(n, "ppt/slides/slide") })
	case ".xlsx":
		text, ok = office(data, func(n string) bool {
			return n == "xl/sharedStrings.xml" || strings.HasPrefix(n, "xl/worksheets/sheet")
		})
	case ".odt", ".ods", ".odp":
		text, ok = office(data, func(n string) bool { return n == "content.xml" })
	default:
		if bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 || !plain(name) {
			return "", false
		}
		text, ok = message.DecodeText(data), true
	}
	return shorten(text), ok
}

// plain reports whether a name is that of a text file.
func plain(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case "", ".txt", ".text", ".md", ".csv", ".tsv", ".json", ".xml", ".yaml", ".yml", ".log", ".ini", ".rst", ".tex", ".ics", ".vcf":
		return true
	}
	return false
}

func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	cut := maxText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// office gives the text of the wanted parts of a zipped XML file.
func office(data []byte, wanted func(string) bool) (string, bool) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", false
	}
	parts := slices.DeleteFunc(slices.Clone(archive.File), func(f *zip.File) bool { return !wanted(f.Name) })
	slices.SortFunc(parts, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, f := range parts {
		if b.Len() > maxText {
			break
		}
		if err := part(&b, f); err != nil {
			return "", false
		}
	}
	return strings.TrimSpace(b.String()), len(parts) > 0
}

// part writes the character data of one part, a line a paragraph, row or cell.
func part(b *strings.Builder, f *zip.File) error {
	in, err := f.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	d := xml.NewDecoder(io.LimitReader(in, maxPart))
	d.Strict = false
	formula := 0
	for b.Len() <= maxText {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f": // a formula of a spreadsheet is no text
				formula++
			case "tab":
				b.WriteByte('\t')
			case "br", "line-break":
				b.WriteByte('\n')
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "f":
				formula--
			case "p", "h", "si", "tr", "row", "table-row":
				b.WriteByte('\n')
			case "tc", "table-cell":
				b.WriteByte('\t')
			}
		case xml.CharData:
			if formula <= 0 {
				b.Write(t)
			}
		}
	}
	return nil
}
