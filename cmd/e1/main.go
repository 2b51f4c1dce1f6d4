// Command e1 is a document-management and sales-process system whose database
// is a git repository of YAML files.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/e1-dms/e1/internal/cli"
)

// version is set by the linker (see the Makefile).
var version = ""

// gcPercent lets short processes end before they collect: it saves a third of
// the instructions of a command and no memory worth mentioning.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// What does not end at the first Ctrl-C is ended by the second.
	context.AfterFunc(ctx, stop)
	code := cli.Run(ctx, os.Args[1:], cli.System(), version)
	stop()
	os.Exit(code)
}
