package definition

import "github.com/e1-dms/e1/internal/org"

// User finds the one employee whom a person means by an id, an e-mail address or
// a name.
func (s *Set) User(text string) (*org.User, error) {
	people, _, err := s.Org()
	if err != nil {
		return nil, err
	}
	found := people.Find(text)
	if len(found) != 1 {
		return nil, &UnknownError{What: "user", Name: text, Known: people.UserIDs(), Try: "e1 user list"}
	}
	return found[0], nil
}
