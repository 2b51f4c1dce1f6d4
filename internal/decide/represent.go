package decide

import (
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/worktime"
)

// represent gives every variable its representatives; false when a group of variables has no theory.
func (q *question) represent() bool {
	members := make([][]int, len(q.vars))
	for i := range q.vars {
		g := q.group(i)
		members[g] = append(members[g], i)
	}
	for _, group := range members {
		if len(group) == 0 {
			continue
		}
		var consts []expr.Value
		line, closed := false, 0
		for _, i := range group {
			v := q.vars[i]
			consts = append(consts, v.consts...)
			if v.domain.Present != nil {
				consts = append(consts, v.domain.Present)
			}
			line = line || v.compared && measured(v.typ.Kind)
			if v.typ.Kind.IsNamed() && v.typ.Values != nil {
				closed++
			}
		}
		switch {
		case line:
			if !q.onLine(group, consts) {
				return false
			}
		case closed > 0 && len(group) > 1:
			// Two lists against each other: which values are alike in both is not looked into.
			for _, i := range group {
				q.vars[i].loose = true
				for _, id := range q.vars[i].typ.Values {
					consts = append(consts, expr.Entry{ID: id})
				}
			}
			fallthrough
		default:
			for _, i := range group {
				q.vars[i].reps = q.vars[i].named(consts, len(group))
			}
		}
		for _, i := range group {
			q.vars[i].finish()
		}
	}
	q.doubt()
	return true
}

// doubt marks what is read of references that are compared with each other: two that are the same document have
// the same fields.
func (q *question) doubt() {
	for i, v := range q.vars {
		if v.typ.Kind != expr.Document && v.typ.Kind != expr.UserKind {
			continue
		}
		for j := range q.vars {
			if i != j && q.group(i) == q.group(j) {
				for _, m := range q.vars {
					for k := range m.reps {
						m.reps[k].certain = false
					}
				}
				return
			}
		}
	}
}

// finish adds emptiness, and drops certainty where it is not deserved.
func (v *variable) finish() {
	v.reps = slices.DeleteFunc(v.reps, func(r representative) bool { return expr.IsEmpty(r.value) })
	for i := range v.reps {
		v.reps[i].certain = !v.loose && (v.domain.Present == nil || expr.Equal(v.domain.Present, v.reps[i].value))
	}
	if v.typ.Nullable && !v.domain.Filled {
		v.reps = append(v.reps, representative{certain: !v.loose && v.domain.Present == nil})
	}
}

// named gives the representatives of values without a line: each constant, and others, as many as there are
// variables to tell apart.
func (v *variable) named(consts []expr.Value, others int) []representative {
	var out []representative
	add := func(value expr.Value, other bool) {
		if !slices.ContainsFunc(out, func(r representative) bool { return expr.Equal(r.value, value) }) {
			out = append(out, representative{value: value, other: other})
		}
	}
	k := v.typ.Kind
	switch {
	case k == expr.Bool:
		return []representative{{value: true}, {value: false}}
	case k == expr.Table:
		return []representative{{value: []expr.Row{{}}}}
	case k == expr.List:
		return []representative{{value: []expr.Value{"x"}}}
	case k == expr.Record:
		return []representative{{value: expr.Row{}}}
	case measured(k): // never compared: only asked whether it is empty
		return []representative{{value: sample(k), other: true}}
	case k == expr.DurationKind:
		for _, c := range consts {
			add(c, false)
		}
		for n := 1; others > 0; n++ {
			if before := len(out); before >= 0 {
				add(worktime.Duration{Minutes: n}, true)
				others -= len(out) - before
			}
		}
		return out
	}
	allowed := func(id string) bool { return !slices.Contains(v.domain.Never, id) }
	closed := k.IsNamed() && k != expr.UserKind && v.typ.Values != nil
	for _, c := range consts {
		id, ok := expr.Identity(c)
		if ok && (!closed || slices.Contains(v.typ.Values, id)) && allowed(id) {
			add(v.make(id), false)
		}
	}
	if closed {
		for _, id := range v.typ.Values {
			if before := len(out); others > 0 && allowed(id) {
				add(v.make(id), false)
				others -= len(out) - before
			}
		}
		return out
	}
	for n := 1; others > 0; n++ {
		before := len(out)
		add(v.make(fmt.Sprintf("other-%d", n)), true)
		others -= len(out) - before
	}
	return out
}

