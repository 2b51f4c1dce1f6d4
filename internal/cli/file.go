package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/filetext"
	"github.com/e1-dms/e1/internal/render"
)

func newFileCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "file", Short: "Files attached to documents", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(
		&cobra.Command{Use: "list NUMBER", Short: "List the files of a document", Args: argsBetween(1, 1),
			RunE:              func(cmd *cobra.Command, args []string) error { return runFileList(cmd, a, args[0]) },
			ValidArgsFunction: a.completeNumbers(1)},
		&cobra.Command{Use: "get NUMBER NAME", Short: "Write a file to standard output, or to --output; NAME@2 is its second version", Args: argsBetween(2, 2),
			RunE:              func(cmd *cobra.Command, args []string) error { return runFileGet(cmd, a, args[0], args[1]) },
			ValidArgsFunction: a.completeFiles},
		&cobra.Command{Use: "text NUMBER NAME", Short: "Print the text of a file: plain text, letters", Args: argsBetween(2, 2),
			RunE:              func(cmd *cobra.Command, args []string) error { return runFileText(cmd, a, args[0], args[1]) },
			ValidArgsFunction: a.completeFiles},
	)
	return cmd
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
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "files", Value: filesJSON(d)}})
	}
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: heading("file", s.Language), Flex: true}, {Title: heading("size", s.Language), Align: render.Right},
		{Title: heading("by", s.Language)}, {Title: heading("at", s.Language)}, {Title: heading("version", s.Language), Align: render.Right},
	}}
	for _, f := range d.Files {
		size := s.Size(f.Size)
		if a.flags.plain {
			size = fmt.Sprint(f.Size)
		}
		of, n := d.Version(f)
		name, tone := of, render.Normal
		if n < len(d.Versions(of)) {
			name, tone = fmt.Sprintf("%s@%d", of, n), render.Dim
		}
		if a.flags.plain {
			name = f.Name
		}
		row := render.Row(name, size, f.By, document.FormatTime(f.At), fmt.Sprint(n))
		for i := range row {
			row[i].Tone = tone
		}
		t.Rows = append(t.Rows, row)
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	if len(d.Files) == 0 {
		a.message("no files")
		return nil
	}
	return s.Table(a.result, t)
}

// attached finds a file of a document, the letter it came from included, and
// the name under which it is stored.
func (a *app) attached(cmd *cobra.Command, text, name string) (stored string, data []byte, err error) {
	r, number, err := a.resolve(cmd, text)
	if err != nil {
		return "", nil, err
	}
	d, err := r.ReadHead(number)
	if err != nil {
		return "", nil, err
	}
	if f, ok := d.File(name); ok {
		name = f.Name
	}
	data, err = r.Attachment(d, name)
	return name, data, err
}

func runFileGet(cmd *cobra.Command, a *app, text, name string) error {
	_, data, err := a.attached(cmd, text, name)
	if err != nil {
		return err
	}
	_, err = a.result.Write(data)
	return err
}

func runFileText(cmd *cobra.Command, a *app, text, name string) error {
	name, data, err := a.attached(cmd, text, name)
	if err != nil {
		return err
	}
	out, ok := filetext.Of(name, data)
	if !ok {
		return fmt.Errorf("%q is not a kind of file whose text e1 can read", name)
	}
	_, err = fmt.Fprintln(a.result, strings.TrimRight(out, "\n"))
	return err
}

func (a *app) completeFiles(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.numbers(cmd, toComplete), noFiles
	}
	r, number, err := a.resolve(cmd, args[0])
	if err != nil || len(args) > 1 {
		return nil, noFiles
	}
	d, err := r.Read(number)
	if err != nil {
		return nil, noFiles
	}
	var out []string
	for _, f := range d.Files {
		of, n := d.Version(f)
		if n < len(d.Versions(of)) {
			of = fmt.Sprintf("%s@%d", of, n)
		}
		out = append(out, described(of, f.Original))
	}
	return out, noFiles
}
