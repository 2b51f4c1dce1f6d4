package cli

import (
	"io/fs"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
)

type initOptions struct {
	app    *app
	dir    string
	user   string
	name   string
	email  string
	sample bool
}

func newInitCmd(a *app) *cobra.Command {
	o := &initOptions{app: a}
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Make a new repository with the configuration \"E1 Sales\"",
		Long: `Makes DIR a git repository with forms, routes, reports and directories, and
commits them. In an existing git repository it adds its files without touching
what is there.

The first user is given by --user, else taken from git's identity, else from the
login name, and has the role admin. Without --sample the first user has every
role, so that every route works at once.`,
		Example: `  e1 init shop --sample
  e1 init office --user anna --name 'Анна Петрова' --email anna@example.org`,
		Args: argsBetween(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = args[0]
			return runInit(cmd, o)
		},
	}
	f := cmd.Flags()
	f.String("lang", "", "`LANGUAGE` of the texts people read: ru or en")
	f.StringVar(&o.user, "user", "", "`ID` of the first user")
	f.StringVar(&o.name, "name", "", "`NAME` of the first user")
	f.StringVar(&o.email, "email", "", "`MAIL` of the first user")
	f.BoolVar(&o.sample, "sample", false, "add a small organisation and sample letters")
	a.completeWords(cmd, "lang", "ru", "en")
	return cmd
}

func runInit(cmd *cobra.Command, o *initOptions) error {
	a := o.app
	template, err := fs.Sub(e1.Template, "repo-template")
	if err != nil {
		return err
	}
	dir := o.dir
	if cmd.Flags().Changed("dir") && !filepath.IsAbs(dir) { // E1_DIR is where the others are, not where a new one goes
		dir = filepath.Join(a.conf.Dir, dir)
	}
	login := ""
	if u, err := user.Current(); err == nil {
		login = u.Username
	}
	done, err := office.Init(cmd.Context(), office.Configuration{
		Forms: e1.Forms, Routes: e1.Routes, Reports: e1.Reports, Template: template,
	}, office.Founding{
		Dir: dir, Language: a.conf.Language, Sample: o.sample, User: o.user, Name: o.name, Email: o.email,
		Login: login, Now: a.now(), Wait: a.conf.Wait, Output: a.Err, DryRun: a.flags.dryRun,
	})
	if err != nil {
		return err
	}
	a.founded(o, done)
	if a.flags.json {
		return render.JSON(a.result, render.Object{
			{Key: "root", Value: done.Root}, {Key: "user", Value: done.User}, {Key: "files", Value: done.Files},
			{Key: "commit", Value: done.Commit}, {Key: "kept", Value: done.Kept},
		})
	}
	return nil
}

// founded tells what was made.
func (a *app) founded(o *initOptions, done *office.Founded) {
	if a.flags.dryRun {
		a.message("would make an e1 repository in %q with %s", o.dir, plural(len(done.Files), "file"))
		return
	}
	a.message("made an e1 repository in %q (%s); you are %q", o.dir, shortID(done.Commit), done.User)
	for _, name := range done.Kept {
		a.note("%s is left as it was", name)
	}
	if done.Letters > 0 {
		a.message("%s wait for `e1 import`", plural(done.Letters, "sample letter"))
	}
	a.noteClock()
}
