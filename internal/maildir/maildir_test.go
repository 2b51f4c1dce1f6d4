package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func create(t *testing.T) *Folder {
	t.Helper()
	f, err := Create(filepath.Join(t.TempDir(), "mail"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func deliver(t *testing.T, f *Folder, name, text string) Item {
	t.Helper()
	item, err := f.DeliverAs(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return item
}

func names(t *testing.T, list func() ([]Item, error)) []string {
	t.Helper()
	items, err := list()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range items {
		out = append(out, filepath.Base(filepath.Dir(i.Path))+"/"+filepath.Base(i.Path))
	}
	return out
}

func TestOrderAndDone(t *testing.T) {
	f := create(t)
	for _, name := range []string{"1000000000.a", "999999999.b", "1000000000.A", "letter"} {
		deliver(t, f, name, "text of "+name)
	}
	if err := os.Mkdir(filepath.Join(f.Dir(), "new", "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	want := []string{"new/letter", "new/999999999.b", "new/1000000000.A", "new/1000000000.a"}
	if diff := cmp.Diff(want, names(t, f.Waiting)); diff != "" {
		t.Error(diff)
	}
	items, _ := f.Waiting()
	done, err := f.Done(items[1])
	if err != nil {
		t.Fatal(err)
	}
	if done.Flags != "S" || filepath.Base(done.Path) != "999999999.b:2,S" {
		t.Errorf("done: %+v", done)
	}
	if diff := cmp.Diff([]string{"new/letter", "new/1000000000.A", "new/1000000000.a"}, names(t, f.Waiting)); diff != "" {
		t.Error(diff)
	}
	// Marking again, by the item as it was listed, changes nothing.
	if again, err := f.Done(items[1]); err != nil || again != done {
		t.Errorf("done twice: %+v, %v", again, err)
	}
	if b, err := f.Read(items[1]); err != nil || string(b) != "text of 999999999.b" {
		t.Errorf("read after the move: %q, %v", b, err)
	}
	if tmp, _ := os.ReadDir(filepath.Join(f.Dir(), "tmp")); len(tmp) > 0 {
		t.Errorf("tmp is left with %v", tmp)
	}
}

func TestOtherReaders(t *testing.T) {
	f := create(t)
	item := deliver(t, f, "1.x", "text")
	moved := filepath.Join(f.Dir(), "cur", "1.x:2,F")
	if err := os.Rename(item.Path, moved); err != nil {
		t.Fatal(err)
	}
	if b, err := f.Read(item); err != nil || string(b) != "text" {
		t.Errorf("read: %q, %v", b, err)
	}
	done, err := f.Done(item)
	if err != nil || filepath.Base(done.Path) != "1.x:2,FS" {
		t.Errorf("done: %+v, %v", done, err)
	}
	if err := os.Remove(done.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(item); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading what is gone: %v", err)
	}
	if _, err := f.Done(item); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("marking what is gone: %v", err)
	}
}

// A letter whose name is already taken in cur/ destroys nothing.
func TestDoneNeverReplaces(t *testing.T) {
	f := create(t)
	first := deliver(t, f, "1.x", "first")
	if _, err := f.Done(first); err != nil {
		t.Fatal(err)
	}
	second, err := f.DeliverAs("1.x", []byte("second"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Done(second); err != nil {
		t.Fatal(err)
	}
	texts := map[string]bool{}
	items, err := f.Seen()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range items {
		b, err := os.ReadFile(i.Path)
		if err != nil {
			t.Fatal(err)
		}
		texts[string(b)] = true
	}
	if !texts["first"] || !texts["second"] || len(items) != 2 {
		t.Errorf("left in cur: %v", texts)
	}
}

func TestDeliverNeverReplaces(t *testing.T) {
	f := create(t)
	deliver(t, f, "1.x", "first")
	if _, err := f.DeliverAs("1.x", []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second delivery under one name: %v", err)
	}
	for _, name := range []string{"", "a/b", ".hidden", "a:2,S"} {
		if _, err := f.DeliverAs(name, nil); err == nil {
			t.Errorf("name %q accepted", name)
		}
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if _, err := f.Deliver([]byte("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if items, _ := f.Waiting(); len(items) != 101 {
		t.Errorf("%d letters, want 101", len(items))
	}
}

func TestMissingFolders(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "none")
	if _, err := Open(missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `none" does not exist`) {
		t.Errorf("missing maildir: %v", err)
	}
	if _, err := OpenSpool(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing spool: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "new"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "is no maildir") {
		t.Errorf("folder without cur: %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("opening created the folder")
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenSpool(file); err == nil || !strings.Contains(err.Error(), "not a folder") {
		t.Errorf("a file: %v", err)
	}
}

func TestSpool(t *testing.T) {
	f, err := CreateSpool(filepath.Join(t.TempDir(), "orders"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"b.json", "a.json", "c.json.tmp", "d.part", ".hidden", "e~"} {
		if err := os.WriteFile(filepath.Join(f.Dir(), name), []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"orders/a.json", "orders/b.json"}, names(t, f.Waiting)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string(nil), names(t, f.Seen)); diff != "" {
		t.Error(diff)
	}
	items, _ := f.Waiting()
	if _, err := f.Done(items[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.Dir(), "a.json"), []byte("another"), 0o666); err != nil {
		t.Fatal(err)
	}
	items, _ = f.Waiting()
	if _, err := f.Done(items[0]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"done/a.json", "done/a.json-2"}, names(t, f.Seen)); diff != "" {
		t.Error(diff)
	}
	deliver(t, f, "f.json", "x")
	if diff := cmp.Diff([]string{"orders/b.json", "orders/f.json"}, names(t, f.Waiting)); diff != "" {
		t.Error(diff)
	}
}
