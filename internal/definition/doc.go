// Package definition gathers the definitions of one state of a repository:
// settings, organisation, forms, directories, routes, calendars, imports,
// reports.
//
// In goes a [Source] of files; out comes each definition when it is first
// asked for, or all its problems with their places. It refuses to let one
// broken definition stand in the way of the others. It does no input or
// output of its own.
//
// Invariant: whatever is handed out belongs to the one state the source
// shows.
package definition

// Source gives the definition files of one state of the repository: of a
// commit for everything that acts, of the work tree for lint and its kin.
type Source interface {
	// Read returns a file's bytes; fs.ErrNotExist when there is none.
	Read(name string) ([]byte, error)
	// List returns the paths of the files in a folder whose names end in
	// suffix, sorted; none when there is no such folder.
	List(dir, suffix string) ([]string, error)
}

// overlay is another source with one file replaced.
type overlay struct {
	Source
	name string
	data []byte
}

func (s overlay) Read(name string) ([]byte, error) {
	if name == s.name {
		return s.data, nil
	}
	return s.Source.Read(name)
}

// With are the definitions as they would be with one file changed.
func (d *Set) With(name string, data []byte) *Set {
	return New(overlay{d.src, name, data})
}

// Moved reads what was not read yet from another source, which must hold the
// same definitions.
func (d *Set) Moved(src Source) { d.src = src }
