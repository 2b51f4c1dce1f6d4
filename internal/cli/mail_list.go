package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/render"
)

func newMailListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the letters that wait in the outbox",
		Long: `Lists the letters of this clone that have not gone: queued, tried and kept
for later, refused, and those in doubt ("sending"), whose process died between
handing the letter over and noting it.`,
		Example: "  e1 mail list\n  e1 mail list --json",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runMailList(cmd, a) },
	}
}

func runMailList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	entries, err := office.Outbox(r).List()
	if err != nil {
		return err
	}
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Document"), Whole: true}, {Title: s.Word("State")}, {Title: s.Word("Letter"), Flex: true, Wrap: true}, {Title: "id", Max: 13},
	}}
	for _, e := range entries {
		to := strings.Join(e.To, ", ")
		if a.flags.plain {
			t.Rows = append(t.Rows, render.Row(e.Document, string(e.State), to, e.Subject, e.ID))
			continue
		}
		letter := e.Subject + "\n" + to
		if e.Error != "" {
			letter += "\n" + e.Error
		}
		t.Rows = append(t.Rows, []render.Cell{{Text: e.Document, Tone: render.Accent}, {Text: s.Word(string(e.State)), Tone: letterTone(e.State)}, {Text: letter}, {Text: e.ID}})
	}
	if len(entries) == 0 {
		a.message("no letters wait")
	}
	return a.listing(t, render.Object{{Key: "letters", Value: outboxJSON(entries)}, {Key: "total", Value: len(entries)}})
}

// letterTone marks what a person has to decide about.
func letterTone(s outbox.State) render.Tone {
	switch s {
	case outbox.Failed, outbox.Sending:
		return render.Bad
	}
	return render.Normal
}

func outboxJSON(entries []outbox.Entry) []render.Object {
	var out []render.Object
	for _, e := range entries {
		out = append(out, render.Object{{Key: "id", Value: e.ID}, {Key: "document", Value: e.Document}, {Key: "from", Value: e.From}, {Key: "to", Value: e.To},
			{Key: "subject", Value: e.Subject}, {Key: "queued", Value: e.Queued}, {Key: "state", Value: string(e.State)},
			{Key: "attempts", Value: e.Attempts}, {Key: "next", Value: e.Next}, {Key: "error", Value: e.Error}})
	}
	return out
}
