package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/config"
	"github.com/e1-dms/e1/internal/outbox"
)

// The command that prints the password is run once, however many letters there
// are, and not at all when the command was interrupted.
func TestPasswordIsAskedForOnce(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	var errs bytes.Buffer
	a := &app{Streams: Streams{Err: &errs}, conf: &config.Config{
		SMTP: "smtp://petrova@localhost:2525", SMTPPassword: "echo asking >&2; echo x >>" + asked + "; echo secret",
	}}
	sender := func(ctx context.Context) func() (string, error) {
		s, err := a.sender(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return s.(*outbox.SMTP).Password
	}
	password := sender(context.Background())
	for range 3 {
		if got, err := password(); got != "secret" || err != nil {
			t.Errorf("got %q %v", got, err)
		}
	}
	if b, err := os.ReadFile(asked); string(b) != "x\n" {
		t.Errorf("asked: %q %v", b, err)
	}
	if !strings.Contains(errs.String(), "asking") {
		t.Errorf("what it says is lost: %q", errs.String())
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := sender(ctx)(); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
