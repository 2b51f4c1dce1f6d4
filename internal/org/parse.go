package org

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Code is one kind of problem of org.yaml.
type Code struct {
	Code, Slug string
	Summary    string // what is wrong and what to do, in one line
}

var (
	unknownKey     = Code{"O001", "unknown-key", "a key that org.yaml does not have here; use the nearest known one"}
	missingKey     = Code{"O002", "missing-key", "a key without which the entry means nothing"}
	wrongType      = Code{"O003", "wrong-type", "a value of the wrong shape"}
	duplicate      = Code{"O004", "duplicate", "two users, departments or roles with one id, or two users with one e-mail address"}
	unknownPerson  = Code{"O005", "unknown-user", "a head, absent person or substitute who is no user"}
	unknownDept    = Code{"O006", "unknown-department", "a department that is not listed"}
	unknownRole    = Code{"O007", "unknown-role", "a role that is not listed"}
	badID          = Code{"O008", "bad-id", "an id with other characters than small letters, digits, dot, hyphen and underscore"}
	circle         = Code{"O009", "circle", "departments that contain each other"}
	badPeriod      = Code{"O010", "bad-period", "an absence whose dates cannot be read or that ends before it begins"}
	badSubstitute  = Code{"O011", "substitute-circle", "absent people who substitute each other in the same days: nobody would act"}
	badEmail       = Code{"O012", "bad-email", "an e-mail address that is none"}
	nobodyActs     = Code{"O013", "inactive-substitute", "a head or substitute who is not active"}
	absenceOverlap = Code{"O014", "overlapping-absences", "two absences of one person in the same days with different substitutes"}
)

// Codes lists the problems this package finds.
func Codes() []Code {
	return []Code{unknownKey, missingKey, wrongType, duplicate, unknownPerson, unknownDept, unknownRole, badID,
		circle, badPeriod, badSubstitute, badEmail, nobodyActs, absenceOverlap}
}

func code(c Code) yamlsrc.Code { return yamlsrc.Code{Code: c.Code, Slug: c.Slug} }

type parser struct {
	*yamlsrc.Reader
	f        *yamlsrc.File
	o        *Org
	problems *diag.List
}

func (p *parser) errorf(c Code, n *yamlsrc.Node, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, p.f.Span(n), format, args...)
}

// Parse reads org.yaml. What cannot be read is reported and absent from the Org.
func Parse(f *yamlsrc.File) (*Org, diag.List) {
	o, problems := parseOrg(f)
	if problems.HasErrors() { // a misspelt key means nothing here; only what is said of it takes it as meant
		_, problems = yamlsrc.Forgiving(f, parseOrg)
	}
	return o, problems
}

func parseOrg(f *yamlsrc.File) (*Org, diag.List) {
	var problems diag.List
	p := &parser{f: f, problems: &problems, o: &Org{
		users: map[string]*User{}, emails: map[string]*User{}, depts: map[string]*Department{},
		roles: map[string]*Role{}, members: map[string][]*User{},
	}}
	p.Reader = yamlsrc.NewReader(f, &problems).WithCodes(code(unknownKey), code(missingKey), code(wrongType))
	m := p.Mapping(f.Root, "organisation")
	users, depts, absences := m.Items("users"), m.Items("departments"), m.Items("absences")
	for _, n := range m.Items("roles") {
		p.role(n)
	}
	for _, n := range depts {
		p.department(n)
	}
	for _, n := range users {
		p.user(n)
	}
	m.Done()
	p.links(depts)
	for _, n := range absences {
		p.absence(n)
	}
	p.checkCircles()
	p.checkAbsences()
	return p.o, problems
}

// id reads an id and reports a bad or repeated one; "" means that the entry cannot be used.
func (p *parser) id(m *yamlsrc.Mapped, what string, taken func(string) bool) string {
	id := m.Required("id")
	n := m.Node("id")
	switch {
	case id == "":
		return ""
	case !ValidID(id):
		p.errorf(badID, n, "%s %q: an id has small letters, digits, dot, hyphen and underscore", what, id)
		return ""
	case taken(id):
		p.errorf(duplicate, n, "%s %q is listed twice", what, id)
		return ""
	}
	return id
}

