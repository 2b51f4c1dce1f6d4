package definition

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The folders of definitions.
const (
	FormsDir       = "forms"
	DirectoriesDir = "directories"
	RoutesDir      = "routes"
	PinnedDir      = "routes/pinned"
	RouteTestsDir  = "routes/tests"
	CalendarsDir   = "calendars"
	ImportsDir     = "imports"
	ReportsDir     = "reports"
	Ext            = ".yaml"
)

// Holds tells whether a path is that of a definition that people write, or of
// a file in one of their folders; pinned versions of routes are none.
func Holds(file string) bool {
	if strings.HasPrefix(file, PinnedDir+"/") {
		return false
	}
	top, _, inFolder := strings.Cut(file, "/")
	if !inFolder {
		return file == settings.FileName || file == org.FileName
	}
	return slices.Contains([]string{FormsDir, DirectoriesDir, RoutesDir, CalendarsDir, ImportsDir, ReportsDir, RulesDir, TemplatesDir}, top)
}

// Set are the definitions of one state of the repository. Each is
// read when it is first asked for. A broken one does not stand in the way of
// the others: asking for it gives its problems, everything else works.
type Set struct {
	src Source

	settings         *settings.Settings
	settingsProblems diag.List
	org              *org.Org
	orgProblems      diag.List
	set              *form.Set
	forms            map[string]*form.Form
	formNames        []string
	formProblems     map[string]diag.List // by form name
	dirProblems      diag.List
	linkProblems     diag.List // of forms and directories with each other and the organisation
	routeEnvs        map[string]*expr.Env
	routeCtx         *route.Context
	mu               sync.Mutex // guards what follows: lint asks for it from many goroutines
	files            map[string]parsed
	routeNames       []string              // nil until listed
	routeFiles       map[string]*RouteFile // by name, those read so far
	pinned           map[string]*route.Route
	routeChecks      map[*route.Route]diag.List
	started          *started                  // what routes and rules start, once it was asked for
	begins           map[string][]*route.Route // "registered contracts": what may begin then
	calendars        map[string]*worktime.Calendar
	templates        map[string]readTemplate
	rules            []*RuleFile
	rulesRead        bool
	dated            map[string][]*rule.Rule // that wait for dates, by form
	datedRead        bool
	templatesLock    sync.Mutex
}

// New reads definitions from a source.
func New(src Source) *Set { return &Set{src: src} }

// Read returns a definition file's bytes; fs.ErrNotExist when there is none.
func (d *Set) Read(name string) ([]byte, error) { return d.src.Read(name) }

// List names the definition files of a folder, sorted.
func (d *Set) List(dir string) ([]string, error) { return d.src.List(dir, Ext) }

// Parse reads one definition file's syntax, once.
func (d *Set) Parse(name string) (*yamlsrc.File, diag.List, error) {
	d.mu.Lock()
	known, ok := d.files[name]
	d.mu.Unlock()
	if ok {
		return known.file, known.problems, nil
	}
	src, err := d.src.Read(name)
	if err != nil {
		return nil, nil, err
	}
	f, problems := yamlsrc.ParseOn(name, src)
	problems = problems[:len(problems):len(problems)] // who appends gets a list of their own
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files == nil {
		d.files = map[string]parsed{}
	}
	d.files[name] = parsed{file: f, problems: problems}
	return f, problems, nil
}

// FilesRead lists the files that were read so far: what a command costs that
// should cost little.
func (d *Set) FilesRead() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.files))
}

// Settings returns e1.yaml. It is usable whatever the file holds; problems
// tells what is wrong with it.
func (d *Set) Settings() (s *settings.Settings, problems diag.List, err error) {
	if d.settings == nil {
		f, problems, err := d.Parse(settings.FileName)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			d.settings = settings.Default()
		case err != nil:
			return nil, nil, err
		default:
			d.settings, d.settingsProblems = settings.Default(), problems
			if f.Root != nil {
				parsed, more := settings.Parse(f)
				d.settingsProblems = f.WithoutEchoes(append(problems, more...))
				if len(f.Unread) == 0 { // else nobody knows what it says
					d.settings = parsed
				}
			}
		}
	}
	return d.settings, d.settingsProblems, nil
}

// Org returns org.yaml; what could not be read is absent from it.
func (d *Set) Org() (o *org.Org, problems diag.List, err error) {
	if d.org == nil {
		f, problems, err := d.Parse(org.FileName)
		if errors.Is(err, fs.ErrNotExist) {
			f = nobody()
		} else if err != nil {
			return nil, nil, err
		}
		if f.Root == nil {
			f = nobody()
		}
		parsed, more := org.Parse(f)
		d.org, d.orgProblems = parsed, f.WithoutEchoes(append(problems, more...))
		if len(f.Unread) > 0 { // half of the people is as good as none
			d.org, _ = org.Parse(nobody())
		}
	}
	return d.org, d.orgProblems, nil
}

