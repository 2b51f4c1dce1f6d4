package cli

import (
	"math"
	"strings"

	"github.com/e1-dms/e1/internal/index"
	"github.com/spf13/cobra"
)

type searchOptions struct {
	app   *app
	words []string
	form  string
	limit int
}

func newSearchCmd(a *app) *cobra.Command {
	o := &searchOptions{app: a}
	cmd := &cobra.Command{
		Use:   "search WORDS…",
		Short: "Full text over cards, comments and files",
		Long: `Finds documents that hold all the words, in any of their forms: «договоры» finds
«договора». "Words in quotes" are looked for as a phrase, a* by its beginning;
requisites and phones are found by their digits.`,
		Example: `  e1 search ромашка обучение
  e1 search 7707083893 --form clients`,
		Args: argsBetween(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.words = args
			return runSearch(cmd, o)
		},
	}
	cmd.Flags().StringVar(&o.form, "form", "", "only documents of this `FORM`")
	limitFlag(cmd, &o.limit, usualLimit, "documents")
	a.completeFlag(cmd, "form", a.formNames)
	return cmd
}

func runSearch(cmd *cobra.Command, o *searchOptions) error {
	a := o.app
	if strings.TrimSpace(strings.Join(o.words, "")) == "" {
		return usagef("there are no words to search for")
	}
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if o.form != "" {
		if _, err := r.Definitions().Form(o.form); err != nil {
			return err
		}
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	q := index.SearchQuery{Words: strings.Join(o.words, " "), Form: o.form, Limit: limit}
	if a.flags.json {
		q.MaxCount = math.MaxInt32 // the total is a promise
	}
	found, err := db.Search(q)
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, o.form); err != nil {
		return err
	}
	if a.flags.json {
		return a.listJSON(r, found)
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	return a.printRows(v, nil, []string{"number", "form", "status", "title"}, found)
}
