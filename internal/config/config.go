// Package config collects the settings of one run: where the repository is, who
// acts, how output looks, which programs may be started.
//
// In go the command's flags, the environment (E1_…), the user's own
// configuration file and the repository's settings; out comes a [Config], or one
// error for each value that cannot be used, naming where it was given. The order
// is flag, environment, user's file, repository, default. The package reads no
// definitions: it is the sole owner of viper, which knows neither places nor the
// case of keys.
//
// Invariant: programs to run (editor, pager, sendmail) never come from
// a repository, which may be somebody else's.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// Config are the settings of a run.
type Config struct {
	Dir      string // where to look for the repository from; "." by default
	User     string // id of the acting user; empty: found by the git e-mail
	Color    string // auto, always or never
	Width    int    // columns of the output; 0: those of the terminal, else 80
	Wait     time.Duration
	Language string    // ru or en; empty: nothing says, the caller's choice
	Now      time.Time // set clock; zero: the real one
	Editor   string    // command lines for the user's shell
	Pager    string
	Sendmail string
	// SMTP is the address of a mail server, SMTPPassword a command line that
	// prints the password for it.
	SMTP, SMTPPassword string
}

// Input is what Load reads.
type Input struct {
	Flags    *pflag.FlagSet      // flags named like keys, and --as for user; may be nil
	Getenv   func(string) string // the environment; nil: that of the process
	UserFile string              // the user's configuration; empty: UserFile(Getenv)
}

// key is one setting.
type key struct {
	name     string
	flag     string   // other than name
	fallback []string // environment variables of other programs
	def      string
}

// keys lists the settings. `now` is no setting of a file: a clock that stands
// still would be forgotten there.
func keys() []key {
	return []key{
		{name: "dir", def: "."},
		{name: "user", flag: "as"},
		{name: "color", def: "auto"},
		{name: "width", def: "0"},
		{name: "wait", def: "30s"},
		{name: "language", flag: "lang"},
		{name: "now"},
		{name: "editor", fallback: []string{"VISUAL", "EDITOR"}, def: "vi"},
		{name: "pager", fallback: []string{"PAGER"}, def: "less -FRX"},
		{name: "sendmail", def: ""},
		{name: "smtp", def: ""},
		{name: "smtp_password", def: ""},
	}
}

// UserFile is the user's own configuration file:
// $XDG_CONFIG_HOME/e1/config.yaml, by default below ~/.config. It is empty when
// there is no home.
func UserFile(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // relative ones are to be ignored, says the specification
		home := getenv("HOME")
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "e1", "config.yaml")
}

// Load reads the settings. The error joins one for each value that cannot be
// used; the Config is usable all the same, with defaults in their place.
func Load(in Input) (*Config, error) {
	if in.Getenv == nil {
		in.Getenv = os.Getenv
	}
	if in.UserFile == "" {
		in.UserFile = UserFile(in.Getenv)
	}
	l := &loader{v: viper.New(), in: in, c: &Config{}}
	l.readFile()
	for _, k := range keys() {
		l.read(k)
	}
	return l.c, errors.Join(l.errs...)
}

// WithRepository fills in what neither flags nor the user's own settings say
// with the repository's. It leaves c as it is.
func (c *Config) WithRepository(s *settings.Settings) *Config {
	out := *c
	if out.Language == "" && s != nil {
		out.Language = s.Language
	}
	if s != nil && s.Zone != nil && !out.Now.IsZero() {
		out.Now = out.Now.In(s.Zone)
	}
	return &out
}

type loader struct {
	v    *viper.Viper
	in   Input
	c    *Config
	errs []error
}

// readFile reads the user's file, if there is one, and refuses keys it does not
// know.
func (l *loader) readFile() {
	if l.in.UserFile == "" {
		return
	}
	l.v.SetConfigFile(l.in.UserFile)
	l.v.SetConfigType("yaml")
	err := l.v.ReadInConfig()
	var missing viper.ConfigFileNotFoundError
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist) || errors.As(err, &missing):
		return
	default:
		var parse viper.ConfigParseError
		if errors.As(err, &parse) {
			err = parse.Unwrap()
		}
		l.errs = append(l.errs, fmt.Errorf("%s: %w", l.in.UserFile, err))
		return
	}
	var known []string
	for _, k := range keys() {
		if k.name != "now" && k.name != "dir" {
			known = append(known, k.name)
		}
	}
	found := l.v.AllKeys()
	slices.Sort(found)
	for _, name := range found {
		if !slices.Contains(known, name) {
			l.errs = append(l.errs, fmt.Errorf("%s: %s", l.in.UserFile, diag.Unknown("setting", name, known)))
		}
	}
}

// read finds the value of a setting and where it was given.
func (l *loader) read(k key) {
	text, source := l.find(k)
	if err := l.c.set(k.name, text); err != nil {
		l.errs = append(l.errs, fmt.Errorf("%s: %w", source, err))
		if err := l.c.set(k.name, k.def); err != nil {
			l.errs = append(l.errs, err) // a default that cannot be read is a fault of this file
		}
	}
}

func (l *loader) find(k key) (text, source string) {
	flag := k.name
	if k.flag != "" {
		flag = k.flag
	}
	if l.in.Flags != nil {
		if f := l.in.Flags.Lookup(flag); f != nil && f.Changed {
			_ = l.v.BindPFlag(k.name, f) // fails on a nil flag only
			return l.v.GetString(k.name), "flag --" + flag
		}
	}
	env := "E1_" + strings.ToUpper(k.name)
	if value := l.in.Getenv(env); value != "" {
		return value, "environment " + env
	}
	if k.name != "now" && k.name != "dir" && l.v.InConfig(k.name) {
		return l.v.GetString(k.name), l.in.UserFile + ": " + k.name
	}
	for _, other := range k.fallback {
		if value := l.in.Getenv(other); value != "" {
			return value, "environment " + other
		}
	}
	return k.def, ""
}

// set decodes the text of a setting.
func (c *Config) set(name, text string) error {
	var err error
	switch name {
	case "dir":
		c.Dir = text
	case "user":
		c.User = text
	case "color":
		c.Color, err = oneOf("color", text, "auto", "always", "never")
	case "language":
		if text != "" {
			c.Language, err = oneOf("language", text, "en", "ru")
		}
	case "width":
		c.Width, err = width(text)
	case "wait":
		c.Wait, err = wait(text)
	case "now":
		c.Now, err = moment(text)
	case "editor":
		c.Editor = text
	case "pager":
		c.Pager = text
	case "sendmail":
		c.Sendmail = text
	case "smtp":
		c.SMTP = text
	case "smtp_password":
		c.SMTPPassword = text
	}
	return err
}

func oneOf(what, text string, allowed ...string) (string, error) {
	if slices.Contains(allowed, text) {
		return text, nil
	}
	return "", fmt.Errorf("%s; known are %s", diag.Unknown(what, text, allowed), strings.Join(allowed, ", "))
}

func width(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 10000 || n > 0 && n < 64 {
		return 0, fmt.Errorf("%q is no width; write a number of columns from 64 on, or 0 for the terminal's", text)
	}
	return n, nil
}

func wait(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, bare := strconv.Atoi(text); bare == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time to wait; write it as 30s or 2m", text)
	}
	return d, nil
}

func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time, write it as 2026-11-23T10:15:00+03:00", text)
	}
	return t, nil
}
