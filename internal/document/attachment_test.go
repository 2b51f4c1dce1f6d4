package document

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestAttachmentName(t *testing.T) {
	tests := []struct {
		original string
		taken    []string
		want     string
	}{
		{"offer.pdf", nil, "offer.pdf"},
		{"offer.pdf", []string{"offer.pdf"}, "offer-2.pdf"},
		{"OFFER.PDF", []string{"offer.pdf", "Offer-2.pdf"}, "OFFER-3.PDF"},
		{"Договор № 5.docx", []string{"ДОГОВОР № 5.DOCX"}, "Договор № 5-2.docx"},
		{"straße.txt", []string{"STRASSE.TXT"}, "straße-2.txt"},
		{"и\u0306.txt", nil, "й.txt"},
		{"message.eml", nil, "message-2.eml"},
		{"Message.EML", nil, "Message-2.EML"},
		{".gitattributes", nil, "gitattributes"},
		{".git", nil, "git"},
		{"GIT~1", nil, "_GIT~1"},
		{"..", nil, "file"},
		{"", nil, "file"},
		{"  ", nil, "file"},
		{"...hidden", nil, "hidden"},
		{"-rf", nil, "rf"},
		{`C:\Документы\акт.pdf`, nil, "акт.pdf"},
		{"../../etc/passwd", nil, "passwd"},
		{"a/b/", nil, "b"},
		{"con", nil, "_con"},
		{"NUL.txt", nil, "_NUL.txt"},
		{"com1.tar.gz", nil, "_com1.tar.gz"},
		{"COM¹", nil, "_COM¹"},
		{"console.log", nil, "console.log"},
		{"a:b?c*.txt", nil, "a_b_c_.txt"},
		{"a\x00b\r\n.txt", nil, "ab  .txt"},
		{"invoice\u202efdp.exe", nil, "invoicefdp.exe"},
		{"name. . ", nil, "name"},
		{"\xff\xfe.pdf", nil, "_.pdf"},
		{strings.Repeat("ы", 150) + ".pdf", nil, strings.Repeat("ы", 98) + ".pdf"},
		{strings.Repeat("ы", 150) + ".pdf", []string{strings.Repeat("ы", 98) + ".pdf"}, strings.Repeat("ы", 97) + "-2.pdf"},
	}
	for _, tt := range tests {
		if got := AttachmentName(tt.original, tt.taken); got != tt.want {
			t.Errorf("AttachmentName(%q, %q) = %q, want %q", tt.original, tt.taken, got, tt.want)
		}
	}
}

func TestOriginalName(t *testing.T) {
	for _, tt := range []struct{ original, stored, want string }{
		{"offer.pdf", "offer.pdf", ""},
		{"a:b.txt", "a_b.txt", "a:b.txt"},
		{"\xff\xfe.pdf", "_.pdf", "\ufffd.pdf"},
		{"x\u200by.txt", "xy.txt", ""},
		{"invoice\u202efdp.exe", "invoicefdp.exe", ""},
		{"a\x00b\r\n.txt", "ab  .txt", ""},
		{"и\u0306.txt", "й.txt", ""},
	} {
		if got := OriginalName(tt.original, tt.stored); got != tt.want {
			t.Errorf("OriginalName(%q, %q) = %q, want %q", tt.original, tt.stored, got, tt.want)
		}
	}
}

func TestAttachmentNameRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := rapid.OneOf(rapid.String(), rapid.StringMatching(`[./\\ a-zA-Zы:~1-]{0,300}`),
			rapid.SampledFrom([]string{"con", "CON .txt", ".git", "message.eml", "git~1", "\u200b.git", ". .", "a. "})).Draw(t, "original")
		taken := rapid.SliceOf(rapid.SampledFrom([]string{"file", "a", "A", "con", "message.eml"})).Draw(t, "taken")
		got := AttachmentName(original, taken)
		switch {
		case got == "" || len(got) > nameLimit || !utf8.ValidString(got) || !norm.NFC.IsNormalString(got):
			t.Fatalf("%q: bad length or form", got)
		case strings.ContainsAny(got, "/\\:\x00\n") || strings.HasPrefix(got, ".") || strings.HasPrefix(got, "-") || strings.HasSuffix(got, ".") || strings.HasSuffix(got, " "):
			t.Fatalf("%q: bad characters", got)
		case reservedName(got) || foldName(got) == MessageName:
			t.Fatalf("%q is reserved", got)
		}
		for _, other := range taken {
			if foldName(other) == foldName(got) {
				t.Fatalf("%q is taken", got)
			}
		}
		if again := AttachmentName(got, nil); again != got {
			t.Fatalf("%q became %q", got, again)
		}
	})
}
