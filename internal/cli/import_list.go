package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/maildir"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newImportListCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List imports, how many letters wait, and what is in quarantine and why",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runImportList(cmd, a) },
	}
}

// boxState is a folder of letters as it is now.
type boxState struct {
	waiting     int
	quarantined []maildir.Held
	dir         string
	trouble     string // why it cannot be read
}

func runImportList(cmd *cobra.Command, a *app) error {
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	all, err := r.Definitions().Imports()
	if err != nil {
		return err
	}
	boxes, err := office.Boxes(r, r.Definitions())
	if err != nil && len(all) == 0 {
		return err
	}
	states := map[*office.Box]boxState{}
	for _, b := range boxes {
		states[b] = stateOf(r, b)
	}
	if a.flags.json {
		return a.importListJSON(r, all, boxes, states)
	}
	t := render.Table{Columns: []render.Column{
		{Title: "import", Whole: true}, {Title: "title", Flex: true}, {Title: "form"}, {Title: "folder", Flex: true},
		{Title: "waiting", Align: render.Right}, {Title: "quarantined", Align: render.Right}, {Title: "problem", Flex: true, Wrap: true},
	}}
	for _, i := range all {
		state, b := boxState{}, boxHolding(boxes, i.Name)
		if b != nil {
			state = states[b]
		}
		title, formName := "", ""
		if i.Def != nil {
			title, formName = i.Def.Title.In(r.Language()), i.Def.Form
		}
		t.Rows = append(t.Rows, []render.Cell{
			{Text: i.Name, Tone: render.Accent}, {Text: title}, {Text: formName}, {Text: state.dir},
			{Text: format(state.waiting)}, {Text: format(len(state.quarantined))}, {Text: importTrouble(i, state), Tone: render.Bad},
		})
	}
	if a.flags.plain {
		return render.PlainTable(a.result, t)
	}
	if err := a.style().Table(a.result, t); err != nil {
		return err
	}
	return a.quarantineTable(boxes, states)
}

// quarantineTable lists the letters in quarantine with their reasons.
func (a *app) quarantineTable(boxes []*office.Box, states map[*office.Box]boxState) error {
	t := render.Table{Columns: []render.Column{{Title: "in quarantine", Whole: true}, {Title: "reason", Flex: true, Wrap: true}}}
	for _, b := range boxes {
		for _, h := range states[b].quarantined {
			t.Rows = append(t.Rows, []render.Cell{{Text: h.Path}, {Text: inOneLine(h.Reason), Tone: render.Warn}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	if _, err := a.result.Write([]byte("\n")); err != nil {
		return err
	}
	return a.style().Table(a.result, t)
}

func stateOf(r *repo.Repo, b *office.Box) boxState {
	s := boxState{dir: b.Path}
	if rel, err := filepath.Rel(r.Root(), b.Path); err == nil && !strings.HasPrefix(rel, "..") {
		s.dir = filepath.ToSlash(rel)
	}
	folder, err := b.Folder()
	if err != nil {
		s.trouble = err.Error()
		return s
	}
	waiting, err := folder.Waiting()
	if err != nil {
		s.trouble = err.Error()
		return s
	}
	s.waiting = len(waiting)
	if s.quarantined, err = folder.Quarantined(); err != nil {
		s.trouble = err.Error()
	}
	return s
}

func boxHolding(boxes []*office.Box, name string) *office.Box {
	for _, b := range boxes {
		for _, n := range b.Names {
			if n == name {
				return b
			}
		}
	}
	return nil
}

// importTrouble is what keeps an import from working.
func importTrouble(i *definition.Import, s boxState) string {
	if i.Def == nil {
		return firstProblem(i)
	}
	return s.trouble
}

func firstProblem(i *definition.Import) string {
	for _, p := range i.Problems {
		return p.Headline()
	}
	return "the definition is empty"
}

func (a *app) importListJSON(r *repo.Repo, all []*definition.Import, boxes []*office.Box, states map[*office.Box]boxState) error {
	out := []render.Object{}
	for _, i := range all {
		state := boxState{}
		if b := boxHolding(boxes, i.Name); b != nil {
			state = states[b]
		}
		held := []render.Object{}
		for _, h := range state.quarantined {
			held = append(held, render.Object{{Key: "source", Value: h.Name}, {Key: "path", Value: h.Path}, {Key: "reason", Value: h.Reason}})
		}
		title, formName := "", ""
		if i.Def != nil {
			title, formName = i.Def.Title.In(r.Language()), i.Def.Form
		}
		out = append(out, render.Object{
			{Key: "name", Value: i.Name}, {Key: "title", Value: title}, {Key: "form", Value: formName}, {Key: "folder", Value: state.dir},
			{Key: "waiting", Value: state.waiting}, {Key: "quarantined", Value: held}, {Key: "problem", Value: importTrouble(i, state)},
		})
	}
	return render.JSON(a.result, render.Object{{Key: "imports", Value: out}})
}
