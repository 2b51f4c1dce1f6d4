package demo

import (
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/requisite"
)

// party is what the documents of a client have in common; it follows from the
// client's ordinal.
type party struct {
	number  string
	class   class
	public  bool // buys under 44-FZ
	name    string
	full    string
	inn     string
	kpp     string
	ogrn    string
	phone   string
	email   string
	site    string
	city    *city
	address string
	bank    string
	bik     string
	account string
	person  string // whom to talk to
	manager string
}

type class byte

const (
	organisation class = iota
	entrepreneur
	private
)

// distinct bounds the ordinals for which the generators of requisites give
// different numbers.
const distinct = 700_000_000

// party gives what is known of a client, without the requisites unless asked
// for, and the stream with which the card goes on.
func (g *generator) party(c int, requisites bool) (party, rng) {
	fl := g.flows[clients]
	r := newRNG(g.opt.Seed, streamClient, c)
	w := &g.words
	p := party{number: g.numberOf(fl, c), city: &w.cities[r.n(len(w.cities))]}
	p.manager = g.managers[r.n(len(g.managers))]
	id := int(g.opt.Seed%distinct) + c
	switch r.weighted([]int{84, 11, 5}) {
	case 0:
		g.organisation(&p, &r, c)
	case 1:
		p.class = entrepreneur
		last, first, middle := g.human(&r)
		p.person = last + " " + first + " " + middle
		p.name = "ИП " + last + " " + initials(first, middle)
		p.full = "Индивидуальный предприниматель " + p.person
		p.email = "ip" + strconv.Itoa(c+1) + "@pochta.example"
	default:
		p.class = private
		last, first, middle := g.human(&r)
		p.person = last + " " + first + " " + middle
		p.name = p.person
		p.email = "user" + strconv.Itoa(c+1) + "@pochta.example"
	}
	p.phone = g.phone(&r, p.city)
	if !requisites || p.class == private {
		return p, r
	}
	p.address = strconv.Itoa(p.city.index+r.n(99)) + ", " + p.city.region + ", " + pick(&r, w.streets) + ", д. " + strconv.Itoa(r.between(1, 140)) + pick(&r, []string{"", "", "", "А", ", корп. 2", ", стр. 1, оф. 305", "/7"})
	b := r.n(len(w.banks))
	p.bank, p.bik = w.banks[b], g.biks[b]
	p.account = requisite.MakeAccount(p.bik, uint64(id))
	if p.class == organisation {
		p.inn, p.kpp, p.ogrn = requisite.MakeINN10(uint64(id)), requisite.MakeKPP(uint64(id)), requisite.MakeOGRN(uint64(id))
	} else {
		p.inn, p.ogrn = requisite.MakeINN12(uint64(id)), requisite.MakeOGRNIP(uint64(id))
	}
	return p, r
}

// organisation gives a name as people write it: quotes of every kind, ё or е,
// numbers, branches, and now and then one without end.
func (g *generator) organisation(p *party, r *rng, c int) {
	l := &g.words.legal[r.weighted(g.words.legalWeights)]
	word := &g.words.companies[r.n(len(g.words.companies))]
	p.public = l.public
	text := word.word
	switch way := r.n(100); {
	case way < 30:
		text += "-" + strconv.Itoa(r.between(2, 99))
	case way < 45:
		text += " " + p.city.name
	case way < 50:
		text += " плюс"
	}
	if r.of(150) {
		text = strings.NewReplacer("ё", "е", "Ё", "Е").Replace(text)
	}
	switch way := r.n(100); {
	case way < 80:
		p.name = l.short + " «" + text + "»"
	case way < 92:
		p.name = l.short + ` "` + text + `"`
	case way < 97:
		p.name = l.short + " " + text
	default:
		p.name = text + ", " + l.short
	}
	p.full = l.full + " «" + text + "»"
	if r.of(15) {
		p.name += " (филиал по " + p.city.region + ", бывш. Научно-производственное объединение «" + text + "» им. 60-летия Октября, обособленное подразделение № " + strconv.Itoa(r.between(1, 40)) + ")"
	}
	last, first, middle := g.human(r)
	p.person = last + " " + first + " " + middle
	domain := word.latin + "-" + strconv.Itoa(c+1) + ".example"
	p.email = pick(r, []string{"info@", "zakaz@", "office@", "buh@"}) + domain
	if r.of(600) {
		p.site = pick(r, []string{"https://", "http://www.", "www.", ""}) + domain
	}
}

func (g *generator) human(r *rng) (last, first, middle string) {
	names := &g.words.men
	if r.of(550) {
		names = &g.words.women
	}
	return pick(r, names[0]), pick(r, names[1]), pick(r, names[2])
}

func initials(first, middle string) string {
	f, m := []rune(first), []rune(middle)
	return string(f[0]) + ". " + string(m[0]) + "."
}

