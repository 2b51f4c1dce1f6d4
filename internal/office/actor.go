package office

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
)

// Actor is in whose name an office works.
type Actor struct {
	ID    string // user id, or a machine such as "import/web-orders"
	User  *org.User
	Email string
	Name  string
	// Self is who really sits there, when that is somebody else.
	Self string
	// From says where the identity came from: --as, E1_USER, settings, git.
	From string
}

// Admin reports whether the actor may do everything.
func (a Actor) Admin() bool { return a.User != nil && a.User.HasRole(org.Admin) }

// UnknownActorError says that nobody knows who is acting.
type UnknownActorError struct {
	Message string
	hint    string
}

func (e *UnknownActorError) Error() string { return e.Message }

// Hint says what to set.
func (e *UnknownActorError) Hint() string { return e.hint }

// Code is the error's stable word.
func (e *UnknownActorError) Code() string { return "unknown_user" }

// Identity is what a run knows about who is acting.
type Identity struct {
	As       string // --as
	Env      string // E1_USER
	Settings string // the user's own configuration
}

// Actor finds the acting user: --as, else E1_USER, else the user's own
// settings, else git's e-mail matched in org.yaml. Acting as somebody else
// takes the admin role or a substitution.
func (o *Office) identify(id Identity) (Actor, error) {
	people, problems, err := o.repo.Definitions().Org()
	if err != nil {
		return Actor{}, err
	}
	name, email := o.repo.Git().ToldUser()
	self, selfErr := o.self(people, id, name, email)
	if selfErr != nil && problems.HasErrors() {
		return Actor{}, problems.Err() // they may be why nobody is known
	}
	if id.As == "" || selfErr == nil && id.As == self.ID {
		if selfErr != nil {
			return Actor{}, selfErr
		}
		return self, nil
	}
	user := people.User(id.As)
	if user == nil {
		return Actor{}, unknownUser(people, "--as", id.As)
	}
	if !user.Active {
		return Actor{}, &DeniedError{Message: fmt.Sprintf("user %q is not active", id.As), hint: "e1 user list"}
	}
	if selfErr != nil {
		return Actor{}, selfErr
	}
	today := expr.DateOf(o.repo.Now())
	if !self.Admin() && !people.ActsFor(self.ID, user.ID, today) {
		return Actor{}, &DeniedError{
			Message: fmt.Sprintf("user %q may not act as %q", self.ID, user.ID),
			hint:    "that takes the role admin, or being the substitute while the other is absent",
		}
	}
	return Actor{ID: user.ID, User: user, Name: user.Name, Email: user.Email(), Self: self.ID, From: "--as"}, nil
}

// Known refuses a user that the organisation does not have.
func Known(r *repo.Repo, where, user string) error {
	people, problems, err := r.Definitions().Org()
	if err != nil || people.User(user) != nil {
		return err
	}
	if problems.HasErrors() {
		return problems.Err() // they may be why the user is not known
	}
	return unknownUser(people, where, user)
}

func (o *Office) self(people *org.Org, id Identity, name, email string) (Actor, error) {
	for _, from := range []struct{ where, name string }{{"E1_USER", id.Env}, {"settings", id.Settings}} {
		if from.name == "" {
			continue
		}
		u := people.User(from.name)
		if u == nil {
			return Actor{}, unknownUser(people, from.where, from.name)
		}
		if !u.Active {
			return Actor{}, &DeniedError{Message: fmt.Sprintf("user %q is not active", u.ID), hint: "e1 user list"}
		}
		return Actor{ID: u.ID, User: u, Name: u.Name, Email: u.Email(), From: from.where}, nil
	}
	u := people.ByEmail(email)
	switch {
	case email == "":
		message := "nobody knows who you are: E1_USER is not set, and git has no e-mail"
		if id.As != "" {
			message += fmt.Sprintf("; acting as %q takes an identity of one's own", id.As)
		}
		return Actor{}, &UnknownActorError{Message: message, hint: identityHint(people, name, email)}
	case u == nil:
		return Actor{}, &UnknownActorError{
			Message: fmt.Sprintf("git's e-mail %q belongs to no user of org.yaml", email),
			hint:    identityHint(people, name, email),
		}
	case !u.Active:
		return Actor{}, &DeniedError{Message: fmt.Sprintf("user %q is not active", u.ID), hint: "e1 user list"}
	}
	return Actor{ID: u.ID, User: u, Name: u.Name, Email: email, From: "git"}, nil
}

// identityHint suggests who a stranger may be; nobody is told to pass for
// somebody else.
func identityHint(people *org.Org, name, email string) string {
	local, _, _ := strings.Cut(email, "@")
	for _, text := range []string{name, local} {
		if found := people.Find(text); text != "" && len(found) == 1 && found[0].Active {
			return "export E1_USER=" + found[0].ID + " if that is you; e1 user list shows everybody"
		}
	}
	return "e1 user list shows the ids; export E1_USER=ID with your own, or let an admin add your e-mail to org.yaml"
}

func unknownUser(people *org.Org, where, name string) error {
	return &UnknownActorError{
		Message: strings.TrimSpace(where + ": " + diag.Unknown("user", name, people.UserIDs())),
		hint:    "e1 user list",
	}
}

// machineDomain is the right side of the addresses of machines, which receive
// no mail.
const machineDomain = "e1.invalid"

// signature is the author of the actor's commits.
func (o *Office) signature() gitstore.Signature {
	s := gitstore.Signature{Name: o.actor.Name, Email: o.actor.Email, When: o.repo.Now()}
	if s.Name == "" {
		s.Name = o.actor.ID
	}
	if s.Email == "" {
		s.Email = strings.ReplaceAll(o.actor.ID, "/", ".") + "@" + machineDomain
	}
	return s
}

// Signature is the author of the actor's commits.
func (o *Office) Signature() gitstore.Signature { return o.signature() }
