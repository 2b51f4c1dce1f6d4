// Package e1 carries the standard configuration "E1 Sales" inside the binary:
// the forms, routes and reports of this repository's own top-level folders and
// everything else a fresh data repository starts with (repo-template).
//
// It holds no code: `e1 init` copies the files, and from then on a repository
// owns its definitions.
package e1

import "embed"

// Forms holds forms/*.yaml.
//
//go:embed forms/*.yaml
var Forms embed.FS

// Routes holds routes/*.yaml and the route tests below it.
//
//go:embed all:routes
var Routes embed.FS

// Reports holds reports/*.yaml.
//
//go:embed reports/*.yaml
var Reports embed.FS

// Template holds repo-template/, dotfiles included.
//
//go:embed all:repo-template
var Template embed.FS

// LintExamples holds docs/testdata/lint/<CODE>.txt: a fault and its remedy for
// each kind of problem, shown by `e1 explain` and in docs/lint.md.
//
//go:embed docs/testdata/lint/*.txt
var LintExamples embed.FS
