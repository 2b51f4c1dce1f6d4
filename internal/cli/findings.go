package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	e1 "github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/lintout"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/wholefile"
)

// findings says how the problems that a check found are written, and from when
// on the answer is no. lint and check share it.
type findings struct {
	out         []string
	failOn      string
	maxWarnings int
	limited     func() bool // --max-warnings was given
}

func (f *findings) addFlags(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.out, "out", nil, "write as `FORMAT[=FILE]`; may be repeated")
	flags.StringVar(&f.failOn, "fail-on", "error", "exit 1 from `SEVERITY` on")
	flags.IntVar(&f.maxWarnings, "max-warnings", -1, "exit 1 above `N` warnings")
	f.limited = func() bool { return flags.Changed("max-warnings") }
	_ = cmd.RegisterFlagCompletionFunc("out", func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if strings.Contains(typed, "=") {
			return nil, cobra.ShellCompDirectiveDefault // the name of a file
		}
		return findingFormats(), noFiles | cobra.ShellCompDirectiveNoSpace
	})
	a.completeFlag(cmd, "fail-on", func(*cobra.Command) []string { return failWords() })
}

func failWords() []string { return []string{"error", "warning", "note", "never"} }

// findingFormats are all formats that problems are written in.
func findingFormats() []string { return append(render.Formats(), lintout.Formats()...) }

// destination is one of the outputs of a run; an empty file is stdout.
type destination struct{ format, file string }

// destinations reads --out, --json and --plain before anything is done.
func (f *findings) destinations(a *app) ([]destination, error) {
	if !slices.Contains(failWords(), f.failOn) {
		return nil, usagef("--fail-on: %s", diag.Unknown("severity", f.failOn, failWords()))
	}
	if f.limited() && f.maxWarnings < 0 {
		return nil, usagef("--max-warnings takes a number from 0 on, not %d", f.maxWarnings)
	}
	var out []destination
	to := map[string]string{}
	for _, text := range f.out {
		format, file, _ := strings.Cut(text, "=")
		if !slices.Contains(findingFormats(), format) {
			return nil, usagef("--out: %s", diag.Unknown("format", format, findingFormats()))
		}
		if file == "-" {
			file = ""
		}
		if other, taken := to[file]; taken {
			where := "stdout"
			if file != "" {
				where = fmt.Sprintf("%q", file)
			}
			return nil, &usageError{message: fmt.Sprintf("--out writes %s and %s both to %s", other, format, where), hint: "give one of them a file: --out " + format + "=FILE"}
		}
		to[file] = format
		out = append(out, destination{format, file})
	}
	stdout := ""
	switch {
	case a.flags.json:
		stdout = "json"
	case a.flags.plain:
		stdout = "oneline"
	case len(out) == 0:
		stdout = "text"
	}
	if stdout != "" {
		if other, taken := to[""]; taken && other != stdout {
			return nil, usagef("--out %s and --%s both print on stdout", other, map[string]string{"json": "json", "oneline": "plain"}[stdout])
		} else if !taken {
			out = append(out, destination{stdout, ""})
		}
	}
	return out, nil
}

// fails tells whether a problem by itself makes the answer no.
func (f *findings) fails(p diag.Problem) bool {
	switch f.failOn {
	case "note":
		return true
	case "warning":
		return p.Severity != diag.Note
	case "never":
		return false
	}
	return p.Severity == diag.Error
}

// found is what a check found.
type found struct {
	command string // the command: "e1 lint"
	looked  string // "3 files", for the closing message
	problem render.Problems
	files   []string // all files looked at, where a format lists them
	stepAt  func(file, element string) (diag.Span, bool)
}

// finish writes what was found to every destination, and errNo when the
// answer is no.
func (f *findings) finish(a *app, r *repo.Repo, to []destination, w found) error {
	source := sync.OnceValue(func() func(string) []byte { return workFiles(r) })
	if w.problem.Source == nil {
		w.problem.Source = func(file string) []byte { return source()(file) }
	}
	for _, d := range to {
		if d.file == "" {
			if err := f.write(a, a.result, d.format, w, a.style()); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		style := a.style()
		style.Color = false
		if err := f.write(a, &b, d.format, w, style); err != nil {
			return err
		}
		if err := wholefile.Write(d.file, b.Bytes()); err != nil {
			return cannotWrite(d.file, err)
		}
	}
	var errs, warnings, notes, failing int
	for _, p := range w.problem.List {
		switch p.Severity {
		case diag.Error:
			errs++
		case diag.Warning:
			warnings++
		default:
			notes++
		}
		if f.fails(p) {
			failing++
		}
	}
	if !a.flags.json {
		text := fmt.Sprintf("%s: %s, %s", w.looked, plural(errs, "error"), plural(warnings, "warning"))
		if notes > 0 {
			text += ", " + plural(notes, "note")
		}
		a.message("%s", text)
	}
	if f.maxWarnings >= 0 && warnings > f.maxWarnings {
		a.message("e1: %s, more than --max-warnings %d", plural(warnings, "warning"), f.maxWarnings)
		return errNo
	}
	if failing > 0 {
		return errNo
	}
	return nil
}

func (f *findings) write(a *app, w io.Writer, format string, found found, style render.Style) error {
	if slices.Contains(render.Formats(), format) {
		return style.Problems(w, format, found.problem)
	}
	return lintout.Write(w, format, lintout.Report{
		Tool: found.command, Version: a.programVersion(), Files: found.files, Problems: found.problem.List,
		Rules: lintRules(), Fails: f.fails, Source: found.problem.Source, StepAt: found.stepAt,
	})
}

// lintRules are all kinds of problems with their examples.
func lintRules() []lintout.Rule {
	severities := lint.Severities()
	var out []lintout.Rule
	for _, c := range lint.Codes() {
		rule := lintout.Rule{Code: c.Code, Slug: c.Slug, Summary: c.Summary, Severity: severities[c.Code]}
		if e, ok := lintExample(c.Code); ok {
			rule.Example = e.Difference()
		}
		out = append(out, rule)
	}
	return out
}

// lintExample is the fault and the remedy that the pages show for a code.
func lintExample(code string) (lint.Example, bool) {
	text, err := e1.LintExamples.ReadFile("docs/testdata/lint/" + code + ".txt")
	if err != nil {
		return lint.Example{}, false
	}
	return lint.ParseExample(string(text)), true
}

// workFiles reads files of the work tree for snippets, each once.
func workFiles(r *repo.Repo) func(string) []byte {
	seen := map[string][]byte{}
	return func(file string) []byte {
		if src, ok := seen[file]; ok || strings.HasPrefix(file, ".git/") {
			return src // nil for the index, say: nothing a person could read
		}
		src, err := os.ReadFile(filepath.Join(r.Root(), filepath.FromSlash(file)))
		if err != nil {
			src = nil
		}
		seen[file] = src
		return src
	}
}
