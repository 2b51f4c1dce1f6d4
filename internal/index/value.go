package index

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// A card value is kept in up to three SQL columns: c, what is compared and
// summed; k, which orders the decimals that c alone cannot tell apart; and t,
// the text as written where it cannot be made from c again. Nearly always k
// and t are NULL and cost a byte each.

const (
	decimalDigits = 4 // digits after the point that c holds of a decimal
	decimalUnit   = 10000
	maxDecimal    = 200 // characters; longer ones are no decimals
	offsetBits    = 11  // a moment is its Unix second and its offset in minutes
	offsetBias    = 1024
)

// encodeValue gives the stored form of a value. What does not read as the
// type has no c, only its text.
func encodeValue(col Column, v any) (c, k, t any) {
	switch x := v.(type) {
	case nil:
		return nil, nil, nil
	case int:
		v = int64(x)
	case fmt.Stringer:
		v = x.String()
	}
	if col.Type == Text {
		return plainText(v), nil, nil
	}
	text, isText := v.(string)
	if isText && text == "" {
		return nil, nil, nil
	}
	switch col.Type {
	case Int:
		if n, ok := v.(int64); ok {
			return n, nil, nil
		}
		if n, err := strconv.ParseInt(text, 10, 64); isText && err == nil {
			return n, nil, unlessSame(text, strconv.FormatInt(n, 10))
		}
	case Bool:
		if b, ok := v.(bool); ok {
			return boolInt(b), nil, nil
		}
		if text == "true" || text == "false" {
			return boolInt(text == "true"), nil, nil
		}
	case Decimal:
		if n, ok := v.(int64); ok {
			text, isText = strconv.FormatInt(n, 10), true
		}
		if d, ok := parseDecimal(text); isText && ok {
			if d.key != "" {
				return d.c, d.key, text
			}
			return d.c, nil, unlessSame(text, formatScaled(d.c, col.Scale))
		}
	case Date:
		if n, ok := parseDate(text); ok {
			return n, nil, nil
		}
	case DateTime:
		if m, err := time.Parse(time.RFC3339, text); isText && err == nil {
			c := encodeTime(m)
			return c, nil, unlessSame(text, decodeTime(asInt(c)).Format(time.RFC3339))
		}
	case Duration:
		if n, ok := parseDuration(text); ok {
			return n, nil, text
		}
	}
	return nil, nil, plainText(v)
}

// decodeValue is the inverse of encodeValue.
func decodeValue(col Column, c, t any) any {
	if t != nil {
		return asString(t)
	}
	if c == nil {
		return nil
	}
	switch col.Type {
	case Int, Duration:
		return asInt(c)
	case Bool:
		return asInt(c) != 0
	case Decimal:
		return formatScaled(asInt(c), col.Scale)
	case Date:
		return formatDate(asInt(c))
	case DateTime:
		return decodeTime(asInt(c)).Format(time.RFC3339)
	}
	return asString(c)
}

func plainText(v any) any {
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case bool:
		return strconv.FormatBool(x)
	}
	return fmt.Sprint(v)
}

