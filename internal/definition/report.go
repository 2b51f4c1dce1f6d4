package definition

import (
	"path"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/report"
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
	r, more := report.Parse(f)
	problems = append(problems, more...)
	if problems = append(problems, r.Link(&report.Definitions{Set: set})...); problems.HasErrors() {
		problems = d.behind([]string{r.Form}, problems)
	}
	problems.Sort()
	return r, problems, nil
}