// ValidID reports whether a text can be the id of a user, department or role.
func ValidID(s string) bool {
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
		case (r == '.' || r == '-') && i > 0:
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}

func (p *parser) role(n *yamlsrc.Node) {
	m := p.Mapping(n, "role")
	id := p.id(m, "role", func(s string) bool { return p.o.roles[s] != nil })
	r := &Role{ID: id, Title: m.Label("title"), At: p.f.Span(n)}
	m.Done()
	if id == "" {
		return
	}
	p.o.Roles = append(p.o.Roles, r)
	p.o.roles[id] = r
}

func (p *parser) department(n *yamlsrc.Node) {
	m := p.Mapping(n, "department")
	id := p.id(m, "department", func(s string) bool { return p.o.depts[s] != nil })
	d := &Department{ID: id, Title: m.Label("title"), Head: m.Text("head"), Parent: m.Text("parent"), Calendar: m.Text("calendar"), At: p.f.Span(n)}
	if d.Calendar != "" {
		d.CalendarAt = p.f.Span(m.Node("calendar"))
	}
	m.Done()
	if id == "" {
		return
	}
	p.o.Departments = append(p.o.Departments, d)
	p.o.depts[id] = d
}

func (p *parser) user(n *yamlsrc.Node) {
	m := p.Mapping(n, "user")
	id := p.id(m, "user", func(s string) bool { return p.o.users[s] != nil })
	u := &User{ID: id, Name: m.Required("name"), Department: m.Text("department"), Active: m.Bool("active", true), Calendar: m.Text("calendar"), At: p.f.Span(n)}
	if u.Calendar != "" {
		u.CalendarAt = p.f.Span(m.Node("calendar"))
	}
	if u.Department != "" && p.o.depts[u.Department] == nil {
		p.errorf(unknownDept, m.Node("department"), "user %q: %s", id, diag.Unknown("department", u.Department, p.o.departmentIDs()))
		u.Department = ""
	}
	for _, r := range m.TextNodes("roles") {
		switch {
		case p.o.roles[r.Value] == nil:
			p.errorf(unknownRole, r, "user %q: %s", id, diag.Unknown("role", r.Value, p.o.RoleIDs()))
		case u.HasRole(r.Value):
			p.errorf(duplicate, r, "user %q has the role %q twice", id, r.Value)
		default:
			u.Roles = append(u.Roles, r.Value)
		}
	}
	for _, e := range m.TextNodes("email") {
		key := requisite.NormalEmail(e.Value)
		switch other := p.o.emails[key]; {
		case requisite.CheckEmail(e.Value) != nil:
			p.errorf(badEmail, e, "user %q: %s", id, requisite.CheckEmail(e.Value))
		case other != nil:
			p.errorf(duplicate, e, "e-mail address %q belongs to user %q already", e.Value, other.ID)
		default:
			u.Emails = append(u.Emails, e.Value)
			if id != "" {
				p.o.emails[key] = u
			}
		}
	}
	m.Done()
	if id == "" {
		return
	}
	p.o.Users = append(p.o.Users, u)
	p.o.users[id] = u
	if u.Active {
		for _, r := range u.Roles {
			p.o.members[r] = append(p.o.members[r], u)
		}
	}
}

// links checks heads and parents once everybody is known.
func (p *parser) links(nodes []*yamlsrc.Node) {
	for _, n := range nodes {
		d := p.o.depts[text(n, "id")]
		if d == nil || p.f.Span(n) != d.At {
			continue
		}
		if d.Parent != "" && p.o.depts[d.Parent] == nil {
			p.errorf(unknownDept, n.Get("parent"), "department %q: %s", d.ID, diag.Unknown("department", d.Parent, p.o.departmentIDs()))
			d.Parent = ""
		}
		switch head := p.o.users[d.Head]; {
		case d.Head == "":
		case head == nil:
			p.errorf(unknownPerson, n.Get("head"), "department %q: %s", d.ID, diag.Unknown("user", d.Head, p.o.UserIDs()))
			d.Head = ""
		case !head.Active:
			p.problems.Warnf(nobodyActs.Code, nobodyActs.Slug, p.f.Span(n.Get("head")), "department %q: head %q is not active", d.ID, d.Head)
		}
	}
}

