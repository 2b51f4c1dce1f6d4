package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/office"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

// assignments reads FIELD=VALUE and FIELD+=VALUE arguments. A field that is
// given twice has no value that somebody could have meant.
func assignments(args []string) ([]office.Assignment, error) {
	out := make([]office.Assignment, 0, len(args))
	given := map[string]bool{}
	for _, arg := range args {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" || name == "+" {
			return nil, &usageError{message: fmt.Sprintf("expected FIELD=VALUE, found %q", arg), hint: "quote values with blanks: name='ООО «Ромашка»'"}
		}
		name, appended := strings.CutSuffix(name, "+")
		if given[name] && !appended {
			return nil, &usageError{message: fmt.Sprintf("%q is given twice", name), hint: "give each field once; rows of a table: " + name + "+=…"}
		}
		given[name] = true
		out = append(out, office.Assignment{Field: name, Text: value, Append: appended})
	}
	return out, nil
}

// cardFile is a card as a file of the user's has it.
type cardFile struct {
	name   string
	values []office.Assignment
	keys   map[string]diag.Pos // where a field stands
}

// readCard reads the values of a card from a YAML or JSON file: FIELD: value,
// tables as lists of mappings.
func (a *app) readCard(name string) (*cardFile, error) {
	src, err := a.readFile(name)
	if err != nil {
		return nil, err
	}
	file, problems := yamlsrc.Parse(inputName(name), pairsJoined(src))
	if err := problems.Err(); err != nil {
		return nil, err
	}
	root := file.Root
	if root == nil || root.Kind != yamlsrc.Mapping {
		return nil, fmt.Errorf("%q holds no card; write FIELD: VALUE, one a line", inputName(name))
	}
	if document := root.Get("document"); document != nil && document.Kind == yamlsrc.Mapping {
		root = document // what e1 show --json prints
	}
	if card := root.Get("card"); card != nil && card.Kind == yamlsrc.Mapping {
		root = card // a whole document
	}
	out := &cardFile{name: inputName(name), keys: map[string]diag.Pos{}}
	for _, p := range root.Pairs {
		text := p.Value.Value
		if p.Value.Kind != yamlsrc.Scalar {
			text = string(file.Source(p.Value))
			if p.Value.Style != yamlsrc.Flow {
				text = dedent(text, p.Value.Start.Column-1)
			}
		} else if p.Value.IsNull() {
			text = ""
		}
		out.values = append(out.values, office.Assignment{Field: p.Key.Value, Text: text})
		out.keys[p.Key.Value] = p.Key.Start
	}
	return out, nil
}

// dedent removes the indentation that a block had in its file.
func dedent(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i := 1; i < len(lines); i++ {
		cut := 0
		for cut < width && cut < len(lines[i]) && lines[i][cut] == ' ' {
			cut++
		}
		lines[i] = lines[i][cut:]
	}
	return strings.Join(lines, "\n")
}

// surrogates are the escapes of JSON that YAML does not have: two together are
// one character, one alone is none.
var surrogates = regexp.MustCompile(`(\\*)\\u([dD][89a-fA-F][0-9a-fA-F]{2})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?`)

// pairsJoined writes the surrogates of a JSON text as the characters they mean;
// JSON is otherwise YAML.
func pairsJoined(src []byte) []byte {
	if !surrogates.Match(src) || !json.Valid(src) {
		return src
	}
	return surrogates.ReplaceAllFunc(src, func(found []byte) []byte {
		m := surrogates.FindSubmatch(found)
		if len(m[1])%2 != 0 {
			return found // the backslash itself is escaped
		}
		high, _ := strconv.ParseUint(string(m[2]), 16, 16)
		low, _ := strconv.ParseUint(string(m[3]), 16, 16)
		return append(slices.Clone(m[1]), string(utf16.DecodeRune(rune(high), rune(low)))...)
	})
}

// unfitFile is an UnfitError whose values stand in a file of the user's.
type unfitFile struct {
	*repo.UnfitError
	message string
	at      []render.Place
}

func (e *unfitFile) Error() string { return e.message }

func (e *unfitFile) Unwrap() error { return e.UnfitError }

// besides are the values of the file that the command line does not replace.
func (c *cardFile) besides(given []office.Assignment) []office.Assignment {
	var out []office.Assignment
	for _, v := range c.values {
		replaced := slices.ContainsFunc(given, func(g office.Assignment) bool { return g.Field == v.Field && !g.Append })
		if replaced {
			delete(c.keys, v.Field)
		} else {
			out = append(out, v)
		}
	}
	return out
}

// placed says of what does not fit where in the file it stands.
func (c *cardFile) placed(err error) error {
	var unfit *repo.UnfitError
	if c == nil || !errors.As(err, &unfit) {
		return err
	}
	out := &unfitFile{UnfitError: unfit, at: []render.Place{}}
	for i, line := range strings.Split(unfit.Error(), "\n") {
		if i < len(unfit.Problems) {
			field := unfit.Problems[i].Field
			if at, ok := c.keys[field]; ok {
				out.at = append(out.at, render.Place{File: c.name, Line: at.Line, Column: at.Column})
				line = fmt.Sprintf("%s:%d:%d: %s", c.name, at.Line, at.Column, line)
			}
		}
		if i > 0 {
			out.message += "\n"
		}
		out.message += line
	}
	return out
}
