package gitstore

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/gitstore/gitindex"
	"github.com/go-git/go-git/v5/plumbing"
)

// treeBuild makes the new trees of a transaction: only those on the way to a
// changed file.
type treeBuild struct {
	tx      *Tx
	objects *objectSet
	folders []gitindex.FolderChange // by path, parents first
}

// build returns the new tree of a folder and the number of files it gained.
// files are those below dir, by path. A folder without files has the zero
// Hash.
func (b *treeBuild) build(dir string, old Hash, files []*stagedFile) (Hash, int, error) {
	at := len(b.folders)
	b.folders = append(b.folders, gitindex.FolderChange{Path: dir, Old: gitindex.ID(old)})
	entries, err := b.tx.tree(old)
	if err != nil {
		return Hash{}, 0, err
	}
	entries = slices.Clone(entries)
	delta := 0
	for len(files) > 0 {
		name := firstName(files[0].path, dir)
		n := 1
		for n < len(files) && firstName(files[n].path, dir) == name {
			n++
		}
		d, err := b.child(dir, name, &entries, files[:n])
		if err != nil {
			return Hash{}, 0, err
		}
		delta += d
		files = files[n:]
	}
	var id Hash
	if len(entries) > 0 || dir == "" {
		slices.SortFunc(entries, func(x, y TreeEntry) int {
			return compareTreeNames(x.Name, x.IsDir(), y.Name, y.IsDir())
		})
		id = b.objects.add(plumbing.TreeObject, encodeTree(entries))
	}
	b.folders[at].New, b.folders[at].Delta = gitindex.ID(id), delta
	return id, delta, nil
}

// firstName returns the component of path that follows dir.
func firstName(path, dir string) string {
	if dir != "" {
		path = path[len(dir)+1:]
	}
	name, _, _ := strings.Cut(path, "/")
	return name
}

// child applies the changes at or below one name of a folder.
func (b *treeBuild) child(dir, name string, entries *[]TreeEntry, files []*stagedFile) (int, error) {
	path := joinPath(dir, name)
	i := slices.IndexFunc(*entries, func(e TreeEntry) bool { return e.Name == name })
	var had TreeEntry
	if i >= 0 {
		had = (*entries)[i]
		*entries = slices.Delete(*entries, i, i+1)
	}
	var own *stagedFile
	if files[0].path == path {
		own, files = files[0], files[1:]
	}
	delta := 0
	if own != nil && own.deleted() && !had.IsDir() {
		had, delta = TreeEntry{}, -1
	}
	if len(files) > 0 {
		if !had.ID.IsZero() && !had.IsDir() {
			return 0, &PathError{Path: files[0].path, Why: "needs a folder where the repository has the file " + path, Hint: "delete that file first"}
		}
		id, d, err := b.build(path, had.ID, files)
		if err != nil {
			return 0, err
		}
		had, delta = TreeEntry{}, delta+d
		if !id.IsZero() {
			had = TreeEntry{Name: name, Mode: ModeDir, ID: id}
		}
	}
	if own != nil && !own.deleted() {
		if had.IsDir() && !had.ID.IsZero() {
			return 0, &PathError{Path: path, Why: "is a folder in the repository", Hint: "delete what it holds first"}
		}
		if had.ID.IsZero() {
			delta++
		}
		had = TreeEntry{Name: name, Mode: own.mode, ID: own.id}
		b.objects.put(newObject{id: own.id, kind: plumbing.BlobObject, data: own.data, src: own.src, size: own.size})
	}
	if !had.ID.IsZero() {
		had.Name = name
		*entries = append(*entries, had)
	}
	return delta, nil
}
