package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
)

// Migration moves running instances of a route to its present definition.
type Migration struct {
	Route   string
	Numbers []string          // empty: all documents
	Map     map[string]string // former step: present step
}

// Migrated is what became of one instance.
type Migrated struct {
	Number   string
	Instance int
	From, To string // definitions
	Moves    []engine.Moved
	// Refused says why the instance stays where it is; empty: it has moved.
	Refused []string
}

// migrateBatch is how many documents one transaction moves.
const migrateBatch = 200

// Migrate analyses the present definition as lint does, then moves the
// instances, in bounded batches. Those that cannot be moved stay on the
// definition they have and are named with the reasons.
func (o *Office) Migrate(ctx context.Context, m Migration) (out []Migrated, receipts []repo.Receipt, err error) {
	defs := o.repo.Definitions()
	def, err := lint.Startable(defs, m.Route)
	if err != nil {
		return nil, nil, err
	}
	for _, to := range sortedValues(m.Map) {
		if def.Step(to) == nil {
			return nil, nil, refusef("e1 route show "+m.Route, "route %q: %s", m.Route, diag.Unknown("step", to, stepIDs(def)))
		}
	}
	numbers := m.Numbers
	if len(numbers) == 0 {
		if numbers, err = o.running(m.Route, def.ID); err != nil {
			return nil, nil, err
		}
	}
	for batch := range slices.Chunk(numbers, migrateBatch) {
		var part []Migrated
		done, err := o.update(ctx, "migrate", func(tx *repo.Tx, done *Done) error {
			part = nil
			moved := 0
			for _, number := range batch {
				list, err := o.migrateOne(tx, done, number, def, m)
				if err != nil {
					return err
				}
				part = append(part, list...)
			}
			for _, one := range part {
				if len(one.Refused) == 0 {
					moved++
				}
			}
			tx.Subject("migrate %s: %d of %d", m.Route, moved, len(part))
			return nil
		})
		if err != nil {
			return out, receipts, err
		}
		out, receipts = append(out, part...), append(receipts, done.Receipt)
	}
	return out, receipts, nil
}

func (o *Office) migrateOne(tx *repo.Tx, done *Done, number string, def *route.Route, m Migration) ([]Migrated, error) {
	d, err := tx.Document(number)
	if err != nil {
		return nil, err
	}
	var out []Migrated
	found := false
	for _, in := range slices.Clone(d.Routes) {
		if in.Route != m.Route || in.State != engine.Running {
			continue
		}
		if found = true; in.Definition == def.ID {
			continue
		}
		one := Migrated{Number: number, Instance: in.ID, From: in.Definition, To: def.ID}
		done.moved = nil
		err := o.apply(tx, done, d, engine.Migrate{Instance: in.ID, To: def, Map: m.Map, Stranded: lint.Completable})
		var refusal *engine.Refusal
		switch {
		case errors.As(err, &refusal):
			if one.Refused = refusal.Possible; len(one.Refused) == 0 || refusal.Reason != engine.BrokenRoute {
				one.Refused = []string{refusal.Message}
			}
		case err != nil:
			return nil, err
		}
		one.Moves = done.moved
		out = append(out, one)
		if d, err = tx.Document(number); err != nil {
			return nil, err
		}
	}
	if !found && len(m.Numbers) > 0 {
		return nil, refusef("e1 show "+number, "route %q is not running on %s", m.Route, number)
	}
	return out, nil
}

// running lists the documents on which a route runs by another definition than
// the present one. The index does not know where documents wait without a
// task, so the documents are read.
func (o *Office) running(name, present string) ([]string, error) {
	var out []string
	mark := []byte("route: " + name + "\n")
	err := o.repo.EachDocument(func(f repo.File) error {
		if !bytes.Contains(f.Src, mark) {
			return nil
		}
		d, err := document.Read(f.Src)
		if err != nil {
			return nil // e1 check reports it
		}
		if slices.ContainsFunc(d.Routes, func(in document.Instance) bool {
			return in.Route == name && in.State == engine.Running && in.Definition != present
		}) {
			out = append(out, d.Number)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

func stepIDs(r *route.Route) []string {
	var out []string
	for _, s := range r.Steps() {
		out = append(out, s.ID)
	}
	return out
}

func sortedValues(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// Text says in one line where an instance went.
func (m Migrated) Text() string {
	if len(m.Refused) > 0 {
		return strings.Join(m.Refused, "; ")
	}
	var parts []string
	for _, move := range m.Moves {
		if move.From == move.To {
			parts = append(parts, move.From)
		} else {
			parts = append(parts, fmt.Sprintf("%s > %s", move.From, move.To))
		}
	}
	return strings.Join(parts, ", ")
}