// nobody is an organisation without people.
func nobody() *yamlsrc.File {
	f, _ := yamlsrc.Parse(org.FileName, []byte("users: []\n"))
	return f
}

// Forms returns all forms that can be used, linked with their directories.
func (d *Set) Forms() (*form.Set, error) {
	if d.set != nil {
		return d.set, nil
	}
	d.forms, d.formProblems = map[string]*form.Form{}, map[string]diag.List{}
	var forms []*form.Form
	err := d.each(FormsDir, func(name string, f *yamlsrc.File, problems diag.List) {
		parsed := (*form.Form)(nil)
		if f.Root != nil {
			p, more := form.Parse(f)
			parsed, problems = p, f.WithoutEchoes(append(problems, more...))
		}
		d.formNames = append(d.formNames, name)
		d.formProblems[name] = problems
		if parsed == nil {
			parsed = form.Unreadable(name)
		}
		if !problems.HasErrors() {
			d.forms[name] = parsed
		}
		// What a broken form still says is enough to find and show its
		// documents, and keeps the forms that refer to it whole. Acting on it is
		// what Form refuses. Its name is that of the file.
		parsed.Name = name
		forms = append(forms, parsed)
	})
	if err != nil {
		return nil, err
	}
	var dirs []*form.Directory
	err = d.each(DirectoriesDir, func(name string, f *yamlsrc.File, problems diag.List) {
		if f.Root != nil {
			parsed, more := form.ParseDirectory(f)
			if parsed != nil {
				parsed.Name = name // as that of a form is
				dirs = append(dirs, parsed)
			}
			problems = f.WithoutEchoes(append(problems, more...))
		}
		d.dirProblems = append(d.dirProblems, problems...)
	})
	if err != nil {
		return nil, err
	}
	people, _, err := d.Org()
	if err != nil {
		return nil, err
	}
	conf, _, err := d.Settings()
	if err != nil {
		return nil, err
	}
	set, problems := form.Link(forms, dirs, people, conf)
	problems = d.withoutEchoes(problems)
	for _, p := range problems {
		if path.Dir(p.At.File) == DirectoriesDir {
			d.dirProblems = append(d.dirProblems, p)
			continue
		}
		name := baseName(p.At.File)
		d.formProblems[name] = append(d.formProblems[name], p)
	}
	d.linkProblems = problems
	d.set = set
	return set, nil
}

// withoutEchoes leaves out of problems of several files what only follows from
// constructs of YAML that are refused.
func (d *Set) withoutEchoes(problems diag.List) diag.List {
	files := map[string]bool{}
	for _, p := range problems {
		files[p.At.File] = true
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if f, _, err := d.Parse(name); err == nil {
			problems = f.WithoutEchoes(problems)
		}
	}
	return problems
}

// FormNames lists the forms there are, broken ones included.
func (d *Set) FormNames() ([]string, error) {
	if _, err := d.Forms(); err != nil {
		return nil, err
	}
	return d.formNames, nil
}

// Form returns one form. A broken form gives a *diag.Error with all its
// problems, an unknown one an *UnknownError.
func (d *Set) Form(name string) (*form.Form, error) {
	if _, err := d.Forms(); err != nil {
		return nil, err
	}
	problems, known := d.formProblems[name]
	if !known {
		return nil, &UnknownError{What: "form", Name: name, Known: d.formNames, Try: "e1 form list"}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return d.forms[name], nil
}

// renamed tells what a field is called now. The forms must have been read.
func (d *Set) renamed(name, field string) (now, refersTo string) {
	if f := d.set.Form(name); f != nil {
		if is := f.Field(field); is != nil {
			return is.Name, is.Form
		}
	}
	return field, ""
}

// BrokenForms lists the forms that have errors.
func (d *Set) BrokenForms() []string {
	names, _ := d.FormNames()
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !d.formProblems[name].HasErrors() })
}

// behind gives the errors of the forms that a definition uses, and of those
// they refer to, in the place of what was found wrong with the definition: it
// may follow from them.
func (d *Set) behind(forms []string, found diag.List) diag.List {
	var causes diag.List
	asked := map[string]bool{}
	for len(forms) > 0 {
		name := forms[0]
		forms = forms[1:]
		f := d.set.Form(name)
		if f == nil || asked[name] {
			continue
		}
		asked[name] = true
		causes = append(causes, d.formProblems[name].Errors()...)
		for _, field := range f.Fields() {
			for _, at := range append([]*form.Field{field}, field.Columns...) {
				forms = append(forms, at.Form)
			}
		}
	}
	if len(causes) > 0 {
		return causes
	}
	return found
}

