package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/yamlsrc"
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
	c := &checker{r: r, set: set, out: &Checked{}, uids: map[string]string{}, numbers: map[string]string{}, unusable: map[string]bool{}}
	if err := c.definitions(); err != nil {
		return nil, err
	}
	if c.index, err = r.CheckIndex(); err != nil {
		return nil, err
	}
	if err := r.EachDocument(c.document); err != nil {
		return nil, err
	}
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
	out     *Checked
	uids    map[string]string // uid → path
	numbers map[string]string // number → path
	index   *repo.IndexCheck
	stale   int  // problems of the index
	unread  bool // the history could not be read to its beginning
	// lost are documents by route and step at which they stand and which the
	// present definition does not have.
	lost map[string][]string
	// unusable are the forms with errors; what they say of their documents is
	// not to be trusted, so these are left alone.
	unusable map[string]bool
}

func (c *checker) add(code lint.Code, severity diag.Severity, path, format string, args ...any) {
	at := diag.Span{File: path, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	c.out.Problems.Add(diag.Problem{Code: code.Code, Slug: code.Slug, Severity: severity, At: at, Message: fmt.Sprintf(format, args...)})
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
			c.add(lint.DataForm, diag.Error, definition.FormsDir+"/"+name+".yaml", "the form %q has errors; see e1 lint", name)
		}
	}
	return nil
}

func (c *checker) document(f repo.File) error {
	c.out.Documents++
	d, problems := document.ReadFile(f.Path, f.Src)
	c.out.Problems = append(c.out.Problems, problems...)
	if problems.HasErrors() {
		return c.indexed(f, nil)
	}
	if err := c.indexed(f, d); err != nil {
		return err
	}
	if d.Number != f.Number {
		c.add(lint.DataMisplaced, diag.Error, f.Path, "the file is named after %s, but holds %s", f.Number, d.Number)
	}
	if other, ok := c.numbers[d.Number]; ok {
		c.add(lint.DataTwice, diag.Error, f.Path, "the number %s is also that of %q; e1 renumber gives one of them another", d.Number, other)
	}
	c.numbers[d.Number] = f.Path
	if other, ok := c.uids[d.UID]; ok {
		c.add(lint.DataTwice, diag.Error, f.Path, "the uid %s is also that of %q", d.UID, other)
	}
	c.uids[d.UID] = f.Path
	if c.unusable[d.Form] {
		return c.files(d, f)
	}
	of := c.set.Form(d.Form)
	if of == nil {
		c.add(lint.DataForm, diag.Error, f.Path, "the form %q does not exist or has errors", d.Form)
		return nil
	}
	if p, err := form.PathOf(of, d.Number); err != nil {
		c.add(lint.DataMisplaced, diag.Error, f.Path, "%s", err)
	} else if p != f.Path {
		c.add(lint.DataMisplaced, diag.Error, f.Path, "%s belongs at %q", d.Number, p)
	}
	if d.Status != form.Void {
		c.card(of, d, f)
	}
	c.links(d, f)
	c.routes(d, f)
	return c.files(d, f)
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
		Code: code.Code, Slug: code.Slug, Severity: p.Severity, Message: repo.ProblemText(p), Help: p.Hint, At: placeOf(f, p),
	})
}

// placeOf finds the place of a card's field in its file. The file is parsed
// with places only now, since most documents have no problem.
func placeOf(f repo.File, p form.Problem) diag.Span {
	parsed, _ := yamlsrc.Parse(f.Path, f.Src)
	at := diag.Span{File: f.Path, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	if parsed.Root == nil {
		return at
	}
	card := parsed.Root.Get("card")
	if p.Field == "status" {
		card = parsed.Root
	}
	node := card.Get(p.Field)
	if node == nil {
		if key := parsed.Root.Key("card"); key != nil {
			return parsed.Span(key)
		}
		return at
	}
	if p.Row > 0 && p.Row <= len(node.Items) {
		node = node.Items[p.Row-1]
		if cell := node.Get(p.Column); cell != nil {
			node = cell
		}
	}
	return parsed.Span(node)
}

func (c *checker) links(d *document.Document, f repo.File) {
	for _, l := range d.Links {
		if other, err := c.r.Lookup().Document(l.To); err == nil && other == nil {
			c.add(lint.DataLink, diag.Error, f.Path, "the link %q points to %s, which does not exist", l.Kind, l.To)
		}
	}
}

func (c *checker) routes(d *document.Document, f repo.File) {
	for _, in := range d.Routes {
		if in.State != engine.Running {
			continue
		}
		c.stranded(d, in)
		if _, err := c.r.Definitions().Pinned(in.Definition); err != nil {
			c.add(lint.DataRoute, diag.Error, f.Path, "route %q (%d) runs on the definition %s, which cannot be read", in.Route, in.ID, in.Definition)
		}
	}
}

// stranded gathers the documents that stand where the present definition of
// their route has no step.
func (c *checker) stranded(d *document.Document, in document.Instance) {
	now, err := c.r.Definitions().Route(in.Route)
	if err != nil || now == nil || now.ID == in.Definition {
		return
	}
	for _, p := range in.Open {
		// Ids that nobody has written come from the place of their step.
		if strings.Contains(p.At, ".") || now.Step(p.At) != nil {
			continue
		}
		key := in.Route + "\n" + p.At
		if c.lost == nil {
			c.lost = map[string][]string{}
		}
		if !slices.Contains(c.lost[key], d.Number) {
			c.lost[key] = append(c.lost[key], d.Number)
		}
	}
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

func (c *checker) files(d *document.Document, f repo.File) error {
	for _, file := range d.Files {
		id, err := c.r.AttachmentID(f.Path, file.Name)
		if err != nil {
			return err
		}
		if id.IsZero() {
			c.add(lint.DataFile, diag.Error, f.Path, "the attachment %q is missing", file.Name)
			continue
		}
		data, err := c.r.Git().Blob(id)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		if hex.EncodeToString(sum[:]) != file.SHA256 || int64(len(data)) != file.Size {
			c.add(lint.DataFile, diag.Error, f.Path, "the attachment %q is not the file that was attached: its checksum differs", file.Name)
		}
	}
	return nil
}

// staleAtMost bounds the problems of the index that are reported one by one: a
// new one is the remedy for all.
const staleAtMost = 20

func (c *checker) staleIndex(path, format string, args ...any) {
	if c.stale++; c.stale <= staleAtMost {
		c.add(lint.DataIndex, diag.Error, path, format+"; e1 index rebuild makes it anew", args...)
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
		c.add(lint.DataHistory, diag.Error, ".git", "the history cannot be read to its beginning: %s", strings.TrimSpace(err.Error()))
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
		c.add(lint.DataIndex, diag.Error, ".git/e1/index.db", "the index differs in %d more places", more)
	}
	return nil
}
