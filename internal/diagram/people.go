package diagram

import (
	"cmp"
	"strings"

	"github.com/e1-dms/e1/internal/route"
)

// people puts performers into words, with the titles of the organisation.
func (o words) people(p *route.People, at *route.Step) string {
	if p == nil {
		return ""
	}
	parts := make([]string, len(p.Who))
	for i, w := range p.Who {
		parts[i] = o.who(w, at)
	}
	return strings.Join(parts, ", ")
}

func (o words) who(w *route.Who, at *route.Step) string {
	switch w.Kind {
	case route.WhoAuthor:
		return o.word("author", "автор документа")
	case route.WhoController:
		return o.word("controller", "контролёр")
	case route.WhoStarter:
		return o.word("starter", "запустивший маршрут")
	case route.WhoHead:
		return o.word("head of ", "руководитель: ") + o.who(w.Of, at)
	case route.WhoExpr:
		return o.expr(w.Expr, at)
	}
	if o.Forms == nil {
		return w.Text
	}
	switch org := o.Forms.Org(); w.Kind {
	case route.WhoRole:
		if role := org.Role(w.Name); role != nil {
			return cmp.Or(role.Title.In(o.Language), w.Text)
		}
	case route.WhoDepartment:
		if d := org.Department(w.Name); d != nil {
			return cmp.Or(d.Title.In(o.Language), w.Text)
		}
	case route.WhoName:
		if text, known := o.path(w.Name, at); known {
			return text
		}
		if d := org.Department(w.Name); d != nil {
			return cmp.Or(d.Title.In(o.Language), w.Text)
		}
		return o.user(w.Name)
	}
	return w.Text
}

// user is the name of a user.
func (o Options) user(id string) string {
	if o.Forms != nil {
		if u := o.Forms.Org().User(id); u != nil {
			return u.Name
		}
	}
	return id
}
