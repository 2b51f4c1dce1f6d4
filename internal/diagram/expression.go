package diagram

import (
	"cmp"
	"regexp"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// expr puts an expression into words: fields and values have their titles,
// operators the signs people know. One that was never compiled stands as it is
// written.
func (o words) expr(e *route.Expr, at *route.Step) string { return o.value(e, at, nil) }

// value is expr for an expression whose value goes into a field.
func (o words) value(e *route.Expr, at *route.Step, into *subject) string {
	if e == nil {
		return ""
	}
	if d, ok := duration(e); ok {
		return d.In(o.Language)
	}
	program := e.Program()
	if program == nil || o.Forms == nil {
		return e.Text
	}
	s := sentence{words: o, at: at, src: []rune(program.Source())}
	s.collect(program.Tree(), into)
	return s.String()
}

// assignment puts a field and its new value into words.
func (o words) assignment(a *route.Assignment, at *route.Step) string {
	field, _ := o.path(a.Field.Text, at)
	_, into := o.subject(a.Field.Text, at)
	return field + " = " + o.value(a.Value, at, into)
}

// duration gives the duration that an expression is by itself.
func duration(e *route.Expr) (worktime.Duration, bool) {
	if e == nil {
		return worktime.Duration{}, false
	}
	d, err := worktime.ParseDuration(e.Text)
	return d, err == nil
}

// subject is what a path of an expression names: a field, or the status of
// documents of a form. It gives the values beside it their titles.
type subject struct {
	field  *form.Field
	status *form.Form
}

// path puts the path of a field into words: Клиент › Статус. known is false
// when it names nothing that has a title.
func (o words) path(text string, at *route.Step) (title string, known bool) {
	title, _ = o.subject(text, at)
	return cmp.Or(title, text), title != ""
}

func (o words) subject(text string, at *route.Step) (string, *subject) {
	if o.Forms == nil {
		return "", nil
	}
	f := o.Forms.Form(o.route.For.Text)
	if f == nil {
		return "", nil
	}
	parts := strings.Split(strings.TrimPrefix(text, "card."), ".")
	field := f.Field
	if field("last") == nil {
		switch text {
		case "last.comment":
			return o.word("comment on the last answer", "комментарий к последнему ответу"), nil
		case "last.outcome":
			return o.word("last answer", "последний ответ"), nil
		case "last.performer":
			return o.word("last performer", "последний исполнитель"), nil
		}
	}
	if columns := o.item(parts[0], at); columns != nil {
		if parts, field, f = parts[1:], columns, nil; len(parts) == 0 {
			return "", nil
		}
	}
	var titles []string
	for i, name := range parts {
		last := i == len(parts)-1
		if found := field(name); found != nil {
			titles = append(titles, cmp.Or(found.Label.In(o.Language), name))
			if last {
				return strings.Join(titles, " › "), &subject{field: found}
			}
			f, field = nil, found.Column
			if found.Type == expr.Document {
				if f = o.Forms.Form(found.Form); f == nil {
					return "", nil
				}
				field = f.Field
			} else if d := o.Forms.Directory(found.Directory); d != nil {
				field = d.Field
			}
			continue
		}
		word := o.attribute(name)
		if !last || word == "" {
			return "", nil
		}
		if titles = append(titles, word); name == "status" {
			return strings.Join(titles, " › "), &subject{status: f}
		}
		return strings.Join(titles, " › "), nil
	}
	return "", nil
}

// attribute names what every document has besides its fields.
func (o words) attribute(name string) string {
	switch name {
	case "status":
		return o.word("Status", "Статус")
	case "number":
		return o.word("Number", "Номер")
	case "registered":
		return o.word("Registered", "Дата регистрации")
	case "by":
		return o.word("Author", "Автор документа")
	case "title":
		return o.word("Title", "Название")
	case "today":
		return o.word("today", "сегодня")
	case "now":
		return o.word("now", "сейчас")
	case "starter":
		return o.word("starter", "запустивший маршрут")
	}
	return ""
}

// item gives the columns of what an `each` around a step calls by a name; nil
// when the name is none of an each.
func (o words) item(name string, at *route.Step) func(string) *form.Field {
	for s := at; s != nil; s = owner(s) {
		if s.Verb != route.Each || s.Over == nil || s.Over.As != name {
			continue
		}
		if s.Over.Expr != nil {
			if _, table := o.subject(s.Over.Expr.Text, owner(s)); table != nil && table.field != nil {
				return table.field.Column
			}
		}
		return func(string) *form.Field { return nil }
	}
	return nil
}

// owner is the block around a step, nil for none.
func owner(s *route.Step) *route.Step {
	switch {
	case s.Parent == nil:
		return nil
	case s.Parent.Handler != nil:
		return s.Parent.Handler.Block
	}
	return s.Parent.Owner
}

// formTitle is what the documents of a form are called.
func (o words) formTitle(name string) string {
	if o.Forms != nil {
		if f := o.Forms.Form(name); f != nil {
			return cmp.Or(f.One.In(o.Language), f.Title.In(o.Language), name)
		}
	}
	return name
}

// sentence is an expression being put into words: parts of its source are
// replaced, what stands between keeps its place.
type sentence struct {
	words
	at   *route.Step
	src  []rune
	done int
	out  strings.Builder
}

func (s *sentence) String() string {
	s.replace(len(s.src), len(s.src), "")
	return s.out.String()
}

// replace puts words in the place of the source from..to; what comes before has
// its operators changed.
func (s *sentence) replace(from, to int, text string) {
	if from < s.done {
		return
	}
	gap := string(s.src[s.done:from])
	s.out.WriteString(operators().ReplaceAllStringFunc(gap, func(op string) string {
		if sign, ok := signsOf[op]; ok {
			return s.word(sign[0], sign[1])
		}
		return op
	}))
	s.out.WriteString(text)
	s.done = to
}

var operators = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`==|!=|<=|>=|\?\?|&&|\|\||[\p{L}_][\p{L}\p{N}_]*`)
})

