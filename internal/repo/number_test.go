package repo

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/e1-dms/e1/internal/form"
)

func TestNumberOfPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ path, number, form, owner string }{
		{"documents/clients/00/00/CLI-000001.yaml", "CLI-000001", "clients", ""},
		{"documents/inquiries/2026/00/42/INQ-2026-004242.yaml", "INQ-2026-004242", "inquiries", ""},
		{"documents/clients/00/00/CLI-000001/offer.pdf", "", "clients", "CLI-000001"},
		{"documents/clients/00/00/CLI-000001/OFFER.yaml", "", "clients", "CLI-000001"},
		{"documents/inquiries/2026/00/00/INQ-1/message.eml", "", "inquiries", "INQ-1"},
		{"documents/clients/00/00/cli-000001.yaml", "", "clients", ""},
		{"documents/clients/00/00/CLI-000001.yml", "", "clients", ""},
		{"documents/clients/00/aa/CLI-000001.yaml", "", "clients", ""},
		{"documents/clients/00/CLI-000001.yaml", "", "clients", ""},
		{"forms/clients/00/00/CLI-000001.yaml", "", "forms", ""},
		{"documents/clients/00/00/.yaml", "", "clients", ""},
		{"", "", "", ""},
	} {
		number, ok := numberOfPath(tt.path)
		if number != tt.number || ok != (tt.number != "") {
			t.Errorf("%q: number %q %v", tt.path, number, ok)
		}
		if got := OwnerOfPath(tt.path); got != tt.owner {
			t.Errorf("%q: owner %q", tt.path, got)
		}
		if got := formOfPath(tt.path); got != tt.form {
			t.Errorf("%q: form %q", tt.path, got)
		}
	}
}

// Whatever number a form gives, its path gives it back.
func TestNumberOfPathOf(t *testing.T) {
	t.Parallel()
	r := newShop(t).open()
	set, err := r.defs.Forms()
	must(t, err)
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(set.Forms()).Draw(t, "form")
		number := f.Numbers[0].WithPrefix(rapid.SampledFrom([]string{"", "A", "B2"}).Draw(t, "prefix")).Format(
			rapid.IntRange(1999, 2101).Draw(t, "year"), rapid.IntRange(1, 999_999_999).Draw(t, "seq"))
		p, err := form.PathOf(f, number)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := numberOfPath(p); !ok || got != number || formOfPath(p) != f.Name {
			t.Fatalf("%s lies at %s, which is %q of %q", number, p, got, formOfPath(p))
		}
	})
}
