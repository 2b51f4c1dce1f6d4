package schema_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/schema"
	"github.com/e1-dms/e1/internal/settings"
)

// readers are the methods of yamlsrc.Mapped and of the route parser that make
// a key known.
var readers = []string{
	"Node", "Has", "Know", "TextNode", "Text", "Required", "Present", "Bool", "Int", "OneOf", "TextNodes", "Texts", "Items", "Mapping", "Label",
	"node", "word", "required", "words", "expr", "boolean", "count", "label", "missing", "expression", "id", "name", "bound", "pairs", "list",
}

// TestEveryKeyIsThere reads the sources of the parsers: a key that a parser
// asks for must be a property of its schema, so that the schema grows with the
// language. The reverse holds too, but for names that come from a repository.
func TestEveryKeyIsThere(t *testing.T) {
	data := map[string][]byte{}
	all, err := schema.All(definition.New(files{"e1.yaml": "{}\n"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		data[f.Kind] = f.Data
	}
	for _, tt := range []struct {
		kind, dir string
		files     string   // pattern
		more      []string // keys that the parser names elsewhere: in tables and loops
		fewer     []string // texts that look like keys to this test and are none
	}{
		{"route", "route", "*.go", routeWords(), nil},
		{"form", "form", "parse.go", nil, nil},
		{"directory", "form", "directory.go", nil, nil},
		{"report", "report", "parse.go", nil, nil},
		{"import", "intake", "definition.go", []string{"text", "subject", "name", "email", "to"}, nil},
		{"org", "org", "parse.go", nil, nil},
		{"calendar", "worktime", "parse.go", []string{"off", "short", "work", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}, nil},
		{"route-test", "trial", "file.go", []string{"step", "accept", "refuse", "delegate", "withdraw", "attach", "after", "until", "start", "stop", "on", "to", "user", "from", "substitute"}, nil},
		{"rule", "rule", "rule.go", []string{"changed", "status", "assigned", "task", "message", "document", "payment"}, nil},
		{"settings", "settings", "parse.go", append([]string{"language", "split_index"}, settings.Told()...), nil},
	} {
		known := map[string]bool{}
		for _, k := range append(keysOf(t, filepath.Join("..", tt.dir), tt.files), tt.more...) {
			known[k] = true
		}
		for _, k := range tt.fewer {
			delete(known, k)
		}
		properties := map[string]bool{}
		var root any
		if err := json.Unmarshal(data[tt.kind], &root); err != nil {
			t.Fatal(err)
		}
		gather(root, properties)
		for _, k := range slices.Sorted(maps.Keys(known)) {
			if !properties[k] {
				t.Errorf("%s: the parser knows the key %q, the schema does not", tt.kind, k)
			}
		}
		for _, k := range slices.Sorted(maps.Keys(properties)) {
			if !known[k] && !isCode(k) && tt.kind != "directory" && tt.kind != "rule" { // fields are read as those of forms are, actions as those of routes
				t.Errorf("%s: the schema has the key %q, the parser does not", tt.kind, k)
			}
		}
	}
}

// routeWords are the keys of routes that are constants: verbs, actions, events.
func routeWords() []string {
	words := append(route.Verbs(), route.ActionKinds()...)
	return append(words, "until", "when", "changed", "message", "payment", "document")
}

// isCode tells whether a key of the settings is that of a kind of problem.
func isCode(k string) bool { return len(k) == 4 && k[0] >= 'A' && k[0] <= 'Z' }

// gather collects the names of all properties of a schema.
func gather(v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if properties, ok := inner.(map[string]any); ok && k == "properties" {
				for name, p := range properties {
					into[name] = true
					gather(p, into)
				}
				continue
			}
			gather(inner, into)
		}
	case []any:
		for _, inner := range v {
			gather(inner, into)
		}
	}
}

// keysOf finds the texts that a package's parser asks mappings for.
func keysOf(t *testing.T, dir, files string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, files))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	var out []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains(readers, method.Sel.Name) {
				return true
			}
			// The key is the only text, or the last one of `p.name(m, "column")`;
			// OneOf has the values behind it, Mapping(n, what) names what it reads.
			args := call.Args
			if method.Sel.Name == "OneOf" || method.Sel.Name == "boolean" || method.Sel.Name == "Bool" || method.Sel.Name == "Int" {
				args = args[:1]
			}
			if _, isText := args[0].(*ast.BasicLit); !isText && slices.Contains([]string{"Mapping", "Label", "expr", "label"}, method.Sel.Name) {
				return true
			}
			if receiver, ok := method.X.(*ast.Ident); ok && receiver.Name == "p" && method.Sel.Name == "id" {
				out = append(out, "id")
				return true
			}
			for _, a := range args {
				if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if key, err := strconv.Unquote(lit.Value); err == nil && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz_") == "" {
						out = append(out, key)
					}
				}
			}
			return true
		})
	}
	return out
}
