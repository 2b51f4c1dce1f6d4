package document

import "time"

// FormatTime writes a time as documents hold it: RFC 3339 with its offset,
// seconds precision; "" for the zero time.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC() // an offset with seconds, of old local times, cannot be written
	}
	return t.Format(time.RFC3339)
}

// ParseTime reads what FormatTime writes. It is stricter than RFC 3339: no
// fractions of a second, no lower-case letters. The location is fixed, so that
// equal texts give equal values on every machine.
func ParseTime(s string) (time.Time, bool) {
	if len(s) != len("2006-01-02T15:04:05Z") && len(s) != len("2006-01-02T15:04:05+03:00") ||
		s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	year, ok1 := number(s[0:4])
	month, ok2 := number(s[5:7])
	day, ok3 := number(s[8:10])
	hour, ok4 := number(s[11:13])
	minute, ok5 := number(s[14:16])
	second, ok6 := number(s[17:19])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) ||
		month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	loc := time.UTC
	if s[19] != 'Z' || len(s) != 20 {
		if len(s) != 25 || s[22] != ':' || s[19] != '+' && s[19] != '-' {
			return time.Time{}, false
		}
		h, ok1 := number(s[20:22])
		m, ok2 := number(s[23:25])
		if !ok1 || !ok2 || h > 23 || m > 59 {
			return time.Time{}, false
		}
		offset := h*3600 + m*60
		if s[19] == '-' {
			offset = -offset
		}
		if offset != 0 {
			loc = time.FixedZone("", offset)
		}
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, loc)
	if t.Day() != day || t.IsZero() {
		return time.Time{}, false
	}
	return t, true
}

func number(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
