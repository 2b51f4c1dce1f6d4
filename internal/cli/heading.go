package cli

// heading names a column that is no field of a form in the language of the
// output.
func heading(name, lang string) string {
	words := map[string]map[string]string{
		"number":     {"ru": "Номер", "en": "Number"},
		"status":     {"ru": "Статус", "en": "Status"},
		"title":      {"ru": "Название", "en": "Title"},
		"registered": {"ru": "Дата", "en": "Registered"},
		"by":         {"ru": "Автор", "en": "By"},
		"form":       {"ru": "Форма", "en": "Form"},
		"comments":   {"ru": "Комментариев", "en": "Comments"},
		"files":      {"ru": "Файлов", "en": "Files"},
		"uid":        {"ru": "UID", "en": "UID"},
		"field":      {"ru": "Поле", "en": "Field"},
		"fields":     {"ru": "Полей", "en": "Fields"},
		"label":      {"ru": "Подпись", "en": "Label"},
		"type":       {"ru": "Тип", "en": "Type"},
		"user":       {"ru": "Код", "en": "Id"},
		"name":       {"ru": "Имя", "en": "Name"},
		"department": {"ru": "Подразделение", "en": "Department"},
		"roles":      {"ru": "Роли", "en": "Roles"},
		"absent":     {"ru": "Отсутствует", "en": "Absent"},
		"document":   {"ru": "Документ", "en": "Document"},
		"state":      {"ru": "Состояние", "en": "State"},
		"recipient":  {"ru": "Кому", "en": "To"},
		"subject":    {"ru": "Тема", "en": "Subject"},
		"file":       {"ru": "Файл", "en": "File"},
		"version":    {"ru": "Версия", "en": "Version"},
		"size":       {"ru": "Размер", "en": "Size"},
		"at":         {"ru": "Когда", "en": "When"},
		"from":       {"ru": "С", "en": "From"},
		"to":         {"ru": "По", "en": "To"},
		"substitute": {"ru": "Замещает", "en": "Substitute"},
	}
	w := words[name]
	switch {
	case w == nil:
		return name
	case w[lang] == "":
		return w["en"]
	}
	return w[lang]
}
