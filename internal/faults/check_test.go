package faults_test

import (
	"strings"
	"testing"
)

// Whatever the index holds that the documents and the history do not say,
// e1 check finds, and building it anew is the remedy.
func TestCheckComparesTheIndex(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, damage, says string }{
		{"a title", "UPDATE documents SET title = 'other' WHERE number = 'CLI-000001'", "CLI-000001: attributes"},
		{"a document that is gone", "UPDATE documents SET number = 'CLI-000009' WHERE number = 'CLI-000002'", "something else of CLI-000002"},
		{"one too many", "INSERT INTO documents(id, number, form) VALUES(1, 'CLI-000099', 'clients')", "documents instead of"},
		{"a count", "UPDATE counts SET n = n + 1 WHERE form = 'clients'", "a count of"},
		{"a card", `UPDATE f_clients SET c_name = 'other' WHERE c_name = 'First client'`, "CLI-000001: card"},
		{"a task", "UPDATE tasks SET state = 'done'", "INQ-2026-000006: tasks"},
		{"a performer", "DELETE FROM task_people", "performers"},
		{"a reference", "DELETE FROM refs", "references"},
		{"a series", "UPDATE series SET year = 1999 WHERE form = 'inquiries'", "series"},
		{"a checksum of texts", "UPDATE documents SET texthash = 1", "attributes"},
		{"a document set aside", "INSERT INTO aside SELECT path, number, form FROM documents WHERE number = 'CLI-000001'", "CLI-000001: path"},
		{"a commit listed twice", "INSERT INTO commits(id, place, live, subject) SELECT 'f' || id, place, live, subject FROM commits LIMIT 1", "commits instead of"},
		{"a commit's place", "UPDATE commits SET place = place + 1 WHERE op = 'comment'", "does not have commit"},
		{"a commit not listed", "UPDATE commits SET live = 0 WHERE op = 'comment'", "does not have commit"},
		{"whom a commit is of", "UPDATE commits SET actor = 'somebody' WHERE op = 'comment'", "does not have commit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := copyOf(t, standard(t))
			s.e1("log")
			s.e1("check")
			s.sqlite(c.damage)
			r := s.wants(1, c.says, "check")
			if !strings.Contains(r.out, "D110") || !strings.Contains(r.out, "e1 index rebuild") {
				t.Errorf("no remedy:\n%s", r.out)
			}
			s.e1("index", "rebuild")
			s.e1("log")
			s.e1("check")
		})
	}
}
