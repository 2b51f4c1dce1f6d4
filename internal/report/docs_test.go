package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the results in the documentation anew")

// block is a fenced block of a page.
var block = regexp.MustCompile("(?s)```([a-z]*)\n(.*?)```")

// TestDocumentation runs the definitions of docs/reports.md and compares what
// stands after each of them with what they give.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	d, source := report.Sample(t)
	var last, first *report.Result
	var problems string
	runs, checked := 0, 0
	style := render.Style{Width: 80, Language: "ru"}
	text := string(page)
	compare := func(what, want, got string) {
		checked++
		got = strings.ReplaceAll(got, "\u00a0", " ")
		if *update {
			text = strings.Replace(text, "```\n"+want+"```", "```\n"+got+"```", 1)
			text = strings.Replace(text, "```json\n"+want+"```", "```json\n"+got+"```", 1)
			return
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-page +program):\n%s", what, diff)
		}
	}
	for _, match := range block.FindAllStringSubmatch(string(page), -1) {
		language, body := match[1], match[2]
		var b bytes.Buffer
		switch {
		case language == "yaml":
			runs++
			name := strings.TrimPrefix(strings.SplitN(body, "\n", 2)[0], "report: ")
			file, found := yamlsrc.Parse("reports/"+name+".yaml", []byte(body))
			r, more := report.Parse(file)
			found = append(append(found, more...), r.Link(d)...)
			problems, last = "", nil
			for _, p := range found {
				problems += p.Headline() + "\n"
			}
			if len(found) > 0 {
				continue
			}
			last, err = r.Run(report.Run{Source: source, Names: d, Value: d.Value, Now: report.Noon(), Language: "ru"})
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = last
			}
		case language == "json":
			if err := render.ReportJSON(&b, style.ReportOf(first)); err != nil {
				t.Fatal(err)
			}
			compare("json", body, b.String())
		case problems != "":
			compare("problems", body, problems)
		default:
			if err := style.Report(&b, style.ReportOf(last)); err != nil {
				t.Fatal(err)
			}
			compare(fmt.Sprintf("block %d", runs), body, b.String())
		}
	}
	if *update {
		if err := os.WriteFile("../../docs/reports.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if runs < 4 || checked < 5 {
		t.Errorf("the page has %d definitions and %d results", runs, checked)
	}
	for _, c := range report.Codes() {
		if !strings.Contains(string(page), "| "+c.Code+" "+c.Slug+" |") {
			t.Errorf("the page lacks %s %s", c.Code, c.Slug)
		}
	}
}
