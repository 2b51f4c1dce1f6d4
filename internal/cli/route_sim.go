package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
)

type routeSimOptions struct {
	card    []string
	answers []string
	random  int
	seed    uint64
}

func newRouteSimCmd(a *app) *cobra.Command {
	o := &routeSimOptions{}
	cmd := &cobra.Command{
		Use:   "sim ROUTE",
		Short: "Play a route with invented documents and show where they wait",
		Long: `Plays a route of the work tree over invented documents; nothing is written.
Without --random one document goes along with the first outcomes, every task
taking all the time it has. With it answers and durations are drawn: the same
seed gives the same result. Times are working time.`,
		Example: `  e1 route sim contract-approval --card amount=2000000 --card status=approval
  e1 route sim retail --random 99 --card name=Ромашка --answers stock=absent:20%`,
		Args:              argsBetween(1, 1),
		RunE:              func(cmd *cobra.Command, args []string) error { return runRouteSim(cmd, a, o, args[0]) },
		ValidArgsFunction: a.completeRoutes,
	}
	cmd.Flags().StringArrayVar(&o.card, "card", nil, "a field of the documents: `FIELD=VALUE`")
	cmd.Flags().StringSliceVar(&o.answers, "answers", nil, "the answer to a step: `STEP=OUTCOME`, or …:N%")
	cmd.Flags().IntVar(&o.random, "random", 0, "play `N` documents at random")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "`NUMBER` that chance begins with")
	return cmd
}

func runRouteSim(cmd *cobra.Command, a *app, o *routeSimOptions, name string) error {
	const most = 100_000
	if o.random < 0 || o.random > most {
		return usagef("--random takes a number of documents up to %d, not %d", most, o.random)
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	defs := r.WorkDefinitions()
	base, err := defs.Trial()
	if err != nil {
		return err
	}
	def, err := defs.UsableRoute(name)
	if err != nil {
		return err
	}
	s := trial.Simulation{Route: def, Random: o.random, Seed: o.seed}
	for _, text := range o.card {
		field, value, ok := strings.Cut(text, "=")
		if !ok {
			return usagef("--card takes FIELD=VALUE, not %q", text)
		}
		s.Card = append(s.Card, form.RowInput{Column: field, Text: value})
	}
	if s.Answers, err = o.replies(def); err != nil {
		return err
	}
	found, err := base.Simulate(s)
	if err != nil {
		return err
	}
	for _, n := range found.Notes {
		a.note("a document could not go on: %s", n)
	}
	return a.simulated(r, def, found)
}

// replies reads STEP=OUTCOME and STEP=OUTCOME:20%.
func (o *routeSimOptions) replies(def *route.Route) ([]trial.Reply, error) {
	var out []trial.Reply
	for _, text := range o.answers {
		step, rest, ok := strings.Cut(text, "=")
		outcome, share, shared := strings.Cut(rest, ":")
		if !ok || outcome == "" {
			return nil, usagef("--answers takes STEP=OUTCOME, not %q", text)
		}
		s := def.Step(step)
		if s == nil {
			var known []string
			for _, s := range def.Steps() {
				if s.Person() {
					known = append(known, s.ID)
				}
			}
			return nil, &repo.UnknownError{What: "step", Name: step, Known: known, Try: "e1 route show " + def.Name.Text}
		}
		if s.Outcome(outcome) == nil {
			var known []string
			for _, o := range s.Outcomes {
				known = append(known, o.Name)
			}
			return nil, usagef("--answers: step %q: %s", step, diag.Unknown("outcome", outcome, known))
		}
		reply := trial.Reply{Step: step, Outcome: outcome}
		if shared {
			n, err := strconv.Atoi(strings.TrimSuffix(share, "%"))
			if err != nil || n < 1 || n > 100 {
				return nil, usagef("--answers: %q is no share; write for instance %s=%s:20%%", share, step, outcome)
			}
			reply.Percent = n
		}
		out = append(out, reply)
	}
	return out, nil
}

func (a *app) simulated(r *repo.Repo, def *route.Route, found *trial.Simulated) error {
	style := a.style()
	lang := r.Language()
	t := render.Table{Columns: []render.Column{
		{Title: style.Word("Step"), Whole: true}, {Title: style.Word("Title"), Flex: true, Wrap: true},
		{Title: style.Word("Visits"), Align: render.Right}, {Title: style.Word("Mean"), Align: render.Right},
		{Title: "90 %", Align: render.Right}, {Title: style.Word("Late"), Align: render.Right}, {Title: style.Word("Open"), Align: render.Right},
	}}
	var steps []render.Object
	for _, s := range found.Steps {
		mean, high := trial.Mean(s.Times), trial.Percentile(s.Times, 90)
		t.Rows = append(t.Rows, []render.Cell{{Text: s.Step.ID, Tone: render.Accent}, {Text: s.Step.Title.In(lang)}, {Text: strconv.Itoa(len(s.Times) + s.Open)},
			{Text: hours(mean)}, {Text: hours(high)}, {Text: strconv.Itoa(s.Late)}, {Text: strconv.Itoa(s.Open)}})
		steps = append(steps, render.Object{{Key: "step", Value: s.Step.ID}, {Key: "title", Value: s.Step.Title.In(lang)}, {Key: "visits", Value: len(s.Times) + s.Open},
			{Key: "mean_minutes", Value: int(mean / time.Minute)}, {Key: "p90_minutes", Value: int(high / time.Minute)}, {Key: "late", Value: s.Late}, {Key: "open", Value: s.Open}})
	}
	ends := render.Table{Columns: []render.Column{{Title: style.Word("End"), Whole: true}, {Title: style.Word("Documents"), Align: render.Right}, {Title: "%", Align: render.Right}}}
	var endObjects []render.Object
	for _, e := range found.Ends {
		name, percent := e.Name, fmt.Sprintf("%.1f", float64(e.Count)*100/float64(found.Documents))
		if name == "" {
			name = style.Word("still running")
		}
		ends.Rows = append(ends.Rows, render.Row(name, strconv.Itoa(e.Count), percent))
		endObjects = append(endObjects, render.Object{{Key: "end", Value: e.Name}, {Key: "documents", Value: e.Count}, {Key: "percent", Value: percent}})
	}
	mean, high := trial.Mean(found.Total), trial.Percentile(found.Total, 90)
	switch {
	case a.flags.json:
		return render.JSON(a.result, render.Object{{Key: "route", Value: def.Name.Text}, {Key: "documents", Value: found.Documents}, {Key: "steps", Value: steps},
			{Key: "ends", Value: endObjects}, {Key: "mean_minutes", Value: int(mean / time.Minute)}, {Key: "p90_minutes", Value: int(high / time.Minute)}})
	case a.flags.plain:
		return render.PlainTable(a.result, t)
	}
	if err := style.Table(a.result, t); err != nil {
		return err
	}
	fmt.Fprintln(a.result)
	if err := style.Table(a.result, ends); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.result, "\n%s: %s, 90 %%: %s\n", style.Word("whole route, working time"), hours(mean), hours(high))
	return err
}

// hours writes working time as 12:05.
func hours(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d/time.Hour), int(d/time.Minute)%60)
}
