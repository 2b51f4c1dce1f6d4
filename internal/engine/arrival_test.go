package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/route"
)

// TestArrivals plays letters, documents and payments on routes that wait for
// them.
func TestArrivals(t *testing.T) {
	reply := MessageReceived{Import: "mail", From: "a@example.invalid", Subject: "Re: offer", Reply: true}
	other := MessageReceived{Import: "mail", From: "b@example.invalid", Subject: "spam"}
	pay := func(sum string) PaymentReceived { return PaymentReceived{Amount: decimal.RequireFromString(sum)} }
	tests := []struct {
		name, route string
		events      []Event // an Advance is ann's
		want        []string
	}{
		{"a letter that came before is not lost", `
- {task: A, id: a, who: ann}
- wait: {message: reply}
- {task: B, id: b, who: ann}
`, []Event{other, reply, Advance{Task: 1}}, []string{"a ann", "a ann", "a ann", "b ann"}},
		{"each letter lets one wait go on", `
- wait: {message: any}
- {task: A, id: a, who: ann}
- wait: {message: any}
- {task: B, id: b, who: ann}
`, []Event{other, Advance{Task: 1}, other}, []string{"", "a ann", "", "b ann"}},
		{"a second letter waits for the next wait", `
- wait: {message: any}
- {task: A, id: a, who: ann}
- wait: {message: any}
- {task: B, id: b, who: ann}
`, []Event{other, other, Advance{Task: 1}}, []string{"", "a ann", "a ann", "b ann"}},
		{"a letter that came before is not heard", `
- {task: A, id: a, who: ann}
- parallel:
  on:
  - {message: reply, cancel: b, steps: [{task: H, id: h, who: ann}]}
  branches:
  - {task: B, id: b, who: ann}
  - {task: C, id: c, who: ann}
`, []Event{reply, Advance{Task: 1}, reply, reply}, []string{"a ann", "a ann", "b ann, c ann", "c ann, h ann", "c ann, h ann"}},
		{"with keep every letter is handled, one after the other", `
- parallel:
  on:
  - {message: any, keep: true, steps: [{task: H, id: h, who: ann}]}
  branches:
  - {task: B, id: b, who: ann}
`, []Event{other, other, other, Advance{Task: 2}, Advance{Task: 3}, Advance{Task: 4}},
			[]string{"b ann", "b ann, h ann", "b ann, h ann", "b ann, h ann", "b ann, h ann", "b ann, h ann", "b ann"}},
		{"the filter asks the letter", `
- wait: {message: mail, if: message.from == "a@example.invalid" and message.subject contains "offer"}
- {task: B, id: b, who: ann}
`, []Event{other, reply}, []string{"", "", "b ann"}},
		{"the first of several", `
- wait:
    first:
    - {message: reply, steps: [{task: Talk, id: talk, who: ann}]}
    - {payment: any, if: payment.amount >= amount, steps: [{end: paid}]}
`, []Event{pay("10"), pay("50")}, []string{"", "", "done paid"}},
		{"a document", `
- wait: {document: firms, if: document.name == "Big"}
- {task: B, id: b, who: ann}
`, []Event{DocumentLinked{Form: "papers", Number: "P"}, DocumentLinked{Form: "firms", Number: "F1"}, DocumentLinked{Form: "firms", Number: "F2"}},
			[]string{"", "", "", "b ann"}},
		{"in each the item's own wait", `
- each: lines
  as: line
  steps:
  - wait: {message: any, if: message.subject contains line.item}
  - {task: B, id: b, who: ann}
`, []Event{MessageReceived{Subject: "about ink"}, MessageReceived{Subject: "about pens"}}, []string{"", "b@2 ann", "b@2 ann, b@1 ann"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := papers(t)
			r := steps(t, tt.route)
			ctx := route.ContextOf(set, []string{"ru"}, []*route.Route{r})
			ctx.Imports = func() []string { return []string{"mail"} }
			if problems := route.Check(r, ctx); problems.HasErrors() {
				t.Fatal(headlines(problems))
			}
			s := newShop(t, set, r)
			s.put("firms", "F1", "name", "Small")
			s.put("firms", "F2", "name", "Big")
			d := s.put("papers", "P", "amount", "50")
			rows := []document.Row{}
			for _, item := range []string{"pens", "ink"} {
				var row document.Row
				row.Set("item", item)
				rows = append(rows, row)
			}
			d.Card.Set("lines", &document.Value{Rows: rows})
			s.do("P", "ann", Start{Route: "r"})
			got := []string{s.state()}
			for _, e := range tt.events {
				s.do("P", "ann", e)
				got = append(got, s.state())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAnArrivalSurvivesAStandstill keeps what came although what follows
// cannot be carried out yet.
func TestAnArrivalSurvivesAStandstill(t *testing.T) {
	s := desk(t, `
- wait: {message: any}
- do: {register: {form: firms, set: {name: note}}}
- {task: B, id: b, who: ann}
`)
	res := s.do("P", "ann", MessageReceived{})
	if len(res.Notes) != 1 || s.state() != "" {
		t.Fatalf("state %q, notes %q", s.state(), res.Notes)
	}
	s.docs["P"].Card.SetText("note", "Firm")
	s.do("P", "ann", DocumentChanged{Fields: []string{"note"}})
	if got := s.state(); got != "b ann" {
		t.Errorf("state %q", got)
	}
}

// TestRoutesOnOtherDocuments lets a route call one on another document and
// await its end.
func TestRoutesOnOtherDocuments(t *testing.T) {
	set := papers(t)
	caller := steps(t, `
- call: visit
  on: firm
  outcomes: {good: next, bad: {end: lost}}
- {task: B, id: b, who: ann}
`)
	visit, problems := route.ParseSource("routes/visit.yaml", []byte(`route: visit
for: firms
start: by route
steps:
- {task: V, id: v, who: bob, outcomes: {good: {end: good}, bad: {end: bad}}}
`))
	fail(t, problems.Err())
	if problems := route.Check(caller, route.ContextOf(set, nil, []*route.Route{caller, visit})); problems.HasErrors() {
		t.Fatal(headlines(problems))
	}
	play := func(t *testing.T, outcome string) *shop {
		s := newShop(t, set, caller, visit)
		s.put("firms", "F", "name", "Firm")
		s.put("papers", "P").Card.SetText("firm", "F")
		s.then(s.do("P", "ann", Start{Route: "r"}))
		if diff := cmp.Diff([]string{"v bob"}, s.open("F")); diff != "" {
			t.Fatal(diff)
		}
		if outcome != "" {
			s.then(s.do("F", "bob", Advance{Task: 1, Outcome: outcome}))
		}
		return s
	}
	if s := play(t, "good"); s.state() != "b ann" {
		t.Errorf("state %q", s.state())
	}
	if s := play(t, "bad"); s.state() != "done lost" {
		t.Errorf("state %q", s.state())
	}
	s := play(t, "")
	next := s.do("F", "eve", Stop{}).Then[0]
	_, err := s.try(next.Document, "eve", next.Event)
	if refusalOf(err) != string(NoBranch) || !strings.Contains(err.Error(), `route "visit" has ended as "stopped", and route "r", step "call.1" says what follows on "good", "bad" only`) {
		t.Errorf("a stop that nobody has routed: %v", err)
	}
	s = play(t, "")
	s.then(s.do("P", "eve", Stop{}))
	if got := s.docs["F"].Routes[0].State; got != Stopped {
		t.Errorf("the called route is %s after its caller was stopped", got)
	}
	s = newShop(t, set, caller, visit)
	s.put("papers", "P")
	if _, err := s.try("P", "ann", Start{Route: "r"}); refusalOf(err) != string(DocumentUnknown) {
		t.Errorf("an empty reference: %v", err)
	}
}

// then applies what follows for other documents.
func (s *shop) then(res Result) {
	s.t.Helper()
	for _, n := range res.Then {
		s.then(s.do(n.Document, "ann", n.Event))
	}
}

func TestPapers(t *testing.T) {
	s := desk(t, `
- do:
  - generate: {template: offer, as: "{number}.docx"}
  - mail: {to: boss, template: letter, attach: "{number}.docx"}
  - mail: {to: '"a@example.invalid, b@example.invalid"', template: letter}
  - mail: {to: note, template: letter}
  - reply: thanks
  - attach: price.pdf
`, "boss", "bob")
	from := "route r, step do.1"
	want := []Paper{
		{Kind: PaperFile, Document: "P", Template: "offer", Name: "{number}.docx", From: from},
		{Kind: PaperLetter, Document: "P", Template: "letter", To: []string{"bob@example.invalid"}, Meant: "boss", Attach: []string{"{number}.docx"}, From: from},
		{Kind: PaperLetter, Document: "P", Template: "letter", To: []string{"a@example.invalid", "b@example.invalid"}, Meant: `"a@example.invalid, b@example.invalid"`, From: from},
		{Kind: PaperLetter, Document: "P", Template: "letter", Meant: "note", From: from},
		{Kind: PaperReply, Document: "P", Template: "thanks", From: from},
		{Kind: PaperCopy, Document: "P", Template: "price.pdf", From: from},
	}
	if diff := cmp.Diff(want, s.res.Papers); diff != "" {
		t.Error(diff)
	}
}

// An end that a call does not expect is refused; a call that declares nothing
// goes on at any.
func TestEndsThatACallDoesNotExpect(t *testing.T) {
	set := papers(t)
	child := steps(t, "- {task: C, id: c, who: bob, outcomes: {yes: {end: yes}, no: {end: no}}}\n")
	child.Name.Text, child.ID = "child", "child"
	for _, test := range []struct{ call, end, want string }{
		{"- {call: child, outcomes: {yes: next}}\n", "yes", "a ann"},
		{"- {call: child, outcomes: {yes: next}}\n", "no", string(NoBranch)},
		{"- {call: child, outcomes: {yes: next}}\n", Stopped, string(NoBranch)},
		{"- {call: child, outcomes: {yes: next, stopped: {end: gone}}}\n", Stopped, "done gone"},
		{"- call: child\n", "no", "a ann"},
		{"- call: child\n", Stopped, "a ann"},
	} {
		s := newShop(t, set, steps(t, test.call+"- {task: A, id: a, who: ann}\n"), child)
		s.put("papers", "P")
		s.do("P", "ann", Start{Route: "r"})
		var e Event = Advance{Task: 1, Outcome: test.end}
		actor := "bob"
		if test.end == Stopped {
			e, actor = Stop{Instance: 2}, "eve"
		}
		before := s.docs["P"].Clone()
		res, err := s.try("P", actor, e)
		if err != nil {
			if refusalOf(err) != test.want || cmp.Diff(before, s.docs["P"]) != "" {
				t.Errorf("%s after %s: %v", test.call, test.end, err)
			}
			continue
		}
		s.docs["P"] = res.Changed[0]
		got := strings.Join(s.open("P"), ", ")
		if caller := s.docs["P"].Routes[0]; caller.State != Running {
			got = caller.State + " " + caller.End
		}
		if got != test.want {
			t.Errorf("%s after %s: %s, want %s", test.call, test.end, got, test.want)
		}
	}
}
