package engine

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
)

// performer is who gets a task, and for whom if a substitute acts.
type performer struct{ who, absent string }

// resolve gives the active users that people stand for, each once, in order.
func (r *run) resolve(p *route.People, s *route.Step, item string) ([]string, error) {
	var out []string
	if p == nil {
		return nil, nil
	}
	for _, w := range p.Who {
		ids, err := r.who(w, s, item)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			u := r.org.User(id)
			switch {
			case u == nil:
				r.note("%q of %q is no user", id, w.Text)
			case !u.Active:
				r.note("%q is inactive and gets no task", id)
			case !slices.Contains(out, id):
				out = append(out, id)
			}
		}
	}
	return out, nil
}

// who gives the ids of one part of people; unknown and inactive ones included.
func (r *run) who(w *route.Who, s *route.Step, item string) ([]string, error) {
	switch w.Kind {
	case route.WhoAuthor:
		return r.user(r.self.By), nil
	case route.WhoStarter:
		if r.rule != nil {
			return nil, nil // nobody has started a rule
		}
		return r.user(r.instance().By), nil
	case route.WhoController:
		return r.resolve(r.r.Controller, nil, "")
	case route.WhoRole:
		return ids(r.org.Members(w.Name)), nil
	case route.WhoDepartment:
		return ids(r.org.DepartmentMembers(w.Name)), nil
	case route.WhoHead:
		return r.head(w.Of, s, item)
	}
	if w.Kind == route.WhoName && !w.IsField(r.envAt(s)) {
		return []string{w.Name}, nil
	}
	v, err := r.eval(w.Expr, s, item, expr.Options{})
	if err != nil {
		return nil, err
	}
	return userIDs(v), nil
}

// user gives a person's id; the names of machines are none.
func (r *run) user(id string) []string {
	if r.org.User(id) == nil {
		return nil
	}
	return []string{id}
}

func (r *run) head(of *route.Who, s *route.Step, item string) ([]string, error) {
	department := of.Kind == route.WhoDepartment ||
		of.Kind == route.WhoName && !of.IsField(r.envAt(s)) && r.org.User(of.Name) == nil
	if department {
		if u := r.org.HeadOf(of.Name); u != nil {
			return []string{u.ID}, nil
		}
		return nil, nil
	}
	people, err := r.who(of, s, item)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range people {
		if u := r.org.Superior(id); u != nil {
			out = append(out, u.ID)
		}
	}
	return out, nil
}

func ids(users []*org.User) []string {
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.ID
	}
	return out
}

func userIDs(v expr.Value) []string {
	switch v := v.(type) {
	case expr.User:
		if v.ID != "" {
			return []string{v.ID}
		}
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return []string{v}
		}
	case []expr.Value:
		var out []string
		for _, e := range v {
			out = append(out, userIDs(e)...)
		}
		return out
	}
	return nil
}

// Controllers gives who controls a running instance as a whole now: who decides
// about deadlines, and is told when it is late.
func Controllers(in Input, instance int) ([]string, error) {
	m := newMachine(in)
	if m.self.Instance(instance) == nil {
		return nil, nil
	}
	r, err := m.run(instance)
	if err != nil {
		return nil, err
	}
	return r.resolve(r.r.Controller, nil, "")
}

// candidates gives who may do a step: those of `who`, else of `else`, else the
// route's controller, else the admins, so that no task is ever lost.
func (r *run) candidates(s *route.Step, item string, except ...string) ([]string, error) {
	ways := []*route.People{s.Who, s.Else, r.r.Controller}
	for _, way := range ways {
		found, err := r.resolve(way, s, item)
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(id string) bool { return slices.Contains(except, id) })
		if len(found) > 0 {
			return found, nil
		}
		if way == s.Else {
			r.note("nobody for %s in step %q", s.Who, s.ID)
		}
	}
	admins := slices.DeleteFunc(ids(r.org.Members(org.Admin)), func(id string) bool { return slices.Contains(except, id) })
	if len(admins) == 0 {
		return nil, refuse(UnknownUser, "name a performer, an `else` or an admin",
			"route %q: nobody can do step %q: %s yields no active user", r.r.Name.Text, s.ID, s.Who)
	}
	r.note("step %q goes to the admins", s.ID)
	return admins, nil
}

// present replaces absent people by their substitutes. Absent people without
// one are left out as long as somebody else is there.
func (r *run) present(users []string) []performer {
	var there, away []performer
	day := expr.DateOf(r.in.Now)
	for _, id := range users {
		acting, _, err := r.org.Substitute(id, day)
		switch {
		case err != nil:
			r.note("%q is absent: %v", id, err)
			away = append(away, performer{who: id})
		case acting == "":
			away = append(away, performer{who: id})
		case acting == id:
			there = append(there, performer{who: id})
		case !slices.Contains(users, acting) && !slices.ContainsFunc(there, func(p performer) bool { return p.who == acting }):
			there = append(there, performer{who: acting, absent: id})
		}
	}
	if len(there) > 0 {
		return there
	}
	for _, p := range away {
		r.note("%q is absent and nobody substitutes", p.who)
	}
	return away
}

