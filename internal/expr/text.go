package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/requisite"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// ParseValue reads the canonical text of a value, as cards store it. Blank text is nil. It is strict: what
// people type is read by package form. Tables and lists have no single text and are refused.
func ParseValue(t Type, text string) (Value, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	switch t.Kind {
	case Any, Text, Multiline, Email, INN, KPP, OGRN, BIK, Account:
		return text, nil
	case Phone:
		p, err := requisite.ParsePhone(text)
		if err != nil {
			return nil, err
		}
		return PhoneText(p), nil
	case Bool:
		switch text {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", text)
	case Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strings.HasPrefix(text, "+") {
			return nil, fmt.Errorf("%q is no whole number", text)
		}
		return n, nil
	case Decimal, Money:
		return ParseDecimal(text)
	case DateKind:
		d, err := ParseDate(text)
		if err != nil {
			return nil, err
		}
		return d, nil
	case DateTime:
		// In UTC, so that an offset gives the same value on every machine.
		at, err := time.ParseInLocation(time.RFC3339, text, time.UTC)
		if err != nil {
			return nil, fmt.Errorf("%q is no time, write it as 2026-11-23T10:15:00+03:00", text)
		}
		return at, nil
	case DurationKind:
		d, err := worktime.ParseDuration(text)
		if err != nil {
			return nil, err
		}
		return d, nil
	case Choice:
		return Entry{ID: text}, nil
	case Directory:
		return Entry{Directory: t.Name, ID: text}, nil
	case UserKind:
		return User{ID: text}, nil
	case Document:
		return Ref{Form: t.Name, Number: text}, nil
	}
	return nil, fmt.Errorf("a %s has no single text", t.Kind)
}

// PhoneText is the text in which cards store a phone: E.164 and, behind " x", the extension.
func PhoneText(p requisite.Phone) string {
	if p.Ext != "" {
		return p.E164() + " x" + p.Ext
	}
	return p.E164()
}

// ParseDecimal reads digits with an optional sign and point, exactly; no exponent, no spaces.
func ParseDecimal(text string) (decimal.Decimal, error) {
	digits := strings.TrimPrefix(text, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || strings.Trim(whole+frac, "0123456789") != "" || len(digits) > maxDigits {
		return decimal.Decimal{}, fmt.Errorf("%q is no number", text)
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("%q is no number", text)
	}
	return d, nil
}

// FormatValue is the canonical text of a value, as cards store it; "" for empty values. A decimal is written
// without superfluous zeros; [FormatMoney] and [Type.Format] know better where the type is known. The elements
// of lists are joined by ", ".
func FormatValue(v Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case decimal.Decimal:
		return v.String()
	case time.Time:
		return v.Format(time.RFC3339)
	case []Value:
		texts := make([]string, len(v))
		for i, e := range v {
			texts[i] = FormatValue(e)
		}
		return strings.Join(texts, ", ")
	case []Row:
		return fmt.Sprintf("%d rows", len(v))
	case Row:
		return ""
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// FormatMoney writes a sum with at least two digits behind the point, and never fewer than it has.
func FormatMoney(d decimal.Decimal) string {
	if d.Exponent() < -2 {
		if s := d.String(); len(s)-strings.IndexByte(s, '.') > 3 && strings.Contains(s, ".") {
			return s
		}
	}
	return d.StringFixed(2)
}

// Format is the canonical text of a value of the type.
func (t Type) Format(v Value) string {
	if t.Kind == Money {
		if d, ok := number(v); ok {
			return FormatMoney(d)
		}
	}
	return FormatValue(v)
}
