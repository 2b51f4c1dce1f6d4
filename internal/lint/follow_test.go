package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/lint"
)

func problemsOf(t testing.TB, all files) []string {
	t.Helper()
	found, err := lint.Run(definition.New(all))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range found.Problems {
		out = append(out, p.Headline())
	}
	return out
}

// TestNoFollowOnErrors: one fault gives problems in its own file only, and at
// most a note says what else was left unchecked.
func TestNoFollowOnErrors(t *testing.T) {
	for _, tt := range []struct {
		name, file, from, to string
		noted                bool
	}{
		{"a form that is no YAML", "forms/clients.yaml", "groups:", "groups: [", true},
		{"a form without its groups", "forms/inquiries.yaml", "groups:", "gruops:", false},
		{"a field of an unknown type", "forms/contracts.yaml", "type: money", "type: mony", false},
		{"a field of an unknown directory", "forms/works.yaml", "directory: work_kinds", "directory: work_kind", false},
		{"an empty form", "forms/works.yaml", "", "", true},
		{"a directory that is no YAML", "directories/inquiry_kinds.yaml", "entries:", "entries: {", true},
		{"a directory without its entries", "directories/work_kinds.yaml", "entries:", "entry:", false},
		{"an organisation that is no YAML", "org.yaml", "users:", "users: {", true},
		{"an organisation without its roles", "org.yaml", "\nroles:", "\nrole:", false},
		{"settings that are no YAML", "e1.yaml", "language: ru", "language: [", true},
		{"a calendar that is no YAML", "calendars/ru.yaml", "week: [", "week: [[", false},
		{"a route that is no YAML", "routes/retail.yaml", "steps:", "steps: {", false},
		{"a route without its steps", "routes/long-sale.yaml", "\nsteps:", "\nstep:", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := shipped(t)
			if tt.from == "" {
				all[tt.file] = ""
			} else {
				if !strings.Contains(all[tt.file], tt.from) {
					t.Fatalf("%s has no %q", tt.file, tt.from)
				}
				all[tt.file] = strings.Replace(all[tt.file], tt.from, tt.to, 1)
			}
			found := problemsOf(t, all)
			own, notes := 0, 0
			for _, p := range found {
				switch {
				case strings.Contains(p, "note L002 not-checked"):
					notes++
				case strings.HasPrefix(p, tt.file+":"):
					own++
				default:
					t.Errorf("follows from the fault: %s", p)
				}
			}
			if own == 0 || notes > 1 || tt.noted && notes == 0 {
				t.Errorf("%d problems of its own, %d notes: %q", own, notes, found)
			}
			if again := problemsOf(t, all); !slices.Equal(again, found) {
				t.Errorf("the second run says something else: %q", again)
			}
		})
	}
}

// TestTwentyFaults: all faults of a file are reported at once.
func TestTwentyFaults(t *testing.T) {
	faults := [][2]string{
		{"title: {en: Approval", "titel: {en: Approval"}, // 1
		{"start: by hand", "start: by foot"},
		{"calendar: ru", "calendar: de"},
		{"controller: role head_of_sales", "controller: role boss"},
		{"  else: role manager", "  els: role manager"}, // 5
		{"  pick: any", "  pick: some"},
		{"  remind: 50%", "  remind: 500%"},
		{"to: role head_of_sales}", "too: role head_of_sales}"},
		{"fill: [client,", "fill: [customer,"},
		{"join: all", "join: every"}, // 10
		{"    id: legal", "    id: Legal Department"},
		{"    who: role lawyer", "    who: role lawyr"},
		{"    remind: 4wh before", "    remind: 4wh earlier"},
		{"    if: amount > 100000\n", "    if: amout > 100000\n"},
		{"    approve: next", "    approve: onwards"}, // 15
		{"      max: 2", "      max: many"},
		{"  - if: empty(subject)", "  - if: empty(subjct)"},
		{"{status: signing}", "{status: sining}"},
		{"  due: 1wd\n  text:", "  due: soon\n  text:"},
		{"- end: approved", "- edn: approved"}, // 20
	}
	all := manyRoutes(t, 1)
	const file = "routes/approval-0000.yaml"
	if found := problemsOf(t, all); len(found) > 0 {
		t.Fatal(found)
	}
	lines := map[string]bool{}
	src := all[file]
	for _, f := range faults {
		if strings.Count(src, f[0]) == 0 {
			t.Fatalf("the route has no %q", f[0])
		}
		// Each by itself is noticed at its line …
		one := strings.Replace(src, f[0], f[1], 1)
		single := manyRoutes(t, 1)
		single[file] = one
		if found := problemsOf(t, single); len(found) == 0 {
			t.Errorf("%q in the place of %q is not noticed", f[1], f[0])
		}
	}
	for _, f := range faults {
		src = strings.Replace(src, f[0], f[1], 1)
	}
	all[file] = src
	found := problemsOf(t, all)
	for _, p := range found {
		if !strings.HasPrefix(p, file+":") {
			t.Errorf("follows from the faults: %s", p)
		}
		lines[strings.SplitN(p, ":", 3)[1]] = true
	}
	// … and all together on twenty different lines.
	if len(lines) != len(faults) {
		t.Errorf("%d faults, problems on %d lines:\n%s", len(faults), len(lines), strings.Join(found, "\n"))
	}
}

