package engine

import (
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// What an instance remembers of an event handler, under "on <id>".
const (
	happened = "happened" // the event has come, the steps are still to begin
	handled  = "handled"  // the steps have begun; without keep: once and for all
)

// handlerVar names what an instance remembers of a handler.
func handlerVar(h *route.Handler, item string) string { return "on " + passedKey(h.ID, item) }

// listeners calls visit for every handler that listens now: those of the route
// and those of the open blocks. What one of them does may end the route, or
// begin another one.
func (r *run) listeners(visit func(h *route.Handler, item string) error) error {
	listens := func() bool { in := r.instance(); return in.State == Running && in.End == "" }
	for _, h := range r.r.Handlers {
		if !listens() {
			return nil
		}
		if err := visit(h, ""); err != nil {
			return err
		}
	}
	for _, p := range slices.Clone(r.instance().Open) {
		s := r.r.Step(p.At)
		if s == nil || p.State == Held {
			continue
		}
		for _, h := range s.Handlers {
			if !listens() || r.position(p.At, p.Item) == nil {
				break
			}
			if err := visit(h, p.Item); err != nil {
				return err
			}
		}
	}
	return nil
}

// scopeStep gives a step in whose place the handler's conditions are
// evaluated; nil for the route's own.
func scopeStep(h *route.Handler) *route.Step { return h.Block }

// heard tells the handlers of an instance that a field was changed.
func (r *run) heard(field string) error {
	return r.listeners(func(h *route.Handler, item string) error {
		if h.Event.Kind != route.EventChanged || h.Event.Name.Text != field {
			return nil
		}
		vars := &r.instance().Vars
		if vars.Text(handlerVar(h, item)) == handled && !h.Keep {
			return nil
		}
		if h.Event.Expr != nil {
			if ok, err := r.condition(h.Event.Expr, scopeStep(h), item); err != nil || !ok {
				return err
			}
		}
		vars.SetText(handlerVar(h, item), happened)
		return nil
	})
}

// handle begins the steps of every handler whose event has come.
func (r *run) handle() (bool, error) {
	moved := false
	err := r.listeners(func(h *route.Handler, item string) error {
		name := handlerVar(h, item)
		now := r.instance().Vars.Text(name)
		if h.Event.Kind == route.EventWhen {
			if now == handled && !h.Keep {
				return nil
			}
			holds, err := r.condition(h.Event.Expr, scopeStep(h), item)
			if err != nil {
				return err
			}
			switch {
			case !holds && now == handled: // it may become true once more
				r.instance().Vars.Delete(name)
				return nil
			case !holds || now == handled:
				return nil
			}
		} else if now != happened {
			return nil
		}
		if r.busy(h, item) {
			return nil // one after the other
		}
		if err := r.spend(h.Block); err != nil {
			return err
		}
		r.instance().Vars.SetText(name, handled)
		r.visit(h.Block, item, VisitHandler, h.ID)
		if h.Keep && r.count(pendingVar(h, item), -1) > 0 {
			r.instance().Vars.SetText(name, happened)
		}
		moved = true
		if err := r.cancelSteps(&route.Action{Kind: route.Cancel, Steps: h.Cancel}, item); err != nil {
			return err
		}
		if len(h.Body.Steps) > 0 {
			r.push(h.Body.Steps[0], item)
		}
		return r.drain()
	})
	return moved, err
}

// busy tells whether the steps of a handler are at work.
func (r *run) busy(h *route.Handler, item string) bool {
	return slices.ContainsFunc(r.instance().Open, func(p document.Position) bool {
		s := r.r.Step(p.At)
		if s == nil || p.Item != item && !inItem(p.Item, item) {
			return false
		}
		for b := s.Parent; ; b = b.Owner.Parent {
			if b == h.Body {
				return true
			}
			if b.Owner == nil {
				return false
			}
		}
	})
}

// silence forgets what happened to the handlers of a block that begins anew.
func (r *run) silence(s *route.Step, item string) {
	for _, h := range s.Handlers {
		r.instance().Vars.Delete(handlerVar(h, item))
		r.instance().Vars.Delete(pendingVar(h, item))
	}
}
