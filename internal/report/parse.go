package report

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/yamlsrc"
)

var (
	reportName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`) })
	columnName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })
)

// Parse reads a definition. The report is usable for Link whatever is wrong.
func Parse(f *yamlsrc.File) (*Report, diag.List) {
	report, problems := yamlsrc.Forgiving(f, func(f *yamlsrc.File) (*Report, diag.List) {
		var problems diag.List
		p := &parser{
			r:        yamlsrc.NewReader(f, &problems).WithCodes(unknownKey, missingKey, wrongType),
			file:     f,
			problems: &problems,
		}
		return p.report(), problems
	})
	report.broken = problems.HasErrors()
	return report, problems
}

type parser struct {
	r        *yamlsrc.Reader
	file     *yamlsrc.File
	problems *diag.List
}

func (p *parser) report() *Report {
	m := p.r.Mapping(p.file.Root, "report")
	r := &Report{File: p.file, At: m.Span("report")}
	r.Name = m.Required("report")
	if r.Name != "" && !reportName().MatchString(r.Name) {
		p.errorf(badName, m.Node("report"), "report: the name %q is not made of small letters, digits and hyphens", r.Name)
	}
	if base := path.Base(p.file.Name); r.Name != "" && base != r.Name+".yaml" {
		p.errorf(badFile, m.Node("report"), "report %q must be in a file %s.yaml, this is %s", r.Name, r.Name, base)
	}
	r.Title = m.Label("title")
	r.About = m.Label("about")
	r.Form = m.Required("form")
	for _, n := range m.Items("params") {
		r.Params = append(r.Params, p.param(n))
	}
	r.Where = p.expression(m, "where")
	for _, n := range m.Items("compute") {
		c := p.r.Mapping(n, "computed column")
		r.Compute = append(r.Compute, &Computed{Name: p.name(c, "column"), Value: p.required(c, "value")})
		c.Done()
	}
	r.Grouped = m.Has("group")
	if g := m.Node("group"); g != nil {
		for _, n := range listOf(g) {
			r.Groups = append(r.Groups, p.group(n))
		}
	}
	for _, n := range m.Items("columns") {
		r.Columns = append(r.Columns, p.column(n, r.Grouped))
	}
	for _, n := range m.TextNodes("sort") {
		name, desc := strings.CutPrefix(n.Value, "-")
		r.Sort = append(r.Sort, Order{Column: name, Desc: desc, node: n})
	}
	r.Subtotals = m.Bool("subtotals", len(r.Groups) > 1)
	r.Totals = m.Bool("totals", true)
	r.Void = m.Bool("void", false)
	if r.Limit = m.Int("limit", 0); r.Limit < 0 {
		p.errorf(wrongType, m.Node("limit"), "report: limit: %d is negative", r.Limit)
		r.Limit = 0
	}
	found := len(*p.problems)
	m.Done()
	// A key that is not understood may be the one that says how documents are grouped.
	r.vague = !r.Grouped && slices.ContainsFunc((*p.problems)[found:], func(q diag.Problem) bool { return q.Meant == "" })
	p.doubles(r)
	if len(r.Columns) == 0 && len(r.Groups) == 0 {
		p.errorf(nothingToShow, nil, "report %q shows nothing: it has neither columns nor groups", r.Name)
	}
	return r
}

// listOf lets one item stand for a list of one.
func listOf(n *yamlsrc.Node) []*yamlsrc.Node {
	if n.Kind == yamlsrc.Sequence {
		return n.Items
	}
	return []*yamlsrc.Node{n}
}

func (p *parser) param(n *yamlsrc.Node) *Param {
	m := p.r.Mapping(n, "parameter")
	q := &Param{Name: p.name(m, "param"), Title: m.Label("title"), node: n}
	q.Field = m.Text("field")
	q.typeNode = m.TextNode("type")
	q.Is = Relation(m.OneOf("is", string(Equal), string(Equal), string(From), string(To), string(Contains)))
	q.Required = m.Bool("required", false)
	q.Default = p.expression(m, "default")
	switch {
	case q.Field == "" && q.typeNode == nil:
		p.errorf(missingKey, n, "parameter %q: neither `field` nor `type` says what it holds", q.Name)
	case q.Field == "" && m.Has("is"):
		p.errorf(badParam, m.Node("is"), "parameter %q: `is` relates it to a field, and there is no `field`", q.Name)
	}
	m.Done()
	return q
}

func (p *parser) group(n *yamlsrc.Node) *Group {
	g := &Group{node: n}
	if n.Kind == yamlsrc.Scalar {
		g.By = &Expression{Text: n.Value, node: n}
		g.Name = nameOf(n.Value)
		return g
	}
	m := p.r.Mapping(n, "group")
	g.By = p.required(m, "by")
	g.Per = Unit(m.OneOf("per", "", units()...))
	g.Title = m.Label("title")
	if m.Has("column") {
		g.Name = p.name(m, "column")
	} else if g.By != nil {
		g.Name = nameOf(g.By.Text)
		if g.Per != Each {
			g.Name += "_" + string(g.Per)
		}
	}
	m.Done()
	return g
}

// nameOf makes a column name of a path: client.industry → client_industry.
func nameOf(path string) string {
	return strings.ReplaceAll(strings.TrimSpace(path), ".", "_")
}

func (p *parser) column(n *yamlsrc.Node, grouped bool) *Column {
	if n.Kind == yamlsrc.Scalar { // a field, shown as it is
		return &Column{Name: nameOf(n.Value), Value: &Expression{Text: n.Value, node: n}, node: n}
	}
	m := p.r.Mapping(n, "column")
	c := &Column{Name: p.name(m, "column"), Title: m.Label("title"), node: n}
	c.Value = p.expression(m, "value")
	if c.Value == nil {
		if grouped && n.Kind == yamlsrc.Mapping {
			m.Present("value")
		} else if c.Name != "" {
			c.Value = &Expression{Text: c.Name, node: m.Node("column")}
		}
	}
	c.As = m.OneOf("as", "", "int", "decimal", "money", "percent", "hours", "text")
	if !grouped {
		c.Total = m.OneOf("total", "", "sum", "count", "min", "max", "avg")
	}
	m.Done()
	return c
}

// name reads a key that names a column or parameter.
func (p *parser) name(m *yamlsrc.Mapped, key string) string {
	name := m.Required(key)
	if name != "" && !columnName().MatchString(name) {
		p.errorf(badName, m.Node(key), "the name %q is not made of small letters, digits and underscores", name)
	}
	return name
}

func (p *parser) expression(m *yamlsrc.Mapped, key string) *Expression {
	n := m.TextNode(key)
	if n == nil {
		return nil
	}
	return &Expression{Text: n.Value, node: n}
}

func (p *parser) required(m *yamlsrc.Mapped, key string) *Expression {
	if !m.Present(key) {
		return nil
	}
	return p.expression(m, key)
}

// doubles reports names used twice: among the parameters, among the computed
// columns, among the groups and columns of the result.
func (p *parser) doubles(r *Report) {
	seen := map[string]*yamlsrc.Node{}
	check := func(kind, name string, n *yamlsrc.Node) {
		if name == "" {
			return
		}
		if first := seen[name]; first != nil {
			problem := diag.Problem{
				Code: duplicateName.Code, Slug: duplicateName.Slug, At: p.file.Span(n),
				Message: kind + " " + quote(name) + " stands twice",
			}
			if first != n {
				problem.Related = []diag.Related{{At: p.file.Span(first), Message: "the first one"}}
			}
			p.problems.Add(problem)
			return
		}
		seen[name] = n
	}
	for _, q := range r.Params {
		check("parameter", q.Name, q.node)
	}
	clear(seen)
	for _, c := range r.Compute {
		if c.Value != nil {
			check("computed column", c.Name, c.Value.node)
		}
	}
	clear(seen) // a group usually has the name of the value it groups by
	for _, g := range r.Groups {
		check("column", g.Name, g.node)
	}
	for _, c := range r.Columns {
		check("column", c.Name, c.node)
	}
}

func (p *parser) errorf(c yamlsrc.Code, n *yamlsrc.Node, format string, args ...any) {
	at := p.file.Span(p.file.Root)
	if n != nil {
		at = p.file.Span(n)
	}
	p.problems.Errorf(c.Code, c.Slug, at, format, args...)
}

// ParamNames lists the parameters' names in order.
func (r *Report) ParamNames() []string {
	names := make([]string, len(r.Params))
	for i, p := range r.Params {
		names[i] = p.Name
	}
	return names
}

// Param finds a parameter.
func (r *Report) Param(name string) *Param {
	if i := slices.IndexFunc(r.Params, func(p *Param) bool { return p.Name == name }); i >= 0 {
		return r.Params[i]
	}
	return nil
}
