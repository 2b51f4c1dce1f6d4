package index

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"
)

// The history is a table of commits. What a row says of its commit never
// changes, also its place in the order of the history; only whether the commit
// belongs to the history of HEAD does. So a branch that is left and come back
// to, a rebase or an amended commit costs what differs.

// Place orders the commits of a history, the smallest first: by time, but every
// commit after its parents, whatever their clocks said. It follows from the
// commit and its ancestors alone, so that it is the same whenever and however
// the history is recorded; commits of the same place are ordered by their ids.
type Place int64

// A place is a second since 1970, not before that of a parent, and the length
// of the longest way to a first commit.
const (
	lengthBits = 29
	maxLength  = 1<<lengthBits - 1
	maxSecond  = 1<<(63-lengthBits) - 1
)

// PlaceAfter gives the place of a commit made at a time on top of others.
func PlaceAfter(at time.Time, parents ...Place) Place {
	second, length := min(max(at.Unix(), 0), maxSecond), int64(0)
	for _, p := range parents {
		second = max(second, int64(p)>>lengthBits)
		length = max(length, int64(p)&maxLength+1)
	}
	return Place(second<<lengthBits | min(length, maxLength))
}

// HistoryChange is what brings the recorded history from one commit to another.
type HistoryChange struct {
	Head string // the commit whose history it is then
	Edge string // says where the history of a shallow clone is cut off
	// Clear forgets everything that is recorded.
	Clear   bool
	New     []CommitRecord // parents before children
	Revived []string       // recorded commits that belong to it again
	Dead    []string       // and those that do not any more
}

// manyCommits is from how many commits on the indexes are made anew at the end.
const manyCommits = 5000

// ChangeHistory changes the recorded history.
func (w *Writer) ChangeHistory(c HistoryChange) error {
	if c.Clear {
		for _, table := range []string{"commits", "doc_commits"} {
			if err := w.c.exec("DELETE FROM main." + table); err != nil {
				return err
			}
		}
	}
	for live, ids := range map[int][]string{0: c.Dead, 1: c.Revived} {
		for _, id := range ids {
			if err := w.c.exec("UPDATE main.commits SET live = ? WHERE id = ?", live, id); err != nil {
				return err
			}
		}
	}
	if err := w.putCommits(c.New); err != nil {
		return err
	}
	return errors.Join(w.setMeta("history", c.Head), w.setMeta("history_edge", c.Edge))
}

func (w *Writer) putCommits(records []CommitRecord) error {
	if len(records) > manyCommits {
		if err := w.c.script(dropHistoryIndexes); err != nil {
			return err
		}
	}
	next, err := w.c.int("SELECT coalesce(max(n), 0) + 1 FROM main.commits")
	if err != nil {
		return err
	}
	type touched struct {
		number string
		place  Place
		n      int64
	}
	var docs []touched
	for i, r := range records {
		n := next + int64(i)
		err := w.c.exec("INSERT INTO main.commits VALUES(?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)", n, r.ID, int64(r.Place), orNil(strings.Join(r.Parents, "\n")),
			orNil(r.Op), orNil(r.Actor), orNil(r.For), encodeTime(r.When), orNil(r.Subject), orNil(strings.Join(r.Docs, "\n")), orNil(r.Undoes))
		if err != nil {
			return err
		}
		for _, d := range r.Docs {
			docs = append(docs, touched{d, r.Place, n})
		}
	}
	// In the order of the table: a walk along its end instead of jumps.
	slices.SortFunc(docs, func(a, b touched) int {
		return cmp.Or(strings.Compare(a.number, b.number), cmp.Compare(a.place, b.place), cmp.Compare(a.n, b.n))
	})
	for _, d := range slices.Compact(docs) {
		if err := w.c.exec("INSERT INTO main.doc_commits VALUES(?, ?, ?, NULL, NULL)", d.number, int64(d.place), d.n); err != nil {
			return err
		}
	}
	if len(records) > manyCommits {
		return w.c.script(historyIndexes)
	}
	return nil
}

// PutVersions remembers what a recorded commit made of a document that it
// names, so that the next one who asks does not have to compare trees.
func (w *Writer) PutVersions(number, commit string, v Versions) error {
	return w.c.exec("UPDATE main.doc_commits SET before = ?, after = ? WHERE number = ? AND (place, n) = (SELECT place, n FROM main.commits WHERE id = ?)",
		v.Before[:], v.After[:], number, commit)
}

