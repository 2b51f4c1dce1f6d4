// Command e1 is a document-management and sales-process system whose database
// is a git repository of YAML files.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/e1-dms/e1/internal/cli"
)

// version is set by the linker (see the Makefile).
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.System(), version)
	stop()
	os.Exit(code)
}
