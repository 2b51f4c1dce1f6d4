package index

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var historyDay = time.Date(2026, 1, 1, 12, 0, 0, 0, time.FixedZone("", 3*3600))

// record is a commit on top of others.
func record(id, op, actor string, parents []CommitRecord, docs ...string) CommitRecord {
	r := CommitRecord{ID: id, Op: op, Actor: actor, When: historyDay, Docs: docs}
	var places []Place
	for _, p := range parents {
		r.Parents = append(r.Parents, p.ID)
		places = append(places, p.Place)
	}
	r.Place = PlaceAfter(historyDay, places...)
	return r
}

func on(parents ...CommitRecord) []CommitRecord { return parents }

// idsOf joins the ids of commits, each one letter.
func idsOf(t testing.TB, records []CommitRecord, err error) string {
	t.Helper()
	must(t, err)
	var out strings.Builder
	for _, r := range records {
		out.WriteString(r.ID)
	}
	return out.String()
}

func commitsOf(db *DB, number string) ([]CommitRecord, error) {
	return collect(0, func(fn func(CommitRecord) error) error { return db.CommitsOf(number, fn) })
}

// changing applies a change to the recorded history, written or laid over it.
func changing(t testing.TB, db *DB, lay bool, c HistoryChange) {
	t.Helper()
	if lay {
		must(t, db.LayHistory(c))
		return
	}
	must(t, db.Update(func(w *Writer) error { return w.ChangeHistory(c) }))
}

func TestHistory(t *testing.T) {
	a := record("a", "register", "petrova", nil, "INQ-1", "CLI-1")
	b := record("b", "set", "orlov", on(a), "INQ-1")
	b.For, b.Undoes = "petrova", "a"
	c := record("c", "init", "petrova", on(b))
	d := record("d", "demo", "petrova", on(b))
	m := record("m", "", "", on(c, d), "INQ-1")
	for _, move := range []struct {
		what       string
		live, dead []CommitRecord // before
		change     HistoryChange
		recent     string
		of         string // INQ-1
		by         string // petrova, the last
		big        string
	}{
		{"first", nil, nil, HistoryChange{Head: "c", Clear: true, New: on(a, b, c)}, "cba", "ba", "c", ""},
		{"amended", on(a, b, c), nil, HistoryChange{Head: "d", New: on(d), Dead: []string{"c"}}, "dba", "ba", "d", "d"},
		{"and back", on(a, b, d), on(c), HistoryChange{Head: "c", Revived: []string{"c"}, Dead: []string{"d"}}, "cba", "ba", "c", ""},
		{"merged", on(a, b, c), on(d), HistoryChange{Head: "m", New: on(m), Revived: []string{"d"}}, "mdcba", "mba", "d", "d"},
		{"taken back", on(a, b, c, d, m), nil, HistoryChange{Head: "b", Dead: []string{"c", "d", "m"}}, "ba", "ba", "a", ""},
		{"cut off", on(a, c), on(d), HistoryChange{Head: "b", Edge: "x", Clear: true, New: on(b)}, "b", "b", "", ""},
	} {
		for _, lay := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, laid over %v", move.what, lay), func(t *testing.T) {
				db := withEntries(t)
				changing(t, db, false, HistoryChange{Head: "x", New: append(move.live, move.dead...)})
				for _, r := range move.dead {
					changing(t, db, false, HistoryChange{Head: "x", Dead: []string{r.ID}})
				}
				changing(t, db, lay, move.change)
				all, err := db.Recent(0, "")
				same(t, "recent", idsOf(t, all, err), move.recent)
				n, err := db.CommitCount()
				must(t, err)
				same(t, "how many", n, len(move.recent))
				head, edge, err := db.HistoryHead()
				must(t, err)
				same(t, "head", head+edge, move.change.Head+move.change.Edge)
				last, err := db.Recent(1, "petrova")
				same(t, "of one", idsOf(t, last, err), move.by)
				of, err := commitsOf(db, "INQ-1")
				same(t, "of a document", idsOf(t, of, err), move.of)
				big, err := db.BigCommits()
				same(t, "big", idsOf(t, big, err), move.big)
				for _, id := range []string{"c", "d"} {
					if _, listed, err := db.Commit(id); err != nil || listed != strings.Contains(move.recent, id) {
						t.Errorf("commit %s is listed: %v, %v", id, listed, err)
					}
				}
				r, _, err := db.Commit("b")
				must(t, err)
				same(t, "as recorded", r, b)
			})
		}
	}
}

// Whatever is laid over an index would be lost by a write.
func TestNoUpdateWhileLaid(t *testing.T) {
	a := record("a", "register", "petrova", nil, "INQ-1")
	for name, lay := range map[string]func(*DB) error{
		"documents": func(db *DB) error {
			return db.Overlay([]Entry{{Number: "CLI-9", Form: "clients", Registered: historyDay}}, nil)
		},
		"history": func(db *DB) error { return db.LayHistory(HistoryChange{Head: "a", New: on(a)}) },
	} {
		t.Run(name, func(t *testing.T) {
			db := withEntries(t)
			must(t, lay(db))
			if err := db.Update(func(*Writer) error { return nil }); !errors.Is(err, ErrLaid) || db.Writable() {
				t.Fatalf("%v", err)
			}
			_, found, err := db.Get("CLI-9")
			must(t, err)
			head, _, err := db.HistoryHead()
			must(t, err)
			if !found && head != "a" {
				t.Error("what was laid over is gone")
			}
		})
	}
	db := withEntries(t)
	must(t, db.Snapshot())
	must(t, db.Update(func(w *Writer) error { return w.ChangeHistory(HistoryChange{Head: "a", New: on(a)}) }))
}

