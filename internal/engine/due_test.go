package engine

import (
	"testing"
	"time"
)

func TestDeadlines(t *testing.T) {
	tests := []struct {
		due  string
		now  time.Time
		card []string
		want string
	}{
		{"4wh", monday, nil, "2026-11-23 15:00"},
		{"2wd", monday, nil, "2026-11-25 10:00"},
		{"36h", monday, nil, "2026-11-24 22:00"},
		{"kind.term", monday, []string{"kind", "fast"}, "2026-11-23 15:00"},
		{"kind.term", monday, nil, "none"},
		{"[kind.term, 1wd]", monday, nil, "2026-11-24 10:00"},
		{"wanted", monday, []string{"wanted", "2026-12-04"}, "2026-12-04 18:00"},
		{"wanted", monday, []string{"wanted", "2026-12-05"}, "2026-12-05 23:59"},
		{"wanted - 5wd", monday, []string{"wanted", "2026-12-04"}, "2026-11-27 18:00"},
		{"wanted + 1wd", monday, []string{"wanted", "2026-12-04"}, "2026-12-07 18:00"},
		{"1wh", time.Date(2026, 11, 22, 23, 0, 0, 0, moscow), nil, "2026-11-23 10:00"},
		{"by hand", monday, nil, "none"},
	}
	for _, tt := range tests {
		t.Run(tt.due, func(t *testing.T) {
			set := papers(t)
			s := newShop(t, set, steps(t, "- {task: A, id: a, who: ann, due: "+tt.due+"}\n"))
			s.now = tt.now
			s.put("papers", "P", tt.card...)
			s.do("P", "ann", Start{Route: "r"})
			_, task := s.docs["P"].Task(1)
			got := "none"
			if !task.Due.IsZero() {
				got = task.Due.Format("2006-01-02 15:04")
			}
			if got != tt.want {
				t.Errorf("due %s, want %s", got, tt.want)
			}
		})
	}
}
