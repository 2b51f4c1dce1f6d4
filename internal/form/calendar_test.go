package form_test

import (
	"strings"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/worktime"
)

// TestWorkingDaysInExpressions counts over the New Year holidays and back.
func TestWorkingDaysInExpressions(t *testing.T) {
	cal, problems := worktime.Parse(parseFile(t, "repo-template/calendars/ru.yaml"))
	noProblems(t, problems)
	set, f, problems := linked(t, head+`
  - {field: due, type: date, label: D, default: today + 5wd}
  - {field: before, type: date, label: B, default: due - 5wd}
`)
	noProblems(t, problems)
	ctx := form.Context{Now: time.Date(2026, 12, 29, 12, 0, 0, 0, moscow), Calendar: func() *worktime.Calendar { return cal }}
	d := &document.Document{Form: "things", Number: "T-001"}
	if problems := set.Defaults(f, d, ctx); problems != nil {
		t.Fatal(problems)
	}
	if due, before := d.Card.Text("due"), d.Card.Text("before"); due != "2027-01-14" || before != "2026-12-29" {
		t.Errorf("due %s, before %s", due, before)
	}
	ctx.Calendar = nil
	d = &document.Document{Form: "things", Number: "T-001"}
	if problems := set.Defaults(f, d, ctx); len(problems) == 0 || !strings.Contains(problems[0].Message, "no working calendar") {
		t.Errorf("%+v", problems)
	}
}
