package render

import (
	"bytes"
	"strings"
	"testing"
)

// The library draws ordinary tables; where it measures otherwise than this
// package it leaves them alone, having written nothing.
func TestLibraryDraws(t *testing.T) {
	for _, border := range []Border{Open, Boxed} {
		for _, tt := range []struct {
			title string
			drawn bool
		}{{"Номер", true}, {"Клиент «Ромашка»", true}, {"ः-&d", false}} {
			table := Table{Border: border, Columns: []Column{{Title: tt.title}, {Title: "Сумма", Align: Right}}, Rows: [][]Cell{Row("ООО «Верно»", "12,00")}}
			var b bytes.Buffer
			out := &printer{w: &b}
			drawn := (Style{}).draw(out, table, []int{20, 8})
			if err := out.flush(); err != nil {
				t.Fatal(err)
			}
			if tt.drawn && (!drawn || !strings.Contains(b.String(), tt.title)) || !drawn && b.Len() > 0 {
				t.Errorf("border %d, title %q: drawn %v, written %q", border, tt.title, drawn, b.String())
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if Width(line) > 20+8+4+3 {
					t.Errorf("a line of %d columns: %q", Width(line), line)
				}
			}
		}
	}
}