// TestUnknownCode: a judgement over a code that does not exist is no judgement.
func TestUnknownCode(t *testing.T) {
	all := shipped(t)
	all["e1.yaml"] += "\nlint: {R0O6: off, missing-language: note}\n"
	found := strings.Join(problemsOf(t, all), "\n")
	for _, want := range []string{`warning S008 unknown-value: lint: unknown code "R0O6"; did you mean "R006"?`, `lint: unknown code "missing-language"; known: "F013"`} {
		if !strings.Contains(found, want) {
			t.Errorf("no %q in\n%s", want, found)
		}
	}
}

// TestToldOnce: what is told of a route's syntax is not told again in other words.
func TestToldOnce(t *testing.T) {
	const head = "route: extra\nfor: contracts\nstart: by hand\nsteps:\n"
	for _, tt := range []struct{ text, want string }{
		{"- {repeat: Again, until: paid > 3, steps: []}\n- {task: A, who: role lawyer}\n", `R004 wrong-type: steps is an empty list`},
		{"- {repeat: Again, until: paid > 3}\n- {task: A, who: role lawyer}\n", `R002 missing-key: step has no "steps"`},
		{"- {repeat: Again, until: paid > 3, max: 3, steps: []}\n- {task: A, who: role lawyer}\n", `R004 wrong-type: steps is an empty list`},
		{"- parallel: A\n  on: {when_: paid > 3, steps: [{task: C, who: role ceo}]}\n  branches: [{task: A, who: role lawyer}, {task: B, who: role cfo}]\n", `R001 unknown-key: on: unknown key "when_"; did you mean "when"?`},
		{"- parallel: A\n  on: {event: paid > 3}\n  branches: [{task: A, who: role lawyer}, {task: B, who: role cfo}]\n", `R001 unknown-key: on: unknown key "event"`},
		{"- parallel: A\n  on: {when: paid > 3, act: {set: {paid: 3}}}\n  branches: [{task: A, who: role lawyer}, {task: B, who: role cfo}]\n", `R001 unknown-key: on: unknown key "act"`},
		{"- parallel: A\n  on: {keep: true}\n  branches: [{task: A, who: role lawyer}, {task: B, who: role cfo}]\n", `R002 missing-key: on names no event; known: until, when, changed, message, payment, document`},
		{"- wait: [{event: paid > 3}]\n- {task: A, who: role lawyer}\n", `R001 unknown-key: wait: unknown key "event"`},
	} {
		f := shipped(t)
		f["routes/extra.yaml"] = head + tt.text
		got := headlines(t, f, "routes/extra.yaml")
		if len(got) != 1 || !strings.HasSuffix(got[0], tt.want) {
			t.Errorf("%s\n%s\nwant %s", tt.text, strings.Join(got, "\n"), tt.want)
		}
	}
}
