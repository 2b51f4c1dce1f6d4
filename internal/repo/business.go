package repo

import (
	"fmt"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// zone is the repository's time zone, UTC where its settings cannot be read.
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
func (s routeSource) Current(name string) (*route.Route, error) { return s.r.defs.Route(name) }

// Starting gives the routes of a form that an event may start, by name, whoever
// starts one judges it first. One that cannot be read is not started; the
// document is registered all the same, and the user is told.
func (s routeSource) Starting(formName string, on route.StartKind) []*route.Route {
	names, err := s.r.defs.RouteNames()
	if err != nil {
		return nil
	}
	var out []*route.Route
	for _, name := range names {
		if !s.r.defs.MayStart(name, formName, on) {
			continue
		}
		parsed := s.r.defs.Parsed(name)
		if parsed != nil && (parsed.For.Text != formName || !startsOn(parsed, on)) {
			continue
		}
		read, err := s.r.defs.Route(name)
		if err != nil {
			s.r.opt.note(fmt.Sprintf("route %q has errors and does not start: %s", name, diag.Brief(err)))
			continue
		}
		out = append(out, read)
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

var _ form.Lookup = Lookup{}
var _ engine.Lookup = Lookup{}
