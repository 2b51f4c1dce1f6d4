package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// env gives the names that routes of a form may use.
func (m *machine) env(name string) *expr.Env {
	base := m.in.Forms.Env(name)
	if base == nil {
		base = expr.NewEnv(nil, nil)
	}
	return route.Env(base)
}

func (r *run) envAt(s *route.Step) *expr.Env {
	if s == nil {
		return r.env
	}
	return route.EnvAt(s, r.env)
}

// condition are the options of every condition. The clock is refused where the
// route is checked.
func condition() expr.Options { return expr.Options{Want: expr.Type{Kind: expr.Bool}} }

// condition evaluates a condition; an empty value is false.
func (r *run) condition(e *route.Expr, s *route.Step, item string) (bool, error) {
	v, err := r.eval(e, s, item, condition())
	return v == true, err
}

func (r *run) eval(e *route.Expr, s *route.Step, item string, opt expr.Options) (expr.Value, error) {
	extra, err := r.extra(s, item)
	if err != nil {
		return nil, err
	}
	return r.evalIn(e, r.envAt(s), extra, opt)
}

func (r *run) evalIn(e *route.Expr, env *expr.Env, extra map[string]expr.Value, opt expr.Options) (expr.Value, error) {
	if err := r.evaluates(e); err != nil {
		return nil, err
	}
	program, problems := e.Compile(env, opt)
	if err := problems.Err(); err != nil {
		out := r.outdated("route %q does not fit any more: %v", r.r.Name.Text, err)
		if r.rule != nil {
			out.Message = fmt.Sprintf("rule %q is broken: %v", r.rule.Name.Text, err)
		}
		out.Err = err
		return nil, out
	}
	v, err := program.Eval(r.scope(r.self, extra))
	if err != nil {
		return nil, r.badExpression(e, program, err)
	}
	return v, nil
}

// outdated refuses what a definition says and the repository does not have any
// more. The definition was right when the instance was started on it, so lint,
// which looks at the present one, has nothing to say.
func (r *run) outdated(format string, args ...any) *Refusal {
	hint := fmt.Sprintf("e1 route migrate %s %s -n", r.self.Number, r.r.Name.Text)
	if r.rule != nil {
		hint = "e1 lint rules"
	}
	return refuse(BrokenRoute, hint, format, args...)
}

// badExpression refuses what cannot be evaluated, with the fields it reads; of
// a division by zero, with those that make the divisor.
func (m *machine) badExpression(e *route.Expr, program *expr.Program, err error) *Refusal {
	out := &Refusal{Reason: BadExpression, Err: err, Message: fmt.Sprintf("%s: %q cannot be evaluated: %v", e.At(), e.Text, err)}
	f := m.in.Forms.Form(m.self.Form)
	if f == nil {
		return out
	}
	reads := program.Reads()
	if divisor := dividedBy(program, err); divisor != nil {
		reads = writtenFor(f, namesIn(divisor), nil)
	}
	hint := "e1 set " + m.self.Number
	for _, name := range reads {
		name, _, _ = strings.Cut(strings.TrimPrefix(name, "card."), ".")
		field := f.Field(name)
		if field == nil || field.Computed || slices.Contains(out.Possible, name) {
			continue
		}
		out.Possible = append(out.Possible, name)
		if hint += " " + name; field.Type == expr.Table {
			hint += "+"
		}
		hint += "=…"
	}
	if len(out.Possible) > 0 {
		out.Hint = hint
	}
	return out
}

// dividedBy gives the divisor that was zero; nil when something else went wrong.
func dividedBy(program *expr.Program, err error) *expr.Expr {
	failed, ok := err.(*expr.EvalError) // of this expression, not of what it reads
	if !ok || failed.Kind != expr.Division {
		return nil
	}
	var divisor *expr.Expr
	program.Tree().Walk(func(e *expr.Expr) bool {
		if (e.Op == expr.Div || e.Op == expr.Mod) && e.From == failed.From && e.To == failed.To {
			divisor = e.Args[1]
		}
		return true
	})
	return divisor
}

