package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// nasty draws texts with what upsets layouts: wide and joined characters,
// controls, long words, blanks, line breaks.
func nasty() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{"ООО «Ромашка»", "日本株式会社", "👨‍👩‍👧", "é", "\t", "\n", "\x1b[31m", " ", "  ", "…", "\u202e", "\u00a0", "Ё", "очень-длинное-слово-без-пробелов", "\r\n", "\xff", "|", "%"}),
		rapid.StringN(0, 20, -1),
	)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "pieces"), "")
	})
}

func TestNoLineIsWiderThanTheOutput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Style{Width: rapid.IntRange(64, 160).Draw(t, "width"), Language: rapid.SampledFrom([]string{"ru", "en"}).Draw(t, "lang")}
		text := nasty()
		date := time.Date(2026, 11, rapid.IntRange(1, 28).Draw(t, "day"), 10, 0, 0, 0, zone())
		table := Table{Border: Border(rapid.IntRange(0, 1).Draw(t, "border"))}
		for range rapid.IntRange(1, 6).Draw(t, "columns") {
			table.Columns = append(table.Columns, Column{
				Title: text.Draw(t, "title"), Align: Align(rapid.IntRange(0, 2).Draw(t, "align")),
				Flex: rapid.Bool().Draw(t, "flex"), Wrap: rapid.Bool().Draw(t, "wrap"), Max: rapid.SampledFrom([]int{0, 10, 30}).Draw(t, "max"),
			})
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			var row []Cell
			for range rapid.IntRange(0, len(table.Columns)).Draw(t, "cells") {
				row = append(row, Cell{Text: text.Draw(t, "cell")})
			}
			table.Rows = append(table.Rows, row)
		}
		card := Card{Number: text.Draw(t, "number"), Form: text.Draw(t, "form"), Title: text.Draw(t, "title"), Status: text.Draw(t, "status"), Now: date}
		card.Groups = []Group{{Title: text.Draw(t, "group"), Fields: []Field{
			{Label: text.Draw(t, "label"), Value: text.Draw(t, "value")}, {Label: "x", Value: text.Draw(t, "value")}, {Label: text.Draw(t, "label"), Table: &table},
		}}}
		task := Task{ID: "INQ-2026-000042/1", Title: text.Draw(t, "task"), Document: text.Draw(t, "document"), Who: []string{text.Draw(t, "who"), "x"}, State: text.Draw(t, "state"), Due: date}
		card.Tasks = []Task{task}
		card.Links = []Link{{Heading: text.Draw(t, "heading"), Number: "CLI-000001", Title: text.Draw(t, "link"), Status: text.Draw(t, "status")}}
		card.Files = []File{{Name: text.Draw(t, "file"), Size: 1, By: text.Draw(t, "by"), At: date}}
		card.Letters = []Letter{{At: date, To: text.Draw(t, "to"), Subject: text.Draw(t, "subject"), State: text.Draw(t, "state")}}
		card.Comments = []Comment{{At: date, By: text.Draw(t, "by"), Text: text.Draw(t, "comment")}}
		calendar := Calendar{From: date, To: date.AddDate(0, 0, 2), Now: date, Days: []Day{{Date: date, Note: text.Draw(t, "note")}}, Events: []Event{
			{Start: date, Title: text.Draw(t, "event"), Kind: text.Draw(t, "kind"), Number: "WRK-2026-000001", Client: text.Draw(t, "client")},
		}}
		report := Report{Title: text.Draw(t, "title"), Params: []ReportParam{{Title: text.Draw(t, "param"), Value: text.Draw(t, "value")}}, Note: text.Draw(t, "note"),
			Columns: []ReportColumn{{"a", text.Draw(t, "title"), "text"}, {"b", text.Draw(t, "title"), "money"}},
			Rows:    [][]Datum{{{Value: text.Draw(t, "cell")}, {Value: "1000000.00"}}}}
		for name, draw := range map[string]func(io.Writer) error{
			"table":  func(w io.Writer) error { return s.Table(w, table) },
			"card":   func(w io.Writer) error { return s.Card(w, card) },
			"tasks":  func(w io.Writer) error { return s.Tasks(w, date, []Task{task}) },
			"week":   func(w io.Writer) error { return s.Week(w, calendar) },
			"month":  func(w io.Writer) error { return s.MonthGrid(w, calendar) },
			"report": func(w io.Writer) error { return s.Report(w, report) },
		} {
			var b bytes.Buffer
			if err := draw(&b); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if n := Width(line); n > s.Width {
					t.Fatalf("%s: %d columns of %d: %q", name, n, s.Width, line)
				}
				if strings.ContainsAny(line, "\x1b\t\r\u202e") {
					t.Fatalf("%s: a control character got through: %q", name, line)
				}
			}
		}
	})
}

