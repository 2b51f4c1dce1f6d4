package worktime

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones of calendars, on machines without a zone database too

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// The codes of what is wrong with a calendar beyond its shape.
var (
	badZone  = yamlsrc.Code{Code: "C010", Slug: "unknown-time-zone", Summary: "a time zone that is not in the tz database; write it like Europe/Moscow"}
	badHours = yamlsrc.Code{Code: "C011", Slug: "bad-working-hours", Summary: "working hours that cannot be read, overlap or end before they begin; write them like 09:00-13:00"}
	badDay   = yamlsrc.Code{Code: "C012", Slug: "bad-day", Summary: "a day that does not exist or lies outside of its year; write it like 02-23 or 01-01..01-08"}
	twoKinds = yamlsrc.Code{Code: "C013", Slug: "day-listed-twice", Summary: "a day in two of the lists off, short and work"}
	unusable = yamlsrc.Code{Code: "C014", Slug: "calendar-without-work", Summary: "a calendar without any working time, on which no deadline ever comes"}
)

// Codes lists the codes of this package, for documentation.
func Codes() []yamlsrc.Code { return []yamlsrc.Code{badZone, badHours, badDay, twoKinds, unusable} }

// Parse reads a definition such as calendars/ru.yaml:
//
//	calendar: ru
//	title: {en: Russia, ru: Россия}
//	zone: Europe/Moscow
//	week: [mon, tue, wed, thu, fri]
//	hours: ["09:00-13:00", "14:00-18:00"]
//	hours_on: {fri: ["09:00-13:00", "14:00-17:00"]}   # optional
//	short: 1h
//	holidays: [01-01..01-08, 02-23]                    # of years without data
//	years:
//	  2026: {off: [01-01..01-09], short: [04-30], work: []}
//
// All problems are reported at once; the calendar is nil when there are errors.
func Parse(f *yamlsrc.File) (*Calendar, diag.List) {
	if f.Root == nil {
		return nil, nil
	}
	def, problems := yamlsrc.Forgiving(f, func(f *yamlsrc.File) (Definition, diag.List) {
		p := parser{file: f, problems: &diag.List{}}
		return p.definition(), *p.problems
	})
	if problems.HasErrors() {
		return nil, problems
	}
	c, err := New(def)
	if err != nil {
		problems.Errorf(unusable.Code, unusable.Slug, f.Span(f.Root.Key("calendar")), "%s", err)
		return nil, problems
	}
	return c, problems
}

type parser struct {
	file     *yamlsrc.File
	problems *diag.List
}

func (p *parser) errorf(c yamlsrc.Code, n *yamlsrc.Node, format string, args ...any) {
	p.problems.Errorf(c.Code, c.Slug, p.file.Span(n), format, args...)
}

func (p *parser) definition() Definition {
	r := yamlsrc.NewReader(p.file, p.problems)
	m := r.Mapping(p.file.Root, "calendar")
	def := Definition{
		Name: m.Required("calendar"), Title: m.Label("title"),
		Week: map[time.Weekday][]Hours{}, Years: map[int]Year{},
	}
	if zone := m.Required("zone"); zone != "" {
		location, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			p.errorf(badZone, m.Node("zone"), "unknown time zone %q; write it like Europe/Moscow", zone)
		}
		def.Zone = location
	}
	if m.Present("hours") {
		def.Hours = p.hours(m.TextNodes("hours"))
	}
	if m.Present("week") {
		p.week(&def, m.TextNodes("week"))
	}
	p.hoursOn(&def, r, m)
	if n := m.TextNode("short"); n != nil {
		d, err := ParseDuration(n.Value)
		if err != nil || d != (Duration{Hours: d.Hours, Minutes: d.Minutes}) {
			p.errorf(badHours, n, "a short day ends earlier by hours and minutes, such as 1h, not by %q", n.Value)
		}
		def.Shorter = d.Hours*60 + d.Minutes
	}
	for _, n := range m.TextNodes("holidays") {
		for _, d := range p.days(n, 2000) { // a leap year, so that 02-29 is a day
			def.Fixed = append(def.Fixed, MonthDay{d.Month, d.Day})
		}
	}
	p.years(&def, r, m)
	m.Done()
	return def
}

func (p *parser) week(def *Definition, nodes []*yamlsrc.Node) {
	for _, n := range nodes {
		if day, ok := p.weekday(n); ok {
			def.Week[day] = def.Hours
		}
	}
}

func (p *parser) hoursOn(def *Definition, r *yamlsrc.Reader, m *yamlsrc.Mapped) {
	on := m.Mapping("hours_on")
	for _, key := range on.Keys() {
		hours := p.hours(on.TextNodes(key.Value))
		if day, ok := p.weekday(key); ok {
			def.Week[day] = hours
		}
	}
}

