package repo

import (
	"slices"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
)

// messageKey is the kind of the index's keys for Message-IDs.
const messageKey = "message_id"

// messagesOf are the identities of the letters that led to a document: the one
// it came from and those added to it.
func messagesOf(d *document.Document) []string {
	var out []string
	if d.Message != "" {
		out = append(out, d.Message)
	}
	for _, f := range d.Files {
		if f.Message != "" && !slices.Contains(out, f.Message) {
			out = append(out, f.Message)
		}
	}
	return out
}

// messageIDs are the Message-IDs of all letters of a document, received and
// sent: an answer to any of them belongs to it.
func messageIDs(d *document.Document) []string {
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	add(d.MessageID)
	for _, f := range d.Files {
		add(f.MessageID)
	}
	for _, l := range d.Letters {
		add(trimBrackets(l.ID))
	}
	return out
}

// trimBrackets takes the angle brackets from a Message-ID.
func trimBrackets(id string) string {
	if n := len(id); n > 2 && id[0] == '<' && id[n-1] == '>' {
		return id[1 : n-1]
	}
	return id
}

// ByLetter gives the document that a letter with this identity led to, void
// ones too; "" when the letter is new.
func (l Lookup) ByLetter(identity string) (string, error) {
	if l.tx != nil {
		for _, number := range l.tx.order {
			if d := l.tx.docs[number].now; d != nil && slices.Contains(messagesOf(d), identity) {
				return number, nil
			}
		}
	}
	db, err := l.r.Index()
	if err != nil {
		return "", err
	}
	rows, err := db.ByMessage(identity)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Number, nil
}

// ByMessageID gives the newest document, void ones aside, that a letter with
// this Message-ID (without brackets) came for or was sent from; "" when there
// is none.
func (l Lookup) ByMessageID(id string) (string, error) {
	if l.tx != nil {
		for _, number := range slices.Backward(l.tx.order) {
			d := l.tx.docs[number].now
			if d != nil && d.Status != form.Void && slices.Contains(messageIDs(d), id) {
				return number, nil
			}
		}
	}
	db, err := l.r.Index()
	if err != nil {
		return "", err
	}
	rows, err := db.ByKey(messageKey, id, 0)
	if err != nil {
		return "", err
	}
	for _, row := range slices.Backward(rows) {
		if row.Status != form.Void && !l.touched(row) {
			return row.Number, nil
		}
	}
	return "", nil
}

// touched reports whether the transaction has the document in hand, so that
// the index's word on it is out of date.
func (l Lookup) touched(row index.Row) bool {
	return l.tx != nil && l.tx.docs[row.Number] != nil
}
