package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Code is one kind of problem; its code never changes its meaning.
type Code struct {
	Code, Slug string
	Summary    string // what is wrong and what to do, in one line
}

// Codes lists every kind of problem of every package, by code.
func Codes() []Code {
	out := []Code{unusedIgnore, bareIgnore}
	for _, r := range rules() {
		out = append(out, r.Code)
	}
	for _, c := range route.Codes() {
		out = append(out, Code{c.Code, c.Slug, c.Summary})
	}
	for _, c := range form.Codes() {
		out = append(out, Code{c.Code, c.Slug, c.Summary})
	}
	for _, c := range org.Codes() {
		out = append(out, Code{c.Code, c.Slug, c.Summary})
	}
	for _, c := range settings.Codes() {
		out = append(out, Code{c.Code, c.Slug, c.Summary})
	}
	for _, list := range [][]yamlsrc.Code{yamlsrc.Codes(), document.Codes(), intake.Codes(), definition.ImportCodes(), report.Codes(), worktime.Codes()} {
		for _, c := range list {
			out = append(out, Code(c))
		}
	}
	slices.SortFunc(out, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// Explain finds a kind of problem by its code or slug.
func Explain(name string) (Code, bool) {
	for _, c := range Codes() {
		if strings.EqualFold(c.Code, name) || c.Slug == strings.ToLower(name) {
			return c, true
		}
	}
	return Code{}, false
}
