package template

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
	"github.com/e1-dms/e1/internal/worktime"
)

// functions are what templates add to the language of expressions.
func functions() []expr.Func {
	text := expr.Type{Kind: expr.Text}
	return []expr.Func{
		{Name: "in_words", Params: []expr.Type{{Kind: expr.Money, Nullable: true}}, Result: text},
		{Name: "long_date", Params: []expr.Type{{Kind: expr.DateKind, Nullable: true}}, Result: text},
	}
}

// values are the values of one rendering: those of the document, and the rows
// of the loops around.
type values struct {
	expr.Scope
	rows     map[string]expr.Value
	language string
}

// Value implements expr.Scope.
func (v *values) Value(name string) (expr.Value, error) {
	if row, ok := v.rows[name]; ok {
		return row, nil
	}
	return v.Scope.Value(name)
}

// AddDuration implements expr.Calendared when the document's values do.
func (v *values) AddDuration(from expr.Value, d expr.Duration, negative bool) (expr.Value, error) {
	if c, ok := v.Scope.(expr.Calendared); ok {
		return c.AddDuration(from, d, negative)
	}
	return nil, fmt.Errorf("there is no working calendar")
}

// Call implements expr.Caller. What is empty stays empty.
func (v *values) Call(name string, args []expr.Value) (expr.Value, error) {
	switch a := args[0].(type) {
	case nil:
		return nil, nil
	case decimal.Decimal:
		return requisite.MoneyInWords(a)
	case int64:
		return requisite.MoneyInWords(decimal.NewFromInt(a))
	case expr.Date:
		return longDate(a, v.language), nil
	}
	return nil, fmt.Errorf("%q takes no %T", name, args[0])
}

var russianMonths = [...]string{"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}

func longDate(d expr.Date, language string) string {
	t := worktime.Date(d)
	if language == "ru" {
		return fmt.Sprintf("%d %s %d г.", t.Day, russianMonths[t.Month-1], t.Year)
	}
	return fmt.Sprintf("%d %s %d", t.Day, t.Month, t.Year)
}

// show is a value as people read it; t is the type the expression has.
func show(v expr.Value, t expr.Type, language string) string {
	ru := language == "ru"
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		switch {
		case ru && v:
			return "да"
		case ru:
			return "нет"
		case v:
			return "yes"
		}
		return "no"
	case int64:
		if t.Kind == expr.Money {
			return grouped(expr.FormatMoney(decimal.NewFromInt(v)), ru)
		}
		return fmt.Sprint(v)
	case decimal.Decimal:
		if t.Kind == expr.Money {
			return grouped(expr.FormatMoney(v), ru)
		}
		return grouped(v.String(), ru)
	case expr.Date:
		return shortDate(v, ru)
	case time.Time:
		return shortDate(expr.DateOf(v), ru) + v.Format(" 15:04")
	case expr.Entry:
		if title, ok := v.Fields["title"].(string); ok && title != "" {
			return title
		}
		return v.ID
	case expr.User:
		if v.Name != "" {
			return v.Name
		}
		return v.ID
	case []expr.Value:
		texts := make([]string, 0, len(v))
		elem := expr.Type{}
		if t.Elem != nil {
			elem = *t.Elem
		}
		for _, e := range v {
			if text := show(e, elem, language); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, ", ")
	}
	return expr.FormatValue(v)
}

func shortDate(d expr.Date, ru bool) string {
	t := worktime.Date(d)
	if ru {
		return fmt.Sprintf("%02d.%02d.%04d", t.Day, t.Month, t.Year)
	}
	return fmt.Sprintf("%04d-%02d-%02d", t.Year, t.Month, t.Day)
}

// grouped puts a no-break space between the thousands, and in Russian a comma
// before the fraction.
func grouped(number string, ru bool) string {
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "−", number[1:]
	}
	whole, fraction, has := strings.Cut(number, ".")
	space := ","
	if ru {
		space = "\u00a0"
	}
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 4 {
			b.WriteString(space)
		}
		b.WriteRune(c)
	}
	if has {
		if ru {
			return sign + b.String() + "," + fraction
		}
		return sign + b.String() + "." + fraction
	}
	return sign + b.String()
}
