package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/render"
)

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return runVersion(a) },
	}
}

func runVersion(a *app) error {
	if a.flags.json {
		return render.JSON(a.result, render.Object{{Key: "version", Value: a.programVersion()}})
	}
	_, err := fmt.Fprintln(a.result, "e1", a.programVersion())
	return err
}

// programVersion falls back to what the Go tool recorded when no linker flag
// said the version.
func (a *app) programVersion() string {
	if a.version != "" {
		return a.version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
