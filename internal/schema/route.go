package schema

import (
	"slices"

	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
)

// route describes routes/*.yaml. The language is described once; what a form
// adds, the names of its fields, lies over it for the form the route is `for`.
func (s *source) route() object {
	root := mapping([]string{"route", "steps"}, object{
		"route": pattern(idPattern, "the route's name, that of its file"),
		"title": labelled("the route in words"),
		"for":   enum(s.forms.FormNames(), "the form whose documents travel here"),
		"start": oneOrMany(anyOf(
			enum([]string{"by hand", "by route", "by rule"}, ""),
			mapping([]string{"on"}, object{"on": enum([]string{"registered", "changed"}, ""), "if": expression("only then; on: changed needs it")}),
		), "how the route begins"),
		"calendar":   enum(s.calendars, "the working calendar of its deadlines"),
		"controller": ref("people"),
		"due":        ref("due"),
		"ends":       describe(object{"type": "object", "additionalProperties": labelled("the end in words")}, "the ends of the route in words"),
		"on":         ref("handlers"),
		"steps":      ref("steps"),
	})
	r := &routeSchema{s}
	defs := with(r.language(), s.sets())
	var cases []object
	for _, f := range s.forms.Forms() {
		within := ref("in." + f.Name)
		defs["in."+f.Name] = s.inForm(f, within)
		cases = append(cases, when("for", f.Name, object{"properties": object{"steps": within, "on": within}}))
	}
	if len(cases) > 0 {
		root["allOf"] = cases
	}
	return definitions(root, defs)
}

// language defines the elements of the language of routes, some of which rules
// share.
func (r *routeSchema) language() object {
	s := r.source
	return object{
		"who":      s.who(),
		"people":   describe(oneOrMany(ref("who"), ""), "a user, role X, department X, head of X, a field, author, controller, starter, or an expression"),
		"due":      oneOrMany(scalar("a term (4wh, 2wd, 3d), a date field or expression, or by hand"), "the first that is not empty counts"),
		"stepID":   suggested(s.steps, object{"type": "string", "minLength": 1}), // those of this file may be newer
		"stepIDs":  oneOrMany(ref("stepID"), ""),
		"target":   mapping(nil, r.targetKeys()),
		"way":      describe(anyOf(shortWay(), ref("target")), "where it goes on"),
		"outcomes": r.outcomes(),
		"action":   r.action(),
		"actions":  oneOrMany(ref("action"), "automatic actions"),
		"event":    r.event(),
		"handler":  r.handler(),
		"handlers": oneOrMany(ref("handler"), "steps that run when something happens meanwhile"),
		"steps":    oneOrMany(ref("step"), "steps, one after another"),
		"step":     r.step(),
		"branch":   r.branch(),
		"escalate": r.escalation(),
	}
}

// inForm lies over the steps of a route of a form, at any depth: here are the
// places that name its fields. It points to itself by within.
func (s *source) inForm(f *form.Form, within object) object {
	o := object{"items": within, "properties": object{
		"set": ref("set." + f.Name),
		"do":  within, "steps": within, "branches": within, "else": within, "on": within, "wait": within, "first": within,
		"outcomes": object{"additionalProperties": within},
	}}
	if names := storedFields(f); len(names) > 0 {
		field := object{"enum": names}
		p := o["properties"].(object)
		p["fill"] = anyOf(field, object{"type": "array", "items": field})
		p["changed"] = object{"enum": unique(append(slices.Clone(names), "status"))}
		p["assign"] = object{"properties": object{"field": field}}
		p["register"] = object{"properties": object{"into": field}}
	}
	return o
}

// sets defines for every form what `set` may give a value.
func (s *source) sets() object {
	out := object{}
	for _, f := range s.forms.Forms() {
		properties := object{"status": describe(suggested(f.SettableStatuses(), scalar("")), "the status, or an expression")}
		for _, field := range f.Fields() {
			for _, name := range settableNames(field) {
				properties[name] = s.valuesOf(field)
			}
		}
		out["set."+f.Name] = object{"properties": properties, "additionalProperties": false, "patternProperties": object{`^[a-z][a-z0-9_]*\.[a-z]`: true}}
	}
	return out
}

