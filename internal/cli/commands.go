package cli

import "github.com/spf13/cobra"

// addCommands hangs every command under the root. Each has a file of its own.
func addCommands(root *cobra.Command, a *app) {
	root.AddGroup(
		&cobra.Group{ID: "documents", Title: "Documents:"},
		&cobra.Group{ID: "work", Title: "Tasks, routes, calendar, reports:"},
		&cobra.Group{ID: "intake", Title: "Intake:"},
		&cobra.Group{ID: "definitions", Title: "Definitions:"},
		&cobra.Group{ID: "repository", Title: "Repository:"},
	)
	group := func(id string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	group("documents",
		newRegisterCmd(a), newShowCmd(a), newListCmd(a), newSearchCmd(a), newSetCmd(a), newRowCmd(a),
		newStatusCmd(a), newLinkCmd(a), newUnlinkCmd(a), newCommentCmd(a), newAttachCmd(a), newLogCmd(a), newUndoCmd(a),
		newEditCmd(a), newFileCmd(a), newReassignCmd(a), newRenumberCmd(a),
	)
	group("work", newRouteCmd(a), newTaskCmd(a), newTasksCmd(a), newAdvanceCmd(a), newTickCmd(a), newCalendarCmd(a), newReportCmd(a))
	group("intake", newImportCmd(a), newMailCmd(a))
	group("definitions", newFormCmd(a), newLintCmd(a), newExplainCmd(a), newSchemaCmd(a))
	group("repository", newInitCmd(a), newCommitCmd(a), newCheckCmd(a), newIndexCmd(a), newMaintainCmd(a), newDemoCmd(a), newWhoamiCmd(a), newUserCmd(a), newAbsentCmd(a), newVersionCmd(a), newCompletionCmd(a))
}
