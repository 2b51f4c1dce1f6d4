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

// TestShippedTextsHaveBothLanguages walks every title, label, message and hint of the shipped definitions.
func TestShippedTextsHaveBothLanguages(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"forms/*.yaml", "repo-template/directories/*.yaml", "repo-template/*.yaml", "repo-template/sample/*.yaml"} {
		paths = append(paths, glob(t, pattern)...)
	}
	labels := 0
	for _, path := range paths {
		f := parseFile(t, path)
		var walk func(n *yamlsrc.Node)
		walk = func(n *yamlsrc.Node) {
			for _, p := range n.Pairs {
				switch p.Key.Value {
				case "title", "one", "label", "message", "hint", "back":
					if f.Span(p.Value); p.Value.Kind == yamlsrc.Scalar && n != f.Root.Get("calendar") || p.Value.Get("en") == nil && p.Value.Kind == yamlsrc.Mapping || p.Value.Get("ru") == nil {
						t.Errorf("%s: %q lacks a language", f.Span(p.Key), p.Key.Value)
					}
					labels++
				default:
					walk(p.Value)
				}
			}
			for _, i := range n.Items {
				walk(i)
			}
		}
		walk(f.Root)
	}
	if labels < 250 {
		t.Errorf("only %d texts were found", labels)
	}
}

// TestShippedSampleHasEverybody checks that each role has somebody, and each department a head.
func TestShippedSampleHasEverybody(t *testing.T) {
	set := shipped(t)
	people := set.Org()
	if len(people.Roles) != 10 || len(people.Absences) == 0 {
		t.Errorf("%d roles, %d absences", len(people.Roles), len(people.Absences))
	}
	for _, r := range people.Roles {
		if len(people.Members(r.ID)) == 0 {
			t.Errorf("nobody has the role %q", r.ID)
		}
	}
	for _, d := range people.Departments {
		if d.Head == "" {
			t.Errorf("department %q has no head", d.ID)
		}
	}
	for id, role := range map[string]string{"petrova": "manager", "ivanova": "manager", "sidorov": "head_of_sales"} {
		if u := people.User(id); u == nil || !u.HasRole(role) {
			t.Errorf("user %q has not the role %q", id, role)
		}
	}
	plain, problems := org.Parse(parseFile(t, "repo-template/org.yaml"))
	noProblems(t, problems)
	if len(plain.Roles) != len(people.Roles) || len(plain.Users) != 0 {
		t.Errorf("the plain organisation has %d roles and %d users", len(plain.Roles), len(plain.Users))
	}
}

func BenchmarkLoadShipped(b *testing.B) {
	type source struct {
		path string
		src  []byte
	}
	read := func(pattern string) (out []source) {
		for _, p := range glob(b, pattern) {
			src, err := os.ReadFile(root + p)
			if err != nil {
				b.Fatal(err)
			}
			out = append(out, source{p, src})
		}
		return out
	}
	formFiles, dirFiles := read("forms/*.yaml"), read("repo-template/directories/*.yaml")
	b.ReportAllocs()
	for b.Loop() {
		var forms []*form.Form
		for _, s := range formFiles {
			f, _ := yamlsrc.Parse(s.path, s.src)
			parsed, _ := form.Parse(f)
			forms = append(forms, parsed)
		}
		var dirs []*form.Directory
		for _, s := range dirFiles {
			f, _ := yamlsrc.Parse(s.path, s.src)
			parsed, _ := form.ParseDirectory(f)
			dirs = append(dirs, parsed)
		}
		form.Link(forms, dirs, nil, nil)
	}
}

// BenchmarkEntry is what indexing one document costs here: values, keys, caption.
func BenchmarkEntry(b *testing.B) {
	set, ctx := world(b)
	f := set.Form("inquiries")
	d := doc(b, set, "inquiries", "INQ-2026-000001", "kind=training", "name=ООО «Ромашка»", "inn=7707083893", "phone=8 (495) 123-45-67",
		"lines=[{item: a, qty: 2, price: 10.5}, {item: b, qty: 3, price: 1}]", "manager=petrova")
	b.Run("index", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			set.Values(f, d, ctx)
			set.Keys(f, d)
			set.Caption(f, d, ctx)
		}
	})
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			set.Check(f, d, ctx)
		}
	})
}
