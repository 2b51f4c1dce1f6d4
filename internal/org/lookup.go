package org

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
)

// User finds a user by id, nil when there is none.
func (o *Org) User(id string) *User { return o.users[id] }

// Department finds a department by id, nil when there is none.
func (o *Org) Department(id string) *Department { return o.depts[id] }

// Role finds a role by id, nil when there is none.
func (o *Org) Role(id string) *Role { return o.roles[id] }

// ByEmail finds the user an address belongs to, however it is typed; nil when there is none.
func (o *Org) ByEmail(address string) *User { return o.emails[requisite.NormalEmail(address)] }

// Members lists the active users with a role, in file order.
func (o *Org) Members(role string) []*User { return slices.Clone(o.members[role]) }

// DepartmentMembers lists the active users of a department and of the departments in it, in file order.
func (o *Org) DepartmentMembers(id string) []*User {
	var out []*User
	for _, u := range o.Users {
		if u.Active && u.Department != "" && o.Within(u.Department, id) {
			out = append(out, u)
		}
	}
	return out
}

// Within reports whether a department is another one or lies in it.
func (o *Org) Within(dept, other string) bool {
	for d, i := o.depts[dept], 0; d != nil && i <= len(o.Departments); d, i = o.depts[d.Parent], i+1 {
		if d.ID == other {
			return true
		}
	}
	return false
}

// HeadOf is the head of a department, or of the nearest one above it that has a head; nil when there is none.
func (o *Org) HeadOf(dept string) *User {
	for d, i := o.depts[dept], 0; d != nil && i <= len(o.Departments); d, i = o.depts[d.Parent], i+1 {
		if u := o.users[d.Head]; u != nil {
			return u
		}
	}
	return nil
}

// Superior is the head a user answers to: that of the user's department, for the head itself that of the
// department above; nil when there is none.
func (o *Org) Superior(user string) *User {
	u := o.users[user]
	if u == nil {
		return nil
	}
	for d, i := o.depts[u.Department], 0; d != nil && i <= len(o.Departments); d, i = o.depts[d.Parent], i+1 {
		if h := o.users[d.Head]; h != nil && h.ID != user {
			return h
		}
	}
	return nil
}

// CalendarOf names the working calendar of a user: the user's own, else that of the nearest department that has
// one; empty when nobody says so.
func (o *Org) CalendarOf(user string) string {
	u := o.users[user]
	if u == nil {
		return ""
	}
	if u.Calendar != "" {
		return u.Calendar
	}
	for d, i := o.depts[u.Department], 0; d != nil && i <= len(o.Departments); d, i = o.depts[d.Parent], i+1 {
		if d.Calendar != "" {
			return d.Calendar
		}
	}
	return ""
}

// Absent reports whether a user is away on a day, and the absence.
func (o *Org) Absent(user string, day expr.Date) (Absence, bool) {
	for _, a := range o.Absences {
		if a.User == user && a.Covers(day) {
			return a, true
		}
	}
	return Absence{}, false
}

// AbsencesFrom lists the absences that are not over on a day, or all, by their first day.
func (o *Org) AbsencesFrom(day expr.Date, all bool) []Absence {
	var out []Absence
	for _, a := range o.Absences {
		if all || a.To.Compare(day) >= 0 {
			out = append(out, a)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].From.Compare(out[j].From) < 0 })
	return out
}

// ActingFor lists for whom a user is the acting substitute on a day, in file order.
func (o *Org) ActingFor(substitute string, day expr.Date) []string {
	var out []string
	for _, a := range o.Absences {
		if a.Covers(day) && !slices.Contains(out, a.User) && o.ActsFor(substitute, a.User, day) {
			out = append(out, a.User)
		}
	}
	return out
}

// maxChain bounds how many substitutes are asked in turn.
const maxChain = 16

// Substitute follows the substitutes of a user on a day: who acts is the first one who is not absent. The chain
// lists everybody asked, the user first and the acting one last; it is the user alone when they are there. When an
// absent person names nobody, or somebody inactive, acting is empty and err nil: there is nobody. A circle or a
// chain longer than 16 is an error.
func (o *Org) Substitute(user string, day expr.Date) (acting string, chain []string, err error) {
	chain = []string{user}
	for at := user; ; {
		a, absent := o.Absent(at, day)
		if !absent {
			if u := o.users[at]; at != user && (u == nil || !u.Active) {
				return "", chain, nil
			}
			return at, chain, nil
		}
		if a.Substitute == "" {
			return "", chain, nil
		}
		if slices.Contains(chain, a.Substitute) {
			return "", chain, fmt.Errorf("substitutes form a circle: %s > %s", strings.Join(chain, " > "), a.Substitute)
		}
		if chain = append(chain, a.Substitute); len(chain) > maxChain {
			return "", chain, fmt.Errorf("more than %d substitutes in turn for %q", maxChain, user)
		}
		at = a.Substitute
	}
}

// ActsFor reports whether one user is the acting substitute of another on a day.
func (o *Org) ActsFor(substitute, user string, day expr.Date) bool {
	if substitute == user {
		return false
	}
	acting, _, err := o.Substitute(user, day)
	return err == nil && acting == substitute
}

// Find finds users by what people type: an id, an e-mail address, a name, or words of a name in any order
// ("анна петрова", "петрова"). An exact id or address wins; else all that fit are returned in file order.
func (o *Org) Find(text string) []*User {
	text = strings.TrimSpace(text)
	if u := o.users[strings.ToLower(text)]; u != nil {
		return []*User{u}
	}
	if strings.Contains(text, "@") {
		if u := o.ByEmail(text); u != nil {
			return []*User{u}
		}
		return nil
	}
	want := nameWords(text)
	if len(want) == 0 {
		return nil
	}
	var whole, part []*User
	for _, u := range o.Users {
		have := nameWords(u.Name)
		if slices.Equal(want, have) {
			whole = append(whole, u)
		} else if containsAll(have, want) {
			part = append(part, u)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return part
}

func nameWords(s string) []string {
	s = strings.ReplaceAll(strings.ToLower(s), "ё", "е")
	words := strings.Fields(s)
	sort.Strings(words)
	return words
}

// containsAll reports whether each wanted word begins a word of its own.
func containsAll(have, want []string) bool {
	used := make([]bool, len(have))
next:
	for _, w := range want {
		for i, h := range have {
			if !used[i] && strings.HasPrefix(h, w) {
				used[i] = true
				continue next
			}
		}
		return false
	}
	return true
}

// UserIDs lists the ids of all users in file order.
func (o *Org) UserIDs() []string {
	ids := make([]string, len(o.Users))
	for i, u := range o.Users {
		ids[i] = u.ID
	}
	return ids
}

// RoleIDs lists the ids of all roles in file order.
func (o *Org) RoleIDs() []string {
	ids := make([]string, len(o.Roles))
	for i, r := range o.Roles {
		ids[i] = r.ID
	}
	return ids
}

func (o *Org) departmentIDs() []string {
	ids := make([]string, len(o.Departments))
	for i, d := range o.Departments {
		ids[i] = d.ID
	}
	return ids
}

// Value is a user as expressions see it. An unknown id gives a user with nothing but the id.
func (o *Org) Value(id string) expr.User {
	u := o.users[id]
	if u == nil {
		return expr.User{ID: id}
	}
	v := expr.User{ID: u.ID, Name: u.Name, Email: u.Email(), Department: u.Department}
	if h := o.HeadOf(u.Department); h != nil {
		v.Head = h.ID
	}
	return v
}
