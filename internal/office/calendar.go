package office

import (
	"time"

	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
)

// Event is a planned work or a deadline with what people call its document and
// its client.
type Event struct {
	index.EventRow
	People      []string // whose it is; all who share a task
	Document    string   // title of the document
	ClientTitle string
	UID         string // of the document
	Overdue     bool
}

// Calendar gives what is planned from one day to another, both included, for
// some people, or for everybody when none is named. Events of a task that
// several share are one. Times are those of the repository's zone.
func Calendar(r *repo.Repo, from, to time.Time, people ...string) ([]Event, error) {
	db, err := r.Index()
	if err != nil {
		return nil, err
	}
	rows, err := db.Events(from, to.AddDate(0, 0, 1), people...)
	if err != nil {
		return nil, err
	}
	c := calendar{db: db, titles: map[string]index.Row{}}
	type shared struct {
		number string
		task   int
	}
	var out []Event
	at := map[shared]int{}
	for _, row := range rows {
		key := shared{row.Number, row.Task}
		if k, ok := at[key]; ok && row.Task > 0 {
			out[k].People = append(out[k].People, row.Who)
			continue
		}
		e, err := c.event(row, r.Now())
		if err != nil {
			return nil, err
		}
		at[key] = len(out)
		out = append(out, e)
	}
	return out, nil
}

type calendar struct {
	db     *index.DB
	titles map[string]index.Row
}

func (c *calendar) event(row index.EventRow, now time.Time) (Event, error) {
	for _, t := range []*time.Time{&row.Start, &row.End} {
		if !t.IsZero() {
			*t = t.In(now.Location())
		}
	}
	document, err := c.row(row.Number)
	if err != nil {
		return Event{}, err
	}
	client, err := c.row(row.Client)
	if err != nil {
		return Event{}, err
	}
	e := Event{EventRow: row, Document: document.Title, ClientTitle: client.Title, UID: document.UID}
	if row.Who != "" {
		e.People = []string{row.Who}
	}
	e.Overdue = !row.Done && over(row.Event).Before(now)
	return e, nil
}

// row looks a document up, each once.
func (c *calendar) row(number string) (index.Row, error) {
	if row, ok := c.titles[number]; ok || number == "" {
		return row, nil
	}
	row, _, err := c.db.Get(number)
	c.titles[number] = row
	return row, err
}

// over is when an event has passed: a whole day lasts until its end.
func over(e index.Event) time.Time {
	end := e.End
	if end.IsZero() {
		end = e.Start
	}
	if e.AllDay {
		y, m, d := e.Start.Date()
		if last := time.Date(y, m, d+1, 0, 0, 0, 0, e.Start.Location()); end.Before(last) {
			end = last
		}
	}
	return end
}
