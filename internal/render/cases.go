package render

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// Case is one test case of a JUnit file.
type Case struct {
	Class, Name string
	File        string
	Line        int
	// Failures are the headlines of why it failed; none: it passed.
	Failures []string
}

// junitSuites is the root of a JUnit file, in the shape that continuous
// integration servers read.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    string        `xml:"line,attr,omitempty"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Cases writes test cases as a JUnit file, one suite for each class, in order.
func Cases(w io.Writer, cases []Case) error {
	var out junitSuites
	for _, c := range cases {
		if n := len(out.Suites); n == 0 || out.Suites[n-1].Name != c.Class {
			out.Suites = append(out.Suites, junitSuite{Name: c.Class})
		}
		suite := &out.Suites[len(out.Suites)-1]
		one := junitCase{Class: c.Class, Name: c.Name, File: c.File}
		if c.Line > 0 {
			one.Line = strconv.Itoa(c.Line)
		}
		if len(c.Failures) > 0 {
			one.Failure = &junitFailure{Message: c.Failures[0], Text: strings.Join(c.Failures, "\n")}
			suite.Failures++
			out.Failures++
		}
		suite.Tests++
		out.Tests++
		suite.Cases = append(suite.Cases, one)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
