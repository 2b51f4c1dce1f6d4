package document

import (
	"fmt"
	"testing"
)

func TestVersions(t *testing.T) {
	d := &Document{Files: []File{
		{Name: "offer.pdf"}, {Name: "plan.xlsx", Original: "план: 1.xlsx"}, {Name: "offer-2.pdf", Of: "offer.pdf"}, {Name: "image.png"},
		{Name: "image-2.png", Original: "image.png"}, // another file of a letter
		{Name: "offer-3.pdf", Of: "offer.pdf"}, {Name: "a@2.txt"},
	}}
	for name, want := range map[string]string{
		"offer.pdf":    "offer-3.pdf",
		"offer.pdf@1":  "offer.pdf",
		"offer.pdf@2":  "offer-2.pdf",
		"offer.pdf@3":  "offer-3.pdf",
		"offer.pdf@4":  "",
		"offer.pdf@0":  "",
		"offer-2.pdf":  "offer-2.pdf",
		"plan.xlsx":    "plan.xlsx",
		"план: 1.xlsx": "plan.xlsx",
		"image.png":    "image.png",
		"image-2.png":  "image-2.png",
		"a@2.txt":      "a@2.txt",
		"nothing.pdf":  "",
	} {
		got, ok := d.File(name)
		if got.Name != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, got.Name, want)
		}
	}
	var latest []string
	for _, f := range d.Latest() {
		of, n := d.Version(f)
		latest = append(latest, fmt.Sprintf("%s %d", of, n))
	}
	if got, want := fmt.Sprint(latest), "[plan.xlsx 1 image.png 1 image-2.png 1 offer.pdf 3 a@2.txt 1]"; got != want {
		t.Errorf("latest %s, want %s", got, want)
	}
	for original, want := range map[string]string{"offer.pdf": "offer.pdf", "Offer.PDF": "offer.pdf", "/home/x/offer.pdf": "offer.pdf", "offer-2.pdf": "", "new.pdf": ""} {
		if got := d.SameFile(original); got != want {
			t.Errorf("%q is a version of %q, want %q", original, got, want)
		}
	}
	// A first version that a hand took away leaves the others as they are.
	d = &Document{Files: []File{{Name: "offer-2.pdf", Of: "offer.pdf"}}}
	if f, ok := d.File("offer.pdf"); !ok || f.Name != "offer-2.pdf" {
		t.Errorf("offer.pdf is %q", f.Name)
	}
}
