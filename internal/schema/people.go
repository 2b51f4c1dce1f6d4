package schema

import "github.com/e1-dms/e1/internal/expr"

// who is a performer: what the language and the organisation offer, or an
// expression. A role or department that is not there is refused.
func (s *source) who() object {
	offered := []string{"author", "controller", "starter"}
	for _, r := range s.org.RoleIDs() {
		offered = append(offered, "role "+r)
	}
	for _, d := range s.org.Departments {
		offered = append(offered, "department "+d.ID, "head of "+d.ID)
	}
	offered = append(offered, s.userIDs()...)
	for _, f := range s.forms.Forms() {
		for _, field := range f.Fields() {
			if field.Type == expr.UserKind {
				offered = append(offered, field.Name)
			}
		}
	}
	other := object{"type": "string", "minLength": 1, "not": object{"pattern": `^(role|department)(\s|$)`}}
	return suggested(offered, other)
}

func (s *source) userIDs() []string { return s.org.UserIDs() }

func (s *source) departmentIDs() []string {
	var out []string
	for _, d := range s.org.Departments {
		out = append(out, d.ID)
	}
	return out
}

// organisation describes org.yaml. What it names itself is only suggested: a
// new role and who has it are written in one go.
func (s *source) organisation() object {
	id := userID
	known := func(values []string, what string) object { return describe(suggested(values, id("")), what) }
	calendar := enum(s.calendars, "the working calendar, where it is not the repository's")
	return definitions(mapping(nil, object{
		"users": list(mapping([]string{"id", "name"}, object{
			"id":         id("the user's id, for ever: small letters, digits, dot, hyphen, underscore"),
			"name":       text("the full name"),
			"email":      oneOrMany(object{"type": "string", "pattern": "@"}, "e-mail addresses; git's address finds the acting user"),
			"department": known(s.departmentIDs(), "the department the user works in"),
			"roles":      oneOrManyOrNone(known(s.org.RoleIDs(), ""), "what the user may and does"),
			"calendar":   calendar,
			"active":     boolean("false for who has left; default true"),
		}), "employees"),
		"departments": list(mapping([]string{"id"}, object{
			"id":       id("the department's id"),
			"title":    labelled("the department's name"),
			"head":     known(s.userIDs(), "the user who heads it"),
			"parent":   known(s.departmentIDs(), "the department it belongs to"),
			"calendar": calendar,
		}), "departments"),
		"roles": list(mapping([]string{"id"}, object{
			"id":    id("the role's id"),
			"title": labelled("the role in words"),
		}), "roles"),
		"absences": s.absences("absences with substitutes", s.userIDs()),
	}), nil)
}

func userID(what string) object { return pattern(`^[a-z0-9_][a-z0-9._-]*$`, what) }

// absences of some users, and of others that are newer.
func (s *source) absences(what string, users []string) object {
	user := func(what string) object { return describe(suggested(users, userID("")), what) }
	day := pattern(`^\d{4}-\d{2}-\d{2}$`, "a day: 2026-11-23")
	return list(mapping([]string{"user", "from", "to"}, object{
		"user":       user("who is absent"),
		"from":       day,
		"to":         day,
		"substitute": user("who acts meanwhile"),
	}), what)
}

// oneOrManyOrNone is oneOrMany of which the list may be empty.
func oneOrManyOrNone(items object, description string) object {
	return describe(object{"anyOf": []object{items, {"type": "array", "items": items}}}, description)
}
