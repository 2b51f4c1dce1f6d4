package definition

import (
	"errors"
	"path"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
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
	return r, problems.Err()
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

// RouteFiles returns every file of the folder routes, by name.
func (d *Set) RouteFiles() ([]*RouteFile, error) {
	if err := d.loadRoutes(); err != nil {
		return nil, err
	}
	out := make([]*RouteFile, len(d.routeNames))
	for i, name := range d.routeNames {
		out[i] = d.routeFiles[name]
	}
	return out, nil
}

// loadRoutes reads all routes, on every core.
func (d *Set) loadRoutes() error {
	if d.routeFiles != nil {
		return nil
	}
	names, err := d.src.List(RoutesDir, Ext)
	if err != nil {
		return err
	}
	files, errs := make([]*RouteFile, len(names)), make([]error, len(names))
	InParallel(len(names), func(i int) {
		f, problems, err := d.Parse(names[i])
		if err != nil {
			errs[i] = err
			return
		}
		files[i] = &RouteFile{File: f, Problems: problems}
		if f.Root != nil {
			parsed, more := route.Parse(f)
			files[i].Def, files[i].Problems = parsed, append(problems, more...)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	d.routeFiles, d.routes = map[string]*RouteFile{}, map[string]*route.Route{}
	for i, file := range names {
		name := baseName(file)
		d.routeNames = append(d.routeNames, name)
		d.routeFiles[name] = files[i]
		if files[i].Def != nil && !files[i].Problems.HasErrors() {
			d.routes[name] = files[i].Def
		}
	}
	return nil
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
		Route:  func(name string) *route.Route { return d.routes[name] },
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
func (d *Set) Parsed(name string) *route.Route { return d.routes[name] }
