package demo

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/oklog/ulid/v2"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/requisite"
)

// generator holds what is the same for all documents of a run, and buffers.
type generator struct {
	opt   Options
	forms *form.Set
	clock *clock
	now   int64
	quiet int64 // working seconds of a time without absences
	defs  *definitions

	managers, operators, staff []string
	heads                      map[string]string // whom users answer to
	biks                       []string          // of the banks
	kinds                      []string          // of inquiries
	kindShares                 []int
	clientStatuses             []string
	threshold                  int // of contracts for the general director, roubles

	flows    map[string]*flow
	models   map[string]string // numbers in recorded lives, by form
	variety  int               // lives of a kind
	lives    map[kind][]*life
	invoices []invoicePlan
	invoice  map[int]int // ordinal of an invoice by that of its inquiry
	words    vocabulary
	refusals []error // of the engine, for tests

	doc        document.Document
	encoder    encoder
	positions  []document.Position
	tasks      []document.Task
	rowBuffer  []document.Row
	taskCounts []Count
	made       int
}

// invoicePlan is the one thing kept of documents: which inquiry led to an
// invoice, and when.
type invoicePlan struct {
	inquiry int
	at      int64
}

// maxVariety is how many lives of a kind are recorded at most.
const maxVariety = 24

func newGenerator(opt Options, forms *form.Set) (*generator, error) {
	if opt.Documents < minDocuments || opt.Documents > maxDocuments {
		return nil, fmt.Errorf("%d documents cannot be made; say a number from %d to %d", opt.Documents, minDocuments, maxDocuments)
	}
	g := &generator{opt: opt, forms: forms, now: opt.Now.Unix(), defs: newDefinitions(opt.Routes), lives: map[kind][]*life{},
		flows: map[string]*flow{}, models: map[string]string{}, invoice: map[int]int{}, heads: map[string]string{}, words: newVocabulary()}
	for i := range g.words.banks {
		g.biks = append(g.biks, requisite.MakeBIK(uint64(i)*10_000_019+7))
	}
	g.kinds, g.kindShares = inquiryKinds()
	g.clientStatuses = []string{"new", "new", "new", "in_work", "in_work", "in_work", "contract_approval", "awaiting_payment", "customer", "customer", "lost"}
	g.variety = min(max(opt.Documents/1000, 4), maxVariety)
	if opt.Calendar == nil || opt.Calendar("") == nil {
		return nil, unfit("e1 lint", "there is no working calendar %q", forms.Settings().Calendar)
	}
	g.clock = newClock(opt.Calendar(""), opt.Now.Location(), opt.Now.AddDate(-3, 0, -10), opt.Now.AddDate(2, 0, 0))
	if g.clock.worked[len(g.clock.worked)-1] < 2000*3600 {
		return nil, unfit("e1 lint", "nobody works by the calendar %q", forms.Settings().Calendar)
	}
	if err := g.people(forms.Org()); err != nil {
		return nil, err
	}
	g.threshold = 1_000_000
	for _, c := range forms.Settings().Constants {
		if n, err := strconv.Atoi(c.Text); err == nil && c.Name == "approval_threshold" && n > 0 {
			g.threshold = n
		}
	}
	for _, name := range []string{clients, inquiries, works, contracts, invoices, assignments} {
		if err := g.addFlow(name); err != nil {
			return nil, err
		}
	}
	g.quiet = g.quietTime(forms.Org())
	if err := g.plan(); err != nil {
		return nil, err
	}
	return g, g.fits()
}

// people sorts users by what they do.
func (g *generator) people(o *org.Org) error {
	for _, u := range o.Users {
		if u.Active {
			g.staff = append(g.staff, u.ID)
			if s := o.Superior(u.ID); s != nil && s.Active {
				g.heads[u.ID] = s.ID
			}
		}
	}
	if len(g.staff) == 0 {
		return unfit("e1 init --sample", "org.yaml has no active users")
	}
	with := func(role string) []string {
		var ids []string
		for _, u := range o.Members(role) {
			ids = append(ids, u.ID)
		}
		if len(ids) == 0 {
			return g.staff
		}
		return ids
	}
	g.managers, g.operators = with("manager"), with("operator")
	return nil
}

// quietTime gives the beginning of a time, in working seconds, in which nobody
// is absent, so that recorded lives do not depend on when they were recorded.
func (g *generator) quietTime(o *org.Org) int64 {
	end := g.clock.work(g.now)
	const span = 90 * 8 * 3600
	for at := end - span; at > span; at -= 5 * 8 * 3600 {
		from, to := g.date(g.clock.moment(at)), g.date(g.clock.moment(at+span))
		if !slices.ContainsFunc(o.Absences, func(a org.Absence) bool { return a.From.String() <= to && from <= a.To.String() }) {
			return at
		}
	}
	return end - span
}

func (g *generator) addFlow(name string) error {
	f := g.forms.Form(name)
	if f == nil {
		return unfit("e1 form list", "there is no usable form %q; demo data needs the standard forms", name)
	}
	fl := &flow{form: f, order: f.Order(), has: map[string]bool{}, dir: "documents/" + name + "/"}
	for _, field := range fl.order {
		fl.has[field] = true
	}
	g.flows[name] = fl
	g.models[name] = g.template(fl).Format(g.opt.Now.Year(), 999_999)
	return nil
}

func (g *generator) template(fl *flow) form.Template {
	return fl.form.Numbers[0].WithPrefix(g.opt.Prefix)
}

// maker makes the documents of a form.
type maker struct {
	*flow
	name string
	make func(i int)
}

