package cli

import (
	"context"
	"os"
)

// Main runs the program with the arguments and streams of the process and
// returns its exit code.
func Main(version string) int {
	streams := System()
	streams.Signals = &Signals{}
	ctx, stop := streams.Signals.Context(context.Background())
	defer stop()
	return Run(ctx, os.Args[1:], streams, version)
}
