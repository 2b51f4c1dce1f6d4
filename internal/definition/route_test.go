package definition

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/e1-dms/e1/internal/route"
)

// starts tells what the whole definition says; known is false for one that is broken.
func starts(src []byte, formName string, on route.StartKind) (does, known bool) {
	r, problems := route.ParseSource("r.yaml", src)
	if problems.HasErrors() || r == nil {
		return false, false
	}
	for _, s := range r.Starts {
		does = does || s.On == on && r.For.Text == formName
	}
	return does, true
}

// TestMayStart: looking at a shipped route says what parsing it says.
func TestMayStart(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "routes", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, formName := range []string{"inquiries", "contracts", "assignments", "clients"} {
			for _, on := range []route.StartKind{route.OnRegistered, route.OnChanged} {
				does, known := starts(src, formName, on)
				may := mayStart(string(src), formName, string(on))
				if !known || does && !may {
					t.Errorf("%s %s %s: %v, may %v", file, formName, on, does, may)
				}
				if r, _ := route.ParseSource("r", src); may && r.For.Text != formName {
					t.Errorf("%s is for %q and may start on %s", file, r.For.Text, formName)
				}
			}
		}
	}
}

func FuzzMayStart(f *testing.F) {
	const rest = "start: {on: registered}\nsteps:\n- task: x\n  who: author\n"
	for _, head := range []string{
		"route: a\nfor: b\n", "for: c\nroute: a\n", "route: a\n\"for\": b\n", "route: a\ntitle: {en: x # y\n  }\nfor: b\n", "route: a\ntitle: {en: x}\nfor: \"b\"\n",
		"route: a\ntitle: x\n  for: c\nfor: b\n", "route: a\ntext: |\n for: c\nfor: b\n", "route: a\ntitle: \"x\nfor: c\n\"\nfor: b\n", "# for: c\n\nroute: a\nfor: b # c\n",
		"{route: a, for: b}\n", "route: a\nfor:  b\n", "route: a\nfor: 'b'\n", "route: a\nfor: c\nfor: b\n",
	} {
		f.Add([]byte(head + rest))
	}
	f.Add([]byte("route: a\nfor: b\nstart: {on: \"regis\\x74ered\"}\nsteps:\n- task: x\n  who: author\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, on := range []route.StartKind{route.OnRegistered, route.OnChanged} {
			if does, known := starts(src, "b", on); known && does && !mayStart(string(src), "b", string(on)) {
				t.Fatalf("starts on %s and is passed over: %q", on, src)
			}
		}
	})
}
