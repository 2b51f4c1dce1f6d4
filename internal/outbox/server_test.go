package outbox

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// mailServer is a server that others have written: what it understands is what
// we say, not what we think that servers understand.
type mailServer struct {
	mu       sync.Mutex
	letters  []received
	password string
	at       map[string]*smtp.SMTPError // what it refuses: "from", "to", "data"
}

type received struct {
	from, user string
	to         []string
	data       string
}

type conversation struct {
	s *mailServer
	received
}

func (s *mailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &conversation{s: s}, nil }

func (c *conversation) AuthMechanisms() []string {
	if c.s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *conversation) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != c.s.password {
			return smtp.ErrAuthFailed
		}
		c.user = user
		return nil
	}), nil
}

func (c *conversation) refuses(what string) error {
	if err := c.s.at[what]; err != nil {
		return err
	}
	return nil
}

func (c *conversation) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	return c.refuses("from")
}

func (c *conversation) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return c.refuses("to")
}

func (c *conversation) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := c.refuses("data"); err != nil {
		return err
	}
	c.data = string(b)
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.letters = append(c.s.letters, c.received)
	return nil
}

func (c *conversation) Reset()        { c.received = received{user: c.user} }
func (c *conversation) Logout() error { return nil }

// serve starts the server and gives its address with a user's name.
func (s *mailServer) serve(t *testing.T, user string) *SMTP {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	server := smtp.NewServer(s)
	server.AllowInsecureAuth = true
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	out, err := ParseSMTP("smtp://" + user + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAgainstAServerOfOthers(t *testing.T) {
	t.Parallel()
	text := "Subject: x\r\n\r\n.\r\n..two dots\r\nКириллица\r\n" + strings.Repeat("long ", 180) + "\r\n"
	s := &mailServer{}
	if err := s.serve(t, "").Send(context.Background(), "Sales <sales@example.invalid>", []string{"boss@example.invalid", `"X, Y" <y@example.invalid>`}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	if len(s.letters) != 1 {
		t.Fatalf("%d letters", len(s.letters))
	}
	got := s.letters[0]
	if got.from != "sales@example.invalid" || strings.Join(got.to, " ") != "boss@example.invalid y@example.invalid" || got.data != text {
		t.Errorf("%+v", got)
	}

	for _, c := range []struct {
		at      string
		code    int
		refused bool
	}{{"from", 553, true}, {"from", 451, false}, {"to", 550, true}, {"to", 450, false}, {"data", 554, true}, {"data", 452, false}} {
		s := &mailServer{at: map[string]*smtp.SMTPError{c.at: {Code: c.code, Message: "says no"}}}
		err := s.serve(t, "").Send(context.Background(), "a@example.invalid", []string{"b@example.invalid"}, []byte(text))
		var refused *RefusedError
		var doubt *DoubtError
		if err == nil || errors.As(err, &refused) != c.refused || errors.As(err, &doubt) || !strings.Contains(err.Error(), "says no") || len(s.letters) > 0 {
			t.Errorf("%s %d: %v, %d letters", c.at, c.code, err, len(s.letters))
		}
	}
}

func TestSignsIn(t *testing.T) {
	t.Parallel()
	s := &mailServer{password: "secret"}
	out := s.serve(t, "petrova@")
	send := func() error {
		return out.Send(context.Background(), "a@example.invalid", []string{"b@example.invalid"}, []byte("Subject: x\r\n\r\ny\r\n"))
	}
	if err := send(); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("without a password: %v", err)
	}
	out.Password = func() (string, error) { return "wrong", nil }
	var refused *RefusedError
	if err := send(); err == nil || errors.As(err, &refused) {
		t.Errorf("with a wrong password: %v", err)
	}
	out.Password = func() (string, error) { return "secret", nil }
	if err := send(); err != nil || len(s.letters) != 1 || s.letters[0].user != "petrova" {
		t.Errorf("%v %+v", err, s.letters)
	}
}
