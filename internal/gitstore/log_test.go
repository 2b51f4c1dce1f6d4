package gitstore

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMessage(t *testing.T) {
	cases := []struct {
		msg  Message
		text string
	}{
		{Message{Subject: "one"}, "one\n"},
		{Message{Subject: " two\nlines ", Body: "text\r\nmore\n\n"}, "two lines\n\ntext\nmore\n"},
		{Message{Subject: "s", Trailers: []Trailer{{"E1-Op", "set"}, {"E1-Doc", "INQ-1"}}}, "s\n\nE1-Op: set\nE1-Doc: INQ-1\n"},
		{Message{Subject: "s", Body: "b: not a trailer\nbody", Trailers: []Trailer{{"E1-Op", "a\nb"}}}, "s\n\nb: not a trailer\nbody\n\nE1-Op: a b\n"},
	}
	for _, c := range cases {
		if got := c.msg.String(); got != c.text {
			t.Errorf("%q, want %q", got, c.text)
		}
		subject, _, trailers := splitMessage(c.text)
		again := Message{Subject: subject, Trailers: trailers}
		if len(trailers) != len(c.msg.Trailers) || again.Subject == "" {
			t.Errorf("%q is read as %+v", c.text, again)
		}
	}
}

func TestDiffTrees(t *testing.T) {
	r := newRepo(t, map[string]string{"a": "1\n", "d.x": "1\n", "d/e/f": "1\n", "d/g": "1\n", "same/x": "1\n", "t": "1\n"})
	one, _ := r.Head()
	commit(t, r, map[string]string{"a": "2\n", "d/e/f": "", "d/h": "1\n", "t": "", "t/u": "1\n"})
	two, _ := r.Head()
	a, err := r.Commit(one.Commit)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Commit(two.Commit)
	if err != nil {
		t.Fatal(err)
	}
	list := func(x, y Hash) (out []string) {
		if err := r.DiffTrees(x, y, func(c Change) error {
			kind := "M "
			if c.Old.ID.IsZero() {
				kind = "A "
			} else if c.New.ID.IsZero() {
				kind = "D "
			}
			out = append(out, kind+c.Path)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	if d := cmp.Diff([]string{"M a", "D d/e/f", "A d/h", "D t", "A t/u"}, list(a.Tree, b.Tree)); d != "" {
		t.Error(d)
	}
	if got := list(a.Tree, a.Tree); got != nil {
		t.Errorf("%v", got)
	}
	if d := cmp.Diff([]string{"A a", "A d.x", "A d/g", "A d/h", "A same/x", "A t/u"}, list(Hash{}, b.Tree)); d != "" {
		t.Error(d)
	}
	if c, err := r.Commit(two.Commit); err != nil || c.Trailer("e1-op") != "test" || c.Subject != "change" || c.Author.Name != "Пётр Иванов" || !c.Author.When.Equal(testTime()) {
		t.Errorf("%+v %v", c, err)
	}
}

func FuzzTree(f *testing.F) {
	f.Add(encodeTree([]TreeEntry{{"a", ModeFile, Hash{1}}, {"b", ModeDir, Hash{2}}}))
	f.Add([]byte("100644 a\x00short"))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := decodeTree(b)
		if err != nil {
			return
		}
		again, err := decodeTree(encodeTree(entries))
		if err != nil || !cmp.Equal(entries, again) {
			t.Errorf("%v became %v (%v)", entries, again, err)
		}
	})
}

func FuzzCommit(f *testing.F) {
	f.Add(commitParts{Hash{1}, []Hash{{2}}, testSig(), testSig(), "m\n\nbody\n\nA: b\n"}.encode(""))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = decodeCommit(Hash{}, b) })
}
