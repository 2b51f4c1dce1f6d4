package gitstore

import (
	"strings"
	"testing"
)

func TestCommitIsCleanForGit(t *testing.T) {
	r := newRepo(t, map[string]string{"a.txt": "one\n", "d/e/f.yaml": "x: 1\n", "d/g.yaml": "y: 2\n"})
	wantClean(t, r)
	steps := []map[string]string{
		{"a.txt": "two\n"},
		{"d/e/h.yaml": "new\n"},
		{"d/e/f.yaml": "", "d/e/h.yaml": ""},
		{"z/y/x/w.txt": "deep\n", "a.txt": "three\n"},
		{"d/g.yaml": "", "d/g.yaml/sub": "a file becomes a folder\n"},
		{"d/g.yaml/sub": "", "d/g.yaml": "and back\n"},
	}
	for i, files := range steps {
		commit(t, r, files)
		wantClean(t, r)
		for p, text := range files {
			if text != "" && readWork(t, r, p) != text {
				t.Errorf("step %d: %s has the wrong content", i, p)
			}
		}
	}
	log := git(t, r.Root(), "log", "--format=%an|%ae|%cI|%(trailers:key=E1-Op,valueonly,separator=%x2C)", "-1")
	if want := "Пётр Иванов|p@example.invalid|2026-11-23T10:15:04+03:00|test\n"; log != want {
		t.Errorf("log %q, want %q", log, want)
	}
	if out := git(t, r.Root(), "reflog", "HEAD"); strings.Count(out, "\n") != len(steps)+1 {
		t.Errorf("reflog: %s", out)
	}
}
