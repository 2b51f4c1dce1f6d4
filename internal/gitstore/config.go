package gitstore

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	gitconfig "github.com/go-git/go-git/v5/plumbing/format/config"
)

// config is git's configuration as git itself would see it: system, user,
// repository, work tree, environment; the last value wins.
type config struct {
	all  []setting // in order of precedence, weakest first
	repo []setting // of the repository's own file only
}

type setting struct{ section, key, value string }

// maxIncludeDepth is git's limit for nested include.path.
const maxIncludeDepth = 10

func loadConfig(commonDir, gitDir string) (*config, error) {
	c := &config{}
	home, _ := os.UserHomeDir()
	if os.Getenv("GIT_CONFIG_NOSYSTEM") == "" {
		system := os.Getenv("GIT_CONFIG_SYSTEM")
		if system == "" {
			system = "/etc/gitconfig"
		}
		c.addOptional(system, home, gitDir)
	}
	if global, set := os.LookupEnv("GIT_CONFIG_GLOBAL"); set {
		c.addOptional(global, home, gitDir)
	} else if home != "" {
		c.addOptional(filepath.Join(configHome(home), "git", "config"), home, gitDir)
		c.addOptional(filepath.Join(home, ".gitconfig"), home, gitDir)
	}
	own, err := readConfig(filepath.Join(commonDir, "config"), home, gitDir, 0)
	if err != nil {
		return nil, err
	}
	c.repo = own
	c.all = append(c.all, own...)
	if c.repoBool("extensions", "worktreeconfig", false) {
		c.addOptional(filepath.Join(gitDir, "config.worktree"), home, gitDir)
	}
	c.all = append(c.all, environmentConfig()...)
	return c, nil
}

func configHome(home string) string {
	if x := os.Getenv("XDG_CONFIG_HOME"); x != "" {
		return x
	}
	return filepath.Join(home, ".config")
}

// addOptional adds a file that need not exist and whose damage is git's to
// report.
func (c *config) addOptional(path, home, gitDir string) {
	if path == "" {
		return
	}
	if got, err := readConfig(path, home, gitDir, 0); err == nil {
		c.all = append(c.all, got...)
	}
}

// environmentConfig reads GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and
// GIT_CONFIG_VALUE_n.
func environmentConfig() []setting {
	n, err := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT"))
	if err != nil {
		return nil
	}
	var out []setting
	for i := range min(n, 1000) {
		key := os.Getenv(fmt.Sprintf("GIT_CONFIG_KEY_%d", i))
		first, last := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
		if first <= 0 {
			continue
		}
		section := strings.ToLower(key[:first])
		if first < last {
			section += "." + key[first+1:last]
		}
		out = append(out, setting{section, strings.ToLower(key[last+1:]), os.Getenv(fmt.Sprintf("GIT_CONFIG_VALUE_%d", i))})
	}
	return out
}

// readConfig reads one file and what it includes.
func readConfig(path, home, gitDir string, depth int) ([]setting, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && depth == 0 {
			return nil, nil
		}
		return nil, err
	}
	defer f.Close()
	parsed := gitconfig.New()
	if err := gitconfig.NewDecoder(f).Decode(parsed); err != nil {
		return nil, &CorruptError{What: fmt.Sprintf("%q: %v", path, err), Hint: "git config --list"}
	}
	var out []setting
	add := func(section string, options gitconfig.Options) {
		for _, o := range options {
			out = append(out, setting{section, strings.ToLower(o.Key), o.Value})
		}
	}
	for _, s := range parsed.Sections {
		name := strings.ToLower(s.Name)
		add(name, s.Options)
		for _, sub := range s.Subsections {
			add(name+"."+sub.Name, sub.Options)
		}
	}
	var included []setting
	for _, s := range out {
		if s.key != "path" || depth >= maxIncludeDepth || !includes(s.section, home, gitDir, filepath.Dir(path)) {
			continue
		}
		target := expandHome(s.value, home)
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		if got, err := readConfig(target, home, gitDir, depth+1); err == nil {
			included = append(included, got...)
		}
	}
	return append(included, out...), nil
}

