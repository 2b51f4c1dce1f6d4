package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/e1-dms/e1/internal/definition"
	"github.com/e1-dms/e1/internal/diag"
	"github.com/e1-dms/e1/internal/diagram"
	"github.com/e1-dms/e1/internal/document"
	"github.com/e1-dms/e1/internal/engine"
	"github.com/e1-dms/e1/internal/render"
	"github.com/e1-dms/e1/internal/repo"
	"github.com/e1-dms/e1/internal/route"
)

type routeGraphOptions struct {
	format   string
	instance string
}

var graphFormats = []string{"tree", "svg", "mermaid", "dot"}

func newRouteGraphCmd(a *app) *cobra.Command {
	var o routeGraphOptions
	cmd := &cobra.Command{
		Use:   "graph [ROUTE|FILE]",
		Short: "Draw a route as a tree, as SVG, Mermaid or DOT",
		Long: `Draws a route as the work tree has it, or a file with a route. With --instance
it draws the route that a document runs on, with what is done, open and overdue.
ID is the number of the route on the document, needed when there are several.

The format follows the name behind --output: .svg, .mmd, .dot.`,
		Example: "  e1 route graph contract-approval\n  e1 route graph retail -o retail.svg\n  e1 route graph --instance con7 --format mermaid",
		Args:    argsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runRouteGraph(cmd, a, o, args)
		},
		ValidArgsFunction: a.completeRoutes,
	}
	cmd.Flags().StringVar(&o.format, "format", "", "`FORMAT`: tree, svg, mermaid or dot (default: tree)")
	cmd.Flags().StringVar(&o.instance, "instance", "", "draw how far the document `NUMBER[/ID]` has come")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(graphFormats, noFiles))
	_ = cmd.RegisterFlagCompletionFunc("instance", func(cmd *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
		return a.numbers(cmd, toComplete), noFiles
	})
	return cmd
}

func runRouteGraph(cmd *cobra.Command, a *app, o routeGraphOptions, args []string) error {
	if len(args) == 0 && o.instance == "" {
		return usagef("name a route, or a document with --instance; e1 route list shows the routes")
	}
	format, err := graphFormat(o.format, a.flags.output)
	if err != nil {
		return err
	}
	if len(args) == 1 && o.instance == "" && strings.HasSuffix(args[0], definition.Ext) {
		return drawRouteFile(cmd, a, args[0], format)
	}
	r, err := a.open(cmd)
	if err != nil {
		return err
	}
	if o.instance == "" {
		defs := r.WorkDefinitions()
		def, err := defs.Route(args[0])
		if err != nil {
			return err
		}
		return a.drawRoute(def, drawing(r, defs, def), format)
	}
	d, in, err := instanceOf(r, o.instance, args)
	if err != nil {
		return err
	}
	def, err := r.Definitions().Pinned(in.Definition)
	if err != nil {
		return err
	}
	opt := drawing(r, r.Definitions(), def)
	opt.Instance = d.Number
	opt.State = diagram.Progress(def, in, r.Now(), opt)
	return a.drawRoute(def, opt, format)
}

// drawRouteFile draws a file, which needs no repository: an editor's preview
// shows what is being written.
func drawRouteFile(cmd *cobra.Command, a *app, name, format string) error {
	src, err := a.readFile(name)
	if err != nil {
		return err
	}
	def, problems := route.ParseSource(name, src)
	if err := problems.Err(); err != nil {
		return err
	}
	opt := diagram.Options{Language: a.style().Language}
	if r, err := a.open(cmd); err == nil {
		opt = drawing(r, r.WorkDefinitions(), def)
	}
	return a.drawRoute(def, opt, format)
}

