package schema

import (
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
)

// report describes reports/*.yaml.
func (s *source) report() object {
	column := pattern(namePattern, "the column's name in the result")
	root := mapping([]string{"report", "title", "form"}, object{
		"report": pattern(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`, "the report's name, that of its file"),
		"title":  labelled("the report's heading"),
		"about":  labelled("a line on what the report answers"),
		"form":   enum(s.forms.FormNames(), "the form whose documents are counted"),
		"params": list(mapping([]string{"param"}, object{
			"param":    pattern(namePattern, "the parameter's name"),
			"title":    labelled("the parameter in words"),
			"field":    text("the field it restricts"),
			"type":     text("what it holds, when it restricts no field"),
			"is":       enum([]string{"equal", "from", "to", "contains"}, "how it restricts its field"),
			"required": boolean("it must be given"),
			"default":  expression("its value when none is given"),
		}), "what can be asked"),
		"where": expression("only documents for which this holds"),
		"compute": list(mapping([]string{"column", "value"}, object{
			"column": column, "value": expression("computed for each document"),
		}), "values of each document"),
		"group": oneOrManyOrNone(anyOf(text("a field"), mapping([]string{"by"}, object{
			"by":     expression("what the groups are made of"),
			"per":    enum([]string{"day", "week", "month", "quarter", "year"}, "of dates: a group for each"),
			"title":  labelled("heading of the column"),
			"column": column,
		})), "one row for each group"),
		"columns": list(anyOf(text("a field, as it is"), mapping([]string{"column"}, object{
			"column": column,
			"title":  labelled("heading of the column"),
			"value":  expression("its value: count(), sum(amount), avg(amount, status == done)"),
			"as":     enum([]string{"int", "decimal", "money", "percent", "hours", "text"}, "how it is shown"),
			"total":  enum([]string{"sum", "count", "min", "max", "avg"}, "what the last line shows"),
		})), "the columns"),
		"sort":      oneOrManyOrNone(pattern(`^-?[a-z]`, "a column; - before it for descending"), "the order of rows"),
		"subtotals": boolean("a sum line after each group"),
		"totals":    boolean("a sum line at the end"),
		"void":      boolean("documents in the status void count too"),
		"limit":     count(0, "the most rows shown"),
	})
	var cases []object
	for _, f := range s.forms.Forms() {
		names := append(form.Attributes(), f.FieldNames()...)
		cases = append(cases, when("form", f.Name, object{"properties": object{
			"params": object{"items": object{"properties": object{"field": suggested(names, object{"type": "string", "pattern": `\.`})}}},
		}}))
	}
	if len(cases) > 0 {
		root["allOf"] = cases
	}
	return definitions(root, nil)
}

// imports describes imports/*.yaml.
func (s *source) imports() object {
	patterns := oneOrMany(object{"type": "string", "minLength": 1}, "with * and ?, or a regular expression between slashes")
	labels := oneOrMany(scalar(""), "labels of the lines that fill the field")
	field := anyOf(labels, mapping([]string{"label"}, object{
		"label":     labels,
		"multiline": boolean("goes on until the next label"),
		"values":    object{"type": "object", "additionalProperties": scalar(""), "description": "what is written in the letter → the value"},
		"columns": describe(anyOf(filled(pattern(namePattern, ""), ""), pattern(namePattern, ""),
			keyed(namePattern, oneOrMany(object{"type": "string"}, ""), "column → headings in the letter")), "the lines are rows of a table"),
		"separator": text("divides the columns of a line"),
	}))
	one := text("a field")
	root := mapping([]string{"import", "from", "form", "read"}, object{
		"import": pattern(`\S`, "the import's name, that of its file"),
		"title":  labelled("the import in words"),
		"from": describe(object{"type": "object", "additionalProperties": false, "minProperties": 1, "maxProperties": 1, "properties": object{
			"maildir": text("a Maildir"), "spool": text("a folder of files"),
		}}, "where letters arrive"),
		"form":      enum(s.forms.FormNames(), "the form that is registered"),
		"match":     mapping(nil, object{"from": patterns, "to": patterns, "subject": patterns}),
		"read":      enum([]string{"fields", "letter"}, "labelled lines, or a free letter"),
		"fields":    keyed(namePattern, field, "field → labels"),
		"set":       keyed(namePattern, scalar(""), "fixed values"),
		"text":      one,
		"subject":   one,
		"sender":    mapping(nil, object{"name": one, "email": one}),
		"automatic": enum([]string{"ignore", "accept"}, "letters that programs wrote"),
		"require":   oneOrManyOrNone(one, "without these a person looks at the letter first"),
	})
	var cases []object
	for _, f := range s.forms.Forms() {
		names := storedFields(f)
		if len(names) == 0 {
			continue
		}
		properties, values := object{}, object{}
		for _, field := range f.Fields() {
			for _, name := range settableNames(field) {
				properties[name] = describe(object{}, s.label(field.Label))
				values[name] = s.valuesOf(field)
			}
		}
		target := object{"enum": names}
		cases = append(cases, when("form", f.Name, object{"properties": object{
			"fields": object{"properties": properties, "propertyNames": object{"enum": names}},
			"set":    object{"properties": values, "propertyNames": object{"enum": names}},
			"text":   target, "subject": target,
			"sender": object{"properties": object{"name": target, "email": target}},
		}}))
	}
	if len(cases) > 0 {
		root["allOf"] = cases
	}
	return definitions(root, nil)
}

// storedFields are the names of the fields that can be given a value.
func storedFields(f *form.Form) []string {
	var out []string
	for _, field := range f.Fields() {
		out = append(out, settableNames(field)...)
	}
	return out
}

// settableNames are the names by which a field can be given a value, its
// former ones too.
func settableNames(f *form.Field) []string {
	if f.Computed {
		return nil
	}
	return append([]string{f.Name}, f.Was...)
}

// valuesOf offers the values of fields with a list of them.
func (s *source) valuesOf(f *form.Field) object {
	var ids []string
	switch f.Type {
	case expr.Choice, expr.Directory:
		ids = s.forms.ExprType(f).Values
	case expr.UserKind:
		ids = s.userIDs()
	}
	return describe(suggested(ids, scalar("")), s.label(f.Label))
}
