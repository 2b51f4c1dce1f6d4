// Package org describes the people of an organisation: users, departments with heads, roles, absences with
// substitutes, as org.yaml lists them.
//
// In goes the parsed file; out come an [Org] to look people up in and every problem of the file with its place
// (O-codes, see [Codes]). It refuses two users with one id or address, references to people, departments or
// roles that do not exist, departments that contain each other, and substitutes that form a circle. It does no
// input or output and knows no clock: who is absent is asked for a date. Invariant: looking up never fails
// because of an error in the file, what could not be read is absent.
package org

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// FileName is where the organisation lies in a repository.
const FileName = "org.yaml"

// Admin is the role that may do everything.
const Admin = "admin"

// User is one employee.
type User struct {
	ID, Name   string
	Emails     []string // the first one is written to
	Department string   // id, empty when none
	Roles      []string // ids, in file order
	Active     bool
	Calendar   string // working calendar, empty: that of the department
	CalendarAt diag.Span
	At         diag.Span
}

// HasRole reports whether the user has a role.
func (u *User) HasRole(role string) bool {
	for _, r := range u.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// HasAny reports whether the user has one of the roles or is an admin. An empty list means everybody.
func (u *User) HasAny(roles []string) bool {
	if len(roles) == 0 || u.HasRole(Admin) {
		return true
	}
	for _, r := range roles {
		if u.HasRole(r) {
			return true
		}
	}
	return false
}

// Email is the address to write to, empty when there is none.
func (u *User) Email() string {
	if len(u.Emails) == 0 {
		return ""
	}
	return u.Emails[0]
}

// Department is a part of the organisation.
type Department struct {
	ID     string
	Title  yamlsrc.Label
	Head   string // user id, empty when none
	Parent string // department id, empty at the top
	// Calendar is the working calendar of its people; empty: that of the
	// department above.
	Calendar   string
	CalendarAt diag.Span
	At         diag.Span
}

// Role is a function that several people may have.
type Role struct {
	ID    string
	Title yamlsrc.Label
	At    diag.Span
}

// Absence says that somebody is away from one day to another, both included, and who acts for them.
type Absence struct {
	User       string
	From, To   expr.Date
	Substitute string // empty when nobody
	At         diag.Span
}

// Covers reports whether the absence includes a day.
func (a Absence) Covers(d expr.Date) bool { return a.From.Compare(d) <= 0 && d.Compare(a.To) <= 0 }

// Org is an organisation. It is immutable after Parse.
type Org struct {
	Users       []*User
	Departments []*Department
	Roles       []*Role
	Absences    []Absence

	users   map[string]*User
	emails  map[string]*User
	depts   map[string]*Department
	roles   map[string]*Role
	members map[string][]*User
}
