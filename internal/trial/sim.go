package trial

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/worktime"
)

// Simulation plays a route over invented documents.
type Simulation struct {
	Route *route.Route
	Card  []form.RowInput // fields of every document
	// Answers say what steps are answered.
	Answers []Reply
	// Random documents are played with answers and durations drawn by Seed;
	// 0: one document, with the first outcomes, every task taking all its time.
	Random int
	Seed   uint64
}

// Reply is an outcome that a step gets in so many percent of its visits; 0:
// always.
type Reply struct {
	Step, Outcome string
	Percent       int
}

// Simulated is what the documents went through.
type Simulated struct {
	Documents int
	Steps     []StepTime // those at which documents came to people or waited, in file order
	Ends      []End      // in the order in which they first came
	Total     []time.Duration
	// Notes say why documents could not go on.
	Notes []string
}

// StepTime is how long documents stood at a step, in working time.
type StepTime struct {
	Step  *route.Step
	Times []time.Duration // sorted, of the visits that are over
	Late  int             // done after the deadline
	Open  int             // documents that stand there at the end
}

// End is how many documents ended under a name; an empty one: not at all.
type End struct {
	Name  string
	Count int
}

// Mean is the arithmetic mean, 0 of none.
func Mean(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	return sum / time.Duration(len(times))
}

// Percentile is the time that so many percent of sorted times do not exceed.
func Percentile(times []time.Duration, percent int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	return times[(len(times)*percent+99)/100-1]
}

// maxMoves bounds what happens to one document.
const maxMoves = 400

// Simulate plays the route. The same simulation gives the same result.
func (b *Base) Simulate(s Simulation) (*Simulated, error) {
	out := &Simulated{Documents: max(s.Random, 1)}
	for _, step := range s.Route.Steps() {
		if step.Verb == route.Task || step.Verb == route.Approve || step.Verb == route.Wait || step.Verb == route.Call {
			out.Steps = append(out.Steps, StepTime{Step: step})
		}
	}
	for k := range out.Documents {
		t := &tour{base: b, s: s, out: out, chance: chance(s.Seed*0x9e3779b97f4a7c15 + uint64(k+1)), planned: map[int]time.Time{}, since: map[string]time.Time{}}
		if err := t.run(); err != nil {
			return nil, err
		}
	}
	for i := range out.Steps {
		slices.Sort(out.Steps[i].Times)
	}
	slices.Sort(out.Total)
	return out, nil
}

// tour is one document on its way.
type tour struct {
	base    *Base
	s       Simulation
	out     *Simulated
	w       *world
	number  string
	chance  chance
	planned map[int]time.Time // when open tasks will be answered
	since   map[string]time.Time
}

func (t *tour) run() error {
	set := t.base.Forms
	begin := Beginning(set.Settings().Zone)
	t.w = newWorld(t.base, set, begin)
	f := set.Form(t.s.Route.For.Text)
	if f == nil {
		return fmt.Errorf("route %q says for no form; nothing can be invented", t.s.Route.Name.Text)
	}
	by := "sim"
	if users := set.Org().Users; len(users) > 0 {
		by = users[0].ID
	}
	d := &document.Document{Form: f.Name, Registered: begin, By: by}
	for _, field := range t.s.Card {
		if field.Column == "status" {
			if _, ok := f.Status(field.Text); !ok {
				return errors.New(diag.Unknown("status", field.Text, f.StatusIDs()))
			}
			d.Status = field.Text
		} else if p := set.SetText(f, d, field.Column, field.Text, t.w.context(by)); p != nil {
			return errors.New(p.Message)
		}
	}
	set.Defaults(f, d, t.w.context(by))
	t.w.add(d)
	t.number = d.Number
	if err := t.w.apply(t.number, by, beginning(t.s.Route)); err != nil {
		return err
	}
	for range maxMoves {
		t.watch()
		if in := t.instance(); in.State != engine.Running || !t.move() {
			break
		}
	}
	t.finish(begin)
	return nil
}

func (t *tour) document() *document.Document { return t.w.docs[t.number] }

func (t *tour) instance() *document.Instance {
	d := t.document()
	for i := range d.Routes {
		if d.Routes[i].Route == t.s.Route.Name.Text {
			return &d.Routes[i]
		}
	}
	return &document.Instance{}
}

// move lets the next thing happen: a task is answered or a timer goes off.
func (t *tour) move() bool {
	var next *document.Task
	d := t.document()
	for i := range d.Routes {
		for j := range d.Routes[i].Tasks {
			task := &d.Routes[i].Tasks[j]
			if !engine.Pending(task.State) {
				continue
			}
			if _, ok := t.planned[task.ID]; !ok {
				t.planned[task.ID] = t.plan(task)
			}
			if next == nil || t.planned[task.ID].Before(t.planned[next.ID]) {
				next = task
			}
		}
	}
	timer := t.w.earliest()
	if next == nil && timer.IsZero() {
		return false
	}
	if next == nil || !timer.IsZero() && timer.Before(t.planned[next.ID]) {
		return t.w.passUntil(timer) == nil && timer != t.w.earliest()
	}
	if err := t.w.passUntil(t.planned[next.ID]); err != nil {
		return t.note(err)
	}
	if _, now := t.document().Task(next.ID); now == nil || !engine.Pending(now.State) {
		return true // a timer has taken it away
	}
	delete(t.planned, next.ID) // a review follows under the same id
	return t.answer(next.ID)
}