func TestNumbersAreNeverShortened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Style{Width: rapid.IntRange(64, 100).Draw(t, "width"), Language: "ru"}
		var table Table
		var row []Cell
		for range rapid.IntRange(1, 12).Draw(t, "columns") {
			table.Columns = append(table.Columns, Column{Title: "Сумма договора", Align: Right})
			row = append(row, Cell{Text: s.Money(fmt.Sprintf("%d.%02d", rapid.Int64Min(0).Draw(t, "whole"), rapid.IntRange(0, 99).Draw(t, "cents")))})
		}
		table.Rows = [][]Cell{row}
		var b bytes.Buffer
		if err := s.Table(&b, table); err != nil {
			t.Fatal(err)
		}
		for _, cell := range row {
			if !strings.Contains(b.String(), cell.Text) {
				t.Fatalf("%q is not in\n%s", cell.Text, b.String())
			}
		}
	})
}

// TestLibraryAndLinesAgree compares the two ways a table is drawn.
func TestLibraryAndLinesAgree(t *testing.T) {
	for _, border := range []Border{Open, Boxed} {
		for _, color := range []bool{false, true} {
			s := Style{Width: 100, Color: color, Language: "ru"}
			table := sampleTable(s, border)
			var library, lines bytes.Buffer
			if err := s.Table(&library, table); err != nil {
				t.Fatal(err)
			}
			rows := table.Rows
			table.Rows = nil
			for len(table.Rows) <= libraryRows {
				table.Rows = append(table.Rows, rows...)
			}
			if err := s.Table(&lines, table); err != nil {
				t.Fatal(err)
			}
			a, b := strings.Split(library.String(), "\n"), strings.Split(lines.String(), "\n")
			head := len(a) - 6 // footer and end are further down in the long table
			if diff := cmp.Diff(a[:head], b[:head]); diff != "" {
				t.Errorf("border %d, color %v (-tablewriter +lines):\n%s", border, color, diff)
			}
			if diff := cmp.Diff(a[len(a)-4:], b[len(b)-4:]); diff != "" {
				t.Errorf("border %d, color %v, end (-tablewriter +lines):\n%s", border, color, diff)
			}
		}
	}
}

