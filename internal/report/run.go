package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Run is what an evaluation is given.
type Run struct {
	Source   Source
	Names    Names             // nil: values are shown by their ids
	Now      time.Time         // in the zone that days are meant in
	Language string            // of titles
	Params   map[string]string // as a person gives them; an empty text clears a default
	Author   expr.Value        // the acting user, what `author` means
	Settings expr.Row          // what settings.x means
	// Limit is the most rows wanted: 0 means the report's own limit, a negative
	// number all.
	Limit int
	// Typed reads what a person gives for the parameter of a field, "" for one of
	// no field, and gives the canonical text; nil: people give that.
	Typed func(form, field string, t expr.Type, text string) (string, *form.Problem)
	// Value decodes the canonical text of a value; nil: expr.ParseValue. It may
	// add what ParseValue does not know, such as the fields of directory entries.
	Value func(t expr.Type, text string) (expr.Value, error)
}

// Result is an evaluated report.
type Result struct {
	Report, Title string
	Params        []ParamValue
	Columns       []ResultColumn
	Groups        int // number of columns the rows are grouped by; they come first
	Rows          [][]Value
	Subtotals     []Subtotal
	Totals        []Value // as long as Columns, or empty when there are none
	Documents     int64   // how many documents the report is about
	More          int     // rows beyond the limit
}

// ParamValue is a parameter as the report ran with it; Type is as in
// ResultColumn.
type ParamValue struct {
	Name, Title, Type string
	Value             Value
}

// ResultColumn is one column; Type is text, int, decimal, money, percent, hours,
// date, datetime, duration, bool, choice, directory, user, document, day, week,
// month, quarter or year.
type ResultColumn struct{ Name, Title, Type string }

// Value is one value: its canonical text, empty for none, and what people read
// instead where that differs.
type Value struct{ Text, Title string }

// Subtotal is the sum line of a group.
type Subtotal struct {
	Level  int // 1: outermost groups
	After  int // number of rows before it
	Values []Value
}

// Run evaluates a linked report.
func (r *Report) Run(in Run) (*Result, error) {
	if !r.linked {
		return nil, fmt.Errorf("report %q has errors; lint shows them", r.Name)
	}
	if in.Value == nil {
		in.Value = expr.ParseValue
	}
	ev := &evaluation{r: r, in: in, limit: r.Limit}
	if in.Limit != 0 {
		ev.limit = max(in.Limit, 0)
	}
	if err := ev.readParams(); err != nil {
		return nil, err
	}
	ev.plan()
	result := &Result{Report: r.Name, Title: r.Title.In(in.Language), Params: ev.shownParams(), Columns: ev.resultColumns()}
	var err error
	if r.Grouped {
		result.Groups = len(r.Groups)
		err = ev.grouped(result)
	} else {
		err = ev.list(result)
	}
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", r.Name, err)
	}
	return result, nil
}

// evaluation is one run of a report.
type evaluation struct {
	r      *Report
	in     Run
	params map[string]expr.Value
	// what the report reads of a document
	columns []column
	index   map[string]int // column by path
	refs    []int          // columns that hold references
	where   []*expr.Expr   // conditions for the source
	exact   bool           // where says all that parameters restrict
	whole   bool           // where says all that the report's condition does
	limit   int            // most rows; 0: all
	nothing bool           // no document can be meant
	specs   []*spec        // distinct aggregates of all columns
	specOf  map[*Aggregate]int
}

// column is a value of a document that the report reads.
type column struct {
	path        string
	form, field string // where it is defined
	typ         expr.Type
}

// spec is an aggregate, shared by all columns that ask for the same.
type spec struct {
	fn        string
	arg, cond *expr.Program
	typ       expr.Type // of arg
	filled    string    // column, when the aggregate counts where it is filled and nothing else
}

// tolerable turns a division by zero into an empty value; other errors stay.
func tolerable(v expr.Value, err error) (expr.Value, error) {
	var failed *expr.EvalError
	if errors.As(err, &failed) && failed.Kind == expr.Division {
		return nil, nil
	}
	return v, err
}

// resultColumns names the columns of the result.
func (ev *evaluation) resultColumns() []ResultColumn {
	var out []ResultColumn
	for _, g := range ev.r.Groups {
		kind := string(g.Per)
		if g.Per == Each {
			kind = typeName(g.By.Program.Type())
		}
		out = append(out, ResultColumn{g.Name, ev.heading(g.Title, g.Name, g.By.Program), kind})
	}
	for _, c := range ev.r.Columns {
		out = append(out, ResultColumn{c.Name, ev.heading(c.Title, c.Name, c.Value.Program), c.typeName()})
	}
	return out
}

// heading is a column's title: its own, else the label of the field it shows,
// else its name.
func (ev *evaluation) heading(title yamlsrc.Label, name string, p *expr.Program) string {
	if text := title.In(ev.in.Language); text != "" {
		return text
	}
	if at, ok := ev.columnOf(p); ok {
		if text := ev.r.forms.FieldLabel(at.form, at.field).In(ev.in.Language); text != "" {
			return text
		}
	}
	return name
}

// columnOf is the column a program shows when it is nothing but a field.
func (ev *evaluation) columnOf(p *expr.Program) (column, bool) {
	path, ok := p.Tree().Path()
	if !ok {
		return column{}, false
	}
	i, ok := ev.index[path]
	if !ok {
		return column{}, false
	}
	return ev.columns[i], true
}

// typeName is the type of a column of the result.
func (c *Column) typeName() string {
	if c.As != "" {
		return c.As
	}
	if len(c.Aggregates) == 1 && c.Aggregates[0].hours() && c.Value.Program.Tree().Op == expr.Field {
		return "hours"
	}
	return typeName(c.Value.Program.Type())
}

// hours reports whether an aggregate gives hours: sums and averages of durations.
func (a *Aggregate) hours() bool {
	return (a.Func == "sum" || a.Func == "avg") && a.Arg.Program.Type().Kind == expr.DurationKind
}

func typeName(t expr.Type) string {
	if t.Kind.IsText() || t.Kind == expr.Any || t.Kind >= expr.Table {
		return "text"
	}
	return t.Kind.String()
}

// name is what people read for a value shown by a program.
func (ev *evaluation) name(p *expr.Program, v expr.Value) string {
	id, ok := expr.Identity(v)
	if !ok || ev.in.Names == nil || id == "" {
		return ""
	}
	if _, text := v.(string); text {
		return ""
	}
	at, _ := ev.columnOf(p)
	return ev.in.Names.Name(at.form, at.field, p.Type(), id)
}
