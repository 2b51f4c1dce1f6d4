package route

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// People names those who do something: the union of its parts, in order.
type People struct {
	Who []*Who
	At  diag.Span
}

// String gives the people as written, parts separated by commas.
func (p *People) String() string {
	if p == nil {
		return ""
	}
	parts := make([]string, len(p.Who))
	for i, w := range p.Who {
		parts[i] = w.Text
	}
	return strings.Join(parts, ", ")
}

// Who is one part of People.
type Who struct {
	Kind WhoKind
	Name string // role, department; for WhoName the word itself
	Of   *Who   // head of
	Expr *Expr  // WhoName (to be looked up as a field) and WhoExpr
	Text string // as written
	At   diag.Span
}

// WhoKind is the kind of a Who.
type WhoKind uint8

// The kinds of performers.
const (
	WhoAuthor     WhoKind = iota // who registered the document
	WhoController                // the route's controller
	WhoStarter                   // who started the route
	WhoRole                      // role X
	WhoDepartment                // department X
	WhoHead                      // head of X: a department, or the department of a person
	WhoName                      // a user field of this or a referenced document, else a user
	WhoExpr                      // an expression that gives users
)

// Keywords are the words of `who` that are neither field nor user.
func Keywords() []string { return []string{"author", "controller", "starter"} }

// people reads `who`-like values: a text or a list of texts. People of whom
// nothing could be read are there without a part: nobody knows who they are.
func (p *parser) people(n *yamlsrc.Node, what string) *People {
	out := &People{At: p.file.Span(n)}
	items := []*yamlsrc.Node{n}
	if n.Kind == yamlsrc.Sequence {
		items = n.Items
		if len(items) == 0 {
			p.errorf(R004, out.At, "%s is an empty list; name at least one performer", what)
		}
	}
	for _, item := range items {
		text, ok := p.scalar(item, what)
		if !ok {
			continue
		}
		if w := p.who(p.newExpr(item), strings.TrimSpace(text), what); w != nil {
			out.Who = append(out.Who, w)
		}
	}
	return out
}

func (p *parser) who(e *Expr, text, what string) *Who {
	w := &Who{Text: text, At: e.At()}
	prefix, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case text == "author":
		w.Kind = WhoAuthor
	case text == "controller":
		w.Kind = WhoController
	case text == "starter":
		w.Kind = WhoStarter
	case (prefix == "role" || prefix == "department") && isName(rest):
		w.Kind, w.Name = WhoRole, rest
		if prefix == "department" {
			w.Kind = WhoDepartment
		}
	case prefix == "head" && strings.HasPrefix(rest, "of "):
		of := strings.TrimSpace(strings.TrimPrefix(rest, "of "))
		w.Kind = WhoHead
		if w.Of = p.who(e.part(len([]rune(text))-len([]rune(of)), of), of, what); w.Of == nil {
			return nil
		}
		if k := w.Of.Kind; k == WhoRole || k == WhoExpr {
			p.errorf(R004, w.At, "%s: %q has no head; `head of` takes a department or a person", what, of)
			return nil
		}
	case prefix == "role", prefix == "department", text == "head":
		p.errorf(R004, w.At, "%s: %q is not understood; write %q with an id", what, text, prefix+" X")
		return nil
	case isPath(text):
		w.Kind, w.Name, w.Expr = WhoName, text, e
	default:
		w.Kind, w.Expr = WhoExpr, e
	}
	return w
}

// Pick tells who of several candidates does the work.
type Pick struct {
	Kind PickKind
	N    int
	At   diag.Span
}

// PickKind is the kind of a Pick.
type PickKind uint8

// The ways to pick.
const (
	PickAny         PickKind = iota // they share one task; who takes it first owns it
	PickAll                         // each gets a task, all are to be done
	PickN                           // each gets a task, N are to be done
	PickFirst                       // the first in the order of the organisation
	PickLeastLoaded                 // who has the fewest open tasks
	PickRoundRobin                  // the one after the last
)

var pickWords = []string{"any", "all", "first", "least-loaded", "round-robin"}