// Routes returns the routes that can be parsed, sorted by name.
func (d *Set) Routes() ([]*route.Route, error) {
	if err := d.loadRoutes(); err != nil {
		return nil, err
	}
	var out []*route.Route
	for _, name := range d.routeNames {
		if r := d.Parsed(name); r != nil {
			out = append(out, r)
		}
	}
	return out, nil
}

// RouteNames lists the routes there are, broken ones included.
func (d *Set) RouteNames() ([]string, error) {
	err := d.listRoutes()
	return d.routeNames, err
}

// RouteFile returns the file of one route, broken or not; an unknown one is an
// *UnknownError.
func (d *Set) RouteFile(name string) (*RouteFile, error) {
	if err := d.listRoutes(); err != nil {
		return nil, err
	}
	if !slices.Contains(d.routeNames, name) {
		return nil, &UnknownError{What: "route", Name: name, Known: d.routeNames, Try: "e1 route list"}
	}
	return d.routeFile(name)
}

// Route returns one route, or all its problems as *diag.Error.
func (d *Set) Route(name string) (*route.Route, error) {
	file, err := d.RouteFile(name)
	if err != nil {
		return nil, err
	}
	if err := file.Problems.Err(); err != nil {
		return nil, err
	}
	return file.usable(), nil
}

// Pinned returns the definition a route instance runs on.
func (d *Set) Pinned(id string) (*route.Route, error) {
	if _, err := d.Forms(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r, ok := d.pinned[id]; ok {
		return r, nil
	}
	name := PinnedPath(id)
	src, err := d.src.Read(name)
	if err != nil {
		return nil, err
	}
	r, problems := route.ParseSource(name, src)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	r.Follow(d.renamed)
	if d.pinned == nil {
		d.pinned = map[string]*route.Route{}
	}
	d.pinned[id] = r
	return r, nil
}

// PinnedPath is where the definition with an id is kept.
func PinnedPath(id string) string { return PinnedDir + "/" + id + Ext }

// Calendar returns a working calendar, the repository's for "". It is nil
// when there is none of that name or it is broken.
func (d *Set) Calendar(name string) *worktime.Calendar {
	if name == "" {
		if s, _, err := d.Settings(); err == nil {
			name = s.Calendar
		}
	}
	d.mu.Lock()
	c, ok := d.calendars[name]
	d.mu.Unlock()
	if ok {
		return c
	}
	f, problems, err := d.Parse(path.Join(CalendarsDir, name+Ext))
	if err == nil && f.Root != nil && !problems.HasErrors() {
		if c, problems = worktime.Parse(f); problems.HasErrors() {
			c = nil
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.calendars == nil {
		d.calendars = map[string]*worktime.Calendar{}
	}
	d.calendars[name] = c
	return c
}

// each parses the syntax of every definition of a folder in the order of
// their names; name is the file's without folder and extension.
func (d *Set) each(dir string, fn func(name string, f *yamlsrc.File, problems diag.List)) error {
	names, err := d.src.List(dir, Ext)
	if err != nil {
		return err
	}
	sort.Strings(names)
	for i, p := range d.parseAll(names) {
		if p.err != nil {
			return p.err
		}
		fn(baseName(names[i]), p.file, p.problems)
	}
	return nil
}

func baseName(file string) string { return strings.TrimSuffix(path.Base(file), Ext) }

// parsed is one file's syntax, or why it cannot be read.
type parsed struct {
	file     *yamlsrc.File
	problems diag.List
	err      error
}

// parseAll parses files on every core: nearly every command needs all forms,
// and reading YAML is most of what that costs.
func (d *Set) parseAll(names []string) []parsed {
	out := make([]parsed, len(names))
	InParallel(len(names), func(i int) {
		p := &out[i]
		p.file, p.problems, p.err = d.Parse(names[i])
	})
	return out
}

// InParallel calls fn for every number below n, on every core. What fn
// gathers belongs into a slice by that number, so that the order stays.
func InParallel(n int, fn func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				fn(int(i))
			}
		}()
	}
	workers.Wait()
}

// LinkProblems are those of FormProblems that come from what a form or
// directory refers to: they may follow from faults elsewhere.
func (d *Set) LinkProblems() diag.List { return d.linkProblems }

// FormProblems are the problems of all forms and directories found while they
// were read and linked, by form.
func (d *Set) FormProblems() diag.List {
	var out diag.List
	for _, name := range d.formNames {
		out = append(out, d.formProblems[name]...)
	}
	return append(out, d.dirProblems...)
}
