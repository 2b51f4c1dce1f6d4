package gitindex

import (
	"time"
)

// Smudge makes git compare the content of files whose stat data may not show
// a later change: those not older than the index was. changed is asked for
// each whether the file differs from its entry; if so the size is set to zero,
// which is what git does itself when it writes an index. written is when the
// index was written, to the nanosecond, for changed to spare reading files
// whose times prove that they are older.
func (x *Index) Smudge(differs func(path string, e Entry, written time.Time) (bool, error)) error {
	if x.modified.IsZero() {
		return nil
	}
	changed := func(path string, e Entry) (bool, error) { return differs(path, e, x.modified) }
	limit := x.modified.Unix()
	racy := func(e *Entry) bool {
		return int64(e.Stat.MTimeSec) >= limit && e.Stat.Size != 0 && e.Stage() == 0 && e.Mode&0o170000 != 0o160000
	}
	for i := range x.entries {
		if e := &x.entries[i]; racy(e) {
			yes, err := changed(e.Path, *e)
			if err != nil {
				return err
			}
			if yes {
				e.Stat.Size = 0
			}
		}
	}
	if x.base == nil {
		return nil
	}
	for i := range x.replaced {
		if r := &x.replaced[i]; racy(&r.e) {
			_, path, err := x.base.at(r.pos)
			if err != nil {
				return err
			}
			yes, err := changed(path, r.e)
			if err != nil {
				return err
			}
			if yes {
				r.e.Stat.Size = 0
			}
		}
	}
	return x.smudgeBase(limit, racy, changed)
}

// smudgeBase replaces racy entries of the shared part, which cannot be
// changed itself.
func (x *Index) smudgeBase(limit int64, racy func(*Entry) bool, changed func(string, Entry) (bool, error)) error {
	for _, s := range x.base.suspects {
		if int64(s.mtime) < limit {
			continue
		}
		if _, gone := x.isDeleted(s.pos); gone {
			continue
		}
		if _, ok := x.findReplaced(s.pos); ok {
			continue
		}
		e, path, err := x.base.at(s.pos)
		if err != nil {
			return err
		}
		if !racy(&e) {
			continue
		}
		yes, err := changed(path, e)
		if err != nil {
			return err
		}
		if yes {
			e.Stat.Size = 0
			x.replace(s.pos, e)
		}
	}
	return nil
}
