package document

import (
	"slices"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// Clone copies the document; nothing is shared.
func (d *Document) Clone() *Document {
	if d == nil {
		return nil
	}
	c := *d
	c.Aliases = slices.Clone(d.Aliases)
	c.Card = d.Card.Clone()
	c.Extra = clonePairs(d.Extra)
	c.Links = slices.Clone(d.Links)
	for i := range c.Links {
		c.Links[i].Extra = clonePairs(c.Links[i].Extra)
	}
	c.Files = slices.Clone(d.Files)
	for i := range c.Files {
		c.Files[i].Extra = clonePairs(c.Files[i].Extra)
	}
	c.Letters = slices.Clone(d.Letters)
	for i := range c.Letters {
		c.Letters[i].To = slices.Clone(c.Letters[i].To)
		c.Letters[i].Extra = clonePairs(c.Letters[i].Extra)
	}
	c.Comments = slices.Clone(d.Comments)
	for i := range c.Comments {
		c.Comments[i].Extra = clonePairs(c.Comments[i].Extra)
	}
	c.Reached = slices.Clone(d.Reached)
	for i := range c.Reached {
		c.Reached[i].Extra = clonePairs(c.Reached[i].Extra)
	}
	c.Routes = slices.Clone(d.Routes)
	for i := range c.Routes {
		c.Routes[i] = c.Routes[i].Clone()
	}
	return &c
}

// Clone copies the instance; nothing is shared.
func (in Instance) Clone() Instance {
	in.Vars = in.Vars.Clone()
	in.Told = slices.Clone(in.Told)
	in.Extra = clonePairs(in.Extra)
	in.Open = slices.Clone(in.Open)
	for i := range in.Open {
		in.Open[i].Started = slices.Clone(in.Open[i].Started)
		in.Open[i].Arrived = slices.Clone(in.Open[i].Arrived)
		in.Open[i].Answers = slices.Clone(in.Open[i].Answers)
		in.Open[i].Extra = clonePairs(in.Open[i].Extra)
	}
	in.Tasks = slices.Clone(in.Tasks)
	for i := range in.Tasks {
		in.Tasks[i].Candidates = slices.Clone(in.Tasks[i].Candidates)
		in.Tasks[i].Told = slices.Clone(in.Tasks[i].Told)
		in.Tasks[i].Extra = clonePairs(in.Tasks[i].Extra)
	}
	return in
}

func clonePairs(pairs []yamlsrc.Pair) []yamlsrc.Pair {
	if pairs == nil {
		return nil
	}
	out := make([]yamlsrc.Pair, len(pairs))
	for i, p := range pairs {
		out[i] = yamlsrc.Pair{Key: p.Key.Clone(), Value: p.Value.Clone()}
	}
	return out
}
