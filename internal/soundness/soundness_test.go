package soundness

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// net reads "t: a b -> c d / x" a line, with the places i and o at the ends;
// "/" names what is cleared.
func net(t testing.TB, text string) *Net {
	t.Helper()
	n := &Net{}
	index := map[string]int{}
	places := func(names string) []int {
		var out []int
		for _, name := range strings.Fields(names) {
			p, known := index[name]
			if !known {
				p = n.Place(name)
				index[name] = p
			}
			out = append(out, p)
		}
		return out
	}
	n.Initial, n.Final = places("i"), places("o")
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		name, rest, _ := strings.Cut(line, ":")
		in, rest, ok := strings.Cut(rest, "->")
		if !ok {
			t.Fatalf("no arrow in %q", line)
		}
		out, cleared, _ := strings.Cut(rest, "/")
		n.Transition(strings.TrimSpace(name), places(in), places(out), places(cleared)...)
	}
	return n
}

// tell describes a verdict in words.
func tell(n *Net, v *Verdict) string {
	var b strings.Builder
	names := func(ts []int) string {
		var out []string
		for _, t := range ts {
			if t == End {
				out = append(out, "END")
			} else {
				out = append(out, n.Transitions[t].Name)
			}
		}
		return strings.Join(out, " ")
	}
	marked := func(ps []int) string {
		var out []string
		for _, p := range ps {
			out = append(out, n.Places[p])
		}
		return strings.Join(out, " ")
	}
	if v.Sound() {
		return "sound"
	}
	for _, s := range v.Stuck {
		kind := "stuck"
		if s.Loop {
			kind = "loop"
		}
		fmt.Fprintf(&b, "%s at %s after %s\n", kind, marked(s.Places), names(s.Trace))
	}
	if len(v.Waiting) > 0 {
		fmt.Fprintf(&b, "waiting: %s\n", names(v.Waiting))
	}
	for _, m := range v.Improper {
		fmt.Fprintf(&b, "left over: %s after %s\n", marked(m.Places), names(m.Trace))
	}
	for _, u := range v.Unsafe {
		fmt.Fprintf(&b, "twice: %s by %s after %s\n", n.Places[u.Place], n.Transitions[u.Transition].Name, names(u.Trace))
	}
	if len(v.Dead) > 0 {
		fmt.Fprintf(&b, "dead: %s\n", names(v.Dead))
	}
	if v.Stopped {
		b.WriteString("stopped\n")
	}
	return b.String()
}