func (t *tour) note(err error) bool {
	if text := firstLine(err.Error()); !slices.Contains(t.out.Notes, text) && len(t.out.Notes) < 10 {
		t.out.Notes = append(t.out.Notes, text)
	}
	return false
}

// plan gives the moment at which a task will be answered.
func (t *tour) plan(task *document.Task) time.Time {
	c := t.base.Calendar(t.s.Route.Calendar.Text)
	if c == nil {
		return t.w.now.Add(time.Hour)
	}
	room := 4 * time.Hour
	if task.State == engine.TaskReview {
		room = time.Hour
	} else if !task.Due.IsZero() {
		room = max(c.Between(task.Assigned, task.Due), 15*time.Minute)
	}
	if t.s.Random > 0 { // from a twentieth of the time there is to a fifth too late, mostly early
		u := t.chance.fraction()
		room = time.Duration(float64(room) * (0.05 + 1.15*u*u))
	}
	at, _ := c.Add(t.w.now, worktime.Duration{WorkMinutes: int(room / time.Minute)})
	return at.In(t.w.now.Location())
}

func (t *tour) answer(id int) bool {
	in, task := t.document().Task(id)
	def, err := t.w.Pinned(in.Definition)
	if err != nil {
		return t.note(err)
	}
	choices := engine.Outcomes(def, task, t.base.Forms.Settings().Language)
	if len(choices) == 0 {
		return false
	}
	choice := choices[0]
	if task.State == engine.TaskOpen {
		choice = t.choose(task.Step, choices)
	}
	e := engine.Advance{Task: id, Outcome: choice.Name, Comment: "sim"}
	f := t.base.Forms.Form(t.document().Form)
	if s := def.Step(task.Step); s != nil {
		for _, w := range s.Fill {
			if v := f.Stored(t.document(), f.Field(w.Text)); v.IsEmpty() {
				if text := sample(t.base.Forms, f.Field(w.Text), t.w.now); text != "" {
					e.Fields = append(e.Fields, engine.Field{Name: w.Text, Text: text})
				}
			}
		}
	}
	if err := t.w.apply(t.number, doer(task), e); err != nil {
		return t.note(err)
	}
	if step := t.step(task.Step); step != nil && !task.Due.IsZero() && t.w.now.After(task.Due) {
		step.Late++
	}
	return true
}

// choose gives the answer to a step: as given, else the first, or any at random.
func (t *tour) choose(step string, choices []engine.Choice) engine.Choice {
	var rest []engine.Choice
	at, left := t.chance.below(100), 0
	for _, c := range choices {
		given := false
		for _, a := range t.s.Answers {
			if a.Step != step || a.Outcome != c.Name {
				continue
			}
			if given = true; a.Percent == 0 || t.s.Random > 0 && at >= left && at < left+a.Percent {
				return c
			}
			left += a.Percent
		}
		if !given {
			rest = append(rest, c)
		}
	}
	switch {
	case len(rest) == 0:
		return choices[len(choices)-1]
	case t.s.Random > 0:
		return rest[t.chance.below(len(rest))]
	}
	return rest[0]
}

func (t *tour) step(id string) *StepTime {
	for i := range t.out.Steps {
		if t.out.Steps[i].Step.ID == id {
			return &t.out.Steps[i]
		}
	}
	return nil
}

// watch measures how long the document stood at the places it has left.
func (t *tour) watch() {
	open := map[string]bool{}
	for _, p := range t.instance().Open {
		if p.State == engine.Held {
			continue // it has not come there yet
		}
		key := place(p.At, p.Item)
		open[key] = true
		if _, ok := t.since[key]; !ok || t.since[key].Before(p.Since) && t.left(key) {
			t.since[key] = p.Since
		}
	}
	var gone []string
	for key := range t.since {
		if !open[key] {
			gone = append(gone, key)
		}
	}
	slices.Sort(gone)
	for _, key := range gone {
		t.left(key)
		delete(t.since, key)
	}
}

// left counts one visit of a place as over.
func (t *tour) left(key string) bool {
	id := key
	if i := slices.Index([]byte(key), '@'); i >= 0 {
		id = key[:i]
	}
	if s := t.step(id); s != nil {
		s.Times = append(s.Times, t.between(t.since[key]))
	}
	return true
}

func (t *tour) between(from time.Time) time.Duration {
	if c := t.base.Calendar(t.s.Route.Calendar.Text); c != nil {
		return c.Between(from, t.w.now)
	}
	return t.w.now.Sub(from)
}

func (t *tour) finish(begin time.Time) {
	in := t.instance()
	name := in.End
	if in.State == engine.Running {
		name = ""
		for _, p := range in.Open {
			if s := t.step(p.At); s != nil {
				s.Open++
			}
		}
	} else {
		t.out.Total = append(t.out.Total, t.between(begin))
	}
	i := slices.IndexFunc(t.out.Ends, func(e End) bool { return e.Name == name })
	if i < 0 {
		t.out.Ends = append(t.out.Ends, End{Name: name})
		i = len(t.out.Ends) - 1
	}
	t.out.Ends[i].Count++
}

// chance is a stream of numbers: splitmix64 (Steele, Lea and Flood, "Fast
// splittable pseudorandom number generators", 2014).
type chance uint64

func (c *chance) next() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (c *chance) fraction() float64 { return float64(c.next()>>11) / (1 << 53) }

func (c *chance) below(n int) int { return int(c.fraction() * float64(n)) }
