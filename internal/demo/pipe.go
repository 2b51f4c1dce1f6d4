package demo

import "errors"

// errStopped ends the making when nothing is stored any more.
var errStopped = errors.New("stopped")

// batch carries files from the goroutine that makes them to the one that
// stores them, so that two cores have work.
type batch struct {
	paths []string
	ends  []int
	data  []byte
}

// batchBytes is about how much one batch holds; a few of them are on the way.
const batchBytes = 256 << 10

// pipe runs run in a goroutine of its own and gives what it emits to store, in
// the same order. The first error of either ends both.
func pipe(run func(emit func(string, []byte) error) (Summary, error), store func(path string, data []byte) error) (Summary, error) {
	full, free, stop := make(chan *batch, 4), make(chan *batch, 6), make(chan struct{})
	for range cap(free) {
		free <- &batch{}
	}
	var sum Summary
	var made error
	go func() {
		defer close(full)
		b := <-free
		sum, made = run(func(path string, data []byte) error {
			b.paths = append(b.paths, path)
			b.data = append(b.data, data...)
			b.ends = append(b.ends, len(b.data))
			if len(b.data) < batchBytes {
				return nil
			}
			select {
			case full <- b:
			case <-stop:
				return errStopped
			}
			b = <-free
			return nil
		})
		if made == nil {
			select {
			case full <- b:
			case <-stop:
			}
		}
	}()
	var stored error
	for b := range full {
		if stored == nil {
			if stored = b.each(store); stored != nil {
				close(stop)
			}
		}
		b.paths, b.ends, b.data = b.paths[:0], b.ends[:0], b.data[:0]
		free <- b
	}
	if stored != nil {
		return Summary{}, stored
	}
	return sum, made
}

func (b *batch) each(store func(path string, data []byte) error) error {
	from := 0
	for i, p := range b.paths {
		if err := store(p, b.data[from:b.ends[i]]); err != nil {
			return err
		}
		from = b.ends[i]
	}
	return nil
}
