package index

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/index/sqlitefile"
)

// A bulk build makes the full-text index itself: one segment of FTS5, as its
// "optimize" would leave it, in the format that the head of fts5_index.c
// describes. SQLite takes three times as long, on one core.

// postings gathers, on one goroutine, which documents have which words where.
type postings struct {
	terms map[string]uint32
	words []string
	last  []uint32 // of each term, where its latest entry ends in log; 0: none
	log   []byte   // entries: place of the term's previous one, document, size and positions
	found []tokenAt
	list  []byte
	refs  []posting
}

type tokenAt struct{ term, position uint32 }

type posting struct {
	id int64
	at uint32 // of the size of the positions, in log
}

// postingsBytes bounds the entries of one goroutine, so that they and the terms
// stay near the processor.
const postingsBytes = 6 << 20

func newPostings() *postings {
	return &postings{terms: map[string]uint32{}, log: make([]byte, 1)}
}

// add takes the text of a document and returns how many tokens it has.
func (p *postings) add(id int64, text string) int {
	p.found = p.found[:0]
	eachASCIIToken(text, func(token string) {
		n, ok := p.terms[token]
		if !ok {
			n = uint32(len(p.words))
			token = strings.Clone(token)
			p.terms[token] = n
			p.words, p.last = append(p.words, token), append(p.last, 0)
		}
		p.found = append(p.found, tokenAt{n, uint32(len(p.found))})
	})
	slices.SortFunc(p.found, func(a, b tokenAt) int {
		if a.term != b.term {
			return int(a.term) - int(b.term)
		}
		return int(a.position) - int(b.position)
	})
	for i := 0; i < len(p.found); {
		term, before := p.found[i].term, uint32(0)
		p.list = p.list[:0]
		for ; i < len(p.found) && p.found[i].term == term; i++ {
			p.list = sqlitefile.AppendVarint(p.list, uint64(p.found[i].position-before+2))
			before = p.found[i].position
		}
		start := uint32(len(p.log))
		p.log = binary.LittleEndian.AppendUint32(p.log, p.last[term])
		p.log = binary.LittleEndian.AppendUint64(p.log, uint64(id))
		p.log = sqlitefile.AppendVarint(p.log, uint64(len(p.list))*2)
		p.log = append(p.log, p.list...)
		p.last[term] = start
	}
	return len(p.found)
}

