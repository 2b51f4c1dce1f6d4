package office

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// Checked is the answer of Check.
type Checked struct {
	Documents int
	Problems  diag.List
}

// Check looks at all data: every document against its form, numbers, links,
// attachments, routes, the history and the index. It changes nothing.
func Check(r *repo.Repo) (*Checked, error) {
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	people, problems, err := r.Definitions().Org()
	if err != nil {
		return nil, err
	}
	c := &checker{r: r, set: set, out: &Checked{}, uids: map[string]string{}, numbers: map[string]string{}, unusable: map[string]bool{}, others: map[string]bool{}}
	if !problems.HasErrors() {
		c.people = people
	}
	if err := c.definitions(); err != nil {
		return nil, err
	}
	if err := r.EachOther(func(path string) error { c.others[path] = false; return nil }); err != nil {
		return nil, err
	}
	if c.index, err = r.CheckIndex(); err != nil {
		return nil, err
	}
	if err := r.EachDocument(c.document); err != nil {
		return nil, err
	}
	c.strays()
	c.reportStranded()
	if err := c.history(); err != nil {
		return nil, err
	}
	if err := c.left(); err != nil {
		return nil, err
	}
	c.out.Problems.Sort()
	return c.out, nil
}

type checker struct {
	r       *repo.Repo
	set     *form.Set
	people  *org.Org // nil when org.yaml has errors
	out     *Checked
	uids    map[string]string // uid → path
	numbers map[string]string // number → path
	// others are the files below documents/ that are no documents, and whether a
	// document has them.
	others map[string]bool
	index  *repo.IndexCheck
	stale  int  // problems of the index
	unread bool // the history could not be read to its beginning
	// lost are documents by route and step at which they stand and which the
	// present definition does not have.
	lost map[string][]string
	// unusable are the forms with errors; what they say of their documents is
	// not to be trusted, so these are left alone.
	unusable map[string]bool
}

// add reports a problem at a part of a document: keys and positions in its
// file.
func (c *checker) add(code lint.Code, severity diag.Severity, f repo.File, at part, format string, args ...any) {
	c.out.Problems.Add(diag.Problem{Code: code.Code, Slug: code.Slug, Severity: severity, At: at.in(f), Message: fmt.Sprintf(format, args...)})
}

// addFile reports a problem of something that is no document.
func (c *checker) addFile(code lint.Code, severity diag.Severity, path, format string, args ...any) {
	c.add(code, severity, repo.File{Path: path}, nil, format, args...)
}

// definitions reports forms that cannot be used: their documents cannot be
// checked.
func (c *checker) definitions() error {
	names, err := c.r.Definitions().FormNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := c.r.Definitions().Form(name); err != nil {
			c.unusable[name] = true
			c.addFile(lint.DataForm, diag.Error, definition.FormsDir+"/"+name+definition.Ext, "the form %q has errors; see e1 lint", name)
		}
	}
	return nil
}

func (c *checker) document(f repo.File) error {
	c.out.Documents++
	d, problems := document.ReadFile(f.Path, f.Src)
	c.out.Problems = append(c.out.Problems, problems...)
	if problems.HasErrors() {
		c.keepBeside(f)
		return c.indexed(f, nil)
	}
	if err := c.indexed(f, d); err != nil {
		return err
	}
	c.identity(d, f)
	if c.unusable[d.Form] {
		return c.files(d, f)
	}
	of := c.set.Form(d.Form)
	if of == nil {
		c.add(lint.DataForm, diag.Error, f, part{"form"}, "the form %q does not exist or has errors", d.Form)
		c.keepBeside(f)
		return nil
	}
	if p, err := form.PathOf(of, d.Number); err != nil {
		c.add(lint.DataMisplaced, diag.Error, f, part{"number"}, "%s", err)
	} else if p != f.Path {
		c.add(lint.DataMisplaced, diag.Error, f, part{"number"}, "%s belongs at %q", d.Number, p)
	}
	c.year(of, d, f)
	if d.Status != form.Void {
		c.card(of, d, f)
	}
	c.links(d, f)
	c.routes(d, f)
	return c.files(d, f)
}

// identity checks what a document is known by.
func (c *checker) identity(d *document.Document, f repo.File) {
	if d.Number != f.Number {
		c.add(lint.DataMisplaced, diag.Error, f, part{"number"}, "the file is named after %s, but holds %s", f.Number, d.Number)
	}
	if other, ok := c.numbers[d.Number]; ok {
		c.add(lint.DataTwice, diag.Error, f, part{"number"}, "the number %s is also that of %q; git rm removes a copy, e1 renumber gives one of two documents another number", d.Number, other)
	}
	c.numbers[d.Number] = f.Path
	if d.UID == "" {
		c.add(lint.DataIdentity, diag.Error, f, part{"number"}, "%s has no uid", d.Number)
		return
	}
	if other, ok := c.uids[d.UID]; ok {
		c.add(lint.DataTwice, diag.Error, f, part{"uid"}, "the uid %s is also that of %q", d.UID, other)
	}
	c.uids[d.UID] = f.Path
}

