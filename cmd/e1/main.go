// Command e1 is a document-management and sales-process system whose database
// is a git repository of YAML files.
package main

import (
	"os"
	"runtime/debug"

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
	os.Exit(cli.Main(version))
}
