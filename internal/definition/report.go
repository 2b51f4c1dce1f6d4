package definition

import (
	"path"
	"slices"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// ReportNames lists the reports there are, broken ones included.
func (d *Set) ReportNames() ([]string, error) { return d.names(ReportsDir) }

// Report returns one report, linked with the forms, and its problems; with
// errors among these it cannot be run. An unknown one is an *UnknownError.
func (d *Set) Report(name string) (*report.Report, diag.List, error) {
	names, err := d.ReportNames()
	if err != nil {
		return nil, nil, err
	}
	known := false
	for _, n := range names {
		known = known || n == name
	}
	if !known {
		return nil, nil, &UnknownError{What: "report", Name: name, Known: names, Try: "e1 report list"}
	}
	set, err := d.Forms()
	if err != nil {
		return nil, nil, err
	}
	f, problems, err := d.Parse(path.Join(ReportsDir, name+Ext))
	if err != nil {
		return nil, nil, err
	}
	if f.Root == nil {
		return nil, problems, nil
	}
	r, own, linked := ReadReport(f, set)
	if problems = f.WithoutEchoes(slices.Concat(problems, own, linked)); problems.HasErrors() {
		problems = d.behind([]string{r.Form}, problems)
	}
	problems.Sort()
	return r, problems, nil
}

// ReadReport reads a report, as far as it can be, and links it with the forms.
// With errors in either list it is not run.
func ReadReport(f *yamlsrc.File, set *form.Set) (r *report.Report, own, linked diag.List) {
	if r, own = report.Parse(f); r != nil {
		linked = r.Link(&report.Definitions{Set: set, Language: set.Settings().Language})
	}
	return r, own, linked
}