// includes decides on include.path and the gitdir conditions of includeIf;
// other conditions are taken as false.
func includes(section, home, gitDir, base string) bool {
	if section == "include" {
		return true
	}
	cond, ok := strings.CutPrefix(section, "includeif.")
	if !ok {
		return false
	}
	pattern, fold := "", false
	if p, ok := strings.CutPrefix(cond, "gitdir:"); ok {
		pattern = p
	} else if p, ok := strings.CutPrefix(cond, "gitdir/i:"); ok {
		pattern, fold = p, true
	} else {
		return false
	}
	pattern = expandHome(pattern, home)
	if p, ok := strings.CutPrefix(pattern, "./"); ok {
		pattern = base + "/" + p
	}
	dir := filepath.ToSlash(gitDir)
	if fold {
		pattern, dir = strings.ToLower(pattern), strings.ToLower(dir)
	}
	if strings.HasSuffix(pattern, "/") {
		if !strings.HasPrefix(pattern, "/") {
			return strings.Contains(dir+"/", "/"+pattern)
		}
		return strings.HasPrefix(dir+"/", pattern)
	}
	ok, _ = filepath.Match(pattern, dir)
	return ok
}

func expandHome(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(home, rest)
	}
	return path
}

func lookup(list []setting, section, key string) (string, bool) {
	name, sub, has := strings.Cut(section, ".")
	section = strings.ToLower(name)
	if has {
		section += "." + sub
	}
	key = strings.ToLower(key)
	for _, s := range slices.Backward(list) {
		if s.section == section && s.key == key {
			return s.value, true
		}
	}
	return "", false
}

func (c *config) value(section, key string) string {
	v, _ := lookup(c.all, section, key)
	return v
}

func (c *config) bool(section, key string, def bool) bool {
	v, ok := lookup(c.all, section, key)
	return parseBool(v, ok, def)
}

func (c *config) repoValue(section, key string) string {
	v, _ := lookup(c.repo, section, key)
	return v
}

func (c *config) repoBool(section, key string, def bool) bool {
	v, ok := lookup(c.repo, section, key)
	return parseBool(v, ok, def)
}

// repoKeys returns the keys of one section of the repository's own file.
func (c *config) repoKeys(section string) []string {
	var keys []string
	for _, s := range c.repo {
		if s.section == section && !slices.Contains(keys, s.key) {
			keys = append(keys, s.key)
		}
	}
	slices.Sort(keys)
	return keys
}

// parseBool reads git's booleans; a key without value is true.
func parseBool(v string, ok, def bool) bool {
	if !ok {
		return def
	}
	switch strings.ToLower(v) {
	case "", "true", "yes", "on":
		return true
	case "false", "no", "off":
		return false
	}
	n, err := strconv.Atoi(v)
	return err != nil || n != 0
}

// told is the identity that git was told: GIT_<ROLE>_NAME and _EMAIL,
// <role>.name, user.name, EMAIL; "" for what it was not.
func (c *config) told(envRole, section string) (name, email string) {
	name = cmp.Or(os.Getenv("GIT_"+envRole+"_NAME"), c.value(section, "name"), c.value("user", "name"))
	email = cmp.Or(os.Getenv("GIT_"+envRole+"_EMAIL"), c.value(section, "email"), c.value("user", "email"), os.Getenv("EMAIL"))
	return name, email
}

// identity follows git: what it was told, and what the operating system knows.
func (c *config) identity(envRole, section string) (name, email string) {
	name, email = c.told(envRole, section)
	if name == "" || email == "" {
		login := "unknown"
		if u, err := user.Current(); err == nil {
			login = filepath.Base(filepath.ToSlash(u.Username))
			name = cmp.Or(name, strings.TrimRight(strings.Split(u.Name, ",")[0], " "))
		}
		host, err := os.Hostname()
		if err != nil || host == "" {
			host = "localhost"
		}
		name, email = cmp.Or(name, login), cmp.Or(email, login+"@"+host)
	}
	return name, email
}
