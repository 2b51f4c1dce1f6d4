package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What e1.yaml says about letters to people has to be possible.
func TestLettersAboutTasks(t *testing.T) {
	for _, test := range []struct {
		name, tell, template string
		want                 []string
	}{
		{"as shipped", "{assigned: all, reminder: [cfo, ceo], escalated: none}", "", nil},
		{"no such role", "{assigned: [lawyer, cfoo]}", "", []string{`S010 17:29 unknown role "cfoo"; did you mean "cfo"?`}},
		{"no template", "{assigned: all, answered: all}", "-", []string{`S010 17:10 there is no template "task-assigned" for these letters`}},
		{"nobody needs it", "{assigned: none}", "-", nil},
		{"what may be empty", "{assigned: all}", "---\nsubject: {{ task.number }}\n---\n{{ task.text }} {{ task.due ?? \"\" }}{{ if filled(task.who) }}{{ task.who }}{{ end }}\n",
			[]string{`S010 4:4 "task.text" may be empty, and then the letter is not written`}},
		{"a name that no form has", "{assigned: all}", "---\nsubject: {{ tusk.number }}\n---\n", []string{`T006 2:13 unknown name "tusk"`}},
		{"what it is about is no text", "{assigned: all}", "---\nsubject: x\n---\n{{ task.answers }}\n", []string{`T007 4:4 "task.answers" is table; a text is needed`}},
	} {
		f := shipped(t)
		const own = "tell: {assigned: all, reminder: all, escalated: all, inform: all, answered: all}"
		if !strings.Contains(string(f["e1.yaml"]), own) {
			t.Fatalf("e1.yaml is another one: %s", f["e1.yaml"])
		}
		f["e1.yaml"] = strings.Replace(f["e1.yaml"], own, "tell: "+test.tell, 1)
		switch test.template {
		case "":
		case "-":
			delete(f, "templates/task-assigned.txt")
		default:
			f["templates/task-assigned.txt"] = test.template
		}
		if diff := cmp.Diff(test.want, placed(t, f), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.name, diff)
		}
	}
}
