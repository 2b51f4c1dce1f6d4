package document

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

const sample = `form: inquiries
number: INQ-2026-000042
uid: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
registered: 2026-11-23T10:15:04+03:00
by: import/web-orders
status: in_work
card:
  name: ООО «Ромашка»
  inn: "7707083893"
  amount: "1500000.00"
  client: CLI-000123
  lines:
    - {item: Обучение, qty: "2", price: "15000.00"}
links:
  - {kind: reply_to, to: INQ-2026-000007}
files:
  - {name: offer.pdf, sha256: 5f3c, size: 18233, by: petrova, at: 2026-11-23T10:15:04+03:00}
routes:
  - id: 1
    route: long-sale
    definition: 5f3c
    state: running
    started: 2026-11-23T10:15:04+03:00
    open:
      - {at: contact, since: 2026-11-23T10:15:04+03:00}
    tasks:
      - {id: 1, step: contact, who: petrova, assigned: 2026-11-23T10:15:04+03:00, due: 2026-11-23T10:15:04+03:00, outcome: accepted}
comments:
  - id: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
    at: 2026-11-23T10:15:04+03:00
    by: petrova
    text: |-
      Первая строка
      вторая строка
`

// full uses every key and has unknown ones on every level.
const full = `form: contracts
number: CON-000001
aliases: [CON-7]
uid: 01JD9X3M7Q4Z8T6B5N2V1C0KPR
registered: 2026-11-23T10:15:04Z
by: petrova
status: draft
message: 5f3c
message_id: a@example.invalid
card:
  tags:
    - a
    - "no"
  odd: {x: 1, k: {z: 2}}
  mixed:
    - a
    - {b: c}
  rows:
    - {a: "1", b: [x, y]}
    - {}
links:
  - {kind: caused_by, to: INQ-000001, weight: 3}
files:
  - name: a.pdf
    original: A:b.pdf
    sha256: "12345"
    size: 1
    by: petrova
    at: 2026-11-23T10:15:04+03:00
    message: 6a1b
    message_id: b@example.invalid
    version: 2
letters:
  - {id: <x@example.invalid>, to: [a@example.invalid], subject: Счёт, template: invoice, state: queued, by: petrova, at: 2026-11-23T10:15:04+03:00, retry: 1}
routes:
  - id: 1
    route: approval
    definition: 5f3c
    title: Своё
    state: done
    by: petrova
    started: 2026-11-23T10:15:04+03:00
    ended: 2026-11-23T10:15:05+03:00
    end: approved
    vars:
      cycle: "2"
    open:
      - {at: join, since: 2026-11-23T10:15:04+03:00, arrived: [legal], count: 2, new: true}
    tasks:
      - id: 1
        step: legal
        title: Проверить
        who: petrova
        candidates: [petrova, ivanova]
        state: done
        assigned: 2026-11-23T10:15:04+03:00
        due: 2026-11-25T10:15:04+03:00
        accepted: 2026-11-23T11:15:04+03:00
        done: 2026-11-23T12:15:04+03:00
        outcome: approve
        comment: да
        by: ivanova
        for: petrova
        controller: sidorov
        cycle: 1
        mood: 7
    speed: fast
comments:
  - {id: "1", at: 2026-11-23T10:15:04+03:00, by: petrova, text: Текст, likes: 5}
future:
  a: ~
  b: no
  c: 007
  d:
`

