package definition

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The codes of imports that do not fit the forms.
var (
	importForm  = yamlsrc.Code{Code: "I018", Slug: "unknown-form"}
	importField = yamlsrc.Code{Code: "I019", Slug: "unknown-field"}
)

// Import is one import as its file has it.
type Import struct {
	Name string // of the file
	File string
	// Def is the definition; nil when it has errors.
	Def      *intake.Import
	Problems diag.List
	// From is where its letters arrive, as far as even a broken file tells; the
	// path is empty when it does not.
	From intake.Source
}

// Imports returns all imports, by name, broken ones too.
func (d *Set) Imports() ([]*Import, error) {
	set, err := d.Forms()
	if err != nil {
		return nil, err
	}
	var out []*Import
	err = d.each(ImportsDir, func(name string, f *yamlsrc.File, problems diag.List) {
		i := &Import{Name: name, File: f.Name}
		if f.Root != nil {
			def, more := intake.Parse(f)
			problems = append(problems, more...)
			i.From = declaredSource(f.Root)
			if def != nil {
				problems = append(problems, d.checkImport(f, def, set)...)
				i.Name = def.Name
			}
			if !problems.HasErrors() {
				i.Def = def
			}
		}
		i.Problems = problems
		out = append(out, i)
	})
	slices.SortStableFunc(out, func(a, b *Import) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out, err
}

// Import returns one import, broken or not.
func (d *Set) Import(name string) (*Import, error) {
	all, err := d.Imports()
	if err != nil {
		return nil, err
	}
	names := make([]string, len(all))
	for k, i := range all {
		if i.Name == name {
			return i, nil
		}
		names[k] = i.Name
	}
	return nil, &UnknownError{What: "import", Name: name, Known: names, Try: "e1 import list"}
}

// declaredSource reads `from` of a definition that may have other faults.
func declaredSource(root *yamlsrc.Node) intake.Source {
	from := root.Get("from")
	if n := from.Get("maildir"); n != nil {
		return intake.Source{Path: n.Value}
	}
	if n := from.Get("spool"); n != nil {
		return intake.Source{Spool: true, Path: n.Value}
	}
	return intake.Source{}
}

// checkImport holds an import against its form. A broken form is its own
// problem: what it has cannot be told.
func (d *Set) checkImport(f *yamlsrc.File, i *intake.Import, set *form.Set) diag.List {
	var problems diag.List
	target := set.Form(i.Form)
	if target == nil {
		if _, known := d.formProblems[i.Form]; !known {
			problems.Errorf(importForm.Code, importForm.Slug, f.Span(f.Root.Get("form")), "%s", diag.Unknown("form", i.Form, d.formNames))
		} else {
			problems.Errorf(importForm.Code, importForm.Slug, f.Span(f.Root.Get("form")), "the form %q has errors; lint shows them", i.Form)
		}
		return problems
	}
	for _, use := range i.Uses {
		field := target.Field(use.Field)
		switch {
		case field == nil:
			problems.Errorf(importField.Code, importField.Slug, use.At, "%s: %s", i.Form, diag.Unknown("field", use.Field, target.FieldNames()))
		case field.Computed:
			problems.Errorf(importField.Code, importField.Slug, use.At, "%s: the field %q is computed and cannot be filled", i.Form, use.Field)
		case use.Column != "" && field.Column(use.Column) == nil:
			names := make([]string, len(field.Columns))
			for k, c := range field.Columns {
				names[k] = c.Name
			}
			problems.Errorf(importField.Code, importField.Slug, use.At, "%s, %s: %s", i.Form, use.Field, diag.Unknown("column", use.Column, names))
		}
	}
	return problems
}
