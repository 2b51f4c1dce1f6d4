package definition

import (
	"slices"

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
	b := &trial.Base{Forms: forms, Names: names, Templates: d.templateFor, Definitions: d}
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
			t.File, t.Problems = parsed, f.WithoutEchoes(append(problems, more...))
		}
		out = append(out, t)
	})
	return out, err
}

// TestRun is what a run of route tests has found.
type TestRun struct {
	Results []*trial.Result
	Failed  int
	// Broken are the problems of files that could not be run.
	Broken   diag.List
	Coverage []*trial.Coverage
}

// RunTests runs the tests of some routes and those of some files, all for none,
// and tells how much of the routes concerned they cover.
func (d *Set) RunTests(routes, files []string) (*TestRun, error) {
	base, err := d.Trial()
	if err != nil {
		return nil, err
	}
	tests, err := d.RouteTests()
	if err != nil {
		return nil, err
	}
	all := len(routes)+len(files) == 0
	run, seen := &TestRun{}, map[string]bool{}
	for _, f := range tests {
		whole := all || slices.Contains(files, f.Source.Name)
		if !whole && len(routes) == 0 {
			continue
		}
		problems := f.Problems
		if f.File != nil && !problems.HasErrors() {
			problems = append(slices.Clone(problems), base.Check(f.File)...)
		}
		if problems.HasErrors() {
			run.Broken = append(run.Broken, problems...)
			continue
		}
		for _, res := range base.Run(f.File) {
			name := res.Test.Route.Text
			if !whole && !slices.Contains(routes, name) {
				continue
			}
			run.Results = append(run.Results, res)
			seen[name] = true
			if !res.OK() {
				run.Failed++
			}
		}
	}
	for _, r := range base.Routes {
		if all || seen[r.Name.Text] || slices.Contains(routes, r.Name.Text) {
			run.Coverage = append(run.Coverage, trial.Cover([]*route.Route{r}, run.Results)...)
		}
	}
	return run, nil
}

// Below gives the coverage of the routes of which less than so many percent are
// covered.
func (t *TestRun) Below(percent int) []*trial.Coverage {
	return slices.DeleteFunc(slices.Clone(t.Coverage), func(c *trial.Coverage) bool { return c.Percent() >= percent })
}