// routeSchema describes the language of routes.
type routeSchema struct{ *source }

func (r *routeSchema) targetKeys() object {
	return object{
		"next": boolean("to the next step"), "go": ref("stepID"),
		"end": pattern(idPattern, "the route ends as this"), "leave": boolean("the branch ends and counts as arrived"),
	}
}

func shortWay() object {
	return object{"type": "string", "anyOf": []object{{"enum": []string{"next", "leave"}}, {"pattern": `^(go\s+\S|end\s+[a-z])`}}}
}

func (r *routeSchema) outcomes() object {
	one := anyOf(shortWay(), mapping(nil, with(r.targetKeys(), object{
		"title":   labelled("the outcome in words"),
		"comment": enum([]string{"required", "optional"}, "what the performer has to say"),
		"max":     count(1, "how many times it may go this way"),
		"else":    ref("way"),
		"now":     boolean("decides a block at once and cancels the rest"),
		"do":      ref("actions"),
	})))
	names := filled(pattern(idPattern, ""), "names; all go on")
	mapped := keyed(idPattern, one, "outcome → what follows, the best first")
	mapped["minProperties"] = 1
	return anyOf(mapped, names)
}

func (r *routeSchema) action() object {
	steps := ref("stepIDs")
	template := text("a file of templates/")
	routes := suggested(r.routes, pattern(idPattern, ""))
	register := mapping([]string{"form"}, object{
		"form": enum(r.forms.FormNames(), "the form of the new document"),
		"set":  describe(fields(), "its fields"),
		"find": oneOrMany(pattern(namePattern, ""), "fields by which an existing document is taken instead"),
		"into": pattern(namePattern, "the field of this document that receives the number"),
		"link": text("this kind of link from the other document to this one"),
	})
	var cases []object
	for _, name := range r.forms.FormNames() {
		cases = append(cases, when("form", name, object{"properties": object{"set": ref("set." + name)}}))
	}
	if len(cases) > 0 {
		register["allOf"] = cases
	}
	o := mapping(nil, object{
		"if":       expression("only then"),
		"set":      describe(fields(), "fields and values"),
		"register": register,
		"link":     mapping([]string{"kind", "to"}, object{"kind": text("the kind of the link"), "to": expression("the other document")}),
		"comment":  expression("a comment on the document"),
		"cancel":   describe(ref("stepIDs"), "withdraw open steps"),
		"complete": describe(ref("stepIDs"), "finish open steps as if they were done"),
		"start":    anyOf(routes, mapping([]string{"route"}, object{"route": routes, "on": expression("the document; without it this one")})),
		"mail": anyOf(template, mapping([]string{"template"}, object{
			"to": expression("the address"), "template": template, "attach": oneOrMany(text(""), "files of the document, patterns"),
		})),
		"reply":    anyOf(template, mapping([]string{"template"}, object{"template": template, "attach": oneOrMany(text(""), "files of the document, patterns")})),
		"generate": anyOf(template, mapping([]string{"template"}, object{"template": template, "as": text("the file's name, a pattern")})),
		"attach":   anyOf(template, mapping([]string{"file"}, object{"file": text("a file of templates/"), "as": text("the file's name, a pattern")})),
		"assign": anyOf(
			mapping([]string{"step"}, object{"step": steps, "who": ref("people"), "due": ref("due")}),
			mapping([]string{"field", "who"}, object{"field": pattern(namePattern, "the user field that receives one of who"), "who": ref("people"),
				"pick": enum([]string{"first", "least-loaded"}, "which of several")}),
		),
	})
	o["oneOf"] = hasAny(route.ActionKinds())["anyOf"]
	return o
}

// fields is a mapping of fields to expressions.
func fields() object {
	return object{"type": "object", "minProperties": 1, "additionalProperties": scalar("an expression")}
}

// eventKeys are the keys of an event.
func (r *routeSchema) eventKeys() object {
	return object{
		"until":    scalar("a date comes, or a duration passes"),
		"when":     expression("a condition becomes true"),
		"changed":  pattern(namePattern, "this field is changed"),
		"message":  text("a letter is received"),
		"payment":  text("a payment is matched"),
		"document": text("a document of this form is linked"),
		"if":       expression("only such an event"),
	}
}

