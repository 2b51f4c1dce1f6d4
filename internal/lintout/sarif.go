package lintout

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// Where SARIF's own description and the pages of this program are.
const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	projectURL  = "https://github.com/e1-dms/e1"
	lintPage    = projectURL + "/blob/main/docs/lint.md"
)

// The part of SARIF 2.1.0 that is written here
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html).
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool                `json:"tool"`
		Invocations []sarifInvocation        `json:"invocations"`
		Bases       map[string]sarifArtifact `json:"originalUriBaseIds"`
		ColumnKind  string                   `json:"columnKind"`
		Results     []sarifResult            `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string      `json:"id"`
		Name    string      `json:"name"`
		Short   sarifText   `json:"shortDescription"`
		Full    sarifText   `json:"fullDescription"`
		HelpURI string      `json:"helpUri"`
		Help    sarifText   `json:"help"`
		Default sarifConfig `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful bool `json:"executionSuccessful"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    *int              `json:"ruleIndex,omitempty"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Related      []sarifLocation   `json:"relatedLocations,omitempty"`
		CodeFlows    []sarifCodeFlow   `json:"codeFlows,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		ID       *int           `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI    string     `json:"uri,omitempty"`
		BaseID string     `json:"uriBaseId,omitempty"`
		About  *sarifText `json:"description,omitempty"`
	}
	sarifRegion struct {
		StartLine   int        `json:"startLine"`
		StartColumn int        `json:"startColumn"`
		EndLine     int        `json:"endLine,omitempty"`
		EndColumn   int        `json:"endColumn,omitempty"`
		Snippet     *sarifText `json:"snippet,omitempty"`
	}
	sarifCodeFlow struct {
		Message     *sarifText        `json:"message,omitempty"`
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		Locations []sarifFlowLocation `json:"locations"`
	}
	sarifFlowLocation struct {
		Location sarifLocation `json:"location"`
	}
)

// srcRoot stands for the folder of the repository, wherever it is.
const srcRoot = "%SRCROOT%"

func writeSARIF(w io.Writer, r Report) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "e1", Version: r.Version, InformationURI: projectURL, Rules: make([]sarifRule, len(r.Rules))}},
		Invocations: []sarifInvocation{{Successful: true}},
		Bases:       map[string]sarifArtifact{srcRoot: {About: &sarifText{Text: "the root of the repository"}}},
		ColumnKind:  "unicodeCodePoints",
		Results:     make([]sarifResult, len(r.Problems)),
	}
	index := map[string]int{}
	for i, rule := range r.Rules {
		index[rule.Code] = i
		run.Tool.Driver.Rules[i] = sarifRuleOf(rule)
	}
	prints := r.fingerprints()
	lines := map[string][]string{}
	for i, p := range r.Problems {
		text := p.Message
		if p.Help != "" {
			text += "\n" + p.Help
		}
		res := sarifResult{
			RuleID: p.Code, Level: p.Severity.String(), Message: sarifText{Text: text},
			Locations:    []sarifLocation{{Physical: r.physical(p.At, lines)}},
			CodeFlows:    r.codeFlows(p, lines),
			Fingerprints: map[string]string{"e1/v1": prints[i]},
		}
		if at, ok := index[p.Code]; ok {
			res.RuleIndex = &at
		}
		for k, related := range p.Related {
			id := k + 1
			res.Related = append(res.Related, sarifLocation{ID: &id, Physical: r.physical(related.At, lines), Message: &sarifText{Text: related.Message}})
		}
		run.Results[i] = res
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifRuleOf(rule Rule) sarifRule {
	summary := upperFirst(rule.Summary)
	out := sarifRule{
		ID: rule.Code, Name: pascal(rule.Slug),
		Short:   sarifText{Text: strings.ReplaceAll(rule.Slug, "-", " ")},
		Full:    sarifText{Text: summary + "."},
		HelpURI: lintPage + "#" + strings.ToLower(rule.Code) + "-" + rule.Slug,
		Help:    sarifText{Text: summary + ".", Markdown: summary + "."},
		Default: sarifConfig{Level: rule.Severity.String()},
	}
	if rule.Example != "" {
		out.Help.Text += "\n\n" + rule.Example
		out.Help.Markdown += "\n\n```diff\n" + rule.Example + "```\n"
	}
	return out
}

// physical is a place as SARIF has it. A place without a line is the file.
func (r Report) physical(at diag.Span, lines map[string][]string) *sarifPhysical {
	out := &sarifPhysical{Artifact: sarifArtifact{URI: uri(at.File), BaseID: srcRoot}}
	if !at.Start.IsValid() {
		return out
	}
	region := &sarifRegion{StartLine: at.Start.Line, StartColumn: max(at.Start.Column, 1)}
	if at.End.IsValid() && !at.End.Before(at.Start) {
		region.EndLine, region.EndColumn = at.End.Line, max(at.End.Column, 1)
	}
	if text := r.line(at.File, at.Start.Line, lines); region.EndLine == region.StartLine && text != "" {
		runes := []rune(text)
		if from, to := region.StartColumn-1, region.EndColumn-1; from < to && to <= len(runes) {
			region.Snippet = &sarifText{Text: string(runes[from:to])}
		}
	}
	out.Region = region
	return out
}

func (r Report) line(file string, n int, lines map[string][]string) string {
	if r.Source == nil {
		return ""
	}
	text, ok := lines[file]
	if !ok {
		text = strings.Split(string(r.Source(file)), "\n")
		lines[file] = text
	}
	if n < 1 || n > len(text) {
		return ""
	}
	return strings.TrimSuffix(text[n-1], "\r")
}

// codeFlows is the way to a problem, a place for each of its steps.
func (r Report) codeFlows(p diag.Problem, lines map[string][]string) []sarifCodeFlow {
	if len(p.Path) == 0 {
		return nil
	}
	flow := sarifThreadFlow{}
	for _, element := range p.Path {
		at := diag.Span{File: p.At.File}
		if r.StepAt != nil {
			if found, ok := r.StepAt(p.At.File, element); ok {
				at = found
			}
		}
		flow.Locations = append(flow.Locations, sarifFlowLocation{sarifLocation{Physical: r.physical(at, lines), Message: &sarifText{Text: element}}})
	}
	return []sarifCodeFlow{{Message: &sarifText{Text: "the shortest way to it"}, ThreadFlows: []sarifThreadFlow{flow}}}
}

// uri is a path of the repository as a relative reference.
func uri(file string) string {
	if file == "" {
		return "."
	}
	return (&url.URL{Path: file}).EscapedPath()
}

// pascal writes a slug as SARIF wants names: JoinWaitsForever.
func pascal(slug string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(slug, "-") {
		b.WriteString(upperFirst(word))
	}
	return b.String()
}

func upperFirst(s string) string {
	runes := []rune(s)
	if len(runes) == 0 {
		return s
	}
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}
