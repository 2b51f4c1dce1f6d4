package form

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/shopspring/decimal"
)

// roundMoney rounds a computed sum to two digits, half away from zero.
func roundMoney(v expr.Value) expr.Value {
	if d, ok := v.(decimal.Decimal); ok {
		return d.Round(2)
	}
	return v
}
