package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/message"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

func parse(t testing.TB, src string) (*Import, diag.List) {
	t.Helper()
	f, problems := yamlsrc.Parse("imports/x.yaml", []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Parse(f)
}

func mustParse(t testing.TB, src string) *Import {
	t.Helper()
	i, problems := parse(t, src)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return i
}

func shipped(t testing.TB) []*Import {
	t.Helper()
	paths, err := filepath.Glob("../../repo-template/imports/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no definitions", err)
	}
	var out []*Import
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, mustParse(t, string(src)))
	}
	Sort(out)
	return out
}

// show writes a result in a few lines, without the field that keeps the text.
func show(r Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", r.Kind, r.Import, r.Form)
	for _, v := range r.Values {
		switch {
		case v.Field == "text":
		case v.Rows != nil:
			for _, row := range v.Rows {
				fmt.Fprintf(&b, "%s:", v.Field)
				for _, c := range row {
					fmt.Fprintf(&b, " %s=%s", c.Column, c.Text)
				}
				b.WriteString("\n")
			}
		default:
			fmt.Fprintf(&b, "%s: %s\n", v.Field, v.Text)
		}
	}
	for _, a := range r.Attachments {
		fmt.Fprintf(&b, "+ %s\n", a.Name)
	}
	if r.ReplyTo.Address != "" {
		fmt.Fprintf(&b, "answer: %s\n", r.ReplyTo)
	}
	if r.Reason != "" {
		fmt.Fprintf(&b, "reason: %s\n", r.Reason)
	}
	return b.String()
}

func TestSampleLetters(t *testing.T) {
	imports := shipped(t)
	want := map[string]string{
		"01-order-cp1251.eml": `register web-orders inquiries
name: ООО «Северный ветер»
inn: 6226696824
kpp: 622601001
person: Соколова Марина Игоревна
phone: 8 (495) 000-12-34 доб. 15
email: sokolova@severveter.example.invalid
kind: goods
lines: item=Носитель электронной подписи qty=10 price=1 800,00
lines: item=Программа «Склад и касса», лицензия на рабочее место qty=3 price=7 500,00
source: web
`,
		"02-training-utf8-qp.eml": `register web-orders inquiries
name: АО «Строймонтаж»
inn: 6232816350
person: Кравцов Пётр Семёнович
phone: +7 495 000-22-41
email: kravtsov@stroymontazh.example.invalid
kind: training
lines: item=Учебный день qty=5 price=15000
source: web
answer: Кравцов П. С. <kravtsov@stroymontazh.example.invalid>
`,
		"03-signature-koi8r-base64.eml": `register web-orders inquiries
name: ИП Лебедева Ольга Викторовна
inn: 071389358810
ogrn: 319010007166826
person: Лебедева Ольга Викторовна
phone: 8-916-000-33-18
email: lebedeva@cvety.example.invalid
kind: signature
lines: item=Электронная подпись на год qty=1 price=2900,00
lines: item=Носитель электронной подписи qty=1 price=1800,00
source: web
`,
		"04-order-html-table.eml": `register web-orders inquiries
name: ООО «Берёзка»
inn: 6238935883
person: Тимофеев Алексей
phone: +7 (812) 000‑45‑67
email: timofeev@berezka.example.invalid
kind: goods
lines: item=Программа «Электронный архив», 5 мест qty=1 price=48 000,00
lines: item=Настройка рабочего места qty=5 price=3 500,00
lines: item=Час сопровождения qty=4 price=2 500,00
source: web
`,
		"05-letter-attachment-rfc2231.eml": `register sales-letters inquiries
source: mail
kind: question
person: Анна Громова
email: gromova@vektor.example.invalid
+ Карточка предприятия ООО «Вектор плюс» (реквизиты).pdf
answer: Анна Громова <gromova@vektor.example.invalid>
`,
		"06-question-koi8r-raw.eml": `register sales-letters inquiries
source: mail
kind: question
person: Николаев С.В.
email: nikolaev@tehsnab.example.invalid
answer: Николаев С.В. <nikolaev@tehsnab.example.invalid>
`,
		"07-automatic-reply.eml": "ignore sales-letters inquiries\nreason: automatic reply (Auto-Submitted: auto-replied (vacation))\n",
		"08-bounce.eml":          "ignore sales-letters inquiries\n+ delivery-status.txt\n+ rfc822-headers.txt\nreason: bounce (Content-Type: report of delivery)\n",
		"09-order-without-phone.eml": `quarantine web-orders inquiries
inn: 7700000000
kind: training
source: web
reason: the letter has no "name" (Организация, Компания, Название организации, Наименование), no "phone" (Телефон, Контактный телефон, Тел)
`,
		"11-workplace-no-message-id.eml": `register web-orders inquiries
name: Администрация Заречного сельского поселения
inn: 6251174941
kpp: 625101001
person: Ефимова Т. Н., специалист по закупкам
phone: 8 (49131) 0-12-30, доб. 4
email: zarechnoe@example.invalid
kind: workplace
lines: item=Настройка рабочего места qty=2 price=3500,00
lines: item=Электронная подпись на год qty=2 price=2900,00
lines: item=Аккредитация на торговой площадке qty=1 price=5000,00
source: web
`,
		"12-complaint-cp1251-base64.eml": `register sales-letters inquiries
source: mail
kind: question
person: Олег Зайцев
email: zaytsev@meridian.example.invalid
answer: Олег Зайцев <zaytsev@meridian.example.invalid>
`,
		"13-letter-raw-cp1251-name.eml": `register sales-letters inquiries
source: mail
kind: question
person: Приёмная ЗАО Полюс
email: ofis@polyus.example.invalid
+ Гарантийное письмо №118.doc
answer: Приёмная ЗАО Полюс <ofis@polyus.example.invalid>
`,
	}
	want["10-order-delivered-twice.eml"] = want["01-order-cp1251.eml"]
	paths, _ := filepath.Glob("../../repo-template/sample/mail/*.eml")
	if len(paths) != len(want) {
		t.Errorf("%d sample letters, %d expected", len(paths), len(want))
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := message.Parse(raw)
		r := Decide(imports, m, nil)
		if diff := cmp.Diff(want[filepath.Base(path)], show(r)); diff != "" {
			t.Errorf("%s: %s", filepath.Base(path), diff)
		}
		if text := r.Value("text"); r.Kind == Register && (text == nil || !strings.Contains(text.Text, m.Text)) {
			t.Errorf("%s: the text is not kept", filepath.Base(path))
		}
	}
}

