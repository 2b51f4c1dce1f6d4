package gitstore

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// signedCommit encodes a commit, with a signature when commit.gpgSign asks
// for one. Programs and keys are those of git's configuration.
func (r *Repo) signedCommit(ctx context.Context, tree Hash, parents []Hash, author, committer Signature, msg string) ([]byte, error) {
	raw := encodeCommit(tree, parents, author, committer, msg, "")
	if !r.cfg.bool("commit", "gpgsign", false) {
		return raw, nil
	}
	const hint = "make `git commit -S` work, or git config commit.gpgSign false"
	format := strings.ToLower(r.cfg.value("gpg", "format"))
	program := "gpg"
	switch format {
	case "", "openpgp":
		if p := firstOf(r.cfg.value("gpg.openpgp", "program"), r.cfg.value("gpg", "program")); p != "" {
			program = p
		}
	case "x509":
		if program = r.cfg.value("gpg.x509", "program"); program == "" {
			program = "gpgsm"
		}
	default:
		return nil, &UnsupportedError{What: fmt.Sprintf("signing commits (commit.gpgSign) with gpg.format %q", format), Hint: "git config commit.gpgSign false for this repository"}
	}
	key := r.cfg.value("user", "signingkey")
	if key == "" {
		key = cleanIdent(committer.Name) + " <" + cleanIdent(committer.Email) + ">"
	}
	cmd := exec.CommandContext(ctx, program, "--status-fd=2", "-bsau", key)
	cmd.Stdin = bytes.NewReader(raw)
	cmd.Dir = r.root
	var out, status bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &status
	err := cmd.Run()
	if err != nil || !strings.Contains("\n"+status.String(), "\n[GNUPG:] SIG_CREATED ") {
		return nil, &StateError{What: fmt.Sprintf("commit.gpgSign is set, but %q did not sign: %s", program, lastLine(status.String(), err)), Hint: hint}
	}
	return encodeCommit(tree, parents, author, committer, msg, strings.ReplaceAll(out.String(), "\r\n", "\n")), nil
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
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
// tree's root, with its output on stderr and its result ignored. No lock is
// held, so the hook may run git and e1.
func (r *Repo) runPostCommit(ctx context.Context) {
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
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), "GIT_EDITOR=:")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	_ = cmd.Run()
}
