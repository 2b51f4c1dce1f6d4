package index

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// errInexact says that SQLite's integers do not do for an aggregate.
var errInexact = errors.New("needs exact arithmetic")

// Aggregate groups a form's documents, or all documents by attributes when
// form is empty, and computes aggregates over each group; groups come in the
// order of their keys, an empty key first. Without keys there is one group.
func (db *DB) Aggregate(form string, by []GroupExpr, aggs []Agg, where ...Cond) ([]Group, error) {
	t := &tally{byKey: map[string]*sums{}}
	var g *grouping
	for _, l := range db.layers() {
		g = &grouping{db: db, form: form, by: by, aggs: aggs, where: where}
		if err := g.prepare(l); err != nil {
			return nil, err
		}
		if !db.overlay && g.plain() {
			out, err := g.inSQL()
			if !errors.Is(err, errInexact) {
				return out, wrap(err)
			}
		}
		if err := g.inGo(t); err != nil {
			return nil, wrap(err)
		}
	}
	if len(by) == 0 && len(t.groups) == 0 {
		t.groups = []*sums{{parts: make([]partial, len(aggs))}}
	}
	return g.finish(t.groups), nil
}

type grouping struct {
	db    *DB
	form  string
	b     *builder // of one layer
	by    []GroupExpr
	aggs  []Agg
	where []Cond
	keys  []column
	cols  []column // of the aggregates; zero for a plain count
	cond  string
}

func (g *grouping) prepare(l layer) error {
	g.b = g.db.newBuilder(l, g.form)
	for _, e := range g.by {
		col, err := g.b.column(e.Column)
		if err != nil {
			return err
		}
		if e.Unit != Each && col.spec.Type != Date && col.spec.Type != DateTime {
			return fmt.Errorf("column %q is no date, so it cannot be cut into periods", e.Column)
		}
		g.keys = append(g.keys, g.registrationDay(col, e.Unit))
	}
	for _, a := range g.aggs {
		if a.Column == "" {
			if a.Func != Count {
				return errors.New("an aggregate other than a count needs a column")
			}
			g.cols = append(g.cols, column{})
			continue
		}
		col, err := g.b.column(a.Column)
		if err != nil {
			return err
		}
		if t := col.spec.Type; (a.Func == Sum || a.Func == Avg) && t != Int && t != Decimal && t != Duration {
			return fmt.Errorf("column %q holds no numbers to sum up", a.Column)
		}
		g.cols = append(g.cols, g.registrationDay(col, Each))
	}
	var err error
	g.cond, err = g.b.where(g.where)
	return err
}

// registrationDay replaces the row id, which holds the moment of registration,
// by a column that holds the local day or the written time.
func (g *grouping) registrationDay(col column, unit Unit) column {
	switch {
	case !col.id:
		return col
	case unit != Each && g.b.hasF:
		col.c, col.id, col.spec.Type = "f.day", false, Date
	default:
		g.b.needD = true
		col.c, col.id = "d.registered", false
	}
	return col
}

// keySQL is what SQLite groups by: periods as whole numbers.
func keySQL(col column, unit Unit) string {
	if col.missing {
		return "NULL"
	}
	if col.spec.Type == DateTime && unit != Each {
		// The day of the written, local time, counted from 1970.
		local := fmt.Sprintf("((%s >> %d) + ((%s & %d) - %d) * 60)", col.c, offsetBits, col.c, 1<<offsetBits-1, offsetBias)
		return fmt.Sprintf("((%s - ((%s %% 86400) + 86400) %% 86400) / 86400)", local, local)
	}
	if col.spec.Type == Date {
		switch unit {
		case Month:
			return col.c + " / 100"
		case Quarter:
			return fmt.Sprintf("(%s / 10000 * 10 + (%s / 100 %% 100 + 2) / 3)", col.c, col.c)
		case Year:
			return col.c + " / 10000"
		}
	}
	return col.c
}

