package cli

import (
	"io"
	"slices"
	"testing"

	"github.com/spf13/cobra"
)

func quiet() *app {
	return &app{Streams: Streams{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}}
}

// TestCommandNames: the names in the list are those of the commands, each there once.
func TestCommandNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range commands() {
		cmd := c.make(quiet())
		if cmd.Name() != c.name || seen[c.name] {
			t.Errorf("the command %q is listed as %q", cmd.Name(), c.name)
		}
		seen[c.name] = true
		if len(cmd.Aliases) > 0 {
			t.Errorf("%s has aliases, which rootFor does not know", c.name)
		}
	}
}

// TestRootFor: the tree for one command line leads to the command that the whole tree leads to, and to what follows
// it, and holds few others.
func TestRootFor(t *testing.T) {
	for _, tt := range []struct {
		line  []string
		large bool // the whole tree is needed
	}{
		{[]string{"show", "inq42"}, false},
		{[]string{"--as", "petrova", "tasks", "--mine"}, false},
		{[]string{"--as", "list", "tasks"}, false},
		{[]string{"-C", "show", "register", "inquiries", "kind=x"}, false},
		{[]string{"task", "list", "--json"}, false},
		{[]string{"task", "nothing"}, false},
		{[]string{"--dir=x", "log", "show"}, false},
		{[]string{"show", "--nothing"}, false},
		{[]string{"show", "--help"}, false},
		{[]string{cobra.ShellCompRequestCmd, "show", "INQ"}, false},
		{[]string{cobra.ShellCompRequestCmd, "form", "show", ""}, false},
		{[]string{cobra.ShellCompRequestCmd, "show"}, true},
		{[]string{cobra.ShellCompNoDescRequestCmd, "--as", "pet"}, true},
		{[]string{}, true},
		{[]string{"--help"}, true},
		{[]string{"shwo", "show"}, true},
		{[]string{"--as", "show"}, true},
		{[]string{"help", "show"}, true},
	} {
		whole := newRootCmd(quiet())
		got := rootFor(quiet(), slices.Clone(tt.line))
		if large := len(got.Commands()) == len(whole.Commands()); large != tt.large {
			t.Errorf("%q: %d commands", tt.line, len(got.Commands()))
		}
		line := tt.line
		if len(line) > 0 && (line[0] == cobra.ShellCompRequestCmd || line[0] == cobra.ShellCompNoDescRequestCmd) {
			line = line[1 : len(line)-1]
		}
		wantCmd, wantRest, wantErr := whole.Find(line)
		gotCmd, gotRest, gotErr := got.Find(line)
		if (wantErr == nil) != (gotErr == nil) || wantErr == nil && (wantCmd.CommandPath() != gotCmd.CommandPath() || !slices.Equal(wantRest, gotRest)) {
			t.Errorf("%q: %v %q %v, want %v %q %v", tt.line, gotCmd.CommandPath(), gotRest, gotErr, wantCmd.CommandPath(), wantRest, wantErr)
		}
	}
}
