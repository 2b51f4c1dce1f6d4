package query

import (
	"time"

	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/report"
)

// Source gives reports the documents of an index.
type Source struct {
	DB   *index.DB
	Zone *time.Location // of the repository
}

var _ report.Aggregator = Source{}

// where translates conditions; whole says that none was left out.
func (s Source) where(q report.Query) (conds []index.Cond, whole bool) {
	whole = true
	t := Translator{Zone: s.Zone}
	for _, e := range q.Where {
		c, ok := t.Condition(e)
		if !ok {
			whole = false
			continue
		}
		conds = append(conds, c)
	}
	return conds, whole
}

// Rows implements report.Source; documents come in the order of registration.
func (s Source) Rows(q report.Query, yield func([]any) error) error {
	conds, _ := s.where(q)
	ask := index.Query{
		Form: q.Form, Where: conds, Columns: q.Columns, MaxCount: -1,
		OrderBy: []index.Order{{Column: "registered"}},
	}
	values := make([]any, len(q.Columns))
	return s.DB.Stream(ask, func(row index.Row) error {
		for i := range values {
			values[i] = row.Fields[i].Value
		}
		return yield(values)
	})
}

// Aggregate implements report.Aggregator.
func (s Source) Aggregate(q report.Query, by []report.Key, of []report.Agg) ([]report.Bucket, bool, error) {
	conds, whole := s.where(q)
	if !whole {
		return nil, false, nil
	}
	units := map[report.Unit]index.Unit{
		report.Each: index.Each, report.Day: index.Day, report.Week: index.Week,
		report.Month: index.Month, report.Quarter: index.Quarter, report.Year: index.Year,
	}
	keys := make([]index.GroupExpr, len(by))
	for i, k := range by {
		keys[i] = index.GroupExpr{Column: k.Column, Unit: units[k.Unit]}
	}
	funcs := map[string]index.AggFunc{"count": index.Count, "sum": index.Sum, "min": index.Min, "max": index.Max}
	aggs := make([]index.Agg, len(of))
	for i, a := range of {
		fn, known := funcs[a.Func]
		if !known {
			return nil, false, nil
		}
		aggs[i] = index.Agg{Func: fn, Column: a.Column}
	}
	groups, err := s.DB.Aggregate(q.Form, keys, aggs, conds...)
	if err != nil {
		return nil, false, err
	}
	out := make([]report.Bucket, len(groups))
	for i, g := range groups {
		out[i] = report.Bucket{Keys: g.Keys, Values: g.Values}
	}
	return out, true, nil
}
