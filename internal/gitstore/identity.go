package gitstore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// SetIdentity writes user.name and user.email into the repository's own
// configuration, for a repository on a machine where git knows nobody.
func (r *Repo) SetIdentity(name, email string) error {
	file := filepath.Join(r.commonDir, "config")
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text := strings.TrimRight(string(old), "\n") + "\n[user]\n\tname = " + configQuote(name) + "\n\temail = " + configQuote(email) + "\n"
	tmp := file + ".lock" // git's own protocol for changing its configuration
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, r.SharedPerm(0o666))
	if err != nil {
		return fmt.Errorf("cannot change git's configuration: %w", err)
	}
	defer os.Remove(tmp)
	_, err = f.WriteString(text)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, file)
	}
	if err != nil {
		return err
	}
	r.cfg, err = loadConfig(r.commonDir, r.gitDir)
	return err
}

// configQuote writes a value as git's configuration wants it.
func configQuote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
