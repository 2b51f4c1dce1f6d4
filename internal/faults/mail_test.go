package faults_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
)

// offerRoute writes a letter at once, askRoute when somebody has done something.
const (
	offerRoute = `route: offer
title: Offer
for: clients
start: by hand
steps:
- do: {mail: {to: email, template: offer}}
`
	askRoute = `route: ask
title: Ask
for: clients
start: by hand
steps:
- {task: Look, id: look, who: admin}
- do: {mail: {to: email, template: offer}}
`
	offerTemplate = "---\nsubject: Offer {{ number }}\n---\nHello!\n"
)

// writing is a shop that can write letters.
func writing(t testing.TB) string {
	return template(t, "writing", func(s *shop) {
		s.copyFrom(standard(t))
		for id := range s.outbox() { // answers to what was imported
			s.e1("mail", "drop", id)
		}
		s.write("templates/offer.txt", offerTemplate)
		s.write("routes/offer.yaml", offerRoute)
		s.write("routes/ask.yaml", askRoute)
		s.e1("commit", "-m", "letters")
		s.e1("set", "CLI-000001", "email=one@example.invalid")
		s.e1("set", "CLI-000002", "email=two@example.invalid")
		s.e1("route", "start", "CLI-000001", "ask")
	})
}

// waiting is a shop with two letters in the outbox.
func waiting(t testing.TB) string {
	return template(t, "waiting", func(s *shop) {
		s.copyFrom(writing(t))
		s.e1("route", "start", "CLI-000001", "offer")
		s.e1("route", "start", "CLI-000002", "offer")
	})
}

// post is where letters go to. It counts them by Message-ID.
type post struct {
	mu     sync.Mutex
	taken  map[string]int
	before func() // is called when a letter is complete and not yet confirmed
	asked  func() // is called for a recipient
}

var messageID = regexp.MustCompile(`(?i)message-id: <([^>]+)>`)

func (p *post) take(letter string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken[messageID.FindStringSubmatch(letter)[1]]++
}

type postSession struct{ p *post }

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return postSession{p}, nil }

func (postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s postSession) Rcpt(string, *smtp.RcptOptions) error {
	if s.p.asked != nil {
		s.p.asked()
	}
	return nil
}
func (s postSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.p.take(string(b))
	if s.p.before != nil {
		s.p.before()
	}
	return nil
}
func (postSession) Reset()        {}
func (postSession) Logout() error { return nil }

// postOffice gives a shop something to send letters with: a program, or a mail
// server that others have written.
func (s *shop) postOffice(kind string) *post {
	s.t.Helper()
	p := &post{taken: map[string]int{}}
	if kind == "sendmail" {
		dir := filepath.Join(s.t.TempDir(), "sent")
		if err := os.Mkdir(dir, 0o777); err != nil {
			s.t.Fatal(err)
		}
		s.env = append(s.env, "E1_SENDMAIL=sh -c 'cat >$(mktemp "+dir+"/XXXXXXXX)'")
		s.spool = dir
		return p
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Skip(err)
	}
	server := smtp.NewServer(p)
	server.ErrorLog = log.New(io.Discard, "", 0)
	go server.Serve(l)
	s.t.Cleanup(func() { server.Close() })
	s.env = append(s.env, "E1_SMTP=smtp://"+l.Addr().String())
	return p
}

// went says how often each letter has gone.
func (s *shop) went(p *post) map[string]int {
	s.t.Helper()
	if s.spool == "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.taken
	}
	out := map[string]int{}
	files, err := filepath.Glob(s.spool + "/*")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			s.t.Fatal(err)
		}
		if m := messageID.FindStringSubmatch(string(b)); m != nil {
			out[m[1]]++
		}
	}
	return out
}

// outbox lists the letters that wait, with their states.
func (s *shop) outbox() map[string]string {
	s.t.Helper()
	var list struct {
		Letters []struct{ ID, State string }
	}
	if err := json.Unmarshal([]byte(s.e1("mail", "list", "--json")), &list); err != nil {
		s.t.Fatal(err)
	}
	out := map[string]string{}
	for _, l := range list.Letters {
		out[l.ID] = l.State
	}
	return out
}

var recordedLetter = regexp.MustCompile(`id: ([0-9a-z]{26}@[^\s,}]+)[^}]*?state: (\w+)`)

// letters says what the documents of HEAD record of letters.
func (s *shop) letters() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, path := range strings.Fields(s.git("ls-tree", "-r", "--name-only", "HEAD", "documents/clients")) {
		if !strings.HasSuffix(path, ".yaml") {
			continue
		}
		_, text, _ := strings.Cut(s.git("show", "HEAD:"+path), "\nletters:")
		for _, m := range recordedLetter.FindAllStringSubmatch(text, -1) {
			out[m[1]] = m[2]
		}
	}
	return out
}

