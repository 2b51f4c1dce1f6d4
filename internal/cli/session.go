package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/config"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

// session is the repository a command works on.
type session struct {
	repo   *repo.Repo
	office *office.Office
}

func (s *session) close() error { return s.repo.Close() }

// open finds the repository, for reading. It takes no lock.
func (a *app) open(cmd *cobra.Command) (*repo.Repo, error) {
	if a.session != nil {
		return a.session.repo, nil
	}
	if err := a.configure(cmd); err != nil {
		return nil, err
	}
	r, err := repo.Open(cmd.Context(), a.conf.Dir, repo.Options{
		Now:    a.now,
		Wait:   a.conf.Wait,
		Note:   func(text string) { a.note("%s", text) },
		Output: a.Err,
		DryRun: a.flags.dryRun,
		Progress: func(what string, total int) repo.Progress {
			return progress{render.NewProgress(a.Err, a.ErrTTY && !a.flags.quiet, a.style(), what, int64(total))}
		},
	})
	if err != nil {
		return nil, err
	}
	conf, _, err := r.Definitions().Settings()
	if err != nil {
		return nil, err
	}
	a.conf = a.conf.WithRepository(conf)
	a.session = &session{repo: r}
	if a.flags.as != "" {
		// Reading asks for no rights, but a name nobody has is a mistake.
		if err := office.Known(r, "--as", a.flags.as); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// act opens the repository in the name of the acting user.
func (a *app) act(cmd *cobra.Command) (*office.Office, error) {
	r, err := a.open(cmd)
	if err != nil {
		return nil, err
	}
	if a.session.office == nil {
		o, err := office.Open(r, a.officeOptions(cmd))
		if err != nil {
			return nil, err
		}
		a.session.office = o
	}
	return a.session.office, nil
}

func (a *app) officeOptions(cmd *cobra.Command) office.Options {
	id := office.Identity{As: a.flags.as, Env: a.Getenv("E1_USER")}
	if a.flags.as == "" && id.Env == "" {
		id.Settings = a.conf.User
	}
	return office.Options{Identity: id, Command: cmd.CommandPath(), DryRun: a.flags.dryRun, IfCommit: a.flags.ifCommit}
}

// configure collects the settings of the run.
func (a *app) configure(cmd *cobra.Command) error {
	if a.conf != nil {
		return nil
	}
	conf, err := config.Load(config.Input{Flags: cmd.Flags(), Getenv: a.Getenv})
	if err != nil {
		wrong := &usageError{message: err.Error()}
		if strings.Contains(wrong.message, "flag --") { // the environment and the file say themselves what is wrong
			wrong.hint = cmd.CommandPath() + " --help"
		}
		return wrong
	}
	a.conf = conf
	return nil
}

// style says for whom results are printed.
func (a *app) style() render.Style {
	s := render.Style{Width: a.Width, Color: a.color()}
	if a.conf != nil {
		if a.conf.Width > 0 {
			s.Width = a.conf.Width
		}
		s.Language = a.conf.Language
	}
	return s
}

func (a *app) color() bool {
	switch {
	case a.conf == nil, a.conf.Color == "never":
		return false
	case a.conf.Color == "always":
		return true
	case a.Getenv("NO_COLOR") != "", a.Getenv("TERM") == "dumb", a.result.file != nil:
		return false
	}
	return a.OutTTY
}

// progress adapts the display to what repo wants to show.
type progress struct{ *render.Progress }

func (p progress) Set(done int) { p.Progress.Set(int64(done)) }
func (p progress) Done()        { p.Progress.Close() }
