package route

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// ShortFile is the name under which problems of a route written on one line
// are reported.
const ShortFile = "--steps"

// Short is a route written on one line:
//
//	approve lawyer 1wd; task petrova 'send originals' 2wd
//
// Steps are separated by `;`, those to be done at once by `|`. A step is task,
// approve or inform, who, a title in quotes, a duration or a date. Who is a user, a role,
// a department, author, starter, `head of` one of these, or several with commas.
type Short struct {
	Source []byte // the same route as a definition
	// Places are those of the definition's steps in the text, in file order.
	Places []diag.Span
}

// ShortContext is what the words of a Short may mean.
type ShortContext struct {
	Name, Form, Title  string
	Language           string
	Users, Departments []string
	Roles              []string
	Fields             []string // user fields of the form
}

// ParseShort reads a route from one line. All problems have their places in it.
func ParseShort(text string, ctx ShortContext) (*Short, diag.List) {
	p := &shortParser{ctx: ctx, text: []rune(text)}
	p.scan()
	steps := yamlsrc.Seq()
	for i := 0; len(p.tokens) > 0; {
		step, places := p.group(&i)
		if step != nil {
			steps.Items = append(steps.Items, step)
			p.out.Places = append(p.out.Places, places...)
		}
		if i >= len(p.tokens) {
			break
		}
		i++ // the semicolon
		if i == len(p.tokens) {
			break // one at the end does no harm
		}
	}
	if len(steps.Items) == 0 && len(p.problems) == 0 {
		p.errorf(R002, p.at(0, len(p.text)), "there is no step; write for instance: approve lawyer 1wd; task petrova 'send originals' 2wd")
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	src, err := yamlsrc.Encode(yamlsrc.Map(
		yamlsrc.P("route", yamlsrc.Text(ctx.Name)), yamlsrc.P("title", yamlsrc.Text(ctx.Title)), yamlsrc.P("for", yamlsrc.Text(ctx.Form)),
		yamlsrc.P("start", yamlsrc.Text(string(ByHand))), yamlsrc.P("steps", steps)))
	if err != nil {
		p.errorf(R004, p.at(0, len(p.text)), "%v", err)
		return nil, p.problems
	}
	p.out.Source = src
	return &p.out, nil
}

// Back gives the problems of the definition their places in the line.
func (s *Short) Back(r *Route, problems diag.List) diag.List {
	out := make(diag.List, len(problems))
	for i, p := range problems {
		at := diag.Span{File: ShortFile, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
		for j, step := range r.Steps() {
			if j < len(s.Places) && !p.At.Start.Before(step.At.Start) {
				at = s.Places[j]
			}
		}
		p.At, p.Related = at, nil
		out[i] = p
	}
	return out
}

type shortToken struct {
	text     string
	quoted   bool
	from, to int
}

func (t shortToken) is(mark string) bool { return !t.quoted && t.text == mark }

type shortParser struct {
	ctx      ShortContext
	text     []rune
	tokens   []shortToken
	problems diag.List
	out      Short
	count    int
}

func (p *shortParser) at(from, to int) diag.Span {
	return diag.Span{File: ShortFile, Start: diag.Pos{Line: 1, Column: from + 1}, End: diag.Pos{Line: 1, Column: to + 1}}
}

func (p *shortParser) errorf(c Code, at diag.Span, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, at, format, args...)
}

// scan cuts the text into words, quoted texts and the marks ; | and comma.
func (p *shortParser) scan() {
	for i := 0; i < len(p.text); {
		c := p.text[i]
		switch {
		case unicode.IsSpace(c):
			i++
		case c == ';' || c == '|' || c == ',':
			p.tokens = append(p.tokens, shortToken{text: string(c), from: i, to: i + 1})
			i++
		case closing(c) != 0:
			end := i + 1
			for end < len(p.text) && p.text[end] != closing(c) {
				end++
			}
			if end == len(p.text) {
				p.errorf(R004, p.at(i, len(p.text)), "the quote is not closed")
				return
			}
			p.tokens = append(p.tokens, shortToken{text: string(p.text[i+1 : end]), quoted: true, from: i, to: end + 1})
			i = end + 1
		default:
			end := i
			for end < len(p.text) && !unicode.IsSpace(p.text[end]) && !strings.ContainsRune(";|,'\"«“", p.text[end]) {
				end++
			}
			p.tokens = append(p.tokens, shortToken{text: string(p.text[i:end]), from: i, to: end})
			i = end
		}
	}
}

// closing gives the quote that ends a text begun by a quote, 0 for another
// character.
func closing(c rune) rune {
	switch c {
	case '\'', '"':
		return c
	case '«':
		return '»'
	case '“':
		return '”'
	}
	return 0
}

// group reads the steps up to a semicolon: one, or several at once.
func (p *shortParser) group(i *int) (*yamlsrc.Node, []diag.Span) {
	var steps []*yamlsrc.Node
	var places []diag.Span
	for {
		step, at := p.step(i)
		if step != nil {
			steps, places = append(steps, step), append(places, at)
		}
		if *i >= len(p.tokens) || !p.tokens[*i].is("|") {
			break
		}
		*i++
	}
	switch len(steps) {
	case 0:
		return nil, nil
	case 1:
		return steps[0], places
	}
	all := diag.Span{File: ShortFile, Start: places[0].Start, End: places[len(places)-1].End}
	return yamlsrc.Map(yamlsrc.P("parallel", yamlsrc.Text(p.word("Together", "Вместе"))), yamlsrc.P("branches", yamlsrc.Seq(steps...))), append([]diag.Span{all}, places...)
}

func (p *shortParser) word(en, ru string) string {
	if p.ctx.Language == "ru" {
		return ru
	}
	return en
}

func (p *shortParser) step(i *int) (*yamlsrc.Node, diag.Span) {
	from := *i
	for *i < len(p.tokens) && !p.tokens[*i].is(";") && !p.tokens[*i].is("|") {
		*i++
	}
	words := p.tokens[from:*i]
	if len(words) == 0 {
		at := p.at(len(p.text), len(p.text))
		if *i < len(p.tokens) {
			at = p.at(p.tokens[*i].from, p.tokens[*i].to)
		}
		p.errorf(R002, at, "there is no step here")
		return nil, diag.Span{}
	}
	at := p.at(words[0].from, words[len(words)-1].to)
	verb := words[0]
	if known := []string{"task", "approve", "inform"}; verb.quoted || !slices.Contains(known, verb.text) {
		p.errorf(R001, p.at(verb.from, verb.to), "a step begins with a verb: %s", diag.Unknown("verb", verb.text, known))
		return nil, diag.Span{}
	}
	words = words[1:]
	title, due := "", ""
	if n := len(words); n > 0 && !words[n-1].quoted && words[n-1].text[0] >= '0' && words[n-1].text[0] <= '9' {
		last := words[n-1]
		var err error
		if due, err = shortDue(last.text); err != nil {
			p.errorf(R067, p.at(last.from, last.to), "%v", err)
		}
		if verb.text == "inform" {
			p.errorf(R001, p.at(last.from, last.to), "nobody waits for an inform; it has no deadline")
		}
		words = words[:n-1]
	}
	if n := len(words); n > 0 && words[n-1].quoted {
		title, words = strings.TrimSpace(words[n-1].text), words[:n-1]
	}
	who := p.who(words, at)
	if title == "" {
		title = map[string]string{"task": p.word("Task", "Задание"), "approve": p.word("Approval", "Согласование"), "inform": p.word("For information", "Для сведения")}[verb.text]
	}
	p.count++
	n := yamlsrc.Map(yamlsrc.P(verb.text, yamlsrc.Text(title)), yamlsrc.P("id", yamlsrc.Text(fmt.Sprintf("step%d", p.count))), yamlsrc.P("who", who))
	if due != "" {
		n.Pairs = append(n.Pairs, yamlsrc.P("due", yamlsrc.Text(due)))
	}
	return n, at
}

// shortDue gives a deadline as a definition writes it: a duration or a date.
func shortDue(text string) (string, error) {
	if strings.Count(text, ".") == 2 || strings.Count(text, "-") == 2 {
		for _, layout := range []string{time.DateOnly, "2.1.2006"} {
			if t, err := time.Parse(layout, text); err == nil {
				return fmt.Sprintf("date(%q)", t.Format(time.DateOnly)), nil
			}
		}
		return "", fmt.Errorf("%q is no date; write it like 2026-12-10 or 10.12.2026", text)
	}
	_, err := worktime.ParseDuration(text)
	return text, err
}

// who reads people: names with commas between them.
func (p *shortParser) who(words []shortToken, at diag.Span) *yamlsrc.Node {
	var list []*yamlsrc.Node
	var one []shortToken
	flush := func() {
		if len(one) > 0 {
			list = append(list, yamlsrc.Text(p.person(one)))
		}
		one = nil
	}
	for _, w := range words {
		switch {
		case w.quoted:
			p.errorf(R004, p.at(w.from, w.to), "the title stands behind who does it, before the deadline")
		case w.is(","):
			flush()
		default:
			one = append(one, w)
		}
	}
	flush()
	switch len(list) {
	case 0:
		p.errorf(R002, at, "the step does not say who; write VERB WHO 'TITLE' DUE")
		return yamlsrc.Seq()
	case 1:
		return list[0]
	}
	return yamlsrc.Seq(list...)
}

// person gives one part of who as a definition writes it.
func (p *shortParser) person(words []shortToken) string {
	text := words[0].text
	if text == "head" && len(words) > 2 && words[1].text == "of" {
		return "head of " + p.person(words[2:])
	}
	place := p.at(words[0].from, words[len(words)-1].to)
	if len(words) == 2 && (text == "role" || text == "department") {
		known := p.ctx.Roles
		if text == "department" {
			known = p.ctx.Departments
		}
		if !slices.Contains(known, words[1].text) {
			p.errorf(R007, place, "%s", diag.Unknown(text, words[1].text, known))
		}
		return text + " " + words[1].text
	}
	if len(words) > 1 {
		p.errorf(R004, p.at(words[1].from, words[len(words)-1].to), "%q is not understood here; titles stand in quotes, several people have commas between them, steps `;`", words[1].text)
		return text
	}
	var meanings []string
	add := func(list []string, prefix string) {
		if slices.Contains(list, text) {
			meanings = append(meanings, prefix+text)
		}
	}
	add(Keywords(), "")
	add(p.ctx.Users, "")
	add(p.ctx.Roles, "role ")
	add(p.ctx.Departments, "department ")
	if len(meanings) == 0 {
		add(p.ctx.Fields, "")
	}
	switch {
	case len(meanings) == 1:
		return meanings[0]
	case len(meanings) > 1:
		p.errorf(R007, place, "%q may be %s; write which", text, strings.Join(meanings, " or "))
	default:
		known := slices.Concat(p.ctx.Users, p.ctx.Roles, p.ctx.Departments, p.ctx.Fields, Keywords())
		p.errorf(R007, place, "%s", diag.Unknown("user or role", text, known))
	}
	return text
}
