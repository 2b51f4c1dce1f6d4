package lint

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Example is a fault and its remedy, in one file or in several that belong
// together. It is documentation that tests execute: the bad texts have exactly
// the problem, the good ones none.
type Example []ExampleFile

// ExampleFile is one file of an example. A text that is empty stands for no
// file, and one that is "-> PATH" for a symbolic link.
type ExampleFile struct {
	Path      string // routes/trial.yaml
	Bad, Good string
}

// ParseExample reads the text of docs/testdata/lint/<CODE>.txt: on its first
// line the path, then the file with the fault between « and » and the remedy
// behind it between ‹ and ›. Further files follow behind lines `-- PATH --`.
// What is long is written ⟨20×…⟩, see Whole.
func ParseExample(text string) Example {
	file, text, _ := strings.Cut(text, "\n")
	strip := strings.NewReplacer("«", "", "»", "", "‹", "", "›", "")
	version := func(text string) string {
		if text = strings.TrimRight(strip.Replace(text), "\n"); text != "" {
			text += "\n"
		}
		return text
	}
	var out Example
	add := func(text string) {
		out = append(out, ExampleFile{Path: file, Bad: version(without(text, "‹", "›")), Good: version(without(text, "«", "»"))})
	}
	begin := 0
	for _, m := range another.FindAllStringSubmatchIndex(text, -1) {
		add(text[begin:m[0]])
		file, begin = text[m[2]:m[3]], m[1]
	}
	add(text[begin:])
	return out
}

var (
	another  = regexp.MustCompile(`(?m)^-- (\S+) --\n`)
	repeated = regexp.MustCompile(`⟨(\d+)×([^⟩]*)⟩`)
)

// Whole writes out what an example only indicates: ⟨20×text⟩ is the text twenty
// times, with its number in the place of #.
func Whole(text string) string {
	return repeated.ReplaceAllStringFunc(text, func(s string) string {
		m := repeated.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[1])
		var out strings.Builder
		for i := range n {
			out.WriteString(strings.ReplaceAll(m[2], "#", strconv.Itoa(i+1)))
		}
		return out.String()
	})
}

// Abridged tells whether something in the example is only indicated.
func (e Example) Abridged() bool {
	return slices.ContainsFunc(e, func(f ExampleFile) bool { return repeated.MatchString(f.Bad) || repeated.MatchString(f.Good) })
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

// Difference shows the files one after another, each behind its path.
func (e Example) Difference() string {
	var out []string
	for _, f := range e {
		out = append(out, f.Path+":\n"+f.Difference())
	}
	return strings.Join(out, "\n")
}

// Difference shows the fault with - and the remedy with + before its lines,
// all others behind two spaces. Characters that no page can have are made
// visible.
func (f ExampleFile) Difference() string {
	a, b := slices.Collect(strings.Lines(f.Bad)), slices.Collect(strings.Lines(f.Good))
	shown := strings.NewReplacer("\t", "→ ", "\a", "␇")
	var out strings.Builder
	write := func(mark, line string) {
		out.WriteString(strings.TrimRight(mark+shown.Replace(strings.ToValidUTF8(line, "�")), "\n") + "\n")
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
