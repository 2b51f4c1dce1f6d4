package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// A quarantined letter is in quarantine with its reason and nowhere else,
// stays known after a mail program has marked it, and can go back.
func TestQuarantine(t *testing.T) {
	for _, kind := range []string{"maildir", "spool"} {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "in")
			f, err := map[string]func(string) (*Folder, error){"maildir": Create, "spool": CreateSpool}[kind](dir)
			if err != nil {
				t.Fatal(err)
			}
			if held, err := f.Quarantined(); err != nil || len(held) != 0 {
				t.Fatalf("before: %v, %v", held, err)
			}
			item, err := f.DeliverAs("1.a.host", []byte("letter\n"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Quarantine(item, "no phone"); err != nil {
				t.Fatal(err)
			}
			if waiting, _ := f.Waiting(); len(waiting) != 0 {
				t.Fatalf("still waits: %v", waiting)
			}
			held, err := f.Quarantined()
			if err != nil || len(held) != 1 || held[0].Reason != "no phone" || held[0].Name != "1.a.host" {
				t.Fatalf("held %+v, %v", held, err)
			}
			// Another letter of the same name does not replace it.
			again, err := f.DeliverAs("1.a.host", []byte("other\n"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Quarantine(again, "no e-mail"); err != nil {
				t.Fatal(err)
			}
			if kind == "maildir" {
				marked := filepath.Join(dir, ".Quarantine", "cur", "1.a.host:2,S")
				if err := os.Rename(held[0].Path, marked); err != nil {
					t.Fatal(err)
				}
			}
			held, err = f.Quarantined()
			if err != nil || len(held) != 2 {
				t.Fatalf("held %+v, %v", held, err)
			}
			for _, h := range held {
				want := map[string]string{"1.a.host": "no phone", "1.a.host-2": "no e-mail"}[h.Name]
				if h.Reason != want {
					t.Errorf("%s: reason %q, want %q", h.Name, h.Reason, want)
				}
				if _, err := f.Release(h); err != nil {
					t.Fatal(err)
				}
			}
			waiting, err := f.Waiting()
			if err != nil || len(waiting) != 2 {
				t.Fatalf("waiting %v, %v", waiting, err)
			}
			if held, err := f.Quarantined(); err != nil || len(held) != 0 {
				t.Fatalf("after: %v, %v", held, err)
			}
		})
	}
}

// A letter that is gone cannot be quarantined, and nothing appears.
func TestQuarantineGone(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "in"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Quarantine(Item{Name: "x", Path: filepath.Join(f.Dir(), "new", "x")}, "why")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("err = %v", err)
	}
	if held, err := f.Quarantined(); err != nil || len(held) != 0 {
		t.Fatalf("held %v, %v", held, err)
	}
}

// A folder that a group may write to stays the group's.
func TestSharedFolder(t *testing.T) {
	for _, tt := range []struct{ folder, dirs, files fs.FileMode }{
		{0o770 | fs.ModeSetgid, 0o770 | fs.ModeSetgid, 0o660},
		{0o755, 0, 0},
	} {
		dir := filepath.Join(t.TempDir(), "mail")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, tt.folder); err != nil {
			t.Fatal(err)
		}
		f, err := Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.DeliverQuarantined([]byte("letter"), "reason"); err != nil {
			t.Fatal(err)
		}
		n := 0
		err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == dir {
				return err
			}
			n++
			st, err := d.Info()
			if err != nil {
				return err
			}
			want := tt.files
			if d.IsDir() {
				want = tt.dirs
			}
			if st.Mode()&want != want {
				t.Errorf("%s has %v", path, st.Mode())
			}
			if want == 0 && st.Mode()&0o020 != 0 {
				t.Errorf("%s became the group's: %v", path, st.Mode())
			}
			return nil
		})
		if err != nil || n < 9 {
			t.Errorf("%d files, %v", n, err)
		}
	}
}
