//go:build soak

package lint_test

// soak says that every line is broken, not a sample.
const soak = true
