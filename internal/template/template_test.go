package template

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
)

func testEnv() *expr.Env {
	text := func(name string) expr.Var {
		return expr.Var{Name: name, Type: expr.Type{Kind: expr.Text, Nullable: true}}
	}
	line := expr.NewRecord([]expr.Var{text("item"), {Name: "price", Type: expr.Type{Kind: expr.Money, Nullable: true}}}, nil)
	return expr.NewEnv([]expr.Var{
		{Name: "number", Type: expr.Type{Kind: expr.Text}}, text("name"), text("note"),
		{Name: "amount", Type: expr.Type{Kind: expr.Money, Nullable: true}},
		{Name: "unpaid", Type: expr.Type{Kind: expr.Money, Nullable: true}},
		{Name: "signed", Type: expr.Type{Kind: expr.DateKind, Nullable: true}},
		{Name: "kind", Type: expr.Type{Kind: expr.Choice, Name: "k", Values: []string{"order"}}},
		{Name: "lines", Type: expr.Type{Kind: expr.Table, Fields: line, Nullable: true}},
		{Name: "urgent", Type: expr.Type{Kind: expr.Bool, Nullable: true}},
	}, nil)
}

func testScope() expr.MapScope {
	return expr.MapScope{
		"number": "INV-7", "name": "ООО «Ромашка» <b>", "amount": decimal.RequireFromString("1234567.5"),
		"signed": expr.Date{Year: 2026, Month: time.November, Day: 3},
		"kind":   expr.Entry{ID: "order", Fields: expr.Row{"title": "Заказ"}},
		"lines":  []expr.Row{{"item": "Бумага", "price": decimal.RequireFromString("200")}, {"item": "Ножницы", "price": decimal.RequireFromString("34.5")}},
		"urgent": true,
	}
}

