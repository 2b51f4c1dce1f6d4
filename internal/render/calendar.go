package render

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar is a span of days with what happens on them.
type Calendar struct {
	From, To time.Time // first and last day, both included
	Now      time.Time
	Days     []Day // what is known of the days; a day not listed works Monday to Friday
	Events   []Event
}

// Day tells whether a day is worked.
type Day struct {
	Date  time.Time
	Off   bool
	Short bool   // a working day one hour shorter
	Note  string // name of the holiday
}

// Event is a planned work or a deadline.
type Event struct {
	Start   time.Time
	End     time.Time // zero: a moment, such as a deadline
	AllDay  bool      // no time of day is known
	Kind    string    // "звонок", "срок"
	Title   string
	Number  string // the document to open
	Who     string // empty where the calendar is one person's
	Client  string
	Done    bool
	Overdue bool
}

// Week writes the days from From to To one under the other, each with its
// events by time. Days without events are listed too: they are free.
func (s Style) Week(w io.Writer, c Calendar) error {
	out := &printer{w: w}
	events := sortedEvents(c.Events)
	today := day(c.Now)
	number := 0
	for _, e := range events {
		number = max(number, Width(clean(e.Number)))
	}
	for d := day(c.From); !d.After(c.To); d = d.AddDate(0, 0, 1) {
		s.dayHead(out, c.dayOf(d), d.Equal(today))
		for _, e := range events {
			if e.on(d) {
				s.event(out, e, d, number)
			}
		}
	}
	return out.flush()
}

// dayHead writes "Пн 23 ноября · сегодня"; days off are dim and say so.
func (s Style) dayHead(out *printer, d Day, today bool) {
	text := s.weekdayShort(d.Date.Weekday()) + " " + s.dayOf(d.Date)
	if today {
		text += " · " + s.Word("today")
	}
	tone := Strong
	switch {
	case d.Off:
		tone = Dim
		text += " · " + s.Word("day off")
	case d.Short:
		text += " · " + s.Word("short day")
	}
	if d.Note != "" {
		text += " · " + clean(d.Note)
	}
	out.line(s.paint(tone, truncate(text, s.width())))
}

// event writes one event: mark, time, number, and what it is; about whom and
// whose it is stands behind that, or below where there is no room.
func (s Style) event(out *printer, e Event, d time.Time, number int) {
	mark, tone := " ", Normal
	switch {
	case e.Done:
		mark, tone = "✓", Good
	case e.Overdue:
		mark, tone = "!", Bad
	}
	lead := "  " + s.paint(tone, mark) + " " + pad(e.span(d), 11, Left) + "  "
	lead += s.paint(Accent, pad(clean(e.Number), number, Left)) + "  "
	margin := 2 + 2 + 11 + 2 + number + 2
	room := s.width() - margin
	what, about := distinct(e.Kind, e.Title), distinct(e.Client, e.Who)
	if all := distinct(e.Kind, e.Title, e.Client, e.Who); Width(strings.Join(all, middot)) <= room {
		what, about = all, nil
	}
	text := strings.Join(squeeze(what, room), middot)
	if e.Done || e.Overdue {
		text = s.paint(tone, text)
	}
	out.line(lead + text)
	if len(about) > 0 {
		out.line(strings.Repeat(" ", margin) + s.paint(Dim, strings.Join(squeeze(about, room), middot)))
	}
}

// middot stands between the parts of a line.
const middot = " · "

// distinct are the texts that are not empty, each once.
func distinct(texts ...string) []string {
	var out []string
	for _, text := range texts {
		if text = clean(text); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// squeeze shortens the longest of some parts until all of them fit in a line
// with middle dots between them: the end of a line is no better place to cut than any
// other.
func squeeze(parts []string, room int) []string {
	const least = 6
	widths, used := make([]int, len(parts)), 3*(len(parts)-1)
	for i, p := range parts {
		widths[i] = Width(p)
		used += widths[i]
	}
	for ; used > room; used-- {
		longest := 0
		for i, w := range widths {
			if w >= widths[longest] {
				longest = i
			}
		}
		if len(widths) == 0 || widths[longest] <= least {
			return []string{truncate(strings.Join(parts, middot), room)}
		}
		widths[longest]--
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = truncate(p, widths[i])
	}
	return out
}

// span is the event's time on a day: "10:00–11:30", "10:00–…" where it goes on.
func (e Event) span(d time.Time) string {
	if e.AllDay {
		return ""
	}
	start, end := e.Start, e.End
	from := start.Format("15:04")
	if !start.IsZero() && start.Before(d) {
		from = "…"
	}
	switch {
	case end.IsZero() || end.Equal(start):
		return from
	case !end.Before(d.AddDate(0, 0, 1)):
		return from + "–…"
	}
	return from + "–" + end.Format("15:04")
}

// on reports whether an event touches a day.
func (e Event) on(d time.Time) bool {
	next := d.AddDate(0, 0, 1)
	if e.End.IsZero() || e.End.Equal(e.Start) {
		return !e.Start.Before(d) && e.Start.Before(next)
	}
	return e.Start.Before(next) && e.End.After(d)
}

func sortedEvents(events []Event) []Event {
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b Event) int {
		if n := a.Start.Compare(b.Start); n != 0 {
			return n
		}
		return strings.Compare(a.Number, b.Number)
	})
	return events
}

