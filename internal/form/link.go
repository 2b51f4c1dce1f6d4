package form

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// linker checks the references of definitions and gives expressions their environments.
type linker struct {
	s        *Set
	problems diag.List
}

func (l *linker) errorf(c Code, file *yamlsrc.File, n *yamlsrc.Node, format string, args ...any) {
	l.problems.Errorf(c.Code, c.Slug, file.Span(n), format, args...)
}

func (l *linker) addDirectory(d *Directory) {
	if d == nil || d.Name == "" {
		return
	}
	if old := l.s.dirsByName[d.Name]; old != nil {
		l.problems.Add(diag.Problem{Code: duplicate.Code, Slug: duplicate.Slug, At: d.At,
			Message: "directory \"" + d.Name + "\" is there twice", Related: []diag.Related{{At: old.At, Message: "the other one"}}})
		return
	}
	l.s.dirsByName[d.Name] = d
	l.s.directories = append(l.s.directories, d)
}

func (l *linker) addForm(f *Form) {
	if f == nil || f.Name == "" {
		return
	}
	if old := l.s.formsByName[f.Name]; old != nil {
		l.problems.Add(diag.Problem{Code: duplicate.Code, Slug: duplicate.Slug, At: f.At,
			Message: "form \"" + f.Name + "\" is there twice", Related: []diag.Related{{At: old.At, Message: "the other one"}}})
		return
	}
	l.s.formsByName[f.Name] = f
	l.s.forms = append(l.s.forms, f)
}

// numbers reports templates of two forms that make the same numbers.
func (l *linker) numbers() {
	for i, f := range l.s.forms {
		for _, t := range f.Numbers {
			for _, other := range l.s.forms[:i] {
				if _, ok := other.ParseNumber(t.Format(2026, 123456789)); ok {
					l.errorf(badTemplate, f.File, f.File.Root.Get("number"), "form %q: the numbers of template %q are also numbers of form %q", f.Name, t, other.Name)
				}
			}
		}
	}
}

func (l *linker) directory(d *Directory) {
	for _, f := range d.Fields {
		l.references(d.File, nil, f)
		for i, e := range d.Entries {
			text, ok := e.Values[f.Name]
			if !ok || f.Type != expr.Directory && f.Type != expr.UserKind && f.Type != expr.Choice {
				continue
			}
			if known := l.s.ids(f); known != nil && !slices.Contains(known, text) {
				l.problems.Errorf(unknownRef.Code, unknownRef.Slug, e.At, "entry %q: %s", e.ID, diag.Unknown(f.Name, text, known))
				delete(d.Entries[i].Values, f.Name)
			}
		}
	}
}

// ids lists the ids a field may hold, nil when they are not known.
func (s *Set) ids(f *Field) []string {
	switch f.Type {
	case expr.Directory:
		if d := s.dirsByName[f.Directory]; d != nil {
			return d.IDs()
		}
	case expr.UserKind:
		return s.userIDs()
	case expr.Choice:
		ids := make([]string, len(f.Values))
		for i, c := range f.Values {
			ids[i] = c.Value
		}
		return ids
	}
	return nil
}

// references checks what a field's type refers to; form is nil for fields of directories.
func (l *linker) references(file *yamlsrc.File, form *Form, f *Field) {
	switch f.Type {
	case expr.Directory:
		if l.s.dirsByName[f.Directory] == nil {
			l.errorf(unknownRef, file, f.node.Get("directory"), "field %q: %s", f.Name, diag.Unknown("directory", f.Directory, l.s.DirectoryNames()))
		}
	case expr.Document:
		if f.Form != "" && l.s.formsByName[f.Form] == nil {
			l.errorf(unknownRef, file, f.node.Get("form"), "field %q: %s", f.Name, diag.Unknown("form", f.Form, l.s.FormNames()))
		}
	}
	if f.Bik != "" && form != nil {
		siblings := form.fields
		if t := form.byName[f.Group]; t != nil && t.Type == expr.Table {
			siblings = t.Columns
		}
		i := slices.IndexFunc(siblings, func(o *Field) bool { return o.Name == f.Bik || contains(o.Was, f.Bik) })
		if i < 0 || siblings[i].Type != expr.BIK {
			l.errorf(unknownRef, file, f.node.Get("bik"), "field %q: %q is no field of type bik", f.Name, f.Bik)
		} else {
			l.former(file, f.node.Get("bik"), siblings[i])
		}
	}
}