func text(n *yamlsrc.Node, key string) string {
	if v := n.Get(key); v != nil {
		return v.Value
	}
	return ""
}

func (p *parser) absence(n *yamlsrc.Node) {
	m := p.Mapping(n, "absence")
	a := Absence{User: m.Required("user"), Substitute: m.Text("substitute"), At: p.f.Span(n)}
	from, to := m.Required("from"), m.Required("to")
	m.Done()
	ok := a.User != "" && from != "" && to != ""
	for _, who := range []struct{ key, id string }{{"user", a.User}, {"substitute", a.Substitute}} {
		switch u := p.o.users[who.id]; {
		case who.id == "":
		case u == nil:
			p.errorf(unknownPerson, n.Get(who.key), "absence: %s", diag.Unknown("user", who.id, p.o.UserIDs()))
			if who.key == "user" {
				ok = false
			} else {
				a.Substitute = ""
			}
		case who.key == "substitute" && !u.Active:
			p.problems.Warnf(nobodyActs.Code, nobodyActs.Slug, p.f.Span(n.Get("substitute")), "absence of %q: substitute %q is not active", a.User, who.id)
		}
	}
	if a.Substitute != "" && a.Substitute == a.User {
		p.errorf(badSubstitute, n.Get("substitute"), "absence of %q: nobody substitutes themselves", a.User)
		a.Substitute = ""
	}
	var err error
	for _, d := range []struct {
		key, text string
		into      *expr.Date
	}{{"from", from, &a.From}, {"to", to, &a.To}} {
		if d.text == "" {
			continue
		}
		if *d.into, err = expr.ParseDate(d.text); err != nil {
			p.errorf(badPeriod, n.Get(d.key), "absence of %q: %s", a.User, err)
			ok = false
		}
	}
	if ok && a.To.Compare(a.From) < 0 {
		p.errorf(badPeriod, n.Get("to"), "absence of %q ends on %s, before it begins on %s", a.User, a.To, a.From)
		ok = false
	}
	if ok {
		p.o.Absences = append(p.o.Absences, a)
	}
}

// checkCircles reports departments that contain each other, once per circle, and cuts the circle.
func (p *parser) checkCircles() {
	for _, d := range p.o.Departments {
		seen := map[string]bool{d.ID: true}
		path := []string{d.ID}
		for at := d; at.Parent != ""; {
			path = append(path, at.Parent)
			if seen[at.Parent] {
				if at.Parent == d.ID {
					p.problems.Errorf(circle.Code, circle.Slug, d.At, "departments contain each other: %s", strings.Join(path, " > "))
					at.Parent = ""
				}
				break
			}
			seen[at.Parent] = true
			at = p.o.depts[at.Parent]
		}
	}
}

// checkAbsences reports overlapping absences of one person and substitutes in a circle.
func (p *parser) checkAbsences() {
	for i, a := range p.o.Absences {
		for _, b := range p.o.Absences[:i] {
			if a.User == b.User && a.Substitute != b.Substitute && a.From.Compare(b.To) <= 0 && b.From.Compare(a.To) <= 0 {
				p.problems.Add(diag.Problem{Code: absenceOverlap.Code, Slug: absenceOverlap.Slug, Severity: diag.Warning, At: a.At,
					Message: fmt.Sprintf("%q is absent twice from %s on, with different substitutes", a.User, later(a.From, b.From)),
					Related: []diag.Related{{At: b.At, Message: "the other absence"}}, Help: "the one listed first counts"})
			}
		}
	}
	reported := map[string]bool{}
	for _, a := range p.o.Absences {
		// A chain can close only on a day on which an absence begins: walk from each of these.
		for _, b := range p.o.Absences {
			day := b.From
			if !a.Covers(day) {
				continue
			}
			_, chain, err := p.o.Substitute(a.User, day)
			if err == nil || reported[a.User] {
				continue
			}
			for _, id := range chain {
				reported[id] = true
			}
			p.problems.Errorf(badSubstitute.Code, badSubstitute.Slug, a.At, "on %s %s", day, err)
		}
	}
}

func later(a, b expr.Date) expr.Date {
	if a.Compare(b) < 0 {
		return b
	}
	return a
}
