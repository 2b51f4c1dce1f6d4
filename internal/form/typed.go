package form

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/requisite"
	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"
)

// The functions of this file read what people type for the types that need nothing but the text, and give the
// canonical text. Each accepts its own result.

// Limits of texts, in bytes.
const (
	maxLine      = 16 << 10
	maxMultiline = 4 << 20
)

// typedLine is a text of one line: line breaks become spaces, space around it goes, control characters go.
func typedLine(text string) (string, error) {
	text = strings.Join(strings.FieldsFunc(clean(text, false), func(r rune) bool { return r == '\n' }), " ")
	text = strings.TrimSpace(text)
	if len(text) > maxLine {
		return "", fmt.Errorf("the text has %d bytes, at most %d are possible", len(text), maxLine)
	}
	return text, nil
}

// typedLines is a text of several lines: line ends become \n, space behind the text goes.
func typedLines(text string) (string, error) {
	text = strings.TrimRightFunc(clean(text, true), unicode.IsSpace)
	text = strings.TrimLeft(text, "\n")
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	if len(text) > maxMultiline {
		return "", fmt.Errorf("the text has %d bytes, at most %d are possible", len(text), maxMultiline)
	}
	return text, nil
}

// Lines is a text of several lines as cards and comments keep it; see docs/forms.md for what is made of it. A text that
// is not UTF-8 is refused: nobody knows which letters were meant.
func Lines(text string) (string, error) {
	if err := encoded(text); err != nil {
		return "", err
	}
	return typedLines(text)
}

// EncodingError says that a text is not UTF-8.
type EncodingError struct{ text string }

func (e *EncodingError) Error() string { return fmt.Sprintf("the text %q is not UTF-8", e.text) }

// Hint says where that usually comes from.
func (e *EncodingError) Hint() string {
	return "the terminal or the file has another encoding: export LC_ALL=C.UTF-8, or iconv -f CP1251 -t UTF-8 FILE"
}

// Code is the error's stable word.
func (e *EncodingError) Code() string { return "encoding" }

func encoded(text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return &EncodingError{text}
}

// clean composes letters (й typed as two characters equals й), unifies line ends and drops what cannot be seen.
func clean(text string, tabs bool) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n").Replace(text)
	return norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			if tabs {
				return r
			}
			return ' '
		case unicode.IsControl(r), r == '\uFEFF', r == '\u00AD':
			return -1
		}
		return r
	}, text))
}

// squeeze drops spaces and the separators people put between the digits of a requisite.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '–' || r == '.' {
			return -1
		}
		return r
	}, text)
}

func typedBool(text string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "yes", "y", "да", "д", "1", "+", "истина", "on", "вкл":
		return "true", nil
	case "false", "no", "n", "нет", "н", "0", "-", "ложь", "off", "выкл":
		return "false", nil
	}
	return "", fmt.Errorf("%q is neither yes nor no", text)
}

func typedInt(text string) (string, error) {
	d, err := typedNumber(text)
	if err != nil {
		return "", err
	}
	if !d.IsInteger() || !d.BigInt().IsInt64() {
		return "", fmt.Errorf("%q is no whole number", text)
	}
	return strconv.FormatInt(d.IntPart(), 10), nil
}

func typedDecimal(text string) (string, error) {
	d, err := typedNumber(text)
	if err != nil {
		return "", err
	}
	return d.String(), nil
}

func typedMoney(text string) (string, error) {
	t := strings.TrimSpace(text)
	for _, unit := range []string{"рублей", "рубля", "рубль", "руб.", "руб", "р.", "р", "₽", "rub", "$", "€"} {
		lower := strings.ToLower(t)
		if strings.HasSuffix(lower, unit) {
			t = strings.TrimSpace(t[:len(t)-len(unit)])
			break
		}
		if strings.HasPrefix(lower, unit) {
			t = strings.TrimSpace(t[len(unit):])
			break
		}
	}
	d, err := typedNumber(t)
	if err != nil {
		return "", err
	}
	if !d.Equal(d.Round(2)) {
		return "", fmt.Errorf("%q has more than two digits behind the point", text)
	}
	return d.StringFixed(2), nil
}

