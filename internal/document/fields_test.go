package document

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/e1-dms/e1/internal/yamlsrc"
)

// filler gives every field of a document another value, however deep, so that
// a field which is not read, written or copied is missed.
type filler struct{ n int }

func (f *filler) text() string { f.n++; return fmt.Sprintf("text-%d", f.n) }

func (f *filler) fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		f.n++
		v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 10, 0, f.n, 0, time.FixedZone("", 3*3600))))
		return
	case []yamlsrc.Pair:
		v.Set(reflect.ValueOf([]yamlsrc.Pair{yamlsrc.P("later_"+fmt.Sprint(f.n), yamlsrc.Text(f.text()))}))
		return
	case Card:
		v.Set(reflect.ValueOf(Card{
			{"one", Value{Text: f.text()}},
			{"rows", Value{Rows: []Row{{{Name: "a", Text: f.text()}, {Name: "b", Node: yamlsrc.Seq(yamlsrc.Text(f.text()))}}}}},
			{"list", Value{List: []string{f.text(), f.text()}}},
			{"other", Value{Node: yamlsrc.Map(yamlsrc.P("k", yamlsrc.Text(f.text())))}},
		}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text())
	case reflect.Int, reflect.Int64:
		f.n++
		v.SetInt(int64(f.n))
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	default:
		panic(fmt.Sprintf("a field of kind %s: teach the test to fill it", v.Kind()))
	}
}

func filled() *Document {
	d := &Document{}
	(&filler{}).fill(reflect.ValueOf(d).Elem())
	return d
}

// same compares trees by what they say.
var sameTrees = cmp.Comparer(func(a, b *yamlsrc.Node) bool { return a == b || a != nil && b != nil && yamlsrc.Equal(a, b) })

func TestEveryFieldIsReadAndWritten(t *testing.T) {
	d := filled()
	src, err := d.Encode(d.Card.Names())
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (*Document, error){
		"quick":     func() (*Document, error) { return Read(src) },
		"in places": func() (*Document, error) { got, problems := ReadFile("x.yaml", src); return got, problems.Err() },
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("%s: %s", name, err)
		}
		if diff := cmp.Diff(d, got, sameTrees); diff != "" {
			t.Errorf("%s: written and read:\n%s\n%s", name, diff, src)
		}
	}
}

func TestEveryFieldIsCloned(t *testing.T) {
	d := filled()
	c := d.Clone()
	if diff := cmp.Diff(d, c, sameTrees); diff != "" {
		t.Errorf("the copy differs:\n%s", diff)
	}
	shared("Document", reflect.ValueOf(d).Elem(), reflect.ValueOf(c).Elem(), func(at string) { t.Errorf("the copy shares %s", at) })
}

// shared finds memory that two values have in common.
func shared(at string, a, b reflect.Value, found func(string)) {
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() {
				shared(at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), found)
			}
		}
	case reflect.Slice:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			found(at)
			return
		}
		for i := range min(a.Len(), b.Len()) {
			shared(fmt.Sprintf("%s[%d]", at, i), a.Index(i), b.Index(i), found)
		}
	case reflect.Pointer:
		if !a.IsNil() && a.Pointer() == b.Pointer() {
			found(at)
		} else if !a.IsNil() {
			shared(at, a.Elem(), b.Elem(), found)
		}
	}
}
