package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

func newEditCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "edit NUMBER",
		Short: "Edit a document in $EDITOR; it is checked when you save",
		Args:  argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runEdit(cmd, a, args[0])
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
}

// runEdit opens the document in the user's editor until it is right, or left
// as it is.
func runEdit(cmd *cobra.Command, a *app, text string) error {
	o, err := a.act(cmd)
	if err != nil {
		return err
	}
	if !a.InTTY && a.conf.Editor == "vi" {
		// An editor nobody chose would wait for keys that never come.
		return &usageError{message: "standard input is no terminal, and no editor is chosen", hint: "export EDITOR=…, or e1 set " + text + " FIELD=VALUE"}
	}
	r := o.Repo()
	number, err := r.Resolve(text)
	if err != nil {
		return err
	}
	d, err := r.ReadHead(number)
	if err != nil {
		return err
	}
	f, err := r.Definitions().Form(d.Form)
	if err != nil {
		return err
	}
	before, err := d.Encode(f.Order())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "e1-edit-")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, number+".yaml")
	content := before
	for {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return err
		}
		if err := a.editor(name); err != nil {
			if kept, readErr := os.ReadFile(name); readErr != nil || bytes.Equal(withoutErrors(kept), before) {
				os.RemoveAll(dir)
				return err
			}
			return fmt.Errorf("%w; your text is kept in %q", err, name)
		}
		src, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			os.RemoveAll(dir)
			return fmt.Errorf("the editor %q has removed the text; %s stays as it is", a.conf.Editor, number)
		}
		if err != nil {
			return err
		}
		src = withoutErrors(src)
		if bytes.Equal(src, before) {
			os.RemoveAll(dir)
			return a.documentResult(r, &office.Done{Document: d})
		}
		done, err := o.Edit(cmd.Context(), number, d, src)
		if err == nil {
			os.RemoveAll(dir)
			return a.documentResult(r, done)
		}
		if !correctable(err) || !a.InTTY || bytes.Equal(src, withoutErrors(content)) {
			return fmt.Errorf("%w\nyour text is kept in %q", err, name)
		}
		content = withErrors(src, err)
	}
}

// correctable reports whether another look at the text can help.
func correctable(err error) bool {
	var unfit *repo.UnfitError
	var refused *office.RefusedError
	return errors.As(err, &unfit) || errors.As(err, &refused) || isProblems(err)
}

const errorMark = "#! "

// withErrors puts what is wrong at the top of the text, where the editor opens.
func withErrors(src []byte, err error) []byte {
	var b bytes.Buffer
	for _, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		b.WriteString(errorMark + line + "\n")
	}
	b.Write(src)
	return b.Bytes()
}

func withoutErrors(src []byte) []byte {
	for bytes.HasPrefix(src, []byte(errorMark)) {
		_, rest, ok := bytes.Cut(src, []byte("\n"))
		if !ok {
			return nil
		}
		src = rest
	}
	return src
}

// editor runs the user's own editor; a repository never names programs. Ctrl-C
// is the editor's while it runs, as it is with git: it does not end this command.
func (a *app) editor(name string) error {
	release := a.Signals.Hold()
	defer release()
	// The shell in between must outlive Ctrl-C, too, and leave it to the editor.
	run := exec.Command("sh", "-c", "trap : INT; "+a.conf.Editor+` "$1"`, "sh", name)
	run.Stdin, run.Stdout, run.Stderr = a.In, a.Out, a.Err
	if err := run.Run(); err != nil {
		return fmt.Errorf("the editor %q failed: %w", a.conf.Editor, err)
	}
	return nil
}
