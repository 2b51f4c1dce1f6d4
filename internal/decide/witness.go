package decide

import (
	"fmt"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
)

// Assignment is the value of one field in a witness.
type Assignment struct {
	Path  string
	Type  expr.Type
	Value expr.Value // nil: empty
	// Other says that Value stands for every value that the conditions do not name.
	Other bool
	// Filled says that it only matters that there is a value.
	Filled bool
}

// String says the value as a condition would: amount = 1000000, kind = "supply", client is empty.
func (a Assignment) String() string {
	switch {
	case a.Value == nil:
		return a.Path + " is empty"
	case a.Filled:
		return a.Path + " is not empty"
	case a.Other:
		return a.Path + " is something else"
	}
	s := expr.FormatValue(a.Value)
	if k := a.Type.Kind; k.IsText() || k.IsNamed() {
		s = fmt.Sprintf("%q", s)
	}
	return a.Path + " = " + s
}

// Witness is values with which wishes come true, by path; fields whose value does not matter are left out.
type Witness []Assignment

// String joins the values with "and"; it is empty when any values do.
func (w Witness) String() string {
	parts := make([]string, len(w))
	for i, a := range w {
		parts[i] = a.String()
	}
	return strings.Join(parts, " and ")
}