// Every field that a shipped definition fills exists in the shipped form.
func TestShippedDefinitionsFitTheirForms(t *testing.T) {
	for _, i := range shipped(t) {
		src, err := os.ReadFile("../../forms/" + i.Form + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		f, problems := yamlsrc.Parse(i.Form, src)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		known := map[string]bool{}
		for _, group := range f.Root.Get("groups").Items {
			for _, field := range group.Get("fields").Items {
				name := field.Get("field").Value
				known[name] = true
				if columns := field.Get("columns"); columns != nil {
					for _, column := range columns.Items {
						known[name+"."+column.Get("field").Value] = true
					}
				}
			}
		}
		for _, use := range i.Uses {
			name := use.Field
			if use.Column != "" {
				name += "." + use.Column
			}
			if !known[name] {
				t.Errorf("%s: form %q has no field %q", use.At, i.Form, name)
			}
		}
		if i.Title.In("ru") == "" || i.Title.In("en") == "" {
			t.Errorf("%s: a title is missing", i.Name)
		}
	}
}

// The definition that docs/imports.md shows is one.
func TestDocumentedDefinition(t *testing.T) {
	doc, err := os.ReadFile("../../docs/imports.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(doc), "```yaml\n")
	example, _, found := strings.Cut(example, "```")
	if !found {
		t.Fatal("no example in docs/imports.md")
	}
	i := mustParse(t, example)
	if len(i.Fields) != 5 || len(i.Require) != 2 || i.Subject != "topic" || len(i.Match.subject) != 2 {
		t.Errorf("%+v", i)
	}
	for _, code := range Codes() {
		if !strings.Contains(string(doc), "| "+code.Code+" | "+code.Slug+" |") {
			t.Errorf("docs/imports.md lacks %s %s", code.Code, code.Slug)
		}
	}
}

const orders = `import: orders
from: {maildir: mail}
form: inquiries
match: {from: "*@shop.example.invalid"}
read: fields
fields:
  name: [Организация, Компания]
  phone: Телефон
  address: Адрес
  comment: {label: Комментарий, multiline: true}
  kind: {label: Вид, values: {Обучение: training}}
  lines: {label: [Товар, Товары], columns: {item: [Наименование], qty: [Кол-во], price: Цена}, separator: ";"}
text: text
`

func letter(text string) *message.Message {
	return message.Parse([]byte("From: site@shop.example.invalid\nSubject: Заявка\nContent-Type: text/plain; charset=utf-8\n\n" + text))
}

func TestReadFields(t *testing.T) {
	i := mustParse(t, orders)
	for _, test := range []struct{ why, text, want string }{
		{"plain", "Организация: ООО «А»\nТелефон: 1", "name: ООО «А»\nphone: 1\n"},
		{"case, ё, spaces and colons", "ОРГАНИЗАЦИЯ : А\nтелефон：1\n\u00a0Адрес\u00a0: Орёл", "name: А\nphone: 1\naddress: Орёл\n"},
		{"equals, dash, tab", "Организация = А\nТелефон — 1\nАдрес\tОрёл", "name: А\nphone: 1\naddress: Орёл\n"},
		{"stars and bullets", "**Организация:** А\n• Телефон: 1\n*Адрес*: Орёл", "name: А\nphone: 1\naddress: Орёл\n"},
		{"another spelling", "Компания: А", "name: А\n"},
		{"colons in the value", "Организация: А: Б: В", "name: А: Б: В\n"},
		{"indented continuation", "Адрес: Москва\n  ул. Садовая, 5\nТелефон: 1", "phone: 1\naddress: Москва ул. Садовая, 5\n"},
		{"after a comma", "Адрес: Москва,\nСадовая, 5\nи ещё", "address: Москва, Садовая, 5\n"},
		{"a long line was broken", "Адрес: Рязанская область, городской округ город Касимов, улица\nСадовая\n", "address: Рязанская область, городской округ город Касимов, улица Садовая\n"},
		{"value on the next line", "Организация:\nООО «А»\nТелефон:\n\n1\n", "name: ООО «А»\nphone: 1\n"},
		{"no continuation after a short value", "Телефон: 1\nС уважением, сайт", "phone: 1\n"},
		{"an unknown label ends a value", "Адрес: Москва,\nСпособ оплаты: счёт\nпродолжение", "address: Москва,\n"},
		{"no label at all", "Перезвоните мне: срочно\nв 10:30, https://example.invalid", ""},
		{"several lines", "Комментарий: один\nдва: с двоеточием\n\nтри\nТелефон: 1", "phone: 1\ncomment: один\nдва: с двоеточием\n\nтри\n"},
		{"empty values", "Организация: -\nТелефон: не указан\nАдрес:", ""},
		{"empty, then given", "Телефон:\nОрганизация: А\nТелефон: 1", "name: А\nphone: 1\n"},
		{"translated value", "Вид: ОБУЧЕНИЕ", "kind: training\n"},
		{"value of no translation", "Вид: Прочее", "kind: Прочее\n"},
		{"quotations do not count", "> Организация: Б\nТелефон: 1\n> Адрес: В", "phone: 1\n"},
		{"nor does the signature", "Телефон: 1\n--\nОрганизация: Подпись", "phone: 1\n"},
		{"rows", "Товар: Курс; 2; 100,50\nТовар: Подпись; 1", "lines: item=Курс qty=2 price=100,50\nlines: item=Подпись qty=1\n"},
		{"numbered rows with units", "Товар 1: Курс; 2 шт.; 1 500,00 руб.\nТовар №2: Подпись; 3 шт; 100 ₽", "lines: item=Курс qty=2 price=1 500,00\nlines: item=Подпись qty=3 price=100\n"},
		{"separator in the name", "Товар: Курс; часть 2; 1; 100", "lines: item=Курс; часть 2 qty=1 price=100\n"},
		{"rows below the label", "Товары:\n1. Курс; 2; 100\n- Подпись; 1; 200\nитого; ; 300\n\nпосле; не; товар", "lines: item=Курс qty=2 price=100\nlines: item=Подпись qty=1 price=200\n"},
		{"a table", "№\tЦена\tНаименование\tКол-во\n1\t100\tКурс\t2\n2\t200\tПодпись\t1\n\t300\tИтого\t\n\nне\tтовар", "lines: item=Курс qty=2 price=100\nlines: item=Подпись qty=1 price=200\n"},
		{"a table without known headings", "Товар\tсколько\tпочём\nКурс\t2\t100\n", "lines: item=Курс qty=2 price=100\n"},
		{"a name of numbers keeps its unit", "Товар: 10 шт.; 1; 5", "lines: item=10 шт. qty=1 price=5\n"},
	} {
		r := i.Read(letter(test.text), nil)
		got := strings.TrimPrefix(show(r), "register orders inquiries\n")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.why, diff)
		}
	}
}

