// Package settings reads e1.yaml, the settings of a data repository.
//
// In goes the parsed file; out come [Settings] and every problem of the file with its place (S-codes, see
// [Codes]). It refuses unknown keys and values that mean nothing here, and it never guesses: a wrong value is
// reported and its default is used, so that a command can show all problems at once. It does no input or
// output. Invariant: the settings returned are usable whatever the file holds.
package settings

import (
	"slices"
	"time"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// FileName is where settings lie in a repository.
const FileName = "e1.yaml"

// Layout is the version of the numbering and path layout this program writes.
const Layout = 1

// Settings are the settings of one repository.
type Settings struct {
	Title    yamlsrc.Label
	Language string // of the texts people read: ru or en
	Currency string // ISO 4217
	Zone     *time.Location
	Calendar string // working calendar used where nothing else is said: calendars/<name>.yaml
	Layout   int
	// SplitIndex says when git's index is kept in its split form: auto, never or always.
	SplitIndex string
	Mail       Mail
	// Constants are read in expressions as settings.<name>, in file order.
	Constants []Constant
	// Links are the kinds of links between documents, in file order.
	Links []Link
	// Lint changes the severity of rules: code → error, warning, note or off.
	Lint map[string]string
}

// Mail says as whom the organisation writes letters. How letters leave the machine is configured by each
// user, never by the repository.
type Mail struct {
	From    string // address, with or without a name
	ReplyTo string
	// Domain is the right side of the Message-IDs made here; that of From when empty.
	Domain string
	// Tell says who gets letters about what, by the words of Told. What is not in it is told to nobody by letter.
	Tell map[string]Audience
}

// Audience is who gets letters of one kind: everybody, or who has one of some roles.
type Audience struct {
	All   bool
	Roles []string
}

// Includes tells whether somebody with some roles belongs to the audience.
func (a Audience) Includes(roles []string) bool {
	return a.All || slices.ContainsFunc(roles, func(r string) bool { return slices.Contains(a.Roles, r) })
}

// Told lists what people can be told by letter: a new task, one that is due soon, one of somebody else that is late,
// what there is to read, how a part or a request was answered. They are kinds of engine.Effect.
func Told() []string { return []string{"assigned", "reminder", "escalated", "inform", "answered"} }

// Constant is a named value of e1.yaml.
type Constant struct{ Name, Text string }

// Constant gives the text of a constant; ok is false when there is none of that name.
func (s *Settings) Constant(name string) (text string, ok bool) {
	for _, c := range s.Constants {
		if c.Name == name {
			return c.Text, true
		}
	}
	return "", false
}

// Link is a kind of link. Title is what the document that points calls it, Back what the other one does.
type Link struct {
	Kind        string
	Title, Back yamlsrc.Label
}

// Link finds a kind of link; nil when there is none of that name.
func (s *Settings) Link(kind string) *Link {
	for i := range s.Links {
		if s.Links[i].Kind == kind {
			return &s.Links[i]
		}
	}
	return nil
}

// LinkKinds are the names of all kinds of links.
func (s *Settings) LinkKinds() []string {
	out := make([]string, len(s.Links))
	for i, l := range s.Links {
		out[i] = l.Kind
	}
	return out
}

// Default are the settings of a repository without an e1.yaml.
func Default() *Settings {
	return &Settings{
		Language: "ru", Currency: "RUB", Zone: time.UTC, Calendar: "ru", Layout: Layout, SplitIndex: "auto", Links: usualLinks(),
	}
}

// usualLinks are the kinds of links of a repository that names none.
func usualLinks() []Link {
	label := func(en, ru string) yamlsrc.Label { return yamlsrc.Label{"en": en, "ru": ru} }
	return []Link{
		{"reply_to", label("Reply to", "Ответ на"), label("Answered by", "Ответы")},
		{"caused_by", label("Caused by", "Создан из"), label("Led to", "Порождает")},
		{"related", label("Related", "Связан с"), label("Related", "Связан с")},
		{"inquiry", label("Inquiry", "Обращение"), label("Came of it", "По обращению")},
		{"contract", label("Contract", "Договор"), label("Came of it", "По договору")},
	}
}
