package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Main runs the program with the arguments and streams of the process and
// returns its exit code. Ctrl-C and SIGTERM end what takes long; what does not
// end by that, such as reading from a terminal, is ended by the second one.
func Main(version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return Run(ctx, os.Args[1:], System(), version)
}
