package form

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
	"github.com/shopspring/decimal"
)

// wellFormed tells what is wrong with a stored text by the field's type alone; nil for what SetText would store.
func (f *Field) wellFormed(text string) error {
	v, err := expr.ParseValue(expr.Type{Kind: f.Type}, text)
	if err != nil {
		return err
	}
	switch f.Type {
	case expr.Text:
		if strings.ContainsAny(text, "\n\r") {
			return errors.New("the text has several lines, the field has one")
		}
	case expr.Email:
		err = requisite.CheckEmail(text)
	case expr.INN:
		err = requisite.CheckINN(text)
	case expr.KPP:
		err = requisite.CheckKPP(text)
	case expr.OGRN:
		err = requisite.CheckOGRN(text)
	case expr.BIK:
		err = requisite.CheckBIK(text)
	case expr.Account:
		err = checkAccountShape(text)
	case expr.Money:
		if d, ok := v.(decimal.Decimal); ok && !d.Equal(d.Round(2)) {
			err = fmt.Errorf("%q has more than two digits behind the point", text)
		}
	}
	return err
}

// checker collects the problems of one card.
type checker struct {
	s        *Set
	f        *Form
	d        *document.Document
	ctx      Context
	scope    *Scope
	problems []Problem
}

func (c *checker) add(p Problem) { c.problems = append(c.problems, p) }

// Check tells everything that is wrong with a card, in form order: an unknown status, texts that do not fit their
// types, entries, users and documents that do not exist, missing required values, failed checks, values that must be
// unique, computed values that cannot be computed. Keys the form does not know are not mentioned, see Unknown. A
// change of a document that did not fit before is judged by NewProblems.
func (s *Set) Check(f *Form, d *document.Document, ctx Context) []Problem {
	c := &checker{s: s, f: f, d: d, ctx: ctx, scope: s.Scope(f, d, ctx)}
	if _, ok := f.Status(d.Status); !ok && (d.Status != "" || len(f.Statuses) > 0) {
		p := Problem{Field: "status", Code: "status", Message: "the document has no status"}
		if d.Status != "" {
			p.Message = diag.Unknown("status", d.Status, f.SettableStatuses())
		}
		c.add(p)
	}
	for _, field := range f.fields {
		c.field(field)
	}
	return c.problems
}

func (c *checker) field(f *Field) {
	shown := c.shown(f)
	if f.Computed {
		if _, err := c.scope.Value("card." + f.Name); err != nil && shown && !c.caused(err) {
			c.add(Problem{Field: f.Name, Code: "computed", Message: fmt.Sprintf("field %q cannot be computed: %s", f.Name, err)})
		}
		return
	}
	v := c.f.Stored(c.d, f)
	if v.IsEmpty() {
		if shown && c.needed(f, c.scope) {
			c.add(Problem{Field: f.Name, Code: "required", Message: fmt.Sprintf("field %q must be filled%s", f.Name, when(f))})
		}
		return
	}
	if f.Type == expr.Table {
		c.table(f, v)
	} else if v.Rows != nil || v.List != nil || v.Node != nil {
		c.add(Problem{Field: f.Name, Code: "type", Message: fmt.Sprintf("field %q is a %s and holds a list or mapping", f.Name, f.Type)})
		return
	} else if !c.text(f, v.Text, c.bikOf(f), 0) {
		return
	}
	c.expression(f, c.scope, 0)
	if f.Unique {
		c.unique(f, v.Text)
	}
}

// caused reports whether a computed value fails because of a stored text that is reported by itself.
func (c *checker) caused(err error) bool {
	var v *ValueError
	return errors.As(err, &v)
}

func (c *checker) shown(f *Field) bool {
	if f.ShownIf == nil {
		return true
	}
	ok, err := f.ShownIf.holds(c.scope)
	if err != nil {
		c.broken(f, "shown_if", err)
		return false
	}
	return ok
}

