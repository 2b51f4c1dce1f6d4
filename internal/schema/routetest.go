package schema

import "strings"

// routeTest describes routes/tests/*.yaml.
func (s *source) routeTest() object {
	value := object{"type": []string{"string", "number", "boolean", "null", "array", "object"}}
	card := func(what string) object {
		return object{"type": "object", "additionalProperties": value, "description": what}
	}
	form := enum(s.forms.FormNames(), "the form of the document")
	step := suggested(s.steps, object{"type": "string", "minLength": 1})
	steps := func(what string) object { return describe(oneOrManyOrNone(ref("stepID"), ""), what) }
	bySteps := func(what string) object {
		return object{"type": "object", "additionalProperties": value, "description": what}
	}
	common := object{
		"now":      text("when the document is registered"),
		"by":       text("who registers it"),
		"status":   text("the document's status"),
		"card":     card("the fields of the document"),
		"settings": card("constants of e1.yaml that are otherwise here"),
		"documents": list(mapping([]string{"form", "number"}, object{
			"form": form, "number": text("its number"), "status": text("its status"), "card": card("its fields"),
		}), "documents that are there already"),
	}
	route := enum(s.routes, "the route that is tested")
	answer := object{"type": "object", "minProperties": 1, "additionalProperties": object{"type": []string{"string", "null"}}, "properties": object{
		"step": ref("stepID"), "accept": ref("stepID"), "refuse": ref("stepID"), "delegate": ref("stepID"), "withdraw": ref("stepID"), "attach": text("a file that somebody attaches"),
		"set": card("fields that somebody changes"), "after": text("so much later: 2wd"), "until": text("a time that comes"),
		"start": text("a route that is started"), "stop": value,
		"outcome": text("of the step"), "who": text("who acts"), "item": scalar("of which row or person of an each"), "to": text("whom it is delegated to"),
		"on": text("set: another document"), "comment": text("what is said"), "fields": card("fields that the performer fills"), "expect": ref("expect"),
	}}
	people := oneOrManyOrNone(value, "")
	names := func(what string) object { return describe(oneOrManyOrNone(object{"type": "string"}, ""), what) }
	kinds := "^(" + strings.Join(s.links, "|") + ")$"
	kept := func(more object) object {
		return with(more, object{
			"links": anyOf(keyed(kinds, people, "kind → numbers, or forms of the documents that are meant"), object{"type": []string{"array", "null"}, "maxItems": 0}),
			"files": names("names of its files"),
		})
	}
	letter := mapping([]string{"template"}, object{
		"template": text("the template it is made of"), "to": names("addresses or users; sender for a reply"),
		"subject": text("its subject"), "attach": names("names of files"),
	})
	told := keyed(`^(assigned|inform|reminder|escalated|withdrawn|answered)$`, value, "who was told what")
	return definitions(mapping([]string{"tests"}, with(common, object{
		"route": route,
		"title": labelled("the tests in words"),
		"people": object{"type": "object", "description": "invented people: id → role, roles, or the keys of a user", "additionalProperties": anyOf(
			oneOrManyOrNone(enum(s.org.RoleIDs(), ""), ""), object{"type": "object"})},
		"heads":    object{"type": "object", "description": "department → who heads it", "additionalProperties": object{"type": "string"}},
		"absences": s.absences("absences of the invented people", nil),
		"tests": filled(mapping([]string{"test"}, with(common, object{
			"test":    labelled("what is tested"),
			"route":   route,
			"start":   enum([]string{"registered", "by hand", "none"}, "how the route begins"),
			"answers": list(ref("answer"), "what happens, one after another: STEP: OUTCOME"),
			"expect":  ref("expect"),
		})), "documents sent along the route"),
	})), object{
		"stepID": step,
		"answer": answer,
		"expect": mapping(nil, kept(object{
			"path": steps("steps in the order in which they began"), "open": steps("steps with open tasks"),
			"who": bySteps("step → who has it"), "due": bySteps("step → deadline"),
			"told":   told,
			"status": text("the document's status"), "card": card("fields of the document"),
			"documents": object{"type": "object", "description": "other documents by number", "additionalProperties": mapping(nil, kept(object{"status": text(""), "card": card("")}))},
			"registered": list(anyOf(form, mapping([]string{"form"}, kept(object{
				"form": form, "number": text(""), "status": text(""), "card": card("its fields"),
			}))), "documents that the route registered"),
			"letters":    list(anyOf(text("the template of a letter"), letter), "letters that the route wrote, in order"),
			"controller": anyOf(describe(people, "who controls the route"), bySteps("step → who controls it")),
			"end":        text("how the route ended"), "started": boolean("whether it began at all"), "refused": text("why the answer was refused"),
		})),
	})
}
