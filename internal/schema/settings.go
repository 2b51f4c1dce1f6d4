package schema

import (
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/settings"
)

// settingsFile describes e1.yaml.
func (s *source) settingsFile() object {
	severities := object{}
	for _, c := range lint.Codes() {
		severities[c.Code] = enum([]string{"error", "warning", "note", "off"}, c.Slug+": "+c.Summary)
	}
	told := object{}
	for _, kind := range settings.Told() {
		told[kind] = oneOrManyOrNone(enum(append([]string{"all", "none"}, s.org.RoleIDs()...), ""), "who: all, none, or roles")
	}
	return definitions(mapping(nil, object{
		"title":       labelled("the repository's name"),
		"language":    enum([]string{"ru", "en"}, "of the texts people read"),
		"currency":    pattern("^[A-Z]{3}$", "ISO 4217 code, such as RUB"),
		"time_zone":   pattern("^[A-Z]", "name of the tz database, such as Europe/Moscow"),
		"calendar":    enum(s.calendars, "the working calendar where nothing else is said"),
		"layout":      describe(object{"const": 1}, "version of numbers and paths"),
		"split_index": enum([]string{"auto", "never", "always"}, "when git's index is kept in its split form"),
		"prefix":      object{"const": "", "description": "a number prefix is a setting of each clone: git config e1.prefix A"},
		"mail": mapping(nil, object{
			"from":     text("whose letters these are"),
			"reply_to": text("where answers go"),
			"domain":   text("right side of the Message-IDs"),
			"tell":     describe(mapping(nil, told), "what people are told by letter"),
		}),
		"constants": keyed("^[a-z_][a-z0-9_]*$", scalar(""), "named values of expressions: settings.approval_threshold"),
		"links": keyed("^[a-z_][a-z0-9_]*$", mapping(nil, object{
			"title": labelled("what the document that points calls it"),
			"back":  labelled("what the document pointed to calls it"),
		}), "kinds of links between documents: e1 link NUMBER KIND NUMBER"),
		"lint": describe(mapping(nil, severities), "severity of each kind of problem, as this repository judges it"),
	}), nil)
}

// calendar describes calendars/*.yaml.
func (s *source) calendar() object {
	hours := oneOrMany(pattern(`^\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}\s*$`, "from-to, such as 09:00-13:00"), "working hours of a day")
	days := describe(oneOrManyOrNone(pattern(`^\s*\d{2}-\d{2}(\s*(\.\.|…)\s*\d{2}-\d{2})?\s*$`, "a day 05-09 or days 01-01..01-08"), ""), "days of the year")
	weekdays := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	on := object{}
	for _, d := range weekdays {
		on[d] = hours
	}
	return definitions(mapping([]string{"calendar", "zone", "hours", "week"}, object{
		"calendar": pattern(`\S`, "the calendar's name, that of its file"),
		"title":    labelled("the calendar in words"),
		"zone":     pattern("^[A-Z]", "name of the tz database, such as Europe/Moscow"),
		"week":     oneOrMany(enum(weekdays, ""), "days that are worked"),
		"hours":    hours,
		"hours_on": describe(mapping(nil, on), "hours of weekdays that differ"),
		"short":    pattern(`^[0-9hm.]+$`, "how much earlier a short day ends, such as 1h"),
		"holidays": days,
		"years": keyed(`^(19|2\d)\d{2}$`, mapping(nil, object{
			"off": days, "short": days, "work": days,
		}), "days off, short days and worked days off of each year"),
	}), nil)
}
