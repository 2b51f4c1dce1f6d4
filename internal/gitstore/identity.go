package gitstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/e1-dms/e1/internal/filelock"
)

// SetIdentity writes user.name and user.email into the repository's own
// configuration, for a repository on a machine where git knows nobody. It
// changes the file as git does: under its lock, keeping its permissions.
func (r *Repo) SetIdentity(name, email string) error {
	file := filepath.Join(r.commonDir, "config")
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	st, err := os.Stat(file)
	if err != nil {
		return err
	}
	text := strings.TrimRight(string(old), "\n") + "\n[user]\n\tname = " + configQuote(name) + "\n\temail = " + configQuote(email) + "\n"
	lock := file + ".lock"
	if err := r.disk.writeFile(lock, []byte(text), st.Mode().Perm(), true); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return &filelock.LockedError{Path: lock, Holder: "git", Try: fmt.Sprintf("try again; if no git command is running, remove %q", lock)}
		}
		return Unwritable(err)
	}
	if err := r.disk.rename(lock, file); err != nil {
		return errors.Join(Unwritable(err), os.Remove(lock))
	}
	if err := r.disk.syncDir(r.commonDir); err != nil {
		return err
	}
	r.cfg, err = loadConfig(r.commonDir, r.gitDir)
	return err
}

// configQuote writes a value as git's configuration wants it.
func configQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
