package cli

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/worktime"
)

type calendarOptions struct {
	app        *app
	user       string
	department string
	all        bool
	week       bool
	month      bool
	from, to   string
	ics        string
}

func newCalendarCmd(a *app) *cobra.Command {
	o := &calendarOptions{app: a}
	cmd := &cobra.Command{
		Use:   "calendar",
		Short: "Show planned works and deadlines; without a flag your own of this week",
		Long: `Shows planned works and the deadlines of tasks. Without --user, --department or
--all these are your own; without dates, those of this week.

Dates are written 2026-11-23, 23.11.2026, 23.11, today or tomorrow. --from
together with --week or --month means the week or month that day lies in.`,
		Example: `  e1 calendar
  e1 calendar --month --department sales
  e1 calendar --user petrova --from 23.11.2026 --to 27.11.2026
  e1 calendar --month --ics calendar.ics`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCalendar(cmd, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.user, "user", "", "works and deadlines of this `USER`")
	f.StringVar(&o.department, "department", "", "of everybody in this `DEPARTMENT` and below")
	f.BoolVar(&o.all, "all", false, "of everybody")
	f.BoolVar(&o.week, "week", false, "a week from Monday to Sunday (the default)")
	f.BoolVar(&o.month, "month", false, "a month, as a grid and a list")
	f.StringVar(&o.from, "from", "", "first `DAY`")
	f.StringVar(&o.to, "to", "", "last `DAY`")
	f.StringVar(&o.ics, "ics", "", "write an iCalendar `FILE`, - for standard output")
	cmd.MarkFlagsMutuallyExclusive("user", "department", "all")
	cmd.MarkFlagsMutuallyExclusive("week", "month", "to")
	a.completeFlag(cmd, "user", a.userNames)
	a.completeFlag(cmd, "department", a.departmentNames)
	return cmd
}

func runCalendar(cmd *cobra.Command, o *calendarOptions) error {
	a := o.app
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	from, to, err := o.period(r.Now())
	if err != nil {
		return err
	}
	people, err := o.people(cmd, r)
	if err != nil {
		return err
	}
	db, err := r.Index()
	if err != nil {
		return err
	}
	if broken := r.Definitions().BrokenForms(); len(broken) > 0 {
		a.note("documents of forms with errors may be missing here: %s; see e1 lint", strings.Join(broken, ", "))
	}
	rows := []index.EventRow{}
	if o.all || len(people) > 0 {
		if rows, err = db.Events(from, to.AddDate(0, 0, 1), people...); err != nil {
			return err
		}
	}
	events, err := planned(r, db, rows)
	if err != nil {
		return err
	}
	if err := a.noteLeftOut(r, ""); err != nil {
		return err
	}
	switch {
	case o.ics != "":
		return a.calendarICS(o, r, db, events)
	case a.flags.json:
		return a.calendarJSON(from, to, events)
	case a.flags.plain:
		return render.PlainTable(a.result, calendarPlain(events))
	}
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	c := render.Calendar{From: from, To: to, Now: r.Now(), Days: workingDays(r.Definitions().Calendar(""), from, to)}
	for _, e := range events {
		c.Events = append(c.Events, v.event(e, len(people) == 1))
	}
	draw := a.style().Week
	if o.month || from.AddDate(0, 0, 14).Before(to) {
		draw = a.style().MonthGrid
	}
	if err := draw(a.result, c); err != nil {
		return err
	}
	if len(events) == 0 && len(people) == 1 && o.user == "" {
		if others, err := db.Events(from, to.AddDate(0, 0, 1)); err == nil && len(others) > 0 {
			a.message("nothing planned for you; --all shows everybody's")
		}
	}
	return nil
}

// period is the first and the last day asked for, at midnight.
func (o *calendarOptions) period(now time.Time) (from, to time.Time, err error) {
	today := midnight(now)
	from = today
	if o.from != "" {
		if from, err = parseDay(o.from, today); err != nil {
			return from, to, err
		}
	}
	switch {
	case o.month:
		from = from.AddDate(0, 0, 1-from.Day())
		return from, from.AddDate(0, 1, -1), nil
	case o.to != "":
		if to, err = parseDay(o.to, today); err != nil {
			return from, to, err
		}
		if to.Before(from) {
			return from, to, usagef("--to %s lies before --from %s", to.Format(time.DateOnly), from.Format(time.DateOnly))
		}
		return from, to, nil
	case o.from != "" && !o.week:
		return from, from.AddDate(0, 0, 6), nil
	}
	from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7)
	return from, from.AddDate(0, 0, 6), nil
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// parseDay reads a day as people write it.
func parseDay(text string, today time.Time) (time.Time, error) {
	switch strings.ToLower(text) {
	case "today", "сегодня":
		return today, nil
	case "tomorrow", "завтра":
		return today.AddDate(0, 0, 1), nil
	case "yesterday", "вчера":
		return today.AddDate(0, 0, -1), nil
	}
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2.1.06"} {
		if t, err := time.ParseInLocation(layout, text, today.Location()); err == nil {
			return t, nil
		}
	}
	if t, err := time.ParseInLocation("2.1.2006", text+"."+today.Format("2006"), today.Location()); err == nil {
		return t, nil
	}
	return time.Time{}, &usageError{message: "\"" + text + "\" is no day", hint: "for instance 2026-11-23, 23.11.2026, today"}
}

