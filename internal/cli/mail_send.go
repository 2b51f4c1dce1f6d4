package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/render"
	"github.com/spf13/cobra"
)

type mailSendOptions struct {
	app   *app
	limit int
	again string
}

func newMailSendCmd(a *app) *cobra.Command {
	o := &mailSendOptions{app: a}
	cmd := &cobra.Command{
		Use:   "send",
		Short: "Send the letters that wait",
		Long: `Sends what waits in the outbox, with the program or the mail server of your own
configuration (~/.config/e1/config.yaml):

  sendmail: /usr/sbin/sendmail
  smtp: smtp://user@mail.example.com:587
  smtp_password: pass show mail        # a command that prints it

A letter goes only if its document says that it is queued. What fails for now is
tried again later, first after five minutes, then twice as long each time. A
letter whose process died while it was handed over is in doubt: it is named and
not sent again by itself. Settle it with "e1 mail send --again ID" or "e1 mail
drop ID --sent". Nothing is printed when nothing waits.`,
		Example: "  e1 mail send\n  e1 mail send --dry-run\n  * * * * * cd /srv/office && e1 mail send",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runMailSend(cmd, o) },
	}
	limitFlag(cmd, &o.limit, 0, "letters")
	cmd.Flags().StringVar(&o.again, "again", "", "send the letter `ID` again that failed or is in doubt")
	a.completeFlag(cmd, "again", a.letterIDs)
	return cmd
}

func runMailSend(cmd *cobra.Command, o *mailSendOptions) error {
	a := o.app
	limit, err := a.limit(cmd, o.limit)
	if err != nil {
		return err
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if entries, err := office.Outbox(r).List(); err == nil && len(entries) == 0 && o.again == "" {
		if a.flags.json {
			return mailJSON(a, &office.MailRun{})
		}
		return nil
	}
	sender, err := a.sender(cmd.Context())
	if err != nil {
		return err
	}
	ask := office.MailRequest{Limit: limit}
	if o.again != "" {
		e, err := office.FindLetter(r, o.again)
		if err != nil {
			return err
		}
		ask.Again = e.ID
	}
	run, err := office.SendMail(cmd.Context(), r, a.officeOptions(cmd), sender, ask)
	if len(run.Doubt)+len(run.Failed) > 0 {
		err = errors.Join(err, &unsentError{run})
	}
	if a.flags.json {
		return errors.Join(err, mailJSON(a, run))
	}
	a.mailed(run)
	return err
}

// mailed says what became of the letters.
func (a *app) mailed(run *office.MailRun) {
	verb := "sent"
	if a.flags.dryRun {
		verb = "would send"
	}
	for _, e := range run.Sent {
		a.message("%s %s to %s: %s", verb, e.Document, strings.Join(e.To, ", "), e.Subject)
	}
	for _, e := range run.Later {
		a.message("%s to %s waits until %s: %s", e.Document, strings.Join(e.To, ", "), e.Next.Format("2006-01-02 15:04"), e.Error)
	}
	for _, c := range run.Commits {
		a.message("commit %s", shortID(c))
	}
}

func mailJSON(a *app, run *office.MailRun) error {
	return render.JSON(a.result, render.Object{
		{Key: "sent", Value: outboxJSON(run.Sent)}, {Key: "later", Value: outboxJSON(run.Later)},
		{Key: "failed", Value: outboxJSON(run.Failed)}, {Key: "doubt", Value: outboxJSON(run.Doubt)}, {Key: "commits", Value: run.Commits},
	})
}

// unsentError names the letters that a person has to decide about.
type unsentError struct{ run *office.MailRun }

func (e *unsentError) Error() string {
	var lines []string
	for _, x := range e.run.Failed {
		lines = append(lines, fmt.Sprintf("%s: letter %s was refused: %s", x.Document, x.ID, x.Error))
	}
	for _, x := range e.run.Doubt {
		lines = append(lines, fmt.Sprintf("%s: letter %s to %s may or may not have gone", x.Document, x.ID, strings.Join(x.To, ", ")))
	}
	return strings.Join(lines, "\n")
}

// Hint names the commands that settle it.
func (e *unsentError) Hint() string {
	return "e1 mail send --again ID, e1 mail drop ID, or e1 mail drop ID --sent"
}

// sender is the program or server of the user's own configuration.
func (a *app) sender(ctx context.Context) (outbox.Sender, error) {
	switch {
	case a.conf.SMTP != "":
		s, err := outbox.ParseSMTP(a.conf.SMTP)
		if err != nil {
			return nil, err
		}
		// Asked for once, however many letters there are.
		s.Password = sync.OnceValues(func() (string, error) { return a.mailPassword(ctx) })
		return s, nil
	case a.conf.Sendmail != "":
		return outbox.Program{Command: a.conf.Sendmail}, nil
	}
	return nil, &noSenderError{}
}

// mailPassword asks the command of the configuration.
func (a *app) mailPassword(ctx context.Context) (string, error) {
	if a.conf.SMTPPassword == "" {
		return "", errors.New("no password: write smtp_password, a command that prints it, into the configuration")
	}
	// It may ask a person on the terminal, so it stays in our process group.
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", a.conf.SMTPPassword)
	cmd.WaitDelay = time.Second
	cmd.Stderr = a.Err
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("smtp_password: %w", err)
	}
	line, _, _ := bytes.Cut(out, []byte("\n"))
	return string(line), nil
}

type noSenderError struct{}

func (*noSenderError) Error() string { return "nothing is configured that sends letters" }

// Hint says where.
func (*noSenderError) Hint() string {
	return "write sendmail: /usr/sbin/sendmail, or smtp: smtp://user@host:587, into ~/.config/e1/config.yaml"
}