// settled demands that every letter that a document records has gone once or is
// in doubt, was not sent twice, and is not lost. It sends what still waits.
func (s *shop) settled(p *post, want int) {
	s.t.Helper()
	for range 3 {
		if r := s.try("mail", "send"); r.code != 0 && (r.code != 3 || !strings.Contains(r.err, "may or may not have gone")) {
			s.t.Errorf("mail send ended with %d\n%s", r.code, r.err)
		}
	}
	recorded, waiting, went := s.letters(), s.outbox(), s.went(p)
	if len(recorded) != want {
		s.t.Errorf("%d letters are recorded, want %d: %v", len(recorded), want, recorded)
	}
	for id, state := range recorded {
		switch {
		case went[id] > 1:
			s.t.Errorf("letter %s has gone %d times", id, went[id])
		case state == "sent" && went[id] == 1 && waiting[id] == "":
		case state == "queued" && waiting[id] == "sending": // in doubt: somebody decides
		default:
			s.t.Errorf("letter %s is recorded as %s, waits as %q, and has gone %d times", id, state, waiting[id], went[id])
		}
	}
	for id := range went {
		if recorded[id] == "" {
			s.t.Errorf("letter %s has gone, and no document knows of it", id)
		}
	}
	s.sound()
}

// A run of mail send that is killed, or fails, at any write sends every letter
// once or leaves it in doubt.
func TestMailSendAtEveryWrite(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"sendmail", "smtp"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := command{name: "mail send " + kind, from: waiting, args: args("mail send")}
			s := copyOf(t, c.template(t))
			p := s.postOffice(kind)
			log := s.dir + ".ops"
			if r := s.fault("trace:"+log, c.args...); r.code != 0 {
				t.Fatalf("ended with %d\n%s", r.code, r.err)
			}
			s.settled(p, 2)
			if went := s.went(p); len(went) != 2 {
				t.Fatalf("went: %v", went)
			}
			b, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			o := outcome{ops: strings.Split(strings.TrimSpace(string(b)), "\n")}
			t.Logf("%d operations", len(o.ops))
			for _, fault := range []string{"kill", "eio", "enospc"} {
				for _, n := range o.points(fault+kind, 2) {
					t.Run(fmt.Sprintf("%s %03d", fault, n), func(t *testing.T) {
						s := copyOf(t, c.template(t))
						p := s.postOffice(kind)
						r := s.fault(fmt.Sprintf("%s:%d", fault, n), c.args...)
						if r.code == 0 && fault == "kill" {
							t.Skip("ended before that")
						}
						s.e1("comment", "CLI-000002", "next")
						s.settled(p, 2)
						if t.Failed() {
							t.Logf("at %s: ended with %d\n%s", o.ops[n-1], r.code, r.err)
						}
					})
				}
			}
		})
	}
}

// Whoever is killed between handing a letter over and hearing of it does not
// know whether it has gone; and does not send it again.
func TestKilledBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	s := copyOf(t, waiting(t))
	p := s.postOffice("smtp")
	cmd := s.process("mail", "send")
	p.before = func() { _ = cmd.Process.Kill() }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("not killed")
	}
	p.before = nil
	s.wants(3, "may or may not have gone", "mail", "send")
	s.settled(p, 2)
	doubt := 0
	for id, state := range s.outbox() {
		if state == "sending" {
			doubt++
			s.e1("mail", "drop", id, "--sent")
		}
	}
	if doubt != 1 {
		t.Errorf("%d letters are in doubt", doubt)
	}
	s.settled(p, 2)
	if waits := s.outbox(); len(waits) > 0 {
		t.Errorf("still waits: %v", waits)
	}
}

// Ctrl-C in the middle of a conversation ends it at once; the letter has
// certainly not gone and waits.
func TestInterruptedConversation(t *testing.T) {
	t.Parallel()
	s := copyOf(t, waiting(t))
	p := s.postOffice("smtp")
	cmd := s.process("mail", "send")
	over := make(chan struct{})
	p.asked = func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		<-over
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	close(over)
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("ended with %d\n%s", code, cmd.Stderr)
	}
	if states := s.outbox(); len(states) != 2 || slices.ContainsFunc([]string{"sending", "sent", "failed"}, func(state string) bool {
		for _, have := range states {
			if have == state {
				return true
			}
		}
		return false
	}) {
		t.Errorf("the outbox: %v", states)
	}
	p.asked = nil
	s.settled(p, 2)
	if went := s.went(p); len(went) != 2 {
		t.Errorf("went: %v", went)
	}
}

// A command that writes a letter is killed at every write: the letter of what
// has happened waits, one of what has not is never sent.
func TestLetterWrittenAtEveryWrite(t *testing.T) {
	t.Parallel()
	c := command{name: "advance with a letter", from: writing, args: args("advance CLI-000001/1")}
	o := c.undisturbed(t)
	for _, n := range o.points(c.name, 3) {
		t.Run(fmt.Sprintf("%03d", n), func(t *testing.T) {
			s := c.killed(t, n)
			p := s.postOffice("sendmail")
			reached := o.reached(s)
			s.e1("comment", "CLI-000002", "next")
			s.settled(p, reached)
			if len(s.went(p)) != reached {
				t.Errorf("killed before %s: %d letters have gone, want %d", o.ops[n-1], len(s.went(p)), reached)
			}
		})
	}
}

// process prepares e1 as a process that can be sent signals.
func (s *shop) process(args ...string) *exec.Cmd {
	cmd := exec.Command(self(), args...)
	cmd.Dir, cmd.Env = s.dir, append(append([]string{}, s.env...), commandEnv+"=1")
	cmd.Stderr = &bytes.Buffer{}
	return cmd
}
