package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

// command is one entry of the tree below the root.
type command struct {
	group string
	name  string // as its Use begins
	make  func(*app) *cobra.Command
}

// commands lists every command, in the order of the help. Each has a file of its own.
func commands() []command {
	return []command{
		{"documents", "register", newRegisterCmd},
		{"documents", "show", newShowCmd},
		{"documents", "list", newListCmd},
		{"documents", "search", newSearchCmd},
		{"documents", "set", newSetCmd},
		{"documents", "row", newRowCmd},
		{"documents", "status", newStatusCmd},
		{"documents", "link", newLinkCmd},
		{"documents", "unlink", newUnlinkCmd},
		{"documents", "comment", newCommentCmd},
		{"documents", "attach", newAttachCmd},
		{"documents", "log", newLogCmd},
		{"documents", "undo", newUndoCmd},
		{"documents", "edit", newEditCmd},
		{"documents", "file", newFileCmd},
		{"documents", "reassign", newReassignCmd},
		{"documents", "renumber", newRenumberCmd},

		{"work", "route", newRouteCmd},
		{"work", "task", newTaskCmd},
		{"work", "tasks", newTasksCmd},
		{"work", "advance", newAdvanceCmd},
		{"work", "tick", newTickCmd},
		{"work", "calendar", newCalendarCmd},
		{"work", "report", newReportCmd},

		{"intake", "import", newImportCmd},
		{"intake", "mail", newMailCmd},

		{"definitions", "form", newFormCmd},
		{"definitions", "lint", newLintCmd},
		{"definitions", "explain", newExplainCmd},
		{"definitions", "schema", newSchemaCmd},

		{"repository", "init", newInitCmd},
		{"repository", "commit", newCommitCmd},
		{"repository", "check", newCheckCmd},
		{"repository", "index", newIndexCmd},
		{"repository", "maintain", newMaintainCmd},
		{"repository", "demo", newDemoCmd},
		{"repository", "whoami", newWhoamiCmd},
		{"repository", "user", newUserCmd},
		{"repository", "absent", newAbsentCmd},
		{"repository", "version", newVersionCmd},
		{"repository", "completion", newCompletionCmd},
	}
}

// group makes a command that only holds others.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return helpOf(cmd) },
	}
	cmd.AddCommand(subs...)
	return cmd
}

// helpOf is what a command does that stands for others. A program that asks for
// an object has made a mistake.
func helpOf(cmd *cobra.Command) error {
	if json, err := cmd.Flags().GetBool("json"); err == nil && json {
		return &usageError{message: cmd.CommandPath() + " does nothing by itself; name one of its commands", hint: cmd.CommandPath() + " --help"}
	}
	return cmd.Help()
}

// addCommands hangs commands under the root: those named, all when none is.
func addCommands(root *cobra.Command, a *app, names []string) {
	root.AddGroup(
		&cobra.Group{ID: "documents", Title: "Documents:"},
		&cobra.Group{ID: "work", Title: "Tasks, routes, calendar, reports:"},
		&cobra.Group{ID: "intake", Title: "Intake:"},
		&cobra.Group{ID: "definitions", Title: "Definitions:"},
		&cobra.Group{ID: "repository", Title: "Repository:"},
	)
	for _, c := range commands() {
		if len(names) > 0 && !slices.Contains(names, c.name) {
			continue
		}
		cmd := c.make(a)
		cmd.GroupID = c.group
		root.AddCommand(cmd)
	}
}

// rootFor makes the tree of commands for one command line. Making all commands
// with their flags takes longer than many of them run, so only those are made
// whose names occur; whatever does not lead to one of them gets the whole tree.
func rootFor(a *app, args []string) *cobra.Command {
	line := args
	if len(args) > 1 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		line = args[1 : len(args)-1] // the last one is what is to be completed
	}
	if len(line) > 0 {
		root := newRootCmd(a, line...)
		if found, _, err := root.Find(line); err == nil && found != root {
			return root
		}
	}
	return newRootCmd(a)
}