// namesIn lists the fields, and members of fields, that an expression names.
func namesIn(e *expr.Expr) []string {
	var out []string
	e.Walk(func(e *expr.Expr) bool {
		path, ok := e.Path()
		if ok {
			out = append(out, path)
		}
		return !ok
	})
	return out
}

// writtenFor puts what computed fields are computed from in their places.
func writtenFor(f *form.Form, reads, within []string) []string {
	var out []string
	for _, name := range reads {
		field := f.Field(strings.TrimPrefix(name, "card."))
		if field == nil || !field.Computed || field.Value == nil || slices.Contains(within, name) {
			out = append(out, name)
			continue
		}
		if p, err := field.Value.Program(); err == nil {
			out = append(out, writtenFor(f, p.Reads(), append(within, name))...)
		}
	}
	return out
}

// extra gives what a route adds to the names of the form: starter, and the
// items of the each blocks around a step.
func (r *run) extra(s *route.Step, item string) (map[string]expr.Value, error) {
	names := map[string]expr.Value{"last": r.lastAnswer()}
	if in := r.instance(); in != nil && r.org.User(in.By) != nil {
		names["starter"] = r.org.Value(in.By)
	}
	if f := r.in.Forms.Form(r.self.Form); f != nil {
		for name := range names {
			if f.Field(name) != nil {
				delete(names, name)
			}
		}
	}
	maps.Copy(names, r.names)
	for s != nil {
		owner := s.Parent.Owner
		if h := s.Parent.Handler; h != nil {
			owner = h.Block
		}
		if owner == nil {
			break
		}
		if owner.Verb == route.Each {
			var key string
			if item, key = cutItem(item); key != "" {
				v, err := r.itemValue(owner, item, key)
				if err != nil {
					return nil, err
				}
				if _, inner := names[owner.Over.As]; !inner {
					names[owner.Over.As] = v
				}
			}
		}
		s = owner
	}
	return names, nil
}

// lastAnswer gives the answer to the task that was finished last.
func (r *run) lastAnswer() expr.Row {
	var last *document.Task
	in := r.instance()
	for i := 0; in != nil && i < len(in.Tasks); i++ {
		t := &in.Tasks[i]
		if t.Kind == "" && t.State == TaskDone && t.Outcome != read && (last == nil || !t.Done.Before(last.Done)) {
			last = t
		}
	}
	if last == nil {
		return expr.Row{}
	}
	return r.answerOf(last)
}

// answerOf is what `last` stands for.
func (m *machine) answerOf(t *document.Task) expr.Row {
	row := expr.Row{"outcome": t.Outcome}
	if t.Who != "" {
		row["performer"] = m.org.Value(t.Who)
	}
	if t.Comment != "" {
		row["comment"] = t.Comment
	}
	return row
}

// itemsAt is what an each goes over, of which the values of its items are
// taken. They are kept until a card changes: a table of many rows would else be
// read once for every row.
type itemsAt struct {
	instance int
	each     *route.Step
	outer    string
	clock    time.Time
}

// itemValue gives the row, person or element that a key of an each stands for;
// nil when the row is no longer there.
func (r *run) itemValue(each *route.Step, outer, key string) (expr.Value, error) {
	if each.Over.People != nil {
		return r.org.Value(key), nil
	}
	at := itemsAt{r.id, each, outer, r.clock}
	v, known := r.tables[at]
	if !known {
		var err error
		if v, err = r.eval(each.Over.Expr, each, outer, expr.Options{}); err != nil {
			return nil, err
		}
		r.tables[at] = v
	}
	if list, ok := v.([]expr.Value); ok {
		for _, e := range list {
			if u, isUser := e.(expr.User); isUser && u.ID == key {
				return u, nil
			}
		}
	}
	i, err := strconv.Atoi(key)
	if err != nil {
		return nil, nil
	}
	switch list := v.(type) {
	case []expr.Row:
		if i <= len(list) {
			return list[i-1], nil
		}
	case []expr.Value:
		if i <= len(list) {
			return list[i-1], nil
		}
	}
	return nil, nil
}

