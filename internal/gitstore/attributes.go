package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitattributes"
)

// attributes answers what git would do with the content of a path. It reads
// each attributes file once.
type attributes struct {
	r     *Repo
	files map[string][]gitattributes.MatchAttribute
}

func newAttributes(r *Repo) *attributes {
	return &attributes{r: r, files: map[string][]gitattributes.MatchAttribute{}}
}

// conversion says what git does with line ends of a path; paths that git
// would change in another way are refused by of.
type conversion struct {
	toLF bool   // CR LF becomes LF when the file is added
	why  string // the attribute or setting responsible
}

// rules returns the lines of one attributes file. dir is the folder it
// applies to.
func (a *attributes) rules(file, dir string) ([]gitattributes.MatchAttribute, error) {
	if got, ok := a.files[file]; ok {
		return got, nil
	}
	b, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
		var pe *fs.PathError
		if !errors.As(err, &pe) {
			return nil, err
		}
	}
	var domain []string
	if dir != "" {
		domain = strings.Split(dir, "/")
	}
	var out []gitattributes.MatchAttribute
	for line := range bytes.Lines(b) {
		// git warns of a line it cannot read and goes on.
		m, err := gitattributes.ParseAttributesLine(strings.TrimRight(string(line), "\r\n"), domain, dir == "")
		if err == nil && m.Name != "" {
			out = append(out, m)
		}
	}
	a.files[file] = out
	return out, nil
}

// stack lists the attribute lines that may apply to a path, weakest first.
func (a *attributes) stack(path string) ([]gitattributes.MatchAttribute, error) {
	type source struct{ file, dir string }
	var sources []source
	if os.Getenv("GIT_ATTR_NOSYSTEM") == "" {
		sources = append(sources, source{"/etc/gitattributes", ""})
	}
	home, _ := os.UserHomeDir()
	if f := a.r.cfg.value("core", "attributesfile"); f != "" {
		sources = append(sources, source{expandHome(f, home), ""})
	} else if home != "" {
		sources = append(sources, source{filepath.Join(configHome(home), "git", "attributes"), ""})
	}
	sources = append(sources, source{filepath.Join(a.r.root, ".gitattributes"), ""})
	for i, c := range path {
		if c == '/' {
			sources = append(sources, source{filepath.Join(a.r.root, filepath.FromSlash(path[:i]), ".gitattributes"), path[:i]})
		}
	}
	sources = append(sources, source{filepath.Join(a.r.commonDir, "info", "attributes"), ""})
	var out []gitattributes.MatchAttribute
	for _, s := range sources {
		lines, err := a.rules(s.file, s.dir)
		if err != nil {
			return nil, err
		}
		out = append(out, lines...)
	}
	return out, nil
}

// values resolves the attributes of a path: of all matching lines the last
// one decides, for each attribute.
func (a *attributes) values(path string) (map[string]gitattributes.Attribute, error) {
	stack, err := a.stack(path)
	if err != nil {
		return nil, err
	}
	macros := map[string][]gitattributes.Attribute{}
	for _, m := range stack {
		if m.Pattern == nil {
			macros[m.Name] = m.Attributes
		}
	}
	out := map[string]gitattributes.Attribute{}
	parts := strings.Split(path, "/")
	var take func(list []gitattributes.Attribute, depth int)
	take = func(list []gitattributes.Attribute, depth int) {
		for _, at := range slices.Backward(list) {
			if _, ok := out[at.Name()]; ok {
				continue
			}
			out[at.Name()] = at
			if at.IsSet() && depth < 8 {
				take(macros[at.Name()], depth+1)
			}
		}
	}
	for _, m := range slices.Backward(stack) {
		if m.Pattern != nil && m.Pattern.Match(parts) {
			take(m.Attributes, 0)
		}
	}
	if b, ok := out["binary"]; ok && b.IsSet() {
		delete(out, "text") // the macro that git has built in
		return out, nil
	}
	return out, nil
}

// of says how git converts a path, or refuses it.
func (a *attributes) of(path string) (conversion, error) {
	values, err := a.values(path)
	if err != nil {
		return conversion{}, err
	}
	refuse := func(what string) error {
		return &PathError{
			Path: path,
			Why:  "git would change its content because of the attribute " + what,
			Hint: "take the attribute off this path in .gitattributes",
		}
	}
	has := func(name string) (gitattributes.Attribute, bool) {
		at, ok := values[name]
		return at, ok && !at.IsUnspecified() && !at.IsUnset()
	}
	if at, ok := has("filter"); ok && at.IsValueSet() {
		return conversion{}, refuse("filter=" + at.Value())
	}
	if _, ok := has("ident"); ok {
		return conversion{}, refuse("ident")
	}
	if at, ok := has("working-tree-encoding"); ok && at.IsValueSet() && !strings.EqualFold(at.Value(), "utf-8") {
		return conversion{}, refuse("working-tree-encoding=" + at.Value())
	}
	return a.lineEnds(values, refuse)
}

// lineEnds decides on text, eol and core.autocrlf.
func (a *attributes) lineEnds(values map[string]gitattributes.Attribute, refuse func(string) error) (conversion, error) {
	text, hasText := values["text"]
	if !hasText {
		if b, ok := values["binary"]; ok && b.IsSet() {
			return conversion{}, nil
		}
		if crlf, ok := values["crlf"]; ok {
			text, hasText = crlf, true
		}
	}
	if hasText && text.IsUnset() {
		return conversion{}, nil
	}
	eol := ""
	if at, ok := values["eol"]; ok && at.IsValueSet() {
		eol = at.Value()
	}
	autocrlf := strings.ToLower(a.r.cfg.value("core", "autocrlf"))
	auto := autocrlf == "input" || parseBool(autocrlf, autocrlf != "", false)
	specified := hasText && !text.IsUnspecified()
	switch {
	case eol == "crlf":
		return conversion{}, refuse("eol=crlf")
	case eol == "lf":
		return conversion{toLF: true, why: "the attribute eol=lf"}, nil
	case !specified && !auto:
		return conversion{}, nil
	case auto && autocrlf != "input":
		return conversion{}, &PathError{
			Path: "core.autocrlf", Why: "git would change line ends of the files",
			Hint: "add `* -text` to .gitattributes, or git config core.autocrlf false",
		}
	case specified && strings.EqualFold(a.r.cfg.value("core", "eol"), "crlf"):
		return conversion{}, refuse("text with core.eol=crlf")
	case specified:
		return conversion{toLF: true, why: "the attribute text"}, nil
	}
	return conversion{toLF: true, why: "core.autocrlf"}, nil
}
