package demo

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/e1-dms/e1/internal/document"
)

// TestEncodeLikeDocument proves the fast writer on documents with texts of
// every kind, whether demo makes them or not.
func TestEncodeLikeDocument(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "no", "0123", "1 500", "ООО «Ромашка»", "a: b", "a, b", " #x", "строка\nвторая\n  третья", "x\n", "\nx", "2026-01-02", "~", "- a"}),
		rapid.StringMatching(`[а-яё .,:]{100,200}`))
	zone := time.FixedZone("", 3*3600)
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		if n := rapid.Int64Range(0, 2_000_000_000).Draw(t, "unix"); n%5 != 0 {
			return time.Unix(n, 0).In(zone)
		}
		return time.Time{}
	})
	list := rapid.SliceOfN(rapid.SampledFrom([]string{"petrova", "a b", "no", "[x]"}), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		d := &document.Document{
			Form: "works", Number: "WRK-1", UID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR", Registered: moment.Draw(t, "registered"),
			By: text.Draw(t, "by"), Status: text.Draw(t, "status"),
		}
		order := []string{"b", "a", "rows", "none"}
		for _, name := range []string{"a", "b", "z"} {
			d.Card.SetText(name, text.Draw(t, name))
		}
		for range rapid.IntRange(0, 2).Draw(t, "rows") {
			var r document.Row
			r.Set("item", text.Draw(t, "item"))
			r.Set("qty", "2")
			if v := d.Card.Get("rows"); v != nil {
				v.Rows = append(v.Rows, r)
			} else {
				d.Card.Set("rows", &document.Value{Rows: []document.Row{r}})
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "comments") {
			d.Comments = append(d.Comments, document.Comment{ID: "1", At: moment.Draw(t, "at"), By: "petrova", Text: text.Draw(t, "text")})
			d.Links = append(d.Links, document.Link{Kind: text.Draw(t, "kind"), To: "INQ-1"})
		}
		for range rapid.IntRange(0, 2).Draw(t, "routes") {
			in := document.Instance{ID: 1, Route: "r", Definition: "12", Title: text.Draw(t, "title"), State: "running", Started: moment.Draw(t, "started")}
			in.Vars.SetText("taken a b", text.Draw(t, "var"))
			in.Open = append(in.Open, document.Position{At: "a", Since: moment.Draw(t, "since"), Started: list.Draw(t, "list"), Count: rapid.IntRange(0, 1).Draw(t, "count")})
			in.Tasks = append(in.Tasks, document.Task{ID: 1, Step: "a", Who: "petrova", Candidates: list.Draw(t, "candidates"), Due: moment.Draw(t, "due"),
				Comment: text.Draw(t, "comment"), Told: list.Draw(t, "told"), Cycle: 2})
			d.Routes = append(d.Routes, in)
		}
		want, err := d.Encode(order)
		if err != nil {
			t.Skip(err)
		}
		var e encoder
		got, err := e.encode(d, order)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestEncodeKnowsEveryField sets each field of what a route leaves in a
// document, so that a new one cannot be forgotten.
func TestEncodeKnowsEveryField(t *testing.T) {
	each := func(of any, check func(field string)) {
		v := reflect.ValueOf(of).Elem()
		for i := range v.NumField() {
			f := v.Field(i)
			was := reflect.New(f.Type()).Elem()
			was.Set(f)
			switch f.Interface().(type) {
			case string:
				f.SetString("x")
			case int:
				f.SetInt(7)
			case []string:
				f.Set(reflect.ValueOf([]string{"x", "y"}))
			case time.Time:
				f.Set(reflect.ValueOf(time.Unix(1e9, 0).UTC()))
			}
			check(v.Type().Name() + "." + v.Type().Field(i).Name)
			f.Set(was)
		}
	}
	d := &document.Document{Form: "works", Number: "WRK-1", UID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR", Registered: time.Unix(1e9, 0).UTC(), By: "a", Status: "new"}
	d.Routes = []document.Instance{{ID: 1, Route: "r", Open: []document.Position{{At: "a"}}, Tasks: []document.Task{{ID: 1, Step: "a"}}}}
	in := &d.Routes[0]
	for _, of := range []any{d, in, &in.Open[0], &in.Tasks[0]} {
		each(of, func(field string) {
			want, err := d.Encode(nil)
			if err != nil {
				return
			}
			var e encoder
			got, err := e.encode(d, nil)
			if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil {
				t.Errorf("%s: %v %s", field, err, diff)
			}
		})
	}
}
