package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
)

// Starting says which route a document is to be sent along: one of the
// repository, or an individual one, given as a file or on one line.
type Starting struct {
	Route string
	// File is the name of a definition, for its problems, Source its text.
	File   string
	Source []byte
	// Steps is a route on one line; see route.ParseShort.
	Steps string
	// Due gives deadlines by hand, by step.
	Due map[string]engine.Deadline
}

// Start sends a document along a route. A route with errors is not started:
// all of them come back as a *diag.ListError. Any user may.
func (o *Office) Start(ctx context.Context, number string, s Starting) (*Done, error) {
	return o.change(ctx, "start", number, nil, func(tx *repo.Tx, done *Done, f *form.Form, d *document.Document) error {
		event := engine.Start{Route: s.Route, Due: s.Due}
		if s.Route == "" {
			def, err := o.individual(tx.Definitions(), f, d, s)
			if err != nil {
				return err
			}
			event.Definition = def
		} else if _, err := lint.Startable(tx.Definitions(), s.Route); err != nil {
			return err
		}
		if err := o.apply(tx, done, d, event); err != nil {
			return err
		}
		what := s.Route
		if event.Definition != nil {
			what = event.Definition.Title.In(o.language(tx))
		}
		tx.Subject("start %s: %s", number, what)
		return nil
	})
}

func (o *Office) language(tx *repo.Tx) string {
	conf, _, err := tx.Definitions().Settings()
	if err != nil {
		return ""
	}
	return conf.Language
}

// individual reads a route that somebody wrote for one document, and analyses
// it as lint does the others.
func (o *Office) individual(defs *definition.Set, f *form.Form, d *document.Document, s Starting) (*route.Route, error) {
	if s.Steps == "" {
		def, problems := route.ParseSource(s.File, s.Source)
		names, err := defs.RouteNames()
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, def.Name.Text) {
			return nil, refusef("give it another name", "%s: the repository has a route %q already", s.File, def.Name.Text)
		}
		if problems, err = lint.Route(defs, def, problems); err != nil {
			return nil, err
		}
		return def, problems.Errors().Err()
	}
	set, err := defs.Forms()
	if err != nil {
		return nil, err
	}
	conf, _, err := defs.Settings()
	if err != nil {
		return nil, err
	}
	short, problems := route.ParseShort(s.Steps, shortContext(set, f, d, conf.Language))
	if err := problems.Err(); err != nil {
		return nil, err
	}
	def, problems := route.ParseSource(route.ShortFile, short.Source)
	if problems, err = lint.Route(defs, def, problems); err != nil {
		return nil, err
	}
	return def, short.Back(def, problems).Errors().Err()
}

// shortContext says what the words of a route on one line may mean.
func shortContext(set *form.Set, f *form.Form, d *document.Document, language string) route.ShortContext {
	ctx := route.ShortContext{Form: d.Form, Language: language, Title: "Individual route", Roles: set.Org().RoleIDs()}
	if language == "ru" {
		ctx.Title = "Индивидуальный маршрут"
	}
	ctx.Name = "individual"
	for n := 2; slices.ContainsFunc(d.Routes, func(in document.Instance) bool { return in.Route == ctx.Name }); n++ {
		ctx.Name = fmt.Sprintf("individual-%d", n)
	}
	for _, u := range set.Org().Users {
		if u.Active {
			ctx.Users = append(ctx.Users, u.ID)
		}
	}
	for _, dept := range set.Org().Departments {
		ctx.Departments = append(ctx.Departments, dept.ID)
	}
	for _, field := range f.Fields() {
		if field.Type == expr.UserKind {
			ctx.Fields = append(ctx.Fields, field.Name)
		}
	}
	return ctx
}

// judged gives the engine the routes at HEAD, but none that lint has found to be
// faulty: such a route must not be started. Its document is registered all the
// same, and the reason is told.
type judged struct {
	defs *definition.Set
	done *Done
	tx   *repo.Tx
}

// Pinned gives the definition an instance runs on. That of a route which began
// in this transaction is not in the repository yet.
func (j judged) Pinned(id string) (*route.Route, error) {
	r, err := j.defs.Pinned(id)
	if !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	name := definition.PinnedPath(id)
	src, err := j.tx.After().Read(name)
	if err != nil {
		return nil, err
	}
	r, problems := route.ParseSource(name, src)
	return r, problems.Err()
}

// Current gives the definition a new instance of a route starts on.
func (j judged) Current(name string) (*route.Route, error) {
	if err := j.judge(name); err != nil {
		return nil, err
	}
	return j.defs.Route(name)
}

// Starting gives the routes of a form that an event may start, by name.
func (j judged) Starting(formName string, on route.StartKind) []*route.Route {
	names, err := j.defs.RouteNames()
	if err != nil {
		return nil
	}
	var out []*route.Route
	for _, name := range names {
		if !j.defs.MayStart(name, formName, on) {
			continue
		}
		parsed := j.defs.Parsed(name)
		if parsed != nil && (parsed.For.Text != formName || !slices.ContainsFunc(parsed.Starts, func(s *route.Start) bool { return s.On == on })) {
			continue
		}
		r, err := j.Current(name)
		if err != nil {
			j.done.note("route %q has errors and does not start: %s", name, diag.Brief(err))
			continue
		}
		out = append(out, r)
	}
	return out
}

// judge gives the errors that keep a route from being started.
func (j judged) judge(name string) error {
	if j.tx.Repo().Fit(name) {
		return nil
	}
	_, err := lint.Startable(j.defs, name)
	if err == nil {
		j.tx.Repo().FoundFit(name)
	}
	return err
}
