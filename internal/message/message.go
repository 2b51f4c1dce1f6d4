package message

import (
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// Message is one letter. Strings are UTF-8 with \n line ends.
type Message struct {
	From, To, Cc, ReplyTo []Address
	Subject               string
	Date                  time.Time // zero when absent or unreadable
	ID                    string    // Message-ID without angle brackets, empty without one
	InReplyTo, References []string  // Message-IDs without angle brackets
	Text                  string    // what a person reads: the plain text, else the HTML as text
	Attachments           []Attachment
	Problems              []string // what was read by guesswork, in the order of the letter

	fields []field
	raw    []byte // the letter
	body   []byte // the letter after its header
}

// Attachment is a part of a letter that is not its text.
type Attachment struct {
	Name      string // decoded, without folders; made up from the type when the letter gives none
	Type      string // media type in lower case, without parameters
	ContentID string // without angle brackets: pictures inside HTML
	Inline    bool   // shown inside the text
	Content   []byte // transfer encoding undone, otherwise as sent
}

// Parse reads a letter. It keeps no reference to raw in strings, but decoded
// parts that needed no decoding share its memory: raw must not change.
func Parse(raw []byte) *Message {
	m := &Message{raw: raw}
	m.fields, m.body = splitHeader(raw)
	w := walker{message: m, hint: hintCharset(m.fields)}
	m.Subject = w.words("Subject")
	m.From = w.addresses("From")
	m.To = w.addresses("To")
	m.Cc = w.addresses("Cc")
	m.ReplyTo = w.addresses("Reply-To")
	m.ID = firstOr(messageIDs(w.words("Message-ID")), "")
	m.InReplyTo = messageIDs(w.words("In-Reply-To"))
	m.References = messageIDs(w.words("References"))
	if value := m.first("Date"); value != "" {
		date, err := parseDate(value)
		if err != nil {
			w.problem("the date %q cannot be read", clean(value))
		}
		m.Date = date
	}
	if len(m.fields) == 0 {
		w.problem("the letter has no header")
	}
	w.walk(m.fields, m.body, 0)
	m.Text = joinTexts(w.texts)
	return m
}

// Header is the decoded value of the first field of that name, unfolded; empty
// when there is none. Names are compared without case.
func (m *Message) Header(name string) string {
	return firstOr(m.Headers(name), "")
}

// Headers are the decoded values of all fields of that name, in order.
func (m *Message) Headers(name string) []string {
	hint := hintCharset(m.fields)
	var out []string
	for _, f := range m.fields {
		if strings.EqualFold(f.name, name) {
			out = append(out, decodeWords(f.value, hint))
		}
	}
	return out
}

// Names are the names of the header's fields in order, in canonical case, each
// once.
func (m *Message) Names() []string {
	var out []string
	for _, f := range m.fields {
		if name := textproto.CanonicalMIMEHeaderKey(f.name); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Sender is the first author of the letter; zero when it names none.
func (m *Message) Sender() Address { return firstOr(m.From, Address{}) }

// Answer is where an answer goes: Reply-To, else From; zero when the letter
// names neither.
func (m *Message) Answer() Address { return firstOr(m.ReplyTo, m.Sender()) }

// Raw is the letter byte for byte.
func (m *Message) Raw() []byte { return m.raw }

// first is the raw value of the first field of that name.
func (m *Message) first(name string) string { return fieldValue(m.fields, name) }

func firstOr[T any](list []T, otherwise T) T {
	if len(list) == 0 {
		return otherwise
	}
	return list[0]
}

// messageIDs finds the <identifiers> in a field; text without brackets, as some
// programs write it, counts as one.
func messageIDs(value string) []string {
	var out []string
	rest := value
	for {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			break
		}
		id, after, found := strings.Cut(after, ">")
		if id = strings.Join(strings.Fields(id), ""); id != "" {
			out = append(out, id)
		}
		if !found {
			return out
		}
		rest = after
	}
	if len(out) == 0 {
		for _, word := range strings.Fields(value) {
			if strings.Contains(word, "@") {
				out = append(out, word)
			}
		}
		if one := strings.TrimSpace(value); len(out) == 0 && one != "" && !strings.ContainsAny(one, " <>") {
			out = append(out, one)
		}
	}
	return out
}
