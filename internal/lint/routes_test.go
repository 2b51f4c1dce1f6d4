package lint

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// sources is a definition.Source in memory.
type sources map[string]string

func (f sources) Read(name string) ([]byte, error) {
	if src, ok := f[name]; ok {
		return []byte(src), nil
	}
	return nil, fs.ErrNotExist
}

func (f sources) List(dir, suffix string) ([]string, error) {
	var names []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// conditions is the number of booleans of the form.
const conditions = 6

func smallOffice() sources {
	var fields strings.Builder
	for i := range conditions {
		fmt.Fprintf(&fields, "  - {field: b%d, type: bool, label: B}\n", i+1)
		fmt.Fprintf(&fields, "  - {field: d%d, type: date, label: D}\n", i+1)
		fmt.Fprintf(&fields, "  - {field: c%d, type: text, label: C}\n", i+1)
		fmt.Fprintf(&fields, "  - {field: p%d, type: user, label: P}\n  - {field: q%d, type: user, label: Q}\n", i+1, i+1)
	}
	return sources{
		"e1.yaml":           "title: T\nlanguage: en\ncurrency: RUB\ntime_zone: Europe/Moscow\ncalendar: ru\nlayout: 1\n",
		"org.yaml":          "users:\n- {id: ann, name: Ann, email: ann@example.invalid, roles: [admin]}\n- {id: bob, name: Bob, email: bob@example.invalid, roles: []}\nroles:\n- {id: admin, title: admin}\n",
		"routes/sub.yaml":   called,
		"forms/papers.yaml": "form: papers\ntitle: P\none: P\nnumber: PAP-{seq:6}\nstatuses:\n- {status: new, title: N}\ngroups:\n- group: main\n  title: M\n  fields:\n  - {field: note, type: text, label: N}\n  - {field: k, type: int, label: K}\n" + fields.String(),
	}
}

// variable is what a search sets as it likes before anything happens.
type variable struct {
	kind   string
	number int
}

// The kinds of variables, with the number of values of each.
var kinds = map[string]int{
	"b": 2, // a condition holds or not
	"d": 2, // a date is past or far away
	"c": 2, // a field is changed or not
	"p": 3, // there are none, one or two people
	"k": 3, // a called route goes on, or ends in one of two ways
}

// profile is how often steps wait for others, in percent, and whether the
// route has what only an exhaustive search can let happen in every order.
type profile struct {
	open, after, lock, alone int
	wide                     bool
}

var (
	ordinary = profile{open: 15, after: 25, lock: 15, alone: 15}
	searched = profile{open: 15, after: 25, lock: 15, alone: 15, wide: true}
	dense    = profile{open: 30, after: 35, lock: 45, alone: 45, wide: true}
)

// writer writes random small routes, sound ones and others. Each condition is
// a boolean of its own.
type writer struct {
	*rapid.T
	profile
	b      strings.Builder
	steps  int
	used   int // conditions
	free   []variable
	named  []string // steps of the sequence being written: jumps stay in it
	all    []string // steps of every sequence
	open   []string // blocks of every sequence that a milestone may be made of
	inEach bool
	ends   bool // an `end` is allowed here: every block around cancels
}

func (w *writer) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth) + fmt.Sprintf(format, args...) + "\n")
}

func (w *writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.T, "word") }

func (w *writer) chance(percent int) bool {
	return rapid.IntRange(1, 100).Draw(w.T, "chance") <= percent
}

func (w *writer) condition() string {
	w.used++
	w.free = append(w.free, variable{"b", w.used})
	return fmt.Sprintf("b%d", w.used)
}

func (w *writer) variable(kind string) string {
	w.free = append(w.free, variable{kind, len(w.free) + 1})
	return fmt.Sprintf("%s%d", kind, len(w.free))
}

// more tells whether another condition is not too much for a search.
func (w *writer) more() bool {
	return w.used < 2 && (!w.wide || assignments(w.free) < 8)
}

