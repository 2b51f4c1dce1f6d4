package trial_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// mutant is a route with one thing in it made wrong.
type mutant struct {
	what string
	src  []byte
}

// mutants makes everything wrong in a route that somebody could get wrong, one
// thing at a time: somebody else does a task, at another time, an action is
// missing, an answer leads elsewhere. What only people read is left alone.
func mutants(t *testing.T, name string, src []byte) []mutant {
	t.Helper()
	f, problems := yamlsrc.Parse(name, src)
	must(t, problems.Err())
	r, problems := route.ParseSource(name, src)
	must(t, problems.Err())
	m := &mutator{t: t, root: f.Root, ends: r.Ends()}
	m.mapping(f.Root, "")
	return m.out
}

type mutator struct {
	t    *testing.T
	root *yamlsrc.Node
	ends []string
	out  []mutant
}

// with keeps the route as it is while something in it is wrong.
func (m *mutator) with(at *yamlsrc.Node, what string, wrong yamlsrc.Node) {
	m.t.Helper()
	was := *at
	*at = wrong
	src, err := yamlsrc.Encode(m.root)
	*at = was
	must(m.t, err)
	m.out = append(m.out, mutant{fmt.Sprintf("%d: %s", at.Start.Line, what), src})
}

func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

// unread are the keys whose values only people or the editor read.
var unread = []string{"title", "text", "id", "task", "approve", "inform", "route", "ends", "for", "calendar"}

// optional are the keys that can be forgotten.
var optional = []string{"if", "else", "due", "remind", "escalate", "fill", "comment", "controller", "do", "join", "rest", "into", "link", "find", "pick", "now", "outcomes"}

func (m *mutator) mapping(n *yamlsrc.Node, inside string) {
	for i, p := range n.Pairs {
		key := p.Key.Value
		if slices.Contains(unread, key) {
			continue
		}
		if slices.Contains(optional, key) || inside == "set" && len(n.Pairs) > 1 {
			less := *n
			less.Pairs = without(n.Pairs, i)
			what := "no " + key
			if p.Value.Kind == yamlsrc.Scalar {
				what += " " + p.Value.Value
			}
			m.with(n, what, less)
		}
		m.value(p.Value, key)
	}
}

func (m *mutator) value(n *yamlsrc.Node, key string) {
	switch n.Kind {
	case yamlsrc.Mapping:
		m.mapping(n, key)
	case yamlsrc.Sequence:
		for i, item := range n.Items {
			if key == "do" || key == "start" || key == "due" || key == "fill" {
				less := *n
				less.Items = without(n.Items, i)
				m.with(n, fmt.Sprintf("no %s %d", key, i+1), less)
			}
			m.value(item, key)
		}
	default:
		if wrong := m.other(key, n.Value); wrong != "" {
			m.with(n, fmt.Sprintf("%s: %s, not %s", key, wrong, n.Value), *yamlsrc.PlainText(wrong))
		}
	}
}

// other is what somebody could have written by mistake instead of a value.
func (m *mutator) other(key, value string) string {
	digits := strings.TrimLeft(value, "0123456789")
	n, _ := strconv.Atoi(strings.TrimSuffix(value, digits))
	switch key {
	case "if", "when":
		return "not (" + value + ")"
	case "who", "else", "to", "controller":
		if value == "role ceo" {
			return "role secretary"
		}
		return "role ceo"
	case "due", "remind", "after":
		if n > 0 {
			return strconv.Itoa(2*n) + digits
		}
	case "as", "template":
		return "other-" + value
	case "link":
		return "related"
	case "max":
		return strconv.Itoa(n + 1)
	case "end":
		i := slices.Index(m.ends, value)
		return m.ends[(i+1)%len(m.ends)]
	}
	return ""
}

// harmless are the mistakes that make no difference any test could see, with the
// reason; the line of the route is left out.
var harmless = map[string]string{
	"contract-approval no if filled(amount)":  "actions on a document that is not there are passed over, so that this condition only saves a note",
	"contract-approval no if filled(invoice)": "the same",
	"contract-approval no comment required":   "the answer of the block is the one of the step, which asks for the comment already",
	"long-sale no status in_work":             "what follows puts a new client into the same status",
	"long-sale no else role head_of_sales":    "the controller of the route, who stands in for everybody, is the same person",
	"retail no pick least-loaded":             "the least loaded of people who have nothing to do is the first of them, as without it",
	"retail no status in_work":                "what follows puts a new client into another status",
	"retail no if empty(paid_on)":             "with the date of payment there the step is over before anybody could answer it",
}

// TestShippedTestsNoticeMistakes: the tests of the shipped routes notice
// everything that is made wrong in them, but for what makes no difference.
// Mutants that are no routes are left to lint.
func TestShippedTestsNoticeMistakes(t *testing.T) {
	t.Parallel()
	source := standard(t)
	defs := definition.New(source)
	tests, err := defs.RouteTests()
	must(t, err)
	tried, passed := 0, map[string]bool{}
	for _, file := range tests {
		must(t, file.Problems.Err())
		route := file.File.Route.Text
		name := "routes/" + route + ".yaml"
		for i, wrong := range mutants(t, name, source[name]) {
			if !soak && (i+len(name))%8 != 0 {
				continue
			}
			changed := files{}
			for name, src := range source {
				changed[name] = src
			}
			changed[name] = wrong.src
			defs := definition.New(changed)
			if _, err := defs.UsableRoute(route); err != nil {
				continue
			}
			b, err := defs.Trial()
			must(t, err)
			tried++
			if slices.ContainsFunc(b.Run(file.File), func(res *trial.Result) bool { return !res.OK() }) {
				continue
			}
			_, what, _ := strings.Cut(wrong.what, ": ")
			if what = route + " " + what; harmless[what] == "" {
				t.Errorf("not noticed: %s:%s", name, wrong.what)
			}
			passed[what] = true
		}
	}
	if tried < 30 {
		t.Errorf("only %d mistakes were tried", tried)
	}
	for what := range harmless {
		if soak && !passed[what] {
			t.Errorf("%s is noticed after all", what)
		}
	}
}