// make gives a value of the variable's type from its id.
func (v *variable) make(id string) expr.Value {
	switch v.typ.Kind {
	case expr.Choice:
		return expr.Entry{ID: id}
	case expr.Directory:
		return expr.Entry{Directory: v.typ.Name, ID: id}
	case expr.UserKind:
		return expr.User{ID: id}
	case expr.Document:
		return expr.Ref{Form: v.typ.Name, Number: id}
	}
	return id
}

func sample(k expr.Kind) expr.Value {
	return value(k, decimal.NewFromInt(1))
}

// onLine gives the representatives of variables whose values lie on a line: points are numbers, days since 1970,
// or seconds since then.
func (q *question) onLine(group []int, consts []expr.Value) bool {
	days, instants, whole := false, 0, false
	for _, i := range group {
		v := q.vars[i]
		days = days || v.typ.Kind == expr.DateKind
		whole = whole || v.typ.Kind == expr.Int
		if v.typ.Kind == expr.DateTime {
			instants++
		}
		if !measured(v.typ.Kind) {
			return false // a value of unknown type
		}
	}
	exact := false // constants or pairs of instants
	for _, c := range consts {
		switch c.(type) {
		case expr.Date:
			days = true
		case time.Time:
			exact = true
		}
	}
	if days && instants > 0 && (exact || instants > 1) {
		return false // instants that are compared as days and as instants
	}
	var points []decimal.Decimal
	note := func(c expr.Value) bool {
		d, ok := point(c)
		if ok {
			points = append(points, d)
		}
		return ok
	}
	for _, c := range consts {
		if !note(c) {
			return false
		}
	}
	for _, i := range group {
		for _, bound := range []expr.Value{q.vars[i].domain.Min, q.vars[i].domain.Max} {
			if bound == nil {
				continue
			}
			if _, instant := bound.(time.Time); instant && days || !note(bound) {
				return false
			}
		}
	}
	slices.SortFunc(points, decimal.Decimal.Cmp)
	points = slices.CompactFunc(points, decimal.Decimal.Equal)
	constants := slices.Clone(points)
	n := len(group)
	if len(points) == 0 && (days || instants > 0) { // any day does, best one that people know
		today := decimal.NewFromInt(someDay)
		if !days {
			today = today.Mul(decimal.NewFromInt(secondsOfDay))
		}
		points = append(points, today)
	}
	if whole || days {
		points = integers(points, n)
	}
	between := interior(points, n)
	for _, i := range group {
		v := q.vars[i]
		from := between
		if v.typ.Kind == expr.Int || days {
			from = points
		}
		// Constants first, so that a witness names the border where two conditions meet.
		for _, first := range []bool{true, false} {
			for _, p := range from {
				if slices.ContainsFunc(constants, p.Equal) == first {
					v.point(p, days)
				}
			}
		}
	}
	return true
}

// point adds a point to the representatives of a variable if it has such a value.
func (v *variable) point(p decimal.Decimal, days bool) {
	kind := v.typ.Kind
	if kind == expr.DateTime && days {
		p = p.Mul(decimal.NewFromInt(secondsOfDay)).Add(decimal.NewFromInt(secondsOfDay / 2)) // noon
	}
	val := value(kind, p)
	if val == nil {
		return
	}
	for _, side := range []struct {
		bound expr.Value
		sign  int
	}{{v.domain.Min, -1}, {v.domain.Max, 1}} {
		if n, ok := expr.Compare(val, side.bound); side.bound != nil && ok && n == side.sign {
			return
		}
	}
	v.reps = append(v.reps, representative{value: val})
}

