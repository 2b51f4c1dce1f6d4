package message

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	gomessage "github.com/emersion/go-message"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"
)

const start = "From: Иван <ivan@example.invalid>\r\nSubject: s\r\n"

func names(m *Message) string {
	var out []string
	for _, a := range m.Attachments {
		out = append(out, a.Name)
	}
	return strings.Join(out, "|")
}

func TestStructure(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	for _, test := range []struct{ why, letter, text, attached string }{
		{"plain", start + "\r\nПривет,\r\nмир  \r\n\r\n", "Привет,\nмир", ""},
		{"no header", "просто текст\n", "просто текст", ""},
		{"no body", start, "", ""},
		{"base64", start + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64([]byte("Привет")) + "\r\n", "Привет", ""},
		{"base64 in pieces, with rubbish", start + "Content-Transfer-Encoding: BASE64\r\n\r\n" + b64([]byte("Приве")) + "\r\n!*" + b64([]byte("т мир")) + "\r\n", "Привет мир", ""},
		{"quoted-printable", start + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=D0=9F=D1=80=D0=B8=\r\n=D0=B2=D0=B5=D1=82 = 5 =ZZ=  \r\n!\r\n", "Привет = 5 =ZZ!", ""},
		{"declared koi8-r", start + "Content-Type: text/plain; charset=koi8-r\r\n\r\n" + encode(t, charmap.KOI8R, "Привет"), "Привет", ""},
		{"nothing declared", start + "\r\n" + encode(t, charmap.Windows1251, "Добрый день! Просим выставить счёт."), "Добрый день! Просим выставить счёт.", ""},
		{"declared ascii", start + "Content-Type: text/plain; charset=us-ascii\r\n\r\n" + encode(t, charmap.CodePage866, "Добрый день!"), "Добрый день!", ""},
		{"declared cp1251, is UTF-8", start + "Content-Type: text/plain; charset=windows-1251\r\n\r\nДобрый день", "Добрый день", ""},
		{"declared UTF-8, is cp1251", start + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + encode(t, charmap.Windows1251, "Добрый день, коллеги"), "Добрый день, коллеги", ""},
		{"unknown set", start + "Content-Type: text/plain; charset=x-klingon\r\n\r\nДобрый день", "Добрый день", ""},
		{"nested", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\nfor old programs\r\n--A\r\nContent-Type: multipart/alternative; boundary=AB\r\n\r\n--AB\r\n\r\nтекст\r\n--AB\r\nContent-Type: text/html\r\n\r\n<p>HTML\r\n--AB--\r\n--A\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--A--\r\nafter\r\n", "текст", "a.pdf"},
		{"boundary not closed", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nтекст\r\n--A\r\nContent-Type: image/png\r\n\r\npng", "текст", "attachment-1.png"},
		{"boundary absent", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\nтекст без границ\r\n", "текст без границ", ""},
		{"boundary wrong", start + "Content-Type: multipart/mixed; boundary=wrong\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nтекст\r\n--B--\r\n", "текст", ""},
		{"boundary not declared", start + "Content-Type: multipart/mixed\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nтекст\r\n--B--\r\n", "текст", ""},
		{"boundary inside a line", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nтекст --A и --AB\r\n--AB\r\nконец\r\n--A--\r\n", "текст --A и --AB\n--AB\nконец", ""},
		{"several texts", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nодин\r\n--A\r\nContent-Type: text/html\r\n\r\n<p>два\r\n--A--\r\n", "один\n\nдва", ""},
		{"attached text", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nтекст\r\n--A\r\nContent-Type: text/plain; name=list.txt\r\n\r\nсписок\r\n--A--\r\n", "текст", "list.txt"},
		{"only HTML", start + "Content-Type: text/html; charset=utf-8\r\n\r\n<p>один<p>два", "один\n\nдва", ""},
		{"HTML says its set", start + "Content-Type: text/html\r\n\r\n<meta charset=koi8-r>" + encode(t, charmap.KOI8R, "кот"), "кот", ""},
		{"plain part is a stub", start + "Content-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\n\r\nВаша программа не показывает HTML\r\n--A\r\nContent-Type: text/html\r\n\r\n<p>" + strings.Repeat("Настоящий текст письма. ", 20) + "\r\n--A--\r\n", strings.TrimSpace(strings.Repeat("Настоящий текст письма. ", 20)), ""},
		{"plain part is blank", start + "Content-Type: multipart/alternative; boundary=A\r\n\r\n--A\r\n\r\n \r\n--A\r\nContent-Type: text/html\r\n\r\n<p>текст\r\n--A--\r\n", "текст", ""},
		{"winmail", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nтекст\r\n--A\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+Ig==\r\n--A--\r\n", "текст", "winmail.dat"},
		{"forwarded", start + "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n\r\nтекст\r\n--A\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?0JfQsNC/0YDQvtGB?=\r\n\r\nвнутри\r\n--A--\r\n", "текст", "Запрос.eml"},
		{"a path as a name", start + "Content-Type: application/pdf; name=\"C:\\docs\\a.pdf\"\r\n\r\n%PDF", "", "a.pdf"},
		{"flowed", start + "Content-Type: text/plain; charset=utf-8; format=flowed\r\n\r\nодна \r\nстрока\r\n> цитата \r\n> дальше\r\n-- \r\nподпись\r\n", "одна строка\n> цитата дальше\n--\nподпись", ""},
		{"control characters", start + "\r\na\x00b\x07c\td\fe\r\n", "abc\td\ne", ""},
		{"a type that is none", start + "Content-Type: text\r\n\r\nтекст", "текст", ""},
	} {
		m := Parse([]byte(test.letter))
		if m.Text != test.text {
			t.Errorf("%s: text %q, want %q", test.why, m.Text, test.text)
		}
		if names(m) != test.attached {
			t.Errorf("%s: attached %q, want %q", test.why, names(m), test.attached)
		}
	}
}

func TestProblemsAreTold(t *testing.T) {
	m := Parse([]byte("Date: вчера\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\nтекст\r\n"))
	want := []string{`the date "вчера" cannot be read`, `no part is marked by the boundary "A"; the letter is read as text`}
	if diff := cmp.Diff(want, m.Problems); diff != "" {
		t.Error(diff)
	}
	deep := "Subject: deep\r\n"
	for range 100 {
		deep += "Content-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n"
	}
	if m := Parse([]byte(deep + "\r\nтекст")); !strings.Contains(m.Text, "текст") {
		t.Errorf("a hundred multiparts inside each other: %q", m.Text)
	}
	many := "Content-Type: multipart/mixed; boundary=A\r\n\r\n" + strings.Repeat("--A\r\nContent-Type: image/png\r\n\r\nx\r\n", 3000)
	if m := Parse([]byte(many)); len(m.Attachments) != maxParts+1 || len(m.Problems) != 1 {
		t.Errorf("%d attachments, problems %v", len(m.Attachments), m.Problems)
	}
}

func TestHTML(t *testing.T) {
	for in, want := range map[string]string{
		"<p>один</p><p>два</p>":         "один\n\nдва",
		"один<br>два<br/>три":           "один\nдва\nтри",
		"<div>один</div><div>два</div>": "один\nдва",
		"много   \n пробелов&nbsp;и&nbsp;&laquo;знаков&raquo; &#8470;1": "много пробелов и «знаков» №1",
		"<style>p{}</style><script>x<y</script><title>t</title>текст":   "текст",
		"<ul><li>один</li><li>два</li></ul>":                            "- один\n- два",
		"<pre>a\n  b</pre>c": "a\n  b\nc",
		"<table><tr><td>Имя</td><td>Иван</td></tr><tr><td>Тел:</td><td>1</td></tr></table>":                                   "Имя: Иван\nТел: 1",
		"<table><tr><td>Имя<td>Иван<tr><td>Тел<td>1</table>после":                                                             "Имя: Иван\nТел: 1\n\nпосле",
		"<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>1</td><td></td><td>3</td></tr></table>":                        "a\tb\tc\n1\t\t3",
		"<table><tr><td><table><tr><td>Имя</td><td>Иван</td></tr></table></td><td><p>справа</p><p>ниже</p></td></tr></table>": "Имя: Иван: справа\n\nниже",
		"<table><tr><td><p>Адрес</p></td><td>Москва<br>Тверская</td></tr></table>":                                            "Адрес: Москва\nТверская",
		"<table><tr><td><div>a</div><div>b</div></td><td>c</td></tr></table>":                                                 "a\nb\nc",
		"<b>не закрыт <i>совсем":                                                                                              "не закрыт совсем",
		"</td></tr></table>текст":                                                                                             "текст",
		"<td>ячейка</td> текст":                                                                                               "ячейка текст",
		"":                                                                                                                    "",
		"a&lt;b&gt; &amp; <notag>":                                                                                            "a<b> &",
	} {
		if got := htmlText(in); got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestAutomatic(t *testing.T) {
	for header, want := range map[string]Automatic{
		"Subject: Вопрос":                         ByPerson,
		"Auto-Submitted: no":                      ByPerson,
		"Auto-Submitted: auto-replied (vacation)": AutoReply,
		"Auto-Submitted: auto-generated":          Generated,
		"Precedence: bulk":                        Bulk,
		"Precedence: auto_reply":                  AutoReply,
		"List-Id: <x.example.invalid>":            Bulk,
		"Return-Path: <>":                         Bounce,
		"Return-Path: <a@example.invalid>":        ByPerson,
		"X-Autoreply: yes":                        AutoReply,
		"From: MAILER-DAEMON@example.invalid":     Bounce,
		"From: postmaster@example.invalid":        ByPerson,
		"Subject: Автоответ: отпуск":              AutoReply,
		"Subject: Automatic reply: order":         AutoReply,
		"X-Failed-Recipients: a@example.invalid":  Bounce,
		"Content-Type: multipart/report; report-type=delivery-status; boundary=x":          Bounce,
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=x": AutoReply,
	} {
		kind, sign := Parse([]byte(header + "\r\n\r\nтекст\r\n")).Automatic()
		if kind != want || (kind != ByPerson) != (sign != "") {
			t.Errorf("%s: %s (%s), want %s", header, kind, sign, want)
		}
	}
}

func TestIdentity(t *testing.T) {
	letter := "From: a@example.invalid\r\nDate: Mon, 23 Nov 2026 10:15:04 +0300\r\nSubject: s t\r\nMessage-ID: <1@x>\r\nTo: b@example.invalid\r\n\r\nодин\r\nдва\r\n"
	id := Parse([]byte(letter)).Identity()
	for why, same := range map[string]string{
		"trace":       "Received: from x\r\nReturn-Path: <q@x>\r\nDelivered-To: c@example.invalid\r\n" + letter,
		"line ends":   strings.ReplaceAll(letter, "\r\n", "\n"),
		"folding":     strings.Replace(letter, "s t", "s\r\n t", 1),
		"blank lines": letter + "\r\n\r\n",
		"no last end": strings.TrimRight(letter, "\r\n"),
		"mbox":        "From x Mon Nov 23\r\n" + letter,
	} {
		if got := Parse([]byte(same)).Identity(); got != id {
			t.Errorf("%s: another identity", why)
		}
	}
	seen := map[string]string{id: "the letter"}
	for why, other := range map[string]string{
		"body":       strings.Replace(letter, "два", "три", 1),
		"subject":    strings.Replace(letter, "s t", "s u", 1),
		"date":       strings.Replace(letter, "10:15:04", "10:15:05", 1),
		"author":     strings.Replace(letter, "From: a@", "From: b@", 1),
		"message id": strings.Replace(letter, "<1@x>", "<2@x>", 1),
		"no id":      strings.Replace(letter, "Message-ID: <1@x>\r\n", "", 1),
		"moved":      strings.Replace(letter, "Subject: s t\r\nMessage-ID: <1@x>", "Subject: s\r\nMessage-ID: t <1@x>", 1),
		"blank line": strings.Replace(letter, "один\r\n", "один\r\n\r\n", 1),
	} {
		got := Parse([]byte(other)).Identity()
		if before, twice := seen[got]; twice {
			t.Errorf("%s has the identity of %s", why, before)
		}
		seen[got] = why
	}
}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../../repo-template/sample/mail/*.eml")
	if err != nil || len(paths) < 12 {
		t.Fatalf("%d sample letters, %v", len(paths), err)
	}
	out := map[string][]byte{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(path)] = b
	}
	return out
}

func TestSamples(t *testing.T) {
	all := samples(t)
	for name, raw := range all {
		m := Parse(raw)
		if !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text+m.Subject, utf8.RuneError) || m.Text == "" || m.Subject == "" {
			t.Errorf("%s: subject %q, text %q", name, m.Subject, m.Text)
		}
		if bytes.Count(raw, []byte("\n")) != bytes.Count(raw, []byte("\r\n")) {
			t.Errorf("%s: the line ends have been changed", name)
		}
		if !bytes.Equal(m.Raw(), raw) {
			t.Errorf("%s: the bytes have been changed", name)
		}
	}
	id := func(name string) string { return Parse(all[name]).Identity() }
	if id("01-order-cp1251.eml") != id("10-order-delivered-twice.eml") {
		t.Error("two deliveries of one letter have two identities")
	}
	if id("01-order-cp1251.eml") == id("02-training-utf8-qp.eml") {
		t.Error("two letters have one identity")
	}
}

// A second opinion: on well-formed letters the library finds the same parts.
func TestAgreesWithLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "attached")
		text := strings.TrimSpace(normalText(rapid.StringOf(rapid.RuneFrom([]rune("абвё abc.:;=_?\n"))).Draw(t, "text")))
		encoding := rapid.SampledFrom([]string{"base64", "quoted-printable"}).Draw(t, "encoding")
		name := rapid.StringOf(rapid.RuneFrom([]rune("абвё abc.№"))).Draw(t, "name")
		subject := strings.Join(strings.Fields(rapid.StringOf(rapid.RuneFrom([]rune("абвё abc,:"))).Draw(t, "subject")), " ")
		var h gomessage.Header
		h.SetContentType("multipart/mixed", nil)
		h.SetText("Subject", subject)
		var buf bytes.Buffer
		w, err := gomessage.CreateWriter(&buf, h)
		if err != nil {
			t.Fatal(err)
		}
		write := func(kind string, params map[string]string, disposition string, content []byte) {
			var ph gomessage.Header
			ph.SetContentType(kind, params)
			ph.Set("Content-Transfer-Encoding", encoding)
			if disposition != "" {
				ph.SetContentDisposition(disposition, map[string]string{"filename": name})
			}
			part, err := w.CreatePart(ph)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(content); err != nil {
				t.Fatal(err)
			}
			part.Close()
		}
		write("text/plain", map[string]string{"charset": "utf-8"}, "", []byte(text))
		write("application/octet-stream", nil, "attachment", body)
		w.Close()
		m := Parse(buf.Bytes())
		if m.Text != text || m.Subject != subject || len(m.Attachments) != 1 {
			t.Fatalf("text %q, subject %q, %d attachments from %q", m.Text, m.Subject, len(m.Attachments), buf.String())
		}
		a := m.Attachments[0]
		if encoding == "base64" && !bytes.Equal(a.Content, body) {
			t.Fatalf("content %q, want %q", a.Content, body)
		}
		if want := strings.TrimSpace(name); want != "" && a.Name != want {
			t.Fatalf("name %q, want %q", a.Name, want)
		}
	})
}

// big is a letter with an attachment of n bytes.
func big(n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i * 7)
	}
	var b bytes.Buffer
	b.WriteString(start + "Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nтекст\r\n--B\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	encoded := base64.StdEncoding.EncodeToString(content)
	for len(encoded) > 76 {
		b.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	b.WriteString(encoded + "\r\n--B--\r\n")
	return b.Bytes()
}

// An attachment costs its own size once, however large it is.
func TestMemory(t *testing.T) {
	const size = 20 << 20
	raw := big(size)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m := Parse(raw)
	m.Identity()
	runtime.ReadMemStats(&after)
	if len(m.Attachments) != 1 || len(m.Attachments[0].Content) != size {
		t.Fatal("the attachment is not there")
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > size*11/10+1<<20 {
		t.Errorf("%d bytes allocated for an attachment of %d", used, size)
	}
}

func BenchmarkParse(b *testing.B) {
	for name, raw := range map[string][]byte{"letter": samples(b)["05-letter-attachment-rfc2231.eml"], "attachment50MB": big(50 << 20)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(raw)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add(raw)
	}
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n\r\n----\r\n"))
	f.Add([]byte("Content-Type: text/html\n\n<table><tr><td><table><tr></table></td><td>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		m.Identity()
		m.Automatic()
		all := []string{m.Subject, m.Text, m.ID}
		all = append(all, m.Headers("From")...)
		all = append(all, m.Problems...)
		for _, a := range m.Attachments {
			all = append(all, a.Name, a.Type, a.ContentID)
			if a.Name == "" {
				t.Error("an attachment without a name")
			}
		}
		for _, a := range append(m.From, m.ReplyTo...) {
			all = append(all, a.Name, a.Address)
		}
		for _, s := range all {
			if !utf8.ValidString(s) {
				t.Errorf("not UTF-8: %q", s)
			}
		}
	})
}
