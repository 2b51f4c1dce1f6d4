package trial

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Base is what routes are tried out against.
type Base struct {
	Forms *form.Set
	// Names lists the routes, broken ones included, sorted.
	Names []string
	// Routes are those that can be run, in the order of their names.
	Routes []Runnable
	// Templates gives a template with its problems, else the names there are.
	Templates func(name string) (*template.Template, diag.List, []string)
	Definitions
}

// stage gives the forms as the tests of a file see them: with its own people
// and settings, if it has any.
type stage struct {
	base   *Base
	file   *File
	people *org.Org
	sets   map[string]*form.Set // by the settings that differ
	// Problems of the people.
	problems diag.List
}

func (b *Base) stage(f *File) *stage {
	s := &stage{base: b, file: f, people: b.Forms.Org(), sets: map[string]*form.Set{}}
	if f.Cast == nil {
		s.sets[""] = b.Forms
		return s
	}
	s.people, s.problems = f.Cast.org(f.Source, b.Forms.Org())
	for i := range s.problems {
		s.problems[i].Code, s.problems[i].Slug = unknownPerson.Code, unknownPerson.Slug
	}
	return s
}

// forms gives the forms as one test sees them.
func (s *stage) forms(t *Test) (*form.Set, diag.List) {
	conf := *s.base.Forms.Settings()
	conf.Constants = slices.Clone(conf.Constants)
	var problems diag.List
	key := ""
	for _, pair := range append(slices.Clone(s.file.Settings), t.Settings...) {
		at := slices.IndexFunc(conf.Constants, func(c settings.Constant) bool { return c.Name == pair.Key.Value })
		if at < 0 {
			var known []string
			for _, c := range conf.Constants {
				known = append(known, c.Name)
			}
			problems.Errorf(unknownField.Code, unknownField.Slug, s.file.Source.Span(pair.Key), "%s", diag.Unknown("setting", pair.Key.Value, known))
			continue
		}
		conf.Constants[at].Text = pair.Value.Value
		key += pair.Key.Value + "=" + pair.Value.Value + "\n"
	}
	if s.sets[key] == nil {
		s.sets[key] = relink(s.base.Forms, s.people, &conf)
	}
	return s.sets[key], problems
}

// relink gives the same forms and directories with another organisation and
// other settings. They are read anew, since a set owns what it links.
func relink(set *form.Set, people *org.Org, conf *settings.Settings) *form.Set {
	var forms []*form.Form
	for _, f := range set.Forms() {
		if f.File == nil || f.File.Root == nil {
			forms = append(forms, form.Unreadable(f.Name))
			continue
		}
		if again, _ := form.Parse(f.File); again != nil {
			again.Name = f.Name
			forms = append(forms, again)
		}
	}
	var dirs []*form.Directory
	for _, d := range set.Directories() {
		if again, _ := form.ParseDirectory(d.File); again != nil {
			dirs = append(dirs, again)
		}
	}
	out, _ := form.Link(forms, dirs, people, conf) // problems were reported when the definitions were read
	return out
}

// org makes an organisation of the cast, with the roles and departments of
// another. Problems stand at their places in the test file.
func (c *Cast) org(f *yamlsrc.File, real *org.Org) (*org.Org, diag.List) {
	root := yamlsrc.Map()
	add := func(key string, items []*yamlsrc.Node) {
		root.Pairs = append(root.Pairs, yamlsrc.P(key, placed(yamlsrc.Seq(items...), c.At)))
	}
	var users, departments, roles []*yamlsrc.Node
	for _, p := range c.People {
		users = append(users, p.user(f))
	}
	for _, r := range real.Roles {
		roles = append(roles, yamlsrc.Map(yamlsrc.P("id", yamlsrc.Text(r.ID))))
	}
	for _, d := range real.Departments {
		n := yamlsrc.Map(yamlsrc.P("id", yamlsrc.Text(d.ID)))
		if d.Parent != "" {
			n.Pairs = append(n.Pairs, yamlsrc.P("parent", yamlsrc.Text(d.Parent)))
		}
		for _, head := range c.Heads {
			if head.Key.Value == d.ID {
				n.Pairs = append(n.Pairs, yamlsrc.P("head", head.Value))
			}
		}
		departments = append(departments, n)
	}
	add("users", users)
	add("departments", departments)
	add("roles", roles)
	if c.Absences != nil {
		root.Pairs = append(root.Pairs, yamlsrc.P("absences", c.Absences))
	}
	people, problems := org.Parse(&yamlsrc.File{Name: f.Name, Src: f.Src, Root: placed(root, c.At)})
	for _, head := range c.Heads {
		if people.Department(head.Key.Value) == nil {
			var ids []string
			for _, d := range people.Departments {
				ids = append(ids, d.ID)
			}
			problems.Errorf(unknownPerson.Code, unknownPerson.Slug, f.Span(head.Key), "heads: %s", diag.Unknown("department", head.Key.Value, ids))
		}
	}
	return people, problems
}

// user gives a person of the cast as org.yaml would list them.
func (p Player) user(f *yamlsrc.File) *yamlsrc.Node {
	n := yamlsrc.Map(yamlsrc.P("id", p.ID))
	named := false
	switch {
	case p.Value.Kind == yamlsrc.Mapping:
		for _, pair := range p.Value.Pairs {
			named = named || pair.Key.Value == "name"
			n.Pairs = append(n.Pairs, pair)
		}
	case !p.Value.IsNull():
		n.Pairs = append(n.Pairs, yamlsrc.P("roles", p.Value))
	}
	if !named {
		n.Pairs = append(n.Pairs, yamlsrc.P("name", placed(yamlsrc.Text(p.ID.Value), f.Span(p.ID))))
	}
	return placed(n, f.Span(p.ID))
}

func placed(n *yamlsrc.Node, at diag.Span) *yamlsrc.Node {
	n.Start, n.End = at.Start, at.End
	return n
}
