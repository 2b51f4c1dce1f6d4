package settings

import (
	"fmt"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/yamlsrc"
	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	f, _ := yamlsrc.Parse(FileName, []byte(`
title: {en: Shop, ru: Лавка}
language: en
currency: EUR
time_zone: Europe/Moscow
calendar: de
split_index: never
mail: {from: a@example.invalid, reply_to: b@example.invalid, tell: {assigned: all, reminder: [ceo, cfo], inform: none, escalated: ceo}}
constants: {approval_threshold: "1000000", flag: true}
links:
  reply_to: {title: {en: Reply to, ru: Ответ на}, back: Answers}
  related: {}
lint: {R031: warning}
`))
	s, problems := Parse(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := &Settings{
		Title: yamlsrc.Label{"en": "Shop", "ru": "Лавка"}, Language: "en", Currency: "EUR", Zone: s.Zone, Calendar: "de",
		Layout: Layout, SplitIndex: "never", Mail: Mail{From: "a@example.invalid", ReplyTo: "b@example.invalid", Tell: map[string]Audience{
			"assigned": {All: true}, "reminder": {Roles: []string{"ceo", "cfo"}}, "escalated": {Roles: []string{"ceo"}}}},
		Constants: []Constant{{"approval_threshold", "1000000"}, {"flag", "true"}},
		Links:     []Link{{"reply_to", yamlsrc.Label{"en": "Reply to", "ru": "Ответ на"}, yamlsrc.Label{"": "Answers"}}, {Kind: "related"}},
		Lint:      map[string]string{"R031": "warning"},
	}
	if diff := cmp.Diff(want, s, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Error(diff)
	}
	if s.Zone.String() != "Europe/Moscow" {
		t.Errorf("zone %s", s.Zone)
	}
	if text, ok := s.Constant("approval_threshold"); text != "1000000" || !ok {
		t.Errorf("constant %q %v", text, ok)
	}
	if _, ok := s.Constant("none"); ok {
		t.Error("there is a constant nobody wrote")
	}
	for kind, want := range map[string]bool{"assigned": true, "reminder": true, "escalated": false, "inform": false, "answered": false} {
		if got := s.Mail.Tell[kind].Includes([]string{"manager", "cfo"}); got != want {
			t.Errorf("a financial director is told of %s: %t", kind, got)
		}
	}
}

func TestProblemsKeepDefaults(t *testing.T) {
	f, _ := yamlsrc.Parse(FileName, []byte(`
langauge: ru
language: de
currency: rubles
time_zone: Moscow
layout: 9
split_index: sometimes
prefix: A
constants: {Bad: 1, list: [1]}
lint: {R001: fatal}
mail: {smtp: x, tell: {asigned: all}}
`))
	s, problems := Parse(f)
	problems.Sort()
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.At.Start.Line, p.Code))
	}
	want := []string{"2 S001", "3 S008", "4 S007", "5 S004", "6 S005", "7 S008", "8 S008", "9 S006", "9 S006", "10 S008", "11 S001", "11 S001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%v", diff, problems)
	}
	d := Default()
	if s.Language != d.Language || s.Currency != d.Currency || s.Zone != d.Zone || s.Layout != Layout || s.SplitIndex != d.SplitIndex {
		t.Errorf("%+v", s)
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

func TestUnfixedZonesAreRefused(t *testing.T) {
	for _, name := range []string{"", "Local", "Europe/Moskow", "../etc/passwd"} {
		if _, err := loadZone(name); err == nil {
			t.Errorf("%q was accepted", name)
		}
	}
}