func TestContradictionsAreNoted(t *testing.T) {
	i := mustParse(t, orders)
	r := i.Read(letter("Телефон: 1\nОрганизация: А\nТелефон: 2\nТЕЛЕФОН: 1"), nil)
	if v := r.Value("phone"); v == nil || v.Text != "1" || v.Label != "Телефон" || v.Line != 1 {
		t.Errorf("phone: %+v", v)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], `"Телефон" stands in the letter again in line 3 with another value: "2"`) {
		t.Errorf("notes: %q", r.Notes)
	}
}

type documents map[string]string

func (d documents) ByMessage(id string) string { return d[id] }
func (d documents) Mentioned(subject string) string {
	for number := range d {
		if strings.Contains(subject, number) {
			return number
		}
	}
	return ""
}

func TestDecide(t *testing.T) {
	imports := []*Import{
		mustParse(t, "import: all\nfrom: {maildir: mail}\nform: inquiries\nread: letter\ntext: text\nsender: {email: email}\nrequire: [email]\n"),
		mustParse(t, orders+"require: [phone]\n"),
	}
	Sort(imports)
	known := documents{"first@x": "INQ-1", "INQ-2": "INQ-2"}
	for _, test := range []struct{ why, header, text, want string }{
		{"the more specific import first", "From: a@shop.example.invalid", "Телефон: 1", "register orders inquiries\nphone: 1\n"},
		{"the other one", "From: a@example.invalid", "текст", "register all inquiries\nemail: a@example.invalid\nanswer: a@example.invalid\n"},
		{"the address for answers", "From: a@example.invalid\nReply-To: b@example.invalid", "текст", "register all inquiries\nemail: b@example.invalid\nanswer: b@example.invalid\n"},
		{"an answer", "From: a@example.invalid\nIn-Reply-To: <first@x>", "текст", "attach all inquiries\nreason: answers the letter <first@x>\n"},
		{"an answer further down", "From: a@example.invalid\nReferences: <first@x> <other@x>", "текст", "attach all inquiries\nreason: answers the letter <first@x>\n"},
		{"an answer to nothing known", "From: a@example.invalid\nIn-Reply-To: <other@x>", "текст", "register all inquiries\nemail: a@example.invalid\nanswer: a@example.invalid\n"},
		{"a number in the subject", "From: a@example.invalid\nSubject: Re: INQ-2", "текст", "attach all inquiries\nreason: names the document in its subject \"Re: INQ-2\"\n"},
		{"an automatic answer", "From: a@example.invalid\nIn-Reply-To: <first@x>\nAuto-Submitted: auto-replied", "текст", "ignore all inquiries\nreason: automatic reply (Auto-Submitted: auto-replied)\n"},
		{"bulk", "From: a@example.invalid\nPrecedence: bulk", "текст", "ignore all inquiries\nreason: bulk letter (Precedence: bulk)\n"},
		{"a form is sent by a program", "From: a@shop.example.invalid\nAuto-Submitted: auto-generated", "Телефон: 1", "register orders inquiries\nphone: 1\n"},
		{"a program sends other things too", "From: a@shop.example.invalid\nAuto-Submitted: auto-generated", "Рассылка", "ignore orders inquiries\nreason: generated letter (Auto-Submitted: auto-generated), and the letter has no \"phone\" (Телефон)\n"},
		{"required is missing", "From: a@shop.example.invalid", "Организация: А", "quarantine orders inquiries\nname: А\nreason: the letter has no \"phone\" (Телефон)\n"},
		{"nobody to answer", "Subject: x", "текст", "quarantine all inquiries\nreason: the letter has no \"email\"\n"},
		{"empty", "From: a@example.invalid", "\n", "quarantine all inquiries\nreason: the letter is empty\n"},
	} {
		m := message.Parse([]byte(test.header + "\n\n" + test.text))
		if diff := cmp.Diff(test.want, show(Decide(imports, m, known))); diff != "" {
			t.Errorf("%s: %s", test.why, diff)
		}
	}
	r := Decide(imports[:1], message.Parse([]byte("From: a@example.invalid\nSubject: Привет\n\nтекст")), nil)
	if r.Kind != Quarantine || !strings.Contains(r.Reason, `no import recognises this letter: from "a@example.invalid", subject "Привет"`) {
		t.Errorf("nobody's letter: %s", show(r))
	}
}

