package demo

// rng is a stream of numbers of its own for each document, so that any
// document can be made without those before it: splitmix64 (Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014).
type rng struct{ state uint64 }

const golden = 0x9e3779b97f4a7c15

// newRNG begins the stream of the n-th thing of a kind.
func newRNG(seed uint64, kind stream, n int) rng {
	return rng{mix(mix(seed+golden*uint64(kind+1)) + golden*uint64(n+1))}
}

// stream tells apart what has a stream of its own.
type stream uint64

const (
	streamTime stream = iota
	streamClient
	streamInquiry
	streamPerson
	streamWork
	streamContract
	streamInvoice
	streamAssignment
	streamLife
	streamHistory
)

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (r *rng) next() uint64 {
	r.state += golden
	return mix(r.state)
}

// n gives a number from 0 to below; 0 for below 1.
func (r *rng) n(below int) int {
	if below <= 1 {
		return 0
	}
	return int((r.next() >> 33) * uint64(below) >> 31)
}

// between gives a number from a to b, both included.
func (r *rng) between(a, b int) int { return a + r.n(b-a+1) }

// of is true in so many of a thousand cases.
func (r *rng) of(thousand int) bool { return r.n(1000) < thousand }

// fraction gives a number from 0 to below 1.
func (r *rng) fraction() float64 { return float64(r.next()>>11) / (1 << 53) }

func pick[T any](r *rng, list []T) T { return list[r.n(len(list))] }

// weighted gives the index of one of the weights.
func (r *rng) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.n(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return 0
}