func parse(t *testing.T, name, src string) *Template {
	t.Helper()
	tmpl, problems := Parse(name, []byte(src))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestRender(t *testing.T) {
	tests := []struct{ name, file, src, want string }{
		{"values", "a.txt", "{{ number }} от {{ signed }}: {{amount}} ({{ in_words(amount) }}), {{ kind }}, {{ long_date(signed) }}, {{ urgent }}",
			"INV-7 от 03.11.2026: 1\u00a0234\u00a0567,50 (Один миллион двести тридцать четыре тысячи пятьсот шестьдесят семь рублей 50 копеек), Заказ, 3 ноября 2026 г., да"},
		{"default", "a.txt", `{{ note ?? "нет" }}|{{ note ?? "" }}|`, "нет||"},
		{"a text as default of a sum", "a.txt", `{{ each lines as l }}{{ if l.price > 100 }}{{ l.price ?? "?" }}{{ end }}{{ end }} {{ unpaid ?? 'по счёту' }}`, "200,00 по счёту"},
		{"blocks leave no lines", "a.txt", "Строки:\n{{ each lines as line }}\n{{ line_no }}. {{ line.item }} {{ line.price }}\n{{ end }}\n{{ if amount > 100 }}\nмного\n{{ else }}\nмало\n{{ end }}\nвсё\n",
			"Строки:\n1. Бумага 200,00\n2. Ножницы 34,50\nмного\nвсё\n"},
		{"inline", "a.txt", "{{ if filled(note) }}{{ note }}{{ else if urgent }}срочно{{ else }}-{{ end }}!", "срочно!"},
		{"nested", "a.txt", "{{ each lines as l }}{{ if l.price > 100 }}{{ l.item }}{{ end }}{{ end }}", "Бумага"},
		{"an apostrophe in a remark", "a.txt", "a{{ # the client's, don't }}b", "ab"},
		{"comment and braces", "a.txt", `a{{ # not shown }}b {{ "{{" }} c`, "ab {{ c"},
		{"html is escaped", "a.html", "<p>{{ name }}</p>", "<p>ООО «Ромашка» &lt;b&gt;</p>"},
		{"text is not", "a.txt", "{{ name }}", "ООО «Ромашка» <b>"},
		{"carriage returns", "a.txt", "a\r\n{{ if urgent }}\r\nb\r\n{{ end }}\r\n", "a\nb\n"},
		{"join", "a.txt", "{{ map(lines, .item) }}", "Бумага, Ножницы"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parse(t, test.file, test.src).Render(testEnv(), testScope(), "ru")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got.Data)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLetter(t *testing.T) {
	tmpl := parse(t, "templates/offer.md", "---\nsubject: Счёт {{ number }}\nto: {{ \"a@example.invalid\" }}, b@example.invalid\nattach: {{ number }}.docx\nattach: price.pdf\n---\nЗдравствуйте!\n")
	got, err := tmpl.Render(testEnv(), testScope(), "ru")
	if err != nil {
		t.Fatal(err)
	}
	want := &Paper{Data: []byte("Здравствуйте!\n"), Subject: "Счёт INV-7", To: []string{"a@example.invalid", "b@example.invalid"}, Attach: []string{"INV-7.docx", "price.pdf"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !tmpl.Letter() || !tmpl.Addressed() {
		t.Error("the template is no addressed letter")
	}
}

func TestNothingIsSilentlyEmpty(t *testing.T) {
	_, err := parse(t, "a.txt", "Первая\nДорогой {{ note }}!").Render(testEnv(), testScope(), "ru")
	var empty *EmptyError
	if !errors.As(err, &empty) {
		t.Fatalf("got %v", err)
	}
	if got := err.Error(); got != `a.txt:2:12: "note" is empty` {
		t.Error(got)
	}
	needs, problems := parse(t, "a.txt", "{{ note }} {{ number }} {{ name ?? \"x\" }} {{ if filled(note) }}{{ note }}{{ end }}").Check(testEnv())
	if len(problems) > 0 {
		t.Error(problems)
	}
	if len(needs) != 1 || needs[0].Text != "note" || needs[0].At.Start.Column != 4 {
		t.Errorf("needs: %v", needs)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct{ src, want string }{
		{"a {{ x", `a.txt:1:3: error T001 bad-placeholder: the placeholder is not closed`},
		{"я\nяя {{ }}", `a.txt:2:4: error T001 bad-placeholder: the placeholder is empty`},
		{"{{ if urgent }}", `a.txt:1:1: error T002 bad-block: "if" has no "end"`},
		{"{{ end }}", `a.txt:1:1: error T002 bad-block: "end" belongs to no block`},
		{"{{ each lines as l }}{{ else }}{{ end }}", `a.txt:1:22: error T002 bad-block: "else" belongs to no block`},
		{"{{ if urgent }}{{ else }}{{ else }}{{ end }}", `a.txt:1:26: error T002 bad-block: "else" stands behind "else"`},
		{"---\nsubject: a\n", `a.txt:1:1: error T003 bad-head: the head is not closed`},
		{"---\nsubject: a\ntoo: b\n---\n", `a.txt:3:1: error T003 bad-head: unknown key of the head "too"; did you mean "to"?`},
		{"---\nto: b@example.invalid\n---\n", `a.txt:1:1: error T004 no-subject: the letter has no subject`},
		{"{{ namme }}", `a.txt:1:4: error T006 unknown-name: unknown name "namme"`},
		{"дом {{ 1 + }}", `a.txt:1:10: error T005 bad-expression`},
		{"{{ lines }}", `a.txt:1:4: error T007 wrong-type: "lines" is table; a text is needed`},
		{"{{ each name as n }}{{ end }}", `a.txt:1:9: error T007 wrong-type: each goes over text`},
	}
	for _, test := range tests {
		t.Run(test.src, func(t *testing.T) {
			tmpl, problems := Parse("a.txt", []byte(test.src))
			if tmpl != nil {
				_, more := tmpl.Check(testEnv())
				problems = append(problems, more...)
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.Headline())
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if _, problems := Parse("a.pdf", nil); len(problems) != 1 || problems[0].Code != "T008" {
		t.Errorf("a.pdf: %v", problems)
	}
}

// docx packs a body as Word does, with a part that has no placeholder.
func docx(t testing.TB, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range [][2]string{
		{"[Content_Types].xml", "<Types/>"},
		{"word/document.xml", `<?xml version="1.0"?><w:document><w:body>` + body + `</w:body></w:document>`},
		{"word/styles.xml", "<w:styles>{{ untouched }}</w:styles>"},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = io.WriteString(w, f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func bodyOf(t testing.TB, pack []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(data), "<w:body>")
	body, _, _ = strings.Cut(body, "</w:body>")
	return body
}

// p is a paragraph of runs.
func p(runs ...string) string {
	out := "<w:p>"
	for _, r := range runs {
		out += "<w:r><w:rPr/><w:t>" + r + "</w:t></w:r>"
	}
	return out + "</w:p>"
}

func row(cells ...string) string {
	out := "<w:tr>"
	for _, c := range cells {
		out += "<w:tc>" + c + "</w:tc>"
	}
	return out + "</w:tr>"
}

func TestDocx(t *testing.T) {
	space := strings.NewReplacer(`<w:t xml:space="preserve">`, "<w:t>")
	tests := []struct{ name, body, want string }{
		{"one run", p("№ {{ number }}"), p("№ INV-7")},
		{"split by Word", p("№ {", "{ num", "ber }", "} от ", "{{signed}}"), p("№ INV-7", "", "", " от ", "03.11.2026")},
		{"escaped", p("{{ name }}"), p("ООО «Ромашка» &lt;b&gt;")},
		{"escapes in an expression", p("{{ if amount &gt; 5 }}да{{ end }}"), p("да")},
		{"paragraphs", p("{{ if urgent }}") + p("срочно") + p("{{ else }}") + p("нет") + p("{{ end }}") + p("x"), p("срочно") + p("x")},
		{"a row", "<w:tbl>" + row(p("Товар"), p("Цена")) + row(p("{{ each lines as l }}{{ l.item }}"), p("{{ l.price }}", "{{ en", "d }}")) + "</w:tbl>",
			"<w:tbl>" + row(p("Товар"), p("Цена")) + row(p("Бумага"), p("200,00", "", "")) + row(p("Ножницы"), p("34,50", "", "")) + "</w:tbl>"},
		{"rows between rows", "<w:tbl>" + row(p("{{ each lines as l }}"), p("")) + row(p("{{ l.item }}"), p("x")) + row(p("{{ end }}"), p("")) + "</w:tbl>",
			"<w:tbl>" + row(p("Бумага"), p("x")) + row(p("Ножницы"), p("x")) + "</w:tbl>"},
		{"a cell keeps a paragraph", "<w:tbl>" + row(p("{{ if amount < 5 }}")+p("мало")+p("{{ end }}")) + "</w:tbl>", "<w:tbl>" + row(p("")) + "</w:tbl>"},
		{"a table between paragraphs", p("{{ if urgent }}") + "<w:tbl>" + row(p("a")) + "</w:tbl>" + p("{{ end }}"), "<w:tbl>" + row(p("a")) + "</w:tbl>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tmpl := parse(t, "a.docx", string(docx(t, test.body)))
			got, err := tmpl.Render(testEnv(), testScope(), "ru")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, space.Replace(bodyOf(t, got.Data))); diff != "" {
				t.Error(diff)
			}
			again, err := tmpl.Render(testEnv(), testScope(), "ru")
			if err != nil || !bytes.Equal(got.Data, again.Data) {
				t.Errorf("the same values give other bytes (%v)", err)
			}
			if _, problems := tmpl.Check(testEnv()); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

func TestDocxProblems(t *testing.T) {
	tests := []struct{ body, want string }{
		{p("a") + p("Дом", "{{ na", "mme }}"), "a.docx:2:7: error T006"},
		{p("x {{ if urgent }}") + p("a {{ end }}"), "a.docx:1:3: error T002"},
		{p("{{ if urgent }}"), "a.docx:1:1: error T002"},
	}
	for _, test := range tests {
		tmpl, problems := Parse("a.docx", docx(t, test.body))
		if tmpl != nil {
			_, more := tmpl.Check(testEnv())
			problems = append(problems, more...)
		}
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Headline(), test.want) {
			t.Errorf("%s: got %v, want %s", test.body, problems, test.want)
		}
	}
	if _, problems := Parse("a.docx", []byte("no zip")); len(problems) != 1 || problems[0].Code != "T008" {
		t.Errorf("got %v", problems)
	}
}

func TestLinesInDocx(t *testing.T) {
	tmpl := parse(t, "a.docx", string(docx(t, p("{{ name }}"))))
	scope := testScope()
	scope["name"] = "a\nb\x01"
	got, err := tmpl.Render(testEnv(), scope, "ru")
	if err != nil {
		t.Fatal(err)
	}
	if body := bodyOf(t, got.Data); !strings.Contains(body, `a</w:t><w:br/><w:t xml:space="preserve">b</w:t>`) {
		t.Error(body)
	}
}

func TestPattern(t *testing.T) {
	at := func(from, to int) diag.Span {
		return diag.Span{File: "r.yaml", Start: diag.Pos{Line: 3, Column: 10 + from}, End: diag.Pos{Line: 3, Column: 10 + to}}
	}
	pat, problems := ParsePattern("счёт {number}.docx", at)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, err := pat.Render(testEnv(), testScope(), "ru"); err != nil || got != "счёт INV-7.docx" {
		t.Errorf("%q %v", got, err)
	}
	pat, _ = ParsePattern("я {numer}", at)
	if got := pat.Check(testEnv()); len(got) != 1 || got[0].At.Start.Column != 13 {
		t.Errorf("got %v", got)
	}
	if _, problems := ParsePattern("{x", at); len(problems) != 1 {
		t.Errorf("got %v", problems)
	}
}

func TestEnglish(t *testing.T) {
	got, err := parse(t, "a.txt", "{{ amount }} {{ signed }} {{ long_date(signed) }} {{ urgent }}").Render(testEnv(), testScope(), "en")
	if err != nil {
		t.Fatal(err)
	}
	if want := "1,234,567.50 2026-11-03 3 November 2026 yes"; string(got.Data) != want {
		t.Errorf("got %q", got.Data)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"{{ a }}", "---\nsubject: x\n---\n{{ each lines as l }}{{ l.item }}{{ end }}", "{{ if urgent }}{{ else }}{{ end }}", "{{ \"}}\" }}"} {
		f.Add(seed, false)
	}
	f.Add(p("{", "{ number }}"), true)
	f.Add("<w:tbl>"+row(p("{{ each lines as l }}{{ l.item }}"), p("{{ end }}"))+"</w:tbl>", true)
	f.Fuzz(func(t *testing.T, src string, word bool) {
		name, data := "a.txt", []byte(src)
		if word {
			name, data = "a.docx", docx(t, src)
		}
		tmpl, problems := Parse(name, data)
		if (tmpl == nil) != problems.HasErrors() {
			t.Fatalf("template %v with problems %v", tmpl != nil, problems)
		}
		if tmpl == nil {
			return
		}
		_, _ = tmpl.Check(testEnv())
		got, err := tmpl.Render(testEnv(), testScope(), "ru")
		if err == nil && got == nil {
			t.Fatal("neither paper nor error")
		}
		_ = fmt.Sprint(err)
	})
}
