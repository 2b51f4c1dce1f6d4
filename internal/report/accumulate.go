package report

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// accumulator computes one aggregate over a group. Merging the accumulators of
// groups gives that of their union, so sums of groups need no second pass.
type accumulator interface {
	add(v expr.Value)               // one document's value
	addBucket(values []expr.Value)  // what needs asked for, of many documents
	merge(other accumulator)        // of the same kind
	result() expr.Value             // nil when there is nothing
	needs(column string) (of []Agg) // for an aggregating source; nil: documents are needed
	keyed() bool                    // the value must be a key of the source's groups instead
}

func newAccumulator(s *spec) accumulator {
	switch s.fn {
	case "count":
		return &counter{}
	case "sum", "avg":
		return &total{kind: s.typ.Kind, average: s.fn == "avg"}
	case "distinct":
		return &distinct{seen: map[string]struct{}{}}
	}
	return &extreme{least: s.fn == "min"}
}

// counter counts documents.
type counter struct{ n int64 }

func (c *counter) add(expr.Value)            { c.n++ }
func (c *counter) addBucket(vs []expr.Value) { n, _ := vs[0].(int64); c.n += n }
func (c *counter) merge(o accumulator)       { c.n += o.(*counter).n }
func (c *counter) result() expr.Value        { return c.n }
func (c *counter) needs(string) []Agg        { return []Agg{{Func: "count"}} }
func (c *counter) keyed() bool               { return false }

// total sums numbers, or durations in minutes, exactly, and counts them.
type total struct {
	kind    expr.Kind
	average bool
	sum     decimal.Decimal
	whole   int64 // whole numbers, kept apart while they fit
	n       int64
}

func (t *total) add(v expr.Value) {
	switch v := v.(type) {
	case int64:
		t.addWhole(v)
	case decimal.Decimal:
		t.sum = t.sum.Add(v)
	case worktime.Duration:
		t.addWhole(minutes(v))
	default:
		return
	}
	t.n++
}

func (t *total) addWhole(n int64) {
	s := t.whole + n
	if s > t.whole == (n > 0) || n == 0 {
		t.whole = s
		return
	}
	t.sum = t.sum.Add(decimal.NewFromInt(n))
}

func (t *total) addBucket(vs []expr.Value) {
	if d, ok := asDecimal(vs[0]); ok {
		t.sum = t.sum.Add(d)
	}
	n, _ := vs[1].(int64)
	t.n += n
}

func (t *total) merge(o accumulator) {
	p := o.(*total)
	t.sum = t.sum.Add(p.sum)
	t.addWhole(p.whole)
	t.n += p.n
}

// averageDigits are the digits an average is exact to before it is shown.
const averageDigits = 12

func (t *total) result() expr.Value {
	sum := t.sum.Add(decimal.NewFromInt(t.whole))
	if t.kind == expr.DurationKind {
		sum = sum.DivRound(decimal.NewFromInt(60), averageDigits)
	}
	switch {
	case t.average && t.n == 0:
		return nil
	case t.average:
		return sum.DivRound(decimal.NewFromInt(t.n), averageDigits)
	case t.kind == expr.Int && sum.IsInteger() && sum.BigInt().IsInt64():
		return sum.IntPart()
	}
	return sum
}

func (t *total) needs(column string) []Agg { return []Agg{{"sum", column}, {"count", column}} }
func (t *total) keyed() bool               { return false }

// minutes is the length of a duration for sums: a working day counts eight
// hours, a week seven days.
func minutes(d worktime.Duration) int64 {
	return int64(d.Weeks)*7*24*60 + int64(d.Days)*24*60 + int64(d.Hours)*60 + int64(d.Minutes) +
		int64(d.WorkDays)*8*60 + int64(d.WorkHours)*60 + int64(d.WorkMinutes)
}

// extreme keeps the least or greatest value.
type extreme struct {
	least bool
	v     expr.Value
}

func (x *extreme) add(v expr.Value) {
	if expr.IsEmpty(v) {
		return
	}
	if x.v == nil {
		x.v = v
		return
	}
	if n, ok := expr.Compare(v, x.v); ok && (n < 0) == x.least && n != 0 {
		x.v = v
	}
}

func (x *extreme) addBucket(vs []expr.Value) { x.add(vs[0]) }
func (x *extreme) merge(o accumulator)       { x.add(o.(*extreme).v) }
func (x *extreme) result() expr.Value        { return x.v }
func (x *extreme) keyed() bool               { return false }

func (x *extreme) needs(column string) []Agg {
	if x.least {
		return []Agg{{"min", column}}
	}
	return []Agg{{"max", column}}
}

// distinct counts different values.
type distinct struct{ seen map[string]struct{} }

func (d *distinct) add(v expr.Value) {
	if !expr.IsEmpty(v) {
		d.seen[expr.FormatValue(v)] = struct{}{}
	}
}

func (d *distinct) addBucket(vs []expr.Value) { d.add(vs[0]) }

func (d *distinct) merge(o accumulator) {
	for v := range o.(*distinct).seen {
		d.seen[v] = struct{}{}
	}
}

func (d *distinct) result() expr.Value { return int64(len(d.seen)) }
func (d *distinct) needs(string) []Agg { return nil }
func (d *distinct) keyed() bool        { return true }

// asDecimal widens what a source gives for a sum.
func asDecimal(v expr.Value) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case int64:
		return decimal.NewFromInt(v), true
	case decimal.Decimal:
		return v, true
	case string:
		d, err := expr.ParseDecimal(v)
		return d, err == nil
	}
	return decimal.Decimal{}, false
}
