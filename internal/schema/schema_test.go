package schema_test

import (
	"bytes"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/e1-dms/e1"
	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/demo"
	"github.com/e1-dms/e1/internal/schema"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// files is a definition.Source in memory.
type files map[string]string

func (f files) Read(name string) ([]byte, error) {
	if src, ok := f[name]; ok {
		return []byte(src), nil
	}
	return nil, fs.ErrNotExist
}

func (f files) List(dir, suffix string) ([]string, error) {
	var names []string
	for name := range f {
		if path.Dir(name) == dir && strings.HasSuffix(name, suffix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// shipped is the configuration "E1 Sales" with its sample organisation.
func shipped(t *testing.T) files {
	t.Helper()
	out := files{}
	for cut, from := range map[string]fs.FS{"": e1.Forms, " ": e1.Routes, "  ": e1.Reports, "repo-template/": e1.Template} {
		err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			src, err := fs.ReadFile(from, name)
			out[strings.TrimPrefix(name, cut)] = string(src)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	out["org.yaml"] = out["sample/org.yaml"]
	return out
}

// kindOf says which schema a file is written against; "" for none.
func kindOf(name string) string {
	switch {
	case name == "e1.yaml":
		return "settings"
	case name == "org.yaml", name == "sample/org.yaml":
		return "org"
	}
	return map[string]string{
		"forms": "form", "routes": "route", "reports": "report", "imports": "import", "directories": "directory", "calendars": "calendar", "routes/tests": "route-test",
	}[path.Dir(name)]
}

// compiled compiles every schema of the definitions. Compiling checks each
// against the meta schema of its draft.
func compiled(t *testing.T, from files) map[string]*jsonschema.Schema {
	t.Helper()
	all, err := schema.All(definition.New(from))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*jsonschema.Schema{}
	for _, f := range all {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(f.Path(), doc); err != nil {
			t.Fatal(err)
		}
		if out[f.Kind], err = c.Compile(f.Path()); err != nil {
			t.Fatalf("%s: %v", f.Kind, err)
		}
	}
	return out
}

// value is what an editor's YAML reader makes of a file.
func value(t *testing.T, name, src string) any {
	t.Helper()
	f, problems := yamlsrc.Parse(name, []byte(src))
	if f.Root == nil {
		t.Fatal(problems)
	}
	return valueOf(f.Root)
}

func valueOf(n *yamlsrc.Node) any {
	switch n.Kind {
	case yamlsrc.Mapping:
		out := map[string]any{}
		for _, p := range n.Pairs {
			out[p.Key.Value] = valueOf(p.Value)
		}
		return out
	case yamlsrc.Sequence:
		out := []any{}
		for _, i := range n.Items {
			out = append(out, valueOf(i))
		}
		return out
	}
	switch n.Tag {
	case yamlsrc.TagNull:
		return nil
	case yamlsrc.TagBool:
		if n.Value == "true" || n.Value == "false" {
			return n.Value == "true"
		}
	case yamlsrc.TagInt, yamlsrc.TagFloat:
		if x, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return x
		}
	}
	return n.Value
}

// TestShippedDefinitions: every shipped definition names its schema in the
// first line, and fits it.
func TestShippedDefinitions(t *testing.T) {
	all := shipped(t)
	schemas := compiled(t, all)
	for i := range 3 {
		name, text := demo.Route(i)
		all["routes/"+name+".yaml"] = text
	}
	seen := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		kind := kindOf(name)
		if kind == "" {
			continue
		}
		seen[kind]++
		up := ""
		if strings.Contains(name, "/") && !strings.HasPrefix(name, "sample/") {
			up = strings.Repeat("../", strings.Count(name, "/"))
		}
		if want := "# yaml-language-server: $schema=" + up + ".e1/schema/" + kind + ".json\n"; !strings.HasPrefix(all[name], want) {
			t.Errorf("%s does not begin with %q", name, want)
		}
		if err := schemas[kind].Validate(value(t, name, all[name])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, kind := range schema.Kinds() {
		if seen[kind] == 0 && kind != "rule" {
			t.Errorf("no shipped definition is of the kind %q", kind)
		}
	}
}

// TestFaults: what an editor should mark.
func TestFaults(t *testing.T) {
	all := shipped(t)
	schemas := compiled(t, all)
	for _, tt := range []struct{ file, from, to string }{
		{"routes/long-sale.yaml", "for: inquiries", "for: inquirys"},
		{"routes/long-sale.yaml", "calendar: ru", "calendar: rus"},
		{"routes/long-sale.yaml", "route: long-sale", "route: Long sale"},
		{"routes/long-sale.yaml", "else: role manager", "else: role maneger"},
		{"routes/long-sale.yaml", "remind: 50%", "remind: often"},
		{"routes/long-sale.yaml", "who: manager", "whom: manager"},
		{"routes/long-sale.yaml", "- task: {en: Start", "- taks: {en: Start"},
		{"routes/long-sale.yaml", "set: {status: in_work, contacted_at: now}", "set: {status: in_work, contact_at: now}"},
		{"routes/long-sale.yaml", "      end: lost", "      ende: lost"},
		{"routes/long-sale.yaml", "comment: required", "comment: yes please"},
		{"routes/long-sale.yaml", "into: client", "into: customer"},
		{"routes/long-sale.yaml", "form: clients", "form: customers"},
		{"routes/long-sale.yaml", "- end: contract", "- end: [contract]"},
		{"routes/tests/long-sale.yaml", "route: long-sale", "route: long-sales"},
		{"routes/tests/long-sale.yaml", "  answers:", "  answer:"},
		{"routes/tests/long-sale.yaml", "expect: {open:", "expect: {opened:"},
		{"routes/tests/long-sale.yaml", "petrova: manager", "petrova: maneger"},
		{"forms/clients.yaml", "type: phone", "type: fone"},
		{"forms/clients.yaml", "form: clients", "form: Clients"},
		{"forms/works.yaml", "directory: work_kinds", "directory: work_kind"},
		{"forms/works.yaml", "type: directory, directory: work_kinds", "type: text, directory: work_kinds"},
		{"forms/works.yaml", "groups:", "group:"},
		{"reports/works-by-manager.yaml", "form: works", "form: work"},
		{"reports/inquiries-by-kind.yaml", "field: kind}", "field: kinds}"},
		{"reports/inquiries-by-kind.yaml", "is: from", "is: since"},
		{"reports/inquiries-by-kind.yaml", "as: percent", "as: per cent"},
		{"imports/web-orders.yaml", "read: fields", "read: lines"},
		{"imports/web-orders.yaml", "set: {source: web}", "set: {sourse: web}"},
		{"imports/web-orders.yaml", "  inn: ИНН", "  innn: ИНН"},
		{"imports/web-orders.yaml", "text: text", "text: txt"},
		{"calendars/ru.yaml", "week: [mon,", "week: [Monday,"},
		{"calendars/ru.yaml", `"09:00-13:00"`, `"9 to 1"`},
		{"calendars/ru.yaml", "off: [01-01..01-08, 02-23, 03-08, 05-01, 05-02", "off: [1 January, 02-23"},
		{"e1.yaml", "language: ru", "language: de"},
		{"e1.yaml", "currency: RUB", "currency: rubles"},
		{"e1.yaml", "mail:", "mial:"},
		{"e1.yaml", "layout: 1", "lint: {R999: off}"},
		{"org.yaml", "users:", "user:"},
		{"directories/work_kinds.yaml", "- {id: letter, ", "- {id: Letter, "},
		{"directories/work_kinds.yaml", "type: duration", "type: table"},
	} {
		src := all[tt.file]
		if !strings.Contains(src, tt.from) {
			t.Errorf("%s has no %q", tt.file, tt.from)
			continue
		}
		broken := strings.Replace(src, tt.from, tt.to, 1)
		if schemas[kindOf(tt.file)].Validate(value(t, tt.file, broken)) == nil {
			t.Errorf("%s: %q in the place of %q fits the schema", tt.file, tt.to, tt.from)
		}
	}
}

// TestLanguage: every element of the language, as docs/routes.md writes it.
func TestLanguage(t *testing.T) {
	schemas := compiled(t, shipped(t))
	for _, src := range []string{
		"route: a\nsteps: [{end: done}]\n",
		"route: a\nfor: contracts\nstart: [by hand, by rule, {on: changed, if: amount > 1}]\ndue: 10wd\nsteps:\n- {leave: }\n- end:\n",
		"route: a\nsteps:\n- each: lines\n  as: row\n  join: none\n  allow: add\n  steps:\n  - {task: Do, who: author}\n",
		"route: a\nsteps:\n- each: [petrova, role lawyer]\n  join: when(arrived > 1)\n  rest: cancel\n  steps: {task: Do, who: author, pick: 2}\n",
		"route: a\nsteps:\n- repeat:\n  max: 3\n  else: end failed\n  until: ok\n  steps: [{task: Do, who: [author, role lawyer]}]\n",
		"route: a\nsteps:\n- wait: {first: [{until: 2wd, go: b}, {message: reply, steps: [{end: answered}]}, 3d]}\n- {task: B, id: b, who: author, while: open(x), lock: stamp, after: [c]}\n",
		"route: a\nsteps:\n- {call: long-sale, on: client, wait: false}\n- {call: retail, outcomes: {refused: {end: no}, sold: next}}\n",
		"route: a\nfor: contracts\nsteps:\n- parallel:\n  on: {changed: amount, keep: true, cancel: x}\n  branches:\n  - {if: amount > 1, title: Big, id: big, steps: [{inform: Read, who: role ceo}]}\n  - {approve: Small, who: role cfo, if: amount < 1}\n  outcomes: {approve: next, reject: {now: true, go: start, max: 2, else: {end: no}}}\n",
		"route: a\nsteps:\n- choose:\n  branches:\n  - {if: 1 > 2, next: true}\n  - {else: true, steps: [{end: b}]}\n- do: {cancel: all}\n- do: [{assign: {step: x, who: author}}, {start: retail}, {mail: {to: email, template: hello}}, {comment: '\"x\"', if: true}]\n",
		"route: a\nsteps:\n- choose: {en: Which, ru: Какой}\n  branches: [{if: 1 > 2, task: X, who: author}, {else: go x}]\n- {task: X, id: x, who: author, outcomes: [yes, other], due: [by hand, 2wd]}\n",
	} {
		if err := schemas["route"].Validate(value(t, "routes/a.yaml", src)); err != nil {
			t.Errorf("%s%v", src, err)
		}
	}
}

// TestRules: rules as package rule reads them, and faults in them.
func TestRules(t *testing.T) {
	rules := compiled(t, shipped(t))["rule"]
	for src, right := range map[string]bool{
		"rule: a\nfor: inquiries\non: registered\nif: kind == \"goods\"\ndo:\n- set: {source: web}\n":                                  true,
		"rule: a\nfor: inquiries\non: {changed: [phone, email]}\noverwrite: true\ndo: {comment: '\"x\"'}\n":                            true,
		"rule: a\nfor: inquiries\non: [{task: contact, outcome: refused}, {status: done}]\noverwrite: [status]\ndo: {start: retail}\n": true,
		"rule: a\nfor: inquirys\non: registered\ndo: {start: retail}\n":                                                                false,
		"rule: a\nfor: inquiries\non: registred\ndo: {start: retail}\n":                                                                false,
		"rule: a\nfor: inquiries\non: registered\ndo: {cancel: contact}\n":                                                             false,
		"rule: a\nfor: inquiries\non: registered\ndo: {set: {sourse: web}}\n":                                                          false,
		"rule: a\nfor: inquiries\non: {status: dune}\ndo: {start: retail}\n":                                                           false,
		"rule: a\nfor: inquiries\ndo: {start: retail}\n":                                                                               false,
	} {
		if err := rules.Validate(value(t, "rules/a.yaml", src)); (err == nil) != right {
			t.Errorf("%s%v", src, err)
		}
	}
}

// TestSameBytes: schemas are tracked by git, so they must not change by themselves.
func TestSameBytes(t *testing.T) {
	one, err := schema.All(definition.New(shipped(t)))
	if err != nil {
		t.Fatal(err)
	}
	two, err := schema.All(definition.New(shipped(t)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range one {
		if !bytes.Equal(one[i].Data, two[i].Data) {
			t.Errorf("%s differs the second time", one[i].Kind)
		}
		single, err := schema.Of(definition.New(shipped(t)), one[i].Kind)
		if err != nil || !bytes.Equal(single.Data, one[i].Data) {
			t.Errorf("%s by itself differs: %v", one[i].Kind, err)
		}
		if !bytes.HasPrefix(one[i].Data, []byte("{\n")) || !bytes.HasSuffix(one[i].Data, []byte("}\n")) {
			t.Errorf("%s is no text file", one[i].Kind)
		}
	}
	if _, err := schema.Of(definition.New(shipped(t)), "rout"); err == nil || !strings.Contains(err.Error(), `did you mean "route"?`) {
		t.Errorf("%v", err)
	}
}

// TestBrokenDefinitions: what cannot be read leaves a schema with less in it.
func TestBrokenDefinitions(t *testing.T) {
	all := shipped(t)
	all["forms/clients.yaml"] = "form: [\n"
	all["org.yaml"] = "users: {\n"
	all["routes/retail.yaml"] = "\x00"
	all["e1.yaml"] = "language: [1]\n"
	compiled(t, all)
	compiled(t, files{"e1.yaml": "{}\n"})
}
