package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/filelock"
	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// Exit codes are a contract (docs/commands.md): programs are written against
// them.
const (
	exitDone        = 0
	exitNo          = 1 // lint, check or a route test found problems
	exitUsage       = 2
	exitFailed      = 3
	exitNoRepo      = 4
	exitLocked      = 5
	exitTemporary   = 75 // a mail server is to keep the letter and try again
	exitInterrupted = 130
)

// errNo ends a command whose answer is no. The command has already printed
// what it found.
var errNo = errors.New("problems found")

// usageError is a command line that makes no sense.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

func (e *usageError) Hint() string { return e.hint }

func usagef(format string, args ...any) error {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// flagError gives pflag's complaints this program's form.
func flagError(err error) error {
	message := strings.TrimSuffix(err.Error(), ".")
	// pflag adds how a Go function puts it.
	for _, own := range []string{": strconv.", ": time: "} {
		if i := strings.Index(message, own); i >= 0 {
			message = message[:i]
		}
	}
	return &usageError{message: message}
}

// noArgs and exactArgs replace cobra's own, whose errors are not usage errors
// to us.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		var names []string
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				names = append(names, sub.Name())
				names = append(names, sub.Aliases...)
			}
		}
		return &usageError{message: diag.Unknown("command", args[0], names), hint: cmd.CommandPath() + " --help"}
	}
	return &usageError{
		message: fmt.Sprintf("%s takes no argument %q", cmd.CommandPath(), args[0]),
		hint:    cmd.CommandPath() + " --help",
	}
}

// argsBetween accepts from least to most arguments; most < 0 means any number.
func argsBetween(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		var problem string
		switch {
		case len(args) < least:
			problem = "too few arguments"
		case most >= 0 && len(args) > most:
			problem = "too many arguments"
		default:
			return nil
		}
		return &usageError{message: fmt.Sprintf("%s; usage: %s", problem, cmd.UseLine()), hint: cmd.CommandPath() + " --help"}
	}
}

// hinter is an error that knows what the user could do next, as a command
// line or a sentence.
type hinter interface{ Hint() string }

// coder is an error with a stable word for programs.
type coder interface{ Code() string }

// fail prints err the way the user asked for and returns its exit code. This
// switch is the only place where errors become exit codes.
func (a *app) fail(err error) int {
	if err == nil {
		return exitDone
	}
	var (
		usage  *usageError
		locked *filelock.LockedError
		none   *repo.NotFoundError
	)
	code, word := exitFailed, "failed"
	switch {
	case errors.Is(err, errNo):
		return exitNo
	case errors.Is(err, context.Canceled):
		code, word = exitInterrupted, "interrupted"
		err = errors.New("interrupted")
	case errors.As(err, &usage):
		code, word = exitUsage, "usage"
	case errors.As(err, &none):
		code, word = exitNoRepo, "not_a_repository"
	case errors.As(err, &locked):
		code, word = exitLocked, "locked"
	}
	var temporary *temporaryError
	if errors.As(err, &temporary) {
		code = exitTemporary
	}
	var refusal *engine.Refusal
	if errors.As(err, &refusal) {
		word = strings.ReplaceAll(string(refusal.Reason), "-", "_")
	}
	var c coder
	if errors.As(err, &c) {
		word = c.Code()
	}
	a.printError(err, word)
	return code
}

func (a *app) printError(err error, word string) {
	hint := ""
	var h hinter
	var refusal *engine.Refusal
	switch {
	case errors.As(err, &refusal):
		hint = refusal.Hint
	case errors.As(err, &h):
		hint = h.Hint()
	default:
		hint = gitstore.Hint(err)
	}
	var problems *diag.ListError
	errors.As(err, &problems)
	if a.flags.json {
		f := render.Failure{Code: word, Message: err.Error(), Hint: hint, At: []render.Place{}}
		var others interface{ Documents() []string }
		if errors.As(err, &others) {
			f.Documents = others.Documents()
		}
		if problems != nil {
			for _, p := range problems.List {
				if p.At.File != "" {
					f.At = append(f.At, render.Place{File: p.At.File, Line: p.At.Start.Line, Column: p.At.Start.Column})
				}
			}
		}
		_ = render.ErrorJSON(a.Err, f)
		return
	}
	for _, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		fmt.Fprintf(a.Err, "e1: error: %s\n", line)
	}
	var others *othersError
	if errors.As(err, &others) {
		a.printOthers(others.lines)
	}
	for _, line := range strings.Split(hint, "\n") {
		if line != "" {
			fmt.Fprintf(a.Err, "e1: hint: %s\n", line)
		}
	}
}

func isProblems(err error) bool {
	var problems *diag.ListError
	return errors.As(err, &problems)
}