func eventNames() []string {
	return []string{"until", "when", "changed", "message", "payment", "document"}
}

func (r *routeSchema) event() object {
	o := mapping(nil, with(r.eventKeys(), r.targetKeys(), object{
		"id": pattern(idPattern, "names the way"), "steps": ref("steps"),
	}))
	o["allOf"] = []object{hasAny(eventNames())}
	return o
}

func (r *routeSchema) handler() object {
	o := mapping(nil, with(r.eventKeys(), object{
		"keep":   boolean("an event that came too early is remembered"),
		"cancel": describe(ref("stepIDs"), "open steps that are withdrawn"),
		"steps":  ref("steps"),
	}))
	o["allOf"] = []object{hasAny(eventNames()), hasAny([]string{"steps", "cancel"})}
	return o
}

// step describes a step by the verb it has.
func (r *routeSchema) step() object {
	verbs := object{}
	var cases []object
	for _, v := range route.Verbs() {
		verbs[v] = describe(object{}, verbHelp(v))
		then := r.verb(v)
		condition := object{"required": []string{v}}
		if v == string(route.Wait) {
			condition["not"] = object{"required": []string{string(route.Call)}} // call: …, wait: false
		}
		cases = append(cases, object{"if": condition, "then": then})
	}
	return object{
		"type": "object", "properties": with(verbs, object{"id": pattern(idPattern, "the step's id"), "title": true, "if": true, "while": true, "after": true, "lock": true}),
		"allOf": append([]object{hasAny(route.Verbs())}, cases...),
	}
}

// verb describes the steps of a verb.
func (r *routeSchema) verb(verb string) object {
	keys := object{
		"id":    pattern(idPattern, "the step's id"),
		"title": labelled("the step in words"),
		"if":    expression("the step runs only then"),
		"while": expression("it is possible only as long as this holds; open(step) for a milestone"),
		"after": describe(ref("stepIDs"), "only once these steps are done"),
		"lock":  text("held by one step of the document at a time"),
	}
	required := []string{}
	named := anyOf(labelled(""), object{"type": "null"})
	gather := object{
		"join": describe(anyOf(enum([]string{"all", "any", "none"}, ""), count(1, ""), pattern(`^when\(.*\)$|^[1-9][0-9]*$`, "")), "when the block goes on"),
		"rest": enum([]string{"wait", "cancel"}, "what happens to the others then"),
		"on":   ref("handlers"), "outcomes": ref("outcomes"),
		"one_at_a_time": boolean("the branches run one at a time, in any order"),
	}
	add := func(more ...object) { keys = with(append([]object{keys}, more...)...) }
	switch route.Verb(verb) {
	case route.Task, route.Approve:
		required = []string{"who"}
		add(r.work(), object{verb: labelled("the title")})
	case route.Inform:
		required = []string{"who"}
		add(object{verb: labelled("the title"), "who": ref("people"), "else": ref("people"), "text": labelled("what it says")})
	case route.Do:
		add(object{verb: ref("actions")})
	case route.Choose:
		required = []string{"branches"}
		add(object{verb: named, "branches": filled(ref("branch"), "the first whose condition holds is taken")})
	case route.Parallel:
		required = []string{"branches"}
		add(gather, object{verb: named, "branches": filled(ref("branch"), "all at once")})
	case route.Each:
		required = []string{"steps"}
		add(gather, object{verb: oneOrMany(scalar("a table field, or people"), "what it goes over"), "as": pattern(idPattern, "the name of the item in expressions"),
			"steps": ref("steps"), "allow": enum([]string{"add"}, "more can be added while it runs")})
	case route.Repeat:
		required = []string{"steps", "until"}
		add(object{verb: named, "steps": ref("steps"), "until": expression("ends the rounds"), "max": count(1, "rounds at most"),
			"else": ref("way"), "on": ref("handlers")})
	case route.Wait:
		events := object{"type": "array", "minItems": 1, "items": anyOf(scalar("a date or a duration"), ref("event"))}
		add(object{verb: anyOf(scalar("a date or a duration"), ref("event"), events, mapping([]string{"first"}, object{"first": anyOf(events, ref("event"))}))})
	case route.Call:
		add(object{verb: suggested(r.routes, pattern(idPattern, "")), "on": expression("the document; without it this one"),
			"wait": boolean("false goes on without waiting for its end"), "outcomes": ref("outcomes")})
	case route.Go:
		add(object{verb: ref("stepID")})
	case route.Leave:
		add(object{verb: object{"type": []string{"null", "boolean"}}})
	case route.End:
		add(object{verb: anyOf(object{"type": "null"}, pattern(idPattern, "how the route ended"))})
	}
	if v, ok := keys[verb].(object); ok {
		keys[verb] = describe(object{"allOf": []object{v}}, verbHelp(verb))
	}
	return mapping(required, keys)
}

