package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
)

// change runs an operation on one document and prints what it did.
func (a *app) change(cmd *cobra.Command, text string, do func(o *office.Office, number string) (*office.Done, error)) error {
	o, err := a.act(cmd)
	if err != nil {
		return err
	}
	number, err := o.Repo().Resolve(text)
	if err != nil {
		return err
	}
	done, err := do(o, number)
	if err != nil {
		return err
	}
	return a.documentResult(o.Repo(), done)
}

func newSetCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "set NUMBER FIELD=VALUE…",
		Short: "Change fields of a card; an empty value clears",
		Example: `  e1 set con7 amount='1 500 000,50' valid_until=31.12.2027
  e1 set CLI-000001 site=
  e1 set inq42 lines+='[{item: Обучение, qty: 2, price: 15000}]'`,
		Args: argsBetween(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			values, err := assignments(args[1:])
			if err != nil {
				return err
			}
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Set(cmd.Context(), number, values)
			})
		},
		ValidArgsFunction: a.completeSet,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func newRowCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "row", Short: "Change the rows of a table", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	add := func(verb, use, short string, hasRow bool, most int) {
		least := 2
		if hasRow {
			least = 3
		}
		if verb == "set" {
			least = 4
		}
		row := &cobra.Command{
			Use:   verb + " " + use,
			Short: short,
			Args:  argsBetween(least, most),
			RunE: func(cmd *cobra.Command, args []string) error {
				edit := office.RowEdit{Verb: verb, Table: args[1]}
				rest := args[2:]
				if hasRow {
					n, err := strconv.Atoi(rest[0])
					if err != nil || n < 1 {
						return usagef("%q is no row; rows are counted from 1", rest[0])
					}
					edit.Row, rest = n, rest[1:]
				}
				var err error
				if edit.Cells, err = assignments(rest); err != nil {
					return err
				}
				return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
					return o.Row(cmd.Context(), number, edit)
				})
			},
			ValidArgsFunction: a.completeRow(hasRow),
		}
		a.ifCommitFlag(row)
		cmd.AddCommand(row)
	}
	add("add", "NUMBER TABLE FIELD=VALUE…", "Add a row", false, -1)
	add("set", "NUMBER TABLE ROW FIELD=VALUE…", "Change columns of a row", true, -1)
	add("rm", "NUMBER TABLE ROW", "Remove a row", true, 3)
	return cmd
}

func newStatusCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status NUMBER STATUS",
		Short: "Change the status of a document",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Status(cmd.Context(), number, args[1])
			})
		},
		ValidArgsFunction: a.completeStatus,
	}
	a.ifCommitFlag(cmd)
	return cmd
}

func newLinkCmd(a *app) *cobra.Command {
	return a.linkCmd("link", "Link two documents; both show it", (*office.Office).Link)
}

func newUnlinkCmd(a *app) *cobra.Command {
	return a.linkCmd("unlink", "Remove a link between two documents", (*office.Office).Unlink)
}

func (a *app) linkCmd(name, short string, do linkFunc) *cobra.Command {
	return &cobra.Command{
		Use:     name + " NUMBER KIND NUMBER",
		Short:   short,
		Example: "  e1 " + name + " inq42 reply_to inq7",
		Args:    argsBetween(3, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				to, err := o.Repo().Resolve(args[2])
				if err != nil {
					return nil, err
				}
				return do(o, cmd.Context(), number, office.LinkTo{Kind: args[1], To: to})
			})
		},
		ValidArgsFunction: a.completeLink,
	}
}

func newCommentCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "comment NUMBER TEXT|-",
		Short: "Add a comment; - reads it from standard input",
		Args:  argsBetween(2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			text := args[1]
			if text == "-" {
				data, err := io.ReadAll(a.In)
				if err != nil {
					return err
				}
				text = string(data)
			}
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Comment(cmd.Context(), number, text)
			})
		},
		ValidArgsFunction: a.completeNumbers(1),
	}
}

func newAttachCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "attach NUMBER FILE…",
		Short: "Attach files to a document",
		Args:  argsBetween(2, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var files []office.Attachment
			for _, name := range args[1:] {
				if _, err := os.Stat(name); err != nil {
					return cannotRead(name, err)
				}
				files = append(files, office.Attachment{Name: filepath.Base(name), Source: name})
			}
			return a.change(cmd, args[0], func(o *office.Office, number string) (*office.Done, error) {
				return o.Attach(cmd.Context(), number, files)
			})
		},
		ValidArgsFunction: a.completeNumbersThenFiles,
	}
}

// linkFunc is one of the two operations on links.
type linkFunc func(*office.Office, context.Context, string, office.LinkTo) (*office.Done, error)