// Writable tells whether something may be written without disturbing what is
// being answered.
func (db *DB) Writable() bool { return !db.ro && !db.memory && !db.laidOver() }

// HistoryHead gives the commit whose history is recorded, or laid over what is
// recorded, and the edge it is cut off at; empty when none is.
func (db *DB) HistoryHead() (head, edge string, err error) {
	if db.past != nil {
		return db.past.head, db.past.edge, nil
	}
	return db.recordedHead()
}

func (db *DB) recordedHead() (head, edge string, err error) {
	err = db.c.query("SELECT key, value FROM main.meta WHERE key IN ('history', 'history_edge')", nil, func(r []value) error {
		if asString(r[0]) == "history" {
			head = asString(r[1])
		} else {
			edge = asString(r[1])
		}
		return nil
	})
	return head, edge, wrap(err)
}

// Recorded is what is known of a commit, whether it belongs to the recorded
// history or did once.
type Recorded struct {
	Place   Place
	Live    bool // it belongs to it
	Parents []string
}

// Recorded gives what the index itself knows of a commit.
func (db *DB) Recorded(id string) (r Recorded, ok bool, err error) {
	row, ok, err := db.c.one("SELECT place, live, parents FROM main.commits WHERE id = ?", id)
	if err != nil || !ok {
		return r, false, wrap(err)
	}
	return Recorded{Place(asInt(row[0])), asInt(row[1]) != 0, linesOf(row[2])}, true, nil
}

func linesOf(v value) []string {
	if s := asString(v); s != "" {
		return strings.Split(s, "\n")
	}
	return nil
}

// laidPast is a change of the history that is in memory only.
type laidPast struct {
	head, edge string
	alone      bool            // nothing recorded belongs to it
	dead       map[string]bool // recorded commits that do not
	added      []CommitRecord  // that do, the latest first
}

// LayHistory lays a change over the recorded history without writing: all
// answers are as if it had been made, until the index is closed. A snapshot is
// held meanwhile, since the change holds for this state of the index only.
func (db *DB) LayHistory(c HistoryChange) error {
	if err := db.Snapshot(); err != nil {
		return err
	}
	past := &laidPast{head: c.Head, edge: c.Edge, alone: c.Clear, dead: map[string]bool{}, added: slices.Clone(c.New)}
	for _, id := range c.Dead {
		past.dead[id] = true
	}
	for _, id := range c.Revived {
		var found []CommitRecord
		err := db.recorded(commitColumns+" FROM commits c WHERE c.id = ?", []any{id}, func(r CommitRecord) error {
			found = append(found, r)
			return nil
		})
		if err != nil {
			return wrap(err)
		}
		past.added = append(past.added, found...)
	}
	slices.SortFunc(past.added, newerFirst)
	db.past = past
	return nil
}

// newerFirst is the order in which commits are listed.
func newerFirst(a, b CommitRecord) int {
	return cmp.Or(cmp.Compare(b.Place, a.Place), strings.Compare(b.ID, a.ID))
}

const (
	commitColumns = `SELECT c.id, c.place, c.parents, c.op, c.actor, c."for", c.time, c.subject, c.docs, c.undoes`
	fromCommits   = commitColumns + " FROM commits c WHERE c.live = 1"
	latestFirst   = " ORDER BY c.place DESC, c.id DESC"
	bigCommits    = " AND c.docs IS NULL AND c.op IS NOT NULL AND c.op <> 'init'"
	// The plus signs keep these from being looked for in the order of time.
	commitsByID     = commitColumns + " FROM commits c WHERE c.id >= ? AND c.id < ? AND +c.live = 1 ORDER BY +c.place DESC, c.id DESC"
	documentCommits = commitColumns + `, dc.before, dc.after FROM doc_commits dc CROSS JOIN commits c ON c.n = dc.n
		WHERE dc.number = ? AND c.live = 1 ORDER BY dc.place DESC, c.id DESC`
)

// recorded calls fn for rows of the table of commits.
func (db *DB) recorded(sql string, args []any, fn func(CommitRecord) error) error {
	return db.c.query(sql, args, func(r []value) error {
		c := CommitRecord{ID: asString(r[0]), Place: Place(asInt(r[1])), Parents: linesOf(r[2]), Op: asString(r[3]), Actor: asString(r[4]),
			For: asString(r[5]), When: timeOf(r[6]), Subject: asString(r[7]), Docs: linesOf(r[8]), Undoes: asString(r[9])}
		if len(r) > 11 {
			before, _ := r[10].([]byte)
			after, _ := r[11].([]byte)
			if len(before) == 20 && len(after) == 20 {
				c.Versions = &Versions{[20]byte(before), [20]byte(after)}
			}
		}
		return fn(c)
	})
}

