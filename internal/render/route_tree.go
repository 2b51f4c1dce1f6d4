package render

import (
	"io"
	"strings"

	"github.com/e1-dms/e1/internal/diagram"
)

// tones of the phases of a step.
var phaseTones = [...]Tone{diagram.Untouched: Normal, diagram.Earlier: Dim, diagram.Withdrawn: Dim, diagram.Done: Good, diagram.Open: Accent, diagram.Overdue: Bad}

// RouteTree prints the drawing of a route, one line a step, cut to the width
// of the output: who and by when stand behind the title, as far as there is room.
func (s Style) RouteTree(w io.Writer, name, title string, lines []diagram.Line) error {
	out := &printer{w: w}
	out.line(s.paint(Strong, truncate(title, s.width())) + "  " + s.paint(Dim, name))
	for _, l := range lines {
		head := l.Prefix
		if l.Sign != "" {
			head += l.Sign + " "
		}
		room := s.width() - Width(head)
		// A drawing so deep that nothing would be left still shows something.
		text := truncate(l.Text, max(room, 12))
		tone := phaseTones[l.Phase]
		if l.Sign == "" {
			tone = Dim
		}
		line := s.paint(Dim, l.Prefix)
		if l.Sign != "" {
			line += s.paint(tone, l.Sign) + " "
		}
		line += s.paint(tone, text)
		if rest := room - Width(text) - 2; l.Note != "" && rest >= 8 {
			line += "  " + s.paint(Dim, truncate(l.Note, rest))
		}
		out.line(strings.TrimRight(line, " "))
	}
	return out.flush()
}
