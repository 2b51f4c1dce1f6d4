package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/render"
)

type mailDropOptions struct {
	app  *app
	sent bool
}

func newMailDropCmd(a *app) *cobra.Command {
	o := &mailDropOptions{app: a}
	cmd := &cobra.Command{
		Use:   "drop ID…",
		Short: "Withdraw letters that have not gone",
		Long: `Withdraws letters of the outbox: their documents say "withdrawn". With --sent
letters in doubt are noted as sent instead. ID is the Message-ID, its beginning,
or the number of a document with one letter in the outbox. All of them are one
change; when one is not there, nothing is changed.`,
		Example:           "  e1 mail drop INQ-42\n  e1 mail drop 01m83k8nc0 --sent",
		Args:              argsBetween(1, -1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runMailDrop(cmd, o, args) },
		ValidArgsFunction: a.completeLetters,
	}
	cmd.Flags().BoolVar(&o.sent, "sent", false, "the letters have gone")
	return cmd
}

func runMailDrop(cmd *cobra.Command, o *mailDropOptions, ids []string) error {
	a := o.app
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	var letters []outbox.Entry
	var found []string
	var problems []error
	for _, id := range ids {
		e, err := office.FindLetter(of.Repo(), id)
		if err != nil {
			problems = append(problems, err)
		} else if !slices.Contains(found, e.ID) {
			letters, found = append(letters, e), append(found, e.ID)
		}
	}
	if len(problems) > 0 {
		return errors.Join(problems...)
	}
	done, err := of.DropLetters(cmd.Context(), found, o.sent)
	if err != nil {
		return err
	}
	return a.doneResult(of.Repo(), done, render.Member{Key: "letters", Value: outboxJSON(letters)})
}
