package definition

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The codes of imports that do not fit the forms.
var (
	importForm  = yamlsrc.Code{Code: "I020", Slug: "unknown-form", Summary: "an import into a form that does not exist"}
	importField = yamlsrc.Code{Code: "I021", Slug: "unknown-field", Summary: "an import into a field or column that its form does not have"}
	importValue = yamlsrc.Code{Code: "I022", Slug: "unfit-value", Summary: "a fixed value that does not fit the type of its field"}
)

// ImportCodes lists the codes of imports that do not fit the forms.
func ImportCodes() []yamlsrc.Code { return []yamlsrc.Code{importForm, importField, importValue} }

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
			def, own, linked := ReadImport(f, set)
			problems = f.WithoutEchoes(slices.Concat(problems, own, linked))
			i.From = declaredSource(f.Root)
			if def != nil {
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

// ReadImport reads an import, as far as it can be, and holds it against the
// forms. With errors in either list it is not used.
func ReadImport(f *yamlsrc.File, set *form.Set) (in *intake.Import, own, linked diag.List) {
	if in, own = intake.Parse(f); in != nil {
		linked = checkImport(f, in, set)
	}
	return in, own, linked
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

// checkImport holds an import against the form it fills.
func checkImport(f *yamlsrc.File, in *intake.Import, set *form.Set) diag.List {
	var problems diag.List
	add := func(c yamlsrc.Code, at diag.Span, format string, args ...any) {
		problems.Errorf(c.Code, c.Slug, at, format, args...)
	}
	of := set.Form(in.Form)
	if in.Form == "" { // which is reported
		return problems
	}
	unknown := map[string]bool{} // fields and columns that are reported
	if of == nil {
		add(importForm, f.Span(f.Root.Get("form")), "%s", diag.Unknown("form", in.Form, set.FormNames()))
		return problems
	}
	for _, use := range in.Uses {
		field := of.Field(use.Field)
		switch {
		case field == nil, use.Apart, use.Column == "" && field.Name == use.Field:
		case use.Column == "":
			problems.Add(yamlsrc.Former(use.At, use.Field, field.Name))
		default:
			if c := field.Column(use.Column); c != nil && c.Name != use.Column {
				problems.Add(yamlsrc.Former(use.At, use.Column, c.Name))
			}
		}
		switch {
		case field == nil && unknown[use.Field]:
		case field == nil:
			unknown[use.Field] = true
			add(importField, use.At, "%s: %s", of.Name, diag.Unknown("field", use.Field, of.FieldNames()))
			problems[len(problems)-1].Meant = diag.Nearest(use.Field, of.FieldNames())
		case field.Computed:
			add(importField, use.At, "%s: the field %q is computed and cannot be filled", of.Name, use.Field)
		case use.Column != "" && field.Column(use.Column) == nil:
			names := make([]string, len(field.Columns))
			for k, c := range field.Columns {
				names[k] = c.Name
			}
			add(importField, use.At, "%s: %s: %s", of.Name, use.Field, diag.Unknown("column", use.Column, names))
		case use.Text != "" && use.Column == "" && field.Type != expr.Document:
			// Whether a document exists is no matter of definitions.
			if p := set.SetText(of, &document.Document{Form: of.Name}, field.Name, use.Text, form.Context{}); p != nil {
				add(importValue, use.At, "%s: %s", of.Name, p.Message)
			}
		}
	}
	return problems
}
