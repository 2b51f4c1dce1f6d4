package lint

import (
	"fmt"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
)

// rule is one check over one route. Rules judge what a route means; that it
// can be read, and that everything it refers to is there, packages yamlsrc and
// route have made sure before, so a rule meets no broken route. Several routes
// are judged at once, so a rule keeps nothing outside of its subject.
type rule struct {
	Code
	severity diag.Severity
	check    func(*subject)
}

// rules are the checks over routes, each in a file of its own named after its
// slug, by code.
func rules() []*rule {
	return []*rule{
		unreachableStep(),
		noWayToEnd(),
		joinWaitsForever(),
		activeTwice(),
		loopWithoutExit(),
		reworkWithoutLimit(),
		impossibleJoin(),
		analysisStopped(),
		neverStarted(),
		outcomeNotRouted(),
		routesStartEachOther(),
		superfluousBlock(),
		missingElse(),
		overlappingBranches(),
		deadBranch(),
		constantCondition(),
		possiblyEmpty(),
		valueOutsideList(),
		unroundedMoney(),
		divisionByZero(),
		performerPossiblyNobody(),
		ownApproval(),
		tooFewPerformers(),
		rotationOverOne(),
		controllerIsPerformer(),
		fieldsNotPermitted(),
		absentWithoutSubstitute(),
		impossibleDeadline(),
		mixedUnits(),
		reminderOutsideTerm(),
		escalationCircle(),
		noCalendar(),
		promisedTimeExceeded(),
		nothingSends(),
		readBeforeFilled(),
		requiredUnfilled(),
		parallelWrites(),
		lostWrite(),
		editedAfterApproval(),
		templateNeedsValue(),
		actionInLoop(),
		noRecipient(),
		refusedAction(),
		largeRoute(),
	}
}

// subject is a route under examination and what a rule may ask about it.
type subject struct {
	*route.Route
	defs     *definition.Set
	forms    *form.Set
	org      *org.Org
	settings *settings.Settings
	env      *expr.Env // names for expressions outside every each; nil without a form
	flow     *dataflow // see data
	sure     []string  // fields that have a value whenever this is looked at
	// constants remembers which conditions are constant, and how.
	constants map[*expr.Expr][2]bool
	drawn     *flow         // see graph
	fall      []*route.Step // see falling
	again     *recursion    // see recursion
	net       *concurrency

	// Outside of routes, see elsewhere.
	table *form.Field // the columns of its rows stand before the fields of the document
	void  bool        // documents in the status void count, too
	loose []string    // names of values that are worked out of others

	rule     *rule
	problems *diag.List
	// faults are the errors that were found in the route before; nil for none.
	faults diag.List
	shaky  *shaky // of the other definitions; nil when that does not matter
}

// report adds a problem of the rule at work and returns it, so that the rule
// can add a help, a path or related places.
func (s *subject) report(at diag.Span, format string, args ...any) *diag.Problem {
	s.problems.Add(diag.Problem{Code: s.rule.Code.Code, Slug: s.rule.Slug, Severity: s.rule.severity,
		At: at, Message: fmt.Sprintf(format, args...)})
	return &(*s.problems)[len(*s.problems)-1]
}

// Route holds a route against the other definitions and judges it by all rules.
// Known are the problems of reading it; all come back together. A route with
// errors among them must not be started.
func Route(defs *definition.Set, r *route.Route, known diag.List) (diag.List, error) {
	found, err := analyse(defs, r, known, nil)
	return slices.Concat(known, found), err
}

// analyse is Route without the problems that are known already.
func analyse(defs *definition.Set, r *route.Route, known diag.List, others *shaky) (diag.List, error) {
	problems, err := defs.CheckRoute(r)
	if err != nil {
		return nil, err
	}
	if names, err := defs.FormNames(); err == nil && r.For.Text != "" && !slices.Contains(names, r.For.Text) {
		if near := diag.Nearest(r.For.Text, names); near != "" { // as it was meant
			corrected := *r
			corrected.For.Text, r = near, &corrected
		}
	}
	judged, err := judge(defs, r, slices.Concat(known, problems), others)
	return slices.Concat(problems, judged), err
}

// judge judges a route by all rules. Of a route with errors it says what is
// wrong besides, and leaves out what may only follow from these.
func judge(defs *definition.Set, r *route.Route, known diag.List, others *shaky) (diag.List, error) {
	forms, err := defs.Forms()
	if err != nil {
		return nil, err
	}
	conf, _, err := defs.Settings()
	if err != nil {
		return nil, err
	}
	var problems diag.List
	s := &subject{Route: r, defs: defs, forms: forms, org: forms.Org(), settings: conf, problems: &problems, shaky: others}
	for _, p := range known {
		if p.Severity == diag.Error {
			s.faults.Add(p)
		}
	}
	s.env = defs.RouteEnv(r.For.Text)
	for _, s.rule = range rules() {
		s.rule.check(s)
	}
	if s.faults != nil {
		problems = slices.DeleteFunc(problems, s.follows)
	}
	return problems, nil
}

// follows tells whether a problem is found where there is an error already.
// Where the route leads (R01x, R02x) is judged with the errors in mind.
func (s *subject) follows(p diag.Problem) bool {
	if p.Code[:3] == "R01" || p.Code[:3] == "R02" {
		return false
	}
	return s.wrong(p.At)
}

// wrong tells whether there is an error at a place of the route.
func (s *subject) wrong(at diag.Span) bool {
	return slices.ContainsFunc(s.faults, func(f diag.Problem) bool { return f.At.Overlaps(at) })
}
