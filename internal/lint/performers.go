package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
)

// performers is what the definitions tell about the people that a `who` gives.
type performers struct {
	// users are the active ones among roles, departments, heads and names.
	users []*org.User
	// known tells that there are no others: nothing depends on the card.
	known bool
	// one names the person when it is a single one, whoever that will be:
	// "author", "manager", "user petrova". Empty when there may be several.
	one string
}

// performers looks people up as the engine does: keyword, field, user.
func (s *subject) performers(p *route.People) performers {
	out := performers{known: true}
	if p == nil {
		return out
	}
	for _, w := range p.Who {
		one := s.performer(w)
		out.known = out.known && one.known
		out.one = one.one
		for _, u := range one.users {
			if !slices.Contains(out.users, u) {
				out.users = append(out.users, u)
			}
		}
	}
	switch {
	case out.known && len(out.users) == 1:
		out.one = "user " + out.users[0].ID
	case len(p.Who) > 1 || len(out.users) > 1:
		out.one = ""
	}
	return out
}

func (s *subject) performer(w *route.Who) performers {
	switch w.Kind {
	case route.WhoRole:
		return performers{users: active(s.org.Members(w.Name)), known: true}
	case route.WhoDepartment:
		return performers{users: active(s.org.DepartmentMembers(w.Name)), known: true}
	case route.WhoHead:
		if w.Of.Kind == route.WhoDepartment || w.Of.Kind == route.WhoName && s.org.Department(w.Of.Name) != nil {
			if head := s.org.HeadOf(w.Of.Name); head != nil {
				return performers{users: active([]*org.User{head}), known: true}
			}
			return performers{known: true}
		}
		return performers{one: "head of " + w.Of.Text}
	case route.WhoName:
		if u := s.namedUser(w); u != nil {
			return performers{users: active([]*org.User{u}), known: true}
		}
		return performers{one: strings.TrimPrefix(w.Name, "card.")}
	case route.WhoExpr:
		return performers{}
	}
	return performers{one: w.Text} // author, starter, controller
}

// namedUser is the user whom a word names; nil when the word is a field.
func (s *subject) namedUser(w *route.Who) *org.User {
	if w.Kind != route.WhoName || s.field(w.Name) != nil || s.isItem(w.Name) {
		return nil
	}
	return s.org.User(w.Name)
}

func active(users []*org.User) []*org.User {
	return slices.DeleteFunc(slices.Clone(users), func(u *org.User) bool { return !u.Active })
}

// crowded tells that the organisation has more than one active user: in an
// organisation of one everybody is the same person, and that says nothing
// about a route.
func (s *subject) crowded() bool {
	return len(active(s.org.Users)) > 1
}

// works are the steps that give people something to do.
func (s *subject) works() []*route.Step {
	var out []*route.Step
	for _, step := range s.Steps() {
		if step.Person() && step.Who != nil {
			out = append(out, step)
		}
	}
	return out
}