// history calls fn for the commits of the history, the latest first: those that
// a query of recorded ones gives in that order, and those laid over them for
// which match is true.
func (db *DB) history(sql string, args []any, match func(CommitRecord) bool, fn func(CommitRecord) error) error {
	if db.past == nil {
		return wrap(db.recorded(sql, args, fn))
	}
	over := slices.DeleteFunc(slices.Clone(db.past.added), func(c CommitRecord) bool { return !match(c) })
	stopped := false
	pass := func(c CommitRecord) error {
		err := fn(c)
		stopped = err != nil
		return err
	}
	var err error
	if !db.past.alone {
		err = db.recorded(sql, args, func(c CommitRecord) error {
			for len(over) > 0 && newerFirst(over[0], c) < 0 {
				if err := pass(over[0]); err != nil {
					return err
				}
				over = over[1:]
			}
			if db.past.dead[c.ID] {
				return nil
			}
			return pass(c)
		})
	}
	for _, c := range over {
		if err != nil || stopped {
			break
		}
		if err = fn(c); errors.Is(err, errStop) {
			return nil
		}
	}
	return wrap(err)
}

// ErrEnough, returned by a callback, ends a walk over commits without error.
var ErrEnough = errStop

// CommitsOf calls fn for the commits that touched what had a number, the latest
// first. fn may return ErrEnough.
func (db *DB) CommitsOf(number string, fn func(CommitRecord) error) error {
	return db.history(documentCommits, []any{number}, func(c CommitRecord) bool { return slices.Contains(c.Docs, number) }, fn)
}

// collect gathers at most limit commits; 0 stands for all.
func collect(limit int, each func(fn func(CommitRecord) error) error) ([]CommitRecord, error) {
	var out []CommitRecord
	err := each(func(c CommitRecord) error {
		if out = append(out, c); len(out) == limit {
			return ErrEnough
		}
		return nil
	})
	return out, err
}

// Recent gives the latest commits, of one actor where given.
func (db *DB) Recent(limit int, actor string) ([]CommitRecord, error) {
	sql, args := fromCommits, []any(nil)
	if actor != "" {
		sql, args = sql+" AND c.actor = ?", []any{actor}
	}
	return collect(limit, func(fn func(CommitRecord) error) error {
		return db.history(sql+latestFirst, args, func(c CommitRecord) bool { return actor == "" || c.Actor == actor }, fn)
	})
}

// Commit gives a commit of the history by its id.
func (db *DB) Commit(id string) (CommitRecord, bool, error) {
	found, err := db.withIDs(id, id+"\x00", 1)
	if err != nil || len(found) == 0 {
		return CommitRecord{}, false, err
	}
	return found[0], true, nil
}

// CommitsByPrefix gives the commits of the history whose ids begin with a text,
// at most limit of them.
func (db *DB) CommitsByPrefix(prefix string, limit int) ([]CommitRecord, error) {
	if strings.Trim(prefix, "0123456789abcdef") != "" || len(prefix) < 4 {
		return nil, nil
	}
	return db.withIDs(prefix, prefix+"g", limit)
}

func (db *DB) withIDs(from, to string, limit int) ([]CommitRecord, error) {
	return collect(limit, func(fn func(CommitRecord) error) error {
		return db.history(commitsByID, []any{from, to},
			func(c CommitRecord) bool { return c.ID >= from && c.ID < to }, fn)
	})
}

// maxBig bounds BigCommits.
const maxBig = 1000

// BigCommits gives the commits that name no document although e1 made them:
// those that touched too many to name them.
func (db *DB) BigCommits() ([]CommitRecord, error) {
	return collect(maxBig, func(fn func(CommitRecord) error) error {
		return db.history(fromCommits+bigCommits+latestFirst, nil,
			func(c CommitRecord) bool { return len(c.Docs) == 0 && c.Op != "" && c.Op != "init" }, fn)
	})
}

// CommitCount is how many commits the history has.
func (db *DB) CommitCount() (int, error) {
	n := 0
	if db.past == nil || !db.past.alone {
		recorded, err := db.c.int("SELECT count(*) FROM main.commits WHERE live = 1")
		if err != nil {
			return 0, wrap(err)
		}
		n = int(recorded)
	}
	if db.past != nil {
		n += len(db.past.added) - len(db.past.dead)
	}
	return n, nil
}
