package render

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/outbox"
	"github.com/e1-dms/e1/internal/template"
)

// TestWords: the table of words translates what the program says, all of it and
// nothing else.
func TestWords(t *testing.T) {
	said := map[string]bool{}
	for _, pattern := range []string{"*.go", "../cli/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && !strings.HasSuffix(file, "words.go") {
					if text, err := strconv.Unquote(lit.Value); err == nil {
						said[text] = true
					}
				}
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					return true
				}
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Word" {
					lit, ok := call.Args[0].(*ast.BasicLit)
					if !ok {
						return true
					}
					if text, err := strconv.Unquote(lit.Value); err != nil || russianWords[text] == "" {
						t.Errorf("%s: %s has no Russian", file, lit.Value)
					}
				}
				return true
			})
		}
	}
	// States and answers come from documents.
	for _, state := range []string{
		engine.TaskOpen, engine.TaskReview, engine.TaskDone, engine.TaskReturned, engine.TaskRefused, engine.TaskCancelled, engine.TaskInform,
		engine.Running, engine.Stopped, engine.Failed,
		document.LetterQueued, document.LetterSent, document.LetterWithdrawn,
		string(outbox.Queued), string(outbox.Sending), string(outbox.Sent), string(outbox.Failed),
		"assigned", "reminder", "answered", template.Unclear,
		"accepted", "approve", "confirm", "deny", "grant", "read", "reject", "return",
	} {
		said[state] = true
		if russianWords[state] == "" {
			t.Errorf("%q has no Russian", state)
		}
	}
	for _, word := range slices.Sorted(maps.Keys(russianWords)) {
		if !said[word] {
			t.Errorf("%q is translated and never said", word)
		}
	}
}