// assignments gives the number of values that variables have together.
func assignments(free []variable) int {
	n := 1
	for _, v := range free {
		n *= kinds[v.kind]
	}
	return n
}

// sequence writes steps of one branch, the first of which is a task.
func (w *writer) sequence(depth, nesting int, inside bool, most int) {
	named := w.named
	w.named = nil
	w.block(depth, nesting, inside, most)
	w.named = named
}

func (w *writer) block(depth, nesting int, inside bool, most int) {
	w.task(depth, nesting, inside, true)
	for range rapid.IntRange(0, most-1).Draw(w.T, "steps") {
		w.step(depth, nesting, inside)
	}
}

func (w *writer) id() string {
	w.steps++
	return fmt.Sprintf("s%d", w.steps)
}

func (w *writer) target(inside bool) string {
	switch w.one("next", "next", "go", "go", "end", "leave") {
	case "go":
		if len(w.named) > 0 {
			return "go: " + rapid.SampledFrom(w.named).Draw(w.T, "target")
		}
	case "end":
		if w.ends {
			return "end: early"
		}
	case "leave":
		if inside {
			return "leave: true"
		}
	}
	return "next: true"
}

func (w *writer) task(depth, nesting int, inside, plain bool) {
	id := w.id()
	w.named = append(w.named, id)
	w.line(depth, "- task: T")
	w.line(depth, "  id: %s", id)
	w.line(depth, "  who: bob")
	if !plain && w.more() && w.chance(15) {
		w.line(depth, "  if: %s", w.condition())
	}
	w.guards(depth, inside, 1)
	w.all = append(w.all, id)
	if !w.chance(60) {
		return
	}
	w.line(depth, "  outcomes:")
	for i := range rapid.IntRange(1, 2).Draw(w.T, "outcomes") {
		first := w.target(inside)
		if strings.HasPrefix(first, "go") && w.chance(50) {
			w.line(depth, "    o%d: {%s, max: 1, else: {%s}}", i, first, w.target(inside))
		} else {
			w.line(depth, "    o%d: {%s}", i, first)
		}
	}
}

// guards writes what a step waits for.
func (w *writer) guards(depth int, inside bool, share int) {
	if inside && len(w.all) > 0 && w.chance(w.profile.open/share) {
		w.line(depth, "  while: open(%s)", rapid.SampledFrom(slices.Concat(w.all, w.open)).Draw(w.T, "open"))
	} else if w.wide && w.more() && !w.chance(95) {
		w.line(depth, "  while: %s", w.condition())
	}
	if inside && len(w.all) > 0 && w.chance(w.after/share) {
		w.line(depth, "  after: %s", rapid.SampledFrom(w.all).Draw(w.T, "after"))
	}
	if inside && w.chance(w.lock/share) {
		w.line(depth, "  lock: %s", w.one("one", "two"))
	}
}

// other writes the guards of a step that is no task.
func (w *writer) other(depth int, inside bool) {
	if w.wide {
		w.guards(depth, inside, 3)
	}
}

