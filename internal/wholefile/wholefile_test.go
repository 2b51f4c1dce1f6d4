//go:build unix

package wholefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// only demands that a folder holds these names and nothing else.
func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, names)
	}
}

func holds(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
	}
}

func put(t *testing.T, name, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
}

func TestOldUntilCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "result")
	put(t, name, "old", 0o640)
	f, err := Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "old")
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, name, "new")
	if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v: the old file's is to stay", st.Mode(), err)
	}
	only(t, dir, "result")
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "result"))
	if err != nil {
		t.Fatal(err)
	}
	f.Discard()
	only(t, dir)
}

func TestNewFileHasOrdinaryMode(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := Write(filepath.Join(dir, "ours"), []byte("x")); err != nil {
		t.Fatal(err)
	}
	theirs, err := os.Create(filepath.Join(dir, "theirs"))
	if err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	a, _ := os.Stat(filepath.Join(dir, "ours"))
	b, _ := os.Stat(filepath.Join(dir, "theirs"))
	if a.Mode() != b.Mode() {
		t.Errorf("mode %v, any other program's is %v", a.Mode(), b.Mode())
	}
}

func TestLinkIsFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "real"), "old", 0o644)
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	if err := Write(filepath.Join(dir, "link"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	holds(t, filepath.Join(dir, "real"), "new")
	only(t, dir, "link", "real")
}

// A pipe stays a pipe: replacing /dev/null by a file would be a disaster.
func TestPipeIsWrittenInPlace(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	read := make(chan string)
	go func() {
		data, _ := os.ReadFile(name)
		read <- string(data)
	}()
	if err := Write(name, []byte("through")); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got != "through" {
		t.Errorf("read %q", got)
	}
	if st, err := os.Stat(name); err != nil || st.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("no pipe any more: %v, %v", st.Mode(), err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "locked"), "old", 0o444)
	for name, want := range map[string]string{
		".":            "is a directory",
		"nowhere/x":    "no such file",
		"locked/below": "not a directory",
	} {
		if f, err := Create(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %q", name, f, err, want)
		}
	}
	if os.Getuid() != 0 { // root may write everything
		if _, err := Create(filepath.Join(dir, "locked")); err == nil {
			t.Error("a file that may not be written would be replaced")
		}
	}
	only(t, dir, "locked")
}
