package requisite

import (
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestNormalName(t *testing.T) {
	for in, want := range map[string]string{
		"ООО «Ромашка»": "ромашка",
		`ромашка,  ООО`: "ромашка",
		`Общество с ограниченной ответственностью "РОМАШКА"`: "ромашка",
		"OOO Ромашка":           "ромашка", // Latin letters
		"ПАО Сбербанк":          "сбербанк",
		"АО «НПП „Звёздочка“»":  "нпп звездочка",
		"ИП Королёв Пётр Ильич": "королев петр ильич",
		"Индивидуальный предприниматель Королев П.И.": "королев п и",
		"ООО":                     "ооо",
		"  ":                      "",
		"Рога & Копыта":           "рога & копыта",
		"С+ Инжиниринг":           "с+ инжиниринг",
		"Кофе\u00a0Хауз":          "кофе хауз",
		"Зелёный Мир":             "зеленый мир",
		"Зеле\u0308ныи\u0306 мир": "зеленый мир",
		"ООО «АО Маркет»":         "маркет",
		"ФГБОУ ВО «Академия связи»": "академия связи",
		"Автономная некоммерческая организация дополнительного образования «Курс»": "дополнительного образования курс",
	} {
		if got := NormalName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestNormalNameIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`(ООО|АО|ип|И Ё|ё|«|"|[а-яё]{1,4}| ){1,6}`)).Draw(t, "name")
		once := NormalName(s)
		if twice := NormalName(once); twice != once {
			t.Fatalf("%q: once %q, twice %q", s, once, twice)
		}
	})
}

func TestEmail(t *testing.T) {
	for in, want := range map[string]string{
		"ivan@example.invalid":                       "",
		"ivan.petrov+shop@mail.example.invalid":      "",
		"иван@почта.рф":                              "",
		"":                                           "empty",
		"ivan":                                       "no @",
		"ivan@a@example.invalid":                     "more than one @",
		"@example.invalid":                           "nothing before",
		"ivan@example":                               "no dot",
		"ivan@example..invalid":                      "dot too many",
		"ivan..p@example.invalid":                    "dot too many before",
		"iv an@example.invalid":                      "unexpected ' ' at position 3",
		"a@x.invalid, b@x.invalid":                   "more than one @",
		"Иван <ivan@example.invalid>":                "unexpected",
		"ivan@-example.invalid":                      "hyphen",
		"ivan@exam_ple.invalid":                      "unexpected '_'",
		strings.Repeat("a", 65) + "@example.invalid": "65 bytes",
	} {
		wantError(t, in, CheckEmail(in), want)
	}
	for in, want := range map[string]string{
		" Ivan@Example.INVALID ":      "ivan@example.invalid",
		"mailto:ivan@example.invalid": "ivan@example.invalid",
		"<ivan@example.invalid>":      "ivan@example.invalid",
		"ivan@xn--80a1acny.xn--p1ai":  "ivan@почта.рф",
		"Ivan@ПОЧТА.рф":               "ivan@почта.рф",
		"ivan@example.invalid.":       "ivan@example.invalid",
		"Not An Address":              "not an address",
	} {
		if got := NormalEmail(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestMoneyInWords(t *testing.T) {
	for in, want := range map[string]string{
		"0":                "Ноль рублей 00 копеек",
		"0.01":             "Ноль рублей 01 копейка",
		"1":                "Один рубль 00 копеек",
		"2.02":             "Два рубля 02 копейки",
		"5.05":             "Пять рублей 05 копеек",
		"11.11":            "Одиннадцать рублей 11 копеек",
		"12":               "Двенадцать рублей 00 копеек",
		"21.21":            "Двадцать один рубль 21 копейка",
		"100":              "Сто рублей 00 копеек",
		"111":              "Сто одиннадцать рублей 00 копеек",
		"1000":             "Одна тысяча рублей 00 копеек",
		"1234.05":          "Одна тысяча двести тридцать четыре рубля 05 копеек",
		"2000":             "Две тысячи рублей 00 копеек",
		"11000":            "Одиннадцать тысяч рублей 00 копеек",
		"21001":            "Двадцать одна тысяча один рубль 00 копеек",
		"1000000":          "Один миллион рублей 00 копеек",
		"1500000.00":       "Один миллион пятьсот тысяч рублей 00 копеек",
		"2000000000":       "Два миллиарда рублей 00 копеек",
		"999999999999.99":  "Девятьсот девяносто девять миллиардов девятьсот девяносто девять миллионов девятьсот девяносто девять тысяч девятьсот девяносто девять рублей 99 копеек",
		"-15":              "Минус пятнадцать рублей 00 копеек",
		"1000000000000000": "Один квадриллион рублей 00 копеек",
	} {
		got, err := MoneyInWords(decimal.RequireFromString(in))
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{"0.001": "fractions of a kopeck", "1000000000000000000": "too large", "1e5000": "too large"} {
		_, err := MoneyInWords(decimal.RequireFromString(in))
		wantError(t, in, err, want)
	}
	if got := KopecksInWords(math.MinInt64); !strings.HasPrefix(got, "Минус девяносто два квадриллиона") || !strings.HasSuffix(got, " 08 копеек") {
		t.Errorf("smallest sum: %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Int64Range(-1e15, 1e15).Draw(t, "kopecks")
		got, err := MoneyInWords(decimal.New(k, -2))
		if err != nil || got != KopecksInWords(k) {
			t.Fatalf("%d kopecks: %q and %q, %v", k, got, KopecksInWords(k), err)
		}
	})
}

func TestIntInWordsGender(t *testing.T) {
	if got := IntInWords(22, true) + "; " + IntInWords(1, false) + "; " + IntInWords(math.MaxUint64, false)[:len("восемнадцать квинтиллионов")]; got != "двадцать две; один; восемнадцать квинтиллионов" {
		t.Error(got)
	}
}
