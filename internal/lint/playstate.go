package lint

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// scene is an instance at one moment of a play.
type scene struct {
	open   []position
	queue  []int16 // steps about to be entered, the next one last
	memory []byte  // what was left behind, counted and heard
	kept   []kept  // what has come and was not used yet
	ended  bool    // the end was reached; what is left open is awaited
	done   bool
	// asked is what was answered to each slot in this event; -1: nothing.
	asked []int8

	phase  phase
	list   []tried // what the sweep is still to try
	moved  bool    // something has moved in this round
	loose  bool    // a step was let go that nothing else could: all are looked at
	listed bool

	dead   bool // the event is refused, or never comes to an end
	moment moment
}

// position is an open step.
type position struct {
	cell             int16
	state            uint8
	count            uint8 // repeat: rounds; wait: what has come; call: how it has ended
	arrived, started uint32
	answers          uint32
}

// The states of a position.
const (
	isOpen = iota
	isHeld
	isJoined
)

// kept is an arrival that waits, with the waits it is for; two stand for any
// number.
type kept struct {
	waits uint64
	count uint8
}

// tried is an open step, or a handler of one, that a sweep is to look at.
type tried struct {
	cell    int16
	state   uint8
	handler int16
}

// phase is what the settling after an event is at.
type phase uint8

const (
	atRest phase = iota
	sweeping
	hearingRoute
	hearingBlocks
	lapsing   // milestones
	releasing // steps that nothing will ever let go
)

func (x *scene) copy(from *scene) {
	x.open = append(x.open[:0], from.open...)
	x.queue = append(x.queue[:0], from.queue...)
	x.memory = append(x.memory[:0], from.memory...)
	x.kept = append(x.kept[:0], from.kept...)
	x.asked = append(x.asked[:0], from.asked...)
	x.list = append(x.list[:0], from.list...)
	x.ended, x.done, x.phase, x.moved, x.listed, x.loose, x.dead, x.moment = from.ended, from.done, from.phase, from.moved, from.listed, from.loose, from.dead, from.moment
}

func (x *scene) begin(p phase) { x.phase, x.listed, x.list, x.moved = p, false, x.list[:0], false }

// find gives the position of a step, nil when it is not open.
func (x *scene) find(cell int) *position {
	for i := range x.open {
		if int(x.open[i].cell) == cell {
			return &x.open[i]
		}
	}
	return nil
}

// close takes the position of a step alone.
func (x *scene) close(cell int) {
	x.open = slices.DeleteFunc(x.open, func(p position) bool { return int(p.cell) == cell })
}

// complete ends an instance that has nothing left to do.
func (x *scene) complete() { x.done = x.done || x.ended && len(x.open) == 0 && len(x.queue) == 0 }

// encode gives what the future of a state depends on.
func (x *scene) encode(b []byte) []byte {
	flags := byte(0)
	for i, on := range []bool{x.ended, x.done, x.moved, x.listed, x.loose} {
		if on {
			flags |= 1 << i
		}
	}
	b = append(b, flags, byte(x.phase), byte(len(x.open)), byte(len(x.queue)), byte(len(x.kept)))
	for _, p := range x.open {
		b = binary.AppendUvarint(b, uint64(p.cell))
		b = append(b, p.state, p.count)
		if p.started != 0 {
			b = binary.AppendUvarint(b, uint64(p.arrived))
			b = binary.AppendUvarint(b, uint64(p.started))
			b = binary.AppendUvarint(b, uint64(p.answers))
		}
	}
	b = append(b, x.memory...)
	for _, k := range x.kept {
		b = append(binary.AppendUvarint(b, k.waits), k.count)
	}
	if x.phase == atRest {
		return b
	}
	for _, c := range x.queue {
		b = binary.AppendUvarint(b, uint64(c))
	}
	for _, a := range x.asked {
		b = append(b, byte(a))
	}
	for _, t := range x.list {
		b = append(binary.AppendUvarint(b, uint64(t.cell+1)), t.state, byte(t.handler), byte(t.handler>>8))
	}
	return b
}

// unasked gives the answers at the beginning of an event.
func (p *play) unasked() []int8 {
	return slices.Repeat([]int8{-1}, len(p.slots))
}

// normal brings a state in which nothing moves into the form in which equal
// ones are the same: the order of open steps counts only where a sweep looks.
func (p *play) normal(x *scene) {
	for i := range x.asked {
		x.asked[i] = -1
	}
	x.list, x.loose = x.list[:0], false
	slices.SortStableFunc(x.open, func(a, b position) int {
		aOrdered, bOrdered := p.orders(a), p.orders(b)
		switch {
		case aOrdered && bOrdered:
			return 0
		case aOrdered:
			return -1
		case bOrdered:
			return 1
		}
		return cmp.Compare(a.cell, b.cell)
	})
}

// orders tells whether it matters that a step was opened before others.
func (p *play) orders(at position) bool {
	return at.state == isHeld || p.cells[at.cell].ordered
}

// same tells whether two states are equal.
func (x *scene) same(y *scene, a, b []byte) ([]byte, []byte, bool) {
	a, b = x.encode(a[:0]), y.encode(b[:0])
	return a, b, bytes.Equal(a, b)
}
