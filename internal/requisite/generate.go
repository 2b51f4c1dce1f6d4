package requisite

import "fmt"

// The generators below make valid requisites for demonstrations and tests. The
// same seed always gives the same number. Seeds below the stated bound give
// different numbers, so a million clients need no table of numbers in use.

const (
	regions = 79 // the plain region codes 01–79
	// scatter is prime to every modulus below, so that multiplying by it only
	// reorders the numbers.
	scatter = 611953
)

// place spreads the seed over regions*size numbers without collisions and
// returns the region code and the ordinal within it.
func place(seed, size uint64) (region, ordinal uint64) {
	m := regions * size
	k := (seed%m*scatter + 104729) % m
	return k/size + 1, k % size
}

// MakeINN10 makes the INN of an organisation; different for seeds below
// 790,000,000.
func MakeINN10(seed uint64) string {
	region, ordinal := place(seed, 10_000_000)
	s := fmt.Sprintf("%02d%07d", region, ordinal)
	return s + digit(weighted(s, innWeights10)%11%10)
}

// MakeINN12 makes the INN of a person; different for seeds below 7,900,000,000.
func MakeINN12(seed uint64) string {
	region, ordinal := place(seed, 100_000_000)
	s := fmt.Sprintf("%02d%08d", region, ordinal)
	s += digit(weighted(s, innWeights11) % 11 % 10)
	return s + digit(weighted(s, innWeights12)%11%10)
}

// MakeKPP makes the KPP of an organisation at its own address (reason 01).
// With the seed of MakeINN10 it has the region and office of that INN.
func MakeKPP(seed uint64) string {
	return MakeINN10(seed)[:4] + "01001"
}

// MakeOGRN makes the OGRN of an organisation; different for seeds below
// 790,000,000.
func MakeOGRN(seed uint64) string {
	region, ordinal := place(seed, 10_000_000)
	s := fmt.Sprintf("1%02d%02d%07d", 2+ordinal%23, region, ordinal)
	return s + digit(int(remainder(s, 11)%10))
}

// MakeOGRNIP makes the OGRNIP of an entrepreneur; different for seeds below
// 790,000,000.
func MakeOGRNIP(seed uint64) string {
	region, ordinal := place(seed, 10_000_000)
	s := fmt.Sprintf("3%02d%02d%09d", 4+ordinal%21, region, ordinal)
	return s + digit(int(remainder(s, 13)%10))
}

// MakeBIK makes a BIK of the Russian numbering (04 …) that is no settlement
// centre's.
func MakeBIK(seed uint64) string {
	region, ordinal := place(seed, 10_000_000)
	return fmt.Sprintf("04%02d25%03d", region, 50+ordinal%900)
}

// MakeAccount makes the rouble account of an organisation (40702) with the
// given bank; different for seeds below 10,000,000. A BIK that CheckBIK refuses
// gives the empty text.
func MakeAccount(bik string, seed uint64) string {
	if CheckBIK(bik) != nil {
		return ""
	}
	prefix := bik[6:9]
	if settlementCentre(bik) {
		prefix = centrePrefix(bik)
	}
	s := fmt.Sprintf("4070281000000%07d", seed%10_000_000)
	return s[:8] + string(accountKey(s, prefix)) + s[9:]
}

// MakeCorrAccount makes the correspondent account of the given bank. A BIK that
// CheckBIK refuses gives the empty text.
func MakeCorrAccount(bik string) string {
	if CheckBIK(bik) != nil {
		return ""
	}
	s := "30101810000000000" + bik[6:9]
	return s[:8] + string(accountKey(s, centrePrefix(bik))) + s[9:]
}

func digit(n int) string { return string(rune('0' + n)) }
