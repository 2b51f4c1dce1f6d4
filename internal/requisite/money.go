package requisite

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// MoneyInWords writes a sum of roubles as documents do: the roubles in words
// with a capital letter, the kopecks in two digits.
// 1234.05 → «Одна тысяча двести тридцать четыре рубля 05 копеек».
// It refuses fractions of a kopeck and sums of 10¹⁸ roubles or more.
func MoneyInWords(amount decimal.Decimal) (string, error) {
	if !amount.Equal(amount.Truncate(2)) {
		return "", fmt.Errorf("sum %q has fractions of a kopeck; round it first", amount)
	}
	if amount.Abs().Cmp(decimal.New(1, 18)) >= 0 {
		return "", fmt.Errorf("sum %q is too large to be written in words", amount)
	}
	whole := amount.Abs().Truncate(0)
	kopecks := amount.Abs().Sub(whole).Shift(2).IntPart()
	return words(amount.IsNegative(), uint64(whole.IntPart()), uint64(kopecks)), nil
}

// KopecksInWords is MoneyInWords for a sum counted in kopecks.
func KopecksInWords(kopecks int64) string {
	n := uint64(kopecks)
	if kopecks < 0 {
		n = -n
	}
	return words(kopecks < 0, n/100, n%100)
}

func words(negative bool, roubles, kopecks uint64) string {
	s := IntInWords(roubles, false) + " " + Plural(roubles, "рубль", "рубля", "рублей")
	if negative {
		s = "минус " + s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:] +
		fmt.Sprintf(" %02d %s", kopecks, Plural(kopecks, "копейка", "копейки", "копеек"))
}

// Plural chooses the form of a Russian noun after the number n: one («рубль»,
// also 21), few («рубля», 2–4), many («рублей», 0, 5–20).
func Plural(n uint64, one, few, many string) string {
	switch {
	case n%100 >= 11 && n%100 <= 14:
		return many
	case n%10 == 1:
		return one
	case n%10 >= 2 && n%10 <= 4:
		return few
	}
	return many
}

// IntInWords writes n in Russian words, nominative, in the feminine gender
// («одна», «две») or the masculine one.
func IntInWords(n uint64, feminine bool) string {
	if n == 0 {
		return "ноль"
	}
	powers := []struct {
		one, few, many string
		feminine       bool
	}{
		{feminine: feminine},
		{"тысяча", "тысячи", "тысяч", true},
		{"миллион", "миллиона", "миллионов", false},
		{"миллиард", "миллиарда", "миллиардов", false},
		{"триллион", "триллиона", "триллионов", false},
		{"квадриллион", "квадриллиона", "квадриллионов", false},
		{"квинтиллион", "квинтиллиона", "квинтиллионов", false},
	}
	var parts []string
	for power := len(powers) - 1; power >= 0; power-- {
		unit := uint64(1)
		for range power {
			unit *= 1000
		}
		group := n / unit % 1000
		if group == 0 {
			continue
		}
		p := powers[power]
		parts = append(parts, belowThousand(group, p.feminine)...)
		if power > 0 {
			parts = append(parts, Plural(group, p.one, p.few, p.many))
		}
	}
	return strings.Join(parts, " ")
}

func belowThousand(n uint64, feminine bool) []string {
	hundreds := []string{"", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот"}
	tens := []string{"", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто"}
	ones := []string{"", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать",
		"двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать", "девятнадцать"}
	if feminine {
		ones[1], ones[2] = "одна", "две"
	}
	var out []string
	for _, w := range []string{hundreds[n/100], twenties(tens, n%100), ones[unitIndex(n%100)]} {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

func twenties(tens []string, n uint64) string { return tens[n/10] }

// unitIndex is the entry of the table of ones: 0–19 as they are, else the last
// digit.
func unitIndex(n uint64) uint64 {
	if n < 20 {
		return n
	}
	return n % 10
}
