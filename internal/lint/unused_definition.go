package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/template"
)

var unusedDefinition = Code{"R008", "unused-definition", "a directory, calendar, template or role that nothing refers to; refer to it or remove it"}

// unused reports directories that no field takes its values from, calendars that
// nothing counts by, templates that no route and no rule uses, and roles that
// nobody has and nothing names. What is under suspicion must not be named
// anywhere: an expression may reach it in a way of its own. Forms are used by
// people.
func (l *linter) unused() error {
	if !l.wantsIn(definition.DirectoriesDir) && !l.wantsIn(definition.CalendarsDir) && !l.wantsIn(definition.TemplatesDir) && !l.wants(org.FileName) {
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
	var notices []string // which e1 itself writes
	for _, about := range append(settings.Told(), template.Unclear) {
		notices = append(notices, template.NoticeName(about))
	}
	kinds := map[string]string{definition.DirectoriesDir: "directory", definition.CalendarsDir: "calendar", definition.TemplatesDir: "template"}
	report := func(at diag.Span, what, name, help string) {
		l.add(diag.Problem{Code: unusedDefinition.Code, Slug: unusedDefinition.Slug, Severity: diag.Warning, At: at,
			Message: fmt.Sprintf("nothing refers to the %s %q", what, name), Help: help})
	}
	for _, file := range l.files {
		what := kinds[path.Dir(file)]
		name := strings.TrimSuffix(path.Base(file), path.Ext(file))
		if what == "" || used[file] || what == "template" && slices.Contains(notices, name) || l.named(name, file) {
			continue
		}
		at := diag.Span{File: file, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
		report(at, what, name, "refer to it, or remove the file")
	}
	people, _, err := l.defs.Org()
	if err != nil || !l.wants(org.FileName) {
		return err
	}
	for _, r := range people.Roles {
		if r.ID != org.Admin && !slices.ContainsFunc(people.Users, func(u *org.User) bool { return u.HasRole(r.ID) }) && !l.named(r.ID, org.FileName) {
			report(r.At, "role", r.ID, "give it to somebody, or remove it")
		}
	}
	return nil
}

// named tells whether another definition than a file's has a name as a word.
func (l *linter) named(name, file string) bool {
	others := []string{settings.FileName, org.FileName}
	for _, dir := range []string{definition.FormsDir, definition.DirectoriesDir, definition.RoutesDir, definition.ReportsDir,
		definition.ImportsDir, definition.CalendarsDir, definition.RulesDir} {
		files, _ := l.defs.List(dir)
		others = append(others, files...)
	}
	templates, _ := l.defs.TemplateFiles()
	for _, other := range append(others, templates...) {
		if src, err := l.defs.Read(other); err == nil && other != file && route.HasWord(string(src), name) {
			return true
		}
	}
	return false
}
