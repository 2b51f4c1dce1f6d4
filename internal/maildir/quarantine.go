package maildir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A quarantine is a folder of its own inside the folder that letters arrive in:
// .Quarantine of a Maildir, which mail programs show as a subfolder (Maildir++),
// quarantine/ of a spool folder. The reason for each letter lies in reasons/
// beside new/ and cur/, under the letter's name without flags, so that it is
// found however mail programs mark the letter. A letter moved back to new/ by
// hand is simply tried again.

const reasonsDir = "reasons"

// Held is a letter in quarantine.
type Held struct {
	Item
	Reason string
}

// quarantineDir is where the quarantine lies.
func (f *Folder) quarantineDir() string {
	if f.spool {
		return filepath.Join(f.dir, "quarantine")
	}
	return filepath.Join(f.dir, ".Quarantine")
}

// quarantine opens the quarantine, made when it is not there.
func (f *Folder) quarantine() (*Folder, error) {
	dir := f.quarantineDir()
	if err := f.before("mkdir", dir); err != nil {
		return nil, err
	}
	if err := makeDirs(filepath.Join(dir, reasonsDir)); err != nil {
		return nil, err
	}
	if f.spool {
		return f.with(CreateSpool(dir))
	}
	// The empty file tells mail programs that this is a subfolder.
	mark := filepath.Join(dir, "maildirfolder")
	if _, err := os.Stat(mark); errors.Is(err, fs.ErrNotExist) {
		if err := writeShared(mark, nil); err != nil {
			return nil, err
		}
	}
	return f.with(Create(dir))
}

// with has the writes of another folder asked about like those of f.
func (f *Folder) with(other *Folder, err error) (*Folder, error) {
	if err == nil {
		other.step = f.step
	}
	return other, err
}

// Quarantine moves a waiting item into quarantine with the reason. The reason
// is written first, so that at every instant the letter either still waits or
// is in quarantine with it.
func (f *Folder) Quarantine(item Item, reason string) (Item, error) {
	q, err := f.quarantine()
	if err != nil {
		return Item{}, err
	}
	target := item
	for n := 2; ; n++ {
		taken, err := q.holds(target.Name)
		if err != nil {
			return Item{}, err
		}
		if !taken {
			break
		}
		target.Name = item.Name + "-" + strconv.Itoa(n)
	}
	if err := q.writeReason(target.Name, reason); err != nil {
		return Item{}, err
	}
	target.Path = filepath.Join(q.arrivals(), target.Name)
	if !f.spool && target.Flags != "" {
		target.Path = filepath.Join(q.dir, "cur", target.Name+":2,"+target.Flags)
	}
	if err := f.before("rename", target.Path); err != nil {
		return Item{}, err
	}
	from := item.Path
	err = os.Rename(from, target.Path)
	if errors.Is(err, fs.ErrNotExist) {
		moved, findErr := f.find(item)
		if findErr != nil {
			return Item{}, findErr
		}
		err = os.Rename(moved.Path, target.Path)
	}
	if err != nil {
		return Item{}, err
	}
	return target, syncDir(filepath.Dir(target.Path))
}

// DeliverQuarantined puts a letter that lies in no folder yet into quarantine,
// durably.
func (f *Folder) DeliverQuarantined(letter []byte, reason string) (Item, error) {
	q, err := f.quarantine()
	if err != nil {
		return Item{}, err
	}
	item, err := q.Deliver(letter)
	if err != nil {
		return Item{}, err
	}
	return item, q.writeReason(item.Name, reason)
}

// Quarantined lists the letters in quarantine with their reasons, in the order
// of delivery.
func (f *Folder) Quarantined() ([]Held, error) {
	dir := f.quarantineDir()
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	q := &Folder{dir: dir, spool: f.spool}
	items, err := q.Waiting()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if !f.spool {
		seen, err := q.Seen()
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		items = append(items, seen...)
	}
	out := make([]Held, len(items))
	for i, item := range items {
		reason, err := os.ReadFile(filepath.Join(dir, reasonsDir, item.Name+".txt"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		out[i] = Held{Item: item, Reason: strings.TrimSpace(string(reason))}
	}
	return out, nil
}

// Release moves a letter from quarantine back to where letters wait.
func (f *Folder) Release(held Held) (Item, error) {
	item := held.Item
	item.Flags = ""
	for n := 2; ; n++ {
		taken, err := f.holds(item.Name)
		if err != nil {
			return Item{}, err
		}
		if !taken {
			break
		}
		item.Name = held.Name + "-" + strconv.Itoa(n)
	}
	item.Path = filepath.Join(f.arrivals(), item.Name)
	if err := f.before("rename", item.Path); err != nil {
		return Item{}, err
	}
	if err := os.Rename(held.Path, item.Path); err != nil {
		return Item{}, err
	}
	// A reason without a letter is of no use; losing it loses nothing.
	_ = os.Remove(filepath.Join(f.quarantineDir(), reasonsDir, held.Name+".txt"))
	return item, nil
}

// arrivals is the folder in which new items appear.
func (f *Folder) arrivals() string {
	if f.spool {
		return f.dir
	}
	return filepath.Join(f.dir, "new")
}

// holds reports whether an item of that name is there, waiting or seen.
func (f *Folder) holds(name string) (bool, error) {
	_, err := f.find(Item{Name: name})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (f *Folder) writeReason(name, reason string) error {
	file := filepath.Join(f.dir, reasonsDir, name+".txt")
	if err := f.before("write", file); err != nil {
		return err
	}
	return writeShared(file, []byte(strings.TrimRight(reason, "\n")+"\n"))
}
