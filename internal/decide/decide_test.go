package decide_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/e1-dms/e1/internal/decide"
	"github.com/e1-dms/e1/internal/expr"
)

// env has a field of every kind that the theory knows.
func env() *expr.Env {
	client := expr.NewEnv([]expr.Var{
		{Name: "status", Type: expr.Type{Kind: expr.Choice, Values: []string{"new", "customer", "lost"}}},
		{Name: "rating", Type: expr.Type{Kind: expr.Int, Nullable: true}},
	}, nil)
	columns := expr.NewRecord([]expr.Var{{Name: "qty", Type: expr.Type{Kind: expr.Decimal, Nullable: true}}}, nil)
	settings := expr.NewRecord([]expr.Var{{Name: "threshold", Type: expr.Type{Kind: expr.Int}}}, nil)
	return expr.NewEnv([]expr.Var{
		{Name: "amount", Type: expr.Type{Kind: expr.Money}},
		{Name: "paid", Type: expr.Type{Kind: expr.Money, Nullable: true}},
		{Name: "count_of", Type: expr.Type{Kind: expr.Int, Nullable: true}},
		{Name: "pages", Type: expr.Type{Kind: expr.Int}},
		{Name: "kind", Type: expr.Type{Kind: expr.Choice, Values: []string{"supply", "service", "lease"}}},
		{Name: "source", Type: expr.Type{Kind: expr.Directory, Name: "sources", Nullable: true, Values: []string{"site", "mail"}}},
		{Name: "urgent", Type: expr.Type{Kind: expr.Bool}},
		{Name: "vip", Type: expr.Type{Kind: expr.Bool, Nullable: true}},
		{Name: "name", Type: expr.Type{Kind: expr.Text, Nullable: true}},
		{Name: "subject", Type: expr.Type{Kind: expr.Text}},
		{Name: "signed", Type: expr.Type{Kind: expr.DateKind, Nullable: true}},
		{Name: "until", Type: expr.Type{Kind: expr.DateKind}},
		{Name: "met", Type: expr.Type{Kind: expr.DateTime, Nullable: true}},
		{Name: "term", Type: expr.Type{Kind: expr.DurationKind, Nullable: true}},
		{Name: "manager", Type: expr.Type{Kind: expr.UserKind, Nullable: true, Values: []string{"petrova", "ivanov"}}},
		{Name: "client", Type: expr.Type{Kind: expr.Document, Name: "clients", Nullable: true}},
		{Name: "lines", Type: expr.Type{Kind: expr.Table, Nullable: true, Fields: columns}},
		{Name: "settings", Type: expr.Type{Kind: expr.Record, Fields: settings}},
	}, func(kind, name string) *expr.Env { return client })
}

