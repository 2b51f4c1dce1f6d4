package gitindex

import (
	"bytes"
	"crypto/sha1"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEWAH(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.SampledFrom([]uint32{70, 1000, 100_000, 1 << 30}).Draw(t, "limit")
		set := rapid.SliceOfNDistinct(rapid.Uint32Range(0, limit), 0, min(60, int(limit)), rapid.ID[uint32]).Draw(t, "set")
		slices.Sort(set)
		got, rest, err := decodeEWAH(append(appendEWAH(nil, set), "rest"...))
		if err != nil || string(rest) != "rest" || !slices.Equal(got, set) {
			t.Fatalf("%v became %v (%v)", set, got, err)
		}
	})
}

// A run of set bits is written by git; this package only reads it.
func TestEWAHRunOfOnes(t *testing.T) {
	b := []byte{0, 0, 0, 130, 0, 0, 0, 2,
		0, 0, 0, 2, 0, 0, 0, 5, // two words of ones, one literal
		0, 0, 0, 0, 0, 0, 0, 2, // bit 129
		0, 0, 0, 0}
	set, rest, err := decodeEWAH(b)
	if err != nil || len(rest) != 0 || len(set) != 129 || set[127] != 127 || set[128] != 129 {
		t.Fatalf("%v %v %v", set, rest, err)
	}
}

func drawEntry(t *rapid.T, path string) Entry {
	e := Entry{Path: path, Mode: 0o100644}
	e.ID = sha1.Sum([]byte(path))
	e.Stat = Stat{MTimeSec: rapid.Uint32().Draw(t, "mtime"), Size: rapid.Uint32().Draw(t, "size"), Ino: 7}
	e.Ext = rapid.SampledFrom([]uint16{0, 0, extSkipWorktree}).Draw(t, "ext")
	return e
}

// Set and Remove on any kind of index do what they do on a map.
func TestIndexIsAMap(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-c]{1,2}(/[a-d]{1,3}){0,2}`)
		x := New()
		x.version = rapid.SampledFrom([]uint32{2, 4}).Draw(t, "version")
		want := map[string]Entry{}
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			path := name.Draw(t, "path")
			switch rapid.IntRange(0, 20).Draw(t, "what") {
			case 0:
				rebase(t, x, dir)
			case 1:
				x = reload(t, x, dir)
			case 2, 3, 4, 5, 6:
				if err := x.Remove(path); err != nil {
					t.Fatal(err)
				}
				delete(want, path)
			default:
				e := drawEntry(t, path)
				if err := x.Set(e); err != nil {
					t.Fatal(err)
				}
				want[path] = e
			}
			probe := name.Draw(t, "probe")
			got, ok, err := x.Get(probe)
			w, has := want[probe]
			if err != nil || ok != has || got != w && ok {
				t.Fatalf("%q: got %v %v (%v), want %v %v", probe, got, ok, err, w, has)
			}
		}
		x = reload(t, x, dir)
		got := map[string]Entry{}
		last := ""
		if err := x.Each(func(e *Entry) error {
			if e.Path <= last {
				t.Fatalf("%q after %q", e.Path, last)
			}
			last = e.Path
			got[e.Path] = *e
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		x.Close()
	})
}

func rebase(t *rapid.T, x *Index, dir string) {
	f, err := os.Create(filepath.Join(dir, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := x.Rebase(f, 1<<31)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.Name(), BasePath(dir, b.ID())); err != nil {
		t.Fatal(err)
	}
	if err := x.Adopt(b, f, dir); err != nil {
		t.Fatal(err)
	}
}

func reload(t *rapid.T, x *Index, dir string) *Index {
	if err := os.WriteFile(filepath.Join(dir, "index"), x.Encode(), 0o666); err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "lose the table") && x.base != nil {
		_ = os.Remove(tablePath(dir, x.base.id))
	}
	y, err := Load(dir, dir)
	if err != nil {
		t.Fatal(err)
	}
	x.Close()
	return y
}

func TestLongNames(t *testing.T) {
	for _, version := range []uint32{2, 4} {
		x := New()
		x.version = version
		for _, n := range []int{1, 100, 4094, 4095, 4096, 5000} {
			if err := x.Set(Entry{Path: strings.Repeat("n", n), Mode: 0o100644}); err != nil {
				t.Fatal(err)
			}
		}
		y, _, err := decode(x.Encode())
		if err != nil || len(y.entries) != 6 {
			t.Fatal(err)
		}
		for i := range y.entries {
			if y.entries[i].Path != x.entries[i].Path {
				t.Errorf("version %d: name %d has length %d", version, i, len(y.entries[i].Path))
			}
		}
	}
}

func TestDamagedTableIsRebuilt(t *testing.T) {
	dir := t.TempDir()
	x := New()
	for _, p := range []string{"a", "b", "c"} {
		if err := x.Set(Entry{Path: p, Mode: 0o100644}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "tmp"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := x.Rebase(f, 1<<31)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.Name(), BasePath(dir, b.ID())); err != nil {
		t.Fatal(err)
	}
	if err := x.Adopt(b, f, dir); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(tablePath(dir, b.ID()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range table {
		bad := bytes.Clone(table)
		bad[i] ^= 0x41
		if err := os.WriteFile(tablePath(dir, b.ID()), bad, 0o666); err != nil {
			t.Fatal(err)
		}
		y, err := openBase(dir, dir, b.ID())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok, err := y.find("b"); !ok || err != nil {
			t.Fatalf("byte %d: %v %v", i, ok, err)
		}
		y.f.Close()
		if now, _ := os.ReadFile(tablePath(dir, b.ID())); !bytes.Equal(now, table) {
			t.Fatalf("byte %d: not rebuilt", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	x := New()
	for _, p := range []string{"a", "b/c", "b/d"} {
		_ = x.Set(Entry{Path: p, Mode: 0o100644})
	}
	x.UpdateTree([]FolderChange{{New: ID{1}, Delta: 3}, {Path: "b", New: ID{2}, Delta: 2}})
	f.Add(x.Encode())
	x.version, x.zeroSum = 4, true
	f.Add(x.Encode())
	f.Add(appendExtension(appendHeader(nil, 2, 0), "link", append(make([]byte, 20), appendEWAH(appendEWAH(nil, []uint32{1, 99}), []uint32{3})...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		// The checksum would keep everything else from being tried.
		body := append(bytes.Clone(b), make([]byte, trailerSize)...)
		x, link, err := decode(body)
		if err != nil {
			return
		}
		if len(link) > 20 {
			if set, rest, err := decodeEWAH(link[20:]); err == nil {
				_, _, _ = decodeEWAH(rest)
				again, _, err := decodeEWAH(appendEWAH(nil, set))
				if err != nil || !slices.Equal(again, set) {
					t.Fatalf("%v became %v", set, again)
				}
			}
		}
		y, _, err := decode(x.Encode())
		if err != nil || len(y.entries) != len(x.entries) {
			t.Fatalf("not read back: %v", err)
		}
	})
}
