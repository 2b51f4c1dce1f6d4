package gitstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

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

// attributeFile is one file of attributes and the folder it applies to.
type attributeFile struct {
	path, dir string
	outside   bool // of the repository: may be somebody else's, and not for our eyes
}

// read gives the content; nothing when there is no such file.
func (f attributeFile) read() ([]byte, error) {
	b, err := os.ReadFile(f.path)
	if err != nil && f.none(err) {
		return nil, nil
	}
	return b, err
}

// none reports whether an error says that there is no file. One of the
// repository that cannot be read is no empty one: what it says of a path would
// be passed over.
func (f attributeFile) none(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.EISDIR) ||
		f.outside && errors.Is(err, fs.ErrPermission)
}

// rules returns the lines of one attributes file.
func (a *attributes) rules(f attributeFile) ([]gitattributes.MatchAttribute, error) {
	if got, ok := a.files[f.path]; ok {
		return got, nil
	}
	b, err := f.read()
	if err != nil {
		return nil, err
	}
	return a.parse(f, b), nil
}

// parse takes the lines of a file apart and remembers them.
func (a *attributes) parse(f attributeFile, b []byte) []gitattributes.MatchAttribute {
	var domain []string
	if f.dir != "" {
		domain = strings.Split(f.dir, "/")
	}
	var out []gitattributes.MatchAttribute
	for line := range bytes.Lines(b) {
		// git warns of a line it cannot read and goes on.
		m, err := gitattributes.ParseAttributesLine(strings.TrimRight(string(line), "\r\n"), domain, f.dir == "")
		if err == nil && m.Name != "" {
			out = append(out, m)
		}
	}
	a.files[f.path] = out
	return out
}

// attributesName is the file that says how git treats the others.
const attributesName = ".gitattributes"

// put tells what an attributes file of the work tree will say. Paths that were
// asked about before are not judged again.
func (a *attributes) put(path string, data []byte) {
	f := attributeFile{path: filepath.Join(a.r.root, filepath.FromSlash(path)), dir: parentOf(path)}
	a.parse(f, data)
}

// stack lists the attribute lines that may apply to a path, weakest first.
func (a *attributes) stack(path string) ([]gitattributes.MatchAttribute, error) {
	var files []attributeFile
	if os.Getenv("GIT_ATTR_NOSYSTEM") == "" {
		files = append(files, attributeFile{path: "/etc/gitattributes", outside: true})
	}
	home, _ := os.UserHomeDir()
	if f := a.r.cfg.value("core", "attributesfile"); f != "" {
		files = append(files, attributeFile{path: expandHome(f, home), outside: true})
	} else if home != "" {
		files = append(files, attributeFile{path: filepath.Join(configHome(home), "git", "attributes"), outside: true})
	}
	files = append(files, attributeFile{path: filepath.Join(a.r.root, attributesName)})
	for i, c := range path {
		if c == '/' {
			files = append(files, attributeFile{path: filepath.Join(a.r.root, filepath.FromSlash(path[:i]), attributesName), dir: path[:i]})
		}
	}
	files = append(files, attributeFile{path: filepath.Join(a.r.commonDir, "info", "attributes")})
	var out []gitattributes.MatchAttribute
	for _, f := range files {
		lines, err := a.rules(f)
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