// year holds the year of a number against that of the registration.
func (c *checker) year(of *form.Form, d *document.Document, f repo.File) {
	n, ok := of.ParseNumber(d.Number)
	if registered := d.Registered.In(c.r.Now().Location()).Year(); ok && n.Year != 0 && n.Year != registered {
		if d.Registered.IsZero() {
			c.add(lint.DataMisplaced, diag.Error, f, part{"number"}, "%s does not say when it was registered", d.Number)
			return
		}
		c.add(lint.DataMisplaced, diag.Error, f, part{"registered"}, "%s was registered in %d", d.Number, registered)
	}
}

func (c *checker) card(of *form.Form, d *document.Document, f repo.File) {
	ctx := c.r.Context(d.By)
	for _, p := range c.set.Check(of, d, ctx) {
		c.problem(lint.DataUnfit, p, f)
	}
	for _, p := range c.set.Unknown(of, d) {
		c.problem(lint.DataUnknown, p, f)
	}
}

// problem places a problem of a card at its line.
func (c *checker) problem(code lint.Code, p form.Problem, f repo.File) {
	c.out.Problems.Add(diag.Problem{
		Code: code.Code, Slug: code.Slug, Severity: p.Severity, Message: repo.ProblemText(p), Help: p.Hint, At: partOf(p).in(f),
	})
}

// reportStranded names them, one problem a step.
func (c *checker) reportStranded() {
	for _, key := range slices.Sorted(maps.Keys(c.lost)) {
		name, step, _ := strings.Cut(key, "\n")
		numbers := c.lost[key]
		slices.Sort(numbers)
		r, err := c.r.Definitions().Route(name)
		if err != nil {
			continue
		}
		c.out.Problems.Add(diag.Problem{Code: lint.Stranded.Code, Slug: lint.Stranded.Slug, Severity: diag.Warning, At: r.Name.At,
			Message: fmt.Sprintf("the route has no step %q any more, at which %s", step, standing(numbers)),
			Help:    fmt.Sprintf("they finish on the definition they have; e1 route migrate --all %s --map %s=STEP moves them", name, step)})
	}
}

func standing(numbers []string) string {
	if len(numbers) == 1 {
		return numbers[0] + " stands"
	}
	return fmt.Sprintf("%d documents stand: %s", len(numbers), shorten(numbers, 5))
}

// staleAtMost bounds the problems of the index that are reported one by one: a
// new one is the remedy for all.
const staleAtMost = 20

func (c *checker) staleIndex(path, format string, args ...any) {
	if c.stale++; c.stale <= staleAtMost {
		c.addFile(lint.DataIndex, diag.Error, path, format+"; e1 index rebuild makes it anew", args...)
	}
}

// indexed compares what the index holds of a document with its file.
func (c *checker) indexed(f repo.File, d *document.Document) error {
	differ, err := c.index.Document(f, d)
	if err == nil && len(differ) > 0 {
		c.staleIndex(f.Path, "the index holds something else of %s: %s", f.Number, strings.Join(differ, ", "))
	}
	return err
}

// history sees that every commit can be read, and that the index has it.
func (c *checker) history() error {
	var failed error
	err := c.r.Git().Log(c.r.Head().Commit, nil, func(made gitstore.Commit) error {
		same, err := c.index.Commit(made)
		if err != nil {
			failed = err
			return gitstore.ErrStop
		}
		if !same {
			c.staleIndex(".git", "the index does not have commit %s as it is", short(made.ID.String()))
		}
		return nil
	})
	if err != nil {
		c.addFile(lint.DataHistory, diag.Error, ".git", "the history cannot be read to its beginning: %s", strings.TrimSpace(err.Error()))
		c.unread = true
	}
	return failed
}

// left reports what the index holds of documents and commits that are not there.
func (c *checker) left() error {
	left, err := c.index.Left()
	if err != nil || c.unread {
		return err
	}
	for _, what := range left {
		c.staleIndex(".git/e1/index.db", "the index holds %s", what)
	}
	if more := c.stale - staleAtMost; more > 0 {
		c.addFile(lint.DataIndex, diag.Error, ".git/e1/index.db", "the index differs in %d more places", more)
	}
	return nil
}
