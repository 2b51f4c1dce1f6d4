package index

import (
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// testSchema has a column of every type and a reference to reach through.
func testSchema() Schema {
	return Schema{Forms: []FormSchema{
		{Name: "clients", Columns: []Column{{Name: "name", Type: Text}, {Name: "inn", Type: Text, Indexed: true},
			{Name: "industry", Type: Text, Indexed: true}, {Name: "limit", Type: Decimal, Scale: 2}}},
		{Name: "inquiries", Columns: []Column{{Name: "name", Type: Text}, {Name: "kind", Type: Text, Indexed: true},
			{Name: "phone", Type: Text}, {Name: "client", Type: Text, Indexed: true, Ref: "clients"}, {Name: "manager", Type: Text, Indexed: true},
			{Name: "amount", Type: Decimal, Scale: 2, Indexed: true}, {Name: "paid", Type: Decimal, Scale: 2}, {Name: "rate", Type: Decimal},
			{Name: "start", Type: Date}, {Name: "called", Type: DateTime}, {Name: "urgent", Type: Bool}, {Name: "rooms", Type: Int},
			{Name: "length", Type: Duration}, {Name: "status", Type: Text}, {Name: "text", Type: Text}}},
	}}
}

var (
	testStatuses = []string{"new", "in_work", "refused", "done"}
	testKinds    = []string{"training", "order", "question", "complaint"}
	testUsers    = []string{"petrova", "sidorov", "ivanova", "orlov", "kuznetsova"}
	testWords    = strings.Fields("обращение обращения обращений договор договора договоры поставка поставки счет счёт оплата оплаты ёлка елка " +
		"ромашка клиент клиента обучение training trainings office delivery delivered менеджер звонок письмо срочно склад")
)

// testEntry makes a lifelike entry that depends on n and the seed alone.
func testEntry(r *rand.Rand, form string, n int, vocabulary func() string) Entry {
	zone := time.FixedZone("", 3*3600)
	registered := time.Date(2026, 1, 1, 9, 0, 0, 0, zone).Add(time.Duration(n) * 29 * time.Second)
	e := Entry{Form: form, UID: fmt.Sprintf("01JD9X3M7Q4Z8T6B5N2V%06X", n), Registered: registered, By: testUsers[r.Intn(len(testUsers))]}
	for i := range e.Blob {
		e.Blob[i] = byte(r.Intn(256))
	}
	e.Status = testStatuses[r.Intn(len(testStatuses))]
	e.Closed = e.Status == "refused" || e.Status == "done"
	e.Title = "ООО «" + vocabulary() + " " + vocabulary() + "»"
	phone := fmt.Sprintf("+7%d", 4950000000+r.Int63n(99999999))
	e.Keys = []Key{{"phone", phone}, {"name", strings.ToLower(e.Title)}}
	set := func(name string, v any) {
		if v != nil && v != "" {
			e.Fields = append(e.Fields, Field{name, v})
		}
	}
	set("name", e.Title)
	if form == "clients" {
		e.Number = fmt.Sprintf("CLI-%06d", n)
		inn := fmt.Sprintf("77%08d", r.Intn(100000000))
		set("inn", inn)
		set("industry", []string{"it", "trade", "school"}[r.Intn(3)])
		set("limit", fmt.Sprintf("%d.00", r.Intn(1000)*1000))
		e.Keys = append(e.Keys, Key{"inn", inn})
		e.Text = []string{inn, phone, vocabulary() + " " + vocabulary()}
		return e
	}
	e.Number = fmt.Sprintf("INQ-%d-%06d", registered.Year(), n)
	manager := testUsers[r.Intn(len(testUsers))]
	client := fmt.Sprintf("CLI-%06d", r.Intn(n/2+1))
	set("kind", testKinds[r.Intn(len(testKinds))])
	set("phone", phone)
	set("client", client)
	set("manager", manager)
	if r.Intn(4) > 0 {
		set("amount", fmt.Sprintf("%d.%02d", r.Intn(3000000), r.Intn(100)))
		set("paid", fmt.Sprintf("%d.00", r.Intn(3000000)))
	}
	set("start", registered.AddDate(0, 0, r.Intn(30)).Format(time.DateOnly))
	if r.Intn(2) == 0 {
		set("called", registered.Add(time.Duration(r.Intn(3600))*time.Second).Format(time.RFC3339))
	}
	set("urgent", r.Intn(5) == 0)
	set("rooms", int64(r.Intn(10)))
	set("length", []string{"4wh", "2wd", "30m"}[r.Intn(3)])
	var text []string
	for range 6 + r.Intn(10) {
		text = append(text, vocabulary())
	}
	body := strings.Join(text, " ")
	set("text", body)
	e.Text = []string{body, phone}
	e.Refs = []Ref{{Kind: "client", Field: "client", To: client}}
	if r.Intn(5) == 0 && n > 0 {
		e.Refs = append(e.Refs, Ref{Kind: "reply_to", To: fmt.Sprintf("INQ-%d-%06d", registered.Year(), r.Intn(n)), Link: true})
	}
	due := registered.Add(time.Duration(1+r.Intn(100)) * time.Hour)
	t := Task{ID: 1, Instance: 1, Step: "contact", Title: "Связаться с клиентом", Route: "long-sale", Who: manager, State: "done", Outcome: "accepted",
		Assigned: registered, Due: due, Done: due.Add(-time.Hour)}
	if r.Intn(20) == 0 {
		t.State, t.Open, t.Outcome, t.Done = "open", true, "", time.Time{}
		e.Timers = []Timer{{At: due, Kind: "overdue", Instance: 1, Task: 1}}
		e.Events = []Event{{Kind: "task", Start: due, Who: manager, Client: client, Title: t.Title, Task: 1}}
	}
	e.Tasks = []Task{t}
	e.Messages = []string{fmt.Sprintf("%040x", n)}
	return e
}

// zipfWords gives words of a large vocabulary as often as a language does.
func zipfWords(r *rand.Rand, size int) func() string {
	z := rand.NewZipf(r, 1.08, 4, uint64(size-1))
	syllables := strings.Fields("ка ре то ми ла ну про сто ве да ли ра по со ни го мо ле ши ва")
	return func() string {
		n := int(z.Uint64())
		if n < len(testWords) {
			return testWords[n]
		}
		var b strings.Builder
		for n > 0 {
			b.WriteString(syllables[n%len(syllables)])
			n /= len(syllables)
		}
		return b.String()
	}
}
