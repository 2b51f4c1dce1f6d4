package trial

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/template"
)

// letter is a letter that a route has written.
type letter struct {
	document string
	template string
	to       []string // addresses; sender for an answer to the letter the document came from
	subject  string
	attach   []string
}

// sender stands for whoever wrote the letter that a reply answers.
const sender = "sender"

// paperError is a file or a letter that cannot be made; with it the event is
// refused, as in a repository.
type paperError struct {
	from string
	err  error
}

func (e *paperError) Error() string { return fmt.Sprintf("%s: %v", e.from, e.err) }

func (e *paperError) Unwrap() error { return e.err }

// paperRefused is what a test calls the refusal that a paperError is.
const paperRefused = "paper"

// papers makes the files and letters that a transition has ordered. Simulations
// leave them out: their invented cards are not what templates are written for.
func (w *world) papers(res engine.Result, numbers map[string]string) error {
	if !w.writes {
		return nil
	}
	for _, p := range res.Papers {
		if n, ok := numbers[p.Document]; ok {
			p.Document = n
		}
		if err := w.paper(p); err != nil {
			return &paperError{p.From, err}
		}
	}
	return nil
}

func (w *world) paper(p engine.Paper) error {
	d := w.docs[p.Document].Clone()
	w.docs[p.Document] = d
	f := w.forms.Form(d.Form)
	author := ""
	if w.forms.Org().User(d.By) != nil {
		author = d.By
	}
	env, scope, language := w.forms.Env(f.Name), w.forms.Scope(f, d, w.context(author)), w.forms.Settings().Language
	named := func(pattern string) (string, error) {
		parsed, problems := template.ParsePattern(pattern, func(int, int) diag.Span { return diag.Span{} })
		if err := problems.Err(); err != nil {
			return "", err
		}
		return parsed.Render(env, scope, language)
	}
	file := func(usual string) error {
		if p.Name != "" {
			var err error
			if usual, err = named(p.Name); err != nil {
				return err
			}
		}
		attach(d, usual, p.Template)
		return nil
	}
	if p.Kind == engine.PaperCopy {
		return file(path.Base(p.Template))
	}
	t, problems, _ := w.base.Templates(p.Template)
	if err := problems.Err(); t == nil || err != nil {
		return fmt.Errorf("the template %q cannot be used", p.Template)
	}
	made, err := t.Render(env, scope, language)
	if err != nil {
		return err
	}
	if p.Kind == engine.PaperFile {
		return file(t.Name())
	}
	l := letter{document: d.Number, template: p.Template, to: p.To, subject: made.Subject, attach: made.Attach}
	if len(l.to) == 0 {
		l.to = made.To
	}
	switch {
	case p.Kind == engine.PaperReply:
		l.to = []string{sender}
	case len(l.to) == 0 && p.Meant != "":
		return fmt.Errorf("nobody to write to: %q is empty", p.Meant)
	case len(l.to) == 0:
		return fmt.Errorf("nobody to write to")
	}
	for _, pattern := range p.Attach {
		name, err := named(pattern)
		if err != nil {
			return err
		}
		l.attach = append(l.attach, name)
	}
	for _, name := range l.attach {
		if _, ok := d.File(name); !ok {
			return fmt.Errorf("%s has no file %q to attach; it has: %s", d.Number, name, listed(fileNames(d)))
		}
	}
	w.letters = append(w.letters, l)
	return nil
}

// attach adds a file to a document, as far as its name matters.
func attach(d *document.Document, name, template string) {
	if _, there := d.File(name); !there {
		d.Files = append(d.Files, document.File{Name: name, Template: template})
	}
}

func fileNames(d *document.Document) []string {
	var out []string
	for _, f := range d.Files {
		out = append(out, f.Name)
	}
	return out
}

// files compares the names of a document's files.
func (p *play) files(d *document.Document, e *Kept) {
	if e.Files == nil {
		return
	}
	if got, want := fileNames(d), texts(e.Files); !slices.Equal(sorted(got), sorted(want)) {
		p.fail(p.src.Span(e.Files), "expected %s to have the files %s, got %s", d.Number, listed(want), listed(got))
	}
}

