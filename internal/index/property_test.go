package index

import (
	"context"
	"fmt"
	"math/rand"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawEntry draws an entry from small sets of values, so that they meet, with
// the awkward ones among them.
func drawEntry(t *rapid.T) Entry {
	pick := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	form := pick("form", "clients", "inquiries")
	n := rapid.IntRange(1, 12).Draw(t, "n")
	zone := time.FixedZone("", rapid.SampledFrom([]int{3, 0, -5}).Draw(t, "zone")*3600)
	at := func(label string) time.Time {
		if rapid.IntRange(0, 3).Draw(t, label+"?") == 0 {
			return time.Time{}
		}
		return time.Date(2026, 1, 1, rapid.IntRange(0, 24*40).Draw(t, label), 0, 0, 0, zone)
	}
	e := Entry{Form: form, Number: fmt.Sprintf("INQ-%d-%06d", 2025+n%2, n), UID: fmt.Sprint("u", n), Title: pick("title", testWords...),
		Status: pick("status", "", "new", "in_work", "done"), By: pick("by", "", "petrova", "import/web"), Closed: rapid.Bool().Draw(t, "closed"),
		Registered: time.Date(2026, 1, 1, n/2, 0, 0, 0, zone), Comments: n, Files: n % 3}
	if form == "clients" {
		e.Number = fmt.Sprintf("CLI-%06d", n)
	}
	for _, name := range []string{"kind", "manager", "status", "inn", "industry"} {
		if v := pick(name, "", "training", "order", "petrova", "it", "Ёлка", "a'\"b"); v != "" {
			e.Fields = append(e.Fields, Field{name, v})
		}
	}
	decimals := []string{"", "0", "-0.01", "1500000.00", "1500000", "1500000.0001", "1500000.00005", "1500000.00004", "999999999999999999999", "99999999999999999999.5",
		"-999999999999999999999", "-999999999999999999998", "922337203685477.5807", "-922337203685477.5808", "922337203685477.5808", "3.10", "no number", "1e3"}
	for _, name := range []string{"amount", "paid", "rate", "limit"} {
		if v := pick(name, decimals...); v != "" {
			e.Fields = append(e.Fields, Field{name, v})
		}
	}
	e.Fields = append(e.Fields, Field{"start", pick("start", "", "2026-01-31", "2026-12-31", "2027-01-01", "2026-13-01")},
		Field{"called", pick("called", "", "2026-01-31T23:30:00+03:00", "2026-01-31T20:30:00Z", "2025-12-31T23:59:59-05:00", "2026-02-01", "2026-01-31T20:30:00+00:00")},
		Field{"length", pick("length", "", "4wh", "2wd", "1d4h", "soon")}, Field{"rooms", rapid.Int64Range(-2, 2).Draw(t, "rooms")},
		Field{"urgent", rapid.Bool().Draw(t, "urgent")}, Field{"text", pick("text", "", "договоры поставки", "Ёлка и ЁЛКИ", "office deliveries")},
		Field{"client", fmt.Sprintf("CLI-%06d", rapid.IntRange(1, 12).Draw(t, "client"))})
	known, _ := testSchema().form(form)
	e.Fields = slices.DeleteFunc(e.Fields, func(f Field) bool { _, ok := known.column(f.Name); return !ok || f.Value == "" })
	if c, ok := cardValue(e, "client").(string); ok {
		e.Refs = append(e.Refs, Ref{Kind: "client", Field: "client", To: c})
	}
	if rapid.Bool().Draw(t, "link") {
		e.Refs = append(e.Refs, Ref{Kind: "reply_to", To: fmt.Sprintf("INQ-%d-%06d", 2025+n%2, n), Link: true})
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "tasks") {
		task := Task{ID: i + 1, Instance: 1, Step: "s", Route: "r", State: pick("state", "open", "done", review, "inform"), Controller: pick("controller", "", "orlov"),
			Due: at("due"), Assigned: at("assigned"), Title: "Связаться"}
		task.Open, task.Unread = task.State == "open" || task.State == review, task.State == "inform"
		if task.Who = pick("who", "", "petrova", "sidorov"); task.Who == "" {
			task.Candidates = []string{"petrova", "ivanova"}
		}
		e.Tasks = append(e.Tasks, task)
	}
	for range rapid.IntRange(0, 2).Draw(t, "timers") {
		if due := at("timer"); !due.IsZero() {
			e.Timers = append(e.Timers, Timer{At: due, Kind: "remind", Task: 1})
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "events") {
		if start := at("event"); !start.IsZero() {
			ev := Event{Kind: "work", Start: start, Who: pick("ewho", "petrova", "orlov"), Title: "звонок"}
			if h := rapid.SampledFrom([]int{0, 1, 48, 24 * 60}).Draw(t, "hours"); h > 0 {
				ev.End = start.Add(time.Duration(h) * time.Hour)
			}
			e.Events = append(e.Events, ev)
		}
	}
	e.Keys = []Key{{"phone", pick("phone", "+74951234567", "+79161234567")}}
	e.Messages = []string{pick("message", "m1", "m2")}
	if rapid.IntRange(0, 4).Draw(t, "alias?") == 0 {
		e.Aliases = []string{fmt.Sprintf("OLD-%d-%s", n, form)}
	}
	e.Text = []string{pick("words", testWords...) + " " + pick("words2", testWords...) + " " + pick("words3", "8 (495) 123-45-67", "ivan.petrov@mail.ru", "1500000,00")}
	return e
}

func drawCond(t *rapid.T, form string, depth int) Cond {
	columns := []string{"kind", "manager", "card.status", "amount", "paid", "rate", "start", "called", "urgent", "rooms", "text", "client", "client.inn",
		"client.status", "client.limit", "status", "number", "closed", "by", "title", "registered"}
	if form == "clients" {
		columns = []string{"inn", "industry", "limit", "status", "number", "registered"}
	}
	kind := rapid.IntRange(0, 9).Draw(t, "cond")
	if depth > 0 && kind < 3 {
		parts := []Cond{drawCond(t, form, depth-1), drawCond(t, form, depth-1)}
		return []Cond{And(parts), Or(parts), Not{parts[0]}}[kind]
	}
	column := rapid.SampledFrom(columns).Draw(t, "column")
	op := Op(rapid.IntRange(0, 5).Draw(t, "op"))
	value := func() any {
		switch column {
		case "amount", "paid", "rate", "limit", "client.limit":
			return rapid.SampledFrom([]any{"1500000", "1500000.00004", "99999999999999999999.5", "-999999999999999999999", int64(0), "922337203685477.5808", "-922337203685477.5808"}).Draw(t, "decimal")
		case "start":
			return rapid.SampledFrom([]any{"2026-01-31", "2027-01-01"}).Draw(t, "date")
		case "called", "registered":
			return rapid.SampledFrom([]any{time.Date(2026, 1, 31, 20, 30, 0, 0, time.UTC), time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC)}).Draw(t, "time")
		case "urgent", "closed":
			return rapid.Bool().Draw(t, "bool")
		case "rooms":
			return rapid.Int64Range(-2, 2).Draw(t, "int")
		}
		return rapid.SampledFrom([]any{"new", "it", "petrova", "CLI-000003", "INQ-2026-000005", "договоры поставки", "Ёлка", "a'\"b"}).Draw(t, "text")
	}
	text := slices.Contains([]string{"kind", "manager", "text", "title", "number"}, column)
	switch {
	case kind == 3:
		return IsNull{column}
	case kind == 4:
		return In{column, []any{value(), value()}}
	case kind == 5 && text:
		return Contains{column, rapid.SampledFrom([]string{"о", "tr", "6", "'"}).Draw(t, "part")}
	case kind == 6 && text:
		return HasPrefix{column, rapid.SampledFrom([]string{"до", "tr", "INQ-2026", "Ё"}).Draw(t, "part")}
	case kind == 7 && form == "inquiries":
		return CompareColumns{"amount", op, rapid.SampledFrom([]string{"paid", "rate"}).Draw(t, "right")}
	case kind == 8:
		return Compare{column, rapid.SampledFrom([]Op{Eq, Ne}).Draw(t, "op2"), nil}
	}
	return Compare{column, op, value()}
}

// checkQueries compares the answers of an index with the model's.
func checkQueries(t *rapid.T, db *DB, m *model) {
	for range 3 {
		q := Query{Form: rapid.SampledFrom([]string{"inquiries", "inquiries", "clients"}).Draw(t, "qform"), Limit: rapid.IntRange(0, 5).Draw(t, "limit"), Columns: []string{"*"}}
		q.Offset = rapid.IntRange(0, 3).Draw(t, "offset")
		if rapid.Bool().Draw(t, "where") {
			q.Where = []Cond{drawCond(t, q.Form, 3)}
		}
		orders := []string{"registered", "number", "status", "title"}
		if q.Form == "inquiries" {
			orders = append(orders, "amount", "rate", "start", "rooms", "client.inn", "card.status", "urgent")
		}
		for range rapid.IntRange(0, 2).Draw(t, "orders") {
			q.OrderBy = append(q.OrderBy, Order{rapid.SampledFrom(orders).Draw(t, "order"), rapid.Bool().Draw(t, "desc")})
		}
		res, err := db.List(q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		want, total := m.list(q)
		same(t, fmt.Sprintf("list %+v", q), numbersOf(res.Rows), want)
		same(t, fmt.Sprintf("total of %+v", q), res.Total, total)
		for _, r := range res.Rows {
			checkRow(t, r, m.entries[r.Number])
		}
	}
	where := drawCond(t, "inquiries", 2)
	by := []GroupExpr{rapid.SampledFrom([]GroupExpr{{"kind", Each}, {"status", Each}, {"amount", Each}, {"start", Month}, {"start", Week}, {"start", Quarter},
		{"start", Each}, {"called", Month}, {"called", Day}, {"registered", Day}, {"registered", Year}, {"client.inn", Each}, {"urgent", Each}}).Draw(t, "by")}
	if rapid.Bool().Draw(t, "nogroup") {
		by = nil
	}
	aggs := []Agg{{Func: Count}, {Sum, "amount"}, {Avg, "paid"}, {Min, "rate"}, {Max, "amount"}, {Count, "start"}, {CountDistinct, "kind"}, {Sum, "rooms"}, {Max, "start"}, {Sum, "length"}, {CountDistinct, "rate"}}
	got, err := db.Aggregate("inquiries", by, aggs, where)
	if err != nil {
		t.Fatal(err)
	}
	same(t, fmt.Sprintf("aggregate by %v where %+v", by, where), got, m.aggregate("inquiries", by, aggs, where))

	due := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	for _, q := range []TaskQuery{{}, {Users: []string{"petrova"}}, {Users: []string{"petrova"}, Open: true}, {Users: []string{"petrova", "sidorov"}},
		{Users: []string{"petrova"}, Open: true, Awaited: true}, {Users: []string{"orlov"}, Open: true, Awaited: true}, {Users: []string{"petrova", "orlov"}, Open: true, Awaited: true}, {Controller: "orlov", Closed: true},
		{Overdue: due}, {Users: []string{"ivanova"}, Overdue: due}, {Form: "inquiries", State: "done"}, {Document: "INQ-2026-000003"},
		{Users: []string{"orlov"}, Open: true}, {Users: []string{"petrova"}, Unread: true}, {Users: []string{"petrova", "orlov"}, Unread: true}} {
		tasks, total, err := db.Tasks(q)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, task := range tasks {
			names = append(names, fmt.Sprintf("%s/%d", task.Number, task.ID))
		}
		want := m.tasks(q)
		if len(q.Users) == 1 && !q.Open && q.Overdue.IsZero() || q.Controller != "" {
			slices.Sort(names) // open ones and closed ones come apart
			slices.Sort(want)
		}
		same(t, fmt.Sprintf("tasks %+v", q), names, want)
		same(t, fmt.Sprintf("number of tasks %+v", q), total, len(want))
	}
	for _, words := range [][]string{{"договор"}, {"елка"}, {"обращения"}, {"счёт", "оплатой"}, {"delivery"}, {"ivan", "petrov"}} {
		res, err := db.Search(SearchQuery{Words: strings.Join(words, " "), Form: "inquiries"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprintf("search %q", words), numbersOf(res.Rows), m.search(words, "inquiries"))
		same(t, "hits", res.Total, len(res.Rows))
	}
	checkLookups(t, db, m)
}

func checkRow(t *rapid.T, r Row, e Entry) {
	same(t, "row of "+r.Number, []any{r.Form, r.UID, r.Status, r.Title, r.By, r.Registered.Format(time.RFC3339), r.Closed, r.Comments, r.Files, r.Blob},
		[]any{e.Form, e.UID, e.Status, e.Title, e.By, e.Registered.Format(time.RFC3339), e.Closed, e.Comments, e.Files, e.Blob})
	for _, f := range r.Fields {
		same(t, r.Number+" "+f.Name, f.Value, cardValue(e, f.Name))
	}
}

func checkLookups(t *rapid.T, db *DB, m *model) {
	from, to := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 17, 0, 0, 0, 0, time.UTC)
	refs, keys, messages := map[string][]string{}, map[string][]string{}, map[string][]string{}
	var events, timers []string
	loads := map[string]int{"petrova": 0, "sidorov": 0, "nobody": 0}
	for _, e := range m.all() {
		for _, r := range e.Refs {
			refs[r.To] = append([]string{e.Number + " " + r.Kind}, refs[r.To]...)
		}
		for _, k := range e.Keys {
			keys[k.Value] = append(keys[k.Value], e.Number)
		}
		for _, msg := range e.Messages {
			messages[msg] = append(messages[msg], e.Number)
		}
		for _, ev := range e.Events {
			if ev.Start.Before(to) && (!ev.Start.Before(from) || ev.End.After(from)) {
				events = append(events, e.Number+ev.Start.Format(time.RFC3339))
			}
		}
		for _, tm := range e.Timers {
			if !tm.At.After(to) {
				timers = append(timers, e.Number+tm.At.Format(time.RFC3339))
			}
		}
		for _, task := range e.Tasks {
			if _, ok := loads[task.Who]; ok && task.Open && task.State != review {
				loads[task.Who]++
			}
		}
		row, ok, err := db.Get(e.Number, "*")
		if err != nil || !ok {
			t.Fatalf("get %s: %v %v", e.Number, ok, err)
		}
		checkRow(t, row, e)
		for _, a := range e.Aliases {
			if row, ok, err := db.Get(a); err != nil || !ok || row.Number != e.Number {
				t.Fatalf("alias %s: %v %v %v", a, row.Number, ok, err)
			}
		}
	}
	for _, number := range []string{"CLI-000003", "INQ-2026-000005"} {
		edges, err := db.RefsTo(number, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range edges {
			got = append(got, e.From+" "+e.Kind)
		}
		same(t, "refs to "+number, got, refs[number])
		want := m.entries[number].Refs
		edges, err = db.RefsFrom(number)
		if err != nil {
			t.Fatal(err)
		}
		var own []Ref
		for _, e := range edges {
			own = append(own, e.Ref)
			if _, exists := m.entries[e.To]; exists != (e.Row.Number != "") {
				t.Fatalf("edge %+v", e)
			}
		}
		same(t, "refs from "+number, own, want)
	}
	rows, err := db.ByKey("phone", "+74951234567", 0)
	same(t, fmt.Sprint("key ", err), numbersOf(rows), keys["+74951234567"])
	rows, err = db.ByMessage("m1")
	same(t, fmt.Sprint("message ", err), numbersOf(rows), messages["m1"])
	got, err := db.Events(from, to)
	var names []string
	for _, e := range got {
		names = append(names, e.Number+e.Start.Format(time.RFC3339))
	}
	slices.Sort(names)
	slices.Sort(events)
	same(t, fmt.Sprint("events ", err), names, events)
	due, err := db.TimersDue(to, 0)
	names = nil
	for _, d := range due {
		names = append(names, d.Number+d.At.Format(time.RFC3339))
	}
	slices.Sort(names)
	slices.Sort(timers)
	same(t, fmt.Sprint("timers ", err), names, timers)
	gotLoads, err := db.WorkLoads([]string{"petrova", "sidorov", "nobody"})
	same(t, fmt.Sprint("loads ", err), gotLoads, loads)
	res, err := db.Search(SearchQuery{Words: "8 (495) 123"})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range m.all() {
		if strings.Contains(strings.Join(e.Text, " "), "(495)") != slices.Contains(numbersOf(res.Rows), e.Number) {
			t.Fatalf("phone of %s, found %v", e.Number, numbersOf(res.Rows))
		}
	}
	n, _, err := db.Count()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "documents", n, len(m.entries))
}

// TestAnswers compares an index with the model: built at once, changed step by
// step, and with the changes laid over it.
func TestAnswers(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		db, err := Open(context.Background(), filepath.Join(dir, fmt.Sprint(n, ".db")), testSchema(), Options{Version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		m := newModel()
		for range rapid.IntRange(0, 15).Draw(t, "first") {
			e := drawEntry(t)
			m.entries[e.Number] = e
		}
		err = db.Bulk(context.Background(), BulkOptions{Commit: "c1"}, func(put func(*Entry) error) error {
			for _, e := range m.entries {
				if err := put(&e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		checkQueries(t, db, m)

		later := m.clone()
		var puts []Entry
		var deletes []string
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			e := drawEntry(t)
			if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
				delete(later.entries, e.Number)
				deletes = append(deletes, e.Number)
				puts = slices.DeleteFunc(puts, func(p Entry) bool { return p.Number == e.Number })
			} else {
				later.entries[e.Number] = e
				puts = append(puts, e)
				deletes = slices.DeleteFunc(deletes, func(n string) bool { return n == e.Number })
			}
		}
		if err := db.Overlay(puts, deletes); err != nil {
			t.Fatal(err)
		}
		checkQueries(t, db, later)
		if err := db.endSnapshot(); err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(w *Writer) error {
			for _, n := range deletes {
				if err := w.Delete(n); err != nil {
					return err
				}
			}
			for _, e := range puts {
				if err := w.Put(&e); err != nil {
					return err
				}
			}
			return w.SetCommit("c2")
		})
		if err != nil {
			t.Fatal(err)
		}
		checkQueries(t, db, later)
		if c := db.State().Commit; c != "c2" {
			t.Fatalf("the index describes %q", c)
		}
	})
}

// TestDecimalOrder compares the stored form of decimals with their values.
func TestDecimalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) string {
			s := rapid.StringMatching(`-?(0|[1-9][0-9]{0,22})(\.[0-9]{1,8})?`).Draw(t, "d")
			return s
		})
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		x, okx := parseDecimal(a)
		y, oky := parseDecimal(b)
		if !okx || !oky {
			t.Fatalf("%s %v, %s %v", a, okx, b, oky)
		}
		got := 0
		switch {
		case x.c != y.c:
			got = order(x.c, y.c)
		default:
			got = strings.Compare(x.key, y.key)
		}
		col := Column{Type: Decimal}
		if want := order(typed(col, a), typed(col, b)); got != want {
			t.Fatalf("%s %+v and %s %+v: %d, want %d", a, x, b, y, got, want)
		}
		c, _, text := encodeValue(col, a)
		if back := decodeValue(col, c, text); back != a {
			t.Fatalf("%s came back as %v", a, back)
		}
	})
}

func TestSeededEntriesAreTheSame(t *testing.T) {
	a := testEntry(rand.New(rand.NewSource(7)), "inquiries", 9, zipfWords(rand.New(rand.NewSource(1)), 1000))
	b := testEntry(rand.New(rand.NewSource(7)), "inquiries", 9, zipfWords(rand.New(rand.NewSource(1)), 1000))
	same(t, "entries", a, b)
}
