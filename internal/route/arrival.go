package route

import (
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

// What may be waited for besides the names of imports and forms.
const (
	AnyMessage   = "any"   // message: any letter that is added to the document
	ReplyMessage = "reply" // message: an answer to a letter of the document
	AnyPayment   = "any"   // payment
)

// ArrivalEnv gives the names that the filter of an event may use: besides
// those of its step the letter, the document or the payment that has come,
// under the name of the event.
func ArrivalEnv(e *Event, env *expr.Env) *expr.Env {
	text := expr.Type{Kind: expr.Text, Nullable: true}
	record := func(vars ...expr.Var) expr.Type {
		return expr.Type{Kind: expr.Record, Fields: expr.NewRecord(vars, nil)}
	}
	var t expr.Type
	switch e.Kind {
	case EventMessage:
		t = record(
			expr.Var{Name: "reply", Type: expr.Type{Kind: expr.Bool}},
			expr.Var{Name: "from", Type: expr.Type{Kind: expr.Email, Nullable: true}},
			expr.Var{Name: "name", Type: text}, expr.Var{Name: "subject", Type: text},
			expr.Var{Name: "text", Type: text}, expr.Var{Name: "import", Type: text})
	case EventDocument:
		t = expr.Type{Kind: expr.Document, Name: e.Name.Text}
	case EventPayment:
		t = record(
			expr.Var{Name: "amount", Type: expr.Type{Kind: expr.Money}},
			expr.Var{Name: "date", Type: expr.Type{Kind: expr.DateKind, Nullable: true}},
			expr.Var{Name: "payer", Type: text}, expr.Var{Name: "purpose", Type: text}, expr.Var{Name: "document", Type: text})
	default:
		return env
	}
	return env.With(expr.Var{Name: string(e.Kind), Type: t})
}

// arrival checks what an event from outside is for.
func (c *checker) arrival(e *Event, env *expr.Env) {
	switch e.Kind {
	case EventDocument:
		if c.ctx.Env(e.Name.Text) == nil {
			c.errorf(R006, e.Name.At, "%s", diag.Unknown("form", e.Name.Text, c.ctx.Forms))
			return
		}
	case EventMessage:
		if w := e.Name; w.Text != AnyMessage && w.Text != ReplyMessage {
			known := []string{AnyMessage, ReplyMessage}
			if c.ctx.Imports != nil {
				known = append(known, c.ctx.Imports()...)
			}
			if !slices.Contains(known, w.Text) {
				c.errorf(R006, w.At, "%s", diag.Unknown("letter or import", w.Text, known))
				return
			}
		}
	case EventPayment:
		if e.Name.Text != AnyPayment {
			c.errorf(R006, e.Name.At, "%s", diag.Unknown("payment", e.Name.Text, []string{AnyPayment}))
			return
		}
	}
	if env != nil {
		c.condition(e.Expr, ArrivalEnv(e, env))
	}
}
