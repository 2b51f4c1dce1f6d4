// Package render prints everything a person or a program reads from e1: tables,
// cards, calendars, task lists, reports, problems, JSON, messages and progress.
//
// In go plain view structs filled by the commands (texts already in the reader's
// language, times, canonical values); out comes text on a writer. It refuses to
// know documents, forms or the repository, and it never interprets control
// characters of a value: a letter from outside cannot move the cursor or change
// colors of the reader's terminal.
//
// Invariant: no line of a human form is wider than Style.Width display columns,
// and no number is ever shortened to get there.
package render
