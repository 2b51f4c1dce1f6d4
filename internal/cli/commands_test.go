package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

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

// TestCommandFiles: the constructor of a command, newMailListCmd, stands in the
// file of its name, mail_list.go. That of `route test` cannot: Go takes
// route_test.go for a test.
func TestCommandFiles(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name, isNew := strings.CutPrefix(f.Name.Name, "new")
			name, isCmd := strings.CutSuffix(name, "Cmd")
			if !isNew || !isCmd {
				continue
			}
			found++
			var words []string
			for _, r := range name {
				if unicode.IsUpper(r) {
					words = append(words, "")
				}
				words[len(words)-1] += strings.ToLower(string(r))
			}
			if words[len(words)-1] == "test" {
				words[len(words)-1] = "try"
			}
			if want := strings.Join(words, "_") + ".go"; file != want {
				t.Errorf("%s stands in %s, not in %s", f.Name.Name, file, want)
			}
		}
	}
	if found < 70 {
		t.Errorf("only %d constructors found", found)
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
