package definition

import (
	"path"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
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
	if found, ok := d.routeChecks[r]; ok {
		return found, nil
	}
	ctx, err := d.routeContext()
	if err != nil {
		return nil, err
	}
	if d.routeChecks == nil {
		d.routeChecks = map[*route.Route]diag.List{}
	}
	d.routeChecks[r] = route.Check(r, ctx)
	return d.routeChecks[r], nil
}

// routeContext is what routes may refer to.
func (d *Set) routeContext() (route.Context, error) {
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
		Env:       set.Env,
		Forms:     set.FormNames(),
		Users:     map[string]bool{},
		Roles:     people.RoleIDs(),
		Calendars: calendars,
		Routes:    routes,
		Route:     func(name string) *route.Route { return d.routes[name] },
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
