package engine

import (
	"time"

	"github.com/e1-dms/e1/internal/document"
)

// Pending tells whether somebody still has to do something about a task in a
// state.
func Pending(state string) bool { return state == TaskOpen || state == TaskReview }

// Late tells whether a task was finished after its deadline, or is still to be
// done after it. A zero time is none.
func Late(state string, due, done, now time.Time) bool {
	switch {
	case due.IsZero():
		return false
	case !done.IsZero():
		return done.After(due)
	}
	return Pending(state) && now.After(due)
}

// Performers are the people a task is for: its performer, or all who share it.
func Performers(t *document.Task) []string {
	if t.Who != "" {
		return []string{t.Who}
	}
	return t.Candidates
}

// Awaited are the people whose move it is: the controller of a task that is
// under review, else its performers.
func Awaited(t *document.Task) []string {
	if t.State == TaskReview {
		return []string{t.Controller}
	}
	return Performers(t)
}
