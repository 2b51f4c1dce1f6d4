package query

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/e1-dms/e1/internal/report"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

var documents = flag.Int("documents", 20_000, "documents in the index of the benchmarks")

// BenchmarkReport runs a report that the index groups and one for which every
// document is read.
func BenchmarkReport(b *testing.B) {
	db := office(b, *documents)
	defs := &report.Definitions{Set: set(b), Language: "en"}
	for name, text := range map[string]string{
		"grouped": "group: [manager, {by: start, per: month}]\ncolumns: [{column: n, value: count()}, {column: done, value: count(status == done)}, {column: late, value: 'count(status == planned and held < today)'}, {column: a, value: sum(amount)}]\n",
		"period":  "params: [{param: from, field: start, is: from, default: 'date(\"2026-11-01\")'}, {param: to, field: start, is: to, default: 'date(\"2026-11-30\")'}]\ngroup: manager\ncolumns: [{column: n, value: count()}, {column: done, value: count(status == done)}, {column: hours, value: sum(length)}]\n",
		"read":    "group: manager\ncolumns: [{column: n, value: count(amount > 100)}, {column: a, value: sum(amount * people)}]\n",
	} {
		b.Run(fmt.Sprintf("%s/documents=%d", name, *documents), func(b *testing.B) {
			file, _ := yamlsrc.Parse("reports/x.yaml", []byte("report: x\nform: works\n"+text))
			r, problems := report.Parse(file)
			if problems = append(problems, r.Link(defs)...); len(problems) > 0 {
				b.Fatal(problems)
			}
			for b.Loop() {
				_, err := r.Run(report.Run{Source: Source{DB: db, Zone: moscow()}, Names: defs, Value: defs.Value, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, moscow())})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
