package lint

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	processing "github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Result is what a run found.
type Result struct {
	Files    []string // every file looked at, sorted
	Problems diag.List

	routes map[string]*route.Route // by file, as far as they can be read
}

// StepAt gives the place of an element of a problem's path: of the step that
// "legal [reject]" begins with.
func (r *Result) StepAt(file, element string) (diag.Span, bool) {
	def := r.routes[file]
	if def == nil {
		return diag.Span{}, false
	}
	id, _, _ := strings.Cut(element, " ")
	if s := def.Step(id); s != nil {
		return s.IDAt, true
	}
	return diag.Span{}, false
}

// Run checks every definition. With paths, only those files and the files
// below those folders are judged; others are read as far as they are referred
// to, so what is found in a file does not depend on the paths.
func Run(defs *definition.Set, paths ...string) (*Result, error) {
	l := &linter{defs: defs, paths: paths, sources: map[string][]byte{}, parsed: map[string]*route.Route{}}
	for _, check := range []func() error{
		l.settings, l.organisation, l.calendars, l.forms, l.routes, l.trials, l.imports, l.reports, l.templates, l.rules, l.calendarsNamed, l.told, l.unused,
	} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	l.add(l.shaky.notes()...)
	slices.Sort(l.files)
	l.secrets()
	out := &Result{Files: l.files, routes: l.parsed}
	problems := l.severities(l.ignore(l.withoutEchoes()))
	for _, p := range problems {
		if wanted(p.At.File, paths) || path.Dir(p.At.File) == definition.TemplatesDir && usedIn(p, paths) {
			out.Problems.Add(p)
		}
	}
	if len(paths) > 0 {
		out.Files = slices.DeleteFunc(out.Files, func(f string) bool { return !wanted(f, paths) })
	}
	out.Problems = out.Problems.Dedup()
	out.Problems.Sort()
	return out, nil
}

// withoutEchoes leaves out what only follows from constructs of YAML that are
// refused.
func (l *linter) withoutEchoes() diag.List {
	out := l.problems
	seen := map[string]bool{}
	for _, p := range l.problems {
		if p.Code[0] != 'Y' || seen[p.At.File] {
			continue
		}
		seen[p.At.File] = true
		if f, _, err := l.defs.Parse(p.At.File); err == nil {
			out = f.WithoutEchoes(out)
		}
	}
	return out
}

// usedIn tells whether a problem of a template comes from its use in one of the
// files that are asked for.
func usedIn(p diag.Problem, paths []string) bool {
	return slices.ContainsFunc(p.Related, func(r diag.Related) bool { return r.At.File != p.At.File && wanted(r.At.File, paths) })
}

func wanted(file string, paths []string) bool {
	if len(paths) == 0 {
		return true
	}
	for _, p := range paths {
		p = path.Clean(strings.ReplaceAll(p, "\\", "/"))
		if p == "." || file == p || strings.HasPrefix(file, p+"/") {
			return true
		}
	}
	return false
}

func (l *linter) wants(file string) bool { return wanted(file, l.paths) }

// wantsIn tells whether files of a folder are judged.
func (l *linter) wantsIn(dir string) bool {
	return l.wants(dir) || slices.ContainsFunc(l.paths, func(p string) bool {
		return strings.HasPrefix(path.Clean(strings.ReplaceAll(p, "\\", "/")), dir+"/")
	})
}

// linter gathers problems file by file.
type linter struct {
	defs     *definition.Set
	paths    []string // what is judged; none: everything
	files    []string
	sources  map[string][]byte
	parsed   map[string]*route.Route // by file
	problems diag.List
	shaky    *shaky // what must not be relied on; known when the forms are
	binding  map[finding]bool
}

// Source is the text of a file that was checked, for snippets.
func (l *linter) source(name string) []byte { return l.sources[name] }

// text is the text of a definition, looked at or not.
func (l *linter) text(name string) []byte {
	if f, _, err := l.defs.Parse(name); err == nil {
		return f.Src
	}
	return nil
}

// see notes a file as looked at.
func (l *linter) see(f *yamlsrc.File) {
	if _, ok := l.sources[f.Name]; !ok {
		l.files = append(l.files, f.Name)
		l.sources[f.Name] = f.Src
	}
}

func (l *linter) add(problems ...diag.Problem) { l.problems = append(l.problems, problems...) }

func (l *linter) settings() error {
	_, problems, err := l.defs.Settings()
	if err != nil {
		return err
	}
	l.add(l.bind(problems)...)
	l.unknownCodes()
	return l.single(settings.FileName)
}

func (l *linter) organisation() error {
	_, problems, err := l.defs.Org()
	if err != nil {
		return err
	}
	l.add(l.knownPeople(l.bind(problems))...)
	return l.single(org.FileName)
}

