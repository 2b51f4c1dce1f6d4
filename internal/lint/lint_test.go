package lint_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/lint"
)

// files is a definition.Source in memory.
type files map[string]string

func (f files) Read(name string) ([]byte, error) {
	src, ok := f[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(src), nil
}

func (f files) List(dir, suffix string) ([]string, error) {
	var names []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// shipped is the configuration "E1 Sales" with its sample organisation.
func shipped(t testing.TB) files {
	t.Helper()
	out := files{}
	add := func(from fs.FS, cut string) {
		err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			src, err := fs.ReadFile(from, name)
			out[strings.TrimPrefix(name, cut)] = string(src)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add(e1.Forms, "")
	add(e1.Routes, "")
	add(e1.Reports, "")
	add(e1.Template, "repo-template/")
	out["org.yaml"] = out["sample/org.yaml"]
	return out
}

func headlines(t *testing.T, f files, paths ...string) []string {
	t.Helper()
	found, err := lint.Run(definition.New(f), paths...)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range found.Problems {
		out = append(out, p.Headline())
	}
	return out
}

func TestShippedIsClean(t *testing.T) {
	if got := headlines(t, shipped(t)); len(got) > 0 {
		t.Errorf("problems in the shipped configuration:\n%s", strings.Join(got, "\n"))
	}
}

// edit replaces text in a file; the text must be there.
func edit(t *testing.T, f files, name, old, now string) {
	t.Helper()
	if !strings.Contains(f[name], old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	f[name] = strings.Replace(f[name], old, now, 1)
}

func TestEveryKindOfDefinitionIsChecked(t *testing.T) {
	for _, test := range []struct {
		name, old, now string
		want           string // of the headline, behind the place
	}{
		{"e1.yaml", "language: ru", "langage: ru", `unknown-key`},
		{"org.yaml", "head: sidorov", "head: sidorof", `sidorov`},
		{"forms/clients.yaml", "type: inn", "type: in", `inn`},
		{"directories/inquiry_kinds.yaml", "entries:", "entrys:", `entries`},
		{"routes/long-sale.yaml", "for: inquiries", "for: inquirys", `inquiries`},
		{"calendars/ru.yaml", "calendar:", "calender:", `calendar`},
		{"imports/web-orders.yaml", "form: inquiries", "form: inquirie", `inquiries`},
		{"imports/web-orders.yaml", "  inn: ИНН", "  imn: ИНН", `did you mean "inn"`},
		{"reports/works-by-manager.yaml", "form: works", "form: work", `works`},
	} {
		f := shipped(t)
		edit(t, f, test.name, test.old, test.now)
		got := headlines(t, f)
		if !slices.ContainsFunc(got, func(h string) bool { return strings.HasPrefix(h, test.name+":") && strings.Contains(h, test.want) }) {
			t.Errorf("%s: %q → %q: no problem about %q in\n%s", test.name, test.old, test.now, test.want, strings.Join(got, "\n"))
		}
		// Asking for another file leaves it out.
		if got := headlines(t, f, "templates"); len(got) > 0 {
			t.Errorf("%s: problems outside of the paths asked for: %q", test.name, got)
		}
		if got := headlines(t, f, path.Dir(test.name)+"/"+path.Base(test.name)); path.Dir(test.name) != "." && len(got) == 0 {
			t.Errorf("%s: no problems when asked for itself", test.name)
		}
	}
}

// TestSameInputSameOutput: problems with all their places, ways and hints, not
// only the first lines.
func TestSameInputSameOutput(t *testing.T) {
	f := shipped(t)
	edit(t, f, "forms/clients.yaml", "type: inn", "type: in")
	edit(t, f, "routes/retail.yaml", "for: inquiries", "for: inquirys")
	f["routes/circles.yaml"] = "route: circles\nfor: contracts\nstart: by hand\nsteps:\n- {task: A, id: a, who: manager}\n- parallel:\n  join: any\n  branches:\n" +
		"  - {task: B, id: b, who: author, after: c, fill: [subject]}\n  - {task: C, id: c, who: author, after: b, fill: [subject]}\n- {task: D, who: author, outcomes: {x: {go: a}}}\n"
	run := func() diag.List {
		found, err := lint.Run(definition.New(f))
		if err != nil {
			t.Fatal(err)
		}
		return found.Problems
	}
	first := run()
	for range 5 {
		if diff := cmp.Diff(first, run()); diff != "" {
			t.Fatal(diff)
		}
	}
	if !slices.ContainsFunc(first, func(p diag.Problem) bool { return len(p.Path) > 0 }) || !slices.ContainsFunc(first, func(p diag.Problem) bool { return len(p.Related) > 0 }) {
		t.Errorf("no ways or other places among %v", first)
	}
}

// noneText is a report that finds nothing.
const (
	never    = "where: amount > 5 and amount < 3"
	noneText = "report: none\ntitle: None\nform: contracts\n" + never + "\ncolumns: [number]\n"
)

func TestIgnore(t *testing.T) {
	for _, test := range []struct {
		name, comment string
		above         bool
		want          []string
	}{
		{"none", "", false, []string{"P035"}},
		{"on the line", " # e1:ignore P035 -- an example", false, nil},
		{"above", "# e1:ignore P035 -- an example", true, nil},
		{"no reason", " # e1:ignore P035", false, []string{"L001", "P035"}},
		{"another code", " # e1:ignore P036 -- no", false, []string{"P035", "R094"}},
		{"no dashes", " # e1:ignore P035 will come", false, []string{"L001", "P035"}},
		{"no code", " # e1:ignore -- an example", false, []string{"L001", "P035"}},
		{"a small letter", " # e1:ignore p035 -- later", false, []string{"L001", "P035"}},
		{"a space", " # e1: ignore P035 -- later", false, []string{"L001", "P035"}},
		{"two codes", " #e1:ignore P035, P036 -- later", false, []string{"R094"}},
		{"about it", " # what e1 would ignore: P035", false, []string{"P035"}},
	} {
		f := shipped(t)
		line := never
		if test.above {
			line = test.comment + "\n" + line
		} else {
			line += test.comment
		}
		f["reports/none.yaml"] = strings.Replace(noneText, never, line, 1)
		var codes []string
		for _, h := range headlines(t, f, "reports") {
			codes = append(codes, strings.Fields(h)[2])
		}
		slices.Sort(codes)
		if diff := cmp.Diff(test.want, codes); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestSeverities(t *testing.T) {
	f := shipped(t)
	f["reports/none.yaml"] = noneText
	f["e1.yaml"] += "\nlint: {P035: error}\n"
	got := headlines(t, f)
	if len(got) != 1 || !strings.Contains(got[0], " error P035 ") {
		t.Errorf("%q", got)
	}
	f["e1.yaml"] = strings.Replace(f["e1.yaml"], "P035: error", `P035: "off"`, 1)
	if got := headlines(t, f); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// TestJudgedIgnores: the problems of ignore comments are judged like all others.
func TestJudgedIgnores(t *testing.T) {
	f := shipped(t)
	f["reports/none.yaml"] = strings.Replace(noneText, never, never+" # e1:ignore P035\n# e1:ignore P036 -- no", 1)
	f["e1.yaml"] += "\nlint: {R094: \"off\", L001: note, P035: error}\n"
	got := headlines(t, f)
	if len(got) != 2 || !strings.Contains(got[0], " error P035 ") || !strings.Contains(got[1], " note L001 ") {
		t.Errorf("%q", got)
	}
}

// TestBinding: what a definition is refused with when it is used is an error whatever a comment or the settings say; what the rules think is
// open to judgement.
func TestBinding(t *testing.T) {
	const head = "route: extra\nfor: clients\nstart: by hand\nsteps:\n"
	const form = "form: extra\ntitle: Extra\none: Extra\nnumber: EXT-{seq:6}\ngroups:\n- group: main\n  title: Main\n  fields:\n"
	const importing = "import: extra\nfrom: {maildir: m}\nform: inquiries\nread: fields\ntext: text\n"
	for _, test := range []struct {
		name, file, text, settings string
		want                       []string // codes, and what is said beside them
	}{
		{"the language", "routes/extra.yaml", head + "- {task: A, who: author, x: 1} # e1:ignore R001 -- on purpose\n", "",
			[]string{"R001: R001 cannot be ignored here: with it the route does not start"}},
		{"a reference", "routes/extra.yaml", head + "# e1:ignore R006 -- comes later\n- {task: A, who: author, if: colour == 1}\n", "",
			[]string{"R006: R006 cannot be ignored here: with it the route does not start"}},
		{"YAML", "routes/extra.yaml", head + "- {task: A, who: author, who: starter} # e1:ignore Y010 -- why not\n", "",
			[]string{"Y010: first written here: Y010 cannot be ignored here: with it the route does not start"}},
		{"the settings", "routes/extra.yaml", head + "- {task: A, who: author, x: 1}\n", "lint: {R001: \"off\"}",
			[]string{"R001: R001: off does not hold here: with it the route does not start"}},
		{"graver is allowed", "routes/extra.yaml", head + "- {task: A, who: author, x: 1}\n", "lint: {R001: error}", []string{"R001"}},
		{"a judgement", "routes/extra.yaml", head + "- choose: # e1:ignore R032 -- there are no others\n  branches: [{if: filled(inn), task: A, who: author}]\n", "", nil},
		{"a judgement by code", "routes/extra.yaml", head + "- choose:\n  branches: [{if: filled(inn), task: A, who: author}]\n", "lint: {R032: warning}", []string{"R032"}},
		{"a rule", "rules/extra.yaml", "rule: extra\nfor: clients\non: registered\ndo:\n- set: {colour: name} # e1:ignore A006 -- on purpose\n", "",
			[]string{"A006: A006 cannot be ignored here: with it the rule does nothing"}},
		{"a form", "forms/extra.yaml", form + "  - {field: name, type: txt, label: Name} # e1:ignore F004 -- why not\n", "",
			[]string{"F004: F004 cannot be ignored here: with it no document of the form is registered or changed"}},
		{"an expression of a form", "forms/extra.yaml", form + "  - {field: name, type: text, label: Name, shown_if: nme == 1} # e1:ignore F006 -- why not\n", "lint: {F006: \"off\"}",
			[]string{"F006: F006 cannot be ignored here: with it no document of the form is registered or changed: F006: off does not hold here: with it no document of the form is registered or changed"}},
		{"a directory", "directories/extra.yaml", "directory: extra\ntitle: Extra\nentries:\n- {id: a, titel: A} # e1:ignore F001 -- why not\n", "",
			[]string{"F001: F001 cannot be ignored here: with it that part of the file is as if it were not there"}},
		{"a report", "reports/none.yaml", strings.Replace(noneText, never, "where: amuont > 5 # e1:ignore P006 -- why not", 1), "",
			[]string{"P006: P006 cannot be ignored here: with it the report does not run"}},
		{"an import", "imports/extra.yaml", importing + "fields:\n  imn: ИНН # e1:ignore I021 -- why not\n", "",
			[]string{"I021: I021 cannot be ignored here: with it nothing is imported"}},
		{"an import by code", "imports/extra.yaml", importing + "fields:\n  imn: ИНН\n", "lint: {I021: note}",
			[]string{"I021: I021: note does not hold here: with it nothing is imported"}},
		{"a template", "templates/extra.txt", "{{ end }} # e1:ignore T002 -- why not\n", "lint: {T002: \"off\"}",
			[]string{"T002: T002 cannot be ignored here: with it nothing runs that uses this: T002: off does not hold here: with it nothing runs that uses this"}},
		{"a test", "routes/tests/extra.yaml", "route: retail\ntests:\n- {test: a, expect: {end: dne}} # e1:ignore B006 -- why not\n", "",
			[]string{"B006: B006 cannot be ignored here: with it the tests do not run"}},
		{"a calendar", "calendars/extra.yaml", strings.Replace(shipped(t)["calendars/ru.yaml"], "calendar: ru", "calendar: extra\ncolour: red # e1:ignore R001 -- why not", 1), "",
			[]string{"R001: R001 cannot be ignored here: with it nothing is counted by the calendar"}},
	} {
		f := shipped(t)
		f[test.file] = test.text
		f["e1.yaml"] += "\n" + test.settings + "\n"
		defs := definition.New(f)
		result, err := lint.Run(defs, test.file)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range result.Problems {
			line := p.Code
			for _, r := range p.Related {
				line += ": " + r.Message
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		refused := refusal(defs, test.file)
		if refused != nil && *refused != result.Problems.HasErrors() {
			t.Errorf("%s: lint finds %q; is it refused when it is used? %v", test.name, got, *refused)
		}
	}
}

// refusal asks whoever uses a definition whether it is refused; nil where that
// shows only when a document is worked with.
func refusal(defs *definition.Set, file string) *bool {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	var refused bool
	switch path.Dir(file) {
	case "routes":
		_, err := lint.Startable(defs, name)
		refused = err != nil
	case "routes/tests":
		run, err := defs.RunTests(nil, []string{file})
		refused = err != nil || len(run.Broken) > 0
	case "forms":
		f, err := defs.Form(name)
		if err == nil {
			_, err = f.Field("name").ShownIf.Program()
		}
		refused = err != nil
	case "reports":
		_, problems, err := defs.Report(name)
		refused = err != nil || problems.HasErrors()
	case "imports":
		in, err := defs.Import(name)
		refused = err != nil || in.Def == nil
	case "templates":
		_, err := defs.Template(name)
		refused = err != nil
	case "calendars":
		refused = defs.Calendar(name) == nil
	default:
		return nil
	}
	return &refused
}

func TestCodesAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, c := range lint.Codes() {
		if other, ok := seen[c.Code]; ok && other != c.Slug {
			t.Errorf("%s is both %q and %q", c.Code, other, c.Slug)
		}
		seen[c.Code] = c.Slug
		if found := lint.Explain(strings.ToLower(c.Code)); len(found) != 1 || found[0].Code != c.Code {
			t.Errorf("%s is not explained", c.Code)
		}
		if c.Slug == "" || c.Summary == "" || strings.HasSuffix(c.Summary, ".") {
			t.Errorf("%s lacks a slug or a summary without a full stop", c.Code)
		}
	}
	if found := lint.Explain("unknown-key"); len(found) < 3 {
		t.Errorf("a slug of several codes gives %v", found)
	}
	if found := lint.Explain("R999"); len(found) > 0 {
		t.Error("R999 is explained")
	}
}

// What is found in a file must not depend on whether the others are judged.
func TestPathsChangeNothing(t *testing.T) {
	f := shipped(t)
	edit(t, f, "routes/retail.yaml", "role warehouse", "role warehose")
	edit(t, f, "routes/long-sale.yaml", "who: ", "who: nobody.")
	edit(t, f, "imports/web-orders.yaml", "  inn: ИНН", "  imn: ИНН")
	edit(t, f, "forms/works.yaml", "type: user", "type: usr")
	f["directories/colours.yaml"] = "directory: colours\ntitle: Colours\nentries: [{id: red, title: Red}]\n"
	all, err := lint.Run(definition.New(f))
	if err != nil {
		t.Fatal(err)
	}
	byFile := map[string][]string{}
	for _, p := range all.Problems {
		if p.Code == "L002" {
			continue // counts the files that were looked at
		}
		byFile[p.At.File] = append(byFile[p.At.File], p.Headline())
	}
	if len(byFile) < 4 {
		t.Fatalf("too few files with problems: %v", byFile)
	}
	for _, file := range all.Files {
		one, err := lint.Run(definition.New(f), file)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range one.Problems {
			if p.Code == "L002" {
				continue
			}
			got = append(got, p.Headline())
		}
		if diff := cmp.Diff(byFile[file], got); diff != "" {
			t.Errorf("%s (-all +alone):\n%s", file, diff)
		}
	}
}
