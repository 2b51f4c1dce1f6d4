package filetext

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
)

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOf(t *testing.T) {
	docx := zipped(t, map[string]string{
		"word/document.xml": `<w:document xmlns:w="w"><w:p><w:r><w:t>Договор</w:t></w:r><w:tab/><w:r><w:t>поставки</w:t></w:r></w:p><w:p><w:t>п. 1</w:t></w:p></w:document>`,
		"word/styles.xml":   `<s>не текст</s>`,
	})
	xlsx := zipped(t, map[string]string{
		"xl/sharedStrings.xml":     `<sst><si><t>Товар</t></si><si><t>Цена</t></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><row><c><f>SUM(A1)</f><v>15000</v></c></row></worksheet>`,
	})
	odt := zipped(t, map[string]string{"content.xml": `<o:doc xmlns:o="o"><o:p>Счёт<o:line-break/>на оплату</o:p></o:doc>`})
	for _, test := range []struct {
		name string
		data []byte
		want []string
		not  string
	}{
		{"a.txt", []byte("\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0"), []string{"Привет, мир"}, ""},
		{"a.html", []byte("<p>Счёт <b>№ 5</b></p><script>x()</script>"), []string{"Счёт № 5"}, "x()"},
		{"A.DOCX", docx, []string{"Договор\tпоставки", "п. 1"}, "не текст"},
		{"a.xlsx", xlsx, []string{"Товар", "15000"}, "SUM"},
		{"a.odt", odt, []string{"Счёт\nна оплату"}, ""},
		{"a.eml", []byte("Subject: Zakaz\r\n\r\nbody\r\n"), []string{"Zakaz", "body"}, ""},
	} {
		got, ok := Of(test.name, test.data)
		if !ok {
			t.Errorf("%s: not read", test.name)
		}
		for _, w := range test.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q lacks %q", test.name, got, w)
			}
		}
		if test.not != "" && strings.Contains(got, test.not) {
			t.Errorf("%s: %q holds %q", test.name, got, test.not)
		}
	}
}

func TestOfRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"a.pdf":  []byte("%PDF-1.4"),
		"a.docx": []byte("no zip"),
		"b.docx": zipped(t, map[string]string{"other.xml": "<a/>"}),
		"c.txt":  {'a', 0, 'b'},
		"d.txt":  make([]byte, MaxSize+1),
	} {
		if text, ok := Of(name, data); ok {
			t.Errorf("%s: read as %q", name, text)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("a.docx", zipped(f, map[string]string{"word/document.xml": "<a>x</a>"}))
	f.Add("a.html", []byte("<p>x"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if text, ok := Of(name, data); !ok && text != "" {
			t.Errorf("text %q of a file that was not read", text)
		}
	})
}