// knownPeople leaves out references to users, roles and departments that are
// there and could not be read.
func (l *linter) knownPeople(problems diag.List) diag.List {
	lost := slices.DeleteFunc(slices.Clone(problems), func(p diag.Problem) bool { return !losesPeople(p.Code) })
	if len(lost) == 0 {
		return problems
	}
	var d doubt
	names, all := l.faulty(org.FileName, lost)
	d.add(org.FileName, names, all)
	return slices.DeleteFunc(slices.Clone(problems), func(p diag.Problem) bool {
		return slices.Contains([]string{"O005", "O006", "O007"}, p.Code) && len(d.behind(p.Message)) > 0
	})
}

// single notes a file that is there once in a repository.
func (l *linter) single(name string) error {
	src, err := l.defs.Read(name)
	if err != nil {
		return nil // absence is what Settings and Org have their defaults for
	}
	l.see(&yamlsrc.File{Name: name, Src: src})
	return nil
}

func (l *linter) forms() error {
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	linked := l.bind(append(slices.Clone(l.defs.LinkProblems()), set.Verify()...))
	own := slices.Clone(l.problems) // of settings, organisation and calendars
	for _, p := range l.bind(l.defs.FormProblems()) {
		if !slices.ContainsFunc(linked, func(q diag.Problem) bool { return p.At == q.At && p.Code == q.Code && p.Message == q.Message }) {
			own.Add(p)
			l.add(p)
		}
	}
	l.findShaky(set, own)
	byFile := map[string]diag.List{}
	for _, p := range linked {
		byFile[p.At.File] = append(byFile[p.At.File], p)
	}
	before := l.shaky
	for _, file := range slices.Sorted(maps.Keys(byFile)) {
		left := before.relies(file, l.text(file), []string{nameOf(file)}, byFile[file])
		l.problems = append(l.problems, left...)
		for _, p := range left {
			if !aboutRole(p) { // who may do something is nothing that others rely on
				own.Add(p)
			}
		}
	}
	// What refers to nothing by its own fault is nothing to rely on either.
	l.findShaky(set, own)
	l.shaky.missed = before.missed
	for _, dir := range []string{definition.FormsDir, definition.DirectoriesDir} {
		if err := l.each(dir, func(*yamlsrc.File) {}); err != nil {
			return err
		}
	}
	return l.formConditions(set)
}

// each notes every file of a folder and hands on those whose syntax is right.
func (l *linter) each(dir string, fn func(*yamlsrc.File)) error {
	names, err := l.defs.List(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !l.wants(name) {
			continue
		}
		f, problems, err := l.defs.Parse(name)
		if err != nil {
			return err
		}
		l.see(f)
		l.add(l.bind(problems)...)
		if f.Root != nil {
			fn(f)
		}
	}
	return nil
}

func (l *linter) calendars() error {
	return l.each(definition.CalendarsDir, func(f *yamlsrc.File) {
		_, problems := worktime.Parse(f)
		l.add(l.bind(problems)...)
	})
}

// routes looks at every route by itself, on every core; what the routes share
// is read before.
func (l *linter) routes() error {
	files, err := l.defs.RouteFiles(l.wants)
	if err != nil {
		return err
	}
	if _, err := l.defs.Rules(); err != nil { // which judging a route may ask for
		return err
	}
	found, errs := make([]diag.List, len(files)), make([]error, len(files))
	if len(files) > 0 {
		found[0], errs[0] = l.route(files[0]) // reads what is read when it is first asked for
	}
	definition.InParallel(len(files)-1, func(i int) { found[i+1], errs[i+1] = l.route(files[i+1]) })
	for i, f := range files {
		l.see(f.File)
		if err := l.bindRoute(f); err != nil {
			return err
		}
		l.add(f.Problems...)
		if f.Def != nil {
			found[i] = l.shaky.relies(f.File.Name, f.File.Src, formsOf(f.Def), found[i])
		}
		l.add(found[i]...)
		if f.Def != nil {
			l.parsed[f.File.Name] = f.Def
		}
	}
	return errors.Join(errs...)
}

// route holds a route against the other definitions and judges what it means.
func (l *linter) route(f *definition.RouteFile) (diag.List, error) {
	r := f.Def
	if r == nil {
		return nil, nil
	}
	var problems diag.List
	if name := strings.TrimSuffix(path.Base(f.File.Name), definition.Ext); r.Name.Text != name && r.Name.Text != "" {
		problems.Add(diag.Problem{
			Code: route.R006.Code, Slug: route.R006.Slug, At: r.Name.At,
			Message: fmt.Sprintf("the route %q stands in a file named %q", r.Name.Text, path.Base(f.File.Name)),
			Help:    "rename one of them",
		})
	}
	found, err := analyse(l.defs, r, f.Problems, l.shaky)
	return append(problems, found...), err
}