func (w *writer) step(depth, nesting int, inside bool) {
	kind := "task"
	if nesting > 0 && w.steps < 9 {
		kind = w.one("task", "task", "task", "choose", "parallel", "parallel", "choose", "each", "each", "repeat", "repeat", "wait", "do", "first", "actions", "call")
	}
	switch kind {
	case "task":
		w.task(depth, nesting, inside, false)
	case "choose":
		if !w.more() {
			return
		}
		w.line(depth, "- choose:")
		w.other(depth, inside)
		w.line(depth, "  branches:")
		w.line(depth, "  - if: %s", w.condition())
		w.line(depth, "    steps:")
		w.block(depth+2, nesting-1, inside, 2)
		if w.chance(50) {
			w.line(depth, "  - else: next")
		} else {
			w.line(depth, "  - else:")
			w.block(depth+2, nesting-1, inside, 1)
		}
	case "parallel":
		id := w.id()
		w.named = append(w.named, id)
		w.open = append(w.open, id)
		w.line(depth, "- parallel:")
		w.line(depth, "  id: %s", id)
		join := w.one("all", "all", "any", "2", "none")
		w.line(depth, "  join: %s", join)
		ends := w.ends
		if w.ends = ends && join != "none" && w.chance(50); w.ends {
			w.line(depth, "  rest: cancel")
		}
		if w.wide {
			w.guards(depth, inside, 2)
		} else if inside && w.chance(w.lock) {
			w.line(depth, "  lock: %s", w.one("one", "two"))
		}
		decides := w.chance(30)
		if decides {
			named := w.ends
			w.ends = ends
			w.line(depth, "  outcomes:")
			w.line(depth, "    approve: {%s}", w.target(inside))
			w.line(depth, "    reject: {%s, now: %s}", w.target(inside), w.one("true", "false"))
			w.ends = named
		}
		if w.chance(w.alone) {
			w.line(depth, "  one_at_a_time: true")
		}
		if w.more() && w.chance(40) {
			w.line(depth, "  on:")
			for range w.handlers() {
				w.handler(depth+1, nesting)
			}
		}
		w.line(depth, "  branches:")
		for i := range rapid.IntRange(2, 3).Draw(w.T, "branches") {
			if i > 0 && w.more() && w.chance(20) {
				w.line(depth, "  - if: %s", w.condition())
				w.line(depth, "    steps:")
			} else {
				w.line(depth, "  - steps:")
			}
			named := w.named
			w.named = nil
			if w.wide && w.chance(15) {
				w.line(depth+2, "- do:")
				w.line(depth+2, "  - set: {note: '\"x\"'}")
			}
			if decides && w.chance(70) {
				a := w.id()
				w.named = append(w.named, a)
				w.line(depth+2, "- {approve: A, id: %s, who: bob}", a)
			} else {
				w.task(depth+2, nesting, true, true)
			}
			for range rapid.IntRange(0, 1).Draw(w.T, "steps") {
				w.step(depth+2, nesting-1, true)
			}
			w.named = named
		}
		w.ends = ends
	case "each":
		if !w.wide {
			w.line(depth, "- each: [ann, bob]")
		} else if w.more() {
			p := w.variable("p")
			w.line(depth, "- each: [%s, %s]", p, strings.Replace(p, "p", "q", 1))
			if !w.inEach && w.chance(15) { // else nobody can say which is meant
				w.line(depth, "  allow: add")
			}
			if w.chance(w.alone / 2) {
				w.line(depth, "  one_at_a_time: true")
			}
		} else {
			return
		}
		w.other(depth, inside)
		w.line(depth, "  join: %s", w.one("all", "any"))
		ends := w.ends
		if w.ends = ends && w.chance(50); w.ends {
			w.line(depth, "  rest: cancel")
		}
		w.line(depth, "  steps:")
		all, open := w.all, w.open
		inEach := w.inEach
		w.inEach = true
		if !w.wide || w.chance(50) { // nothing looks at the items from elsewhere, nor they at others
			w.all, w.open = nil, nil
			w.sequence(depth+1, nesting-1, true, 2)
			w.all, w.open = all, open
		} else {
			w.sequence(depth+1, nesting-1, true, 2)
		}
		w.ends, w.inEach = ends, inEach
	case "repeat":
		if !w.more() {
			return
		}
		id := w.id()
		w.open = append(w.open, id)
		w.line(depth, "- repeat:")
		w.line(depth, "  id: %s", id)
		w.other(depth, inside)
		w.line(depth, "  until: %s", w.condition())
		if w.chance(50) {
			w.line(depth, "  max: %s", w.one("1", "2"))
		}
		w.line(depth, "  steps:")
		w.block(depth+1, nesting-1, inside, 2)
	case "wait":
		w.line(depth, "- wait: %s", w.date())
		w.other(depth, inside)
	case "do":
		w.line(depth, "- do:")
		w.line(depth, "  - set: {note: '\"x\"'}")
		if w.wide && w.used > 0 && w.chance(3) {
			w.line(depth, "  - set: {b1: not b1}")
		}
		w.other(depth, inside)
	case "first":
		w.line(depth, "- wait:")
		w.line(depth, "    first:")
		w.line(depth, "    - until: %s", w.date())
		if w.chance(50) {
			w.line(depth, "      steps:")
			w.block(depth+3, nesting-1, inside, 1)
		}
		if w.more() && w.chance(50) {
			w.line(depth, "    - when: %s", w.condition())
			w.line(depth, "      steps:")
			w.block(depth+3, nesting-1, inside, 1)
		} else if w.wide && w.more() && w.chance(30) {
			w.line(depth, "    - changed: %s", w.variable("c"))
		} else {
			w.line(depth, "    - message: any")
		}
		w.other(depth, inside)
	case "actions":
		w.line(depth, "- do:")
		if w.chance(30) {
			w.line(depth, "  - register: {form: papers, set: {note: '\"x\"'}}")
		}
		w.line(depth, "  - %s: %s", w.one("cancel", "complete"), rapid.SampledFrom(w.withdrawn()).Draw(w.T, "step"))
	case "call":
		if w.wide && !w.called() {
			return
		}
		w.line(depth, "- call: sub")
		w.other(depth, inside)
		w.line(depth, "  outcomes:")
		w.line(depth, "    good: {%s}", w.target(inside))
		w.line(depth, "    bad: {%s}", w.target(inside))
	}
}