func compile(t interface{ Fatalf(string, ...any) }, text string) *expr.Program {
	p, issues := expr.Compile(text, env(), expr.Options{Want: expr.Type{Kind: expr.Bool}})
	if len(issues) > 0 {
		t.Fatalf("%s: %v", text, issues)
	}
	return p
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// bounded is what the tests know about fields: sums are not negative, three thousand is the threshold.
func bounded(path string, _ expr.Type) decide.Domain {
	switch path {
	case "pages":
		return decide.Domain{Min: int64(1), Max: int64(10)}
	case "settings.threshold":
		return decide.Domain{Present: int64(3000)}
	}
	return decide.Domain{}
}

func TestSatisfy(t *testing.T) {
	const maybe, never = decide.Undecided, decide.Impossible
	cases := []struct {
		ask     string
		verdict decide.Verdict
		witness string
	}{
		{"not: amount > 1_000_000; not: amount < 1_000_000", decide.Possible, "amount = 1000000"},
		{"not: amount > 1_000_000; not: amount <= 1_000_000", never, ""},
		{"not: paid > 5; not: paid <= 5", decide.Possible, "paid is empty"},
		{"not: paid > 5; not: paid <= 5; not: empty(paid)", never, ""},
		{"not: (paid ?? 0) > 5; not: (paid ?? 0) <= 5", never, ""},
		{"(paid ?? 7) > 5; empty(paid)", decide.Possible, "paid is empty"},
		{"(paid ?? 3) > 5; empty(paid)", never, ""},
		{"amount > 1; amount < 2", decide.Possible, "amount = 1.5"},
		{"count_of > 1; count_of < 2", never, ""},
		{"count_of > 1.5; count_of < 2.5", decide.Possible, "count_of = 2"},
		{"pages < 1", never, ""},
		{"pages > 9", decide.Possible, "pages = 10"},
		{"not: pages in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", never, ""},
		{`kind == "supply"; kind in [supply, lease]`, decide.Possible, `kind = "supply"`},
		{`not: kind == "supply"; not: kind == lease`, decide.Possible, `kind = "service"`},
		{"not: kind in [supply, lease]; not: kind == service", never, ""},
		{"not: source == site; not: source == mail", decide.Possible, "source is empty"},
		{"source != site; empty(source)", never, ""},
		{"not: urgent; not: not urgent", never, ""},
		{"not: vip; not: not vip", never, ""},
		{"not: vip == true; not: vip == false", decide.Possible, "vip is empty"},
		{`subject == "a"; subject == "b"`, never, ""},
		{`not: subject == "a"; not: subject == "b"`, decide.Possible, "subject is something else"},
		{`name == "a"; name contains "b"`, maybe, ""},
		{`name contains "b"; not: name contains "b"`, never, ""},
		{"filled(name)", decide.Possible, "name is not empty"},
		{"filled(name); empty(name)", never, ""},
		{`signed > date("2026-01-31"); signed < date("2026-02-01")`, never, ""},
		{`signed > date("2026-01-30"); signed < date("2026-02-01")`, decide.Possible, "signed = 2026-01-31"},
		{"signed > until; until > signed", never, ""},
		{"not: signed > until; not: until >= signed", decide.Possible, "signed is empty"},
		{"signed > until; until > met", decide.Possible, "met = 2025-12-29T12:00:00Z and signed = 2025-12-31 and until = 2025-12-30"},
		{"signed > until; met > until; met > \"2026-01-01T00:00:00Z\"", maybe, ""},
		{`met > "2026-01-01T00:00:00Z"; met < "2026-01-01T00:00:01Z"`, decide.Possible, "met = 2026-01-01T00:00:00Z"},
		{`met == date("2026-01-01"); met > date("2026-01-01")`, never, ""},
		{"term == 2wd; term == 3wd", never, ""},
		{"not: term == 2wd; filled(term)", decide.Possible, "term is something else"},
		{"term > 2wd; not: term > 2wd", never, ""},
		{"term > 2wd; term < 1wd", maybe, ""},
		{"amount > paid; paid > amount", never, ""},
		{"amount > paid; paid > 10; amount < 12; amount > 11", decide.Possible, "amount = 11.25 and paid = 11"},
		{"amount > settings.threshold; amount <= settings.threshold", never, ""},
		{"amount <= settings.threshold; amount >= 3000", decide.Possible, "amount = 3000 and settings.threshold = 3000"},
		{"amount - paid > 5; amount - paid < 5", never, ""},
		{"amount - paid > 5", maybe, ""},
		{`client.status == customer; empty(client)`, never, ""},
		{`not: client.status == customer; not: client.status != customer`, decide.Possible, "client.status is empty"},
		{`not: client.status == customer; not: client.status != customer; filled(client)`, maybe, ""},
		{"count(lines) > 1; count(lines) < 1", never, ""},
		{"empty(lines); filled(lines)", never, ""},
		{"filled(lines)", decide.Possible, "lines is not empty"},
		{"manager == petrova; manager == ivanov", never, ""},
		{"filled(manager); not: manager in [petrova, ivanov]", decide.Possible, "manager is something else"},
		{"urgent ? amount > 5 : amount > 7; amount == 6", decide.Possible, "amount = 6 and urgent = true"},
		{"card.amount > 5; amount < 5", never, ""},
		{"true", decide.Possible, ""},
		{"1 > 2", never, ""},
		{"amount > 5; urgent; subject == \"x\" or kind == lease", decide.Possible, `amount = 6 and kind = "lease" and urgent = true`},
	}
	e := env().With()
	cards := expr.NewRecord([]expr.Var{{Name: "amount", Type: expr.Type{Kind: expr.Money}}}, nil)
	e = e.With(expr.Var{Name: "card", Type: expr.Type{Kind: expr.Record, Fields: cards}})
	for _, c := range cases {
		var wishes []decide.Wish
		for _, part := range strings.Split(c.ask, ";") {
			rest, negated := strings.CutPrefix(strings.TrimSpace(part), "not:")
			p, issues := expr.Compile(rest, e, expr.Options{Want: expr.Type{Kind: expr.Bool}})
			if len(issues) > 0 {
				t.Fatalf("%s: %v", rest, issues)
			}
			wishes = append(wishes, decide.Wish{Cond: p.Tree(), Holds: !negated})
		}
		verdict, w := decide.Satisfy(wishes, bounded)
		if got := fmt.Sprint(verdict, " ", w); got != fmt.Sprint(c.verdict, " ", c.witness) {
			t.Errorf("%s\n got %s\nwant %d %s", c.ask, got, c.verdict, c.witness)
		}
	}
}

// conditions makes random conditions of the kinds the theory decides, and of some it does not.
func conditions() *rapid.Generator[string] {
	pick := func(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }
	number := pick("0", "1", "2", "2.5", "10", "1_000", "1_001", "-3")
	numeric := pick("amount", "paid", "count_of", "pages", "(paid ?? 0)", "(paid ?? amount)", "settings.threshold", "client.rating")
	op := pick("==", "!=", "<", "<=", ">", ">=")
	day := pick(`date("2026-01-31")`, `date("2026-02-01")`, `date("2026-02-02")`)
	atom := rapid.Custom(func(t *rapid.T) string {
		o := op.Draw(t, "op")
		switch rapid.IntRange(0, 17).Draw(t, "atom") {
		case 0, 1, 2:
			return numeric.Draw(t, "n") + " " + o + " " + number.Draw(t, "c")
		case 3:
			return numeric.Draw(t, "n") + " " + o + " " + numeric.Draw(t, "m")
		case 4:
			return pick("signed", "until").Draw(t, "d") + " " + o + " " + day.Draw(t, "c")
		case 5:
			return "signed " + o + " until"
		case 6:
			return "met " + o + " " + pick(day.Draw(t, "c"), `"2026-02-01T10:00:00Z"`).Draw(t, "m")
		case 7:
			return "kind " + pick("==", "!=").Draw(t, "eq") + " " + pick("supply", "service", "lease").Draw(t, "k")
		case 8:
			return "kind " + pick("in", "not in").Draw(t, "in") + " [" + pick("supply", "supply, lease", "service, lease").Draw(t, "k") + "]"
		case 9:
			return "source " + pick("==", "!=").Draw(t, "eq") + " " + pick("site", "mail", "nil").Draw(t, "k")
		case 10:
			return pick("name", "subject").Draw(t, "t") + " " + pick("==", "!=").Draw(t, "eq") + " " + pick(`"a"`, `"b"`).Draw(t, "c")
		case 11:
			return "name " + pick("==", "!=").Draw(t, "eq") + " subject"
		case 12:
			return pick("empty", "filled").Draw(t, "e") + "(" + pick("paid", "name", "source", "signed", "lines", "client", "vip", "paid ?? count_of").Draw(t, "f") + ")"
		case 13:
			return pick("urgent", "vip", "vip == true", "(vip ?? urgent)", "urgent == false").Draw(t, "b")
		case 14:
			return "client.status " + pick("==", "!=").Draw(t, "eq") + " " + pick("new", "customer", "lost").Draw(t, "k")
		case 15:
			return "term " + pick("==", "!=").Draw(t, "eq") + " " + pick("2wd", "1d", "24h").Draw(t, "k")
		case 16:
			return pick("amount - paid", "amount * 2", "count(lines)", "len(subject)").Draw(t, "x") + " " + o + " " + number.Draw(t, "c")
		}
		return pick("manager", "by_hand").Example(0) + " " + pick("==", "!=").Draw(t, "eq") + " " + pick("petrova", "ivanov").Draw(t, "k")
	})
	var tree func(depth int) *rapid.Generator[string]
	tree = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			form := rapid.IntRange(0, 6).Draw(t, "form")
			if depth == 0 || form < 3 {
				return strings.Replace(atom.Draw(t, "a"), "by_hand", "manager", 1)
			}
			l, r := tree(depth-1).Draw(t, "l"), tree(depth-1).Draw(t, "r")
			switch form {
			case 3:
				return "(" + l + " and " + r + ")"
			case 4:
				return "(" + l + " or " + r + ")"
			case 5:
				return "(not (" + l + "))"
			}
			return "((" + l + ") ? " + r + " : urgent)"
		})
	}
	return tree(2)
}