// trials checks the route tests without running them.
func (l *linter) trials() error {
	if !l.wantsIn(definition.RouteTestsDir) {
		return nil
	}
	tests, err := l.defs.RouteTests()
	if err != nil || len(tests) == 0 {
		return err
	}
	base, err := l.defs.Trial()
	if err != nil {
		return err
	}
	for _, t := range tests {
		l.see(t.Source)
		l.add(l.bind(t.Problems)...)
		if t.File != nil {
			var forms []string
			if def := l.defs.Written(t.File.Route.Text); def != nil {
				forms = formsOf(def)
			}
			for _, f := range base.Forms.Forms() {
				if route.HasWord(string(t.Source.Src), f.Name) {
					forms = append(forms, f.Name)
				}
			}
			l.add(l.shaky.relies(t.Source.Name, t.Source.Src, forms, l.bind(base.Check(t.File)))...)
		}
	}
	return nil
}

func (l *linter) imports() error {
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	return l.each(definition.ImportsDir, func(f *yamlsrc.File) {
		in, problems, found := definition.ReadImport(f, set)
		l.bind(problems)
		if in != nil {
			// A field that is required and seems not to be filled may be misspelt there.
			problems = slices.DeleteFunc(slices.Clone(problems), func(p diag.Problem) bool {
				return p.Slug == "required-never-filled" && slices.ContainsFunc(found, func(q diag.Problem) bool {
					return q.Meant != "" && strings.Contains(p.Message, fmt.Sprintf("%q", q.Meant))
				})
			})
			l.add(l.shaky.relies(f.Name, f.Src, []string{in.Form}, l.bind(found))...)
		}
		l.add(problems...)
	})
}

// rules checks auto-processing, each rule and all together.
func (l *linter) rules() error {
	if !l.wantsIn(definition.RulesDir) {
		return nil
	}
	all, err := l.defs.Rules()
	if err != nil {
		return err
	}
	// Those with errors may be part of a circle as well.
	var defs []*processing.Rule
	for _, f := range all {
		if f.Def != nil {
			defs = append(defs, f.Def)
		}
	}
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	l.add(processing.Together(defs, l.defs.Surroundings(set))...)
	for _, f := range all {
		l.see(f.File)
		l.bind(f.Problems)
		var forms []string
		if f.Def != nil {
			forms = append(formsIn(f.Def.Do), f.Def.For.Text)
		}
		l.add(l.shaky.relies(f.File.Name, f.File.Src, forms, f.Problems)...)
		if f.Def == nil {
			continue
		}
		if err := l.ruleConditions(f.File, f.Def); err != nil {
			return err
		}
	}
	return nil
}

// templates reads every template. With which form one is to be checked, the
// routes and rules say that use it.
func (l *linter) templates() error {
	files, err := l.defs.TemplateFiles()
	if err != nil {
		return err
	}
	for _, file := range files {
		if !definition.IsTemplate(file) || !l.wants(file) {
			continue
		}
		src, err := l.defs.Read(file)
		if err != nil {
			return err
		}
		_, problems := template.Parse(file, src)
		l.bind(problems)
		if strings.HasSuffix(file, "."+string(template.Docx)) {
			src = nil // no text to be shown
		}
		l.see(&yamlsrc.File{Name: file, Src: src})
		l.add(problems...)
	}
	if len(l.paths) == 0 || !l.wantsIn(definition.TemplatesDir) {
		return nil
	}
	return l.templatesUsed()
}

// templatesUsed adds what the routes and rules that are not judged find in the
// templates that they use.
func (l *linter) templatesUsed() error {
	routes, err := l.defs.RouteFiles(func(file string) bool { return !l.wants(file) })
	if err != nil {
		return err
	}
	rules, err := l.defs.Rules()
	if err != nil {
		return err
	}
	var all diag.List
	for _, f := range routes {
		if f.Def == nil {
			continue
		}
		found, err := l.defs.CheckRoute(f.Def)
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	for _, f := range rules {
		all = append(all, f.Problems...)
	}
	l.add(slices.DeleteFunc(l.bind(all), func(p diag.Problem) bool { return path.Dir(p.At.File) != definition.TemplatesDir })...)
	return nil
}

func (l *linter) reports() error {
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	var failed error
	err = l.each(definition.ReportsDir, func(f *yamlsrc.File) {
		r, problems, linked := definition.ReadReport(f, set)
		l.add(l.bind(problems)...)
		if r == nil {
			return
		}
		l.add(l.shaky.relies(f.Name, f.Src, []string{r.Form}, l.bind(linked))...)
		failed = errors.Join(failed, l.reportConditions(r))
	})
	return errors.Join(err, failed)
}
