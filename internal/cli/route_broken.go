package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/route"
)

// brokenRoute is what a list of routes says about one that has errors: as much
// of it as can be read, the first error with its place, and how many there are.
func brokenRoute(defs *definition.Set, name, lang string, err error) ([]render.Cell, render.Object) {
	def := defs.Written(name)
	if def == nil {
		def = &route.Route{}
	}
	out := render.Object{{Key: "route", Value: name}, {Key: "title", Value: def.Title.In(lang)}, {Key: "form", Value: def.For.Text},
		{Key: "starts", Value: startTexts(def)}, {Key: "steps", Value: len(def.Steps())}, {Key: "broken", Value: true}}
	first, count := diag.Problem{Message: diag.Brief(err)}, 1
	why := first.Message
	var list *diag.ListError
	if errors.As(err, &list) && len(list.List) > 0 {
		var more int
		first, more = diag.FirstError(list.List)
		count = more + 1
		why = fmt.Sprintf("%d:%d %s %s", first.At.Start.Line, first.At.Start.Column, first.Code, first.Message)
		if more > 0 {
			why += fmt.Sprintf(" (+%d)", more)
		}
	}
	out = append(out, render.Member{Key: "errors", Value: count}, render.Member{Key: "error", Value: render.Object{
		{Key: "code", Value: first.Code}, {Key: "message", Value: first.Message},
		{Key: "file", Value: first.At.File}, {Key: "line", Value: first.At.Start.Line}, {Key: "column", Value: first.At.Start.Column}}})
	steps := ""
	if n := len(def.Steps()); n > 0 {
		steps = strconv.Itoa(n)
	}
	return []render.Cell{{Text: name, Tone: render.Bad}, {Text: def.Title.In(lang)}, {Text: def.For.Text},
		{Text: strings.TrimSpace(why), Tone: render.Bad}, {Text: steps}}, out
}