// dayOf is what is known of a day.
func (c Calendar) dayOf(d time.Time) Day {
	for _, known := range c.Days {
		if sameDay(known.Date, d) {
			known.Date = d
			return known
		}
	}
	return Day{Date: d, Off: d.Weekday() == time.Saturday || d.Weekday() == time.Sunday}
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	y2, m2, d2 := b.Date()
	return y == y2 && m == m2 && d == d2
}

// MonthGrid writes each month of the span as a grid of weeks with the number of
// events on each day, `!` where one is overdue, and the events as a list below.
func (s Style) MonthGrid(w io.Writer, c Calendar) error {
	out := &printer{w: w}
	events := sortedEvents(c.Events)
	from := day(c.From)
	for m := from.AddDate(0, 0, 1-from.Day()); !m.After(c.To); m = m.AddDate(0, 1, 0) {
		if !m.Equal(from.AddDate(0, 0, 1-from.Day())) {
			out.line("")
		}
		s.grid(out, c, m, events)
	}
	number := 0
	for _, e := range events {
		number = max(number, Width(clean(e.Number)))
	}
	for d := from; !d.After(c.To); d = d.AddDate(0, 0, 1) {
		first := true
		for _, e := range events {
			if !e.on(d) {
				continue
			}
			if first {
				out.line("")
				s.dayHead(out, c.dayOf(d), sameDay(d, c.Now))
				first = false
			}
			s.event(out, e, d, number)
		}
	}
	return out.flush()
}

// cellColumns is the width of a day in the month grid: "23 12!" and blanks.
const cellColumns = 9

func (s Style) grid(out *printer, c Calendar, month time.Time, events []Event) {
	out.line(s.paint(Strong, s.Month(month)))
	var b strings.Builder
	for i := range 7 {
		wd := time.Weekday((i + 1) % 7)
		tone := Normal
		if i > 4 {
			tone = Dim
		}
		b.WriteString(s.paint(tone, pad(s.weekdayShort(wd), cellColumns, Left)))
	}
	out.line(b.String())
	for week := monday(month); week.Before(month.AddDate(0, 1, 0)); week = week.AddDate(0, 0, 7) {
		b.Reset()
		for i := range 7 {
			d := week.AddDate(0, 0, i)
			if d.Month() != month.Month() {
				b.WriteString(strings.Repeat(" ", cellColumns))
				continue
			}
			b.WriteString(s.gridDay(c, d, events))
		}
		out.line(b.String())
	}
}

// gridDay is "23*" for a day off, "23 4" for four events, "23 4!" when one of
// them is overdue, "[23] 4" for today.
func (s Style) gridDay(c Calendar, d time.Time, events []Event) string {
	n, overdue := 0, false
	for _, e := range events {
		if e.on(d) {
			n++
			overdue = overdue || e.Overdue && !e.Done
		}
	}
	about := c.dayOf(d)
	text := pad(strconv.Itoa(d.Day()), 2, Right)
	tone := Normal
	if sameDay(d, c.Now) {
		text, tone = "["+strings.TrimSpace(text)+"]", Strong
	}
	if about.Off {
		text, tone = text+"*", Dim
	}
	if n > 0 && !d.Before(day(c.From)) && !d.After(c.To) {
		text += " " + strconv.Itoa(n)
		if tone == Normal {
			tone = Accent
		}
	}
	if overdue {
		text, tone = text+"!", Bad
	}
	return s.paint(tone, pad(truncate(text, cellColumns-1), cellColumns, Left))
}