// work is what tasks and approvals have in common.
func (r *routeSchema) work() object {
	return object{
		"who": ref("people"), "else": ref("people"), "controller": ref("people"), "due": ref("due"),
		"text": labelled("what is to be done"),
		"pick": describe(anyOf(enum([]string{"any", "all", "first", "least-loaded", "round-robin"}, ""), count(1, "")), "who of several does it"),
		"remind": oneOrMany(pattern(`^([1-9][0-9]?%|[0-9]+(\.[0-9]+)?(wd|wh|w|d|h|m)( (before|after))?)$`, ""),
			"50% of the time, 1wd before, 4wh after"),
		"escalate": oneOrMany(ref("escalate"), "what happens when it is late"),
		"fill":     oneOrMany(pattern(namePattern, "a field"), "fields the performer must fill to finish"),
		"outcomes": ref("outcomes"),
	}
}

// escalation is what happens when a task is late.
func (r *routeSchema) escalation() object {
	return mapping([]string{"after", "to"}, object{
		"after": pattern(`^[0-9]+(\.[0-9]+)?(wd|wh|w|d|h|m)$`, "so long after the deadline"),
		"to":    ref("people"),
		"then":  enum([]string{"tell", "reassign"}, "only tell them, or give them the task"),
	})
}

// branch describes a branch: a step by itself, or steps under a condition.
func (r *routeSchema) branch() object {
	persons := hasAny([]string{string(route.Task), string(route.Approve), string(route.Inform), string(route.Repeat)})
	steps := ref("steps")
	otherwise := mapping([]string{"else"}, object{
		"else":  describe(anyOf(shortWay(), object{"const": true}, ref("steps"), mapping([]string{"steps"}, object{"steps": steps})), "taken when no other branch is"),
		"steps": steps,
	})
	block := mapping(nil, object{
		"if": expression("the branch is taken only then"), "title": labelled("the branch in words"), "id": pattern(idPattern, "the branch's id"),
		"steps": steps, "next": boolean("to the step after the block"),
	})
	block["allOf"] = []object{hasAny([]string{"steps", "next"})}
	return object{
		"type":       "object",
		"properties": object{"if": expression("the branch is taken only then"), "else": true, "steps": true},
		"if":         object{"required": []string{"else"}, "not": persons},
		"then":       otherwise,
		"else":       object{"if": hasAny(slices.Clone(route.Verbs())), "then": ref("step"), "else": block},
	}
}

func verbHelp(verb string) string {
	switch route.Verb(verb) {
	case route.Task:
		return "work for a person"
	case route.Approve:
		return "a decision of a person"
	case route.Inform:
		return "something to read; nothing waits for it"
	case route.Do:
		return "automatic actions"
	case route.Choose:
		return "the first branch whose condition holds"
	case route.Parallel:
		return "all branches at once"
	case route.Each:
		return "the same steps for each row or person, at once"
	case route.Repeat:
		return "steps again and again until a condition holds"
	case route.Wait:
		return "for a date or an event; of several the first that comes"
	case route.Call:
		return "another route"
	case route.Go:
		return "a jump to a step"
	case route.Leave:
		return "the end of a branch, which counts as arrived"
	default:
		return "the end of the route"
	}
}
