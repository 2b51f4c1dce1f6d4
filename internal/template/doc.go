// Package template makes letters and typical documents of cards: in goes a
// file of templates/ with placeholders `{{ expression }}`, the environment of
// a form and the values of a document; out comes the text, HTML or docx file,
// or the letter with its head.
//
// It refuses whatever could come out wrong without anybody noticing: an
// expression that does not compile, a value that is empty without a default,
// a table where a text is meant. Problems of a template have T-codes and
// places; in a docx the line is the number of the paragraph. It does no input
// or output and knows no clock: today and now are values of the scope.
//
// Invariant: rendering gives everything or an error; the same template and
// the same values give the same bytes.
package template