func TestMatch(t *testing.T) {
	m := message.Parse([]byte("From: Sales <Info@Shop.example.invalid>\nTo: x@example.invalid, y@example.invalid\nDelivered-To: z@example.invalid\nSubject: Заявка  на обучение, Алёна\n\n"))
	for match, want := range map[string]bool{
		`{}`:                               true,
		`{from: "*@shop.example.invalid"}`: true,
		`{from: "*@example.invalid"}`:      false,
		`{from: ["a@*", "info@*"]}`:        true,
		`{to: "y@*"}`:                      true,
		`{to: "z@*"}`:                      true,
		`{to: "w@*"}`:                      false,
		`{subject: "заявка*"}`:             true,
		`{subject: "*обучение"}`:           false,
		`{subject: "*Алена"}`:              true,
		`{subject: "заявка на обучени?, *"}`:             true,
		`{subject: '/^заявка\s+на (обучение|подпись)/'}`: true,
		`{subject: '/\d/'}`:                   false,
		`{from: "info@*", subject: "Заказ*"}`: false,
	} {
		i := mustParse(t, "import: x\nfrom: {maildir: m}\nform: f\nread: letter\ntext: text\nmatch: "+match+"\n")
		if got := i.Matches(m); got != want {
			t.Errorf("%s: %v", match, got)
		}
	}
}