func (l *linker) form(f *Form) {
	env := func() *expr.Env { return l.s.Env(f.Name) }
	boolean, text := expr.Type{Kind: expr.Bool}, expr.Type{Kind: expr.Text}
	f.Caption.link(env, text)
	for _, field := range f.fields {
		l.references(f.File, f, field)
		l.fieldExpressions(field, env)
		if field.Type == expr.Table {
			columns := func() *expr.Env { return l.s.columnEnv(f, field) }
			for _, c := range field.Columns {
				l.references(f.File, f, c)
				l.fieldExpressions(c, columns)
			}
		}
	}
	if c := f.Calendar; c != nil {
		c.Title.link(env, text)
		c.Done.link(env, boolean)
		l.calendar(f, c)
	}
	for _, n := range scalars(f.File.Root.Get("duplicates")) {
		switch field := f.byName[n.Value]; {
		case field == nil:
			l.errorf(unknownRef, f.File, n, "duplicates: %s", diag.Unknown("field", n.Value, f.FieldNames()))
		case field.Type == expr.Table:
			l.errorf(wrongType, f.File, n, "duplicates: %q is a table", n.Value)
		}
		l.former(f.File, n, f.byName[n.Value])
	}
	for i, n := range scalars(f.File.Root.Get("brief")) {
		field := f.byName[n.Value]
		switch {
		case field != nil:
			f.Brief[i] = field.Name
			l.former(f.File, n, field)
		case !slices.Contains(attributes, n.Value):
			l.errorf(unknownRef, f.File, n, "brief: %s", diag.Unknown("field", n.Value, f.FieldNames()))
		}
	}
	f.Brief = slices.DeleteFunc(f.Brief, func(name string) bool { return f.byName[name] == nil && !slices.Contains(attributes, name) })
	f.Duplicates = slices.DeleteFunc(f.Duplicates, func(name string) bool {
		field := f.byName[name]
		return field == nil || field.Type == expr.Table
	})
	for i, name := range f.Duplicates {
		f.Duplicates[i] = f.byName[name].Name // by which the index knows it
	}
	if may := f.File.Root.Get("may"); len(l.s.org.Roles) > 0 && may != nil {
		for _, p := range may.Pairs {
			for _, n := range scalars(p.Value) {
				if l.s.org.Role(n.Value) == nil {
					l.errorf(unknownRef, f.File, n, "may: %s: %s", p.Key.Value, diag.Unknown("role", n.Value, l.s.org.RoleIDs()))
				}
			}
		}
	}
}

func (l *linker) fieldExpressions(f *Field, env func() *expr.Env) {
	boolean := expr.Type{Kind: expr.Bool}
	f.Required.link(env, boolean)
	f.ShownIf.link(env, boolean)
	f.Check.link(env, boolean)
	if f.Default != nil || f.Value != nil {
		t := f.exprType(l.s)
		f.Default.link(env, t)
		f.Value.link(env, t)
	}
}

func (l *linker) calendar(f *Form, c *CalendarMap) {
	for _, k := range []struct {
		key, name string
		kinds     []expr.Kind
	}{
		{"start", c.Start, []expr.Kind{expr.DateKind, expr.DateTime}},
		{"length", c.Length, []expr.Kind{expr.DurationKind}},
		{"who", c.Who, []expr.Kind{expr.UserKind}},
		{"client", c.Client, []expr.Kind{expr.Document}},
	} {
		field := f.byName[k.name]
		l.former(f.File, c.node.Get(k.key), field)
		switch {
		case k.name == "":
		case field == nil:
			l.errorf(unknownRef, f.File, c.node.Get(k.key), "calendar: %s", diag.Unknown("field", k.name, f.FieldNames()))
		case !slices.Contains(k.kinds, field.Type):
			l.errorf(wrongType, f.File, c.node.Get(k.key), "calendar: %s: field %q is a %s, a %s is needed", k.key, k.name, field.Type, k.kinds[0])
		}
	}
}

// former notes a former name of a field.
func (l *linker) former(file *yamlsrc.File, n *yamlsrc.Node, field *Field) {
	if field != nil && n != nil && n.Value != field.Name {
		l.problems.Add(yamlsrc.Former(file.Span(n), n.Value, field.Name))
	}
}

// Verify compiles every expression and reports all their issues, and computed fields that need each other.
func (s *Set) Verify() diag.List {
	var problems diag.List
	for _, f := range s.forms {
		for _, e := range f.expressions() {
			e.once.Do(e.compile)
			problems = append(problems, e.problems...)
		}
		s.verifyCircles(f, &problems)
		s.verifyCaption(f, &problems)
		s.verifyLanguage(f.File, f.File.Root, &problems)
	}
	for _, d := range s.directories {
		s.verifyLanguage(d.File, d.File.Root, &problems)
	}
	return problems
}

