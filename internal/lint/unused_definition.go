package lint

import (
	"path"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/settings"
)

var unusedDefinition = Code{"R008", "unused-definition", "a directory or calendar that nothing refers to; refer to it or remove the file"}

// unused reports directories that no field takes its values from, and
// calendars that nothing counts by. A file under suspicion must not be named
// anywhere: an expression may reach it in a way of its own.
func (l *linter) unused() error {
	if !l.wantsIn(definition.DirectoriesDir) && !l.wantsIn(definition.CalendarsDir) {
		return nil
	}
	set, err := l.defs.Forms()
	if err != nil {
		return err
	}
	conf, _, err := l.defs.Settings()
	if err != nil {
		return err
	}
	if l.shaky.unread {
		return nil // who refers to what cannot be told
	}
	used := map[string]bool{path.Join(definition.CalendarsDir, conf.Calendar+definition.Ext): true}
	var look func(fields []*form.Field)
	look = func(fields []*form.Field) {
		for _, f := range fields {
			if f.Directory != "" {
				used[path.Join(definition.DirectoriesDir, f.Directory+definition.Ext)] = true
			}
			look(f.Columns)
		}
	}
	for _, f := range set.Forms() {
		look(f.Fields())
	}
	for _, d := range set.Directories() {
		look(d.Fields)
	}
	for _, name := range l.files {
		dir := path.Dir(name)
		if used[name] || dir != definition.DirectoriesDir && dir != definition.CalendarsDir || l.named(name) {
			continue
		}
		what := map[string]string{definition.DirectoriesDir: "directory", definition.CalendarsDir: "calendar"}[dir]
		at := diag.Span{File: name, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
		l.add(diag.Problem{Code: unusedDefinition.Code, Slug: unusedDefinition.Slug, Severity: diag.Warning, At: at,
			Message: "nothing refers to the " + what + " \"" + strings.TrimSuffix(path.Base(name), definition.Ext) + "\"",
			Help:    "refer to it, or remove the file"})
	}
	return nil
}

// named tells whether another definition has the name of a file as a word.
func (l *linter) named(file string) bool {
	name := strings.TrimSuffix(path.Base(file), definition.Ext)
	others := []string{settings.FileName, org.FileName}
	for _, dir := range []string{definition.FormsDir, definition.DirectoriesDir, definition.RoutesDir, definition.ReportsDir,
		definition.ImportsDir, definition.CalendarsDir, definition.RulesDir} {
		files, _ := l.defs.List(dir)
		others = append(others, files...)
	}
	templates, _ := l.defs.TemplateFiles()
	for _, other := range append(others, templates...) {
		if src, err := l.defs.Read(other); err == nil && other != file && hasWord(string(src), name) {
			return true
		}
	}
	return false
}

func hasWord(text, word string) bool {
	for {
		i := strings.Index(text, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if (i == 0 || !inWord(text[i-1])) && (end == len(text) || !inWord(text[end])) {
			return true
		}
		text = text[end:]
	}
}

func inWord(b byte) bool {
	return b == '_' || b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}