// people are the users asked for; none with --all.
func (o *calendarOptions) people(cmd *cobra.Command, r *repo.Repo) ([]string, error) {
	org, _, err := r.Definitions().Org()
	if err != nil {
		return nil, err
	}
	switch {
	case o.all:
		return nil, nil
	case o.user != "":
		found := org.Find(o.user)
		if len(found) != 1 {
			return nil, &repo.UnknownError{What: "user", Name: o.user, Known: org.UserIDs(), Try: "e1 user list"}
		}
		return []string{found[0].ID}, nil
	case o.department != "":
		if org.Department(o.department) == nil {
			var known []string
			for _, d := range org.Departments {
				known = append(known, d.ID)
			}
			return nil, &repo.UnknownError{What: "department", Name: o.department, Known: known, Try: "e1 user list"}
		}
		var ids []string
		for _, u := range org.Users {
			if org.Within(u.Department, o.department) {
				ids = append(ids, u.ID)
			}
		}
		return ids, nil
	}
	of, err := o.app.act(cmd)
	if err != nil {
		return nil, err
	}
	return []string{of.Actor().ID}, nil
}

// departmentNames completes departments.
func (a *app) departmentNames(cmd *cobra.Command) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	org, _, err := r.Definitions().Org()
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range org.Departments {
		out = append(out, described(d.ID, d.Title.In(r.Language())))
	}
	return out
}

// plannedEvent is an event with what people call its document and client.
type plannedEvent struct {
	index.EventRow
	who             []string // all whose task it is while they share it
	document, owner string   // titles of the document and the client
	uid             string   // of the document
	overdue         bool
}

// planned puts events of shared tasks together, in the repository's zone.
func planned(r *repo.Repo, db *index.DB, rows []index.EventRow) ([]plannedEvent, error) {
	var out []plannedEvent
	titles := map[string]index.Row{}
	title := func(number string) (index.Row, error) {
		if row, ok := titles[number]; ok || number == "" {
			return row, nil
		}
		row, _, err := db.Get(number)
		titles[number] = row
		return row, err
	}
	now := r.Now()
	for _, row := range rows {
		if k := slices.IndexFunc(out, func(e plannedEvent) bool { return row.Task > 0 && e.Number == row.Number && e.Task == row.Task }); k >= 0 {
			out[k].who = append(out[k].who, row.Who)
			continue
		}
		row.Start, row.End = inZone(row.Start, r), inZone(row.End, r)
		doc, err := title(row.Number)
		if err != nil {
			return nil, err
		}
		client, err := title(row.Client)
		if err != nil {
			return nil, err
		}
		e := plannedEvent{EventRow: row, document: doc.Title, owner: client.Title, uid: doc.UID}
		if row.Who != "" {
			e.who = []string{row.Who}
		}
		e.overdue = !row.Done && ends(row.Event).Before(now)
		out = append(out, e)
	}
	return out, nil
}

// ends is when an event is over: a whole day lasts until its end.
func ends(e index.Event) time.Time {
	end := e.End
	if end.IsZero() {
		end = e.Start
	}
	if e.AllDay {
		if last := midnight(e.Start).AddDate(0, 0, 1); end.Before(last) {
			end = last
		}
	}
	return end
}

// workingDays tells of the days of all months that the period touches.
func workingDays(c *worktime.Calendar, from, to time.Time) []render.Day {
	if c == nil {
		return nil
	}
	var out []render.Day
	last := to.AddDate(0, 1, -to.Day())
	for d := from.AddDate(0, 0, 1-from.Day()); !d.After(last); d = d.AddDate(0, 0, 1) {
		day := worktime.DateOf(d)
		out = append(out, render.Day{Date: d, Off: !c.IsWorkday(day), Short: c.IsShort(day)})
	}
	return out
}

