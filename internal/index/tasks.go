package index

import "strings"

const taskColumns = "t.task, t.inst, t.step, t.title, t.route, t.who, t.candidates, t.controller, t.giver, t.state, t.open, t.outcome, " +
	"t.comment, t.\"for\", t.cycle, t.assigned, t.due, t.accepted, t.done, t.outcomes, " +
	"t.kind, t.of, t.text, t.until, t.reminded, t.escalated, t.chosen, d.number, d.form, d.title, d.status"

func scanTask(r []value) TaskRow {
	lines := func(v value) []string {
		if s := asString(v); s != "" {
			return strings.Split(s, "\n")
		}
		return nil
	}
	return TaskRow{Task{ID: int(asInt(r[0])), Instance: int(asInt(r[1])), Step: asString(r[2]), Title: asString(r[3]), Route: asString(r[4]),
		Who: asString(r[5]), Candidates: lines(r[6]), Controller: asString(r[7]), Giver: asString(r[8]), State: asString(r[9]), Open: asInt(r[10]) == isOpen, Unread: asInt(r[10]) == isUnread,
		Outcome: asString(r[11]), Comment: asString(r[12]), For: asString(r[13]), Cycle: int(asInt(r[14])), Assigned: timeOf(r[15]), Due: timeOf(r[16]),
		Accepted: timeOf(r[17]), Done: timeOf(r[18]), Outcomes: lines(r[19]),
		Kind: asString(r[20]), Of: int(asInt(r[21])), Text: asString(r[22]), Until: timeOf(r[23]), Reminded: timeOf(r[24]), Escalated: timeOf(r[25]), Chosen: asString(r[26])},
		asString(r[27]), asString(r[28]), asString(r[29]), asString(r[30])}
}

// Tasks gives one page of tasks, by deadline, those without one last, and how
// many there are in all; with MaxCount at least so many.
func (db *DB) Tasks(q TaskQuery) (tasks []TaskRow, total int, err error) {
	err = db.StreamTasks(q, func(t TaskRow) error {
		tasks = append(tasks, t)
		return nil
	})
	if err == nil && q.MaxCount >= 0 {
		total, _, err = db.countLayers(q.MaxCount, func(l layer) (string, []any, error) {
			tail, args := q.sql(l, true)
			return tail, args, nil
		})
	}
	return tasks, total, wrap(err)
}

// StreamTasks calls fn for each task that Tasks would give.
func (db *DB) StreamTasks(q TaskQuery, fn func(TaskRow) error) error {
	keys := []sortKey{{"t.sort", false}, {"t.doc", false}, {"t.n", false}}
	switch {
	case q.Newest:
		keys = []sortKey{{"t.assigned", true}, {"t.doc", true}, {"t.n", true}}
	case q.onePerson():
		keys = []sortKey{{"p.sort", false}, {"p.doc", false}, {"p.n", false}}
	}
	return wrap(db.selectLayers(q.Limit, q.Offset, func(l layer) (selectQuery, error) {
		tail, args := q.sql(l, false)
		return selectQuery{taskColumns, tail, keys, args}, nil
	}, func(r []value) error { return fn(scanTask(r)) }))
}

// onePerson says that the tasks are found by the index of one person's.
func (q TaskQuery) onePerson() bool {
	return len(q.Users) == 1 && q.Controller == "" && q.Document == "" || len(q.Users) == 0 && q.Controller != "" && q.Document == ""
}

// sql writes what selects the tasks; to count them it leaves out the tables
// that decide nothing.
func (q TaskQuery) sql(l layer, count bool) (tail string, args []any) {
	var from string
	var conds []string
	add := func(cond string, values ...any) {
		conds = append(conds, cond)
		args = append(args, values...)
	}
	from = " FROM @tasks t"
	document := " CROSS JOIN @documents d ON d.id = t.doc"
	if count && q.Form == "" {
		document = ""
	}
	// Deadline and openness stand in the index of people as well.
	sort, open := "t.sort", "t.open"
	if q.onePerson() {
		sort, open = "p.sort", "p.open"
		from = " FROM @task_people p CROSS JOIN @tasks t ON t.doc = p.doc AND t.n = p.n"
		if count && q.Form+q.State+q.Route+q.Step == "" && q.DoneFrom.IsZero() && q.DoneTo.IsZero() {
			from = " FROM @task_people p"
		}
		user, kind := q.Controller, controls
		if len(q.Users) == 1 {
			user, kind = q.Users[0], performs
		}
		add("p.user = ? AND p.kind = ?", user, kind)
	} else {
		if len(q.Users) > 0 {
			users := make([]any, len(q.Users))
			for i, u := range q.Users {
				users[i] = u
			}
			theirs := ""
			if q.Awaited {
				theirs = " AND open <> 3"
			}
			add("(t.doc, t.n) IN (SELECT doc, n FROM @task_people WHERE kind = 0"+theirs+" AND user IN ("+strings.TrimSuffix(strings.Repeat("?,", len(users)), ",")+"))", users...)
		}
		if q.Controller != "" {
			add("t.controller = ?", q.Controller)
		}
	}
	from += document
	if q.Document != "" {
		from = " FROM @documents d CROSS JOIN @tasks t ON t.doc = d.id"
		add("d.number = ?", q.Document)
	}
	// Written out: an index of some rows only is not found by a parameter.
	switch {
	case q.onePerson() && !q.Awaited && (q.Open || !q.Overdue.IsZero()):
		conds = append(conds, open+" IN (1, 3)")
	case q.Open || !q.Overdue.IsZero():
		conds = append(conds, open+" = 1")
	case q.Closed:
		conds = append(conds, open+" = 0")
	case q.Unread:
		conds = append(conds, open+" = 2")
	}
	if !q.Overdue.IsZero() {
		add(sort+" < ?", q.Overdue.Unix())
	}
	if q.Turns {
		conds = append(conds, "t.chosen IS NOT NULL")
	}
	if !q.DoneFrom.IsZero() {
		add("t.done >= ?", q.DoneFrom.Unix()<<offsetBits)
	}
	if !q.DoneTo.IsZero() {
		add("t.done < ?", q.DoneTo.Unix()<<offsetBits)
	}
	for _, c := range []struct{ column, value string }{{"d.form", q.Form}, {"t.state", q.State}, {"t.route", q.Route}, {"t.step", q.Step}} {
		if c.value != "" {
			add(c.column+" = ?", c.value)
		}
	}
	doc := "t.doc"
	if strings.HasSuffix(from, " p") {
		doc = "p.doc"
	}
	conds = append(conds, l.visible(doc))
	return from + " WHERE " + strings.Join(conds, " AND "), args
}

// WorkLoads counts the open tasks that are each user's alone; every user asked
// for is in the answer.
func (db *DB) WorkLoads(users []string) (map[string]int, error) {
	out := map[string]int{}
	for _, u := range users {
		n, _, err := db.countLayers(0, func(l layer) (string, []any, error) {
			return " FROM @task_people WHERE user = ? AND kind = 0 AND open = 1 AND own = 1 AND " + l.visible("doc"), []any{u}, nil
		})
		if err != nil {
			return nil, wrap(err)
		}
		out[u] = n
	}
	return out, nil
}