// typedNumber reads a number in Russian and English habits: 1500000.5, 1 500 000,50, 1,500,000.50, 1.500.000,50,
// 1,5 млн. What could mean two numbers, 1,500, is refused.
func typedNumber(text string) (decimal.Decimal, error) {
	bad := func(why string) (decimal.Decimal, error) {
		return decimal.Decimal{}, fmt.Errorf("%q is no number%s", strings.TrimSpace(text), why)
	}
	t := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u00A0' || r == '\u202F' || r == '\'' || r == '’' || r == '_' {
			return -1
		}
		if r == '−' || r == '–' {
			return '-'
		}
		return r
	}, strings.ToLower(text))
	factor := int64(1)
	for _, u := range []struct {
		word  string
		times int64
	}{{"тыс.", 1000}, {"тыс", 1000}, {"млн.", 1000000}, {"млн", 1000000}} {
		if cut, ok := strings.CutSuffix(t, u.word); ok {
			t, factor = cut, u.times
			break
		}
	}
	sign := strings.HasPrefix(t, "-")
	t = strings.TrimPrefix(strings.TrimPrefix(t, "-"), "+")
	if t == "" || strings.Trim(t, "0123456789.,") != "" {
		return bad("")
	}
	point := strings.LastIndexAny(t, ".,")
	if point >= 0 {
		sep := t[point : point+1]
		other := "."
		if sep == "." {
			other = ","
		}
		whole, frac := t[:point], t[point+1:]
		switch {
		case strings.Contains(whole, sep): // 1,500,000 or 1.500.000
			if strings.Contains(whole, other) || !grouped(t, sep) {
				return bad("")
			}
			t = strings.ReplaceAll(t, sep, "")
		case strings.Contains(whole, other): // 1.500.000,50
			if !grouped(whole, other) || frac == "" {
				return bad("")
			}
			t = strings.ReplaceAll(whole, other, "") + "." + frac
		case frac == "" || whole == "":
			return bad("")
		case sep == "," && len(frac) == 3 && len(whole) <= 3 && whole != "0":
			return bad(fmt.Sprintf(": it may be %s%s or %s.%s; write one of these", whole, frac, whole, strings.TrimRight(frac, "0")))
		default:
			t = whole + "." + frac
		}
	}
	if sign {
		t = "-" + t
	}
	d, err := expr.ParseDecimal(t)
	if err != nil {
		return bad("")
	}
	return d.Mul(decimal.NewFromInt(factor)), nil
}

// grouped reports whether a separator stands between groups of three digits.
func grouped(t, sep string) bool {
	groups := strings.Split(t, sep)
	for i, g := range groups {
		if i == 0 && (len(g) < 1 || len(g) > 3) || i > 0 && len(g) != 3 {
			return false
		}
	}
	return true
}

var months = []string{"янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"}
var monthsEN = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}

// typedDate reads 2026-11-23, 23.11.2026, 23.11.26, 23/11/2026 where the day cannot be a month, 23 ноября 2026,
// and today, tomorrow, yesterday, +3d.
func typedDate(text string, now time.Time) (expr.Date, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	if d, err := expr.ParseDate(t); err == nil {
		return d, nil
	}
	switch t {
	case "today", "сегодня":
		return expr.DateOf(now), nil
	case "tomorrow", "завтра":
		return expr.DateOf(now).AddDays(1), nil
	case "yesterday", "вчера":
		return expr.DateOf(now).AddDays(-1), nil
	}
	if rest, ok := strings.CutPrefix(t, "+"); ok {
		if d, err := worktime.ParseDuration(rest); err == nil && !d.Working() && d.Hours == 0 && d.Minutes == 0 {
			return expr.DateOf(now).AddDays(d.Weeks*7 + d.Days), nil
		}
	}
	bad := fmt.Errorf("%q is no date, write it as 2026-11-23 or 23.11.2026", strings.TrimSpace(text))
	t = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(t, "года"), "г."))
	sep := "."
	if strings.Contains(t, "/") {
		sep = "/"
	}
	parts := strings.Split(t, sep)
	if len(parts) != 3 {
		if parts = strings.Fields(t); len(parts) != 3 {
			return expr.Date{}, bad
		}
		month := monthNamed(parts[1])
		if month == 0 {
			return expr.Date{}, bad
		}
		parts[1], sep = strconv.Itoa(month), " "
	}
	day, ok1 := smallNumber(parts[0], 2)
	month, ok2 := smallNumber(parts[1], 2)
	year, ok3 := smallNumber(parts[2], 4)
	if !ok1 || !ok2 || !ok3 || len(parts[2]) != 2 && len(parts[2]) != 4 {
		return expr.Date{}, bad
	}
	if len(parts[2]) == 2 {
		year += 2000
	}
	if sep == "/" && day <= 12 && day != month {
		return expr.Date{}, fmt.Errorf("%q may be two dates, write it as %04d-%02d-%02d or %02d.%02d.%04d", strings.TrimSpace(text), year, month, day, day, month, year)
	}
	d, err := expr.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	if err != nil {
		return expr.Date{}, fmt.Errorf("there is no day %q", strings.TrimSpace(text))
	}
	return d, nil
}

func monthNamed(word string) int {
	for i := range months {
		if i == 4 && (word == "май" || word == "мая") || i != 4 && strings.HasPrefix(word, months[i]) || strings.HasPrefix(word, monthsEN[i]) {
			return i + 1
		}
	}
	return 0
}

func smallNumber(s string, most int) (int, bool) {
	s = strings.TrimSpace(s)
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= most && len(s) > 0 && s[0] != '-' && s[0] != '+'
}

