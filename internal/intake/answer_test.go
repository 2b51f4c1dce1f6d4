package intake

import (
	"strings"
	"testing"
)

// What mail programs make of an answer.
func TestReadAnswer(t *testing.T) {
	ours := "> " + ReplyLine("ru") + "\n>\n> На согласование: Юридический отдел\n"
	for name, tt := range map[string]struct{ text, first, rest string }{
		"a word":               {"Согласовано", "Согласовано", ""},
		"with a comment":       {"\nОтклонено\n\nНет реквизитов\nи срока\n", "Отклонено", "Нет реквизитов\nи срока"},
		"empty":                {"", "", ""},
		"windows line ends":    {"approve\r\nfine\r\n", "approve", "fine"},
		"below our line":       {"approve\n\n" + ReplyLine("en") + "\nreject\n", "approve", ""},
		"Gmail":                {"approve\n\nOn Mon, Nov 23, 2026 at 10:00 AM Sales <sales@example.invalid> wrote:\n\n" + ours, "approve", ""},
		"Gmail, broken line":   {"approve\n\nOn Mon, Nov 23, 2026 at 10:00 AM Sales department of the firm\n<sales@example.invalid> wrote:\n" + ours, "approve", ""},
		"Gmail in Russian":     {"Согласовано\n\nпн, 23 нояб. 2026 г. в 10:00, Отдел продаж <sales@example.invalid>:\n\n" + ours, "Согласовано", ""},
		"Mail.ru":              {"Согласовано\n\n\n--\nНиколай Орлов\nОтправлено из Почты Mail\n\n----------------------------------------------------------------------\nОт: sales@example.invalid\n", "Согласовано", ""},
		"Yandex":               {"Согласовано\n\n23.11.2026, 10:00, \"Отдел продаж\" <sales@example.invalid>:\n" + ours, "Согласовано", ""},
		"Thunderbird":          {"Согласовано\n\n23.11.2026 10:00, sales@example.invalid пишет:\n" + ours, "Согласовано", ""},
		"Outlook":              {"Согласовано\n\nFrom: Sales <sales@example.invalid>\nSent: Monday, November 23, 2026 10:00 AM\nTo: Orlov\n", "Согласовано", ""},
		"Outlook in Russian":   {"Согласовано\n________________________________\nОт: Отдел продаж\n", "Согласовано", ""},
		"a phone's signature":  {"Отклонено\nдорого\n\nОтправлено с iPhone\n", "Отклонено", "дорого"},
		"a signature":          {"approve\n-- \nOrlov\n", "approve", ""},
		"regards":              {"approve\nok\n\nBest regards,\nOrlov\n", "approve", "ok"},
		"С уважением":          {"Согласовано\n\nС уважением,\nН. Орлов\n", "Согласовано", ""},
		"greeted":              {"Добрый день!\n\nСогласовано\n", "Согласовано", ""},
		"greeted by name":      {"Hello Anna,\napprove\n", "approve", ""},
		"no greeting":          {"Hi, this contract looks quite good to me now\n", "Hi, this contract looks quite good to me now", ""},
		"written below":        {"On Mon, Nov 23, 2026 at 10:00 AM Sales <sales@example.invalid> wrote:\n" + ours + "\napprove\nfine\n", "approve", "fine"},
		"written below, plain": {ours + "\napprove\n", "approve", ""},
		"only quoted":          {"On Mon, Nov 23, 2026 at 10:00 AM Sales <sales@example.invalid> wrote:\n" + ours, "", ""},
		"quoted in between":    {"Отклонено\n> п. 3\nне годится\n", "Отклонено", "не годится"},
		"a time in the text":   {"Отклонено\nвстречаемся в 10:00 у юристов\n", "Отклонено", "встречаемся в 10:00 у юристов"},
	} {
		if got := ReadAnswer(tt.text); got.First != tt.first || got.Rest != tt.rest {
			t.Errorf("%s: got %q, %q; want %q, %q", name, got.First, got.Rest, tt.first, tt.rest)
		}
	}
}

func TestChosen(t *testing.T) {
	answers := [][]string{{"approve", "Согласовано"}, {"remarks", "С замечаниями"}, {"reject", "Отклонено", "Не согласовано"}, {"return", "Вернуть на доработку"}, {"back", "Вернуть на доработку"}}
	for first, want := range map[string]int{
		"approve": 0, "Approve!": 0, "  согласовано.": 0, "«Согласовано»": 0, "*Согласовано*": 0, "с  замечаниями": 1, "не согласовано": 2,
		// Only the whole line is an answer: this is money.
		"Согласовано, если уберёте п. 3": -1, "не approve": -1, "approve reject": -1, "согласен": -1, "": -1, "...": -1,
		"Вернуть на доработку": -1, "return": 3, // two have this title
	} {
		if got := (Said{First: first}).Chosen(answers); got != want {
			t.Errorf("%q chooses %d, want %d", first, got, want)
		}
	}
	if (Said{First: "отчёт принят"}).Chosen([][]string{{"Отчет принят"}}) != 0 {
		t.Error("ё and е are told apart")
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("approve\nfine\n-- \nOrlov\n")
	f.Add("On Mon, Nov 23, 2026 at 10:00 AM Sales <sales@example.invalid> wrote:\n> x\napprove\n")
	f.Add("Согласовано\r\n\r\n23.11.2026, 10:00, \"x\" <s@example.invalid>:\r\n> > y")
	f.Fuzz(func(t *testing.T, text string) {
		said := ReadAnswer(text)
		if strings.Contains(said.First, "\n") || said.First == "" && said.Rest != "" {
			t.Fatalf("%q is read as %q, %q", text, said.First, said.Rest)
		}
		if !strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), said.First) {
			t.Fatalf("%q was not said in %q", said.First, text)
		}
	})
}
