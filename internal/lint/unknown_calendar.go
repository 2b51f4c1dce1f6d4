package lint

import (
	"fmt"
	"path"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/settings"
)

var (
	unknownCalendar = Code{"O015", "unknown-calendar", "a calendar of a user or department that the repository does not have: their deadlines would be counted by the repository's; add calendars/NAME.yaml or use the nearest known one"}
	noSuchCalendar  = Code{"S009", "unknown-calendar", "the repository's calendar is one that it does not have: deadlines would be counted Monday to Friday; add calendars/NAME.yaml or use the nearest known one"}
)

// calendarsNamed reports calendars that e1.yaml, users and departments name and
// that are not there.
func (l *linter) calendarsNamed() error {
	files, err := l.defs.List(definition.CalendarsDir)
	if err != nil {
		return err
	}
	known := make([]string, len(files))
	there := map[string]bool{"": true}
	for i, f := range files {
		known[i] = strings.TrimSuffix(path.Base(f), definition.Ext)
		there[known[i]] = true
	}
	check := func(c Code, at diag.Span, whose, name string) {
		if !there[name] && l.wants(at.File) {
			l.add(diag.Problem{Code: c.Code, Slug: c.Slug, At: at, Message: whose + diag.Unknown("calendar", name, known)})
		}
	}
	if f, _, err := l.defs.Parse(settings.FileName); err == nil && f.Root != nil {
		if n := f.Root.Get("calendar"); n != nil {
			check(noSuchCalendar, f.Span(n), "", n.Value)
		}
	}
	o, _, err := l.defs.Org()
	if err != nil {
		return err
	}
	for _, d := range o.Departments {
		check(unknownCalendar, d.CalendarAt, fmt.Sprintf("department %q: ", d.ID), d.Calendar)
	}
	for _, u := range o.Users {
		check(unknownCalendar, u.CalendarAt, fmt.Sprintf("user %q: ", u.ID), u.Calendar)
	}
	return nil
}
