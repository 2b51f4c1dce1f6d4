package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/route"
)

// A route with faults is judged as far as it goes. What its faulty parts would
// have said about the fields of the document nobody knows; nothing that would
// rest on it is reported, so that a fault is told once.

// findDoubts notes the fields that parts which are not understood name, and from
// which step on they may matter.
func (d *dataflow) findDoubts() {
	r := d.s.Route
	d.lost, d.lostFrom = nil, map[*route.Step]set{}
	f := d.s.forms.Form(r.For.Text)
	if f == nil {
		return
	}
	for _, name := range f.FieldNames() {
		for _, at := range r.LostAt(name) {
			i := d.path(name)
			d.lost.add(i)
			from := d.lostStep(at)
			here := d.lostFrom[from]
			here.add(i)
			d.lostFrom[from] = here
		}
	}
}

// lostStep gives the step of the route's own sequence before which nothing
// depends on a part that is not understood; nil when all may. Branches that go on
// behind their join are beside whatever comes then.
func (d *dataflow) lostStep(at diag.Pos) *route.Step {
	body := d.s.Body
	if !at.IsValid() || at.Before(body.At.Start) || !at.Before(body.At.End) {
		return nil
	}
	for _, s := range body.Steps {
		if at.Before(s.Range.End) || slices.ContainsFunc(d.s.Steps(), func(inner *route.Step) bool {
			return partial(inner) && (inner == s || standsIn(inner, s))
		}) {
			return s
		}
	}
	return &route.Step{} // nothing comes behind it
}

// stray adds to what is known before a step that a jump may lead here of which
// nobody knows where it leads, or that is not understood at all. What the other
// ways here say stays true of them.
func (d *dataflow) stray(s *route.Step, in *state) {
	if d.s.faults == nil || !s.Named {
		return
	}
	if d.s.Lost(s.ID) {
		in.doubted = in.doubted.union(d.lost)
		in.loose = in.loose.union(in.filled)
		for i := range d.names {
			in.written.add(i)
		}
	}
	if from := d.astray[route.Region(s)]; from != nil {
		for i := range d.names {
			if in.filled.has(i) && !from.filled.has(i) {
				in.loose.add(i)
			}
		}
		in.written, in.doubted = in.written.union(from.written), in.doubted.union(from.doubted)
	}
}

// entered tells whether a step may be come to by a jump.
func (d *dataflow) entered(s *route.Step) bool {
	return d.jumps[s] != nil || d.s.faults != nil && s.Named && (d.astray[route.Region(s)] != nil || d.s.Lost(s.ID))
}

// doubts tells whether nobody knows if a path has a value.
func (d *dataflow) doubts(st *state, path string) bool {
	if st == nil || st.blind {
		return st != nil
	}
	first, _, _ := strings.Cut(path, ".")
	for _, name := range []string{path, first} {
		if i, ok := d.paths[name]; ok && st.doubted.has(i) {
			return true
		}
	}
	return false
}

// doubt notes that nobody knows any more about the fields that a text with a
// fault names, or seems to mean.
func (d *dataflow) doubt(st *state, text string) {
	for _, path := range d.named(text) {
		st.doubted.add(d.path(path))
	}
}

// doubtful tells whether a condition before a step cannot be read, so that nobody
// knows for which documents the route comes here.
func (s *subject) doubtful(step *route.Step) bool {
	in := s.inside(step)
	return in != nil && !in.doubted.equal(nil)
}

// misnamed notes that a field is given a value which is not there by that name.
func (d *dataflow) misnamed(st *state, path string) {
	if d.s.faults != nil && d.s.field(path) == nil {
		d.doubt(st, path)
	}
}

// settle takes back what a faulty condition has made doubtful once it no longer
// matters how it was: the step was done or not.
func (d *dataflow) settle(out, before *state, e *route.Expr) {
	if out == nil || before == nil || d.s.faults == nil || meant(e) != nil {
		return
	}
	for _, path := range d.named(e.Text) {
		if i := d.path(path); !before.doubted.has(i) {
			out.doubted.remove(i)
		}
	}
}

// named lists the fields whose names, or nearly so, a text holds.
func (d *dataflow) named(text string) []string {
	f := d.s.forms.Form(d.s.For.Text)
	if f == nil {
		return nil
	}
	var out []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		first, _, _ := strings.Cut(word, ".")
		if f.Field(first) == nil {
			if first = diag.Nearest(first, f.FieldNames()); first == "" {
				continue
			}
			word = first
		}
		out = append(out, word, first)
	}
	return out
}
