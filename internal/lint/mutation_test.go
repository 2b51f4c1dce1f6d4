package lint_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/lint"
)

// misspell calls visit for every word of a text with a letter left out of it;
// line counts from 1. Comments and the ids of steps stay: whatever refers to an
// id that is not there any more is a fault of its own.
func misspell(src string, visit func(line int, word, text string)) {
	words := regexp.MustCompile(`[A-Za-z0-9_%-]+`)
	offset := 0
	for i, line := range strings.SplitAfter(src, "\n") {
		for _, m := range words.FindAllStringIndex(line, -1) {
			word := line[m[0]:m[1]]
			if len(word) > 2 && !strings.HasPrefix(strings.TrimSpace(line), "#") && !strings.HasSuffix(line[:m[0]], "id: ") {
				visit(i+1, word, src[:offset+m[0]]+word[:len(word)/2]+word[len(word)/2+1:]+src[offset+m[1]:])
			}
		}
		offset += len(line)
	}
}

func lintOne(t *testing.T, all files, file, text string) diag.List {
	t.Helper()
	one := files{}
	for name, src := range all {
		one[name] = src
	}
	one[file] = text
	found, err := lint.Run(definition.New(one), file)
	if err != nil {
		t.Fatal(err)
	}
	return found.Problems
}

// TestOneFaultIsToldOnce: a word that is misspelt gives one problem, or none
// where any text would do, never a second one that follows from it.
func TestOneFaultIsToldOnce(t *testing.T) {
	all := manyRoutes(t, 1)
	const file = "routes/approval-0000.yaml"
	told := 0
	misspell(all[file], func(line int, word, text string) {
		found := lintOne(t, all, file, text)
		if told += len(found); len(found) > 1 {
			t.Errorf("line %d, %q misspelt:\n%v", line, word, found.Err())
		}
	})
	if told < 100 {
		t.Errorf("only %d faults were noticed", told)
	}
}

// TestNoFaultHidesAnother: what is wrong with the flow, the people, the time and
// the data of a route is reported whatever else is misspelt in it.
func TestNoFaultHidesAnother(t *testing.T) {
	all := manyRoutes(t, 1)
	const file, end = "routes/approval-0000.yaml", "- end: approved"
	src := strings.Replace(all[file], end, `- {task: A, who: role lawyer, due: 0wd, escalate: {after: 1wd, to: role lawyer}}
- {task: B, id: z, who: role lawyer, outcomes: {on: next, off: {go: z}}}
- choose:
  branches:
  - {if: paid > 3, do: {set: {client_number: subject}}}
- parallel:
  branches:
  - {task: C, who: role lawyer, fill: [paid]}
  - {task: D, who: role lawyer, fill: [paid]}
- {task: E, who: client.manager, outcomes: {a: {end: x}}}
- {task: F, who: role lawyer}
`+end, 1)
	places := func(found diag.List) map[string]string {
		out := map[string]string{}
		for _, p := range found {
			out[strconv.Itoa(p.At.Start.Line)+" "+p.Code] = p.Headline()
		}
		return out
	}
	want := places(lintOne(t, all, file, src))
	if len(want) != 7 {
		t.Fatalf("the route has %d faults: %v", len(want), want)
	}
	misspell(src, func(line int, word, text string) {
		got := places(lintOne(t, all, file, text))
		for at, headline := range want {
			on, _, _ := strings.Cut(at, " ")
			// The field whose two writes are one of the faults may be the one misspelt.
			if got[at] == "" && on != strconv.Itoa(line) && word != "paid" {
				t.Errorf("line %d, %q misspelt hides %s", line, word, headline)
			}
		}
	})
}
