package report

import (
	"github.com/e1-dms/e1/internal/expr"
)

// cube is the question to an aggregating source: documents grouped by the keys
// of the report and by everything its conditions read. Conditions are then
// decided once per combination instead of once per document.
type cube struct {
	ev   *evaluation
	keys []Key
	at   map[Key]int // place of a key
	aggs []Agg
	agg  map[Agg]int
}

// fromBuckets lets the source group, if it can and the report allows it; done
// is false when the rows have to be read.
func (ev *evaluation) fromBuckets(root *node) (done bool, err error) {
	source, ok := ev.in.Source.(Aggregator)
	if !ok || !ev.exact {
		return false, nil
	}
	c := &cube{ev: ev, at: map[Key]int{}, agg: map[Agg]int{}}
	if !c.plan() {
		return false, nil
	}
	q := ev.query()
	q.Columns = nil
	buckets, ok, err := source.Aggregate(q, c.keys, c.aggs)
	if err != nil || !ok {
		return false, err
	}
	scope := ev.newScope()
	raw := make([]any, len(ev.columns))
	for _, b := range buckets {
		for key, i := range c.at {
			if key.Unit == Each {
				raw[ev.index[key.Column]] = b.Keys[i]
			}
		}
		scope.set(raw)
		if !ev.whole {
			v, err := tolerable(ev.r.Where.Program.Eval(scope))
			if err != nil {
				return false, err
			}
			if v != true {
				continue
			}
		}
		if err := c.take(root, b, scope); err != nil {
			return false, err
		}
	}
	return true, nil
}

// plan collects keys and aggregates; false when the documents are needed.
func (c *cube) plan() bool {
	if !c.ev.whole && !c.readable(c.ev.r.Where.Program) {
		return false
	}
	for _, g := range c.ev.r.Groups {
		if at, plain := c.ev.columnOf(g.By.Program); plain {
			if at.typ.Kind == expr.DurationKind {
				return false // a source knows their minutes, not how they are written
			}
			c.key(Key{at.path, g.Per})
			continue
		}
		if !c.readable(g.By.Program) {
			return false
		}
	}
	for _, s := range c.ev.specs {
		if s.filled != "" {
			c.want(Agg{"count", s.filled})
			continue
		}
		if s.cond != nil && !c.readable(s.cond) {
			return false
		}
		acc := newAccumulator(s)
		column := ""
		if s.arg != nil {
			at, plain := c.ev.columnOf(s.arg)
			if !plain {
				return false
			}
			column = at.path
		}
		if acc.keyed() {
			if !c.readable(s.arg) {
				return false
			}
			continue
		}
		for _, a := range acc.needs(column) {
			c.want(a)
		}
	}
	return true
}

func (c *cube) want(a Agg) {
	if _, known := c.agg[a]; !known {
		c.agg[a] = len(c.aggs)
		c.aggs = append(c.aggs, a)
	}
}

func (c *cube) key(k Key) {
	if _, known := c.at[k]; !known {
		c.at[k] = len(c.keys)
		c.keys = append(c.keys, k)
	}
}

// readable makes everything a program reads a key; false when one of the
// columns has too many values for that.
func (c *cube) readable(p *expr.Program) bool {
	inner := evaluation{r: c.ev.r, in: c.ev.in, index: map[string]int{}}
	inner.need(p)
	for _, col := range inner.columns {
		_, grouped := c.at[Key{col.path, Each}]
		if !grouped && !few(col.typ.Kind) {
			return false
		}
	}
	for _, col := range inner.columns {
		c.key(Key{col.path, Each})
	}
	return true
}

// few reports kinds with so few values that grouping by them costs little.
func few(k expr.Kind) bool {
	return k == expr.Choice || k == expr.Directory || k == expr.UserKind || k == expr.Bool || k == expr.DateKind
}

// take adds one bucket to its group.
func (c *cube) take(root *node, b Bucket, scope *rowScope) error {
	leaf := root
	for _, g := range c.ev.r.Groups {
		if at, plain := c.ev.columnOf(g.By.Program); plain {
			raw := b.Keys[c.at[Key{at.path, g.Per}]]
			text, _ := raw.(string) // a period comes as its text
			if g.Per == Each {
				text = keyText(g, c.ev.decode(at.typ, raw))
			}
			leaf = c.ev.child(leaf, text)
			continue
		}
		v, err := tolerable(g.By.Program.Eval(scope))
		if err != nil {
			return err
		}
		leaf = c.ev.child(leaf, keyText(g, v))
	}
	for i, s := range c.ev.specs {
		if s.filled != "" {
			leaf.accs[i].addBucket([]expr.Value{b.Values[c.agg[Agg{"count", s.filled}]]})
			continue
		}
		if ok, err := c.ev.counts(s, scope); err != nil {
			return err
		} else if !ok {
			continue
		}
		acc := leaf.accs[i]
		if acc.keyed() {
			v, err := s.arg.Eval(scope)
			if err != nil {
				return err
			}
			acc.addBucket([]expr.Value{v})
			continue
		}
		acc.addBucket(c.values(s, acc, b))
	}
	return nil
}

// values picks what an accumulator needs out of a bucket.
func (c *cube) values(s *spec, acc accumulator, b Bucket) []expr.Value {
	column := ""
	if s.arg != nil {
		at, _ := c.ev.columnOf(s.arg)
		column = at.path
	}
	needs := acc.needs(column)
	out := make([]expr.Value, len(needs))
	for i, a := range needs {
		raw := b.Values[c.agg[a]]
		switch a.Func {
		case "min", "max":
			out[i] = c.ev.decode(s.typ, raw)
		default:
			out[i] = raw
		}
	}
	return out
}
