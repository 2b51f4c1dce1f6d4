package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// Signals turns Ctrl-C and the request to terminate into the end of a context.
// The zero value is ready; methods may be called on nil.
type Signals struct{ held atomic.Int32 }

// Context gives a context that the first signal ends. The second one ends the
// process at once, which a repository survives at any instant.
func (s *Signals) Context(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(parent)
	incoming := make(chan os.Signal, 1)
	signal.Notify(incoming, os.Interrupt, syscall.SIGTERM)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case sig := <-incoming:
				if sig == os.Interrupt && s.held.Load() > 0 {
					continue
				}
				signal.Stop(incoming)
				cancel()
			}
		}
	}()
	return ctx, func() {
		signal.Stop(incoming)
		cancel()
	}
}

// Hold leaves Ctrl-C to another program of the terminal, an editor for instance,
// until it is released.
func (s *Signals) Hold() (release func()) {
	if s == nil {
		return func() {}
	}
	s.held.Add(1)
	return func() { s.held.Add(-1) }
}
