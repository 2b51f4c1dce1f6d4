package document

import "github.com/e1-dms/e1/internal/yamlsrc"

func (r *reader) link(n *yamlsrc.Node, l *Link) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "kind":
			l.Kind = r.text(k, p.Value)
		case "to":
			l.To = r.text(k, p.Value)
		default:
			l.Extra = append(l.Extra, r.own(p))
		}
	}
}

func (r *reader) attachment(n *yamlsrc.Node, f *File) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "name":
			f.Name = r.text(k, p.Value)
		case "original":
			f.Original = r.text(k, p.Value)
		case "of":
			f.Of = r.text(k, p.Value)
		case "sha256":
			f.SHA256 = r.text(k, p.Value)
		case "size":
			f.Size = r.int64(k, p.Value)
		case "by":
			f.By = r.text(k, p.Value)
		case "at":
			f.At = r.time(k, p.Value)
		case "template":
			f.Template = r.text(k, p.Value)
		case "message":
			f.Message = r.text(k, p.Value)
		case "message_id":
			f.MessageID = r.text(k, p.Value)
		default:
			f.Extra = append(f.Extra, r.own(p))
		}
	}
}

func (r *reader) letter(n *yamlsrc.Node, l *Letter) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "id":
			l.ID = r.text(k, p.Value)
		case "to":
			l.To = r.texts(k, p.Value)
		case "task":
			l.Task = r.int(k, p.Value)
		case "about":
			l.About = r.text(k, p.Value)
		case "subject":
			l.Subject = r.text(k, p.Value)
		case "template":
			l.Template = r.text(k, p.Value)
		case "state":
			l.State = r.text(k, p.Value)
		case "by":
			l.By = r.text(k, p.Value)
		case "at":
			l.At = r.time(k, p.Value)
		case "sent":
			l.Sent = r.time(k, p.Value)
		default:
			l.Extra = append(l.Extra, r.own(p))
		}
	}
}

func (r *reader) comment(n *yamlsrc.Node, c *Comment) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "id":
			c.ID = r.text(k, p.Value)
		case "at":
			c.At = r.time(k, p.Value)
		case "by":
			c.By = r.text(k, p.Value)
		case "text":
			c.Text = r.text(k, p.Value)
		default:
			c.Extra = append(c.Extra, r.own(p))
		}
	}
}

func (r *reader) reached(n *yamlsrc.Node, x *Reached) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "rule":
			x.Rule = r.text(k, p.Value)
		case "field":
			x.Field = r.text(k, p.Value)
		case "date":
			x.Date = r.text(k, p.Value)
		case "at":
			x.At = r.time(k, p.Value)
		default:
			x.Extra = append(x.Extra, r.own(p))
		}
	}
}

func (r *reader) instance(n *yamlsrc.Node, in *Instance) {
	for _, p := range n.Pairs {
		k, v := p.Key.Value, p.Value
		switch k {
		case "id":
			in.ID = r.int(k, v)
		case "route":
			in.Route = r.text(k, v)
		case "definition":
			in.Definition = r.text(k, v)
		case "title":
			in.Title = r.text(k, v)
		case "state":
			in.State = r.text(k, v)
		case "by":
			in.By = r.text(k, v)
		case "started":
			in.Started = r.time(k, v)
		case "ended":
			in.Ended = r.time(k, v)
		case "end":
			in.End = r.text(k, v)
		case "due":
			in.Due = r.time(k, v)
		case "told":
			in.Told = r.texts(k, v)
		case "vars":
			in.Vars = r.card(k, v)
		case "open":
			in.Open = list(r, k, v, r.position)
		case "tasks":
			in.Tasks = list(r, k, v, r.task)
		default:
			in.Extra = append(in.Extra, r.own(p))
		}
	}
}

func (r *reader) position(n *yamlsrc.Node, pos *Position) {
	for _, p := range n.Pairs {
		switch k := p.Key.Value; k {
		case "at":
			pos.At = r.text(k, p.Value)
		case "item":
			pos.Item = r.text(k, p.Value)
		case "state":
			pos.State = r.text(k, p.Value)
		case "until":
			pos.Until = r.time(k, p.Value)
		case "started":
			pos.Started = r.texts(k, p.Value)
		case "answers":
			pos.Answers = r.texts(k, p.Value)
		case "child":
			pos.Child = r.int(k, p.Value)
		case "since":
			pos.Since = r.time(k, p.Value)
		case "arrived":
			pos.Arrived = r.texts(k, p.Value)
		case "count":
			pos.Count = r.int(k, p.Value)
		default:
			pos.Extra = append(pos.Extra, r.own(p))
		}
	}
}

func (r *reader) task(n *yamlsrc.Node, t *Task) {
	for _, p := range n.Pairs {
		k, v := p.Key.Value, p.Value
		switch k {
		case "id":
			t.ID = r.int(k, v)
			if r.tasks[t.ID] {
				r.errorf(duplicateTask, v, "give one of them a number of its own", "task %d is there twice", t.ID)
			}
			if r.tasks == nil {
				r.tasks = map[int]bool{}
			}
			r.tasks[t.ID] = true
		case "step":
			t.Step = r.text(k, v)
		case "title":
			t.Title = r.text(k, v)
		case "who":
			t.Who = r.text(k, v)
		case "candidates":
			t.Candidates = r.texts(k, v)
		case "state":
			t.State = r.text(k, v)
		case "assigned":
			t.Assigned = r.time(k, v)
		case "due":
			t.Due = r.time(k, v)
		case "accepted":
			t.Accepted = r.time(k, v)
		case "done":
			t.Done = r.time(k, v)
		case "outcome":
			t.Outcome = r.text(k, v)
		case "comment":
			t.Comment = r.text(k, v)
		case "by":
			t.By = r.text(k, v)
		case "for":
			t.For = r.text(k, v)
		case "controller":
			t.Controller = r.text(k, v)
		case "cycle":
			t.Cycle = r.int(k, v)
		case "item":
			t.Item = r.text(k, v)
		case "timer":
			t.Timer = r.time(k, v)
		case "told":
			t.Told = r.texts(k, v)
		case "reminded":
			t.Reminded = r.time(k, v)
		case "escalated":
			t.Escalated = r.time(k, v)
		case "kind":
			t.Kind = r.text(k, v)
		case "of":
			t.Of = r.int(k, v)
		case "giver":
			t.Giver = r.text(k, v)
		case "text":
			t.Text = r.text(k, v)
		case "until":
			t.Until = r.time(k, v)
		case "chosen":
			t.Chosen = r.text(k, v)
		default:
			t.Extra = append(t.Extra, r.own(p))
		}
	}
}
