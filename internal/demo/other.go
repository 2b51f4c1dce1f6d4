package demo

import (
	"strconv"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/worktime"
)

var fiveDays = worktime.Duration{WorkDays: 5}

// work makes the card of a work: of an inquiry, under a contract, or with a
// client as such.
func (g *generator) work(i int) {
	fl := g.flows[works]
	r := newRNG(g.opt.Seed, streamWork, i)
	at := g.registered(works, i)
	var client, manager, contract, inquiry string
	switch way := r.n(100); {
	case way < 25:
		c := g.contractSketch(g.flows[contracts].before(at - int64(r.between(1, 60))*86400))
		client, manager = g.numberOf(g.flows[clients], c.client), c.manager
		contract = g.numberOf(g.flows[contracts], c.i)
	case way < 75:
		s := g.sketchOf(g.flows[inquiries].before(at - int64(r.between(1, 20))*86400))
		client, manager = g.numberOf(g.flows[clients], s.client), s.manager
		inquiry = g.numberOf(g.flows[inquiries], s.i)
	default:
		p, _ := g.party(r.n(g.flows[clients].before(at)+1), false)
		client, manager = p.number, p.manager
	}
	g.begin(fl, &r, at, manager)
	what := r.weighted([]int{20, 34, 13, 7, 14, 6, 3, 2, 1})
	lengths := [...]string{"15m", "15m", "1h", "1h", "30m", "2h", "4h", "1h", "30m"}
	g.put(fl, "kind", [...]string{"letter", "call", "meeting", "presentation", "offer", "contract", "training", "signing", "other"}[what])
	if r.of(450) {
		g.put(fl, "subject", pick(&r, g.words.subjects))
	}
	g.put(fl, "client", client)
	g.put(fl, "contract", contract)
	g.put(fl, "inquiry", inquiry)
	g.put(fl, "manager", manager)
	start := quarter(g.clock.moment(g.clock.work(at) + int64(r.n(8*8))*3600*int64(1+r.n(2))/2))
	g.put(fl, "planned_start", g.timeText(start))
	g.put(fl, "planned_length", lengths[what])
	if r.of(300) {
		g.put(fl, "remind_at", g.timeText(start-int64(r.between(1, 4))*900))
	}
	done, way := start < g.now-3600, r.n(100)
	switch {
	case way < 5:
		g.doc.Status = "cancelled"
		g.put(fl, "note", pick(&r, g.words.notes))
	case done && way < 92:
		g.doc.Status = "done"
		if began := start + int64(r.n(40)-10)*60; began < g.now {
			g.put(fl, "actual_start", g.timeText(began))
		}
		g.put(fl, "actual_length", pick(&r, []string{"5m", "10m", "15m", "20m", "30m", "45m", "1h", "1h30m", lengths[what]}))
		g.put(fl, "result", pick(&r, g.words.results))
	case r.of(100):
		g.put(fl, "note", pick(&r, g.words.notes))
	}
	g.remark(&r, manager, at)
}

// contractSketch is what other documents need to know of a contract.
type contractSketch struct {
	i       int
	at      int64
	client  int
	inquiry int // -1: none
	manager string
	kind    string
	amount  int // roubles
	draft   bool
	r       rng
}

func (g *generator) contractSketch(i int) contractSketch {
	c := contractSketch{i: i, at: g.registered(contracts, i), inquiry: -1, r: newRNG(g.opt.Seed, streamContract, i)}
	r := &c.r
	c.draft = r.of(150)
	c.kind = pick(r, []string{"supply", "supply", "service", "service", "training", "licence", "framework", "agency"})
	if c.amount = r.between(20, g.threshold/1000) * 1000; r.of(200) {
		c.amount = g.threshold + r.between(1, 9000)*1000 + r.n(1000)
	}
	// Four of five contracts follow from an inquiry.
	if s := g.sketchOf(g.flows[inquiries].before(c.at - int64(r.between(10, 50))*86400)); s.kind != "goods" && r.of(800) {
		c.inquiry, c.client, c.manager = s.i, s.client, s.manager
		return c
	}
	c.client = r.n(g.flows[clients].before(c.at) + 1)
	p, _ := g.party(c.client, false)
	c.manager = p.manager
	return c
}

