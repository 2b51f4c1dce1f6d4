package render

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// widths every golden file is made for.
func widths() []int { return []int{80, 100, 140} }

// golden compares what draw writes at each width and in both languages with
// files under testdata, and checks that no line is wider.
func golden(t *testing.T, name string, draw func(Style, io.Writer) error) {
	t.Helper()
	goldenOf(t, name, true, draw)
}

// goldenOf is golden for what may be wider than the output too.
func goldenOf(t *testing.T, name string, fitting bool, draw func(Style, io.Writer) error) {
	t.Helper()
	for _, lang := range []string{"ru", "en"} {
		for _, w := range widths() {
			style := Style{Width: w, Language: lang}
			var b bytes.Buffer
			if err := draw(style, &b); err != nil {
				t.Fatal(err)
			}
			if fitting {
				fits(t, b.String(), w)
			}
			path := filepath.Join("testdata", fmt.Sprintf("%s.%s.%d.txt", name, lang, w))
			if *update {
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// fits checks every line of a text against a width.
func fits(t testing.TB, text string, width int) {
	t.Helper()
	for i, line := range strings.Split(text, "\n") {
		if n := Width(line); n > width {
			t.Fatalf("line %d has %d columns of %d:\n%s", i+1, n, width, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Fatalf("line %d ends in blanks: %q", i+1, line)
		}
	}
}

func zone() *time.Location { return time.FixedZone("", 3*3600) }

func at(month time.Month, d, hour, minute int) time.Time {
	return time.Date(2026, month, d, hour, minute, 0, 0, zone())
}

// pick is a text in the style's language.
func pick(s Style, ru, en string) string {
	if s.Language == "ru" {
		return ru
	}
	return en
}

func sampleTable(s Style, border Border) Table {
	return Table{
		Border: border,
		Columns: []Column{
			{Title: pick(s, "Номер", "Number"), Whole: true},
			{Title: pick(s, "Наименование организации", "Name of the organisation"), Flex: true, Min: 12},
			{Title: pick(s, "Примечание", "Note"), Wrap: true, Max: 40},
			{Title: pick(s, "Менеджер", "Manager"), Max: 20},
			{Title: pick(s, "Сумма договора", "Amount"), Align: Right},
		},
		Rows: [][]Cell{
			{{Text: "CLI-000001", Tone: Accent}, {Text: "Общество с ограниченной ответственностью «Ромашка и партнёры»"}, {Text: "Первая строка.\nВторая строка, которая длиннее остальных и переносится."}, {Text: "Анна Петрова"}, {Text: s.Money("1500000.00")}},
			Row("CLI-000002", "АО «Ёлочка»", "", "Константин Константинопольский-Заде", s.Money("-0.5")),
			Row("CLI-000003", "日本株式会社 Tokyo", "e-mail\tи\tтабуляции", "ivanov", s.Money("12345678901234.99")),
		},
		Footer: [][]Cell{{{Text: pick(s, "Итого", "Total"), Tone: Strong}, {}, {}, {}, {Text: s.Money("12345680401234.49"), Tone: Strong}}},
	}
}

func TestTable(t *testing.T) {
	golden(t, "table-open", func(s Style, w io.Writer) error { return s.Table(w, sampleTable(s, Open)) })
	golden(t, "table-boxed", func(s Style, w io.Writer) error { return s.Table(w, sampleTable(s, Boxed)) })
}

func TestTableOfManyColumnsBecomesRecords(t *testing.T) {
	golden(t, "records", func(s Style, w io.Writer) error {
		table := Table{}
		for i := range 14 {
			table.Columns = append(table.Columns, Column{Title: fmt.Sprintf(pick(s, "Показатель %d", "Figure %d"), i+1), Align: Right})
		}
		for range 2 {
			row := make([]Cell, 14)
			for i := range row {
				row[i].Text = s.Money("1234567.00")
			}
			table.Rows = append(table.Rows, row)
		}
		return s.Table(w, table)
	})
}

func sampleCard(s Style) Card {
	lines := Table{
		Columns: []Column{
			{Title: pick(s, "Наименование", "Item"), Flex: true},
			{Title: pick(s, "Кол-во", "Qty"), Align: Right},
			{Title: pick(s, "Цена", "Price"), Align: Right},
			{Title: pick(s, "Сумма", "Sum"), Align: Right},
		},
		Rows: [][]Cell{
			Row("Обучение работе с электронной подписью, группа до двенадцати человек", "2", s.Money("15000"), s.Money("30000")),
			Row("Носитель", "12", s.Money("1800"), s.Money("21600")),
		},
	}
	return Card{
		Number: "INQ-2026-000042", Form: pick(s, "Обращение", "Inquiry"), Title: "ООО «Ромашка»",
		Status: pick(s, "В работе", "In work"), StatusTone: Warn, Now: at(11, 23, 12, 0),
		Facts: []Field{{Label: pick(s, "Зарегистрировано", "Registered"), Value: s.DateTime(at(11, 23, 10, 15)) + ", web-orders"}},
		Groups: []Group{
			{Title: pick(s, "Контакт", "Contact"), Fields: []Field{
				{Label: pick(s, "Контактное лицо", "Contact person"), Value: "Смирнова Ольга Викторовна"},
				{Label: pick(s, "Телефон", "Phone"), Value: "+7 495 123-45-67"},
				{Label: pick(s, "Эл. почта", "E-mail"), Value: "smirnova@romashka.example.invalid"},
			}},
			{Title: pick(s, "Заказ", "Order"), Fields: []Field{
				{Label: pick(s, "Состав заказа", "Order lines"), Table: &lines},
				{Label: pick(s, "Сумма заказа", "Total"), Value: s.Money("51600.00")},
				{Label: pick(s, "Расчётный счёт организации-плательщика с ключом", "The payer's account with its key"), Value: "40602810700000000025"},
			}},
			{Title: pick(s, "Обращение", "Request"), Fields: []Field{
				{Label: pick(s, "Текст обращения", "Text"), Value: "Добрый день!\n\nПросим провести обучение двенадцати сотрудников и подготовить рабочие места до конца года. Ответ ждём по почте.\x1b[31m"},
			}},
			{Title: "empty"},
		},
		Tasks: []Task{
			{ID: "1", Title: pick(s, "Связаться с клиентом", "Contact the client"), Who: []string{"Анна Петрова"}, State: pick(s, "открыто", "open"), Due: at(11, 20, 18, 0), Overdue: true},
			{ID: "2", Title: pick(s, "Выставить счёт", "Issue the invoice"), Who: []string{"Иван Иванов"}, Outcome: pick(s, "выполнено", "done"), Done: at(11, 19, 9, 5), Closed: true},
		},
		Links: []Link{
			{Heading: pick(s, "Клиент", "Client"), Number: "CLI-000123", Title: "Общество с ограниченной ответственностью «Ромашка и партнёры»", Status: pick(s, "Покупатель", "Customer"), Tone: Good},
		},
		Backlinks: []Link{
			{Heading: pick(s, "Работы", "Works"), Number: "WRK-2026-000001", Title: "Звонок: ООО «Ромашка»", Status: pick(s, "Выполнена", "Done")},
			{Heading: pick(s, "Работы", "Works"), Number: "WRK-2026-000002", Title: "Встреча: ООО «Ромашка»", Status: pick(s, "Запланирована", "Planned")},
			{Heading: pick(s, "Договоры", "Contracts"), Number: "CON-2026-000009", Title: "Поставка и обучение", Status: pick(s, "Согласование", "Approval")},
		},
		Files:    []File{{Name: "коммерческое предложение от 23 ноября, редакция 2.pdf", Size: 18233, By: "petrova", At: at(11, 23, 11, 0)}, {Name: "offer.txt", Size: 12, By: "petrova", At: at(11, 22, 11, 0)}},
		Letters:  []Letter{{At: at(11, 23, 10, 16), To: "smirnova@romashka.example.invalid", Subject: "Ваше обращение INQ-2026-000042", State: pick(s, "в очереди", "queued")}},
		Comments: []Comment{{At: at(11, 23, 11, 30), By: "Анна Петрова", Text: "Перезвонить после обеда: руководитель на совещании, решение по бюджету ещё не принято."}},
	}
}

func TestCard(t *testing.T) {
	golden(t, "card", func(s Style, w io.Writer) error { return s.Card(w, sampleCard(s)) })
}

func TestCardColors(t *testing.T) {
	s := Style{Width: 80, Color: true, Language: "ru"}
	var colored, plain bytes.Buffer
	if err := s.Card(&colored, sampleCard(s)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colored.String(), "\x1b[31m20.11 18:00\x1b[0m") {
		t.Error("the overdue deadline is not red")
	}
	s.Color = false
	if err := s.Card(&plain, sampleCard(s)); err != nil {
		t.Fatal(err)
	}
	stripped := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[36m", "").Replace(colored.String())
	if diff := cmp.Diff(plain.String(), stripped); diff != "" {
		t.Errorf("colors change the text (-plain +stripped):\n%s", diff)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Error("an escape sequence without colors: a value's own got through")
	}
}

func sampleTasks(s Style) []Task {
	return []Task{
		{ID: "INQ-2026-000042/1", Title: pick(s, "Связаться с клиентом", "Contact the client"), Document: "ООО «Ромашка»", Who: []string{"Анна Петрова"}, State: pick(s, "открыто", "open"), Due: at(11, 20, 18, 0)},
		{ID: "CON-2026-000009/3", Title: pick(s, "Согласовать договор", "Approve the contract"), Document: "Поставка и обучение, ООО «Ромашка и партнёры»", Who: []string{"Сидоров С. С.", "Кузнецова К. К.", "Анна Петрова"}, State: pick(s, "принято", "accepted"), Due: at(11, 23, 18, 0)},
		{ID: "INQ-2026-000043/1", Title: pick(s, "Начать взаимодействие", "Start interaction"), Document: "ИП Иванов", Who: []string{"Анна Петрова"}, State: pick(s, "открыто", "open"), Due: at(11, 29, 23, 59)},
		{ID: "INQ-2026-000044/1", Title: pick(s, "Начать взаимодействие", "Start interaction"), Document: "АО «Ёлочка»", Who: []string{"Анна Петрова"}, State: pick(s, "открыто", "open"), Due: at(11, 30, 0, 0)},
		{ID: "ASG-2026-000001/1", Title: pick(s, "Инвентаризация", "Stocktaking"), Who: []string{"склад"}, State: pick(s, "открыто", "open")},
		{ID: "CON-2026-000009/7", Title: pick(s, "Просрочено: Согласовать договор", "Late: Approve the contract"), Who: []string{"Анна Петрова"}, State: pick(s, "к сведению", "inform"), Assigned: at(11, 22, 9, 0), Unread: true},
		{ID: "ASG-2026-000003/1", Title: pick(s, "Приказ", "Order"), Who: []string{"Анна Петрова"}, State: pick(s, "на контроле", "review"), Mark: pick(s, "на контроле", "review"), Outcome: "done", Due: at(11, 24, 18, 0)},
		{ID: "ASG-2026-000002/1", Title: pick(s, "Отчёт", "Report"), Who: []string{"Анна Петрова"}, State: pick(s, "закрыто", "closed"), Outcome: pick(s, "выполнено", "done"), Closed: true, Done: at(11, 2, 10, 0), Due: at(11, 1, 10, 0)},
	}
}

func TestTasks(t *testing.T) {
	golden(t, "tasks", func(s Style, w io.Writer) error { return s.Tasks(w, at(11, 23, 12, 0), sampleTasks(s)) })
	var b bytes.Buffer
	if err := (Style{}).Tasks(&b, at(11, 23, 12, 0), nil); err != nil || b.Len() > 0 {
		t.Errorf("no tasks give %q, %v", b.String(), err)
	}
}

func sampleCalendar(s Style) Calendar {
	return Calendar{
		From: at(11, 2, 0, 0), To: at(11, 8, 0, 0), Now: at(11, 5, 12, 0),
		Days: []Day{
			{Date: at(11, 3, 0, 0), Short: true},
			{Date: at(11, 4, 0, 0), Off: true, Note: pick(s, "День народного единства", "Unity Day")},
			{Date: at(11, 7, 0, 0), Off: true}, {Date: at(11, 8, 0, 0), Off: true},
		},
		Events: []Event{
			{Start: at(11, 5, 14, 0), End: at(11, 5, 15, 30), Kind: pick(s, "Встреча", "Meeting"), Title: "Обсуждение условий поставки оборудования и обучения персонала", Number: "WRK-2026-000002", Client: "ООО «Ромашка»", Who: "Анна Петрова"},
			{Start: at(11, 5, 9, 0), End: at(11, 5, 9, 15), Kind: pick(s, "Звонок", "Call"), Title: "ИП Иванов", Number: "WRK-2026-000001", Done: true},
			{Start: at(11, 3, 18, 0), Kind: pick(s, "Срок", "Deadline"), Title: pick(s, "Согласовать договор", "Approve the contract"), Number: "CON-2026-000009", Overdue: true},
			{Start: at(11, 5, 22, 0), End: at(11, 6, 2, 0), Kind: pick(s, "Работы", "Works"), Title: "Перенос базы", Number: "WRK-2026-000003"},
			{Start: at(11, 6, 0, 0), AllDay: true, Kind: pick(s, "Поручение", "Assignment"), Title: "Отчёт", Number: "ASG-2026-000001"},
		},
	}
}

func TestCalendar(t *testing.T) {
	golden(t, "week", func(s Style, w io.Writer) error { return s.Week(w, sampleCalendar(s)) })
	golden(t, "month", func(s Style, w io.Writer) error {
		c := sampleCalendar(s)
		c.From, c.To = at(11, 1, 0, 0), at(11, 30, 0, 0)
		return s.MonthGrid(w, c)
	})
}

func sampleReport(s Style) Report {
	return Report{
		Name: "works-by-manager", Title: pick(s, "Работы по менеджерам", "Works by manager"),
		Params: []ReportParam{{Name: "from", Title: pick(s, "С", "From"), Value: "2026-11-01", Text: s.Human("date", "2026-11-01")}, {Name: "to", Title: pick(s, "По", "To")}},
		Columns: []ReportColumn{
			{"manager", pick(s, "Менеджер", "Manager"), "user"}, {"kind", pick(s, "Вид", "Kind"), "directory"},
			{"works", pick(s, "Работ", "Works"), "int"}, {"share", pick(s, "Доля", "Share"), "percent"},
			{"amount", pick(s, "Сумма, руб.", "Amount"), "money"}, {"last", pick(s, "Последняя", "Last"), "date"},
		},
		Groups: 2,
		Rows: [][]Datum{
			{{"petrova", "Анна Петрова"}, {"call", "Звонок; *важный*"}, {Value: "1200"}, {Value: "66.7"}, {Value: "1500000.50"}, {Value: "2026-11-20"}},
			{{"petrova", "Анна Петрова"}, {"meeting", "Встреча, \"личная\""}, {Value: "3"}, {Value: "33.3"}, {Value: "0.00"}, {}},
			{{"", "(не указано)"}, {"call", "Звонок; *важный*"}, {Value: "1"}, {}, {Value: "-10.00"}, {Value: "2026-11-01"}},
		},
		Subtotals: []Subtotal{{Level: 1, After: 2, Cells: []Datum{{"petrova", "Анна Петрова"}, {}, {Value: "1203"}, {Value: "50.0"}, {Value: "1500000.50"}, {}}}},
		Totals:    []Datum{{}, {}, {Value: "1204"}, {Value: "50.0"}, {Value: "1499990.50"}, {}},
		Note:      pick(s, "и ещё 12 строк", "and 12 more rows"),
	}
}

func TestReport(t *testing.T) {
	golden(t, "report", func(s Style, w io.Writer) error { return s.Report(w, sampleReport(s)) })
}

func TestReportFormats(t *testing.T) {
	s := Style{Language: "ru"}
	r := sampleReport(s)
	tests := []struct {
		name  string
		write func(io.Writer) error
		want  string
	}{
		{"csv", func(w io.Writer) error { return ReportCSV(w, r, true) }, "\uFEFF" +
			"Менеджер,Вид,Работ,Доля,\"Сумма, руб.\",Последняя\r\n" +
			"Анна Петрова,Звонок; *важный*,1200,66.7,1500000.50,2026-11-20\r\n" +
			"Анна Петрова,\"Встреча, \"\"личная\"\"\",3,33.3,0.00,\r\n" +
			"(не указано),Звонок; *важный*,1,,-10.00,2026-11-01\r\n"},
		{"plain", func(w io.Writer) error { return ReportPlain(w, r) },
			"petrova\tcall\t1200\t66.7\t1500000.50\t2026-11-20\npetrova\tmeeting\t3\t33.3\t0.00\t\n\tcall\t1\t\t-10.00\t2026-11-01\n"},
		{"markdown", func(w io.Writer) error { return s.ReportMarkdown(w, r) }, strings.Join([]string{
			"# Работы по менеджерам", "", "- С: 01.11.2026", "",
			"| Менеджер | Вид | Работ | Доля | Сумма, руб. | Последняя |",
			"| --- | --- | ---: | ---: | ---: | --- |",
			"| Анна Петрова | Звонок; \\*важный\\* | 1\u00a0200 | 66,7\u00a0% | 1\u00a0500\u00a0000,50 | 20.11.2026 |",
			"|  | Встреча, \"личная\" | 3 | 33,3\u00a0% | 0,00 |  |",
			"| **Анна Петрова** | **Итого** | **1\u00a0203** | **50,0\u00a0%** | **1\u00a0500\u00a0000,50** |  |",
			"| (не указано) | Звонок; \\*важный\\* | 1 |  | -10,00 | 01.11.2026 |",
			"| **Итого** |  | **1\u00a0204** | **50,0\u00a0%** | **1\u00a0499\u00a0990,50** |  |",
			"", "и ещё 12 строк", ""}, "\n")},
		{"json", func(w io.Writer) error { return ReportJSON(w, r) },
			`{"schema":"e1/1","report":"works-by-manager","title":"Работы по менеджерам","params":{"from":"2026-11-01","to":null},` +
				`"columns":[{"name":"manager","title":"Менеджер","type":"user"},{"name":"kind","title":"Вид","type":"directory"},{"name":"works","title":"Работ","type":"int"},{"name":"share","title":"Доля","type":"percent"},{"name":"amount","title":"Сумма, руб.","type":"money"},{"name":"last","title":"Последняя","type":"date"}],` +
				`"rows":[["petrova","call",1200,"66.7","1500000.50","2026-11-20"],["petrova","meeting",3,"33.3","0.00",null],[null,"call",1,null,"-10.00","2026-11-01"]],` +
				`"totals":[null,null,1204,"50.0","1499990.50",null],` +
				`"subtotals":[{"level":1,"after":2,"values":["petrova",null,1203,"50.0","1500000.50",null]}],` +
				`"titles":{"manager":{"petrova":"Анна Петрова"},"kind":{"call":"Звонок; *важный*","meeting":"Встреча, \"личная\""}}}` + "\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := test.write(&b); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
