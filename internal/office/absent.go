package office

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Absence is somebody's absence to be entered.
type Absence struct {
	User       string
	From, To   expr.Date // both included
	Substitute string    // empty: nobody
}

// Absent enters an absence into org.yaml, touching no other line. Everybody
// enters their own, heads those of their people, admins all. It refuses what
// would leave two answers to who acts, or none: overlaps and circles.
func (o *Office) Absent(ctx context.Context, a Absence) (*Done, error) {
	return o.editAbsences(ctx, a.User, func(people *org.Org, e *yamlsrc.Editor, root *yamlsrc.Node) (string, error) {
		switch {
		case a.To.Compare(a.From) < 0:
			return "", refusef("", "the absence ends on %s, before it begins on %s", a.To, a.From)
		case a.Substitute == a.User:
			return "", refusef("", "nobody substitutes themselves")
		case a.Substitute != "":
			u := people.User(a.Substitute)
			if u == nil {
				return "", unknownUser(people, "--substitute", a.Substitute)
			}
			if !u.Active {
				return "", refusef("e1 user list", "the substitute %q is not active", a.Substitute)
			}
		}
		for _, have := range people.Absences {
			if have.User == a.User && have.From.Compare(a.To) <= 0 && a.From.Compare(have.To) <= 0 {
				return "", refusef(fmt.Sprintf("e1 absent %s --remove --from %s", a.User, have.From),
					"%q is absent from %s to %s already", a.User, have.From, have.To)
			}
		}
		n := yamlsrc.Map(yamlsrc.P("user", yamlsrc.Text(a.User)), yamlsrc.P("from", yamlsrc.PlainText(a.From.String())), yamlsrc.P("to", yamlsrc.PlainText(a.To.String())))
		if a.Substitute != "" {
			n.Pairs = append(n.Pairs, yamlsrc.P("substitute", yamlsrc.Text(a.Substitute)))
		}
		subject := fmt.Sprintf("absent %s from %s to %s", a.User, a.From, a.To)
		if a.Substitute != "" {
			subject += ", substitute " + a.Substitute
		}
		list := root.Get("absences")
		if list == nil || len(list.Items) == 0 {
			return subject, e.Set([]any{"absences"}, yamlsrc.Seq(n.Flow()))
		}
		return subject, e.Insert([]any{"absences"}, len(list.Items), n.Flow())
	})
}

// Present removes an absence from org.yaml: the one that begins on a day, or
// with no day the only one there is that is not over.
func (o *Office) Present(ctx context.Context, user string, from expr.Date) (*Done, error) {
	return o.editAbsences(ctx, user, func(people *org.Org, e *yamlsrc.Editor, root *yamlsrc.Node) (string, error) {
		today := expr.DateOf(o.repo.Now())
		var found []org.Absence
		for _, have := range people.Absences {
			if have.User == user && (have.From == from || from == expr.Date{} && have.To.Compare(today) >= 0) {
				found = append(found, have)
			}
		}
		var days []string
		for _, f := range found {
			days = append(days, f.From.String())
		}
		switch {
		case len(found) == 0:
			return "", refusef("e1 absent --list", "%q has no such absence", user)
		case len(found) > 1:
			return "", refusef("e1 absent "+user+" --remove --from "+days[0], "%q has several absences: %s", user, strings.Join(days, ", "))
		}
		for i, item := range root.Get("absences").Items {
			if item.Start == found[0].At.Start {
				subject := fmt.Sprintf("absent %s: removed, from %s to %s", user, found[0].From, found[0].To)
				if len(root.Get("absences").Items) == 1 {
					return subject, e.Set([]any{"absences"}, yamlsrc.Seq().Flow())
				}
				return subject, e.Delete([]any{"absences", i})
			}
		}
		return "", fmt.Errorf("the absence is not where it was in %s", org.FileName)
	})
}

// editAbsences changes org.yaml; the result must be free of problems that were
// not there before.
func (o *Office) editAbsences(ctx context.Context, user string, edit func(*org.Org, *yamlsrc.Editor, *yamlsrc.Node) (string, error)) (*Done, error) {
	return o.update(ctx, "absent", func(tx *repo.Tx, done *Done) error {
		people, before, err := tx.Definitions().Org()
		if err != nil {
			return err
		}
		if people.User(user) == nil {
			return unknownUser(people, "", user)
		}
		if err := o.mayBeAway(people, user); err != nil {
			return err
		}
		src, err := tx.Definitions().Read(org.FileName)
		if errors.Is(err, fs.ErrNotExist) {
			return unknownUser(people, "", user)
		}
		if err != nil {
			return err
		}
		file, problems := yamlsrc.Parse(org.FileName, src)
		if err := problems.Err(); err != nil {
			return err
		}
		editor, err := yamlsrc.NewEditor(org.FileName, src)
		if err != nil {
			return err
		}
		subject, err := edit(people, editor, file.Root)
		if err != nil {
			return err
		}
		after := editor.Bytes()
		people, now, err := tx.Definitions().With(org.FileName, after).Org()
		if err != nil {
			return err
		}
		// Warnings too: an overlap of absences is one.
		if fresh := now.Since(before); len(fresh) > 0 {
			lines := make([]string, len(fresh))
			for i, p := range fresh {
				lines[i] = p.Message
			}
			return refusef("e1 absent --list", "%s", strings.Join(lines, "\n"))
		}
		tx.PutFile(org.FileName, after)
		tx.Subject("%s", subject)
		return o.tellOpen(done, people, user)
	})
}

func (o *Office) mayBeAway(people *org.Org, user string) error {
	if o.actor.Admin() || o.actor.ID == user {
		return nil
	}
	if h := people.Superior(user); h != nil && h.ID == o.actor.ID {
		return nil
	}
	return &DeniedError{Message: fmt.Sprintf("user %q may not enter absences of %q", o.actor.ID, user), hint: "everybody enters their own, heads those of their people, admins all"}
}

// tellOpen says what becomes of the tasks the absent person has.
func (o *Office) tellOpen(done *Done, people *org.Org, user string) error {
	db, err := o.repo.Index()
	if err != nil {
		return err
	}
	_, open, err := db.Tasks(index.TaskQuery{Users: []string{user}, Open: true, Limit: 1})
	if err != nil || open == 0 {
		return err
	}
	a, away := people.Absent(user, expr.DateOf(o.repo.Now()))
	tasks := fmt.Sprintf("%d open tasks stay", open)
	if open == 1 {
		tasks = "1 open task stays"
	}
	switch {
	case !away:
	case a.Substitute == "":
		done.Notes = append(done.Notes, fmt.Sprintf("%s with %q, and nobody substitutes: e1 task delegate hands on", tasks, user))
	default:
		done.Notes = append(done.Notes, fmt.Sprintf("%s with %q, also in the list of %q, who may act", tasks, user, a.Substitute))
	}
	return nil
}