func (p *parser) weekday(n *yamlsrc.Node) (time.Weekday, bool) {
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for i, name := range names {
		if n.Value == name {
			return time.Weekday(i), true
		}
	}
	p.errorf(badDay, n, "%s", diag.Unknown("weekday", n.Value, names))
	return 0, false
}

// fixedParts takes a text of exactly a shape apart, as the patterns below do,
// which it saves compiling for the usual spelling: 0 stands for a digit, two of
// them are a part. Nil for other texts.
func fixedParts(text, shape string) []string {
	if len(text) != len(shape) {
		return nil
	}
	parts := []string{text}
	for i := 0; i < len(shape); i++ {
		digit := text[i] >= '0' && text[i] <= '9'
		switch {
		case shape[i] != '0':
			if text[i] != shape[i] {
				return nil
			}
		case !digit:
			return nil
		case i > 0 && shape[i-1] == '0':
			parts = append(parts, text[i-1:i+1])
		}
	}
	return parts
}

var hoursPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})$`) })

func (p *parser) hours(nodes []*yamlsrc.Node) []Hours {
	var out []Hours
	for _, n := range nodes {
		text := strings.TrimSpace(n.Value)
		m := fixedParts(text, "00:00-00:00")
		if m == nil {
			m = hoursPattern().FindStringSubmatch(text)
		}
		if m == nil {
			p.errorf(badHours, n, "working hours %q are not of the form 09:00-13:00", n.Value)
			continue
		}
		var v [4]int
		for i := range v {
			v[i], _ = strconv.Atoi(m[i+1]) // digits only
		}
		h := Hours{v[0]*60 + v[1], v[2]*60 + v[3]}
		if v[1] > 59 || v[3] > 59 {
			p.errorf(badHours, n, "working hours %q: an hour has 60 minutes", n.Value)
			continue
		}
		if err := checkHours(append(out, h)); err != nil {
			p.errorf(badHours, n, "%s", err)
			continue
		}
		out = append(out, h)
	}
	return out
}

func (p *parser) years(def *Definition, r *yamlsrc.Reader, m *yamlsrc.Mapped) {
	years := m.Mapping("years")
	for _, key := range years.Keys() {
		year, err := strconv.Atoi(key.Value)
		if err != nil || year < 1900 || year > 2999 {
			p.errorf(badDay, key, "%q is no year", key.Value)
			years.Know(key.Value)
			continue
		}
		data := r.Mapping(years.Node(key.Value), "year "+key.Value)
		seen := map[Date]string{}
		read := func(kind string) []Date {
			var out []Date
			for _, n := range data.TextNodes(kind) {
				for _, d := range p.days(n, year) {
					if before, twice := seen[d]; twice {
						p.errorf(twoKinds, n, "%s is already listed under %q", d, before)
						continue
					}
					seen[d] = kind
					out = append(out, d)
				}
			}
			return out
		}
		def.Years[year] = Year{Off: read("off"), Short: read("short"), Work: read("work")}
		data.Done()
	}
}

var dayPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\d{2})-(\d{2})(?:\s*(?:\.\.|…)\s*(\d{2})-(\d{2}))?$`)
})

// days reads one day, 05-09, or a range of days, 01-01..01-08.
func (p *parser) days(n *yamlsrc.Node, year int) []Date {
	text := strings.TrimSpace(n.Value)
	m := fixedParts(text, "00-00..00-00")
	if m == nil {
		if m = fixedParts(text, "00-00"); m != nil {
			m = append(m, "", "")
		}
	}
	if m == nil {
		m = dayPattern().FindStringSubmatch(text)
	}
	if m == nil {
		p.errorf(badDay, n, "day %q is not of the form 05-09 or 01-01..01-08", n.Value)
		return nil
	}
	first, err := day(year, m[1], m[2])
	last := first
	if err == nil && m[3] != "" {
		last, err = day(year, m[3], m[4])
	}
	if err != nil {
		p.errorf(badDay, n, "%s", err)
		return nil
	}
	if last.Compare(first) < 0 {
		p.errorf(badDay, n, "the range %q ends before it starts", n.Value)
		return nil
	}
	var out []Date
	for d := first; d.Compare(last) <= 0; d = d.AddDays(1) {
		out = append(out, d)
	}
	return out
}

func day(year int, month, dayOfMonth string) (Date, error) {
	mm, _ := strconv.Atoi(month) // two digits
	dd, _ := strconv.Atoi(dayOfMonth)
	d := Date{year, time.Month(mm), dd}
	if d != DateOf(d.utc()) {
		return Date{}, fmt.Errorf("there is no day %s", d)
	}
	return d, nil
}