// contract makes the card of a contract.
func (g *generator) contract(i int) {
	fl := g.flows[contracts]
	c := g.contractSketch(i)
	r := &c.r
	g.begin(fl, r, c.at, c.manager)
	number := strconv.Itoa(r.between(1, 999)) + "/" + strconv.Itoa(g.clock.at(c.at).Year()%100)
	g.put(fl, "kind", c.kind)
	g.put(fl, "name", pick(r, []string{"Договор № ", "Договор № ", "Контракт № ", "Рамочный договор №"})+number)
	g.put(fl, "subject", pick(r, g.words.contractSubjects))
	g.put(fl, "client", g.numberOf(g.flows[clients], c.client))
	if c.inquiry >= 0 {
		g.put(fl, "inquiry", g.numberOf(g.flows[inquiries], c.inquiry))
	}
	g.put(fl, "manager", c.manager)
	if r.of(250) {
		g.put(fl, "client_number", strconv.Itoa(r.between(1, 9999))+"-"+pick(r, []string{"П", "У", "ГК", "ЕП"}))
	}
	g.put(fl, "amount", money(c.amount))
	from := c.at + int64(r.between(5, 40))*86400
	until := from + int64(r.between(30, 400))*86400
	g.put(fl, "valid_from", g.date(from))
	g.put(fl, "valid_until", g.date(until))
	if c.draft {
		if c.at < g.now-60*86400 && r.of(600) {
			g.doc.Status = "refused"
		}
	} else {
		l := g.life(kind{form: contracts, kind: c.kind, person: c.manager, known: true, big: c.amount > g.threshold, initial: "approval"}, r)
		s := g.shiftTo(l, c.at)
		g.stamp(&g.doc, &l.states[s.state(l, g.now)], s, numbers{client: g.numberOf(g.flows[clients], c.client)})
	}
	executed := g.doc.Status == "execution"
	paid := g.doc.Card.Has("paid") // on its route, as a whole, but of another amount
	switch {
	case executed && until < g.now:
		g.doc.Status, paid = "closed", true
	case executed:
		g.put(fl, "paid", money(c.amount*r.n(4)/4))
	}
	if paid {
		g.put(fl, "paid", money(c.amount))
	}
	if r.of(600) {
		g.rows(fl, "stages", g.stages(&c, r, from, until, executed))
	}
	g.remark(r, c.manager, c.at)
}

func (g *generator) stages(c *contractSketch, r *rng, from, until int64, executed bool) []document.Row {
	n := r.between(2, 5)
	rows := g.newRows(n)
	for i := range rows {
		term := from + (until-from)*int64(i+1)/int64(n)
		rows[i] = append(rows[i], document.Cell{Name: "name", Text: g.words.stages[(i+r.n(2))%len(g.words.stages)]},
			document.Cell{Name: "term", Text: g.date(term)})
		share := c.amount / n
		if i == n-1 {
			share = c.amount - share*(n-1)
		}
		rows[i] = append(rows[i], document.Cell{Name: "amount", Text: money(share)})
		if executed && term < g.now && r.of(900) {
			rows[i] = append(rows[i], document.Cell{Name: "done_on", Text: g.date(min(term+int64(r.n(10)-7)*86400, g.now))})
		}
	}
	return rows
}

// assignment makes the card of an assignment.
func (g *generator) assignment(i int) {
	fl := g.flows[assignments]
	r := newRNG(g.opt.Seed, streamAssignment, i)
	at := g.registered(assignments, i)
	performer := pick(&r, g.staff)
	controller := g.heads[performer]
	if controller == "" {
		controller = g.staff[0]
	}
	g.begin(fl, &r, at, controller)
	l := g.life(kind{form: assignments, person: performer, other: controller}, &r)
	s := g.shiftTo(l, at)
	g.put(fl, "subject", pick(&r, g.words.tasks))
	if r.of(700) {
		g.put(fl, "text", pick(&r, g.words.taskTexts))
	}
	g.put(fl, "performer", performer)
	g.put(fl, "controller", controller)
	if l.deadline != 0 {
		g.put(fl, "deadline", g.timeText(g.closing(s.unix(l.deadline))))
	}
	if r.of(300) {
		p, _ := g.party(r.n(g.flows[clients].before(at)+1), false)
		g.put(fl, "client", p.number)
	}
	g.stamp(&g.doc, &l.states[s.state(l, g.now)], s, numbers{})
	g.remark(&r, controller, at)
}
