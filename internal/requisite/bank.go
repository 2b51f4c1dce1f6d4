package requisite

import "fmt"

// CheckBIK accepts a bank identification code: nine digits, no checksum.
// Digits 5–6 are the settlement centre, 7–9 the bank (Bank of Russia
// regulation 732-P).
func CheckBIK(s string) error {
	const what = "BIK"
	if err := onlyDigits(what, s); err != nil {
		return err
	}
	if len(s) != 9 {
		return length(what, s, "9")
	}
	if allZeros(s) {
		return fmt.Errorf("%s %q: zeros only are no code", what, s)
	}
	return nil
}

// CheckAccount accepts the account of a bank's client: 20 characters, digits
// but for position 6, where one of the letters АВСЕНКМРТХ may stand. Its key is
// checked against the BIK of the bank by the Bank of Russia's order of
// computing the control key of an account (8 September 1997, No. 515).
//
// Two kinds of account depart from the plain rule: a bank whose BIK ends in
// 000–002 is a settlement centre of the Bank of Russia, whose accounts are
// keyed like correspondent ones; a treasury account (03…) has no key at all.
func CheckAccount(account, bik string) error {
	const what = "account"
	digits, err := accountDigits(what, account)
	if err != nil {
		return err
	}
	if err := CheckBIK(bik); err != nil {
		return fmt.Errorf("%s %q cannot be checked: %w", what, account, err)
	}
	if digits[:2] == "03" {
		return nil
	}
	prefix := bik[6:9]
	if settlementCentre(bik) || digits[:5] == "40102" {
		prefix = centrePrefix(bik)
	}
	return checkKey(what, account, digits, prefix, bik)
}

// CheckCorrAccount accepts the correspondent account of the bank itself. It is
// held at the settlement centre, so its key takes 0 and digits 5–6 of the BIK.
func CheckCorrAccount(account, bik string) error {
	const what = "correspondent account"
	digits, err := accountDigits(what, account)
	if err != nil {
		return err
	}
	if err := CheckBIK(bik); err != nil {
		return fmt.Errorf("%s %q cannot be checked: %w", what, account, err)
	}
	return checkKey(what, account, digits, centrePrefix(bik), bik)
}

func centrePrefix(bik string) string { return "0" + bik[4:6] }

func settlementCentre(bik string) bool {
	last := bik[6:9]
	return last == "000" || last == "001" || last == "002"
}

// accountDigits returns the 20 digits that the key is computed over, the letter
// at position 6 replaced by the digit it stands for.
func accountDigits(what, account string) (string, error) {
	out := make([]byte, 0, 20)
	n := 0
	for _, r := range account {
		n++
		d, letter := clearingDigit(r)
		switch {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case letter && n == 6:
			out = append(out, d)
		case n == 6:
			return "", fmt.Errorf("%s %q: %q at position 6 must be a digit or one of the letters АВСЕНКМРТХ", what, account, r)
		default:
			return "", fmt.Errorf("%s %q: %q at position %d is not a digit; write the number without spaces or separators", what, account, r, n)
		}
	}
	if n != 20 {
		return "", length(what, account, "20")
	}
	if allZeros(string(out)) {
		return "", fmt.Errorf("%s %q: zeros only are no number", what, account)
	}
	return string(out), nil
}

// clearingDigit is the digit a letter of a clearing currency stands for. The
// Latin letters of the same shape are taken too: no eye tells them apart.
func clearingDigit(r rune) (byte, bool) {
	switch r {
	case 'А', 'A':
		return '0', true
	case 'В', 'B':
		return '1', true
	case 'С', 'C':
		return '2', true
	case 'Е', 'E':
		return '3', true
	case 'Н', 'H':
		return '4', true
	case 'К', 'K':
		return '5', true
	case 'М', 'M':
		return '6', true
	case 'Р', 'P':
		return '7', true
	case 'Т', 'T':
		return '8', true
	case 'Х', 'X':
		return '9', true
	}
	return 0, false
}

// checkKey sums the last digits of the products with 7, 1, 3 over the prefix
// and the account; the sum must be divisible by ten. The key itself stands at
// position 9 of the account and has weight 3, so the right one is found by
// trying.
func checkKey(what, account, digits, prefix, bik string) error {
	if keySum(prefix+digits) == 0 {
		return nil
	}
	want := accountKey(digits, prefix)
	return fmt.Errorf("%s %q does not fit BIK %q: the key at position 9 is %c, must be %c; one of the digits, or the BIK, is wrong",
		what, account, bik, digits[8], want)
}

func accountKey(digits, prefix string) byte {
	for key := byte('0'); key <= '9'; key++ {
		if keySum(prefix+digits[:8]+string(key)+digits[9:]) == 0 {
			return key
		}
	}
	return '0' // impossible: the key's weight is coprime to ten
}

func keySum(s string) int {
	weights := [3]int{7, 1, 3}
	sum := 0
	for i := range len(s) {
		sum += int(s[i]-'0') * weights[i%3] % 10
	}
	return sum % 10
}
