package index

import (
	"slices"
	"strings"
)

const (
	countedHits = 1000 // counted when SearchQuery.MaxCount is 0
	maxForms    = 200  // words one word or prefix stands for, before the search takes the whole range
)

// unit is one thing all hits must contain, as an expression of SQLite's
// full-text query language: as it was written, and with its other forms.
type unit struct{ exact, broad string }

// Search finds the documents that contain all the words, in any grammatical
// form: first those that contain them as written, then the others, the newest
// first in both. "Quoted words" stand together as written, a star ends a
// prefix; digits find numbers, requisites and phones however these are typed,
// from four digits on by their beginning. A document whose number was typed
// comes first.
func (db *DB) Search(q SearchQuery) (Result, error) {
	res, err := db.search(q)
	return res, wrap(err)
}

func (db *DB) search(q SearchQuery) (Result, error) {
	units, err := db.units(q.Words)
	if err != nil || len(units) == 0 {
		return Result{}, err
	}
	exact, broad := matchExpression(units, q.Form)
	limit := q.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	count := q.MaxCount
	if count == 0 {
		count = countedHits
	}
	page := limit + q.Offset
	// The hits in any form are fetched as far as they are counted, or shown.
	fetched := max(page, count+1)
	all, err := db.matches(broad, fetched)
	if err != nil {
		return Result{}, err
	}
	ids := all
	if broad != exact {
		if ids, err = db.matches(exact, page); err != nil {
			return Result{}, err
		}
		if len(ids) < page {
			if len(all) == fetched && fetched < page+len(ids) {
				fetched = page + len(ids)
				if all, err = db.matches(broad, fetched); err != nil {
					return Result{}, err
				}
			}
			ids = union(ids, all)
		}
	}
	if ids, err = db.namedFirst(q, ids); err != nil {
		return Result{}, err
	}
	var res Result
	for _, id := range ids[min(q.Offset, len(ids)):min(page, len(ids))] {
		rows, err := db.rowsOf(1, oldestFirst, " FROM @documents d WHERE d.id = ?", id)
		if err != nil {
			return Result{}, err
		}
		res.Rows = append(res.Rows, rows...)
	}
	if count < 0 {
		return res, nil
	}
	res.Total, res.Estimated = len(all), len(all) == fetched
	if res.Estimated {
		res.Total = count
	}
	res.Total = max(res.Total, min(page, len(ids)))
	return res, nil
}

// union gives the ids of a, then those of b that are not in a.
func union(a, b []int64) []int64 {
	seen := map[int64]bool{}
	for _, id := range a {
		seen[id] = true
	}
	for _, id := range b {
		if !seen[id] {
			a = append(a, id)
		}
	}
	return a
}

// namedFirst puts the document whose number was typed before all others.
func (db *DB) namedFirst(q SearchQuery, ids []int64) ([]int64, error) {
	named, ok, err := db.Get(strings.ToUpper(strings.TrimSpace(q.Words)))
	if err != nil || !ok || q.Form != "" && q.Form != named.Form {
		return ids, err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == named.ID })
	return slices.Insert(ids, 0, named.ID), nil
}

func matchExpression(units []unit, form string) (exact, broad string) {
	var e, b []string
	if form != "" {
		t := quoteToken(formMark + formToken(form))
		e, b = append(e, t), append(b, t)
	}
	for _, u := range units {
		e, b = append(e, u.exact), append(b, u.broad)
	}
	return strings.Join(e, " AND "), strings.Join(b, " AND ")
}

// fullText names the full-text tables in sight and the condition that hides
// what an overlay replaces.
func (db *DB) fullText() []string {
	if !db.overlay {
		return []string{"main.fts WHERE fts MATCH ?"}
	}
	return []string{"main.fts WHERE fts MATCH ? AND rowid NOT IN (SELECT id FROM temp.hidden)", "temp.o_fts WHERE o_fts MATCH ?"}
}

