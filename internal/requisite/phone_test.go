package requisite

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParsePhone(t *testing.T) {
	for in, want := range map[string]Phone{
		"8 (495) 123-45-67":              {"74951234567", ""},
		"+7 495 1234567":                 {"74951234567", ""},
		"495 123 45 67":                  {"74951234567", ""},
		"84951234567":                    {"74951234567", ""},
		"7(495)123-45-67":                {"74951234567", ""},
		"+7\u00a0495\u00a0123‑45–67":     {"74951234567", ""},
		"+8 (495) 123-45-67":             {"74951234567", ""},
		"+8-495-123-45-67":               {"74951234567", ""},
		"8 800 555 35 35":                {"78005553535", ""},
		"тел.: 8(495)123-45-67 доб. 12":  {"74951234567", "12"},
		"Тел 8-916-123-45-67":            {"79161234567", ""},
		"моб. +7 916 123 45 67":          {"79161234567", ""},
		"8 (495) 123-45-67 (доб. 123)":   {"74951234567", "123"},
		"8 (495) 123-45-67, доб.12":      {"74951234567", "12"},
		"+7 (495) 123-45-67 ext. 4":      {"74951234567", "4"},
		"+74951234567x305":               {"74951234567", "305"},
		"8 495 123-45-67 #0012":          {"74951234567", "0012"},
		"8 495 123-45-67 вн. 5":          {"74951234567", "5"},
		"8 495 123-45-67 внутренний № 5": {"74951234567", "5"},
		"tel:+7-495-123-45-67":           {"74951234567", ""},
		"+375 29 123-45-67":              {"375291234567", ""},
		"+84 95 123 45 67":               {"84951234567", ""},
		"8-10-375-29-123-45-67":          {"375291234567", ""},
		"00 49 30 1234567":               {"49301234567", ""},
		"+1 (212) 555-0100":              {"12125550100", ""},
		"+7 701 123 45 67":               {"77011234567", ""}, // Kazakhstan
		" +7 495 123-45-67; ":            {"74951234567", ""},
	} {
		got, err := ParsePhone(in)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
}

func TestParsePhoneRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                                   "no digits",
		"нет":                                "unexpected 'н'",
		"123-45-67":                          "has 7 digits: the area code is missing",
		"8 (495) 123-45-67, 8 916 123-45-67": "several numbers",
		"84951234567/84957654321":            "several numbers",
		"+7 495 123-45-6":                    "has 10 digits, a number of country code 7 has 11",
		"+7 095 123-45-67":                   `area code "095"`,
		"+7 195 123-45-67":                   `area code "195"`,
		"99999999999":                        "has 11 digits; a Russian number has 11, a foreign one starts with a plus",
		"+1234567890123456":                  "at most 15",
		"+12345":                             "at least 8",
		"00000000000":                        "zeros only",
		"+0 495 123 45 67":                   "no country code",
		"8 (495) 123-45-67 Иван":             "unexpected 'И'",
		"доб. 12":                            "unexpected",
	} {
		_, err := ParsePhone(in)
		wantError(t, in, err, want)
	}
}

func TestPhoneString(t *testing.T) {
	for want, p := range map[string]Phone{
		"+7 495 123-45-67 доб. 12": {"74951234567", "12"},
		"+7 495 123-45-67":         {"74951234567", ""},
		"+375291234567":            {"375291234567", ""},
		"":                         {},
	} {
		if got := p.String(); got != want {
			t.Errorf("%#v: got %q, want %q", p, got, want)
		}
	}
	if got := (Phone{"74951234567", "12"}).E164(); got != "+74951234567" {
		t.Errorf("E164 = %q", got)
	}
}

func TestPhoneRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Phone{Number: rapid.StringMatching(`7[3-9][0-9]{9}|375[0-9]{9}|49[1-9][0-9]{7}`).Draw(t, "number"),
			Ext: rapid.StringMatching(`|[0-9]{1,5}`).Draw(t, "ext")}
		got, err := ParsePhone(p.String())
		if err != nil || got != p {
			t.Fatalf("%q read as %+v, %v", p.String(), got, err)
		}
	})
}

func FuzzParsePhone(f *testing.F) {
	for _, s := range []string{"8 (495) 123-45-67 доб. 12", "+", "x1", "\xff", "tel:tel:+7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePhone(s)
		if err != nil {
			return
		}
		again, err := ParsePhone(p.String())
		if err != nil || again != p {
			t.Fatalf("%q gave %+v, whose form %q gives %+v, %v", s, p, p.String(), again, err)
		}
	})
}
