package cli

import (
	"io"

	"github.com/spf13/cobra"
)

// Command gives the tree of commands for documentation; it is not to be run.
func Command() *cobra.Command {
	return newRootCmd(&app{Streams: Streams{Out: io.Discard, Err: io.Discard, Getenv: func(string) string { return "" }}})
}
