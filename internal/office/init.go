package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/gitstore"
	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/requisite"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Configuration is the standard configuration to start from.
type Configuration struct {
	Forms, Routes, Reports fs.FS // with their top-level folders
	Template               fs.FS // the contents of repo-template
}

// Founding says how a new repository begins.
type Founding struct {
	Dir      string
	Language string // ru or en
	Sample   bool   // with a small organisation and sample letters
	// User is the first user, the admin. Empty fields are taken from git's
	// identity, else from Login.
	User, Name, Email string
	Login             string
	Now               time.Time
	Wait              time.Duration
	Output            io.Writer // of git's hooks
	DryRun            bool
}

// Founded says what was made.
type Founded struct {
	Root    string
	Commit  string
	User    string
	Files   []string
	Letters int
	Existed bool // it was a git repository before
	// Kept are files of an existing repository that were left as they are,
	// though a new one would get one of that name.
	Kept []string
}

// ownFiles are the files of the template that give way to those of an existing
// repository.
func ownFiles() []string {
	return []string{attributesFile, ".github/workflows/e1.yml", ".gitlab-ci.yml"}
}

const attributesFile = ".gitattributes"

// samplePrefix is the part of the template that only --sample installs.
const samplePrefix = "sample/"

// languages are those that have files of their own in the template, in a folder
// of their name: they take the place of the others.
func languages() []string { return []string{"en"} }

// shippedMaildir is where the shipped imports look for letters, below the git
// folder so that they are never committed by accident.
const shippedMaildir = "e1/mail"

// Init makes a new repository, or adds itself to an existing git repository
// without touching what is there. When it fails nothing was made.
func Init(ctx context.Context, conf Configuration, f Founding) (*Founded, error) {
	files, err := f.files(conf)
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	git, err := f.find()
	if err != nil {
		return nil, err
	}
	done := &Founded{Existed: git != nil}
	var name, email string
	if git != nil {
		done.Root = git.Root()
		name, email = git.ToldUser()
	} else {
		done.Root = f.Dir
		if name, email, err = gitstore.ToldUser(f.Dir); err != nil {
			return nil, err
		}
	}
	f.identify(name, email)
	done.User = f.User
	if files, err = f.personalise(files); err != nil {
		return nil, err
	}
	if git != nil {
		// Attributes of the user's own stay; ours move down to the documents.
		// So does what their CI runs.
		for _, name := range ownFiles() {
			if _, err := os.Lstat(filepath.Join(done.Root, filepath.FromSlash(name))); err == nil {
				delete(files, name)
				done.Kept = append(done.Kept, name)
			}
		}
	}
	if err := addSchemas(files); err != nil {
		return nil, err
	}
	done.Files = names(files)
	if err := clashes(done.Root, files); err != nil {
		return nil, err
	}
	if git == nil {
		undo := func() {}
		if git, undo, err = f.make(); err != nil {
			return done, err
		}
		defer func() {
			if done.Commit == "" {
				undo()
			}
		}()
		if !f.DryRun {
			done.Root = git.Root()
		}
	}
	remember := email == "" || !done.Existed && email != f.Email
	return done, f.commit(ctx, conf, git, files, remember, done)
}

// commit writes the files and makes the first commit of e1.
func (f Founding) commit(ctx context.Context, conf Configuration, git *gitstore.Repo, files map[string][]byte, remember bool, done *Founded) error {
	tx, err := git.Begin(ctx, gitstore.BeginOptions{Wait: f.Wait, Command: "e1 init", Output: f.Output, DryRun: f.DryRun})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// The attributes come first: they say how git treats the others.
	for _, name := range append([]string{attributesFile}, done.Files...) {
		if data, ok := files[name]; ok {
			if err := tx.Put(name, data); err != nil {
				return err
			}
		}
	}
	// Before the commit: what is interrupted is simply begun again, until there
	// is a repository.
	tx.BeforeRef(func() (err error) {
		if remember { // for git, which knows nobody
			if err := git.SetIdentity(f.Name, f.Email); err != nil {
				return err
			}
		}
		done.Letters, err = makeMaildir(conf, git, f.Sample)
		return err
	})
	who := gitstore.Signature{Name: f.Name, Email: f.Email, When: f.Now}
	id, err := tx.Commit(gitstore.Message{
		Subject: "e1 init",
		Body:    "The configuration \"E1 Sales\": forms, routes, reports, directories.",
		Trailers: []gitstore.Trailer{
			{Key: repo.TrailerOp, Value: "init"},
			{Key: repo.TrailerActor, Value: f.User},
		},
	}, who, who)
	if !id.IsZero() {
		done.Commit = id.String()
	}
	return err
}

