package lintout

import (
	"bytes"
	"encoding/xml"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/e1-dms/e1/internal/diag"
)

var update = flag.Bool("update", false, "write the golden files")

func span(file string, l1, c1, l2, c2 int) diag.Span {
	return diag.Span{File: file, Start: diag.Pos{Line: l1, Column: c1}, End: diag.Pos{Line: l2, Column: c2}}
}

// sources are the files of the sample: Cyrillic before the places, a name that
// needs escapes, and one file without problems.
var sources = map[string]string{
	"routes/договор, 50%.yaml": "steps:\n- task: {ru: Проверить}   # x\n  who: role nobody\n- end: a\n- end: a\n",
	"forms/ok.yaml":            "form: ok\n",
	"e1.yaml":                  "lint: {}\n",
}

func sample() Report {
	route := "routes/договор, 50%.yaml"
	return Report{
		Tool: "e1 lint", Version: "v1.2.3", Files: []string{"e1.yaml", "forms/ok.yaml", route},
		Problems: diag.List{
			{Code: "S001", Slug: "unknown-key", Severity: diag.Note, Message: "without a place", At: diag.Span{File: "e1.yaml"}},
			{Code: "Y002", Slug: "not-utf-eight", Message: "in a file nobody saw\x01", At: diag.At("org.yaml", 1, 1)},
			{Code: "R012", Slug: "join-waits-forever", Message: "step \"a\" <waits> & waits,\r\n100% of: the time", At: span(route, 2, 3, 2, 7),
				Related: []diag.Related{{At: span(route, 3, 8, 3, 19), Message: "this one: it waits too"}},
				Path:    []string{"start", "check [reject]"}, Help: "use `join: any`"},
			{Code: "R010", Slug: "unreachable", Severity: diag.Warning, Message: "over lines", At: span(route, 2, 3, 3, 5)},
			{Code: "R023", Slug: "after-end", Message: "first", At: span(route, 4, 3, 4, 9)},
			{Code: "R023", Slug: "after-end", Message: "second, on a line of the same text", At: span(route, 5, 3, 5, 9)},
		},
		Rules: []Rule{
			{Code: "R010", Slug: "unreachable", Severity: diag.Warning, Summary: "a step nothing leads to"},
			{Code: "R012", Slug: "join-waits-forever", Summary: "a join that `waits`", Example: "- a\n+ b\n"},
			{Code: "R023", Slug: "after-end", Summary: "behind the end"},
			{Code: "S001", Slug: "unknown-key", Severity: diag.Note, Summary: "an unknown key"},
			{Code: "Y002", Slug: "not-utf-eight", Summary: "no text"},
		},
		Source: func(file string) []byte { return []byte(sources[file]) },
		StepAt: func(file, element string) (diag.Span, bool) {
			return span(file, 2, 3, 2, 7), strings.HasPrefix(element, "check")
		},
	}
}

func written(t *testing.T, format string, r Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, format, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGolden compares every format, full and empty, with its golden file.
func TestGolden(t *testing.T) {
	for _, format := range Formats() {
		for name, r := range map[string]Report{"full": sample(), "empty": {Tool: "e1 lint"}} {
			t.Run(format+"/"+name, func(t *testing.T) {
				got := written(t, format, r)
				file := filepath.Join("testdata", name+"."+format)
				if *update {
					if err := os.WriteFile(file, got, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Error(diff)
				}
				if again := written(t, format, r); !bytes.Equal(got, again) {
					t.Error("the same report gives other bytes the second time")
				}
			})
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "sarrif", Report{}); err == nil || !strings.Contains(err.Error(), "sarif, github, gitlab, junit, checkstyle") {
		t.Errorf("%v", err)
	}
}

// TestSARIFSchema holds the output against the schema of the standard.
func TestSARIFSchema(t *testing.T) {
	schema := sarifStandard(t)
	validate := func(data []byte) error {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(value)
	}
	for name, r := range map[string]Report{"full": sample(), "empty": {Tool: "e1 lint"}} {
		if err := validate(written(t, "sarif", r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for from, to := range map[string]string{`"unicodeCodePoints"`: `"bytes"`, `"columnKind"`: `"columnSort"`, `"startLine": 2`: `"startLine": 0`, `"ruleId"`: `"rule"`} {
		broken := bytes.Replace(written(t, "sarif", sample()), []byte(from), []byte(to), 1)
		if validate(broken) == nil {
			t.Errorf("the schema accepts %s in the place of %s", to, from)
		}
	}
}

// sarifStandard is the schema of SARIF 2.1.0 as published by OASIS. It is taken from
// the source of a module that carries it, which go.mod pins.
func sarifStandard(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[sarif.Report]().PkgPath()).Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && len(lit.Value) > len(text) {
			text = lit.Value
		}
		return true
	})
	if text, err = strconv.Unquote(text); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestFingerprintsAreStable: lines above a problem and another wording change
// nothing, another line does.
func TestFingerprintsAreStable(t *testing.T) {
	before := sample().fingerprints()
	seen := map[string]bool{}
	for _, print := range before {
		if seen[print] {
			t.Errorf("two problems of one fingerprint: %v", before)
		}
		seen[print] = true
	}
	r := sample()
	r.Source = func(file string) []byte { return []byte("# one line more\n" + sources[file]) }
	for i := range r.Problems {
		p := &r.Problems[i]
		p.Message += "!"
		if p.At.Start.IsValid() {
			p.At.Start.Line++
		}
	}
	after := r.fingerprints()
	for _, i := range []int{2, 3, 4, 5} {
		if before[i] != after[i] {
			t.Errorf("problem %d is another one now", i)
		}
	}
	r.Source = func(string) []byte { return []byte("\n\n- task: other\n") }
	if r.fingerprints()[2] == before[2] {
		t.Error("another line has the same fingerprint")
	}
}

// TestJUnitFollowsTheJudgement: what the caller lets pass is no failure.
func TestJUnitFollowsTheJudgement(t *testing.T) {
	count := func(r Report) (cases, failures int) {
		var out struct {
			Suites []struct {
				Cases []struct {
					Failure []struct{} `xml:"failure"`
				} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(written(t, "junit", r), &out); err != nil {
			t.Fatal(err)
		}
		for _, c := range out.Suites[0].Cases {
			failures += len(c.Failure)
		}
		return len(out.Suites[0].Cases), failures
	}
	r := sample()
	if cases, failures := count(r); cases != 4 || failures != 2 {
		t.Errorf("%d cases, %d failures", cases, failures)
	}
	r.Fails = func(diag.Problem) bool { return false }
	if _, failures := count(r); failures != 0 {
		t.Errorf("%d failures where nothing fails", failures)
	}
}