// choosePerformers applies `pick`: the performers who each get a task of their
// own, or several who share one.
func (r *run) choosePerformers(s *route.Step, users []string) (own, shared []performer, err error) {
	people := r.present(users)
	if len(people) == 0 {
		// Everybody is replaced by somebody who is a candidate as well.
		for _, id := range users {
			people = append(people, performer{who: id})
		}
	}
	switch s.Pick.Kind {
	case route.PickAll, route.PickN:
		if s.Pick.Kind == route.PickN && len(people) < s.Pick.N {
			r.note("step %q is for %d people; there are %d", s.ID, s.Pick.N, len(people))
		}
		return people, nil, nil
	case route.PickFirst:
		return people[:1], nil, nil
	case route.PickLeastLoaded:
		p, err := r.leastLoaded(people)
		return []performer{p}, nil, err
	case route.PickRoundRobin:
		p, err := r.afterLast(s, people)
		return []performer{p}, nil, err
	}
	if len(people) == 1 {
		return people, nil, nil
	}
	return nil, people, nil
}

// leastLoaded takes who has the fewest open tasks, those of this transition
// counted; of equals the one with the smallest id, so that the answer does not
// depend on the order of any list.
func (r *run) leastLoaded(people []performer) (performer, error) {
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b performer) int { return strings.Compare(a.who, b.who) })
	users := make([]string, len(people))
	for i, p := range people {
		users[i] = p.who
	}
	loads, err := r.in.Lookup.WorkLoad(users)
	if err != nil {
		return performer{}, err
	}
	best := 0
	for i := range people {
		if i < len(loads) && loads[i]+r.loads[users[i]] < loads[best]+r.loads[users[best]] {
			best = i
		}
	}
	return people[best], nil
}

// appoint puts a person into a field of the document. Who is absent is
// appointed only when everybody is: the field holds for longer than an absence.
func (r *run) appoint(a *route.Action, s *route.Step, item string) error {
	users, err := r.resolve(a.Who, s, item)
	if err != nil {
		return err
	}
	var people []performer
	for _, id := range users {
		if _, away := r.org.Absent(id, expr.DateOf(r.in.Now)); !away {
			people = append(people, performer{who: id})
		}
	}
	if len(people) == 0 {
		for _, id := range users {
			people = append(people, performer{who: id})
		}
	}
	if len(people) == 0 {
		r.note("step %q: nobody for the field %q: %s", s.ID, a.Field.Text, a.Who)
		return nil
	}
	if a.Pick.Kind != route.PickLeastLoaded {
		return r.store(r.self, a.Field.Text, r.org.Value(people[0].who))
	}
	if people, err = r.lightest(people); err != nil {
		return err
	}
	// Being responsible is no task yet, so loads alone would give a whole
	// morning's documents to one person: equals take turns by the number.
	return r.store(r.self, a.Field.Text, r.org.Value(people[ordinal(r.self.Number)%len(people)].who))
}

// lightest gives those who have the fewest open tasks, in the order of their
// ids, which never move.
func (r *run) lightest(people []performer) ([]performer, error) {
	users := make([]string, len(people))
	for i, p := range people {
		users[i] = p.who
	}
	loads, err := r.in.Lookup.WorkLoad(users)
	if err != nil {
		return nil, err
	}
	least, out := -1, []performer(nil)
	for i, p := range people {
		load := r.loads[p.who]
		if i < len(loads) {
			load += loads[i]
		}
		switch {
		case least < 0 || load < least:
			least, out = load, []performer{p}
		case load == least:
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b performer) int { return strings.Compare(a.who, b.who) })
	return out, nil
}

// ordinal is the number at the end of a document's number.
func ordinal(number string) int {
	n := 0
	for _, c := range number[strings.LastIndexByte(number, '-')+1:] {
		if c < '0' || c > '9' {
			return 0
		}
		n = (n*10 + int(c-'0')) % 1_000_000_007
	}
	return n
}

// afterLast takes the one whose id follows that of the last performer, so that
// the rotation goes on also when the last one has left. Who acts for somebody
// has that one's turn.
func (r *run) afterLast(s *route.Step, people []performer) (performer, error) {
	last, here := r.turns[r.r.Name.Text+"/"+s.ID]
	if !here {
		var err error
		if last, err = r.in.Lookup.LastPerformer(r.r.Name.Text, s.ID); err != nil {
			return performer{}, err
		}
	}
	sorted := slices.Clone(people)
	key := func(p performer) string {
		if p.absent != "" {
			return p.absent
		}
		return p.who
	}
	slices.SortFunc(sorted, func(a, b performer) int { return strings.Compare(key(a), key(b)) })
	for _, p := range sorted {
		if key(p) > last {
			return p, nil
		}
	}
	return sorted[0], nil
}