func unlessSame(text, canonical string) any {
	if text == canonical {
		return nil
	}
	return text
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// scaled is a decimal as stored: the floor of its ten-thousandths, and a key
// that orders decimals with the same floor; empty when the floor is exact.
type scaled struct {
	c   int64
	key string
}

const (
	maxScaled = 1<<63 - 1
	minScaled = -1 << 63
)

func parseDecimal(text string) (scaled, bool) {
	digits, neg := text, false
	if strings.HasPrefix(digits, "-") {
		digits, neg = digits[1:], true
	}
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || len(text) > maxDecimal || !allDigits(whole) || !allDigits(frac) {
		return scaled{}, false
	}
	if len(whole)+decimalDigits <= 18 && len(strings.TrimRight(frac, "0")) <= decimalDigits {
		n := int64(0)
		for i := range len(whole) {
			n = n*10 + int64(whole[i]-'0')
		}
		for i := range decimalDigits {
			n *= 10
			if i < len(frac) {
				n += int64(frac[i] - '0')
			}
		}
		if neg {
			n = -n
		}
		return scaled{c: n}, true
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return scaled{}, false
	}
	return scaleDecimal(d.Shift(decimalDigits)), true
}

func scaleDecimal(d decimal.Decimal) scaled {
	floor := d.Floor()
	switch {
	case floor.Cmp(decimal.NewFromInt(maxScaled)) >= 0:
		floor = decimal.NewFromInt(maxScaled)
	case floor.Cmp(decimal.NewFromInt(minScaled)) <= 0:
		// Below the smallest integer the order of the rest turns round; the
		// key of the smallest integer itself lies between both sides.
		rest := decimal.NewFromInt(minScaled).Sub(d)
		if rest.Sign() > 0 {
			return scaled{c: minScaled, key: "n" + complement(orderKey(rest)) + "~"}
		}
		key := "o"
		if rest.Sign() < 0 {
			key = "p" + orderKey(rest.Neg())
		}
		return scaled{c: minScaled, key: key}
	}
	rest := d.Sub(floor)
	if rest.IsZero() {
		return scaled{c: floor.IntPart()}
	}
	return scaled{c: floor.IntPart(), key: "p" + orderKey(rest)}
}

// orderKey writes a positive decimal so that texts order as the numbers do.
func orderKey(d decimal.Decimal) string {
	whole, frac, _ := strings.Cut(d.String(), ".")
	if whole == "0" {
		whole = ""
	}
	return fmt.Sprintf("%04d%s.%s", len(whole), whole, strings.TrimRight(frac, "0"))
}

func complement(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c != '.' {
			b[i] = '9' - (c - '0')
		}
	}
	return string(b)
}

// formatScaled writes ten-thousandths with at least scale digits after the
// point.
func formatScaled(n int64, scale int) string {
	scale = min(max(scale, 0), decimalDigits)
	neg := n < 0
	u := uint64(n)
	if neg {
		u = -u
	}
	frac := fmt.Sprintf("%04d", u%decimalUnit)
	end := decimalDigits
	for end > scale && frac[end-1] == '0' {
		end--
	}
	var b strings.Builder
	if neg {
		b.WriteByte('-')
	}
	b.WriteString(strconv.FormatUint(u/decimalUnit, 10))
	if end > 0 {
		b.WriteByte('.')
		b.WriteString(frac[:end])
	}
	return b.String()
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// parseDate reads 2006-01-02 into 20060102.
func parseDate(s string) (int64, bool) {
	if len(s) != 10 {
		return 0, false
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return dayNumber(t), true
}

func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y)*10000 + int64(m)*100 + int64(d)
}

func formatDate(n int64) string {
	return fmt.Sprintf("%04d-%02d-%02d", n/10000, n/100%100, n%100)
}

// encodeTime keeps the second and the offset; nil for the zero time.
func encodeTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	_, off := t.Zone()
	return t.Unix()<<offsetBits | int64(off/60+offsetBias)
}

func decodeTime(n int64) time.Time {
	off := int(n&(1<<offsetBits-1)) - offsetBias
	t := time.Unix(n>>offsetBits, 0)
	if off == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", off*60))
}

// timeOf decodes a column of encodeTime, NULL being the zero time.
func timeOf(v any) time.Time {
	if n, ok := v.(int64); ok {
		return decodeTime(n)
	}
	return time.Time{}
}

// parseDuration reads 4wh, 2wd, 36h, 3d, 30m and sums such as 1wd4wh into
// minutes.
func parseDuration(s string) (int64, bool) {
	if s == "" || len(s) > 40 {
		return 0, false
	}
	minutes := map[string]int64{"m": 1, "wm": 1, "h": 60, "wh": 60, "d": 24 * 60, "wd": 8 * 60, "w": 7 * 24 * 60}
	total := int64(0)
	for s != "" {
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		j := i
		for j < len(s) && (s[j] < '0' || s[j] > '9') {
			j++
		}
		n, err := strconv.ParseInt(s[:i], 10, 32)
		unit, ok := minutes[s[i:j]]
		if err != nil || !ok {
			return 0, false
		}
		total += n * unit
		s = s[j:]
	}
	return total, true
}
