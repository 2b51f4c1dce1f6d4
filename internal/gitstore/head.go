package gitstore

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// maxSymref is how many symbolic refs may point at each other.
const maxSymref = 5

// Head reads where HEAD points, from the files themselves.
func (r *Repo) Head() (Head, error) {
	b, err := os.ReadFile(filepath.Join(r.gitDir, "HEAD"))
	if err != nil {
		return Head{}, err
	}
	text := strings.TrimSpace(string(b))
	ref, symbolic := strings.CutPrefix(text, "ref:")
	if !symbolic {
		id, err := ParseHash(text)
		if err != nil {
			return Head{}, &CorruptError{What: "HEAD names neither a branch nor a commit", Hint: "git symbolic-ref HEAD refs/heads/main"}
		}
		return Head{Commit: id, Detached: true}, nil
	}
	ref = strings.TrimSpace(ref)
	for range maxSymref {
		id, next, err := r.readRef(ref)
		switch {
		case errors.Is(err, ErrNotExist):
			return Head{Ref: ref, Unborn: true}, nil
		case err != nil:
			return Head{}, err
		case next == "":
			return Head{Ref: ref, Commit: id}, nil
		}
		ref = next
	}
	return Head{}, &CorruptError{What: "HEAD follows too many symbolic refs"}
}

// refPath returns the file of a loose ref. Only HEAD-like refs and those of
// bisect and rewrite belong to the work tree.
func (r *Repo) refPath(ref string) string {
	if !strings.HasPrefix(ref, "refs/") || strings.HasPrefix(ref, "refs/bisect/") ||
		strings.HasPrefix(ref, "refs/worktree/") || strings.HasPrefix(ref, "refs/rewritten/") {
		return filepath.Join(r.gitDir, filepath.FromSlash(ref))
	}
	return filepath.Join(r.commonDir, filepath.FromSlash(ref))
}

// readRef reads one ref: loose first, then packed. A symbolic ref is returned
// as next.
func (r *Repo) readRef(ref string) (id Hash, next string, err error) {
	b, err := os.ReadFile(r.refPath(ref))
	if err == nil {
		text := strings.TrimSpace(string(b))
		if s, ok := strings.CutPrefix(text, "ref:"); ok {
			return Hash{}, strings.TrimSpace(s), nil
		}
		id, err := ParseHash(text)
		if err != nil {
			return Hash{}, "", &CorruptError{What: fmt.Sprintf("the ref %q does not name a commit", ref), Hint: "git fsck"}
		}
		return id, "", nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, syscall.EISDIR) {
		return Hash{}, "", err
	}
	found := false
	err = r.packedRefs(func(name string, h Hash) bool {
		if name == ref {
			id, found = h, true
		}
		return !found
	})
	if err == nil && !found {
		err = fmt.Errorf("ref %q: %w", ref, ErrNotExist)
	}
	return id, "", err
}

// packedRefs calls fn for each packed ref until it returns false.
func (r *Repo) packedRefs(fn func(name string, id Hash) bool) error {
	f, err := os.Open(filepath.Join(r.commonDir, "packed-refs"))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for in.Scan() {
		line := in.Text()
		if line == "" || line[0] == '#' || line[0] == '^' || len(line) < 42 {
			continue
		}
		id, err := ParseHash(line[:40])
		if err != nil {
			return &CorruptError{What: "packed-refs is damaged", Hint: "git fsck"}
		}
		if !fn(line[41:], id) {
			return nil
		}
	}
	return in.Err()
}

// Ref is a ref with the object it names.
type Ref struct {
	Name string
	ID   Hash
}

// Refs lists the refs whose name starts with prefix (`refs/remotes/`), sorted
// by name; symbolic and broken ones are left out.
func (r *Repo) Refs(prefix string) ([]Ref, error) {
	found := map[string]Hash{}
	if err := r.packedRefs(func(name string, id Hash) bool {
		if strings.HasPrefix(name, prefix) {
			found[name] = id
		}
		return true
	}); err != nil {
		return nil, err
	}
	base := r.refPath(strings.TrimSuffix(prefix, "/"))
	err := filepath.WalkDir(base, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		if d.IsDir() || strings.HasSuffix(path, ".lock") {
			return nil
		}
		rel, err := filepath.Rel(r.commonDir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		if id, next, err := r.readRef(name); err == nil && next == "" {
			found[name] = id
		} else {
			delete(found, name)
		}
		return nil
	})
	out := make([]Ref, 0, len(found))
	for name, id := range found {
		out = append(out, Ref{name, id})
	}
	slices.SortFunc(out, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}
