package faults_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// lateOnes adds so many inquiries with a task that is late, as git would bring
// them, in one commit.
func (s *shop) lateOnes(n int) {
	s.t.Helper()
	number := strings.TrimSpace(s.e1("register", "inquiries", "kind=training", "name=Late", "phone=+74951234567", "contact_due=2026-11-20 10:00", "--plain"))
	file := func(number string) string {
		return "documents/inquiries/2026/00/" + number[len(number)-4:len(number)-2] + "/" + number + ".yaml"
	}
	text := s.read(file(number))
	uid := regexp.MustCompile(`uid: (.*)`).FindStringSubmatch(text)[1]
	var first int
	if _, err := fmt.Sscanf(number, "INQ-2026-%d", &first); err != nil {
		s.t.Fatal(err)
	}
	for i := 1; i < n; i++ {
		other := fmt.Sprintf("INQ-2026-%06d", first+i)
		s.write(file(other), strings.NewReplacer(number, other, uid, fmt.Sprintf("%s%04d", uid[:22], i)).Replace(text))
	}
	s.git("add", "documents")
	s.git("commit", "-q", "-m", "many")
	s.e1("index", "status")
}

// told counts the documents whose task has escalated, and those that name the
// escalation more than once.
func (s *shop) told() (once, more int) {
	for _, line := range strings.Split(s.tryGit("grep", "-h", "told: ", "HEAD", "--", "documents").out, "\n") {
		switch strings.Count(line, "e1") {
		case 0:
		case 1:
			once++
		default:
			more++
		}
	}
	return once, more
}

// Several ticks at once: everything happens once, and no commit is empty.
func TestTicksAtOnce(t *testing.T) {
	t.Parallel()
	s := copyOf(t, template(t, "late ones", func(s *shop) {
		s.copyFrom(standard(t))
		s.lateOnes(230)
	}))
	before := len(s.history())
	told := make([]int, 4)
	each(4, func(i int) {
		r := s.try("tick", "--wait", "2h")
		if r.code != 0 {
			t.Errorf("ended with %d\n%s", r.code, r.err)
		}
		told[i] = strings.Count(r.err, ": escalation to ")
	})
	sum := told[0] + told[1] + told[2] + told[3]
	if once, more := s.told(); once != 230 || more != 0 || sum != 230 {
		t.Errorf("%d documents say so once, %d more often; %d were told (%v)", once, more, sum, told)
	}
	if got := len(s.history()) - before; got != 3 {
		t.Errorf("%d commits, want 3", got)
	}
	if r := s.try("tick"); r.code != 0 || r.out+r.err != "" {
		t.Errorf("a further tick ended with %d and said %q", r.code, r.out+r.err)
	}
	s.sound()
}

// A tick with a limit takes so many documents, the longest late first, and the
// next one goes on.
func TestTickLimit(t *testing.T) {
	t.Parallel()
	s := copyOf(t, template(t, "late ones", func(s *shop) {
		s.copyFrom(standard(t))
		s.lateOnes(230)
	}))
	for i, want := range []int{150, 230, 230} {
		s.e1("tick", "--limit", "150")
		if once, more := s.told(); once != want || more != 0 {
			t.Errorf("after %d ticks %d documents say so once, %d more often, want %d", i+1, once, more, want)
		}
	}
}
