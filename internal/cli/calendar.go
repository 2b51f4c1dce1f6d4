package cli

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/wholefile"
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
		Short: "Show planned works and deadlines, your own of this week",
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
	var events []office.Event
	if o.all || len(people) > 0 {
		if events, err = office.Calendar(r, from, to, people...); err != nil {
			return err
		}
	}
	if err := a.noteLeftOut(r, ""); err != nil {
		return err
	}
	switch {
	case o.ics != "":
		return a.calendarICS(o, r, events)
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
	draw := v.style.Week
	if o.month || from.AddDate(0, 0, 14).Before(to) {
		draw = v.style.MonthGrid
	}
	if err := draw(a.result, c); err != nil {
		return err
	}
	if len(events) == 0 && len(people) == 1 && o.user == "" {
		if others, err := office.Calendar(r, from, to); err == nil && len(others) > 0 {
			a.message("nothing planned for you; --all shows everybody's")
		}
	}
	return nil
}

// period is the first and the last day asked for, at midnight.
func (o *calendarOptions) period(now time.Time) (from, to time.Time, err error) {
	day := func(flag, text string) (time.Time, error) {
		d, err := flagDay(flag, text, now)
		return expr.Midnight(d, now.Location()), err
	}
	from = expr.Midnight(expr.DateOf(now), now.Location())
	if o.from != "" {
		if from, err = day("--from", o.from); err != nil {
			return from, to, err
		}
	}
	switch {
	case o.month:
		from = from.AddDate(0, 0, 1-from.Day())
		return from, from.AddDate(0, 1, -1), nil
	case o.to != "":
		if to, err = day("--to", o.to); err != nil {
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

// people are the users asked for; none with --all.
func (o *calendarOptions) people(cmd *cobra.Command, r *repo.Repo) ([]string, error) {
	switch {
	case o.all:
		return nil, nil
	case o.user != "":
		u, err := r.Definitions().User(o.user)
		if err != nil {
			return nil, err
		}
		return []string{u.ID}, nil
	case o.department != "":
		return departmentPeople(r, o.department)
	}
	of, err := o.app.act(cmd)
	if err != nil {
		return nil, err
	}
	return []string{of.Actor().ID}, nil
}

// departmentPeople are those of a department and below.
func departmentPeople(r *repo.Repo, department string) ([]string, error) {
	org, _, err := r.Definitions().Org()
	if err != nil {
		return nil, err
	}
	if org.Department(department) == nil {
		var known []string
		for _, d := range org.Departments {
			known = append(known, d.ID)
		}
		return nil, &repo.UnknownError{What: "department", Name: department, Known: known, Try: "e1 user list"}
	}
	var ids []string
	for _, u := range org.Users {
		if org.Within(u.Department, department) {
			ids = append(ids, u.ID)
		}
	}
	return ids, nil
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
func (v *cardView) event(e office.Event, own bool) render.Event {
	out := render.Event{
		Start: e.Start, End: e.End, AllDay: e.AllDay, Kind: v.eventKind(e), Title: e.Title, Number: e.Number,
		Client: e.ClientTitle, Done: e.Done, Overdue: e.Overdue,
	}
	if e.Task > 0 {
		out.Number = taskNumber(e.Number, e.Task)
		if out.Client == "" {
			out.Client = e.Document
		}
	}
	if !own {
		out.Who = v.performers("", e.People)
	}
	return out
}

// eventKind is what people call the kind of an event.
func (v *cardView) eventKind(e office.Event) string {
	if e.Task > 0 {
		return v.style.Word("deadline")
	}
	if f := v.set.Form(e.Form); f != nil {
		return strings.ToLower(f.One.In(v.lang))
	}
	return e.Kind
}

func (a *app) calendarJSON(from, to time.Time, events []office.Event) error {
	var out []render.Object
	for _, e := range events {
		o := render.Object{
			{Key: "document", Value: e.Number}, {Key: "title", Value: e.Title}, {Key: "kind", Value: e.Kind},
			{Key: "start", Value: e.Start}, {Key: "end", Value: e.End}, {Key: "who", Value: strings.Join(e.People, "|")},
			{Key: "client", Value: e.Client}, {Key: "done", Value: e.Done}, {Key: "overdue", Value: e.Overdue},
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
func calendarPlain(events []office.Event) render.Table {
	t := render.Table{Columns: make([]render.Column, 8)}
	for _, e := range events {
		when := func(at time.Time) string {
			switch {
			case at.IsZero():
				return ""
			case e.AllDay:
				return at.Format(time.DateOnly)
			}
			return document.FormatTime(at)
		}
		number, state := e.Number, "open"
		if e.Task > 0 {
			number = taskNumber(e.Number, e.Task)
		}
		switch {
		case e.Done:
			state = "done"
		case e.Overdue:
			state = "overdue"
		}
		t.Rows = append(t.Rows, render.Row(when(e.Start), when(e.End), e.Kind, number, strings.Join(e.People, "|"), e.Client, state, e.Title))
	}
	return t
}

// calendarICS writes the events for calendar programs.
func (a *app) calendarICS(o *calendarOptions, r *repo.Repo, events []office.Event) error {
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
	if err := wholefile.Write(o.ics, b.Bytes()); err != nil {
		return cannotWrite(o.ics, err)
	}
	return nil
}

// eventUID stays the same as long as the event is the same one, even when its
// document gets another number.
func eventUID(e office.Event) string {
	what := e.Kind
	if e.Task > 0 {
		what = fmt.Sprintf("task-%d", e.Task)
	}
	return e.UID + "-" + what + "@e1.invalid"
}

func icsSummary(e office.Event, drawn render.Event) string {
	parts := []string{drawn.Title}
	for _, p := range []string{e.ClientTitle, e.Document} {
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
			break
		}
	}
	return strings.Join(parts, " · ")
}
