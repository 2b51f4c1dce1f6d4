// Package lintout writes problems in the formats that other programs read:
// SARIF for code scanning, workflow commands for GitHub, code quality reports
// for GitLab, JUnit and Checkstyle for everything else.
//
// In goes a [Report]: the problems, the files that were looked at, and the
// kinds of problems there are; out comes text for a writer. It reads no file,
// sorts nothing and judges nothing: which problems make the answer no is the
// caller's to say.
//
// Invariant: the same report gives the same bytes, with no time, path or name
// of the machine in them.
package lintout
