package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// HistoryOptions are the circumstances of making a history.
type HistoryOptions struct {
	FillOptions
	// Commits is how many there are to be. Documents counts only in a
	// repository without documents, which is filled first; 0 means 3000.
	Commits int
}

// historyDocuments is how many documents a history is about, at most.
const historyDocuments = 4000

// historyDays is how long before now the history of a repository begins that
// was filled for it.
const historyDays = 60

// maxCommits bounds a history.
const maxCommits = 5_000_000

// History makes a long history of small commits that change fields, comments
// and statuses of a few thousand documents, all in one pack. A repository
// without documents is filled first, in the same transaction.
func History(ctx context.Context, r *repo.Repo, opt HistoryOptions) (Filled, error) {
	if opt.Commits < 1 || opt.Commits > maxCommits {
		return Filled{}, fmt.Errorf("a history of %d commits cannot be made; say a number from 1 to %d", opt.Commits, maxCommits)
	}
	defer boundMemory()()
	now := opt.Author.When
	if now.IsZero() {
		now = r.Now()
	}
	f, err := begin(ctx, r, opt.FillOptions)
	if err != nil {
		return Filled{}, err
	}
	defer f.bulk.Abort()
	h, err := newHistory(ctx, f, opt, now)
	if err != nil {
		return Filled{}, err
	}
	for i := range opt.Commits {
		if err := h.commit(i, opt.Commits); err != nil {
			return Filled{}, err
		}
		if i%1000 == 999 {
			f.report("commits", i+1, opt.Commits)
			if err := ctx.Err(); err != nil {
				return Filled{}, err
			}
		}
	}
	return f.finish(ctx)
}

// history changes documents it holds in memory.
type history struct {
	f       *filler
	forms   *form.Set
	people  *org.Org
	staff   []*org.User
	docs    []*entry
	from    time.Time
	to      time.Time
	seed    uint64
	example string // path of a document that was there before
	words   vocabulary
	encoder encoder
}

type entry struct {
	path string
	data []byte
	doc  *document.Document
	form *form.Form
}

func newHistory(ctx context.Context, f *filler, opt HistoryOptions, now time.Time) (*history, error) {
	forms, err := f.r.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	h := &history{f: f, forms: forms, people: forms.Org(), to: now, seed: opt.Seed, words: newVocabulary()}
	for _, u := range h.people.Users {
		if u.Active {
			h.staff = append(h.staff, u)
		}
	}
	if len(h.staff) == 0 {
		return nil, unfit("e1 init --sample", "org.yaml has no active users")
	}
	tree, err := headTree(f.r)
	if err != nil {
		return nil, err
	}
	example, err := firstDocument(f.r.Git(), tree, "documents")
	if err != nil {
		return nil, err
	}
	if h.example = example; example == "" {
		if opt.Documents == 0 {
			opt.Documents = 3000
		}
		h.from = now.AddDate(0, 0, -historyDays)
		err = f.fill(ctx, opt.FillOptions, h.from, func(path string, data []byte) {
			if len(h.docs) < historyDocuments {
				h.docs = append(h.docs, &entry{path: path, data: bytes.Clone(data)})
			}
		})
	} else {
		err = h.collect(tree)
	}
	if err != nil {
		return nil, err
	}
	if err := h.read(); err != nil {
		return nil, err
	}
	if len(h.docs) == 0 {
		return nil, unfit("e1 check", "there is no document that could be changed")
	}
	return h, nil
}

// collect takes documents of every form, the first ones of each, among those
// that demo has made: nobody's own documents are touched.
func (h *history) collect(tree gitstore.Hash) error {
	git := h.f.r.Git()
	head, err := git.Commit(h.f.r.Head().Commit)
	if err != nil {
		return err
	}
	if h.from = head.Committer.When; h.from.After(h.to) {
		h.from = h.to
	}
	made := head
	for made.Trailer(repo.TrailerOp) != demoOp {
		if len(made.Parents) == 0 {
			return &NotEmptyError{"others than demo has made", h.example}
		}
		if made, err = git.Commit(made.Parents[0]); err != nil {
			return err
		}
	}
	forms := h.forms.Forms()
	for _, f := range forms {
		dir := "documents/" + f.Name
		left := historyDocuments / len(forms)
		err = git.Walk(made.Tree, dir, func(path string, _ gitstore.TreeEntry) error {
			now, err := git.Lookup(tree, path)
			if errors.Is(err, fs.ErrNotExist) || err == nil && !now.IsFile() {
				return nil // renumbered or deleted since
			}
			if err != nil {
				return err
			}
			data, err := git.Blob(now.ID)
			if err != nil {
				return err
			}
			h.docs = append(h.docs, &entry{path: path, data: data})
			if left--; left <= 0 {
				return errFound
			}
			return nil
		})
		if err != nil && !errors.Is(err, errFound) {
			return err
		}
	}
	return nil
}

