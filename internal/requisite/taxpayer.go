package requisite

import "fmt"

// Weights of the check digits of the INN, from the order of the Federal Tax
// Service ММВ-7-6/435@ of 29 June 2012, appendix (structure of the number).
var (
	innWeights10 = []int{2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeights11 = []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	innWeights12 = []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
)

// CheckINN accepts a taxpayer number: 10 digits for an organisation, 12 for a
// person. Each check digit is the weighted sum modulo 11 modulo 10.
func CheckINN(s string) error {
	const what = "INN"
	if err := onlyDigits(what, s); err != nil {
		return err
	}
	if len(s) != 10 && len(s) != 12 {
		return length(what, s, "10 (organisation) or 12 (person)")
	}
	if allZeros(s) {
		return fmt.Errorf("%s %q: zeros only are no number", what, s)
	}
	if len(s) == 10 {
		return checkDigit(what, s, 9, weighted(s, innWeights10)%11%10)
	}
	if err := checkDigit(what, s, 10, weighted(s, innWeights11)%11%10); err != nil {
		return err
	}
	return checkDigit(what, s, 11, weighted(s, innWeights12)%11%10)
}

// CheckKPP accepts a registration reason code: four digits of the tax office,
// two digits or capital Latin letters of the reason, three digits of the
// ordinal (order ММВ-7-6/435@ as above). It has no checksum.
func CheckKPP(s string) error {
	const what = "KPP"
	n := 0
	for _, r := range s {
		n++
		digit := r >= '0' && r <= '9'
		switch {
		case digit, (n == 5 || n == 6) && r >= 'A' && r <= 'Z':
		case n == 5 || n == 6:
			return fmt.Errorf("%s %q: %q at position %d must be a digit or a capital Latin letter", what, s, r, n)
		default:
			return fmt.Errorf("%s %q: %q at position %d is not a digit", what, s, r, n)
		}
	}
	if n != 9 {
		return length(what, s, "9")
	}
	if allZeros(s) {
		return fmt.Errorf("%s %q: zeros only are no code", what, s)
	}
	return nil
}

// CheckOGRN accepts a state registration number: 13 digits for an organisation
// (OGRN), 15 for an entrepreneur (OGRNIP). The last digit is the last digit of
// the remainder of the number before it, divided by 11 or 13 (order of the
// Ministry of Finance 165n of 30 October 2017).
func CheckOGRN(s string) error {
	what, divisor := "OGRN", uint64(11)
	if len(s) == 15 {
		what, divisor = "OGRNIP", 13
	}
	if err := onlyDigits(what, s); err != nil {
		return err
	}
	if len(s) != 13 && len(s) != 15 {
		return length(what, s, "13 (organisation) or 15 (entrepreneur)")
	}
	if allZeros(s) {
		return fmt.Errorf("%s %q: zeros only are no number", what, s)
	}
	return checkDigit(what, s, len(s)-1, int(remainder(s[:len(s)-1], divisor)%10))
}

// remainder of a decimal number of at most 18 digits.
func remainder(digits string, divisor uint64) uint64 {
	var n uint64
	for i := range len(digits) {
		n = n*10 + uint64(digits[i]-'0')
	}
	return n % divisor
}
