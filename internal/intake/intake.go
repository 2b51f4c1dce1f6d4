// Package intake turns an arriving letter into a card, as an import definition
// (imports/*.yaml) says.
//
// In go definitions and a message; out comes a Result: register a document of
// a form with these values, attach the letter to a document that is already
// there, put it into quarantine, or ignore it, always with the reason. Values
// are texts as the letter has them; the form decides later whether they are
// valid.
//
// It refuses to guess: a letter that lacks what the definition requires goes to
// quarantine with what is missing, an automatic reply or bounce is never an
// inquiry. It does no I/O; documents that a letter may belong to are asked for
// through Lookup.
//
// A definition (docs/imports.md describes every key):
//
//	import: web-orders
//	title: {en: Orders from the web form, ru: Заявки с сайта}
//	from: {maildir: .git/e1/mail}
//	form: inquiries
//	match: {from: "*@shop.example.invalid", subject: "Заявка*"}
//	read: fields
//	fields:
//	  name: [Организация, Компания]
//	  phone: Телефон
//	  kind: {label: Вид, values: {Обучение: training}}
//	  lines: {label: Товар, columns: [item, qty, price], separator: ";"}
//	set: {source: web}
//	text: text
//	sender: {name: contact, email: email}
//	require: [name, phone]
//
// Invariant: every line of the letter's text is in the result, in the field for
// the text or in the value it was read into, or the letter is not registered.
package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/message"
)

// Kind is what is to be done with a letter.
type Kind uint8

// The things that can be done with a letter.
const (
	Register   Kind = iota // a new document of Result.Form
	Attach                 // the letter belongs to the document Result.Number
	Quarantine             // a person must look; Result.Reason says why
	Ignore                 // nothing is to be done; Result.Reason says why
	Answer                 // it answers to a task of the document Result.Number
)

// String is the kind in a word.
func (k Kind) String() string {
	return [...]string{"register", "attach", "quarantine", "ignore", "answer"}[min(k, Answer)]
}

// Result is what one letter comes to.
type Result struct {
	Kind        Kind
	Import      string // the definition that recognised the letter, empty for none
	Form        string
	Number      string  // of the document to attach to
	Values      []Value // in the order of the definition, each field once
	Attachments []message.Attachment
	Reason      string          // why it is attached, in quarantine or ignored
	Notes       []string        // what a person should know about a letter that is registered
	ReplyTo     message.Address // where an answer goes; zero when nobody is to be answered
}

// Value is what a field gets. A table has Rows and no Text.
type Value struct {
	Field string
	Text  string
	Rows  [][]Cell
	Label string // as the letter spells it; empty when the value is not from a labelled line
	Line  int    // of the letter's text, from 1; 0 when the value is not from its text
}

// Cell is one value in a row of a table.
type Cell struct{ Column, Text string }

// Value finds the value of a field; nil when the letter has none.
func (r Result) Value(field string) *Value {
	for i := range r.Values {
		if r.Values[i].Field == field {
			return &r.Values[i]
		}
	}
	return nil
}

// Lookup finds documents that a letter may belong to. Both methods answer with
// a number, or with the empty text.
type Lookup interface {
	// ByMessage finds the document that a letter with this Message-ID (without
	// brackets) came from or was sent for.
	ByMessage(id string) string
	// Mentioned finds the document whose number stands in a subject.
	Mentioned(subject string) string
}

// Sort puts definitions into the order in which they are tried: those that look
// at more parts of a letter come first, then those that read labelled lines,
// then by name.
func Sort(imports []*Import) {
	slices.SortStableFunc(imports, func(a, b *Import) int {
		return cmp.Or(cmp.Compare(b.Match.keys(), a.Match.keys()), cmp.Compare(a.Reading, b.Reading), cmp.Compare(a.Name, b.Name))
	})
}

