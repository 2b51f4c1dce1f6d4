package demo

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
)

// FillOptions are the circumstances of filling a repository.
type FillOptions struct {
	Documents int
	Seed      uint64
	// Bulk says how to wait for locks and whom to tell how far it has come: the
	// stages are "documents" and "commits", then those of gitstore.Bulk after
	// the objects.
	Bulk gitstore.BulkOptions
	// Actor is recorded as E1-Actor; Author is who commits. A zero Author.When
	// means now by the repository's clock.
	Actor  string
	Author gitstore.Signature
}

// Filled is what was written.
type Filled struct {
	Summary
	Commit  gitstore.Hash // the last one
	Commits int
	Notes   []gitstore.Note
}

// NotEmptyError says that there are documents already.
type NotEmptyError struct{ Form, Example string }

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("this repository has documents of %s already, such as %s; demo data goes into a fresh one made by e1 init --sample", e.Form, e.Example)
}

// demoOp is the operation that filling is recorded as.
const demoOp = "demo"

// ErrMoved says that somebody committed while the work was being prepared.
var ErrMoved = errors.New("the repository has changed meanwhile; try again")

// Fill writes demo documents into a repository without any, as one commit in
// one pack. Nothing has happened when it fails.
func Fill(ctx context.Context, r *repo.Repo, opt FillOptions) (Filled, error) {
	defer boundMemory()()
	when := opt.Author.When
	if when.IsZero() {
		when = r.Now()
	}
	f, err := begin(ctx, r, opt)
	if err != nil {
		return Filled{}, err
	}
	defer f.bulk.Abort()
	if err := f.fill(ctx, opt, when, func(string, []byte) {}); err != nil {
		return Filled{}, err
	}
	return f.finish(ctx)
}

// memoryLimit keeps the resident memory of a million documents below half a
// gigabyte: what a bulk import holds of them comes near to 250 MB, and the
// collector would otherwise let garbage grow as large again.
const memoryLimit = 420 << 20

// boundMemory sets the limit, unless a lower one is set, until the function it
// gives is called.
func boundMemory() (restore func()) {
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(before, memoryLimit))
	return func() { debug.SetMemoryLimit(before) }
}

// filler is one bulk transaction.
type filler struct {
	r      *repo.Repo
	bulk   *gitstore.Bulk
	report func(stage string, done, total int)
	out    Filled
}

// begin takes the locks.
func begin(ctx context.Context, r *repo.Repo, opt FillOptions) (*filler, error) {
	f := &filler{r: r, report: opt.Bulk.Progress}
	if f.report == nil {
		f.report = func(string, int, int) {}
	}
	bulk := opt.Bulk
	bulk.Progress = func(stage string, done, total int) {
		if stage != "objects" { // told as documents and commits, of which we know how many there are
			f.report(stage, done, total)
		}
	}
	b, err := r.Git().NewBulk(ctx, bulk)
	if err != nil {
		return nil, err
	}
	if b.Head().Commit != r.Head().Commit {
		b.Abort()
		return nil, ErrMoved
	}
	f.bulk = b
	return f, nil
}

func (f *filler) finish(ctx context.Context) (Filled, error) {
	id, err := f.bulk.Finish(ctx)
	f.out.Notes = append(f.out.Notes, f.bulk.Notes()...)
	if err != nil {
		return f.out, err
	}
	f.out.Commit = id
	return f.out, nil
}

// fill makes the documents and their commit. Each file is shown to seen, too.
func (f *filler) fill(ctx context.Context, opt FillOptions, when time.Time, seen func(path string, data []byte)) error {
	tree, err := headTree(f.r)
	if err != nil {
		return err
	}
	for _, name := range []string{clients, inquiries, works, contracts, invoices, assignments} {
		example, err := firstDocument(f.r.Git(), tree, "documents/"+name)
		if err != nil {
			return err
		}
		if example != "" {
			return &NotEmptyError{name, example}
		}
	}
	defs := f.r.Definitions()
	forms, err := defs.Forms()
	if err != nil {
		return err
	}
	routes, err := f.routes(defs)
	if err != nil {
		return err
	}
	g, err := newGenerator(Options{Documents: opt.Documents, Seed: opt.Seed, Now: when.In(f.r.Now().Location()), Routes: routes,
		Calendar: defs.Calendar, Prefix: f.r.Git().ConfigValue("e1", "prefix")}, forms)
	if err != nil {
		return err
	}
	done := 0
	sum, err := pipe(g.run, func(path string, data []byte) error {
		if err := f.bulk.Put(path, data); err != nil {
			return err
		}
		seen(path, data)
		if done++; done%1000 == 0 {
			f.report("documents", done, opt.Documents)
			return ctx.Err()
		}
		return nil
	})
	if err != nil {
		return err
	}
	f.report("documents", done, done)
	for _, r := range sum.Pinned {
		if err := f.bulk.Put(definition.PinnedPath(r.ID), r.File.Src); err != nil {
			return err
		}
	}
	f.out.Summary = sum
	author := opt.Author
	author.When = when
	return f.commit(fmt.Sprintf("demo: %d documents, seed %d", done, opt.Seed), author,
		gitstore.Trailer{Key: repo.TrailerOp, Value: demoOp}, gitstore.Trailer{Key: repo.TrailerActor, Value: opt.Actor})
}

func (f *filler) commit(subject string, author gitstore.Signature, trailers ...gitstore.Trailer) error {
	name, email := f.r.Git().UserConfig()
	_, err := f.bulk.Commit(gitstore.Message{Subject: subject, Trailers: trailers}, author, gitstore.Signature{Name: name, Email: email, When: author.When})
	if err == nil {
		f.out.Commits++
	}
	return err
}

// routes gives the routes that can be used; of broken ones the user is told.
func (f *filler) routes(defs *definition.Set) ([]*route.Route, error) {
	names, err := defs.RouteNames()
	if err != nil {
		return nil, err
	}
	var routes []*route.Route
	for _, n := range names {
		if r, err := defs.UsableRoute(n); err != nil {
			f.out.Notes = append(f.out.Notes, gitstore.Note{Path: definition.RoutesDir + "/" + n + definition.Ext, Text: "the route is broken, so no document travels on it; see e1 lint"})
		} else {
			routes = append(routes, r)
		}
	}
	return routes, nil
}

func headTree(r *repo.Repo) (gitstore.Hash, error) {
	c, err := r.Git().Commit(r.Head().Commit)
	return c.Tree, err
}

// errFound ends a walk.
var errFound = errors.New("found")

// firstDocument gives the path of the first file below a folder, "" when there
// is none.
func firstDocument(git *gitstore.Repo, tree gitstore.Hash, dir string) (string, error) {
	first := ""
	err := git.Walk(tree, dir, func(path string, _ gitstore.TreeEntry) error {
		first = path
		return errFound
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return first, err
}
