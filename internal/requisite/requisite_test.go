package requisite

import (
	"strings"
	"testing"
)

// wantError asserts that err mentions want, or is nil where want is empty.
func wantError(t *testing.T, input string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%q: unexpected error: %v", input, err)
	case want != "" && err == nil:
		t.Errorf("%q: accepted, want an error with %q", input, want)
	case want != "" && !strings.Contains(err.Error(), want):
		t.Errorf("%q: error %q does not say %q", input, err, want)
	}
}

func TestCheckINN(t *testing.T) {
	for in, want := range map[string]string{
		"7707083893":    "",
		"500100732259":  "",
		"7707083894":    "check digit at position 10 is 4, must be 3",
		"500100732250":  "check digit at position 12 is 0, must be 9",
		"500100732269":  "check digit at position 11 is 6, must be 5",
		"770708389":     "9 characters, must have 10",
		"":              "0 characters",
		"77070838933":   "11 characters",
		"0000000000":    "zeros only",
		"000000000000":  "zeros only",
		"7707 083893":   "' ' at position 5",
		"77О7083893":    "'О' at position 3",
		"٧٧٠٧٠٨٣٨٩٣":    "position 1 is not a digit",
		"7707083893\n":  "position 11",
		"\xff707083893": "position 1",
	} {
		wantError(t, in, CheckINN(in), want)
	}
}

func TestCheckKPP(t *testing.T) {
	for in, want := range map[string]string{
		"773601001":  "",
		"7736AZ001":  "",
		"7736az001":  "capital Latin",
		"7736АZ001":  "capital Latin", // Cyrillic А
		"77360100":   "8 characters, must have 9",
		"7736010011": "10 characters",
		"A73601001":  "position 1",
		"000000000":  "zeros only",
	} {
		wantError(t, in, CheckKPP(in), want)
	}
}

func TestCheckOGRN(t *testing.T) {
	for in, want := range map[string]string{
		"1027700132195":    "",
		"304500116000157":  "",
		"1027700132196":    "check digit at position 13 is 6, must be 5",
		"304500116000158":  "OGRNIP",
		"102770013219":     "12 characters",
		"10277001321950":   "14 characters",
		"0000000000000":    "zeros only",
		"1027700132195 ":   "' ' at position 14",
		"3045001160001577": "16 characters",
	} {
		wantError(t, in, CheckOGRN(in), want)
	}
}

func TestCheckAccount(t *testing.T) {
	for _, c := range []struct{ account, bik, want string }{
		{"40602810700000000025", "049805746", ""},
		{"40602810600000000025", "049805746", "the key at position 9 is 6, must be 7"},
		{"40602810700000000025", "049805747", "does not fit BIK"},
		{"40602810700000000025", "04980574", "BIK"},
		{"4060281070000000002", "049805746", "19 characters, must have 20"},
		{"40602810700000000О25", "049805746", "position 18"},
		{"40602Я10700000000025", "049805746", "АВСЕНКМРТХ"},
		{"00000000000000000000", "049805746", "zeros only"},
		{"40102810545370000003", "004525988", ""}, // the single treasury account, keyed like a correspondent one
		{"03100643000000017300", "004525988", ""}, // a treasury account has no key
	} {
		wantError(t, c.account, CheckAccount(c.account, c.bik), c.want)
	}
	for _, c := range []struct{ account, bik, want string }{
		{"30101810400000000225", "044525225", ""},
		{"30101810500000000225", "044525225", "the key at position 9 is 5, must be 4"},
		{"30101810400000000225", "044525", "BIK"},
	} {
		wantError(t, c.account, CheckCorrAccount(c.account, c.bik), c.want)
	}
}

// A letter at position 6 counts as its digit, in either alphabet.
func TestAccountLetters(t *testing.T) {
	for i, r := range []rune("АВСЕНКМРТХ") {
		digits := "40602" + string(rune('0'+i)) + "10000000000025"
		key := accountKey(digits, "746")
		for _, letter := range []string{string(r), string([]rune("ABCEHKMPTX")[i])} {
			account := "40602" + letter + "10" + string(key) + "00000000025"
			if err := CheckAccount(account, "049805746"); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestCheckBIK(t *testing.T) {
	for in, want := range map[string]string{
		"044525225": "", "04452522": "8 characters", "04452522a": "'a' at position 9", "000000000": "zeros only",
	} {
		wantError(t, in, CheckBIK(in), want)
	}
}

func TestGenerators(t *testing.T) {
	seen := map[string]uint64{}
	for seed := range uint64(20000) {
		bik := MakeBIK(seed)
		for _, made := range []struct {
			s      string
			err    error
			unique bool
		}{
			{MakeINN10(seed), CheckINN(MakeINN10(seed)), true},
			{MakeINN12(seed), CheckINN(MakeINN12(seed)), true},
			{MakeKPP(seed), CheckKPP(MakeKPP(seed)), false},
			{MakeOGRN(seed), CheckOGRN(MakeOGRN(seed)), true},
			{MakeOGRNIP(seed), CheckOGRN(MakeOGRNIP(seed)), true},
			{bik, CheckBIK(bik), false},
			{MakeAccount(bik, seed), CheckAccount(MakeAccount(bik, seed), bik), true},
			{MakeCorrAccount(bik), CheckCorrAccount(MakeCorrAccount(bik), bik), false},
		} {
			if made.err != nil {
				t.Fatalf("seed %d: %v", seed, made.err)
			}
			if other, twice := seen[made.s]; twice && made.unique && other != seed {
				t.Fatalf("seeds %d and %d both make %s", other, seed, made.s)
			}
			seen[made.s] = seed
		}
	}
	for _, seed := range []uint64{1 << 40, 1<<64 - 1} {
		if err := CheckINN(MakeINN12(seed)); err != nil {
			t.Error(err)
		}
	}
	// Demonstrations made years apart have the same numbers.
	if got := MakeINN10(1) + " " + MakeINN12(1) + " " + MakeAccount(MakeBIK(1), 1); got != "0107166827 010071668256 40702810900000000001" {
		t.Errorf("seed 1 made %s", got)
	}
	if got := MakeAccount("bad", 1) + MakeCorrAccount(""); got != "" {
		t.Errorf("accounts for a bad BIK: %q", got)
	}
}
