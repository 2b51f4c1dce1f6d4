package schema

import (
	"maps"
	"slices"
)

// object is a JSON object; encoding sorts its keys.
type object map[string]any

// The shapes that every kind of definition uses.
const idPattern = `^[a-z][a-z0-9_-]*$`

func ref(name string) object { return object{"$ref": "#/definitions/" + name} }

// scalar is a text as YAML may read it: a number or truth value is its text.
func scalar(description string) object {
	return describe(object{"type": []string{"string", "number", "boolean"}}, description)
}

// expression is an expression of cards.
func expression(description string) object { return scalar(description) }

func text(description string) object { return describe(object{"type": "string"}, description) }

func pattern(p, description string) object {
	return describe(object{"type": "string", "pattern": p}, description)
}

func boolean(description string) object { return describe(object{"type": "boolean"}, description) }

// count is a whole number from least on.
func count(least int, description string) object {
	return describe(object{"type": "integer", "minimum": least}, description)
}

func enum(values []string, description string) object {
	if len(values) == 0 {
		return text(description) // an empty enum is no schema
	}
	return describe(object{"enum": unique(values)}, description)
}

// unique drops what is there twice, which an enum must not have.
func unique(values []string) []string {
	var out []string
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// suggested is a text for which there are likely values.
func suggested(values []string, other object) object {
	if len(values) == 0 {
		return other
	}
	return object{"anyOf": []object{{"enum": unique(values)}, other}}
}

func describe(o object, description string) object {
	if description != "" {
		o["description"] = description
	}
	return o
}

// list is a list of items.
func list(items object, description string) object {
	return describe(object{"type": "array", "items": items}, description)
}

// filled is a list of at least one item.
func filled(items object, description string) object {
	o := list(items, description)
	o["minItems"] = 1
	return o
}

// oneOrMany lets one item stand for a list of one.
func oneOrMany(items object, description string) object {
	return describe(object{"anyOf": []object{items, {"type": "array", "items": items, "minItems": 1}}}, description)
}

func anyOf(options ...object) object { return object{"anyOf": options} }

// mapping is an object with these keys and no others.
func mapping(required []string, properties object) object {
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// keyed is an object whose keys have a shape.
func keyed(pattern string, values object, description string) object {
	return describe(object{"type": "object", "patternProperties": object{pattern: values}, "additionalProperties": false}, description)
}

// with joins sets of properties; the later one wins.
func with(sets ...object) object {
	out := object{}
	for _, s := range sets {
		maps.Copy(out, s)
	}
	return out
}

// when says what holds for objects where a key has a value.
func when(key string, value any, then object) object {
	return object{
		"if":   object{"properties": object{key: object{"const": value}}, "required": []string{key}},
		"then": then,
	}
}

// hasAny holds for objects with one of the keys.
func hasAny(keys []string) object {
	var options []object
	for _, k := range keys {
		options = append(options, object{"required": []string{k}})
	}
	return object{"anyOf": options}
}

// labelled is a text, or one text for each language.
func labelled(description string) object {
	return describe(object{"$ref": "#/definitions/label"}, description)
}

func labelDefinition() object {
	return anyOf(
		object{"type": "string", "minLength": 1},
		object{"type": "object", "patternProperties": object{"^[a-z]{2}$": object{"type": "string", "minLength": 1}}, "additionalProperties": false, "minProperties": 1},
	)
}

// definitions adds what references point to.
func definitions(root object, defs object) object {
	root["definitions"] = with(object{"label": labelDefinition()}, defs)
	return root
}

func sortedUnique(values []string) []string {
	out := slices.Clone(values)
	slices.Sort(out)
	return slices.Compact(out)
}