// event is how a calendar draws it.
func (v *cardView) event(e plannedEvent, own bool) render.Event {
	out := render.Event{
		Start: e.Start, End: e.End, AllDay: e.AllDay, Kind: v.eventKind(e), Title: e.Title, Number: e.Number,
		Client: e.owner, Done: e.Done, Overdue: e.overdue,
	}
	if e.Task > 0 {
		out.Number = taskNumber(e.Number, e.Task)
		if out.Client == "" {
			out.Client = e.document
		}
	}
	if !own {
		names := make([]string, len(e.who))
		for i, id := range e.who {
			names[i] = v.user(id)
		}
		out.Who = whoText("", names)
	}
	return out
}

// eventKind is what people call the kind of an event.
func (v *cardView) eventKind(e plannedEvent) string {
	if e.Task > 0 {
		return map[string]string{"ru": "срок", "en": "due"}[v.lang]
	}
	if f := v.set.Form(e.Form); f != nil {
		return strings.ToLower(formOne(f, v.lang))
	}
	return e.Kind
}

func formOne(f *form.Form, lang string) string { return f.One.In(lang) }

func (a *app) calendarJSON(from, to time.Time, events []plannedEvent) error {
	out := []render.Object{}
	for _, e := range events {
		o := render.Object{
			{Key: "document", Value: e.Number}, {Key: "title", Value: e.Title}, {Key: "kind", Value: e.Kind},
			{Key: "start", Value: e.Start}, {Key: "end", Value: e.End}, {Key: "who", Value: strings.Join(e.who, "|")},
			{Key: "client", Value: e.Client}, {Key: "done", Value: e.Done}, {Key: "overdue", Value: e.overdue},
			{Key: "all_day", Value: e.AllDay},
		}
		if e.Task > 0 {
			o = append(o, render.Member{Key: "task", Value: taskNumber(e.Number, e.Task)})
		}
		out = append(out, o)
	}
	return render.JSON(a.result, render.Object{
		{Key: "from", Value: from.Format(time.DateOnly)}, {Key: "to", Value: to.Format(time.DateOnly)}, {Key: "events", Value: out},
	})
}

// calendarPlain gives start, end, kind, number, who, client, state, title.
func calendarPlain(events []plannedEvent) render.Table {
	t := render.Table{Columns: make([]render.Column, 8)}
	for _, e := range events {
		when := func(at time.Time) string {
			switch {
			case at.IsZero():
				return ""
			case e.AllDay:
				return at.Format(time.DateOnly)
			}
			return at.Format(time.RFC3339)
		}
		number, state := e.Number, "open"
		if e.Task > 0 {
			number = taskNumber(e.Number, e.Task)
		}
		switch {
		case e.Done:
			state = "done"
		case e.overdue:
			state = "overdue"
		}
		t.Rows = append(t.Rows, render.Row(when(e.Start), when(e.End), e.Kind, number, strings.Join(e.who, "|"), e.Client, state, e.Title))
	}
	return t
}

// calendarICS writes the events for calendar programs.
func (a *app) calendarICS(o *calendarOptions, r *repo.Repo, _ *index.DB, events []plannedEvent) error {
	v, err := a.cardView(r)
	if err != nil {
		return err
	}
	out := make([]render.ICSEvent, len(events))
	for i, e := range events {
		drawn := v.event(e, false)
		out[i] = render.ICSEvent{Event: drawn, UID: eventUID(e)}
		out[i].Summary = icsSummary(e, drawn)
	}
	settings, _, err := r.Definitions().Settings()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := render.ICS(&b, settings.Title.In(r.Language()), r.Now(), out); err != nil {
		return err
	}
	if o.ics == "-" {
		_, err := a.result.Write(b.Bytes())
		return err
	}
	return writeFile(o.ics, b.Bytes())
}

// eventUID stays the same as long as the event is the same one, even when its
// document gets another number.
func eventUID(e plannedEvent) string {
	what := e.Kind
	if e.Task > 0 {
		what = "task-" + taskNumber("", e.Task)[1:]
	}
	return e.uid + "-" + what + "@e1.invalid"
}

func icsSummary(e plannedEvent, drawn render.Event) string {
	parts := []string{drawn.Title}
	for _, p := range []string{e.owner, e.document} {
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
			break
		}
	}
	return strings.Join(parts, " · ")
}
