package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/index"
	"github.com/e1-dms/e1/internal/repo"
)

// numbers completes numbers of documents. Shells drop what does not begin with
// what was typed, so the answer is in its form: INQ-2026-000042 for INQ,
// inq-2026-000042 for inq-2, inq42 for inq4 and, of the current year, for inq.
func (a *app) numbers(cmd *cobra.Command, typed string) []string {
	r, err := a.open(cmd)
	if err != nil {
		return nil
	}
	db, err := r.Index()
	if err != nil {
		return nil
	}
	return a.numbersOf(r, db, typed, "")
}

// numbersOf completes numbers of a form, of all for none.
func (a *app) numbersOf(r *repo.Repo, db *index.DB, typed, form string) []string {
	upper := strings.ToUpper(typed)
	rows, err := db.Numbers(upper, form, completeAtMost)
	if err != nil || len(upper) != len(typed) {
		return nil
	}
	var out []string
	letters := strings.TrimRight(typed, "0123456789")
	var short []index.Row
	if letters != "" && typed != upper {
		short = shortNumbers(r, db, letters, typed[len(letters):], form)
	}
	for _, row := range short {
		out = append(out, described(letters+sequence(row.Number), row.Number+" "+row.Title))
	}
	for _, row := range rows {
		if !slices.ContainsFunc(short, func(s index.Row) bool { return s.Number == row.Number }) {
			number := typed + row.Number[len(typed):]
			if typed == strings.ToLower(typed) && typed != upper {
				number = strings.ToLower(row.Number)
			}
			out = append(out, described(number, row.Title))
		}
	}
	return out
}

// shortNumbers gives the documents of the current year whose number, without its
// leading zeros, begins with some digits.
func shortNumbers(r *repo.Repo, db *index.DB, letters, digits, form string) []index.Row {
	set, err := r.Definitions().Forms()
	if err != nil {
		return nil
	}
	var out []index.Row
	for _, full := range set.Expand(letters+"1", r.Now().Year(), nil) {
		head := strings.TrimRight(full, "0123456789")
		width := len(full) - len(head)
		for zeros := width - len(digits); zeros >= 0 && len(out) < completeAtMost; zeros-- {
			if digits == "" && zeros < width || strings.HasPrefix(digits, "0") {
				break
			}
			rows, err := db.Numbers(head+strings.Repeat("0", zeros)+digits, form, completeAtMost)
			if digits == "" {
				rows, err = db.Numbers(head, form, completeAtMost)
			}
			if err != nil {
				return out
			}
			for _, row := range rows {
				known := slices.ContainsFunc(out, func(o index.Row) bool { return o.Number == row.Number })
				if !known && strings.HasPrefix(sequence(row.Number), digits) {
					out = append(out, row)
				}
			}
		}
	}
	return out[:min(len(out), completeAtMost)]
}

// sequence is the sequence of a number without leading zeros.
func sequence(number string) string {
	return strings.TrimLeft(number[len(strings.TrimRight(number, "0123456789")):], "0")
}

// completeTasks completes open tasks: those of a document whose number was
// typed, else one's own, else anybody's.
func (a *app) completeTasks(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, noFiles
	}
	r, err := a.open(cmd)
	if err != nil {
		return nil, noFiles
	}
	db, err := r.Index()
	if err != nil {
		return nil, noFiles
	}
	q := index.TaskQuery{Open: true, Awaited: true, Limit: completeAtMost, MaxCount: -1}
	number, _, slash := strings.Cut(toComplete, "/")
	if slash {
		if q.Document, err = r.Resolve(number); err != nil {
			return nil, noFiles
		}
	} else if o, err := a.act(cmd); err == nil {
		q.Users = []string{o.Actor().ID}
	}
	for {
		tasks, _, err := db.Tasks(q)
		if err != nil {
			return nil, noFiles
		}
		var out []string
		for _, t := range tasks {
			name := taskNumber(t.Number, t.ID)
			switch {
			case slash:
				name = taskNumber(number, t.ID)
			case toComplete != strings.ToUpper(toComplete):
				if name = a.shortTask(r, t); !strings.HasPrefix(name, strings.ToLower(toComplete)) {
					name = strings.ToLower(taskNumber(t.Number, t.ID))
				}
			}
			if !strings.HasPrefix(strings.ToUpper(name), strings.ToUpper(toComplete)) {
				continue
			}
			name = toComplete + name[len(toComplete):]
			title := t.Title
			if t.State == engine.TaskReview {
				title = a.style().Word(t.State) + ": " + title
			}
			out = append(out, described(name, title+" · "+t.DocumentTitle))
		}
		if len(out) > 0 || len(q.Users) == 0 {
			return out, noFiles
		}
		q.Users = nil
	}
}

// shortTask is a task as people type it: inq42/1; its full name where that would
// be of another year.
func (a *app) shortTask(r *repo.Repo, t index.TaskRow) string {
	letters, _, _ := strings.Cut(strings.ToLower(t.Number), "-")
	short := letters + sequence(t.Number)
	if full, err := r.Resolve(short); err != nil || full != t.Number {
		short = strings.ToLower(t.Number)
	}
	return taskNumber(short, t.ID)
}
