package gitstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// sign encodes a commit, with a signature when commit.gpgSign asks for one.
// Programs and keys are those of git's configuration.
func (r *Repo) sign(ctx context.Context, c commitParts) ([]byte, error) {
	program, err := r.signer()
	if err != nil || program == "" {
		return c.encode(""), err
	}
	key := r.cfg.value("user", "signingkey")
	if key == "" {
		key = cleanIdent(c.committer.Name) + " <" + cleanIdent(c.committer.Email) + ">"
	}
	raw := c.encode("")
	// No process group of its own: it may ask for a passphrase on the terminal.
	cmd := exec.CommandContext(ctx, program, "--status-fd=2", "-bsau", key)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopDelay
	cmd.Stdin = bytes.NewReader(raw)
	cmd.Dir = r.root
	var out, status bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &status
	err = cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || !strings.Contains("\n"+status.String(), "\n[GNUPG:] SIG_CREATED ") {
		return nil, &StateError{What: fmt.Sprintf("commit.gpgSign is set, but %q did not sign with the key %q: %s", program, key, lastLine(status.String(), err)), Hint: signHint}
	}
	return c.encode(strings.ReplaceAll(out.String(), "\r\n", "\n")), nil
}

// sign encodes a commit, signed where that is asked for. A dry run goes as far
// as one can without asking for a passphrase.
func (tx *Tx) sign(c commitParts) ([]byte, error) {
	if !tx.opt.DryRun {
		return tx.r.sign(tx.ctx, c)
	}
	program, err := tx.r.signer()
	if err == nil && program != "" {
		if _, lookErr := exec.LookPath(program); lookErr != nil {
			err = &StateError{What: fmt.Sprintf("commit.gpgSign is set, but %q did not sign: %v", program, lookErr), Hint: signHint}
		}
	}
	return c.encode(""), err
}

const signHint = "make `git commit -S` work, or git config commit.gpgSign false"

// stopDelay is how long a program may take to end when it is interrupted.
const stopDelay = 2 * time.Second

// signer is the program that signs commits; "" when they are not to be signed.
func (r *Repo) signer() (string, error) {
	if !r.cfg.bool("commit", "gpgsign", false) {
		return "", nil
	}
	switch format := strings.ToLower(r.cfg.value("gpg", "format")); format {
	case "", "openpgp":
		return cmp.Or(r.cfg.value("gpg.openpgp", "program"), r.cfg.value("gpg", "program"), "gpg"), nil
	case "x509":
		return cmp.Or(r.cfg.value("gpg.x509", "program"), "gpgsm"), nil
	default:
		return "", &UnsupportedError{What: fmt.Sprintf("signing commits (commit.gpgSign) with gpg.format %q", format), Hint: "git config commit.gpgSign false"}
	}
}

// lastLine is the last thing a program said, without gpg's status lines.
func lastLine(s string, err error) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if l := strings.TrimSpace(lines[i]); l != "" && !strings.HasPrefix(l, "[GNUPG:]") {
			return l
		}
	}
	if err != nil {
		return err.Error()
	}
	return "no signature"
}

// runPostCommit runs the user's post-commit hook, as git does: in the work
// tree's root, with its result ignored. No lock is held, so the hook may run
// git and e1.
func (r *Repo) runPostCommit(ctx context.Context, output io.Writer) {
	dir := r.cfg.value("core", "hookspath")
	if dir == "" {
		dir = r.commonDir + "/hooks"
	} else {
		home, _ := os.UserHomeDir()
		if dir = expandHome(dir, home); !strings.HasPrefix(dir, "/") {
			dir = r.root + "/" + dir
		}
	}
	hook := dir + "/post-commit"
	st, err := os.Stat(hook)
	if err != nil || st.IsDir() || st.Mode()&0o111 == 0 {
		return
	}
	cmd := exec.CommandContext(ctx, hook)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopDelay
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GIT_EDITOR=:")
	cmd.Stdout, cmd.Stderr = output, output
	_ = cmd.Run()
}