// values are samples of every field: constants of the conditions, one beside them, between them, and nothing.
func values() map[string][]expr.Value {
	numbers := func(null bool) []expr.Value {
		var out []expr.Value
		for _, s := range []string{"-4", "-3", "-2", "0", "0.5", "1", "2", "2.25", "2.5", "3", "10", "11", "999", "1000", "1000.5", "1001", "1002", "3000", "3001"} {
			out = append(out, dec(s))
		}
		if null {
			out = append(out, nil)
		}
		return out
	}
	whole := func(max int64, null bool) []expr.Value {
		var out []expr.Value
		for _, n := range []int64{-4, -3, -2, 0, 1, 2, 3, 9, 10, 11, 999, 1000, 1001, 1002, 3000} {
			if max == 0 || n >= 1 && n <= max {
				out = append(out, n)
			}
		}
		if null {
			out = append(out, nil)
		}
		return out
	}
	day := func(d int) expr.Date { return expr.Date{Year: 2026, Month: 2, Day: d} }
	days := []expr.Value{expr.Date{Year: 2026, Month: 1, Day: 30}, expr.Date{Year: 2026, Month: 1, Day: 31}, day(1), day(2), day(3)}
	at := func(d, h int) time.Time { return time.Date(2026, 2, d, h, 0, 0, 0, time.UTC) }
	span := func(s string) expr.Value {
		v, err := expr.ParseValue(expr.Type{Kind: expr.DurationKind}, s)
		if err != nil {
			panic(err)
		}
		return v
	}
	entry := func(ids ...string) (out []expr.Value) {
		for _, id := range ids {
			out = append(out, expr.Entry{ID: id})
		}
		return out
	}
	return map[string][]expr.Value{
		"amount": numbers(false), "paid": numbers(true), "count_of": whole(0, true), "pages": whole(10, false),
		"kind": entry("supply", "service", "lease"), "source": append(entry("site", "mail"), nil),
		"urgent": {true, false}, "vip": {true, false, nil},
		"name": {"a", "b", "c", "d", nil}, "subject": {"a", "b", "c", "d"},
		"signed": append(append([]expr.Value{}, days...), nil), "until": days,
		"met":     {at(-1, 3), at(0, 10), at(1, 9), at(1, 10), at(1, 11), at(2, 0), at(3, 0), nil},
		"term":    {span("2wd"), span("1d"), span("24h"), span("7m"), nil},
		"manager": {expr.User{ID: "petrova"}, expr.User{ID: "ivanov"}, expr.User{ID: "new"}, nil},
		"client":  {expr.Ref{Form: "clients", Number: "CLI-1"}, nil},
		"lines":   {[]expr.Row{{}}, []expr.Row{{}, {}}, nil},
		// fields of the client, behind its number
		"client.status": entry("new", "customer", "lost"), "client.rating": whole(0, true),
	}
}

