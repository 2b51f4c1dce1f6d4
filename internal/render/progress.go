package render

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// patience is how long something may take before a progress bar appears.
const patience = time.Second

// Progress tells a person at a terminal how far a long operation is. It shows
// nothing during the first second and nothing at all elsewhere than on a
// terminal; its methods may be called on nil. It is not safe for concurrent use.
type Progress struct {
	w       io.Writer
	title   string
	total   int64
	done    int64
	now     func() time.Time
	started time.Time
	width   int
	bar     *progressbar.ProgressBar
}

// NewProgress starts a bar on w, or returns nil, which shows nothing, unless
// terminal says that w is one. Total is the number of steps, -1 when unknown.
func NewProgress(w io.Writer, terminal bool, style Style, title string, total int64) *Progress {
	if !terminal {
		return nil
	}
	return newProgress(w, style, title, total, time.Now)
}

func newProgress(w io.Writer, style Style, title string, total int64, now func() time.Time) *Progress {
	return &Progress{w: w, title: clean(title), total: total, now: now, started: now(), width: style.width()}
}

// Add counts n more steps.
func (p *Progress) Add(n int64) {
	if p != nil {
		p.Set(p.done + n)
	}
}

// Set says how many steps are done altogether.
func (p *Progress) Set(done int64) {
	if p == nil {
		return
	}
	p.done = done
	if p.bar == nil {
		if p.now().Sub(p.started) < patience {
			return
		}
		p.show()
	}
	// The bar of a total that was guessed too small would refuse to go on.
	if p.total >= 0 && done > p.total {
		done = p.total
	}
	_ = p.bar.Set64(done) // a terminal that is gone is no reason to stop the work
}

// Total corrects the number of steps once it is known.
func (p *Progress) Total(total int64) {
	if p == nil {
		return
	}
	p.total = total
	if p.bar != nil && total > 0 {
		p.bar.ChangeMax64(total)
	}
}

// Close removes the bar, so that the result stands alone.
func (p *Progress) Close() {
	if p != nil && p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
		p.now = func() time.Time { return p.started } // never shown again
	}
}

func (p *Progress) show() {
	p.bar = progressbar.NewOptions64(p.total,
		progressbar.OptionSetWriter(p.w),
		progressbar.OptionSetDescription(truncate(p.title, p.width/3)),
		progressbar.OptionSetWidth(max(10, p.width/4)),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(p.total > 0),
	)
}
