package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/schema"
)

type schemaOptions struct {
	app   *app
	write bool
}

func newSchemaCmd(a *app) *cobra.Command {
	o := &schemaOptions{app: a}
	cmd := &cobra.Command{
		Use:   "schema [KIND]",
		Short: "Print the JSON Schema of a kind of definition, for editors",
		Long: `Prints the JSON Schema (draft 7) of routes, forms or another kind of definition,
with the fields, roles, users, directories and routes of this repository's work
tree in it. Without a kind it lists the kinds.

Editors with a YAML language server complete and check definitions by their
first line, # yaml-language-server: $schema=../.e1/schema/route.json. The files
of .e1/schema are written by e1 init and kept up to date by every command that
changes a definition, e1 commit included. --write does it at once, so that the
editor knows a new field before anything is committed.`,
		Example: "  e1 schema\n  e1 schema route > route.json\n  e1 schema --write",
		Args:    argsBetween(0, 1),
		RunE:    func(cmd *cobra.Command, args []string) error { return runSchema(cmd, o, args) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, noFiles
			}
			return schema.Kinds(), noFiles
		},
	}
	cmd.Flags().BoolVar(&o.write, "write", false, "write all of them to .e1/schema")
	return cmd
}

func runSchema(cmd *cobra.Command, o *schemaOptions, args []string) error {
	switch {
	case o.write && len(args) > 0:
		return usagef("--write writes all schemas; leave out %q", args[0])
	case o.write:
		return writeSchemas(cmd, o.app)
	case len(args) == 0:
		return listSchemas(o.app)
	}
	return printSchema(cmd, o.app, args[0])
}

func printSchema(cmd *cobra.Command, a *app, kind string) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	f, err := schema.Of(r.WorkDefinitions(), kind)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "kind", Value: f.Kind}, {Key: "json_schema", Value: json.RawMessage(f.Data)}})
	}
	_, err = a.result.Write(f.Data)
	return err
}

func listSchemas(a *app) error {
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "kinds", Value: schema.Kinds()}})
	}
	for _, kind := range schema.Kinds() {
		if _, err := fmt.Fprintln(a.result, kind); err != nil {
			return err
		}
	}
	return nil
}

func writeSchemas(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	paths, err := office.WriteSchemas(r, a.flags.dryRun)
	if err != nil {
		return err
	}
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "files", Value: paths}})
	}
	verb := "wrote"
	if a.flags.dryRun {
		verb = "would write"
	}
	if len(paths) == 0 {
		a.message("the schemas are up to date")
		return nil
	}
	a.message("%s %s; e1 commit commits them", verb, plural(len(paths), "schema"))
	return nil
}
