package template

import (
	"fmt"
	"html"
	"maps"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// maxOutput bounds what one rendering writes, in bytes.
const maxOutput = 32 << 20

// Paper is what a template has made.
type Paper struct {
	// Data is the document, or the letter's text.
	Data []byte
	// Subject, To and Attach are the letter's head; To is empty when the
	// template leaves it to the action.
	Subject string
	To      []string
	Attach  []string
}

// EmptyError says that a value is empty where a template needs one.
type EmptyError struct {
	At   diag.Span
	Text string // the expression
}

func (e *EmptyError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %q is empty", e.At.File, e.At.Start.Line, e.At.Start.Column, e.Text)
}

// Hint says how the template can do without.
func (e *EmptyError) Hint() string {
	return fmt.Sprintf("fill it, or give a default in the template: {{ %s ?? \"…\" }}", e.Text)
}

// ValueError says why a placeholder has no value.
type ValueError struct {
	At   diag.Span
	Text string
	Err  error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %q: %v", e.At.File, e.At.Start.Line, e.At.Start.Column, e.Text, e.Err)
}

// Unwrap gives the cause.
func (e *ValueError) Unwrap() error { return e.Err }

// Env gives the names that templates over a form's documents may use.
func Env(form *expr.Env) *expr.Env { return form.WithFuncs(functions()...) }

// Render makes the paper of a document: env gives the types, scope the values.
// language is that of dates and numbers: ru or en.
func (t *Template) Render(env *expr.Env, scope expr.Scope, language string) (*Paper, error) {
	w := &writer{env: Env(env), values: &values{Scope: scope, language: language}}
	out := &Paper{}
	line := func(p *part) (string, error) {
		w.escape = func(s string) string { return strings.Join(strings.Fields(s), " ") }
		return w.text(p)
	}
	var err error
	if h := t.Head; h != nil {
		if out.Subject, err = line(h.Subject); err != nil {
			return nil, err
		}
		if h.To != nil {
			to, err := line(h.To)
			if err != nil {
				return nil, err
			}
			out.To = splitList(to)
		}
		for _, a := range h.Attach {
			name, err := line(a)
			if err != nil {
				return nil, err
			}
			out.Attach = append(out.Attach, name)
		}
	}
	switch t.Kind {
	case Docx:
		out.Data, err = t.renderDocx(w)
	case HTML:
		w.escape = html.EscapeString
		err = w.into(out, t.body)
	default:
		w.escape = func(s string) string { return s }
		err = w.into(out, t.body)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func splitList(text string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// writer renders the nodes of a template.
type writer struct {
	env    *expr.Env
	values *values
	escape func(string) string
	b      strings.Builder
}

func (w *writer) into(out *Paper, p *part) error {
	text, err := w.text(p)
	out.Data = []byte(text)
	return err
}

func (w *writer) text(p *part) (string, error) {
	w.b.Reset()
	if err := w.nodes(p.nodes, w.env); err != nil {
		return "", err
	}
	return w.b.String(), nil
}

func (w *writer) nodes(nodes []node, env *expr.Env) error {
	for _, n := range nodes {
		if w.b.Len() > maxOutput {
			return fmt.Errorf("the paper grows above %d MB", maxOutput>>20)
		}
		var err error
		switch n := n.(type) {
		case literal:
			w.b.WriteString(string(n))
		case value:
			err = w.value(n, env)
		case *branch:
			err = w.branch(n, env)
		case *loop:
			err = w.loop(n, env)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) eval(e *expression, env *expr.Env, opt expr.Options) (expr.Value, expr.Type, error) {
	program, problems := e.compile(env, opt)
	if err := problems.Err(); err != nil {
		return nil, expr.Type{}, err
	}
	v, err := program.Eval(w.values)
	if err != nil {
		return nil, expr.Type{}, &ValueError{e.whole(), e.text, err}
	}
	return v, program.Type(), nil
}

func (w *writer) value(v value, env *expr.Env) error {
	got, t, err := w.eval(v.expression, env, expr.Options{})
	if err != nil {
		return err
	}
	switch {
	case !expr.IsEmpty(got):
		w.b.WriteString(w.escape(show(got, t, w.values.language)))
	case v.fallback != nil:
		w.b.WriteString(w.escape(*v.fallback))
	default:
		return &EmptyError{v.whole(), v.text}
	}
	return nil
}

func (w *writer) branch(b *branch, env *expr.Env) error {
	for i, cond := range b.conds {
		if cond != nil {
			v, _, err := w.eval(cond, env, expr.Options{Want: expr.Type{Kind: expr.Bool}})
			if err != nil {
				return err
			}
			if v != true {
				continue
			}
		}
		return w.nodes(b.then[i], env)
	}
	return nil
}

func (w *writer) loop(l *loop, env *expr.Env) error {
	v, t, err := w.eval(l.over, env, expr.Options{})
	if err != nil {
		return err
	}
	var items []expr.Value
	switch list := v.(type) {
	case []expr.Row:
		for _, row := range list {
			items = append(items, row)
		}
	case []expr.Value:
		items = list
	}
	inner := env.With(expr.Var{Name: l.as, Type: itemOf(t)}, expr.Var{Name: l.as + "_no", Type: expr.Type{Kind: expr.Int}})
	outer := w.values.rows
	defer func() { w.values.rows = outer }()
	for i, item := range items {
		w.values.rows = maps.Clone(outer)
		if w.values.rows == nil {
			w.values.rows = map[string]expr.Value{}
		}
		w.values.rows[l.as], w.values.rows[l.as+"_no"] = item, int64(i+1)
		if err := w.nodes(l.body, inner); err != nil {
			return err
		}
	}
	return nil
}

// itemOf is the type of what an each goes over.
func itemOf(t expr.Type) expr.Type {
	switch {
	case t.Kind == expr.Table:
		return expr.Type{Kind: expr.Record, Fields: t.Fields}
	case t.Kind == expr.List && t.Elem != nil:
		return *t.Elem
	}
	return expr.Type{}
}

// compile compiles an expression; problems have their places in the template.
func (e *expression) compile(env *expr.Env, opt expr.Options) (*expr.Program, diag.List) {
	program, issues := expr.Compile(e.text, env, opt)
	var problems diag.List
	for _, issue := range issues {
		code := badExpression
		switch issue.Slug {
		case "unknown":
			code = UnknownName
		case "type", "value":
			code = wrongType
		}
		report(&problems, code, e.at(issue.From, issue.To), issue.Help, "%s", issue.Message)
		problems[len(problems)-1].Meant = issue.Meant
	}
	if program != nil {
		for _, f := range program.Former() {
			problems.Add(yamlsrc.Former(e.at(f.From, f.To), f.Was, f.Now))
		}
	}
	return program, problems
}
