package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// ParamError says what is wrong with a parameter a person gave.
type ParamError struct {
	Report, Param string
	Message       string
	Hint          string
}

// Error names the report and says what is wrong.
func (e *ParamError) Error() string { return fmt.Sprintf("report %s: %s", e.Report, e.Message) }

func (ev *evaluation) paramError(name, format string, args ...any) *ParamError {
	hint := "e1 report show " + ev.r.Name
	return &ParamError{Report: ev.r.Name, Param: name, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// readParams decodes the parameters given and fills in the defaults.
func (ev *evaluation) readParams() error {
	ev.params = map[string]expr.Value{}
	names := make([]string, 0, len(ev.in.Params))
	for name := range ev.in.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if ev.r.Param(name) == nil {
			return ev.paramError(name, "%s", diag.Unknown("parameter", name, ev.r.ParamNames()))
		}
	}
	clock := expr.MapScope{"now": ev.in.Now, "today": expr.DateOf(ev.in.Now)}
	for _, p := range ev.r.Params {
		text, given := ev.in.Params[p.Name]
		switch {
		case given:
			v, err := ev.decodeParam(p, strings.TrimSpace(text))
			if err != nil {
				return err
			}
			ev.params[p.Name] = v
		case p.Default != nil:
			v, err := p.Default.Program.Eval(clock)
			if err != nil {
				return ev.paramError(p.Name, "parameter %q: default: %v", p.Name, err)
			}
			ev.params[p.Name] = v
		}
		if p.Required && expr.IsEmpty(ev.params[p.Name]) {
			return ev.paramError(p.Name, "parameter %q is required", p.Name)
		}
	}
	return nil
}

// decodeParam reads a person's text; days are read as everywhere on a command line.
func (ev *evaluation) decodeParam(p *Param, text string) (expr.Value, error) {
	if text == "" {
		return nil, nil
	}
	if p.Type.Kind == expr.DateKind {
		if day, err := form.ParseDay(text, ev.in.Now); err == nil {
			text = day.String()
		}
	}
	if ev.in.Typed != nil && p.Is != Contains {
		typed, problem := ev.in.Typed(ev.r.Form, p.Field, p.Type, text)
		if problem != nil {
			err := ev.paramError(p.Name, "parameter %q: %s", p.Name, problem.Message)
			err.Hint = cmp.Or(problem.Hint, err.Hint)
			return nil, err
		}
		text = typed
	}
	if len(p.Type.Values) > 0 && p.Type.Kind.IsNamed() && !slices.Contains(p.Type.Values, text) {
		return nil, ev.paramError(p.Name, "parameter %q: %s", p.Name, diag.Unknown("value", text, p.Type.Values))
	}
	v, err := ev.in.Value(p.Type, text)
	if err != nil {
		return nil, ev.paramError(p.Name, "parameter %q: %v", p.Name, err)
	}
	return v, nil
}

// shownParams are the parameters of the result; those without a value are
// there too, so that a reader sees what could be asked.
func (ev *evaluation) shownParams() []ParamValue {
	out := make([]ParamValue, len(ev.r.Params))
	for i, p := range ev.r.Params {
		title := p.Title.In(ev.in.Language)
		v := ev.params[p.Name]
		value := Value{Text: p.Type.Format(v)}
		if p.field != nil {
			at, _ := ev.columnOf(p.field)
			if title == "" {
				title = ev.r.forms.FieldLabel(at.form, at.field).In(ev.in.Language)
			}
			value.Title = ev.name(p.field, v)
		}
		if title == "" {
			title = p.Name
		}
		out[i] = ParamValue{Name: p.Name, Title: title, Type: typeName(p.Type), Value: value}
	}
	return out
}

// holds tests a parameter's restriction on a document.
func (ev *evaluation) holds(p *Param, s *rowScope) (bool, error) {
	want := ev.params[p.Name]
	if p.field == nil || expr.IsEmpty(want) {
		return true, nil
	}
	v, err := p.field.Eval(s)
	if err != nil || expr.IsEmpty(v) {
		return false, err
	}
	if t, ok := v.(time.Time); ok {
		v = t.In(ev.in.Now.Location())
	}
	switch p.Is {
	case Contains:
		part, _ := want.(string)
		text, _ := v.(string)
		return strings.Contains(strings.ToLower(text), strings.ToLower(part)), nil
	case From:
		n, ok := expr.Compare(v, want)
		return ok && n >= 0, nil
	case To:
		n, ok := expr.Compare(v, want)
		return ok && n <= 0, nil
	}
	return expr.Equal(v, want), nil
}

// condition is a parameter's restriction as a tree for the source, nil when
// there is none; ok is false when it cannot be said as one.
func (ev *evaluation) condition(p *Param) (tree *expr.Expr, ok bool) {
	want := ev.params[p.Name]
	if p.field == nil || expr.IsEmpty(want) {
		return nil, true
	}
	field := p.field.Tree()
	if _, plain := ev.columnOf(p.field); !plain || p.Is == Contains {
		return nil, false
	}
	op := map[Relation]expr.Op{Equal: expr.Eq, From: expr.Ge, To: expr.Le}[p.Is]
	literal := &expr.Expr{Op: expr.Literal, Type: p.Type, Value: want}
	if day, isDay := want.(expr.Date); isDay && field.Type.Kind == expr.DateTime {
		// A day in the report's zone, said as the moments it begins and ends at.
		if p.Is == To {
			op, day = expr.Lt, expr.DateOf(expr.Midnight(day, time.UTC).AddDate(0, 0, 1))
		}
		literal.Value, literal.Type.Kind = expr.Midnight(day, ev.in.Now.Location()), expr.DateTime
	}
	return &expr.Expr{Op: op, Type: expr.Type{Kind: expr.Bool}, Args: []*expr.Expr{field, literal}}, true
}
