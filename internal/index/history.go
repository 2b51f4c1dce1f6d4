package index

import (
	"cmp"
	"slices"
	"strings"
)

// manyCommits is from how many commits on the indexes are made anew at the end.
const manyCommits = 5000

// PutCommits records commits that are not recorded yet, with the documents
// they touched, in the order of the history.
func (w *Writer) PutCommits(records []CommitRecord) error {
	if len(records) > manyCommits {
		if err := w.c.script("DROP INDEX main.commits_id;\nDROP INDEX main.commits_actor;\nDROP INDEX main.commits_big"); err != nil {
			return err
		}
	}
	type touched struct {
		number string
		seq    int64
	}
	var docs []touched
	for _, r := range records {
		err := w.c.exec("INSERT INTO main.commits VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", r.Seq, r.ID, orNil(r.Parent), orNil(r.Op), orNil(r.Actor),
			orNil(r.For), encodeTime(r.When), orNil(r.Subject), orNil(strings.Join(r.Docs, "\n")), orNil(r.Undoes))
		if err != nil {
			return err
		}
		for _, d := range r.Docs {
			docs = append(docs, touched{d, r.Seq})
		}
	}
	// In the order of the table: a walk along its end instead of jumps.
	slices.SortFunc(docs, func(a, b touched) int { return cmp.Or(strings.Compare(a.number, b.number), cmp.Compare(a.seq, b.seq)) })
	for i, d := range docs {
		if i > 0 && docs[i-1] == d {
			continue
		}
		if err := w.c.exec("INSERT INTO main.doc_commits VALUES(?, ?, NULL, NULL)", d.number, d.seq); err != nil {
			return err
		}
	}
	if len(records) > manyCommits {
		return w.c.script(historyIndexes)
	}
	return nil
}

// PutVersions remembers what a recorded commit made of a document, so that the
// next one who asks does not have to compare trees.
func (w *Writer) PutVersions(number string, seq int64, v Versions) error {
	return w.c.exec("INSERT INTO main.doc_commits VALUES(?, ?, ?, ?) ON CONFLICT(number, seq) DO UPDATE SET before = excluded.before, after = excluded.after",
		number, seq, v.Before[:], v.After[:])
}

// CanRemember tells whether something may be written without disturbing what
// is being answered.
func (db *DB) CanRemember() bool { return !db.ro && !db.memory && !db.overlay }

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

const commitColumns = `SELECT c.seq, c.id, c.parent, c.op, c.actor, c."for", c.time, c.subject, c.docs, c.undoes`

func (db *DB) commits(sql string, args ...any) ([]CommitRecord, error) {
	return db.commitsWith(commitColumns+" "+sql, args...)
}

func (db *DB) commitsWith(sql string, args ...any) ([]CommitRecord, error) {
	var out []CommitRecord
	err := db.c.query(sql, args, func(r []value) error {
		c := CommitRecord{Seq: asInt(r[0]), ID: asString(r[1]), Parent: asString(r[2]), Op: asString(r[3]), Actor: asString(r[4]), For: asString(r[5]),
			When: timeOf(r[6]), Subject: asString(r[7]), Undoes: asString(r[9])}
		if docs := asString(r[8]); docs != "" {
			c.Docs = strings.Split(docs, "\n")
		}
		if len(r) > 11 {
			before, _ := r[10].([]byte)
			after, _ := r[11].([]byte)
			if len(before) == 20 && len(after) == 20 {
				c.Versions = &Versions{[20]byte(before), [20]byte(after)}
			}
		}
		out = append(out, c)
		return nil
	})
	return out, wrap(err)
}

// CommitsOf gives the commits that touched a document, the latest first.
func (db *DB) CommitsOf(number string, limit int) ([]CommitRecord, error) {
	return db.commitsWith(commitColumns+", dc.before, dc.after FROM doc_commits dc JOIN commits c ON c.seq = dc.seq WHERE dc.number = ? ORDER BY dc.seq DESC LIMIT ?", number, limitOf(limit))
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
