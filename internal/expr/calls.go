package expr

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

func (ev *evaluation) call(e *Expr) (Value, error) {
	if functions[e.Name] == nil {
		return ev.callAdded(e)
	}
	if e.body || e.Name == "sum" || e.Name == "count" {
		return ev.aggregate(e)
	}
	args := make([]Value, len(e.Args))
	for i, a := range e.Args {
		v, err := ev.eval(a)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	a := args[0]
	switch e.Name {
	case "empty":
		return IsEmpty(a), nil
	case "filled":
		return !IsEmpty(a), nil
	case "min", "max":
		if len(args) == 1 {
			list, err := ev.elements(e.Args[0], a)
			if err != nil {
				return nil, err
			}
			args = list
		}
		return ev.extreme(e, args)
	case "len":
		switch v := a.(type) {
		case []Row:
			return int64(len(v)), nil
		case []Value:
			return int64(len(v)), nil
		case nil:
			if k := e.Args[0].Type.Kind; k == Table || k == List {
				return int64(0), nil
			}
		}
	}
	if absent(a) {
		return nil, nil
	}
	switch e.Name {
	case "abs", "round", "floor", "ceil":
		return ev.rounding(e, args)
	case "date", "year", "month", "day", "weekday":
		return ev.calendar(e, args)
	case "first", "last", "join":
		return ev.list(e, args)
	case "string":
		return FormatValue(a), nil
	case "title":
		return titleOf(a), nil
	}
	s, ok := Identity(a)
	if !ok {
		return nil, ev.mismatch(e.Args[0], a, "text")
	}
	if err := ev.charge(e, 8*len(s)); err != nil {
		return nil, err
	}
	switch e.Name {
	case "len":
		return int64(utf8.RuneCountInString(s)), nil
	case "upper":
		return strings.ToUpper(s), nil
	case "lower":
		return strings.ToLower(s), nil
	}
	return blank(strings.TrimSpace(s)), nil
}

func titleOf(v Value) Value {
	switch v := v.(type) {
	case Entry:
		if t, ok := v.Fields["title"].(string); ok && t != "" {
			return t
		}
	case User:
		if v.Name != "" {
			return v.Name
		}
	}
	return FormatValue(v)
}

func (ev *evaluation) callAdded(e *Expr) (Value, error) {
	args := make([]Value, len(e.Args))
	for i, a := range e.Args {
		v, err := ev.eval(a)
		if err != nil {
			return nil, err
		}
		args[i] = v
	}
	c, ok := ev.scope.(Caller)
	if !ok {
		return nil, ev.fail(e, Reading, nil, "%q cannot be called here", e.Name)
	}
	v, err := c.Call(e.Name, args)
	if err != nil {
		return nil, ev.fail(e, Reading, err, "%q failed", e.Name)
	}
	return blank(v), nil
}

// elements lists the rows or elements of a table or list; an empty one has none.
func (ev *evaluation) elements(e *Expr, v Value) ([]Value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []Value:
		return v, nil
	case []Row:
		out := make([]Value, len(v))
		for i, r := range v {
			out[i] = r
		}
		return out, nil
	}
	return nil, ev.mismatch(e, v, "table or list")
}

// aggregate evaluates the functions that go over rows.
func (ev *evaluation) aggregate(e *Expr) (Value, error) {
	v, err := ev.eval(e.Args[0])
	if err != nil {
		return nil, err
	}
	items, err := ev.elements(e.Args[0], v)
	if err != nil {
		return nil, err
	}
	results := items
	if e.body {
		results = make([]Value, len(items))
		depth := len(ev.rows)
		for i, it := range items {
			ev.rows = append(ev.rows[:depth], it)
			if results[i], err = ev.eval(e.Args[1]); err != nil {
				return nil, err
			}
		}
		ev.rows = ev.rows[:depth]
	} else if e.Name == "count" {
		return int64(len(items)), nil
	}
	switch e.Name {
	case "sum":
		return ev.sum(e, results)
	case "min", "max":
		return ev.extreme(e, results)
	case "map":
		return results, nil
	}
	return ev.conditions(e, v, results)
}

// conditions evaluates count, any, all, none and filter from the verdict for each row.
func (ev *evaluation) conditions(e *Expr, v Value, verdicts []Value) (Value, error) {
	holds := 0
	for _, r := range verdicts {
		if b, ok := r.(bool); ok && b {
			holds++
		} else if !ok && r != nil {
			return nil, ev.mismatch(e.Args[1], r, "bool")
		}
	}
	switch e.Name {
	case "count":
		return int64(holds), nil
	case "any":
		return holds > 0, nil
	case "all":
		return holds == len(verdicts), nil
	case "none":
		return holds == 0, nil
	}
	switch v := v.(type) {
	case []Row:
		out := make([]Row, 0, holds)
		for i, r := range verdicts {
			if r == true {
				out = append(out, v[i])
			}
		}
		return out, nil
	case []Value:
		out := make([]Value, 0, holds)
		for i, r := range verdicts {
			if r == true {
				out = append(out, v[i])
			}
		}
		return out, nil
	}
	return nil, nil
}

