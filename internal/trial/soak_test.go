//go:build soak

package trial_test

// soak says that every mistake is tried, not a sample.
const soak = true
