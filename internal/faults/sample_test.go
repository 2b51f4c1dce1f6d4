//go:build !soak

package faults_test

// soak says that every crash point is tried, not a sample.
const soak = false
