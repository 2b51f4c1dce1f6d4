package route

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/template"
)

// paper checks the actions that make files and letters of templates.
func (c *checker) paper(a *Action, env *expr.Env) {
	if p := c.compile(a.To, env, expr.Options{}); p != nil && !addresses(p.Type()) {
		c.helpf(R031, a.To.At(), "write a field with an e-mail address, a user, or a list of them", "%q is %s; an address is needed", a.To.Text, p.Type())
	}
	c.pattern(a.As)
	for _, w := range a.Attach {
		c.pattern(w)
	}
	if a.Template.Text == "" {
		return
	}
	if a.Kind == Attach {
		if c.ctx.Attachable != nil && !c.ctx.Attachable(a.Template.Text) {
			c.errorf(R006, a.Template.At, "there is no file %q", "templates/"+a.Template.Text)
		}
		return
	}
	if c.ctx.Template == nil {
		return
	}
	t, problems, known := c.ctx.Template(a.Template.Text)
	switch {
	case t == nil && len(problems) > 0:
		c.helpf(R006, a.Template.At, "e1 lint templates", "the template %q has errors", a.Template.Text)
		return
	case t == nil:
		c.errorf(R006, a.Template.At, "%s", diag.Unknown("template", a.Template.Text, known))
		return
	case a.Kind != Generate && !t.Letter():
		c.helpf(R080, a.Template.At, "begin the file with a head: ---, subject: …, ---", "%q is no letter: %s has no head", a.Template.Text, t.File)
	case a.Kind == Generate && t.Letter():
		c.helpf(R080, a.Template.At, "write \"mail\", or take the head out of the file", "%q is a letter; no file can be generated from it", a.Template.Text)
	case a.Kind == Mail && a.To == nil && !t.Addressed():
		c.helpf(R083, a.At, "add \"to\" to the action or to the head of "+t.File, "the letter says nowhere whom it is for")
	}
	if c.base != nil {
		c.fits(a, t)
	}
}

// fits holds a template against the form of the route. Names that are only
// misspelt are faults of the template, others tell that it is for another form.
func (c *checker) fits(a *Action, t *template.Template) {
	_, found := t.Check(c.base)
	var unknown []string
	var places []diag.Related
	for _, p := range found {
		if p.Meant != "" || p.Code != template.UnknownName.Code {
			p.Related = append(p.Related, diag.Related{At: a.Template.At, Message: "used here, for " + c.r.For.Text})
			c.problems.Add(p)
			continue
		}
		places = append(places, diag.Related{At: p.At, Message: p.Message})
		if words := strings.Split(p.Message, `"`); len(words) > 1 && !slices.Contains(unknown, strconv.Quote(words[1])) {
			unknown = append(unknown, strconv.Quote(words[1]))
		}
	}
	if len(places) == 0 {
		return
	}
	c.add(R080, a.Template.At, fmt.Sprintf("the template %q does not fit the form %q, which has no %s", a.Template.Text, c.r.For.Text, strings.Join(unknown, ", ")),
		"use a template that is made for this form", places...)
}

// pattern checks a file name such as "{number}.docx".
func (c *checker) pattern(w Word) {
	if w.Text == "" {
		return
	}
	// A quoted name has its quote before the text.
	shift := 0
	if w.At.End.Line == w.At.Start.Line && w.At.End.Column-w.At.Start.Column == len([]rune(w.Text))+2 {
		shift = 1
	}
	p, problems := template.ParsePattern(w.Text, func(from, to int) diag.Span {
		at := w.At
		at.Start.Column, at.End = at.Start.Column+shift+from, diag.Pos{Line: at.Start.Line, Column: at.Start.Column + shift + to}
		return at
	})
	if p != nil && c.base != nil {
		problems = p.Check(c.base)
	}
	for _, found := range problems {
		if found.Severity != diag.Error {
			c.problems.Add(found)
			continue
		}
		c.helpf(R030, found.At, found.Help, "%s", found.Message)
	}
}

// addresses tells whether letters can be sent to what an expression gives.
func addresses(t expr.Type) bool {
	if t.Kind == expr.List && t.Elem != nil {
		return addresses(*t.Elem)
	}
	return t.Kind.IsText() || t.Kind == expr.UserKind || t.Kind == expr.Any
}
