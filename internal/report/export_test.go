package report

import (
	"testing"
	"time"
)

// Sample is the small office of the tests, for the test of the documentation.
func Sample(t testing.TB) (*Definitions, Source) {
	d := definitions(t)
	return d, sample(d)
}

// Noon is the clock of the tests.
func Noon() time.Time { return noon() }
