package form_test

import (
	"os"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/form"
	"github.com/google/go-cmp/cmp"
)

// changed lists the lines that differ: removed ones with "-", added ones with "+". Lines stay in order.
func changed(before, after string) []string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	next := make([][]int, len(a)+1) // longest common subsequence from i, j
	for i := range next {
		next[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				next[i][j] = next[i+1][j+1] + 1
			} else {
				next[i][j] = max(next[i+1][j], next[i][j+1])
			}
		}
	}
	var out []string
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && next[i+1][j] >= next[i][j+1]:
			out = append(out, "-"+a[i])
			i++
		default:
			out = append(out, "+"+b[j])
			j++
		}
	}
	return out
}

func TestEditsTouchOnlyTheirLines(t *testing.T) {
	const path = "forms/clients.yaml"
	src, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		edit func() ([]byte, error)
		want []string
	}{
		{"add", func() ([]byte, error) {
			return form.AddField(path, src, "rating", "work", "manager", []form.FieldKey{{Key: "type", Value: "int"}, {Key: "label.en", Value: "Rating"}, {Key: "label.ru", Value: "Оценка"}})
		}, []string{"+  - {field: rating, type: int, label: {en: Rating, ru: Оценка}}"}},
		{"set label", func() ([]byte, error) {
			return form.SetField(path, src, "site", []form.FieldKey{{Key: "label.ru", Value: "Веб-сайт"}, {Key: "required", Value: "true"}})
		}, []string{"-  - {field: site, type: text, label: {en: Site, ru: Сайт}}", "+  - {field: site, type: text, label: {en: Site, ru: Веб-сайт}, required: true}"}},
		{"rename", func() ([]byte, error) {
			return form.SetField(path, src, "bik", []form.FieldKey{{Key: "field", Value: "bank_code"}})
		}, []string{"-  - {field: bik, type: bik, label: {en: BIK, ru: БИК}}",
			"-  - {field: account, type: account, bik: bik, label: {en: Account, ru: Расчётный счёт}}",
			"-  - {field: corr_account, type: account, bik: bik, label: {en: Correspondent account, ru: Корр. счёт}}",
			"+  - {field: bank_code, type: bik, label: {en: BIK, ru: БИК}, was: [bik]}",
			"+  - {field: account, type: account, bik: bank_code, label: {en: Account, ru: Расчётный счёт}}",
			"+  - {field: corr_account, type: account, bik: bank_code, label: {en: Correspondent account, ru: Корр. счёт}}"}},
		{"move", func() ([]byte, error) { return form.MoveField(path, src, "full_name", "", "site") },
			[]string{"-  - {field: full_name, type: text, label: {en: Full name, ru: Полное наименование}}",
				"+  - {field: full_name, type: text, label: {en: Full name, ru: Полное наименование}}"}},
		{"move to a group", func() ([]byte, error) { return form.MoveField(path, src, "site", "marketing", "") },
			[]string{"-  - {field: site, type: text, label: {en: Site, ru: Сайт}}", "+  - {field: site, type: text, label: {en: Site, ru: Сайт}}"}},
		{"remove", func() ([]byte, error) { return form.RemoveField(path, src, "site") },
			[]string{"-  - {field: site, type: text, label: {en: Site, ru: Сайт}}"}},
	}
	for _, tt := range tests {
		out, err := tt.edit()
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, changed(string(src), string(out))); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestEditsThatAreRefused(t *testing.T) {
	const path = "forms/clients.yaml"
	src, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		edit func() ([]byte, error)
		want string
	}{
		"add twice": {func() ([]byte, error) { return form.AddField(path, src, "inn", "", "", nil) }, "is there already"},
		"no label":  {func() ([]byte, error) { return form.AddField(path, src, "x", "", "", nil) }, `missing key "label"`},
		"bad type": {func() ([]byte, error) {
			return form.SetField(path, src, "site", []form.FieldKey{{Key: "type", Value: "texts"}})
		}, `did you mean "text"`},
		"unknown": {func() ([]byte, error) { return form.RemoveField(path, src, "sit") }, `did you mean "site"`},
		"reserved": {func() ([]byte, error) {
			return form.SetField(path, src, "site", []form.FieldKey{{Key: "field", Value: "number"}})
		}, "reserved"},
		"only one":      {func() ([]byte, error) { return form.RemoveField(path, src, "contacts") }, "the only one"},
		"unknown group": {func() ([]byte, error) { return form.MoveField(path, src, "site", "markting", "") }, `did you mean "marketing"`},
	} {
		if _, err := tt.edit(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
