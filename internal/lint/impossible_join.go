package lint

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// impossibleJoin reports joins that wait for what never comes, and so for all
// branches that were begun: more branches than there are, or a condition that
// so many never meet. Package route counts the branches of a parallel.
func impossibleJoin() *rule {
	return &rule{
		Code:     Code{route.R018.Code, route.R018.Slug, route.R018.Summary},
		severity: diag.Error,
		check: func(s *subject) {
			for _, step := range s.Steps() {
				if step.Verb != route.Parallel && step.Verb != route.Each || s.LostSteps(step.Range) {
					continue
				}
				count, what, sure := s.branchesOf(step)
				switch {
				case count == 0 || step.Allow.Text != "":
				case step.Join.Kind == route.JoinN && step.Verb == route.Each && step.Join.N > count:
					p := s.report(step.Join.At, "the join waits for %d of %d %s", step.Join.N, count, what)
					p.Help = "write a smaller number, or `all`"
					if !sure {
						p.Severity = diag.Warning
					}
				case step.Join.Kind == route.JoinN && step.Verb == route.Parallel:
					s.fewerBegun(step)
				case step.Join.Kind == route.JoinWhen && s.neverJoins(step, count):
					s.report(step.Join.When.At(), "this never holds with %d %s: the join waits for all of them", count, what).Help =
						"ask for what so many can meet, or write `join: all`"
				}
			}
		},
	}
}

// branchesOf gives how many branches a block begins at most, 0 when that depends
// on the document; sure tells that it does not depend on who there is either.
func (s *subject) branchesOf(step *route.Step) (count int, what string, sure bool) {
	switch {
	case step.Verb == route.Parallel:
		return len(step.Branches), "branches", true
	case step.Over.People != nil:
		found := s.performers(step.Over.People)
		if !found.known {
			return 0, "", false
		}
		return len(found.users), "people", !slices.ContainsFunc(step.Over.People.Who, func(w *route.Who) bool { return w.Kind != route.WhoName })
	}
	if t := tree(step.Over.Expr); t != nil && t.Op == expr.ListOf {
		return len(t.Args), "elements", true
	}
	return 0, "", false
}

// neverJoins tells whether the condition of a join holds for no number of
// branches that arrive.
func (s *subject) neverJoins(step *route.Step, count int) bool {
	t := tree(step.Join.When)
	if t == nil || s.unsure(t) {
		return false
	}
	known := s.domains(nil)
	verdict, _ := decide.Satisfy([]decide.Wish{{Cond: t, Holds: true}}, func(path string, kind expr.Type) decide.Domain {
		d := known(path, kind)
		if path == "arrived" || path == "started" {
			d.Min, d.Max = int64(0), int64(count)
		}
		return d
	})
	return verdict == decide.Impossible
}

// fewerBegun warns of a parallel that waits for a number of branches, of which
// fewer may be begun: the join then goes on with these, where two signatures
// were meant with one.
func (s *subject) fewerBegun(step *route.Step) {
	var conds []decide.Wish
	always := 0
	for _, b := range step.Branches {
		if b.If == nil {
			always++
			continue
		}
		t := meant(b.If)
		if t == nil {
			return // nobody knows when it is begun
		}
		conds = append(conds, decide.Wish{Cond: t})
	}
	if always >= step.Join.N || step.Join.N > len(step.Branches) || s.data().entry[step] == nil {
		return
	}
	// As few as possible: all conditional branches left out, or all but one.
	for begun := -1; begun < len(conds); begun++ {
		wishes := slices.Clone(conds)
		number := always
		if begun >= 0 {
			wishes[begun].Holds = true
			number++
		}
		if number >= step.Join.N || number == 0 {
			continue
		}
		verdict, witness := s.ask(s.inside(step), append(s.around(step), wishes...)...)
		if verdict == decide.Impossible {
			continue
		}
		p := s.report(step.Join.At, "the join waits for %d branches, of which only %d may be begun; it then goes on with so few", step.Join.N, number)
		if verdict == decide.Possible && len(witness) > 0 {
			p.Message = fmt.Sprintf("the join waits for %d branches, of which only %d may be begun, as with %s; it then goes on with so few", step.Join.N, number, witness)
		}
		p.Severity = diag.Warning
		p.Help = "write `join: all` if all that were begun are meant, or let as many branches begin always"
		return
	}
}
