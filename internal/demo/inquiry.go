package demo

import (
	"slices"
	"strconv"

	"github.com/e1-dms/e1/internal/document"
)

// sketch is what other documents need to know of an inquiry.
type sketch struct {
	i       int
	at      int64
	kind    string
	source  string
	client  int
	manager string
	known   bool // the manager is named from the beginning
	life    *life
	shift   shift
	state   *state
	reached int
	r       rng
}

// inquiryKinds with the share of each in thousandths. Orders of goods are the
// ones that make invoices.
func inquiryKinds() (names []string, shares []int) {
	return []string{"goods", "training", "workplace", "signature", "question", "complaint"}, []int{105, 205, 150, 170, 280, 90}
}

// sketchOf gives the beginning of an inquiry, without its life.
func (g *generator) sketchOf(i int) sketch {
	s := sketch{i: i, at: g.registered(inquiries, i), r: newRNG(g.opt.Seed, streamInquiry, i)}
	s.kind = g.kinds[s.r.weighted(g.kindShares)]
	s.source = pick(&s.r, []string{"web", "web", "web", "web", "mail", "mail", "mail", "call_centre", "call_centre", "recommendation", "exhibition", "advertising", "partner", "tender", "manual"})
	// Some clients ask again and again, others appear with their inquiry.
	last := g.flows[clients].before(s.at)
	if share := s.r.fraction(); s.r.of(500) {
		s.client = int(float64(last) * share * share)
	} else {
		s.client = max(last-s.r.n(last/50+3), 0)
	}
	r := newRNG(g.opt.Seed, streamClient, s.client)
	r.n(len(g.words.cities))
	s.manager = g.managers[r.n(len(g.managers))] // as party has it
	s.known = s.r.of(600)
	return s
}

// live adds the inquiry's life.
func (g *generator) live(s *sketch) {
	s.life = g.life(kind{form: inquiries, kind: s.kind, person: s.manager, known: s.known}, &s.r)
	s.shift = g.shiftTo(s.life, s.at)
	s.reached = s.shift.state(s.life, g.now)
	s.state = &s.life.states[s.reached]
}

// invoiced tells whether the inquiry has led to an invoice, and when.
func (s *sketch) invoiced() (int64, bool) {
	if s.life.invoiced < 0 || s.reached < s.life.invoiced {
		return 0, false
	}
	return s.shift.unix(s.life.states[s.life.invoiced].at), true
}

// planInvoices finds the inquiries that have led to an invoice and numbers
// these by their time.
func (g *generator) planInvoices() {
	for i := range g.flows[inquiries].n {
		s := g.sketchOf(i)
		if s.kind != "goods" {
			continue
		}
		g.live(&s)
		if at, ok := s.invoiced(); ok {
			g.invoices = append(g.invoices, invoicePlan{i, at})
		}
	}
	slices.SortStableFunc(g.invoices, func(a, b invoicePlan) int { return int(min(max(a.at-b.at, -1), 1)) })
	for n, p := range g.invoices {
		g.invoice[p.inquiry] = n
	}
}

// model is a document whose life is recorded.
func (g *generator) model(k kind, at int64, r *rng) *document.Document {
	f := g.forms.Form(k.form)
	d := &document.Document{Form: k.form, Number: g.models[k.form], UID: "01JD9X3M7Q4Z8T6B5N2V1C0KPR", Registered: g.clock.at(at), By: origin, Status: k.initial}
	if k.form == inquiries {
		d.Number = g.template(g.flows[k.form]).Format(g.opt.Now.Year(), 999_998)
	}
	if d.Status == "" {
		d.Status = f.Initial()
	}
	set := func(name, text string) {
		if f.Field(name) != nil {
			d.Card.SetText(name, text)
		}
	}
	switch k.form {
	case inquiries:
		set("kind", k.kind)
		set("source", "web")
		set("name", "ООО «Ромашка»")
		set("inn", "7707083893")
		set("person", "Иванов Иван Иванович")
		set("phone", "+74951234567")
		if k.known {
			set("manager", k.person)
		}
		if f.Field("lines") != nil {
			d.Card.Set("lines", &document.Value{Rows: []document.Row{{{Name: "item", Text: "Стол"}, {Name: "qty", Text: "2"}, {Name: "price", Text: "100.00"}}}})
		}
	case contracts:
		d.By = k.person
		set("kind", k.kind)
		set("name", "Договор")
		set("client", g.models[clients])
		set("manager", k.person)
		set("amount", money(min(g.threshold, 1000)))
		if k.big {
			set("amount", money(g.threshold+1))
		}
	case assignments:
		d.By = k.other
		set("subject", "Поручение")
		set("performer", k.person)
		set("controller", k.other)
		set("deadline", g.timeText(g.deadlineAfter(at, r)))
	}
	return d
}

// deadlineAfter gives a deadline some days ahead, at the end of a working day.
func (g *generator) deadlineAfter(at int64, r *rng) int64 {
	return g.closing(g.clock.moment(g.clock.work(at) + int64(r.between(2, 12))*8*3600))
}

// closing gives the end of the working day of a moment.
func (g *generator) closing(at int64) int64 {
	day := g.clock.day(at)
	hours := g.clock.hours[day]
	if len(hours) == 0 {
		return at
	}
	return g.clock.midnight[day] + int64(hours[len(hours)-1].To)*60
}