// scope gives the values of a document's fields and of extra names.
func (m *machine) scope(d *document.Document, extra map[string]expr.Value) expr.Scope {
	f := m.in.Forms.Form(d.Form)
	s := &scope{m: m, extra: extra}
	if f != nil {
		s.Scope = m.in.Forms.Scope(f, d, m.context())
	} else {
		s.Scope = expr.MapScope{}
	}
	return s
}

// context is what forms may ask for: documents as this transition has changed
// them, the time, and the document's author.
func (m *machine) context() form.Context {
	return form.Context{Lookup: &overlay{m}, Now: m.in.Now, Author: m.author(), Calendar: m.calendar}
}

// calendar is the one of the repository; nil when the caller gives none.
func (m *machine) calendar() *worktime.Calendar {
	if m.in.Calendar == nil {
		return nil
	}
	return m.in.Calendar("")
}

// time is what expressions take for now.
func (m *machine) time() time.Time {
	if m.clock.IsZero() {
		return m.in.Now
	}
	return m.clock
}

func (m *machine) author() string {
	if m.org.User(m.self.By) == nil {
		return ""
	}
	return m.self.By
}

type scope struct {
	expr.Scope
	m     *machine
	extra map[string]expr.Value
}

// Value implements expr.Scope.
func (s *scope) Value(name string) (expr.Value, error) {
	if v, ok := s.extra[name]; ok {
		return v, nil
	}
	switch name {
	case "starter":
		return nil, nil
	case "today":
		return expr.DateOf(s.m.time()), nil
	case "now":
		return s.m.time(), nil
	}
	return s.Scope.Value(name)
}

// AddDuration implements expr.Calendared with the repository's calendar.
func (s *scope) AddDuration(from expr.Value, d expr.Duration, negative bool) (expr.Value, error) {
	c := s.m.calendar()
	if c == nil {
		return nil, errors.New("there is no working calendar")
	}
	if v := expr.AddWorking(c, from, d, negative); v != nil {
		return v, nil
	}
	return nil, fmt.Errorf("%T is no date", from)
}

// overlay answers lookups with the documents of this transition first.
type overlay struct{ m *machine }

// Document implements form.Lookup.
func (o *overlay) Document(number string) (*document.Document, error) {
	for _, d := range o.m.docs {
		if d.Number == number {
			return d, nil
		}
	}
	if o.m.in.Lookup == nil {
		return nil, nil
	}
	return o.m.in.Lookup.Document(number)
}

// ByUnique implements form.Lookup. Documents whose registration was undone
// own no value.
func (o *overlay) ByUnique(name, field, value string) ([]string, error) {
	var out []string
	if o.m.in.Lookup != nil {
		found, err := o.m.in.Lookup.ByUnique(name, field, value)
		if err != nil {
			return nil, err
		}
		out = slices.Clone(found)
	}
	for _, d := range o.m.docs {
		if d.Form != name {
			continue
		}
		has := slices.ContainsFunc(o.m.in.Forms.Keys(o.m.in.Forms.Form(name), d), func(k form.Key) bool {
			return k.Field == field && k.Value == value
		})
		at := slices.Index(out, d.Number)
		switch {
		case has && at < 0:
			out = append(out, d.Number)
		case !has && at >= 0:
			out = slices.Delete(out, at, at+1)
		}
	}
	living := out[:0]
	for _, number := range out {
		d, err := o.Document(number)
		if err != nil {
			return nil, err
		}
		if d == nil || d.Status != void {
			living = append(living, number)
		}
	}
	return living, nil
}
