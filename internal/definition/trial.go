package definition

import (
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Trial is what routes are tried out against: these definitions. Routes with
// errors are known by name and not run.
func (d *Set) Trial() (*trial.Base, error) {
	forms, err := d.Forms()
	if err != nil {
		return nil, err
	}
	names, err := d.RouteNames()
	if err != nil {
		return nil, err
	}
	b := &trial.Base{Forms: forms, Names: names, Definitions: d}
	for _, name := range names {
		if r, err := d.UsableRoute(name); err == nil {
			b.Routes = append(b.Routes, r)
		}
	}
	return b, nil
}

// RouteTest is one file of route tests; File is nil when its syntax is broken.
type RouteTest struct {
	Source   *yamlsrc.File
	File     *trial.File
	Problems diag.List
}

// RouteTests reads all route tests, by the names of their files.
func (d *Set) RouteTests() ([]RouteTest, error) {
	var out []RouteTest
	err := d.each(RouteTestsDir, func(_ string, f *yamlsrc.File, problems diag.List) {
		t := RouteTest{Source: f, Problems: problems}
		if f.Root != nil {
			parsed, more := trial.Parse(f)
			t.File, t.Problems = parsed, append(problems, more...)
		}
		out = append(out, t)
	})
	return out, err
}

// Runnable gives the routes among these names that can be run; all for none.
func Runnable(b *trial.Base, names []string) []*route.Route {
	var out []*route.Route
	for _, r := range b.Routes {
		for _, name := range names {
			if r.Name.Text == name {
				out = append(out, r)
			}
		}
		if len(names) == 0 {
			out = append(out, r)
		}
	}
	return out
}
