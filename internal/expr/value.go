package expr

import (
	"fmt"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

// Value is one value of the language. Its dynamic type is one of
//
//	nil                empty
//	string             text, multiline, e-mail, phone, inn, kpp, ogrn, bik, account
//	bool
//	int64
//	decimal.Decimal    decimal and money
//	Date
//	time.Time          datetime
//	worktime.Duration
//	Entry              choice, status and directory
//	User
//	Ref                another document
//	Row                a record: settings, the columns of a table row
//	[]Row              table
//	[]Value            list
//
// Values are compared with [Equal], never with ==: tables and entries hold maps.
type Value = any

// Row is one row of a table or one record: values by name, empty ones absent.
type Row map[string]Value

// Entry is a value out of a fixed list: a choice, a status (Directory is empty for both) or a directory entry.
type Entry struct {
	Directory string
	ID        string
	// Fields holds the entry's own fields, such as contact_term, and "title"; it may be nil for literals.
	Fields Row
}

// String is the entry's id, which is also what a card stores.
func (e Entry) String() string { return e.ID }

// User is an employee. Only ID takes part in comparisons.
type User struct {
	ID, Name, Email, Department string
	// Head is the id of the head of the user's department, empty when there is none.
	Head string
}

// String is the user's id.
func (u User) String() string { return u.ID }

// Ref points to another document. Its fields are read through [Scope.Ref] when an expression asks for one.
type Ref struct{ Form, Number string }

// String is the number of the document referred to.
func (r Ref) String() string { return r.Number }

// Date is a calendar day without a zone.
type Date = worktime.Date

// DateOf is the day of t in t's own location.
func DateOf(t time.Time) Date { return worktime.DateOf(t) }

// ParseDate reads YYYY-MM-DD and nothing else.
func ParseDate(s string) (Date, error) {
	if len(s) == len("2006-01-02") {
		if t, err := time.Parse("2006-01-02", s); err == nil && t.Year() > 0 {
			return DateOf(t), nil
		}
	}
	return Date{}, fmt.Errorf("%q is no date, write it as 2026-11-23", s)
}

// Midnight is the first instant of a day in a location.
func Midnight(d Date, loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// DaysBetween is the number of days from one day to another, negative when to is before from.
func DaysBetween(from, to Date) int {
	return int(Midnight(to, time.UTC).Sub(Midnight(from, time.UTC)) / (24 * time.Hour))
}

// writable reports whether the date lies in the years that can be written with four digits.
func writable(d Date) bool { return d.Year >= 1 && d.Year <= 9999 }

// IsEmpty reports whether v counts as empty: nil, a blank text, a list or table without elements.
func IsEmpty(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []Row:
		return len(v) == 0
	case []Value:
		return len(v) == 0
	case Entry:
		return v.ID == ""
	case User:
		return v.ID == ""
	case Ref:
		return v.Number == ""
	}
	return false
}

// Identity is the text by which entries, users and references are compared and stored; ok is false for
// values that have none.
func Identity(v Value) (id string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Entry:
		return v.ID, true
	case User:
		return v.ID, true
	case Ref:
		return v.Number, true
	}
	return "", false
}

// Equal compares two values as == of the language does for values that are not empty; two empty values are
// equal, an empty and a filled one are not. Entries, users and references equal their id as text, numbers
// compare by amount whatever their type, a date equals every time on that day.
func Equal(a, b Value) bool {
	if IsEmpty(a) || IsEmpty(b) {
		return IsEmpty(a) && IsEmpty(b)
	}
	if n, ok := compare(a, b); ok {
		return n == 0
	}
	switch a := a.(type) {
	case bool:
		b, ok := b.(bool)
		return ok && a == b
	case worktime.Duration:
		b, ok := b.(worktime.Duration)
		return ok && a == b
	case []Row:
		b, ok := b.([]Row)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalRows(a[i], b[i]) {
				return false
			}
		}
		return true
	case Row:
		b, ok := b.(Row)
		return ok && equalRows(a, b)
	case []Value:
		b, ok := b.([]Value)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !Equal(a[i], b[i]) {
				return false
			}
		}
		return true
	}
	return false
}

func equalRows(a, b Row) bool {
	for k, v := range a {
		if !Equal(v, b[k]) {
			return false
		}
	}
	for k, v := range b {
		if _, ok := a[k]; !ok && !IsEmpty(v) {
			return false
		}
	}
	return true
}

// Compare orders two values; ok is false when they have no order. Texts, entries, users and references order
// by their text. It is what < of the language and every sorted list use.
func Compare(a, b Value) (n int, ok bool) { return compare(a, b) }

func compare(a, b Value) (int, bool) {
	if x, ok := Identity(a); ok {
		y, ok := Identity(b)
		return strings.Compare(x, y), ok
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			switch {
			case x < y:
				return -1, true
			case x > y:
				return 1, true
			}
			return 0, true
		}
	}
	if x, ok := number(a); ok {
		y, ok := number(b)
		if !ok {
			return 0, false
		}
		return x.Cmp(y), true
	}
	switch x := a.(type) {
	case Date:
		switch y := b.(type) {
		case Date:
			return x.Compare(y), true
		case time.Time:
			return x.Compare(DateOf(y)), true
		}
	case time.Time:
		switch y := b.(type) {
		case Date:
			return DateOf(x).Compare(y), true
		case time.Time:
			return x.Compare(y), true
		}
	case worktime.Duration:
		if y, ok := b.(worktime.Duration); ok {
			return worktime.Compare(x, y)
		}
	}
	return 0, false
}

// number widens an int64 or a decimal to a decimal.
func number(v Value) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case int64:
		return decimal.NewFromInt(v), true
	case decimal.Decimal:
		return v, true
	}
	return decimal.Decimal{}, false
}
