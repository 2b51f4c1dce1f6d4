package org

import (
	"fmt"
	"strings"
	"testing"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, src string) (*Org, diag.List) {
	t.Helper()
	f, problems := yamlsrc.Parse(FileName, []byte(src))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return Parse(f)
}

func day(t *testing.T, s string) expr.Date {
	t.Helper()
	d, err := expr.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const small = `
users:
- {id: boss, name: Ольга Романова, email: boss@example.invalid, department: company, roles: [ceo]}
- {id: head, name: Пётр Сидоров, email: head@example.invalid, department: sales, roles: [head_of_sales]}
- {id: anna, name: Анна Петрова, email: [anna@example.invalid, "Anna.P@Example.invalid"], department: sales, roles: [manager]}
- {id: maria, name: Мария Иванова, department: field, roles: [manager]}
- {id: gone, name: Анна Ушедшая, department: sales, roles: [manager], active: false}
departments:
- {id: company, title: Company, head: boss}
- {id: sales, title: Sales, head: head, parent: company}
- {id: field, title: Field, parent: sales}
roles:
- {id: manager, title: manager}
- {id: head_of_sales, title: head}
- {id: ceo, title: ceo}
- {id: admin, title: admin}
absences:
- {user: anna, from: 2026-07-01, to: 2026-07-14, substitute: maria}
- {user: maria, from: 2026-07-10, to: 2026-07-20, substitute: head}
- {user: head, from: 2026-07-14, to: 2026-07-14}
`

func ids(users []*User) string {
	var out []string
	for _, u := range users {
		out = append(out, u.ID)
	}
	return strings.Join(out, " ")
}

func TestLookups(t *testing.T) {
	o, problems := parse(t, small)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got := map[string]string{
		"by mail":        fmt.Sprint(o.ByEmail("mailto:ANNA.p@example.INVALID") == o.User("anna")),
		"managers":       ids(o.Members("manager")),
		"sales":          ids(o.DepartmentMembers("sales")),
		"head of field":  o.HeadOf("field").ID,
		"above anna":     o.Superior("anna").ID,
		"above head":     o.Superior("head").ID,
		"above boss":     fmt.Sprint(o.Superior("boss") == nil),
		"find id":        ids(o.Find("anna")),
		"find name":      ids(o.Find("петрова анна")),
		"find beginning": ids(o.Find("анн")),
		"find yo":        ids(o.Find("Петр")),
		"find nobody":    ids(o.Find("анна сидорова")),
		"value":          fmt.Sprintf("%+v", o.Value("maria")),
		"unknown head":   fmt.Sprint(o.HeadOf("nowhere") == nil),
	}
	want := map[string]string{
		"by mail": "true", "managers": "anna maria", "sales": "head anna maria", "head of field": "head", "above anna": "head",
		"above head": "boss", "above boss": "true", "find id": "anna", "find name": "anna", "find beginning": "anna gone",
		"find yo": "head anna", "find nobody": "", "unknown head": "true",
		"value": fmt.Sprintf("%+v", expr.User{ID: "maria", Name: "Мария Иванова", Department: "field", Head: "head"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSubstitutes(t *testing.T) {
	o, _ := parse(t, small)
	for _, tt := range []struct{ user, day, acting, chain string }{
		{"anna", "2026-06-30", "anna", "anna"},
		{"anna", "2026-07-01", "maria", "anna maria"},
		{"anna", "2026-07-10", "head", "anna maria head"},
		{"anna", "2026-07-14", "", "anna maria head"}, // the last one is absent and names nobody
		{"anna", "2026-07-15", "anna", "anna"},
		{"maria", "2026-07-20", "head", "maria head"},
	} {
		acting, chain, err := o.Substitute(tt.user, day(t, tt.day))
		if err != nil || acting != tt.acting || strings.Join(chain, " ") != tt.chain {
			t.Errorf("%s on %s: %q %v %v", tt.user, tt.day, acting, chain, err)
		}
	}
	if !o.ActsFor("maria", "anna", day(t, "2026-07-01")) || o.ActsFor("head", "anna", day(t, "2026-07-01")) || o.ActsFor("anna", "anna", day(t, "2026-06-01")) {
		t.Error("ActsFor names the wrong people")
	}
}

func TestProblems(t *testing.T) {
	const src = `
users:
- {id: anna, name: Анна, email: anna@example.invalid, roles: [manger], department: sale}
- {id: anna, name: Other}
- {id: Bad Id, name: X}
- {id: ivan, name: Ivan, email: ANNA@example.invalid, actve: true}
- {id: petr, email: petr}
- {id: off, name: Off, active: false}
departments:
- {id: sales, title: S, head: ana, parent: field}
- {id: field, title: F, parent: sales}
- {id: idle, title: I, head: off}
roles:
- {id: manager, title: m}
absences:
- {user: anna, from: 2026-07-01, to: 2026-07-10, substitute: ivan}
- {user: ivan, from: 2026-07-05, to: 2026-07-06, substitute: anna}
- {user: petr, from: 2026-07-05, to: 2026-07-01}
- {user: petr, from: 1.2.2026, to: 2026-07-01}
- {user: nobody, from: 2026-07-05, to: 2026-07-06}
- {user: anna, from: 2026-08-01, to: 2026-08-10, substitute: anna}
extra: 1
`
	o, problems := parse(t, src)
	problems.Sort()
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.At.Start.Line, p.Code))
	}
	want := []string{
		"3 O007", "3 O006", "4 O004", "5 O008", "6 O004", "6 O001", "7 O002", "7 O012", "10 O009", "10 O005", "12 O013",
		"16 O011", "18 O010", "19 O010", "20 O005", "21 O011", "22 O001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%v", diff, problems.Err())
	}
	// What is wrong does not stop looking up.
	if _, _, err := o.Substitute("anna", day(t, "2026-07-05")); err == nil || !strings.Contains(err.Error(), "anna > ivan > anna") {
		t.Errorf("a circle of substitutes: %v", err)
	}
	if o.Within("field", "company") || o.HeadOf("sales") != nil {
		t.Error("departments in a circle")
	}
	known := map[string]bool{}
	for _, c := range Codes() {
		known[c.Code+c.Slug] = c.Summary != ""
	}
	for _, p := range problems {
		if !known[p.Code+p.Slug] {
			t.Errorf("%s %s is not listed", p.Code, p.Slug)
		}
	}
}

func TestEmptyOrg(t *testing.T) {
	var o Org
	if o.User("x") != nil || o.ByEmail("x") != nil || o.Members("x") != nil || len(o.Find("x")) != 0 || o.Value("x").ID != "x" {
		t.Error("an empty organisation has somebody")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Fuzz(func(t *testing.T, src string) {
		file, _ := yamlsrc.Parse(FileName, []byte(src))
		if file == nil || file.Root == nil {
			return
		}
		o, _ := Parse(file)
		for _, u := range o.Users {
			o.Superior(u.ID)
			o.Substitute(u.ID, expr.Date{Year: 2026, Month: 7, Day: 5})
			o.Find(u.Name)
		}
	})
}
