// Package yamlsrc reads YAML strictly with positions, writes it canonically
// and edits people's files line by line.
//
// In go bytes; out come nodes that know their place in the file, canonical
// bytes, or the edited file. It refuses what makes a file mean something else
// to another reader: anchors, aliases, explicit tags, merge keys, duplicate
// keys, several documents, line separators of other alphabets, text that is
// not UTF-8, and files too large or too deep. Scalars keep the text as
// written: `0123`, an INN or a date are never turned into a number or a time.
// Invariant: Encode gives nothing that Parse would not read back as the same
// tree. It is the only importer of gopkg.in/yaml.v3.
package yamlsrc
