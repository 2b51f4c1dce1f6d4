package engine

import (
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// open adds a position. One that is still there from an earlier pass is given
// up first: a step is never open twice.
func (r *run) open(s *route.Step, item string) *document.Position {
	if r.position(s.ID, item) != nil {
		r.note("step %q was still open from an earlier pass; what was left of it is cancelled", s.ID)
		_ = r.drop(s.ID, item)
	}
	r.silence(s, item)
	in := r.instance()
	in.Open = append(in.Open, document.Position{At: s.ID, Item: item, Since: r.in.Now})
	return &in.Open[len(in.Open)-1]
}

func (r *run) position(at, item string) *document.Position {
	in := r.instance()
	for i := range in.Open {
		if in.Open[i].At == at && in.Open[i].Item == item {
			return &in.Open[i]
		}
	}
	return nil
}

// closePosition removes the position of a step alone.
func (r *run) closePosition(s *route.Step, item string) {
	in := r.instance()
	in.Open = slices.DeleteFunc(in.Open, func(p document.Position) bool { return p.At == s.ID && p.Item == item })
}

// drop removes the position of a step with everything below it: tasks are
// cancelled, queued steps forgotten, called routes stopped.
func (r *run) drop(at, item string) error {
	s := r.r.Step(at)
	if s == nil {
		return refuse(BrokenRoute, "", "route %q has no step %q, on which %s stands", r.r.Name.Text, at, r.self.Number)
	}
	below := func(id, other string) bool {
		return (id == at && other == item) || (inside(r.r.Step(id), s) && (other == item || strings.HasPrefix(other, prefixOf(item))))
	}
	r.queue = slices.DeleteFunc(r.queue, func(t token) bool { return below(t.step.ID, t.item) && t.step != s })
	in := r.instance()
	var children []int
	for _, p := range in.Open {
		switch step := r.r.Step(p.At); {
		case !below(p.At, p.Item):
		case p.Child != 0:
			children = append(children, p.Child)
		case step != nil && step.Verb == route.Call && len(p.Started) > 0:
			r.res.Then = append(r.res.Then, Next{p.Started[0], Uncalled{Caller: r.caller(step, p.Item)}})
		}
	}
	in.Open = slices.DeleteFunc(in.Open, func(p document.Position) bool { return below(p.At, p.Item) })
	for i := range in.Tasks {
		t := &in.Tasks[i]
		if below(t.Step, t.Item) && Pending(t.State) {
			r.cancelTask(t)
		}
	}
	for _, id := range children {
		if child := r.self.Instance(id); child == nil || child.State != Running {
			continue
		}
		c, err := r.run(id)
		if err != nil {
			return err
		}
		if err := c.halt(Stopped); err != nil {
			return err
		}
	}
	return nil
}

// inside tells whether a step stands within a block, at any depth.
func inside(s, block *route.Step) bool {
	if s == nil {
		return false
	}
	for b := s.Parent; b != nil; {
		owner := b.Owner
		if b.Handler != nil {
			owner = b.Handler.Block
		}
		if owner == nil {
			return false
		}
		if owner == block {
			return true
		}
		b = owner.Parent
	}
	return false
}

// handlerOf gives the event handler that a step belongs to, nil for none.
func handlerOf(s *route.Step) *route.Handler {
	b := s.Parent
	for b.Owner != nil {
		b = b.Owner.Parent
	}
	return b.Handler
}

// Items of nested `each` blocks are joined by slashes, the outer one first.

func joinItem(outer, key string) string {
	if outer == "" {
		return key
	}
	return outer + "/" + key
}

func cutItem(item string) (outer, key string) {
	if i := strings.LastIndexByte(item, '/'); i >= 0 {
		return item[:i], item[i+1:]
	}
	return "", item
}

// inItem tells whether an item lies within another one.
func inItem(item, outer string) bool { return strings.HasPrefix(item, prefixOf(outer)) }

func prefixOf(item string) string {
	if item == "" {
		return ""
	}
	return item + "/"
}

// passed remembers, for `after`, that a step was left behind.
func (r *run) passed(s *route.Step, item string) {
	if !r.awaited(s.ID) {
		return
	}
	in := r.instance()
	v := in.Vars.Get(passedVar)
	var list []string
	if v != nil {
		list = v.List
	}
	if key := passedKey(s.ID, item); !slices.Contains(list, key) {
		in.Vars.Set(passedVar, &document.Value{List: append(slices.Clone(list), key)})
	}
}

// passedVar holds the steps that others wait for and that are done.
const passedVar = "passed"

func passedKey(id, item string) string {
	if item == "" {
		return id
	}
	return id + "@" + item
}

// awaited tells whether any step of the route runs after this one.
func (r *run) awaited(id string) bool {
	for _, s := range r.r.Steps() {
		for _, w := range s.After {
			if w.Text == id {
				return true
			}
		}
	}
	return false
}

// forget drops what passed remembers of the steps inside a block that begins
// anew.
func (r *run) forget(s *route.Step, item string) {
	in := r.instance()
	v := in.Vars.Get(passedVar)
	if v == nil {
		return
	}
	list := slices.DeleteFunc(slices.Clone(v.List), func(key string) bool {
		id, at, _ := strings.Cut(key, "@")
		return inside(r.r.Step(id), s) && (at == item || strings.HasPrefix(at, prefixOf(item)))
	})
	in.Vars.Set(passedVar, &document.Value{List: list})
}

// taken counts how often an outcome went its way, and counts this time.
func (r *run) taken(s *route.Step, item, outcome string) int {
	name := "taken " + passedKey(s.ID, item) + " " + outcome
	vars := &r.instance().Vars
	n, _ := strconv.Atoi(vars.Text(name))
	vars.SetText(name, strconv.Itoa(n+1))
	return n
}