// makers lists the forms in the order in which their documents are made.
func (g *generator) makers() []maker {
	return []maker{
		{g.flows[clients], clients, g.client}, {g.flows[inquiries], inquiries, g.inquiry}, {g.flows[works], works, g.work},
		{g.flows[contracts], contracts, g.contract}, {g.flows[invoices], invoices, g.invoiceCard}, {g.flows[assignments], assignments, g.assignment},
	}
}

// build makes the i-th document of a form in g.doc.
func (g *generator) build(m maker, i int) {
	g.doc = document.Document{Form: m.name, Number: g.numberOf(m.flow, i),
		Card: g.doc.Card[:0], Links: g.doc.Links[:0], Routes: g.doc.Routes[:0], Comments: g.doc.Comments[:0]}
	g.positions, g.tasks = g.positions[:0], g.tasks[:0]
	m.make(i)
}

// fits refuses definitions that were changed so that the documents would not
// fit them; a few documents of each form tell.
func (g *generator) fits() error {
	for _, m := range g.makers() {
		for k := range min(m.n, 10) {
			g.build(m, k*m.n/min(m.n, 10))
			for _, p := range g.forms.Check(m.form, &g.doc, form.Context{Lookup: anything{g.forms}, Now: g.opt.Now, Author: g.doc.By}) {
				if p.Severity == diag.Error {
					return unfit("e1 form show "+m.name, "demo documents do not fit the form %q of this repository: %s: %s", m.name, p.Field, p.Message)
				}
			}
		}
	}
	g.taskCounts = nil
	return nil
}

// anything has every document one asks for.
type anything struct{ forms *form.Set }

func (a anything) Document(number string) (*document.Document, error) {
	if f := a.forms.FormOf(number); f != nil {
		return &document.Document{Form: f.Name, Number: number, Status: f.Initial()}, nil
	}
	return nil, nil
}

func (a anything) ByUnique(string, string, string) ([]string, error) { return nil, nil }

// run makes all documents.
func (g *generator) run(emit func(path string, data []byte) error) (Summary, error) {
	var out Summary
	for _, f := range g.makers() {
		fl := f.flow
		for i := range fl.n {
			g.build(f, i)
			data, err := g.bytes(fl)
			if err != nil {
				return out, err
			}
			if err := emit(g.path(fl, i), data); err != nil {
				return out, err
			}
		}
		out.Documents = append(out.Documents, Count{f.name, fl.n})
	}
	for _, r := range g.defs.routes {
		if g.defs.used[r.ID] {
			out.Pinned = append(out.Pinned, r)
		}
	}
	out.Tasks = g.taskCounts
	slices.SortFunc(out.Tasks, func(a, b Count) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// sample is how often documents are written by document.Encode as well and
// compared; the first ones of a run all are.
const sample = 1000

func (g *generator) bytes(fl *flow) ([]byte, error) {
	data, err := g.encoder.encode(&g.doc, fl.order)
	if err != nil {
		return nil, err
	}
	if g.made++; g.made%sample == 0 || g.made < 20 {
		want, err := g.doc.Encode(fl.order)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(data, want) {
			return nil, fmt.Errorf("%s is not in canonical form; this is an error of e1", g.doc.Number)
		}
	}
	return data, nil
}

// begin fills what every document has.
func (g *generator) begin(fl *flow, r *rng, registered int64, by string) {
	d := &g.doc
	d.Registered, d.By, d.Status = g.clock.at(registered), by, fl.form.Initial()
	var id ulid.ULID
	_ = id.SetTime(uint64(registered)*1000 + uint64(r.n(1000)))
	a, b := r.next(), r.next()
	for i := range 8 {
		id[6+i] = byte(a >> (8 * i))
	}
	id[14], id[15] = byte(b), byte(b>>8)
	d.UID = id.String()
}

// put gives a field of the document being made a text, if its form has the
// field. What a route has put there gives way.
func (g *generator) put(fl *flow, name, text string) {
	if text != "" {
		g.value(fl, name, document.Value{Text: text})
	}
}

func (g *generator) rows(fl *flow, name string, rows []document.Row) {
	if len(rows) > 0 {
		g.value(fl, name, document.Value{Rows: rows})
	}
}

func (g *generator) value(fl *flow, name string, v document.Value) {
	if !fl.has[name] {
		return
	}
	for i := range g.doc.Card {
		if g.doc.Card[i].Name == name {
			g.doc.Card[i].Value = v
			return
		}
	}
	g.doc.Card = append(g.doc.Card, document.Entry{Name: name, Value: v})
}

// remark adds comments of people now and then.
func (g *generator) remark(r *rng, by string, registered int64) {
	if !r.of(90) {
		return
	}
	d := &g.doc
	last := 0
	for _, c := range d.Comments {
		if n, err := strconv.Atoi(c.ID); err == nil {
			last = max(last, n)
		}
	}
	at := registered
	for range 1 + r.n(3) {
		if at = g.clock.moment(g.clock.work(at) + int64(r.between(600, 20000))); at >= g.now {
			return
		}
		if last++; r.of(300) {
			by = pick(r, g.staff)
		}
		d.Comments = append(d.Comments, document.Comment{ID: strconv.Itoa(last), At: g.clock.at(at), By: by, Text: pick(r, g.words.comments)})
	}
}

// quarter rounds up to a quarter of an hour.
func quarter(unix int64) int64 { return (unix + 899) / 900 * 900 }

func (g *generator) timeText(unix int64) string { return document.FormatTime(g.clock.at(unix)) }

func money(roubles int) string { return strconv.Itoa(roubles) + ".00" }
