package maildir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Deliver puts a letter into new/ under a name of its own, durably: it is
// written to tmp/ first and linked when it is whole. In a spool folder the file
// gets the same name without the folders.
func (f *Folder) Deliver(letter []byte) (Item, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	host = strings.NewReplacer("/", `\057`, ":", `\072`).Replace(host) // as the Maildir page asks
	for {
		now := time.Now()
		name := fmt.Sprintf("%d.M%06dP%d.%s", now.Unix(), now.Nanosecond()/1000, os.Getpid(), host)
		item, err := f.DeliverAs(name, letter)
		if !errors.Is(err, fs.ErrExist) {
			return item, err
		}
	}
}

// DeliverAs is Deliver under a given name, for folders that must come out the
// same every time. A name that is taken is fs.ErrExist.
func (f *Folder) DeliverAs(name string, letter []byte) (Item, error) {
	if name == "" || strings.ContainsAny(name, "/:") || strings.HasPrefix(name, ".") {
		return Item{}, fmt.Errorf("%q is no name for a letter", name)
	}
	tmp, dir := filepath.Join(f.dir, "tmp", name), filepath.Join(f.dir, "new")
	if f.spool {
		tmp, dir = filepath.Join(f.dir, "."+name+".tmp"), f.dir
	}
	if err := f.before("create", tmp); err != nil {
		return Item{}, err
	}
	file, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return Item{}, err
	}
	defer os.Remove(tmp)
	_, err = file.Write(letter)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = share(tmp)
	}
	if err != nil {
		return Item{}, err
	}
	item := Item{Name: name, Path: filepath.Join(dir, name), Size: int64(len(letter))}
	if err := f.before("link", item.Path); err != nil {
		return Item{}, err
	}
	if err := link(tmp, item.Path); err != nil {
		return Item{}, err
	}
	return item, syncDir(dir)
}

// link gives the finished letter its place without ever replacing another.
// File systems without hard links get a check and a rename.
func link(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, statErr := os.Lstat(to); !errors.Is(statErr, fs.ErrNotExist) {
		return &fs.PathError{Op: "link", Path: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}

// syncDir makes a name durable. Systems that cannot sync folders say so with
// an error that is of no use to anybody.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
