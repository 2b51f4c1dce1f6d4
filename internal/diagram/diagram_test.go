package diagram_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/diagram"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/org"
	"github.com/e1-dms/e1/internal/route"
	"github.com/e1-dms/e1/internal/settings"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

var update = flag.Bool("update", false, "write the golden files anew")

func read(t *testing.T, name string) *route.Route {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r, problems := route.ParseSource(name, src)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return r
}

// routes are those of the standard configuration and one that has every
// element of the language.
func routes(t *testing.T) []*route.Route {
	t.Helper()
	names, err := filepath.Glob("../../routes/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no shipped routes: %v", err)
	}
	var out []*route.Route
	for _, name := range append(names, "testdata/project.yaml") {
		out = append(out, read(t, name))
	}
	return out
}

// shipped gives the forms, directories and people that e1 brings along.
func shipped(t *testing.T) *form.Set {
	t.Helper()
	parse := func(name string) *yamlsrc.File {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, problems := yamlsrc.Parse(name, src)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		return f
	}
	var forms []*form.Form
	names, _ := filepath.Glob("../../forms/*.yaml")
	for _, name := range names {
		f, _ := form.Parse(parse(name))
		forms = append(forms, f)
	}
	var dirs []*form.Directory
	names, _ = filepath.Glob("../../repo-template/directories/*.yaml")
	for _, name := range names {
		d, _ := form.ParseDirectory(parse(name))
		dirs = append(dirs, d)
	}
	conf, _ := settings.Parse(parse("../../repo-template/e1.yaml"))
	people, _ := org.Parse(parse("../../repo-template/sample/org.yaml"))
	set, problems := form.Link(forms, dirs, people, conf)
	if err := problems.Err(); err != nil || len(set.Forms()) == 0 {
		t.Fatal(len(set.Forms()), err)
	}
	return set
}

// titled reads a route and gives the titles of what it names.
func titled(t *testing.T, name string) (*route.Route, diagram.Options) {
	t.Helper()
	r, set, other := read(t, name), shipped(t), read(t, "../../routes/contract-approval.yaml")
	ctx := route.ContextOf(set, nil, []*route.Route{other})
	for _, p := range route.Check(r, ctx) {
		t.Error(p)
	}
	return r, diagram.Options{Language: "ru", Forms: set, Route: ctx.Route}
}

func TestGolden(t *testing.T) {
	r, o := titled(t, "testdata/project.yaml")
	var tree strings.Builder
	for _, l := range diagram.Tree(r, o) {
		tree.WriteString(strings.TrimRight(l.Prefix+l.Sign+" "+l.Text+" | "+l.Note, " |") + "\n")
	}
	for name, got := range map[string]string{
		"project.txt": tree.String(), "project.svg": diagram.SVG(r, o), "project.dot": diagram.DOT(r, o), "project.mmd": diagram.Mermaid(r, o),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, r := range routes(t) {
		for _, lang := range []string{"ru", "en"} {
			o := diagram.Options{Language: lang}
			for name, draw := range map[string]func(*route.Route, diagram.Options) string{"svg": diagram.SVG, "dot": diagram.DOT, "mermaid": diagram.Mermaid} {
				if first, second := draw(r, o), draw(r, o); first != second {
					t.Errorf("%s of %s differs from one drawing to the next", name, r.Name.Text)
				}
			}
		}
	}
}

// drawnBox is a rectangle or a text of a picture.
type drawnBox struct {
	class, text string
	x, y, w, h  float64
}

func drawn(t *testing.T, svg string) (boxes, texts []drawnBox, width, height float64) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	var last *drawnBox
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return boxes, texts, width, height
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			b := drawnBox{}
			for _, a := range tok.Attr {
				v, _ := strconv.ParseFloat(a.Value, 64)
				switch a.Name.Local {
				case "class":
					b.class = a.Value
				case "x":
					b.x = v
				case "y":
					b.y = v
				case "width":
					b.w = v
				case "height":
					b.h = v
				}
			}
			switch tok.Name.Local {
			case "svg":
				width, height = b.w, b.h
			case "rect":
				boxes = append(boxes, b)
			case "text":
				texts = append(texts, b)
				last = &texts[len(texts)-1]
			}
		case xml.CharData:
			if last != nil {
				last.text += string(tok)
			}
		case xml.EndElement:
			last = nil
		}
	}
}

