package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/e1-dms/e1/internal/config"
	"github.com/e1-dms/e1/internal/index"
)

// app is one run of the program: its streams, its settings and the repository
// it works on, opened when a command first asks for it.
type app struct {
	Streams
	version string
	flags   globalFlags
	result  io.Writer // where results go: Out, or the buffer behind --output
	session *session  // the open repository, nil until needed
	conf    *config.Config
	now     func() time.Time
	fixed   bool // the clock is set by E1_NOW
}

// globalFlags are the flags every command has.
type globalFlags struct {
	dir    string
	as     string
	json   bool
	plain  bool
	output string
	dryRun bool
	quiet  bool
	color  string
	yes    bool
	// ifCommit is a flag of the commands that change one document.
	ifCommit string
	wait     time.Duration
}

// Run executes one command line and returns the process's exit code. It never
// calls os.Exit and never panics for input.
func Run(ctx context.Context, args []string, s Streams, version string) int {
	in, out := &usedReader{Reader: s.In}, &usedWriter{Writer: s.Out}
	s.In, s.Out = in, out
	a, err := runOnce(ctx, args, s, version)
	if errors.Is(err, index.ErrDamaged) && !in.used && !out.used && a.session != nil && !a.session.repo.Wrote() {
		// The derived index was found damaged halfway, and nothing has happened
		// yet: once more, with a new one.
		if a.session.repo.DropIndex() == nil {
			a, err = runOnce(ctx, args, s, version)
		}
	}
	return a.fail(err)
}

func runOnce(ctx context.Context, args []string, s Streams, version string) (*app, error) {
	a := &app{Streams: s, version: version, result: s.Out}
	if err := a.setClock(); err != nil {
		return a, err
	}
	if len(args) > 0 && args[0] == "help" {
		args = helpFor(a, args[1:])
	}
	root := rootFor(a, args)
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	_, err := root.ExecuteContextC(ctx)
	err = a.withOthers(err)
	if closeErr := a.close(); err == nil {
		err = closeErr
	}
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return a, err
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

// usedReader and usedWriter know whether anything went through them.
type usedReader struct {
	io.Reader
	used bool
}

func (r *usedReader) Read(p []byte) (int, error) {
	r.used = true
	return r.Reader.Read(p)
}

type usedWriter struct {
	io.Writer
	used bool
}

func (w *usedWriter) Write(p []byte) (int, error) {
	w.used = true
	return w.Writer.Write(p)
}

// newRootCmd makes the root with the commands named, or with all.
func newRootCmd(a *app, names ...string) *cobra.Command {
	var out bytes.Buffer
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
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.checkGlobals(cmd); err != nil {
				return err
			}
			if err := cmd.ValidateFlagGroups(); err != nil {
				return flagError(err)
			}
			if a.flags.output != "" && a.flags.output != "-" {
				a.result = &out
			}
			return nil
		},
		PersistentPostRunE: func(*cobra.Command, []string) error {
			if a.flags.output == "" || a.flags.output == "-" {
				return nil
			}
			return writeFile(a.flags.output, out.Bytes())
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true, Use: "no-help", GroupID: "repository"})
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return flagError(err) })
	addGlobalFlags(root.PersistentFlags(), &a.flags)
	addCommands(root, a, names)
	a.completeFlag(root, "as", a.userNames)
	return root
}

func addGlobalFlags(f *pflag.FlagSet, g *globalFlags) {
	f.StringVarP(&g.dir, "dir", "C", "", "work on the repository that holds `DIR`")
	f.StringVar(&g.as, "as", "", "act as this `USER`")
	f.BoolVar(&g.json, "json", false, "print one JSON object")
	f.BoolVar(&g.plain, "plain", false, "print tab-separated values: no header, nothing shortened")
	f.StringVarP(&g.output, "output", "o", "", "write the result to `FILE`")
	f.BoolVarP(&g.dryRun, "dry-run", "n", false, "show what would happen and change nothing")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print no messages, only results and errors")
	f.StringVar(&g.color, "color", "auto", "color the output: auto, always or never")
	f.BoolVarP(&g.yes, "yes", "y", false, "answer yes to every question")
	f.DurationVar(&g.wait, "wait", 30*time.Second, "how long (`DURATION`) to wait for another process's lock")
}

func (a *app) checkGlobals(*cobra.Command) error {
	switch a.flags.color {
	case "auto", "always", "never":
	default:
		return usagef("unknown value %q for --color; use auto, always or never", a.flags.color)
	}
	if a.flags.json && a.flags.plain {
		return usagef("--json and --plain exclude each other")
	}
	if a.flags.wait < 0 {
		return usagef("--wait takes a duration such as 30s, not %q", a.flags.wait)
	}
	return nil
}

// setClock takes the time from E1_NOW when it is set.
func (a *app) setClock() error {
	text := a.Getenv("E1_NOW")
	if text == "" {
		a.now = time.Now
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return usagef("E1_NOW is %q; use RFC 3339, for instance 2026-11-23T10:00:00+03:00", text)
	}
	a.now, a.fixed = func() time.Time { return t }, true
	return nil
}

// message prints one line for people on stderr, unless they asked for quiet.
func (a *app) message(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintf(a.Err, format+"\n", args...)
	}
}

// note prints something a person should know even though the command worked.
func (a *app) note(format string, args ...any) {
	a.message("e1: note: "+format, args...)
}

func (a *app) close() error {
	if a.session == nil {
		return nil
	}
	return a.session.close()
}

// writeFile replaces a file of the user's in one step, so that an interrupted
// command never leaves half of a result.
func writeFile(name string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(name), ".e1-*")
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", name, errors.Unwrap(err))
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", name, err)
	}
	return nil
}

// cannotRead says which file of the user's cannot be read, and why.
func cannotRead(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("cannot read %q: %w", name, err)
}

// programVersion falls back to what the Go tool recorded when no linker flag
// said the version.
func (a *app) programVersion() string {
	if a.version != "" {
		return a.version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
