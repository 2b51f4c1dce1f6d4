// Package document reads and writes one registered document: its card, links,
// files, route instances, letters and comments.
//
// In go the bytes of a document's YAML file; out come a Document, its canonical
// bytes, or the differences of two documents. It knows no forms: card values
// stay text, tables of text or lists of text, which package form decodes. It
// reads no file and knows no clock. Invariant: what Encode writes reads back as
// an equal document, keys this version does not know included, and a document
// that did not change gives the same bytes.
package document
