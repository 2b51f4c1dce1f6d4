package office

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/lint"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// part is the way to a part of a document's file: keys and positions in lists.
type part []any

// partOf is where a problem of a card shows.
func partOf(p form.Problem) part {
	if p.Field == "status" {
		return part{"status"}
	}
	at := part{"card", p.Field}
	if p.Row > 0 {
		at = append(at, p.Row-1)
		if p.Column != "" {
			at = append(at, p.Column)
		}
	}
	return at
}

// in finds the part in its file; what is not there shows at the key of the
// nearest part that is. The file is parsed with places only now, since most
// documents have no problem.
func (at part) in(f repo.File) diag.Span {
	parsed, _ := yamlsrc.Parse(f.Path, f.Src)
	if parsed == nil || parsed.Root == nil {
		return diag.Span{File: f.Path, Start: diag.Pos{Line: 1, Column: 1}, End: diag.Pos{Line: 1, Column: 1}}
	}
	node, nearest := parsed.Root, (*yamlsrc.Node)(nil)
	for _, step := range at {
		switch step := step.(type) {
		case string:
			key := node.Key(step)
			if key == nil {
				return parsed.Span(nearest)
			}
			node, nearest = node.Get(step), key
		case int:
			if step >= len(node.Items) {
				return parsed.Span(nearest)
			}
			node, nearest = node.Items[step], node.Items[step]
		}
	}
	if len(at) > 0 {
		nearest = node
	}
	return parsed.Span(nearest)
}

func (c *checker) links(d *document.Document, f repo.File) {
	for i, l := range d.Links {
		if other, err := c.r.Lookup().Document(l.To); err == nil && other == nil {
			c.add(lint.DataLink, diag.Error, f, part{"links", i, "to"}, "the link %q points to %s, which does not exist", l.Kind, l.To)
		}
	}
}

func (c *checker) routes(d *document.Document, f repo.File) {
	for i, in := range d.Routes {
		if in.State != engine.Running {
			continue
		}
		c.stranded(d, in)
		c.performers(in, f, i)
		def, err := c.r.Definitions().Pinned(in.Definition)
		if err != nil {
			c.add(lint.DataRoute, diag.Error, f, part{"routes", i, "definition"}, "route %q (%d) runs on the definition %s, which cannot be read", in.Route, in.ID, in.Definition)
			continue
		}
		for _, lost := range engine.Standing(def, &d.Routes[i]) {
			at := part{"routes", i, "open", lost.Open, "at"}
			if lost.Open < 0 {
				at = part{"routes", i, "tasks", slices.IndexFunc(in.Tasks, func(t document.Task) bool { return t.ID == lost.Task }), "step"}
			}
			c.add(lint.DataStanding, diag.Error, f, at, "%s", lost.Message)
		}
	}
}

// performers checks that those who have something to do are there.
func (c *checker) performers(in document.Instance, f repo.File, i int) {
	if c.people == nil {
		return
	}
	for j, t := range in.Tasks {
		if t.State != engine.TaskOpen && t.State != engine.TaskReview {
			continue
		}
		for _, who := range []struct{ key, id string }{{"who", t.Who}, {"controller", t.Controller}} {
			if who.id != "" && c.people.User(who.id) == nil {
				c.add(lint.DataPerformer, diag.Error, f, part{"routes", i, "tasks", j, who.key}, "task %d: %s", t.ID, diag.Unknown("user", who.id, c.people.UserIDs()))
			}
		}
		for k, id := range t.Candidates {
			if t.Who == "" && c.people.User(id) == nil {
				c.add(lint.DataPerformer, diag.Error, f, part{"routes", i, "tasks", j, "candidates", k}, "task %d: %s", t.ID, diag.Unknown("user", id, c.people.UserIDs()))
			}
		}
	}
}

// stranded gathers the documents that stand where the present definition of
// their route has no step.
func (c *checker) stranded(d *document.Document, in document.Instance) {
	now, err := c.r.Definitions().Route(in.Route)
	if err != nil || now == nil || now.ID == in.Definition {
		return
	}
	for _, p := range in.Open {
		// Ids that nobody has written come from the place of their step.
		if strings.Contains(p.At, ".") || now.Step(p.At) != nil {
			continue
		}
		key := in.Route + "\n" + p.At
		if c.lost == nil {
			c.lost = map[string][]string{}
		}
		if !slices.Contains(c.lost[key], d.Number) {
			c.lost[key] = append(c.lost[key], d.Number)
		}
	}
}

// files holds the files beside a document against its list of them.
func (c *checker) files(d *document.Document, f repo.File) error {
	for i, file := range d.Files {
		id, err := c.r.AttachmentID(f.Path, file.Name)
		if err != nil {
			return err
		}
		if id.IsZero() {
			c.add(lint.DataFile, diag.Error, f, part{"files", i, "name"}, "the attachment %q is missing", file.Name)
			continue
		}
		c.others[besideOf(f.Path, file.Name)] = true
		data, err := c.r.Git().Blob(id)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		if hex.EncodeToString(sum[:]) != file.SHA256 || int64(len(data)) != file.Size {
			c.add(lint.DataFile, diag.Error, f, part{"files", i, "sha256"}, "the attachment %q is not the file that was attached: its checksum differs", file.Name)
		}
	}
	if letter := besideOf(f.Path, document.MessageName); d.Message != "" {
		if _, there := c.others[letter]; !there {
			c.add(lint.DataFile, diag.Error, f, part{"message"}, "the letter that %s came from is missing", d.Number)
		} else {
			c.others[letter] = true
		}
	}
	return nil
}

// keepBeside takes the files beside a document that cannot be read for its own.
func (c *checker) keepBeside(f repo.File) {
	for name := range c.others {
		if path.Dir(name)+".yaml" == f.Path {
			c.others[name] = true
		}
	}
}

// strays reports the files that no document has.
func (c *checker) strays() {
	for _, name := range slices.Sorted(maps.Keys(c.others)) {
		if !c.others[name] {
			c.addFile(lint.DataStray, diag.Warning, name, "the file belongs to no document")
		}
	}
}
