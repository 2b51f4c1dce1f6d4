package cli

import (
	"errors"
	"fmt"
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
		Short: "List imports, how many letters wait, and what is in quarantine",
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
	s := a.style()
	t := render.Table{Columns: []render.Column{
		{Title: s.Word("Import"), Whole: true}, {Title: s.Word("Title"), Flex: true, Wrap: true}, {Title: s.Word("Form"), Whole: true}, {Title: s.Word("Folder"), Flex: true, Wrap: true},
		{Title: s.Word("Waiting"), Align: render.Right}, {Title: s.Word("Quarantined"), Align: render.Right},
	}}
	if a.flags.plain { // people read below what does not work
		t.Columns = append(t.Columns, render.Column{Title: s.Word("Problem")})
	}
	var troubles []string
	for _, i := range all {
		state, b := boxState{}, boxHolding(boxes, i.Name)
		if b != nil {
			state = states[b]
		}
		title, formName := "", ""
		if i.Def != nil {
			title, formName = i.Def.Title.In(s.Language), i.Def.Form
		}
		trouble := importTrouble(i, state)
		row := []render.Cell{
			{Text: i.Name, Tone: render.Accent}, {Text: title}, {Text: formName}, {Text: state.dir},
			{Text: format(state.waiting)}, {Text: format(len(state.quarantined))},
		}
		if a.flags.plain {
			row = append(row, render.Cell{Text: trouble})
		} else if trouble != "" {
			troubles = append(troubles, i.Name, trouble)
		}
		t.Rows = append(t.Rows, row)
	}
	if err := a.listing(t, nil); err != nil || a.flags.plain {
		return err
	}
	if err := a.troubles(troubles); err != nil {
		return err
	}
	return a.quarantined(r, boxes, states)
}

// troubles lists what keeps imports from working: names, each with the reason
// behind it.
func (a *app) troubles(list []string) error {
	s := a.style()
	if len(list) > 0 {
		fmt.Fprintf(a.result, "\n%s\n", s.Paint(render.Strong, s.Word("Problem")))
	}
	for i := 0; i < len(list); i += 2 {
		fmt.Fprintln(a.result, "  "+s.Paint(render.Accent, list[i]))
		if err := s.Line(a.result, 4, render.Bad, oneLine(list[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// quarantined lists the letters in quarantine, with the reasons below them.
func (a *app) quarantined(r *repo.Repo, boxes []*office.Box, states map[*office.Box]boxState) error {
	s := a.style()
	first := true
	for _, b := range boxes {
		for _, h := range states[b].quarantined {
			if first {
				fmt.Fprintf(a.result, "\n%s\n", s.Paint(render.Strong, s.Word("In quarantine")))
				first = false
			}
			fmt.Fprintln(a.result, "  "+s.Paint(render.Accent, render.Clean(below(r, h.Path))))
			if err := s.Line(a.result, 4, render.Warn, oneLine(h.Reason)); err != nil {
				return err
			}
		}
	}
	return nil
}

// below shortens a path that lies in the repository.
func below(r *repo.Repo, name string) string {
	if rel, err := filepath.Rel(r.Root(), name); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return name
}

func stateOf(r *repo.Repo, b *office.Box) boxState {
	s := boxState{dir: below(r, b.Path)}
	folder, err := b.Folder()
	var missing *office.MissingFolderError
	if errors.As(err, &missing) {
		err = missing.Err // the names of the imports are known here
	}
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
	var out []render.Object
	for _, i := range all {
		state := boxState{}
		if b := boxHolding(boxes, i.Name); b != nil {
			state = states[b]
		}
		var held []render.Object
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
