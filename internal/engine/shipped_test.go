package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
	"github.com/google/go-cmp/cmp"
)

func TestShippedRoutesAreClean(t *testing.T) {
	set, routes := shipped(t)
	for _, r := range routes {
		for _, p := range route.Check(r, route.ContextOf(set, []string{"ru"}, routes)) {
			t.Errorf("%s", p.Error())
		}
	}
}

// walk plays a shipped route and compares where the document stands after each
// answer: its status, then its open tasks.
func walk(t *testing.T, s *shop, number, start string, want []string, answers ...string) {
	t.Helper()
	at := func() string {
		d := s.docs[number]
		parts := []string{d.Status}
		for _, in := range d.Routes {
			if in.State != Running {
				parts = append(parts, in.State+" "+in.End)
			}
		}
		return strings.Join(append(parts, s.open(number)...), ", ")
	}
	s.do(number, start, Registered{})
	got := []string{at()}
	for _, a := range answers {
		s.do(number, strings.Fields(a)[1], answer(a))
		got = append(got, at())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLongSaleRegistersTheClient(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	s.put("inquiries", "INQ-2026-000001", "kind", "training", "source", "web", "name", "ООО «Ромашка»", "inn", "7707083893", "phone", "8 (495) 123-45-67")
	walk(t, s, "INQ-2026-000001", "kozlova", []string{
		"new, contact petrova|ivanova|kuznetsov",
		"in_work, deal petrova",
		"done, done contract",
	}, "1 petrova accepted", "2 petrova contract")
	d, client := s.docs["INQ-2026-000001"], s.docs["NEW-clients"]
	if client == nil || d.Card.Text("client") != "NEW-clients" {
		t.Fatalf("no client was registered: %v", d.Card)
	}
	if _, task := d.Task(1); task.Due.Format("2006-01-02 15:04") != "2026-11-24 10:00" || task.Who != "petrova" {
		t.Errorf("task 1 is %+v", task)
	}
	got := map[string]string{"status": client.Status, "link": client.Links[0].Kind + " " + client.Links[0].To}
	for _, name := range client.Card.Names() {
		got[name] = client.Card.Text(name)
	}
	want := map[string]string{"status": "in_work", "link": "inquiry INQ-2026-000001", "name": "ООО «Ромашка»", "inn": "7707083893",
		"phone": "+74951234567", "manager": "petrova", "source": "web"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLongSaleFindsTheClient(t *testing.T) {
	tests := []struct {
		name   string
		client []string // the client who is there already
		want   string   // the client of the inquiry afterwards
	}{
		{"by INN", []string{"name", "Ромашка", "inn", "7707083893"}, "CLI-000009"},
		{"by telephone", []string{"name", "Ромашка", "phone", "+7 495 123-45-67"}, "CLI-000009"},
		{"not with another INN", []string{"name", "Лютик", "inn", "500100732259", "phone", "+7 495 123-45-67"}, "NEW-clients"},
		{"not one whose registration was undone", []string{"name", "Ромашка", "inn", "7707083893", "status", "void"}, "NEW-clients"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, routes := shipped(t)
			s := newShop(t, set, routes...)
			s.put("clients", "CLI-000009", tt.client...)
			before := s.docs["CLI-000009"].Clone()
			s.put("inquiries", "I", "kind", "training", "name", "ООО «Ромашка»", "inn", "7707083893", "phone", "84951234567")
			s.do("I", "kozlova", Registered{})
			s.do("I", "ivanova", Accept{Task: 1})
			if got := s.docs["I"].Card.Text("client"); got != tt.want {
				t.Errorf("the client is %s, want %s", got, tt.want)
			}
			after := s.docs["CLI-000009"]
			if after.Card.Text("name") != before.Card.Text("name") || tt.want == "NEW-clients" && cmp.Diff(before, after) != "" {
				t.Errorf("what a person entered was overwritten: %v", after.Card)
			}
		})
	}
}

func TestLongSaleRefused(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	s.put("inquiries", "I", "kind", "question", "phone", "84951234567")
	s.do("I", "kozlova", Registered{})
	if _, err := s.try("I", "petrova", Refuse{Task: 1}); refusalOf(err) != string(CommentNeeded) {
		t.Errorf("refusing without a comment: %v", err)
	}
	s.do("I", "petrova", Refuse{Task: 1, Comment: "came by mistake"})
	d := s.docs["I"]
	if d.Status != "refused" || d.Card.Text("refusal_comment") != "came by mistake" || d.Routes[0].End != "refused" {
		t.Errorf("status %s, %v, route %+v", d.Status, d.Card, d.Routes[0])
	}
}

func TestLongSaleWithoutAnythingToNameTheClientBy(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	s.put("inquiries", "I", "kind", "question", "text", "?")
	s.do("I", "kozlova", Registered{})
	before := s.docs["I"].Clone()
	_, err := s.try("I", "petrova", answer("1 petrova accepted"))
	var r *Refusal
	if !errors.As(err, &r) || r.Reason != Incomplete || !slices.Contains(r.Possible, "name") {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(before, s.docs["I"]); diff != "" {
		t.Error(diff)
	}
	s.do("I", "petrova", answer("1 petrova accepted name=Ромашка"))
}

func TestRetail(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	d := s.put("inquiries", "I", "kind", "goods", "name", "ООО «Ромашка»", "inn", "7707083893")
	d.Card.Set("lines", &document.Value{Rows: []document.Row{{{Name: "item", Text: "Бумага"}, {Name: "qty", Text: "2"}, {Name: "price", Text: "100.00"}}}})
	walk(t, s, "I", "kozlova", []string{
		"new, stock volkov",
		"new, offer ivanova",
		"new, stock volkov",
		"new, order ivanova",
		"awaiting_payment, invoice ivanova",
		"awaiting_payment, paid ivanova",
		"shipping, documents morozova",
		"shipping, ship volkov",
		"shipping, closing ivanova",
		"done, done done",
	}, "1 volkov absent", "2 ivanova accepted", "3 volkov present", "4 ivanova agreed", "5 ivanova", "6 ivanova paid",
		"7 morozova", "8 volkov", "9 ivanova")
	d = s.docs["I"]
	invoice := s.docs["NEW-invoices"]
	if invoice == nil || invoice.Card.Text("inquiry") != "I" || invoice.Card.Text("client") != "NEW-clients" ||
		len(invoice.Card.Get("lines").Rows) != 1 || invoice.Card.Get("lines").Rows[0].Text("price") != "100.00" {
		t.Errorf("the invoice is %+v", invoice)
	}
	if s.docs["NEW-clients"].Status != "customer" || d.Card.Text("paid_on") != "2026-11-23" {
		t.Errorf("client %s, card %v", s.docs["NEW-clients"].Status, d.Card)
	}
}

// TestPaymentArrivesByItself: the field paid_on, set by whoever reads bank
// statements, closes the manager's task.
func TestPaymentArrivesByItself(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	d := s.put("inquiries", "I", "kind", "goods", "name", "ООО «Ромашка»", "manager", "ivanova")
	d.Card.Set("lines", &document.Value{Rows: []document.Row{{{Name: "item", Text: "Бумага"}}}})
	s.do("I", "kozlova", Registered{})
	for _, a := range []string{"1 volkov present", "2 ivanova agreed", "3 ivanova"} {
		s.do("I", strings.Fields(a)[1], answer(a))
	}
	s.docs["I"].Card.SetText("paid_on", "2026-11-23")
	res := s.do("I", "import/bank", DocumentChanged{Fields: []string{"paid_on"}})
	if diff := cmp.Diff([]string{"documents morozova"}, s.open("I")); diff != "" {
		t.Error(diff)
	}
	if len(res.Closed) != 1 || res.Closed[0].Task != 4 {
		t.Errorf("closed %v", res.Closed)
	}
}

func TestContractApproval(t *testing.T) {
	contract := func(t *testing.T, amount string) *shop {
		set, routes := shipped(t)
		s := newShop(t, set, routes...)
		s.put("clients", "CLI-000001", "name", "ООО «Ромашка»", "inn", "7707083893")
		s.put("contracts", "C", "kind", "supply", "name", "Поставка", "client", "CLI-000001", "manager", "petrova", "amount", amount, "status", "approval")
		return s
	}
	t.Run("above the threshold, reworked once", func(t *testing.T) {
		walk(t, contract(t, "1000000.01"), "C", "petrova", []string{
			"approval, legal orlov",
			"approval, finance fedorov",
			"draft, rework petrova",
			"approval, legal orlov",
			"approval, finance fedorov",
			"approval, director romanova",
			"signing, documents petrova, print belova",
			"signing, documents petrova",
			"signing, originals belova, scans petrova",
			"signing, originals belova",
			"signing, signature petrova, paid petrova",
			"signing, paid petrova",
			"execution, done approved",
		}, "1 orlov approve", "2 fedorov reject: слишком дорого", "3 petrova", "4 orlov approve", "5 fedorov approve", "6 romanova approve",
			"8 belova", "7 petrova", "10 petrova", "9 belova", "11 petrova signed signing_date=2026-12-01", "12 petrova paid")
	})
	t.Run("at the threshold the general director is not asked", func(t *testing.T) {
		walk(t, contract(t, "1000000.00"), "C", "petrova", []string{"approval, legal orlov", "approval, finance fedorov",
			"signing, documents petrova, print belova"}, "1 orlov approve", "2 fedorov approve")
	})
	t.Run("three cycles of rework, then refused", func(t *testing.T) {
		walk(t, contract(t, "5"), "C", "petrova", []string{
			"approval, legal orlov", "draft, rework petrova",
			"approval, legal orlov", "draft, rework petrova",
			"approval, legal orlov", "draft, rework petrova",
			"approval, legal orlov", "refused, done refused",
		}, "1 orlov reject: 1", "2 petrova", "3 orlov reject: 2", "4 petrova", "5 orlov reject: 3", "6 petrova", "7 orlov reject: 4")
	})
	t.Run("the status starts it", func(t *testing.T) {
		s := contract(t, "5")
		s.docs["C"].Status = "draft"
		s.do("C", "petrova", Registered{})
		if len(s.docs["C"].Routes) != 0 {
			t.Fatal("a draft is not approved")
		}
		s.docs["C"].Status = "approval"
		s.do("C", "petrova", DocumentChanged{Fields: []string{"status"}})
		s.do("C", "petrova", DocumentChanged{Fields: []string{"status"}})
		if diff := cmp.Diff([]string{"legal orlov"}, s.open("C")); diff != "" {
			t.Error(diff)
		}
		if s.docs["CLI-000001"].Status != "contract_approval" {
			t.Errorf("the client is %s", s.docs["CLI-000001"].Status)
		}
	})
}

func TestAssignment(t *testing.T) {
	set, routes := shipped(t)
	s := newShop(t, set, routes...)
	s.put("assignments", "A", "subject", "Отчёт", "performer", "petrova", "controller", "sidorov", "deadline", "2026-11-27T18:00:00+03:00")
	walk(t, s, "A", "sidorov", []string{
		"in_work, perform petrova",
		"in_work, perform petrova review",
		"in_work, perform petrova",
		"in_work, perform petrova review",
		"done, done done",
	}, "1 petrova done result=готово", "1 sidorov return: не всё", "2 petrova done", "2 sidorov confirm")
	if _, task := s.docs["A"].Task(1); task.Due.Format("2006-01-02 15:04") != "2026-11-27 18:00" || task.State != TaskReturned {
		t.Errorf("task 1 is %+v", task)
	}
}
