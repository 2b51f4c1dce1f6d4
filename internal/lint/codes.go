package lint

import (
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/intake"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/route"
	processing "github.com/e1-dms/e1/internal/rule"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
	"github.com/e1-dms/e1/internal/trial"
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
	out := append([]Code{unusedIgnore, bareIgnore, notChecked, unusedDefinition, secretInText, unknownCalendar, noSuchCalendar, lettersAboutTasks}, dataCodes()...)
	out = append(out, counterparts()...)
	out = append(out, Stranded)
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
	for _, list := range [][]yamlsrc.Code{yamlsrc.Codes(), document.Codes(), intake.Codes(), definition.ImportCodes(), report.Codes(), template.Codes(), processing.Codes(), worktime.Codes(), trial.Codes()} {
		for _, c := range list {
			out = append(out, Code(c))
		}
	}
	slices.SortStableFunc(out, func(a, b Code) int { return strings.Compare(a.Code, b.Code) })
	// A rule may find more of a kind that a package finds too.
	return slices.Compact(out)
}

// Explain finds kinds of problems by code, or by slug, of which several
// packages may have one each. The case of letters does not matter.
func Explain(name string) []Code {
	var out []Code
	for _, c := range Codes() {
		if strings.EqualFold(c.Code, name) || c.Slug == strings.ToLower(name) {
			out = append(out, c)
		}
	}
	return out
}

// Severities gives the severity of every kind of problem, unless a repository
// judges otherwise; of a kind that has two, the graver one.
func Severities() map[string]diag.Severity {
	out := map[string]diag.Severity{}
	for _, c := range Codes() {
		out[c.Code] = diag.Error
	}
	for _, code := range []string{unusedIgnore.Code, unusedDefinition.Code, secretInText.Code, "F013", "O013", "O014", "A104", "A106", DataUnknown.Code, DataStray.Code, Stranded.Code} {
		out[code] = diag.Warning
	}
	out[notChecked.Code], out[yamlsrc.Obsolete.Code] = diag.Note, diag.Note
	for _, c := range counterparts() {
		out[c.Code] = diag.Warning
	}
	out["A084"] = diag.Error
	found := map[string]diag.Severity{} // by package route
	for _, c := range route.Codes() {
		found[c.Code], out[c.Code] = c.Severity, c.Severity
	}
	for _, r := range rules() {
		if graver, both := found[r.Code.Code]; !both || r.severity < graver {
			out[r.Code.Code] = r.severity
		}
	}
	return out
}
