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

// Setting is one setting: its key in the user's file, and where else it can be
// given.
type Setting struct {
	Name     string
	Flag     string   // other than the name
	Fallback []string // environment variables of other programs
	Default  string
	About    string
	here     bool // not a setting of a file
}

// Settings lists the settings. `now` is none of a file: a clock that stands
// still would be forgotten there.
func Settings() []Setting {
	return []Setting{
		{Name: "dir", Default: ".", here: true, About: "where to look for the repository from"},
		{Name: "now", here: true, About: "the clock stands at this moment (RFC 3339), for tests and what-if"},
		{Name: "user", Flag: "as", About: "who acts; else git's e-mail says"},
		{Name: "color", Default: "auto", About: "auto, always or never; auto heeds NO_COLOR"},
		{Name: "width", Default: "0", About: "columns of the output; 0: COLUMNS, else those of the terminal, else 80"},
		{Name: "wait", Default: "30s", About: "how long to wait for another process's lock"},
		{Name: "language", Flag: "lang", About: "ru or en, of headings and labels; else the repository's"},
		{Name: "editor", Fallback: []string{"VISUAL", "EDITOR"}, Default: "vi", About: "a command line"},
		{Name: "pager", Fallback: []string{"PAGER"}, Default: "less -FRX", About: "a command line, for what a screen does not hold; cat for none"},
		{Name: "sendmail", About: "a command line that sends letters"},
		{Name: "smtp", About: "the mail server that does: smtp://user@host:587"},
		{Name: "smtp_password", About: "a command line that prints the password for it"},
	}
}

// Variable is the environment variable of a setting.
func (s Setting) Variable() string { return "E1_" + strings.ToUpper(s.Name) }

// InFile reports whether a file may hold the setting.
func (s Setting) InFile() bool { return !s.here }

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
	for _, k := range Settings() {
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
	for _, k := range Settings() {
		if k.InFile() {
			known = append(known, k.Name)
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
func (l *loader) read(k Setting) {
	text, source := l.find(k)
	if err := l.c.set(k.Name, text); err != nil {
		l.errs = append(l.errs, fmt.Errorf("%s: %w", source, err))
		if err := l.c.set(k.Name, k.Default); err != nil {
			l.errs = append(l.errs, err) // a default that cannot be read is a fault of this file
		}
	}
}

func (l *loader) find(k Setting) (text, source string) {
	flag := k.Name
	if k.Flag != "" {
		flag = k.Flag
	}
	if l.in.Flags != nil {
		if f := l.in.Flags.Lookup(flag); f != nil && f.Changed {
			_ = l.v.BindPFlag(k.Name, f) // fails on a nil flag only
			return l.v.GetString(k.Name), "flag --" + flag
		}
	}
	if value := l.in.Getenv(k.Variable()); value != "" {
		return value, "environment " + k.Variable()
	}
	if k.InFile() && l.v.InConfig(k.Name) {
		return l.v.GetString(k.Name), l.in.UserFile + ": " + k.Name
	}
	for _, other := range k.Fallback {
		if value := l.in.Getenv(other); value != "" {
			return value, "environment " + other
		}
	}
	return k.Default, ""
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
	return "", errors.New(diag.Unknown(what, text, allowed))
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
