// Package message reads a mail message of the real world, tolerantly.
//
// In go the bytes of a letter as a mail server or a web form delivered it; out
// comes a Message: decoded header fields, addresses, the text a person would
// read, attachments with decoded names, what makes it automatic, and an
// identity by which a second delivery of the same letter is recognised.
//
// It refuses nothing. Broken headers, wrong or missing character sets, parts
// without a boundary and damaged encodings are read as well as they can be, and
// what was tolerated is listed in Problems. It never panics and does no I/O.
//
// The structure is walked here rather than by a MIME library, over slices of
// the original bytes: of the libraries considered, emersion/go-message gives up
// a letter at a malformed header line, and jhillyerd/enmime destroys raw 8-bit
// file names, loses the text of a multipart letter without its boundary, and
// took 2.0 s for an attachment of 50 MB that is read here in 0.35 s.
// emersion/go-message is used by the tests as a second opinion on well-formed
// letters.
//
// Invariant: every string of a Message is valid UTF-8, and memory stays below
// the size of the letter plus the size of its decoded parts.
package message
