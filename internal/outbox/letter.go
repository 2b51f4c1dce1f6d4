package outbox

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"path"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Letter is what a letter says.
type Letter struct {
	ID          string // Message-ID without angle brackets
	From        string // address, with or without a name
	ReplyTo     string
	To          []string
	Subject     string
	Date        time.Time
	Text        string
	HTML        string // beside the text, or empty
	InReplyTo   string // Message-ID without angle brackets
	References  []string
	Automatic   string // RFC 3834: auto-generated or auto-replied
	Attachments []Attachment
}

// Attachment is a file of a letter.
type Attachment struct {
	Name string
	Data []byte
}

// AddressError is an address that no letter can be sent to or from.
type AddressError struct {
	Address string
	Err     error
}

func (e *AddressError) Error() string { return fmt.Sprintf("%q is no e-mail address", e.Address) }

// Unwrap gives what the parser said.
func (e *AddressError) Unwrap() error { return e.Err }

// Write gives the letter as RFC 5322 has it.
func (l *Letter) Write() ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP))
	from, err := address(l.From)
	if err != nil {
		return nil, err
	}
	m.FromMailAddress(from)
	for _, to := range l.To {
		a, err := address(to)
		if err != nil {
			return nil, err
		}
		m.AddToMailAddress(a)
	}
	if l.ReplyTo != "" {
		a, err := address(l.ReplyTo)
		if err != nil {
			return nil, err
		}
		m.ReplyToMailAddress(a)
	}
	m.Subject(l.Subject)
	m.SetMessageIDWithValue(l.ID)
	m.SetDateWithValue(l.Date)
	if l.InReplyTo != "" {
		m.SetGenHeader(gomail.HeaderInReplyTo, "<"+l.InReplyTo+">")
		refs := append(append([]string{}, l.References...), l.InReplyTo)
		for i := range refs {
			refs[i] = "<" + strings.Trim(refs[i], "<>") + ">"
		}
		m.SetGenHeader(gomail.HeaderReferences, strings.Join(refs, " "))
	}
	if l.Automatic != "" {
		m.SetGenHeader("Auto-Submitted", l.Automatic)
	}
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	for _, a := range l.Attachments {
		kind := mime.TypeByExtension(path.Ext(a.Name))
		switch {
		case strings.EqualFold(path.Ext(a.Name), ".docx"):
			kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case kind == "":
			kind = "application/octet-stream"
		}
		err := m.AttachReader(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(kind)), gomail.WithFileEncoding(gomail.EncodingB64))
		if err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func address(text string) (*mail.Address, error) {
	a, err := mail.ParseAddress(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, &AddressError{Address: text, Err: err}
	}
	return a, nil
}

// Address gives the bare address of one that may have a name.
func Address(text string) (string, error) {
	a, err := address(text)
	if err != nil {
		return "", err
	}
	return a.Address, nil
}