func TestPictureKeepsOrder(t *testing.T) {
	for _, r := range routes(t) {
		boxes, texts, width, height := drawn(t, diagram.SVG(r, diagram.Options{Language: "ru"}))
		var work []drawnBox
		for _, b := range boxes {
			if b.x < 0 || b.y < 0 || b.x+b.w > width || b.y+b.h > height {
				t.Errorf("%s: a box leaves the picture: %+v", r.Name.Text, b)
			}
			switch strings.Fields(b.class + " -")[0] {
			case "task", "approve", "auto", "event", "call", "listen", "end", "go":
				work = append(work, b)
			}
		}
		for i, a := range work {
			for _, b := range work[i+1:] {
				if a.x < b.x+b.w && b.x < a.x+a.w && a.y < b.y+b.h && b.y < a.y+a.h {
					t.Errorf("%s: boxes lie on each other: %+v and %+v", r.Name.Text, a, b)
				}
			}
		}
		for _, text := range texts {
			if text.x < 0 || text.x > width || text.y < 0 || text.y > height {
				t.Errorf("%s: text %q leaves the picture", r.Name.Text, text.text)
			}
		}
	}
}

func TestEveryStepIsThere(t *testing.T) {
	for _, r := range routes(t) {
		o := diagram.Options{Language: "ru"}
		g := diagram.NewGraph(r, o)
		nodes := map[string]bool{}
		reached := map[string]bool{}
		for _, n := range g.Nodes {
			nodes[n.Step] = true
		}
		for _, e := range g.Edges {
			reached[e.To] = true
		}
		var tree bytes.Buffer
		for _, l := range diagram.Tree(r, o) {
			tree.WriteString(l.Text + "\n")
		}
		for _, s := range r.Steps() {
			if !s.Person() {
				continue
			}
			if !nodes[s.ID] {
				t.Errorf("%s: step %q is no node", r.Name.Text, s.ID)
			}
			if !strings.Contains(tree.String(), s.Label("ru")) {
				t.Errorf("%s: step %q is not in the tree", r.Name.Text, s.ID)
			}
		}
		for _, n := range g.Nodes {
			if n.Kind != diagram.NodeStart && !reached[n.ID] {
				t.Errorf("%s: nothing leads to %q %s", r.Name.Text, n.Title, n.Step)
			}
		}
	}
}

func TestSpecialCharacters(t *testing.T) {
	r, problems := route.ParseSource("x.yaml", []byte(`route: x
title: 'A "quoted" <b> & # title'
start: by hand
steps:
- task: 'Say "<no>" & `+"`code`"+` # *stars*'
  who: author
`))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	_, texts, _, _ := drawn(t, diagram.SVG(r, diagram.Options{}))
	var all []string
	for _, text := range texts {
		all = append(all, text.text)
	}
	if joined := strings.Join(all, " "); !strings.Contains(joined, `Say "<no>" & `) {
		t.Errorf("the texts of the picture are %q", joined)
	}
	if got := diagram.Mermaid(r, diagram.Options{}); !strings.Contains(got, `["Say #quot;#lt;no#gt;#quot; #amp; #96;code#96; #35; #42;stars#42;<br/>`) {
		t.Errorf("Mermaid:\n%s", got)
	}
	if got := diagram.DOT(r, diagram.Options{}); !strings.Contains(got, `label="Say \"<no>\" & `) {
		t.Errorf("DOT:\n%s", got)
	}
}
