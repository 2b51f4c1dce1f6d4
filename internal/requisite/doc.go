// Package requisite checks and normalises what identifies a Russian
// organisation or person: INN, KPP, OGRN, BIK, bank accounts, phones, e-mail
// addresses and names, and writes sums of money in words.
//
// In go the texts people type; out come a verdict that says what is wrong (the
// length, the character and its place, the check digit that was expected) or
// the one normal form by which duplicates are found.
//
// It refuses to repair: a checker accepts a requisite exactly as it is stored,
// without spaces or separators, because a number repaired by guesswork pays
// somebody else. It does no I/O and knows nothing of registers: a valid number
// need not belong to anybody.
//
// Invariant: whatever a Make function returns is accepted by its checker, and
// changing any single digit that a checksum covers is noticed for INN, OGRN and
// accounts except where the published formula itself cannot see it.
package requisite

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// onlyDigits reports, as an error, the first character of s that is no ASCII
// digit, with its place counted in characters.
func onlyDigits(what, s string) error {
	n := 0
	for _, r := range s {
		n++
		if r < '0' || r > '9' {
			return fmt.Errorf("%s %q: %q at position %d is not a digit; write the number without spaces or separators", what, s, r, n)
		}
	}
	return nil
}

// length says how many characters a requisite has, and how many it must have.
func length(what, s, want string) error {
	return fmt.Errorf("%s %q has %s, must have %s", what, s, count(utf8.RuneCountInString(s), "character"), want)
}

// allZeros is asked separately because a number of zeros passes every checksum.
func allZeros(s string) bool { return strings.Trim(s, "0") == "" }

// weighted is the sum of the products of the leading digits of s with weights.
func weighted(s string, weights []int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

// checkDigit compares the digit at position pos (from 0) with the one computed.
func checkDigit(what, s string, pos, want int) error {
	if got := int(s[pos] - '0'); got != want {
		return fmt.Errorf("%s %q: the check digit at position %d is %d, must be %d; one of the digits is wrong", what, s, pos+1, got, want)
	}
	return nil
}

// count words a number of things: "1 digit", "2 digits".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
