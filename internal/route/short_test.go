package route

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shortContext() ShortContext {
	return ShortContext{Name: "individual", Form: "contracts", Title: "T", Language: "en", Users: []string{"petrova", "orlov", "sales"},
		Roles: []string{"lawyer", "cfo"}, Departments: []string{"legal", "sales"}, Fields: []string{"manager"}}
}

func TestParseShort(t *testing.T) {
	tests := []struct{ text, want string }{
		{"approve lawyer 1wd; task petrova 'send originals' 2wd", `- {approve: Approval, id: step1, who: role lawyer, due: 1wd}
- {task: send originals, id: step2, who: petrova, due: 2wd}`},
		{"approve lawyer | approve cfo, orlov 'Money: yes' 4wh;inform head of legal;", `- parallel: Together
  branches:
  - {approve: Approval, id: step1, who: role lawyer}
  - {approve: "Money: yes", id: step2, who: [role cfo, orlov], due: 4wh}
- {inform: For information, id: step3, who: head of department legal}`},
		{"task manager «Проверить» 1wd4wh", `- {task: Проверить, id: step1, who: manager, due: 1wd4wh}`},
		{"task petrova 'x' 10.12.2026; task orlov 2026-12-09", `- {task: x, id: step1, who: petrova, due: 'date("2026-12-10")'}
- {task: Task, id: step2, who: orlov, due: 'date("2026-12-09")'}`},
		{"task author; task role cfo; task department legal", `- {task: Task, id: step1, who: author}
- {task: Task, id: step2, who: role cfo}
- {task: Task, id: step3, who: department legal}`},
	}
	for _, tt := range tests {
		s, problems := ParseShort(tt.text, shortContext())
		if len(problems) > 0 {
			t.Errorf("%s: %v", tt.text, problems)
			continue
		}
		r, problems := ParseSource("x.yaml", s.Source)
		if len(problems) > 0 {
			t.Errorf("%s: %v\n%s", tt.text, problems, s.Source)
		}
		want, problems := ParseSource("want.yaml", []byte("route: individual\ntitle: T\nfor: contracts\nstart: by hand\nsteps:\n"+tt.want+"\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(shape(want), shape(r)); diff != "" {
			t.Errorf("%s\n%s", tt.text, diff)
		}
		if len(s.Places) != len(r.Steps()) {
			t.Errorf("%s: %d places of %d steps", tt.text, len(s.Places), len(r.Steps()))
		}
	}
}

func shape(r *Route) []string {
	var out []string
	for _, s := range r.Steps() {
		due := ""
		if s.Due != nil {
			due = s.Due.Exprs[0].Text
		}
		out = append(out, fmt.Sprint(s.Path, s.Verb, s.ID, s.Title.In("en"), s.Who.String(), due))
	}
	return out
}

func TestParseShortRefuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", `1 R002 there is no step; write for instance: approve lawyer 1wd; task petrova 'send originals' 2wd`},
		{"aprove lawyer", `1 R001 a step begins with a verb: unknown verb "aprove"; did you mean "approve"?`},
		{"task petrowa", `6 R007 unknown user or role "petrowa"; did you mean "petrova"?`},
		{"согласовать orlov", `1 R001 a step begins with a verb: unknown verb "согласовать"; known: "task", "approve", "inform"`},
		{"task petrova; ; task orlov", `15 R002 there is no step here`},
		{"task 'Отправить' petrova", `6 R004 the title stands behind who does it, before the deadline`},
		{"task petrova 'Отправить", `14 R004 the quote is not closed`},
		{"task petrova send it", `14 R004 "send" is not understood here; titles stand in quotes, several people have commas between them, steps ` + "`;`"},
		{"task", `1 R002 the step does not say who; write VERB WHO 'TITLE' DUE`},
		{"task petrova 2 wd", `14 R004 "2" is not understood here; titles stand in quotes, several people have commas between them, steps ` + "`;`"},
		{"task petrova 31.02.2027", `14 R067 "31.02.2027" is no date; write it like 2026-12-10 or 10.12.2026`},
		{"task petrova 10.12.26", `14 R067 "10.12.26" is no date; write it like 2026-12-10 or 10.12.2026`},
		{"task petrova 1.5wd", `14 R067 duration "1.5wd" has a fraction; write 1h30m instead of 1.5h, 1wd4wh instead of 1.5wd`},
		{"task petrova 2wx", `14 R067 `},
		{"task sales", `6 R007 "sales" may be sales or department sales; write which`},
		{"inform petrova 2wd", `16 R001 nobody waits for an inform; it has no deadline`},
		{"task role boss; approve head of nobody", `6 R007 unknown role "boss"; known: "lawyer", "cfo"` + "\n" + `33 R007 unknown user or role "nobody"`},
	}
	for _, tt := range tests {
		_, problems := ParseShort(tt.text, shortContext())
		var got []string
		for _, p := range problems {
			got = append(got, fmt.Sprintf("%d %s %s", p.At.Start.Column, p.Code, p.Message))
		}
		if text := strings.Join(got, "\n"); text != tt.want && !(strings.HasSuffix(tt.want, " ") && strings.HasPrefix(text, tt.want)) {
			t.Errorf("%s\nwant %s\ngot  %s", tt.text, tt.want, text)
		}
	}
}

func FuzzParseShort(f *testing.F) {
	f.Add("approve lawyer 1wd; task petrova 'send originals' 2wd")
	f.Add("task a, b | inform head of «x» 3d;;")
	f.Fuzz(func(t *testing.T, text string) {
		s, problems := ParseShort(text, shortContext())
		if (s == nil) != (len(problems) > 0) {
			t.Fatalf("%v, %v", s, problems)
		}
		if s == nil {
			return
		}
		if _, problems := ParseSource("x.yaml", s.Source); problems.HasErrors() {
			t.Fatalf("%q\n%s\n%v", text, s.Source, problems)
		}
	})
}