// keyText turns what keySQL gave into the key a caller sees.
func keyText(col column, unit Unit, v value) any {
	if v == nil {
		return nil
	}
	n := asInt(v)
	switch {
	case col.spec.Type == DateTime && unit != Each:
		return period(time.Unix(n*86400, 0).UTC(), unit)
	case col.spec.Type == Date && unit == Month:
		return fmt.Sprintf("%04d-%02d", n/100, n%100)
	case col.spec.Type == Date && unit == Quarter:
		return fmt.Sprintf("%04d-Q%d", n/10, n%10)
	case col.spec.Type == Date && unit == Year:
		return fmt.Sprintf("%04d", n)
	case col.spec.Type == Date && unit == Week:
		return period(time.Date(int(n/10000), time.Month(n/100%100), int(n%100), 0, 0, 0, 0, time.UTC), unit)
	}
	return decodeValue(col.spec, v, nil)
}

func period(t time.Time, unit Unit) string {
	switch unit {
	case Week:
		y, w := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case Month:
		return t.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case Year:
		return t.Format("2006")
	}
	return t.Format(time.DateOnly)
}

// plain says that SQLite does the grouping best: for one group, and for what
// an index holds in order already. Otherwise it would sort all rows, which
// takes several times as long as to read them and to group them here.
func (g *grouping) plain() bool {
	if len(g.by) == 0 {
		return true
	}
	for _, a := range g.aggs {
		if a.Column != "" {
			return false
		}
	}
	k := g.keys[0]
	return len(g.by) == 1 && len(g.where) == 0 && g.b.hasF && g.by[0].Unit == Each && k.spec.Type == Text &&
		(k.spec.Indexed && strings.HasPrefix(k.c, "f.") || k.attr && k.name == "status")
}

// partial is an aggregate of one group on its way.
type partial struct {
	n        int64
	ints     int64 // the sum of what is whole, scaled for decimals
	sum      decimal.Decimal
	lo, hi   value
	distinct map[any]bool
}

type sums struct {
	keys  []any
	parts []partial
}

// inSQL lets SQLite do the grouping.
func (g *grouping) inSQL() ([]Group, error) {
	var sel, group []string
	for i, k := range g.keys {
		sel = append(sel, keySQL(k, g.by[i].Unit))
		group = append(group, fmt.Sprint(i+1))
	}
	for i, a := range g.aggs {
		col := g.cols[i]
		if a.Column == "" {
			sel = append(sel, "count(*)", "NULL", "0")
			continue
		}
		inexact := "0"
		if col.k != "" {
			inexact = "count(" + col.k + ")"
		}
		call := map[AggFunc]string{Count: "NULL", Sum: "sum(%s)", Avg: "sum(%s)", Min: "min(%s)", Max: "max(%s)", CountDistinct: "count(DISTINCT %s)"}[a.Func]
		arg := col.c
		if a.Func == CountDistinct {
			arg = col.moment()
		}
		sel = append(sel, "count("+col.c+")", strings.Replace(call, "%s", arg, 1), inexact)
	}
	if len(sel) == 0 {
		sel = []string{"1"}
	}
	sql := "SELECT " + strings.Join(sel, ", ") + g.b.from() + " WHERE " + g.cond
	if len(group) > 0 {
		sql += " GROUP BY " + strings.Join(group, ", ")
	}
	var groups []*sums
	err := g.db.c.query(g.b.layer.tables(sql), g.b.args, func(r []value) error {
		acc := &sums{keys: make([]any, len(g.keys)), parts: make([]partial, len(g.aggs))}
		for i, k := range g.keys {
			acc.keys[i] = keyText(k, g.by[i].Unit, r[i])
		}
		for i, a := range g.aggs {
			at := len(g.keys) + 3*i
			p := &acc.parts[i]
			if asInt(r[at+2]) > 0 {
				return errInexact
			}
			p.n = asInt(r[at])
			switch a.Func {
			case Sum, Avg:
				p.ints = asInt(r[at+1])
			case Min, Max:
				p.lo, p.hi = r[at+1], r[at+1]
			case CountDistinct:
				p.n = asInt(r[at+1])
			}
		}
		groups = append(groups, acc)
		return nil
	})
	if err != nil {
		if strings.Contains(err.Error(), "integer overflow") {
			return nil, errInexact
		}
		return nil, err
	}
	return g.finish(groups), nil
}