// verifyCaption reports a caption that depends on more than its document.
func (s *Set) verifyCaption(f *Form, problems *diag.List) {
	if f.Caption == nil {
		return
	}
	p, err := f.Caption.Program()
	if err != nil {
		return
	}
	p.Tree().Walk(func(e *expr.Expr) bool {
		far := e.Op == expr.Member && e.Args[0].Type.Kind == expr.Document
		if path, ok := e.Path(); far || ok && slices.Contains([]string{"today", "now", "author", "title"}, path) {
			problems.Errorf(farCaption.Code, farCaption.Slug, f.File.SpanAt(f.Caption.node, e.From, e.To),
				"the caption of %q reads %q, which depends on more than the document", f.Name, e.Name)
			return false
		}
		return true
	})
}

// verifyLanguage warns of texts by language that lack the repository's.
func (s *Set) verifyLanguage(file *yamlsrc.File, n *yamlsrc.Node, problems *diag.List) {
	for _, p := range n.Pairs {
		isText := slices.Contains([]string{"title", "one", "label", "message", "hint", "back"}, p.Key.Value)
		if isText && p.Value.Kind == yamlsrc.Mapping && p.Value.Get(s.settings.Language) == nil &&
			!slices.ContainsFunc(p.Value.Pairs, func(l yamlsrc.Pair) bool { return len(l.Key.Value) != 2 }) { // no language, which is reported
			problems.Warnf(untranslated.Code, untranslated.Slug, file.Span(p.Value), "%s lacks the language %q of the repository", p.Key.Value, s.settings.Language)
		}
		s.verifyLanguage(file, p.Value, problems)
	}
	for _, i := range n.Items {
		s.verifyLanguage(file, i, problems)
	}
}

// expressions lists every expression of the form.
func (f *Form) expressions() []*Expression {
	out := []*Expression{f.Caption}
	for _, field := range f.fields {
		for _, g := range append([]*Field{field}, field.Columns...) {
			out = append(out, g.Required, g.Default, g.ShownIf, g.Check, g.Value)
		}
	}
	if f.Calendar != nil {
		out = append(out, f.Calendar.Title, f.Calendar.Done)
	}
	return slices.DeleteFunc(out, func(e *Expression) bool { return e == nil })
}

// verifyCircles reports computed fields and columns of one form that need each other.
func (s *Set) verifyCircles(f *Form, problems *diag.List) {
	needs := map[string][]string{}
	fields := map[string]*Field{}
	var names []string
	add := func(name, table string, field *Field) {
		if !field.Computed {
			return
		}
		p, err := field.Value.Program()
		if err != nil {
			return
		}
		names = append(names, name)
		fields[name] = field
		for _, r := range p.Reads() {
			if table != "" && f.byName[table].Column(r) != nil {
				r = table + "." + r
			}
			needs[name] = append(needs[name], r)
		}
	}
	for _, field := range f.fields {
		add(field.Name, "", field)
		for _, c := range field.Columns {
			add(field.Name+"."+c.Name, field.Name, c)
		}
	}
	reported := map[string]bool{}
	for _, name := range names {
		if path := circle(name, needs); path != nil && !reported[name] {
			for _, n := range path {
				reported[n] = true
			}
			e := fields[name].Value
			problems.Add(diag.Problem{Code: computedLoop.Code, Slug: computedLoop.Slug, At: e.Span(),
				Message: "computed fields need each other: " + joinPath(path)})
		}
	}
}

// circle finds a way from a name back to itself, nil when there is none.
func circle(start string, needs map[string][]string) []string {
	seen := map[string]bool{}
	var walk func(name string, path []string) []string
	walk = func(name string, path []string) []string {
		for _, next := range needs[name] {
			if next == start {
				return append(slices.Clone(path), start)
			}
			if seen[next] {
				continue
			}
			seen[next] = true
			if p := walk(next, append(path, next)); p != nil {
				return p
			}
		}
		return nil
	}
	return walk(start, []string{start})
}

func joinPath(path []string) string {
	out := path[0]
	for _, p := range path[1:] {
		out += " > " + p
	}
	return out
}

// scalars lists the texts of a key that holds one text or a list of texts.
func scalars(n *yamlsrc.Node) []*yamlsrc.Node {
	switch {
	case n == nil || n.Kind == yamlsrc.Mapping:
		return nil
	case n.Kind == yamlsrc.Scalar:
		return []*yamlsrc.Node{n}
	}
	return slices.DeleteFunc(slices.Clone(n.Items), func(i *yamlsrc.Node) bool { return i.Kind != yamlsrc.Scalar })
}
