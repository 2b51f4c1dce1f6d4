package engine

import (
	"fmt"
	"strings"
)

// Reason classifies a Refusal.
type Reason string

// The reasons.
const (
	NoSuchTask      Reason = "no-such-task"
	TaskClosed      Reason = "task-closed"
	NotYours        Reason = "not-yours"
	UnknownOutcome  Reason = "unknown-outcome"
	OutcomeNeeded   Reason = "outcome-needed"
	CommentNeeded   Reason = "comment-needed"
	FieldsNeeded    Reason = "fields-needed"
	PartsOpen       Reason = "parts-open"
	BadField        Reason = "bad-field"
	NotPermitted    Reason = "not-permitted"
	DocumentVoid    Reason = "document-void"
	UnknownRoute    Reason = "unknown-route"
	BrokenRoute     Reason = "broken-route"
	AlreadyRunning  Reason = "already-running"
	NotRunning      Reason = "not-running"
	UnknownUser     Reason = "unknown-user"
	BadExpression   Reason = "bad-expression"
	NoBranch        Reason = "no-branch"
	Ambiguous       Reason = "ambiguous"
	Incomplete      Reason = "incomplete-document"
	Endless         Reason = "endless"
	NotCarriedOut   Reason = "not-carried-out"
	BadRequest      Reason = "bad-request"
	DocumentUnknown Reason = "unknown-document"
	RowsAtWork      Reason = "rows-at-work"
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{NoSuchTask, TaskClosed, NotYours, UnknownOutcome, OutcomeNeeded, CommentNeeded, FieldsNeeded, PartsOpen, BadField, NotPermitted,
		DocumentVoid, UnknownRoute, BrokenRoute, AlreadyRunning, NotRunning, UnknownUser, BadExpression, NoBranch, Ambiguous, Incomplete, Endless,
		NotCarriedOut, BadRequest, DocumentUnknown, RowsAtWork}
}

// Refusal is why a transition does not happen. Nothing was changed.
type Refusal struct {
	Reason  Reason
	Message string
	// Possible lists what could have been asked for instead: outcomes,
	// fields, tasks, users.
	Possible []string
	Hint     string
	Err      error
}

// Error gives the message alone; Hint is for the line below it.
func (r *Refusal) Error() string { return r.Message }

// Unwrap gives the cause, if there is one.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(reason Reason, hint string, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (r *Refusal) offer(possible ...string) *Refusal {
	r.Possible = possible
	return r
}

// quoted joins words as messages list them.
func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(out, ", ")
}
