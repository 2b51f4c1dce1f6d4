package definition

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// UsableRoute returns a route that can be run: syntax, references and
// expressions are right.
func (d *Set) UsableRoute(name string) (*route.Route, error) {
	r, err := d.Route(name)
	if err != nil {
		return nil, err
	}
	problems, err := d.CheckRoute(r)
	if err != nil {
		return nil, err
	}
	return r, d.Behind(r, problems).Err()
}

// Behind gives the errors of the forms that a route uses in the place of what
// was found in it, when it refers to what is not there.
func (d *Set) Behind(r *route.Route, found diag.List) diag.List {
	if checked, err := d.CheckRoute(r); err != nil || !checked.HasErrors() {
		return found
	}
	return d.behind(r.Forms(), found)
}

// CheckRoute holds a route against the other definitions.
func (d *Set) CheckRoute(r *route.Route) (diag.List, error) {
	d.mu.Lock()
	found, ok := d.routeChecks[r]
	d.mu.Unlock()
	if ok {
		return found, nil
	}
	ctx, err := d.routeContext()
	if err != nil {
		return nil, err
	}
	found = route.Check(r, ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.routeChecks == nil {
		d.routeChecks = map[*route.Route]diag.List{}
	}
	d.routeChecks[r] = found
	return found, nil
}

// RouteFile is a file of the folder routes as it was read.
type RouteFile struct {
	File *yamlsrc.File
	// Def is nil when the syntax is broken; with errors among the problems it
	// must not be run.
	Def      *route.Route
	Problems diag.List
}

// RouteFiles returns the files of the folder routes that are wanted, by name,
// read on every core.
func (d *Set) RouteFiles(wanted func(file string) bool) ([]*RouteFile, error) {
	if err := d.listRoutes(); err != nil {
		return nil, err
	}
	var names []string
	for _, name := range d.routeNames {
		if wanted(path.Join(RoutesDir, name+Ext)) {
			names = append(names, name)
		}
	}
	if _, err := d.Forms(); err != nil {
		return nil, err
	}
	out, errs := make([]*RouteFile, len(names)), make([]error, len(names))
	InParallel(len(names), func(i int) { out[i], errs[i] = d.routeFile(names[i]) })
	return out, errors.Join(errs...)
}

// usable is the route when it may be run.
func (f *RouteFile) usable() *route.Route {
	if f.Problems.HasErrors() {
		return nil
	}
	return f.Def
}

// listRoutes lists the routes without reading them.
func (d *Set) listRoutes() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.routeNames != nil {
		return nil
	}
	names, err := d.names(RoutesDir)
	if err != nil {
		return err
	}
	d.routeNames, d.routeFiles = names, map[string]*RouteFile{}
	return nil
}

// loadRoutes reads all routes, on every core.
func (d *Set) loadRoutes() error {
	if err := d.listRoutes(); err != nil {
		return err
	}
	if _, err := d.Forms(); err != nil {
		return err
	}
	errs := make([]error, len(d.routeNames))
	InParallel(len(errs), func(i int) { _, errs[i] = d.routeFile(d.routeNames[i]) })
	return errors.Join(errs...)
}

