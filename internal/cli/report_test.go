package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/e1-dms/e1/internal/cli"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/expr"
	"github.com/e1-dms/e1/internal/form"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/report"
)

// e1 runs one command in a folder and returns what it prints.
func e1(t testing.TB, dir string, args ...string) string {
	t.Helper()
	env := map[string]string{"E1_NOW": now, "NO_COLOR": "1"}
	var out, messages bytes.Buffer
	code := cli.Run(context.Background(), append([]string{"-C", dir}, args...), cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &messages, Getenv: func(name string) string { return env[name] },
	}, "test")
	if code != 0 {
		t.Fatalf("e1 %v: exit code %d\n%s", args, code, messages.String())
	}
	return out.String()
}

// demo is a repository with lifelike documents.
func demo(t testing.TB, documents string) string {
	t.Helper()
	home := t.TempDir()
	config := filepath.Join(home, "gitconfig")
	if err := os.WriteFile(config, []byte(gitConfig), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	dir := filepath.Join(t.TempDir(), "shop")
	e1(t, ".", "init", dir, "--sample")
	e1(t, dir, "demo", "--documents", documents)
	return dir
}

// naive gives reports every document of a form as its file has it, with no
// index, no conditions and no grouping.
type naive struct {
	dir string
	set *form.Set
	ctx form.Context
}

func (n naive) Rows(q report.Query, yield func([]any) error) error {
	docs, err := documents(n.dir, q.Form)
	if err != nil {
		return err
	}
	for _, d := range docs {
		scope := n.set.Scope(n.set.Form(d.Form), d, n.ctx)
		values := make([]any, len(q.Columns))
		for i, path := range q.Columns {
			values[i] = follow(scope, path)
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return nil
}

func follow(scope expr.Scope, path string) any {
	first, rest, dotted := strings.Cut(path, ".")
	v, err := scope.Value(first)
	if err != nil || v == nil || !dotted {
		return v
	}
	ref, ok := v.(expr.Ref)
	if !ok {
		return nil
	}
	next, err := scope.Ref(ref.Form, ref.Number)
	if err != nil || next == nil {
		return nil
	}
	return follow(next, rest)
}

// documents reads the documents of a form from the work tree, in the order of
// registration.
func documents(dir, formName string) ([]*document.Document, error) {
	var out []*document.Document
	err := filepath.WalkDir(filepath.Join(dir, "documents", formName), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d, err := document.Read(src)
		out = append(out, d)
		return err
	})
	sort.SliceStable(out, func(i, j int) bool { return out[i].Registered.Before(out[j].Registered) })
	return out, err
}

// Every shipped report says the same from the index as from the documents
// themselves, whatever parameters it is given.
func TestReportsAgreeWithDocuments(t *testing.T) {
	dir := demo(t, "300")
	at, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(t.Context(), dir, repo.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	set, err := r.Definitions().Forms()
	if err != nil {
		t.Fatal(err)
	}
	source, err := r.ReportSource()
	if err != nil {
		t.Fatal(err)
	}
	reports, err := r.Definitions().ReportNames()
	if err != nil || len(reports) < 13 {
		t.Fatalf("reports %v, %v", reports, err)
	}
	filled := 0
	for _, name := range reports {
		def, problems, err := r.Definitions().Report(name)
		if err != nil || problems.HasErrors() {
			t.Fatalf("%s: %v %v", name, err, problems)
		}
		for _, params := range paramsToTry(def) {
			names := source.ReportDefinitions()
			run := report.Run{
				Source: source, Names: names, Now: r.Now(), Language: "ru", Params: params, Limit: -1,
				Settings: source.ReportSettings(def.Form), Value: names.Value,
			}
			got, err := def.Run(run)
			if err != nil {
				t.Errorf("%s %v: %v", name, params, err)
				continue
			}
			run.Source = naive{dir, set, r.Context("")}
			want, err := def.Run(run)
			if err != nil {
				t.Fatalf("%s %v from the documents: %v", name, params, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %v (-documents +index)\n%s", name, params, diff)
			}
			if len(got.Rows) > 0 {
				filled++
			}
		}
	}
	if filled < len(reports) {
		t.Errorf("only %d runs had rows; the test says little", filled)
	}
}

// paramsToTry are sets of parameters: the defaults, none at all, a period.
func paramsToTry(def *report.Report) []map[string]string {
	out := []map[string]string{nil}
	cleared := map[string]string{}
	for _, p := range def.Params {
		if !p.Required {
			cleared[p.Name] = ""
		}
	}
	out = append(out, cleared)
	if def.Param("from") != nil && def.Param("to") != nil {
		out = append(out, map[string]string{"from": "2026-03-15", "to": "15.10.2026"})
	}
	if def.Param("manager") != nil {
		out = append(out, map[string]string{"manager": "petrova"})
	}
	return out
}

// rowsOf runs a report and gives its rows by their first column.
func rowsOf(t *testing.T, dir string, args ...string) map[string][]any {
	t.Helper()
	var result struct{ Rows [][]any }
	if err := json.Unmarshal([]byte(e1(t, dir, append([]string{"report", "--json"}, args...)...)), &result); err != nil {
		t.Fatal(err)
	}
	out := map[string][]any{}
	for _, row := range result.Rows {
		key, _ := row[0].(string)
		out[key] = row[1:]
	}
	return out
}

// Counted by hand, without the program's own expressions: inquiries by month
// and invoices by status.
func TestReportsCountedByHand(t *testing.T) {
	dir := demo(t, "300")
	inquiries, err := documents(dir, "inquiries")
	if err != nil || len(inquiries) == 0 {
		t.Fatalf("%d inquiries, %v", len(inquiries), err)
	}
	moscow := time.FixedZone("", 3*60*60)
	months := map[string]float64{}
	for _, d := range inquiries {
		if d.Status != form.Void {
			months[d.Registered.In(moscow).Format("2006-01")]++
		}
	}
	got := map[string]float64{}
	for month, row := range rowsOf(t, dir, "inquiries-by-month", "from=") {
		got[month], _ = row[0].(float64)
	}
	if diff := cmp.Diff(months, got); diff != "" {
		t.Errorf("inquiries-by-month (-counted +report)\n%s", diff)
	}

	invoices, err := documents(dir, "invoices")
	if err != nil || len(invoices) == 0 {
		t.Fatalf("%d invoices, %v", len(invoices), err)
	}
	number, sums := map[string]float64{}, map[string]decimal.Decimal{}
	for _, d := range invoices {
		if d.Status == form.Void {
			continue
		}
		total := decimal.Zero
		for _, row := range d.Card.Get("lines").Rows {
			qty, price := decimal.RequireFromString(row.Text("qty")), decimal.RequireFromString(row.Text("price"))
			total = total.Add(qty.Mul(price).Round(2))
		}
		number[d.Status]++
		sums[d.Status] = sums[d.Status].Add(total)
	}
	rows := rowsOf(t, dir, "invoices-by-status", "from=")
	if len(rows) != len(number) {
		t.Errorf("invoices-by-status has %d rows, want %d", len(rows), len(number))
	}
	for status, n := range number {
		if rows[status] == nil || rows[status][0] != n || rows[status][1] != sums[status].StringFixed(2) {
			t.Errorf("invoices %s: %v, want %v, %s", status, rows[status], n, sums[status].StringFixed(2))
		}
	}
}
