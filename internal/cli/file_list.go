package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/render"
)

func newFileListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "list NUMBER",
		Short:             "List the files of a document",
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runFileList(cmd, a, args[0]) },
		ValidArgsFunction: a.completeNumbers(1),
	}
}

func runFileList(cmd *cobra.Command, a *app, text string) error {
	r, number, err := a.resolve(cmd, text)
	if err != nil {
		return err
	}
	d, err := r.Read(number)
	if err != nil {
		return err
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	s := v.style
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("File"), Flex: true, Wrap: true}, {Title: s.Word("Size"), Align: render.Right},
		{Title: s.Word("Author"), Flex: true}, {Title: s.Word("When"), Whole: true}, {Title: s.Word("Version"), Align: render.Right},
	}}
	for _, f := range d.Files {
		of, n := d.Version(f)
		name, tone := of, render.Normal
		if n < len(d.Versions(of)) {
			name, tone = fmt.Sprintf("%s@%d", of, n), render.Dim
		}
		t.Rows = append(t.Rows, []render.Cell{
			{Text: name, Raw: f.Name, Tone: tone}, {Text: s.Size(f.Size), Raw: fmt.Sprint(f.Size), Tone: tone},
			{Text: v.user(f.By), Raw: f.By, Tone: tone}, {Text: s.DateTime(inZone(f.At, r)), Raw: document.FormatTime(f.At), Tone: tone},
			{Text: fmt.Sprint(n), Tone: tone},
		})
	}
	if len(d.Files) == 0 {
		a.message("no files")
	}
	return a.listing(t, render.Object{{Key: "files", Value: filesJSON(d)}})
}