// settle makes a scope of values by path.
func settle(card map[string]expr.Value) expr.MapScope {
	s, client := expr.MapScope{"settings": expr.Row{"threshold": int64(3000)}}, expr.MapScope{}
	for path, v := range card {
		if name, ok := strings.CutPrefix(path, "client."); ok {
			client[name] = v
		} else if path != "settings.threshold" {
			s[path] = v
		}
	}
	if ref, ok := s["client"].(expr.Ref); ok {
		s[ref.Form+"/"+ref.Number] = client
	}
	return s
}

// TestNeverAWrongVerdict holds verdicts against expr's evaluator over many cards: where a witness is given the
// wishes come true whatever the other fields hold, and where nothing is possible no card is found.
func TestNeverAWrongVerdict(t *testing.T) {
	samples := values()
	decided, total := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var wishes []decide.Wish
		var programs []*expr.Program
		var asked []string
		for range rapid.IntRange(1, 3).Draw(t, "wishes") {
			text, holds := conditions().Draw(t, "condition"), rapid.Bool().Draw(t, "holds")
			p := compile(t, text)
			programs = append(programs, p)
			wishes = append(wishes, decide.Wish{Cond: p.Tree(), Holds: holds})
			asked = append(asked, fmt.Sprint(text, " = ", holds))
		}
		verdict, witness := decide.Satisfy(wishes, bounded)
		total++
		if verdict == decide.Undecided {
			return
		}
		decided++
		random := rapid.Int64().Draw(t, "seed")
		state := uint64(random)
		for range 300 {
			card := map[string]expr.Value{}
			for path := range samples {
				list := samples[path]
				state = state*6364136223846793005 + 1442695040888963407 + uint64(len(path))
				card[path] = list[int(state>>33)%len(list)]
			}
			if verdict == decide.Possible {
				for _, a := range witness {
					card[a.Path] = a.Value
					if strings.HasPrefix(a.Path, "client.") {
						card["client"] = samples["client"][0]
						if a.Value == nil {
							card["client"] = nil
						}
					}
				}
				// A field of the client that does not matter does not, because the client may be anybody.
				for _, a := range witness {
					if a.Path == "client" {
						card["client"] = samples["client"][0]
						if a.Value == nil {
							card["client"] = nil
						}
					}
				}
			}
			s := settle(card)
			all := true
			for i, p := range programs {
				holds, err := p.True(s)
				all = all && err == nil && holds == wishes[i].Holds
			}
			if all != (verdict == decide.Possible) && !(verdict == decide.Impossible && !all) {
				t.Fatalf("%s\nverdict %d %s\nrefuted by %s", strings.Join(asked, "\n"), verdict, witness, cmp.Diff(nil, card))
			}
		}
	})
	if total > 20 && decided*4 < total {
		t.Errorf("only %d of %d questions were decided", decided, total)
	}
}
