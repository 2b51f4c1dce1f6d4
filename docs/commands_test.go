package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/e1-dms/e1/internal/cli"
	"github.com/e1-dms/e1/internal/config"
)

const commandsMark = "<!-- From here on this page is written by `go test ./docs -update` from the program. -->\n"

// TestCommands writes docs/commands.md from the commands themselves.
func TestCommands(t *testing.T) {
	root := cli.Command()
	var b strings.Builder
	b.WriteString("\n## Flags of every command\n\n```\n" + flags(root.PersistentFlags()) + "```\n")
	settings(&b)
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(g.Title, ":"))
		for _, c := range root.Commands() {
			if c.GroupID == g.ID {
				command(&b, c)
			}
		}
	}
	for _, c := range root.Commands() {
		if c.GroupID == "" && !c.Hidden {
			t.Errorf("%s belongs to no group", c.CommandPath())
		}
	}
	p := open(t, "commands.md")
	head, _, ok := strings.Cut(p.text, commandsMark)
	if !ok {
		t.Fatal("commands.md has no mark where its list begins")
	}
	p.compare(head + commandsMark + b.String())
}

// settings writes the table of what can be set once and for all.
func settings(b *strings.Builder) {
	b.WriteString("\n## Settings\n\nA flag goes before the environment, that before your own `~/.config/e1/config.yaml`, and that before the default.\n" +
		"Programs to run come from nowhere else: never from a repository.\n\n| key in the file | flag, environment | default | meaning |\n|---|---|---|---|\n")
	for _, s := range config.Settings() {
		key := "—"
		if s.InFile() {
			key = "`" + s.Name + "`"
		}
		var from []string
		for _, flag := range []string{s.Name, s.Flag} {
			if flag != "" && cli.Command().PersistentFlags().Lookup(flag) != nil {
				from = append(from, "`--"+flag+"`")
			}
		}
		for _, name := range append([]string{s.Variable()}, s.Fallback...) {
			from = append(from, "`"+name+"`")
		}
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", key, strings.Join(from, ", "), value, s.About)
	}
}

func command(b *strings.Builder, c *cobra.Command) {
	if c.Hidden {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\n%s.\n", c.CommandPath(), strings.TrimSuffix(c.Short, "."))
	if c.Long != "" {
		fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(c.Long))
	}
	if c.Runnable() && !(c.HasSubCommands() && c.UseLine() == c.CommandPath()) {
		fmt.Fprintf(b, "\n```\n%s\n", c.UseLine())
		if len(c.Aliases) > 0 {
			fmt.Fprintf(b, "also: %s\n", strings.Join(c.Aliases, ", "))
		}
		if text := flags(c.LocalNonPersistentFlags()); text != "" {
			b.WriteString("\n" + text)
		}
		b.WriteString("```\n")
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", strings.TrimRight(strings.ReplaceAll("\n"+c.Example, "\n  ", "\n"), "\n")[1:])
	}
	for _, sub := range c.Commands() {
		command(b, sub)
	}
}

// flags lists flags as the help does, without --help.
func flags(set *pflag.FlagSet) string {
	shown := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			shown.AddFlag(f)
		}
	})
	return shown.FlagUsages()
}

// TestHelp reads every help text as a person at a terminal of 80 columns would.
func TestHelp(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		if c.Hidden {
			return
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") || len([]rune(c.Short)) > 80 {
			t.Errorf("%s: the short text %q is missing, ends in a full stop or is longer than 80 characters", c.CommandPath(), c.Short)
		}
		for line := range strings.Lines(c.Long + "\n" + c.Example) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%s: a line of help has %d columns: %s", c.CommandPath(), n, line)
			}
		}
		for line := range strings.Lines(flags(c.LocalNonPersistentFlags())) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%s: the line of a flag has %d columns: %s", c.CommandPath(), n, line)
			}
		}
	}
	visit(cli.Command())
}

// TestExamples executes every example of the help in a repository with a few
// documents, but for those that make much of it. None may be refused as a command line that makes no sense.
func TestExamples(t *testing.T) {
	there := strings.NewReplacer("inq42", "inq6", "INQ-2026-000042", "INQ-2026-000006", "inq7", "inq2", "con7", "con1",
		"WRK-2026-000007", "WRK-2026-000001")
	var lines []string
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "e1 ") && !strings.HasPrefix(line, "e1 completion") && !strings.Contains(line, " demo ") {
				lines = append(lines, there.Replace(line))
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(cli.Command())
	if len(lines) < 30 {
		t.Fatalf("only %d examples", len(lines))
	}
	script := strings.Builder{}
	script.WriteString(`e1 init shop --sample -q && cd shop && cp .git/e1/mail/new/01* letter.eml && e1 import -q >/dev/null
e1 -q register clients name=Ромашка
e1 -q register works kind=call client=CLI-000001
e1 -q register contracts client=CLI-000001 kind=supply name=Столы subject=Столы amount=1000 manager=petrova
printf 'kind: training\nname: Лютик\n' > card.yaml; printf x > letter.pdf; export EDITOR=true
`)
	const mark = "\x01"
	for _, line := range lines {
		script.WriteString("printf '" + mark + "'\n" + line + " </dev/null\necho \"exit code $?\"\n")
	}
	sh := newShell(t)
	out, _ := sh.run(script.String())
	said := strings.Split(out, mark)[1:]
	if len(said) != len(lines) {
		t.Fatalf("%d of %d examples were run:\n%s", len(said), len(lines), out)
	}
	for i, line := range lines {
		t.Log(line, "\n", said[i])
		if strings.Contains(said[i], "exit code 2\n") || strings.Contains(said[i], "unknown field") || strings.Contains(said[i], "unknown code") {
			t.Errorf("%s\n%s", line, said[i])
		}
	}
}
