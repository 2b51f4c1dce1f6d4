package lint

import (
	"errors"
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

var lettersAboutTasks = Code{"S010", "letters-about-tasks", "letters that `tell` asks for and that could not be written: for a role the organisation does not have, without a template, or with one that needs what may be empty"}

// told holds what e1.yaml says about letters to people against the
// organisation and the templates.
func (l *linter) told() error {
	f, _, err := l.defs.Parse(settings.FileName)
	if err != nil || f.Root == nil {
		return nil // reported as such, or there is none
	}
	tell := f.Root.Get("mail").Get("tell")
	people, _, err := l.defs.Org()
	if err != nil || tell == nil || tell.Kind != yamlsrc.Mapping {
		return err
	}
	for _, p := range tell.Pairs {
		words := p.Value.Items
		if p.Value.Kind == yamlsrc.Scalar {
			words = []*yamlsrc.Node{p.Value}
		}
		if len(words) == 1 && words[0].Value == "none" || !slices.Contains(settings.Told(), p.Key.Value) {
			continue
		}
		for _, w := range words {
			if w.Kind == yamlsrc.Scalar && w.Value != "all" && people.Role(w.Value) == nil && l.wants(f.Name) {
				l.add(diag.Problem{Code: lettersAboutTasks.Code, Slug: lettersAboutTasks.Slug, At: f.Span(w), Message: diag.Unknown("role", w.Value, people.RoleIDs()),
					Help: "all, none, or roles of org.yaml"})
			}
		}
		if err := l.noticeTemplate(f.Span(p.Key), p.Key.Value); err != nil {
			return err
		}
	}
	return nil
}

// noticeTemplate checks the template of the letters of one kind.
func (l *linter) noticeTemplate(at diag.Span, about string) error {
	name := template.NoticeName(about)
	t, err := l.defs.Template(name)
	var unknown *definition.UnknownError
	switch {
	case errors.As(err, &unknown):
		if l.wants(at.File) {
			l.add(diag.Problem{Code: lettersAboutTasks.Code, Slug: lettersAboutTasks.Slug, At: at, Message: fmt.Sprintf("there is no template %q for these letters", name),
				Help: "add templates/" + name + ".txt, or write none"})
		}
		return nil
	case err != nil:
		return nil // it has errors, which are reported there
	}
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	var found diag.List
	for _, form := range set.FormNames() {
		env := set.Env(form)
		if env == nil {
			continue
		}
		needs, problems := t.Check(template.NoticeEnv(env))
		found = append(found, problems...)
		for _, n := range needs {
			found.Add(diag.Problem{Code: lettersAboutTasks.Code, Slug: lettersAboutTasks.Slug, At: n.At, Message: fmt.Sprintf("%q may be empty, and then the letter is not written", n.Text),
				Help: fmt.Sprintf("{{ %s ?? \"…\" }}, or ask {{ if filled(%s) }} first", n.Text, n.Text)})
		}
	}
	for _, p := range found.Dedup() {
		if l.wants(p.At.File) {
			l.add(p)
		}
	}
	return nil
}
