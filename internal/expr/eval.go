package expr

import (
	"fmt"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// Eval evaluates the program. The result has the dynamic type of the wanted type (see [Value]); nil is empty.
// Every error is an *EvalError.
func (p *Program) Eval(s Scope) (Value, error) {
	ev := &evaluation{scope: s}
	v, err := ev.eval(p.root)
	if err != nil {
		return nil, err
	}
	return ev.convert(p.root, v, p.want)
}

// True evaluates a condition; an empty result is false.
func (p *Program) True(s Scope) (bool, error) {
	v, err := p.Eval(s)
	if err != nil {
		return false, err
	}
	b, _ := v.(bool)
	return b, nil
}

type evaluation struct {
	scope Scope
	rows  []Value
	steps int
}

func (ev *evaluation) fail(e *Expr, kind EvalKind, err error, format string, args ...any) error {
	return &EvalError{Kind: kind, From: e.From, To: e.To, Message: fmt.Sprintf(format, args...), Err: err}
}

// charge counts the work on a text as steps, one for 64 bytes, so that long texts in long tables end too.
func (ev *evaluation) charge(e *Expr, bytes int) error {
	if ev.steps += bytes / 64; ev.steps > MaxSteps {
		return ev.fail(e, Cost, nil, "the evaluation takes more than %d steps", MaxSteps)
	}
	return nil
}

func (ev *evaluation) eval(e *Expr) (Value, error) {
	if ev.steps++; ev.steps > MaxSteps {
		return nil, ev.fail(e, Cost, nil, "the evaluation takes more than %d steps", MaxSteps)
	}
	switch e.Op {
	case Literal:
		return e.Value, nil
	case Field:
		v, err := ev.scope.Value(e.Name)
		if err != nil {
			return nil, ev.fail(e, Reading, err, "%q cannot be read", e.Name)
		}
		return blank(v), nil
	case Member:
		return ev.member(e)
	case Element:
		return ev.rows[len(ev.rows)-1], nil
	case And, Or:
		return ev.logic(e)
	case Coalesce:
		v, err := ev.eval(e.Args[0])
		if err != nil || !IsEmpty(v) {
			return v, err
		}
		return ev.eval(e.Args[1])
	case If:
		cond, err := ev.condition(e.Args[0])
		if err != nil {
			return nil, err
		}
		if cond {
			return ev.eval(e.Args[1])
		}
		return ev.eval(e.Args[2])
	case Call:
		return ev.call(e)
	}
	args := make([]Value, len(e.Args))
	for i, a := range e.Args {
		v, err := ev.eval(a)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	return ev.operate(e, args)
}

func (ev *evaluation) operate(e *Expr, args []Value) (Value, error) {
	switch {
	case e.Op == ListOf:
		return args, nil
	case e.Op == Not:
		b, ok := args[0].(bool)
		if args[0] != nil && !ok {
			return nil, ev.mismatch(e.Args[0], args[0], "bool")
		}
		return !b, nil
	case e.Op.IsComparison():
		return ev.compare(e, args[0], args[1])
	case e.Op == Neg:
		if args[0] == nil {
			return nil, nil
		}
		v, err := negate(args[0])
		if err != nil {
			return nil, ev.fail(e, Overflow, err, "the number cannot be negated")
		}
		return v, nil
	}
	if absent(args[0]) || absent(args[1]) {
		return nil, nil
	}
	return ev.arithmetic(e, args[0], args[1])
}

// blank makes every empty value nil, so that operators see one kind of emptiness. Tables stay tables.
func blank(v Value) Value {
	switch v.(type) {
	case []Row, []Value:
		return v
	}
	if IsEmpty(v) {
		return nil
	}
	return v
}

// absent reports whether an operand is empty. A text of spaces that an expression writes out is not.
func absent(v Value) bool {
	if s, ok := v.(string); ok {
		return s == ""
	}
	return IsEmpty(v)
}

func (ev *evaluation) mismatch(e *Expr, v Value, want string) error {
	return ev.fail(e, Mismatch, nil, "%s is wanted, the value is %T", want, v)
}

func (ev *evaluation) member(e *Expr) (Value, error) {
	if e.Args[0].Op == Field && e.Args[0].Name == "card" && e.Args[0].Type.Kind == Record {
		v, err := ev.scope.Value("card." + e.Name)
		if err != nil {
			return nil, ev.fail(e, Reading, err, "%q cannot be read", e.Name)
		}
		return blank(v), nil
	}
	base, err := ev.eval(e.Args[0])
	if err != nil || IsEmpty(base) {
		return nil, err
	}
	switch base := base.(type) {
	case Row:
		return blank(base[e.Name]), nil
	case Entry:
		if e.Name == "id" {
			return base.ID, nil
		}
		return blank(base.Fields[e.Name]), nil
	case User:
		return blank(userMember(base, e.Name)), nil
	case Ref:
		form := base.Form
		if form == "" {
			form = e.Args[0].Type.Name
		}
		s, err := ev.scope.Ref(form, base.Number)
		if err != nil {
			return nil, ev.fail(e.Args[0], Reading, err, "document %q cannot be read", base.Number)
		}
		if s == nil {
			return nil, nil
		}
		v, err := s.Value(e.Name)
		if err != nil {
			return nil, ev.fail(e, Reading, err, "%q of %q cannot be read", e.Name, base.Number)
		}
		return blank(v), nil
	}
	return nil, ev.mismatch(e.Args[0], base, e.Args[0].Type.String())
}

func userMember(u User, name string) Value {
	switch name {
	case "id":
		return u.ID
	case "name":
		return u.Name
	case "email":
		return u.Email
	case "department":
		return Entry{ID: u.Department}
	case "head":
		return User{ID: u.Head}
	}
	return nil
}

func (ev *evaluation) logic(e *Expr) (Value, error) {
	l, err := ev.condition(e.Args[0])
	if err != nil || l == (e.Op == Or) {
		return l, err
	}
	return ev.condition(e.Args[1])
}

func (ev *evaluation) condition(e *Expr) (bool, error) {
	v, err := ev.eval(e)
	if err != nil || v == nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, ev.mismatch(e, v, "bool")
	}
	return b, nil
}

func isNil(e *Expr) bool { return e.Op == Literal && e.Value == nil }

func (ev *evaluation) compare(e *Expr, l, r Value) (Value, error) {
	if e.Op == Eq || e.Op == Ne {
		switch {
		case isNil(e.Args[0]):
			return IsEmpty(r) == (e.Op == Eq), nil
		case isNil(e.Args[1]):
			return IsEmpty(l) == (e.Op == Eq), nil
		}
	}
	if absent(l) || e.Op != In && e.Op != NotIn && absent(r) {
		return false, nil
	}
	switch e.Op {
	case Eq:
		return Equal(l, r), nil
	case Ne:
		return !Equal(l, r), nil
	case In, NotIn:
		list, ok := r.([]Value)
		if r != nil && !ok {
			return nil, ev.mismatch(e.Args[1], r, "list")
		}
		if err := ev.charge(e, 64*len(list)); err != nil {
			return nil, err
		}
		for _, v := range list {
			if !IsEmpty(v) && Equal(l, v) {
				return e.Op == In, nil
			}
		}
		return e.Op == NotIn, nil
	case Lt, Le, Gt, Ge:
		n, ok := compare(l, r)
		if !ok {
			return nil, ev.fail(e, Mismatch, nil, "%s and %s have no order", FormatValue(l), FormatValue(r))
		}
		switch e.Op {
		case Lt:
			return n < 0, nil
		case Le:
			return n <= 0, nil
		case Gt:
			return n > 0, nil
		}
		return n >= 0, nil
	}
	a, ok := Identity(l)
	if !ok {
		return nil, ev.mismatch(e.Args[0], l, "text")
	}
	b, ok := Identity(r)
	if !ok {
		return nil, ev.mismatch(e.Args[1], r, "text")
	}
	cost := len(a)
	if e.Op == Matches {
		cost *= 16 // a pattern looks at a byte that much longer
	}
	if err := ev.charge(e, cost); err != nil {
		return nil, err
	}
	switch e.Op {
	case Contains:
		return strings.Contains(a, b), nil
	case StartsWith:
		return strings.HasPrefix(a, b), nil
	case EndsWith:
		return strings.HasSuffix(a, b), nil
	}
	return e.re.MatchString(a), nil
}

// maxText bounds the length of a text an expression makes, in bytes.
const maxText = 1 << 20

func (ev *evaluation) arithmetic(e *Expr, l, r Value) (Value, error) {
	if e.Op == Add && (e.Args[0].Type.Kind.IsText() || e.Args[1].Type.Kind.IsText() || isString(l) || isString(r)) {
		s := FormatValue(l) + FormatValue(r)
		if len(s) > maxText {
			return nil, ev.fail(e, Overflow, nil, "the text is longer than %d bytes", maxText)
		}
		return s, ev.charge(e, len(s))
	}
	if a, ok := l.(int64); ok {
		if b, ok := r.(int64); ok && e.Op != Div {
			return ev.whole(e, a, b)
		}
	}
	if a, ok := number(l); ok {
		if b, ok := number(r); ok {
			return ev.decimals(e, a, b)
		}
	}
	switch a := l.(type) {
	case Date, time.Time:
		return ev.dates(e, a, r)
	case worktime.Duration:
		if b, ok := r.(worktime.Duration); ok && e.Op == Add {
			return a.Plus(b), nil
		}
	}
	return nil, ev.fail(e, Mismatch, nil, "%T %s %T has no meaning", l, e.Op, r)
}

func isString(v Value) bool { _, ok := v.(string); return ok }

func (ev *evaluation) whole(e *Expr, a, b int64) (Value, error) {
	var n int64
	ok := true
	switch e.Op {
	case Add:
		n = a + b
		ok = (n > a) == (b > 0)
	case Sub:
		n = a - b
		ok = (n < a) == (b > 0)
	case Mul:
		n = a * b
		ok = a == 0 || n/a == b && !(a == -1 && b == -b && b != 0)
	case Mod:
		if b == 0 {
			return nil, ev.fail(e, Division, nil, "division by zero")
		}
		if b == -1 {
			return int64(0), nil
		}
		return a % b, nil
	}
	if !ok {
		return nil, ev.fail(e, Overflow, nil, "the whole number is too large")
	}
	return n, nil
}

// quotientDigits is the number of digits behind the point to which a quotient is rounded.
const quotientDigits = 16

func (ev *evaluation) decimals(e *Expr, a, b decimal.Decimal) (Value, error) {
	var d decimal.Decimal
	switch e.Op {
	case Add:
		d = a.Add(b)
	case Sub:
		d = a.Sub(b)
	case Mul:
		d = a.Mul(b)
	case Div:
		if b.IsZero() {
			return nil, ev.fail(e, Division, nil, "division by zero")
		}
		d = a.DivRound(b, quotientDigits)
	default:
		return nil, ev.fail(e, Mismatch, nil, "the remainder is defined for whole numbers only")
	}
	return ev.limited(e, d)
}

// limited refuses numbers with more digits than any sum has; products would else grow without bound.
func (ev *evaluation) limited(e *Expr, d decimal.Decimal) (Value, error) {
	if d.NumDigits() > 2*maxDigits || d.Exponent() < -2*maxDigits || d.Exponent() > 2*maxDigits {
		return nil, ev.fail(e, Overflow, nil, "the number has more than %d digits", 2*maxDigits)
	}
	return d, nil
}

func (ev *evaluation) dates(e *Expr, l, r Value) (Value, error) {
	if a, ok := l.(Date); ok {
		if b, ok := r.(Date); ok && e.Op == Sub {
			return int64(DaysBetween(b, a)), nil
		}
	}
	sign := 1
	if e.Op == Sub {
		sign = -1
	}
	switch r := r.(type) {
	case int64:
		return ev.shift(e, l, worktime.Duration{}, sign, r)
	case worktime.Duration:
		if !r.Working() {
			return ev.shift(e, l, r, sign, 0)
		}
		c, ok := ev.scope.(Calendared)
		if !ok {
			return nil, ev.fail(e, Calendar, nil, "%s needs a working calendar, there is none here", r)
		}
		v, err := c.AddDuration(l, r, sign < 0)
		if err != nil {
			return nil, ev.fail(e, Calendar, err, "%s cannot be counted", r)
		}
		if d, ok := v.(Date); ok && !writable(d) {
			return nil, ev.fail(e, Overflow, nil, "the date lies outside the years 1 to 9999")
		}
		return v, nil
	}
	return nil, ev.fail(e, Mismatch, nil, "%T %s %T has no meaning", l, e.Op, r)
}

// shift moves a date or time by calendar time and days.
func (ev *evaluation) shift(e *Expr, l Value, d worktime.Duration, sign int, days int64) (Value, error) {
	const limit = 4_000_000 // more days than the years 1 to 9999 have
	if days > limit || days < -limit {
		return nil, ev.fail(e, Overflow, nil, "the date lies outside the years 1 to 9999")
	}
	days += int64(d.Weeks)*7 + int64(d.Days)
	minutes := time.Duration(d.Hours)*time.Hour + time.Duration(d.Minutes)*time.Minute
	var out Value
	var check Date
	switch l := l.(type) {
	case Date:
		t := Midnight(l, time.UTC).AddDate(0, 0, sign*int(days)).Add(time.Duration(sign) * minutes)
		check = DateOf(t)
		out = check
	case time.Time:
		t := l.AddDate(0, 0, sign*int(days)).Add(time.Duration(sign) * minutes)
		check, out = DateOf(t), t
	}
	if !writable(check) {
		return nil, ev.fail(e, Overflow, nil, "the date lies outside the years 1 to 9999")
	}
	return out, nil
}

func negate(v Value) (Value, error) {
	switch v := v.(type) {
	case int64:
		if v == -v && v != 0 {
			return nil, fmt.Errorf("the whole number is too large")
		}
		return -v, nil
	case decimal.Decimal:
		return v.Neg(), nil
	}
	return nil, fmt.Errorf("%T is no number", v)
}

// convert gives a result the dynamic type of the wanted type.
func (ev *evaluation) convert(e *Expr, v Value, want Type) (Value, error) {
	v = blank(v)
	if v == nil {
		return nil, nil
	}
	switch {
	case want.Kind == Any:
		return v, nil
	case want.Kind == Decimal || want.Kind == Money:
		if d, ok := number(v); ok {
			return d, nil
		}
	case want.Kind == DateKind:
		if t, ok := v.(time.Time); ok {
			return DateOf(t), nil
		}
	case want.Kind.IsText():
		if id, ok := Identity(v); ok {
			return id, nil
		}
	case want.Kind.IsNamed():
		id, ok := v.(string)
		if !ok {
			return v, nil
		}
		switch want.Kind {
		case UserKind:
			return User{ID: id}, nil
		case Document:
			return Ref{Form: want.Name, Number: id}, nil
		}
		return Entry{Directory: want.Name, ID: id}, nil
	}
	if !hasKind(v, want.Kind) {
		return nil, ev.mismatch(e, v, want.String())
	}
	return v, nil
}

func hasKind(v Value, k Kind) bool {
	switch v.(type) {
	case string:
		return k.IsText()
	case bool:
		return k == Bool
	case int64:
		return k == Int
	case decimal.Decimal:
		return k == Decimal || k == Money
	case Date:
		return k == DateKind
	case time.Time:
		return k == DateTime
	case worktime.Duration:
		return k == DurationKind
	case Entry:
		return k == Choice || k == Directory
	case User:
		return k == UserKind
	case Ref:
		return k == Document
	case Row:
		return k == Record
	case []Row:
		return k == Table
	case []Value:
		return k == List
	}
	return false
}
