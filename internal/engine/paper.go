package engine

import (
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// Paper is a file or a letter to be made of a template once the documents are
// as the transition leaves them.
type Paper struct {
	Kind     PaperKind
	Document string // whose values the template reads; the paper belongs to it
	Template string
	// Name is the pattern of the file's name, "" for the template's.
	Name string
	// To are addresses; none: the template's own.
	To []string
	// Meant is the expression that To comes from, "" when the action has none.
	Meant string
	// Attach lists patterns of names of files of the document.
	Attach []string
	// From tells what ordered the paper: the place of the action.
	From string
	// Rule is the rule that ordered it: what it cannot have is noted on the
	// document instead of refusing the event.
	Rule string
}

// PaperKind is the kind of a Paper.
type PaperKind string

// The kinds of papers.
const (
	PaperFile   PaperKind = "file"   // an attachment of the document
	PaperCopy   PaperKind = "copy"   // the same, a file of templates/ as it is
	PaperLetter PaperKind = "letter" // an outgoing letter of the document
	PaperReply  PaperKind = "reply"  // an answer to the letter the document came from
)

// order notes a paper to be made. Where its address is empty now, that is told
// when it is made: the template may have its own.
func (r *run) order(a *route.Action, s *route.Step, item string) error {
	kinds := map[route.ActionKind]PaperKind{
		route.Mail: PaperLetter, route.Reply: PaperReply, route.Generate: PaperFile, route.Attach: PaperCopy,
	}
	p := Paper{Kind: kinds[a.Kind], Document: r.self.Number, Template: a.Template.Text, Name: a.As.Text,
		From: "route " + r.r.Name.Text + ", step " + s.ID}
	if r.rule != nil {
		p.From, p.Rule = "rule "+r.rule.Name.Text, r.rule.Name.Text
	}
	for _, w := range a.Attach {
		p.Attach = append(p.Attach, w.Text)
	}
	if a.To != nil {
		v, err := r.eval(a.To, s, item, expr.Options{})
		if err != nil {
			return err
		}
		p.To, p.Meant = addressesOf(v), a.To.Text
	}
	r.res.Papers = append(r.res.Papers, p)
	return nil
}

// addressesOf gives the addresses that a value stands for.
func addressesOf(v expr.Value) []string {
	var out []string
	switch v := v.(type) {
	case string:
		for _, s := range strings.FieldsFunc(v, func(c rune) bool { return c == ',' || c == ';' }) {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	case expr.User:
		if v.Email != "" {
			out = append(out, v.Email)
		}
	case []expr.Value:
		for _, e := range v {
			out = append(out, addressesOf(e)...)
		}
	}
	return out
}
