package render

import (
	"encoding/json"
	"strings"
)

// jsonNumber is a whole number as a JSON number, digits untouched; anything else
// stays a string.
func jsonNumber(text string) any {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 1 && digits[0] == '0' {
		return text
	}
	return json.Number(text)
}
