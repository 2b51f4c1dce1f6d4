// Package faults holds the tests that break things under the whole program:
// every command that writes is run as a process of its own and killed before
// each of its writes, or finds a full disk, a damaged index, another process
// or git at work.
//
// In goes the program as its users run it; out come repositories, which are
// judged with git and with e1 check. There is nothing to import here.
//
// One invariant: whatever happens, a repository is as before a command or as
// after it, the next command works, and nothing a person wrote is lost.
package faults
