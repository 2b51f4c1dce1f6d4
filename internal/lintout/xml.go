package lintout

import (
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// The JUnit report as CI servers read it: one suite, one case for each file.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes one case for each file. A file passes unless a problem in
// it makes the answer no; what else was found is its output. All failures of a
// file are one element, since most readers show only the first.
func writeJUnit(w io.Writer, r Report) error {
	files, problems := r.byFile()
	suite := junitSuite{Name: r.Tool, Tests: len(files)}
	for _, file := range files {
		c := junitCase{Class: strings.ReplaceAll(r.Tool+"."+path.Dir(file), " ", "."), Name: file, File: file}
		if path.Dir(file) == "." {
			c.Class = strings.ReplaceAll(r.Tool, " ", ".")
		}
		var failed, other []string
		var codes []string
		for _, p := range problems[file] {
			text := p.Headline()
			if len(p.Path) > 0 {
				text += "\n    path: " + strings.Join(p.Path, " > ")
			}
			if p.Help != "" {
				text += "\n    help: " + p.Help
			}
			if r.fails(p) {
				failed, codes = append(failed, text), append(codes, p.Code)
			} else {
				other = append(other, text)
			}
		}
		if len(failed) > 0 {
			suite.Failures++
			first, _, _ := strings.Cut(failed[0], "\n")
			if len(failed) > 1 {
				first += fmt.Sprintf(" (and %d more)", len(failed)-1)
			}
			c.Failure = &junitFailure{Message: first, Type: codes[0], Text: strings.Join(failed, "\n")}
		}
		c.Out = strings.Join(other, "\n")
		suite.Cases = append(suite.Cases, c)
	}
	return writeXML(w, junitSuites{Name: r.Tool, Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}})
}

// The Checkstyle report.
type (
	checkstyle struct {
		XMLName xml.Name         `xml:"checkstyle"`
		Version string           `xml:"version,attr"`
		Files   []checkstyleFile `xml:"file"`
	}
	checkstyleFile struct {
		Name   string            `xml:"name,attr"`
		Errors []checkstyleError `xml:"error"`
	}
	checkstyleError struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
)

func writeCheckstyle(w io.Writer, r Report) error {
	files, problems := r.byFile()
	out := checkstyle{Version: "4.3", Files: make([]checkstyleFile, len(files))}
	for i, file := range files {
		out.Files[i].Name = file
		for _, p := range problems[file] {
			severity := p.Severity.String()
			if p.Severity == diag.Note {
				severity = "info"
			}
			text := p.Message
			if p.Help != "" {
				text += "; " + p.Help
			}
			out.Files[i].Errors = append(out.Files[i].Errors, checkstyleError{
				Line: max(p.At.Start.Line, 1), Column: max(p.At.Start.Column, 1), Severity: severity,
				Message: text, Source: "e1." + p.Code + "." + p.Slug,
			})
		}
	}
	return writeXML(w, out)
}

func writeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
