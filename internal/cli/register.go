package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/repo"
)

type registerOptions struct {
	app    *app
	form   string
	values []string
	from   string
	like   string
	forDoc string
	status string
	links  []string
	attach []string
	dues   []string
}

func newRegisterCmd(a *app) *cobra.Command {
	o := &registerOptions{app: a}
	cmd := &cobra.Command{
		Use:   "register FORM [FIELD=VALUE…]",
		Short: "Register a document and print its number",
		Long: `Registers a document: its card is filled and checked, it gets its number, and
the routes that its form starts begin. The number is printed.

Values are typed as people write them: dates 23.11.2026, amounts 1 500 000,50,
phones in any notation, directory entries by id or title, documents by number or
by the value of a unique field.

What seems to be there already, by its phone, e-mail or name, is shown and asked
about at a terminal; elsewhere it is refused unless -y says to go on.`,
		Example: `  e1 register inquiries kind=training name='ООО «Ромашка»' inn=7707083893
  e1 register works --for CLI-000001 kind=call planned_start='24.11.2026 10:00'
  e1 register works --like WRK-2026-000007
  e1 register inquiries --from card.yaml --attach letter.pdf`,
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.form, o.values = args[0], args[1:]
			return runRegister(cmd, o)
		},
		ValidArgsFunction: a.completeRegister,
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "take the card from a YAML or JSON `FILE`, or -")
	f.StringVar(&o.like, "like", "", "take the card over from document `NUMBER`")
	f.StringVar(&o.forDoc, "for", "", "take client, contract and the like from `NUMBER`")
	f.StringVar(&o.status, "status", "", "begin in this `STATUS`")
	f.StringArrayVar(&o.links, "link", nil, "link with another document: `KIND=NUMBER`")
	f.StringArrayVar(&o.dues, "due", nil, "a deadline given by hand: `STEP=DEADLINE`")
	f.StringArrayVar(&o.attach, "attach", nil, "attach a `FILE`")
	a.completeRegisterFlags(cmd)
	return cmd
}

func runRegister(cmd *cobra.Command, o *registerOptions) error {
	a := o.app
	given, err := assignments(o.values)
	if err != nil {
		return err
	}
	of, err := a.act(cmd)
	if err != nil {
		return err
	}
	r := of.Repo()
	if _, err := r.Definitions().Form(o.form); err != nil {
		return err
	}
	req := office.Registration{Form: o.form, Values: given, Status: o.status}
	if req.Due, err = deadlines(r.Now(), o.dues); err != nil {
		return err
	}
	var card *cardFile
	if o.from != "" {
		if card, err = a.readCard(o.from); err != nil {
			return err
		}
		req.Values = append(card.besides(given), given...)
	}
	if err := o.documents(r, &req); err != nil {
		return err
	}
	if req.Attachments, err = attachments(o.attach); err != nil {
		return err
	}
	req.Doubles = a.flags.yes
	done, err := of.Register(cmd.Context(), req)
	var double *office.DoubleError
	if errors.As(err, &double) {
		// Nothing is doubled unseen, and no script waits for an answer.
		if err := a.askDouble(r, double); err != nil {
			return err
		}
		req.Doubles = true
		if done, err = of.Register(cmd.Context(), req); err == nil {
			told := double.Problems
			done.Warnings = slices.DeleteFunc(done.Warnings, func(w form.Problem) bool {
				return slices.ContainsFunc(told, func(p form.Problem) bool { return p.Message == w.Message })
			})
		}
	}
	if err != nil {
		return card.placed(err)
	}
	if err := a.documentResult(r, done); err != nil || a.flags.json || done.Receipt.DryRun {
		return err
	}
	_, err = fmt.Fprintln(a.result, done.Document.Number)
	return err
}

// documents finds the documents that the flags name.
func (o *registerOptions) documents(r *repo.Repo, req *office.Registration) error {
	for _, ref := range []struct {
		text string
		to   *string
	}{{o.like, &req.Like}, {o.forDoc, &req.For}} {
		if ref.text == "" {
			continue
		}
		var err error
		if *ref.to, err = r.Resolve(ref.text); err != nil {
			return err
		}
	}
	for _, l := range o.links {
		kind, number, ok := strings.Cut(l, "=")
		if !ok || kind == "" {
			return usagef("--link takes KIND=NUMBER, not %q", l)
		}
		to, err := r.Resolve(number)
		if err != nil {
			return err
		}
		req.Links = append(req.Links, office.LinkTo{Kind: kind, To: to, NewKind: o.app.flags.yes})
	}
	return nil
}
