package render

import "time"

// Word gives a fixed text of the program in the style's language. The English
// one is its name; texts of definitions come in already translated.
func (s Style) Word(english string) string {
	if russian, ok := russianWords[english]; ok && s.russian() {
		return russian
	}
	return english
}

// russianWords is the only place where e1's own words are translated. Tests hold
// it against the words that the commands use.
var russianWords = map[string]string{
	// Headings and labels.
	"Absent":                            "Отсутствует",
	"Answer":                            "Решение",
	"Asks for another deadline of task": "Просит продлить срок задания",
	"Author":                            "Автор",
	"Branches":                          "Ветви",
	"Code":                              "Код",
	"Column":                            "Столбец",
	"Comment":                           "Замечание",
	"Comments":                          "Комментарии",
	"Controller":                        "Контролёр",
	"Covered":                           "Покрыто",
	"Cycle":                             "Цикл",
	"Deadline of the route":             "Срок маршрута",
	"Default":                           "По умолчанию",
	"Department":                        "Подразделение",
	"Document":                          "Документ",
	"Documents":                         "Документов",
	"Due":                               "Срок",
	"End":                               "Исход",
	"Escalated":                         "Эскалация",
	"Field":                             "Поле",
	"Fields":                            "Полей",
	"File":                              "Файл",
	"Files":                             "Файлы",
	"Folder":                            "Папка",
	"For":                               "За кого",
	"Form":                              "Форма",
	"Former numbers":                    "Прежние номера",
	"From":                              "С",
	"Id":                                "Код",
	"Import":                            "Импорт",
	"In quarantine":                     "В карантине",
	"Instance":                          "Маршрут №",
	"Label in the letter":               "Подпись в письме",
	"Label":                             "Подпись",
	"Late":                              "Поздно",
	"Letter":                            "Письмо",
	"Letters":                           "Письма",
	"Line":                              "Строка",
	"Linked from":                       "Ссылаются",
	"Links":                             "Связи",
	"Mean":                              "Среднее",
	"Meaning":                           "Что содержит",
	"Name":                              "Имя",
	"New deadline":                      "Новый срок",
	"Number":                            "Номер",
	"Open":                              "Стоит",
	"Outcomes":                          "Результаты",
	"Parameter":                         "Параметр",
	"Part of task":                      "Часть задания",
	"Performer":                         "Исполнитель",
	"Problem":                           "Ошибка",
	"Quarantined":                       "В карантине",
	"Registered":                        "Дата",
	"Registration":                      "Регистрация",
	"Reminded":                          "Напоминание",
	"Report":                            "Отчёт",
	"Restricts":                         "Ограничивает",
	"Roles":                             "Роли",
	"Route":                             "Маршрут",
	"Sheet of approval":                 "Лист согласования",
	"Size":                              "Размер",
	"Stands at":                         "Стоит на",
	"Starts":                            "Начало",
	"State":                             "Состояние",
	"Status":                            "Статус",
	"Step":                              "Этап",
	"Steps":                             "Этапов",
	"Substitute":                        "Замещает",
	"Task":                              "Задание",
	"Tasks":                             "Задания",
	"Tests":                             "Тестов",
	"Title":                             "Название",
	"To":                                "По",
	"Total":                             "Итого",
	"Type":                              "Тип",
	"UID":                               "UID",
	"Value":                             "Значение",
	"Version":                           "Версия",
	"Verb":                              "Вид",
	"Visits":                            "Раз",
	"Waiting":                           "Ждут",
	"What to do":                        "Что сделать",
	"When":                              "Когда",
	"Who":                               "Кто",

	// Groups of tasks.
	"Overdue":            "Просрочено",
	"Today":              "Сегодня",
	"This week":          "На этой неделе",
	"Later":              "Позже",
	"Without a deadline": "Без срока",
	"To be read":         "К сведению",
	"Finished":           "Завершено",

	// Answers to tasks that no route gives a title.
	"accepted": "принято",
	"approve":  "согласовано",
	"confirm":  "подтверждено",
	"deny":     "отказано",
	"grant":    "продлено",
	"read":     "ознакомлен",
	"reject":   "отклонено",
	"return":   "возвращено",

	// What stands inside of lines.
	"awaited":                      "ожидается",
	"begun":                        "начат",
	"by":                           "до",
	"changed afterwards":           "после этого изменено",
	"day off":                      "выходной",
	"deadline":                     "срок",
	"ended":                        "завершён",
	"escalated":                    "эскалация",
	"for":                          "за",
	"given back":                   "не принято к исполнению",
	"has errors: e1 lint":          "ошибки: e1 lint",
	"instead of":                   "вместо",
	"more":                         "ещё",
	"moved":                        "перенесён",
	"no":                           "нет",
	"Nobody was asked to approve.": "Согласования не было.",
	"not active":                   "не работает",
	"not covered":                  "не покрыто",
	"reminded":                     "напомнено",
	"replaced":                     "заменён",
	"required":                     "обязателен",
	"short day":                    "короткий день",
	"stays":                        "остаётся",
	"still running":                "ещё в пути",
	"today":                        "сегодня",
	"version":                      "версия",
	"whole route, working time":    "весь маршрут, рабочее время",
	"yes":                          "да",

	// States of tasks, of routes and of letters, as documents store them.
	"open":      "в работе",
	"review":    "на контроле",
	"done":      "выполнено",
	"returned":  "на доработке",
	"refused":   "отказ",
	"cancelled": "снято",
	"inform":    "к сведению",
	"running":   "идёт",
	"withdrawn": "отозвано",
	"stopped":   "остановлен",
	"queued":    "в очереди",
	"sending":   "под вопросом",
	"sent":      "отправлено",
	"failed":    "не принято",

	// What letters about tasks are about.
	"assigned": "поручено",
	"reminder": "напоминание",
	"answered": "получен ответ",
	"unclear":  "ответ не выполнен",
}

var (
	weekRu     = [7]string{"Вс", "Пн", "Вт", "Ср", "Чт", "Пт", "Сб"}
	weekEn     = [7]string{"Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"}
	monthsRu   = [13]string{"", "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь"}
	monthsOfRu = [13]string{"", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"}
)

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
