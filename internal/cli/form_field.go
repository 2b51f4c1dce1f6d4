package cli

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
)

func newFormFieldCmd(a *app) *cobra.Command {
	return group("field", "Change the fields of a form; the file keeps its comments",
		newFormFieldAddCmd(a), newFormFieldSetCmd(a), newFormFieldMoveCmd(a), newFormFieldRmCmd(a))
}

// fieldPlace is where a field is put.
type fieldPlace struct{ group, after string }

func (p *fieldPlace) addFlags(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.group, "group", "", "put it into this `GROUP`")
	cmd.Flags().StringVar(&p.after, "after", "", "put it behind this `FIELD`")
	_ = cmd.RegisterFlagCompletionFunc("group", a.completeFormPart(groupNames))
	_ = cmd.RegisterFlagCompletionFunc("after", a.completeFormPart(fieldNames))
}

func fieldKeys(args []string) ([]form.FieldKey, error) {
	values, err := assignments(args)
	if err != nil {
		return nil, err
	}
	var keys []form.FieldKey
	for _, v := range values {
		keys = append(keys, form.FieldKey{Key: v.Field, Value: v.Text})
	}
	return keys, nil
}

// editForm changes the file of a form and commits it.
func (a *app) editForm(cmd *cobra.Command, name, subject string, edit func(string, []byte) ([]byte, error)) error {
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	done, err := of.EditForm(cmd.Context(), name, subject, edit)
	if errors.Is(err, fs.ErrNotExist) {
		known, _ := of.Repo().Definitions().FormNames()
		return &repo.UnknownError{What: "form", Name: name, Known: known, Try: "e1 form list"}
	}
	if err != nil {
		return err
	}
	return a.doneResult(of.Repo(), done, render.Member{Key: "form", Value: name})
}
