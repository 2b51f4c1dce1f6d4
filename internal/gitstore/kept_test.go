package gitstore

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestKept: what is kept is read without looking for the object, and a kept
// file that is damaged in whatever way changes no answer.
func TestKept(t *testing.T) {
	r := newRepo(t, map[string]string{"forms/a.yaml": "form: a\n", "forms/b.yaml": "form: b\n", "documents/x": "x\n"})
	head, err := r.Head()
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Commit(head.Commit)
	if err != nil {
		t.Fatal(err)
	}
	var ids []Hash
	for _, path := range []string{"forms", "forms/a.yaml", "forms/b.yaml"} {
		e, err := r.Lookup(c.Tree, path)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	if err := r.Keep(ids); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.Dir(), keptName)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// look reads everything with a fresh Repo and counts.
	look := func() int {
		t.Helper()
		r, err := Open(r.Root())
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		entries, err := r.Tree(ids[0])
		if err != nil || len(entries) != 2 || entries[0].Name != "a.yaml" || entries[1].Name != "b.yaml" {
			t.Fatalf("%v %v", entries, err)
		}
		for i, want := range []string{"form: a\n", "form: b\n"} {
			if b, err := r.Blob(ids[i+1]); err != nil || string(b) != want {
				t.Fatalf("%q %v", b, err)
			}
		}
		if _, err := r.Tree(ids[1]); err == nil {
			t.Fatal("a file is read as a folder")
		}
		return r.ObjectsRead()
	}
	if n := look(); n != 0 {
		t.Errorf("%d objects read though all are kept", n)
	}
	for name, bad := range map[string][]byte{
		"empty": {}, "other": []byte("something else"), "header": good[:len(keptHeader)],
		"version": append([]byte("e1 kept objects 9\n"), good[len(keptHeader):]...),
		"text":    bytes.Replace(good, []byte("form: a"), []byte("form: c"), 1),
		"size":    append(append(bytes.Clone(good[:len(keptHeader)+21]), 0xff, 0xff, 0xff, 0xff), good[len(keptHeader)+25:]...),
		"kind":    append(append(bytes.Clone(good[:len(keptHeader)+20]), 1), good[len(keptHeader)+21:]...),
	} {
		if err := os.WriteFile(file, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if n := look(); n == 0 {
			t.Errorf("%s: nothing was read from git", name)
		}
	}
	for i := range good {
		if err := os.WriteFile(file, good[:i], 0o666); err != nil {
			t.Fatal(err)
		}
		look()
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if n := look(); n < 3 {
		t.Errorf("%d objects read", n)
	}
}