func (ev *evaluation) sum(e *Expr, items []Value) (Value, error) {
	if e.Type.Kind == Int {
		var total Value = int64(0)
		for _, v := range items {
			n, ok := v.(int64)
			if !ok && v != nil {
				return nil, ev.mismatch(e, v, "int")
			}
			var err error
			if total, err = ev.whole(&Expr{Op: Add, From: e.From, To: e.To}, total.(int64), n); err != nil {
				return nil, err
			}
		}
		return total, nil
	}
	total := decimal.Zero
	for _, v := range items {
		if IsEmpty(v) {
			continue
		}
		d, ok := number(v)
		if !ok {
			return nil, ev.mismatch(e, v, "number")
		}
		total = total.Add(d)
	}
	return ev.limited(e, total)
}

func (ev *evaluation) extreme(e *Expr, items []Value) (Value, error) {
	var best Value
	for _, v := range items {
		if IsEmpty(v) {
			continue
		}
		if best == nil {
			best = v
			continue
		}
		n, ok := compare(v, best)
		if !ok {
			return nil, ev.fail(e, Mismatch, nil, "%s and %s have no order", FormatValue(v), FormatValue(best))
		}
		if e.Name == "min" && n < 0 || e.Name == "max" && n > 0 {
			best = v
		}
	}
	return best, nil
}

func (ev *evaluation) rounding(e *Expr, args []Value) (Value, error) {
	if n, ok := args[0].(int64); ok {
		if e.Name == "abs" && n < 0 {
			v, err := negate(n)
			if err != nil {
				return nil, ev.fail(e, Overflow, err, "the number cannot be negated")
			}
			return v, nil
		}
		if e.Name != "round" || len(args) == 1 {
			return n, nil
		}
	}
	d, ok := number(args[0])
	if !ok {
		return nil, ev.mismatch(e.Args[0], args[0], "number")
	}
	switch e.Name {
	case "abs":
		return d.Abs(), nil
	case "floor", "ceil":
		if d = d.Floor(); e.Name == "ceil" {
			x, _ := number(args[0])
			d = x.Ceil()
		}
		if !d.BigInt().IsInt64() {
			return nil, ev.fail(e, Overflow, nil, "the whole number is too large")
		}
		return d.IntPart(), nil
	}
	digits := int64(0)
	if len(args) == 2 {
		if args[1] == nil {
			return nil, nil
		}
		if digits, ok = args[1].(int64); !ok {
			return nil, ev.mismatch(e.Args[1], args[1], "int")
		}
	}
	if digits < -maxDigits || digits > maxDigits {
		return nil, ev.fail(e, Overflow, nil, "a number is rounded to at most %d digits", maxDigits)
	}
	d = d.Round(int32(digits))
	if e.Type.Kind == Int {
		if !d.BigInt().IsInt64() {
			return nil, ev.fail(e, Overflow, nil, "the whole number is too large")
		}
		return d.IntPart(), nil
	}
	return d, nil
}

func (ev *evaluation) calendar(e *Expr, args []Value) (Value, error) {
	if len(args) == 3 {
		var n [3]int64
		for i, a := range args {
			v, ok := a.(int64)
			if a == nil {
				return nil, nil
			}
			if !ok {
				return nil, ev.mismatch(e.Args[i], a, "int")
			}
			n[i] = v
		}
		if n[0] < 1 || n[0] > 9999 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 {
			return nil, ev.fail(e, Overflow, nil, "there is no date %d-%d-%d", n[0], n[1], n[2])
		}
		d := Date{Year: int(n[0]), Month: time.Month(n[1]), Day: int(n[2])}
		if DateOf(Midnight(d, time.UTC)) != d {
			return nil, ev.fail(e, Overflow, nil, "there is no date %s", d)
		}
		return d, nil
	}
	var d Date
	switch v := args[0].(type) {
	case Date:
		d = v
	case time.Time:
		d = DateOf(v)
	default:
		return nil, ev.mismatch(e.Args[0], v, "date")
	}
	switch e.Name {
	case "year":
		return int64(d.Year), nil
	case "month":
		return int64(d.Month), nil
	case "day":
		return int64(d.Day), nil
	case "weekday":
		return int64((d.Weekday()+6)%7 + 1), nil
	}
	return d, nil
}

func (ev *evaluation) list(e *Expr, args []Value) (Value, error) {
	items, err := ev.elements(e.Args[0], args[0])
	if err != nil || len(items) == 0 {
		return nil, err
	}
	switch e.Name {
	case "first":
		return blank(items[0]), nil
	case "last":
		return blank(items[len(items)-1]), nil
	}
	sep := ""
	if len(args) == 2 && args[1] != nil {
		s, ok := Identity(args[1])
		if !ok {
			return nil, ev.mismatch(e.Args[1], args[1], "text")
		}
		sep = s
	}
	var b strings.Builder
	for _, v := range items {
		if IsEmpty(v) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(FormatValue(v))
		if b.Len() > maxText {
			return nil, ev.fail(e, Overflow, nil, "the text is longer than %d bytes", maxText)
		}
	}
	return blank(b.String()), nil
}
