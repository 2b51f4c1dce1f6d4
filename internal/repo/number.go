package repo

import (
	"path"
	"strings"
)

// numberOfPath gives the number of the document whose file lies at a path;
// false for everything that is no document.
func numberOfPath(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, documentsDir+"/")
	if !ok || !strings.HasSuffix(rest, ".yaml") {
		return "", false
	}
	// <form>/[<year>/]<aa>/<bb>/<NUMBER>.yaml; deeper files are attachments.
	if n := strings.Count(rest, "/"); n != 3 && n != 4 {
		return "", false
	}
	number := strings.TrimSuffix(path.Base(rest), ".yaml")
	folder := path.Base(path.Dir(rest))
	if !allDigits(folder) || !isNumber(number) {
		return "", false
	}
	return number, true
}

// formOfPath gives the form in whose folder a document's file lies.
func formOfPath(p string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(p, documentsDir+"/"), "/")
	return name
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// isNumber reports whether s has the characters of a registration number.
func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

// NumberOfPath gives the number of the document whose file lies at a path.
func NumberOfPath(p string) (string, bool) { return numberOfPath(p) }

// OwnerOfPath gives the number of the document an attachment belongs to, ""
// for other files.
func OwnerOfPath(p string) string {
	if _, isDocument := numberOfPath(p); isDocument {
		return ""
	}
	if number, ok := numberOfPath(path.Dir(p) + ".yaml"); ok {
		return number
	}
	return ""
}