// matches gives the newest documents that match.
func (db *DB) matches(expression string, limit int) ([]int64, error) {
	var ids []int64
	for _, from := range db.fullText() {
		err := db.c.query("SELECT rowid FROM "+from+" ORDER BY rowid DESC LIMIT ?", []any{expression, limit}, func(r []value) error {
			ids = append(ids, asInt(r[0]))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if a > b {
			return -1
		}
		return 1
	})
	return ids[:min(limit, len(ids))], nil
}

// units reads what a person typed.
func (db *DB) units(words string) ([]unit, error) {
	var out []unit
	for i, part := range strings.Split(words, `"`) {
		if i%2 == 1 {
			if t := tokens(part); len(t) > 0 {
				p := phrase(t)
				out = append(out, unit{p, p})
			}
			continue
		}
		chunks := strings.Fields(part)
		for len(chunks) > 0 {
			if n := numericRun(chunks); n > 0 {
				out = append(out, numberUnits(chunks[:n])...)
				chunks = chunks[n:]
				continue
			}
			u, err := db.wordUnit(chunks[0])
			if err != nil {
				return nil, err
			}
			if u.exact != "" {
				out = append(out, u)
			}
			chunks = chunks[1:]
		}
	}
	return out, nil
}

// wordUnit reads one word, number of a document, address or prefix.
func (db *DB) wordUnit(chunk string) (unit, error) {
	t := tokens(chunk)
	if len(t) == 0 {
		return unit{}, nil
	}
	text, prefix := strings.CutSuffix(chunk, "*")
	star := ""
	if prefix {
		star = "*"
	}
	whole := phrase(t) + star
	if strings.ContainsAny(text, "0123456789") {
		number := quoteToken(numberMark+strings.Join(t, "")) + star
		u := "(" + whole + " OR " + number + ")"
		return unit{u, u}, nil
	}
	if len(t) > 1 {
		if prefix || strings.ContainsAny(text, "@._/\\") {
			return unit{whole, whole}, nil
		}
		var parts []string
		for _, w := range t {
			forms, err := db.forms(w)
			if err != nil {
				return unit{}, err
			}
			parts = append(parts, forms)
		}
		return unit{whole, "(" + strings.Join(parts, " AND ") + ")"}, nil
	}
	if prefix {
		return db.prefixUnit(t[0])
	}
	forms, err := db.forms(t[0])
	return unit{whole, forms}, err
}

// forms gives all words in the index that have the same stem.
func (db *DB) forms(word string) (string, error) {
	list := []string{word}
	err := db.c.query("SELECT word FROM words WHERE stem = ? LIMIT ?", []any{stem(word), maxForms}, func(r []value) error {
		list = append(list, asString(r[0]))
		return nil
	})
	return anyOf(list), err
}

// prefixUnit lists the words that begin with the prefix, because the full-text
// index would read all their hits before giving the first; where they are too
// many it does so all the same.
func (db *DB) prefixUnit(prefix string) (unit, error) {
	var list []string
	end, _ := prefixEnd(prefix)
	err := db.c.query("SELECT word FROM words WHERE word >= ? AND word < ? LIMIT ?", []any{prefix, end, maxForms + 1}, func(r []value) error {
		list = append(list, asString(r[0]))
		return nil
	})
	if err != nil || len(list) == 0 || len(list) > maxForms {
		u := quoteToken(prefix) + "*"
		return unit{u, u}, err
	}
	u := anyOf(list)
	return unit{u, u}, nil
}

func anyOf(list []string) string {
	slices.Sort(list)
	list = slices.Compact(list)
	for i, w := range list {
		list[i] = quoteToken(w)
	}
	if len(list) == 1 {
		return list[0]
	}
	return "(" + strings.Join(list, " OR ") + ")"
}

// quoteToken quotes what consists of letters, digits and marks.
func quoteToken(t string) string { return `"` + t + `"` }

func phrase(t []string) string { return quoteToken(strings.Join(t, " ")) }

// numericRun says how many of the first chunks are groups of digits that may
// belong together, as in 8 (495) 123-45-67 or 1 500 000.
func numericRun(chunks []string) int {
	for i, c := range chunks {
		if strings.Trim(c, "0123456789+()-.,") != "" || !strings.ContainsAny(c, "0123456789") {
			return i
		}
	}
	return len(chunks)
}

// numberUnits reads groups of digits: together as a phone or a sum, where they
// look like one, else each for itself.
func numberUnits(chunks []string) []unit {
	text := strings.Join(chunks, " ")
	groups := tokens(text)
	digits := strings.Join(groups, "")
	var together string
	switch {
	case len(groups) == 1:
	case strings.ContainsAny(text, "+()"), len(digits) >= 10, len(digits) >= 5 && strings.Contains(text, "-"):
		together = digitsFrom(digits)
	case isThousands(groups):
		together = quoteToken(digits)
	}
	if together != "" {
		u := "(" + together + " OR " + phrase(groups) + ")"
		return []unit{{u, u}}
	}
	var out []unit
	for _, c := range chunks {
		t := tokens(c)
		u := phrase(t)
		if len(t) == 1 && len(t[0]) >= 4 {
			u = digitsFrom(t[0])
		}
		out = append(out, unit{u, u})
	}
	return out
}

// digitsFrom finds what begins with the digits, a Russian phone also without
// its country code or with the trunk prefix.
func digitsFrom(d string) string {
	out := quoteToken(d) + "*"
	if d[0] == '8' && len(d) >= 5 {
		out += " OR " + quoteToken("7"+d[1:]) + "*"
	}
	if len(d) == 10 {
		out += " OR " + quoteToken("7"+d)
	}
	return "(" + out + ")"
}

func isThousands(groups []string) bool {
	for i, g := range groups {
		if i > 0 && len(g) != 3 || len(g) > 3 {
			return false
		}
	}
	return true
}