// addInt sums without leaving exact arithmetic.
func (p *partial) addInt(n int64) {
	sum := p.ints + n
	if (n > 0) != (sum > p.ints) && n != 0 {
		p.sum = p.sum.Add(decimal.NewFromInt(p.ints))
		sum = n
	}
	p.ints = sum
}

func (p *partial) extend(v value) {
	if p.lo == nil || compareValues(v, p.lo) < 0 {
		p.lo = v
	}
	if p.hi == nil || compareValues(v, p.hi) > 0 {
		p.hi = v
	}
}

// compareValues orders values of one column, as SQLite does. Decimals are
// scaled integers or, where these do not hold them, decimals in the same scale.
func compareValues(a, b value) int {
	x, xok := a.(int64)
	y, yok := b.(int64)
	if xok && yok {
		return cmp.Compare(x, y)
	}
	if xok || yok || isDecimal(a) {
		return inFull(a).Cmp(inFull(b))
	}
	return strings.Compare(asString(a), asString(b))
}

func isDecimal(v value) bool {
	_, ok := v.(decimal.Decimal)
	return ok
}

func inFull(v value) decimal.Decimal {
	if d, ok := v.(decimal.Decimal); ok {
		return d
	}
	return decimal.NewFromInt(asInt(v))
}

// finish gives the groups their visible values, in the order of keys.
func (g *grouping) finish(groups []*sums) []Group {
	out := make([]Group, 0, len(groups))
	for _, acc := range groups {
		values := make([]any, len(g.aggs))
		for i, a := range g.aggs {
			values[i] = acc.parts[i].value(a, g.cols[i])
		}
		out = append(out, Group{Keys: acc.keys, Values: values})
	}
	slices.SortStableFunc(out, func(a, b Group) int {
		for i, k := range g.keys {
			if c := compareKeys(k.spec.Type, a.Keys[i], b.Keys[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return out
}

func (p *partial) value(a Agg, col column) any {
	if a.Func == Count || a.Func == CountDistinct {
		return p.n
	}
	if p.n == 0 {
		return nil
	}
	unit := int32(0)
	if col.spec.Type == Decimal {
		unit = -decimalDigits
	}
	sum := p.sum.Add(decimal.NewFromInt(p.ints)).Shift(unit)
	switch a.Func {
	case Sum:
		return fixed(sum, col.spec.Scale)
	case Avg:
		return fixed(sum.DivRound(decimal.NewFromInt(p.n), 6), col.spec.Scale)
	case Min:
		return visible(col.spec, p.lo)
	}
	return visible(col.spec, p.hi)
}

// visible gives a stored value, or a decimal in its scale, as callers see it.
func visible(spec Column, v value) any {
	if d, ok := v.(decimal.Decimal); ok {
		return fixed(d.Shift(-decimalDigits), spec.Scale)
	}
	return decodeValue(spec, v, nil)
}

// fixed writes a decimal with at least scale digits after the point and no
// superfluous zeros.
func fixed(d decimal.Decimal, scale int) string {
	s := d.String()
	whole, frac, _ := strings.Cut(s, ".")
	for len(frac) < min(max(scale, 0), decimalDigits) {
		frac += "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

func compareKeys(t ColumnType, a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok {
			return cmp.Compare(boolInt(x), boolInt(y))
		}
	}
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	if t == Decimal {
		dx, errx := decimal.NewFromString(x)
		dy, erry := decimal.NewFromString(y)
		if errx == nil && erry == nil {
			return dx.Cmp(dy)
		}
	}
	if t == DateTime {
		tx, errx := time.Parse(time.RFC3339, x)
		ty, erry := time.Parse(time.RFC3339, y)
		if errx == nil && erry == nil && !tx.Equal(ty) {
			return tx.Compare(ty)
		}
	}
	return strings.Compare(x, y)
}

// tally are the groups of all layers.
type tally struct {
	groups []*sums
	byKey  map[string]*sums
}

// inGo groups row by row, with decimals of any size.
func (g *grouping) inGo(t *tally) error {
	sel := &selection{at: map[string]int{}}
	keys := make([]place, len(g.keys))
	for i, k := range g.keys {
		if g.by[i].Unit != Each {
			k.c, k.k = keySQL(k, g.by[i].Unit), ""
		}
		keys[i] = sel.add(k)
	}
	cols := make([]place, len(g.aggs))
	for i, c := range g.cols {
		if c.c != "" {
			cols[i] = sel.add(c)
		}
	}
	if len(sel.sql) == 0 {
		sel.sql = []string{"1"}
	}
	// Several raw keys, days say, can be one key of the answer.
	byRaw := map[string]*sums{}
	var raw []byte
	sql := "SELECT " + strings.Join(sel.sql, ", ") + g.b.from() + " WHERE " + g.cond
	return g.db.c.query(g.b.layer.tables(sql), g.b.args, func(r []value) error {
		raw = raw[:0]
		for _, k := range keys {
			raw = appendRaw(raw, k.read(r))
		}
		acc := byRaw[string(raw)]
		if acc == nil {
			texts := make([]any, len(keys))
			for i, k := range g.keys {
				if v := keys[i].read(r); isDecimal(v) {
					texts[i] = visible(k.spec, v)
				} else {
					texts[i] = keyText(k, g.by[i].Unit, v)
				}
			}
			id := fmt.Sprintf("%#v", texts)
			if acc = t.byKey[id]; acc == nil {
				acc = &sums{keys: texts, parts: make([]partial, len(g.aggs))}
				t.groups, t.byKey[id] = append(t.groups, acc), acc
			}
			byRaw[string(raw)] = acc
		}
		for i, a := range g.aggs {
			if a.Column == "" {
				acc.parts[i].n++
			} else if v := cols[i].read(r); v != nil {
				acc.parts[i].add(a.Func, g.cols[i], v)
			}
		}
		return nil
	})
}

// selection is what a SELECT asks for, each expression once.
type selection struct {
	sql []string
	at  map[string]int
}

// place says where a column stands in a row, and whether it is a decimal that
// may stand there as text because c does not hold it.
type place struct {
	at      int
	decimal bool
}

func (s *selection) add(col column) place {
	sql := col.c
	if col.k != "" {
		sql = fmt.Sprintf("iif(%s IS NULL, %s, %s)", col.k, col.c, col.t)
	}
	i, ok := s.at[sql]
	if !ok {
		i = len(s.sql)
		s.sql, s.at[sql] = append(s.sql, sql), i
	}
	return place{i, col.k != ""}
}

// read gives a column's value; a decimal that c does not hold, scaled.
func (p place) read(r []value) value {
	v := r[p.at]
	if _, whole := v.(int64); whole || v == nil || !p.decimal {
		return v
	}
	d, err := decimal.NewFromString(asString(v))
	if err != nil {
		return nil
	}
	return d.Shift(decimalDigits)
}

func appendRaw(raw []byte, v value) []byte {
	switch x := v.(type) {
	case nil:
		return append(raw, 0)
	case int64:
		return binary.BigEndian.AppendUint64(append(raw, 1), uint64(x))
	case decimal.Decimal:
		v = x.String()
	}
	s := asString(v)
	raw = binary.BigEndian.AppendUint32(append(raw, 2), uint32(len(s)))
	return append(raw, s...)
}

func (p *partial) add(f AggFunc, col column, v value) {
	switch f {
	case CountDistinct:
		if p.distinct == nil {
			p.distinct = map[any]bool{}
		}
		key := any(v)
		switch x := v.(type) {
		case decimal.Decimal:
			key = x.String()
		case int64:
			if col.spec.Type == DateTime {
				key = x >> offsetBits
			}
		}
		p.distinct[key] = true
		p.n = int64(len(p.distinct))
		return
	case Sum, Avg:
		if n, ok := v.(int64); ok {
			p.addInt(n)
		} else {
			p.sum = p.sum.Add(inFull(v))
		}
	case Min, Max:
		p.extend(v)
	}
	p.n++
}
