package route

// Instant is what a route may do before anybody acts, whatever the conditions.
type Instant struct {
	Actions []*Action
	Calls   []*CallOf
	Over    bool // it may come to its end
}

// AtOnce gives what the route may do before anybody acts.
func (r *Route) AtOnce() Instant {
	w := &instant{}
	w.Over = w.steps(r.Body.Steps) || w.Over
	return w.Instant
}

// instant follows what happens without anybody's doing.
type instant struct{ Instant }

// steps tells whether the end of a sequence may be come to at once.
func (w *instant) steps(list []*Step) bool {
	for _, s := range list {
		if !w.step(s) && s.If == nil && s.While == nil && s.WhileOpen.Text == "" {
			return false
		}
	}
	return true
}

func (w *instant) step(s *Step) bool {
	switch s.Verb {
	case Inform:
		return true
	case Do:
		w.Actions = append(w.Actions, s.Actions...)
		return true
	case Call:
		w.Calls = append(w.Calls, s.Call)
		return true // the other route may be over at once
	case Choose, Parallel, Each, Repeat:
		through := s.Verb == Each || s.Verb == Parallel && s.Join.Kind != JoinAll
		for _, b := range s.Branches {
			through = w.steps(b.Steps) || through
		}
		return through
	case End:
		w.Over = true
	}
	return false // a person, a wait, a jump
}
