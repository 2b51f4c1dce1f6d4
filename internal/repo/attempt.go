package repo

import (
	"maps"

	"github.com/e1-dms/e1/internal/document"
)

// Attempt runs a part of a transaction that may fail on its own: after an error
// the transaction is as it was before, and may go on with something else.
// Documents that the caller already had are put back in place; those that only
// fn got are no part of the transaction any more.
func (tx *Tx) Attempt(fn func() error) error {
	type kept struct {
		at   *tracked
		was  tracked
		text *document.Document // what was.now held
	}
	var documents []kept
	for _, t := range tx.docs {
		k := kept{at: t, was: *t}
		if t.now != nil {
			k.text = t.now.Clone()
		}
		documents = append(documents, k)
	}
	before := *tx
	before.docs, before.next = maps.Clone(tx.docs), maps.Clone(tx.next)
	err := fn()
	if err == nil {
		return nil
	}
	for _, k := range documents {
		if *k.at = k.was; k.text != nil {
			*k.was.now = *k.text
		}
	}
	tx.docs, tx.order, tx.next = before.docs, before.order, before.next
	tx.files, tx.before = before.files, before.before
	tx.subject, tx.lenient, tx.op.For = before.subject, before.lenient, before.op.For
	return err
}
