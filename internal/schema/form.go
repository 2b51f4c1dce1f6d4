package schema

import (
	"slices"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// namePattern is that of forms, fields, columns and directories.
const namePattern = `^[a-z][a-z0-9_]*$`

// entryID is that of statuses, choices and entries.
const entryID = `^[a-z0-9][a-z0-9_-]*$`

// form describes forms/*.yaml.
func (s *source) form() object {
	roles := oneOrManyOrNone(enum(s.org.RoleIDs(), ""), "roles")
	return definitions(mapping([]string{"form", "title", "one", "number", "groups"}, object{
		"form":    pattern(namePattern, "the form's name, that of its file"),
		"title":   labelled("all its documents"),
		"one":     labelled("one document"),
		"number":  pattern(`\{seq`, "template of registration numbers: INQ-{year}-{seq:6}"),
		"was":     oneOrMany(pattern(`\{seq`, ""), "former templates of numbers"),
		"caption": expression("the caption of a document, from its own fields"),
		"statuses": list(mapping([]string{"status", "title"}, object{
			"status": pattern(entryID, "the status's id"),
			"title":  labelled("the status in words"),
			"closed": boolean("nothing is left to do in it"),
		}), "the first is that of new documents"),
		"may": mapping(nil, object{
			"register": roles, "set": roles, "status": roles, "reassign": roles,
		}),
		"calendar": mapping([]string{"start"}, object{
			"start":  text("field with the beginning"),
			"length": text("field with the duration"),
			"who":    text("field with the user"),
			"client": text("field with the client"),
			"title":  expression("what the calendar shows"),
			"done":   expression("true when it is done"),
		}),
		"brief":      oneOrMany(pattern(namePattern, ""), "fields that describe a document where another one shows it"),
		"duplicates": oneOrMany(pattern(namePattern, ""), "fields by which duplicates are noticed"),
		"groups": filled(mapping([]string{"group", "title", "fields"}, object{
			"group":  text("the group's id"),
			"title":  labelled("heading on the card"),
			"fields": list(ref("field"), "fields, in the order of the card"),
		}), "groups of fields"),
	}), s.fieldDefinitions())
}

// fieldDefinitions describe a field of a form, a column of a table and a field
// of a directory.
func (s *source) fieldDefinitions() object {
	column := slices.DeleteFunc(form.TypeNames(), func(t string) bool { return t == expr.Table.String() })
	field := s.field(form.TypeNames())
	field["properties"] = with(field["properties"].(object), object{
		"unique":   boolean("no two documents have the same value"),
		"shown_if": expression("the card shows the field only then"),
	})
	return object{"field": field, "column": s.field(column)}
}

// field describes a field with the keys that go with each type.
func (s *source) field(types []string) object {
	number := []string{}
	for k := expr.Text; k < expr.List; k++ {
		if k.IsNumber() || k == expr.DateKind {
			number = append(number, k.String())
		}
	}
	results := slices.DeleteFunc(slices.Clone(types), func(t string) bool {
		return t == "computed" || t == expr.Table.String() || t == expr.Choice.String()
	})
	only := func(types []string, keys ...string) object {
		not := object{}
		for _, k := range keys {
			not[k] = false
		}
		return object{
			"if":   object{"properties": object{"type": object{"not": object{"enum": append([]string{"computed"}, types...)}}}, "required": []string{"type"}},
			"then": object{"properties": not},
		}
	}
	o := mapping([]string{"field", "type", "label"}, object{
		"field":    pattern(namePattern, "the field's name"),
		"type":     enum(types, "what the field holds"),
		"label":    labelled("what the card calls it"),
		"hint":     labelled("a line of help"),
		"was":      oneOrMany(pattern(namePattern, ""), "former names"),
		"required": expression("true, or the condition under which it must be filled"),
		"default":  expression("the value of a new document"),
		"check":    expression("must hold for every value"),
		"message":  labelled("said when the check fails"),
		"min":      scalar("the least value"),
		"max":      scalar("the greatest value"),
		// of single types
		"directory": enum(s.directoryNames(), "the directory whose entries can be chosen"),
		"form":      enum(s.forms.FormNames(), "the form whose documents can be chosen"),
		"back":      labelled("heading on the other side of the reference"),
		"bik":       text("the field with the bank's BIK"),
		"values": filled(anyOf(
			object{"type": []string{"string", "integer"}, "pattern": entryID},
			mapping([]string{"value"}, object{"value": pattern(entryID, "the value's id"), "title": labelled("the value in words")}),
		), "what can be chosen"),
		"columns": filled(ref("column"), "columns of the table"),
		"value":   expression("how the value is computed"),
		"as":      enum(results, "the type of the computed value"),
	})
	o["allOf"] = []object{
		when("type", "computed", object{"required": []string{"value"}, "properties": object{"required": false, "default": false, "unique": false}}),
		when("type", expr.Directory.String(), object{"required": []string{"directory"}}),
		when("type", expr.Choice.String(), object{"required": []string{"values"}}),
		when("type", expr.Table.String(), object{"required": []string{"columns"}}),
		only([]string{expr.Directory.String()}, "directory"),
		only([]string{expr.Document.String()}, "form", "back"),
		only([]string{expr.Account.String()}, "bik"),
		only([]string{expr.Choice.String()}, "values"),
		only([]string{expr.Table.String()}, "columns"),
		only(number, "min", "max"),
		only(nil, "value", "as"),
	}
	return o
}

func (s *source) directoryNames() []string { return s.forms.DirectoryNames() }

// directory describes directories/*.yaml. The fields of entries are those that
// the directory of that name has.
func (s *source) directory() object {
	base := object{"id": pattern(entryID, "the entry's id"), "title": labelled("the entry in words"), "closed": boolean("cannot be chosen any more")}
	root := mapping([]string{"directory", "title", "entries"}, object{
		"directory": pattern(namePattern, "the directory's name, that of its file"),
		"title":     labelled("the directory in words"),
		"fields":    list(ref("column"), "what entries have besides id, title and closed"),
		"entries": list(object{"type": "object", "required": []string{"id", "title"}, "properties": base,
			"additionalProperties": object{"type": []string{"string", "number", "boolean"}}}, "the entries"),
	})
	return definitions(root, object{"column": s.field(slices.DeleteFunc(form.TypeNames(), func(t string) bool {
		return t == expr.Table.String() || t == "computed" || t == expr.Document.String()
	}))})
}