const (
	secondsOfDay = 24 * 60 * 60
	someDay      = 20_454 // 2026-01-01, counted from 1970
)

// point is the place of a constant on its line.
func point(c expr.Value) (decimal.Decimal, bool) {
	switch c := c.(type) {
	case int64:
		return decimal.NewFromInt(c), true
	case decimal.Decimal:
		return c, true
	case expr.Date:
		return decimal.NewFromInt(expr.Midnight(c, time.UTC).Unix() / secondsOfDay), true
	case time.Time:
		return decimal.NewFromInt(c.Unix()).Add(decimal.New(int64(c.Nanosecond()), -9)), true
	}
	return decimal.Decimal{}, false
}

// value is what lies at a point, nil when there is nothing of that kind.
func value(k expr.Kind, p decimal.Decimal) expr.Value {
	switch k {
	case expr.Int:
		if p.IsInteger() && p.BigInt().IsInt64() {
			return p.IntPart()
		}
	case expr.Decimal, expr.Money:
		return p
	case expr.DateKind:
		if p.IsInteger() && p.BigInt().IsInt64() {
			if d := expr.DateOf(time.Unix(0, 0).UTC().AddDate(0, 0, int(p.IntPart()))); d.Year >= 1 && d.Year <= 9999 {
				return d
			}
		}
	case expr.DateTime:
		seconds := p.Floor()
		t := time.Unix(seconds.IntPart(), p.Sub(seconds).Shift(9).IntPart()).UTC()
		if back, _ := point(t); back.Equal(p) && t.Year() >= 1 && t.Year() <= 9999 {
			return t
		}
	}
	return nil
}

// integers adds to sorted points whole ones: n between two neighbours and beyond the ends, as far as there are.
func integers(points []decimal.Decimal, n int) []decimal.Decimal {
	if len(points) == 0 {
		points = []decimal.Decimal{decimal.Zero}
	}
	one := decimal.NewFromInt(1)
	var out []decimal.Decimal
	first := points[0].Ceil()
	for i := n; i > 0; i-- {
		out = append(out, first.Sub(decimal.NewFromInt(int64(i))))
	}
	for i, p := range points {
		out = append(out, p)
		next := p.Floor()
		for range n {
			if next = next.Add(one); i+1 < len(points) && next.Cmp(points[i+1]) >= 0 {
				break
			}
			out = append(out, next)
		}
	}
	return out
}

// interior adds to sorted points n between two neighbours and beyond the ends, round ones where one is enough.
func interior(points []decimal.Decimal, n int) []decimal.Decimal {
	if len(points) == 0 {
		points = []decimal.Decimal{decimal.Zero}
	}
	count := decimal.NewFromInt(int64(n))
	var out []decimal.Decimal
	for i := range n {
		out = append(out, points[0].Sub(count).Add(decimal.NewFromInt(int64(i))))
	}
	// A power of a half that is small enough for n steps: exact in decimals.
	parts := 1
	halves := 0
	for parts <= n {
		parts *= 2
		halves++
	}
	fraction := decimal.NewFromBigInt(new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(halves)), nil), int32(-halves))
	for i, p := range points {
		out = append(out, p)
		if i+1 == len(points) {
			break
		}
		next := points[i+1]
		if round := p.Floor().Add(decimal.NewFromInt(1)); n == 1 && round.Cmp(next) < 0 {
			out = append(out, round)
			continue
		}
		step := next.Sub(p).Mul(fraction)
		for j := range n {
			out = append(out, p.Add(step.Mul(decimal.NewFromInt(int64(j+1)))))
		}
	}
	last := points[len(points)-1]
	for i := range n {
		out = append(out, last.Add(decimal.NewFromInt(int64(i+1))))
	}
	return out
}
