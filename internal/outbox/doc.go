// Package outbox keeps letters that are to be sent, writes them and hands them
// to a mail server or to a program such as sendmail.
//
// In go letters with the identity of the document that records them; out come
// entries with their state. It never decides whether a letter may be sent: who
// calls it asks the document that records the letter. It refuses to guess after
// a crash: a letter that was being handed over when the process died is in
// doubt until a person says what became of it.
//
// Invariant: a letter is durable before its entry, and an entry says "sending"
// durably before the first byte leaves the machine.
package outbox