// phone gives a number in normal form, some with an extension.
func (g *generator) phone(r *rng, at *city) string {
	b := append(make([]byte, 0, 24), "+7"...)
	if r.of(350) {
		b = appendPadded(append(b, '9'), r.n(100), 2)
	} else {
		b = append(b, at.code...)
	}
	for width := 12 - len(b); width > 0; width-- {
		b = append(b, byte('0'+r.n(10)))
	}
	if r.of(60) {
		b = append(b, " x"...)
		b = strconv.AppendInt(b, int64(r.between(100, 999)), 10)
	}
	return string(b)
}

// typed writes a phone as people do.
func typed(r *rng, phone string) string {
	d := phone[2:12]
	var s string
	switch r.n(5) {
	case 0:
		s = "8 (" + d[:3] + ") " + d[3:6] + "-" + d[6:8] + "-" + d[8:]
	case 1:
		s = "8" + d
	case 2:
		s = "+7 " + d[:3] + " " + d[3:]
	case 3:
		s = "т. 8-" + d[:3] + "-" + d[3:6] + "-" + d[6:]
	default:
		s = "(" + d[:4] + ")" + d[4:6] + "." + d[6:8] + "." + d[8:]
	}
	if len(phone) > 12 {
		s += " доб. " + phone[14:]
	}
	return s
}

// client makes the card of a client.
func (g *generator) client(c int) {
	fl := g.flows[clients]
	p, r := g.party(c, true)
	at := g.registered(clients, c)
	by := p.manager
	if r.of(100) {
		by = pick(&r, g.operators)
	}
	g.begin(fl, &r, at, by)
	g.doc.Status = pick(&r, g.clientStatuses)
	g.put(fl, "name", p.name)
	if p.class != private && r.of(800) {
		g.put(fl, "full_name", p.full)
	}
	g.put(fl, "phone", p.phone)
	g.put(fl, "email", p.email)
	g.put(fl, "site", p.site)
	g.put(fl, "legal_address", p.address)
	if p.address != "" && r.of(250) {
		g.put(fl, "postal_address", "а/я "+strconv.Itoa(r.between(1, 500))+", "+p.city.name+", "+strconv.Itoa(p.city.index))
	}
	g.put(fl, "inn", p.inn)
	g.put(fl, "kpp", p.kpp)
	g.put(fl, "ogrn", p.ogrn)
	if p.bik != "" && r.of(750) {
		g.put(fl, "bank", p.bank)
		g.put(fl, "bik", p.bik)
		g.put(fl, "account", p.account)
		g.put(fl, "corr_account", requisite.MakeCorrAccount(p.bik))
	}
	if p.class == organisation {
		g.rows(fl, "contacts", g.contacts(&p, &r))
	}
	g.put(fl, "source", pick(&r, []string{"web", "mail", "call_centre", "recommendation", "exhibition", "advertising", "partner", "tender", "prospecting", "manual"}))
	switch {
	case p.class == private:
		g.put(fl, "segment", "person")
	case p.class == entrepreneur:
		g.put(fl, "industry", pick(&r, []string{"trade", "services", "construction", "transport"}))
		g.put(fl, "size", "sole")
		g.put(fl, "segment", "commercial")
	default:
		g.put(fl, "industry", pick(&r, []string{"agriculture", "manufacturing", "construction", "energy", "trade", "transport", "it", "finance", "education", "health", "government", "utilities", "culture", "services", "other"}))
		g.put(fl, "size", pick(&r, []string{"micro", "small", "small", "medium", "large"}))
		segment := pick(&r, []string{"commercial", "commercial", "commercial", "supplier", "customer_223fz"})
		if p.public {
			segment = "customer_44fz"
		}
		g.put(fl, "segment", segment)
	}
	g.put(fl, "manager", p.manager)
	if g.doc.Status == "lost" {
		g.put(fl, "lost_reason", pick(&r, []string{"not_interested", "price", "competitor", "no_budget", "no_answer", "other"}))
	}
	if r.of(200) {
		g.put(fl, "note", pick(&r, g.words.notes))
	}
	g.remark(&r, p.manager, at)
}

func (g *generator) contacts(p *party, r *rng) []document.Row {
	rows := g.newRows(r.between(1, 3))
	for i := range rows {
		person := p.person
		if i > 0 {
			last, first, middle := g.human(r)
			person = last + " " + first + " " + middle
		}
		rows[i] = append(rows[i], document.Cell{Name: "person", Text: person}, document.Cell{Name: "position", Text: pick(r, g.words.positions)})
		if r.of(600) {
			rows[i] = append(rows[i], document.Cell{Name: "phone", Text: g.phone(r, p.city)})
		}
		if r.of(70) {
			rows[i] = append(rows[i], document.Cell{Name: "note", Text: pick(r, g.words.notes[:3])})
		}
	}
	return rows
}

// newRows gives empty rows that are free again for the next document.
func (g *generator) newRows(n int) []document.Row {
	for len(g.rowBuffer) < n {
		g.rowBuffer = append(g.rowBuffer, make(document.Row, 0, 6))
	}
	for i := range n {
		g.rowBuffer[i] = g.rowBuffer[i][:0]
	}
	return g.rowBuffer[:n]
}