// inquiry makes the card of an inquiry.
func (g *generator) inquiry(i int) {
	fl := g.flows[inquiries]
	s := g.sketchOf(i)
	g.live(&s)
	r := &s.r
	p, _ := g.party(s.client, true)
	by := s.manager
	switch s.source {
	case "web":
		by = "import/web-orders"
	case "mail":
		by = "import/sales-letters"
	case "call_centre":
		by = pick(r, g.operators)
	}
	g.begin(fl, r, s.at, by)
	g.put(fl, "kind", s.kind)
	g.put(fl, "source", s.source)
	g.put(fl, "text", g.inquiryText(&s, &p, r))
	if p.class == private || r.of(850) {
		g.put(fl, "person", p.person)
	}
	if r.of(850) {
		g.put(fl, "phone", p.phone)
	}
	if r.of(800) {
		g.put(fl, "email", p.email)
	}
	if p.class != private {
		g.put(fl, "name", p.name)
		if s.kind == "goods" || r.of(650) {
			g.put(fl, "inn", p.inn)
			g.put(fl, "kpp", p.kpp)
			if r.of(300) {
				g.put(fl, "ogrn", p.ogrn)
			}
		}
		if s.kind == "goods" && r.of(700) {
			g.put(fl, "address", p.address)
			g.put(fl, "bank", p.bank)
			g.put(fl, "bik", p.bik)
			g.put(fl, "account", p.account)
		}
	}
	g.rows(fl, "lines", g.lines(&s))
	if s.known {
		g.put(fl, "manager", s.manager)
	}
	if i > 100 && r.of(12) {
		g.doc.Links = append(g.doc.Links, document.Link{Kind: "reply_to", To: g.numberOf(fl, i-1-r.n(100))})
	}
	n := numbers{client: p.number}
	if inv, ok := g.invoice[i]; ok {
		n.invoice = g.numberOf(g.flows[invoices], inv)
	}
	g.stamp(&g.doc, s.state, s.shift, n)
	if g.doc.Status == "refused" && !g.doc.Card.Has("refusal") {
		g.put(fl, "refusal", pick(r, []string{"not_interested", "mistake", "price", "term", "competitor", "no_budget", "no_answer", "spam", "other"}))
	}
	g.remark(r, s.manager, s.at)
}

func (g *generator) inquiryText(s *sketch, p *party, r *rng) string {
	var text string
	switch {
	case s.kind == "complaint":
		text = pick(r, g.words.complaints)
	case s.kind == "goods" && r.of(500):
		return ""
	default:
		text = pick(r, g.words.questions)
	}
	if r.of(300) {
		text += "\n" + p.person + "\n" + typed(r, p.phone)
	}
	return text
}

// lines gives the rows of an order; its invoice has the same.
func (g *generator) lines(s *sketch) []document.Row {
	list, n := g.words.goods, 0
	r := newRNG(g.opt.Seed, streamPerson, s.i)
	switch s.kind {
	case "goods":
		n = 1 + r.weighted([]int{40, 30, 15, 8, 4, 3})
	case "training", "workplace", "signature":
		list = g.words.services
		n = r.n(3)
	}
	rows := g.newRows(n)
	for i := range rows {
		item := &list[r.n(len(list))]
		qty := strconv.Itoa(1 + r.n(1+r.n(30)))
		if item.unit == "кг" || item.unit == "ч" {
			qty += ".5"
		}
		rows[i] = append(rows[i], document.Cell{Name: "item", Text: item.item}, document.Cell{Name: "qty", Text: qty},
			document.Cell{Name: "unit", Text: item.unit}, document.Cell{Name: "price", Text: money(item.price * r.between(90, 110) / 100)})
	}
	return rows
}

// invoiceCard makes the invoice of an order as the retail route does, and its
// payment.
func (g *generator) invoiceCard(n int) {
	fl := g.flows[invoices]
	plan := g.invoices[n]
	s := g.sketchOf(plan.inquiry)
	g.live(&s)
	p, _ := g.party(s.client, true)
	r := newRNG(g.opt.Seed, streamInvoice, n)
	g.begin(fl, &r, plan.at, s.manager)
	inquiry := g.numberOf(g.flows[inquiries], plan.inquiry)
	g.put(fl, "client", p.number)
	g.put(fl, "payer", p.name)
	g.put(fl, "inn", p.inn)
	g.put(fl, "inquiry", inquiry)
	g.put(fl, "manager", s.manager)
	g.put(fl, "issued_on", g.date(plan.at))
	g.put(fl, "due", g.date(g.clock.add(plan.at, fiveDays)))
	rows := g.lines(&s)
	g.rows(fl, "lines", rows)
	if s.state.invoice != "" {
		g.doc.Status = s.state.invoice
	}
	for i := range s.state.fields {
		if c := &s.state.fields[i]; c.field == "paid_on" {
			g.doc.Status = "paid"
			g.put(fl, "paid", total(rows))
			g.put(fl, "paid_on", g.date(s.shift.unix(c.at)))
			if r.of(700) {
				g.put(fl, "payment_order", "№ "+strconv.Itoa(r.between(1, 4000))+" от "+g.clock.at(s.shift.unix(c.at)).Format("02.01.2006"))
			}
		}
	}
	g.doc.Links = append(g.doc.Links, document.Link{Kind: "inquiry", To: inquiry})
}

// total gives the sum of rows whose quantities are whole or half numbers and
// whose prices are whole roubles.
func total(rows []document.Row) string {
	halves := 0
	for _, row := range rows {
		qty, price := row.Text("qty"), row.Text("price")
		n, half := 0, 0
		if len(qty) > 2 && qty[len(qty)-2:] == ".5" {
			qty, half = qty[:len(qty)-2], 1
		}
		n, _ = strconv.Atoi(qty)
		roubles, _ := strconv.Atoi(price[:len(price)-3])
		halves += (2*n + half) * roubles
	}
	if halves%2 == 1 {
		return strconv.Itoa(halves/2) + ".50"
	}
	return money(halves / 2)
}
