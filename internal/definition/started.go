package definition

import (
	"slices"

	"github.com/e1-dms/e1/internal/route"
)

// Starts tells whether some route or rule starts or calls the route of a name;
// a route that calls itself does not count. Where that cannot be told, because
// one of them cannot be read, it does.
func (d *Set) Starts(name string) (bool, error) {
	d.mu.Lock()
	known := d.started
	d.mu.Unlock()
	if known == nil {
		var err error
		if known, err = d.readStarted(); err != nil {
			return false, err
		}
		d.mu.Lock()
		d.started = known
		d.mu.Unlock()
	}
	return known.all || known.names[name] || slices.ContainsFunc(known.doubtful, func(r *route.Route) bool { return r.Lost(name) }), nil
}

// started is what routes and rules start.
type started struct {
	names    map[string]bool
	doubtful []*route.Route // routes with parts that are not understood
	all      bool           // one of them cannot be read at all
}

func (d *Set) readStarted() (*started, error) {
	if err := d.loadRoutes(); err != nil {
		return nil, err
	}
	rules, err := d.Rules()
	if err != nil {
		return nil, err
	}
	out := &started{names: map[string]bool{}}
	actions := func(list []*route.Action) {
		for _, a := range list {
			if a.Kind == route.StartOf {
				out.names[a.Route.Text] = true
			}
		}
	}
	for _, name := range d.routeNames {
		r := d.Written(name)
		if r == nil {
			out.all = true
			continue
		}
		if !r.Understood() {
			out.doubtful = append(out.doubtful, r)
		}
		for _, s := range r.Steps() {
			if s.Call != nil && s.Call.Route.Text != r.Name.Text {
				out.names[s.Call.Route.Text] = true
			}
			actions(s.Actions)
			for _, o := range s.Outcomes {
				actions(o.Actions)
			}
		}
	}
	for _, f := range rules {
		if f.Def == nil {
			out.all = true
			continue
		}
		actions(f.Def.Do)
	}
	return out, nil
}