// routeFile reads one of the routes listed. Whoever calls it from several
// goroutines has read the forms, whose names of fields routes follow.
func (d *Set) routeFile(name string) (*RouteFile, error) {
	if _, err := d.Forms(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	file := d.routeFiles[name]
	d.mu.Unlock()
	if file != nil {
		return file, nil
	}
	f, problems, err := d.Parse(path.Join(RoutesDir, name+Ext))
	if err != nil {
		return nil, err
	}
	file = &RouteFile{File: f, Problems: problems}
	if f.Root != nil {
		parsed, more := route.Parse(f)
		file.Def, file.Problems = parsed, f.WithoutEchoes(append(problems, more...))
		if parsed != nil {
			file.Problems = append(file.Problems, parsed.Follow(d.renamed)...)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if first := d.routeFiles[name]; first != nil {
		return first, nil
	}
	d.routeFiles[name] = file
	return file, nil
}

// RouteEnv gives the names that expressions of a route over a form may use; nil
// for a form that does not exist.
func (d *Set) RouteEnv(name string) *expr.Env {
	set, err := d.Forms()
	if err != nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	env, ok := d.routeEnvs[name]
	if !ok {
		if base := set.Env(name); base != nil {
			env = route.Env(base)
		}
		if d.routeEnvs == nil {
			d.routeEnvs = map[string]*expr.Env{}
		}
		d.routeEnvs[name] = env
	}
	return env
}

// routeContext is what routes may refer to; it is made once.
func (d *Set) routeContext() (route.Context, error) {
	if d.routeCtx == nil {
		ctx, err := d.newRouteContext()
		if err != nil {
			return route.Context{}, err
		}
		d.routeCtx = &ctx
	}
	return *d.routeCtx, nil
}

func (d *Set) newRouteContext() (route.Context, error) {
	set, err := d.Forms()
	if err != nil {
		return route.Context{}, err
	}
	people, _, err := d.Org()
	if err != nil {
		return route.Context{}, err
	}
	calendars, err := d.names(CalendarsDir)
	if err != nil {
		return route.Context{}, err
	}
	routes, err := d.RouteNames()
	if err != nil {
		return route.Context{}, err
	}
	ctx := route.Context{
		Env:        set.Env,
		Names:      d.RouteEnv,
		Forms:      set.FormNames(),
		Users:      map[string]bool{},
		Roles:      people.RoleIDs(),
		Calendars:  calendars,
		Template:   d.templateFor,
		Attachable: d.attachable,
		Imports: func() []string {
			names, _ := d.names(ImportsDir)
			return names
		},
		Routes: routes,
		Route:  d.Parsed,
		Fields: func(name string) []string {
			if f := set.Form(name); f != nil {
				return f.Order()
			}
			return nil
		},
		Unique: func(name string) []string {
			f := set.Form(name)
			if f == nil {
				return nil
			}
			names := append([]string{}, f.Duplicates...)
			for _, field := range f.Fields() {
				if field.Unique {
					names = append(names, field.Name)
				}
			}
			return names
		},
	}
	for _, u := range people.Users {
		ctx.Users[u.ID] = u.Active
	}
	for _, dept := range people.Departments {
		ctx.Departments = append(ctx.Departments, dept.ID)
	}
	return ctx, nil
}

// names lists the definitions of a folder without folder and extension.
func (d *Set) names(dir string) ([]string, error) {
	files, err := d.List(dir)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = strings.TrimSuffix(path.Base(f), Ext)
	}
	return out, nil
}

// Parsed returns a route whose syntax is right, nil otherwise.
func (d *Set) Parsed(name string) *route.Route {
	if d.listRoutes() != nil || !slices.Contains(d.routeNames, name) {
		return nil
	}
	file, err := d.routeFile(name)
	if err != nil {
		return nil
	}
	return file.usable()
}

// Written returns a route as far as it can be read, with errors or without; nil
// when its syntax is broken or there is none.
func (d *Set) Written(name string) *route.Route {
	if d.listRoutes() != nil || !slices.Contains(d.routeNames, name) {
		return nil
	}
	file, err := d.routeFile(name)
	if err != nil {
		return nil
	}
	return file.Def
}

// MayStart reports whether an event on a document of a form may start a route:
// false only for a file that certainly says otherwise. The file is looked at,
// not parsed: every command that writes asks this of every route.
func (d *Set) MayStart(name, formName string, on route.StartKind) bool {
	src, err := d.src.Read(path.Join(RoutesDir, name+Ext))
	return err != nil || mayStart(string(src), formName, string(on))
}

func mayStart(src, formName, on string) bool {
	if !strings.Contains(src, on) && !strings.Contains(src, `\`) {
		return false // the word cannot be in it
	}
	// The key `for` is certain where nothing before it is more than a word or a
	// collection on its line.
	for line := range strings.SplitSeq(src, "\n") {
		value, found := strings.CutPrefix(line, "for: ")
		if found {
			value = strings.TrimSpace(value)
			return value == formName || strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || value == ""
		}
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		flow := strings.HasPrefix(value, "{") && strings.HasSuffix(value, "}") && strings.Count(value, "{") == 1
		if !ok || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") != "" || strings.ContainsAny(value, "\"'#\t\r") ||
			!flow && strings.ContainsAny(value, "[]{}|>&*!?#") || value == "" {
			return true
		}
	}
	return true
}
