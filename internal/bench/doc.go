// Package bench measures whole processes of e1, beside C git on the same
// repository in the same run. It holds benchmarks only; docs/performance.md
// has the commands and the figures.
package bench