// signsOf gives the operators of the language in words, English and Russian.
var signsOf = map[string][2]string{
	"==": {"=", "="}, "!=": {"≠", "≠"}, "<=": {"≤", "≤"}, ">=": {"≥", "≥"},
	"and": {"and", "и"}, "&&": {"and", "и"}, "or": {"or", "или"}, "||": {"or", "или"}, "not": {"not", "не"},
	"??": {"else", "иначе"}, "in": {"in", "из"}, "contains": {"contains", "содержит"}, "matches": {"matches", "похоже на"},
	"startsWith": {"starts with", "начинается с"}, "endsWith": {"ends with", "оканчивается на"},
}

// collect replaces what a node of the tree says, from left to right. beside is
// what its literals are values of.
func (s *sentence) collect(e *expr.Expr, beside *subject) {
	if path, ok := e.Path(); ok {
		title, known := s.path(path, s.at)
		if !known {
			title = s.constant(path)
		}
		s.replace(e.From, e.To, title)
		return
	}
	switch {
	case e.Op == expr.Literal:
		s.replace(e.From, e.To, s.literal(e, beside))
		return
	case e.Op == expr.Not && s.filled(e.Args[0], true, e), s.filled(e, false, e):
		return
	case e.Op == expr.If:
		s.collect(e.Args[0], nil)
		s.collect(e.Args[1], beside)
		s.collect(e.Args[2], beside)
		return
	case e.Op.IsComparison():
		beside = nil
		for _, a := range e.Args {
			if path, ok := a.Path(); ok && beside == nil {
				_, beside = s.subject(path, s.at)
			}
		}
	case e.Op == expr.Call:
		beside = nil
	}
	for _, a := range e.Args {
		s.collect(a, beside)
	}
}

// constant puts a constant of the settings into words: a number is what people
// want to know, behind it its name, by which they find it; of others the name
// alone, since their values are words for the program.
func (o words) constant(path string) string {
	name, ok := strings.CutPrefix(path, "settings.")
	if !ok {
		return path
	}
	for _, c := range o.Forms.Settings().Constants {
		if c.Name == name && number().MatchString(c.Text) {
			return grouped(c.Text) + " (" + name + ")"
		}
	}
	return name
}

var number = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?\d+(\.\d+)?$`) })

// filled puts filled(field) and empty(field), or the negation of one, in the
// place of a node; ok is false for other nodes.
func (s *sentence) filled(e *expr.Expr, negated bool, place *expr.Expr) (ok bool) {
	if e.Op != expr.Call || e.Name != "filled" && e.Name != "empty" || len(e.Args) != 1 {
		return false
	}
	path, ok := e.Args[0].Path()
	if !ok {
		return false
	}
	title, _ := s.path(path, s.at)
	if (e.Name == "filled") != negated {
		title += s.word(" is filled", " заполнено")
	} else {
		title += s.word(" is empty", " не заполнено")
	}
	s.replace(place.From, place.To, title)
	return true
}

// literal puts a value into words.
func (s *sentence) literal(e *expr.Expr, beside *subject) string {
	written := string(s.src[e.From:e.To])
	id, named := expr.Identity(e.Value)
	title := ""
	switch {
	case e.Type.Kind == expr.DurationKind:
		if d, ok := e.Value.(worktime.Duration); ok {
			return d.In(s.Language)
		}
	case e.Type.Kind.IsNumber():
		return grouped(written)
	case !named:
	case e.Type.Kind == expr.UserKind:
		title = s.user(id)
	case e.Type.Kind == expr.Directory:
		if d := s.Forms.Directory(e.Type.Name); d != nil {
			entry, _ := d.Entry(id)
			title = entry.Title.In(s.Language)
		}
	case beside == nil:
	case beside.field != nil:
		title = beside.field.Title(id, s.Language)
	case beside.status != nil:
		status, _ := beside.status.Status(id)
		title = status.Title.In(s.Language)
	}
	if title == "" {
		return written
	}
	return s.word("“", "«") + title + s.word("”", "»")
}

// grouped writes a number as people do, thousands apart.
func grouped(written string) string {
	digits := strings.ReplaceAll(written, "_", "")
	whole, part, point := strings.Cut(digits, ".")
	if len(whole) > 4 {
		var out []string
		for len(whole) > 3 {
			out = append([]string{whole[len(whole)-3:]}, out...)
			whole = whole[:len(whole)-3]
		}
		whole = strings.Join(append([]string{whole}, out...), "\u00a0")
	}
	if point {
		return whole + "." + part
	}
	return whole
}