func TestSameBytes(t *testing.T) {
	for name, src := range map[string]string{"sample": sample, "full": full} {
		d, err := Read([]byte(src))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out, err := d.Encode(nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(src, string(out)); diff != "" {
			t.Errorf("%s: written differently:\n%s", name, diff)
		}
		if diff := cmp.Diff(d, d.Clone(), ignorePlaces); diff != "" {
			t.Errorf("%s: the clone differs:\n%s", name, diff)
		}
	}
}

// ignorePlaces compares trees by what they say; whether a key looked like a
// number does not count.
var ignorePlaces = cmp.Options{
	cmp.Comparer(func(a, b *yamlsrc.Node) bool { return yamlsrc.Equal(a, b) }),
	cmp.Comparer(func(a, b []yamlsrc.Pair) bool { return yamlsrc.Equal(yamlsrc.Map(a...), yamlsrc.Map(b...)) }),
}

func TestReadValues(t *testing.T) {
	d, err := Read([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("", 3*3600)
	at := time.Date(2026, 11, 23, 10, 15, 4, 0, zone)
	want := &Document{
		Form: "inquiries", Number: "INQ-2026-000042", UID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR",
		Registered: at, By: "import/web-orders", Status: "in_work",
		Card: Card{
			{"name", Value{Text: "ООО «Ромашка»"}},
			{"inn", Value{Text: "7707083893"}},
			{"amount", Value{Text: "1500000.00"}},
			{"client", Value{Text: "CLI-000123"}},
			{"lines", Value{Rows: []Row{{{Name: "item", Text: "Обучение"}, {Name: "qty", Text: "2"}, {Name: "price", Text: "15000.00"}}}}},
		},
		Links: []Link{{Kind: "reply_to", To: "INQ-2026-000007"}},
		Files: []File{{Name: "offer.pdf", SHA256: "5f3c", Size: 18233, By: "petrova", At: at}},
		Routes: []Instance{{
			ID: 1, Route: "long-sale", Definition: "5f3c", State: "running", Started: at,
			Open:  []Position{{At: "contact", Since: at}},
			Tasks: []Task{{ID: 1, Step: "contact", Who: "petrova", Assigned: at, Due: at, Outcome: "accepted"}},
		}},
		Comments: []Comment{{ID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR", At: at, By: "petrova", Text: "Первая строка\nвторая строка"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if _, task := d.Task(1); task == nil || task.Step != "contact" {
		t.Errorf("task 1: %v", task)
	}
	if n := d.NextTask(); n != 2 {
		t.Errorf("next task %d", n)
	}
}

func TestOrder(t *testing.T) {
	d := &Document{Form: "f", Number: "F-1"}
	for _, name := range []string{"z", "b", "a", "empty"} {
		d.Card.SetText(name, name)
	}
	d.Card.SetText("empty", "")
	out, err := d.Encode([]string{"a", "missing", "b"})
	if err != nil {
		t.Fatal(err)
	}
	want := "form: f\nnumber: F-1\ncard:\n  a: a\n  b: b\n  z: z\n"
	if string(out) != want {
		t.Errorf("got\n%s", out)
	}
}

func TestHandWritten(t *testing.T) {
	d, err := Read([]byte("# by hand\r\nnumber:   F-1\r\nform: 'f'\r\ncard: {inn: 0123, date: 2026-11-23, agree: no, none: , list: []}\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "form: f\nnumber: F-1\ncard:\n  inn: \"0123\"\n  date: \"2026-11-23\"\n  agree: \"no\"\n"
	if string(out) != want {
		t.Errorf("got\n%s", out)
	}
}

func TestBroken(t *testing.T) {
	head := "form: f\nnumber: F-1\n"
	tests := []struct {
		name, src string
		want      []string // headlines without the file
	}{
		{"no keys", "status: new\n", []string{`1:1: error D001 missing-key: missing key "form"`, `1:1: error D001 missing-key: missing key "number"`}},
		{"wrong times", head + "registered: yesterday\nfiles:\n  - {at: 2026-02-30T10:00:00Z, size: x}\n", []string{
			`3:13: error D003 not-a-time: registered: "yesterday" is not a time`,
			`5:10: error D003 not-a-time: at: "2026-02-30T10:00:00Z" is not a time`,
			`5:38: error D004 not-a-number: size: "x" is not a whole number`,
		}},
		{"shapes", head + "card: text\nlinks: {a: b}\nroutes:\n- 5\nstatus: [a]\naliases: {a: b}\n", []string{
			`3:7: error D002 wrong-shape: card: expected fields, found a text`,
			`4:8: error D002 wrong-shape: links: expected a list, found a mapping`,
			"6:3: error D002 wrong-shape: routes: expected `key: value` lines, found a text",
			`7:9: error D002 wrong-shape: status: expected a text, found a list`,
			`8:10: error D002 wrong-shape: aliases: expected a list of texts, found a mapping`,
		}},
		{"tasks", head + "routes:\n- id: 1\n  tasks: [{id: 1}, {id: 2}]\n- id: 2\n  tasks: [{id: 2}]\n", []string{
			`7:16: error D005 duplicate-task-id: task 2 is there twice`,
		}},
		{"conflict", head + "<<<<<<< HEAD\nstatus: a\n=======\nstatus: b\n>>>>>>> other\n", []string{
			`3:1: error Y015 conflict-markers: unresolved merge conflict`,
		}},
		{"twice", head + "form: g\n", []string{`3:1: error Y010 duplicate-key: key "form" is already there in line 1`}},
	}
	for _, tt := range tests {
		_, err := Read([]byte(tt.src))
		var list *diag.ListError
		if !errors.As(err, &list) {
			t.Errorf("%s: error %v", tt.name, err)
			continue
		}
		var got []string
		for _, p := range list.List {
			got = append(got, strings.TrimPrefix(p.Headline(), "-:"))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, d := range map[string]*Document{
		"no number":      {Form: "f"},
		"two shapes":     {Form: "f", Number: "1", Card: Card{{"a", Value{Text: "x", List: []string{"y"}}}}},
		"field twice":    {Form: "f", Number: "1", Card: Card{{"a", Value{Text: "x"}}, {"a", Value{Text: "y"}}}},
		"known in extra": {Form: "f", Number: "1", Extra: []yamlsrc.Pair{yamlsrc.P("form", yamlsrc.Text("g"))}},
		"not UTF-8":      {Form: "f", Number: "1", Card: Card{{"a", Value{Text: "\xff"}}}},
	} {
		if out, err := d.Encode(nil); err == nil {
			t.Errorf("%s: written as %q", name, out)
		}
	}
}

func TestParseTime(t *testing.T) {
	for _, s := range []string{"2026-11-23T10:15:04+03:00", "2026-11-23T10:15:04Z", "2024-02-29T23:59:59-11:30", "0001-01-01T00:00:01Z"} {
		got, ok := ParseTime(s)
		want, err := time.Parse(time.RFC3339, s)
		if !ok || err != nil || !got.Equal(want) || FormatTime(got) != s {
			t.Errorf("%s: got %v %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "2026-11-23", "2026-11-23T10:15", "2026-11-23 10:15:04Z", "2026-11-23T10:15:04", "2026-11-23T10:15:04.5Z", "2026-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T10:15:60Z", "2026-11-23T10:15:04+0300x", "2026-11-23T10:15:04 03:00", "2026-11-23T10:15:04+03-00", "0001-01-01T00:00:00Z", "٢026-11-23T10:15:04Z"} {
		if got, ok := ParseTime(s); ok {
			t.Errorf("%s: taken for %v", s, got)
		}
	}
	old := time.Date(1900, 1, 1, 0, 0, 0, 0, time.FixedZone("LMT", 9017))
	if back, ok := ParseTime(FormatTime(old)); !ok || !back.Equal(old) {
		t.Errorf("%v became %v", old, back)
	}
}

func TestCardRoundTrip(t *testing.T) {
	text := rapid.OneOf(rapid.StringMatching(`[ \n\ta-cы:#"'{}\[\],-]{1,12}`), rapid.StringN(1, 30, -1), rapid.SampledFrom([]string{"no", "0123", "\ufeff", "\u2028", "~", "a\n\nb\n"}))
	name := rapid.StringMatching(`[a-z]{1,3}`)
	rapid.Check(t, func(t *rapid.T) {
		d := &Document{Form: text.Draw(t, "form"), Number: text.Draw(t, "number")}
		for range rapid.IntRange(0, 5).Draw(t, "fields") {
			var v Value
			switch rapid.IntRange(0, 2).Draw(t, "shape") {
			case 0:
				v.Text = text.Draw(t, "text")
			case 1:
				v.List = rapid.SliceOfN(text, 1, 3).Draw(t, "list")
			default:
				for range rapid.IntRange(1, 3).Draw(t, "rows") {
					r := Row{}
					for range rapid.IntRange(0, 3).Draw(t, "cells") {
						r.Set(name.Draw(t, "column"), text.Draw(t, "cell"))
					}
					v.Rows = append(v.Rows, r)
				}
			}
			d.Card.Set(name.Draw(t, "field"), &v)
		}
		d.Comments = []Comment{{ID: "1", Text: text.Draw(t, "comment")}}
		out, err := d.Encode(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if diff := cmp.Diff(d, back, ignorePlaces); diff != "" {
			t.Fatalf("%s\n%s", diff, out)
		}
		if changes := Diff(d, back); len(changes) > 0 {
			t.Fatal(changes)
		}
	})
}

// FuzzRead: reading never panics; what was read is written and read as the
// same; writing is stable.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(full))
	f.Add([]byte("form: a\nnumber: b\ncard: {a: [x, {y: z}], b: [[1]]}\nroutes: [{id: 1, tasks: [{id: 2, x: }]}]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Read(src)
		if err != nil {
			return
		}
		out, err := d.Encode(nil)
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		back, err := Read(out)
		if err != nil {
			t.Fatalf("written but not read: %v\n%s", err, out)
		}
		if diff := cmp.Diff(d, back, ignorePlaces); diff != "" {
			t.Fatalf("%s\n%s", diff, out)
		}
		again, err := back.Encode(nil)
		if err != nil || string(again) != string(out) {
			t.Fatalf("written again (%v):\n%s\nfirst:\n%s", err, again, out)
		}
	})
}

func TestReaderKeepsNothing(t *testing.T) {
	var r Reader
	first, err := r.Read([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(Diff(nil, first))
	if _, err := r.Read([]byte(sample)); err != nil {
		t.Fatal(err)
	}
	if after := fmt.Sprint(Diff(nil, first)); after != before {
		t.Errorf("the first document changed:\n%s\n%s", before, after)
	}
}