func TestParseReportsEverything(t *testing.T) {
	_, problems := parse(t, `import: x
from: {maildir: a, spool: b}
form: inquiries
match: {subject: "/(/", form: x}
read: field
fields:
  name: [Имя, "ИМЯ:", "**"]
  lines: {label: Товар, columns: [item, item], separator: " "}
  phone: {label: Тел, separator: ";"}
  kind: {values: {a: b}}
set: {name: x, source: web}
text: source
require: [name, inm]
`)
	problems.Sort()
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimPrefix(p.Headline(), "imports/x.yaml:"))
	}
	want := []string{
		`2:7: error I010 bad-source: letters come from a maildir or a spool folder, not from both`,
		"4:18: error I011 bad-pattern: the regular expression \"/(/\" cannot be read: error parsing regexp: missing closing ): `(?i)(`",
		`4:25: error R001 unknown-key: import: match: unknown key "form"; did you mean "from"?`,
		`5:7: error R004 wrong-type: import: unknown read "field"; did you mean "fields"?`,
		`7:15: error I013 label-used-twice: the label "ИМЯ:" already belongs to this field`,
		`7:23: error I012 bad-field-mapping: "**" is no label: it has no letters`,
		`8:41: error I012 bad-field-mapping: the column "item" is named twice`,
		`8:59: error I012 bad-field-mapping: the separator must be visible, such as ";" or "|"`,
		`9:34: error I012 bad-field-mapping: a separator divides the columns of a table; name them with ` + "`columns:`",
		`10:9: error R002 missing-key: field kind: missing key "label"`,
		`11:7: error I015 field-filled-twice: the field "name" is already filled by ` + "`fields`",
		`12:7: error I015 field-filled-twice: the field "source" is already filled by ` + "`set`",
		`13:17: error I014 required-never-filled: the required field is never filled: unknown field "inm"; known: "name", "lines", "phone", "kind", "source"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, problems = parse(t, "title: x\n")
	if len(problems) != 5 {
		t.Errorf("missing keys: %v", problems)
	}
	if _, problems = parse(t, "import: x\nfrom: {maildir: m}\nform: f\nread: letter\nfields: {a: b}\ntext: c\n"); len(problems) != 1 || problems[0].Code != fieldsUnread.Code {
		t.Errorf("fields of a letter: %v", problems)
	}
	if _, problems = parse(t, "import: x\nfrom: {maildir: m}\nform: f\nread: letter\n"); len(problems) != 1 || problems[0].Code != nothingKept.Code {
		t.Errorf("text not kept: %v", problems)
	}
}

func TestResolve(t *testing.T) {
	for path, want := range map[string]string{".git/e1/mail": "/repo/.git/e1/mail", "/var/mail/x": "/var/mail/x", "~/Maildir": "/home/u/Maildir"} {
		if got := (Source{Path: path}).Resolve("/repo", "/home/u"); got != filepath.FromSlash(want) {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// Whatever stands behind the labels is read back, whatever else stands in the
// letter, and the text is kept whole.
func TestFieldsComeBack(t *testing.T) {
	i := mustParse(t, orders)
	value := rapid.StringMatching(`[а-яА-Яa-z0-9«»][а-яА-Яa-z0-9 «»:;=\-.]{0,30}[а-яa-z0-9»]`)
	noise := rapid.SampledFrom([]string{"", "Здравствуйте!", "Способ оплаты: счёт", "просто строка", "https://example.invalid/a:b", "в 10:30"})
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{}
		var lines []string
		for _, pair := range [][2]string{{"name", "Организация"}, {"phone", "Телефон"}, {"address", "Адрес"}} {
			field, label := pair[0], pair[1]
			if rapid.Bool().Draw(t, field) {
				v := strings.Join(strings.Fields(value.Draw(t, "value")), " ")
				if _, unknown := i.readLabel(v); unknown {
					continue // the value itself looks like a line of the form
				}
				want[field] = v
				lines = append(lines, noise.Draw(t, "noise"), label+": "+v, "")
			}
		}
		m := letter(strings.Join(lines, "\n"))
		r := i.Read(m, nil)
		if m.Text == "" {
			return
		}
		for field, v := range want {
			if got := r.Value(field); got == nil || got.Text != v {
				t.Fatalf("%s: got %+v, want %q in %q", field, got, v, m.Text)
			}
		}
		if text := r.Value("text"); text == nil || text.Text != m.Text {
			t.Fatalf("text %+v", text)
		}
	})
}

func FuzzRead(f *testing.F) {
	i := mustParse(f, orders)
	for _, s := range []string{"Организация: А\nТовар: a;b;c;d\n", "№\tНаименование\tКол-во\n1\t\t\n", ":\n=\n\t\t\n-- \n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := letter(text)
		r := i.Read(m, nil)
		seen := map[string]bool{}
		for _, v := range r.Values {
			if seen[v.Field] || v.Text == "" && v.Rows == nil {
				t.Errorf("value %+v", v)
			}
			seen[v.Field] = true
			for _, row := range v.Rows {
				if len(row) == 0 || row[0].Column != "item" {
					t.Errorf("row %v", row)
				}
			}
		}
		if v := r.Value("text"); r.Kind == Register && (v == nil || v.Text != m.Text) && !blank(m.Text) {
			t.Errorf("the text is not kept: %+v", v)
		}
	})
}