// Decide finds the first of the definitions that recognises the letter, and
// reads it. The definitions are those of the folder it lies in, in the order of
// Sort. A lookup of nil knows no documents.
func Decide(imports []*Import, m *message.Message, lookup Lookup) Result {
	for _, i := range imports {
		if i.Matches(m) {
			return i.Read(m, lookup)
		}
	}
	if kind, sign := m.Automatic(); kind == message.Bounce || kind == message.AutoReply {
		return Result{Kind: Ignore, Reason: automaticReason(kind, sign)}
	}
	return Result{Kind: Quarantine, Reason: fmt.Sprintf("no import recognises this letter: from %q, subject %q", m.Sender().Address, m.Subject)}
}

// Read reads a letter that the definition recognises.
func (i *Import) Read(m *message.Message, lookup Lookup) Result {
	r := Result{Kind: Register, Import: i.Name, Form: i.Form, Attachments: m.Attachments}
	automatic, sign := m.Automatic()
	if automatic == message.Bounce || automatic == message.AutoReply {
		return i.instead(r, Ignore, automaticReason(automatic, sign))
	}
	if automatic != message.ByPerson && i.Reading == Letter && !i.AcceptAutomatic {
		return i.instead(r, Ignore, automaticReason(automatic, sign))
	}
	if number, why := belongsTo(m, lookup); number != "" {
		r = i.instead(r, Attach, why)
		r.Number = number
		r.Attachments = m.Attachments
		return r
	}
	if strings.TrimSpace(m.Text) == "" && len(m.Attachments) == 0 {
		return i.instead(r, Quarantine, "the letter is empty")
	}
	c := card{}
	if i.Reading == Fields {
		i.readFields(&c, m.Text)
	}
	i.readLetter(&c, m)
	r.Values, r.Notes = c.inOrder(i.order()), c.notes
	if missing := i.missing(r); len(missing) > 0 {
		reason := "the letter has no " + strings.Join(missing, ", no ")
		if automatic != message.ByPerson {
			// Programs send much else from the address of a web form.
			return i.instead(r, Ignore, automaticReason(automatic, sign)+", and "+reason)
		}
		quarantined := i.instead(r, Quarantine, reason)
		quarantined.Values, quarantined.Notes = r.Values, append(r.Notes, m.Problems...)
		return quarantined
	}
	r.Notes = append(r.Notes, m.Problems...)
	if automatic == message.ByPerson {
		r.ReplyTo = i.author(m)
	}
	return r
}

// instead is a result that registers nothing.
func (i *Import) instead(r Result, kind Kind, reason string) Result {
	return Result{Kind: kind, Import: i.Name, Form: i.Form, Reason: reason, Attachments: r.Attachments}
}

func automaticReason(kind message.Automatic, sign string) string {
	return fmt.Sprintf("%s (%s)", kind, sign)
}

// belongsTo finds the document that a letter answers.
func belongsTo(m *message.Message, lookup Lookup) (number, why string) {
	if lookup == nil {
		return "", ""
	}
	for _, id := range slices.Concat(m.InReplyTo, reversed(m.References)) {
		if number := lookup.ByMessage(id); number != "" {
			return number, fmt.Sprintf("answers the letter <%s>", id)
		}
	}
	if number := lookup.Mentioned(m.Subject); number != "" {
		return number, fmt.Sprintf("names the document in its subject %q", m.Subject)
	}
	return "", ""
}

// reversed puts the nearest letter of a thread first.
func reversed(ids []string) []string {
	out := slices.Clone(ids)
	slices.Reverse(out)
	return out
}

// missing names what the definition requires and the letter lacks.
func (i *Import) missing(r Result) []string {
	var out []string
	for _, field := range i.Require {
		if r.Value(field) != nil {
			continue
		}
		name := fmt.Sprintf("%q", field)
		for _, f := range i.Fields {
			if f.Field == field && len(f.Labels) > 0 {
				name = fmt.Sprintf("%q (%s)", field, strings.Join(f.Labels, ", "))
			}
		}
		out = append(out, name)
	}
	return out
}
