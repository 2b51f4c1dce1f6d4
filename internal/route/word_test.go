package route

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

// TestWords holds the shapes of words against the expressions that define them.
func TestWords(t *testing.T) {
	open := regexp.MustCompile(`^open\(([a-z][a-z0-9_-]*)\)$`)
	shapes := []struct {
		name string
		is   func(string) bool
		want *regexp.Regexp
	}{
		{"id", isID, regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)},
		{"name", isName, regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*$`)},
		{"path", isPath, regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*(\.[\p{L}_][\p{L}\p{N}_]*)*$`)},
		{"duration", isDuration, regexp.MustCompile(`^[0-9]+(\.[0-9]+)?(wd|wh|w|d|h|m)$`)},
		{"open", func(s string) bool { _, ok := openStep(s); return ok }, open},
	}
	check := func(t interface{ Fatalf(string, ...any) }, text string) {
		for _, s := range shapes {
			if got, want := s.is(text), s.want.MatchString(text); got != want {
				t.Fatalf("%s %q: %v, want %v", s.name, text, got, want)
			}
		}
		id, ok := openStep(text)
		if m := open.FindStringSubmatch(text); ok && m[1] != id {
			t.Fatalf("%q: %q, want %q", text, id, m[1])
		}
	}
	for _, text := range []string{"", "a", "A", "ключ", "_", "-", "a-b", "a.b-c", "a-b.c", "a..b", ".a", "a.", "1", "½a", "a½", "a²", "1d", "1.5wd",
		"1.d", ".5d", "1.5.5d", "1,5d", "d", "1x", "1w", "1wh ", "open(a)", "open()", "open(a", "open(A)", "open(a))", "a\n", "1d\n", "\xff", "a\xff", "а\u0301"} {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.OneOf(rapid.StringMatching(`[a-zя0-9_.\-(]{0,6}`), rapid.StringMatching(`(open\()?[0-9a-z.]{0,4}(wd|wh|w|d|h|m|\))?`), rapid.String()).Draw(t, "text"))
	})
}
