package form_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

const root = "../../"

func parseFile(t testing.TB, path string) *yamlsrc.File {
	t.Helper()
	src, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	f, problems := yamlsrc.Parse(path, src)
	noProblems(t, problems)
	return f
}

func noProblems(t testing.TB, problems diag.List) {
	t.Helper()
	for _, p := range problems {
		t.Errorf("%s", p.Error())
	}
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(root + pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	for i := range paths {
		paths[i], _ = filepath.Rel(root, paths[i])
	}
	return paths
}

// shipped links the standard configuration with the sample organisation.
func shipped(t testing.TB) *form.Set {
	t.Helper()
	var forms []*form.Form
	for _, p := range glob(t, "forms/*.yaml") {
		f, problems := form.Parse(parseFile(t, p))
		noProblems(t, problems)
		forms = append(forms, f)
	}
	var dirs []*form.Directory
	for _, p := range glob(t, "repo-template/directories/*.yaml") {
		d, problems := form.ParseDirectory(parseFile(t, p))
		noProblems(t, problems)
		dirs = append(dirs, d)
	}
	people, problems := org.Parse(parseFile(t, "repo-template/sample/org.yaml"))
	noProblems(t, problems)
	conf, problems := settings.Parse(parseFile(t, "repo-template/e1.yaml"))
	noProblems(t, problems)
	set, problems := form.Link(forms, dirs, people, conf)
	noProblems(t, problems)
	return set
}

func TestShippedFormsAreRight(t *testing.T) {
	noProblems(t, shipped(t).Verify())
}