// files gathers the configuration, by path.
func (f Founding) files(conf Configuration) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, from := range []fs.FS{conf.Forms, conf.Routes, conf.Reports, conf.Template} {
		err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
			own, _, _ := strings.Cut(name, "/")
			if err != nil || d.IsDir() || strings.HasPrefix(name, samplePrefix) || slices.Contains(languages(), own) {
				return err
			}
			data, err := fs.ReadFile(from, name)
			out[name] = data
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if slices.Contains(languages(), f.Language) {
		translated, err := fs.Sub(conf.Template, f.Language)
		if err != nil {
			return nil, err
		}
		err = fs.WalkDir(translated, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(translated, name)
			out[name] = data
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if f.Sample {
		data, err := fs.ReadFile(conf.Template, samplePrefix+org.FileName)
		if err != nil {
			return nil, err
		}
		out[org.FileName] = data
	}
	return out, nil
}

// find gives the git repository that the folder lies in, nil when there is
// none.
func (f Founding) find() (*gitstore.Repo, error) {
	info, err := os.Stat(f.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, refusef("e1 init DIR takes a folder", "%q is a file", f.Dir)
	}
	git, err := gitstore.Open(f.Dir)
	if err != nil {
		if errors.Is(err, gitstore.ErrNotFound) {
			err = nil
		}
		return nil, err
	}
	head, err := git.Head()
	if err != nil || head.Unborn {
		return git, err
	}
	c, err := git.Commit(head.Commit)
	if err != nil {
		return nil, err
	}
	if _, err := git.Lookup(c.Tree, settings.FileName); err == nil {
		return nil, refusef("e1 lint checks its definitions", "%q is an e1 repository already", git.Root())
	}
	return git, nil
}

// make makes the git repository; undo takes away what was made. A dry run makes
// one elsewhere, to be asked what this one would be.
func (f Founding) make() (git *gitstore.Repo, undo func(), err error) {
	if f.DryRun {
		if err := gitstore.CanInit(f.Dir); err != nil {
			return nil, nil, err
		}
		if f.Dir, err = os.MkdirTemp("", "e1-init-"); err != nil {
			return nil, nil, err
		}
		undo = func() { _ = os.RemoveAll(f.Dir) }
		if git, err = gitstore.Init(f.Dir, gitstore.InitOptions{}); err != nil {
			undo()
		}
		return git, undo, err
	}
	undo = func() {}
	var missing []string // the innermost first
	for dir := f.Dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		missing = append(missing, dir)
	}
	folder := filepath.Join(f.Dir, ".git")
	if _, err := os.Lstat(folder); errors.Is(err, fs.ErrNotExist) {
		undo = func() {
			_ = os.RemoveAll(folder)
			for _, dir := range missing {
				_ = os.Remove(dir) // when it is empty
			}
		}
	}
	if git, err = gitstore.Init(f.Dir, gitstore.InitOptions{}); err != nil {
		undo()
	}
	return git, undo, err
}

// check refuses a first user that cannot be.
func (f Founding) check() error {
	if f.User != "" && !org.ValidID(f.User) {
		return refusef("small letters, digits and _, for instance --user petrova", "%q is no user id", f.User)
	}
	if f.Email != "" {
		if err := requisite.CheckEmail(f.Email); err != nil {
			return refusef("for instance --email petrova@example.org", "%s", err)
		}
	}
	return nil
}

// identify completes the first user: given, else git's identity, else the
// login name.
func (f *Founding) identify(name, email string) {
	if f.Email == "" && requisite.CheckEmail(email) == nil {
		f.Email = email
	}
	if f.Name == "" {
		f.Name = name
	}
	if f.User == "" {
		local, _, _ := strings.Cut(f.Email, "@")
		f.User = userID(local)
	}
	if f.User == "" {
		f.User = userID(f.Login)
	}
	if f.User == "" {
		f.User = "admin"
	}
	if f.Name == "" {
		f.Name = f.User
	}
	if f.Email == "" {
		f.Email = f.User + "@" + machineDomain
	}
}

// userID makes an id of a name: small letters, digits and underscores.
func userID(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimRight(b.String(), "_")
}

// personalise writes the first user and the language into the definitions.
func (f Founding) personalise(files map[string][]byte) (map[string][]byte, error) {
	parsed, problems := yamlsrc.Parse(org.FileName, files[org.FileName])
	if err := problems.Err(); err != nil {
		return nil, err
	}
	people, problems := org.Parse(parsed)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if people.User(f.User) == nil && people.ByEmail(f.Email) == nil {
		var err error
		if files[org.FileName], err = f.addUser(files[org.FileName], people); err != nil {
			return nil, err
		}
	} else if u := people.ByEmail(f.Email); u == nil || u.ID != f.User || !u.HasRole(org.Admin) {
		return nil, refusef("choose another --user or --email", "the sample organisation has a user %q or %q already", f.User, f.Email)
	}
	if f.Language != "" {
		e, err := yamlsrc.NewEditor(settings.FileName, files[settings.FileName])
		if err != nil {
			return nil, err
		}
		if err := e.Set([]any{"language"}, yamlsrc.PlainText(f.Language)); err != nil {
			return nil, err
		}
		files[settings.FileName] = e.Bytes()
	}
	return files, nil
}

// addUser puts the first user at the top of org.yaml. In a plain repository
// they have every role and head every department, so that every route works
// from the first minute.
func (f Founding) addUser(src []byte, people *org.Org) ([]byte, error) {
	e, err := yamlsrc.NewEditor(org.FileName, src)
	if err != nil {
		return nil, err
	}
	roles := []*yamlsrc.Node{yamlsrc.PlainText(org.Admin)}
	if !f.Sample {
		roles = nil
		for _, id := range people.RoleIDs() {
			roles = append(roles, yamlsrc.PlainText(id))
		}
	}
	pairs := []yamlsrc.Pair{
		yamlsrc.P("id", yamlsrc.PlainText(f.User)),
		yamlsrc.P("name", yamlsrc.Text(f.Name)),
		yamlsrc.P("email", yamlsrc.Text(f.Email)),
	}
	if len(people.Departments) > 0 {
		pairs = append(pairs, yamlsrc.P("department", yamlsrc.PlainText(people.Departments[0].ID)))
	}
	pairs = append(pairs, yamlsrc.P("roles", yamlsrc.Seq(roles...).Flow()))
	user := yamlsrc.Map(pairs...).Flow()
	if len(people.Users) == 0 {
		err = e.Set([]any{"users"}, yamlsrc.Seq(user))
	} else {
		err = e.Insert([]any{"users"}, 0, user)
	}
	if err != nil {
		return nil, err
	}
	if !f.Sample {
		for i := range people.Departments {
			if err := e.Set([]any{"departments", i, "head"}, yamlsrc.PlainText(f.User)); err != nil {
				return nil, err
			}
		}
	}
	return e.Bytes(), nil
}

// clashes refuses to write over files that are there.
func clashes(root string, files map[string][]byte) error {
	var there []string
	for _, name := range names(files) {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err == nil && !bytes.Equal(data, files[name]) {
			there = append(there, name)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return refusef("move them away, or choose an empty folder", "these files exist and would be overwritten: %s", shorten(there, 5))
}

// shorten lists the first names and counts the rest.
func shorten(list []string, most int) string {
	if len(list) > most {
		return strings.Join(list[:most], ", ") + fmt.Sprintf(" and %d more", len(list)-most)
	}
	return strings.Join(list, ", ")
}

func names(files map[string][]byte) []string {
	out := make([]string, 0, len(files))
	for name := range files {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// makeMaildir makes the Maildir that the shipped imports read, inside the git
// folder, and delivers the sample letters to it where they are wanted.
func makeMaildir(conf Configuration, git *gitstore.Repo, samples bool) (int, error) {
	dir := filepath.Join(git.GitDir(), filepath.FromSlash(shippedMaildir))
	if err := git.Step("mkdir", dir); err != nil {
		return 0, err
	}
	if err := git.MakeDir(dir); err != nil {
		return 0, err
	}
	folder, err := maildir.Create(dir)
	if err != nil {
		return 0, err
	}
	if !samples {
		return 0, nil
	}
	folder.SetStep(git.Step)
	letters, err := fs.Glob(conf.Template, samplePrefix+"mail/*.eml")
	if err != nil {
		return 0, err
	}
	for _, name := range letters {
		raw, err := fs.ReadFile(conf.Template, name)
		if err != nil {
			return 0, err
		}
		// Letters an interrupted run has delivered are there already, or half.
		letter := strings.TrimSuffix(path.Base(name), ".eml")
		_ = os.Remove(filepath.Join(dir, "tmp", letter))
		if _, err := folder.DeliverAs(letter, raw); err != nil && !errors.Is(err, fs.ErrExist) {
			return 0, fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	return len(letters), nil
}
