package index

import (
	"strings"
)

// PutCommits records commits with the documents they touched. A commit that is
// recorded already is replaced.
func (w *Writer) PutCommits(records []CommitRecord) error {
	for _, r := range records {
		err := w.c.exec(`INSERT OR REPLACE INTO main.commits(seq, id, parent, op, actor, "for", time, subject, docs) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			r.Seq, r.ID, orNil(r.Parent), orNil(r.Op), orNil(r.Actor), orNil(r.For), encodeTime(r.When), orNil(r.Subject), orNil(strings.Join(r.Docs, "\n")))
		if err != nil {
			return err
		}
		for _, d := range r.Docs {
			if err := w.c.exec("INSERT OR IGNORE INTO main.doc_commits VALUES(?, ?)", d, r.Seq); err != nil {
				return err
			}
		}
	}
	return nil
}

// SetHistory states the commit up to which the history is recorded.
func (w *Writer) SetHistory(id string) error { return w.setMeta("history", id) }

// ClearHistory forgets all commits, for a history that was rewritten.
func (w *Writer) ClearHistory() error {
	for _, q := range []string{"DELETE FROM main.commits", "DELETE FROM main.doc_commits", "DELETE FROM main.meta WHERE key = 'history'"} {
		if err := w.c.exec(q); err != nil {
			return err
		}
	}
	return nil
}

// HistoryState gives the commit up to which the history is recorded; empty
// when none is.
func (db *DB) HistoryState() (string, error) {
	row, ok, err := db.c.one("SELECT value FROM main.meta WHERE key = 'history'")
	if err != nil || !ok {
		return "", wrap(err)
	}
	return asString(row[0]), nil
}

const commitColumns = `c.seq, c.id, c.parent, c.op, c.actor, c."for", c.time, c.subject, c.docs`

func (db *DB) commits(sql string, args ...any) ([]CommitRecord, error) {
	var out []CommitRecord
	err := db.c.query("SELECT "+commitColumns+" "+sql, args, func(r []value) error {
		c := CommitRecord{Seq: asInt(r[0]), ID: asString(r[1]), Parent: asString(r[2]), Op: asString(r[3]), Actor: asString(r[4]), For: asString(r[5]),
			When: timeOf(r[6]), Subject: asString(r[7])}
		if docs := asString(r[8]); docs != "" {
			c.Docs = strings.Split(docs, "\n")
		}
		out = append(out, c)
		return nil
	})
	return out, wrap(err)
}

// CommitsOf gives the commits that touched a document, the latest first.
func (db *DB) CommitsOf(number string, limit int) ([]CommitRecord, error) {
	return db.commits("FROM doc_commits dc JOIN commits c ON c.seq = dc.seq WHERE dc.number = ? ORDER BY dc.seq DESC LIMIT ?", number, limitOf(limit))
}

// Recent gives the latest commits, of one actor where given.
func (db *DB) Recent(limit int, actor string) ([]CommitRecord, error) {
	if actor != "" {
		return db.commits("FROM commits c WHERE c.actor = ? ORDER BY c.seq DESC LIMIT ?", actor, limitOf(limit))
	}
	return db.commits("FROM commits c ORDER BY c.seq DESC LIMIT ?", limitOf(limit))
}

// LastBy gives the latest commit of an actor.
func (db *DB) LastBy(actor string) (CommitRecord, bool, error) {
	return first(db.commits("FROM commits c WHERE c.actor = ? ORDER BY c.seq DESC LIMIT 1", actor))
}

// CommitRecord gives a recorded commit by its id.
func (db *DB) CommitRecord(id string) (CommitRecord, bool, error) {
	return first(db.commits("FROM commits c WHERE c.id = ? LIMIT 1", id))
}

// CommitsByPrefix gives recorded commits whose ids begin with a text, at most
// limit of them.
func (db *DB) CommitsByPrefix(prefix string, limit int) ([]CommitRecord, error) {
	if strings.Trim(prefix, "0123456789abcdef") != "" || len(prefix) < 4 {
		return nil, nil
	}
	return db.commits("FROM commits c WHERE c.id >= ? AND c.id < ? ORDER BY c.id LIMIT ?", prefix, prefix+"g", limitOf(limit))
}

// BigCommits gives the recorded commits that name no document although e1 made
// them: those that touched too many to name them.
func (db *DB) BigCommits() ([]CommitRecord, error) {
	return db.commits("FROM commits c WHERE c.docs IS NULL AND c.op IS NOT NULL AND c.op <> 'init' ORDER BY c.seq LIMIT ?", limitOf(1000))
}

func first(records []CommitRecord, err error) (CommitRecord, bool, error) {
	if err != nil || len(records) == 0 {
		return CommitRecord{}, false, err
	}
	return records[0], true, nil
}
