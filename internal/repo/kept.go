package repo

import (
	"sync"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
)

// usedObjects are the files and folders of definitions that a command has
// read, in the order of reading. Nil collects nothing.
type usedObjects struct {
	mu   sync.Mutex
	ids  []gitstore.Hash
	seen map[gitstore.Hash]bool
}

func (u *usedObjects) add(id gitstore.Hash) {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[gitstore.Hash]bool{}
	}
	if !u.seen[id] {
		u.seen[id] = true
		u.ids = append(u.ids, id)
	}
}

// keepDefinitions keeps the definitions this command has read, so that the next
// one reads them from one file. What other commands have read stays there as
// long as HEAD has it.
func (r *Repo) keepDefinitions() {
	if r.dry {
		return
	}
	missing := false
	for _, id := range r.used.ids {
		missing = missing || !r.git.Kept(id)
	}
	if !missing {
		return
	}
	var ids []gitstore.Hash
	for _, id := range r.definitionObjects() {
		if r.git.Kept(id) || r.used.seen[id] {
			ids = append(ids, id)
		}
	}
	_ = r.git.Keep(ids) // the next command is slower, that is all
}

// definitionObjects lists the files and folders of the definitions of HEAD.
func (r *Repo) definitionObjects() []gitstore.Hash {
	var ids []gitstore.Hash
	for _, name := range []string{settings.FileName, org.FileName} {
		if e, err := r.git.Lookup(r.tree, name); err == nil {
			ids = append(ids, e.ID)
		}
	}
	for _, dir := range []string{definition.FormsDir, definition.DirectoriesDir, definition.CalendarsDir, definition.RoutesDir,
		definition.PinnedDir, definition.ImportsDir, definition.ReportsDir, definition.RulesDir, definition.TemplatesDir} {
		e, err := r.git.Lookup(r.tree, dir)
		if err != nil || !e.IsDir() {
			continue
		}
		ids = append(ids, e.ID)
		entries, err := r.git.Tree(e.ID)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if e.IsFile() {
				ids = append(ids, e.ID)
			}
		}
	}
	return ids
}
