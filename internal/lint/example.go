package lint

import (
	"slices"
	"strings"
)

// Example is a fault and its remedy in one definition. It is documentation
// that tests execute: Bad gives exactly the problem, Good none.
type Example struct {
	File      string // the path it stands for: routes/trial.yaml
	Bad, Good string // the text of the file
}

// ParseExample reads the text of docs/testdata/lint/<CODE>.txt: on its first
// line the path, then the file with the fault between « and » and the remedy
// behind it between ‹ and ›.
func ParseExample(text string) Example {
	file, text, _ := strings.Cut(text, "\n")
	strip := strings.NewReplacer("«", "", "»", "", "‹", "", "›", "")
	version := func(text string) string { return strings.TrimRight(strip.Replace(text), "\n") + "\n" }
	return Example{File: file, Bad: version(without(text, "‹", "›")), Good: version(without(text, "«", "»"))}
}

// without removes what stands between two marks.
func without(text, from, to string) string {
	for {
		i := strings.Index(text, from)
		if i < 0 {
			return text
		}
		n := strings.Index(text[i:], to)
		if n < 0 {
			return text[:i]
		}
		text = text[:i] + text[i+n+len(to):]
	}
}

// Difference shows the fault with - and the remedy with + before its lines,
// all others behind two spaces. Control characters are made visible.
func (e Example) Difference() string {
	a, b := slices.Collect(strings.Lines(e.Bad)), slices.Collect(strings.Lines(e.Good))
	shown := strings.NewReplacer("\t", "→ ", "\a", "␇")
	var out strings.Builder
	write := func(mark, line string) {
		out.WriteString(strings.TrimRight(mark+shown.Replace(line), "\n") + "\n")
	}
	// Few lines: the longest common part is found by trying.
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(a) > 0 && len(b) > 0 && a[0] == b[0]:
			write("  ", a[0])
			a, b = a[1:], b[1:]
		case len(a) > 0 && !slices.Contains(b, a[0]):
			write("- ", a[0])
			a = a[1:]
		case len(b) > 0 && !slices.Contains(a, b[0]):
			write("+ ", b[0])
			b = b[1:]
		case len(a) > 0:
			write("- ", a[0])
			a = a[1:]
		default:
			write("+ ", b[0])
			b = b[1:]
		}
	}
	return out.String()
}
