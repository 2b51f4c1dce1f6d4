package schema

import "maps"

// rule describes rules/*.yaml. Actions are those of routes, but for the ones
// that mean something in a route only.
func (s *source) rule() object {
	names := func(what string) object { return oneOrMany(object{"type": "string", "minLength": 1}, what) }
	event := object{"type": "object", "additionalProperties": false, "minProperties": 1, "properties": object{
		"changed":  names("fields that are changed"),
		"status":   names("statuses that the document gets; any"),
		"assigned": names("steps of which a task is given; any"),
		"task":     names("steps of which a task is finished; any"),
		"outcome":  names("task: only when finished so"),
		"message":  names("letters that are received; any"),
		"document": names("forms of documents that refer to this one"),
		"payment":  names("money that is received; any"),
		"date":     names("fields whose day has come"),
		"shift":    pattern(`^[+-]?[0-9]`, "date: so long after it, or before it with a minus: -5wd"),
	}}
	root := mapping([]string{"rule", "for", "on", "do"}, object{
		"rule":      pattern(idPattern, "the rule's name, that of its file"),
		"title":     labelled("the rule in words"),
		"for":       enum(s.forms.FormNames(), "the form whose documents it is for"),
		"on":        oneOrMany(anyOf(object{"const": "registered"}, event), "what sets it off"),
		"if":        expression("only then"),
		"since":     pattern(`^\d{4}-\d{2}-\d{2}$`, "the first day that counts for dates"),
		"do":        describe(object{"allOf": []object{ref("actions"), ref("ofRules")}}, "what is done then"),
		"overwrite": anyOf(boolean("values that are there are replaced"), oneOrMany(pattern(namePattern, ""), "these fields are replaced")),
	})
	language := (&routeSchema{s}).language()
	defs := s.sets()
	for _, name := range []string{"who", "people", "due", "stepID", "stepIDs", "action", "actions"} {
		defs[name] = language[name]
	}
	never := object{"properties": object{"cancel": false, "complete": false}}
	defs["ofRules"] = with(never, object{"items": never})
	var cases []object
	for _, f := range s.forms.Forms() {
		within := ref("in." + f.Name)
		defs["in."+f.Name] = s.inForm(f, within)
		changed := oneOrMany(enum(unique(append(storedFields(f), "status")), ""), "")
		status := oneOrMany(enum(append(f.SettableStatuses(), "any"), ""), "")
		one := object{"properties": object{"changed": changed, "status": status}}
		cases = append(cases, when("for", f.Name, object{"properties": object{"do": within, "on": with(maps.Clone(one), object{"items": one})}}))
	}
	if len(cases) > 0 {
		root["allOf"] = cases
	}
	return definitions(root, defs)
}
