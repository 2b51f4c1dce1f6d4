package render

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Lines are folded at 75 octets without cutting a character; unfolded and
// unescaped they say what was given.
func TestICS(t *testing.T) {
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.FixedZone("", 3*3600))
	title := "Встреча; «Ромашка», обсуждение\nдоговора \\ " + strings.Repeat("очень длинно ", 20)
	events := []ICSEvent{
		{Event: Event{Start: start, End: start.Add(90 * time.Minute), Title: title, Number: "WRK-2026-000001"}, UID: "u-works@e1.invalid"},
		{Event: Event{Start: start, Title: "срок", Done: true}, UID: "u-task-1@e1.invalid"},
		{Event: Event{Start: time.Date(2026, 11, 24, 0, 0, 0, 0, start.Location()), AllDay: true, Title: "день"}, UID: "d@e1.invalid"},
	}
	var b strings.Builder
	if err := ICS(&b, "Продажи", start, events); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("bad line %q (%d octets)", line, len(line))
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	escaped := strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\n", "\\n").Replace(title)
	for _, want := range []string{
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "UID:u-works@e1.invalid\r\n", "DTSTART:20261123T070000Z\r\nDTEND:20261123T083000Z\r\n",
		"SUMMARY:" + escaped + "\r\n", "SUMMARY:✓ срок\r\n", "DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261125\r\n", "END:VCALENDAR\r\n",
	} {
		if !strings.Contains(unfolded, want) {
			t.Errorf("missing %q in\n%s", want, unfolded)
		}
	}
	if n := strings.Count(unfolded, "BEGIN:VEVENT\r\n"); n != 3 || n != strings.Count(unfolded, "END:VEVENT\r\n") {
		t.Errorf("%d events", n)
	}
}
