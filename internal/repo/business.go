package repo

import (
	"path"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// zone is the repository's time zone.
func (r *Repo) zone() *time.Location {
	s, _, err := r.defs.Settings()
	if err != nil || s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

// Routes gives the engine the definitions at HEAD.
func (r *Repo) Routes() engine.Definitions { return routeSource{r} }

// routeSource implements engine.Definitions.
type routeSource struct{ r *Repo }

// Pinned gives the definition an instance runs on.
func (s routeSource) Pinned(id string) (*route.Route, error) { return s.r.defs.Pinned(id) }

// Current gives the definition a new instance of a route starts on.
func (s routeSource) Current(name string) (*route.Route, error) { return s.r.defs.UsableRoute(name) }

// Starting gives the routes of a form that an event may start, by name. A
// broken route is not started; the document is registered all the same, and
// the user is told.
func (s routeSource) Starting(formName string, on route.StartKind) []*route.Route {
	names, err := s.r.defs.RouteNames()
	if err != nil {
		return nil
	}
	var out []*route.Route
	for _, name := range names {
		parsed := s.r.defs.routes[name]
		if parsed != nil && (parsed.For.Text != formName || !startsOn(parsed, on)) {
			continue
		}
		usable, err := s.r.defs.UsableRoute(name)
		if err != nil {
			s.r.opt.note("route " + name + " is broken and does not start; see e1 lint")
			continue
		}
		out = append(out, usable)
	}
	return out
}

func startsOn(r *route.Route, on route.StartKind) bool {
	for _, s := range r.Starts {
		if s.On == on {
			return true
		}
	}
	return false
}

// UsableRoute returns a route that can be run: syntax, references and
// expressions are right.
func (d *Definitions) UsableRoute(name string) (*route.Route, error) {
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
func (d *Definitions) CheckRoute(r *route.Route) (diag.List, error) {
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
func (d *Definitions) routeContext() (route.Context, error) {
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
func (d *Definitions) names(dir string) ([]string, error) {
	files, err := d.List(dir)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = strings.TrimSuffix(path.Base(f), definitionExt)
	}
	return out, nil
}

var _ form.Lookup = Lookup{}
var _ engine.Lookup = Lookup{}