// handlers gives how many of them a block has.
func (w *writer) handlers() int {
	if w.wide && w.chance(30) {
		return 2
	}
	return 1
}

// withdrawn gives the steps that may be withdrawn, blocks around among them.
func (w *writer) withdrawn() []string {
	if w.wide {
		return slices.Concat(w.all, w.open)
	}
	return w.all
}

// handler writes what a block does when a condition becomes true meanwhile.
func (w *writer) handler(depth, nesting int) {
	switch {
	case w.wide && w.chance(25):
		w.line(depth, "- message: any")
	case w.wide && w.chance(25):
		w.line(depth, "- changed: %s", w.variable("c"))
	case !w.more():
		w.line(depth, "- message: reply")
	default:
		w.line(depth, "- when: %s", w.condition())
	}
	if w.wide && w.chance(30) {
		w.line(depth, "  keep: true")
	}
	if w.chance(50) {
		w.line(depth, "  cancel: %s", rapid.SampledFrom(w.withdrawn()).Draw(w.T, "step"))
	}
	w.line(depth, "  steps:")
	if w.wide && w.ends && w.chance(15) {
		w.line(depth, "  - end: event")
		return
	}
	w.sequence(depth+1, nesting-1, true, 1)
}

// date gives something that a wait is until.
func (w *writer) date() string {
	if w.wide && w.more() && w.chance(80) {
		return w.variable("d")
	}
	return "1wd"
}

// called tells whether the route may call the other one, whose end is one more
// variable: once.
func (w *writer) called() bool {
	if w.inEach || slices.ContainsFunc(w.free, func(v variable) bool { return v.kind == "k" }) {
		return false
	}
	if assignments(w.free) > 4 {
		return false
	}
	w.free = append(w.free, variable{kind: "k"})
	return true
}

// called is the route that the others call.
const called = "route: sub\nfor: papers\nstart: by route\ncontroller: ann\nsteps:\n- {task: Q, id: q1, who: bob, outcomes: {a: next, b: {end: bad}}}\n- end: good\n"

// calledAsked is one that ends at once, or later, in both of its ways.
const calledAsked = "route: sub\nfor: papers\nstart: by route\ncontroller: ann\nsteps:\n" +
	"- choose:\n  branches:\n  - {if: k == 1, steps: [{end: good}]}\n  - {if: k == 2, steps: [{end: bad}]}\n  - else: next\n" +
	"- wait:\n    first:\n    - {when: k == 1, end: good}\n    - {when: k == 2, end: bad}\n"