// broken reports an expression of the form that cannot be evaluated.
func (c *checker) broken(f *Field, key string, err error) {
	if !c.caused(err) {
		c.add(Problem{Field: f.Name, Code: "expression", Severity: diag.Warning,
			Message: fmt.Sprintf("field %q: %s cannot be evaluated: %s", f.Name, key, firstLine(err))})
	}
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

func (c *checker) needed(f *Field, scope expr.Scope) bool {
	if f.RequiredAlways || f.Required == nil {
		return f.RequiredAlways
	}
	ok, err := f.Required.holds(scope)
	if err != nil {
		c.broken(f, "required", err)
	}
	return ok
}

// when says on which condition a field is required.
func when(f *Field) string {
	if f.RequiredAlways || f.Required == nil {
		return ""
	}
	return " when " + f.Required.Source
}

// text checks a stored text and reports whether it can be used further; bik is the code of the bank of an account.
func (c *checker) text(f *Field, text, bik string, row int) bool {
	if p := c.s.storable(f, text); p != nil {
		c.place(p, f, row)
		return false
	}
	if p := c.meaning(f, text, bik); p != nil {
		c.place(p, f, row)
		return p.Severity != diag.Error
	}
	return true
}

// place gives a problem of a field or a column its place.
func (c *checker) place(p *Problem, f *Field, row int) {
	p.Field = f.Name
	if row > 0 {
		p.Field, p.Column, p.Row = f.Group, f.Name, row
	}
	c.add(*p)
}

// meaning checks what a well-formed text says: bounds, active people, existing documents.
func (c *checker) meaning(f *Field, text, bik string) *Problem {
	v, _ := expr.ParseValue(expr.Type{Kind: f.Type}, text)
	for _, b := range []struct {
		bound, word string
		sign        int
	}{{f.Min, "less than", -1}, {f.Max, "more than", 1}} {
		if b.bound == "" {
			continue
		}
		bound, _ := expr.ParseValue(expr.Type{Kind: f.Type}, b.bound)
		if n, ok := expr.Compare(v, bound); ok && n*b.sign > 0 {
			return &Problem{Code: "bounds", Message: fmt.Sprintf("field %q is %s, %s %s", f.Name, text, b.word, b.bound)}
		}
	}
	switch f.Type {
	case expr.Document:
		return c.reference(f, text)
	case expr.Account:
		return accountKey(text, bik)
	}
	return nil
}

func (c *checker) reference(f *Field, number string) *Problem {
	if c.ctx.Lookup == nil {
		return nil
	}
	if strings.HasPrefix(number, "@") { // a document of the same transaction that has no number yet
		return nil
	}
	d, err := c.ctx.Lookup.Document(number)
	switch {
	case err != nil:
		return &Problem{Code: "reference", Message: fmt.Sprintf("document %q cannot be read: %s", number, err)}
	case d == nil:
		return &Problem{Code: "unknown-document", Message: fmt.Sprintf("there is no document %q", number)}
	case f.Form != "" && d.Form != f.Form:
		return &Problem{Code: "unknown-document", Message: fmt.Sprintf("document %q is one of %s, field %q wants one of %s", number, d.Form, f.Name, f.Form)}
	}
	return nil
}

// bikOf is the BIK that belongs to an account field, "" when there is none.
func (c *checker) bikOf(f *Field) string {
	if b := c.f.byName[f.Bik]; b != nil {
		if v := c.f.Stored(c.d, b); v != nil {
			return v.Text
		}
	}
	return ""
}

// accountKey checks the key of an account against the bank's BIK, where that is known and right. Correspondent
// accounts begin with 301.
func accountKey(account, bik string) *Problem {
	if bik == "" || requisite.CheckBIK(bik) != nil {
		return nil
	}
	check := requisite.CheckAccount
	if strings.HasPrefix(account, "301") {
		check = requisite.CheckCorrAccount
	}
	if err := check(account, bik); err != nil {
		return &Problem{Code: "type", Message: err.Error()}
	}
	return nil
}

// expression evaluates the check of a field that is filled.
func (c *checker) expression(f *Field, scope expr.Scope, row int) {
	if f.Check == nil {
		return
	}
	ok, err := f.Check.holds(scope)
	if err != nil {
		c.broken(f, "check", err)
		return
	}
	if !ok {
		message := f.Message.In(c.s.settings.Language)
		if message == "" {
			message = fmt.Sprintf("field %q fails the check %s", f.Name, f.Check.Source)
		}
		c.place(&Problem{Code: "check", Message: message}, f, row)
	}
}

func (c *checker) table(f *Field, v *document.Value) {
	if v.Text != "" || v.List != nil || v.Node != nil {
		c.add(Problem{Field: f.Name, Code: "type", Message: fmt.Sprintf("field %q is a table and holds something else", f.Name)})
		return
	}
	for i, r := range v.Rows {
		scope := &rowScope{Scope: c.scope, field: f, doc: r, row: expr.Row{}}
		for _, col := range f.Columns {
			c.cell(f, col, r, i+1, scope)
		}
	}
}

func (c *checker) cell(table, col *Field, r document.Row, row int, scope *rowScope) {
	if col.Computed {
		if _, err := scope.Value(col.Name); err != nil && !c.caused(err) {
			c.place(&Problem{Code: "computed", Message: fmt.Sprintf("column %q cannot be computed: %s", col.Name, err)}, col, row)
		}
		return
	}
	for _, cell := range r {
		if cell.Name == col.Name && cell.Node != nil {
			c.place(&Problem{Code: "type", Message: fmt.Sprintf("column %q holds no single value", col.Name)}, col, row)
			return
		}
	}
	text := cellText(r, col)
	if text == "" {
		if c.needed(col, scope) {
			c.place(&Problem{Code: "required", Message: "must be filled" + when(col)}, col, row)
		}
		return
	}
	bik := ""
	if b := table.Column(col.Bik); b != nil {
		bik = cellText(r, b)
	}
	if c.text(col, text, bik, row) {
		c.expression(col, scope, row)
	}
}

func (c *checker) unique(f *Field, text string) {
	if c.ctx.Lookup == nil {
		return
	}
	others, err := c.ctx.Lookup.ByUnique(c.f.Name, f.Name, text)
	if err != nil {
		c.add(Problem{Field: f.Name, Code: "reference", Message: fmt.Sprintf("%s cannot be searched: %s", c.f.Name, err)})
		return
	}
	others = c.s.others(others, c.d)
	if len(others) > 0 {
		c.add(Problem{Field: f.Name, Code: "not-unique", Documents: others, Hint: "e1 show " + others[0],
			Message: fmt.Sprintf("%s %q is already that of %s", f.Label.In(c.s.settings.Language), text, strings.Join(first(others, 5), ", "))})
	}
}

// others leaves a document itself out of a list of numbers.
func (s *Set) others(numbers []string, d *document.Document) []string {
	return slices.DeleteFunc(slices.Clone(numbers), func(n string) bool {
		return n == d.Number || contains(d.Aliases, n)
	})
}

// Unknown reports, as warnings, what a card holds that its form does not know. It is kept; only the check of a whole
// repository says so.
func (s *Set) Unknown(f *Form, d *document.Document) []Problem {
	var out []Problem
	warn := func(p Problem) {
		p.Severity, p.Code = diag.Warning, "unknown-field"
		out = append(out, p)
	}
	for _, e := range d.Card {
		field := f.byName[e.Name]
		switch {
		case field == nil:
			warn(Problem{Field: e.Name, Message: fmt.Sprintf("the card holds %q, which form %q does not know", e.Name, f.Name),
				Hint: "rename it with was: in the form, or clear it"})
			continue
		case field.Computed:
			warn(Problem{Field: e.Name, Message: fmt.Sprintf("the card holds a value for the computed field %q", e.Name)})
			continue
		case field.Name != e.Name && d.Card.Has(field.Name):
			warn(Problem{Field: e.Name, Message: fmt.Sprintf("the card holds both %q and its former name %q", field.Name, e.Name)})
		}
		if field.Type != expr.Table {
			continue // Check reports the shape
		}
		for i, r := range e.Value.Rows {
			for _, cell := range r {
				if col := field.Column(cell.Name); col == nil || col.Computed {
					warn(Problem{Field: e.Name, Row: i + 1, Column: cell.Name, Message: fmt.Sprintf("the table does not store %q", cell.Name)})
				}
			}
		}
	}
	return out
}

// NewlyUnknown reports, as errors, what a person has just written into a card and its form does not know: a typing
// mistake. What was there before, nil for nothing, stays.
func (s *Set) NewlyUnknown(f *Form, was, now *document.Document) []Problem {
	var before []Problem
	if was != nil {
		before = s.Unknown(f, was)
	}
	found := NewProblems(before, s.Unknown(f, now))
	for i := range found {
		p := &found[i]
		p.Severity, p.Hint = diag.Error, "e1 form show "+f.Name
		name, known := p.Field, f.FieldNames()
		if p.Column != "" {
			name, known = p.Column, f.byName[p.Field].columnNames()
		}
		if near := diag.Nearest(name, known); near != "" {
			p.Message += fmt.Sprintf("; did you mean %q?", near)
		}
	}
	return found
}

// NewProblems are the problems that were not there before a change, so that a document which did not fit its form
// before can still be changed elsewhere.
func NewProblems(before, after []Problem) []Problem {
	type key struct{ field, column, code, message string }
	return diag.Fresh(before, after, func(p Problem) key { return key{p.Field, p.Column, p.Code, p.Message} })
}
