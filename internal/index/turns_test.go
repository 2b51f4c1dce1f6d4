package index

import (
	"strings"
	"testing"
	"time"
)

// TestTasksAreFoundByAnIndex asks SQLite how it looks for the tasks that every
// letter and every list asks for: never by going through all of them.
func TestTasksAreFoundByAnIndex(t *testing.T) {
	db := withEntries(t)
	for name, test := range map[string]struct {
		q    TaskQuery
		want string
	}{
		"whose turn it was": {TaskQuery{Route: "r", Step: "s", Turns: true, Newest: true, Limit: 1}, "USING INDEX tasks_turn"},
		"one's open tasks":  {TaskQuery{Users: []string{"petrova"}, Open: true}, "p USING PRIMARY KEY"},
		"one's own move":    {TaskQuery{Users: []string{"petrova"}, Open: true, Awaited: true}, "p USING PRIMARY KEY"},
		"what is unread":    {TaskQuery{Users: []string{"petrova"}, Unread: true}, "p USING PRIMARY KEY"},
		"what is late":      {TaskQuery{Overdue: time.Unix(1, 0)}, "USING INDEX tasks_open"},
	} {
		var plan []string
		for _, l := range db.layers() {
			tail, args := test.q.sql(l, false)
			order := " ORDER BY t.assigned DESC, t.doc DESC, t.n DESC"
			if test.q.onePerson() {
				order = " ORDER BY p.sort, p.doc, p.n"
			}
			must(t, db.c.query(l.tables("EXPLAIN QUERY PLAN SELECT "+taskColumns+tail)+order, args, func(r []value) error {
				plan = append(plan, asString(r[3]))
				return nil
			}))
		}
		got := strings.Join(plan, "\n")
		if !strings.Contains(got, test.want) || strings.Contains(got, "SCAN") {
			t.Errorf("%s:\n%s", name, got)
		}
		// A list that shows twenty of thousands counts them without reading them,
		// in the order in which they stand.
		if tail, _ := test.q.sql(layer{}, true); strings.Contains(test.want, "PRIMARY KEY") && (strings.Contains(tail, "@tasks") || test.q.Awaited && strings.Contains(got, "TEMP B-TREE")) {
			t.Errorf("%s: counted by%s, found by\n%s", name, tail, got)
		}
	}
}
