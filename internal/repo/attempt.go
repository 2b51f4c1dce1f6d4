package repo

import "maps"

// Attempt runs a part of a transaction that may fail on its own: after an error
// the transaction is as it was before, and may go on with something else.
// Documents that fn got from the transaction are not to be used after that.
func (tx *Tx) Attempt(fn func() error) error {
	docs := maps.Clone(tx.docs)
	for number, t := range docs {
		kept := *t
		if t.now != nil {
			kept.now = t.now.Clone()
		}
		docs[number] = &kept
	}
	order, files, next := len(tx.order), len(tx.files), maps.Clone(tx.next)
	subject, lenient, before := tx.subject, tx.lenient, len(tx.before)
	err := fn()
	if err != nil {
		tx.docs, tx.order, tx.files, tx.next = docs, tx.order[:order], tx.files[:files], next
		tx.subject, tx.lenient, tx.before = subject, lenient, tx.before[:before]
	}
	return err
}