// eachASCIIToken cuts a text as FTS5's tokenizer "ascii" does: letters, digits
// and everything beyond ASCII belong to tokens. Large letters do not occur in
// what textOf gives.
func eachASCIIToken(text string, fn func(token string)) {
	start := -1
	for i := range len(text) {
		c := text[i]
		if c >= 0x80 || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			fn(text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		fn(text[start:])
	}
}

// flush hands what was gathered to a sorter: for each term the documents in
// order.
func (p *postings) flush(s *sqlitefile.Sorter, tree int) error {
	var out, key []byte
	for n, word := range p.words {
		p.refs = p.refs[:0]
		for at := p.last[n]; at != 0; at = binary.LittleEndian.Uint32(p.log[at:]) {
			p.refs = append(p.refs, posting{int64(binary.LittleEndian.Uint64(p.log[at+4:])), at + 12})
		}
		slices.Reverse(p.refs) // nearly in order then
		slices.SortFunc(p.refs, func(a, b posting) int {
			if a.id < b.id {
				return -1
			}
			return 1
		})
		out = out[:0]
		before := int64(0)
		for _, r := range p.refs {
			out = sqlitefile.AppendVarint(out, uint64(r.id-before))
			before = r.id
			size, n := sqlitefile.Varint(p.log[r.at:])
			out = append(out, p.log[r.at:int(r.at)+n+int(size/2)]...)
		}
		// No word ends in a zero byte, so that none is the beginning of another.
		key = append(append(key[:0], word...), 0)
		if err := s.AddRaw(tree, key, out); err != nil {
			return err
		}
	}
	clear(p.terms)
	p.words, p.last, p.log = p.words[:0], p.last[:0], p.log[:1]
	return nil
}

// segment writes the segment: leaves with terms and their documents, what
// finds the leaf of a term, and for long lists of documents what finds the leaf
// of a document.
type segment struct {
	data  func(rowid int64, block []byte) error // a row of fts_data
	index func(term []byte, page int64) error   // a row of fts_idx
	leaf  []byte                                // the page being filled: 4 bytes of head, terms and documents
	foot  []byte                                // where its terms begin
	term  []byte                                // the latest
	page  int64                                 // its number
	begun int                                   // where the latest term of the page begins
	empty int                                   // pages without a term since the latest with one
	skip  []skipLevel                           // the document index of the latest term of page named
	named int64                                 // page whose first term is in border; 0: done with
	bord  []byte                                // the shortest text that tells that term from those before
	prev  int64                                 // document
	first struct{ term, rowid, inTerm bool }    // whether the next term, document is the first on the page, of the term
	err   error
}

// skipLevel is one page of a document index being filled.
type skipLevel struct {
	page  int64
	valid bool
	prev  int64
	buf   []byte
}

const (
	segmentID   = 1
	leafBytes   = 4050 // as FTS5 by default
	minSkip     = 4    // pages without a term that make a document index worth it
	mainTerm    = '0'  // what every term begins with
	averagesRow = 1
	structRow   = 10
)

func leafRow(page int64) int64 { return segmentID<<37 + page }

func skipRow(height int, page int64) int64 {
	return segmentID<<37 + 1<<36 + int64(height)<<31 + page
}

func newSegment() *segment {
	s := &segment{leaf: make([]byte, 4, leafBytes+512), page: 1, named: 1, skip: make([]skipLevel, 1)}
	s.first.term, s.first.rowid = true, true
	return s
}

func (s *segment) write(rowid int64, block []byte) {
	if s.err == nil {
		s.err = s.data(rowid, block)
	}
}

// begin starts the documents of a term; terms ascend.
func (s *segment) begin(term []byte) {
	if len(s.leaf)+len(s.foot)+len(term)+2 >= leafBytes && len(s.leaf) > 4 {
		s.endLeaf()
	}
	s.foot = sqlitefile.AppendVarint(s.foot, uint64(len(s.leaf)-s.begun))
	s.begun = len(s.leaf)
	same := 0
	for same < len(term) && same < len(s.term) && term[same] == s.term[same] {
		same++
	}
	if s.first.term {
		if s.page != 1 {
			s.endNamed()
			s.bord, s.named = append(s.bord[:0], term[:min(same+1, len(term))]...), s.page
		}
		same = 0
	} else {
		s.leaf = sqlitefile.AppendVarint(s.leaf, uint64(same))
	}
	s.leaf = sqlitefile.AppendVarint(s.leaf, uint64(len(term)-same))
	s.leaf = append(s.leaf, term[same:]...)
	s.term = append(s.term[:0], term...)
	s.first.term, s.first.rowid, s.first.inTerm = false, false, true
	s.skip[0].page = s.page
}

// add appends a document to the term; documents ascend. sized are the size of
// the positions and the positions.
func (s *segment) add(id int64, sized []byte) {
	if len(s.leaf)+len(s.foot) >= leafBytes {
		s.endLeaf()
	}
	if s.first.rowid {
		binary.BigEndian.PutUint16(s.leaf, uint16(len(s.leaf)))
		s.addSkip(id)
	}
	if s.first.inTerm || s.first.rowid {
		s.leaf = sqlitefile.AppendVarint(s.leaf, uint64(id))
	} else {
		s.leaf = sqlitefile.AppendVarint(s.leaf, uint64(id)-uint64(s.prev))
	}
	s.prev, s.first.inTerm, s.first.rowid = id, false, false
	_, n := sqlitefile.Varint(sized)
	s.leaf = append(s.leaf, sized[:n]...)
	rest := sized[n:]
	for len(s.leaf)+len(s.foot)+len(rest) >= leafBytes {
		room, take := leafBytes-len(s.leaf)-len(s.foot), 0
		for take < room { // positions are not torn
			_, n := sqlitefile.Varint(rest[take:])
			take += n
		}
		s.leaf = append(s.leaf, rest[:take]...)
		rest = rest[take:]
		s.endLeaf()
	}
	s.leaf = append(s.leaf, rest...)
}

func (s *segment) endLeaf() {
	binary.BigEndian.PutUint16(s.leaf[2:], uint16(len(s.leaf)))
	if s.first.term {
		if s.first.rowid && len(s.skip[0].buf) > 0 {
			s.skip[0].buf = append(s.skip[0].buf, 0)
		}
		s.empty++
	} else {
		s.leaf = append(s.leaf, s.foot...)
	}
	s.write(leafRow(s.page), s.leaf)
	s.leaf, s.foot, s.begun = append(s.leaf[:0], 0, 0, 0, 0), s.foot[:0], 0
	s.page++
	s.first.term, s.first.rowid = true, true
}

// addSkip notes the first document of a page.
func (s *segment) addSkip(id int64) {
	for i := 0; ; i++ {
		if i == len(s.skip) {
			s.skip = append(s.skip, skipLevel{})
		}
		full := len(s.skip[i].buf) >= leafBytes
		if full {
			s.skip[i].buf[0] = 1 // not the root
			s.write(skipRow(i, s.skip[i].page), s.skip[i].buf)
			if i+1 == len(s.skip) {
				s.skip = append(s.skip, skipLevel{})
			}
			if up := &s.skip[i+1]; len(up.buf) == 0 { // it was the root: the new one begins with it
				_, n := sqlitefile.Varint(s.skip[i].buf[1:])
				first, _ := sqlitefile.Varint(s.skip[i].buf[1+n:])
				up.page = s.skip[i].page
				up.buf = sqlitefile.AppendVarint(append(up.buf, 0), uint64(up.page))
				up.buf = sqlitefile.AppendVarint(up.buf, first)
				up.valid, up.prev = true, int64(first)
			}
			s.skip[i].buf, s.skip[i].valid = s.skip[i].buf[:0], false
			s.skip[i].page++
		}
		l := &s.skip[i]
		value := uint64(id)
		if l.valid {
			value -= uint64(l.prev)
		} else {
			page, flag := s.page, byte(0)
			if i > 0 {
				page = s.skip[i-1].page
			}
			if full {
				flag = 1
			}
			l.buf = sqlitefile.AppendVarint(append(l.buf, flag), uint64(page))
		}
		l.buf = sqlitefile.AppendVarint(l.buf, value)
		l.valid, l.prev = true, id
		if !full {
			return
		}
	}
}

// endNamed is done with the page that border leads to and those without a
// term after it.
func (s *segment) endNamed() {
	flag := int64(0)
	if len(s.skip[0].buf) > 0 && s.empty >= minSkip {
		flag = 1
	}
	for i := range s.skip {
		if len(s.skip[i].buf) == 0 {
			break
		}
		if flag == 1 {
			s.write(skipRow(i, s.skip[i].page), s.skip[i].buf)
		}
		s.skip[i].buf, s.skip[i].valid = s.skip[i].buf[:0], false
	}
	s.empty = 0
	if s.named != 0 && s.err == nil {
		s.err = s.index(s.bord, flag|s.named<<1)
	}
	s.named = 0
}

// finish writes the last page and returns how many there are.
func (s *segment) finish() (pages int64, err error) {
	if len(s.leaf) > 4 {
		s.endLeaf()
	}
	if s.page > 1 {
		s.endNamed()
	}
	return s.page - 1, s.err
}

// structure describes an index of one segment, high enough up that many small
// ones are merged with each other before they are with it.
func structure(cookie []byte, pages, documents int64) []byte {
	const level = 8
	b := append(bytes.Clone(cookie), 0xff, 0, 0, 1)
	for _, v := range []int64{level + 1, 1, pages} {
		b = sqlitefile.AppendVarint(b, uint64(v))
	}
	for range level {
		b = append(b, 0, 0)
	}
	for _, v := range []int64{0, 1, segmentID, 1, pages, segmentOrigin, segmentOrigin, 0, 0, documents} {
		b = sqlitefile.AppendVarint(b, uint64(v))
	}
	return b
}

// segmentOrigin is the generation of the documents of the segment.
const segmentOrigin = 1

// fillSegment writes the merged postings of all sorters into a segment, and
// names each word.
func fillSegment(s *segment, sorters []*sqlitefile.Sorter, tree int, each func(word string) error) error {
	var term []byte
	var lists []docList
	flush := func() error {
		if len(lists) == 0 {
			return nil
		}
		s.begin(term)
		mergeLists(lists, s.add)
		lists = lists[:0]
		return s.err
	}
	err := sqlitefile.Merge(sorters, tree, func(key, payload []byte) error {
		word := key[:len(key)-1]
		if len(term) == 0 || !bytes.Equal(term[1:], word) {
			if err := flush(); err != nil {
				return err
			}
			term = append(append(term[:0], mainTerm), word...)
			if err := each(string(word)); err != nil {
				return err
			}
		}
		l := docList{rest: bytes.Clone(payload)}
		if l.next() {
			lists = append(lists, l)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// docList reads what postings.flush wrote of one term.
type docList struct {
	id    int64
	sized []byte
	rest  []byte
}

func (l *docList) next() bool {
	if len(l.rest) == 0 {
		return false
	}
	delta, n := sqlitefile.Varint(l.rest)
	l.id += int64(delta)
	size, m := sqlitefile.Varint(l.rest[n:])
	end := n + m + int(size/2)
	l.sized, l.rest = l.rest[n:end], l.rest[end:]
	return true
}

// mergeLists calls fn for the documents of lists that are in order each.
func mergeLists(lists []docList, fn func(id int64, sized []byte)) {
	sinkList := func(i int) {
		for {
			c := 2*i + 1
			if c >= len(lists) {
				return
			}
			if c+1 < len(lists) && lists[c+1].id < lists[c].id {
				c++
			}
			if lists[i].id <= lists[c].id {
				return
			}
			lists[i], lists[c] = lists[c], lists[i]
			i = c
		}
	}
	for i := len(lists)/2 - 1; i >= 0; i-- {
		sinkList(i)
	}
	for len(lists) > 0 {
		fn(lists[0].id, lists[0].sized)
		if !lists[0].next() {
			lists[0] = lists[len(lists)-1]
			lists = lists[:len(lists)-1]
		}
		sinkList(0)
	}
}
