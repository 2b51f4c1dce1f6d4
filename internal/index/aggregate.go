package index

import (
	"cmp"
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
	g := &grouping{db: db, b: db.newBuilder(form), by: by, aggs: aggs, where: where}
	if err := g.prepare(); err != nil {
		return nil, err
	}
	out, err := g.inSQL()
	if errors.Is(err, errInexact) {
		out, err = g.inGo()
	}
	return out, wrap(err)
}

type grouping struct {
	db    *DB
	b     *builder
	by    []GroupExpr
	aggs  []Agg
	where []Cond
	keys  []column
	cols  []column // of the aggregates; zero for a plain count
	cond  string
}

func (g *grouping) prepare() error {
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

// partial is an aggregate of one group on its way: enough to join two groups
// of SQLite that have the same key here.
type partial struct {
	n        int64
	sum      decimal.Decimal
	lo, hi   value
	distinct map[any]bool
}

// inSQL lets SQLite do the grouping.
func (g *grouping) inSQL() ([]Group, error) {
	sql, folds := g.sql()
	groups := map[string]*sums{}
	var order []string
	err := g.db.c.query(sql, g.b.args, func(r []value) error {
		keys := make([]any, len(g.keys))
		for i, k := range g.keys {
			keys[i] = keyText(k, g.by[i].Unit, r[i])
		}
		id := fmt.Sprintf("%#v", keys)
		acc, ok := groups[id]
		if !ok {
			acc = &sums{keys: keys, parts: make([]partial, len(g.aggs))}
			groups[id], order = acc, append(order, id)
		}
		return g.add(acc, r[len(g.keys):], ok || folds)
	})
	if err != nil {
		if strings.Contains(err.Error(), "integer overflow") {
			return nil, errInexact
		}
		return nil, err
	}
	return g.finish(groups, order), nil
}

type sums struct {
	keys  []any
	parts []partial
}

// sql writes the SELECT; folds says that several of its groups can have one
// key, so that distinct values cannot be counted in it.
func (g *grouping) sql() (string, bool) {
	var sel, group []string
	folds := false
	for i, k := range g.keys {
		sel = append(sel, keySQL(k, g.by[i].Unit))
		group = append(group, fmt.Sprint(i+1))
		folds = folds || g.by[i].Unit == Week || k.spec.Type == DateTime && g.by[i].Unit != Day && g.by[i].Unit != Each
	}
	for i, a := range g.aggs {
		col := g.cols[i]
		if a.Column == "" {
			sel = append(sel, "count(*)")
			continue
		}
		sel = append(sel, "count("+col.c+")")
		switch a.Func {
		case Sum, Avg:
			sel = append(sel, "sum("+col.c+")")
		case Min:
			sel = append(sel, "min("+col.c+")")
		case Max:
			sel = append(sel, "max("+col.c+")")
		case CountDistinct:
			sel = append(sel, "count(DISTINCT "+col.moment()+")")
		}
		if col.k != "" {
			sel = append(sel, "count("+col.k+")")
		}
	}
	for _, k := range g.keys {
		if k.k != "" {
			sel = append(sel, "count("+k.k+")")
		}
	}
	if len(sel) == 0 {
		sel = []string{"1"}
	}
	sql := "SELECT " + strings.Join(sel, ", ") + g.b.from() + " WHERE " + g.cond
	if len(group) > 0 {
		sql += " GROUP BY " + strings.Join(group, ", ")
	}
	return sql, folds
}

// add joins one row of SQLite's into a group.
func (g *grouping) add(acc *sums, r []value, folds bool) error {
	i := 0
	next := func() value { v := r[i]; i++; return v }
	for n, a := range g.aggs {
		p, col := &acc.parts[n], g.cols[n]
		count := asInt(next())
		if a.Column == "" || a.Func == Count {
			p.n += count
		} else {
			v := next()
			switch a.Func {
			case Sum, Avg:
				p.sum = p.sum.Add(scaledSum(col, v))
				p.n += count
			case Min, Max:
				p.n += count
				p.extend(v)
			case CountDistinct:
				if folds {
					return errInexact
				}
				p.n += asInt(v)
			}
		}
		if col.k != "" && asInt(next()) > 0 {
			return errInexact
		}
	}
	for ; i < len(r); i++ {
		if asInt(r[i]) > 0 { // a key that its floor does not tell apart
			return errInexact
		}
	}
	return nil
}

func scaledSum(col column, v value) decimal.Decimal {
	d := decimal.NewFromInt(asInt(v))
	if col.spec.Type == Decimal {
		d = d.Shift(-decimalDigits)
	}
	return d
}

func (p *partial) extend(v value) {
	if v == nil {
		return
	}
	if p.lo == nil || compareValues(v, p.lo) < 0 {
		p.lo = v
	}
	if p.hi == nil || compareValues(v, p.hi) > 0 {
		p.hi = v
	}
}

// compareValues orders values of one column, as SQLite does.
func compareValues(a, b value) int {
	x, xok := a.(int64)
	y, yok := b.(int64)
	if xok && yok {
		return cmp.Compare(x, y)
	}
	dx, xok := a.(decimal.Decimal)
	dy, yok := b.(decimal.Decimal)
	if xok && yok {
		return dx.Cmp(dy)
	}
	return strings.Compare(asString(a), asString(b))
}

// finish gives the groups their visible values, in the order of keys.
func (g *grouping) finish(groups map[string]*sums, order []string) []Group {
	out := make([]Group, 0, len(order))
	for _, id := range order {
		acc := groups[id]
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
	visible := func(v value) any {
		if d, ok := v.(decimal.Decimal); ok {
			return fixed(d, col.spec.Scale)
		}
		return decodeValue(col.spec, v, nil)
	}
	switch a.Func {
	case Sum:
		return fixed(p.sum, col.spec.Scale)
	case Avg:
		return fixed(p.sum.DivRound(decimal.NewFromInt(p.n), 6), col.spec.Scale)
	case Min:
		return visible(p.lo)
	}
	return visible(p.hi)
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

// inGo groups row by row, with decimals of any size.
func (g *grouping) inGo() ([]Group, error) {
	groups := map[string]*sums{}
	var order []string
	cols := append(slices.Clone(g.keys), g.cols...)
	var sel []string
	for i, c := range cols {
		if i < len(g.keys) && (g.by[i].Unit != Each || c.spec.Type == Date) {
			c.c, c.k = keySQL(c, g.by[i].Unit), ""
		}
		if c.c == "" {
			c.c = "1"
		}
		if c.k == "" {
			c.k, c.t = "NULL", "NULL"
		}
		sel = append(sel, c.c, c.k, c.t)
	}
	sql := "SELECT " + strings.Join(sel, ", ") + g.b.from() + " WHERE " + g.cond
	err := g.db.c.query(sql, g.b.args, func(r []value) error {
		keys := make([]any, len(g.keys))
		for i, k := range g.keys {
			if v := exact(k, r[3*i:]); k.spec.Type == Decimal && v != nil {
				keys[i] = fixed(v.(decimal.Decimal), k.spec.Scale)
			} else {
				keys[i] = keyText(k, g.by[i].Unit, r[3*i])
			}
		}
		id := fmt.Sprintf("%#v", keys)
		acc, ok := groups[id]
		if !ok {
			acc = &sums{keys: keys, parts: make([]partial, len(g.aggs))}
			groups[id], order = acc, append(order, id)
		}
		for i, a := range g.aggs {
			acc.parts[i].addRow(a, g.cols[i], exact(g.cols[i], r[3*(len(g.keys)+i):]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(g.keys) == 0 && len(order) == 0 {
		groups[""], order = &sums{parts: make([]partial, len(g.aggs))}, []string{""}
	}
	return g.finish(groups, order), nil
}

// exact gives a column's value from its c, k and t; decimals in full.
func exact(col column, r []value) value {
	if col.spec.Type != Decimal || r[0] == nil {
		return r[0]
	}
	if r[1] == nil {
		return decimal.NewFromInt(asInt(r[0])).Shift(-decimalDigits)
	}
	d, err := decimal.NewFromString(asString(r[2]))
	if err != nil {
		return nil
	}
	return d
}

func (p *partial) addRow(a Agg, col column, v value) {
	if a.Column == "" {
		p.n++
		return
	}
	if v == nil {
		return
	}
	switch a.Func {
	case CountDistinct:
		if p.distinct == nil {
			p.distinct = map[any]bool{}
		}
		key := any(v)
		switch x := v.(type) {
		case decimal.Decimal:
			key = fixed(x, 0)
		case int64:
			if col.spec.Type == DateTime {
				key = x >> offsetBits
			}
		case []byte:
			key = string(x)
		}
		p.distinct[key] = true
		p.n = int64(len(p.distinct))
		return
	case Sum, Avg:
		if d, ok := v.(decimal.Decimal); ok {
			p.sum = p.sum.Add(d)
		} else {
			p.sum = p.sum.Add(decimal.NewFromInt(asInt(v)))
		}
	case Min, Max:
		p.extend(v)
	}
	p.n++
}
