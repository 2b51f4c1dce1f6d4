package index

import (
	"context"
	"path/filepath"
	"testing"
	"time"
)

// FuzzSearch: whatever is typed is a search, and a document that consists of
// it is found by every single word of it.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"договор поставки", `"a b" c*`, "8 (495) 123-45-67", "INQ-2026-000042", "AND NOT (", "и\u0306од Ёж", "\x00\xff", "1 500 000,00", "a'b\"c"} {
		f.Add(s)
	}
	db, err := Open(context.Background(), filepath.Join(f.TempDir(), "index.db"), testSchema(), Options{})
	must(f, err)
	f.Cleanup(func() { _ = db.Close() })
	f.Fuzz(func(t *testing.T, words string) {
		e := Entry{Number: "INQ-1", Form: "inquiries", Registered: time.Unix(0, 0), Text: []string{words}}
		must(t, db.Update(func(w *Writer) error { return w.Put(&e) }))
		if _, err := db.Search(SearchQuery{Words: words, Limit: 3}); err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		for _, word := range tokens(words) {
			res, err := db.Search(SearchQuery{Words: word, Form: "inquiries"})
			if err != nil || len(res.Rows) != 1 {
				t.Fatalf("%q of %q: %v %v", word, words, res.Rows, err)
			}
		}
	})
}

// FuzzValue: what goes into a column comes out of it.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"1500000.00", "-0", "007", "1e9", "2026-02-30", "2026-01-31T23:30:00+03:00", "2026-01-31T23:30:00.5Z", "true", "4wh", "99999999999999999999.99999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			return
		}
		for typ := Text; typ <= Duration; typ++ {
			for scale := range 5 {
				col := Column{Type: typ, Scale: scale}
				c, _, raw := encodeValue(col, text)
				got := decodeValue(col, c, raw)
				switch v := got.(type) {
				case int64:
					got = itoa(v)
				case bool:
					got = map[bool]string{true: "true", false: "false"}[v]
				}
				if got != text {
					t.Fatalf("%s: %q came back as %v", typ, text, got)
				}
			}
		}
	})
}