func decide(t testing.TB, n *Net) *Verdict {
	t.Helper()
	v, err := Decide(n, MaxStates)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestKnownNets holds verdicts against those of the literature.
func TestKnownNets(t *testing.T) {
	for _, test := range []struct{ name, net, want string }{
		{"sequence", "a: i -> p\nb: p -> o", "sound"},
		{"parallel", "s: i -> p q\na: p -> p1\nb: q -> q1\nj: p1 q1 -> o", "sound"},
		// van der Aalst, "Verification of workflow nets" (1997): a choice joined
		// as if both ways were taken.
		{"or-split, and-join", "a: i -> p\nb: i -> q\nj: p q -> o", "stuck at p after a\nstuck at q after b\nwaiting: j\ndead: j\n"},
		{"and-split, or-join", "s: i -> p q\na: p -> o\nb: q -> o", "stuck at o after s a END b\nleft over: q after s a END\nleft over: p after s b END\ntwice: o by b after s a\ntwice: o by a after s b\n"},
		{"loop without exit", "a: i -> p\nb: p -> q\nc: q -> p\nd: q r -> o", "loop at p after a\nwaiting: d\ndead: d\n"},
		{"loop", "a: i -> p\nb: p -> q\nc: q -> p\nd: q -> o", "sound"},
		// The complaint handling of van der Aalst and van Hee, "Workflow
		// Management: Models, Methods, and Systems" (2002).
		{"complaints", `register: i -> c1 c2
send_questionnaire: c1 -> c3
process_questionnaire: c3 -> c5
time_out: c3 -> c5
evaluate: c2 -> c4
processing_required: c4 -> c6
no_processing: c4 -> c7
process_complaint: c6 c5 -> c8 c5
check: c8 -> c9
ok: c9 -> c7
nok: c9 -> c6
archive: c5 c7 -> o`, "sound"},
		// Not free choice, and sound all the same: a milestone.
		{"milestone", "s: i -> a b\nt: a -> a1\nu: b a1 -> b1 a1\nj: a1 b1 -> o", "sound"},
		{"two faulty joins", "s: i -> p q\nx1: p -> a\nx2: p -> b\ny1: q -> c\ny2: q -> d\nj1: a b -> o1\nj2: c d -> o2\nj: o1 o2 -> o",
			"stuck at a c after s x1 y1\nstuck at a d after s x1 y2\nstuck at b c after s x2 y1\nstuck at b d after s x2 y2\nwaiting: j1 j2\ndead: j1 j2 j\n"},
		{"cancellation", "s: i -> p q\na: p -> o / q q1\nb: q -> q1\nc: q1 -> q", "sound"},
		{"a lock", "s: i -> p q l\na: p l -> p1\nb: p1 -> p2 l\nc: q l -> q1\nd: q1 -> q2 l\nj: p2 q2 l -> o", "sound"},
		{"two locks", "s: i -> p q l m\na: p l -> p1\nb: p1 m -> p2\nc: p2 -> p3 l m\nd: q m -> q1\ne: q1 l -> q2\nf: q2 -> q3 l m\nj: p3 q3 l m -> o",
			"stuck at p1 q1 after s a d\nwaiting: b e\n"},
	} {
		n := net(t, test.net)
		if diff := cmp.Diff(test.want, tell(n, decide(t, n))); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestRefusedNets(t *testing.T) {
	for name, n := range map[string]*Net{
		"no places":       {},
		"a source":        {Places: []string{"i"}, Initial: []int{0}, Final: []int{0}, Transitions: []Transition{{Name: "t", Out: []int{0}}}},
		"a sink":          {Places: []string{"i"}, Initial: []int{0}, Final: []int{0}, Transitions: []Transition{{Name: "t", In: []int{0}}}},
		"an unknown one":  {Places: []string{"i"}, Initial: []int{0}, Final: []int{7}},
		"a weight":        {Places: []string{"i"}, Initial: []int{0}, Final: []int{0}, Transitions: []Transition{{Name: "t", In: []int{0, 0}, Out: []int{0}}}},
		"too many places": {Places: make([]string, MaxPlaces+1), Initial: []int{0}, Final: []int{0}},
	} {
		if v, err := Decide(n, MaxStates); err == nil {
			t.Errorf("%s: decided: %+v", name, v)
		}
	}
}

// naive decides by looking at every marking, in another way: the definitions
// of the package comment over maps.
func naive(n *Net) (complete, proper, safe bool, dead []int, ok bool) {
	type state struct {
		m    string // a byte for each place, the last for done
		next []int
		good bool
	}
	trans := append(slices.Clone(n.Transitions), Transition{Name: "finish", In: n.Final, Out: []int{len(n.Places)}})
	first := make([]byte, len(n.Places)+1)
	for _, p := range n.Initial {
		first[p] = 1
	}
	states := []*state{{m: string(first)}}
	index := map[string]int{string(first): 0}
	proper, safe = true, true
	fired := map[int]bool{}
	for i := 0; i < len(states); i++ {
		if len(states) > 5000 {
			return false, false, false, nil, false
		}
		s := states[i]
		tokens := strings.Count(s.m, "\x01")
		if s.m[len(n.Places)] == 1 {
			proper = proper && tokens == 1
			s.good = tokens == 1
		}
		for k, t := range trans {
			enabled := true
			for _, p := range t.In {
				enabled = enabled && s.m[p] == 1
			}
			if !enabled {
				continue
			}
			m := []byte(s.m)
			for _, p := range append(slices.Clone(t.In), t.Clear...) {
				m[p] = 0
			}
			twice := false
			for _, p := range t.Out {
				m[p]++
				twice = twice || m[p] > 1
			}
			if twice && k == len(n.Transitions) {
				continue
			}
			fired[k] = true
			if twice {
				safe, s.good = false, true
				continue
			}
			j, known := index[string(m)]
			if !known {
				j = len(states)
				index[string(m)] = j
				states = append(states, &state{m: string(m)})
			}
			s.next = append(s.next, j)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, s := range states {
			if !s.good && slices.ContainsFunc(s.next, func(j int) bool { return states[j].good }) {
				s.good, changed = true, true
			}
		}
	}
	complete = !slices.ContainsFunc(states, func(s *state) bool { return !s.good })
	for t := range n.Transitions {
		if !fired[t] {
			dead = append(dead, t)
		}
	}
	return complete, proper, safe, dead, true
}

// random draws a small net: blocks that are sound by themselves, with some
// arcs moved, or arcs at random.
func random(t *rapid.T) *Net {
	places := rapid.IntRange(2, 10).Draw(t, "places")
	n := &Net{Initial: []int{0}, Final: []int{places - 1}}
	for p := range places {
		n.Place(fmt.Sprint("p", p))
	}
	some := func(most int, what string) []int {
		out := rapid.SliceOfNDistinct(rapid.IntRange(0, places-1), 1, most, rapid.ID[int]).Draw(t, what)
		slices.Sort(out)
		return out
	}
	clears := rapid.IntRange(0, 3).Draw(t, "clears") == 0
	forward := rapid.Bool().Draw(t, "forward")
	for i, count := 0, rapid.IntRange(1, 12).Draw(t, "transitions"); i < count; i++ {
		in, out := some(2, "in"), some(2, "out")
		if forward && in[0] > out[0] && rapid.IntRange(0, 3).Draw(t, "turn") > 0 {
			in, out = out, in
		}
		var cleared []int
		if clears && rapid.IntRange(0, 3).Draw(t, "clear") == 0 {
			cleared = some(3, "cleared")
		}
		n.Transition(fmt.Sprint("t", i), in, out, cleared...)
	}
	return n
}

// grow draws a net that is sound and safe, by undoing reductions, and spoils
// it now and then.
func grow(t *rapid.T) *Net {
	n := &Net{Initial: []int{0}, Final: []int{1}}
	n.Place("i")
	n.Place("o")
	n.Transition("t", []int{0}, []int{1})
	name := func() string { return fmt.Sprint("t", len(n.Transitions)) }
	for range rapid.IntRange(1, 10).Draw(t, "steps") {
		k := rapid.IntRange(0, len(n.Transitions)-1).Draw(t, "at")
		tr := n.Transitions[k]
		switch rapid.IntRange(0, 4).Draw(t, "rule") {
		case 0: // in two
			p := n.Place(fmt.Sprint("p", len(n.Places)))
			n.Transition(name(), []int{p}, tr.Out)
			n.Transitions[k].Out = []int{p}
		case 1: // a choice
			n.Transition(name(), tr.In, tr.Out)
		case 2: // in parallel
			a, b := n.Place(fmt.Sprint("p", len(n.Places))), n.Place(fmt.Sprint("p", len(n.Places)+1))
			c, d := n.Place(fmt.Sprint("p", len(n.Places))), n.Place(fmt.Sprint("p", len(n.Places)+1))
			n.Transition(name(), []int{a}, []int{c})
			n.Transition(name(), []int{b}, []int{d})
			n.Transition(name(), []int{c, d}, tr.Out)
			n.Transitions[k].Out = []int{a, b}
		case 3: // a loop
			if len(tr.Out) == 1 && tr.Out[0] != 1 {
				p := n.Place(fmt.Sprint("p", len(n.Places)))
				n.Transition(name(), tr.Out, []int{p})
				n.Transition(name(), []int{p}, tr.Out)
			}
		case 4: // spoilt
			if rapid.IntRange(0, 2).Draw(t, "spoil") == 0 {
				p := rapid.IntRange(0, len(n.Places)-1).Draw(t, "place")
				if rapid.Bool().Draw(t, "in") && !slices.Contains(tr.In, p) {
					n.Transitions[k].In = append(slices.Clone(tr.In), p)
				} else if !slices.Contains(tr.Out, p) {
					n.Transitions[k].Out = append(slices.Clone(tr.Out), p)
				}
			}
		}
	}
	return n
}

func compare(t *rapid.T, n *Net) {
	complete, proper, safe, dead, ok := naive(n)
	if !ok {
		t.Skip("too large")
	}
	holds := func(a Answer) bool { return a == Holds }
	same := func(how string, v *Verdict) {
		if v.Stopped {
			t.Fatalf("%s: stopped: %+v", how, n)
		}
		if holds(v.Complete) != complete || holds(v.Proper) != proper || holds(v.Safe) != safe || !slices.Equal(v.Dead, dead) {
			t.Fatalf("%s: complete %v %v, proper %v %v, safe %v %v, dead %v %v\n%+v", how,
				v.Complete, complete, v.Proper, proper, v.Safe, safe, v.Dead, dead, n)
		}
	}
	v, err := Decide(n, MaxStates)
	if err != nil {
		t.Fatal(err)
	}
	same("decide", v)
	same("stubborn", explore(n, MaxStates, true).verdict())
	same("full", explore(n, MaxStates, false).verdict())
	if small, from := reduce(n); small != nil {
		sound := complete && proper && safe && len(dead) == 0
		reduced := explore(small, MaxStates, true).verdict()
		if reduced.Sound() != sound {
			t.Fatalf("the reduced net: %v, should be %v\n%+v\n%+v", reduced.Sound(), sound, small, n)
		}
		playable(t, n, expand(n, reduced, from))
	}
	playable(t, n, v)
}

// playable proves that every trace leads where the verdict says.
func playable(t *rapid.T, n *Net, v *Verdict) {
	play := func(trace []int) bitset {
		m := newBitset(len(n.Places))
		for _, p := range n.Initial {
			m.add(p)
		}
		for _, k := range trace {
			if k == End {
				if !m.marked(n.Final) {
					t.Fatalf("the trace %v ends too early\n%+v", trace, n)
				}
				end := Transition{In: n.Final}
				end.fire(m)
				continue
			}
			if !m.marked(n.Transitions[k].In) || n.Transitions[k].contact(m) >= 0 {
				t.Fatalf("the trace %v cannot be played\n%+v", trace, n)
			}
			n.Transitions[k].fire(m)
		}
		return m
	}
	for _, u := range v.Unsafe {
		m := play(u.Trace)
		if !m.marked(n.Transitions[u.Transition].In) || !m.has(u.Place) {
			t.Fatalf("%+v is not unsafe\n%+v", u, n)
		}
	}
	for _, s := range v.Stuck {
		play(s.Trace)
	}
}

func TestRandomNets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { compare(t, random(t)) })
}

func TestGrownNets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { compare(t, grow(t)) })
}