func TestVersionsAndManyCommits(t *testing.T) {
	db := withEntries(t)
	a := record("a", "register", "petrova", nil, "INQ-1")
	b := record("b", "set", "petrova", on(a), "INQ-1")
	changing(t, db, false, HistoryChange{Head: "b", New: on(a, b)})
	made := Versions{After: [20]byte{1, 2}}
	must(t, db.Update(func(w *Writer) error {
		return errors.Join(w.PutVersions("INQ-1", "a", made), w.PutVersions("INQ-2", "a", made), w.PutVersions("INQ-1", "none", made))
	}))
	must(t, db.Bulk(context.Background(), BulkOptions{Commit: "c", KeepHistory: true}, feedBench(3)))
	past, err := commitsOf(db, "INQ-1")
	if err != nil || len(past) != 2 || past[0].Versions != nil || past[1].Versions == nil || *past[1].Versions != made || !made.Brings() {
		t.Fatalf("%+v %v", past, err)
	}
	if other, err := commitsOf(db, "INQ-2"); err != nil || len(other) != 0 {
		t.Fatalf("a commit has come to a document it does not name: %v %v", other, err)
	}
	many := []CommitRecord{b}
	for i := range 2 * manyCommits {
		r := record(fmt.Sprintf("%04x", i), "set", "sidorov", on(many[len(many)-1]), fmt.Sprintf("CLI-%d", i%7), "CLI-0")
		many = append(many, r)
	}
	last := many[len(many)-1].ID
	changing(t, db, false, HistoryChange{Head: last, New: many[1:]})
	if past, err := commitsOf(db, "CLI-3"); err != nil || len(past) != (2*manyCommits+3)/7 || past[0].Place <= past[1].Place {
		t.Fatalf("%d %v", len(past), err)
	}
	newest, err := db.Recent(1, "sidorov")
	same(t, "newest", idsOf(t, newest, err), last)
	if row, _, err := db.c.one("PRAGMA integrity_check"); err != nil || asString(row[0]) != "ok" {
		t.Fatal(row, err)
	}
	if n, err := db.c.int("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'commits_%'"); err != nil || n != 4 {
		t.Fatalf("%d indexes of commits, %v", n, err)
	}
	found, err := db.CommitsByPrefix(last[:3], 2)
	must(t, err)
	if len(found) != 0 {
		t.Errorf("three letters find %v", found)
	}
	found, err = db.CommitsByPrefix(last, 2)
	same(t, "by prefix", idsOf(t, found, err), last)
	if err := db.Update(func(w *Writer) error { return w.ChangeHistory(HistoryChange{Head: last, New: many[5:6]}) }); err == nil {
		t.Error("a commit was recorded twice")
	}
}

// What is asked of a long history is found by an index, not by looking through
// all commits or sorting them.
func TestHistoryPlans(t *testing.T) {
	db := withEntries(t)
	for what, sql := range map[string]string{
		"of a document": documentCommits,
		"recent":        fromCommits + latestFirst,
		"of an actor":   fromCommits + " AND c.actor = ?" + latestFirst,
		"big":           fromCommits + bigCommits + latestFirst,
		"by id":         commitsByID,
	} {
		var plan []string
		must(t, db.c.query("EXPLAIN QUERY PLAN "+sql, []any{"x", "y"}[:strings.Count(sql, "?")], func(r []value) error {
			plan = append(plan, asString(r[3]))
			return nil
		}))
		text := strings.Join(plan, "; ")
		if strings.Contains(text, "SCAN") && !strings.Contains(text, "USING INDEX") || strings.Contains(text, "B-TREE FOR ORDER BY") && what != "by id" {
			t.Errorf("%s: %s", what, text)
		}
	}
}

// A commit comes after all that it is made on, whatever the clocks said.
func TestPlaceAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var places []Place
		for i := range rapid.IntRange(1, 40).Draw(t, "commits") {
			var parents []Place
			for range rapid.IntRange(0, min(i, 3)).Draw(t, "parents") {
				parents = append(parents, places[rapid.IntRange(0, i-1).Draw(t, "parent")])
			}
			at := time.Unix(rapid.SampledFrom([]int64{-5, 0, 1, 2, 3, 1 << 30, 1 << 40}).Draw(t, "second"), 0)
			p := PlaceAfter(at, parents...)
			for _, q := range parents {
				if q >= p {
					t.Fatalf("%v is not after %v", p, q)
				}
			}
			if p < 0 {
				t.Fatalf("%v", p)
			}
			places = append(places, p)
		}
	})
	if PlaceAfter(time.Unix(10, 0)) >= PlaceAfter(time.Unix(11, 0)) || PlaceAfter(time.Unix(9, 0), PlaceAfter(time.Unix(10, 0))) >= PlaceAfter(time.Unix(11, 0)) {
		t.Error("time does not order commits")
	}
}
