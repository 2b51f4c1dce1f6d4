package office

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/template"
)

// papers makes the files and letters that a transition has ordered, of the
// documents as it has left them.
func (o *Office) papers(tx *repo.Tx, done *Done, result engine.Result, numbers map[string]string) error {
	for _, p := range result.Papers {
		if n, ok := numbers[p.Document]; ok {
			p.Document = n
		}
		err := o.paper(tx, done, p)
		switch {
		case err == nil:
		case p.Rule != "" && paperFault(err):
			// A rule must not keep people from registering; what it could not do
			// stays on the document for everybody to see.
			d, e := tx.Document(p.Document)
			if e != nil {
				return e
			}
			text := fmt.Sprintf("the rule %q was not carried out: %v", p.Rule, err)
			o.comment(tx, d, text)
			done.Notes = append(done.Notes, p.Document+": "+text)
		default:
			return err
		}
	}
	return nil
}

// PaperError says why a file or letter could not be made.
type PaperError struct {
	From string // what ordered it
	Err  error
}

func (e *PaperError) Error() string { return fmt.Sprintf("%s: %v", e.From, e.Err) }

// Unwrap gives the cause.
func (e *PaperError) Unwrap() error { return e.Err }

// Code is the error's stable word.
func (e *PaperError) Code() string { return "paper" }

// Hint is that of the cause.
func (e *PaperError) Hint() string {
	var h interface{ Hint() string }
	if errors.As(e.Err, &h) {
		return h.Hint()
	}
	return ""
}

// paperFault tells whether an error is about the paper and not about disks.
func paperFault(err error) bool {
	var paper *PaperError
	return errors.As(err, &paper)
}

// stationery is what papers of one document are made with.
type stationery struct {
	tx       *repo.Tx
	d        *document.Document
	env      *expr.Env
	scope    expr.Scope
	language string
}

func (o *Office) stationery(tx *repo.Tx, number string) (*stationery, error) {
	d, err := tx.Document(number)
	if err != nil {
		return nil, err
	}
	set, err := tx.Definitions().Forms()
	if err != nil {
		return nil, err
	}
	f, err := tx.Definitions().Form(d.Form)
	if err != nil {
		return nil, err
	}
	ctx := tx.Context()
	if ctx.Author = ""; set.Org().User(d.By) != nil {
		ctx.Author = d.By
	}
	return &stationery{tx: tx, d: d, env: set.Env(f.Name), scope: set.Scope(f, d, ctx), language: set.Settings().Language}, nil
}

// name fills a pattern for the name of a file.
func (s *stationery) name(pattern string) (string, error) {
	p, problems := template.ParsePattern(pattern, func(int, int) diag.Span { return diag.Span{} })
	if err := problems.Err(); err != nil {
		return "", err
	}
	return p.Render(s.env, s.scope, s.language)
}

func (o *Office) paper(tx *repo.Tx, done *Done, p engine.Paper) error {
	s, err := o.stationery(tx, p.Document)
	if err != nil {
		return err
	}
	fault := func(err error) error {
		if err == nil {
			return nil
		}
		return &PaperError{From: p.From, Err: err}
	}
	if p.Kind == engine.PaperCopy {
		data, err := tx.Definitions().TemplateFile(p.Template)
		if err != nil {
			return fault(err)
		}
		return o.file(s, done, p, p.Template, data)
	}
	t, err := tx.Definitions().Template(p.Template)
	if err != nil {
		return fault(err)
	}
	made, err := t.Render(s.env, s.scope, s.language)
	if err != nil {
		return fault(err)
	}
	if p.Kind == engine.PaperFile {
		return o.file(s, done, p, t.Name(), made.Data)
	}
	return fault(o.letter(s, done, p, t, made))
}

func (o *Office) file(s *stationery, done *Done, p engine.Paper, name string, data []byte) error {
	if p.Name != "" {
		var err error
		if name, err = s.name(p.Name); err != nil {
			return &PaperError{From: p.From, Err: err}
		}
	}
	f, err := s.tx.Generate(s.d, name, data, p.Template, o.actor.ID)
	if err == nil {
		done.Papers = append(done.Papers, Paper{Document: s.d.Number, File: f.Name})
	}
	return err
}

// Paper is a file or letter that an operation has made.
type Paper struct {
	Document string
	File     string // of a file
	Letter   string // Message-ID of a letter
	To       []string
	Subject  string
}

// attachments finds the files of a letter: the newest of each name, versions
// included.
func (s *stationery) attachments(patterns, names []string) ([]string, error) {
	for _, p := range patterns {
		n, err := s.name(p)
		if err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	var out []string
	for _, n := range names {
		f, ok := s.d.File(n)
		if !ok {
			var have []string
			for _, f := range s.d.Files {
				have = append(have, f.Name)
			}
			return nil, fmt.Errorf("%s has no file %q to attach; it has: %s", s.d.Number, n, strings.Join(have, ", "))
		}
		if !slices.Contains(out, f.Name) {
			out = append(out, f.Name)
		}
	}
	return out, nil
}

// isVoid tells whether nothing happens to a document any more.
func isVoid(d *document.Document) bool { return d.Status == form.Void }
