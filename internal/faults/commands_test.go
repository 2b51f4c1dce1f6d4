package faults_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// command is one that writes, with what it needs to do so.
type command struct {
	name    string
	from    func(testing.TB) string // template; nil: standard
	prepare func(*shop)             // what comes before, once
	args    []string
	stdin   string
	again   bool     // running it once more brings the repository to the end state
	like    bool     // it writes as another one here does: fewer points but in soak runs
	derived bool     // it makes no commit
	long    bool     // soak runs only
	next    []string // the command after it; nil: a comment on a client
}

// args splits a command line at blanks.
func args(line string) []string { return strings.Fields(line) }

// commands are all that write, but init and those that edit by hand.
func commands() []command {
	offer := filepath.Join(templates.dir, "offer.txt")
	return []command{
		{name: "register", args: append(args("register inquiries kind=question name=Acme phone=+74951234567 --for CLI-000001 --link reply_to=INQ-2026-000003 --attach"), offer)},
		{name: "set", args: args("set INQ-2026-000001 name=Changed person=Somebody")},
		{name: "row", args: args("row add INQ-2026-000001 lines item=More qty=3 price=1.50")},
		{name: "row set", args: args("row set INQ-2026-000001 lines 1 qty=5"), like: true},
		{name: "row rm", args: args("row rm INQ-2026-000001 lines 1"), like: true},
		{name: "status", args: args("status WRK-2026-000001 cancelled")},
		{name: "link", args: args("link INQ-2026-000003 reply_to INQ-2026-000002")},
		{name: "unlink", args: args("unlink INQ-2026-000001 reply_to INQ-2026-000002"), like: true},
		{name: "comment", args: args("comment INQ-2026-000002 said")},
		{name: "attach", args: append(args("attach INQ-2026-000002"), offer, filepath.Join(templates.dir, "letters", "e1.yaml"))},
		{name: "reassign", prepare: func(s *shop) { s.e1("set", "CLI-000002", "manager=admin") }, args: args("reassign clients --from admin --to petrova")},
		{name: "advance", args: args("advance INQ-2026-000006/1 accepted")},
		{name: "task accept", args: args("task accept INQ-2026-000004/1")},
		{name: "task refuse", args: args("task refuse INQ-2026-000004/1 --comment no"), like: true},
		{name: "task delegate", args: args("task delegate INQ-2026-000007/1 --to ivanova"), like: true},
		{name: "task comment", args: args("task comment INQ-2026-000007/1 soon"), like: true},
		{name: "task extend", args: args("task extend INQ-2026-000007/1 2wd --comment later"), like: true},
		{name: "task part", args: args("task part INQ-2026-000007/1 check --to ivanova"), like: true},
		{name: "task withdraw", prepare: func(s *shop) { s.e1("task", "part", "INQ-2026-000007/1", "check", "--to", "ivanova") },
			args: args("task withdraw INQ-2026-000007/2 --comment no"), like: true},
		{name: "route start", args: args("route start WRK-2026-000001 --file -"), stdin: ownRoute},
		{name: "route stop", args: args("route stop INQ-2026-000007 --comment no"), like: true},
		{name: "route migrate", prepare: func(s *shop) {
			s.edit("routes/long-sale.yaml", "title:", "# a remark\ntitle:")
			s.e1("commit", "-m", "remark")
		}, args: args("route migrate --all long-sale"), again: true},
		{name: "absent", args: args("absent petrova --from 2026-12-01 --to 2026-12-02 --substitute ivanova"), like: true},
		{name: "undo", prepare: func(s *shop) { s.e1("advance", "INQ-2026-000006/1", "accepted") }, args: args("undo")},
		{name: "undo registration", prepare: func(s *shop) { s.e1("register", "clients", "name=Short", "--attach", offer) }, args: args("undo")},
		{name: "commit", prepare: func(s *shop) {
			s.edit(client1, "First client", "Edited client")
			s.edit("forms/works.yaml", "title:", "# a remark\ntitle:")
		}, args: args("commit -m edited")},
		{name: "renumber", prepare: func(s *shop) {
			s.e1("attach", "INQ-2026-000006", offer)
		}, args: args("renumber INQ-2026-000006")},
		{name: "field add", args: append(args("form field add clients region type=text --group main"), "label={en: Region, ru: R}")},
		{name: "field set", args: append(args("form field set clients site"), "label={en: Home page, ru: S}")},
		{name: "field move", args: args("form field move clients phone --after email"), like: true},
		{name: "field rm", args: args("form field rm clients postal_address"), like: true},
		{name: "tick", prepare: func(s *shop) { // late already
			for _, name := range []string{"One", "Two", "Three"} {
				s.e1("register", "inquiries", "kind=training", "name="+name, "phone=+74951234567", "contact_due=2026-11-20 10:00")
			}
		}, args: args("tick"), again: true},
		{name: "tick batches", prepare: func(s *shop) { s.lateOnes(130) }, args: args("tick"), again: true},
		{name: "import", from: letters, args: args("import"), again: true},
		{name: "import file", from: letters, args: args("import web-orders -"), stdin: letter, again: true},
		{name: "demo documents", from: fresh, args: args("demo --documents 120"), next: newClient},
		{name: "demo history", from: fresh, args: args("demo --history 3"), next: newClient, long: true},
		{name: "maintain", prepare: func(s *shop) { // packs that become one with what is loose
			for range 2 {
				s.e1("maintain", "--all")
				s.e1("comment", "CLI-000002", "said")
			}
		}, args: args("maintain --all"), derived: true},
	}
}

// newClient is a next command where there may be no document yet.
var newClient = []string{"register", "clients", "name=Next client"}

// ownRoute is a route of one document.
const ownRoute = `route: own
title: Own way
for: works
start: by hand
steps:
- {task: Do it, id: it, who: petrova}
- {inform: Was done, who: author}
`

// letter is what a mail server hands over.
const letter = "From: site@shop.example.invalid\r\nTo: orders@example.invalid\r\nMessage-ID: <one@example.invalid>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0300\r\n" +
	"Subject: =?utf-8?B?0JfQsNC60LDQtyDRgtC+0LLQsNGA0LA=?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nНаименование: ООО «Клён»\r\nТелефон: +7 495 111-22-33\r\n"

// template of a command, prepared.
func (c command) template(t testing.TB) string {
	from := standard
	if c.from != nil {
		from = c.from
	}
	dir := from(t)
	if c.prepare == nil {
		return dir
	}
	return template(t, "before "+c.name, func(s *shop) {
		s.copyFrom(dir)
		c.prepare(s)
	})
}
