package render

import "time"

// word is a fixed text of this package; texts of definitions come in already
// translated.
type word int

const (
	wordYes word = iota
	wordNo
	wordTasks
	wordLinks
	wordBacklinks
	wordFiles
	wordComments
	wordApprovals
	wordLetters
	wordStatus
	wordDue
	wordWho
	wordOverdue
	wordToday
	wordThisWeek
	wordLater
	wordNoDue
	wordFinished
	wordTotal
	wordNothing
	wordDayOff
	wordShortDay
	wordDone
	wordMore
	wordCycle
	wordVersion
	wordNotDone
	wordNumber
	wordTask
	wordDocument
)

var words = [...][2]string{
	wordYes:       {"yes", "да"},
	wordNo:        {"no", "нет"},
	wordTasks:     {"Tasks", "Задания"},
	wordLinks:     {"Links", "Связи"},
	wordBacklinks: {"Linked from", "Ссылаются"},
	wordFiles:     {"Files", "Файлы"},
	wordComments:  {"Comments", "Комментарии"},
	wordApprovals: {"Sheet of approval", "Лист согласования"},
	wordLetters:   {"Letters", "Письма"},
	wordStatus:    {"Status", "Статус"},
	wordDue:       {"Due", "Срок"},
	wordWho:       {"Who", "Исполнитель"},
	wordOverdue:   {"Overdue", "Просрочено"},
	wordToday:     {"Today", "Сегодня"},
	wordThisWeek:  {"This week", "На этой неделе"},
	wordLater:     {"Later", "Позже"},
	wordNoDue:     {"Without a deadline", "Без срока"},
	wordFinished:  {"Finished", "Завершено"},
	wordTotal:     {"Total", "Итого"},
	wordNothing:   {"nothing", "ничего нет"},
	wordDayOff:    {"day off", "выходной"},
	wordShortDay:  {"short day", "короткий день"},
	wordDone:      {"done", "выполнено"},
	wordMore:      {"more", "ещё"},
	wordCycle:     {"cycle", "круг"},
	wordVersion:   {"version", "версия"},
	wordNotDone:   {"waiting", "ожидается"},
	wordNumber:    {"Number", "Номер"},
	wordTask:      {"Task", "Задание"},
	wordDocument:  {"Document", "Документ"},
}

func (s Style) word(w word) string {
	if s.russian() {
		return words[w][1]
	}
	return words[w][0]
}

var (
	weekdaysRu = [7]string{"воскресенье", "понедельник", "вторник", "среда", "четверг", "пятница", "суббота"}
	weekRu     = [7]string{"Вс", "Пн", "Вт", "Ср", "Чт", "Пт", "Сб"}
	weekEn     = [7]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}
	monthsRu   = [13]string{"", "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь"}
	monthsOfRu = [13]string{"", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
)

// Weekday is the full name of a day of the week, as used inside a sentence.
func (s Style) Weekday(d time.Weekday) string {
	if s.russian() {
		return weekdaysRu[d]
	}
	return d.String()
}

// weekdayShort is the two-letter name.
func (s Style) weekdayShort(d time.Weekday) string {
	if s.russian() {
		return weekRu[d]
	}
	return weekEn[d]
}

// Month is a month with its year as a heading: "Ноябрь 2026".
func (s Style) Month(t time.Time) string {
	if s.russian() {
		return monthsRu[t.Month()] + t.Format(" 2006")
	}
	return t.Format("January 2006")
}

// dayOf is a day in words: "23 ноября", "23 November".
func (s Style) dayOf(t time.Time) string {
	if s.russian() {
		return t.Format("2 ") + monthsOfRu[t.Month()]
	}
	return t.Format("2 January")
}
