package repo

import (
	"errors"
	"maps"
	"time"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/worktime"
)

// aliasKey is the kind of the index's keys for former numbers.
const aliasKey = "alias"

// uniqueKey is the kind of the index's keys for a field's values.
func uniqueKey(form, field string) string { return form + "." + field }

// Lookup answers questions about the rest of the repository: as it is at
// HEAD, and within a transaction as that has left it so far.
type Lookup struct {
	r  *Repo
	tx *Tx // nil outside of a transaction
}

// Lookup reads at HEAD.
func (r *Repo) Lookup() Lookup { return Lookup{r: r} }

// Lookup reads what the transaction builds on and has changed.
func (tx *Tx) Lookup() Lookup { return Lookup{r: tx.r, tx: tx} }

// Context is what forms may ask for in this transaction.
func (tx *Tx) Context() form.Context {
	return form.Context{Lookup: tx.Lookup(), Now: tx.Now(), Author: tx.op.Actor, Calendar: calendarOf(tx.Definitions())}
}

// Context is what forms may ask for outside of a transaction.
func (r *Repo) Context(author string) form.Context {
	return form.Context{Lookup: r.Lookup(), Now: r.Now(), Author: author, Calendar: calendarOf(r.Definitions())}
}

// calendarOf gives the repository's working calendar when it is first needed.
func calendarOf(d *definition.Set) func() *worktime.Calendar {
	return func() *worktime.Calendar { return d.Calendar("") }
}

// Document returns a document, nil when there is none of that number.
func (l Lookup) Document(number string) (*document.Document, error) {
	if l.tx != nil {
		if t := l.tx.docs[number]; t != nil {
			return t.now, nil
		}
	}
	d, err := l.r.ReadHead(number)
	var unknown *UnknownError
	var loose *NotCommittedError
	if errors.As(err, &unknown) || errors.As(err, &loose) {
		return nil, nil
	}
	return d, err
}

// ByUnique lists the documents of a form whose field has a value.
func (l Lookup) ByUnique(formName, field, value string) ([]string, error) {
	db, err := l.r.Index()
	if err != nil {
		return nil, err
	}
	rows, err := db.ByKey(uniqueKey(formName, field), value, 0)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, row := range rows {
		if l.tx == nil || l.tx.docs[row.Number] == nil {
			numbers = append(numbers, row.Number)
		}
	}
	if l.tx == nil {
		return numbers, nil
	}
	own, err := l.tx.byKey(formName)
	if err != nil {
		return nil, err
	}
	return append(numbers, own[index.Key{Kind: uniqueKey(formName, field), Value: value}]...), nil
}

// byKey gives the numbers of the transaction's documents of a form by their
// keys, as they are now. Once nothing changes any more it is found out once:
// every document that is checked asks.
func (tx *Tx) byKey(formName string) (map[index.Key][]string, error) {
	if known := tx.keyed[formName]; known != nil {
		return known, nil
	}
	out := map[index.Key][]string{}
	for _, number := range tx.order {
		d := tx.docs[number].now
		if d == nil || d.Form != formName || d.Status == form.Void {
			continue
		}
		keys, err := tx.r.keys(d)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			out[k] = append(out[k], number)
		}
	}
	if tx.decided {
		tx.keyed[formName] = out
	}
	return out, nil
}

// asked is what a transaction has asked the index about the commit it builds
// on: of the letters of a batch each asks the same.
type asked struct {
	loads map[string]int
	turns map[string]index.TaskRow
}

// loads counts the open tasks of users at HEAD.
func (l Lookup) loads(users []string) (map[string]int, error) {
	var unknown []string
	for _, u := range users {
		if l.tx == nil {
			unknown = users
			break
		}
		if _, ok := l.tx.asked.loads[u]; !ok {
			unknown = append(unknown, u)
		}
	}
	if len(unknown) == 0 {
		return l.tx.asked.loads, nil
	}
	db, err := l.r.Index()
	if err != nil {
		return nil, err
	}
	found, err := db.WorkLoads(unknown)
	if err != nil || l.tx == nil {
		return found, err
	}
	if l.tx.asked.loads == nil {
		l.tx.asked.loads = map[string]int{}
	}
	maps.Copy(l.tx.asked.loads, found)
	return l.tx.asked.loads, nil
}

// lastTurn gives the last task of a step at HEAD that was given in turn; an
// empty one when there is none.
func (l Lookup) lastTurn(route, step string) (index.TaskRow, error) {
	key := route + "/" + step
	if l.tx != nil {
		if row, ok := l.tx.asked.turns[key]; ok {
			return row, nil
		}
	}
	db, err := l.r.Index()
	if err != nil {
		return index.TaskRow{}, err
	}
	var row index.TaskRow
	rows, _, err := db.Tasks(index.TaskQuery{Route: route, Step: step, Turns: true, Newest: true, Limit: 1, MaxCount: -1})
	if err != nil {
		return row, err
	}
	if len(rows) > 0 {
		row = rows[0]
	}
	if l.tx != nil {
		if l.tx.asked.turns == nil {
			l.tx.asked.turns = map[string]index.TaskRow{}
		}
		l.tx.asked.turns[key] = row
	}
	return row, nil
}

// WorkLoad gives the number of open tasks of each user, in the order asked.
func (l Lookup) WorkLoad(users []string) ([]int, error) {
	loads, err := l.loads(users)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(users))
	for i, u := range users {
		out[i] = loads[u]
	}
	if l.tx != nil {
		l.tx.addWork(users, out)
	}
	return out, nil
}

// addWork corrects work loads by what the transaction has changed.
func (tx *Tx) addWork(users []string, loads []int) {
	count := func(d *document.Document, sign int) {
		if d == nil {
			return
		}
		for _, in := range d.Routes {
			for _, t := range in.Tasks {
				for i, u := range users {
					if t.Who == u && t.Done.IsZero() && engine.Pending(t.State) {
						loads[i] += sign
					}
				}
			}
		}
	}
	for _, number := range tx.order {
		count(tx.docs[number].was, -1)
		count(tx.docs[number].now, +1)
	}
}

// LastPerformer gives whose turn the last task of a step was, "" for nobody.
func (l Lookup) LastPerformer(route, step string) (string, error) {
	var last string
	var at time.Time
	if l.tx != nil {
		// What the transaction has given out counts: of many letters imported
		// at once each is somebody else's.
		for _, number := range l.tx.order {
			d := l.tx.docs[number].now
			if d == nil {
				continue
			}
			for _, in := range d.Routes {
				for _, t := range in.Tasks {
					if in.Route == route && t.Step == step && t.Chosen != "" && !t.Assigned.Before(at) {
						last, at = t.Chosen, t.Assigned
					}
				}
			}
		}
	}
	row, err := l.lastTurn(route, step)
	if err != nil || row.Chosen == "" || !row.Assigned.After(at) && last != "" {
		return last, err
	}
	return row.Chosen, nil
}

var _ form.Lookup = Lookup{}
var _ engine.Lookup = Lookup{}
