package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/mail"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/filelock"
)

func letter(t *testing.T) []byte {
	t.Helper()
	l := Letter{ID: "1@example.invalid", From: "Продажи <sales@example.invalid>", To: []string{"boss@example.invalid"}, Subject: "Счёт №1",
		Date: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Text: "Здравствуйте!\n.\n", InReplyTo: "0@example.invalid", Automatic: "auto-replied",
		Attachments: []Attachment{{Name: "счёт.docx", Data: []byte("PK")}}}
	raw, err := l.Write()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestLetter(t *testing.T) {
	m, err := mail.ReadMessage(strings.NewReader(string(letter(t))))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Message-Id": "<1@example.invalid>", "In-Reply-To": "<0@example.invalid>", "Auto-Submitted": "auto-replied", "User-Agent": ""} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, bad := range []Letter{{From: "nobody", To: []string{"a@example.invalid"}}, {From: "a@example.invalid", To: []string{"a@example.invalid\r\nBcc: b@example.invalid"}}} {
		var wrong *AddressError
		if _, err := bad.Write(); !errors.As(err, &wrong) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestBox(t *testing.T) {
	b := Open(t.TempDir()+"/outbox", Options{})
	e := Entry{ID: "1@example.invalid", Document: "D", To: []string{"a@example.invalid"}, Queued: time.Unix(1, 0)}
	if err := b.Put(e, []byte("letter")); err != nil {
		t.Fatal(err)
	}
	list, err := b.List()
	if err != nil || len(list) != 1 || list[0].State != Queued {
		t.Fatalf("%v %v", list, err)
	}
	if data, err := b.Letter(e.ID); err != nil || string(data) != "letter" {
		t.Errorf("%q %v", data, err)
	}
	if err := b.Remove(e.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Entry(e.ID); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	release, err := b.Lock(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var locked *filelock.LockedError
	if _, err := b.Lock(t.Context(), time.Millisecond); !errors.As(err, &locked) {
		t.Errorf("two senders at once: %v", err)
	}
	release()
}

// TestAFullDiskLeavesNoEntryWithoutALetter stops every write in turn.
func TestAFullDiskLeavesNoEntryWithoutALetter(t *testing.T) {
	for n := 1; ; n++ {
		count := 0
		b := Open(t.TempDir()+"/outbox", Options{Step: func(string, string) error {
			if count++; count == n {
				return errors.New("full")
			}
			return nil
		}})
		err := b.Put(Entry{ID: "1"}, []byte("letter"))
		list, listErr := Open(b.dir, Options{}).List()
		if listErr != nil || len(list) > 0 && err != nil {
			t.Errorf("stopped at %d: %v, %v", n, list, listErr)
		}
		if err == nil {
			if n < 5 {
				t.Errorf("only %d steps were stopped", n-1)
			}
			return
		}
	}
}

// server plays a mail server that answers DATA as told.
func server(t *testing.T, recipient, data string) (*SMTP, *string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { l.Close() })
	got := new(string)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		say := func(s string) { fmt.Fprint(c, s+"\r\n") }
		say("220 hello")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch {
			case strings.HasPrefix(line, "RCPT"):
				say(recipient)
			case strings.HasPrefix(line, "DATA"):
				say("354 go on")
				for {
					line, err := in.ReadString('\n')
					if err != nil || line == ".\r\n" {
						break
					}
					*got += line
				}
				if data == "" {
					return // the connection breaks
				}
				say(data)
			case strings.HasPrefix(line, "QUIT"):
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	s, err := ParseSMTP("smtp://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return s, got
}

func TestSMTP(t *testing.T) {
	send := func(recipient, data string) (*string, error) {
		s, got := server(t, recipient, data)
		return got, s.Send(context.Background(), "Sales <sales@example.invalid>", []string{"boss@example.invalid"}, letter(t))
	}
	if got, err := send("250 ok", "250 taken"); err != nil || !strings.Contains(*got, "Message-ID: <1@example.invalid>") {
		t.Errorf("%v\n%s", err, *got)
	}
	var refused *RefusedError
	var doubt *DoubtError
	if _, err := send("550 no such user", "250 taken"); !errors.As(err, &refused) {
		t.Errorf("refused: %v", err)
	}
	if _, err := send("450 busy", "250 taken"); err == nil || errors.As(err, &refused) || errors.As(err, &doubt) {
		t.Errorf("busy: %v", err)
	}
	if _, err := send("250 ok", "554 spam"); !errors.As(err, &refused) {
		t.Errorf("spam: %v", err)
	}
	if _, err := send("250 ok", ""); !errors.As(err, &doubt) {
		t.Errorf("broken off: %v", err)
	}
	if _, err := ParseSMTP("mail.example.com"); err == nil {
		t.Error("an address without a scheme")
	}
}

func TestProgram(t *testing.T) {
	dir := t.TempDir()
	script := dir + "/sendmail"
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncat > \"$0.got\"\nexit $CODE\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	send := func(code string) error {
		return Program{Command: "CODE=" + code + " " + script}.Send(context.Background(), "a@example.invalid", []string{"b@example.invalid"}, []byte("letter"))
	}
	if err := send("0"); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(script + ".got")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := io.ReadAll(f); string(got) != "letter" {
		t.Errorf("%q", got)
	}
	var refused *RefusedError
	if err := send("67"); !errors.As(err, &refused) {
		t.Errorf("67: %v", err)
	}
	if err := send("75"); err == nil || errors.As(err, &refused) {
		t.Errorf("75: %v", err)
	}
}

func TestAgain(t *testing.T) {
	now := time.Unix(0, 0)
	for attempts, want := range map[int]time.Duration{1: 5 * time.Minute, 2: 10 * time.Minute, 11: 24 * time.Hour} {
		if next, more := Again(now, attempts); next.Sub(now) != want || !more {
			t.Errorf("after %d: %v %v", attempts, next.Sub(now), more)
		}
	}
	if _, more := Again(now, maxAttempts); more {
		t.Error("tried for ever")
	}
}
