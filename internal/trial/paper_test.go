package trial_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const writing = `
route: writing
for: contracts
start: by hand
controller: role head_of_sales
calendar: ru
steps:
- task: Prepare
  id: prepare
  who: role manager
  pick: first
  due: 2wd
  controller: role ceo
- do:
  - register: {form: works, set: {client: client, kind: other, subject: name, manager: manager}, link: caused_by}
  - link: {kind: related, to: client}
  - generate: {template: offer.html, as: "{number}.html"}
  - mail: {to: "[client.email, manager]", template: letter, attach: "{number}.html"}
  - reply: {template: letter}
- task: Send
  id: send
  who: role manager
  pick: first
  due: 2wd
- do: {mail: {template: addressed}}
- end: done
`

const writers = `route: writing
people: {ann: {roles: manager, email: ann@x.example}, cat: ceo, dan: head_of_sales}
by: dan
documents: [{form: clients, number: CLI-000001, card: {name: Ромашка, inn: "7707083893", email: a@x.example}}]
card: {kind: supply, name: Поставка, client: CLI-000001, manager: ann}
tests:
- test: one
`

func writingSource(t *testing.T) files {
	source := standard(t)
	source["routes/writing.yaml"] = []byte(writing)
	source["templates/offer.html"] = []byte("<p>{{ number }}</p>\n")
	source["templates/letter.txt"] = []byte("---\nsubject: About {{ name }}\n---\nHello\n")
	source["templates/addressed.txt"] = []byte("---\nsubject: Again\nto: {{ client.email }}\nattach: signed.pdf\n---\nHello\n")
	return source
}

// TestLettersLinksControllers: what a route writes, links and leaves to whose
// control is held against what is expected of it.
func TestLettersLinksControllers(t *testing.T) {
	t.Parallel()
	b := base(t, writingSource(t))
	const prepared = "  answers: [{prepare: done}, {prepare: confirm}]\n"
	tests := []struct {
		name, test string
		want       []string
	}{
		{"letters by template", prepared + "  expect: {letters: [letter, letter.txt]}", nil},
		{"no letters", prepared + "  expect: {letters: []}", []string{`9:12 expected the letters: nothing; written: letter, letter`}},
		{"none yet", "  expect: {letters: [], files: [], links: []}", nil},
		{"a letter", prepared + "  expect: {letters: [{template: letter, to: [a@x.example, ann], subject: About Поставка, attach: CON-2026-000001.html}, {template: letter, to: sender, attach: []}]}", nil},
		{"another letter", prepared + "  expect: {letters: [{template: letter, to: ann, subject: About, attach: x}, {template: letter, to: dan@x.example}]}", []string{
			`9:45 expected letter to be written to ann@x.example, got a@x.example, ann@x.example`,
			`9:59 expected letter to have the subject "About", got "About Поставка"`,
			`9:74 expected letter to have attached x, got CON-2026-000001.html`,
			`9:101 expected letter to be written to dan@x.example, got sender`}},
		{"of this answer", "  answers: [{prepare: done, expect: {letters: []}}, {prepare: confirm, expect: {letters: [letter, letter]}}, {expect: {letters: []}}]", nil},
		{"links", prepared + "  expect: {links: {related: CLI-000001}, registered: [{form: works, links: {caused_by: contracts}}], documents: {CLI-000001: {links: []}}}", nil},
		{"links by form", prepared + "  expect: {links: {related: [clients]}}", nil},
		{"other links", prepared + "  expect: {links: {caused_by: clients}, registered: [{form: works, links: []}]}", []string{
			`9:31 expected CON-2026-000001 to be linked as caused_by with clients; links: related CLI-000001`,
			`9:68 expected no other links of WRK-2026-000001, got caused_by CON-2026-000001`}},
		{"files", prepared + "  expect: {files: CON-2026-000001.html}", nil},
		{"other files", prepared + "  expect: {files: [a.html]}", []string{`9:19 expected CON-2026-000001 to have the files a.html, got CON-2026-000001.html`}},
		{"controller of the route", "  expect: {controller: dan}", nil},
		{"somebody else", "  expect: {controller: [dan, cat]}", []string{`8:24 expected the route to be controlled by dan, cat, got dan`}},
		{"nobody", "  expect: {controller: }", []string{`8:24 expected the route to be controlled by nothing, got dan`}},
		{"controller of a step", "  expect: {controller: {prepare: role ceo}}", nil},
		{"another one", "  expect: {controller: {prepare: dan}}", []string{`8:34 expected prepare to be controlled by dan, got cat`}},
		{"none", prepared + "  expect: {controller: {send: }}", nil},
		{"a letter that cannot be written", prepared[:len(prepared)-2] + ", {send: done, expect: {refused: paper, letters: []}}]\n  expect: {open: send}", nil},
		{"unexpectedly", prepared[:len(prepared)-2] + ", {send: done}]", []string{
			`8:51 route writing, step do.4: CON-2026-000001 has no file "signed.pdf" to attach; it has: CON-2026-000001.html`}},
		{"with its file", prepared[:len(prepared)-2] + ", {attach: signed.pdf}, {send: done}]\n  expect: {end: done, letters: [letter, letter, {template: addressed, to: a@x.example, attach: signed.pdf}]}", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, problems := parse(t, b, writers+tt.test+"\n")
			must(t, problems.Err())
			res := b.Run(file)[0]
			res.Problems.Sort()
			var got []string
			for _, p := range res.Problems {
				got = append(got, fmt.Sprintf("%s %s", p.At.Start, p.Message))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestCheckOfLetters: what expectations of letters and links name is known
// before anything runs.
func TestCheckOfLetters(t *testing.T) {
	t.Parallel()
	b := base(t, writingSource(t))
	_, problems := parse(t, b, writers+`  expect:
    letters: [leter, {template: letter, to: sendr}]
    links: {relatd: CLI-000001}
    controller: {prepar: dana}
    refused: papr
`)
	problems.Sort()
	want := []string{
		`B007 unknown template "leter"; did you mean "letter"?`,
		`B008 to: unknown user "sendr"; did you mean "sender"?`,
		`B007 links: unknown kind "relatd"; did you mean "related"?`,
		`B005 route "writing": unknown step "prepar"; did you mean "prepare"?`,
		`B008 unknown user "dana"; did you mean "dan"?`,
		`B006 refused: unknown reason "papr"; did you mean "paper"?`,
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Code+" "+p.Message)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s\n%s", diff, strings.Join(got, "\n"))
	}
}
