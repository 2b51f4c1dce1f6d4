package gitstore

import (
	"context"
	"io"
	"os"
)

// maxAhead bounds what ReadAhead reads: more would not stay in memory.
const maxAhead = 4 << 30

// ReadAhead reads the packs once from beginning to end, for who is about to
// read most of their objects in another order: from a disk that costs a tenth
// of finding each by itself. It gives the bytes read, ends with ctx, and
// nobody has to wait for it.
func (r *Repo) ReadAhead(ctx context.Context) (read int64) {
	r.odb.mu.Lock()
	err := r.odb.load()
	packs := r.odb.packs
	r.odb.mu.Unlock()
	if err != nil {
		return 0 // who reads the objects will be told
	}
	buf := make([]byte, 1<<20)
	for _, p := range packs {
		f, err := os.Open(p.path + ".pack")
		if err != nil {
			continue
		}
		for read < maxAhead && ctx.Err() == nil {
			n, err := io.ReadFull(f, buf)
			if read += int64(n); err != nil {
				break
			}
		}
		f.Close()
	}
	return read
}
