package lint_test

import (
	"archive/zip"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/google/go-cmp/cmp"
)

// TestTemplateOfAnotherForm: a route that uses a template which is made for
// another form says so itself, and is judged like any other one.
func TestTemplateOfAnotherForm(t *testing.T) {
	all := shipped(t)
	all["routes/trial.yaml"] = `route: trial
for: contracts
start: by hand
controller: role head_of_sales
steps:
- {task: A, who: role lawyer, due: 0wd, outcomes: {done: {end: over}}}
- do: [{generate: {template: invoice.html}}, {mail: {to: client.email, template: invoice-letter}}]
`
	want := []string{
		`routes/trial.yaml:6:36: error R060 impossible-deadline: step "task.1" is late when it is given: due is 0wd`,
		`routes/trial.yaml:7:3: error R010 unreachable-step: step "do.2" is never reached: every outcome of "task.1" leads elsewhere before it`,
		`routes/trial.yaml:7:30: error R080 unfit-arguments: the template "invoice.html" does not fit the form "contracts", which has no "person", "kpp", "lines", "total"`,
		`routes/trial.yaml:7:82: error R080 unfit-arguments: the template "invoice-letter" does not fit the form "contracts", which has no "person", "total"`,
	}
	if diff := cmp.Diff(want, headlines(t, all, "routes/trial.yaml")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, headlines(t, all)); diff != "" {
		t.Errorf("all files: %s", diff)
	}
	found, err := lint.Run(definition.New(all), "routes/trial.yaml")
	if err != nil {
		t.Fatal(err)
	}
	last := found.Problems[len(found.Problems)-1]
	if len(last.Related) < 2 || last.Related[0].At.File != "templates/invoice-letter.txt" {
		t.Errorf("the places in the template are not named: %+v", last.Related)
	}
}

// TestMisspeltInTemplate: a misspelt name is a fault of the template, which is
// reported with every file that uses it.
func TestMisspeltInTemplate(t *testing.T) {
	all := shipped(t)
	edit(t, all, "templates/order-received.txt", "filled(person)", "filled(persn)")
	want := []string{`templates/order-received.txt:4:26: error T006 unknown-name: unknown name "persn"`}
	for _, paths := range [][]string{nil, {"rules/answer-order.yaml"}, {"templates"}} {
		got := headlines(t, all, paths...)
		for i, h := range got {
			if i >= len(want) || h != want[i] {
				t.Errorf("%q: %q", paths, got)
				break
			}
		}
		if len(got) == 0 {
			t.Errorf("%q: nothing is reported", paths)
		}
	}
	if got := headlines(t, all, "routes/retail.yaml"); len(got) > 0 {
		t.Errorf("a route that does not use it: %q", got)
	}
}

// TestTemplatesInEnglish: whoever begins in English gets every template in it,
// saying the same of the same fields.
func TestTemplatesInEnglish(t *testing.T) {
	all := shipped(t)
	placeholder := regexp.MustCompile(`\{\{.*?\}\}`)
	inWords := regexp.MustCompile(` \(\{\{ in_words\(.*?\) \}\}\)`) // Russian only
	tried := 0
	for name, src := range all {
		if path.Dir(name) != "templates" {
			continue
		}
		tried++
		english, ok := all["en/"+name]
		if !ok {
			t.Errorf("%s has no English version", name)
			continue
		}
		if path.Ext(name) == ".docx" {
			src, english = wordsOf(t, src), wordsOf(t, english)
		}
		if cyrillic := regexp.MustCompile(`[а-яА-ЯёЁ№]+`).FindString(english); cyrillic != "" {
			t.Errorf("en/%s has %q", name, cyrillic)
		}
		texts := regexp.MustCompile(`"[^"]*"`)
		of := func(text string) []string {
			out := placeholder.FindAllString(inWords.ReplaceAllString(text, ""), -1)
			for i := range out {
				out[i] = texts.ReplaceAllString(out[i], `""`)
			}
			return slices.DeleteFunc(out, func(s string) bool { return strings.HasPrefix(s, "{{ #") })
		}
		if diff := cmp.Diff(of(src), of(english)); diff != "" {
			t.Errorf("%s (-Russian +English):\n%s", name, diff)
		}
	}
	if tried < 10 {
		t.Errorf("only %d templates", tried)
	}
}

// wordsOf is the text part of a docx.
func wordsOf(t *testing.T, data string) string {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
