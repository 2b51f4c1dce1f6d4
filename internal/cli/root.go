package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/e1-dms/e1/internal/config"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
)

// app is one run of the program: its streams, its settings and the repository
// it works on, opened when a command first asks for it.
type app struct {
	Streams
	version string
	flags   globalFlags
	conf    *config.Config // nil until a command begins
	result  *result        // where results go
	stdin   *usedReader    // standard input, for commands that read it
	session *session       // the open repository, nil until needed
	later   []string       // messages that wait for the result before them
	// unparsed says that the flags could not be read, so that none of them can
	// be relied on.
	unparsed bool
}

// globalFlags are the flags every command has. Those that are settings too
// (--dir, --color, --wait) are read by config.
type globalFlags struct {
	as     string
	json   bool
	plain  bool
	output string
	dryRun bool
	quiet  bool
	yes    bool
	// ifCommit is a flag of the commands that change one document.
	ifCommit string
}

// Run executes one command line and returns the process's exit code. It never
// calls os.Exit and never panics for input.
func Run(ctx context.Context, args []string, s Streams, version string) int {
	a, err := runOnce(ctx, args, s, version)
	if errors.Is(err, index.ErrDamaged) && a.untouched() && a.session.repo.DropIndex() == nil {
		// The derived index was found damaged halfway, and nothing has happened
		// yet: once more, with a new one.
		a, err = runOnce(ctx, args, s, version)
	}
	return a.fail(err, args)
}

func runOnce(ctx context.Context, args []string, s Streams, version string) (*app, error) {
	a := newApp(s, version)
	if len(args) > 0 && args[0] == "help" {
		args = helpFor(a, args[1:])
	}
	root := rootFor(a, args)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(a.result)
	root.SetErr(s.Err)
	cmd, err := root.ExecuteContextC(ctx)
	err = a.finish(ctx, a.renumbered(a.withOthers(err)))
	if err != nil && isDelivery(cmd, args) {
		err = &temporaryError{err}
	}
	return a, err
}

func newApp(s Streams, version string) *app {
	return &app{Streams: s, version: version, result: &result{to: s.Out}, stdin: &usedReader{Reader: s.In}}
}

// finish ends a run: the repository is closed, and the result goes where it
// belongs.
func (a *app) finish(ctx context.Context, err error) error {
	if a.session != nil {
		err = errors.Join(err, a.session.close())
		if a.session.repo.Wrote() {
			a.noteClock()
		}
	}
	if resultErr := a.result.end(ctx, a, err); resultErr != nil && (err == nil || errors.Is(err, a.result.err)) {
		err = resultErr
	}
	return err
}

// untouched reports whether the command can be run once more as if it had not
// been run at all.
func (a *app) untouched() bool {
	return a.session != nil && !a.stdin.used && !a.result.seen && !a.session.repo.Wrote()
}

// now is what the clock shows.
func (a *app) now() time.Time {
	if a.conf != nil && !a.conf.Now.IsZero() {
		return a.conf.Now
	}
	return time.Now()
}

// noteClock says that something was written at a time that somebody has set.
func (a *app) noteClock() {
	if !a.conf.Now.IsZero() {
		a.note("the clock stands at %s (E1_NOW)", a.conf.Now.Format(time.RFC3339))
	}
}

// helpFor turns `e1 help show` into `e1 show --help`. What is no command is left
// to be refused as such.
func helpFor(a *app, topic []string) []string {
	if len(topic) > 0 {
		root := newRootCmd(a)
		if found, _, err := root.Find(topic); err != nil || found == root {
			return topic
		}
	}
	return append(slices.Clone(topic), "--help")
}

// usedReader knows whether anything went through it.
type usedReader struct {
	io.Reader
	used bool
}

func (r *usedReader) Read(p []byte) (int, error) {
	r.used = true
	return r.Reader.Read(p)
}

// newRootCmd makes the root with the commands named, or with all.
func newRootCmd(a *app, names ...string) *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:   "e1",
		Short: "Documents, tasks and sales in a git repository",
		Long: `e1 keeps documents (inquiries, clients, works, contracts) as YAML files in a git
repository, moves them along routes, and shows people their tasks, calendar and
reports. Every command that changes something is one commit.`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return runVersion(a)
			}
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd) },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help", GroupID: "repository"})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		a.unparsed = true
		return flagError(cmd, err)
	})
	addGlobalFlags(root.PersistentFlags(), &a.flags)
	root.Flags().BoolVar(&version, "version", false, "print the version, as e1 version does")
	addCommands(root, a, names)
	a.completeFlag(root, "as", a.userNames)
	a.completeWords(root, "color", "auto", "always", "never")
	return root
}

func addGlobalFlags(f *pflag.FlagSet, g *globalFlags) {
	f.StringP("dir", "C", "", "work on the repository that holds `DIR`")
	f.StringVar(&g.as, "as", "", "act as this `USER`")
	f.BoolVar(&g.json, "json", false, "print one JSON object")
	f.BoolVar(&g.plain, "plain", false, "print tab-separated values: no header, nothing shortened")
	f.StringVarP(&g.output, "output", "o", "", "write the result to `FILE`")
	f.BoolVarP(&g.dryRun, "dry-run", "n", false, "show what would happen and change nothing")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print no messages, only results and errors")
	f.String("color", "auto", "colors `WHEN`: auto, always, never")
	f.BoolVarP(&g.yes, "yes", "y", false, "answer yes to every question")
	f.String("wait", "30s", "wait `DURATION` for a lock")
}

// begin is what precedes every command: its settings are read, and the file of
// its result is opened, so that nothing has happened when there is no place for
// what it would say.
func (a *app) begin(cmd *cobra.Command) error {
	if cmd.Name() == cobra.ShellCompRequestCmd {
		return nil // the flags are those of the command to be completed
	}
	if a.flags.json && a.flags.plain {
		return usagef("--json and --plain exclude each other")
	}
	if err := exclusive(cmd); err != nil {
		return err
	}
	if err := a.configure(cmd); err != nil {
		return err
	}
	return a.result.begin(a)
}

// message prints one line for people on stderr, unless they asked for quiet.
func (a *app) message(format string, args ...any) {
	if !a.flags.quiet {
		a.say(fmt.Sprintf(format, args...))
	}
}

// note prints something a person should know even though the command worked.
func (a *app) note(format string, args ...any) {
	a.message("e1: note: "+format, args...)
}

// say prints a line on stderr, below what the screen shows of the result by
// then. Texts of documents and letters stand in messages too: none of them is
// to reach the terminal as a command.
func (a *app) say(line string) {
	line = render.Clean(line)
	if a.result.screen != nil && a.result.used {
		a.later = append(a.later, a.lines("", line))
		return
	}
	fmt.Fprint(a.Err, a.lines("", line))
}

// lines is a text for stderr: broken between words where a person reads it.
func (a *app) lines(lead, text string) string {
	if !a.ErrTTY {
		return lead + text + "\n"
	}
	var b strings.Builder
	_ = a.style().Line(&b, 0, render.Normal, lead+text)
	return b.String()
}