// typedTime reads a date, a date with a time of day (23.11.2026 10:15, 2026-11-23T10:15), or a moment with its offset.
// Without an offset the location is meant; without a time of day midnight.
func typedTime(text string, now time.Time, loc *time.Location) (string, error) {
	t := strings.TrimSpace(text)
	if at, ok := document.ParseTime(t); ok {
		return document.FormatTime(at), nil
	}
	if at, err := time.Parse(time.RFC3339, t); err == nil {
		return document.FormatTime(at.Truncate(time.Second)), nil
	}
	if strings.EqualFold(t, "now") || strings.EqualFold(t, "сейчас") {
		return document.FormatTime(now.In(loc).Truncate(time.Second)), nil
	}
	day, clock := t, ""
	if i := strings.LastIndexAny(t, " Tt"); i > 0 && strings.ContainsAny(t[i:], ":") {
		day, clock = strings.TrimSuffix(strings.TrimSpace(t[:i]), ","), t[i+1:]
		day = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(day, " в"), " at"))
	}
	d, err := typedDate(day, now.In(loc))
	if err != nil {
		return "", err
	}
	var h, m, s int
	if clock != "" {
		parts := strings.Split(clock, ":")
		ok := len(parts) == 2 || len(parts) == 3
		for i, into := range []*int{&h, &m, &s}[:min(len(parts), 3)] {
			var good bool
			*into, good = smallNumber(parts[i], 2)
			ok = ok && good
		}
		if !ok || h > 23 || m > 59 || s > 59 {
			return "", fmt.Errorf("%q is no time of day, write it as 10:15", clock)
		}
	}
	return document.FormatTime(time.Date(d.Year, d.Month, d.Day, h, m, s, 0, loc)), nil
}

// units are the words people write instead of w, d, h, m, wd, wh, wm; the longer ones come first.
var units = []struct{ unit, words string }{
	{"wd", "рабочих дней|рабочих дня|рабочий день|раб. дней|раб. дня|раб. дн.|раб.дн.|раб. дн|рд|working days|working day|workdays|workday"},
	{"wh", "рабочих часов|рабочих часа|рабочий час|раб. часов|раб. часа|раб. ч|рч|working hours|working hour"},
	{"w", "недель|недели|неделя|неделю|нед.|нед|weeks|week"},
	{"d", "дней|дня|день|дн.|дн|д|days|day"},
	{"h", "часов|часа|час|ч.|ч|hours|hour|hrs|hr"},
	{"m", "минут|минуты|минута|минуту|мин.|мин|minutes|minute|mins|min"},
}

// typedDuration reads 2wd, 1h30m, and words: 2 рабочих дня, 1 ч 30 мин, 3 days.
func typedDuration(text string) (string, error) {
	d, err := worktime.ParseDuration(strings.ToLower(strings.TrimSpace(text)))
	if err == nil {
		return d.String(), nil
	}
	t := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, u := range units {
		for _, w := range strings.Split(u.words, "|") {
			t = replaceUnit(t, w, u.unit)
		}
	}
	if d, werr := worktime.ParseDuration(t); werr == nil {
		return d.String(), nil
	}
	return "", err
}

// replaceUnit replaces a word that follows a digit, with or without a space, and is not the beginning of another.
func replaceUnit(t, word, unit string) string {
	for from := 0; ; {
		i := strings.Index(t[from:], word)
		if i < 0 {
			return t
		}
		i += from
		end := i + len(word)
		before := strings.TrimRight(t[:i], " ")
		next, _ := firstRune(t[end:])
		if before == "" || !digit(before[len(before)-1]) || unicode.IsLetter(next) {
			from = end
			continue
		}
		t = before + unit + strings.TrimPrefix(t[end:], " ")
		from = len(before) + len(unit)
	}
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// typedRequisite checks a requisite without the spaces people put into it.
func typedRequisite(k expr.Kind, text string) (string, error) {
	t := squeeze(text)
	var err error
	switch k {
	case expr.INN:
		err = requisite.CheckINN(t)
	case expr.KPP:
		t = strings.ToUpper(t)
		err = requisite.CheckKPP(t)
	case expr.OGRN:
		err = requisite.CheckOGRN(t)
	case expr.BIK:
		err = requisite.CheckBIK(t)
	case expr.Account:
		t = strings.ToUpper(t)
		err = checkAccountShape(t)
	}
	return t, err
}

// checkAccountShape checks what can be checked without the bank: twenty digits, a letter possible in position 6.
func checkAccountShape(t string) error {
	n := 0
	for _, r := range t {
		n++
		if (r < '0' || r > '9') && !(n == 6 && strings.ContainsRune("АВСЕНКМРТХABCEHKMPTX", r)) {
			return fmt.Errorf("account %q: %q at position %d is not a digit", t, r, n)
		}
	}
	if n != 20 {
		return fmt.Errorf("account %q has %d characters, must have 20", t, n)
	}
	return nil
}

func typedEmail(text string) (string, error) {
	t := strings.TrimSpace(clean(text, false))
	if len(t) > 7 && strings.EqualFold(t[:7], "mailto:") {
		t = t[7:]
	}
	if strings.HasPrefix(t, "<") && strings.HasSuffix(t, ">") {
		t = strings.TrimSpace(t[1 : len(t)-1])
	}
	return t, requisite.CheckEmail(t)
}

func typedPhone(text string) (string, error) {
	p, err := requisite.ParsePhone(text)
	if err != nil {
		return "", err
	}
	return expr.PhoneText(p), nil
}
