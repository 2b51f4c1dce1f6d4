package route

import (
	"slices"

	"github.com/e1-dms/e1/internal/form"
)

// ContextOf gives what a repository offers to its routes: its forms, which
// bring the organisation with them, its calendars, and its routes.
func ContextOf(set *form.Set, calendars []string, routes []*Route) Context {
	ctx := Context{
		Env:       set.Env,
		Forms:     set.FormNames(),
		Users:     map[string]bool{},
		Roles:     set.Org().RoleIDs(),
		Calendars: calendars,
		Fields: func(name string) []string {
			return fieldsOf(set, name, func(f *form.Field) bool { return !f.Computed })
		},
		Unique: func(name string) []string {
			f := set.Form(name)
			return fieldsOf(set, name, func(field *form.Field) bool {
				return field.Unique || slices.Contains(f.Duplicates, field.Name)
			})
		},
	}
	for _, u := range set.Org().Users {
		ctx.Users[u.ID] = u.Active
	}
	for _, d := range set.Org().Departments {
		ctx.Departments = append(ctx.Departments, d.ID)
	}
	for _, r := range routes {
		ctx.Routes = append(ctx.Routes, r.Name.Text)
	}
	ctx.Route = func(name string) *Route {
		for _, r := range routes {
			if r.Name.Text == name {
				return r
			}
		}
		return nil
	}
	return ctx
}

func fieldsOf(set *form.Set, name string, take func(*form.Field) bool) []string {
	f := set.Form(name)
	if f == nil {
		return nil
	}
	var out []string
	for _, field := range f.Fields() {
		if take(field) {
			out = append(out, field.Name)
		}
	}
	return out
}
