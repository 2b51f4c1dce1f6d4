package lintout

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
)

// Rule is one kind of problem, as SARIF lists them.
type Rule struct {
	Code, Slug string
	Severity   diag.Severity // unless a repository judges otherwise
	Summary    string        // what is wrong and what to do, in one line
	Example    string        // a fault and its remedy as a difference; may be empty
}

// Report is the result of a run.
type Report struct {
	Tool     string   // the command: "e1 lint"
	Version  string   // of the program
	Files    []string // every file looked at, sorted, without problems too
	Problems diag.List
	Rules    []Rule // every kind of problem there is, by code
	// Fails tells whether a problem makes the answer no; nil: errors do.
	Fails func(diag.Problem) bool
	// Source gives the text of a file, nil when it is not to be had.
	Source func(file string) []byte
	// StepAt gives the place of an element of a problem's path, as far as it is
	// known; may be nil.
	StepAt func(file, element string) (diag.Span, bool)
}

// formats are the formats by name.
var formats = []struct {
	name  string
	write func(io.Writer, Report) error
}{
	{"sarif", writeSARIF},
	{"github", writeGitHub},
	{"gitlab", writeGitLab},
	{"junit", writeJUnit},
	{"checkstyle", writeCheckstyle},
}

// Formats are the names that Write knows.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes a report in one of Formats.
func Write(w io.Writer, format string, r Report) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(w, r)
		}
	}
	return fmt.Errorf("unknown format %q; known are %s", format, strings.Join(Formats(), ", "))
}

func (r Report) fails(p diag.Problem) bool {
	if r.Fails == nil {
		return p.Severity == diag.Error
	}
	return r.Fails(p)
}

// byFile gives the problems of each file in the order of the files, those of
// files that nobody looked at (a missing one, say) behind them.
func (r Report) byFile() (files []string, problems map[string]diag.List) {
	problems = map[string]diag.List{}
	known := map[string]bool{}
	for _, f := range r.Files {
		known[f] = true
	}
	files = append(files, r.Files...)
	for _, p := range r.Problems {
		if !known[p.At.File] {
			known[p.At.File] = true
			files = append(files, p.At.File)
		}
		problems[p.At.File] = append(problems[p.At.File], p)
	}
	return files, problems
}

// fingerprints names each problem so that it keeps its name when lines are
// inserted above it or its message is put better: by its code, its file, the
// text of its line, and its number among those that are equal in all of this.
func (r Report) fingerprints() []string {
	lines := map[string][]string{}
	seen := map[string]int{}
	out := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		file := p.At.File
		text, ok := lines[file]
		if !ok && r.Source != nil {
			text = strings.Split(string(r.Source(file)), "\n")
			lines[file] = text
		}
		line := ""
		if n := p.At.Start.Line; n >= 1 && n <= len(text) {
			line = strings.TrimSpace(text[n-1])
		}
		key := p.Code + "\x00" + file + "\x00" + line
		seen[key]++
		sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(seen[key])))
		out[i] = hex.EncodeToString(sum[:16])
	}
	return out
}

// wording is the message with what to do.
func wording(p diag.Problem) string {
	text := p.Message
	if len(p.Path) > 0 {
		text += "\npath: " + strings.Join(p.Path, " > ")
	}
	if p.Help != "" {
		text += "\nhelp: " + p.Help
	}
	return text
}
