package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
func flagError(cmd *cobra.Command, err error) error {
	e := &usageError{message: err.Error(), hint: cmd.CommandPath() + " --help"}
	var (
		unknown *pflag.NotExistError
		lacks   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
		syntax  *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() != "":
		given := unknown.GetSpecifiedShortnames()
		e.message = fmt.Sprintf("unknown flag %q", "-"+given)
		if !flagWord(given) {
			e.hint = "put -- before an argument that begins with a dash"
		}
	case errors.As(err, &unknown):
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		e.message = diag.Unknown("flag", "--"+unknown.GetSpecifiedName(), known)
	case errors.As(err, &lacks):
		value, _ := pflag.UnquoteUsage(lacks.GetFlag())
		e.message = fmt.Sprintf("the flag --%s needs a value (%s)", lacks.GetFlag().Name, value)
	case errors.As(err, &invalid):
		value, _ := pflag.UnquoteUsage(invalid.GetFlag())
		e.message = fmt.Sprintf("--%s takes %s, not %q", invalid.GetFlag().Name, kindOf(invalid.GetFlag(), value), invalid.GetValue())
	case errors.As(err, &syntax):
		e.message = fmt.Sprintf("%q is no flag", syntax.GetSpecifiedFlag())
	}
	return e
}

// flagWord tells a group of short flags from an argument that only looks like one.
func flagWord(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '=' })
}

// kindOf says what the value of a flag is.
func kindOf(f *pflag.Flag, name string) string {
	switch f.Value.Type() {
	case "int", "uint64":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return name
}

// exclusive refuses flags that cannot be given together.
func exclusive(cmd *cobra.Command) error {
	err := cmd.ValidateFlagGroups()
	if err == nil {
		return nil
	}
	// Of cobra's sentence the last brackets hold the flags that were given.
	text := err.Error()
	given := strings.Fields(text[strings.LastIndexByte(text, '[')+1 : strings.LastIndexByte(text, ']')])
	for i, name := range given {
		given[i] = "--" + name
	}
	return &usageError{
		message: strings.Join(given, " and ") + " exclude each other",
		hint:    cmd.CommandPath() + " --help",
	}
}

// noArgs and argsBetween replace cobra's own, whose errors are not usage errors
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
func (a *app) fail(err error, args []string) int {
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
	case errors.Is(err, errNo) && !isLost(err):
		return exitNo
	case errors.Is(err, context.Canceled):
		code, word = exitInterrupted, "interrupted"
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
	f := render.Failure{Code: word, Message: strings.ReplaceAll(err.Error(), context.Canceled.Error(), "interrupted"), Hint: hintOf(err), At: placesOf(err)}
	var others *othersError
	if errors.As(err, &others) {
		f.Documents = others.numbers
	}
	if a.flags.json || a.unparsed && asksForJSON(args) {
		_ = render.ErrorJSON(a.Err, f)
		return code
	}
	a.printLines("e1: error: ", f.Message)
	if others != nil {
		a.printOthers(others.lines)
	}
	a.printLines("e1: hint: ", f.Hint)
	return code
}

// asksForJSON looks for --json in a command line that could not be read.
func asksForJSON(args []string) bool {
	for _, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--json"); ok && (value == "" || value == "=true") {
			return true
		}
	}
	return false
}

func hintOf(err error) string {
	var h hinter
	var refusal *engine.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Hint
	case errors.As(err, &h):
		return h.Hint()
	}
	return gitstore.Hint(err)
}

// placesOf gives the places in files that an error is about.
func placesOf(err error) []render.Place {
	out := []render.Place{}
	var file *unfitFile
	if errors.As(err, &file) {
		return file.at
	}
	var problems *diag.ListError
	if !errors.As(err, &problems) {
		return out
	}
	for _, p := range problems.List {
		if p.At.File != "" {
			out = append(out, render.Place{File: p.At.File, Line: p.At.Start.Line, Column: p.At.Start.Column})
		}
	}
	return out
}

// printLines writes the lines of a text, each behind the same words.
func (a *app) printLines(lead, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimRight(line, "\r "); line != "" {
			fmt.Fprint(a.Err, a.lines(lead, render.Clean(line)))
		}
	}
}

func isProblems(err error) bool {
	var problems *diag.ListError
	return errors.As(err, &problems)
}

// isLost tells whether the result, which may be no, could not be written.
func isLost(err error) bool {
	var lost *lostResultError
	return errors.As(err, &lost)
}

// cannotRead says which file of the user's cannot be read, and why.
func cannotRead(name string, err error) error {
	return fmt.Errorf("cannot read %q: %w", name, cause(err))
}

// cannotWrite says which file of the user's cannot be written, and why.
func cannotWrite(name string, err error) error {
	return fmt.Errorf("cannot write %q: %w", name, cause(err))
}

// cause leaves out of an error what the message about it says itself.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
