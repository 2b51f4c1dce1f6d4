package definition

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/template"
)

// TemplatesDir is the folder of letters and typical documents, and of files
// that rules and routes attach as they are.
const TemplatesDir = "templates"

// readTemplate is a template that was asked for.
type readTemplate struct {
	template *template.Template
	problems diag.List
	err      error
}

// Template returns a template by the name of its file, or without the
// extension: an unknown one is an *UnknownError, a broken one a *diag.Error.
func (d *Set) Template(name string) (*template.Template, error) {
	t, problems, err := d.template(name)
	if err != nil {
		return nil, err
	}
	return t, problems.Err()
}

func (d *Set) template(name string) (*template.Template, diag.List, error) {
	d.templatesLock.Lock() // routes are checked on every core
	defer d.templatesLock.Unlock()
	if r, ok := d.templates[name]; ok {
		return r.template, r.problems, r.err
	}
	r := d.readTemplate(name)
	if d.templates == nil {
		d.templates = map[string]readTemplate{}
	}
	d.templates[name] = r
	return r.template, r.problems, r.err
}

func (d *Set) readTemplate(name string) readTemplate {
	files, err := d.TemplateFiles()
	if err != nil {
		return readTemplate{err: err}
	}
	file := ""
	for _, ext := range append([]string{""}, template.Extensions()...) {
		if at := path.Join(TemplatesDir, name+ext); file == "" && slices.Contains(files, at) {
			file = at
		}
	}
	if file == "" {
		return readTemplate{err: &UnknownError{What: "template", Name: name, Known: asWritten(templateNames(files)), Try: "e1 lint templates"}}
	}
	src, err := d.src.Read(file)
	if err != nil {
		return readTemplate{err: err}
	}
	t, problems := template.Parse(file, src)
	return readTemplate{template: t, problems: problems}
}

// TemplateFiles lists the files of templates/, those that are no templates
// too.
func (d *Set) TemplateFiles() ([]string, error) { return d.src.List(TemplatesDir, "") }

// TemplateFile returns a file of templates/ as it is.
func (d *Set) TemplateFile(name string) ([]byte, error) {
	data, err := d.src.Read(path.Join(TemplatesDir, path.Base(name)))
	if errors.Is(err, fs.ErrNotExist) {
		files, _ := d.TemplateFiles()
		return nil, &UnknownError{What: "file of templates/", Name: name, Known: templateNames(files)}
	}
	return data, err
}

func templateNames(files []string) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = path.Base(f)
	}
	return out
}

// asWritten adds the names of templates without their extensions.
func asWritten(names []string) []string {
	out := slices.Clone(names)
	for _, n := range names {
		if IsTemplate(n) {
			out = append(out, strings.TrimSuffix(n, path.Ext(n)))
		}
	}
	return out
}

// IsTemplate tells whether a file of templates/ is one to be filled, and not
// one to be attached as it is.
func IsTemplate(file string) bool { return slices.Contains(template.Extensions(), path.Ext(file)) }

// templateFor lets routes and rules ask for templates.
func (d *Set) templateFor(name string) (*template.Template, diag.List, []string) {
	t, problems, err := d.template(name)
	var unknown *UnknownError
	if errors.As(err, &unknown) {
		return nil, nil, unknown.Known
	}
	return t, problems, nil
}

func (d *Set) attachable(name string) bool {
	_, err := d.TemplateFile(name)
	return err == nil
}
