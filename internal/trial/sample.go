package trial

import (
	"fmt"
	"strings"
	"time"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// sample invents what a person would type into a field that must be filled; ""
// for kinds of fields that nothing can be invented for.
func sample(set *form.Set, f *form.Field, now time.Time) string {
	switch f.Type {
	case expr.Text, expr.Multiline:
		return "sim"
	case expr.Int, expr.Decimal, expr.Money:
		return "1000"
	case expr.Bool:
		return "true"
	case expr.DateKind:
		return now.Format(time.DateOnly)
	case expr.DateTime:
		return now.Format("2006-01-02 15:04")
	case expr.DurationKind:
		return "1wd"
	case expr.Email:
		return "sim@example.invalid"
	case expr.Phone:
		return "+74951234567"
	case expr.INN:
		return "7707083893"
	case expr.KPP:
		return "773601001"
	case expr.OGRN:
		return "1027700132195"
	case expr.BIK:
		return "044525225"
	case expr.Choice:
		if len(f.Values) > 0 {
			return f.Values[0].Value
		}
	case expr.Directory:
		if d := set.Directory(f.Directory); d != nil && len(d.Entries) > 0 {
			return d.Entries[0].ID
		}
	case expr.UserKind:
		for _, u := range set.Org().Users {
			if u.Active {
				return u.ID
			}
		}
	case expr.Table:
		var cells []string
		for _, c := range f.Columns {
			if text := sample(set, c, now); text != "" && !c.Computed {
				cells = append(cells, fmt.Sprintf("%s: %q", c.Name, text))
			}
		}
		return "[{" + strings.Join(cells, ", ") + "}]"
	}
	return ""
}