// read reads the documents, in an order that mixes the forms; those that are
// broken are left alone.
func (h *history) read() error {
	kept := h.docs[:0]
	for _, e := range h.docs {
		d, err := document.Read(e.data)
		if err != nil {
			continue
		}
		if e.form = h.forms.Form(d.Form); e.form == nil || d.Status == form.Void {
			continue
		}
		e.doc, e.data = d, nil
		kept = append(kept, e)
	}
	h.docs = kept
	r := newRNG(h.seed, streamHistory, -1)
	for i := len(h.docs) - 1; i > 0; i-- {
		j := r.n(i + 1)
		h.docs[i], h.docs[j] = h.docs[j], h.docs[i]
	}
	return nil
}

// commit makes the i-th commit of all.
func (h *history) commit(i, all int) error {
	r := newRNG(h.seed, streamHistory, i)
	// Some documents are worked on all the time, others hardly ever.
	share := r.fraction()
	e := h.docs[int(share*share*float64(len(h.docs)))]
	user := pick(&r, h.staff)
	if id := e.doc.Card.Text("manager"); r.of(700) && h.people.User(id) != nil {
		user = h.people.User(id)
	}
	at := h.from.Add(h.to.Sub(h.from) / time.Duration(all) * time.Duration(i+1)).Truncate(time.Second).In(h.f.r.Now().Location())
	op, subject := h.change(e, &r, user.ID, at)
	data, err := h.encoder.encode(e.doc, e.form.Order())
	if err != nil {
		return err
	}
	if err := h.f.bulk.Put(e.path, data); err != nil {
		return err
	}
	author := gitstore.Signature{Name: user.Name, Email: user.Email(), When: at}
	if author.Email == "" {
		author.Email = user.ID + "@example.invalid"
	}
	return h.f.commit(subject, author, gitstore.Trailer{Key: repo.TrailerOp, Value: op},
		gitstore.Trailer{Key: repo.TrailerDoc, Value: e.doc.Number}, gitstore.Trailer{Key: repo.TrailerActor, Value: user.ID})
}

// maxRemarks keeps documents of a usual size.
const maxRemarks = 25

// change changes a document in one way or another.
func (h *history) change(e *entry, r *rng, by string, at time.Time) (op, subject string) {
	d := e.doc
	if r.of(150) && len(d.Routes) == 0 && len(e.form.Statuses) > 1 {
		to := pick(r, e.form.Statuses).ID
		for to == d.Status {
			to = pick(r, e.form.Statuses).ID
		}
		d.Status = to
		return "status", "status " + d.Number + ": " + to
	}
	if r.of(500) || len(d.Comments) >= maxRemarks {
		if name := h.set(e, r); name != "" {
			return "set", "set " + d.Number + ": " + name
		}
	}
	if len(d.Comments) >= maxRemarks {
		d.Comments = slices.Delete(d.Comments, 0, 1)
	}
	last := 0
	for _, c := range d.Comments {
		if n, err := strconv.Atoi(c.ID); err == nil {
			last = max(last, n)
		}
	}
	d.Comments = append(d.Comments, document.Comment{ID: strconv.Itoa(last + 1), At: at, By: by, Text: pick(r, h.words.comments)})
	return "comment", "comment " + d.Number
}

// set gives a text field of the document another value and names it; "" when
// there is none.
func (h *history) set(e *entry, r *rng) string {
	var names []*form.Field
	for _, f := range e.form.Fields() {
		if f.Computed || f.Unique || f.ShownIf != nil || f.Check != nil {
			continue
		}
		if f.Type == expr.Text && !f.RequiredAlways && f.Name != "payer" || f.Type == expr.Multiline || f.Type == expr.Phone {
			names = append(names, f)
		}
	}
	if len(names) == 0 {
		return ""
	}
	f := pick(r, names)
	was := e.doc.Card.Text(f.Name)
	for range 8 {
		text := pick(r, h.words.subjects)
		switch f.Type {
		case expr.Multiline:
			text = pick(r, h.words.results)
		case expr.Phone:
			text = (&generator{}).phone(r, &h.words.cities[0])
		}
		if text != was {
			e.doc.Card.SetText(f.Name, text)
			return f.Name
		}
	}
	return ""
}