type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestWriteErrorsAreReported(t *testing.T) {
	s := Style{Language: "ru"}
	for name, draw := range map[string]func(io.Writer) error{
		"table": func(w io.Writer) error { return s.Table(w, sampleTable(s, Open)) },
		"card":  func(w io.Writer) error { return s.Card(w, sampleCard(s)) },
		"json":  func(w io.Writer) error { return JSON(w, Object{}) },
		"csv":   func(w io.Writer) error { return ReportCSV(w, sampleReport(s), false) },
		"plain": func(w io.Writer) error { return PlainTable(w, sampleTable(s, Open)) },
		"week":  func(w io.Writer) error { return s.Week(w, sampleCalendar(s)) },
	} {
		if err := draw(&failing{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTruncateAndWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{"короткий", 8, "короткий"},
		{"Общество с ограниченной", 12, "Общество с…"},
		{"Общество с ограниченной", 20, "Общество с ограниче…"},
		{"Ромашка и партнёры", 10, "Ромашка и…"},
		{"日本株式会社", 5, "日本…"},
		{"日本", 3, "日…"},
		{"abc", 1, "…"},
		{"abc", 0, ""},
	} {
		got := truncate(test.text, test.width)
		if Width(got) > test.width {
			t.Errorf("truncate(%q, %d) = %q is too wide", test.text, test.width, got)
		}
		if got != test.want {
			t.Errorf("truncate(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
		}
	}
	got := wrap([]string{"один два три", "", "оченьдлинноеслово да"}, 8)
	want := []string{"один два", "три", "", "оченьдли", "нноеслов", "о да"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wrap (-want +got):\n%s", diff)
	}
}

func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(nasty().Draw(t, "text"))
		width := rapid.IntRange(2, 30).Draw(t, "width")
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := strings.Join(wrapLine(text, width), ""); squeeze(got) != squeeze(text) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestHuman(t *testing.T) {
	for _, test := range []struct{ kind, value, ru, en string }{
		{"money", "1500000.00", "1 500 000,00", "1,500,000.00"},
		{"money", "-0.5", "-0,50", "-0.50"},
		{"money", "1234.567", "1 234,567", "1,234.567"},
		{"money", "о сумме", "о сумме", "о сумме"},
		{"decimal", "12.5", "12,5", "12.5"},
		{"int", "1000", "1 000", "1,000"},
		{"percent", "66.7", "66,7 %", "66.7 %"},
		{"date", "2026-11-23", "23.11.2026", "2026-11-23"},
		{"date", "soon", "soon", "soon"},
		{"datetime", "2026-11-23T10:15:04+03:00", "23.11.2026 10:15", "2026-11-23 10:15"},
		{"bool", "true", "да", "yes"},
		{"duration", "1wd4wh", "1 раб. дн. 4 раб. ч", "1 working day 4 working h"},
		{"duration", "4x", "4x", "4x"},
		{"hours", "1000.25", "1 000,25", "1,000.25"},
		{"month", "2026-11", "Ноябрь 2026", "November 2026"},
		{"week", "2026-W48", "23.11–29.11.2026", "2026-W48"},
		{"week", "2027-W53", "2027-W53", "2027-W53"},
		{"quarter", "2026-Q4", "IV кв. 2026", "2026-Q4"},
		{"text", "1000", "1000", "1000"},
		{"money", "", "", ""}, {"date", "", "", ""}, {"percent", "", "", ""},
	} {
		for lang, want := range map[string]string{"ru": test.ru, "en": test.en} {
			got := strings.ReplaceAll(Style{Language: lang}.Human(test.kind, test.value), "\u00a0", " ")
			if got != want {
				t.Errorf("%s %q in %s: %q, want %q", test.kind, test.value, lang, got, want)
			}
		}
	}
	for n, want := range map[int64]string{0: "0 Б", 999: "999 Б", 1000: "1 кБ", 18233: "18 кБ", 2_450_000: "2,5 МБ", 999_999: "1 МБ"} {
		if got := strings.ReplaceAll(Style{Language: "ru"}.Size(n), "\u00a0", " "); got != want {
			t.Errorf("size of %d: %q, want %q", n, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	type inner struct {
		TaskID  int `json:"task"`
		DueDate time.Time
		Hidden  string `json:"-"`
	}
	type embedded struct{ Base string }
	value := struct {
		embedded
		Number   string            `json:"number"`
		Links    []string          `json:"links"`
		Tasks    []inner           `json:"tasks"`
		Card     map[string]string `json:"card"`
		Note     string            `json:"note,omitempty"`
		Client   *inner            `json:"client"`
		Any      any
		INNOfOrg string
	}{Number: "INQ-2026-000042", Tasks: []inner{{TaskID: 1, DueDate: at(11, 23, 10, 0)}, {}}, Card: map[string]string{"b": "<&>", "a": "«Ё»"}, Any: []int(nil)}
	value.Base = "x"
	var b bytes.Buffer
	if err := JSON(&b, value); err != nil {
		t.Fatal(err)
	}
	want := `{"schema":"e1/1","base":"x","number":"INQ-2026-000042","links":[],"tasks":[{"task":1,"due_date":"2026-11-23T10:00:00+03:00"},{"task":0,"due_date":null}],` +
		`"card":{"a":"«Ё»","b":"<&>"},"client":null,"any":[],"inn_of_org":""}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := JSON(&b, Object{{"text", "\x1b[31m\a\u202e\u009b\x7f«Ё»"}}); err != nil {
		t.Fatal(err)
	}
	if want := `{"schema":"e1/1","text":"\u001b[31m\u0007\u202e\u009b\u007f«Ё»"}` + "\n"; b.String() != want {
		t.Errorf("control characters give %s", b.String())
	}
	b.Reset()
	if err := ErrorJSON(&b, Failure{Code: "not_found", Message: `no document "INQ-1"`}); err != nil {
		t.Fatal(err)
	}
	if want := `{"schema":"e1/1","error":{"code":"not_found","message":"no document \"INQ-1\"","hint":"","at":[]}}` + "\n"; b.String() != want {
		t.Errorf("error object is %s", b.String())
	}
	for _, bad := range []any{1, []int{1}, map[int]string{1: "x"}, func() {}} {
		if err := JSON(io.Discard, bad); err == nil {
			t.Errorf("%T was written", bad)
		}
	}
}

func TestPlain(t *testing.T) {
	var b bytes.Buffer
	err := PlainTable(&b, Table{Columns: make([]Column, 3), Rows: [][]Cell{Row("a\tb", `c\d`, "e\nf\r"), Row("только первая")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := PlainTable(&b, Table{Rows: [][]Cell{{{Text: "x"}, {Text: "Title", Raw: "id"}, {Text: "\x1b[31m\a\u202eЁ"}}}}); err != nil {
		t.Fatal(err)
	}
	if want := "a\\tb\tc\\\\d\te\\nf\\r\nтолько первая\t\t\nx\tid\t\\x1b[31m\\x07\\u202eЁ\n"; b.String() != want {
		t.Errorf("got %q", b.String())
	}
}

func sampleProblems() Problems {
	return Problems{
		Files: 12,
		List: diag.List{
			{Code: "R012", Slug: "join-waits-forever", Message: `step "sign" waits for 2 branches`, At: diag.Span{File: "routes/contract.yaml", Start: diag.Pos{Line: 2, Column: 5}, End: diag.Pos{Line: 2, Column: 14}},
				Path: []string{"start", "legal"}, Help: "let the branch arrive with `leave`",
				Related: []diag.Related{{At: diag.Span{File: "routes/contract.yaml", Start: diag.Pos{Line: 1, Column: 3}, End: diag.Pos{Line: 1, Column: 7}}, Message: "this jump"}}},
			{Code: "P006", Slug: "unknown-name", Severity: diag.Warning, Message: "unknown name", At: diag.Span{File: "reports/x.yaml"}},
		},
		Source: func(file string) []byte {
			if file == "routes/contract.yaml" {
				return []byte("- go: архив\n    join: all\n")
			}
			return nil
		},
	}
}

func TestProblems(t *testing.T) {
	// A headline is one line for the programs that read it, however long.
	goldenOf(t, "problems-text", false, func(s Style, w io.Writer) error { return s.Problems(w, "text", sampleProblems()) })
	for _, format := range Formats() {
		var b bytes.Buffer
		if err := (Style{}).Problems(&b, format, sampleProblems()); err != nil {
			t.Fatal(err)
		}
		head := "routes/contract.yaml:2:5: error R012 join-waits-forever: step \"sign\" waits for 2 branches\n"
		switch format {
		case "json":
			want := `{"schema":"e1/1","files":12,"problems":[{"code":"R012","slug":"join-waits-forever","severity":"error","message":"step \"sign\" waits for 2 branches","file":"routes/contract.yaml","line":2,"column":5,"end_line":2,"end_column":14,"related":[{"file":"routes/contract.yaml","line":1,"column":3,"message":"this jump"}],"path":["start","legal"],"help":"let the branch arrive with ` + "`leave`" + `"},` +
				`{"code":"P006","slug":"unknown-name","severity":"warning","message":"unknown name","file":"reports/x.yaml","line":0,"column":0,"end_line":0,"end_column":0,"related":[],"path":[],"help":""}]}` + "\n"
			if diff := cmp.Diff(want, b.String()); diff != "" {
				t.Errorf("json (-want +got):\n%s", diff)
			}
		default:
			if !strings.HasPrefix(b.String(), head) {
				t.Errorf("%s begins otherwise:\n%s", format, b.String())
			}
		}
	}
	if err := (Style{}).Problems(io.Discard, "sarf", Problems{}); err == nil || !strings.Contains(err.Error(), `"sarf"`) {
		t.Errorf("unknown format: %v", err)
	}
}

func TestProgressWaitsASecond(t *testing.T) {
	var b bytes.Buffer
	now := at(11, 23, 10, 0)
	p := newProgress(&b, Style{}, "building the index", 100, func() time.Time { return now })
	p.Add(10)
	if b.Len() > 0 {
		t.Errorf("shown at once: %q", b.String())
	}
	now = now.Add(2 * time.Second)
	p.Add(10)
	if !strings.Contains(b.String(), "building the index") || !strings.Contains(b.String(), "20/100") {
		t.Errorf("not shown after two seconds: %q", b.String())
	}
	p.Set(500) // more than promised
	p.Close()
	shown := b.Len()
	p.Add(1)
	if b.Len() != shown {
		t.Error("shown again after the end")
	}
	none := NewProgress(&b, false, Style{}, "x", 1)
	none.Add(1)
	none.Total(5)
	none.Set(3)
	none.Close()
	if none != nil || b.Len() != shown {
		t.Error("something was written where there is no terminal")
	}
}
