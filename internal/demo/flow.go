package demo

import (
	"fmt"
	"sort"
	"strings"

	"github.com/e1-dms/e1/internal/form"
)

// flow is what the documents of one form share.
type flow struct {
	form  *form.Form
	order []string
	has   map[string]bool
	n     int
	curve *curve
	// first ordinals of the years there are, and what numbers begin with
	years []yearStart
	dir   string
	width int // of the ordinal at the end of numbers, 0: another template
	seed  uint64
}

type yearStart struct {
	year, first int
	prefix, dir string
}

// plan decides how many documents of each form there are and when they were
// registered.
func (g *generator) plan() error {
	n := g.opt.Documents
	year, years := g.opt.Now.AddDate(-1, 0, 0).Unix(), g.opt.Now.AddDate(-2, 0, 0).Unix()
	start := func(name string, count int, from, to int64, night float64) {
		fl := g.flows[name]
		fl.n, fl.curve = count, newCurve(g.clock, from, to, night)
		fl.seed = mix(g.opt.Seed + uint64(len(g.flows)) + uint64(name[0])<<8)
		g.number(fl, func(i int) int64 { return g.registered(name, i) })
	}
	start(clients, n*20/100, years, g.now-3600, 3)
	start(inquiries, n*45/100, year, g.now-60, 60)
	start(contracts, max(n*6/100, 1), year, g.now-1200, 1)
	start(assignments, max(n/100, 1), year, g.now-1200, 1)
	g.planInvoices()
	fl := g.flows[invoices]
	fl.n = len(g.invoices)
	g.number(fl, func(i int) int64 { return g.invoices[i].at })
	rest := n
	for _, f := range g.flows {
		rest -= f.n
	}
	if rest < 1 {
		return fmt.Errorf("%d documents are too few", n)
	}
	start(works, rest, year, g.now-600, 2)
	for _, f := range g.flows {
		for _, y := range f.years {
			if p, err := form.PathOf(f.form, g.numberOf(f, y.first)); err != nil || p != g.path(f, y.first) {
				return unfit("", "numbers of %s are not written as expected: %v", f.form.Name, err)
			}
		}
	}
	return nil
}

// number finds where the years begin.
func (g *generator) number(fl *flow, registered func(i int) int64) {
	t := g.template(fl)
	fl.years, fl.width = nil, 0
	if s := fl.form.Numbers[0].String(); strings.HasSuffix(s, "}") {
		if i := strings.LastIndex(s, "{seq:"); i >= 0 && i+len("{seq:6}") == len(s) {
			fl.width = int(s[len(s)-2] - '0')
		}
	}
	for first := 0; first < fl.n; {
		y := yearStart{first: first, dir: fl.dir}
		last := fl.n
		if t.HasYear() {
			y.year = g.clock.at(registered(first)).Year()
			y.dir = fmt.Sprintf("%s%04d/", fl.dir, y.year)
			last = first + sort.Search(fl.n-first, func(i int) bool { return g.clock.at(registered(first+i)).Year() > y.year })
		}
		y.prefix = t.Format(y.year, 1)
		y.prefix = y.prefix[:len(y.prefix)-fl.width]
		fl.years = append(fl.years, y)
		first = last
	}
}

// seq gives the year of a document and its ordinal within the year.
func (fl *flow) seq(i int) (*yearStart, int) {
	y := len(fl.years) - 1
	for fl.years[y].first > i {
		y--
	}
	return &fl.years[y], i - fl.years[y].first + 1
}

func (g *generator) numberOf(fl *flow, i int) string {
	y, seq := fl.seq(i)
	if fl.width == 0 {
		return g.template(fl).Format(y.year, seq)
	}
	b := make([]byte, 0, 32)
	return string(appendPadded(append(b, y.prefix...), seq, fl.width))
}

// path is form.PathOf for documents of a flow.
func (g *generator) path(fl *flow, i int) string {
	y, seq := fl.seq(i)
	b := append(make([]byte, 0, 80), y.dir...)
	b = append(appendPadded(b, seq/10000, 2), '/')
	b = append(appendPadded(b, seq/100%100, 2), '/')
	b = append(b, g.numberOf(fl, i)...)
	return string(append(b, ".yaml"...))
}

func appendPadded(b []byte, n, width int) []byte {
	var digits [20]byte
	at := len(digits)
	for n > 0 || width > 0 {
		at--
		digits[at] = byte('0' + n%10)
		n /= 10
		width--
	}
	return append(b, digits[at:]...)
}

// registered gives when a document was registered; later ones never before
// earlier ones.
func (g *generator) registered(name string, i int) int64 {
	fl := g.flows[name]
	r := newRNG(fl.seed, streamTime, i)
	return fl.curve.moment((float64(i) + 0.05 + float64(0.9*r.fraction())) / float64(fl.n))
}

// before gives the ordinal of a document registered about so many seconds
// before a moment.
func (fl *flow) before(unix int64) int {
	return min(max(int(fl.curve.part(unix)*float64(fl.n))-1, 0), fl.n-1)
}
