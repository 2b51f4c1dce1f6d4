package repo

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/settings"
)

// Options are what a repository needs from its surroundings.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Wait is how long a write waits for other processes.
	Wait time.Duration
	// Note is told what the user should know even though all went well.
	Note func(text string)
	// Output is where hooks of git's write; nil is nowhere.
	Output io.Writer
	// DryRun leaves no file behind, not even what is derived.
	DryRun bool
	// Progress shows how far something long has come; nil shows nothing.
	Progress func(what string, total int) Progress
}

// Progress is one running display.
type Progress interface {
	Set(done int)
	Done()
}

type noProgress struct{}

func (noProgress) Set(int) {}
func (noProgress) Done()   {}

func (o Options) progress(what string, total int) Progress {
	if o.Progress == nil {
		return noProgress{}
	}
	return o.Progress(what, total)
}

func (o Options) note(text string) {
	if o.Note != nil {
		o.Note(text)
	}
}

// Repo is an open data repository at one commit. It is used by one goroutine,
// and, like a command, for as long as its context lasts.
type Repo struct {
	ctx   context.Context
	git   *gitstore.Repo
	opt   Options
	head  gitstore.Head
	tree  gitstore.Hash
	defs  *definition.Set
	index *index.DB
	// indexAt is the file of the index.
	indexAt string
	ahead   *ahead // the index, not waited for yet

	unindexed sync.Map // *form.Form → map[string]bool, see notIndexed
	// scratch is the folder of an index that lives no longer than the command.
	scratch string
	wrote   bool
	used    usedObjects
	fit     *fitRoutes // nil: not looked for yet
	dry     bool       // a dry run leaves no file behind
}

// Wrote reports whether a transaction has been committed, so that doing all of
// it again would do it twice.
func (r *Repo) Wrote() bool { return r.wrote }

// Open finds the data repository a folder lies in. When ctx ends, whatever
// takes long ends with its error and leaves nothing half done behind.
func Open(ctx context.Context, dir string, opt Options) (*Repo, error) {
	git, err := gitstore.Open(dir)
	if errors.Is(err, gitstore.ErrNotFound) || err != nil && noFolder(dir) {
		return nil, &NotFoundError{Dir: dir}
	}
	if err != nil {
		return nil, err
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	r := &Repo{ctx: ctx, git: git, opt: opt, dry: opt.DryRun}
	if err := r.load(); err != nil {
		return nil, err
	}
	if _, err := git.Lookup(r.tree, settings.FileName); errors.Is(err, fs.ErrNotExist) || r.head.Unborn {
		return nil, &NotFoundError{Dir: dir, Git: true}
	} else if err != nil {
		return nil, err
	}
	return r, nil
}

// noFolder reports whether there is no folder of that name.
func noFolder(dir string) bool {
	st, err := os.Stat(dir)
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && !st.IsDir()
}

// Close releases the index and the files of git.
func (r *Repo) Close() error {
	r.keepDefinitions()
	r.keepFit()
	defer r.git.Close()
	return r.closeIndex()
}

// load looks where HEAD is now.
func (r *Repo) load() error {
	head, err := r.git.Head()
	if err != nil {
		return err
	}
	if head.Commit == r.head.Commit && r.defs != nil {
		r.head = head
		return nil
	}
	r.head = head
	r.tree = gitstore.Hash{}
	if !head.Unborn {
		c, err := r.git.Commit(head.Commit)
		if err != nil {
			return err
		}
		r.tree = c.Tree
	}
	r.defs, r.fit = definition.New(treeSource{r.git, r.tree, &r.used}), nil
	return r.closeIndex()
}

// Git gives the git repository below.
func (r *Repo) Git() *gitstore.Repo { return r.git }

// Wait is how long to wait for other processes.
func (r *Repo) Wait() time.Duration { return r.opt.Wait }

// Root is the top of the work tree.
func (r *Repo) Root() string { return r.git.Root() }

// Head is the commit that reading answers for.
func (r *Repo) Head() gitstore.Head { return r.head }

// Definitions are those of HEAD: what everything that acts goes by.
func (r *Repo) Definitions() *definition.Set { return r.defs }

// WorkDefinitions are those of the work tree, for checking what is being
// written.
func (r *Repo) WorkDefinitions() *definition.Set {
	return definition.New(workSource{r.git.Root()})
}

// Now is the time in the repository's zone, to the second.
func (r *Repo) Now() time.Time {
	return r.opt.Now().Truncate(time.Second).In(r.zone())
}

// Language is that of the texts people read.
func (r *Repo) Language() string {
	s, _, err := r.defs.Settings()
	if err != nil {
		return "en"
	}
	return s.Language
}

// zone is the repository's time zone, UTC where its settings cannot be read.
func (r *Repo) zone() *time.Location {
	s, _, err := r.defs.Settings()
	if err != nil || s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}
