package repo

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/query"
	"github.com/e1-dms/e1/internal/report"
)

// ReportSource gives reports the documents of HEAD: from the index what the
// index holds, the rest, such as values that other documents or the clock
// decide, from the documents themselves.
type ReportSource struct {
	repo  *Repo
	index query.Source
	set   *form.Set
}

var _ report.Aggregator = (*ReportSource)(nil)

// ReportSource opens the documents of HEAD for reports.
func (r *Repo) ReportSource() (*ReportSource, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	set, err := r.defs.Forms()
	if err != nil {
		return nil, err
	}
	return &ReportSource{repo: r, index: query.Source{DB: db, Zone: r.zone()}, set: set}, nil
}

// held reports whether the index has a column for a path.
func (s *ReportSource) held(formName, path string) bool {
	f := s.set.Form(formName)
	if f == nil {
		return false
	}
	first, rest, dotted := strings.Cut(path, ".")
	if first == "card" && dotted && f.Field("card") == nil {
		return !strings.Contains(rest, ".") && hasColumn(f, rest)
	}
	if !dotted {
		return slices.Contains(form.Attributes(), path) && f.Field(path) == nil || hasColumn(f, path)
	}
	field := f.Field(first)
	if field == nil || field.Type != expr.Document || field.Form == "" || strings.Contains(rest, ".") || !hasColumn(f, first) {
		return false
	}
	return s.held(field.Form, rest)
}

func hasColumn(f *form.Form, name string) bool {
	for _, c := range f.Columns() {
		if c.Name == name {
			return indexed(f, c)
		}
	}
	return false
}

// split divides a query into what the index can answer and the columns it
// lacks; whole says that no condition was left out.
func (s *ReportSource) split(q report.Query) (known report.Query, lacking []int, whole bool) {
	known, whole = report.Query{Form: q.Form}, true
	for i, c := range q.Columns {
		if s.held(q.Form, c) {
			known.Columns = append(known.Columns, c)
		} else {
			lacking = append(lacking, i)
		}
	}
	for _, e := range q.Where {
		if s.answerable(q.Form, e) {
			known.Where = append(known.Where, e)
		} else {
			whole = false
		}
	}
	return known, lacking, whole
}

// answerable reports whether the index has every column of a condition.
func (s *ReportSource) answerable(formName string, e *expr.Expr) bool {
	yes := true
	e.Walk(func(e *expr.Expr) bool {
		if e.Op != expr.Field && e.Op != expr.Member {
			return true
		}
		path, ok := e.Path()
		yes = yes && ok && s.held(formName, path)
		return false
	})
	return yes
}

// Rows implements report.Source.
func (s *ReportSource) Rows(q report.Query, yield func([]any) error) error {
	known, lacking, _ := s.split(q)
	if len(lacking) == 0 {
		known.Columns = q.Columns
		return s.index.Rows(known, yield)
	}
	f := s.set.Form(q.Form)
	values := make([]any, len(q.Columns))
	ctx := s.repo.Context("")
	known.Columns = append(known.Columns, "number")
	return s.index.Rows(known, func(row []any) error {
		number, _ := row[len(row)-1].(string)
		next := 0
		for i := range values {
			if !slices.Contains(lacking, i) {
				values[i] = row[next]
				next++
			}
		}
		at, _, err := s.index.DB.Get(number)
		if err != nil {
			return err
		}
		d, err := s.repo.ReadRow(at)
		if err != nil {
			return err
		}
		scope := s.set.Scope(f, d, ctx)
		for _, i := range lacking {
			values[i] = valueAt(scope, q.Columns[i])
		}
		return yield(values)
	})
}

// valueAt follows a path; what cannot be read or computed counts as empty, as
// it does in the index.
func valueAt(scope expr.Scope, path string) any {
	v, err := scope.Value(path)
	if err == nil && v != nil {
		return v
	}
	first, rest, dotted := strings.Cut(path, ".")
	if !dotted {
		return nil
	}
	v, err = scope.Value(first)
	ref, ok := v.(expr.Ref)
	if err != nil || !ok {
		return nil
	}
	next, err := scope.Ref(ref.Form, ref.Number)
	if err != nil || next == nil {
		return nil
	}
	return valueAt(next, rest)
}

// Aggregate implements report.Aggregator.
func (s *ReportSource) Aggregate(q report.Query, by []report.Key, of []report.Agg) ([]report.Bucket, bool, error) {
	known, _, whole := s.split(q)
	if !whole {
		return nil, false, nil
	}
	for _, k := range by {
		if !s.held(q.Form, k.Column) {
			return nil, false, nil
		}
	}
	for _, a := range of {
		if a.Column != "" && !s.held(q.Form, a.Column) {
			return nil, false, nil
		}
	}
	return s.index.Aggregate(known, by, of)
}

// ReportSettings are the constants that expressions know as settings.x.
func (s *ReportSource) ReportSettings(formName string) expr.Row {
	f := s.set.Form(formName)
	if f == nil {
		return nil
	}
	v, err := s.set.Scope(f, &document.Document{Form: f.Name}, s.repo.Context("")).Value("settings")
	if err != nil {
		return nil
	}
	row, _ := v.(expr.Row)
	return row
}

// ReportDefinitions give reports the names people read.
func (s *ReportSource) ReportDefinitions() *report.Definitions {
	db := s.index.DB
	titles := map[string]string{}
	return &report.Definitions{Set: s.set, Language: s.repo.Language(), Document: func(number string) string {
		title, ok := titles[number]
		if !ok {
			if row, found, err := db.Get(number); err == nil && found {
				title = documentName(row)
			}
			titles[number] = title
		}
		return title
	}}
}

// ReportTyped reads what people give for parameters, as cards are read.
func (s *ReportSource) ReportTyped(formName, field string, t expr.Type, text string) (string, *form.Problem) {
	return s.set.Typed(formName, field, t, text, s.repo.Context(""))
}

// documentName is what a report calls a document.
func documentName(row index.Row) string {
	if row.Title == "" || row.Title == row.Number {
		return row.Number
	}
	return row.Title
}
