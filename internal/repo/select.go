package repo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/query"
)

// Selection asks for documents of one form.
type Selection struct {
	Form    string
	Where   string // an expression over the card
	OrderBy []index.Order
	Limit   int
	Void    bool // void documents too
	Columns []string
	Exact   bool         // count all, however many
	Having  []index.Cond // which hold as well
}

// ExpressionError says what is wrong with an expression typed by a person.
type ExpressionError struct {
	Source string
	Issues []expr.Issue
	form   string
}

func (e *ExpressionError) Error() string {
	runes := []rune(e.Source)
	lines := make([]string, len(e.Issues))
	for i, issue := range e.Issues {
		at, to := "", min(issue.To, len(runes))
		if issue.From < to {
			at = fmt.Sprintf(" at %q (column %d)", string(runes[issue.From:to]), issue.From+1)
		}
		lines[i] = "expression" + at + ": " + issue.Error()
	}
	return strings.Join(lines, "\n")
}

// Hint shows what the fields are, of every form that is meant.
func (e *ExpressionError) Hint() string {
	var out []string
	for _, issue := range e.Issues {
		if hint := "e1 form show " + cmp.Or(issue.Form, e.form); !slices.Contains(out, hint) {
			out = append(out, hint)
		}
	}
	return strings.Join(out, "\n")
}

// Code is the error's stable word.
func (e *ExpressionError) Code() string { return "expression" }

// Compile compiles a condition over a form's documents.
func (r *Repo) Compile(formName, source string) (*expr.Program, error) {
	set, err := r.defs.Forms()
	if err != nil {
		return nil, err
	}
	p, issues := expr.Compile(source, set.Env(formName), expr.Options{Want: expr.Type{Kind: expr.Bool}})
	if len(issues) == 0 {
		issues = r.named(set, p.Tree())
	}
	if len(issues) > 0 {
		return nil, &ExpressionError{Source: source, Issues: issues, form: formName}
	}
	return p, nil
}

// named puts numbers in the place of what people call documents by in a
// condition, as in a card: a short number, a name. Compared as it is, such a
// text would be no document's and nothing would be found.
func (r *Repo) named(set *form.Set, tree *expr.Expr) (issues []expr.Issue) {
	tree.Walk(func(e *expr.Expr) bool {
		ref, ok := e.Value.(expr.Ref)
		if !ok || e.Op != expr.Literal {
			return true
		}
		if f := set.FormOf(ref.Number); f != nil && (ref.Form == "" || f.Name == ref.Form) {
			return true
		}
		number, problem := set.Typed("", "", e.Type, ref.Number, r.Context(""))
		if problem != nil {
			issues = append(issues, expr.Issue{From: e.From, To: e.To, Slug: "value", Message: problem.Message, Form: ref.Form})
			return true
		}
		ref.Number = number
		e.Value = ref
		return true
	})
	return issues
}

// countAtMost bounds the counting of what a list leaves out: people want to
// know that there is more, and counting half a million takes longer than
// finding the first twenty.
const countAtMost = 1000

// Select finds documents of one form. What of the condition the index can
// decide it decides; the rest is tested document by document.
func (r *Repo) Select(s Selection) (index.Result, error) {
	db, err := r.Index()
	if err != nil {
		return index.Result{}, err
	}
	q := index.Query{Form: s.Form, OrderBy: s.OrderBy, Limit: s.Limit, Columns: s.Columns, MaxCount: countAtMost}
	if s.Exact {
		q.MaxCount = 0
	}
	if !s.Void {
		q.Where = append(q.Where, index.Not{Cond: index.Compare{Column: "status", Op: index.Eq, Value: form.Void}})
	}
	q.Where = append(q.Where, s.Having...)
	if s.Where == "" {
		return db.List(q)
	}
	p, err := r.Compile(s.Form, s.Where)
	if err != nil {
		return index.Result{}, err
	}
	exact := true
	translator := query.Translator{Zone: r.zone(), Given: r.given}
	for _, part := range conjuncts(p.Tree()) {
		c, ok := translator.Condition(part)
		if !ok {
			exact = false
			continue
		}
		q.Where = append(q.Where, c)
	}
	if exact {
		return db.List(q)
	}
	return r.sift(db, q, p)
}

// conjuncts takes a condition apart at `and`.
func conjuncts(e *expr.Expr) []*expr.Expr {
	if e.Op == expr.And {
		return append(conjuncts(e.Args[0]), conjuncts(e.Args[1])...)
	}
	return []*expr.Expr{e}
}

// given are the values that are the same for all documents.
func (r *Repo) given(name string) (expr.Value, bool) {
	switch name {
	case "today":
		return expr.DateOf(r.Now()), true
	case "now":
		return r.Now(), true
	}
	return nil, false
}

// sift tests documents one by one.
func (r *Repo) sift(db *index.DB, q index.Query, p *expr.Program) (index.Result, error) {
	limit := q.Limit
	q.Limit = 0
	set, err := r.defs.Forms()
	if err != nil {
		return index.Result{}, err
	}
	f := set.Form(q.Form)
	var out index.Result
	ctx := r.Context("")
	err = db.Stream(q, func(row index.Row) error {
		d, err := r.ReadRow(row)
		if err != nil {
			return err
		}
		holds, err := p.True(set.Scope(f, d, ctx))
		if err != nil {
			return fmt.Errorf("%s: %w", row.Number, err)
		}
		if !holds {
			return nil
		}
		out.Total++
		if limit == 0 || len(out.Rows) < limit {
			out.Rows = append(out.Rows, row)
		}
		return nil
	})
	return out, err
}
