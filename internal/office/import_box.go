package office

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/repo"
)

// Box is a folder that letters arrive in, with the imports that share it.
type Box struct {
	Path    string
	Spool   bool
	Imports []*intake.Import // in the order in which they are tried
	Names   []string         // of all imports of the folder, broken ones too
	// Broken says why no letter of this folder may be touched: with one of its
	// imports unreadable, letters meant for that one would go astray.
	Broken []error

	step maildir.StepFunc
}

// BrokenImportError says that a definition has errors, so that the letters of
// its folder wait.
type BrokenImportError struct {
	Name string
	Err  error
}

func (e *BrokenImportError) Error() string {
	return fmt.Sprintf("import %s has errors, so the letters of its folder wait\n%v", e.Name, e.Err)
}

// Unwrap gives the problems with their places.
func (e *BrokenImportError) Unwrap() error { return e.Err }

// Hint is the command that shows them.
func (e *BrokenImportError) Hint() string { return "e1 import list" }

// Boxes gathers the folders of all imports, in the order of the imports'
// names.
func Boxes(r *repo.Repo, defs *definition.Set) ([]*Box, error) {
	all, err := defs.Imports()
	if err != nil {
		return nil, err
	}
	home, _ := os.UserHomeDir()
	var boxes []*Box
	var nowhere []error // broken imports of folders unknown
	for _, i := range all {
		broken := error(nil)
		if i.Def == nil {
			broken = &BrokenImportError{Name: i.Name, Err: i.Problems.Err()}
		}
		if i.From.Path == "" {
			if broken != nil {
				nowhere = append(nowhere, broken)
			}
			continue
		}
		at := resolveSource(r, i.From, home)
		k := slices.IndexFunc(boxes, func(b *Box) bool { return b.Path == at && b.Spool == i.From.Spool })
		if k < 0 {
			boxes = append(boxes, &Box{Path: at, Spool: i.From.Spool, step: r.Git().Step})
			k = len(boxes) - 1
		}
		boxes[k].Names = append(boxes[k].Names, i.Name)
		if broken != nil {
			boxes[k].Broken = append(boxes[k].Broken, broken)
			continue
		}
		boxes[k].Imports = append(boxes[k].Imports, i.Def)
	}
	for _, b := range boxes {
		intake.Sort(b.Imports)
		b.Broken = append(b.Broken, nowhere...)
	}
	if len(boxes) == 0 && len(nowhere) > 0 {
		return nil, errors.Join(nowhere...)
	}
	return boxes, nil
}

// resolveSource gives the folder. Paths in .git/ mean the git folder that all
// work trees share, wherever it lies.
func resolveSource(r *repo.Repo, from intake.Source, home string) string {
	if rest, ok := strings.CutPrefix(filepath.ToSlash(from.Path), ".git/"); ok {
		return filepath.Join(r.Git().CommonDir(), filepath.FromSlash(rest))
	}
	return filepath.Clean(from.Resolve(r.Root(), home))
}

// MissingFolderError says that a folder of letters is not there.
type MissingFolderError struct {
	Box *Box
	Err error
}

func (e *MissingFolderError) Error() string {
	return fmt.Sprintf("import %s: %v", strings.Join(e.Box.Names, ", "), e.Err)
}

// Unwrap gives the reason.
func (e *MissingFolderError) Unwrap() error { return e.Err }

// Hint is the command that makes it.
func (e *MissingFolderError) Hint() string {
	if e.Box.Spool {
		return "mkdir -p " + e.Box.Path
	}
	return fmt.Sprintf("mkdir -p %[1]s/new %[1]s/cur %[1]s/tmp, or set another folder in imports/", e.Box.Path)
}

// Folder opens the folder.
func (b *Box) Folder() (*maildir.Folder, error) {
	open := maildir.Open
	if b.Spool {
		open = maildir.OpenSpool
	}
	f, err := open(b.Path)
	if err != nil && errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingFolderError{Box: b, Err: err}
	}
	return b.watched(f, err)
}

// make opens the folder and makes it when it is not there.
func (b *Box) make() (*maildir.Folder, error) {
	if b.Spool {
		return b.watched(maildir.CreateSpool(b.Path))
	}
	return b.watched(maildir.Create(b.Path))
}

// watched lets tests break what is written to the folder, as everything that
// goes into the repository.
func (b *Box) watched(f *maildir.Folder, err error) (*maildir.Folder, error) {
	if err == nil {
		f.SetStep(b.step)
	}
	return f, err
}

// choose gives the import that recognises a letter, nil when none does.
func (b *Box) choose(m *message.Message) *intake.Import {
	for _, i := range b.Imports {
		if i.Matches(m) {
			return i
		}
	}
	return nil
}

// last is the import that is tried last: what nobody recognises is told there.
func (b *Box) last() string {
	if len(b.Imports) > 0 {
		return b.Imports[len(b.Imports)-1].Name
	}
	return b.Names[len(b.Names)-1]
}

// holds reports whether an import of that name reads the folder.
func (b *Box) holds(name string) bool { return slices.Contains(b.Names, name) }
