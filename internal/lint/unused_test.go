package lint_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUnusedDefinitions: what nothing refers to is reported where it stands; a
// word anywhere else in the definitions is a reference.
func TestUnusedDefinitions(t *testing.T) {
	all := shipped(t)
	all["directories/colours.yaml"] = "directory: colours\ntitle: Colours\nentries:\n- {id: red, title: Red}\n"
	all["directories/sizes.yaml"] = "directory: sizes\ntitle: Sizes\nentries:\n- {id: l, title: L}\n"
	all["calendars/de.yaml"] = all["calendars/ru.yaml"]
	all["templates/greeting.txt"] = "---\nsubject: Hello\n---\nHello\n"
	all["templates/parting.txt"] = "---\nsubject: Good-bye\n---\nGood-bye\n"
	edit(t, all, "org.yaml", "roles:\n- {id: manager", "roles:\n- {id: janitor}\n- {id: stoker}\n- {id: manager")
	all["rules/part.yaml"] = "rule: part\nfor: contracts\non: {status: closed}\ndo:\n- mail: {to: client.email, template: parting, if: 'filled(client.email) and \"sizes\" != \"stoker\"'}\n"
	want := []string{
		`calendars/de.yaml:1:1: warning R008 unused-definition: nothing refers to the calendar "de"`,
		`directories/colours.yaml:1:1: warning R008 unused-definition: nothing refers to the directory "colours"`,
		`org.yaml:27:3: warning R008 unused-definition: nothing refers to the role "janitor"`,
		`templates/greeting.txt:1:1: warning R008 unused-definition: nothing refers to the template "greeting"`,
	}
	var got []string
	for _, h := range headlines(t, all) {
		if !strings.HasPrefix(h, "rules/") { // the rule has findings of its own
			got = append(got, h)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
