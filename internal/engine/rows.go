package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/route"
)

// RowsKept refuses a change of a document by which the items of an `each` that
// is at work would become others: tasks know their rows by number. in.Document
// is the document as changed, by whomever, was the one before. Rows may be
// changed in place and added behind those that were begun.
func RowsKept(in Input, was *document.Document) error {
	before := Input{Document: was, Forms: in.Forms, Definitions: in.Definitions, Calendar: in.Calendar, Lookup: in.Lookup, Now: in.Now, Actor: in.Actor}
	old, now := newMachine(before), newMachine(in)
	for i := range in.Document.Routes {
		inst := &in.Document.Routes[i]
		if inst.State != Running || was.Instance(inst.ID) == nil {
			continue
		}
		for _, p := range inst.Open {
			if len(p.Started) == 0 {
				continue // no block, or nothing begun
			}
			if err := now.itemsKept(old, inst.ID, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemsKept compares what one open block goes over.
func (m *machine) itemsKept(old *machine, id int, p document.Position) error {
	r, err := m.run(id)
	if err != nil {
		return nil // nothing can be said of a definition that cannot be read
	}
	s := r.r.Step(p.At)
	if s == nil || s.Verb != route.Each || s.Over.Expr == nil {
		return nil
	}
	was, err := old.run(id)
	if err != nil {
		return nil
	}
	same := was.position(p.At, p.Item)
	if same == nil || !same.Since.Equal(p.Since) {
		return nil // begun by this very change
	}
	before, after := was.listed(s, p.Item), r.listed(s, p.Item)
	if before == nil {
		return nil
	}
	last, moved := 0, false
	for _, key := range p.Started {
		n, err := strconv.Atoi(key)
		if err != nil || !slices.Contains(same.Started, key) {
			continue // a person, or a row added by this change
		}
		last = max(last, n)
		if !slices.Contains(p.Arrived, key) {
			moved = moved || displaced(before, after, n-1)
		}
	}
	// A row that is begun later must not get the number of one that was.
	if moved || s.Allow.Text == allowAdd && len(after) < last {
		table := strings.Join(tablesOf(r, s), ", ")
		return refuse(RowsAtWork, "e1 row set "+m.self.Number+" "+table+" N FIELD=VALUE… changes them; more are added behind them",
			"route %q is at work on the rows of %q (step %q); none can be taken out or moved before it is through", r.r.Name.Text, table, s.ID)
	}
	return nil
}

// listed gives what an each goes over, each element as a text that tells it
// from others; nil when it cannot be evaluated.
func (r *run) listed(s *route.Step, item string) []string {
	v, err := r.eval(s.Over.Expr, s, item, expr.Options{})
	if err != nil {
		return nil
	}
	out := []string{}
	switch list := v.(type) {
	case []expr.Row:
		for _, row := range list {
			var b strings.Builder
			for _, name := range slices.Sorted(maps.Keys(row)) {
				b.WriteString(name + "\x00" + expr.FormatValue(row[name]) + "\x00")
			}
			out = append(out, b.String())
		}
	case []expr.Value:
		for _, e := range list {
			out = append(out, expr.FormatValue(e))
		}
	}
	return out
}

// displaced tells whether the element at i is another one now. One that has
// changed in place is the same, as long as neither it stands elsewhere now nor
// what stands in its place stood elsewhere before.
func displaced(before, after []string, i int) bool {
	if i >= len(before) {
		return false
	}
	if i >= len(after) {
		return true
	}
	return before[i] != after[i] && (cameTo(before, after, i) || cameTo(after, before, i))
}

// cameTo tells whether the element at i of one list stands at another place of
// the other list, where it did not stand in the first.
func cameTo(from, to []string, i int) bool {
	for j := range to {
		if j != i && to[j] == from[i] && (j >= len(from) || from[j] != to[j]) {
			return true
		}
	}
	return false
}

// tablesOf names the tables that an each goes over.
func tablesOf(r *run, s *route.Step) []string {
	program, problems := s.Over.Expr.Compile(r.envAt(s), expr.Options{})
	if problems.HasErrors() {
		return []string{s.Over.Expr.Text}
	}
	var out []string
	for _, name := range program.Reads() {
		if v, ok := r.env.Lookup(name); ok && v.Type.Kind == expr.Table {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		out = append(out, s.Over.Expr.Text)
	}
	return out
}
