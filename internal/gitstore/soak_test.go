//go:build soak

package gitstore

// soak says that every crash point is tried, not a sample.
const soak = true
