package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

func encode(t testing.TB, enc encoding.Encoding, s string) string {
	t.Helper()
	out, err := enc.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecodeWords(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                                 "plain",
		"=?utf-8?B?0J/RgNC40LLQtdGC?=":                          "Привет",
		"=?UTF-8?q?=D0=9F=D1=80=D0=B8_?=":                       "При",
		"=?utf-8?B?0J/RgNC4?= =?utf-8?B?0LLQtdGC?=":             "Привет",
		"=?utf-8?B?0J/RgNC40Q==?= =?utf-8?B?gA==?=":             "Прир", // cut inside a character
		"=?utf-8?B?0J/RgNC4?= и =?utf-8?B?0LLQtdGC?=":           "При и вет",
		"=?utf-8?B?0J/RgNC4?==?utf-8?B?0LLQtdGC?=":              "Привет",
		"Re: =?koi8-r?B?8NLJ18XU?= (=?windows-1251?Q?=E4=E0?=)": "Re: Привет (да)",
		"=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=":                 "Привет",
		"=?cp-1251?Q?=CF=F0=E8=E2=E5=F2?=":                      "Привет",
		"=?utf-8*ru?B?0J/RgNC40LLQtdGC?=":                       "Привет",
		"=?x-nonsense?B?0J/RgNC40LLQtdGC?=":                     "Привет",
		"=?utf-8?Q?a b?=":                                       "a b",
		"=?utf-8?B?0J/RgNC40LLQtdGC":                            "=?utf-8?B?0J/RgNC40LLQtdGC",
		"=?utf-8?X?abc?=":                                       "=?utf-8?X?abc?=",
		"a =? b":                                                "a =? b",
		"=?utf-8?Q?line=0Abreak=00?=":                           "line break",
		"=?us-ascii?Q?=CF=F0=E8=E2=E5=F2?=":                     "Привет",
	} {
		if got := decodeWords(in, ""); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// Raw 8-bit subjects, the short and the shouted ones too, in every encoding
// that Russian letters come in.
func TestGuess(t *testing.T) {
	for _, text := range []string{
		"Заявка", "Заявка с сайта № 4417", "Счёт на оплату", "ЗАЯВКА НА ОБУЧЕНИЕ", "Вопрос", "Re: договор поставки",
		"СРОЧНО! Не работает электронная подпись", "Гарантийное письмо №118.doc", "Коммерческое предложение ООО «Ромашка»",
		"Иванов И.И.", "прайс-лист.xls", "Акт сверки", "Жалоба", "Приёмная ЗАО Полюс", "ИП Королёв", "отдел закупок",
		"Fwd: Запрос цен", "щётка", "Резюме", "ТЗ на сайт", "Документы для тендера", "Здравствуйте, уважаемые коллеги!\nПросим выставить счёт.",
	} {
		for _, enc := range []*charmap.Charmap{charmap.Windows1251, charmap.KOI8R, charmap.CodePage866} {
			raw, err := enc.NewEncoder().String(text)
			if err != nil {
				continue // « and » are not in every set
			}
			if got := guess([]byte(raw), ""); got != text {
				t.Errorf("%s %q: read as %q", enc, text, got)
			}
		}
		if got := guess([]byte(text), ""); got != text {
			t.Errorf("UTF-8 %q: read as %q", text, got)
		}
	}
	for _, text := range []string{"Müller GmbH", "Café à la carte", "Übersicht für März", "Señor"} {
		if got := guess([]byte(encode(t, charmap.Windows1252, text)), ""); got != text {
			t.Errorf("Windows-1252 %q: read as %q", text, got)
		}
	}
	if got := guess([]byte("Заявка на обучени\xd0"), ""); got != "Заявка на обучени\ufffd" {
		t.Errorf("UTF-8 cut in a character: %q", got)
	}
}

func TestMediaType(t *testing.T) {
	cp1251 := encode(t, charmap.Windows1251, "договор.doc")
	for _, test := range []struct {
		in, kind string
		params   map[string]string
	}{
		{`text/plain; charset="utf-8"; format=flowed`, "text/plain", map[string]string{"charset": "utf-8", "format": "flowed"}},
		{`TEXT/HTML;Charset=windows-1251`, "text/html", map[string]string{"charset": "windows-1251"}},
		{`attachment; filename*=utf-8'ru'%D0%B0%D0%BA%D1%82.pdf`, "attachment", map[string]string{"filename": "акт.pdf"}},
		{`attachment; filename*0*=utf-8''%D0%B0%D0; filename*1*=%BA%D1%82; filename*2=.pdf`, "attachment", map[string]string{"filename": "акт.pdf"}},
		{`attachment; filename*1=t.pdf; filename*0="ac"`, "attachment", map[string]string{"filename": "act.pdf"}},
		{`attachment; filename="old.pdf"; filename*=koi8-r''%C1%CB%D4.pdf`, "attachment", map[string]string{"filename": "акт.pdf"}},
		{`attachment; filename="=?koi8-r?B?wcvU?=.pdf"`, "attachment", map[string]string{"filename": "акт.pdf"}},
		{`attachment; filename==?utf-8?B?0LDQutGC?=`, "attachment", map[string]string{"filename": "акт"}},
		{`attachment; filename="` + cp1251 + `"`, "attachment", map[string]string{"filename": "договор.doc"}},
		{`attachment; filename=two words.pdf`, "attachment", map[string]string{"filename": "two words.pdf"}},
		{`attachment; filename="a;b \"c\".pdf"; size=5`, "attachment", map[string]string{"filename": `a;b "c".pdf`, "size": "5"}},
		{`attachment; filename="C:\docs\a.pdf"`, "attachment", map[string]string{"filename": `C:\docs\a.pdf`}},
		{`text/plain charset=utf-8`, "text/plain", map[string]string{"charset": "utf-8"}},
		{`text/plain; (a comment) charset=utf-8 (another)`, "text/plain", map[string]string{"charset": "utf-8"}},
		{`name="x.pdf"`, "", map[string]string{"name": "x.pdf"}},
		{`multipart/mixed; boundary="unclosed`, "multipart/mixed", map[string]string{"boundary": "unclosed"}},
		{``, "", map[string]string{}},
		{`; ; =; *=x; a`, "", map[string]string{}},
	} {
		kind, params := mediaType(test.in, "")
		if kind != test.kind {
			t.Errorf("%q: kind %q", test.in, kind)
		}
		if diff := cmp.Diff(test.params, params); diff != "" {
			t.Errorf("%q: %s", test.in, diff)
		}
	}
}

func TestAddresses(t *testing.T) {
	koi := encode(t, charmap.KOI8R, "Николаев С.В.")
	for in, want := range map[string][]Address{
		"ivan@example.invalid":   {{"", "ivan@example.invalid"}},
		"<ivan@example.invalid>": {{"", "ivan@example.invalid"}},
		"Иван <ivan@example.invalid>, Пётр <p@example.invalid>": {{"Иван", "ivan@example.invalid"}, {"Пётр", "p@example.invalid"}},
		`"Петров, Иван" <ivan@example.invalid>`:                 {{"Петров, Иван", "ivan@example.invalid"}},
		`"=?utf-8?B?0JjQstCw0L0=?=" <ivan@example.invalid>`:     {{"Иван", "ivan@example.invalid"}},
		"=?koi8-r?B?6dfBzg==?= <ivan@example.invalid>":          {{"Иван", "ivan@example.invalid"}},
		koi + " <n@example.invalid>":                            {{"Николаев С.В.", "n@example.invalid"}},
		"MAILER-DAEMON@example.invalid (Mail Delivery System)":  {{"Mail Delivery System", "MAILER-DAEMON@example.invalid"}},
		"undisclosed-recipients:;":                              nil,
		"Отдел: a@example.invalid, b@example.invalid;":          {{"", "a@example.invalid"}, {"", "b@example.invalid"}},
		"a@example.invalid; b@example.invalid":                  {{"", "a@example.invalid"}, {"", "b@example.invalid"}},
		"Иван ivan@example.invalid":                             {{"Иван", "ivan@example.invalid"}},
		`"Иван <ivan@example.invalid>`:                          {{`"Иван`, "ivan@example.invalid"}},
		"'Иван' <ivan@example.invalid>":                         {{"Иван", "ivan@example.invalid"}},
		"":                                                      nil,
		" , ,":                                                  nil,
		"<>":                                                    nil,
	} {
		if diff := cmp.Diff(want, parseAddresses(in, "")); diff != "" {
			t.Errorf("%q: %s", in, diff)
		}
	}
	if got := (Address{"Иван", "i@example.invalid"}).String() + (Address{"", "x"}).String(); got != "Иван <i@example.invalid>x" {
		t.Error(got)
	}
}

func TestDates(t *testing.T) {
	const want = "2026-11-23T10:15:04+03:00"
	for _, in := range []string{
		"Mon, 23 Nov 2026 10:15:04 +0300", "Mon, 23 Nov 2026 10:15:04 +0300 (MSK)", "23 Nov 2026 10:15:04 +0300",
		"Пн, 23 Nov 2026 10:15:04 +0300", "2026-11-23T10:15:04+03:00", "2026-11-23 10:15:04 +0300", "23.11.2026 10:15:04 +0300",
		"Mon,  23 Nov 2026   10:15:04 +0300",
	} {
		got, err := parseDate(in)
		if err != nil || got.Format("2006-01-02T15:04:05-07:00") != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "вчера", "23-11-2026, ночь"} {
		if got, err := parseDate(in); err == nil {
			t.Errorf("%q read as %v", in, got)
		}
	}
}

func TestMessageIDs(t *testing.T) {
	for in, want := range map[string]string{
		"<a@b>":                       "a@b",
		"<a@b> <c@d>":                 "a@b|c@d",
		"<a@\tb>":                     "a@b",
		"a@b":                         "a@b",
		"<a@b":                        "a@b",
		"":                            "",
		"Your letter of Monday <x@y>": "x@y",
	} {
		if got := strings.Join(messageIDs(in), "|"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestSplitHeader(t *testing.T) {
	for in, want := range map[string]struct{ fields, body string }{
		"A: 1\r\nB: 2\r\n\r\nbody\r\n":             {"A=1,B=2", "body\r\n"},
		"A: 1\n 2\n\t3\n\nbody":                    {"A=1 2 3", "body"},
		"From x Mon Nov 23 2026\nA: 1\n\nbody":     {"A=1", "body"},
		"A: 1\r\r\nB: 2\r\r\n\r\r\nbody":           {"A=1,B=2", "body"},
		"A: 1\rB: 2\r\rbody":                       {"A=1,B=2", "body"},
		"A: 1\nname=\"x\"\nB: 2\n\nbody":           {"A=1 name=\"x\",B=2", "body"},
		"A: 1\nЗдравствуйте, это письмо\nещё\n":    {"A=1", "Здравствуйте, это письмо\nещё\n"},
		"A: 1\nName: Иван\nПоле: значение\n":       {"A=1,Name=Иван", "Поле: значение\n"},
		"просто текст\nA: 1\n":                     {"", "просто текст\nA: 1\n"},
		"\n\nA: 1\n\nbody":                         {"A=1", "body"},
		"A: 1\n--B\nContent-Type: text/plain\n\nx": {"A=1", "--B\nContent-Type: text/plain\n\nx"},
		"A : 1\n\nbody":                            {"A=1", "body"},
		"A: 1":                                     {"A=1", ""},
		"":                                         {"", ""},
		"\xef\xbb\xbfA: 1\n\nbody":                 {"A=1", "body"},
	} {
		fields, body := splitHeader([]byte(in))
		var got []string
		for _, f := range fields {
			got = append(got, f.name+"="+f.value)
		}
		if strings.Join(got, ",") != want.fields || string(body) != want.body {
			t.Errorf("%q: %q, %q", in, got, body)
		}
	}
}