// graphFormat is what --format says, else what the output's name says.
func graphFormat(format, output string) (string, error) {
	if format != "" {
		if !slices.Contains(graphFormats, format) {
			return "", usagef("%s", diag.Unknown("format", format, graphFormats))
		}
		return format, nil
	}
	switch strings.ToLower(filepath.Ext(output)) {
	case ".svg":
		return "svg", nil
	case ".mmd", ".mermaid":
		return "mermaid", nil
	case ".dot", ".gv":
		return "dot", nil
	}
	if output != "" && output != "-" && !slices.Contains([]string{"", ".txt", ".text"}, strings.ToLower(filepath.Ext(output))) {
		return "", usagef("%s says no format of a drawing; name it .svg, .mmd, .dot or .txt, or give --format", output)
	}
	return "tree", nil
}

// instanceOf finds the document and which of its routes is meant: the one
// named, else the only one that runs, else the last.
func instanceOf(r *repo.Repo, text string, args []string) (*document.Document, *document.Instance, error) {
	text, idText, chosen := strings.Cut(text, "/")
	number, err := r.Resolve(text)
	if err != nil {
		return nil, nil, err
	}
	d, err := r.Read(number)
	if err != nil {
		return nil, nil, err
	}
	var found *document.Instance
	var there, running []string
	for i := range d.Routes {
		in := &d.Routes[i]
		there = append(there, fmt.Sprintf("%s/%d %s", d.Number, in.ID, in.Route))
		switch {
		case chosen && idText != strconv.Itoa(in.ID), len(args) == 1 && in.Route != args[0]:
		case in.State == engine.Running:
			found, running = in, append(running, there[i])
		case found == nil || found.State != engine.Running:
			found = in
		}
	}
	if len(running) > 1 {
		return nil, nil, usagef("several routes are running on %s; name one of %s", d.Number, strings.Join(running, ", "))
	}
	if found == nil {
		if len(there) == 0 {
			return nil, nil, fmt.Errorf("%s is on no route; e1 route start %s ROUTE sends it along one", d.Number, d.Number)
		}
		return nil, nil, usagef("%s has no such route; it has %s", d.Number, strings.Join(there, ", "))
	}
	return d, found, nil
}

// drawing gives a picture the titles of a repository. Definitions that are
// broken give none: what is drawn then stands as it is written.
func drawing(r *repo.Repo, defs *definition.Set, def *route.Route) diagram.Options {
	opt := diagram.Options{Language: r.Language(), Route: defs.Parsed}
	if set, err := defs.Forms(); err == nil {
		opt.Forms = set
		_, _ = defs.CheckRoute(def) // expressions are compiled against the forms there
	}
	return opt
}

func (a *app) drawRoute(def *route.Route, opt diagram.Options, format string) error {
	switch {
	case a.flags.json:
		return graphJSON(a, def, opt)
	case format == "svg":
		_, err := io.WriteString(a.result, diagram.SVG(def, opt))
		return err
	case format == "mermaid":
		_, err := io.WriteString(a.result, diagram.Mermaid(def, opt))
		return err
	case format == "dot":
		_, err := io.WriteString(a.result, diagram.DOT(def, opt))
		return err
	}
	title := def.Title.In(opt.Language)
	if opt.Instance != "" {
		title += " · " + opt.Instance
	}
	return a.style().RouteTree(a.result, def.Name.Text, title, diagram.Tree(def, opt))
}

// graphJSON gives the nodes and edges of the drawing.
func graphJSON(a *app, def *route.Route, opt diagram.Options) error {
	g := diagram.NewGraph(def, opt)
	var nodes, edges []render.Object
	for _, n := range g.Nodes {
		nodes = append(nodes, render.Object{{Key: "id", Value: n.ID}, {Key: "step", Value: n.Step}, {Key: "kind", Value: string(n.Kind)},
			{Key: "title", Value: n.Title}, {Key: "notes", Value: n.Notes}, {Key: "state", Value: n.Phase.String()}})
	}
	for _, e := range g.Edges {
		edges = append(edges, render.Object{{Key: "from", Value: e.From}, {Key: "to", Value: e.To}, {Key: "label", Value: e.Label}})
	}
	return render.JSON(a.result, render.Object{{Key: "route", Value: def.Name.Text}, {Key: "title", Value: def.Title.In(opt.Language)},
		{Key: "nodes", Value: nodes}, {Key: "edges", Value: edges}})
}
