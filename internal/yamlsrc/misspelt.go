package yamlsrc

import (
	"bytes"
	"regexp"
	"slices"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
)

// Forgiving reads a definition and, where parse finds keys misspelt, reads it
// again as if they were written right. So what stands behind such a key is
// checked as well, and nothing is said to be missing that is there under
// another name; the misspelt keys themselves stay reported.
func Forgiving[T any](f *File, parse func(*File) (T, diag.List)) (T, diag.List) {
	out, problems := parse(f)
	if !slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Meant != "" }) {
		return out, problems
	}
	var told diag.List
	for range maxCorrections {
		better, corrected := f.corrected(problems)
		if better == nil {
			break
		}
		told, f = append(told, corrected...), better
		out, problems = parse(f)
	}
	return out, append(told, problems...)
}

// maxCorrections bounds how often a file is read again: a key put right may
// uncover others below it.
const maxCorrections = 8

// corrected is the file with the keys put right of which problems know what
// was meant, and those problems; nil when there are none.
func (f *File) corrected(problems diag.List) (*File, diag.List) {
	meant := map[diag.Pos]*diag.Problem{}
	for i := range problems {
		if p := &problems[i]; p.Meant != "" && meant[p.At.Start] == nil {
			meant[p.At.Start] = p
		}
	}
	if len(meant) == 0 {
		return nil, nil
	}
	var told diag.List
	var put func(n *Node)
	put = func(n *Node) {
		for _, pair := range n.Pairs {
			if p := meant[pair.Key.Start]; p != nil && pair.Key.Value != p.Meant && n.Get(p.Meant) == nil {
				pair.Key.Value = p.Meant
				told.Add(*p)
			}
			put(pair.Value)
		}
		for _, item := range n.Items {
			put(item)
		}
	}
	better := *f
	better.Root = f.Root.Clone()
	put(better.Root)
	if len(told) == 0 {
		return nil, nil
	}
	return &better, told
}

// WithoutEchoes takes out of what was found in a file that which only follows
// from the constructs that YAML allows and this program refuses: of a key that
// is written twice nothing more is said, of a value behind a tag not that it has
// the wrong type, of a mapping with a merge key not what it lacks, and nothing of
// what was not read.
func (f *File) WithoutEchoes(problems diag.List) diag.List {
	silent, merged := map[diag.Pos]bool{}, map[diag.Pos]bool{}
	for _, p := range problems {
		if p.At.File != f.Name {
			continue
		}
		switch p.Code {
		case explicitTag.Code, anchor.Code, tooDeep.Code:
			if n := f.behind(p.At); n != nil {
				silent[n.Start] = true
			}
			fallthrough
		case duplicateKey.Code:
			silent[p.At.Start] = true
		case mergeKey.Code, complexKey.Code:
			silent[p.At.Start] = true
			if n := f.around(p.At.Start); n != nil {
				merged[n.Start] = true
			}
		}
	}
	if len(silent)+len(f.Unread) == 0 || f.Root == nil {
		return problems
	}
	return slices.DeleteFunc(slices.Clone(problems), func(p diag.Problem) bool {
		return p.Code[0] != 'Y' && p.At.File == f.Name &&
			(silent[p.At.Start] || p.Slug == "missing-key" && merged[p.At.Start] || f.NotRead(p.At.Start) || f.missed(p.Message))
	})
}

// missing is what is said of a name that is not there.
var missing = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:unknown [\w ]+|there is no [\w ]+|never [\w ]+: unknown \w+) "([^"]+)"`)
})

// missed tells whether a message is that something is not there of which a part
// that is not read speaks.
func (f *File) missed(message string) bool {
	if len(f.Unread) == 0 {
		return false
	}
	for _, m := range missing().FindAllStringSubmatch(message, -1) {
		if slices.ContainsFunc(f.Unread, func(part diag.Span) bool { return bytes.Contains(f.At(part), []byte(m[1])) }) {
			return true
		}
	}
	return false
}

// NotRead tells whether a place lies in a part that is not read.
func (f *File) NotRead(at diag.Pos) bool {
	return slices.ContainsFunc(f.Unread, func(part diag.Span) bool { return !at.Before(part.Start) && at.Before(part.End) })
}

// behind finds the first node that begins at a place or after it.
func (f *File) behind(at diag.Span) *Node {
	var found *Node
	f.Root.walk(func(n *Node) {
		if !n.Start.Before(at.Start) && (found == nil || n.Start.Before(found.Start)) {
			found = n
		}
	})
	return found
}

// around finds the mapping that has a key at a place.
func (f *File) around(at diag.Pos) *Node {
	var found *Node
	f.Root.walk(func(n *Node) {
		if slices.ContainsFunc(n.Pairs, func(p Pair) bool { return p.Key.Start == at }) {
			found = n
		}
	})
	return found
}

func (n *Node) walk(visit func(*Node)) {
	if n == nil {
		return
	}
	visit(n)
	for _, p := range n.Pairs {
		visit(p.Key)
		p.Value.walk(visit)
	}
	for _, item := range n.Items {
		item.walk(visit)
	}
}