// pick reads who of several does the work, as one of the words or a number.
func (p *parser) pick(n *yamlsrc.Node) Pick {
	out := Pick{At: p.file.Span(n)}
	text, ok := p.scalar(n, "pick")
	if !ok {
		return out
	}
	switch text {
	case "any":
	case "all":
		out.Kind = PickAll
	case "first":
		out.Kind = PickFirst
	case "least-loaded":
		out.Kind = PickLeastLoaded
	case "round-robin":
		out.Kind = PickRoundRobin
	default:
		count, err := strconv.Atoi(text)
		if err != nil {
			p.errorf(R004, out.At, "%s, or the number of people who are to finish", diag.Unknown("pick", text, pickWords))
			return out
		}
		if count < 1 {
			p.errorf(R004, out.At, "pick is %d; at least one person is to finish", count)
			return out
		}
		out.Kind, out.N = PickN, count
	}
	return out
}

// Due is a deadline: expressions of which the first that is not empty counts,
// each a duration from the moment of the assignment, a date or a point in
// time; or one that a person sets.
type Due struct {
	Exprs  []*Expr
	ByHand bool
	At     diag.Span
}

func (p *parser) due(n *yamlsrc.Node) *Due {
	d := &Due{At: p.file.Span(n)}
	for _, item := range listOf(n) {
		text, ok := p.scalar(item, "due")
		switch {
		case !ok:
		case text == "by hand":
			d.ByHand = true
		default:
			p.commentCut(item)
			d.Exprs = append(d.Exprs, p.newExpr(item))
		}
	}
	if n.Kind == yamlsrc.Sequence && len(n.Items) == 0 {
		p.errorf(R004, d.At, "due is an empty list")
	}
	return d
}

// Reminder is a message to the performer before (or after) the deadline.
type Reminder struct {
	Percent int    // of the time between assignment and deadline; 0: see Lead
	Lead    string // a duration: so long before the deadline
	After   bool   // after the deadline instead of before it
	At      diag.Span
}

// Escalation is what happens when a task is late.
type Escalation struct {
	After    string // a duration after the deadline
	To       *People
	Reassign bool // the task goes to To instead of only telling them
	At       diag.Span
}

func (p *parser) remind(n *yamlsrc.Node) []*Reminder {
	var out []*Reminder
	for _, item := range listOf(n) {
		text, ok := p.scalar(item, "remind")
		if !ok {
			continue
		}
		r := &Reminder{At: p.file.Span(item)}
		lead, where, _ := strings.Cut(text, " ")
		percent, isPercent := strings.CutSuffix(text, "%")
		value, err := strconv.Atoi(percent)
		switch {
		case isPercent && err == nil && value > 0 && value < 100:
			r.Percent = value
		case isDuration(lead) && (where == "" || where == "before" || where == "after"):
			r.Lead, r.After = lead, where == "after"
		case isPercent && err == nil:
			p.errorf(R004, r.At, "remind %q is no share of the time until the deadline; write one between 1%% and 99%%, or \"1wd after\"", text)
			continue
		default:
			p.errorf(R004, r.At, "remind %q is not understood; write \"50%%\" or \"1wd before\"", text)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (p *parser) escalate(n *yamlsrc.Node) []*Escalation {
	var out []*Escalation
	for _, item := range listOf(n) {
		o := p.object(item, "escalate")
		if o == nil {
			continue
		}
		e := &Escalation{At: p.file.Span(item)}
		after := o.required("after")
		if after.Text != "" && !isDuration(after.Text) {
			p.errorf(R004, after.At, "after is %q; write a duration such as \"1wd\"", after.Text)
		}
		e.After = after.Text
		if to := o.node("to"); to != nil {
			e.To = p.people(to, "to")
		} else {
			o.missing("to")
		}
		if then := o.word("then"); then.Text == "reassign" {
			e.Reassign = true
		} else if then.Text != "" && then.Text != "tell" {
			p.errorf(R004, then.At, "%s", diag.Unknown("then", then.Text, []string{"tell", "reassign"}))
		}
		o.done()
		out = append(out, e)
	}
	return out
}

// listOf gives the items of a list, or the value itself as the only one.
func listOf(n *yamlsrc.Node) []*yamlsrc.Node {
	if n.Kind == yamlsrc.Sequence {
		return n.Items
	}
	return []*yamlsrc.Node{n}
}

// String gives the pick as written.
func (k Pick) String() string {
	if k.Kind == PickN {
		return fmt.Sprint(k.N)
	}
	return [...]string{"any", "all", "", "first", "least-loaded", "round-robin"}[k.Kind]
}
