package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/settings"
	"github.com/spf13/pflag"
)

// alone takes every setting of the machine out of the test's environment.
func alone(t *testing.T) {
	t.Helper()
	for _, k := range Settings() {
		t.Setenv(k.Variable(), "")
		for _, other := range k.Fallback {
			t.Setenv(other, "")
		}
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
}

func userFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func flags(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	set := pflag.NewFlagSet("e1", pflag.ContinueOnError)
	set.StringP("dir", "C", "", "")
	set.String("as", "", "")
	set.String("color", "auto", "")
	set.Duration("wait", 30*time.Second, "")
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return set
}

func TestDefaults(t *testing.T) {
	alone(t)
	c, err := Load(Input{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Dir != "." || c.User != "" || c.Color != "auto" || c.Width != 0 || c.Wait != 30*time.Second ||
		c.Language != "" || !c.Now.IsZero() || c.Editor != "vi" || c.Pager != "less -FRX" {
		t.Errorf("defaults are %+v", *c)
	}
}

func TestPrecedence(t *testing.T) {
	alone(t)
	file := userFile(t, "user: fromfile\ncolor: never\nwidth: 120\neditor: nano\nlanguage: en\n")
	t.Setenv("E1_USER", "fromenv")
	t.Setenv("EDITOR", "emacs")
	c, err := Load(Input{Flags: flags(t, "--as", "fromflag", "--wait", "5s"), UserFile: file})
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "fromflag" {
		t.Errorf("user %q", c.User)
	}
	if c.Wait != 5*time.Second {
		t.Errorf("wait is %v", c.Wait)
	}
	c, err = Load(Input{Flags: flags(t), UserFile: file})
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "fromenv" {
		t.Errorf("user %q", c.User)
	}
	if c.Color != "never" || c.Width != 120 {
		t.Errorf("color %q width %d", c.Color, c.Width)
	}
	if c.Editor != "nano" {
		t.Errorf("editor %q: the user's own file comes before EDITOR", c.Editor)
	}
	if got := c.WithRepository(&settings.Settings{Language: "ru"}).Language; got != "en" {
		t.Errorf("language %q: the user's own file comes before the repository", got)
	}
}

func TestRepositoryGivesLanguageOnly(t *testing.T) {
	alone(t)
	c, err := Load(Input{})
	if err != nil {
		t.Fatal(err)
	}
	with := c.WithRepository(&settings.Settings{Language: "ru"})
	if with.Language != "ru" || c.Language != "" {
		t.Errorf("language %q, before %q", with.Language, c.Language)
	}
	if with.Editor != c.Editor || with.Pager != c.Pager || with.Sendmail != "" {
		t.Error("a repository must not name programs")
	}
}

func TestClock(t *testing.T) {
	alone(t)
	t.Setenv("E1_NOW", "2026-11-23T10:15:00+03:00")
	c, err := Load(Input{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Now.Format(time.RFC3339); got != "2026-11-23T10:15:00+03:00" {
		t.Errorf("now is %s", got)
	}
	zone := time.FixedZone("", 5*3600)
	if got := c.WithRepository(&settings.Settings{Zone: zone}).Now.Format(time.RFC3339); got != "2026-11-23T12:15:00+05:00" {
		t.Errorf("now in the repository's zone is %s", got)
	}
}

func TestBadValuesNameTheirSource(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		file string
		args []string
		want []string // all in one error
	}{
		{"flag", nil, "", []string{"--color", "alway"}, []string{`flag --color: unknown color "alway"; did you mean "always"?`}},
		{"environment", map[string]string{"E1_WAIT": "soon", "E1_NOW": "yesterday"}, "", nil, []string{
			`environment E1_WAIT: "soon" is no time to wait; write it as 30s or 2m`,
			`environment E1_NOW: "yesterday" is no time`,
		}},
		{"file", nil, "width: narrow\nlanguage: de\n", nil, []string{
			`config.yaml: width: "narrow" is no width`, `config.yaml: language: unknown language "de"`,
		}},
		{"unknown key", nil, "colour: never\n", nil, []string{`config.yaml: unknown setting "colour"; did you mean "color"?`}},
		{"clock in a file", nil, "now: 2026-11-23T10:15:00+03:00\n", nil, []string{`unknown setting "now"`}},
		{"broken file", nil, "color: [\n", nil, []string{"config.yaml: "}},
		{"too narrow", nil, "width: 63\n", nil, []string{"from 64 on"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			alone(t)
			for k, v := range test.env {
				t.Setenv(k, v)
			}
			c, err := Load(Input{Flags: flags(t, test.args...), UserFile: userFile(t, test.file)})
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error lacks %q:\n%v", want, err)
				}
			}
			if c == nil || c.Color == "" || c.Wait == 0 {
				t.Errorf("the configuration is not usable: %+v", c)
			}
		})
	}
}

func TestUserFile(t *testing.T) {
	for _, test := range []struct{ xdg, home, want string }{
		{"/etc/me", "/home/petrova", "/etc/me/e1/config.yaml"},
		{"relative", "/home/petrova", "/home/petrova/.config/e1/config.yaml"},
		{"", "", ""},
	} {
		env := map[string]string{"XDG_CONFIG_HOME": test.xdg, "HOME": test.home}
		if got := UserFile(func(name string) string { return env[name] }); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
