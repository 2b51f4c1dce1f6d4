package soundness

import (
	"fmt"
	"slices"
)

// Bounds of a net. Larger ones are refused: split them.
const (
	MaxPlaces      = 8192
	MaxTransitions = 8192
	maxArcs        = 1 << 17
)

// Net is a Petri net without weights. Places and transitions are meant by
// their indices. Initial and Final are the places that are marked, once each,
// at the beginning and at the end.
type Net struct {
	Places         []string
	Transitions    []Transition
	Initial, Final []int
}

// Transition takes a token from each place of In and puts one into each place
// of Out; a place in both is only looked at. Clear names places that are
// emptied on the way, whether or not they are marked (the reset arcs of
// cancellation); a place of Out that is also cleared is marked afterwards,
// however it was before.
type Transition struct {
	Name           string
	In, Out, Clear []int
}

// Place adds a place and gives its index.
func (n *Net) Place(name string) int {
	n.Places = append(n.Places, name)
	return len(n.Places) - 1
}

// Transition adds a transition and gives its index.
func (n *Net) Transition(name string, in, out []int, clear ...int) int {
	n.Transitions = append(n.Transitions, Transition{name, in, out, clear})
	return len(n.Transitions) - 1
}

// check refuses what is no net that this package can decide.
func (n *Net) check() error {
	switch {
	case len(n.Places) > MaxPlaces:
		return fmt.Errorf("the net has %d places, more than %d", len(n.Places), MaxPlaces)
	case len(n.Transitions) > MaxTransitions:
		return fmt.Errorf("the net has %d transitions, more than %d", len(n.Transitions), MaxTransitions)
	case len(n.Initial) == 0 || len(n.Final) == 0:
		return fmt.Errorf("the net has no initial or no final marking")
	}
	arcs := 0
	set := func(what string, places []int) error {
		arcs += len(places)
		for i, p := range places {
			if p < 0 || p >= len(n.Places) {
				return fmt.Errorf("%s names place %d; the net has %d places", what, p, len(n.Places))
			}
			if len(places) < 16 && slices.Contains(places[:i], p) {
				return fmt.Errorf("%s names place %q twice; arcs have no weights here", what, n.Places[p])
			}
		}
		if len(places) >= 16 {
			sorted := slices.Sorted(slices.Values(places))
			if len(slices.Compact(sorted)) < len(places) {
				return fmt.Errorf("%s names a place twice; arcs have no weights here", what)
			}
		}
		return nil
	}
	err := set("the initial marking", n.Initial)
	if err == nil {
		err = set("the final marking", n.Final)
	}
	for i := 0; err == nil && i < len(n.Transitions); i++ {
		t := &n.Transitions[i]
		if len(t.In) == 0 || len(t.Out) == 0 {
			return fmt.Errorf("transition %q has no places before or behind it; it could fire without end or lose what it takes", t.Name)
		}
		for _, places := range [][]int{t.In, t.Out, t.Clear} {
			if err == nil {
				err = set(fmt.Sprintf("transition %q", t.Name), places)
			}
		}
	}
	if err == nil && arcs > maxArcs {
		err = fmt.Errorf("the net has more than %d arcs", maxArcs)
	}
	return err
}
