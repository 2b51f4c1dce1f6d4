package engine

import "github.com/e1-dms/e1/internal/route"

// What one transition may cost at most. Each bound lies far above what an
// office does and ends what would never end by itself, such as a circle of
// steps in which nobody has to act, with a refusal that says Endless.
const (
	maxSteps   = 20_000    // steps entered, and begun by handlers, until somebody has to act
	maxStarts  = 1_000     // instances begun
	maxDepth   = 100       // of them, each from within the one before
	maxMoments = 5_000     // at which something is due, in one look at the clock
	maxChecks  = 1_000_000 // expressions evaluated
)

// spent is what a transition has cost so far.
type spent struct{ steps, starts, depth, checks int }

// spend counts a step entered or begun; nil stands for the route itself.
func (r *run) spend(s *route.Step) error {
	if r.spent.steps++; r.spent.steps <= maxSteps {
		return nil
	}
	at := r.r.Name.Text
	if s != nil {
		at = s.ID
	}
	return refuse(Endless, "put a task or a wait into the loop, or bound it with max",
		"route %q goes on for more than %d steps without anybody acting; the last one is %q", r.r.Name.Text, maxSteps, at)
}

// evaluates counts an expression.
func (r *run) evaluates(e *route.Expr) error {
	if r.spent.checks++; r.spent.checks <= maxChecks {
		return nil
	}
	return refuse(Endless, "bound the loop with max, or split the table",
		"route %q evaluates more than %d expressions without anybody acting; the last one is %q (%s)", r.r.Name.Text, maxChecks, e.Text, e.At())
}

// begins counts an instance that is begun; leave tells that it has gone as far
// as it goes by itself.
func (m *machine) begins(def *route.Route) (leave func(), err error) {
	m.spent.starts++
	m.spent.depth++
	leave = func() { m.spent.depth-- }
	switch {
	case m.spent.depth > maxDepth:
		err = refuse(Endless, "bound the recursion with a condition, or put a task before the call",
			"route %q is the last of %d that begin each other without anybody acting", def.Name.Text, maxDepth)
	case m.spent.starts > maxStarts:
		err = refuse(Endless, "put a task into the loop, or split the table",
			"route %q is one of more than %d that begin at once on %s", def.Name.Text, maxStarts, m.self.Number)
	}
	return leave, err
}
