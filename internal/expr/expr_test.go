package expr

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/worktime"
	"github.com/shopspring/decimal"
)

var moscow = time.FixedZone("MSK", 3*3600)

// testEnv is like that of a form with references, directories and tables.
func testEnv() *Env {
	var client, kinds *Env
	resolve := func(kind, name string) *Env {
		switch kind + "/" + name {
		case "form/clients":
			return client
		case "directory/kinds":
			return kinds
		}
		return nil
	}
	lines := NewRecord([]Var{
		{Name: "item", Type: Type{Kind: Text}}, {Name: "qty", Type: Type{Kind: Decimal, Nullable: true}},
		{Name: "price", Type: Type{Kind: Money, Nullable: true}}, {Name: "done", Type: Type{Kind: Bool, Nullable: true}},
		{Name: "term", Type: Type{Kind: DateKind, Nullable: true}},
	}, nil)
	kinds = NewRecord([]Var{
		{Name: "id", Type: Type{Kind: Text}}, {Name: "title", Type: Type{Kind: Text}},
		{Name: "contact_term", Type: Type{Kind: DurationKind, Nullable: true}},
	}, nil)
	client = NewEnv([]Var{
		{Name: "industry", Type: Type{Kind: Choice, Values: []string{"it", "trade"}, Nullable: true}},
		{Name: "manager", Type: Type{Kind: UserKind, Values: []string{"petrova", "ivanova"}, Nullable: true}},
		{Name: "email", Type: Type{Kind: Email, Nullable: true}},
	}, resolve)
	return NewEnv([]Var{
		{Name: "name", Type: Type{Kind: Text, Nullable: true}},
		{Name: "inn", Type: Type{Kind: INN, Nullable: true}},
		{Name: "phone", Type: Type{Kind: Phone, Nullable: true}},
		{Name: "amount", Type: Type{Kind: Money, Nullable: true}},
		{Name: "count1", Type: Type{Kind: Int, Nullable: true}},
		{Name: "rate", Type: Type{Kind: Decimal, Nullable: true}},
		{Name: "urgent", Type: Type{Kind: Bool, Nullable: true}},
		{Name: "valid_until", Type: Type{Kind: DateKind, Nullable: true}},
		{Name: "registered", Type: Type{Kind: DateTime}},
		{Name: "kind", Type: Type{Kind: Directory, Name: "kinds", Values: []string{"supply", "training", "digital-signature", "question"}, Nullable: true}},
		{Name: "status", Type: Type{Kind: Choice, Name: "status", Values: []string{"new", "in_work", "name"}}},
		{Name: "manager", Type: Type{Kind: UserKind, Values: []string{"petrova", "ivanova"}, Nullable: true}},
		{Name: "client", Type: Type{Kind: Document, Name: "clients", Nullable: true}},
		{Name: "lines", Type: Type{Kind: Table, Fields: lines, Nullable: true}},
		{Name: "empty_lines", Type: Type{Kind: Table, Fields: lines, Nullable: true}},
		{Name: "nothing", Type: Type{Kind: Money, Nullable: true}},
		{Name: "no_text", Type: Type{Kind: Text, Nullable: true}},
		{Name: "no_kind", Type: Type{Kind: Choice, Values: []string{"a", "b"}, Nullable: true}},
		{Name: "settings", Type: Type{Kind: Record, Fields: NewRecord([]Var{{Name: "threshold", Type: Type{Kind: Int}}}, nil)}},
		{Name: "term", Type: Type{Kind: DurationKind, Nullable: true}},
	}, resolve)
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func testScope() MapScope {
	return MapScope{
		"name": "ООО «Ромашка»", "inn": "7707083893", "phone": "+74951234567", "amount": dec("1500000.10"),
		"count1": int64(7), "rate": dec("0.1"), "urgent": true, "valid_until": Date{Year: 2026, Month: 11, Day: 30},
		"registered": time.Date(2026, 11, 23, 10, 15, 4, 0, moscow),
		"kind":       Entry{Directory: "kinds", ID: "training", Fields: Row{"title": "Обучение", "contact_term": worktime.Duration{WorkDays: 1}}},
		"status":     Entry{ID: "new", Fields: Row{"title": "Новое"}},
		"manager":    User{ID: "petrova", Name: "Анна Петрова", Email: "petrova@example.invalid", Department: "sales"},
		"client":     Ref{Form: "clients", Number: "CLI-000001"},
		"clients/CLI-000001": MapScope{
			"industry": Entry{ID: "it"}, "email": "x@example.invalid", "manager": User{ID: "ivanova", Name: "Мария Иванова"}},
		"lines": []Row{
			{"item": "Обучение", "qty": dec("2"), "price": dec("15000.05"), "done": true, "term": Date{Year: 2026, Month: 12, Day: 1}},
			{"item": "Подпись", "qty": dec("3"), "price": dec("0.10"), "term": Date{Year: 2026, Month: 11, Day: 25}},
			{"item": "Без цены", "qty": dec("1")},
		},
		"settings": Row{"threshold": int64(1000000)},
		"term":     worktime.Duration{Hours: 36},
		"today":    Date{Year: 2026, Month: 11, Day: 23}, "now": time.Date(2026, 11, 23, 12, 0, 0, 0, moscow),
	}
}

func TestEval(t *testing.T) {
	tests := []struct{ src, want string }{
		// exact numbers
		{"0.1 + 0.2 == 0.3", "true"},
		{"amount * 3", "4500000.3"},
		{"amount > 1_000_000", "true"},
		{"9007199254740993 == 9007199254740992", "false"},
		{"123456789012345678901234567890.05 + 0", "123456789012345678901234567890.05"},
		{"7 / 2", "3.5"},
		{"7 % 3", "1"},
		{"-amount < 0", "true"},
		{"1 / 3 * 3", "0.9999999999999999"},
		{"round(2.5)", "3"}, {"round(-2.5)", "-3"}, {"round(2.345, 2)", "2.35"},
		{"floor(-2.5)", "-3"}, {"ceil(2.1)", "3"}, {"abs(-3)", "3"},
		{"count1 + 1", "8"},
		{"amount > settings.threshold", "true"},
		// entries, users, references and bare words
		{"kind == training", "true"},
		{`kind == "training"`, "true"},
		{`"training" == kind`, "true"},
		{"training == kind", "true"},
		{"kind == digital-signature", "false"},
		{"kind != supply", "true"},
		{"kind in [supply, training]", "true"},
		{`kind in ["supply", question]`, "false"},
		{"kind not in [supply, question]", "true"},
		{"status == in_work", "false"},
		{"manager == petrova", "true"},
		{"client.manager == ivanova", "true"},
		{`client == "CLI-000001"`, "true"},
		{"client.industry == it", "true"},
		{"client?.industry == it", "true"},
		{"client.manager.name", "Мария Иванова"},
		{"kind.contact_term", "1wd"},
		{"kind.contact_term == 1wd", "true"},
		{"term > 30h", "true"}, {"term == 36h", "true"},
		{"title(kind)", "Обучение"}, {"kind.title", "Обучение"}, {"title(manager)", "Анна Петрова"},
		{"manager.department == sales", "true"},
		// empty values
		{"nothing > 5", "false"}, {"nothing < 5", "false"}, {"nothing != 5", "false"}, {"not (nothing == 5)", "true"},
		{"nothing + 1", ""}, {"nothing ?? 5", "5"}, {"(nothing ?? 0) + amount", "1500000.1"},
		{"nothing == nil", "true"}, {"amount != nil", "true"}, {"nil == nothing", "true"},
		{"empty(nothing)", "true"}, {"filled(amount)", "true"}, {"empty(empty_lines)", "true"},
		{"no_kind == a", "false"}, {"no_kind != a", "false"}, {"no_kind not in [a]", "false"}, {"not (no_kind in [a])", "true"},
		{"no_text + name", ""}, {"upper(no_text)", ""}, {"len(no_text)", ""},
		{"no_text ?? name", "ООО «Ромашка»"},
		{"len(empty_lines)", "0"}, {"sum(empty_lines, .price)", "0"}, {"min(empty_lines, .price)", ""},
		{"urgent and nothing > 1", "false"}, {"urgent or nothing > 1", "true"},
		// tables
		{"sum(lines, .qty * .price)", "30000.4"},
		{"count(lines)", "3"}, {"count(lines, .done)", "1"}, {"len(lines)", "3"},
		{"min(lines, .price)", "0.1"}, {"max(lines, .price)", "15000.05"},
		{"min(filter(lines, empty(.done)), .term)", "2026-11-25"},
		{"any(lines, .qty > 2)", "true"}, {"all(lines, .qty > 0)", "true"}, {"all(lines, .price > 0)", "false"}, {"none(lines, .qty > 5)", "true"},
		{`join(map(lines, .item), ", ")`, "Обучение, Подпись, Без цены"},
		{"first(lines).item", "Обучение"}, {"last(lines).item", "Без цены"},
		{"sum(map(lines, .qty))", "6"}, {"max(map(lines, .qty))", "3"},
		{"min(3, 2.5, count1)", "2.5"}, {"max(amount, nothing)", "1500000.1"},
		{`"Подпись" in map(lines, .item)`, "true"},
		{"sum(filter(lines, .qty > 1), .qty)", "5"},
		{"lines | count()", "3"},
		// texts
		{`no_text == ""`, "true"}, {`name != ""`, "true"}, {`name contains " "`, "true"}, {`no_kind == ""`, "true"},
		{`upper("ёлка")`, "ЁЛКА"}, {`lower(name) contains "ромашка"`, "true"}, {`name startsWith "ООО"`, "true"},
		{`name endsWith "»"`, "true"}, {`inn matches "^77"`, "true"}, {`name not contains "x"`, "true"},
		{`len("приём")`, "5"}, {`trim("  a ")`, "a"}, {`"a" + "b"`, "ab"}, {`name + " " + count1`, "ООО «Ромашка» 7"},
		{`phone == "8 (495) 123-45-67"`, "true"},
		{`join([name, no_text, inn], ", ")`, "ООО «Ромашка», 7707083893"},
		{`string(amount)`, "1500000.1"}, {`'single' + ` + "`raw`", "singleraw"},
		// dates
		{"valid_until > today", "true"}, {"valid_until - today", "7"}, {"today + 3", "2026-11-26"}, {"today + 3d", "2026-11-26"},
		{"today - 1w", "2026-11-16"}, {"year(today)", "2026"}, {"month(now)", "11"}, {"day(today)", "23"}, {"weekday(today)", "1"},
		{`valid_until == "2026-11-30"`, "true"}, {`date("2026-11-23") == today`, "true"}, {"date(2026, 2, 28) + 1", "2026-03-01"},
		{"registered > date(2026, 11, 22)", "true"}, {"registered == today", "true"}, {"date(registered)", "2026-11-23"},
		{"registered + 36h", "2026-11-24T22:15:04+03:00"}, {"now > registered", "true"},
		// conditions
		{`amount > 1_000_000 ? "big" : "small"`, "big"},
		{`if amount > 2_000_000 { "big" } else if amount > 1 { "middle" } else { "none" }`, "middle"},
		{"urgent && !(amount < 1) || false", "true"},
		{"1 < count1 < 10", "true"},
		{"card ?? 1", "error"},
	}
	env, scope := testEnv(), testScope()
	for _, tt := range tests {
		p, issues := Compile(tt.src, env, Options{})
		if len(issues) > 0 {
			if tt.want != "error" {
				t.Errorf("%s: %v", tt.src, issues)
			}
			continue
		}
		v, err := p.Eval(scope)
		if err != nil {
			t.Errorf("%s: %v", tt.src, err)
			continue
		}
		if got := FormatValue(v); got != tt.want {
			t.Errorf("%s = %q, want %q", tt.src, got, tt.want)
		}
	}
}

// TestOneUnknownName: what stands beside a name that is not known is not judged
// as a name of its own.
func TestOneUnknownName(t *testing.T) {
	for src, want := range map[string]string{
		"staus == in_work":          `unknown name "staus"`,
		"in_work == staus":          `unknown name "staus"`,
		"staus in [new, in_work]":   `unknown name "staus"`,
		"foo == bar":                `unknown name "foo"`,
		"foo == bar or baz == name": `unknown name "foo", unknown name "baz"`,
		"foo > amuont":              `unknown name "amuont"`,
	} {
		_, issues := Compile(src, testEnv(), Options{})
		var got []string
		for _, i := range issues {
			got = append(got, i.Message)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

// TestIssues checks the kind, the exact place and the words of every issue. The place is marked by the caret line.
func TestIssues(t *testing.T) {
	tests := []struct{ src, mark, slug, words string }{
		{"amuont > 5", "^^^^^^", "unknown", `unknown name "amuont"; did you mean "amount"?`},
		{"kind == suply", "        ^^^^^", "value", `unknown value "suply" of entry of kinds; did you mean "supply"?`},
		{`kind == "suply"`, "        ^^^^^^^", "value", `did you mean "supply"?`},
		{`status in [new, olt]`, "                ^^^", "value", `unknown value "olt"`},
		{"client.indutry == it", "       ^^^^^^^", "unknown", `unknown field "indutry" of clients; did you mean "industry"?`},
		{`имя == "Ёж" and amount > "5"`, "^^^", "unknown", `unknown name "имя"`},
		{`name == "Ёжик" and amount > "5"`, `                   ^^^^^^^^^^^^`, "type", "a money cannot be compared with a text; write numbers without quotes"},
		{"amount + name * 2", "         ^^^^^^^^", "type", "a text * an int has no meaning"},
		{"amount * amount", "^^^^^^^^^^^^^^^", "type", "a money * a money has no meaning"},
		{"name and urgent", "^^^^", "type", "a condition is wanted, this is a text"},
		{"not kind == training", "    ^^^^", "type", "put parentheses"},
		{"amount / 0", "         ^", "value", "division by zero"},
		{"summ(lines, .qty)", "^^^^", "unknown", `unknown function "summ"; did you mean "sum"?`},
		{"len(lines, .qty)", "           ^", "syntax", "no rows for a leading dot"},
		{"amount = 5", "       ^", "syntax", `"=" compares nothing; write ==`},
		{"amount >", "", "syntax", "ends too early"},
		{"2xd > 1", "^^^", "syntax", `"2xd" is neither a number nor a duration`},
		{"1e3", "^^^", "syntax", "neither a number"},
		{`name == "unfinished`, "", "syntax", "not closed"},
		{"exec(name)", "^^^^", "unknown", `unknown function "exec"`},
		{"lines.qty > 1", "      ^^^", "type", "use sum(…, .qty)"},
		{"let x = 1; x", "", "syntax", "variables are not part of the language"},
		{"{a: 1}", "", "syntax", "maps are not part of the language"},
		{"1..5", "", "syntax", `".." is not part of the language`},
		{"2 ** 100", "", "syntax", `"**" is not part of the language`},
		{"name.trim()", "", "", ""},
		{"lines[0].qty", "", "syntax", "not picked by position"},
		{`name matches "("`, `             ^^^`, "syntax", "bad pattern"},
		{"name matches inn", `             ^^^`, "type", "must be written out"},
		{"sum(lines, .item)", "           ^^^^^", "type", `"sum" wants numbers, this is a text`},
		{"nothing ?? 0 > 5", "", "syntax", "parentheses"},
		{"status == name", "          ^^^^", "ambiguous", `"name" is a field and a value`},
		{"urgent > true", "^^^^^^^^^^^^^", "type", "has no order"},
		{"valid_until == \"2026-02-30\"", "", "value", "is no date"},
		{"lines == 1", "^^^^^^^^^^", "type", "cannot be compared"},
		{"name == 7707083893", "^^^^^^^^^^^^^^^^^^", "type", `a text cannot be compared with an int; write it in quotes: "7707083893"`},
		{".qty > 1", "", "syntax", ""},
		{"", "", "syntax", "the expression is empty"},
		{"amount > 5 # x", "", "syntax", ""},
		{"5(1)", "^", "syntax", "a int cannot be called"},
		{"any(lines, .qty)", "           ^^^^", "type", "a condition is wanted"},
		{"round(name)", "      ^^^^", "type", `"round" wants a number`},
		{"upper(name, 1)", "^^^^^^^^^^^^^^", "type", `"upper" has 2 arguments`},
	}
	for _, tt := range tests {
		_, issues := Compile(tt.src, testEnv(), Options{})
		if len(issues) == 0 {
			t.Errorf("%s: no issue", tt.src)
			continue
		}
		is := issues[0]
		if tt.slug != "" && is.Slug != tt.slug || !strings.Contains(is.Error(), tt.words) {
			t.Errorf("%s: %s %q, want %s %q", tt.src, is.Slug, is.Error(), tt.slug, tt.words)
		}
		if mark := strings.Repeat(" ", is.From) + strings.Repeat("^", is.To-is.From); tt.mark != "" && mark != tt.mark {
			t.Errorf("marked\n%s\n%s\nwant\n%s", tt.src, mark, tt.mark)
		}
	}
}

func TestAllIssuesAtOnce(t *testing.T) {
	_, issues := Compile("amuont > 5 and kind == suply and client.x == 1", testEnv(), Options{})
	if len(issues) != 3 {
		t.Errorf("%d issues, want 3: %v", len(issues), issues)
	}
}

func TestOptions(t *testing.T) {
	env := testEnv()
	kind, _ := env.Lookup("kind")
	boolean := Options{Want: Type{Kind: Bool}}
	tests := []struct {
		src  string
		opt  Options
		slug string // of the first issue, empty for none
	}{
		{"amount > 1", boolean, ""},
		{"amount", boolean, "type"},
		{"training", Options{Want: kind.Type}, ""},
		{"trainin", Options{Want: kind.Type}, "value"},
		{`urgent ? supply : training`, Options{Want: kind.Type}, ""},
		{"no_text", Options{Want: kind.Type}, ""},
		{"5", Options{Want: Type{Kind: Money}}, ""},
		{"5.5", Options{Want: Type{Kind: Int}}, "type"},
		{`"2026-11-30"`, Options{Want: Type{Kind: DateKind}}, ""},
		{"today > valid_until", Options{NoClock: true}, "clock"},
		{"registered > valid_until", Options{NoClock: true}, ""},
		{"1 + 2 + 3 + 4", Options{MaxNodes: 5}, "cost"},
	}
	for _, tt := range tests {
		_, issues := Compile(tt.src, env, tt.opt)
		got := ""
		if len(issues) > 0 {
			got = issues[0].Slug
		}
		if got != tt.slug {
			t.Errorf("%s: issue %q %v, want %q", tt.src, got, issues, tt.slug)
		}
	}
}

func TestResultHasTheWantedType(t *testing.T) {
	for src, want := range map[string]struct {
		t Type
		v Value
	}{
		"5":          {Type{Kind: Money}, dec("5")},
		"registered": {Type{Kind: DateKind}, Date{Year: 2026, Month: 11, Day: 23}},
		"manager":    {Type{Kind: Text}, "petrova"},
		"inn":        {Type{Kind: UserKind}, User{ID: "7707083893"}},
	} {
		p, issues := Compile(src, testEnv(), Options{Want: want.t})
		if len(issues) > 0 {
			t.Fatal(src, issues)
		}
		v, err := p.Eval(testScope())
		if err != nil || !Equal(v, want.v) || fmt.Sprintf("%T", v) != fmt.Sprintf("%T", want.v) {
			t.Errorf("%s: %T %v %v, want %T", src, v, v, err, want.v)
		}
	}
}

func TestReads(t *testing.T) {
	p, issues := Compile("amount > 1 and client.manager.email == name and sum(lines, .qty * .price) > amount and min(lines, .price) > 0", testEnv(), Options{})
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	want := "amount client.manager.email name lines lines.qty lines.price"
	if got := strings.Join(p.Reads(), " "); got != want {
		t.Errorf("reads %s, want %s", got, want)
	}
}

func TestTree(t *testing.T) {
	p, issues := Compile("client.industry == it and amount >= 5 or not (kind in [supply])", testEnv(), Options{})
	if len(issues) > 0 {
		t.Fatal(issues)
	}
	var show func(e *Expr) string
	show = func(e *Expr) string {
		if path, ok := e.Path(); ok {
			return path
		}
		if e.Op == Literal {
			return FormatValue(e.Value)
		}
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = show(a)
		}
		return e.Op.String() + "(" + strings.Join(args, " ") + ")"
	}
	if got, want := show(p.Tree()), "or(and(==(client.industry it) >=(amount 5)) not(in(kind list(supply))))"; got != want {
		t.Errorf("tree %s, want %s", got, want)
	}
}

func TestEvalErrors(t *testing.T) {
	tests := []struct {
		src  string
		kind EvalKind
	}{
		{"1 / (count1 - 7)", Division},
		{"9223372036854775807 + count1", Overflow},
		{"today + 2wd", Calendar},
		{"today + 100_000_000", Overflow},
		{"date(2026, 2, count1 + 25)", Overflow},
		{"round(amount, 100)", Overflow},
	}
	for _, tt := range tests {
		p, issues := Compile(tt.src, testEnv(), Options{})
		if len(issues) > 0 {
			t.Errorf("%s: %v", tt.src, issues)
			continue
		}
		_, err := p.Eval(testScope())
		if e, ok := err.(*EvalError); !ok || e.Kind != tt.kind {
			t.Errorf("%s: %v, want kind %s", tt.src, err, tt.kind)
		}
	}
}

func TestLongWorkIsCutShort(t *testing.T) {
	rows := make([]Row, 10_000)
	long := strings.Repeat("я", 100_000)
	for i := range rows {
		rows[i] = Row{"item": long}
	}
	for _, src := range []string{"sum(lines, sum(lines, .qty ?? 1))", `count(lines, upper(.item) contains "x")`, `any(lines, .item matches "x$")`} {
		p, issues := Compile(src, testEnv(), Options{})
		if len(issues) > 0 {
			t.Fatal(src, issues)
		}
		_, err := p.Eval(MapScope{"lines": rows})
		if e, ok := err.(*EvalError); !ok || e.Kind != Cost {
			t.Errorf("%s: %v, want kind %s", src, err, Cost)
		}
	}
}

// brokenScope gives texts whatever the environment says.
type brokenScope struct{}

func (brokenScope) Value(string) (Value, error)         { return "text", nil }
func (brokenScope) Ref(_, n string) (Scope, error)      { return nil, fmt.Errorf("unreadable %s", n) }
func (brokenScope) Call(string, []Value) (Value, error) { return nil, fmt.Errorf("no") }

func TestWrongValuesAreErrorsNotPanics(t *testing.T) {
	for _, src := range []string{"amount * 2", "sum(lines, .qty)", "valid_until - today", "urgent and true", "client.industry", "kind.contact_term",
		"-count1", "not urgent", "count1 in [1]", "len(lines)", "round(amount, count1)", "term > 1h", "settings.threshold + 1"} {
		p, issues := Compile(src, testEnv(), Options{})
		if len(issues) > 0 {
			t.Errorf("%s: %v", src, issues)
			continue
		}
		if _, err := p.Eval(brokenScope{}); err != nil {
			if _, ok := err.(*EvalError); !ok {
				t.Errorf("%s: %T %v", src, err, err)
			}
		}
	}
}

func TestDeepAndLongSourcesAreRefused(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("(", 7000), strings.Repeat("(", 3900) + "1" + strings.Repeat(")", 3900), strings.Repeat("-", 7000) + "1",
		strings.Repeat("1+", 3900) + "1", strings.Repeat("x", 9000), strings.Repeat("9", 100), strings.Repeat("not ", 1900) + "true",
	} {
		if p, issues := Compile(src, testEnv(), Options{}); len(issues) == 0 {
			if v, err := p.Eval(testScope()); err != nil || v != int64(1) {
				t.Errorf("%.20s… was accepted: %v %v", src, v, err)
			}
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, src := range []string{"amount > 1_000_000 and kind == supply", `sum(lines, .qty * .price) ?? 0`, "min(lines, .price)", "2wd + 1d", "a[1:2]", "let x = 1; x",
		`name matches "^a+$"`, "# . #x", "b'x'", "/* x */ 1", "1 // x", "x | y()", "{a: 1}", "`a``b`", "date(1,2,3)", "::len(x)", "if a {1} else {2}", "min(lines, .", "max(", "..5"} {
		f.Add(src)
	}
	env, scope := testEnv(), testScope()
	f.Fuzz(func(t *testing.T, src string) {
		p, issues := Compile(src, env, Options{})
		if p == nil && len(issues) == 0 {
			t.Fatal("neither a program nor an issue")
		}
		n := len([]rune(src))
		for _, is := range issues {
			if is.From < 0 || is.To < is.From || is.To > n || is.Message == "" || is.Slug == "" {
				t.Fatalf("bad issue %+v of %q", is, src)
			}
		}
		if p == nil {
			return
		}
		for _, s := range []Scope{scope, MapScope{}, brokenScope{}} {
			if _, err := p.Eval(s); err != nil {
				if _, ok := err.(*EvalError); !ok {
					t.Fatalf("%q: %T %v", src, err, err)
				}
			}
		}
	})
}

func TestFormerNames(t *testing.T) {
	client := NewRecord([]Var{{Name: "tel", Type: Type{Kind: Phone}}, {Name: "phone", Now: "tel", Type: Type{Kind: Phone}}}, nil)
	env := NewEnv([]Var{
		{Name: "boss", Type: Type{Kind: UserKind}}, {Name: "manager", Now: "boss", Type: Type{Kind: UserKind}},
		{Name: "note", Now: "text", Type: Type{Kind: Text}}, {Name: "note", Type: Type{Kind: Int}}, // a present name counts more
		{Name: "client", Type: Type{Kind: Document, Fields: client}},
	}, nil)
	for src, reads := range map[string][]string{
		"filled(manager)":              {"boss"},
		"filled(client.phone)":         {"client.tel"},
		"note > 1 and filled(manager)": {"note", "boss"},
	} {
		p, issues := Compile(src, env, Options{})
		if len(issues) > 0 {
			t.Errorf("%s: %v", src, issues)
			continue
		}
		got := p.Reads()
		slices.Sort(got)
		slices.Sort(reads)
		if !slices.Equal(got, reads) {
			t.Errorf("%s reads %q, want %q", src, got, reads)
		}
	}
	if slices.Contains(env.Names(), "manager") || slices.Contains(env.With(Var{Name: "x"}).Names(), "manager") {
		t.Error("a former name is offered")
	}
	if _, ok := env.With(Var{Name: "x"}).Lookup("manager"); !ok {
		t.Error("a former name is forgotten")
	}
}
