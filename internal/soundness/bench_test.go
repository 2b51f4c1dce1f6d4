package soundness

import (
	"fmt"
	"testing"
)

// branches is a net of n parallel branches of two steps each. Every step looks
// at a shared place, and takes one of two ways, so that no rule of reduction
// fuses anything but the ways.
func branches(n int) *Net {
	net := &Net{}
	i, o, open := net.Place("i"), net.Place("o"), net.Place("open")
	net.Initial, net.Final = []int{i}, []int{o}
	start, end := []int{open}, []int{open}
	for b := range n {
		p, q, r := net.Place(fmt.Sprint("p", b)), net.Place(fmt.Sprint("q", b)), net.Place(fmt.Sprint("r", b))
		net.Transition(fmt.Sprint("a", b), []int{p, open}, []int{q, open})
		net.Transition(fmt.Sprint("b", b), []int{q, open}, []int{r, open})
		start, end = append(start, p), append(end, r)
	}
	net.Transition("split", []int{i}, start)
	net.Transition("join", end, []int{o})
	return net
}

// typical is a net like those of industry: nested choices, loops and parallel
// branches in sequence, with a jump out of some of the choices.
func typical(places int) *Net {
	net := &Net{}
	at := net.Place("i")
	net.Initial = []int{at}
	seq := 0
	step := func(in, out []int) {
		seq++
		net.Transition(fmt.Sprint("t", seq), in, out)
	}
	stop := net.Place("stop")
	for len(net.Places) < places-16 {
		var ends []int
		var starts []int
		next := net.Place(fmt.Sprint("n", len(net.Places)))
		for b := range 3 {
			p, q, r := net.Place(fmt.Sprint("p", len(net.Places))), net.Place(fmt.Sprint("q", len(net.Places))), net.Place(fmt.Sprint("r", len(net.Places)))
			step([]int{p}, []int{q})
			step([]int{p}, []int{r})
			step([]int{q}, []int{r})
			if b == 1 {
				step([]int{r}, []int{p})
				step([]int{q}, []int{p})
			}
			starts, ends = append(starts, p), append(ends, r)
		}
		decide := net.Place(fmt.Sprint("d", len(net.Places)))
		step([]int{at}, starts)
		step(ends, []int{decide})
		step([]int{decide}, []int{next})
		step([]int{decide}, []int{at})
		step([]int{decide}, []int{stop})
		at = next
	}
	o := net.Place("o")
	net.Final = []int{o}
	step([]int{at}, []int{o})
	step([]int{stop}, []int{o})
	return net
}

// crossed is typical with every third branch waiting for another one, so that
// the reductions stop half way.
func crossed(places int) *Net {
	net := typical(places)
	for i := 0; i+3 < len(net.Transitions); i += 7 {
		t := &net.Transitions[i]
		if len(t.In) == 1 && len(t.Out) == 1 {
			p := net.Place(fmt.Sprint("x", i))
			t.In, t.Out = append(t.In, p), append(t.Out, p)
			net.Initial, net.Final = append(net.Initial, p), append(net.Final, p)
		}
	}
	return net
}

// contested is a net that neither reductions nor stubborn sets help: every
// branch takes the one lock, and the other before it lets go of the first, so
// that the order in which they do so is a matter of choice at every moment.
func contested(n int) *Net {
	net := &Net{}
	i, o, one, two := net.Place("i"), net.Place("o"), net.Place("one"), net.Place("two")
	net.Initial, net.Final = []int{i}, []int{o}
	start, end := []int{one, two}, []int{one, two}
	for b := range n {
		p, q, r := net.Place(fmt.Sprint("p", b)), net.Place(fmt.Sprint("q", b)), net.Place(fmt.Sprint("r", b))
		net.Transition(fmt.Sprint("a", b), []int{p, one}, []int{q})
		net.Transition(fmt.Sprint("b", b), []int{q, two}, []int{r, one, two})
		start, end = append(start, p), append(end, r)
	}
	net.Transition("split", []int{i}, start)
	net.Transition("join", end, []int{o})
	return net
}

func TestLargeNets(t *testing.T) {
	for _, test := range []struct {
		name   string
		net    *Net
		states int // at most
	}{
		{"20 branches", branches(20), 100},
		{"200 branches", branches(200), 1000},
		{"typical", typical(270), 20},
		{"crossed", crossed(270), 2000},
	} {
		v := decide(t, test.net)
		if !v.Sound() || v.States > test.states {
			t.Errorf("%s: %d places, %d states, more than %d: %s", test.name, len(test.net.Places), v.States, test.states, tell(test.net, v))
		}
	}
}

// TestLimit proves that nothing is decided silently where the limit was
// reached, and that what was found until then is told.
func TestLimit(t *testing.T) {
	v, err := Decide(contested(30), 2000)
	if err != nil || !v.Stopped || v.Complete != Open || v.Proper != Open || v.Alive != Open || v.Safe != Open || v.States > 4000 {
		t.Errorf("%v %+v", err, v)
	}
	n := contested(30)
	n.Transition("wrong", []int{n.Initial[0]}, []int{n.Place("nowhere")})
	if v, err = Decide(n, 2000); err != nil || !v.Stopped || v.Complete != Fails || len(v.Stuck) != 1 || v.Sound() {
		t.Errorf("%v %+v", err, v)
	}
	// The bounds on memory and work hold without a limit of states.
	n = contested(2000)
	if v, err = Decide(n, 1<<30); err != nil || !v.Stopped || v.States*len(n.Places)/64 > 4*maxWords {
		t.Errorf("%v %+v", err, v)
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, test := range []struct {
		name string
		net  *Net
	}{
		{"270-places", typical(270)},
		{"270-places-crossed", crossed(270)},
		{"20-branches", branches(20)},
		{"limit", contested(30)},
		{"worst", contested(2000)},
	} {
		b.Run(test.name, func(b *testing.B) {
			var v *Verdict
			for b.Loop() {
				var err error
				if v, err = Decide(test.net, MaxStates); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(v.States), "states")
		})
	}
}
