package trial_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/trial"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

// files is a source of definitions: the standard configuration and what a test
// adds.
type files map[string][]byte

func (f files) Read(name string) ([]byte, error) {
	if data, ok := f[name]; ok {
		return data, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (f files) List(dir, suffix string) ([]string, error) {
	var out []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

func standard(t testing.TB) files {
	t.Helper()
	out := files{}
	for _, from := range []fs.FS{e1.Forms, e1.Routes, e1.Template} {
		must(t, fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				var data []byte
				data, err = fs.ReadFile(from, name)
				out[strings.TrimPrefix(name, "repo-template/")] = data
			}
			return err
		}))
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func base(t testing.TB, f files) *trial.Base {
	t.Helper()
	b, err := definition.New(f).Trial()
	must(t, err)
	return b
}

// parse reads a file of tests and gives all its problems, those that Check
// finds included.
func parse(t testing.TB, b *trial.Base, text string) (*trial.File, diag.List) {
	t.Helper()
	f, problems := yamlsrc.Parse("routes/tests/x.yaml", []byte(text))
	if problems.HasErrors() {
		return nil, problems
	}
	file, problems := trial.Parse(f)
	if !problems.HasErrors() {
		problems = append(problems, b.Check(file)...)
	}
	return file, problems
}

// TestShippedRoutesAreCovered: every step and branch of the shipped routes is
// under test, whatever organisation a repository has.
func TestShippedRoutesAreCovered(t *testing.T) {
	plain, sample := standard(t), standard(t)
	sample["org.yaml"] = sample["sample/org.yaml"]
	for name, source := range map[string]files{"plain": plain, "sample": sample} {
		t.Run(name, func(t *testing.T) {
			defs := definition.New(source)
			b, err := defs.Trial()
			must(t, err)
			tests, err := defs.RouteTests()
			must(t, err)
			var results []*trial.Result
			for _, f := range tests {
				must(t, f.Problems.Err())
				must(t, b.Check(f.File).Err())
				for _, res := range b.Run(f.File) {
					if !res.OK() {
						t.Errorf("%s: %v", res.Test.Name("en"), res.Problems.Err())
					}
					results = append(results, res)
				}
			}
			if len(b.Routes) < 4 || len(results) < 30 {
				t.Errorf("only %d routes and %d tests", len(b.Routes), len(results))
			}
			for _, c := range trial.Cover(b.Routes, results) {
				for _, s := range c.Missed {
					t.Errorf("%s: not covered: %s", s.At, s.Text)
				}
				if c.Percent() != 100 {
					t.Errorf("%s is covered by %d %%", c.Route.Name.Text, c.Percent())
				}
			}
		})
	}
}

const small = `
route: small
for: contracts
start: by hand
calendar: ru
steps:
- task: First
  id: first
  who: role manager
  due: 2wd
  remind: 50%
  escalate: {after: 1wd, to: role head_of_sales}
  outcomes:
    good: next
    bad: {go: first, comment: required, max: 1, else: end bad}
- choose:
  branches:
  - if: amount > 100
    approve: Chief
    id: chief
    who: role ceo
  - else: next
- do:
  - set: {status: signing}
- end: good
`

const people = `route: small
people: {ann: manager, bob: [manager, head_of_sales], cat: ceo}
card: {kind: supply, name: Поставка, amount: "50", manager: ann}
tests:
- test: one
`

// TestExpectations: each expectation that does not hold is a problem of its
// own, at its line, that says what was expected and what came.
func TestExpectations(t *testing.T) {
	source := standard(t)
	source["routes/small.yaml"] = []byte(small)
	b := base(t, source)
	tests := []struct {
		name, test string
		want       []string
	}{
		{"all is well", "  answers: [{first: good}]\n  expect: {end: good, path: [first], status: signing, open: [], registered: []}", nil},
		{"end", "  answers: [{first: good}]\n  expect: {end: bad}", []string{`7:17 expected the end "bad", got "good"`}},
		{"running", "  expect: {end: good}", []string{`6:17 expected the end "good"; the route is still running, open: first (ann, bob)`}},
		{"path", "  expect: {path: [first, chief]}", []string{`6:18 expected the path first > chief, got first`}},
		{"open", "  expect: {open: []}", []string{`6:18 expected to be open: nothing; open: first`}},
		{"who", "  expect: {who: {first: cat}}", []string{`6:25 expected first to be for cat, got ann, bob`}},
		{"who by role", "  expect: {who: {first: role manager}}", nil},
		{"everybody of a role", "  expect: {who: {first: [ann, role head_of_sales]}}", nil},
		{"nobody more", "  expect: {who: {first: ann}}", []string{`6:25 expected first to be for ann, got ann, bob`}},
		{"due", "  expect: {due: {first: 1wd}}", []string{`6:25 expected first to be due 1wd after its assignment (2026-11-24 10:00), got 2026-11-25 10:00`}},
		{"due by day", "  expect: {due: {first: 2026-11-25}}", nil},
		{"due by time", "  expect: {due: {first: 2026-11-25 11:00}}", []string{`6:25 expected first to be due 2026-11-25 11:00, got 2026-11-25 10:00`}},
		{"no deadline", "  expect: {due: {first: none}}", []string{`6:25 expected first to have no deadline, got 2026-11-25 10:00`}},
		{"status", "  expect: {status: signing}", []string{`6:20 expected the status "signing", got "draft"`}},
		{"card", "  expect: {card: {amount: 50.00, debt: 51, paid: 1}}", []string{`6:40 expected debt to be "51", got "50"`, `6:50 expected paid to be "1.00", got nothing`}},
		{"far card", "  expect: {card: {client.status: lost}}", []string{`6:34 expected client.status to be "lost", but client is empty`}},
		{"registered", "  expect: {registered: [works]}", []string{`6:12 expected to be registered: works; registered: nothing`}},
		{"documents", "  expect: {documents: {CLI-1: {status: new}}}", []string{`6:24 expected a document CLI-1; there are CON-2026-000001`}},
		{"started", "  expect: {started: false}", []string{`6:12 expected the route "small" not to start; it is running`}},
		{"not started", "  start: none", []string{`5:3 the route "small" did not start`}},
		{"told", "  answers:\n  - {after: 4wd, expect: {told: {reminder: role manager, escalated: ann}}}", []string{`7:69 expected to be told (escalated): ann; told: bob`}},
		{"not refused", "  answers: [{first: good, expect: {refused: comment-needed}}]", []string{`6:45 expected to be refused (comment-needed), but it was done`}},
		{"refused otherwise", "  answers: [{first: bad, expect: {refused: not-yours}}]", []string{`6:44 expected to be refused as "not-yours", got comment-needed: outcome "bad" of task CON-2026-000001/1 needs a comment`}},
		{"no such task", "  answers: [{chief: approve}, {first: good}]\n  expect: {end: good}", []string{`6:14 the step "chief" has no open task; open: first (ann, bob)`}},
		{"somebody else's", "  answers: [{first: good, who: cat}]", []string{`6:14 task CON-2026-000001/1 (First) is for "ann", "bob", not for "cat"`}},
		{"several at once", "  expect: {status: signing, end: good, open: []}", []string{
			`6:20 expected the status "signing", got "draft"`, `6:34 expected the end "good"; the route is still running, open: first (ann, bob)`, `6:46 expected to be open: nothing; open: first`}},
		{"a refused answer changes nothing", "  answers:\n  - {first: bad, fields: {amount: 5}, expect: {refused: comment-needed, card: {amount: 50}}}", nil},
		{"rework and its limit", "  answers: [{first: bad, comment: x}, {first: bad, comment: y}]\n  expect: {end: bad, path: [first, first]}", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, problems := parse(t, b, people+tt.test+"\n")
			must(t, problems.Err())
			res := b.Run(file)[0]
			res.Problems.Sort()
			var got []string
			for _, p := range res.Problems {
				got = append(got, fmt.Sprintf("%s %s", p.At.Start, p.Message))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestCheck: what a test names and the repository does not have is found
// without running it.
func TestCheck(t *testing.T) {
	source := standard(t)
	source["routes/small.yaml"] = []byte(small)
	b := base(t, source)
	tests := []struct {
		text string
		want []string
	}{
		{"route: smal\ntests: [{test: a}]\n", []string{`B004 unknown route "smal"; did you mean "small"?`}},
		{"tests: [{test: a}]\n", []string{`B002 test: neither the test nor the file names a route`}},
		{people + "  colour: red\n", []string{`B001 test: unknown key "colour"`}},
		{people + "  answers: [{frist: good}]\n", []string{`B005 route "small": unknown step "frist"; did you mean "first"?`}},
		{people + "  answers: [{first: god}]\n", []string{`B006 step "first": unknown outcome "god"; did you mean "good"?`}},
		{people + "  answers: [{first: good, coment: x}]\n", []string{`B003 the answer is "first" already; write "coment" as one of its own`}},
		{people + "  answers: [{first: good, who: anne}]\n", []string{`B008 unknown user "anne"; did you mean "ann"?`}},
		{people + "  answers: [{after: tomorrow}]\n", []string{`B009 after: duration "tomorrow"`}},
		{people + "  card: {amont: 1}\n", []string{`B007 contracts: unknown field "amont"; did you mean "amount"?`}},
		{people + "  card: {amount: much}\n", []string{`B009 "much" is no`}},
		{people + "  status: sent\n", []string{`B007 contracts: unknown status "sent"`}},
		{people + "  settings: {approval: 1}\n", []string{`B007 unknown setting "approval"`}},
		{people + "  expect: {end: bd, path: [chef], card: {client.nam: x}, who: {first: role boss}}\n", []string{
			`B006 route "small": unknown end "bd"; did you mean "bad"?`, `B005 route "small": unknown step "chef"; did you mean "chief"?`,
			`B007 clients: unknown field "nam"; did you mean "name"?`, `B008 unknown role "boss"`}},
		{people + "- test: one\n", []string{`B010 there are two tests named "one"`}},
		{"route: small\npeople: {ann: chef}\ntests: [{test: a}]\n", []string{`B008 user "ann": unknown role "chef"`}},
	}
	for _, tt := range tests {
		_, problems := parse(t, b, tt.text)
		problems.Sort()
		for i, want := range tt.want {
			if i >= len(problems) || !strings.HasPrefix(problems[i].Code+" "+problems[i].Message, want) {
				t.Errorf("%s\nwant %s\ngot  %v", tt.text, want, problems)
				break
			}
		}
		if len(problems) != len(tt.want) {
			t.Errorf("%s\nwant %d problems, got %v", tt.text, len(tt.want), problems)
		}
	}
}

// TestCoverage names what no test has been to.
func TestCoverage(t *testing.T) {
	source := standard(t)
	source["routes/small.yaml"] = []byte(small)
	b := base(t, source)
	file, problems := parse(t, b, people+"  answers: [{first: good}]\n")
	must(t, problems.Err())
	c := trial.Cover([]*route.Route{routeOf(t, b, "small")}, b.Run(file))[0]
	var missed []string
	for _, s := range c.Missed {
		missed = append(missed, fmt.Sprintf("%d %s", s.At.Start.Line, s.Text))
	}
	want := []string{`20 step "chief"`, `15 outcome "bad" of "first"`, `15 outcome "bad" of "first" more than 1 times`,
		`18 branch 1 of "choose.2" (if amount > 100)`, `20 outcome "approve" of "chief"`, `20 outcome "reject" of "chief"`}
	if diff := cmp.Diff(want, missed); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if c.Steps != (trial.Share{Covered: 4, Total: 5}) || c.Branch != (trial.Share{Covered: 2, Total: 7}) || c.Percent() != 50 {
		t.Errorf("steps %v, branches %v, %d %%", c.Steps, c.Branch, c.Percent())
	}
}

// FuzzParse: no text makes a panic, neither reading nor checking nor running.
func FuzzParse(f *testing.F) {
	source := standard(f)
	source["routes/small.yaml"] = []byte(small)
	b := base(f, source)
	for name, data := range source {
		if strings.HasPrefix(name, definition.RouteTestsDir) {
			f.Add(string(data))
		}
	}
	f.Add(people + "  answers: [{first: good}, {after: 2wd}, {set: {amount: 5}}, {expect: {}}]\n  expect: {told: {reminder: ann}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		src, problems := yamlsrc.Parse("routes/tests/x.yaml", []byte(text))
		if problems.HasErrors() || src.Root == nil {
			return
		}
		file, problems := trial.Parse(src)
		if problems.HasErrors() || b.Check(file).HasErrors() {
			return
		}
		for _, res := range b.Run(file) {
			_ = res.OK()
		}
	})
}

// TestTheReferenceOfRouteTests runs the example of docs/route-tests.md.
func TestTheReferenceOfRouteTests(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "route-tests.md"))
	must(t, err)
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the page has no example")
	}
	b := base(t, standard(t))
	file, problems := parse(t, b, example)
	must(t, problems.Err())
	for _, res := range b.Run(file) {
		if !res.OK() {
			t.Errorf("%s: %v", res.Test.Name("en"), res.Problems.Err())
		}
	}
	if len(file.Tests) != 2 {
		t.Errorf("%d tests", len(file.Tests))
	}
}

// routeOf is a route that can be run.
func routeOf(t *testing.T, b *trial.Base, name string) *route.Route {
	t.Helper()
	for _, r := range b.Routes {
		if r.Name.Text == name {
			return r
		}
	}
	t.Fatalf("no route %q can be run", name)
	return nil
}
