package lintout

import (
	"encoding/json"
	"io"

	"github.com/e1-dms/e1/internal/diag"
)

// codeQuality is one finding of a code quality report
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
type codeQuality struct {
	Description string            `json:"description"`
	CheckName   string            `json:"check_name"`
	Fingerprint string            `json:"fingerprint"`
	Severity    string            `json:"severity"`
	Location    codeQualityPlaces `json:"location"`
}

type codeQualityPlaces struct {
	Path  string           `json:"path"`
	Lines codeQualityLines `json:"lines"`
}

type codeQualityLines struct {
	Begin int `json:"begin"`
	End   int `json:"end,omitempty"`
}

// writeGitLab writes a code quality report, [] when there is nothing to say.
func writeGitLab(w io.Writer, r Report) error {
	prints := r.fingerprints()
	out := make([]codeQuality, len(r.Problems))
	for i, p := range r.Problems {
		severity := "info"
		switch p.Severity {
		case diag.Error:
			severity = "major"
		case diag.Warning:
			severity = "minor"
		}
		lines := codeQualityLines{Begin: max(p.At.Start.Line, 1)}
		if p.At.End.Line > lines.Begin {
			lines.End = p.At.End.Line
		}
		out[i] = codeQuality{
			Description: p.Code + " " + p.Slug + ": " + p.Message, CheckName: p.Code, Fingerprint: prints[i], Severity: severity,
			Location: codeQualityPlaces{Path: p.At.File, Lines: lines},
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
