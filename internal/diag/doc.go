// Package diag describes a problem at a place in a file.
//
// In go positions, codes and messages found by the packages that read files;
// out come sorted lists, one-line headlines and source snippets. It reads no
// file, prints nothing and decides no exit code. Invariant: the headline of
// every problem is one line that matches
// ^(.+?):(\d+):(\d+): (error|warning|note) ([A-Z]\d{3}) ([a-z-]+): (.*)$
// as long as its code and slug have that shape.
package diag
