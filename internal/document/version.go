package document

import (
	"slices"
	"strconv"
	"strings"
)

// A file that is attached again is another version of the same file: it has a
// name of its own beside the document and says of which file it is one. They
// count in the order of the list, the first being the file itself.

// base gives the name of the file that f is a version of, its own for a first
// version.
func (f *File) base() string {
	if f.Of != "" {
		return f.Of
	}
	return f.Name
}

// Versions gives the versions of a file by its name, the oldest first.
func (d *Document) Versions(name string) []File {
	return slices.DeleteFunc(slices.Clone(d.Files), func(f File) bool { return f.base() != name })
}

// Version tells of which file a file is a version, and which one.
func (d *Document) Version(f File) (of string, n int) {
	versions := d.Versions(f.base())
	return f.base(), slices.IndexFunc(versions, func(v File) bool { return v.Name == f.Name }) + 1
}

// Latest gives the newest version of each file, in the order of the list.
func (d *Document) Latest() []File {
	var out []File
	for _, f := range d.Files {
		if versions := d.Versions(f.base()); versions[len(versions)-1].Name == f.Name {
			out = append(out, f)
		}
	}
	return out
}

// File finds a file by what people call it: by its name, which means the newest
// version, with @2 behind it for the second one, by the name a version has of
// its own, or by what the sender called it.
func (d *Document) File(name string) (File, bool) {
	if versions := d.Versions(name); len(versions) > 0 {
		return versions[len(versions)-1], true
	}
	if i := strings.LastIndexByte(name, '@'); i > 0 {
		n, err := strconv.Atoi(name[i+1:])
		if versions := d.Versions(name[:i]); err == nil && n >= 1 && n <= len(versions) {
			return versions[n-1], true
		}
	}
	for _, called := range []func(File) bool{
		func(f File) bool { return f.Name == name },
		func(f File) bool { return f.Original == name },
		func(f File) bool { return f.Name == AttachmentName(name, nil) },
	} {
		// Of several that came under one name the newest.
		for _, f := range slices.Backward(d.Files) {
			if called(f) {
				return f, true
			}
		}
	}
	return File{}, false
}

// SameFile finds the file of which one with an original name would be another
// version; "" for none.
func (d *Document) SameFile(original string) string {
	name := foldName(tidyName(original))
	for _, f := range d.Files {
		if f.Of == "" && foldName(f.Name) == name {
			return f.Name
		}
	}
	return ""
}