// lettersWritten compares the letters that were written, in order.
func (p *play) lettersWritten(e *Expect) {
	letters := p.w.letters[min(p.letters, len(p.w.letters)):]
	var got, want []string
	for _, l := range letters {
		got = append(got, bare(l.template))
	}
	for _, l := range e.Letters {
		want = append(want, bare(l.Template.Text))
	}
	if !slices.Equal(got, want) {
		p.fail(e.letters, "expected the letters: %s; written: %s", listed(want), listed(got))
		return
	}
	for i, wanted := range e.Letters {
		l := letters[i]
		if wanted.To != nil {
			var to []string
			for _, who := range words(wanted.To) {
				to = append(to, p.address(who))
			}
			if !slices.Equal(sorted(to), sorted(l.to)) {
				p.fail(p.src.Span(wanted.To), "expected %s to be written to %s, got %s", bare(l.template), listed(to), listed(l.to))
			}
		}
		if wanted.Subject.Text != "" && wanted.Subject.Text != l.subject {
			p.fail(wanted.Subject.At, "expected %s to have the subject %q, got %q", bare(l.template), wanted.Subject.Text, l.subject)
		}
		if wanted.Attach != nil && !slices.Equal(sorted(words(wanted.Attach)), sorted(l.attach)) {
			p.fail(p.src.Span(wanted.Attach), "expected %s to have attached %s, got %s", bare(l.template), listed(words(wanted.Attach)), listed(l.attach))
		}
	}
}

// address gives where a user is written to; addresses stand for themselves.
func (p *play) address(who string) string {
	if u := p.forms.Org().User(who); u != nil && !strings.Contains(who, "@") {
		return u.Email()
	}
	return who
}

// bare is the name of a template as routes write it.
func bare(name string) string {
	name = path.Base(name)
	if slices.Contains(template.Extensions(), path.Ext(name)) {
		return strings.TrimSuffix(name, path.Ext(name))
	}
	return name
}

// links compares all links of a document: kind and target, which is a number
// or, for short, the form of the document that is meant.
func (p *play) links(d *document.Document, e *Kept) {
	if !e.hasLinks {
		return
	}
	left := slices.Clone(d.Links)
	for _, pair := range e.Links {
		for _, target := range words(pair.Value) {
			at := slices.IndexFunc(left, func(l document.Link) bool { return l.Kind == pair.Key.Value && p.meant(target, l.To) })
			if at < 0 {
				p.fail(p.src.Span(pair.Value), "expected %s to be linked as %s with %s; links: %s", d.Number, pair.Key.Value, target, linked(d.Links))
				return
			}
			left = slices.Delete(left, at, at+1)
		}
	}
	if len(left) > 0 {
		p.fail(e.links, "expected no other links of %s, got %s", d.Number, linked(left))
	}
}

// meant tells whether a target of a test is a document: its number, or its
// form; that of the document that travels means this one alone.
func (p *play) meant(target, number string) bool {
	d := p.w.docs[number]
	return target == number || d != nil && d.Form == target && (target != p.document().Form || number == p.number)
}

func linked(links []document.Link) string {
	var out []string
	for _, l := range links {
		out = append(out, l.Kind+" "+l.To)
	}
	return listed(out)
}

// controllers compares who controls tasks, or the route as a whole.
func (p *play) controllers(e *Expect) {
	for _, pair := range e.Controllers {
		tasks := p.latest(pair.Key.Value)
		if len(tasks) == 0 {
			p.fail(p.src.Span(pair.Key), "expected %q to have a task; open: %s", pair.Key.Value, listed(p.open()))
			continue
		}
		var got []string
		for _, t := range tasks {
			if t.Controller != "" && !slices.Contains(got, t.Controller) {
				got = append(got, t.Controller)
			}
		}
		if want := words(pair.Value); !p.same(want, got) {
			p.fail(p.src.Span(pair.Value), "expected %s to be controlled by %s, got %s", pair.Key.Value, listed(want), listed(got))
		}
	}
	if e.Controller == nil {
		return
	}
	in := p.instance()
	if in == nil {
		p.fail(p.src.Span(e.Controller), "expected the route to be controlled; it did not start%s", p.because())
		return
	}
	got, err := engine.Controllers(p.w.input(p.number, p.by, nil), in.ID)
	if err != nil {
		p.fail(p.src.Span(e.Controller), "the controller of the route: %v", err)
		return
	}
	if want := words(e.Controller); !p.same(want, got) {
		p.fail(p.src.Span(e.Controller), "expected the route to be controlled by %s, got %s", listed(want), listed(got))
	}
}
